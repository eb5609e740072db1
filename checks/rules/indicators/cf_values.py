"""CF: what the values of the common indicators may be: the stock word, the usual operator, the bounds."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from checks.declared.budget import Budget
from checks.declared.framework import Common, Framework
from checks.declared.text_key import text_key
from checks.enrich import MILLION, millionths
from checks.finding import Hit, Severity
from checks.promises import WORDED, Breaches, promise
from checks.rule import FEASIBILITY, FITNESS, derived, hits, rule
from checks.rules.indicators.ig import PERIODS, each_value
from checks.rules.indicators.ig_cells import with_slips
from checks.settings import Settings
from checks.targets.applicable import says_not_applicable

if TYPE_CHECKING:
    import pandas as pd

    from checks.frames.rows import Mask, Rows

_HAN, _FIGURE = re.compile("[\u4e00-\u9fff]"), re.compile("[0-9０-９%％≥≤＞＜><=＝]")
_WHOLE = 100 * MILLION
_FARTHEST = 2**63 - 1
"""An open bound of a rate, in millionths of a percent: beyond every number."""


@derived
def worded(indicators: Rows, budget: Budget) -> Rows:
    """Return the first row of each common indicator that takes a word, in every form; a second one is CF01's."""
    return _first_of(indicators, [bool(common.words) for common in budget.framework.known])


@derived
def rates(indicators: Rows, budget: Budget) -> Rows:
    """Return the first row of each common rate in every form."""
    return _first_of(indicators, [not common.words for common in budget.framework.known])


def _first_of(indicators: Rows, wanted: Sequence[bool]) -> Rows:
    rows = indicators.where((indicators["common"] >= 0) & ~indicators["unset"])
    rows = rows.take([at for at, position in enumerate(rows["common"].tolist()) if wanted[position]])
    return rows.where(rows.groups("form", "common").leads)


def _of_common(framework: Framework, work: Callable[[Common], str]) -> Callable[[Rows], list[str]]:
    """Return what works out a text for each row from its indicator of the framework."""
    return lambda rows: [work(framework[number]) for number in rows["common"].tolist()]


@derived
def worded_values(worded: Rows, budget: Budget) -> pd.DataFrame:
    """Return the values of the qualitative common indicators as a promise sees them: their words and value, or "" """
    import pandas as pd

    values = {
        period: [
            _with_words(budget.framework[n], text)
            for n, text in zip(worded["common"].tolist(), worded[f"{period}_raw"], strict=True)
        ]
        for period in PERIODS
    }
    return pd.DataFrame(values, index=worded.ids, dtype=object)


def _with_words(common: Common, text: str) -> str:
    """Return a value behind the words its indicator may take; "" for one that is none (CP04)."""
    return (
        "" if not text or says_not_applicable(text) else f"{'/'.join(sorted(common.words))}={text_key(text)}"
    )


def _allowed(value: str) -> bool:
    words, _, word = value.partition("=")
    return not value or word in words.split("/")


promise("CF03", {WORDED: PERIODS}, lambda values: values.map(_allowed).astype(bool))


@rule(
    "CF03", Severity.WARNING, FITNESS, asks=("framework",),
    zh={"": "“{name}”填“{value}”，应填“{word}”", "number": "“{name}”是定性指标，不填数值或符号，请把“{value}”改为“{word}”"},
    en={"": "“{name}” should be “{word}”, not “{value}”", "number": "“{name}” takes a word: write “{word}”, not “{value}”"},
)  # fmt: skip
def qualitative_values_are_the_stock_word(budget: Budget, worded: Rows, breaches: Breaches) -> list[Hit]:
    """A qualitative common indicator has its own word; a number or symbol there is an error.

    公式: 定性共性指标的值在该指标允许的用语内，数值、符号为错误；空白见CP04；“不适用”可用于任何指标
    依据: 财预〔2020〕10号 (unconfirmed)
    错例: “预算编制科学性”填“规范”
    改法: 改为规定用语
    Fix: Use the word the framework gives
    """
    words = _of_common(budget.framework, lambda common: common.full)
    wrong = {period: breaches.where("CF03", worded, WORDED, period) for period in PERIODS}
    said = {p: worded.test(f"{p}_raw", _is_worded) for p in PERIODS}
    return [
        *each_value(
            worded, lambda p: wrong[p] & ~said[p], Severity.ERROR, "number", word=words, expected=words
        ),
        *each_value(worded, lambda p: wrong[p] & said[p], word=words, expected=words),
    ]


