"""What a clerk sees in a cell: a stored value through its number format, for amounts and targets alike.

Every format of Excel and WPS is shown as they show it, exactly, in three respects otherwise: General gives all
fifteen digits and not only those that fit; a point without decimals behind it (`0.##`) is left out, and so are the
blanks around that align numbers in a column.
"""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import lru_cache

from etl.cell.format_code import section_for, sections, text_section
from etl.cell.grid import Cell, Workbook
from etl.cell.show_date import show_date
from etl.cell.show_number import show_number

BUILT_IN: dict[int, str] = {
    0: "General", 1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%", 11: "0.00E+00",
    12: "# ?/?", 13: "# ??/??", 14: "yyyy/m/d", 15: "d-mmm-yy", 16: "d-mmm", 17: "mmm-yy", 18: "h:mm AM/PM",
    19: "h:mm:ss AM/PM", 20: "h:mm", 21: "h:mm:ss", 22: "yyyy/m/d h:mm",
    27: 'yyyy"年"m"月"', 28: 'm"月"d"日"', 29: 'm"月"d"日"', 30: "m-d-yy", 31: 'yyyy"年"m"月"d"日"',
    32: 'h"时"mm"分"', 33: 'h"时"mm"分"ss"秒"', 34: '上午/下午h"时"mm"分"', 35: '上午/下午h"时"mm"分"ss"秒"',
    36: 'yyyy"年"m"月"', 37: "#,##0 ;-#,##0", 38: "#,##0 ;[Red]-#,##0", 39: "#,##0.00 ;-#,##0.00",
    40: "#,##0.00 ;[Red]-#,##0.00", 41: '_ * #,##0_ ;_ * -#,##0_ ;_ * "-"_ ;_ @_ ',
    42: '_ ¥* #,##0_ ;_ ¥* -#,##0_ ;_ ¥* "-"_ ;_ @_ ', 43: '_ * #,##0.00_ ;_ * -#,##0.00_ ;_ * "-"??_ ;_ @_ ',
    44: '_ ¥* #,##0.00_ ;_ ¥* -#,##0.00_ ;_ ¥* "-"??_ ;_ @_ ', 45: "mm:ss", 46: "[h]:mm:ss", 47: "mm:ss.0",
    48: "##0.0E+0", 49: "@", 50: 'yyyy"年"m"月"', 51: 'm"月"d"日"', 52: 'yyyy"年"m"月"', 53: 'm"月"d"日"',
    54: 'm"月"d"日"', 55: '上午/下午h"时"mm"分"', 56: '上午/下午h"时"mm"分"ss"秒"', 57: 'yyyy"年"m"月"', 58: 'm"月"d"日"',
}  # fmt: skip
"""Built-in formats by id as Chinese versions have them (ECMA-376 part 1, 18.8.30)."""


def format_of(cell: Cell, workbook: Workbook) -> str:
    """Return the number format of a cell."""
    return workbook.formats[cell.style] if cell.style < len(workbook.formats) else "General"


def shows(cell: Cell, workbook: Workbook) -> str:
    """Return what a cell displays; "" for a picture and for a formula that was never calculated."""
    code = format_of(cell, workbook)
    if cell.kind == "number":
        return shown(cell.raw, code, workbook.date1904)
    if cell.kind == "bool":
        return {"1": "TRUE", "0": "FALSE"}.get(cell.raw, cell.raw.upper())
    return shown_text(cell.raw, code) if cell.kind == "text" else cell.raw


_SOME = re.compile(r"[1-9]")
"""What is rounded to nothing has no sign."""


@lru_cache(maxsize=4096)
def is_date_format(code: str) -> bool:
    """Return whether a number format shows a date or a time."""
    return any(section.is_date for section in sections(code))


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


@lru_cache(maxsize=65536)
def shown(raw: str, code: str, date1904: bool = False) -> str:
    """Return a stored number as its format shows it: (`1`, `0%`) is `100%`, (`2023`, `0"年度"`) is `2023年度`."""
    number = decimal_of(raw)
    if number is None:
        return raw
    section, signed = section_for(code, number)
    if section is None:
        return plain(number)
    if section.is_date:
        date = show_date(section, number, date1904)
        return plain(number) if date is None else date.strip()
    if "general" in section.kinds:
        text = "".join(
            plain(abs(number)) if token.kind == "general" else token.text for token in section.tokens
        )
    else:
        text = show_number(section, abs(number))
    minus = number < 0 and signed and (_SOME.search(text) or "digit" not in section.kinds)
    return f"{'-' if minus else ''}{text}".strip()


@lru_cache(maxsize=65536)
def shown_text(text: str, code: str) -> str:
    """Return a text as its format shows it: (`90`, `"≥"@`) is `≥90`."""
    section = text_section(code) if code not in ("General", "@") else None
    if section is None:
        return text
    return "".join(text if token.kind == "at" else token.text for token in section.tokens)


def plain(number: Decimal) -> str:
    """Return a number as the general format shows it: all its digits, no idle zeros."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
