"""The framework of common indicators that every department states, as a form declares it.

Each indicator has a number that stays its own when a later year's form puts others between (`known` is in that
order); `entries` are in the order printed. Bounds are in percent.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Literal

from checks.declared.text_key import text_key

Meaning = Literal["cumulative", "level", "period_relative", "qualitative", "year_end"]
"""What the half-year value means: so far this year, at that date, against the period's plan, in words,
or nothing before the year's end."""

NO_NUMBER = -2
"""The number of an indicator that the framework has not: no row's (-1 is that of an agency's own)."""


@dataclass(frozen=True, slots=True)
class Common:
    """One indicator of the framework.

    `half` and `full` are the stock values, `words` the words a qualitative one may take, `operator` the
    conventional one for a target, `lower` and `upper` the bounds of its value in percent (None: open).
    """

    level1: str
    level2: str
    name: str
    half: str
    full: str
    meaning: Meaning
    words: frozenset[str] = frozenset()
    operator: str = ""
    lower: Decimal | None = None
    upper: Decimal | None = None


_UNIT_BEHIND = re.compile(r"(?P<name>.{2,})\((?:单位)?(?:%|百分比|百分点|亿元|万元|元|个|项|次|人|人次)\)")


@dataclass(frozen=True, eq=False)
class Framework:
    """The common indicators of a form: `entries` as printed, `known` by their numbers."""

    entries: tuple[Common, ...] = ()
    known: tuple[Common, ...] = ()

    def __len__(self) -> int:
        """Return how many indicators there are."""
        return len(self.entries)

    def __iter__(self) -> Iterator[Common]:
        """Yield the indicators in the order printed."""
        return iter(self.entries)

    def __getitem__(self, number: int) -> Common:
        """Return the indicator of a number."""
        return self.known[number]

    @cached_property
    def numbers(self) -> tuple[int, ...]:
        """Return the number of each indicator in the order printed."""
        return tuple(self._by_key[text_key(entry.name)] for entry in self.entries)

    @cached_property
    def places(self) -> tuple[int, ...]:
        """Return the place in the order printed of each number, -1 for one that is not printed."""
        at = {number: place for place, number in enumerate(self.numbers)}
        return tuple(at.get(number, -1) for number in range(len(self.known)))

    @cached_property
    def _by_key(self) -> dict[str, int]:
        return {text_key(entry.name): number for number, entry in enumerate(self.known)}

    @cached_property
    def _printed(self) -> dict[str, int]:
        return {text_key(entry.name): self._by_key[text_key(entry.name)] for entry in self.entries}

    def position(self, key: str) -> int:
        """Return the number of the indicator a compared name is, -1 for none; a unit in brackets behind it is no part of it."""
        found = self._printed.get(key)
        if found is None and key.endswith(")") and (match := _UNIT_BEHIND.fullmatch(key)):
            found = self._printed.get(match["name"])
        return -1 if found is None else found

    def named(self, name: str) -> int:
        """Return the number of the indicator of a name, `NO_NUMBER` where the framework has none."""
        return self._printed.get(text_key(name), NO_NUMBER)


NO_FRAMEWORK = Framework()
