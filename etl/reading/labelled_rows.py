"""Turns a sheet into the rows of a form: non-empty cells from left to right, with the labels they are.

Cells under a merge are not data. A form starts at its title, or where the agency is asked for again;
so several forms on one sheet, one under another or side by side, come out apart. What stands under the
title of another form is a stretch of its own, which no form takes in.
"""

from __future__ import annotations

import itertools
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from operator import itemgetter
from typing import NamedTuple

from checks.declared.text_key import text_key
from etl.cell.grid import Address, Area, Cell, Sheet
from etl.form.declaration import Form
from etl.form.titles import TITLE_ENDS, another_title, continued, furniture, own_title
from etl.money.unit import unit_of_label

LONGEST_LABEL = 60
_FIRST = itemgetter(0)
SELF_CHECK = "填报检查"
"""Heading of the column in which our blank form checks itself; what stands under it is never data."""

_FOREIGN = frozenset(
    text_key(text)
    for text in (
        "项目名称", "主管部门", "主管部门及代码", "项目主管部门", "实施单位", "项目实施单位", "项目类别", "项目属性", "项目负责人",
        "产出指标", "数量指标", "质量指标", "时效指标", "成本指标", "效益指标", "满意度指标", "指标内容", "指标方向性",
        "实际完成值", "半年实际完成值", "全年执行数", "执行率", "得分", "偏差原因分析", "偏差原因分析及改进措施", "完成目标可能性",
        "全年预计完成情况", "自评得分",
    )
)  # fmt: skip
"""Labels of forms of projects, of monitoring and of self-evaluation, which the declared form has nowhere."""
_MOST_FOREIGN = 1
"""Foreign labels a stretch without a title may carry; a column or two are added by hand, a form is not."""
_MANY_MISSING = 3
"""Labels that follow below a heading for the form to go on there: the heading is one of its own sections."""


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
    """A stretch of one sheet that may be a form or a piece of one; `other` is the title of another form above it."""

    sheet: int
    rows: tuple[Row, ...]
    title: Address | None
    other: str = ""

    @property
    def foreign(self) -> bool:
        """Return whether it belongs to another form: by the title above it, or by its labels where none is."""
        if self.other or self.title is not None:
            return bool(self.other)
        keys = {
            text_key(cell.raw)
            for row in self.rows
            for _, cell in row.cells
            if cell.kind == "text" and len(cell.raw) <= LONGEST_LABEL
        }
        return len(keys & _FOREIGN) > _MOST_FOREIGN


@lru_cache(maxsize=64)
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
    for column in form.free.columns if form.free is not None else ():
        ids |= {key: f"rows:{column.key}" for key in column.label.keys if key not in ids}
    if form.table_label is not None:
        ids |= dict.fromkeys(form.table_label.keys, "indicators")
    return ids


@lru_cache(maxsize=64)
def level1_keys(form: Form) -> frozenset[str]:
    """Return the comparison keys of the first levels of a form's indicators."""
    return frozenset(text_key(name) for block in form.indicators for name in block.level1)


def segments(form: Form, number: int, sheet: Sheet) -> Iterator[Segment]:
    """Yield the stretches of a sheet, each starting at a title or at a second question for the agency."""
    titles = [
        at
        for at, cell in sheet.cells.items()
        if cell.kind == "text"
        and ("绩" in cell.raw or "績" in cell.raw)
        and own_title(form, cell.raw)
        and not continued(form, cell.raw)
    ]
    covered = _covered(sheet)
    titles = [at for at in titles if at not in covered]
    for left, right in _bands(titles):
        rows = _rows(form, sheet, covered, left, right)
        inside = {at for at in titles if left <= at[1] < right}
        yield from _split(form, number, rows, inside)


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
        label_of(ids, text_key(cell.raw)) if cell.kind == "text" and len(cell.raw) <= LONGEST_LABEL else ""
        for _, cell in cells
    ]
    return Row(number, tuple(cells), tuple(labels), dict(cells))


def _split(form: Form, number: int, rows: list[Row], titles: set[Address]) -> Iterator[Segment]:
    """Cut rows where a title stands, or where the agency is asked for although it was already."""
    current: list[Row] = []
    title: Address | None = None
    other = ""
    asked = False
    titled = {row for row, _ in titles}
    for at, row in enumerate(rows):
        here = _title_in(row, titles) if row.number in titled else None
        again = asked and "agency" in row.labels
        named = _another(form, rows, at, current, titled) if here is None and _may_be_title(row) else ""
        if here is not None or named or (again and not other):
            if any(any(held.labels) for held in current) or ((title is not None or other) and current):
                yield Segment(number, tuple(current), title, other)
            current, title, asked = [], here, False
            other = named
        current.append(row)
        asked = asked or "agency" in row.labels
    if current:
        yield Segment(number, tuple(current), title, other)


