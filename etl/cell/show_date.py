"""Shows a stored number as the date or time its format makes of it."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal
from typing import NamedTuple

from etl.cell.format_code import Section, Token

_LAST = 2_958_465
"""31 December 9999, the last day a spreadsheet knows."""
_LEAP_BUG = 60
"""Serial of 29 February 1900, a day that never was and that every spreadsheet counts."""
_DAYS_1904 = 1462
_WEEKDAYS = "一二三四五六日"
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
    "November", "December",
)  # fmt: skip
_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_DIGITS = ("", "〇一二三四五六七八九", "零壹贰叁肆伍陆柒捌玖")
_TENS = ("", "十", "拾")


class Moment(NamedTuple):
    """A date and time as a spreadsheet counts them; `weekday` from 0 for Monday, `second` with its decimals."""

    year: int
    month: int
    day: int
    weekday: int
    hour: int
    minute: int
    second: Decimal


def show_date(section: Section, number: Decimal, date1904: bool) -> str | None:
    """Return a serial number as a section shows it, None for one that is no day (negative, beyond 9999)."""
    serial = number + (_DAYS_1904 if date1904 else 0)
    if not 0 <= serial < _LAST + 1:
        return None
    tokens = [token for token in section.tokens if token.kind != "point"]
    seconds = _rounded(serial, tokens)
    moment = _moment(seconds)
    half = any(token.text in ("AM/PM", "A/P", "am/pm", "a/p", "上午/下午") for token in tokens)
    return "".join(_part(tokens, at, moment, seconds, half, section.chinese) for at in range(len(tokens)))


def _rounded(serial: Decimal, tokens: Sequence[Token]) -> Decimal:
    """Return the seconds of a serial to as many decimals as are shown."""
    places = max((len(t.text.partition(".")[2]) for t in tokens if t.text.startswith("s")), default=0)
    exact = serial * 86_400
    return exact.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


def _moment(seconds: Decimal) -> Moment:
    day, rest = divmod(seconds, 86_400)
    hour, rest = divmod(rest, 3_600)
    minute, second = divmod(rest, 60)
    days = int(day)
    year, month, date = _calendar(days)
    return Moment(year, month, date, (days + 5) % 7, int(hour), int(minute), second)


def _calendar(days: int) -> tuple[int, int, int]:
    if days in (0, _LEAP_BUG):
        return (1900, 1, 0) if days == 0 else (1900, 2, 29)
    date = datetime.date(1899, 12, 31 if days < _LEAP_BUG else 30) + datetime.timedelta(days=min(days, _LAST))
    return date.year, date.month, date.day


def _part(
    tokens: Sequence[Token], at: int, moment: Moment, seconds: Decimal, half: bool, chinese: int
) -> str:
    token = tokens[at]
    if token.kind == "elapsed":
        unit = {"h": 3_600, "m": 60, "s": 1}[token.text[0]]
        return f"{int((seconds / unit).to_integral_value(ROUND_FLOOR)):0{len(token.text)}d}"
    if token.kind != "date":
        return token.text if token.kind in ("text", "slash", "comma", "percent") else ""
    return _letters(token.text, _is_minute(tokens, at), moment, half, chinese)


def _is_minute(tokens: Sequence[Token], at: int) -> bool:
    """Return whether `m` means minutes: behind hours or before seconds."""
    if not tokens[at].text.startswith("m") or len(tokens[at].text) > 2:
        return False
    before = next((t.text[0] for t in reversed(tokens[:at]) if t.kind in ("date", "elapsed")), "")
    after = next((t.text[0] for t in tokens[at + 1 :] if t.kind in ("date", "elapsed")), "")
    return before == "h" or after == "s"


def _letters(text: str, minutes: bool, moment: Moment, half: bool, chinese: int) -> str:
    letter, count = text[0].lower(), len(text)
    if "/" in text:
        first, _, second = text.partition("/")
        return second if moment.hour >= 12 else first
    if letter in "yebg":
        return _year(letter, count, moment.year, chinese)
    if letter == "m" and not minutes and count > 2:
        name = _MONTHS[moment.month - 1]
        return name[:1] if count == 5 else name[:3] if count == 3 else name
    if letter == "d" and count > 2:
        return _NAMES[moment.weekday][: 3 if count == 3 else None]
    if letter == "a":
        return ("周" if count == 3 else "星期") + _WEEKDAYS[moment.weekday]
    if letter == "s":
        places = len(text.partition(".")[2])
        whole = f"{moment.second:.{places}f}"
        return whole.zfill((2 if text.startswith("ss") else 1) + (places + 1 if places else 0))
    hour = (moment.hour % 12 or 12) if half else moment.hour
    value = {"m": moment.minute if minutes else moment.month, "d": moment.day, "h": hour}[letter]
    return _small(value, chinese) if chinese else f"{value:0{min(count, 2)}d}"


def _year(letter: str, count: int, year: int, chinese: int) -> str:
    if letter in "gb":
        return ""
    text = f"{year:04d}" if letter == "e" or count > 2 else f"{year % 100:02d}"
    return "".join(_DIGITS[chinese][int(digit)] for digit in text) if chinese else text


def _small(value: int, chinese: int) -> str:
    """Return a number below 100 in Chinese: 十二, 二十."""
    ten, one = divmod(value, 10)
    digits = _DIGITS[chinese]
    head = ("" if ten == 1 and chinese == 1 else digits[ten]) + _TENS[chinese] if ten else ""
    return head + (digits[one] if one or not ten else "")
