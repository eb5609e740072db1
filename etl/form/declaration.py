"""What a form looks like on paper, as data: blocks in order, their labels, their value columns.

One declaration (`etl.form.suzhou`) feeds the extractor, the blank template, the samples and the handbook.
Next year's form is a difference from this year's: `dataclasses.replace(FORM_2023, year=2024, ...)`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

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
    """A label with one wide text cell beside it; `key` is a column of the `forms` table."""

    key: str
    label: Label
    height: float


@dataclass(frozen=True, slots=True)
class Column:
    """A value column under a printed heading."""

    key: str
    label: Label


@dataclass(frozen=True, slots=True)
class FundRow:
    """A fixed line of money; `line` is a key of `checks.declared.budget.LINES`, `group` the label printed left of it."""

    line: str
    label: Label
    group: Label | None = None


@dataclass(frozen=True, slots=True)
class FundSide:
    """Income or expenditure: its label, value columns and fixed rows; `projects` says rows may follow."""

    key: Literal["income", "expenditure"]
    label: Label
    columns: tuple[Column, ...]
    rows: tuple[FundRow, ...]
    projects: bool = False


@dataclass(frozen=True, slots=True)
class IndicatorBlock:
    """A table of indicators: which level-1 names it holds and its columns from left to right."""

    key: Literal["common", "duty", "effect"]
    level1: tuple[str, ...]
    columns: tuple[Column, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Form:
    """A whole form of one fiscal year, block after block as printed.

    A form equals itself only: what is worked out of one is remembered by it, and comparing all it says
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

    @property
    def text_fields(self) -> tuple[TextField, ...]:
        """Return the text fields of the head and the goals."""
        return self.basics + self.goals

    @property
    def fund_rows(self) -> tuple[FundRow, ...]:
        """Return the fixed money lines of both sides in order."""
        return tuple(row for side in self.sides for row in side.rows)

    def lines(self, side: str) -> frozenset[str]:
        """Return the keys of the fixed money lines of one side."""
        return _lines(self, side)

    def anchors(self) -> Iterator[tuple[str, Label]]:
        """Yield every label that must stand on the form once, with its key (`agency`, `total`, ...)."""
        yield from ((field.key, field.label) for field in self.text_fields)
        yield ("funds", self.funds_label)
        yield from ((side.key, side.label) for side in self.sides)
        yield from ((row.line, row.label) for row in self.fund_rows)
        for block in self.indicators:
            yield from ((f"level1:{name}", Label(name)) for name in block.level1)


@lru_cache(maxsize=32)
def _lines(form: Form, side: str) -> frozenset[str]:
    return frozenset(row.line for each in form.sides if each.key == side for row in each.rows)
