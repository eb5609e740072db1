"""Which columns of the money block hold names and amounts, row by row where a page break pushed one aside."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from checks.declared.budget import FEN_PER_WAN
from checks.declared.project_name import mark_of, without_mark
from checks.declared.text_key import text_key
from etl.cell.grid import Cell, Workbook
from etl.form.places import Place
from etl.money.amount import amount_of_text
from etl.money.project_line import Line
from etl.money.project_list import is_fund
from etl.reading.labelled_rows import LONGEST_LABEL, Row

_STRUCTURE = frozenset({"funds", "income", "expenditure", "grant"})
NAME_HEADINGS = frozenset(
    text_key(text)
    for text in (
        "项目名称",
        "名称",
        "项目",
        "支出项目",
        "支出项目名称",
        "项目明细",
        "项目内容",
        "明细项目",
        "预算项目",
        "预算项目名称",
    )
)
_LONGEST_ORDINAL = 6


@dataclass(frozen=True, slots=True)
class Columns:
    """What the last heading row says: the column of each period, of the names, and of what the form has not.

    `units`: the unit of money by column, where its heading names one.
    """

    periods: dict[str, int] = field(default_factory=dict)
    name: int = 0
    extra: frozenset[int] = frozenset()
    units: dict[int, str] = field(default_factory=dict)


@dataclass(slots=True)
class Entry:
    """A row of the block with the columns that held when it was met.

    `column` is that of its label or name; `texts` are the columns of what may be a name.
    """

    sheet: int
    row: Row
    columns: Columns
    label: str = ""
    column: int = 0
    texts: tuple[int, ...] = ()


def is_amount(cell: Cell) -> bool:
    return cell.kind != "text" or (len(cell.raw) <= LONGEST_LABEL and _says_amount(cell.raw))


@lru_cache(maxsize=16384)
def _says_amount(text: str) -> bool:
    return amount_of_text(text, FEN_PER_WAN).state == "number"


def is_value(cell: Cell) -> bool:
    """Return whether a cell may stand for an amount: anything but a longer text."""
    return cell.kind != "text" or len(cell.raw) <= 30


def is_name(row: Row, column: int, cell: Cell) -> bool:
    label = row.labels[[at for at, _ in row.cells].index(column)]
    return cell.kind == "text" and not label and not is_amount(cell)


def texts_of(entry: Entry) -> list[int]:
    """Return the columns of a row's texts that may be a name: left of its amounts, under no other heading, no ordinal."""
    found: list[int] = []
    seen: set[str] = set()
    last = max(entry.columns.periods.values(), default=1 << 20)
    for (column, cell), label in zip(entry.row.cells, entry.row.labels, strict=True):
        if cell.kind != "text" or label in _STRUCTURE or column in entry.columns.extra or column > last:
            continue
        if column in entry.columns.periods.values() or cell.raw in seen or is_amount(cell):
            continue
        seen.add(cell.raw)
        found.append(column)
    return found


def usual_column(entries: list[Entry]) -> int:
    """Return the column in which most different names stand, of several the first; 0 where there are none.

    Codes and numbers beside the names have no Chinese text, and what groups them repeats.
    """
    names: dict[int, set[str]] = {}
    for entry in entries:
        for column in entry.texts:
            text = entry.row.by_column[column].raw
            if sum("\u4e00" <= c <= "\u9fff" for c in text[:40]) >= 2 and not is_fund(text):
                names.setdefault(column, set()).add(text)
    return max(sorted(names), key=lambda column: len(names[column]), default=0)


def name_at(entry: Entry, usual: int) -> int:
    """Return the column of a project's name: as headed, as with most rows, else the first text that is no ordinal."""
    for column in (entry.columns.name, usual):
        if column in entry.texts:
            return column
    names = [column for column in entry.texts if not _is_ordinal(entry.row.by_column[column].raw)]
    return (names or list(entry.texts) or [0])[0]


def _is_ordinal(text: str) -> bool:
    return (
        len(text) <= _LONGEST_ORDINAL
        and bool(mark_of(f"{text.strip()}、"))
        and without_mark(f"{text.strip()}、") == ""
    )


