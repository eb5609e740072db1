"""Draws every sample workbook from its data: the same data, the same bytes.

Run `python -m samples.build` after changing a data file; a test redraws each sample and compares.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path

from etl.form.declaration import Form
from etl.form.layout import FilledForm, lay_out
from etl.form.profiles import shipped
from etl.template.blank_form import blank_form
from etl.template.draw import draw, new_workbook, workbook_bytes
from samples import zhanjiang
from samples.city import Agency
from samples.known_form import FORM_2023
from samples.letter_template import letter_template, notice_template
from samples.on_paper import Expected, expected, paper
from samples.other_form import TITLE as OTHER_TITLE
from samples.other_form import other_form
from samples.sectors import CITYWIDE, SECTORS, Judged, data_of, sector_form, truth
from samples.sources import DATA, filled_form, load
from samples.submissions import (
    BROKEN_FILE,
    NOT_RECEIVED,
    OTHER_FORM,
    ROSTER_COLUMNS,
    SUBMISSIONS,
    Submission,
    roster,
)

HOME = Path(__file__).parent


def main() -> None:
    """Write all samples, the blank form and the template of the letter."""
    samples = (("samples/" + name, data) for name, data in everything())
    for name, content in chain(
        samples,
        blank_forms(),
        [("etl/returns/letter.docx", letter_template()), ("etl/returns/notice.docx", notice_template())],
    ):
        path = HOME.parent / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def everything() -> Iterator[tuple[str, bytes]]:
    """Yield every sample file: path below `samples/` and content."""
    published = filled_form(load(DATA / "published.toml"))
    yield f"published/{published.texts['agency']}.xlsx", form_bytes(published)
    for name, content in city():
        yield f"city/{name}", content
    for name, content in sectors():
        yield f"sectors/{name}", content


def sectors() -> Iterator[tuple[str, bytes]]:
    """Yield the forms of the sectors, and what is true of them."""
    for sector in SECTORS:
        yield f"{data_of(sector)['agency']}.xlsx", form_bytes(sector_form(sector))
    yield (
        "expected.csv",
        _csv(Judged._fields, sorted([*CITYWIDE, *(row for sector in SECTORS for row in truth(sector))])),
    )


def city() -> Iterator[tuple[str, bytes]]:
    """Yield the files of the sample city: submissions, what is not one, the roster and what must be found."""
    found: list[Expected] = []
    for submission in SUBMISSIONS:
        content, causes = paper(submission)
        found += causes
        yield submission.path, content
    for name, content, cause in _not_forms():
        found.append(expected(name, cause))
        yield name, content
    yield "roster.csv", _csv(ROSTER_COLUMNS, [_roster_row(agency) for agency in roster()], bom=True)
    found += [expected("", missing) for missing in NOT_RECEIVED]
    yield "expected.csv", _csv(Expected._fields, sorted(found))


def _not_forms() -> Iterator[tuple[str, bytes, str]]:
    """Yield what is handed in but is no form, and what it causes: another form, and a file cut short on its way."""
    yield f"市文化广电和旅游局/{OTHER_TITLE}.xlsx", other_form(), OTHER_FORM
    broken = Submission("school_safety", "市教育局")
    whole, _ = paper(broken)
    yield broken.path, whole[: len(whole) * 3 // 5], BROKEN_FILE


def _roster_row(agency: Agency) -> tuple[str, ...]:
    return (
        agency.code, agency.name, agency.short, agency.department, agency.scope,
        str(agency.posts),
    )  # fmt: skip


def _csv(header: Sequence[str], rows: Iterable[Sequence[str]], bom: bool = False) -> bytes:
    """Return a table as CSV; with a byte order mark, which Excel needs to see that it is UTF-8."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n" if bom else "\n")
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue().encode("utf-8-sig" if bom else "utf-8")


def blank_forms() -> Iterator[tuple[str, bytes]]:
    """Yield the blank forms and a filled one of another city: path below the project and content."""
    for form in shipped().forms:
        place = "" if form.place == FORM_2023.place else form.place
        name = f"templates_xlsx/{place}{form.year}年度部门整体预算绩效目标表（空白）.xlsx"
        yield name, blank_form(form, "", form.year)
    yield "samples/zhanjiang/湛江市某海防工程管理处.xlsx", form_bytes(zhanjiang.filled(), zhanjiang.FORM)


def parts(content: bytes) -> list[tuple[str, bytes]]:
    """Return a package's parts unpacked: what must be equal whichever zlib has packed it."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return [(entry.filename, package.read(entry)) for entry in package.infolist()]


def form_bytes(filled: FilledForm, form: Form = FORM_2023) -> bytes:
    """Return a filled form as a workbook, laid out and drawn as printed."""
    workbook = new_workbook(form.title.text)
    draw(lay_out(form, filled), workbook)
    return workbook_bytes(workbook)


if __name__ == "__main__":
    main()
