"""From the declaration of a form to cells: what is printed where, and which cell holds which value.

The blank template, the samples and the tests are all drawn from here, so that they and the reader
follow one declaration. Positions are (row, column) from 1, as in `etl.cell.grid`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import groupby
from typing import Literal, NamedTuple

from etl.cell.grid import Address, Area, address_text
from etl.form.declaration import Form, FreeRows, FundSide, IndicatorBlock, TextField
from etl.form.places import Where

Role = Literal[
    "title", "year", "label", "heading", "text", "name", "amount",
    "level", "key_task", "indicator", "target", "empty",
]  # fmt: skip
"""What a box is for: the drawing takes font, alignment and number format from it."""


@dataclass(frozen=True, slots=True)
class ProjectLine:
    """A project as filled in; amounts are 万元, None leaves the cell blank."""

    name: str = ""
    half: Decimal | None = None
    full: Decimal | None = None
    content: str = ""
    goal: str = ""


@dataclass(frozen=True, slots=True)
class IndicatorLine:
    """An indicator as filled in, with its levels written out on every line.

    Neighbours that share a level are printed under one merged cell. Blank levels merge only where the
    lines are of one `bundle`: so a blank form keeps room for several lines under one key task.
    """

    block: str
    level1: str
    level2: str
    key_task: str = ""
    name: str = ""
    half: str = ""
    full: str = ""
    bundle: int = 0


@dataclass(frozen=True, slots=True)
class FilledForm:
    """What stands on a form, amounts in 万元.

    `texts` is keyed by field of `forms`, `amounts` by field of `funds`; lines stand in printed order.
    """

    fiscal_year: int
    texts: Mapping[str, str] = field(default_factory=dict)
    amounts: Mapping[str, Decimal | None] = field(default_factory=dict)
    projects: tuple[ProjectLine, ...] = ()
    indicators: tuple[IndicatorLine, ...] = ()


_Lines = list[tuple[int, IndicatorLine]]
"""Indicator lines of one block with their numbers on the form."""


class Box(NamedTuple):
    """One printed cell or merged area; `where` names the value or label it holds, if the tables know it."""

    area: Area
    role: Role
    value: str | Decimal | None = None
    where: Where | None = None

    @property
    def address(self) -> Address:
        """Return the top left cell, the one that holds the value."""
        return self.area[0], self.area[1]


@dataclass(frozen=True, slots=True)
class Layout:
    """A form laid out: its boxes from top to bottom and the cell of every value."""

    form: Form
    boxes: tuple[Box, ...]
    addresses: Mapping[Where, Address]
    rows: int

    def at(self, table: str, row: int, name: str) -> Address:
        """Return the cell of a value; KeyError for one that is not on the form."""
        return self.addresses[table, row, name]

    def cell(self, table: str, row: int, name: str) -> str:
        """Return the cell of a value as a clerk writes it (`E18`)."""
        return address_text(self.at(table, row, name))


def lay_out(form: Form, filled: FilledForm) -> Layout:
    """Return where everything of a filled form stands, printed from row 1 and column A.

    Values are keyed as in the tables: `("forms", 0, "agency")`, `("funds", 0, "total_full")`,
    `("projects", i, "half")`, `("indicators", i, "full")`; labels as `("labels", 0, "total")`, headings
    as `("labels", 0, "head:half")` (the first block's). A repeated label keeps its first place.
    """
    boxes = list(_boxes(form, filled))
    return Layout(form, tuple(boxes), _addresses(boxes), max(box.area[2] for box in boxes))


def _addresses(boxes: list[Box]) -> dict[Where, Address]:
    """Return the cell of every value; a level merged over several lines stands in one cell for all."""
    addresses: dict[Where, Address] = {}
    number_at = {box.area[0]: box.where[1] for box in boxes if box.role == "indicator" and box.where}
    for box in boxes:
        if box.where is not None:
            addresses.setdefault(box.where, box.address)
        if box.where is not None and box.role in ("level", "key_task"):
            for row in range(box.area[0], box.area[2] + 1):
                addresses["indicators", number_at[row], box.where[2]] = box.address
    return addresses


def _boxes(form: Form, filled: FilledForm) -> Iterator[Box]:
    last = len(form.widths)
    yield Box((1, 1, 1, last), "title", form.title.text, ("forms", 0, "title"))
    yield Box((2, 1, 2, last), "year", f"{filled.fiscal_year}年度", ("forms", 0, "fiscal_year"))
    row = 3
    yield from _texts(row, form.basics, filled, last)
    row += _text_rows(form.basics)
    yield from (beside if form.beside else _funds)(row, form, filled)
    row += beside_rows(form) if form.beside else sum(_side_rows(side, filled) for side in form.sides)
    yield from _texts(row, form.goals, filled, last)
    row += _text_rows(form.goals)
    if form.free is not None:
        yield from free_rows(row, form.free, filled.projects, last)
        row += 1 + len(filled.projects)
    yield from _texts(row, form.after, filled, last)
    row += _text_rows(form.after)
    yield from _blocks(row, form, filled, last)


def _blocks(row: int, form: Form, filled: FilledForm, last: int) -> Iterator[Box]:
    """Yield the tables of indicators, each under its heading; under a label of them all the first heading holds for all."""
    start, first = row, 1 if form.table_label is None else 2
    for block in form.indicators:
        lines = [(n, line) for n, line in enumerate(filled.indicators) if line.block == block.key]
        if lines:
            headed = form.table_label is None or row == start
            yield from _indicators(row, block, lines, (first, last), headed)
            row += headed + len(lines)
    if form.table_label is not None and row > start:
        yield _label((start, 1, row - 1, 1), form.table_label.text, "indicators")


def _text_rows(fields: tuple[TextField, ...]) -> int:
    return sum(1 for _ in _by_row(fields))


def _by_row(fields: tuple[TextField, ...]) -> Iterator[list[TextField]]:
    """Yield the fields row by row: those of one named row stand beside each other."""
    for name, group in groupby(fields, key=lambda each: each.row):
        members = list(group)
        yield from [members] if name else ([field] for field in members)


def _label(area: Area, text: str, key: str) -> Box:
    return Box(area, "label", text, ("labels", 0, key))


def _texts(row: int, fields: tuple[TextField, ...], filled: FilledForm, last: int) -> Iterator[Box]:
    for at, group in enumerate(_by_row(fields), row):
        column = 1
        if group[0].row:
            yield _label((at, 1, at, 1), group[0].row, f"row:{group[0].row}")
            column = 2
        for number, text_field in enumerate(group, 1):
            yield _label((at, column, at, column), text_field.label.text, text_field.key)
            edge = last if number == len(group) else column + 1
            text = filled.texts.get(text_field.key, "")
            yield Box((at, column + 1, at, edge), "text", text, ("forms", 0, text_field.key))
            column = edge + 1


def _side_rows(side: FundSide, filled: FilledForm) -> int:
    """Return how many rows a side takes: its heading, its fixed lines and its projects."""
    return 1 + len(side.rows) + (len(filled.projects) if side.projects else 0)


def _value_columns(form: Form) -> dict[str, int]:
    """Return the column of each period: the columns of the fullest side stand at the right edge."""
    widest = max((side.columns for side in form.sides), key=len)
    first = len(form.widths) - len(widest) + 1
    return {column.key: first + n for n, column in enumerate(widest)}


def _funds(row: int, form: Form, filled: FilledForm) -> Iterator[Box]:
    height = sum(_side_rows(side, filled) for side in form.sides)
    yield _label((row, 1, row + height - 1, 1), form.funds_label.text, "funds")
    for side in form.sides:
        yield from _side(row, form, side, filled)
        row += _side_rows(side, filled)


def _side(row: int, form: Form, side: FundSide, filled: FilledForm) -> Iterator[Box]:
    columns = _value_columns(form)
    edge = min(columns.values()) - 1
    yield _label((row, 2, row + _side_rows(side, filled) - 1, 2), side.label.text, side.key)
    yield Box((row, 3, row, edge), "empty")
    headings = {column.key: column.label.text for column in side.columns}
    for key, column in columns.items():
        where = ("labels", 0, f"money:{key}") if key in headings else None
        yield Box((row, column, row, column), "heading" if where else "empty", headings.get(key), where)
    yield from _groups(row + 1, side)
    for at, line in enumerate(side.rows, row + 1):
        yield _label((at, 4 if line.group else 3, at, edge), line.label.text, line.line)
        for key, column in columns.items():
            name = f"{line.line}_{key}"
            if key in headings:
                yield Box((at, column, at, column), "amount", filled.amounts.get(name), ("funds", 0, name))
            else:
                yield Box((at, column, at, column), "empty")
    if side.projects:
        yield from _projects(row + 1 + len(side.rows), filled, columns, edge)


def _groups(row: int, side: FundSide) -> Iterator[Box]:
    """Yield the labels left of grouped lines, each merged over its run of lines."""
    for group, run in groupby(enumerate(side.rows, row), key=lambda pair: pair[1].group):
        rows = [at for at, _ in run]
        if group is not None:
            yield _label((rows[0], 3, rows[-1], 3), group.text, "grant")


def _projects(row: int, filled: FilledForm, columns: dict[str, int], edge: int) -> Iterator[Box]:
    for n, project in enumerate(filled.projects):
        at = row + n
        yield Box((at, 3, at, edge), "name", project.name, ("projects", n, "name"))
        for key, column in columns.items():
            value = project.half if key == "half" else project.full
            yield Box((at, column, at, column), "amount", value, ("projects", n, key))


def beside_rows(form: Form) -> int:
    """Return how many rows the money takes where two sides stand beside each other: a heading and the longer side."""
    return sum(1 + max(len(side.rows) for side in pair) for pair in _pairs(form))


def _pairs(form: Form) -> Iterator[tuple[FundSide, ...]]:
    for start in range(0, len(form.sides), 2):
        yield form.sides[start : start + 2]


def beside(row: int, form: Form, filled: FilledForm) -> Iterator[Box]:
    """Yield the money with two sides beside each other: a label and an amount each, under a heading of both."""
    yield _label((row, 1, row + beside_rows(form) - 1, 1), form.funds_label.text, "funds")
    for pair in _pairs(form):
        height = max(len(side.rows) for side in pair)
        for column, side in zip((2, 4), pair, strict=False):
            (period,) = side.columns
            yield _label((row, column, row, column), side.label.text, side.key)
            where = ("labels", 0, f"money:{period.key}")
            yield Box((row, column + 1, row, column + 1), "heading", period.label.text, where)
            for at, line in enumerate(side.rows, row + 1):
                yield _label((at, column, at, column), line.label.text, line.line)
                name = f"{line.line}_{period.key}"
                amount = filled.amounts.get(name)
                yield Box((at, column + 1, at, column + 1), "amount", amount, ("funds", 0, name))
            for at in range(row + 1 + len(side.rows), row + 1 + height):
                yield Box((at, column, at, column + 1), "empty")
        row += 1 + height


def free_rows(row: int, free: FreeRows, projects: tuple[ProjectLine, ...], last: int) -> Iterator[Box]:
    """Yield the free rows under their headings; the last column takes what the page leaves."""
    yield _label((row, 1, row + len(projects), 1), free.label.text, free.key)
    for number, column in enumerate(free.columns):
        left, right = 2 + number, last if number == len(free.columns) - 1 else 2 + number
        yield Box((row, left, row, right), "heading", column.label.text, ("labels", 0, f"rows:{column.key}"))
        role: Role = "amount" if column.key == "full" else "name"
        for n, project in enumerate(projects):
            at = row + 1 + n
            yield Box((at, left, at, right), role, getattr(project, column.key), ("projects", n, column.key))


def _indicator_columns(block: IndicatorBlock, first: int, last: int) -> dict[str, tuple[int, int]]:
    """Return first and last column of each field; the name spans what the block leaves free."""
    spans: dict[str, tuple[int, int]] = {}
    at = first
    for column in block.columns:
        width = 1 + (last - first + 1 - len(block.columns) if column.key == "name" else 0)
        spans[column.key] = (at, at + width - 1)
        at += width
    return spans


def _indicators(
    row: int, block: IndicatorBlock, lines: _Lines, edges: tuple[int, int], headed: bool
) -> Iterator[Box]:
    spans = _indicator_columns(block, *edges)
    row -= not headed
    for column in block.columns if headed else ():
        left, right = spans[column.key]
        yield Box((row, left, row, right), "heading", column.label.text, ("labels", 0, f"head:{column.key}"))
    above: tuple[str, ...] = ()
    for name in ("level1", "level2", "key_task"):
        if name in spans:
            above = (*above, name)
            yield from _runs(row + 1, above, lines, spans[name])
    roles: dict[str, Role] = {"name": "indicator", "half": "target", "full": "target"}
    for at, (number, line) in enumerate(lines, row + 1):
        for name, role in ((name, role) for name, role in roles.items() if name in spans):
            left, right = spans[name]
            yield Box((at, left, at, right), role, getattr(line, name), ("indicators", number, name))


def _runs(row: int, fields: tuple[str, ...], lines: _Lines, span: tuple[int, int]) -> Iterator[Box]:
    """Yield one merged box a run of lines that share a level and all levels left of it; blanks stay apart."""
    name = fields[-1]

    def key(pair: tuple[int, tuple[int, IndicatorLine]]) -> tuple[object, ...]:
        at, (_, line) = pair
        apart = ("bundle", line.bundle) if line.bundle else ("row", at)
        return tuple(getattr(line, field_name) or apart for field_name in fields)

    for _, run in groupby(enumerate(lines, row), key=key):
        members = list(run)
        number, line = members[0][1]
        area = (members[0][0], span[0], members[-1][0], span[1])
        role: Role = "key_task" if name == "key_task" else "level"
        yield Box(area, role, getattr(line, name), ("indicators", number, name))
