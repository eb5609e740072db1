"""Reads one money cell: what it held, the exact fen where it is a number, and how it was read.

Nothing is guessed. Text is a number only if it is nothing but one: ordinary or full-width digits,
thousands in threes, a sign, brackets for a negative, a unit of money, the same in capitals behind it.
A stored number counts for what the cell shows of it: its format may scale it or name another unit.
"""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from checks.declared.budget import FEN_PER_UNIT, FEN_PER_WAN
from checks.declared.money import fen_of
from checks.declared.text_key import ordinary, text_key
from etl.cell.format_code import section_for
from etl.cell.grid import Cell, Workbook
from etl.cell.number_format import decimal_of, format_of, plain, shows
from etl.money.capitals import capital_fen
from etl.money.unit import SHORT, stored

_FULL_WIDTH = {0xFEE0 + code: code for code in range(0x21, 0x7F)} | {
    0x3000: 32, 0xA0: 32, 0x2212: 45, 0x2013: 45, 0x2014: 45, 0x2015: 45, 0x2500: 45, 0xFE63: 45, 0x25B3: 0x25B2, 0xFFE5: 0xA5,
    ord("'"): None, ord("’"): None,
}  # fmt: skip
_NUMBER = re.compile(
    r"(?:人民币|RMB)?(?P<sign>[-+▲]?)[¥]?(?P<digits>[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)?(?P<decimals>\.[0-9]*)?"
    r"(?P<unit>\(?(?:亿元|[千百十]?万元|千元|百元|亿|[千百]?万|元)\)?)?(?:\((?:人民币)?(?:大写)?(?:人民币)?:?(?P<capital>[^()0-9]{2,40})\))?",
    re.IGNORECASE,
)
_NOTHING = re.compile(
    r"|-{1,4}|[/\\]{1,4}|…{1,2}|\.{3,6}|n[/.]?a\.?|none|null"
    r"|(?:本年度?|今年|本单位|暂时?)?(?:不涉及|不适用|未涉及|[未不]发生|没有|无|未安排)"
    r"(?:此项|该项|本项|相关)?(?:收入|支出|资金|预算|发生额?|安排|业务|内容)?",
    re.IGNORECASE,
)
"""Texts that stand for "nothing here": read as blank, never as a number."""
_ZERO = frozenset("零〇○◯oо")
"""A nought in words, and the letters and circles that stand for one where nothing else stands in the cell."""
_FAITHFUL = re.compile(r"General|@|[#0,]*0(?:\.[0#]*)?(?:_[) ])?", re.IGNORECASE)
"""Formats that show nothing but the number."""
LONGEST = 80


@lru_cache(maxsize=4096)
def _is_faithful(code: str) -> bool:
    return _FAITHFUL.fullmatch(code) is not None


