"""How plausible it is that one or two cells are what is wrong: the sums' demand meets the slips of the hand."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from checks.linear import Key, Octagon, Span, System, freedom, holds, octagon, turned
from checks.slips import KINDS, SCALES, UNEXPLAINED, UNEXPLAINED_TOTAL, Context, Slip, candidates, plainness

LOOSE_SHARE = 5e-3
"""Share of a slip's weight left if it repairs a sum only within rounding, not exactly."""
SPOILT_SHARE = 1e-3
"""Share left if a repair uses up the rounding of a sum that holds."""
CLEAR_SHARE = 0.9
"""Share of the weight of all amounts a cell could take, from which on the likeliest is proposed."""
TOGETHER = 0.3
"""How often a slip of scale, once made, was made in the whole row."""
SCALE_CODES = frozenset(code for code, _, _ in SCALES)

Beside = Mapping[int, tuple[int, ...]]
"""For each cell the cells of the same row in the other columns."""


@dataclass(frozen=True, slots=True)
class Option:
    """One set of cells that can repair the form; `news` holds None where no amount is proposed.

    `weight` ranks the set, all its amounts together. `slips` has a code a cell, "" if unexplained.
    """

    cells: tuple[int, ...]
    news: tuple[int | None, ...]
    weight: float
    slips: tuple[str, ...]
    line: Key | None = None

    @property
    def explained(self) -> bool:
        """Return whether a slip explains every change."""
        return all(self.slips)

    @property
    def determined(self) -> bool:
        """Return whether every change has a proposed amount."""
        return None not in self.news


class Guess(NamedTuple):
    """Amounts for the cells of a set, and what explains them."""

    news: tuple[int, ...]
    weight: float
    slips: tuple[str, ...]
    line: Key | None = None


def context_of(form: System, cell: int, beside: Beside) -> Context:
    """Return what a cell's own sums and neighbours tell about the slips it may hold."""
    addends: list[tuple[Key, int]] = []
    for number, _ in form.rows_of[cell]:
        row = form.rows[number]
        if row.broken and row.total == cell:
            addends += [(form.keys[other], form.amounts[other]) for other, _ in row.terms if other != cell]
    neighbours = (other for other in beside.get(cell, ()) if not _misses_its_sum(form, other))
    return Context(bool(addends), tuple(addends), tuple(form.amounts[other] for other in neighbours))


def _misses_its_sum(form: System, cell: int) -> bool:
    """Return whether a cell is a total that its parts contradict: that it equals another says nothing."""
    return any(
        form.rows[number].broken and form.rows[number].total == cell for number, _ in form.rows_of[cell]
    )


def single_option(form: System, cell: int, beside: Beside) -> Option | None:
    """Return the repair by one cell, or None if no amount in it makes all its relations hold."""
    loose = freedom(form, cell, tight=False)
    if loose.low > loose.high:
        return None
    tight = freedom(form, cell, tight=True)
    context = context_of(form, cell, beside)
    asked = _asked(form, cell, tight, loose)
    guesses = [
        Guess(
            (slip.new,),
            slip.weight * _spoilt(form, {cell: slip.new - form.amounts[cell]}),
            (slip.code,),
            slip.line,
        )
        for slip in _demanded(form, cell, tight, loose, context)
    ]
    if asked is not None:
        weight = _unexplained(form.amounts[cell], asked, context.total)
        guesses.append(Guess((asked,), weight * _spoilt(form, {cell: asked - form.amounts[cell]}), ("",)))
    return _option((cell,), guesses)


def _demanded(form: System, cell: int, tight: Span, loose: Span, context: Context) -> tuple[Slip, ...]:
    """Return the slips that repair a cell's sums exactly; failing that, those that do within rounding."""
    old = form.amounts[cell]
    if tight.low <= tight.high:
        exact = old + tight.low if tight.low == tight.high else None
        found = candidates(form.old(cell), old + tight.low, old + tight.high, exact, context)
        if found or tight == loose:
            return found
    wider = candidates(form.old(cell), old + loose.low, old + loose.high, None, context)
    return tuple(Slip(slip.code, slip.new, slip.weight * LOOSE_SHARE, slip.line) for slip in wider)


def _spoilt(form: System, changes: Mapping[int, int]) -> float:
    """Return the share of weight left to changes that move a sum that holds away from its total."""
    moved: dict[int, int] = {}
    for cell, change in changes.items():
        for number, coefficient in form.rows_of[cell]:
            moved[number] = moved.get(number, 0) + coefficient * change
    for number, move in moved.items():
        row = form.rows[number]
        if row.equal and not row.broken and abs(row.residual + move) > abs(row.residual):
            return SPOILT_SHARE
    return 1.0


