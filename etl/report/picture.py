"""Lays out what a form looks like with its marks: the same picture for the terminal and for the web page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, product
from typing import NamedTuple

from checks.finding import SEVERITY_ORDER
from etl.cell.grid import Address, Area
from etl.frames.located import Located
from etl.frames.order import marked_cells
from etl.frames.told import Told, told
from etl.sheets.outline import MOST_COLUMNS, MOST_ROWS, Outline, _is_within


@dataclass(frozen=True, slots=True)
class CellMark:
    """What a cell shows of findings: the gravest severity, the numbers of all, and of those that stand here."""

    severity: str
    numbers: tuple[int, ...]
    here: tuple[int, ...]

    @property
    def primary(self) -> bool:
        """Say whether a finding stands here; otherwise the cell is only framed."""
        return bool(self.here)


class PictureCell(NamedTuple):
    """A cell that holds something or is marked: text as displayed, how far it reaches, its mark."""

    row: int
    column: int
    text: str
    rows: int = 1
    columns: int = 1
    number: bool = False
    mark: CellMark | None = None


@dataclass(frozen=True, slots=True)
class Picture:
    """A sheet as it looks: cells in reading order, and how many filled cells lie outside what is drawn."""

    sheet: str
    last_row: int
    last_column: int
    cells: tuple[PictureCell, ...]
    left_out: int


def pictures(drawn: Iterable[Outline], located: Sequence[Located]) -> Iterator[Picture]:
    """Yield the pictures of outlines with the marks of a file's findings, numbered as on 审核意见."""
    lines = told(located)
    for outline in drawn:
        yield _picture(outline, _marks(outline, lines))


def _marks(outline: Outline, lines: Sequence[Told]) -> Mapping[Address, CellMark]:
    home: dict[Address, Address] = {}
    for area in outline.merges:
        home.update(dict.fromkeys(_cells_of(area), area[:2]))
    found: dict[Address, CellMark] = {}
    each = ((line.number, entry) for line in lines for entry in line.entries)
    for number, entry in each:
        for cell, primary in marked_cells(entry):
            if cell.sheet == outline.sheet:
                at = home.get((cell.row, cell.column), (cell.row, cell.column))
                found[at] = _with(found.get(at), str(entry.finding.severity), number, primary)
    return found


def _cells_of(area: Area) -> Iterator[Address]:
    """Return the cells of a merged area that are drawn, its first one first."""
    rows = range(area[0], min(area[2], MOST_ROWS) + 1)
    return product(rows, range(area[1], min(area[3], MOST_COLUMNS) + 1))


def _with(mark: CellMark | None, severity: str, number: int, primary: bool) -> CellMark:
    """Return a cell's mark with one finding more; a finding that stands here outweighs a frame."""
    here = (number,) if primary else ()
    if mark is None:
        return CellMark(severity, (number,), here)
    if mark.primary == primary:
        severity = min(mark.severity, severity, key=SEVERITY_ORDER.__getitem__)
    elif mark.primary:
        severity = mark.severity
    return CellMark(
        severity, tuple(dict.fromkeys((*mark.numbers, number))), tuple(dict.fromkeys((*mark.here, *here)))
    )


def _picture(outline: Outline, marks: Mapping[Address, CellMark]) -> Picture:
    spans = {(a[0], a[1]): a for a in outline.merges}
    covered: set[Address] = set()
    for area in spans.values():
        covered.update(islice(_cells_of(area), 1, None))
    wanted = [*outline.texts, *(at for at in marks if at not in outline.texts and _is_within(at))]
    last_row, last_column = max((at[0] for at in wanted), default=0), max((at[1] for at in wanted), default=0)
    seen = {*wanted, *(a for a in spans if a[0] <= last_row and a[1] <= last_column)} - covered
    cells = []
    for row, column in sorted(seen):
        at = row, column
        rows = columns = 1
        if at in spans:
            _, _, bottom, right = spans[at]
            rows, columns = min(bottom, last_row) - row + 1, min(right, last_column) - column + 1
        text, number = outline.texts.get(at, ("", False))
        cells.append(PictureCell(row, column, text, rows, columns, number, marks.get(at)))
    return Picture(outline.sheet, last_row, last_column, tuple(cells), outline.left_out)
