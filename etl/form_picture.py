"""Lays out what a form looks like with its marks: the same picture for the terminal and for the web page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from checks.finding import SEVERITY_ORDER
from etl.grid import Address, Area, Cell, Sheet, Workbook
from etl.locate import Located
from etl.number_format import shown
from etl.remarks import marked_cells, ordered
from etl.report import clean

MOST_ROWS, MOST_COLUMNS = 500, 30
"""Of a sheet that are drawn; a form has about ninety rows and six columns."""
LONGEST_TEXT = 3_000


@dataclass(frozen=True, slots=True)
class Mark:
    """What a cell shows of findings: the gravest severity, the numbers of all, and of those that stand here."""

    severity: str
    numbers: tuple[int, ...]
    here: tuple[int, ...]

    @property
    def primary(self) -> bool:
        """Say whether a finding stands here; otherwise the cell is only framed."""
        return bool(self.here)


@dataclass(frozen=True, slots=True)
class PictureCell:
    """A cell that holds something or is marked: text as displayed, how far it reaches, its mark."""

    row: int
    column: int
    text: str
    rows: int = 1
    columns: int = 1
    number: bool = False
    mark: Mark | None = None


@dataclass(frozen=True, slots=True)
class Picture:
    """A sheet as it looks: cells in reading order, and how many filled cells lie outside what is drawn."""

    sheet: str
    last_row: int
    last_column: int
    cells: tuple[PictureCell, ...]
    left_out: int


def numbered(located: Sequence[Located]) -> list[tuple[int, Located]]:
    """Return a file's findings in the order of 审核意见, numbered from 1."""
    return list(enumerate(ordered(located), 1))


def pictures(workbook: Workbook, sheets: Sequence[str], located: Sequence[Located]) -> Iterator[Picture]:
    """Yield the pictures of the sheets named, in tab order, with the marks of a file's findings."""
    for sheet in workbook.sheets:
        if sheet.name in sheets:
            yield _picture(workbook, sheet, _marks(sheet, located))


def _marks(sheet: Sheet, located: Sequence[Located]) -> Mapping[Address, Mark]:
    home = {
        (row, column): (area[0], area[1])
        for area in sheet.merges
        if _drawable(area)
        for row in range(area[0], min(area[2], MOST_ROWS) + 1)
        for column in range(area[1], min(area[3], MOST_COLUMNS) + 1)
    }
    found: dict[Address, Mark] = {}
    for number, entry in numbered(located):
        for cell, primary in marked_cells(entry):
            if cell.sheet == sheet.name:
                at = home.get((cell.row, cell.column), (cell.row, cell.column))
                found[at] = _with(found.get(at), str(entry.finding.severity), number, primary)
    return found


def _with(mark: Mark | None, severity: str, number: int, primary: bool) -> Mark:
    """Return a cell's mark with one finding more; a finding that stands here outweighs a frame."""
    here = (number,) if primary else ()
    if mark is None:
        return Mark(severity, (number,), here)
    if mark.primary == primary:
        severity = min(mark.severity, severity, key=SEVERITY_ORDER.__getitem__)
    elif mark.primary:
        severity = mark.severity
    return Mark(
        severity, tuple(dict.fromkeys((*mark.numbers, number))), tuple(dict.fromkeys((*mark.here, *here)))
    )


def _drawable(area: Area) -> bool:
    return area[0] <= MOST_ROWS and area[1] <= MOST_COLUMNS


def _picture(workbook: Workbook, sheet: Sheet, marks: Mapping[Address, Mark]) -> Picture:
    spans = {(a[0], a[1]): a for a in sheet.merges if _drawable(a)}
    covered = {
        (row, column)
        for area in spans.values()
        for row in range(area[0], min(area[2], MOST_ROWS) + 1)
        for column in range(area[1], min(area[3], MOST_COLUMNS) + 1)
        if (row, column) != (area[0], area[1])
    }
    wanted = [at for at in {*sheet.cells, *marks} if at[0] <= MOST_ROWS and at[1] <= MOST_COLUMNS]
    last_row, last_column = max((at[0] for at in wanted), default=0), max((at[1] for at in wanted), default=0)
    cells = []
    for at in sorted({*wanted, *(a for a in spans if a[0] <= last_row and a[1] <= last_column)} - covered):
        area = spans.get(at, (*at, *at))
        rows, columns = min(area[2], last_row) - at[0] + 1, min(area[3], last_column) - at[1] + 1
        cell = sheet.cells.get(at)
        number = cell is not None and cell.kind == "number"
        text = _text(workbook, cell) if cell else ""
        cells.append(PictureCell(*at, text, rows, columns, number, marks.get(at)))
    return Picture(sheet.name, last_row, last_column, tuple(cells), len(sheet.cells) - _within(sheet))


def _within(sheet: Sheet) -> int:
    return sum(row <= MOST_ROWS and column <= MOST_COLUMNS for row, column in sheet.cells)


def _text(workbook: Workbook, cell: Cell) -> str:
    """Return what a cell displays; a formula that was never calculated shows itself."""
    text = cell.raw
    if cell.kind == "number":
        code = workbook.formats[cell.style] if cell.style < len(workbook.formats) else "General"
        text = shown(cell.raw, code)
    elif cell.kind == "no_result":
        text = f"={cell.formula or ''}"
    elif cell.kind == "picture":
        text = "🖼"
    return clean(text if len(text) <= LONGEST_TEXT else text[:LONGEST_TEXT] + "…")
