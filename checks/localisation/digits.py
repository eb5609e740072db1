"""What a finger does to a number: the true amounts that one wrong keystroke turns into the typed one.

Amounts are non-negative integer fen, looked at as the digits a clerk types in 万元: 218.7 has the
keystrokes 2 1 8 7, the last at a tenth. A *place* is the worth of a digit in fen: one 万元 is 10**6.
Every function yields true amounts within [low, high]; the search knows that range from the sums.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from checks.declared.budget import FEN_PER_WAN

FINEST_PLACE = FEN_PER_WAN // 100
"""Amounts are kept to 0.01 万元; a digit is looked for below that only where the number has such digits."""

WHOLE_DIGIT = len(str(FEN_PER_WAN)) - 1
"""Decimal digits of 万元 that a fen amount holds."""


@dataclass(frozen=True, slots=True)
class Typed:
    """A typed amount, the place of its last digit (at most one 万元) and of its first."""

    amount: int
    last: int
    first: int


def typed(amount: int) -> Typed:
    """Return an amount as it is typed without idle zeros; `amount` >= 0 in fen."""
    digits = str(amount)
    idle = len(digits) - len(digits.rstrip("0"))
    last = 10**idle if amount and idle < WHOLE_DIGIT else FEN_PER_WAN
    return Typed(amount, last, max(FEN_PER_WAN, 10 ** (len(digits) - 1)))


def keystrokes(amount: int) -> int:
    """Return how many digits a clerk types for an amount: 218.7 has 4."""
    if not amount:
        return 1
    digits = str(abs(amount))
    idle = len(digits) - len(digits.rstrip("0"))
    return max(len(digits), WHOLE_DIGIT + 1) - min(idle, WHOLE_DIGIT)


def _digit_range(base: int, place: int, low: int, high: int) -> range:
    """Return the digits k for which base + k * place lies within [low, high]."""
    return range(max(0, -((base - low) // place)), min(9, (high - base) // place) + 1)


def mistyped(old: Typed, low: int, high: int) -> Iterator[int]:
    """Yield the amounts that differ from the typed one in one digit."""
    least = max(low - old.amount, old.amount - high, 0)
    place = old.last
    while place <= old.first:
        if least <= 9 * place:
            digit = old.amount // place % 10
            for other in _digit_range(old.amount - digit * place, place, low, high):
                if other != digit and (other or place < old.first or place == FEN_PER_WAN):
                    yield old.amount + (other - digit) * place
        place *= 10


def swapped(old: Typed, low: int, high: int) -> Iterator[int]:
    """Yield the amounts of which two neighbouring digits were typed the wrong way round.

    2022.5 may stand for 2022.05: a zero at the end of the decimals leaves no mark.
    """
    place = old.last // 10 if FINEST_PLACE < old.last < FEN_PER_WAN else old.last
    while place < old.first:
        right, left = old.amount // place % 10, old.amount // (place * 10) % 10
        true = old.amount + (right - left) * 9 * place
        if right != left and low <= true <= high and (right or place * 10 < old.first):
            yield true
        place *= 10


def missing(old: Typed, low: int, high: int) -> Iterator[int]:
    """Yield the amounts from which one digit was left out.

    18.41 may stand for 1018.41: a zero that comes to stand first leaves no mark.
    """
    if high >= old.first * 10:
        yield from _missing_whole(old, low, high)
    whole = old.amount - old.amount % FEN_PER_WAN
    if low < whole + FEN_PER_WAN and high > whole:
        yield from _missing_decimal(old, low, high)


def _missing_whole(old: Typed, low: int, high: int) -> Iterator[int]:
    place = FEN_PER_WAN
    while place <= old.first * 100:
        rest = old.amount % place
        base = (old.amount - rest) * 10 + rest
        for digit in _digit_range(base, place, low, high):
            if digit or place <= old.first:
                yield base + digit * place
        place *= 10


def _missing_decimal(old: Typed, low: int, high: int) -> Iterator[int]:
    place = FEN_PER_WAN // 10
    while place >= 1 and place >= min(old.last // 10, FINEST_PLACE):
        rest = old.amount % (place * 10)
        if rest % 10 == 0:
            base = old.amount - rest + rest // 10
            for digit in _digit_range(base, place, low, high):
                if base + digit * place != old.amount:
                    yield base + digit * place
        place //= 10


def superfluous(old: Typed, low: int, high: int) -> Iterator[tuple[int, bool]]:
    """Yield the amounts into which a digit was typed too many, and whether it repeats its neighbour."""
    whole = old.amount - old.amount % FEN_PER_WAN
    place = old.last
    while place <= old.first:
        decimal = place < FEN_PER_WAN
        possible = low < whole + FEN_PER_WAN and high >= whole if decimal else low < old.first
        true = _without(old.amount, place) if possible else old.amount
        if true != old.amount and low <= true <= high and true:
            digit = old.amount // place % 10
            yield true, digit == old.amount // (place * 10) % 10 and place < old.first
        place *= 10


def _without(amount: int, place: int) -> int:
    rest = amount % place
    upper = amount // (place * 10)
    return upper * place + rest if place >= FEN_PER_WAN else upper * place * 10 + rest * 10


def coarsened(old: Typed, true: int) -> str:
    """Return how `true` lost its last decimals on becoming the typed amount: "cut", "rounded" or ""."""
    if true % old.last == 0 or old.amount == 0:
        return ""
    if true // old.last * old.last == old.amount:
        return "cut"
    return "rounded" if (true + old.last // 2) // old.last * old.last == old.amount else ""