class Amount(NamedTuple):
    """An amount as read: `state` is one of `checks.frames.tables.AMOUNT_STATES`, `fen` is set for `number` only.

    `notes` are stable words for what had to be interpreted, some with a detail behind `=`: `number_as_text`,
    `unit_converted=8055.5万元`, `shown_otherwise=72126%`, `recomputed`, `stale_formula=721.26`, `broken_link`.
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
        amount = _from_number(cell, workbook, fen_per_unit)
        if not cell.told:
            return amount
        return amount._replace(notes=amount.notes + _formula_notes(cell, workbook, fen_per_unit))
    if cell.kind == "text":
        amount = amount_of_text(shows(cell, workbook), fen_per_unit)
        return amount._replace(
            notes=amount.notes + (("recomputed",) if cell.told and amount.fen is not None else ())
        )
    return Amount("text" if cell.kind == "bool" else cell.kind, shows(cell, workbook) or (cell.formula or ""))


def _from_number(cell: Cell, workbook: Workbook, fen_per_unit: int) -> Amount:
    code, number = format_of(cell, workbook), decimal_of(cell.raw)
    if number is None:
        return Amount("error", cell.raw)
    if _is_faithful(code):
        fen = fen_of(number, fen_per_unit)
        return Amount("text", cell.raw) if fen is None else Amount("number", plain(number), fen)
    section = section_for(code, number)[0]
    if section is not None and section.is_date:
        return Amount("date", shows(cell, workbook))
    worth = stored(cell.raw, code, fen_per_unit)
    fen = fen_of(number * worth.fen, 1)
    if fen is None:
        return Amount("text", cell.raw)
    text = shows(cell, workbook)
    says = _says(text, fen, fen_per_unit)
    if fen and worth.scales and not worth.unit and not says:
        return Amount("text", text)  # a format that scales and names what nobody knows: 3.2K
    notes: tuple[str, ...] = (f"unit_converted={text}",) if worth.fen != fen_per_unit else ()
    notes += (
        (f"unit_unclear={text}",) if worth.scales and not worth.unit and fen_per_unit != FEN_PER_WAN else ()
    )
    notes += () if says else (f"shown_otherwise={text}",)
    return Amount("number", plain(number), fen, notes)


def _says(text: str, fen: int, fen_per_unit: int) -> bool:
    """Return whether what a cell shows is its amount, as far as the decimals that are shown go; a zero may be a dash."""
    seen = _parsed(text.rstrip("-") if fen == 0 else text)
    if seen is None:
        part = _FRACTION.fullmatch(text)
        if part is not None and int(part["under"]):
            whole = int(part["whole"] or 0) + Fraction(int(part["above"]), int(part["under"]))
            return whole * fen_per_unit == abs(fen)
        return fen == 0 and _NOTHING.fullmatch(_bare(text)) is not None
    unit = seen.fen_per_unit or fen_per_unit
    half = Decimal(unit).scaleb(-seen.places) / 2
    return abs(seen.number * unit - fen) <= half


def _formula_notes(cell: Cell, workbook: Workbook, fen_per_unit: int) -> tuple[str, ...]:
    kind, _, value = cell.told.partition("=")
    if kind in _TOLD:
        return (_TOLD[kind] + (f"={value}" if value else ""),)
    if kind != "stale":
        return ()
    worth = stored(value, format_of(cell, workbook), fen_per_unit).fen
    far = abs((Decimal(value) - (decimal_of(cell.raw) or 0)) * worth) > _NOISE_FEN
    return (f"stale_formula={value}",) if far else ()


_TOLD = {"recomputed": "recomputed", "recalculated": "recalculated", "zero": "zero_result"}
_FRACTION = re.compile(r"-?(?:(?P<whole>[0-9]{1,15})\s+)?(?P<above>[0-9]{1,9})/(?P<under>[0-9]{1,9})")
_NOISE_FEN = 5_000
"""Half of 0.01 万元: a stored sum that differs by less was only rounded."""


class _Written(NamedTuple):
    """A number as a text writes it: its decimals, the fen of the unit it names (0: none)."""

    number: Decimal
    places: int
    fen_per_unit: int


def _bare(text: str) -> str:
    return "".join(ordinary(text[:LONGEST].strip()).translate(_FULL_WIDTH).split())


@lru_cache(maxsize=4096)
def _parsed(text: str) -> _Written | None:
    """Return the number that a text is, None for one that is no number or says two things."""
    bare = _bare(text)
    negative = bare.startswith("(") and bare.endswith(")")
    match = _NUMBER.fullmatch(bare[1:-1] if negative else bare) if len(text.strip()) <= LONGEST else None
    digits = (match["digits"] or "") + (match["decimals"] or "") if match else ""
    if match is None or not any(c.isdigit() for c in digits):
        return None
    number = Decimal(digits.replace(",", "").rstrip("."))
    unit = (match["unit"] or "").strip("()")
    worth = FEN_PER_UNIT.get(SHORT.get(unit, unit), 0)
    if match["capital"]:
        said = capital_fen(match["capital"])
        if said is None or not worth or number * worth != said:
            return None
    places = len((match["decimals"] or ".")[1:])
    return _Written(-number if negative != (match["sign"] in ("-", "▲")) else number, places, worth)


def amount_of_text(text: str, fen_per_unit: int) -> Amount:
    """Return text as an amount; `fen_per_unit` is the fen in one unit where the text names none."""
    raw = ordinary(text).strip()
    if _NOTHING.fullmatch(bare := _bare(raw)):
        return Amount("blank", raw)
    if text_key(bare) in _ZERO:
        return Amount("number", raw, 0, ("number_as_text",))
    written = _parsed(raw)
    if written is None:
        return Amount("text", raw)
    unit = written.fen_per_unit or fen_per_unit
    fen = fen_of(written.number, unit)
    if fen is None:
        return Amount("text", raw)
    notes = ("number_as_text",) + ((f"unit_converted={raw}",) if unit != fen_per_unit else ())
    return Amount("number", raw, fen, notes)
