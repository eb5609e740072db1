"""A row of a project list as it stands, and whether rows add up to another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from checks.declared.money import wan_text
from checks.declared.project_name import mark_of
from etl.form.places import Place
from etl.money.amount import Amount

NOISE_FEN = 5_000
"""Half of 0.01 万元: sums that differ by less were only rounded."""
PERIODS = ("half", "full")
_FARTHEST = 300
"""Rows that a sum above them is compared with at most."""
Stated = Mapping[str, int | None]
"""What the form states as project expenditure, in fen by period; None where it cannot be read."""


class Remark(NamedTuple):
    """What had to be interpreted: a word for it, the cell, the text there, and how it was read."""

    kind: str
    place: Place
    text: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the list as it stands: its name, the texts beside it, its amounts, and where each of these is.

    `merged`: the text and first row of a merged cell left of the row's own that began further up.
    """

    sheet: int
    number: int
    column: int
    name: str
    amounts: Mapping[str, Amount]
    at: Mapping[str, int]
    rows: Mapping[str, int]
    fund: bool = False
    indented: bool = False
    merged: tuple[str, int] = ("", 0)
    under_amount: bool = False
    shifted: bool = False
    sources: int = field(default=1)

    @property
    def place(self) -> Place:
        """Return the cell of the name."""
        return Place(self.sheet, self.number, self.column)

    @property
    def empty(self) -> bool:
        """Return whether no amount stands in the row."""
        return all(amount.state in ("blank", "absent") and not amount.raw for amount in self.amounts.values())

    @property
    def nothing(self) -> bool:
        """Return whether the row says nothing of money: no amount, or zeros."""
        return all(amount.state in ("blank", "absent") or amount.fen == 0 for amount in self.amounts.values())

    @property
    def rank(self) -> int:
        """Return how deep the mark in front of the name is: 1 for 一、, 2 for （一）, 0 for none."""
        return mark_of(self.name)

    @property
    def said(self) -> tuple[str, ...]:
        """Return the periods for which the row says anything: a sum may be stated for the year alone."""
        return tuple(
            period
            for period in PERIODS
            if (amount := self.amounts.get(period))
            and (amount.raw or amount.state not in ("blank", "absent"))
        )

    def fen(self, period: str) -> int | None:
        """Return an amount in fen, a blank as 0, None for one that cannot be read."""
        amount = self.amounts.get(period)
        if amount is None or amount.state in ("blank", "absent"):
            return 0
        return amount.fen


def _fits(lines: Sequence[Line], stated: Stated, period: str) -> bool:
    """Return whether lines add up to what is stated for a period; False where that is not known."""
    total = total_of(lines, period)
    wanted = stated.get(period)
    return total is not None and wanted is not None and abs(total - wanted) < NOISE_FEN


def score(lines: Sequence[Line], stated: Stated) -> int:
    """Return in how many periods lines add up to what is stated."""
    return sum(_fits(lines, stated, period) for period in PERIODS)


def total_of(lines: Sequence[Line], period: str) -> int | None:
    values = [line.fen(period) for line in lines]
    return None if None in values else sum(value for value in values if value is not None)


def equals(line: Line, parts: Sequence[Line]) -> bool:
    """Return whether a line's amounts are those of its parts, and not nothing."""
    own = [line.fen(period) for period in line.said]
    sums = [total_of(parts, period) for period in line.said]
    return any(own) and all(
        a is not None and b is not None and abs(a - b) < NOISE_FEN for a, b in zip(own, sums, strict=True)
    )


def prefix(line: Line, items: Sequence[Line], fewest: int = 1) -> int:
    """Return how many of the items, from the first on, add up to a line: the fewest that do, 0 where none do."""
    periods = line.said
    if line.nothing or None in (own := [line.fen(period) for period in periods]):
        return 0
    sums = [0] * len(periods)
    for count, item in enumerate(items[:_FARTHEST], 1):
        for n, period in enumerate(periods):
            sums[n] += item.fen(period) or 0
        gaps = [(a or 0) - b for a, b in zip(own, sums, strict=True)]
        if count >= fewest and all(abs(gap) < NOISE_FEN for gap in gaps):
            return count if None not in [item.fen(p) for item in items[:count] for p in periods] else 0
        if min(gaps) < -NOISE_FEN:
            return 0
    return 0


def differing(line: Line, items: Sequence[Line]) -> list[Remark]:
    """Return the remark that a sum within the list is not that of its items, at the amount that differs."""
    for period in reversed(line.said):
        own, total = line.fen(period), total_of(items, period)
        if own is not None and total is not None and abs(own - total) >= NOISE_FEN and period in line.at:
            place = Place(line.sheet, line.rows[period], line.at[period])
            return [Remark("group_differs", place, line.name, f"{wan_text(own)}|{wan_text(total)}")]
    return []


def said_amount(line: Line) -> str:
    fen = line.fen("full")
    return wan_text(fen) if fen is not None else ""