def _another(form: Form, rows: list[Row], at: int, above: list[Row], titled: set[int]) -> str:
    """Return the title of another form that a row is, or "".

    Below labels of the form a title has to say more, and is none where the form goes on below it.
    """
    text = rows[at].cells[0][1].raw
    if any(cell.raw != text for _, cell in rows[at].cells):
        return ""
    name = another_title(form, text, within=any(any(row.labels) for row in above))
    if not name:
        return ""
    below = itertools.takewhile(lambda row: row.number not in titled, rows[at + 1 :])
    seen = anchors(form, above)
    return "" if seen and len(anchors(form, below) - seen) >= _MANY_MISSING else name


def _may_be_title(row: Row) -> bool:
    """Return whether a row is one short text that ends as titles do; asked of every row, so as quick as can be."""
    first = row.cells[0][1]
    return (
        first.kind == "text"
        and not row.labels[0]
        and first.raw == row.cells[-1][1].raw
        and first.raw.rstrip()[-1:] in TITLE_ENDS
    )


def anchors(form: Form, rows: Iterable[Row]) -> set[str]:
    """Return which labels and first levels of the form rows carry, without those that may repeat."""
    levels = level1_keys(form)
    found: set[str] = set()
    for row in rows:
        for (_, cell), label in zip(row.cells, row.labels, strict=True):
            if label:
                found.add(label)
            elif len(cell.raw) <= 8 and cell.kind == "text" and (key := text_key(cell.raw)) in levels:
                found.add(f"level1:{key}")
    return {label for label in found - repeated(form) if not label.startswith(("money:", "head:", "rows:"))}


@lru_cache(maxsize=32)
def repeated(form: Form) -> frozenset[str]:
    """Return the labels printed down the side of a block, which a page break repeats."""
    return frozenset({"funds", "grant", "indicators", *(side.key for side in form.sides)})


def _title_in(row: Row, titles: set[Address]) -> Address | None:
    return next(((row.number, column) for column, _ in row.cells if (row.number, column) in titles), None)


def free_columns(row: Row) -> dict[str, int]:
    """Return the columns of the free rows where a row is their heading; none where it is not."""
    heads = dict.fromkeys(label for label in row.labels if label.startswith("rows:"))
    columns = {label.removeprefix("rows:"): row.first_column_of(label) for label in heads}
    return {name: at for name, at in columns.items() if at is not None} if len(columns) > 1 else {}


def next_of(row: Row, at: int, asked: frozenset[str]) -> int:
    """Return the column of the next of some labels behind a cell of a row, beyond all columns where there is none."""
    others = zip(row.cells[at + 1 :], row.labels[at + 1 :], strict=True)
    return next((c for (c, _), label in others if label in asked and label != row.labels[at]), 1 << 20)


def is_furniture(form: Form, row: Row) -> bool:
    """Return whether a row is what a further printed page repeats above and below the table."""
    first, last = row.cells[0][1], row.cells[-1][1]
    if last.kind != "text" or not (furniture(first.raw) or own_title(form, first.raw)):
        return False
    return all(
        cell.kind == "text" and (furniture(cell.raw) or own_title(form, cell.raw)) for _, cell in row.cells
    )


def value_column(sheet: Sheet, row: int, label: int) -> int:
    """Return the column right of a label, past its merge."""
    for top, left, bottom, right in sheet.merges:
        if top <= row <= bottom and left <= label <= right:
            return right + 1
    return label + 1


def says_again(row: Row, text: str) -> bool:
    """Return whether a row repeats a text that was read, or only its label."""
    known = text_key(text)
    texts = [text_key(cell.raw) for (_, cell), label in zip(row.cells, row.labels, strict=True) if not label]
    return all(not said or said in known or known in said for said in texts)


def inline_label(form: Form, asked: frozenset[str], row: Row) -> str:
    """Return the label of a cell that holds label and value together: `单位名称：苏州市…`."""
    for _, cell in row.cells[:2]:
        if cell.kind == "text" and ("：" in cell.raw or ":" in cell.raw):
            head, _, value = cell.raw[:LONGEST_LABEL].replace(":", "：").partition("：")
            name = label_of(label_ids(form), text_key(head)) if value.strip() else ""
            if name in asked:
                return name
    return ""
