"""Which cell is wrong: the likeliest slips that explain what is broken in a form, each by itself.

A broken sum names many cells, the clerk needs the one. Taken together, the relations of a form (sums,
half <= full, nothing negative) leave few sets of cells that could be wrong (Fellegi and Holt, 1976), and
the slips of the hand (`checks.localisation.slips`) rank them: a slip in one cell, one slip in several
(`checks.localisation.moves`), and several independent ones where the relations tell them apart
(`checks.localisation.cover`). Amounts are integer fen, arithmetic is exact, and the work is bounded by the number
of cells and relations, never by a clock: a slow machine answers as a quick one.

When is one repair the answer (`single`)? A proposal that is shown as the answer must be right, so it has
`SURE_SHARE` (of `checks.localisation.sure`) of the weight of all ways to explain the form, and:

- every change of it has an amount that the relations, or one clearly likeliest slip, fix; and
- it is the only smallest repair of its fault, of one cell, and either a slip of weight `SURE_WEIGHT` or
  more explains it, or two broken sums agree on its amount, or every other amount of its broken sum is
  held by a sum of its own that is right; or
- a slip of that weight explains it, and it has `SURE_SHARE` of the weight of all smallest repairs. That a
  total left a line out is not enough here: the line may be what does not belong.
- A sum whose total is a whole number over parts that are not fixes no amount: the total may be rounded.

Nothing is the answer where the search was cut short.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from checks.localisation.habit import habit_of
from checks.localisation.linear import Linear, System, holds, system
from checks.localisation.moves import Hints
from checks.localisation.pairs import pair_option
from checks.localisation.plans import DEEPEST, Plan, claim, distinct, parts_of, plans_of
from checks.localisation.search import Found
from checks.localisation.sure import SURE_SHARE, is_single, may_be_rounded, stands
from checks.localisation.weigh import Beside, Option, Pair

__all__ = ["Change", "Fault", "Hints", "Linear", "Localisation", "Repair", "localise"]

Key = Hashable

SPLIT_SHARE = 0.8
"""Share of weight from which on two slips that one fault holds are told one by one."""
MOST_COMBINATIONS = 64


@dataclass(frozen=True, slots=True)
class Change:
    """A cell to correct: what it holds (None: blank) and what it should hold (None: no amount is proposed)."""

    cell: Key
    old: int | None
    new: int | None


@dataclass(frozen=True, slots=True)
class Repair:
    """One set of cells and the slips that explain it, if any do.

    `slip` is the code (of `checks.localisation.slips.KINDS`) that says best what happened, "" if some change has no
    explanation; `slips` has a code a change. `line` is the row that a total left out or counted twice, or that a row
    repeats. `added`: half-year plan and year's budget (fen) of a row that is not listed. `share` of the weight of all
    that may explain the form. `score` is -log10 of the plausibility: lower is more plausible.
    """

    changes: tuple[Change, ...]
    slip: str
    score: float
    slips: tuple[str, ...] = ()
    line: Key | None = None
    added: Pair | None = None
    share: float = 0.0


@dataclass(frozen=True, slots=True)
class Fault:
    """One root cause: the relations it breaks, and the repairs, most plausible first.

    `broken`: positions in the relations given, `codes`: their codes, each once. `count`: how many
    repairs were found, of which `repairs` are the first. No repairs: too much is wrong to say. `rounded`: a broken sum
    has a total that may be rounded, so that what it asks for is not exact.
    """

    broken: tuple[int, ...]
    codes: tuple[str, ...]
    repairs: tuple[Repair, ...]
    count: int
    exhaustive: bool
    single: bool
    rounded: bool = False


@dataclass(frozen=True, slots=True)
class Localisation:
    """What may be wrong in a form: the repairs of the whole, and of each fault by itself.

    `repairs` repair every relation; they combine the repairs of the faults, most plausible first.
    `exhaustive`: every smallest repair of one or two cells is told. `single`: the first repair is the answer.
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
    hints: Hints = Hints(),  # noqa: B008  (frozen)
) -> Localisation:
    """Return what may be wrong in one form, `limit` repairs at most for each fault and for the whole.

    `values`: fen by cell, None for a blank, which counts as 0. `relations` over a cell that is not in
    `values` (it could not be read) do not count. `neighbours`: for a cell the cells of its row in the
    other columns. Raises ValueError for coefficients other than 1 and -1. Nothing broken: no repairs.
    """
    form = system(values, relations)
    if not form.broken:
        return Localisation((), (), True, False)
    form = replace(form, habit=habit_of(form, hints.rows))
    beside = _beside(form, neighbours or {})
    plans = distinct(plans_of(form, beside, hints, DEEPEST))
    best = max(plans, key=lambda plan: plan.weight)
    faults = _beside_the_unexplained(list(_faults(form, relations, best, plans, limit)), relations, hints)
    ranked = [_ranked(best.form, found.options) for found in best.found]
    whole = tuple(_repair(form, option) for option in _whole(form, best, ranked, beside, limit))
    complete = not best.moves and all(found.exhaustive for found in best.found)
    complete = complete and sum(map(_size, best.found)) <= 2
    return Localisation(
        whole, faults, complete and bool(whole), bool(whole) and all(fault.single for fault in faults)
    )


