"""Turns a sheet into the rows of a form: non-empty cells from left to right, with the labels they are.

Cells under a merge are not data. A form starts at its title, or where the agency is asked for again;
so several forms on one sheet, one under another or side by side, come out apart.
"""

from __future__ import annotations

import itertools
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from operator import itemgetter
from typing import NamedTuple

from etl.form.declaration import Form, label_key
from etl.form.money_unit import unit_of_label
from etl.sheets.grid import Address, Area, Cell, Sheet

LONGEST_LABEL = 60
_FIRST = itemgetter(0)
SELF_CHECK = "填报检查"
"""Heading of the column in which our blank form checks itself; what stands under it is never data."""

_TITLE = re.compile(
    r"(?:20\d\d年?度?)?.{0,30}部门整体(?:预算|支出)?绩效目标(?:申报)?表?(?:[((]?20\d\d年?度?[))]?)?"
)
_UNIT_BEHIND = re.compile(r"\((?:金额)?单位[^()]{1,8}\)$")
_ANY_TITLE = re.compile(
    r".{0,50}(?:绩效|预算|决算|自评|监控|收支|报表).{0,20}(?:表|书|报告|情况)(?:[((].{0,20}[))])?"
)


class Row(NamedTuple):
    """One row of a form: its cells in order, and for each the label it is ("" if none)."""

    number: int
    cells: tuple[tuple[int, Cell], ...]
    labels: tuple[str, ...]
    by_column: Mapping[int, Cell]

    def column_of(self, label: str) -> int | None:
        """Return the column of the last cell that is this label, or None."""
        for (column, _), found in zip(reversed(self.cells), reversed(self.labels), strict=True):
            if found == label:
                return column
        return None

    def first_column_of(self, label: str) -> int | None:
        """Return the column of the first cell that is this label (a merge filled in repeats it), or None."""
        return self.cells[self.labels.index(label)][0] if label in self.labels else None

    def at(self, column: int) -> Cell | None:
        """Return the cell in a column, or None."""
        return self.by_column.get(column)


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of one sheet that may be a form or a piece of one."""

    sheet: int
    rows: tuple[Row, ...]
    title: Address | None


@lru_cache(maxsize=8)
def label_ids(form: Form) -> Mapping[str, str]:
    """Return comparison key → label id for every label of a form (`agency`, `total`, `head:half`, ...)."""
    ids: dict[str, str] = {}
    for name, label in form.anchors():
        if not name.startswith("level1:"):
            ids |= dict.fromkeys(label.keys, name)
    for row in form.fund_rows:
        if row.group is not None:
            ids |= dict.fromkeys(row.group.keys, "grant")
    for side in form.sides:
        for column in side.columns:
            ids |= dict.fromkeys(column.label.keys, f"money:{column.key}")
    for block in form.indicators:
        for column in block.columns:
            ids |= dict.fromkeys(column.label.keys, f"head:{column.key}")
    return ids


@lru_cache(maxsize=8)
def level1_keys(form: Form) -> frozenset[str]:
    """Return the comparison keys of the first levels of a form's indicators."""
    return frozenset(label_key(name) for block in form.indicators for name in block.level1)


def is_title(text: str) -> bool:
    """Return whether a cell's text is the title of the form this program checks."""
    if len(text) > LONGEST_LABEL:
        return False
    key = _UNIT_BEHIND.sub("", label_key(text))
    return "绩效目标" in key and _TITLE.fullmatch(key) is not None


def other_title(sheet: Sheet) -> str:
    """Return what looks like the title of some other form at the top of a sheet, or ""."""
    for at in sorted(sheet.cells)[:12]:
        cell = sheet.cells[at]
        if (
            cell.kind == "text"
            and 4 <= len(cell.raw.strip()) <= LONGEST_LABEL
            and _ANY_TITLE.fullmatch(label_key(cell.raw))
        ):
            return " ".join(cell.raw.split())
    return ""


