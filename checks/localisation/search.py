"""The search for the smallest sets of cells whose change repairs a form: one cell, two cells, in exact integers.

Broken relations that share a cell form a *fault*. Faults are repaired apart: a cell of one stands in no
broken relation of another, so each needs a cell of its own. Two faults are one where a pair of cells with
one in each repairs both and neither cell could alone (a row given in yuan breaks the sums of both columns).
"""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from checks.localisation.cover import UNSAID, cover
from checks.localisation.linear import System
from checks.localisation.pairs import can_repair, joint_slips, pair_option
from checks.localisation.weigh import Beside, Guess, Option, single_option

MOST_PAIRS = 8_000
"""Pairs tried for one fault; beyond it the search says that it was cut short."""
MOST_FAULTS = 8
"""Faults of one form compared with each other; a form with more is wrong throughout."""
MOST_OF_EACH = 60
"""Options of each of two joined faults that are combined with each other, likeliest first."""
JOINED_SHARE = 0.02
"""Share of the weight of all ways to repair two faults, from which on pairs that need each other join them."""


@dataclass(frozen=True, slots=True)
class Found:
    """What the search found for one fault: its broken rows, the options, and whether they are all there are.

    `share`: what weight this fault's way to hang together with others has among all ways.
    """

    broken: tuple[int, ...]
    options: tuple[Option, ...]
    exhaustive: bool
    share: float = 1.0

    @property
    def weight(self) -> float:
        """Return the weight of all options together."""
        return sum(option.weight for option in self.options) or UNSAID ** len(self.broken)


def faults(form: System) -> list[tuple[int, ...]]:
    """Return the broken rows in groups that share no cell with each other."""
    groups: list[tuple[set[int], list[int]]] = []
    for number in form.broken:
        cells = {cell for cell, _ in form.rows[number].terms}
        rows = [number]
        touching = [group for group in groups if not group[0].isdisjoint(cells)]
        for group in touching:
            cells |= group[0]
            rows += group[1]
            groups.remove(group)
        groups.append((cells, rows))
    return sorted(tuple(sorted(rows)) for _, rows in groups)


def singles(form: System, fault: Sequence[int], beside: Beside) -> list[Option]:
    """Return every cell that alone repairs a fault."""
    smallest = min(fault, key=lambda number: len(form.rows[number].terms))
    others = [_cells(form, number) for number in fault if number != smallest]
    shared = [cell for cell, _ in form.rows[smallest].terms if all(cell in cells for cells in others)]
    options = (single_option(form, cell, beside) for cell in shared)
    return [option for option in options if option is not None]


def _cells(form: System, number: int) -> set[int]:
    return {cell for cell, _ in form.rows[number].terms}


def pairs(form: System, fault: Sequence[int], beside: Beside) -> tuple[list[Option], bool]:
    """Return every pair of cells that repairs a fault no single cell does, and whether all were tried."""
    tried = list(itertools.islice(_candidate_pairs(form, fault), MOST_PAIRS + 1))
    possible = [pair for pair in tried[:MOST_PAIRS] if can_repair(form, *pair)]
    cells = {cell for pair in possible for cell in pair}
    joint = joint_slips(form, _only_sum(form, fault), cells)
    options = (pair_option(form, first, second, beside, joint) for first, second in possible)
    return [option for option in options if option is not None], len(tried) <= MOST_PAIRS


def _only_sum(form: System, fault: Sequence[int]) -> int:
    """Return the one broken sum of a fault, -1 if there are none or several."""
    sums = [number for number in fault if form.rows[number].equal]
    return sums[0] if len(sums) == 1 else -1


