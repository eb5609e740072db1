"""What a bureau may set: rules on and off, severities, thresholds, word lists, waivers, links.

Defaults are the thresholds of the rule catalogue. Every one that rests on an unconfirmed reading of a
regulation can be changed here and nowhere else.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from checks.finding import Severity

THRESHOLDS: Mapping[str, float] = MappingProxyType(
    {
        "goal_shortest": 10,
        "template_labels_missing": 4,
        "total_highest_wan": 5_000_000,
        "execution_rate_warning_pp": 1,
        "execution_rate_error_pp": 5,
        "percent_over_fulfilment": 300,
        "carry_over_rate_highest": 10,
        "quantified_share_percent": 60,
        "satisfaction_lowest": 80,
        "boilerplate_pairs": 3,
        "half_share_low": 40,
        "half_share_high": 65,
        "half_share_lowest": 25,
        "idle_share_percent": 50,
        "single_share_percent": 80,
        "all_full_percent": 90,
        "goal_short": 30,
        "goal_long": 1500,
    }
)
"""Threshold names and defaults: characters, percentage points (pp) or percent. Families add theirs."""

WORDS: Mapping[str, tuple[str, ...]] = MappingProxyType({})
"""Word lists a bureau may replace, by name."""


@dataclass(frozen=True, slots=True)
class Waiver:
    """A finding a reviewer has let pass: agency, code, why, and the last day it holds (None: no end)."""

    agency: str
    code: str
    reason: str
    until: datetime.date | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """A reviewer's word that a project of an agency serves a key task; honoured in later years too."""

    agency: str
    project: str
    key_task: str


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of one run. `fiscal_year` is the batch's year, None to take the forms' majority."""

    fiscal_year: int | None = None
    switched: Mapping[str, bool] = field(default_factory=dict)
    severities: Mapping[str, Severity] = field(default_factory=dict)
    trial: frozenset[str] = frozenset()
    thresholds: Mapping[str, float] = field(default_factory=dict)
    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    waivers: tuple[Waiver, ...] = ()
    links: tuple[Link, ...] = ()

    def threshold(self, name: str) -> float:
        """Return a threshold by name; KeyError for one that does not exist."""
        return self.thresholds.get(name, THRESHOLDS[name])

    def word_list(self, name: str) -> tuple[str, ...]:
        """Return a word list by name; KeyError for one that does not exist."""
        return self.words.get(name, WORDS[name])
