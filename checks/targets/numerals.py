"""Chinese numerals as digits: 十二 as 12, 三万五千 as 35000. What can be read in two ways is not read."""

from __future__ import annotations

import re

NUMERALS = "零一二两三四五六七八九十百千万亿点半"
_DIGITS = {digit: value for value, digit in enumerate("零一二三四五六七八九")} | {"两": 2}
_D = "[一二两三四五六七八九]"
_SECTION = re.compile(
    rf"(?:(?P<thousands>{_D})千)?(?:零?(?P<hundreds>{_D})百)?(?:零?(?P<tens>{_D}?十))?(?:(?P<none>零)?(?P<ones>{_D}))?"
)
_WHOLE = re.compile(
    r"(?:(?P<large>[^万亿点]{1,8})亿)?(?:(?P<middle>[^万亿点]{1,8})万)?(?P<small>[^万亿点]{0,8})(?:点(?P<decimals>[零一二三四五六七八九]{1,4}))?"
)


def in_digits(text: str) -> str:
    """Return a Chinese number below 10^12 in digits, "" if it is none or can be read in two ways (两三, 一百二)."""
    if text == "零":
        return "0"
    match = _WHOLE.fullmatch(text)
    if match is None:
        return ""
    total = 0
    above = False
    for name, times in (("large", 10**8), ("middle", 10**4), ("small", 1)):
        if match[name] == "零" and match["decimals"] and not above:
            above = True
        elif match[name]:
            value = _section(match[name], above)
            if value is None:
                return ""
            total += value * times
            above = True
    decimals = match["decimals"]
    if not above or (total == 0 and not decimals):
        return ""
    return _joined(total, decimals) if decimals else str(total)


def _joined(whole: int, decimals: str) -> str:
    return f"{whole}.{''.join(str(_DIGITS[digit]) for digit in decimals)}"


def _section(text: str, below: bool) -> int | None:
    """Return a number below 10,000; None where a last digit does not say its place (一百二, 三万五)."""
    match = _SECTION.fullmatch(text)
    if match is None or not text:
        return None
    thousands, hundreds, tens, ones = (match[name] for name in ("thousands", "hundreds", "tens", "ones"))
    if ones and not match["none"] and not tens and (thousands or hundreds or below):
        return None
    return (
        _DIGITS.get(thousands or "", 0) * 1000
        + _DIGITS.get(hundreds or "", 0) * 100
        + (_DIGITS.get(tens[0], 1) * 10 if tens else 0)
        + _DIGITS.get(ones or "", 0)
    )