def _is_worded(text: str) -> bool:
    """Return whether a value is one of words, without a figure or a sign."""
    return _HAN.search(text) is not None and _FIGURE.search(text) is None


@rule(
    "CF04", Severity.INFO, FEASIBILITY, asks=("framework",),
    zh={"": "“{name}”目标值{value}，建议使用{operator}", "missing": "“{name}”目标值{value}缺少比较符号，建议使用{operator}"},
    en={"": "“{name}”: {value}; {operator} is usual", "missing": "“{name}”: {value} lacks an operator; {operator} is usual"},
)  # fmt: skip
def operators_are_conventional(budget: Budget, rates: Rows) -> list[Hit]:
    """A common rate is bounded the way its meaning asks; 100% of a share that is good to have says the same as ≥100%.

    An operator that turns the meaning round, or none, is a warning. A value the city's forms share is said once
    for the city (`checks.telling.pre_filled`).

    公式: 执行率、利用率、完成率、覆盖率用≥（=100%亦可）；结转结余率、调整率、控制率、变动率用≤
    依据: 指标性质
    错例: 在职人员控制率=100%
    改法: 改用建议的比较符号
    Fix: Use the suggested operator
    """
    usual = _of_common(budget.framework, lambda common: common.operator)
    wrong = {period: _unusual(budget.framework, rates, period) for period in PERIODS}
    said: dict[str, Any] = {"operator": usual, "expected": usual, "order": ("full", "half")}
    warning = Severity.WARNING

    def manner(*operators: str) -> Callable[[str], Mask]:
        return lambda p: wrong[p] & rates.among(f"{p}_operator", operators)

    return [
        *each_value(rates, manner("="), **said),
        *each_value(rates, lambda p: wrong[p] & ~rates.among(f"{p}_operator", ("=", "")), warning, **said),
        *each_value(rates, manner(""), warning, "missing", **said),
    ]


def _unusual(framework: Framework, rows: Rows, period: str) -> Mask:
    """Return where a rate is a number that is not bounded as is usual."""
    operator, number = f"{period}_operator", f"{period}_number"
    least = _by_position(rows, [common.operator == "≥" for common in framework.known])
    up, down = rows.among(operator, ("≥", ">")), rows.among(operator, ("≤", "<"))
    whole = least & rows.among(operator, ("=", "")) & rows.given(number) & (rows.fen(number) == _WHOLE)
    return rows.equal(f"{period}_kind", "number") & ~((least & up) | (~least & down) | whole)


def _by_position(rows: Rows, values: Sequence[Any]) -> Any:
    """Return for each row what is given by the position of its indicator in the framework."""
    import numpy as np

    return np.array(values or [0])[rows["common"]]


