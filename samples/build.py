"""Draws every sample workbook from its data: the same data, the same bytes.

Run `python -m samples.build` after changing a data file; a test redraws each sample and compares.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from etl.draw import draw, new_workbook, packed
from etl.layout import FilledForm, lay_out
from etl.suzhou import FORM_2023
from samples.sources import DATA, filled_form, load

HOME = Path(__file__).parent


def main() -> None:
    """Write all samples."""
    for name, content in everything():
        path = HOME / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def everything() -> Iterator[tuple[str, bytes]]:
    """Yield every sample file: path below `samples/` and content."""
    published = filled_form(load(DATA / "published.toml"))
    yield f"published/{published.texts['agency']}.xlsx", form_bytes(published)


def form_bytes(filled: FilledForm) -> bytes:
    """Return a filled form as a workbook, laid out and drawn as printed."""
    workbook = new_workbook(FORM_2023.title.text)
    draw(lay_out(FORM_2023, filled), workbook)
    return packed(workbook)


if __name__ == "__main__":
    main()