_WEAK = frozenset({"", "left_out", "counted_twice", "digit_mistyped", "digit_extra"})
"""Slips that an amount may seem to hold by chance."""


def _beside_the_unexplained(
    faults: Sequence[Fault], relations: Sequence[Linear], hints: Hints
) -> tuple[Fault, ...]:
    """Return the faults, weak answers taken back where another sum over the same rows has no answer.

    Rows too many or too few spoil the sums of both columns: while one is not understood, that a total leaves out a
    line or counts one twice, or a digit that happens to fit, does not explain the other.
    """
    listed = {cell for pair in hints.rows for cell in pair}

    def on_rows(fault: Fault) -> bool:
        sums = (relations[position] for position in fault.broken if relations[position].equal)
        return any(cell in listed for relation in sums for cell, _ in relation.terms)

    if all(fault.single or not on_rows(fault) for fault in faults):
        return tuple(faults)
    weak = [fault.single and fault.repairs[0].slip in _WEAK and on_rows(fault) for fault in faults]
    return tuple(replace(f, single=False) if taken else f for f, taken in zip(faults, weak, strict=True))


def _beside(form: System, neighbours: Mapping[Key, Sequence[Key]]) -> Beside:
    numbers = {key: number for number, key in enumerate(form.keys)}
    return {
        numbers[key]: tuple(numbers[other] for other in others if other in numbers)
        for key, others in neighbours.items()
        if key in numbers
    }


def _faults(
    form: System, relations: Sequence[Linear], best: Plan, plans: Sequence[Plan], limit: int
) -> Iterator[Fault]:
    """Yield each cause of the best plan, with how sure it is: whatever else explains the form speaks against it."""
    everything = sum(plan.weight for plan in plans) or 1.0
    claims = [(plan, {claim(option) for option in plan.options}) for plan in plans]

    def share(option: Option) -> float:
        return sum(plan.weight for plan, said in claims if claim(option) in said) / everything

    for move, option in best.moves:
        others = [other for plan in plans for m, other in plan.moves if m.fixed == move.fixed]
        rivals = {claim(other): other for other in others if claim(other) != claim(option)}
        ranked = [option, *sorted(rivals.values(), key=lambda other: -other.weight)]
        shares = [share(each) for each in ranked]
        sure = shares[0] >= SURE_SHARE and stands(form, move, best, plans)
        yield _fault(form, relations, Found(move.fixed, tuple(ranked), False), ranked, shares, limit, sure)
    for found in best.found:
        ranked = _ranked(best.form, found.options)
        whole = share(ranked[0]) * found.share if ranked else 0.0
        shares = [whole * option.weight / found.weight for option in ranked]
        sure = whole >= SURE_SHARE and is_single(best.form, found, ranked)
        heavy = bool(ranked) and ranked[0].explained and ranked[0].weight >= SPLIT_SHARE * found.weight
        parts = parts_of(best.form, found, ranked[0]) if heavy and ranked[0].determined else ()
        for rows, option in parts:
            part = Found(rows, (option,), False)
            yield _fault(best.form, relations, part, [option], shares[:1], limit, sure)
        if not parts:
            yield _fault(best.form, relations, found, ranked, shares, limit, sure)


def _ranked(form: System, options: Sequence[Option]) -> list[Option]:
    return sorted(options, key=lambda option: _rank(form, option))


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
    form: System,
    relations: Sequence[Linear],
    found: Found,
    options: Sequence[Option],
    shares: Sequence[float],
    limit: int,
    single: bool,
) -> Fault:
    told = zip(options[:limit], shares, strict=False)
    positions = tuple(form.origin[number] for number in found.broken)
    return Fault(
        positions,
        tuple(dict.fromkeys(relations[position].code for position in positions)),
        tuple(_repair(form, option, share) for option, share in told),
        len(options),
        found.exhaustive,
        single,
        any(may_be_rounded(form, number) for number in found.broken),
    )


def _repair(form: System, option: Option, share: float = 0.0) -> Repair:
    changes = tuple(
        Change(form.keys[cell], form.old(cell), new)
        for cell, new in zip(option.cells, option.news, strict=True)
    )
    said = next((code for code in option.slips if code != "follows"), "") if option.explained else ""
    return Repair(changes, said, _score(option), option.slips, option.line, option.added, share)


def _whole(
    form: System, plan: Plan, ranked: Sequence[Sequence[Option]], beside: Beside, limit: int
) -> list[Option]:
    """Return the combinations of one repair a fault that together repair the form."""
    if not all(ranked):
        return []
    if plan.moves:
        return [_combine([*(option for _, option in plan.moves), *(options[0] for options in ranked)])]
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
        next((option.added for option in choice if option.added is not None), None),
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
