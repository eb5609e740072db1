"""IG: what the numbers of 履职, 效益 and 满意度 say: their units, bounds and direction."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from checks.finding import Hit, Severity
from checks.indicator import (
    HANDLED,
    NEGATIVE,
    POSITIVE,
    is_bounded_share,
    is_signed,
    may_exceed_whole,
    unit_family,
    unit_fits,
    unit_in_name,
)
from checks.rule import FEASIBILITY, RELEVANCE, hits, quoted, rule
from checks.rules.ig import MEASURED, each_value, flag, flags_of, own
from checks.settings import Settings
from checks.target import always_true, parse
from checks.target_number import known_unit

if TYPE_CHECKING:
    import pandas as pd

MILLION = 1_000_000
_NEGATED = re.compile(r"[不未非](?:满意|合格|达标|完成|及时|准确|通过|规范|公开|落实)")


def is_bad(name: str) -> bool:
    """Return whether a name says something one wants less of: 事故数, 不合格率, but not 事故隐患查处数."""
    return _NEGATED.search(name) is not None or bool(NEGATIVE.search(name) and not HANDLED.search(name))


def _is_good(name: str) -> bool:
    return bool(POSITIVE.search(name)) and not NEGATIVE.search(name) and not _NEGATED.search(name)


def wrong_way(rows: pd.DataFrame, period: str) -> pd.Series[bool]:
    """Return where a target bounds something bad from below, or something good from above."""
    operator = rows[f"{period}_operator"]
    against = flag(rows["name"], is_bad) & operator.isin(["≥", ">"])
    return against | (flag(rows["name"], _is_good) & operator.isin(["≤", "<"]))


def unfit(rows: pd.DataFrame, period: str) -> pd.Series[bool]:
    """Return where a target has a unit of another family than its name asks for."""
    families = rows["name"].map({name: unit_family(name) for name in rows["name"].unique()})
    units = rows[f"{period}_unit"]
    pairs = [bool(f and u and not unit_fits(u, f)) for u, f in zip(units, families, strict=True)]
    return rows[f"{period}_kind"].isin(MEASURED) & flags_of(pairs, rows)


@rule(
    "IG03", Severity.WARNING, FEASIBILITY,
    zh={"": "“{name}”指标值{value}没有计量单位", "unknown": "“{name}”指标值{value}的计量单位请核对"},
    en={"": "“{name}”: {value} has no unit", "unknown": "“{name}”: is the unit of {value} right?"},
)  # fmt: skip
def numbers_have_a_unit(indicators: pd.DataFrame) -> list[Hit]:
    """A numeric value has a unit, its own or one in brackets at the end of the name.

    A unit that no list knows is pointed out where both values have it; where they differ HF05 speaks.

    公式: 数值后有计量单位，或指标名称以“（单位）”结尾
    依据: 财预〔2021〕101号 (unconfirmed)
    错例: “培训场次”填“≥12”
    改法: 补上计量单位
    Fix: Add the unit
    """
    rows = own(indicators)
    named = flag(rows["name"], lambda name: bool(unit_in_name(name)))

    def unknown(frame: pd.DataFrame, period: str) -> pd.Series[bool]:
        odd = flag(frame[f"{period}_unit"], lambda unit: bool(unit) and not known_unit(unit))
        alike = frame["half_unit"] == frame["full_unit"]
        return frame[f"{period}_kind"].isin(MEASURED) & odd & alike

    made = each_value(rows, lambda f, p: f[f"{p}_kind"].isin(MEASURED) & (f[f"{p}_unit"] == "") & ~named)
    return made + each_value(rows, unknown, Severity.INFO, "unknown")


@rule(
    "IG04",
    Severity.ERROR,
    RELEVANCE,
    zh="“{name}”的计量单位与名称不符：{value}",
    en="“{name}”: the unit of {value} does not fit the name",
)
def the_unit_fits_the_name(indicators: pd.DataFrame) -> list[Hit]:
    """The unit is of the family that the name asks for: 率 in %, 人数 in 人, 金额 in 元, 天数 in 天.

    公式: 名称以率、比例结尾用%；以人数、人次结尾用人；以金额、成本结尾用元；以天数结尾用天
    依据: 财预〔2021〕101号 (unconfirmed)
    错例: “受助学生数”填100%
    改法: 改正计量单位或指标名称
    Fix: Correct the unit or the name
    """
    return each_value(own(indicators), unfit)


@rule(
    "IG05", Severity.ERROR, FEASIBILITY,
    zh={"": "“{name}”为比率，{value}超出0～100%", "over": "“{name}”{value}超出常规范围，请核对"},
    en={"": "“{name}” is a share; {value} is outside 0–100 %", "over": "“{name}”: {value} is unusually high"},
)  # fmt: skip
def shares_are_within_bounds(indicators: pd.DataFrame, settings: Settings) -> list[Hit]:
    """A share lies within 0–100 %; a rate that may exceed 100 % (completion, growth) stays below the threshold.

    A name that ends in 率 but is on no list is asked about above 100 %.

    公式: 有界比率0～100%；完成率、增长率等不超过阈值(percent_over_fulfilment)
    依据: 指标定义
    错例: 覆盖率≥120%
    改法: 核对数值
    Fix: Check the number
    """
    rows = own(indicators)
    bounded = flag(rows["name"], is_bounded_share)
    share = flag(rows["name"], lambda name: unit_family(name) == "%" and not may_exceed_whole(name))
    most = share.map(
        {True: 100 * MILLION, False: int(settings.threshold("percent_over_fulfilment") * MILLION)}
    )

    def percent(frame: pd.DataFrame, period: str) -> pd.Series[bool]:
        return frame[f"{period}_kind"].eq("number") & frame[f"{period}_unit"].eq("%")

    def outside(frame: pd.DataFrame, period: str) -> pd.Series[bool]:
        number = frame[f"{period}_number"].fillna(0)
        return percent(frame, period) & bounded & ((number < 0) | (number > 100 * MILLION))

    def far(frame: pd.DataFrame, period: str) -> pd.Series[bool]:
        return percent(frame, period) & ~bounded & (frame[f"{period}_number"].fillna(0).abs() > most)

    return each_value(rows, outside) + each_value(rows, far, Severity.WARNING, "over")


@rule(
    "IG06",
    Severity.WARNING,
    FEASIBILITY,
    zh="“{name}”指标值“{value}”恒成立，起不到约束作用",
    en="“{name}”: “{value}” is always true",
)
def targets_bind(indicators: pd.DataFrame) -> list[Hit]:
    """A target can be missed: not ≥0 of anything, nor ≤100 % of a share. A wrong direction is IG07's.

    公式: 不是≥0、>负数，也不是有界比率的≤100%
    依据: 财预〔2015〕88号 (unconfirmed)
    错例: 半年“≥0人次”
    改法: 填写实际计划数；上半年确无安排的填“=0”并说明
    Fix: State what is planned; where nothing is, say =0 and why
    """
    rows = own(indicators)
    bounded, signed = flag(rows["name"], is_bounded_share), flag(rows["name"], is_signed)

    def vacuous(frame: pd.DataFrame, period: str) -> pd.Series[bool]:
        number = frame[f"{period}_number"]
        near = frame[
            frame[f"{period}_kind"].eq("number") & ((number <= 0) | (number >= 100 * MILLION)).fillna(False)
        ]
        texts = zip(near[f"{period}_raw"], bounded[near.index], signed[near.index], strict=True)
        always = flags_of((always_true(parse(text), share, sign) for text, share, sign in texts), near)
        return always.reindex(frame.index, fill_value=False) & ~wrong_way(frame, period)

    return each_value(rows, vacuous)


@rule(
    "IG07",
    Severity.WARNING,
    RELEVANCE,
    zh="“{name}”指标值{value}的方向与含义不符",
    en="“{name}”: {value} points the wrong way",
)
def the_direction_fits_the_meaning(indicators: pd.DataFrame) -> list[Hit]:
    """What is bad is bounded from above, what is good from below.

    公式: 投诉、事故、结余等不用≥（查处、化解等动词除外）；满意度、合格率等不用≤
    依据: 财预〔2021〕101号 (unconfirmed)
    错例: “安全事故发生数”填≥3起
    改法: 改正比较符号
    Fix: Turn the operator round
    """
    return each_value(own(indicators), wrong_way)


_SATISFACTION = re.compile(r"(?<!不)满意(?![^，、]{0,4}(?:提升|提高|增长|上升))")


@rule(
    "IG19",
    Severity.WARNING,
    FEASIBILITY,
    zh="“{name}”目标值{value}{why}",
    en="“{name}”: a target of {value} is {why_en}",
)
def satisfaction_is_plausible(indicators: pd.DataFrame, settings: Settings) -> list[Hit]:
    """A satisfaction target lies between the threshold and below 100 %; a missing operator is IG02's.

    公式: 阈值(satisfaction_lowest)≤满意度<100%
    依据: 通行的满意度目标为75%～98%
    错例: 满意度=100%
    改法: 核对调查方法和目标值
    Fix: Check the target against how it is surveyed
    """
    rows = own(indicators)
    asked = flag(rows["name"], lambda name: _SATISFACTION.search(name) is not None)
    asked &= (
        rows["full_kind"].eq("number") & rows["full_unit"].eq("%") & ~rows["full_operator"].isin(["≤", "<"])
    )
    number = rows["full_number"].fillna(0)
    low = asked & (number < int(settings.threshold("satisfaction_lowest") * MILLION))
    top = asked & (number == 100 * MILLION)
    said = {
        "name": rows["name"].map(quoted),
        "value": rows["full_raw"].map(quoted),
        "found": rows["full_raw"],
    }
    return [
        *hits(rows, low, ["indicators.full"], why="偏低", why_en="low", **said),
        *hits(rows, top, ["indicators.full"], why="难以达到", why_en="hardly reachable", **said),
    ]
