"""Which cell is wrong: the smallest sets of cells whose change repairs a form, best explained first.

A broken sum names many cells, the clerk needs the one. Taken together, the relations of a form (sums,
half <= full, nothing negative) leave few sets of cells that could be wrong (Fellegi and Holt, 1976), and
the slips of the hand (`checks.localisation.slips`) rank them. Amounts are integer fen, arithmetic is exact.

When is one repair the answer (`single`)? A proposal that is shown as the answer must be right, so:

- every change of it has an amount that the relations, or one clearly likeliest slip, fix; and
- it is the only smallest repair of its fault, of one cell, and either a slip of weight `SURE_WEIGHT` or
  more explains it, or two broken sums agree on its amount, or every other amount of its broken sum is
  held by a sum of its own that is right; or
- a slip of that weight explains it, and it has `SURE_SHARE` of the weight of all smallest repairs. That a
  total left a line out is not enough here: the line may be what does not belong.

What the solver found (three cells and more) is never called the answer, nor is a whole column that is
out by one factor, nor anything where the search was cut short.
"""

from __future__ import annotations

import itertools
import math
import time
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

from checks.localisation.linear import Linear, System, holds, system
from checks.localisation.pairs import pair_option
from checks.localisation.search import Found, search
from checks.localisation.weigh import Beside, Option

__all__ = ["Change", "Fault", "Linear", "Localisation", "Repair", "localise"]

Key = Hashable

SURE_WEIGHT = 3e-4
SURE_SHARE = 0.95
MOST_COMBINATIONS = 64


@dataclass(frozen=True, slots=True)
class Change:
    """A cell to correct: what it holds (None: blank) and what it should hold (None: no amount is proposed)."""

    cell: Key
    old: int | None
    new: int | None


@dataclass(frozen=True, slots=True)
class Repair:
    """One smallest set of cells and the slips that explain it, if any do.

    `slip` is the code (of `checks.localisation.slips.KINDS`) that says best what happened, "" if some change has no
    explanation; `slips` has a code a change. `line` is the row that a total left out or counted twice.
    `score` is -log10 of the plausibility: lower is more plausible.
    """

    changes: tuple[Change, ...]
    slip: str
    score: float
    slips: tuple[str, ...] = ()
    line: Key | None = None


@dataclass(frozen=True, slots=True)
class Fault:
    """One root cause: the relations it breaks, and the smallest repairs, most plausible first.

    `broken`: positions in the relations given, `codes`: their codes, each once. `count`: how many smallest
    repairs were found, of which `repairs` are the first. No repairs: too much is wrong to say.
    """

    broken: tuple[int, ...]
    codes: tuple[str, ...]
    repairs: tuple[Repair, ...]
    count: int
    exhaustive: bool
    single: bool


@dataclass(frozen=True, slots=True)
class Localisation:
    """What may be wrong in a form: the repairs of the whole, and of each fault by itself.

    `repairs` repair every relation; they combine the repairs of the faults, most plausible first.
    `exhaustive`: every smallest repair of one or two cells was looked at. `single`: the first repair is the answer.
    """

    repairs: tuple[Repair, ...]
    faults: tuple[Fault, ...]
    exhaustive: bool
    single: bool


def localise(
    values: Mapping[Key, int | None],
    relations: Sequence[Linear],
    *,
    limit: int = 12,
    neighbours: Mapping[Key, Sequence[Key]] | None = None,
) -> Localisation:
    """Return the smallest repairs of one form, `limit` at most for each fault and for the whole.

    `values`: fen by cell, None for a blank, which counts as 0. `relations` over a cell that is not in
    `values` (it could not be read) do not count. `neighbours`: for a cell the cells of its row in the
    other columns. Raises ValueError for coefficients other than 1 and -1. Nothing broken: no repairs.
    """
    form = system(values, relations)
    if not form.broken:
        return Localisation((), (), True, False)
    beside = _beside(form, neighbours or {})
    found = _with_solver(form, search(form, beside), beside, limit)
    ranked = [sorted(fault.options, key=lambda option: _rank(form, option)) for fault in found]
    faults = tuple(
        _fault(form, relations, fault, options, limit) for fault, options in zip(found, ranked, strict=True)
    )
    whole = tuple(_repair(form, option) for option in _whole(form, ranked, beside, limit))
    complete = all(fault.exhaustive for fault in faults) and sum(_size(fault) for fault in found) <= 2
    return Localisation(
        whole, faults, complete and bool(whole), bool(whole) and all(f.single for f in faults)
    )


def _beside(form: System, neighbours: Mapping[Key, Sequence[Key]]) -> Beside:
    numbers = {key: number for number, key in enumerate(form.keys)}
    return {
        numbers[key]: tuple(numbers[other] for other in others if other in numbers)
        for key, others in neighbours.items()
        if key in numbers
    }


