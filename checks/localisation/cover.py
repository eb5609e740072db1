"""Several independent slips in one fault: cells that each repair some of its relations and touch no other.

Three broken sums that hang together through their totals need not have one cause. Every cell that alone repairs
all broken relations it stands in is a candidate for exactly those; the likeliest way to share the broken
relations out among candidates is looked for, subset by subset, so the work is bounded by their number.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from checks.localisation.linear import System, holds
from checks.localisation.weigh import Beside, Option, single_option

MOST_RELATIONS = 8
"""Broken relations of one fault that are shared out; one with more is wrong throughout."""
CLEAR_SLIP = 1e-3
"""Weight of a slip that nobody doubts."""
UNSAID = 1e-12
"""Weight of a broken relation that is left without an explanation."""


@dataclass(frozen=True, slots=True)
class Cover:
    """A fault's relations shared out: the rows of each part with its options, and the weight of all together.

    `rivals` is the weight of all other ways. `whole`: every relation has an explanation; a way that leaves
    some without is only taken if clear slips explain the others.
    """

    parts: tuple[tuple[tuple[int, ...], tuple[Option, ...]], ...]
    weight: float
    rivals: float

    @property
    def whole(self) -> bool:
        """Return whether every relation has an explanation."""
        return all(options for _, options in self.parts)

    @property
    def clear(self) -> bool:
        """Return whether a clear slip explains every relation that is explained at all."""
        said = [max(option.weight for option in options) for _, options in self.parts if options]
        return bool(said) and min(said) >= CLEAR_SLIP


def cover(form: System, fault: Sequence[int], beside: Beside) -> Cover | None:
    """Return the likeliest way to share a fault's relations out among single cells, or None if there is none."""
    if not 1 < len(fault) <= MOST_RELATIONS:
        return None
    blocks = _blocks(form, fault, beside)
    weights = {mask: sum(option.weight for option in options) for mask, options in blocks.items()}
    everything = (1 << len(fault)) - 1
    ways: list[tuple[float, tuple[int, ...]]] = [(1.0, ()), *([(0.0, ())] * everything)]
    total = [1.0] + [0.0] * everything
    for mask in range(1, everything + 1):
        lowest = mask & -mask
        for block, weight in (*weights.items(), (lowest, UNSAID)):
            if block & lowest and block & mask == block:
                rest, chosen = ways[mask ^ block]
                total[mask] += weight * total[mask ^ block]
                if weight * rest > ways[mask][0]:
                    ways[mask] = (weight * rest, (*chosen, block if weight != UNSAID else -block))
    weight, chosen = ways[everything]
    parts = tuple((_rows(fault, abs(block)), tuple(blocks[block]) if block > 0 else ()) for block in chosen)
    return Cover(parts, weight, total[everything] - weight) if _together(form, parts) else None


def _blocks(form: System, fault: Sequence[int], beside: Beside) -> dict[int, list[Option]]:
    """Return the cells that repair all they break, by the relations they repair as a mask."""
    place = {number: 1 << position for position, number in enumerate(fault)}
    blocks: dict[int, list[Option]] = {}
    for cell in dict.fromkeys(cell for number in fault for cell, _ in form.rows[number].terms):
        option = single_option(form, cell, beside)
        mask = sum(place[number] for number, _ in form.rows_of[cell] if form.rows[number].broken)
        if option is not None:
            blocks.setdefault(mask, []).append(option)
    return blocks


def _rows(fault: Sequence[int], mask: int) -> tuple[int, ...]:
    return tuple(number for position, number in enumerate(fault) if mask >> position & 1)


def _together(form: System, parts: Sequence[tuple[tuple[int, ...], tuple[Option, ...]]]) -> bool:
    """Return whether the likeliest options of all parts keep the other relations together."""
    changes: dict[int, int] = {}
    for _, options in parts:
        best = max(options, key=lambda option: option.weight, default=None)
        for cell, new in zip(best.cells, best.news, strict=True) if best is not None else ():
            if new is not None:
                changes[cell] = new - form.amounts[cell]
    return holds(form, changes)
