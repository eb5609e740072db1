"""Exact amounts: text and stored numbers to integer fen, and back to 万元 as people write them."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal

from checks.declared.budget import FEN_PER_WAN

LARGEST_FEN = 10**17
"""A billion 万元, a thousand times the country's budget: beyond it a number is not an amount."""


def fen_of(number: Decimal, fen_per_unit: int = FEN_PER_WAN) -> int | None:
    """Return a decimal amount as whole fen, or None beyond any amount of money.

    Digits below one fen are rounded half-even; spreadsheets carry binary noise there
    (0.1 + 0.2 is stored as 0.30000000000000004).
    """
    if not number.is_finite() or number.adjusted() > 15:
        return None
    fen = int((number * fen_per_unit).to_integral_value(rounding=ROUND_HALF_EVEN))
    return fen if abs(fen) <= LARGEST_FEN else None


def wan_text(fen: int) -> str:
    """Return fen as 万元 without idle zeros: 2268850000 is `2268.85`."""
    whole, rest = divmod(abs(fen), FEN_PER_WAN)
    text = f"{whole}.{rest:06d}".rstrip("0").rstrip(".")
    return f"-{text}" if fen < 0 else text


def percent_text(part: int, whole: int, places: int = 2) -> str:
    """Return part / whole as a percentage, rounded half-even: (2556, 8055.47) is `31.73%`."""
    share = Decimal(part * 100) / Decimal(whole)
    return f"{share.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_EVEN)}%"
