"""What a clerk sees in a cell: a stored number through its number format.

Only what departments' forms use is rendered: general, fixed decimals, thousands, percent, literals
around the number, 万 by `0!.0,`. Anything richer shows the plain number.
"""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import lru_cache

BUILT_IN: dict[int, str] = {
    0: "General", 1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%", 11: "0.00E+00",
    12: "# ?/?", 13: "# ??/??", 14: "yyyy/m/d", 15: "d-mmm-yy", 16: "d-mmm", 17: "mmm-yy", 18: "h:mm AM/PM",
    19: "h:mm:ss AM/PM", 20: "h:mm", 21: "h:mm:ss", 22: "yyyy/m/d h:mm", 37: "#,##0;-#,##0",
    38: "#,##0;-#,##0", 39: "#,##0.00;-#,##0.00", 40: "#,##0.00;-#,##0.00", 41: "#,##0", 42: "#,##0",
    43: "#,##0.00", 44: "#,##0.00", 45: "mm:ss", 46: "[h]:mm:ss", 47: "mm:ss.0", 48: "##0.0E+0", 49: "@",
    **dict.fromkeys((*range(27, 37), *range(50, 59)), 'yyyy"年"m"月"'),
}  # fmt: skip
"""Built-in formats by id; 27–36 and 50–58 are dates in Chinese versions."""

_LITERAL = re.compile(r'"([^"]*)"|\\(.)|!(.)|_.|\*.|\[[^\]]*\]')
_PATTERN = re.compile(r"[#0?][#0?,.]*")


@lru_cache(maxsize=4096)
def is_date_format(code: str) -> bool:
    """Return whether a number format shows a date or a time."""
    bare = re.sub(r'"[^"]*"|\\.|!.|\[(?!h|m|s)[^\]]*\]', "", code[:255].lower())
    return bare not in ("general", "@") and bool(re.search(r"[ymdhs]", bare)) and "#" not in bare


def decimal_of(raw: str) -> Decimal | None:
    """Return a stored number exactly to the 15 digits a spreadsheet shows, or None if it is not one.

    NaN, infinities and numbers beyond 10^18 are not amounts and give None.
    """
    if not raw.isascii() or "_" in raw or not (len(raw) <= 64 or raw[64:].isdigit()):
        return None  # Decimal would take digits of other scripts and 1_000, no spreadsheet does
    try:
        number = Decimal(raw[:64])
    except InvalidOperation:
        return None
    if not number.is_finite() or number.adjusted() > 18:
        return None
    if number.adjusted() < -30:
        return Decimal(0)
    few = len(raw) <= 15 or len(number.as_tuple().digits) <= 15
    return number if few else _fifteen_digits(number)


def _fifteen_digits(number: Decimal) -> Decimal:
    places = number.adjusted() - 14
    return number.quantize(Decimal(1).scaleb(places), rounding=ROUND_HALF_UP).normalize() + 0


_WAN_TRICK = re.compile(r"[#0][!\\]\.([0#]+)(,?)")


def shows_wan(code: str) -> bool:
    """Return whether a format shows yuan as 万元 by a literal point: `0!.0000"万元"` or `0!.0,"万"`."""
    trick = _WAN_TRICK.search(code[:255])
    return trick is not None and len(trick[1]) + 3 * len(trick[2]) == 4


@lru_cache(maxsize=65536)
def shown(raw: str, code: str) -> str:
    """Return a stored number as its format shows it: (`1`, `0%`) is `100%`, (`2023`, `0"年度"`) is `2023年度`."""
    number = decimal_of(raw)
    if number is None:
        return raw
    section = _section(code, number)
    literal = _LITERAL.sub(lambda match: "\x00" * len(match[0]), section)
    pattern = _PATTERN.search(literal)
    if section.lower() == "general" or section == "@":
        return plain(number)
    if pattern is None:
        return _literals(section).strip() or plain(number)
    if "%" in literal:
        number *= 100
    before, after = section[: pattern.start()], section[pattern.end() :]
    body = pattern[0]
    scale = len(body) - len(body.rstrip(","))
    digits = _digits(abs(number) / (Decimal(1000) ** scale), body.rstrip(","))
    sign = "-" if number < 0 and ";" not in code else ""
    return f"{sign}{_literals(before)}{digits}{_literals(after)}".strip()


def _section(code: str, number: Decimal) -> str:
    sections = code[:255].split(";")
    if number < 0 and len(sections) > 1:
        return sections[1]
    if number == 0 and len(sections) > 2:
        return sections[2]
    return sections[0]


def _digits(number: Decimal, body: str) -> str:
    whole, point, decimals = body.partition(".")
    least = decimals.count("0")
    rounded = number.quantize(Decimal(1).scaleb(-len(decimals.replace(",", ""))), rounding=ROUND_HALF_UP)
    text = f"{rounded:,f}" if "," in whole else f"{rounded:f}"
    if point and "." in text:
        head, _, tail = text.partition(".")
        tail = tail[:least] + tail[least:].rstrip("0")
        text = f"{head}.{tail}" if tail else head
    return text


def _literals(text: str) -> str:
    return _LITERAL.sub(lambda match: match[1] or match[2] or match[3] or "", text).replace("@", "")


def plain(number: Decimal) -> str:
    """Return a number as the general format shows it: all its digits, no idle zeros."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