@rule(
    "CF05", Severity.ERROR, FITNESS, asks=("framework",),
    zh={"": "“{name}”目标值{value}超出合理范围{bounds}，请核对", "kind": "“{name}”是比率，应填百分比，现为“{value}”",
        "unit": "“{name}”是比率，{value}应以%计"},
    en={"": "“{name}”: {value} is outside {bounds}", "kind": "“{name}” is a rate; “{value}” is no percentage",
        "unit": "“{name}” is a rate; {value} should be in %"},
)  # fmt: skip
def values_are_within_bounds(budget: Budget, rates: Rows, settings: Settings) -> list[Hit]:
    """A common rate is a percentage within the bounds of its definition; a high carry-over rate is a warning.

    So is a percentage without its sign; 不适用 may stand for any rate.

    公式: 公用经费控制率、在职人员控制率≤100%，三公经费变动率≤0，其余在定义范围内；结转结余率>阈值(carry_over_rate_highest)为警告
    依据: 财预〔2013〕53号 (unconfirmed)
    错例: 公用经费控制率≤120%
    改法: 核对目标值
    Fix: Check the target
    """
    highest = int(settings.threshold("carry_over_rate_highest"))
    carry = _by_position(rates, [common.name == "结转结余率" for common in budget.framework.known])
    outside = {period: _outside(budget.framework, rates, period) for period in PERIODS}

    def high(period: str) -> Mask:
        above = rates.fen(f"{period}_number") > highest * MILLION
        return _is_rate(rates, period) & carry & above & ~outside[period]

    bounds, most = _of_common(budget.framework, _bounds), f"0%～{highest}%"
    return [
        *with_slips(each_value(rates, outside.__getitem__, bounds=bounds, expected=bounds), rates),
        *each_value(rates, high, Severity.WARNING, bounds=most, expected=most),
        *_no_percentage(rates),
    ]


def _is_rate(rows: Rows, period: str) -> Mask:
    return rows.equal(f"{period}_kind", "number") & rows.equal(f"{period}_unit", "%")


def _outside(framework: Framework, rows: Rows, period: str) -> Mask:
    number = rows.fen(f"{period}_number")
    known = framework.known
    lower = [-_FARTHEST if common.lower is None else millionths(common.lower) for common in known]
    upper = [_FARTHEST if common.upper is None else millionths(common.upper) for common in known]
    apart = (number < _by_position(rows, lower)) | (number > _by_position(rows, upper))
    return _is_rate(rows, period) & rows.given(f"{period}_number") & apart


def _no_percentage(rows: Rows) -> list[Hit]:
    """Return hits on rates that are words, several values, or in another unit; about one without a unit is asked."""
    inexact = ("range", "approximate")
    stated = ("number", "blank", *inexact)

    def number(period: str) -> Mask:
        return rows.equal(f"{period}_kind", "number")

    def other(period: str) -> Mask:
        return ~rows.among(f"{period}_kind", stated) & ~rows.test(f"{period}_raw", says_not_applicable)

    warning = Severity.WARNING
    return [
        *each_value(rows, other, variant="kind"),
        *each_value(rows, lambda p: rows.among(f"{p}_kind", inexact), warning, "kind"),
        *each_value(rows, lambda p: number(p) & ~rows.among(f"{p}_unit", ("", "%")), variant="unit"),
        *each_value(rows, lambda p: number(p) & rows.equal(f"{p}_unit", ""), warning, "unit"),
    ]


def _bounds(common: Common) -> str:
    lower, upper = common.lower, common.upper
    if lower is None or upper is None:
        return f"≥{lower}%" if upper is None else f"≤{upper}%"
    return f"{lower}%～{upper}%"


@rule(
    "CF09",
    Severity.INFO,
    FEASIBILITY,
    asks=("framework",),
    zh="定量共性指标全年目标几乎全部为=100%，请按实际测算",
    en="nearly all common rates are set to =100 %",
)
def targets_are_not_all_full(indicators: Rows, settings: Settings) -> list[Hit]:
    """Common rates are not all set to =100 %.

    公式: 定量共性指标中“=100%”占比 < 阈值(all_full_percent)
    依据: 评审经验
    错例: 十三项中十二项=100%
    改法: 按实际测算目标值
    Fix: Work out each target
    """
    rows = indicators.where((indicators["common"] >= 0) & indicators.equal("full_kind", "number"))
    full = rows.equal("full_operator", "=") & rows.given("full_number") & (rows.fen("full_number") == _WHOLE)
    forms, most = rows.groups("form"), int(settings.threshold("all_full_percent"))
    nearly_all = (forms.count(full) * 100 >= forms.size * most) & (forms.size >= 5)
    whole = rows.where(full & nearly_all)
    return hits(whole.where(whole.groups("form").leads), ["indicators.full"])
