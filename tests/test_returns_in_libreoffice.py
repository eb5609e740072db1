"""LibreOffice opens every return, shows its marks, and reads the same values as in what came in.

Everything is converted in two calls, the returns in one and their originals in the other: starting the
program takes far longer than opening a file.
"""

from __future__ import annotations

import shutil
import subprocess
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import pytest
from openpyxl import load_workbook
from openpyxl.utils.cell import coordinate_to_tuple

from checks.given.inputs import Inputs
from checks.settings import Settings
from etl.batch.whole import run_batch
from etl.cell.grid import Address, Cell, Sheet
from etl.intake.read import open_workbook
from etl.intake.submissions import find_submissions
from etl.marked.annotate import annotate
from etl.marks.colours import FILLS, code_of
from etl.marks.model import SEVERITIES, Mark
from etl.package.parts import open_package
from etl.returns.remarks import marks
from etl.returns.write import begin_returns, return_jobs
from tests.here import Here
from tests.odd_packages import ODD
from tests.package_kinds import KINDS, several_sheets
from tests.packages import Entry, zip_bytes
from tests.test_fidelity import MARKS, PAGE

HOME = Path(__file__).parent.parent / "samples"
NOT_EVEN_UNMARKED = {
    "backslash_names",
    "other_case_names",
    "junk_before_the_zip",
    "zip64",
    "no_content_types",
}
"""What LibreOffice cannot open before we touched it."""
OPENED_ONCE_MARKED = {"junk_before_the_zip", "no_content_types"}
"""Of these, what it can open as a return: marking leaves the junk out and adds the part that was missing."""
SHORTER = {"three_hundred_sheets": lambda: several_sheets(60, 30)}
"""Kinds that take LibreOffice as long as all others together, as they are tried here."""

pytestmark = pytest.mark.needs_libreoffice


@dataclass(frozen=True, slots=True)
class Case:
    """A file as it came in and as it goes back, with the marks it was given."""

    original: Path
    returned: Path
    marks: Sequence[Mark]


def cases(folder: Path) -> dict[str, Case]:
    """Return all kinds of packages, the samples, and the published form as .ods, each with its return."""
    return {case.returned.stem: case for case in (*_kinds(folder / "kinds"), *_samples(folder / "samples"))}


def _kinds(folder: Path) -> Iterator[Case]:
    folder.mkdir()
    odd = {name: make for name, make in ODD.items() if not name.startswith("utf32")}
    for name, make in {**KINDS, **odd, **SHORTER}.items():
        case = Case(folder / f"{name}.original.xlsx", folder / f"{name}.xlsx", MARKS)
        case.original.write_bytes(make())
        case.returned.write_bytes(annotate(open_package(make()), MARKS, PAGE))
        yield case


def _samples(folder: Path) -> Iterator[Case]:
    """Check copies of the samples, numbered so that no two have a name in common, and write their returns."""
    (folder / "in").mkdir(parents=True)
    files = sorted(path for path in HOME.rglob("*") if path.suffix in (".xlsx", ".xls"))
    for number, path in enumerate(files):
        shutil.copy(path, folder / "in" / f"sample{number}{path.suffix}")
    published = next((HOME / "published").glob("*.xlsx")).read_bytes()
    (folder / "in" / "published.ods").write_bytes(as_ods(open_workbook(published).sheets))
    submissions, skipped = find_submissions([folder / "in"])
    batch = run_batch(submissions, skipped, Settings(), Inputs(), Here())
    written = begin_returns(batch, submissions, folder / "out", "zh", Here())()
    for job in return_jobs(batch, submissions, folder / "out", "zh", False, {}):
        stem = job.submission.path.stem
        returned = written[job.submission.relative].path.rename(folder / "out" / f"{stem}.xlsx")
        yield Case(job.submission.path, returned, marks(job.located, "zh"))