def segments(form: Form, number: int, sheet: Sheet) -> Iterator[Segment]:
    """Yield the stretches of a sheet, each starting at a title or at a second question for the agency."""
    titles = [at for at, cell in sheet.cells.items() if cell.kind == "text" and is_title(cell.raw)]
    covered = _covered(sheet)
    titles = [at for at in titles if at not in covered]
    for left, right in _bands(titles):
        rows = _rows(form, sheet, covered, left, right)
        inside = {at for at in titles if left <= at[1] < right}
        yield from _split(number, rows, inside)


def _covered(sheet: Sheet) -> frozenset[Address]:
    """Return the addresses of cells that lie under a merge (all but its top left), cells that exist only."""
    under: set[Address] = set()
    for area in sheet.merges:
        under.update(_inside(area, sheet.cells))
    return frozenset(under)


def _inside(area: Area, cells: Mapping[Address, Cell]) -> list[Address]:
    top, left, bottom, right = area
    if (bottom - top + 1) * (right - left + 1) <= 512:
        places = itertools.product(range(top, bottom + 1), range(left, right + 1))
        return [at for at in itertools.islice(places, 1, None) if at in cells]
    return [at for at in cells if top <= at[0] <= bottom and left <= at[1] <= right and at != (top, left)]


def _bands(titles: list[Address]) -> list[tuple[int, int]]:
    """Return column ranges [left, right): one for the whole width, or one a form where they stand side by side."""
    by_row: dict[int, set[int]] = defaultdict(set)
    for row, column in titles:
        by_row[row].add(column)
    widest = max(by_row.values(), key=len, default=set())
    columns = sorted(widest)
    far = [column for before, column in itertools.pairwise(columns) if column - before >= 5]
    if not far:
        return [(1, 1 << 20)]
    edges = [1, *far, 1 << 20]
    return list(itertools.pairwise(edges))


def _rows(form: Form, sheet: Sheet, covered: frozenset[Address], left: int, right: int) -> list[Row]:
    ids = label_ids(form)
    by_row: dict[int, list[tuple[int, Cell]]] = defaultdict(list)
    # A formula's result may be an empty text: a blank to everybody who looks at it.
    self_checks = {at[1] for at, cell in sheet.cells.items() if cell.raw == SELF_CHECK}
    for at, cell in sheet.cells.items():
        if (
            left <= at[1] < right
            and at not in covered
            and at[1] not in self_checks
            and (cell.raw or cell.kind != "text")
        ):
            by_row[at[0]].append((at[1], cell))
    return [_row(number, by_row[number], ids) for number in sorted(by_row)]


_SEAL = re.compile(r"\((?:单位)?(?:加?盖章|公章|签章|盖公章)\)$")


def label_of(ids: Mapping[str, str], key: str) -> str:
    """Return the label a compared text is, "" for none: also with a unit (全年预算数(元)) or a seal behind it."""
    found = ids.get(key, "")
    if found or not key or key[-1] not in ")]】元":
        return found
    return ids.get(unit_of_label(key)[0], "") or ids.get(_SEAL.sub("", key), "")


def _row(number: int, cells: list[tuple[int, Cell]], ids: Mapping[str, str]) -> Row:
    cells.sort(key=_FIRST)
    labels = [
        label_of(ids, label_key(cell.raw)) if cell.kind == "text" and len(cell.raw) <= LONGEST_LABEL else ""
        for _, cell in cells
    ]
    return Row(number, tuple(cells), tuple(labels), dict(cells))


def _split(number: int, rows: list[Row], titles: set[Address]) -> Iterator[Segment]:
    """Cut rows where a title stands, or where the agency is asked for although it was already."""
    current: list[Row] = []
    title: Address | None = None
    asked = False
    titled = {row for row, _ in titles}
    for row in rows:
        here = _title_in(row, titles) if row.number in titled else None
        again = asked and "agency" in row.labels
        if here is not None or again:
            if any(any(held.labels) for held in current) or (title is not None and current):
                yield Segment(number, tuple(current), title)
            current, title, asked = [], here, False
        current.append(row)
        asked = asked or "agency" in row.labels
    if current:
        yield Segment(number, tuple(current), title)


def _title_in(row: Row, titles: set[Address]) -> Address | None:
    return next(((row.number, column) for column, _ in row.cells if (row.number, column) in titles), None)
