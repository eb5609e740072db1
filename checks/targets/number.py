"""Reads a value that is a number or a range: what is measured, operator, 约, number, unit, 以上, what is measured.

What cannot be taken apart completely is not a number: half of a text is never read as one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from checks.targets.qualities import CHANGES
from checks.targets.tail import Tail, tail_of
from checks.targets.text import MOST_WHOLE, NUMBER, Notes, decimal, per_cent, plain
from checks.targets.words import ABOUT_BEFORE, CJK, CURRENCY, GLYPHS, SLIPS, WEAK, WORDS, either


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


_SPELT = either([*WORDS, *WEAK, *SLIPS])
_SIGNS = either(GLYPHS)
OPERATOR = re.compile(rf"(?P<sign>{_SIGNS})|(?P<spelt>{_SPELT})")
_VALUE = re.compile(
    rf"(?:(?P<lead>(?P<than>[比较]20[0-9]{{2}}年(?:度|末|底)?)?{CJK}{{0,16}}?)|(?P<symbol>[A-Za-z]{{1,5}}(?:[0-9]{{1,2}}(?:\.[0-9])?)?{CJK}{{0,10}}?)(?={_SIGNS}|{_SPELT}))[:：]?"
    rf"(?:(?P<sign>{_SIGNS})|(?P<spelt>{_SPELT}))?(?:(?P<sign2>{_SIGNS})|(?P<spelt2>{_SPELT}))?(?P<about>{either(ABOUT_BEFORE)})?"
    rf"(?:在|介于)?(?P<money>{either(CURRENCY)})?(?P<spread>±|\+/-)?(?P<low>{NUMBER})(?![0-9])(?P<rest>.*)"
)
_HIGH = re.compile(
    rf"(?P<unit>[^0-9~—–-]{{0,8}}?)(?:-{{1,2}}|~{{1,2}}|—{{1,2}}|–|至|到)(?P<high>{NUMBER})(?![0-9])(?P<rest>.*)"
)
_AT_THE_END = frozenset({"最高", "最低", "最多", "最少", "至少", "至多", "起码"})
"""Words that go before another operator: 最高不超过5万元."""
_SPREAD = re.compile(rf"(?:±|\+/-){NUMBER}(?![0-9])(?P<rest>.*)")
_TOO_LARGE = 10**MOST_WHOLE
_SAID = re.compile(either(word for word in [*WORDS, *SLIPS] if len(word) > 1 and word[:1] not in "最上下"))
_IS = re.compile(r"(?<!认)(?:[为是达]|均为|均达)$")
_NO_LEAD = re.compile(
    r"[第前各或约近]$|(?:不|未|没|没有|无|非|勿|别|莫)$|(?:上年|去年|同期|往年|上一年|年度|水平|基数)$"
)
_DENIES, _OF_SHARE = (
    re.compile(r"不|未|没|无(?!害|障碍|人机|线|偿)|杜绝|防止|避免|禁止|严禁"),
    re.compile(r"[率度数量比额]$"),
)
_LEANS = re.compile(
    rf"^(?:根据|按照|按(?![时期质])|参照|依据|以|视|在|于|不)|(?:[的为前第在之]|介于|{_SPELT}|{either(ABOUT_BEFORE)})$"
)
_MONEY = re.compile(r"[百千万亿]?元.*|")


def measure(bare: str) -> Measure | None:
    """Return what a text in normal form says as a number or range, None if it is not one altogether."""
    text, notes = per_cent(bare)
    value = _VALUE.fullmatch(text)
    if value is None:
        return None
    ends = _ends(value)
    if ends is None:
        return None
    low, high, about, rest, more = ends
    operator, how = _operator(value)
    tail = None if operator is None else tail_of(rest, bool(operator))
    if operator is None or tail is None:
        return None
    return _together(value, operator, (low, high, about), tail, notes + more + how)


def _ends(value: re.Match[str]) -> tuple[Decimal, Decimal | None, bool, str, Notes] | None:
    """Return the number or both ends of a range, whether it is about that, the text behind, and notes."""
    low, notes = decimal(value["low"])
    rest = value["rest"]
    if low is None:
        return None
    if value["spread"]:
        return -abs(low), abs(low), False, rest, (*notes, "plus_minus")
    spread = _SPREAD.fullmatch(rest)
    if spread:
        return low, None, True, spread["rest"], (*notes, "plus_minus")
    range_ = _HIGH.fullmatch(rest)
    if range_ is None:
        return low, None, False, rest, notes
    high, more = decimal(range_["high"])
    if high is None or not range_["rest"].startswith(range_["unit"]):
        return None
    return low, high, False, range_["rest"], notes + more


def _together(
    value: re.Match[str],
    operator: str,
    numbers: tuple[Decimal, Decimal | None, bool],
    tail: Tail,
    notes: Notes,
) -> Measure | None:
    """Return the measure if operators agree, the unit can be one, and what is measured may be said so."""
    weak = not value["sign2"] and (value["spelt2"] or value["spelt"]) in WEAK
    bound = _agreed(operator, tail.operator, weak)
    word = _IS.sub("", value["lead"] or "") if not operator else value["lead"] or ""
    word = (value["symbol"] or word) + tail.noun
    unit = "元" if value["money"] and not tail.unit else tail.unit
    if value["spread"] and bound in ("≤", "<"):
        bound = ""
    if (
        bound is None
        or (value["spread"] and bound)
        or _is_date(numbers[0], unit)
        or not _may_lead(word, bound)
    ):
        return None
    if _DENIES.match(value["lead"] or "") and not _OF_SHARE.search(value["lead"]):
        return None
    if value["than"] and not CHANGES.search(word):
        return None
    if value["money"] and not _MONEY.fullmatch(unit):
        return None
    low, high = (None if number is None else _times(number, tail.power) for number in numbers[:2])
    if low is None or any(abs(number) >= _TOO_LARGE for number in (low, high) if number is not None):
        return None
    about = numbers[2] or tail.about or bool(value["about"])
    return Measure(bound, low, high, unit, word, about, tuple(dict.fromkeys((*notes, *tail.notes))))


def _times(number: Decimal, power: int) -> Decimal:
    return plain(number.scaleb(power)) if power else number


def _operator(value: re.Match[str]) -> tuple[str | None, Notes]:
    """Return the operator before the number, and how it is written; None where two of them point apart."""
    first, how = taken(value["sign"], value["spelt"])
    if not (value["sign2"] or value["spelt2"]):
        return first, how
    second, more = taken(value["sign2"], value["spelt2"])
    if value["spelt"] in WEAK:
        return second, tuple(dict.fromkeys(how + more))
    slip = () if value["spelt2"] in WEAK or value["spelt"] in _AT_THE_END else ("slip",)
    return _agreed(first, second), tuple(dict.fromkeys((*how, *more, *slip)))


def _agreed(ahead: str, behind: str, weak: bool = False) -> str | None:
    """Return the operator before and behind the number as one; None where they point apart."""
    if not behind or ahead == behind:
        return ahead
    if not ahead or weak:
        return behind
    same = {ahead, behind} <= {"≥", ">"} or {ahead, behind} <= {"≤", "<"}
    return ahead if same else None


def taken(sign: str | None, spelt: str | None) -> tuple[str, Notes]:
    """Return the operator a sign or a word stands for, and how it was written."""
    if sign:
        return GLYPHS[sign], () if sign == GLYPHS[sign] else ("operator_glyph",)
    if spelt in SLIPS:
        return WORDS[SLIPS[spelt]], ("operator_word", "slip")
    if spelt:
        return WORDS[spelt] if spelt in WORDS else WEAK[spelt], ("operator_word",)
    return "", ()


def _is_date(number: Decimal, unit: str) -> bool:
    """Return whether a number with its unit is a point in time: 12月, 3季度, 2023年."""
    return unit in ("月", "季度") or (unit in ("年", "学年", "年度") and 2000 <= number < 2100)


def _may_lead(word: str, operator: str) -> bool:
    """Return whether the text before and behind the number says what is measured: 合格率≥95%, 800名学生.

    Without an operator it is short and leans on nothing: 不低于上年的95% is a reference, 前3名 a rank.
    """
    if _SAID.search(word) or _NO_LEAD.search(word):
        return False
    return len(word) <= (16 if operator else 12) and (bool(operator) or not _LEANS.search(word))
