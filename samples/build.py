"""Draws every sample workbook from its data: the same data, the same bytes.

Run `python -m samples.build` after changing a data file; a test redraws each sample and compares.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from etl.draw import draw, new_workbook, packed
from etl.layout import FilledForm, lay_out
from etl.suzhou import FORM_2023
from etl.template import blank_form
from samples.sources import DATA, filled_form, load

HOME = Path(__file__).parent


def main() -> None:
    """Write all samples and the blank form."""
    for name, content in chain((("samples/" + name, data) for name, data in everything()), blank_forms()):
        path = HOME.parent / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def everything() -> Iterator[tuple[str, bytes]]:
    """Yield every sample file: path below `samples/` and content."""
    published = filled_form(load(DATA / "published.toml"))
    yield f"published/{published.texts['agency']}.xlsx", form_bytes(published)


def blank_forms() -> Iterator[tuple[str, bytes]]:
    """Yield the blank form: path below the project and content."""
    yield f"templates_xlsx/{FORM_2023.year}年度部门整体预算绩效目标表（空白）.xlsx", blank_form(FORM_2023)


def parts(content: bytes) -> list[tuple[str, bytes]]:
    """Return a package's parts unpacked: what must be equal whichever zlib has packed it."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return [(entry.filename, package.read(entry)) for entry in package.infolist()]


def form_bytes(filled: FilledForm) -> bytes:
    """Return a filled form as a workbook, laid out and drawn as printed."""
    workbook = new_workbook(FORM_2023.title.text)
    draw(lay_out(FORM_2023, filled), workbook)
    return packed(workbook)


if __name__ == "__main__":
    main()
