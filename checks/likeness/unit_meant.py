"""Tells which unit a form was probably filled in whose amounts cannot be in 万元: the one that makes its size ordinary."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from checks.declared.budget import FEN_PER_WAN
from checks.likeness.scale import most_people

if TYPE_CHECKING:
    from checks.frames.tables import Tables

UNITS = (10, 10_000)
"""By how many times amounts in 千元 and in 元 are larger than in 万元."""
PER_HEAD = (2 * FEN_PER_WAN, 250 * FEN_PER_WAN)
"""Basic expenditure a head and year that an agency may have; it is 20 to 60 万元, and people are counted generously."""
BESIDE_PEERS = 30
"""Times that an agency's basic expenditure may be above or below the median of its peers."""
PEERS_LEAST = 5


def times_too_large(tables: Tables, forms: Iterable[int], sound: Iterable[int]) -> dict[int, int]:
    """Return by how many times the amounts of some forms are too large, where exactly one unit makes sense of them.

    `sound`: the forms whose unit nobody doubts; their median is what a form that names no people is held against.
    """
    basic = dict(
        zip(tables.funds.index.tolist(), tables.funds["basic_full"].fillna(0).astype("int64"), strict=True)
    )
    peers = sorted(int(basic[form]) for form in sound if basic[form] > 0)
    middle = peers[len(peers) // 2] if len(peers) >= PEERS_LEAST else 0
    found = {}
    for form in forms:
        people = most_people(str(tables.forms["staffing"].loc[form] or ""))
        if people:
            low, high = (bound * people for bound in PER_HEAD)
        else:
            low, high = middle // BESIDE_PEERS, middle * BESIDE_PEERS
        fits = [times for times in UNITS if low <= int(basic[form]) // times <= high] if high else []
        if len(fits) == 1 and not low <= int(basic[form]) <= high:
            found[form] = fits[0]
    return found
