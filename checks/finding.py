"""What a check says: a finding, the places it names, and what became of every rule on every form."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple


class Severity(StrEnum):
    """How much a finding weighs: an error sends the form back, a warning asks, an info tells."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


SEVERITY_ORDER: dict[str, int] = {"error": 0, "warning": 1, "info": 2}
SEVERITY_NAMES: dict[str, dict[str, str]] = {
    "zh": {"error": "错误", "warning": "警告", "info": "提示"},
    "en": {"error": "error", "warning": "warning", "info": "info"},
}


class Spot(NamedTuple):
    """One value of the tables: a rule names spots, only `etl` knows which cell a spot is."""

    table: str
    row: int
    field: str


@dataclass(frozen=True, slots=True)
class Hit:
    """One breach of one rule, as the rule's function states it.

    `form` is the number of the form in the stack (-1: the file or the batch as a whole, see `file`).
    The first of `spots` is the value to correct, the rest is what it was compared with. `values`
    fill the rule's message template. `variant` picks one of several templates of the rule.
    """

    form: int
    spots: tuple[Spot, ...]
    values: Mapping[str, str] = field(default_factory=dict)
    severity: Severity | None = None
    variant: str = ""
    found: str = ""
    expected: str = ""
    difference: str = ""
    hypothesis: Mapping[str, str] = field(default_factory=dict)
    file: int = -1


@dataclass(frozen=True, slots=True)
class Finding:
    """A hit made ready for people: plain data that crosses processes.

    `form` is the form's id (empty for a finding on a whole file), `path` its file. `message` and
    `hypothesis` are held in every language the rules speak, keyed `zh` and `en`; a hypothesis may hold
    spots (`marked`), which `etl` replaces by addresses. `candidates`: how many
    of the first spots may each be the wrong one; 0 where the first is. `note_at`: the spot that shows the
    breach, where the note belongs. `repair`: the amounts in fen that were meant, where one answer is sure.
    """

    code: str
    severity: Severity
    path: str
    form: str
    spots: tuple[Spot, ...]
    message: Mapping[str, str]
    found: str = ""
    expected: str = ""
    difference: str = ""
    hypothesis: Mapping[str, str] = field(default_factory=dict)
    trial: bool = False
    candidates: int = 0
    note_at: int = 0
    repair: tuple[tuple[Spot, int], ...] = ()


class NotRun(NamedTuple):
    """A rule that could not judge a form, and the input it lacked (zh, en)."""

    form: str
    code: str
    reason: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Tally:
    """What became of one rule over a stack of forms; passed is whatever is left."""

    code: str
    forms: int
    fired: int
    not_applicable: int
    not_run: int

    @property
    def passed(self) -> int:
        """Return how many forms the rule judged and found in order."""
        return self.forms - self.fired - self.not_applicable - self.not_run

    def plus(self, other: Tally | None) -> Tally:
        """Return the tally over the forms of both; `other` is of the same rule, None for no forms."""
        if other is None:
            return self
        return Tally(
            self.code,
            self.forms + other.forms,
            self.fired + other.fired,
            self.not_applicable + other.not_applicable,
            self.not_run + other.not_run,
        )


class Fate(NamedTuple):
    """What became of one rule, by the numbers of the forms; on the others it passed."""

    fired: frozenset[int]
    not_applicable: frozenset[int]
    not_run: frozenset[int]


@dataclass(frozen=True, slots=True)
class Outcome:
    """All findings on a stack, all that could not be checked and why, a tally a rule, and its fate by form."""

    findings: tuple[Finding, ...]
    not_run: tuple[NotRun, ...]
    tallies: tuple[Tally, ...]
    fates: Mapping[str, Fate] = field(default_factory=dict)


_MARK = re.compile("\ufdd0([a-z_]{1,20})\\|(-?[0-9]{1,12})\\|([a-z_0-9]{1,40})\ufdd1")
"""A spot inside a text, between two characters that stand for nothing: only `etl` knows which cell it is."""


def marked(spot: Spot) -> str:
    """Return what stands in a text where the address of a spot's cell belongs."""
    return f"\ufdd0{spot.table}|{spot.row}|{spot.field}\ufdd1"


def unmarked(text: str) -> str:
    """Return a text from outside without the characters that set a spot apart."""
    return text.replace("\ufdd0", "").replace("\ufdd1", "")


def addressed(text: str, address: Callable[[Spot], str]) -> str:
    """Return a text with every marked spot replaced by the address of its cell."""
    return _MARK.sub(lambda found: address(Spot(found[1], int(found[2]), found[3])), text)
