"""Reads a value that is a number or a range: what is measured, operator, 约, number, unit, 以上.

What cannot be taken apart completely is not a number: half of a text is never read as one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from checks.targets.text import MOST_WHOLE, NUMBER, Notes, decimal, per_cent, plain
from checks.targets.words import (
    ABOUT_AFTER,
    ABOUT_BEFORE,
    GLYPHS,
    NOT_TIMES,
    SUFFIXES,
    TIME_UNITS,
    TIMES,
    UNITS,
    WEAK,
    WORDS,
    either,
)

CJK = "[\u3400-\u4dbf\u4e00-\u9fff]"


@dataclass(frozen=True, slots=True)
class Measure:
    """What a number says; `high` is the end of a range, `word` what is measured, `about` is said by 约."""

    operator: str
    low: Decimal
    high: Decimal | None
    unit: str
    word: str
    about: bool
    notes: Notes


@dataclass(frozen=True, slots=True)
class _Tail:
    """What follows the number: text that is unit and noun, operator, power of ten, and whether 左右."""

    text: str
    operator: str
    power: int
    about: bool
    notes: Notes


_MORE = r"(?:[余来]|多(?!媒体|功能|学科))"
_SPELT = either(" ".join([*WORDS, *WEAK]))
_SIGNS = either(" ".join(GLYPHS))
OPERATOR = re.compile(rf"(?P<sign>{_SIGNS})|(?P<spelt>{_SPELT})")
SUFFIX = re.compile(either(" ".join(SUFFIXES)))
_VALUE = re.compile(
    rf"(?P<lead>{CJK}{{0,10}}?)(?:(?P<sign>{_SIGNS})|(?P<spelt>{_SPELT}))?(?P<about>{either(ABOUT_BEFORE)})?"
    rf"(?:在|介于)?(?P<spread>±|\+/-)?(?P<low>{NUMBER})(?![0-9])(?P<rest>.*)"
)
_HIGH = re.compile(
    rf"(?P<unit>[^0-9~—–-]{{0,8}}?)(?:-{{1,2}}|~{{1,2}}|—{{1,2}}|–|至|到)(?P<high>{NUMBER})(?![0-9])(?P<rest>.*)"
)
_HEAD = re.compile(
    rf"(?P<more>{_MORE})?(?P<times>(?:(?!{NOT_TIMES})[百千万亿]){{0,2}})(?P<still>{_MORE})?(?P<text>.*)"
)
_REMARK = re.compile(r"\([^()0-9]{3,40}\)$|\(含[^()]{0,8}\)")
_ABOUT = re.compile(rf"(?:{either(ABOUT_AFTER)})(?:之间)?$|之间$|区间$")
_AFTER = re.compile(either(ABOUT_AFTER))
_LEFT_OVER = re.compile(rf"{SUFFIX.pattern}|{_AFTER.pattern}|之间|区间")
_WITHIN = re.compile(rf"(?P<unit>{either(' '.join(TIME_UNITS))})内")
_TOO_LARGE = 10**MOST_WHOLE
_PER_CENT = re.compile(r"%|百分比|\(%\)")
_RATE = re.compile(
    rf"(?P<base>{CJK}{{1,4}}|%)(?:[/每](?:㎡|m²|m2|m³|km|kg|t|L|kWh|{CJK}{{1,4}}(?:[.·]{CJK}{{1,2}})?)){{1,3}}"
)
_NOUN = re.compile(rf"{CJK}{{1,4}}(?<![率度数量额性值例])")
_SAID = re.compile(either(" ".join(word for word in WORDS if word[0] != "最")))
_LEANS = re.compile(
    rf"^(?:根据|按照|按(?![时期质])|参照|依据|以|视|在|于|不)|(?:[的为前第在之]|介于|{_SPELT}|{either(ABOUT_BEFORE)})$"
)
_UNKNOWN_UNIT = re.compile(rf"{CJK}{{1,4}}")
_TAKEN = re.compile(
    rf"{_SPELT}|{either(ABOUT_BEFORE + ' ' + ABOUT_AFTER)}|[余多来百千万亿每第在]|介于|之间|区间"
)


def measure(bare: str) -> Measure | None:
    """Return what a text in normal form says as a number or range, None if it is not one altogether."""
    text, notes = per_cent(bare)
    value = _VALUE.fullmatch(text)
    if value is None:
        return None
    remarks = _REMARK.sub("", value["rest"])
    notes += () if remarks == value["rest"] else ("remark",)
    ends = _ends(value, remarks)
    if ends is None:
        return None
    low, high, rest, more = ends
    tail = _tail(rest)
    return None if tail is None else _together(value, low, high, tail, notes + more)


def _ends(value: re.Match[str], rest: str) -> tuple[Decimal, Decimal | None, str, Notes] | None:
    """Return the number or both ends of a range, the text behind, and notes."""
    low, notes = decimal(value["low"])
    if low is None:
        return None
    if value["spread"]:
        return -abs(low), abs(low), rest, (*notes, "plus_minus")
    range_ = _HIGH.fullmatch(rest)
    if range_ is None:
        return low, None, rest, notes
    high, more = decimal(range_["high"])
    if high is None or not range_["rest"].startswith(range_["unit"]):
        return None
    return low, high, range_["rest"], notes + more


def _tail(rest: str) -> _Tail | None:
    head = _HEAD.fullmatch(rest)
    if head is None:
        return None
    text = _ABOUT.sub("", head["text"])
    about = bool(head["more"] or head["still"]) or _AFTER.search(head["text"]) is not None
    text, operator = _bound(text)
    if _LEFT_OVER.search(text):
        return None
    notes: Notes = ("operator_word",) * bool(operator) + ("ten_thousands",) * bool(head["times"])
    return _Tail(text, operator, sum(TIMES[times] for times in head["times"]), about, notes)


def _bound(text: str) -> tuple[str, str]:
    """Take 以上 or 以内 off a unit, wherever it stands behind it; 内 only behind a unit of time."""
    within = _WITHIN.match(text)
    if within:
        return within["unit"] + text[within.end() :], "≤"
    suffix = SUFFIX.search(text)
    return (
        (text, "") if suffix is None else (text[: suffix.start()] + text[suffix.end() :], SUFFIXES[suffix[0]])
    )


def _together(
    value: re.Match[str], low: Decimal, high: Decimal | None, tail: _Tail, notes: Notes
) -> Measure | None:
    """Return the measure if operators agree, the unit can be one, and what is measured is said once."""
    operator, how = _operator(value, tail.operator)
    unit, noun, spelling = _unit(tail.text, bool(operator))
    if (
        operator is None
        or unit is None
        or not _may_lead(value["lead"], noun, operator)
        or _is_date(low, unit)
    ):
        return None
    low, high = _times(low, tail.power), None if high is None else _times(high, tail.power)
    if abs(low) >= _TOO_LARGE or (high is not None and abs(high) >= _TOO_LARGE):
        return None
    said = dict.fromkeys((*notes, *how, *tail.notes, *spelling))
    about = tail.about or bool(value["about"])
    return Measure(operator, low, high, unit, value["lead"] or noun, about, tuple(said))


def _times(number: Decimal, power: int) -> Decimal:
    return plain(number.scaleb(power)) if power else number


def _operator(value: re.Match[str], behind: str) -> tuple[str | None, Notes]:
    """Return the operator before and behind the number as one; None where they point apart."""
    ahead, how = taken(value)
    if not behind or (ahead and ahead == behind):
        return ahead, how
    if not ahead or value["spelt"] in WEAK:
        return behind, how
    same = {ahead, behind} <= {"≥", ">"} or {ahead, behind} <= {"≤", "<"}
    return (ahead if same else None), how


def taken(match: re.Match[str]) -> tuple[str, Notes]:
    """Return the operator a match of `OPERATOR` stands for, and how it was written."""
    sign, spelt = match["sign"], match["spelt"]
    if sign:
        return GLYPHS[sign], () if sign == GLYPHS[sign] else ("operator_glyph",)
    if spelt:
        return WORDS[spelt] if spelt in WORDS else WEAK[spelt], ("operator_word",)
    return "", ()


def _unit(text: str, bound: bool) -> tuple[str | None, str, Notes]:
    """Return unit and noun (800 名 学生); None if a text can be neither.

    Without an operator an unknown unit has at most two characters: a text may begin with a number.
    """
    if _PER_CENT.fullmatch(text):
        return "%", "", () if text == "%" else ("percent_word",)
    if not text or known_unit(text):
        return text, "", ()
    for end in range(min(len(text) - 1, 6), 0, -1):
        noun = text[end:]
        if text[:end] in UNITS and _NOUN.fullmatch(noun) and noun not in UNITS and not _TAKEN.search(noun):
            return text[:end], noun, ()
    unknown = _UNKNOWN_UNIT.fullmatch(text) and not _TAKEN.search(text) and (bound or len(text) <= 2)
    return (text if unknown else None), "", ()


def known_unit(text: str) -> bool:
    """Return whether a text is a unit: one of `UNITS`, or one of them per something (元/亩, 元每人每月)."""
    rate = None if text in UNITS else _RATE.fullmatch(text)
    return text in UNITS or (rate is not None and rate["base"] in UNITS)


def _is_date(number: Decimal, unit: str) -> bool:
    """Return whether a number with its unit is a point in time: 12月, 3季度, 2023年."""
    return unit in ("月", "季度") or (unit == "年" and 2000 <= number < 2100)


def _may_lead(lead: str, noun: str, operator: str) -> bool:
    """Return whether the text before or behind the number says what is measured: 合格率≥95%, 800名学生.

    Without an operator it is short and leans on nothing: 不低于上年的95% is a reference, 前3名 a rank.
    """
    if (lead and noun) or _SAID.search(lead):
        return False
    return bool(operator) or (len(lead or noun) <= 6 and not _LEANS.search(lead or noun))