def _candidate_pairs(form: System, fault: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Yield the pairs that stand in every broken row of the fault and in none of another fault."""
    smallest = min(fault, key=lambda number: len(form.rows[number].terms))
    cells_of = {number: _cells(form, number) for number in fault}
    foreign = {cell for number in form.broken if number not in cells_of for cell in _cells(form, number)}
    seen: set[tuple[int, int]] = set()
    for first, _ in form.rows[smallest].terms:
        rest = [cells for cells in cells_of.values() if first not in cells]
        seconds = set.intersection(*rest) if rest else _companions(form, first)
        for second in sorted(seconds - foreign - {first}):
            pair = (min(first, second), max(first, second))
            if pair not in seen:
                seen.add(pair)
                yield pair


def _companions(form: System, cell: int) -> set[int]:
    """Return the cells that stand in some row with a cell."""
    return {other for number, _ in form.rows_of[cell] for other, _ in form.rows[number].terms}


def crossed(
    form: System, one: Sequence[int], other: Sequence[int], alone: Collection[int], beside: Beside
) -> list[Option]:
    """Return the pairs with a cell in each of two faults that repair both only together.

    That takes a relation with both cells in it, and a cell that is not among those (`alone`) that repair
    their own fault.
    """
    nothing: dict[tuple[int, int], Guess] = {}
    ours = set.intersection(*(_cells(form, number) for number in one))
    theirs = set.intersection(*(_cells(form, number) for number in other))
    options = (
        pair_option(form, min(first, second), max(first, second), beside, nothing)
        for first in sorted(ours)
        for second in sorted(_companions(form, first) & theirs)
        if not (first in alone and second in alone)
    )
    return [option for option in options if option is not None]


def search(form: System, beside: Beside) -> list[Found]:
    """Return the faults of a form with their repairs by few cells; a fault that nothing explains has none."""
    groups = faults(form)
    alone = {group: singles(form, group, beside) for group in groups}
    found: list[Found] = []
    few = len(groups) <= MOST_FAULTS
    dropped: set[tuple[int, ...]] = set()
    while groups:
        group = groups.pop(0)
        joined = _joined(form, group, groups, alone, beside, dropped) if few else None
        if joined is not None:
            partner, merged = joined
            groups.remove(partner)
            found.append(merged)
        elif alone[group]:
            found.append(Found(group, tuple(alone[group]), few))
        else:
            found += _apart(form, group, beside, few)
    return [_unclaimed(entry) if dropped & _within(entry, alone) else entry for entry in found]


def _within(entry: Found, groups: Collection[tuple[int, ...]]) -> set[tuple[int, ...]]:
    return {group for group in groups if set(group) <= set(entry.broken)}


def _unclaimed(entry: Found) -> Found:
    return replace(entry, exhaustive=False)


def _apart(form: System, group: tuple[int, ...], beside: Beside, few: bool) -> list[Found]:
    """Return what repairs a fault that no cell repairs alone: two cells together, or one each for parts of it."""
    options, complete = pairs(form, group, beside)
    joint = [option for option in options if not _independent(form, option)]
    shared = cover(form, group, beside)
    together = sum(option.weight for option in joint)
    if shared is None or (options and (shared.weight <= together or not (shared.whole or shared.clear))):
        return [Found(group, tuple(options), complete and few and bool(options))]
    share = shared.weight / (shared.weight + shared.rivals + together)
    every = complete and few and share == 1.0
    return [Found(rows, those, every and bool(those), share) for rows, those in shared.parts]


def _independent(form: System, option: Option) -> bool:
    """Return whether the two cells of an option stand in no broken relation together."""
    first, second = (
        {number for number, _ in form.rows_of[cell] if form.rows[number].broken} for cell in option.cells
    )
    return first.isdisjoint(second)


def _joined(
    form: System,
    group: tuple[int, ...],
    others: Sequence[tuple[int, ...]],
    alone: dict[tuple[int, ...], list[Option]],
    beside: Beside,
    dropped: set[tuple[int, ...]],
) -> tuple[tuple[int, ...], Found] | None:
    """Return the fault that a fault is one with, and their repairs by pairs; None if it stands alone.

    Faults with pairs that are not told are added to `dropped`.
    """
    joined: tuple[tuple[int, ...], Found] | None = None
    for other in others:
        cells = {cell for fault in (group, other) for option in alone[fault] for cell in option.cells}
        options = crossed(form, group, other, cells, beside)
        together = sum(option.weight for option in options)
        ours, theirs = (_likeliest(alone[fault]) for fault in (group, other))
        apart = 0.0
        if _agree(form, ours, theirs):
            apart = sum(option.weight for option in ours) * sum(option.weight for option in theirs)
        if joined is None and options and together > JOINED_SHARE * (together + apart):
            complete = len(ours) == len(alone[group]) and len(theirs) == len(alone[other])
            rows = tuple(sorted(group + other))
            joined = other, Found(rows, tuple(options) + _products(form, ours, theirs), complete)
        elif options:
            dropped |= {group, other}
    return joined


def _agree(form: System, ours: Sequence[Option], theirs: Sequence[Option]) -> bool:
    """Return whether some repair of one fault goes with some repair of the other."""
    pairs = ((one.cells[0], other.cells[0]) for one in ours for other in theirs)
    return any(other not in _companions(form, one) or can_repair(form, one, other) for one, other in pairs)


def _likeliest(options: Sequence[Option]) -> list[Option]:
    return sorted(options, key=lambda option: -option.weight)[:MOST_OF_EACH]


def _products(form: System, ours: Sequence[Option], theirs: Sequence[Option]) -> tuple[Option, ...]:
    """Return the pairs of cells that each repair their own fault and do not hinder each other."""
    options = []
    for one in ours:
        companions = _companions(form, one.cells[0])
        for other in theirs:
            cells = one.cells + other.cells
            if other.cells[0] not in companions or can_repair(form, *cells):
                news, slips = one.news + other.news, one.slips + other.slips
                options.append(Option(cells, news, one.weight * other.weight, slips, one.line or other.line))
    return tuple(options)