def _asked(form: System, cell: int, tight: Span, loose: Span) -> int | None:
    """Return the amount the broken sums ask for; if they disagree within rounding, what the first asks."""
    if tight.low == tight.high:
        return form.amounts[cell] + tight.low
    for number, coefficient in form.rows_of[cell]:
        row = form.rows[number]
        if row.broken and row.equal:
            return form.amounts[cell] + min(max(-row.residual * coefficient, loose.low), loose.high)
    return None


def _unexplained(old: int, new: int, total: bool) -> float:
    return UNEXPLAINED_TOTAL if total else UNEXPLAINED * plainness(old, new)


def _option(cells: tuple[int, ...], guesses: list[Guess]) -> Option:
    """Gather the guesses at one set: the clear one is proposed, all count for the set."""
    if not guesses:
        return Option(cells, (None,) * len(cells), UNEXPLAINED ** len(cells), ("",) * len(cells))
    best = max(guesses, key=lambda guess: guess.weight)
    together = sum(guess.weight for guess in guesses)
    rivals = sum(guess.weight for guess in guesses if guess.news != best.news)
    if rivals > (1 - CLEAR_SHARE) * together:
        return Option(cells, (None,) * len(cells), together, best.slips)
    return Option(cells, best.news, together, best.slips, best.line)


def pair_option(
    form: System, first: int, second: int, beside: Beside, joint: Mapping[tuple[int, int], Guess]
) -> Option | None:
    """Return the repair by two cells together, or None if no two amounts make all their relations hold.

    `joint` holds what `joint_slips` found for pairs of which only the sum is determined.
    """
    cells = (first, second)
    loose = octagon(form, first, second, tight=False)
    span = loose.first_span()
    if span.low > span.high:
        return None
    tight = octagon(form, first, second, tight=True)
    exact = tight.first_span()
    shape, span = (tight, exact) if exact.low <= exact.high else (loose, span)
    fixed = _fixed(form, cells, shape, span)
    if fixed is not None:
        guess = _weigh_both(form, cells, fixed, beside)
        spoilt = _spoilt(form, dict(zip(cells, fixed, strict=True)))
        return _option(cells, [guess._replace(weight=guess.weight * spoilt)])
    guesses = list(_open_guesses(form, cells, shape, beside))
    if cells in joint:
        guesses.append(joint[cells])
    return _option(cells, guesses)


def can_repair(form: System, first: int, second: int) -> bool:
    """Return whether two cells together can make all their relations hold."""
    span = octagon(form, first, second, tight=False).first_span()
    return span.low <= span.high


