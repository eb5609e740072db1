"""The units money is stated in: by a label, by words above or beside the table, by a cell's number format."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple
from unicodedata import normalize

from checks.declared.budget import FEN_PER_UNIT
from checks.declared.text_key import LONGEST, ordinary, simplified
from etl.cell.format_code import Section, section_for, sections
from etl.cell.number_format import decimal_of
from etl.cell.show_number import scale_of

SHORT = {"亿": "亿元", "千万": "千万元", "百万": "百万元", "万": "万元", "千": "千元"}

_WORD = "亿元|[千百十]万元|万元|千元|百元|元"
_IN_LABEL = re.compile(
    rf"(?P<label>.{{2,40}}?)[(\[【]?(?:金额)?(?:单位)?(?:人民币)?(?P<unit>{_WORD})[)\]】]?"
)
_STATED = re.compile(
    rf"(?:单位|币种)\s*(?:为|均为|是|以)?\s*:?\s*[(\[【]?\s*(?:人民币)?\s*(?P<unit>{_WORD})(?![一-鿿])"
)
_IN_FORMAT = re.compile(rf"[(\[【]?(?:人民币)?({_WORD}|亿|千万|百万|万|千)[)\]】]?")


@lru_cache(maxsize=4096)
def unit_of_label(key: str) -> tuple[str, str]:
    """Return a label's key without the unit behind it, and the unit: 全年预算数(元) is 全年预算数 in 元; "" for none."""
    match = _IN_LABEL.fullmatch(key) if key[-1:] in "元)]】" else None
    return (match["label"], match["unit"]) if match else (key, "")


@lru_cache(maxsize=4096)
def stated_unit(text: str) -> str:
    """Return the unit a text says the table is in: `2023年度　单位：元` is 元; "" where it says none."""
    if "元" not in text or "位" not in text:
        return ""
    match = _STATED.search(simplified(ordinary(normalize("NFKC", text[:LONGEST]))))
    return match["unit"] if match else ""


class Stored(NamedTuple):
    """What one stored 1 of a cell is worth: fen, the unit its format names ("" for none), whether the format scales."""

    fen: Decimal
    unit: str = ""
    scales: bool = False


def stored(raw: str, code: str, sheet_fen: int) -> Stored:
    """Return what one stored 1 is worth where the sheet's unit is worth `sheet_fen`.

    A format that names a unit decides, for every number it shows alike: `[>=10000]0!.0,"万元";0` says that the
    cell holds 元, below 10,000 as well. One that only scales (`0!.0,`, `0.00,`) shows a number in the sheet's unit.
    """
    named = _named(code)
    if named is not None:
        return named
    number = decimal_of(raw)
    section = section_for(code, number)[0] if number is not None else None
    power = _power(section) if section is not None and "digit" in section.kinds else 0
    return Stored(Decimal(sheet_fen).scaleb(-power), "", power != 0)


@lru_cache(maxsize=4096)
def _named(code: str) -> Stored | None:
    """Return what a format that names a unit says one stored 1 is worth, None for one that names none or several."""
    found: dict[Decimal, str] = {}
    for section in sections(code):
        if "digit" in section.kinds and (unit := _unit(section)):
            fen = Decimal(FEN_PER_UNIT[unit]).scaleb(-_power(section))
            found.setdefault(fen, unit)
    if len(found) != 1:
        return None
    fen, unit = next(iter(found.items()))
    return Stored(fen, unit, fen != FEN_PER_UNIT[unit])


def _unit(section: Section) -> str:
    last = max(at for at, token in enumerate(section.tokens) if token.kind == "digit")
    text = "".join(token.text for token in section.tokens[last + 1 :] if token.kind == "text")
    match = _IN_FORMAT.fullmatch("".join(text.split()))
    return SHORT.get(match[1], match[1]) if match else ""


def _power(section: Section) -> int:
    """Return the power of ten by which what is shown is smaller than what is stored; a literal point counts too."""
    tokens = section.tokens
    point = next(
        (at for at, token in enumerate(tokens) if token.kind == "text" and token.text in (".", "。")), None
    )
    behind = 0
    if point is not None and any(token.kind == "digit" for token in tokens[:point]):
        behind = sum(token.kind == "digit" for token in tokens[point + 1 :])
    return behind + (0 if "percent" in section.kinds else scale_of(tokens).power)