def _with_solver(form: System, found: list[Found], beside: Beside, limit: int) -> list[Found]:
    """Ask the solver about faults that no two cells repair: each by itself, else all of the form together."""
    if all(fault.options for fault in found):
        return found
    from checks.localisation.solver import SECONDS, solve, whole_column

    until = time.monotonic() + SECONDS
    asked = []
    for fault in found:
        column = None if fault.options else whole_column(form, fault.broken)
        options = (
            fault.options or (column and (column,)) or tuple(solve(form, fault.broken, beside, limit, until))
        )
        asked.append(Found(fault.broken, options, fault.exhaustive and bool(fault.options)))
    if all(fault.options for fault in asked) or len(asked) == 1:
        return asked
    everything = tuple(form.broken)
    together = solve(form, everything, beside, limit, until)
    return [Found(everything, tuple(together), False)] if together else asked


def _size(fault: Found) -> float:
    return min((len(option.cells) for option in fault.options), default=math.inf)


def _rank(form: System, option: Option) -> tuple[float, float, tuple[int, ...]]:
    """Rank by weight; between equals the smaller change, for its amount, comes first."""
    moved = 0.0
    for cell, new in zip(option.cells, option.news, strict=True):
        old = form.amounts[cell]
        moved += 1.0 if new is None else abs(new - old) / (max(abs(new), abs(old)) or 1)
    return (_score(option), moved, option.cells)


def _score(option: Option) -> float:
    return round(-math.log10(option.weight), 6) if option.weight > 0 else math.inf


def _fault(
    form: System, relations: Sequence[Linear], found: Found, options: Sequence[Option], limit: int
) -> Fault:
    positions = tuple(form.origin[number] for number in found.broken)
    return Fault(
        positions,
        tuple(dict.fromkeys(relations[position].code for position in positions)),
        tuple(_repair(form, option) for option in options[:limit]),
        len(options),
        found.exhaustive,
        _is_single(form, found, options),
    )


def _is_single(form: System, found: Found, options: Sequence[Option]) -> bool:
    """Return whether the first option is the answer; the criterion stands at the head of the module."""
    if not options or not found.exhaustive or not options[0].determined:
        return False
    best = options[0]
    sure = best.explained and best.weight >= SURE_WEIGHT
    if len(options) == 1 and len(best.cells) == 1:
        return sure or _backed(form, best.cells[0])
    return (
        sure
        and "left_out" not in best.slips
        and best.weight >= SURE_SHARE * sum(option.weight for option in options)
    )


def _backed(form: System, cell: int) -> bool:
    """Return whether a cell's amount is sure without a slip: two sums ask for it, or one of sound amounts."""
    asking = [
        number for number, _ in form.rows_of[cell] if form.rows[number].broken and form.rows[number].equal
    ]
    if len(asking) != 1:
        return len(asking) > 1
    others = [other for other, _ in form.rows[asking[0]].terms if other != cell and form.amounts[other]]
    return all(
        any(form.rows[number].equal and not form.rows[number].broken for number, _ in form.rows_of[other])
        for other in others
    )


def _repair(form: System, option: Option) -> Repair:
    changes = tuple(
        Change(form.keys[cell], form.old(cell), new)
        for cell, new in zip(option.cells, option.news, strict=True)
    )
    said = next((code for code in option.slips if code != "follows"), "") if option.explained else ""
    return Repair(changes, said, _score(option), option.slips, option.line)


def _whole(form: System, ranked: Sequence[Sequence[Option]], beside: Beside, limit: int) -> list[Option]:
    """Return the combinations of one repair a fault that together repair the form."""
    if not all(ranked):
        return []
    if len(ranked) == 1:
        return _smallest(ranked[0])[:limit]
    each = max(1, int(MOST_COMBINATIONS ** (1 / len(ranked)) + 1e-9))
    choices = itertools.product(*(options[:each] for options in ranked))
    sound = (_sound(form, _combine(choice), beside) for choice in choices)
    return _smallest(sorted((o for o in sound if o is not None), key=lambda option: _rank(form, option)))[
        :limit
    ]


def _smallest(options: Sequence[Option]) -> list[Option]:
    """Return the options of fewest cells: faults may bring repairs of different sizes together."""
    fewest = min((len(option.cells) for option in options), default=0)
    return [option for option in options if len(option.cells) == fewest]


def _combine(choice: Sequence[Option]) -> Option:
    return Option(
        tuple(cell for option in choice for cell in option.cells),
        tuple(new for option in choice for new in option.news),
        math.prod(option.weight for option in choice),
        tuple(code for option in choice for code in option.slips),
        next((option.line for option in choice if option.line is not None), None),
    )


def _sound(form: System, option: Option, beside: Beside) -> Option | None:
    """Return a combination if its changes keep every relation together, as each does by itself, or None.

    Two cells whose own amounts do not go together may still have others that do.
    """
    if option.determined:
        changes = {c: (new or 0) - form.amounts[c] for c, new in zip(option.cells, option.news, strict=True)}
        if holds(form, changes):
            return option
    if len(option.cells) == 2:
        return pair_option(form, min(option.cells), max(option.cells), beside, {})
    return None if option.determined else option
