"""Reads what follows the number of a value: powers of ten, unit, 以上, 左右, remarks, and the noun that is counted."""

from __future__ import annotations

import re
from dataclasses import dataclass

from checks.targets.text import Notes
from checks.targets.units import SPELT_UNITS, TIME_UNITS, known_unit, plain_unit
from checks.targets.words import ABOUT_AFTER, CJK, NOT_TIMES, SLIPS, SUFFIXES, TIMES, WEAK, WORDS, either


@dataclass(frozen=True, slots=True)
class Tail:
    """What follows the number: unit, what is counted, operator, power of ten, and whether 左右."""

    unit: str
    noun: str
    operator: str
    power: int
    about: bool
    notes: Notes


SUFFIX = re.compile(either(SUFFIXES))
_MORE = r"(?:[余来]|多(?!媒体|功能|学科))"
_HEAD = re.compile(
    rf"(?P<more>{_MORE})?(?P<times>(?:(?!{NOT_TIMES})[百千万亿]){{0,2}})(?P<still>{_MORE})?(?P<text>.*)"
)
_REMARK = re.compile(
    r"\((?!及?以[上下内]|含)[^()0-9]{3,40}\)$|\((?:满意|合格|达标|优秀|良好|不含|其中)\)$|\(含[^()]{0,8}\)"
    r"|\((?:满分|总分|百分制|上年|去年|20[0-9]{2}年)[^()]{0,20}\)$"
)
_IN_BRACKETS = re.compile(rf"\({CJK}{{1,12}}\)")
_ALONE = re.compile(r"\(([^()]{1,6})\)")
_ABOUT = re.compile(rf"(?:{either(ABOUT_AFTER)})(?:之间)?$|之间$|区间$")
_AFTER = re.compile(either(ABOUT_AFTER))
_LEFT_OVER = re.compile(rf"{either(word for word in SUFFIXES if len(word) > 1)}|{_AFTER.pattern}|之间|区间")
_WITHIN = re.compile(
    rf"(?P<unit>{either(TIME_UNITS | {'月', '钟头', '个钟头', '元', '万元', '亿元', '%'})})内"
)
_PER_CENT = re.compile(r"%{1,3}|百分比|\(%\)|百分比%|%\(%\)")
_LATIN = re.compile(r"(?![oOlI])[A-Za-zμ]{2,10}(?:/[A-Za-zμ]{1,4}[²³]?)?")
_UNKNOWN_UNIT = re.compile(rf"{CJK}{{1,4}}")
_NOUN = re.compile(rf"{CJK}{{1,10}}")
_NAMES = re.compile(r"[率度性]$")
_AMOUNTS = re.compile(r"(?:[数量值次例]|(?<!名)额)$")
_NO_NOUN = re.compile(
    rf"{either([word for word in [*WORDS, *SLIPS, *WEAK] if len(word) > 1])}|{either(ABOUT_AFTER)}"
    r"|[约近百千万亿每第半且或但以之]|余(?!额)|多(?!媒体|功能|学科|层)|来(?!访|料|源)|在(?!线|册|校|编|岗|职|园|建)|及(?!时|格)|和(?!谐|美|睦)|与(?!会|者)|至|到(?!位|场|岗|达|账|户|校|期|货|访|现场)"
    r"|不(?!动产|锈钢|良)|未(?!成年)|没|无(?!人机|障碍|偿|线|害)|非(?!遗|公|税|机动|法)|其中|介于|区间|号(?!召)"
    r"|[前后内外中上下超达逾足满约近为是的第为]$|^[月前后内外]"
)
_BARE_NOUN = 8
"""Characters a noun may have where no operator says that a number is meant: a name is longer."""


def tail_of(rest: str, bound: bool) -> Tail | None:
    """Return what follows a number; None where it is no unit and noun. `bound`: an operator stands before."""
    remarks = _REMARK.sub("", rest)
    head = _HEAD.fullmatch(remarks)
    if head is None:
        return None
    about = bool(head["more"] or head["still"]) or _AFTER.search(head["text"]) is not None
    text, operator = _bound(_ABOUT.sub("", head["text"]))
    if _LEFT_OVER.search(text):
        return None
    said = _unit(text, bound, operator, bool(head["times"]))
    if said is None:
        return None
    unit, noun, spelling = said
    notes: Notes = ("remark",) * (remarks != rest) + ("operator_word",) * bool(operator)
    notes += ("ten_thousands",) * bool(head["times"]) + spelling
    return Tail(unit, noun, operator, sum(TIMES[times] for times in head["times"]), about, notes)


def _bound(text: str) -> tuple[str, str]:
    """Take 以上 or 以内 off a unit, wherever it stands behind it; 内 only behind a unit of time."""
    within = _WITHIN.match(text)
    if within:
        return within["unit"] + text[within.end() :], "≤"
    suffix = SUFFIX.search(text)
    if suffix is None:
        return text, ""
    return text[: suffix.start()] + text[suffix.end() :], SUFFIXES[suffix[0]]


def _unit(text: str, bound: bool, behind: str, times: bool) -> tuple[str, str, Notes] | None:
    """Return unit and noun (800 名 学生) and how the unit was written; None if a text can be neither."""
    if _PER_CENT.fullmatch(text):
        how = () if text == "%" else ("slip",) if text.startswith("%%") else ("percent_word",)
        return "%", "", how
    usual = plain_unit(text)
    if usual.startswith("/") and not usual[1:2].isdigit() and usual != text and not times:
        return None
    if not text or known_unit(usual):
        return usual, "", () if usual == text or text in SPELT_UNITS else ("unit",)
    for end in range(min(len(text) - 1, 8), 0, -1):
        unit, noun = plain_unit(text[:end]), text[end:].removeprefix("的")
        if len(noun) == 1 and known_unit(text[: end - 1]):
            continue  # 支 and 队伍, not 支队 and 伍
        if known_unit(unit):  # the longest unit or none: 周岁 and 儿童, never 周 and 岁儿童
            return _with_noun(unit, noun, bound, behind)
    within = _ALONE.fullmatch(text)
    if within and known_unit(within[1]):
        return within[1], "", ("remark",)
    if bound and _LATIN.fullmatch(text):
        return text, "", ()
    unknown = (
        _UNKNOWN_UNIT.fullmatch(text) and not _NO_NOUN.search(text) and (bound or behind or len(text) == 1)
    )
    return (text, "", ()) if unknown else None


def _with_noun(unit: str, noun: str, bound: bool, behind: str) -> tuple[str, str, Notes] | None:
    if _counts(noun, unit, bound, behind):
        return unit, noun, ()
    return (unit, "", ("remark",)) if _IN_BRACKETS.fullmatch(noun) else None


def _counts(noun: str, unit: str, bound: bool, behind: str) -> bool:
    """Return whether a noun may follow a number and its unit.

    A rate follows only a share or points (95%满意度; 3岁以下儿童管理率 is a name), an amount only where an
    operator stands before the number; 岁以上 and 年以上 speak of who is meant.
    """
    if not _NOUN.fullmatch(noun) or noun in TIME_UNITS or _NO_NOUN.search(noun):
        return False
    if behind and (unit in ("岁", "周岁", "月龄") or (unit == "年" and behind == "≥")):
        return False
    if _NAMES.search(noun) and unit not in ("%", "‰", "分"):
        return False
    return bound or not (_AMOUNTS.search(noun) or len(noun) > _BARE_NOUN)
