"""Fills a number into the placeholders of a format: digits, thousands, scaling commas, per cent, powers, fractions."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import NamedTuple

from etl.cell.format_code import Section, Token


class Scale(NamedTuple):
    """How a section scales what it shows: the power of ten it divides by, and whether digits are grouped."""

    power: int
    grouped: bool


def scale_of(tokens: Sequence[Token]) -> Scale:
    """Return how a section scales: a comma behind the last digit divides by 1,000, one between digits groups."""
    point = _point(tokens)
    ends = [at for at, token in enumerate(tokens) if token.kind == "digit"]
    whole = [at for at in ends if at < point]
    commas = [at for at, token in enumerate(tokens) if token.kind == "comma"]
    last, last_whole = (ends or [-1])[-1], (whole or [-1])[-1]
    scaling = sum(last_whole < at < point if at < point else at > last for at in commas)
    grouped = any((whole or [len(tokens)])[0] < at < last_whole for at in commas)
    percent = sum(token.kind == "percent" for token in tokens)
    return Scale(3 * scaling - 2 * percent, grouped)


def _point(tokens: Sequence[Token]) -> int:
    return next((at for at, token in enumerate(tokens) if token.kind == "point"), len(tokens))


def show_number(section: Section, number: Decimal) -> str:
    """Return a number that is not negative as a section shows it."""
    kinds = section.kinds
    if "digit" not in kinds:
        return "".join(_plain(token) for token in section.tokens)
    if "exponent" in kinds:
        return _scientific(section.tokens, number)
    if "slash" in kinds and (shown := _fraction(section.tokens, number)) is not None:
        return shown
    power, grouped = scale_of(section.tokens)
    return _fixed(section.tokens, number.scaleb(-power), grouped)


def _plain(token: Token) -> str:
    """Return what a token that is no digit shows."""
    return token.text if token.kind in ("text", "percent", "slash") else ""


def _fixed(tokens: Sequence[Token], number: Decimal, grouped: bool) -> str:
    point = _point(tokens)
    whole = [at for at, token in enumerate(tokens) if token.kind == "digit" and at < point]
    tail = [at for at, token in enumerate(tokens) if token.kind == "digit" and at > point]
    rounded = number.quantize(Decimal(1).scaleb(-len(tail)), rounding=ROUND_HALF_UP)
    head, _, decimals = f"{rounded:f}".partition(".")
    at_digit = _whole_digits([tokens[at].text for at in whole], head.lstrip("0"), grouped)
    shown = dict(zip(whole, at_digit, strict=True))
    shown |= dict(zip(tail, _decimals([tokens[at].text for at in tail], decimals), strict=True))
    if point < len(tokens):
        kept = "".join(shown[at] for at in tail).strip()
        shown[point] = (
            (("" if whole else head.lstrip("0")) + ".") if kept else ""
        )  # Excel leaves an idle point
    return "".join(shown.get(at, _plain(token)) for at, token in enumerate(tokens))


def _whole_digits(places: Sequence[str], digits: str, grouped: bool) -> list[str]:
    """Return what each placeholder left of the point shows; the first takes all digits there are too many of."""
    shown: list[str] = []
    for right, place in enumerate(reversed(places)):
        first = right == len(places) - 1
        own = digits[: len(digits) - right] if first else digits[-right - 1 : len(digits) - right or None]
        own = own if len(digits) > right else {"0": "0", "?": " "}.get(place, "")
        shown.append(_grouped(own, right) if grouped and own.strip() else own)
    return shown[::-1]


def _grouped(digits: str, right: int) -> str:
    """Return digits with a comma behind each that stands at a multiple of three from the right."""
    count = len(digits)
    marks = (
        digit + ("," if (place := right + count - 1 - at) and place % 3 == 0 else "")
        for at, digit in enumerate(digits)
    )
    return "".join(marks)


def _decimals(places: Sequence[str], digits: str) -> list[str]:
    idle = len(digits) - len(digits.rstrip("0"))
    first = len(digits) - idle
    needed = max((at + 1 for at, place in enumerate(places) if place == "0"), default=0)
    return [
        digit if at < first or at < needed else {"?": " "}.get(place, "")
        for at, (place, digit) in enumerate(zip(places, digits, strict=True))
    ]


def _scientific(tokens: Sequence[Token], number: Decimal) -> str:
    at = next(n for n, token in enumerate(tokens) if token.kind == "exponent")
    mantissa, power = list(tokens[:at]), list(tokens[at + 1 :])
    point = _point(mantissa)
    wide = max(1, sum(token.kind == "digit" for token in mantissa[:point]))
    places = sum(token.kind == "digit" for token in mantissa[point:])
    exponent = number.adjusted() if number else 0
    exponent -= exponent % wide if wide > 1 else 0
    scaled = number.scaleb(-exponent).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    if scaled >= Decimal(10) ** wide:
        exponent += wide
        scaled = number.scaleb(-exponent)
    sign = "-" if exponent < 0 else "+" if tokens[at].text.endswith("+") else ""
    return f"{_fixed(mantissa, scaled, False)}E{sign}{_fixed(power, Decimal(abs(exponent)), False)}"


def _fraction(tokens: Sequence[Token], number: Decimal) -> str | None:
    """Return a number as a whole and a fraction, None where the stroke stands between no digits."""
    stroke = next(at for at, token in enumerate(tokens) if token.kind == "slash")
    start, end = stroke, stroke + 1
    while start and tokens[start - 1].kind == "digit":
        start -= 1
    while end < len(tokens) and (tokens[end].kind == "digit" or tokens[end].text.isdigit()):
        end += 1
    below = "".join(token.text for token in tokens[stroke + 1 : end])
    if start == stroke or not below:
        return None
    fixed = int(below) if below.isdigit() and int(below) else 0
    head = list(tokens[:start])
    has_whole = any(token.kind == "digit" for token in head)
    whole = number.to_integral_value(rounding=ROUND_FLOOR) if has_whole else Decimal(0)
    part = Fraction(number - whole)
    part = (
        Fraction(round(part * fixed), fixed)
        if fixed
        else part.limit_denominator(10 ** min(len(below), 9) - 1)
    )
    if has_whole and part == 1:
        whole, part = whole + 1, Fraction(0)
    above, under = (part * fixed, fixed) if fixed else (part.numerator, part.denominator)
    width = stroke - start
    shown = (
        f"{above!s:>{width}}/{under!s:<{len(below)}}"
        if above or not has_whole
        else " " * (width + end - stroke)
    )
    around = _fixed(head, whole, False) if whole or part else "0"  # nothing at all is never shown as nothing
    return around + shown + "".join(_plain(token) for token in tokens[end:])
