"""IG: how the targets of 履职, 效益 and 满意度 are written: one measurable value each.

What the numbers say is in `ig_numbers`, names in `ig_names`, blocks as a whole in `ig_block`. The common
framework has rules of its own (CF). Empty rows and blank cells are CP's, error values ST's. A value that is
wrong in its words is so in one way: `fault_of` decides which, so that no two rules speak of it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from checks.finding import Hit, Severity, Spot
from checks.frames.tables import ERROR_STATES
from checks.rule import FEASIBILITY, hits, quoted, rule, told
from checks.targets.indicator import VAGUE
from checks.targets.number import OPERATOR, taken
from checks.targets.qualities import MILESTONE
from checks.targets.tail import SUFFIX
from checks.targets.target import Kind, Target, direction, parse, render
from checks.targets.text import NUMBER
from checks.targets.words import CJK, SUFFIXES

if TYPE_CHECKING:
    from checks.frames.rows import Mask, Rows

PERIODS = ("half", "full")
MEASURED = ("number", "range", "approximate")


_SAID_ELSEWHERE = (*ERROR_STATES, "date")
"""What cells held of which nothing more is said than that: errors are ST07's, dates IG23's."""


def each_value(
    rows: Rows,
    wrong: Callable[[str], Mask],
    severity: Severity | None = None,
    variant: str = "",
    order: Sequence[str] = PERIODS,
    **values: str | Callable[[Rows], list[str]],
) -> list[Hit]:
    """Return one hit an indicator whose half-year or full-year value is wrong; both cells, in `order`, where both are.

    `wrong` says where the value of a period is; `values` are one for all, or worked out for the rows that are hit.
    """
    half, full = (wrong(p) & ~rows.among(f"{p}_state", _SAID_ELSEWHERE) for p in PERIODS)
    made = []
    for where, periods in ((half & full, order), (half & ~full, ("half",)), (full & ~half, ("full",))):
        if where.any():
            chosen = rows.where(where)
            shown = both_said(chosen, periods)
            more = {name: value(chosen) if callable(value) else value for name, value in values.items()}
            made += hits(
                chosen, [f"indicators.{p}" for p in periods], severity=severity, variant=variant,
                name=told(chosen, "name"), value=shown, found=shown, **more,
            )  # fmt: skip
    return made


def both_said(rows: Rows, periods: Sequence[str]) -> list[str]:
    """Return the values of the periods as a message quotes them, equal ones once."""
    columns = (told(rows, f"{period}_raw") for period in periods)
    return ["、".join(dict.fromkeys(values)) for values in zip(*columns, strict=True)]


_ACTION = re.compile(r"建立|完善|开展|加强|推进|完成|提供|制定|落实|组织|做好|实施|健全")
_DIGIT = re.compile(r"[0-9]")
_WORD = re.compile(rf"(?=.*[A-Za-z\u4e00-\u9fff])(?:{CJK}|[A-Za-z·、，,()（）“”《》/+&-]){{1,12}}")
_NO_WORD = re.compile(r"nan|null|undefined|infinity|inf|true|false", re.IGNORECASE)
_UNIT_UNKNOWN = re.compile(
    rf"(?:{OPERATOR.pattern})?{NUMBER}(?:(?=.*[A-Za-z\u4e00-\u9fff])(?:{CJK}|[A-Za-zμΩ/·%‰²³℃()（）*-]){{1,16}})"
)
_ODD = re.compile(rf"(?!{CJK})[^A-Za-z0-9≥≤=<>%‰.,:;，。、；：~()（）“”《》+*/&·—-]")
_MISTYPED = re.compile(r"[0-9][oOlI](?![A-Za-z])|[0-9][oO]+|(?<![A-Za-z])[oOlI]+[0-9]")
_LAST_YEAR = re.compile(r"上年|上一年|去年|往年|同期")
_YEAR = re.compile(r"20[0-9]{2}年?")
_OF_KIND = {Kind.COMPOUND: "several", Kind.RANGE: "inexact", Kind.APPROXIMATE: "inexact"}


@lru_cache(maxsize=65536)
def fault_of(text: str) -> str:
    """Return what is wrong with the way a value is written, "" if nothing is.

    `several` values, an `inexact` or `open` one (a reference), an `action`, a `vague` word, a number in a
    `sentence`, a `word` or the `unit` of a number that nobody knows, a `slip` of the pen, operators that are
    `contrary` to each other, or `unreadable`.
    """
    said = parse(text)
    if said.kind is Kind.REFERENCE:
        given = _LAST_YEAR.search(said.word) and _DIGIT.search(_YEAR.sub("", said.word))
        return "" if given else "open"
    if said.kind in (Kind.WORD, Kind.SENTENCE, Kind.UNKNOWN):
        return _fault_of_words(said)
    return _OF_KIND.get(said.kind, "slip" if "slip" in said.normalised else "")


def _fault_of_words(said: Target) -> str:
    numbered = _DIGIT.search(said.word) is not None
    if (
        len(said.word) >= 6
        and _ACTION.match(said.word)
        and not numbered
        and not MILESTONE.fullmatch(said.word)
    ):
        return "action"
    if said.kind is not Kind.UNKNOWN and VAGUE.search(said.word) and not numbered:
        return "vague"
    if said.kind is Kind.WORD:
        return ""
    if said.kind is Kind.SENTENCE:
        return "sentence" if numbered else "word"
    return _fault_of_unknown(said.word)


def _fault_of_unknown(text: str) -> str:
    """Return what is wrong with a text that is no value: it is unreadable only where a character is out of place."""
    if _ODD.search(text) or _MISTYPED.search(text) or _NO_WORD.fullmatch(text):
        return "unreadable"
    if _is_contrary(text):
        return "contrary"
    if _WORD.fullmatch(text):
        return "word"
    if _UNIT_UNKNOWN.fullmatch(text):
        return "unit"
    return "sentence" if _LONG_ENOUGH.search(text) and _DIGIT.search(text) else "unreadable"


_LONG_ENOUGH = re.compile(f"{CJK}{{2}}")


def _is_contrary(text: str) -> bool:
    """Return whether the operators of one number point apart: ≤95%以上."""
    match = OPERATOR.match(text)
    behind = SUFFIX.search(text)
    if match is None or behind is None:
        return False
    ahead = direction(taken(match["sign"], match["spelt"])[0])
    return ahead * direction(SUFFIXES[behind[0]]) < 0


def _faulty(rows: Rows, fault: str) -> Callable[[str], Mask]:
    return lambda period: rows.test(f"{period}_raw", lambda text: fault_of(text) == fault)


@rule(
    "IG01", Severity.ERROR, FEASIBILITY,
    zh={"": "“{name}”指标值“{value}”无法识别", "word": "“{name}”指标值“{value}”不是常用的定性表述，请核对",
        "sentence": "“{name}”指标值“{value}”是一句话，请只填“≥数值+单位”",
        "unit": "“{name}”指标值“{value}”中数值的计量单位无法确定，请按“≥数值+单位”填写",
        "slip": "“{name}”指标值“{value}”疑有笔误，已按“{meant}”识别，请改正",
        "contrary": "“{name}”指标值“{value}”中两个比较方向相反，请只保留一个"},
    en={"": "“{name}”: the value “{value}” cannot be read", "word": "“{name}”: “{value}” is not a usual qualitative word",
        "sentence": "“{name}”: “{value}” is a sentence; write operator, number and unit",
        "unit": "“{name}”: what does the number of “{value}” count? Write operator, number and unit",
        "slip": "“{name}”: “{value}” looks like a slip of the pen and was read as “{meant}”; please correct it",
        "contrary": "“{name}”: the two comparisons of “{value}” contradict each other; keep one"},
)  # fmt: skip
def values_can_be_read(own: Rows) -> list[Hit]:
    """A value is a number with operator and unit, a qualitative word, or says that it does not apply.

    Words and units are open lists: one that nobody knows, a number within a sentence, or a slip of the pen that
    can be read all the same is a warning. An error is only what nobody can read, or what contradicts itself.

    公式: 指标值符合“比较符号+数值+单位”、定性用语或“不适用”
    依据: 财预〔2021〕101号 (unconfirmed)
    错例: “1oo%”“□√”“≤95%以上”“不超过过5天”
    改法: 按“≥90%”“≥100人次”“健全”等形式填写
    Fix: Write it like ≥90%, ≥100人次, or as one word
    """
    made = each_value(own, _faulty(own, "unreadable"))
    made += each_value(own, _faulty(own, "contrary"), variant="contrary")
    for fault in ("word", "sentence", "unit"):
        made += each_value(own, _faulty(own, fault), Severity.WARNING, fault)
    return made + each_value(own, _faulty(own, "slip"), Severity.WARNING, "slip", meant=_meant)


def _meant(rows: Rows) -> list[str]:
    """Return what was read, for the rows of which either value holds a slip of the pen."""
    pairs = zip(rows["half_raw"].tolist(), rows["full_raw"].tolist(), strict=True)
    return [
        quoted("、".join(dict.fromkeys(render(parse(text)) for text in pair if fault_of(text) == "slip")))
        for pair in pairs
    ]


@rule(
    "IG08",
    Severity.WARNING,
    FEASIBILITY,
    zh="“{name}”指标值“{value}”含多个数值，请拆分为多个指标",
    en="“{name}”: “{value}” holds several values; split it",
)
def one_indicator_has_one_value(own: Rows) -> list[Hit]:
    """An indicator has one value.

    公式: 一个指标一个数值
    依据: 财预〔2021〕101号 (unconfirmed)
    错例: “1600人、200人”
    改法: 拆分为两个指标
    Fix: Split it into two indicators
    """
    return each_value(own, _faulty(own, "several"))


@rule(
    "IG09",
    Severity.WARNING,
    FEASIBILITY,
    zh="“{name}”填“{value}”，是约数或区间，请填确定的数值",
    en="“{name}”: “{value}” is approximate or a range",
)
def values_are_exact(own: Rows) -> list[Hit]:
    """A value is one exact number.

    公式: 不用约、左右、～
    依据: 财预〔2021〕101号 (unconfirmed)
    错例: “约5.5万人次”
    改法: 填写确定的数值和比较符号
    Fix: State one number with an operator
    """
    return each_value(own, _faulty(own, "inexact"))


@rule(
    "IG11",
    Severity.WARNING,
    FEASIBILITY,
    zh="“{name}”填“{value}”是工作内容，请改为可衡量的结果",
    en="“{name}”: “{value}” is an action, not a measurable result",
)
def values_are_results(own: Rows) -> list[Hit]:
    """A value is a result, not a sentence about what will be done.

    公式: 指标值不是以建立、完善、开展等动词开头、不含数字的长句
    依据: 财预〔2015〕88号 (unconfirmed)
    错例: “建立健全相关制度”
    改法: 改为可衡量的结果，如“制度覆盖率=100%”或“健全”
    Fix: State a measurable result
    """
    return each_value(own, _faulty(own, "action"))


@rule(
    "IG12",
    Severity.WARNING,
    FEASIBILITY,
    zh="“{name}”填“{value}”较笼统，请写明分级标准或改为定量指标",
    en="“{name}”: “{value}” is vague; say how it is graded",
)
def qualitative_values_are_gradeable(own: Rows) -> list[Hit]:
    """A qualitative value can be graded; in the benefit block a vague word is only pointed out.

    公式: 不单用提升、改善、显著、持续等词
    依据: 财预〔2021〕101号 (unconfirmed)
    错例: “显著提升”
    改法: 写明分级标准，或改为定量指标
    Fix: Say how it is graded, or measure it
    """
    effect = own.equal("block", "effect")
    duty, benefit = own.where(~effect), own.where(effect)
    return each_value(duty, _faulty(duty, "vague")) + each_value(
        benefit, _faulty(benefit, "vague"), Severity.INFO
    )


@rule(
    "IG13",
    Severity.WARNING,
    FEASIBILITY,
    zh="“{name}”填“{value}”，没有确定的数值，请填数值；“不低于上年”的请注明上年数",
    en="“{name}”: “{value}” is an open reference",
)
def values_are_not_references(own: Rows) -> list[Hit]:
    """A value stands by itself and does not refer to something else, save last year with its number given.

    公式: 不用“根据…确定”“按…执行”“符合规定”
    依据: 财预〔2021〕101号 (unconfirmed)
    错例: “根据下达任务目标要求确定”
    改法: 填写数值；“不低于上年”的请注明上年数
    Fix: State the value; with “not below last year” give last year's number
    """
    return each_value(own, _faulty(own, "open"))


@rule(
    "IG21",
    Severity.INFO,
    FEASIBILITY,
    zh="{count}处指标值已按规范写法识别，如“{raw}”识别为“{value}”",
    en="{count} values were read in their normal form, such as “{raw}” as “{value}”",
)
def values_are_written_normally(indicators: Rows) -> list[Hit]:
    """Values are written in the normal form; what was read differently is said once a form.

    公式: 比较符号、百分号、千分位等为规范写法；以文字表示的比较、全角字符不计
    依据: 填报要求
    错例: “≧95%”“》90%”
    改法: 改为“≥95%”
    Fix: Write ≥95%
    """
    found: dict[int, list[tuple[Spot, str]]] = {}
    for period in PERIODS:
        odd = indicators.where(indicators.test(f"{period}_notes", _is_odd))
        for row, form, text in zip(odd.ids.tolist(), odd.form.tolist(), odd[f"{period}_raw"], strict=True):
            found.setdefault(form, []).append((Spot("indicators", row, period), text))
    return [
        Hit(
            form, tuple(spot for spot, _ in cells),
            {"count": str(len(cells)), "raw": quoted(cells[0][1]), "value": quoted(render(parse(cells[0][1])))}, found=cells[0][1],
        )
        for form, cells in sorted(found.items())
    ]  # fmt: skip


_QUIET = frozenset({"operator_word", "full_width", "spaces", "ten_thousands", "chinese_numeral", "slip"})


def _is_odd(notes: str) -> bool:
    return not _QUIET.issuperset(notes.split())
