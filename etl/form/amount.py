"""Reads one money cell: what it held, the exact fen where it is a number, and how it was read.

Nothing is guessed. Text is a number only if it is nothing but one: ordinary or full-width digits,
thousands in threes, a sign, brackets for a negative, a 元 or 万元 at the end.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import NamedTuple

from checks.declared.budget import FEN_PER_WAN, FEN_PER_YUAN
from checks.declared.money import fen_of
from etl.sheets.grid import Cell, Workbook
from etl.sheets.number_format import decimal_of, is_date_format, plain, shows_wan

_FULL_WIDTH = {0xFEE0 + code: code for code in range(0x21, 0x7F)} | {
    0x3000: 32, 0xA0: 32, 0x2212: 45, 0x2013: 45, 0x2014: 45, 0x2015: 45, 0xFE63: 45, 0x25B3: 0x25B2, 0xFFE5: 0xA5,
}  # fmt: skip
_INVISIBLE = {ord(c): None for c in "\u200b\u200c\u200d\u2060\ufeff\u202a\u202c\u202d\u200e\u200f'"}
_NUMBER = re.compile(
    r"(?P<sign>[-+▲]?)[¥]?(?P<digits>[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)?(?P<decimals>\.[0-9]*)?(?P<unit>亿元|万元|万|元)?"
)
_UNITS = {"亿元": FEN_PER_WAN * 10_000, "万元": FEN_PER_WAN, "万": FEN_PER_WAN, "元": FEN_PER_YUAN}
NOTHING_MARKS = frozenset({"", "-", "--", "/", "\\", "无", "…", "……", "...", "——", "／"})
"""Texts that stand for "nothing here": read as blank, never as a number."""


class Amount(NamedTuple):
    """An amount as read: `state` is one of `checks.frames.tables.AMOUNT_STATES`, `fen` is set for `number` only.

    `notes` are stable words for what had to be interpreted: `number_as_text`, `unit_converted`,
    `recomputed`, `stale_formula`.
    """

    state: str
    raw: str = ""
    fen: int | None = None
    notes: tuple[str, ...] = ()


ABSENT = Amount("absent")
BLANK = Amount("blank")


def read_amount(cell: Cell | None, workbook: Workbook, fen_per_unit: int) -> Amount:
    """Return a money cell as an amount; `fen_per_unit` is the fen in one unit of the sheet (万元 or 元)."""
    if cell is None:
        return BLANK
    if cell.kind == "number":
        return _from_number(
            cell, workbook.formats[cell.style] if cell.style < len(workbook.formats) else "", fen_per_unit
        )
    if cell.kind == "text":
        return amount_of_text(cell.raw, fen_per_unit)
    return Amount("text" if cell.kind == "bool" else cell.kind, cell.raw or (cell.formula or ""))


def _from_number(cell: Cell, code: str, fen_per_unit: int) -> Amount:
    if is_date_format(code):
        return Amount("date", cell.raw)
    number = decimal_of(cell.raw)
    if number is None:
        return Amount("error", cell.raw)
    in_yuan = shows_wan(code) and fen_per_unit == FEN_PER_WAN
    fen = fen_of(number, FEN_PER_YUAN if in_yuan else fen_per_unit)
    if fen is None:
        return Amount("text", cell.raw)
    return Amount("number", plain(number), fen, ("unit_converted",) if in_yuan else ())


def amount_of_text(text: str, fen_per_unit: int) -> Amount:
    """Return text as an amount; `fen_per_unit` is the fen in one unit where the text names none."""
    raw = text.strip()
    bare = "".join(raw[:80].translate(_FULL_WIDTH).translate(_INVISIBLE).split())
    if bare in NOTHING_MARKS:
        return Amount("blank", raw)
    if bare == "零":
        return Amount("number", raw, 0, ("number_as_text",))
    negative = bare.startswith("(") and bare.endswith(")")
    match = _NUMBER.fullmatch(bare[1:-1] if negative else bare) if len(raw) <= 80 else None
    digits = (match["digits"] or "") + (match["decimals"] or "") if match else ""
    if match is None or not any(c.isdigit() for c in digits):
        return Amount("text", raw)
    unit = _UNITS.get(match["unit"] or "", fen_per_unit)
    fen = fen_of(Decimal(digits.replace(",", "").rstrip(".")), unit)
    if fen is None:
        return Amount("text", raw)
    minus = negative != (match["sign"] in ("-", "▲"))
    notes = ("number_as_text",) + (("unit_converted",) if unit != fen_per_unit else ())
    return Amount("number", raw, -fen if minus else fen, notes)
