"""Folds the findings of a small batch at once, as `etl.batch.whole` does chunk by chunk."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from checks.finding import Finding
from checks.frames.tables import Tables
from checks.settings import Settings
from checks.telling.pre_filled import pre_filled, said_once, shared_pairs


@dataclass(frozen=True, slots=True)
class Folded:
    """Which findings stand, in the order given, and what is said once for the city in place of the others."""

    kept: tuple[bool, ...]
    once: tuple[Finding, ...]


def fold_defaults(said: Iterable[tuple[Finding, Tables]], whole: Tables, settings: Settings) -> Folded:
    """Return which findings stand, and what is said once for the others; `whole` are the tables of the batch."""
    shared = shared_pairs(whole, settings)
    kept = bytearray()
    dropped: dict[Any, bool] = {}
    for goes in pre_filled(said, shared):
        kept.append(not goes)
        dropped |= goes
    return Folded(tuple(map(bool, kept)), said_once(dropped, shared))
