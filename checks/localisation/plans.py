"""The ways to explain a form as a whole: slips in several cells first, then what the search finds in what is left."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from checks.localisation.linear import System
from checks.localisation.moves import Hints, Supported, supported
from checks.localisation.search import Found, search
from checks.localisation.slips import KINDS
from checks.localisation.weigh import Beside, Option

MOST_MOVES = 6
"""Slips in several cells that are followed up, heaviest first."""
DEEPEST = 3
"""Slips in several cells that one form is thought to hold."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A way to explain a form: slips in several cells first, then what the search finds in the `form` after them.

    `options` are the first repairs of all, moves and faults; `weight` how likely the whole is.
    """

    moves: tuple[tuple[Supported, Option], ...]
    found: tuple[Found, ...]
    form: System
    weight: float

    @property
    def options(self) -> list[Option]:
        firsts = (max(found.options, key=lambda o: o.weight, default=None) for found in self.found)
        return [*(option for _, option in self.moves), *(option for option in firsts if option is not None)]


def claim(option: Option) -> tuple[object, ...]:
    """Return what an option says, whatever slip it says it of."""
    return (*sorted(zip(option.cells, map(str, option.news), strict=True)), option.added)


def plans_of(form: System, beside: Beside, hints: Hints, depth: int) -> list[Plan]:
    """Return the ways to explain a form: by cells alone, and by each move the relations speak for with what is left."""
    found = tuple(search(form, beside)) if form.broken else ()
    plans = [Plan((), found, form, math.prod(entry.weight * entry.share for entry in found))]
    for move in supported(form, beside, hints)[:MOST_MOVES] if depth else ():
        chosen = (move, move.option(form))
        cells = set(move.move.changes)
        for rest in plans_of(move.after, beside, hints, depth - 1):
            if all(cells.isdisjoint(option.cells) for option in rest.options):
                plans.append(Plan((chosen, *rest.moves), rest.found, rest.form, move.weight * rest.weight))
    return plans


def distinct(plans: Sequence[Plan]) -> list[Plan]:
    """Return the plans that say different things; of those that say the same, one with moves says it best."""
    best: dict[frozenset[object], Plan] = {}
    for plan in plans:
        said = frozenset(part for option in plan.options for part in claim(option) if part is not None)
        held = best.get(said)
        if held is None or (bool(plan.moves), plan.weight) > (bool(held.moves), held.weight):
            best[said] = plan
    return list(best.values())


def parts_of(form: System, found: Found, option: Option) -> tuple[tuple[tuple[int, ...], Option], ...]:
    """Return the slips of a repair one by one, each with the broken relations it is told by; one where they are one slip.

    A relation with one changed cell is that cell's; one with several is that cell's which has none by itself.
    """
    if len(option.cells) != 2 or option.slips[0] == option.slips[1] or "follows" in option.slips:
        return ()
    rows = {cell: [n for n, _ in form.rows_of[cell] if n in found.broken] for cell in option.cells}
    own = {
        cell: [n for n in mine if sum(n in other for other in rows.values()) == 1]
        for cell, mine in rows.items()
    }
    shared = [number for number in found.broken if number not in own[option.cells[0]] + own[option.cells[1]]]
    poor = next((cell for cell in option.cells if not own[cell]), option.cells[0])
    own[poor] += shared
    if not all(own.values()):
        return ()
    made = []
    for place, cell in enumerate(option.cells):
        line = option.line if option.slips[place] in ("left_out", "counted_twice") else None
        weight = KINDS[option.slips[place]].weight if option.slips[place] else option.weight
        part = Option((cell,), (option.news[place],), weight, (option.slips[place],), line)
        made.append((tuple(sorted(own[cell])), part))
    return tuple(made)
