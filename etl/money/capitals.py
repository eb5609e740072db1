"""Reads amounts in capitals, as they stand behind a figure: 捌仟零伍拾伍万肆仟柒佰元整."""

from __future__ import annotations

import re

from checks.declared.text_key import simplified

_DIGITS = {
    **{d: n for n, d in enumerate("零壹贰叁肆伍陆柒捌玖")},
    **{d: n for n, d in enumerate("〇一二三四五六七八九")},
    "两": 2,
}
_PLACES = {"拾": 10, "十": 10, "佰": 100, "百": 100, "仟": 1_000, "千": 1_000}
_WHOLE = re.compile(r"(?P<yuan>[^元圆角分]{1,30})[元圆](?:(?P<jiao>.)角)?零?(?:(?P<fen>.)分)?[整正]?")


def capital_fen(text: str) -> int | None:
    """Return the fen of an amount written in capitals, None where it is none."""
    match = _WHOLE.fullmatch(simplified(text[:40]))
    whole = _number(match["yuan"]) if match else None
    if match is None or whole is None:
        return None
    tenth, hundredth = (_DIGITS.get(match[name] or "零") for name in ("jiao", "fen"))
    return None if tenth is None or hundredth is None else whole * 100 + tenth * 10 + hundredth


def _number(text: str) -> int | None:
    """Return a whole number in Chinese, None for what is none; 亿 and 万 multiply all before them."""
    for sign, weight in (("亿", 10**8), ("万", 10**4)):
        if sign in text:
            head, _, tail = text.rpartition(sign) if sign == "亿" else text.partition(sign)
            first, rest = _number(head), _number(tail) if tail.strip("零") else 0
            return None if first is None or rest is None else first * weight + rest
    total, digit = 0, 0
    for sign in text:
        if sign in _PLACES:
            total += (digit or 1) * _PLACES[sign]
            digit = 0
        elif sign in _DIGITS:
            digit = _DIGITS[sign]
        else:
            return None
    return total + digit