def shift_of(entry: Entry, name: int, usual: int, columns: dict[str, int]) -> int:
    """Return by how many columns this row's amounts stand aside of the heading.

    A row whose name stands left of its neighbours' and whose amounts fit that offset is shifted as a
    whole; otherwise the offset is 0 unless only another one fits.
    """
    if not columns:
        return 0
    row, extra = entry.row, entry.columns.extra
    last, wanted = max(columns.values()), columns.values()
    named = row.at(name)
    values = [
        at
        for at, cell in row.cells
        if at > name and named is not None and cell.raw != named.raw and at not in extra
        and (at in wanted or is_amount(cell))
    ]  # fmt: skip
    aside = name - usual

    def fits(shift: int) -> bool:
        inside = [at - shift for at in values if at <= last + max(shift, 0)]
        return bool(inside) and all(at in wanted for at in inside)

    if aside < 0 and fits(aside):
        return aside
    if fits(0) or not values:
        return 0
    return next((shift for shift in (-1, 1, -2, 2) if fits(shift)), 0)


def beside_each_other(
    row: Row, lines: frozenset[str], headed: tuple[int, ...]
) -> Iterator[tuple[str, int, int]]:
    """Yield the lines of a row that holds several: label, its column, and that of the amount before the next label."""
    found: dict[str, int] = {}
    for (column, _), label in zip(row.cells, row.labels, strict=True):
        if label in lines:
            found.setdefault(label, column)
    for label, column in found.items():
        end = min((other for other in found.values() if other > column), default=1 << 20)
        under = [at for at in headed if column < at < end]
        right = [at for at, cell in row.cells if column < at < end and is_value(cell)]
        yield label, column, next((at for at in under if at in right), (under or right or [column + 1])[0])


MOST_ROWS = 1_000
"""Rows of a merged cell that are looked at; no project has as many sources of money."""
Under = dict[tuple[int, int], tuple[str, int, int]]
"""By sheet and row the text of a merged cell that began in a row above, that row, and its column."""


def merged_rows(
    workbook: Workbook, entries: list[Entry], amounts: set[int]
) -> tuple[Under, set[tuple[int, int]]]:
    """Return by row the merged name that began in a row above, and the rows under a merged amount."""
    names: Under = {}
    under: set[tuple[int, int]] = set()
    rows = {(entry.sheet, entry.row.number): entry for entry in entries}
    for number in dict.fromkeys(entry.sheet for entry in entries):
        for top, left, bottom, right in workbook.sheets[number].merges:
            entry = rows.get((number, top))
            if bottom == top or entry is None or left not in entry.row.by_column:
                continue
            covered = [(number, row) for row in range(top + 1, min(bottom, top + MOST_ROWS) + 1)]
            if any(left <= column <= right for column in amounts):
                under.update(covered)
            elif left in entry.texts:
                found = (entry.row.by_column[left].raw.strip(), top, left)
                names.update(dict.fromkeys(covered, found))
    return names, under


def likely_columns(known: dict[str, int], extra: frozenset[int], entries: list[Entry]) -> dict[str, int]:
    """Return the columns of amounts where a heading is missing: those in which most of them stand."""
    seen = Counter(
        at
        for entry in entries
        for at, cell in entry.row.cells
        if at > entry.column and at not in extra and is_value(cell)
    )
    likely = sorted(column for column, _ in seen.most_common(2))
    full = known.get("full") or (likely[-1] if likely else None)
    half = known.get("half") or next((at for at in likely if full and at < full), None)
    return {name: at for name, at in (("half", half), ("full", full)) if at}


def beside_columns(entries: list[Entry], lines: list[Line]) -> Iterator[tuple[str, Place, str]]:
    """Yield a remark on each column without a heading in which something stands beside names and amounts, once."""
    seen: set[tuple[int, int]] = set()
    for entry, line in zip(entries, lines, strict=True):
        at, read = entry.column, set(line.at.values())
        last = max(read, default=0)
        if at and entry.row.by_column.keys() <= read | {at}:
            continue
        for column, cell in entry.row.cells:
            named = column in entry.texts and column != at > 0 and not is_fund(cell.raw)
            number = (
                at < column <= last and column not in read | entry.columns.extra and cell.kind == "number"
            )
            if (named or (number and at)) and (entry.sheet, column) not in seen:
                seen.add((entry.sheet, column))
                kind = "text_beside" if named else "number_beside"
                yield kind, Place(entry.sheet, entry.row.number, column), cell.raw
