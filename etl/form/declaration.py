"""What a form looks like on paper, as data: blocks in order, their labels, their value columns.

One profile (a TOML file of `etl/forms` or the bureau's own, `etl.form.profile_file`) feeds the extractor, the blank
template, the samples and the handbook. Next year's form is a file that says what differs from this year's.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from checks.declared.budget import NO_BUDGET, Budget
from checks.declared.text_key import text_key


@dataclass(frozen=True, slots=True)
class Label:
    """A printed label: its text (with the line breaks of the print) and other wordings seen for it."""

    text: str
    aliases: tuple[str, ...] = ()

    @property
    def plain(self) -> str:
        """Return the label without line breaks, as messages quote it."""
        return self.text.replace("\n", "")

    @property
    def keys(self) -> tuple[str, ...]:
        """Return every comparison key this label is known by."""
        return tuple(text_key(text) for text in (self.text, *self.aliases))


@dataclass(frozen=True, slots=True)
class TextField:
    """A label with one wide text cell beside it; `key` names the text, fields of one `row` stand beside each other."""

    key: str
    label: Label
    height: float
    row: str = ""
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Column:
    """A value column under a printed heading."""

    key: str
    label: Label


@dataclass(frozen=True, slots=True)
class FundRow:
    """A fixed line of money; `line` is the key of its fund line, `group` the label printed left of it."""

    line: str
    label: Label
    group: Label | None = None
    optional: bool = False


@dataclass(frozen=True, slots=True)
class FundSide:
    """Income or expenditure: its label, value columns and fixed rows; `projects` says rows may follow."""

    key: str
    label: Label
    columns: tuple[Column, ...]
    rows: tuple[FundRow, ...]
    projects: bool = False
    optional: bool = False


@dataclass(frozen=True, slots=True)
class FreeRows:
    """A table of as many rows as a department needs, each a project or a key task, under headings of its own."""

    key: str
    label: Label
    columns: tuple[Column, ...]


@dataclass(frozen=True, slots=True)
class IndicatorBlock:
    """A table of indicators: which level-1 names it holds and its columns from left to right."""

    key: str
    level1: tuple[str, ...]
    columns: tuple[Column, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Form:
    """A whole form of one fiscal year, block after block as printed.

    `budget`: what it states, as rules know it. `years`: those it is the form of, empty for any. `kin`: titles of forms
    with the same blocks, which are refused by name. `least`: labels that make a form without its title. `beside`: the
    sides of its money stand beside each other. `table_label`: printed left of all indicators. `example`: invented, and meant for
    its own year alone. A form equals itself only: what is worked out of one is remembered by it, and comparing all it says
    costs more than that.
    """

    year: int
    title: Label
    basics: tuple[TextField, ...]
    funds_label: Label
    sides: tuple[FundSide, ...]
    goals: tuple[TextField, ...]
    indicators: tuple[IndicatorBlock, ...]
    widths: tuple[float, ...]
    budget: Budget = NO_BUDGET
    place: str = ""
    years: tuple[int, ...] = ()
    kin: tuple[str, ...] = ()
    least: int = 8
    beside: bool = False
    free: FreeRows | None = None
    table_label: Label | None = None
    example: bool = False
    after: tuple[TextField, ...] = ()

    @property
    def id(self) -> str:
        """Return the name of the profile."""
        return self.budget.id

    @property
    def value_columns(self) -> tuple[str, ...]:
        """Return the value columns of the indicators in order: half, full."""
        columns = (column.key for block in self.indicators for column in block.columns)
        return tuple(dict.fromkeys(key for key in columns if key in ("half", "full")))

    @property
    def text_fields(self) -> tuple[TextField, ...]:
        """Return the text fields of the head, the goals and below the free rows."""
        return self.basics + self.goals + self.after

    @property
    def fund_rows(self) -> tuple[FundRow, ...]:
        """Return the fixed money lines of both sides in order."""
        return tuple(row for side in self.sides for row in side.rows)

    @property
    def optional(self) -> frozenset[str]:
        """Return the keys of labels that need not stand on the form."""
        found = {field.key for field in self.text_fields if field.optional}
        found |= {row.line for row in self.fund_rows if row.optional}
        for side in self.sides:
            found |= {side.key, *(row.line for row in side.rows)} if side.optional else set()
        return frozenset(found)

    def lines(self, side: str) -> frozenset[str]:
        """Return the keys of the fixed money lines of one side."""
        return _lines(self, side)

    def anchors(self) -> Iterator[tuple[str, Label]]:
        """Yield every label that must stand on the form once, with its key (`agency`, `total`, ...)."""
        yield from ((field.key, field.label) for field in self.text_fields)
        yield ("funds", self.funds_label)
        yield from ((side.key, side.label) for side in self.sides if side.label.text)
        yield from ((row.line, row.label) for row in self.fund_rows)
        if self.free is not None:
            yield (self.free.key, self.free.label)
        for block in self.indicators:
            yield from ((f"level1:{name}", Label(name)) for name in block.level1)


@lru_cache(maxsize=32)
def _lines(form: Form, side: str) -> frozenset[str]:
    return frozenset(row.line for each in form.sides if each.key == side for row in each.rows)