def _fixed(form: System, cells: tuple[int, int], shape: Octagon, span: Span) -> tuple[int, int] | None:
    """Return the changes of both cells where the relations leave at most rounding to choose."""
    give = 2 * sum(form.rows[number].slack for cell in cells for number, _ in form.rows_of[cell])
    if span.high - span.low > give:
        return None
    first = (span.low + span.high) // 2
    rest = shape.second_span(first)
    return None if rest.high - rest.low > give else (first, (rest.low + rest.high) // 2)


def _weigh_both(form: System, cells: tuple[int, int], changes: tuple[int, int], beside: Beside) -> Guess:
    """Weigh two determined changes: as one slip of the hand if it was one, else as two."""
    olds = tuple(form.amounts[cell] for cell in cells)
    news = (olds[0] + changes[0], olds[1] + changes[1])
    exchange = _exchange(form, cells, beside) if news == (olds[1], olds[0]) else None
    if exchange:
        return Guess(news, exchange[1], (exchange[0],) * 2)
    found = [_best(form, cell, new, beside) for cell, new in zip(cells, news, strict=True)]
    codes = (found[0].code, found[1].code)
    weights = (found[0].weight, found[1].weight)
    if codes[0] == codes[1] and codes[0] in SCALE_CODES and cells[1] in beside.get(cells[0], ()):
        return Guess(news, max(weights) * TOGETHER, codes)
    return Guess(news, weights[0] * weights[1], codes, found[0].line or found[1].line)


def _best(form: System, cell: int, new: int, beside: Beside) -> Slip:
    context = context_of(form, cell, beside)
    found = candidates(form.old(cell), new, new, new, context)
    return found[0] if found else Slip("", new, _unexplained(form.amounts[cell], new, context.total))


def _exchange(form: System, cells: tuple[int, int], beside: Beside) -> tuple[str, float] | None:
    """Return the slip that exchanges two amounts, its weight falling with the lines between them."""
    first, second = cells
    if form.amounts[first] == form.amounts[second]:
        return None
    if second in beside.get(first, ()):
        return "columns_swapped", KINDS["columns_swapped"].weight
    shared = dict(form.rows_of[second])
    for number, coefficient in form.rows_of[first]:
        row = form.rows[number]
        if row.equal and shared.get(number) == coefficient:
            order = [cell for cell, _ in row.terms]
            return "rows_swapped", KINDS["rows_swapped"].weight / abs(
                order.index(first) - order.index(second)
            )
    return None


def _open_guesses(form: System, cells: tuple[int, int], shape: Octagon, beside: Beside) -> Iterator[Guess]:
    """Guess at a pair that the relations leave open: exchanged amounts, or a total gone wrong with its addend."""
    first, second = cells
    apart = form.amounts[second] - form.amounts[first]
    exchange = _exchange(form, cells, beside) if _fits(shape, apart, -apart) else None
    if exchange:
        yield Guess((form.amounts[second], form.amounts[first]), exchange[1], (exchange[0],) * 2)
    if _is_total_of(form, second, first):
        for slip in _wide_slips(form, first, shape.first_span()):
            change = slip.new - form.amounts[first]
            if _fits(shape, change, change):
                yield _followed(form, second, slip, change, second_is_total=True)
    elif _is_total_of(form, first, second):
        turned_shape = Octagon(shape.second, shape.first, shape.total, turned(shape.difference, -1))
        for slip in _wide_slips(form, second, turned_shape.first_span()):
            change = slip.new - form.amounts[second]
            if _fits(shape, change, change):
                yield _followed(form, first, slip, change, second_is_total=False)


def _followed(form: System, total: int, slip: Slip, change: int, second_is_total: bool) -> Guess:
    weight = slip.weight * KINDS["follows"].weight
    if second_is_total:
        return Guess((slip.new, form.amounts[total] + change), weight, (slip.code, "follows"))
    return Guess((form.amounts[total] + change, slip.new), weight, ("follows", slip.code))


def _is_total_of(form: System, total: int, addend: int) -> bool:
    rows = dict(form.rows_of[addend])
    return any(number in rows and form.rows[number].total == total for number, _ in form.rows_of[total])


def _fits(shape: Octagon, first: int, second: int) -> bool:
    span = shape.first_span()
    if not span.low <= first <= span.high:
        return False
    rest = shape.second_span(first)
    return rest.low <= second <= rest.high


def _wide_slips(form: System, cell: int, span: Span) -> tuple[Slip, ...]:
    old = form.amounts[cell]
    return candidates(form.old(cell), old + span.low, old + span.high, None)


def option_of(form: System, cells: tuple[int, ...], news: tuple[int, ...] | None, beside: Beside) -> Option:
    """Return a set of any size as an option; `news` is None where the relations leave its amounts open."""
    if news is None:
        scaled = scaled_option(form, cells)
        return scaled or _option(cells, [])
    found = [_best(form, cell, new, beside) for cell, new in zip(cells, news, strict=True)]
    weight = math.prod(slip.weight for slip in found)
    return Option(cells, news, weight, tuple(slip.code for slip in found))


def scaled_option(form: System, cells: tuple[int, ...]) -> Option | None:
    """Return the repair of a set whose amounts are all too large or too small by one factor, or None."""
    for code, upper, lower in SCALES:
        changes = {cell: form.amounts[cell] * lower // upper - form.amounts[cell] for cell in cells}
        if all(form.amounts[cell] * lower % upper == 0 for cell in cells) and holds(form, changes):
            news = tuple(form.amounts[cell] + changes[cell] for cell in cells)
            return Option(
                cells, news, KINDS[code].weight * TOGETHER ** (len(cells) - 1), (code,) * len(cells)
            )
    return None


KEPT_A_MOVE = 4
MOST_JOINT = 130
"""Cells whose slips are listed at once; a form with more project rows is left without this explanation."""


def joint_slips(form: System, number: int, cells: Collection[int]) -> dict[tuple[int, int], Guess]:
    """Return, for pairs of `cells` of one broken sum (-1: none), two slips that together make up its difference.

    Every slip of every cell is listed by how far it moves the sum; two that add up to the difference
    exactly are a pair. Of the cells that one move fits only the likeliest few are kept.
    """
    if number < 0:
        return {}
    row = form.rows[number]
    moves: dict[int, list[tuple[int, Slip]]] = {}
    for cell, coefficient in row.terms if len(cells) <= MOST_JOINT else ():
        span = freedom(form, cell, tight=True, aside=(number,))
        for slip in _wide_slips(form, cell, span) if cell in cells else ():
            moves.setdefault((slip.new - form.amounts[cell]) * coefficient, []).append((cell, slip))
    best: dict[tuple[int, int], Guess] = {}
    for move, slips in moves.items():
        partners = moves.get(-row.residual - move, ())
        for cell, slip in sorted(slips, key=_heaviest)[:KEPT_A_MOVE] if partners else ():
            for other, match in sorted(partners, key=_heaviest)[:KEPT_A_MOVE]:
                if cell < other:
                    guess = Guess((slip.new, match.new), slip.weight * match.weight, (slip.code, match.code))
                    held = best.get((cell, other))
                    best[cell, other] = guess if held is None or held.weight < guess.weight else held
    return best


def _heaviest(entry: tuple[int, Slip]) -> tuple[float, int]:
    return (-entry[1].weight, entry[0])
