"""How plausible it is that two cells together are what is wrong: one slip in both, two slips, or an open choice."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from checks.localisation.linear import Octagon, Span, System, freedom, octagon, turned
from checks.localisation.slips import KINDS, Slip, candidates
from checks.localisation.weigh import (
    SCALE_CODES,
    TOGETHER,
    Beside,
    Guess,
    Option,
    best_slip,
    gathered,
    spoilt_share,
)


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
        spoilt = spoilt_share(form, dict(zip(cells, fixed, strict=True)))
        return gathered(form, cells, [guess._replace(weight=guess.weight * spoilt)])
    guesses = list(_open_guesses(form, cells, shape, beside))
    if cells in joint:
        guesses.append(joint[cells])
    return gathered(form, cells, guesses)


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
    found = [best_slip(form, cell, new, beside) for cell, new in zip(cells, news, strict=True)]
    codes = (found[0].code, found[1].code)
    weights = (found[0].weight, found[1].weight)
    if codes[0] == codes[1] and codes[0] in SCALE_CODES and cells[1] in beside.get(cells[0], ()):
        return Guess(news, max(weights) * TOGETHER, codes)
    return Guess(news, weights[0] * weights[1], codes, found[0].line or found[1].line)


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
