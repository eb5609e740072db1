"""Which cell is wrong: the likeliest slips that explain what is broken in a form, each by itself.

A broken sum names many cells, the clerk needs the one. Taken together, the relations of a form (sums,
half <= full, nothing negative) leave few sets of cells that could be wrong (Fellegi and Holt, 1976), and
the slips of the hand (`checks.localisation.slips`) rank them: a slip in one cell, one slip in several
(`checks.localisation.moves`), and several independent ones where the relations tell them apart
(`checks.localisation.cover`). Amounts are integer fen, arithmetic is exact, and the work is bounded by the number
of cells and relations, never by a clock: a slow machine answers as a quick one.

When is one repair the answer (`single`)? A proposal that is shown as the answer must be right, so it has
`SURE_SHARE` of the weight of all ways to explain the form, and:

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
from dataclasses import dataclass

from checks.declared.budget import FEN_PER_WAN
from checks.localisation.linear import Linear, System, holds, moved, system
from checks.localisation.moves import Hints, Supported, supported
from checks.localisation.pairs import pair_option
from checks.localisation.search import Found, search
from checks.localisation.slips import KINDS
from checks.localisation.weigh import Beside, Option, Pair

__all__ = ["Change", "Fault", "Hints", "Linear", "Localisation", "Repair", "localise"]

Key = Hashable

SURE_WEIGHT = 3e-4
SURE_SHARE = 0.95
SPLIT_SHARE = 0.8
"""Share of weight from which on two slips that one fault holds are told one by one."""
MOST_COMBINATIONS = 64
MOST_MOVES = 6
"""Slips in several cells that are followed up, heaviest first."""
DEEPEST = 3
"""Slips in several cells that one form is thought to hold."""


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
    that may repair the fault. `score` is -log10 of the plausibility: lower is more plausible.
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
    beside = _beside(form, neighbours or {})
    plans = _distinct(_plans(form, beside, hints, DEEPEST))
    best = max(plans, key=lambda plan: plan.weight)
    faults = tuple(_faults(form, relations, best, plans, limit))
    ranked = [_ranked(best.form, found.options) for found in best.found]
    whole = tuple(_repair(form, option) for option in _whole(form, best, ranked, beside, limit))
    complete = not best.moves and all(found.exhaustive for found in best.found)
    complete = complete and sum(map(_size, best.found)) <= 2
    return Localisation(
        whole, faults, complete and bool(whole), bool(whole) and all(fault.single for fault in faults)
    )


def _beside(form: System, neighbours: Mapping[Key, Sequence[Key]]) -> Beside:
    numbers = {key: number for number, key in enumerate(form.keys)}
    return {
        numbers[key]: tuple(numbers[other] for other in others if other in numbers)
        for key, others in neighbours.items()
        if key in numbers
    }


@dataclass(frozen=True, slots=True)
class _Plan:
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


def _claim(option: Option) -> tuple[object, ...]:
    """Return what an option says, whatever slip it says it of."""
    return (*sorted(zip(option.cells, map(str, option.news), strict=True)), option.added)


def _plans(form: System, beside: Beside, hints: Hints, depth: int) -> list[_Plan]:
    """Return the ways to explain a form: by cells alone, and by each move the relations speak for with what is left."""
    found = tuple(search(form, beside)) if form.broken else ()
    plans = [_Plan((), found, form, math.prod(entry.weight * entry.share for entry in found))]
    for move in supported(form, beside, hints)[:MOST_MOVES] if depth else ():
        chosen = (move, move.option(form))
        cells = set(move.move.changes)
        for rest in _plans(move.after, beside, hints, depth - 1):
            if all(cells.isdisjoint(option.cells) for option in rest.options):
                plans.append(_Plan((chosen, *rest.moves), rest.found, rest.form, move.weight * rest.weight))
    return plans


def _distinct(plans: Sequence[_Plan]) -> list[_Plan]:
    """Return the plans that say different things; of those that say the same, one with moves says it best."""
    best: dict[frozenset[object], _Plan] = {}
    for plan in plans:
        said = frozenset(claim for option in plan.options for claim in _claim(option) if claim is not None)
        held = best.get(said)
        if held is None or (bool(plan.moves), plan.weight) > (bool(held.moves), held.weight):
            best[said] = plan
    return list(best.values())


def _faults(
    form: System, relations: Sequence[Linear], best: _Plan, plans: Sequence[_Plan], limit: int
) -> Iterator[Fault]:
    """Yield each cause of the best plan, with how sure it is: whatever else explains the form speaks against it."""
    everything = sum(plan.weight for plan in plans) or 1.0
    claims = [(plan, {_claim(option) for option in plan.options}) for plan in plans]

    def share(option: Option) -> float:
        return sum(plan.weight for plan, said in claims if _claim(option) in said) / everything

    for move, option in best.moves:
        others = [other for plan in plans for m, other in plan.moves if m.fixed == move.fixed]
        rivals = {_claim(other): other for other in others if _claim(other) != _claim(option)}
        ranked = [option, *sorted(rivals.values(), key=lambda other: -other.weight)]
        sure = share(option) >= SURE_SHARE and _stands(form, move, best, plans)
        yield _fault(form, relations, Found(move.fixed, tuple(ranked), False), ranked, limit, sure)
    for found in best.found:
        ranked = _ranked(best.form, found.options)
        sure = bool(ranked) and share(ranked[0]) * found.share >= SURE_SHARE
        sure = sure and _is_single(best.form, found, ranked)
        heavy = bool(ranked) and ranked[0].explained and ranked[0].weight >= SPLIT_SHARE * found.weight
        parts = _parts(best.form, found, ranked[0]) if heavy and ranked[0].determined else ()
        for rows, option in parts:
            yield _fault(best.form, relations, Found(rows, (option,), False), [option], limit, sure)
        if not parts:
            yield _fault(best.form, relations, found, ranked, limit, sure)


def _parts(form: System, found: Found, option: Option) -> tuple[tuple[tuple[int, ...], Option], ...]:
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


def _stands(form: System, move: Supported, best: _Plan, plans: Sequence[_Plan]) -> bool:
    """Return whether a slip in several cells may be called the answer.

    What it leaves broken must have a clear slip of its own; a row that is not listed must have both amounts like those listed, neither
    of its sums a clear slip that would explain it alone, and nothing else wrong in the rows it stands among.
    """
    rest = [found for found in best.found if not set(found.broken).isdisjoint(move.left)]
    if any(_heaviest(found) < SURE_WEIGHT for found in rest):
        return False
    if move.move.added is None:
        return True
    among = {cell for number in move.fixed for cell, _ in form.rows[number].terms}
    if any(
        cell in among
        for found in best.found
        for number in found.broken
        for cell, _ in form.rows[number].terms
    ):
        return False
    alone = [
        found
        for plan in plans
        if not plan.moves
        for found in plan.found
        if set(found.broken) <= set(move.fixed)
    ]
    plausible = move.move.added[0] > 0 and move.weight >= KINDS["row_missing"].weight
    return plausible and all(_heaviest(found) < SURE_WEIGHT for found in alone)


def _heaviest(found: Found) -> float:
    return max((option.weight for option in found.options if option.explained), default=0.0)


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
    limit: int,
    single: bool,
) -> Fault:
    together = sum(option.weight for option in options)
    positions = tuple(form.origin[number] for number in found.broken)
    return Fault(
        positions,
        tuple(dict.fromkeys(relations[position].code for position in positions)),
        tuple(_repair(form, option, together) for option in options[:limit]),
        len(options),
        found.exhaustive,
        single,
        any(_may_be_rounded(form, number) for number in found.broken),
    )


def _is_single(form: System, found: Found, options: Sequence[Option]) -> bool:
    """Return whether the first option is the answer; the criterion stands at the head of the module."""
    if not options or not options[0].determined:
        return False
    best = options[0]
    sure = best.explained and best.weight >= SURE_WEIGHT
    if not sure and _is_loose(form, found, best):
        return False
    if len(options) == 1 and len(best.cells) == 1:
        return sure or _backed(form, best.cells[0])
    return (
        sure
        and "left_out" not in best.slips
        and best.weight >= SURE_SHARE * sum(option.weight for option in options)
    )


def _is_loose(form: System, found: Found, option: Option) -> bool:
    """Return whether a repair makes a broken sum hold within rounding only."""
    pairs = zip(option.cells, option.news, strict=True)
    after = moved(form, {cell: (new or 0) - form.amounts[cell] for cell, new in pairs})
    return any(after.rows[number].equal and after.rows[number].residual for number in found.broken)


def _backed(form: System, cell: int) -> bool:
    """Return whether a cell's amount is sure without a slip: two sums ask for it, or one of sound amounts."""
    asking = [
        number for number, _ in form.rows_of[cell] if form.rows[number].broken and form.rows[number].equal
    ]
    if len(asking) != 1:
        return len(asking) > 1
    if _may_be_rounded(form, asking[0]):
        return False
    others = [other for other, _ in form.rows[asking[0]].terms if other != cell and form.amounts[other]]
    return all(
        any(form.rows[number].equal and not form.rows[number].broken for number, _ in form.rows_of[other])
        for other in others
    )


def _may_be_rounded(form: System, number: int) -> bool:
    """Return whether a sum's total is a whole number of 万元 over parts that are not."""
    row = form.rows[number]
    fractional = any(form.amounts[cell] % FEN_PER_WAN for cell, _ in row.terms if cell != row.total)
    return row.total >= 0 and form.amounts[row.total] % FEN_PER_WAN == 0 and fractional


def _repair(form: System, option: Option, together: float = 0.0) -> Repair:
    changes = tuple(
        Change(form.keys[cell], form.old(cell), new)
        for cell, new in zip(option.cells, option.news, strict=True)
    )
    said = next((code for code in option.slips if code != "follows"), "") if option.explained else ""
    share = option.weight / together if together else 0.0
    return Repair(changes, said, _score(option), option.slips, option.line, option.added, share)


def _whole(
    form: System, plan: _Plan, ranked: Sequence[Sequence[Option]], beside: Beside, limit: int
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