def as_ods(sheets: Sequence[Sheet]) -> bytes:
    """Return sheets as an OpenDocument file: values and merged areas, nothing of their looks."""
    spaces = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in ("office", "table", "text")
    )
    tables = "".join(f'<table:table table:name="{s.name}">{_ods_rows(s)}</table:table>' for s in sheets)
    content = (
        f'<office:document-content {spaces} office:version="1.2"><office:body><office:spreadsheet>{tables}'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    kind = b"application/vnd.oasis.opendocument.spreadsheet"
    manifest = (
        '<m:manifest xmlns:m="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" m:version="1.2">'
        f'<m:file-entry m:full-path="/" m:media-type="{kind.decode()}"/>'
        '<m:file-entry m:full-path="content.xml" m:media-type="text/xml"/></m:manifest>'
    )
    return zip_bytes(
        [
            Entry("mimetype", kind, 0),
            Entry("content.xml", content.encode()),
            Entry("META-INF/manifest.xml", manifest.encode()),
        ]
    )


def _ods_rows(sheet: Sheet) -> str:
    spans = {area[:2]: (area[2] - area[0] + 1, area[3] - area[1] + 1) for area in sheet.merges}
    rows, columns = (max(address[axis] for address in sheet.cells) for axis in (0, 1))
    return "".join(
        "<table:table-row>"
        + "".join(_ods_cell(sheet.cells.get((row, column)), spans.get((row, column))) for column in range(1, columns + 1))
        + "</table:table-row>"
        for row in range(1, rows + 1)
    )  # fmt: skip


def _ods_cell(cell: Cell | None, span: tuple[int, int] | None) -> str:
    facts = "".join(
        f' table:number-{axis}-spanned="{count}"' for axis, count in zip(("rows", "columns"), span or (), strict=False)
    )  # fmt: skip
    if cell is None:
        return f"<table:table-cell{facts}/>"
    value = f' office:value="{cell.raw}"' if cell.kind == "number" else ""
    kind = "float" if cell.kind == "number" else "string"
    lines = "".join(f"<text:p>{escape(line)}</text:p>" for line in cell.raw.split("\n"))
    return f'<table:table-cell office:value-type="{kind}"{value}{facts}>{lines}</table:table-cell>'


def converted(files: Sequence[Path], folder: Path) -> dict[str, Path]:
    """Return what LibreOffice makes of files in one call, by the names of those it could open."""
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = ["soffice", profile, "--headless", "--convert-to", "xlsx", "--outdir", str(folder / "out")]
    subprocess.run([*command, *map(str, files)], check=True, capture_output=True, timeout=240)
    return {path.stem.removesuffix(".original"): path for path in (folder / "out").iterdir()}


@dataclass(frozen=True, slots=True)
class Office:
    """The cases and what LibreOffice made of their originals and of their returns."""

    cases: dict[str, Case]
    originals: dict[str, Path]
    returns: dict[str, Path]


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    folder = tmp_path_factory.mktemp("office")
    made = cases(tmp_path_factory.mktemp("cases"))
    originals = converted([case.original for case in made.values()], folder / "originals")
    return Office(made, originals, converted([case.returned for case in made.values()], folder / "returns"))


def test_every_return_opens_whose_original_does(office: Office) -> None:
    assert set(office.cases) - set(office.originals) == NOT_EVEN_UNMARKED
    assert set(office.cases) - set(office.returns) == NOT_EVEN_UNMARKED - OPENED_ONCE_MARKED


def test_the_cases_are_all_there(office: Office) -> None:
    assert set(KINDS) < set(office.cases) and "published" in office.cases
    assert {case.original.suffix for case in office.cases.values()} == {".xlsx", ".xls", ".ods"}


@cache
def opened(path: Path) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return load_workbook(path)


def test_our_sheet_is_the_first_and_values_are_as_before(office: Office) -> None:
    for name, path in office.returns.items():
        original = office.originals.get(name, office.originals["plain"])  # of this, others are repackagings
        before, after = opened(original), opened(path)
        assert after.sheetnames[0].startswith("审核意见"), name
        assert after.sheetnames[1:] == before.sheetnames, name
        for sheet in before.worksheets:
            given, got = values(sheet), values(after[sheet.title])
            assert {at: got.get(at) for at in given} == given, (name, sheet.title)
            last = max((coordinate_to_tuple(at)[0] for at in given), default=0)
            assert all(coordinate_to_tuple(at)[0] > last for at in got.keys() - given), "the key is below"


def values(sheet: Any) -> dict[str, object]:
    """Return what stands in each cell, of an array formula its text, and its number format."""
    return {
        cell.coordinate: (str(getattr(cell.value, "text", cell.value)), cell.number_format)
        for row in sheet.iter_rows()
        for cell in row
        if cell.value is not None
    }


def test_every_marked_cell_shows_its_mark_and_note(office: Office) -> None:
    lost = [
        f"{name}: {problem}"
        for name, path in office.returns.items()
        for problem in _lost(opened(path), office.cases[name])
    ]
    assert lost == []


def _lost(book: Any, case: Case) -> Iterator[str]:
    """Yield what is not to be seen of a case's marks in a workbook."""
    for sheet in open_workbook(case.original.read_bytes()).sheets:
        filled: dict[Address, list[Mark]] = {}
        for mark in case.marks:
            if mark.sheet == sheet.name and mark.primary:
                filled.setdefault(_first(mark, sheet), []).append(mark)
        for where, here in filled.items():
            yield from _lost_of(book[sheet.name].cell(*where), here)


def _first(mark: Mark, sheet: Sheet) -> Address:
    """Return the first cell of the merged area a mark lies in, or its own."""
    for top, left, bottom, right in sheet.merges:
        if top <= mark.row <= bottom and left <= mark.column <= right:
            return top, left
    return mark.row, mark.column


def _lost_of(cell: Any, here: Sequence[Mark]) -> Iterator[str]:
    gravest = min((mark.severity for mark in here), key=SEVERITIES.index)
    if code_of(int(cell.fill.fgColor.rgb[2:], 16), {gravest: FILLS[gravest]}) is None:
        yield f"{cell.coordinate} is not filled as {gravest}: {cell.fill.fgColor.rgb}"
    said = _bare(cell.comment.text if cell.comment else "")
    for mark in here:
        if mark.note and _bare(mark.note) not in said:
            yield f"{cell.coordinate} does not say {mark.note!r}: {said!r}"


def _bare(text: str) -> str:
    return "".join(text.split())
