"""IG: what the numbers of 履职, 效益 and 满意度 say: their units, bounds and direction."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from checks.finding import Hit, Severity
from checks.rule import FEASIBILITY, RELEVANCE, hits, rule, told
from checks.rules.indicators.ig import MEASURED, each_value
from checks.rules.indicators.ig_cells import with_slips
from checks.settings import Settings
from checks.targets.indicator import (
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
from checks.targets.target import always_true, parse
from checks.targets.units import known_unit

if TYPE_CHECKING:
    from checks.frames.rows import Mask, Rows

MILLION = 1_000_000
_NEGATED = re.compile(r"[不未非](?:满意|合格|达标|完成|及时|准确|通过|规范|公开|落实)")

_OF_BAD = re.compile(
    r"[不未非](?:合格|达标|规范|满意|安全|文明)的?(?:产品|商品|食品|药品|样品|批次|企业|单位|项目|工单|事项|水体|断面|河道|设施|设备|场所|行为|问题|小区|作业)"
)
"""Things that are bad, of which it is good to handle more: 不合格产品处置率."""


def is_bad(name: str) -> bool:
    """Return whether a name says something one wants less of: 事故数, 不合格率, but not 事故隐患查处数 or 不合格产品处置率."""
    thing = _OF_BAD.search(name)
    if thing:
        return HANDLED.search(name, thing.end()) is None
    return _NEGATED.search(name) is not None or bool(NEGATIVE.search(name) and not HANDLED.search(name))


def _is_good(name: str) -> bool:
    return bool(POSITIVE.search(name)) and not NEGATIVE.search(name) and not _NEGATED.search(name)


def wrong_way(rows: Rows, period: str) -> Mask:
    """Return where a target bounds something bad from below, or something good from above."""
    against = rows.test("name", is_bad) & rows.among(f"{period}_operator", ("≥", ">"))
    return against | (rows.test("name", _is_good) & rows.among(f"{period}_operator", ("≤", "<")))


def unfit(rows: Rows, period: str) -> Mask:
    """Return where a target has a unit of another family than its name asks for."""
    unit = f"{period}_unit"
    wrong = rows.among(f"{period}_kind", MEASURED) & rows.test("name", unit_family) & rows.test(unit, bool)
    both = rows.where(wrong)
    pairs = zip(both[unit].tolist(), both["name"].tolist(), strict=True)
    wrong[wrong] = [not _fits(text, unit_family(name)) for text, name in pairs]
    return wrong


def _fits(unit: str, family: str) -> bool:
    """Return whether a unit is of a family; a rate may be so many per 10万 too (发病率, 死亡率)."""
    return unit_fits(unit, family) or (family == "%" and _PER_MANY.search(unit) is not None)


_PER_MANY = re.compile(r"[/每][0-9一十百千]{0,4}[万千百]")


@rule(
    "IG03", Severity.WARNING, FEASIBILITY,
    zh={"": "“{name}”填{value}，没有计量单位，请补上", "unknown": "“{name}”指标值{value}的计量单位请核对"},
    en={"": "“{name}”: {value} has no unit", "unknown": "“{name}”: is the unit of {value} right?"},
)  # fmt: skip
def numbers_have_a_unit(own: Rows) -> list[Hit]:
    """A numeric value has a unit, its own or one in brackets at the end of the name.

    Indices, ranks, ratios and deaths a 亿元 of GDP have none, nothing needs none. A unit that no list knows is pointed
    out where both values have it; where they differ HF05 speaks.

    公式: 数值后有计量单位，或指标名称以“（单位）”结尾；指数、比值、排名等无单位的指标和0除外
    依据: 财预〔2021〕101号 (unconfirmed)
    错例: “培训场次”填“≥12”
    改法: 补上计量单位
    Fix: Add the unit
    """
    named = own.test("name", unit_in_name) | own.test("name", has_no_unit)
    alike = own["half_unit_key"] == own["full_unit_key"]

    def none(period: str) -> Mask:
        bare = own.among(f"{period}_kind", MEASURED) & own.equal(f"{period}_unit", "") & ~named
        return bare & ~(own.given(f"{period}_number") & (own.fen(f"{period}_number") == 0))

    def unknown(period: str) -> Mask:
        return own.among(f"{period}_kind", MEASURED) & own.test(f"{period}_unit", _is_unknown) & alike

    return each_value(own, none) + each_value(own, unknown, Severity.INFO, "unknown")


_NO_UNIT = re.compile(
    r"(?:指数|系数|[pP][hH]值?|[A-Za-z0-9.]{2,10}(?:值|浓度)?|比值?|倍数|名次|排名|位次|评分|得分|分值|等级|级别|密度比|因子|GDP[^率]{0,6}率|师生比|生师比|班师比|床护比|医护比"
    r"|(?:亿元|万元|万人|十万|百万|千人|万车|百亿|每)[^率]{0,12}率)(?:[（(][^（）()]{0,12}[）)])?$"
)
"""Names of what is a bare number: an index, a ratio, a rank, a rate per something."""


def has_no_unit(name: str) -> bool:
    """Return whether an indicator is measured in a bare number: PQI指数, PUE值, 亿元GDP死亡率, 师生比."""
    return _NO_UNIT.search(name[-40:].strip()) is not None


def _is_unknown(unit: str) -> bool:
    return bool(unit) and not known_unit(unit)


@rule(
    "IG04",
    Severity.ERROR,
    RELEVANCE,
    zh="“{name}”填{value}，计量单位与名称不符，请改正",
    en="“{name}”: the unit of {value} does not fit the name",
)
def the_unit_fits_the_name(own: Rows) -> list[Hit]:
    """The unit is of the family that the name asks for: 率 in %, 人数 in 人, 金额 in 元, 天数 in 天.

    公式: 名称以率、比例结尾用%；以人数、人次结尾用人；以金额、成本结尾用元；以天数结尾用天
    依据: 财预〔2021〕101号 (unconfirmed)
    错例: “受助学生数”填100%
    改法: 改正计量单位或指标名称
    Fix: Correct the unit or the name
    """
    return each_value(own, partial(unfit, own))


@rule(
    "IG05", Severity.ERROR, FEASIBILITY,
    zh={"": "“{name}”为比率，{value}超出0～100%，请核对", "over": "“{name}”{value}超出常规范围，请核对"},
    en={"": "“{name}” is a share; {value} is outside 0–100 %", "over": "“{name}”: {value} is unusually high"},
)  # fmt: skip
def shares_are_within_bounds(own: Rows, settings: Settings) -> list[Hit]:
    """A share lies within 0–100 %; a rate that may exceed 100 % (completion, growth) stays below the threshold.

    A name that ends in 率 but is on no list is asked about above 100 %.

    公式: 有界比率0～100%；完成率、增长率等不超过阈值(percent_over_fulfilment)
    依据: 指标定义
    错例: 覆盖率≥120%
    改法: 核对数值
    Fix: Check the number
    """
    bounded, share = own.test("name", is_bounded_share), own.test("name", _is_share)
    most = int(settings.threshold("percent_over_fulfilment") * MILLION)

    def percent(period: str) -> Mask:
        return own.equal(f"{period}_kind", "number") & own.equal(f"{period}_unit", "%")

    def outside(period: str) -> Mask:
        number = own.fen(f"{period}_number")
        return percent(period) & bounded & ((number < 0) | (number > 100 * MILLION))

    def far(period: str) -> Mask:
        size = abs(own.fen(f"{period}_number"))
        return percent(period) & ~bounded & ((size > most) | (share & (size > 100 * MILLION)))

    return with_slips([*each_value(own, outside), *each_value(own, far, Severity.WARNING, "over")], own)


def _is_share(name: str) -> bool:
    return unit_family(name) == "%" and not may_exceed_whole(name)


@rule(
    "IG06",
    Severity.WARNING,
    FEASIBILITY,
    zh="“{name}”填“{value}”怎么都能完成，请填实际计划数；上半年确无安排的填“=0”",
    en="“{name}”: “{value}” is always true",
)
def targets_bind(own: Rows) -> list[Hit]:
    """A target can be missed: not ≥0 of anything, nor ≤100 % of a share. A wrong direction is IG07's.

    公式: 不是≥0、>负数，也不是有界比率的≤100%
    依据: 财预〔2015〕88号 (unconfirmed)
    错例: 半年“≥0人次”
    改法: 填写实际计划数；上半年确无安排的填“=0”并说明
    Fix: State what is planned; where nothing is, say =0 and why
    """
    bounded, signed = own.test("name", is_bounded_share), own.test("name", is_signed)

    def vacuous(period: str) -> Mask:
        number = own.fen(f"{period}_number")
        wrong = own.equal(f"{period}_kind", "number") & own.given(f"{period}_number")
        wrong &= (number <= 0) | (number >= 100 * MILLION)
        texts = zip(own[f"{period}_raw"][wrong], bounded[wrong].tolist(), signed[wrong].tolist(), strict=True)
        wrong[wrong] = [always_true(parse(text), share, sign) for text, share, sign in texts]
        return wrong & ~wrong_way(own, period)

    return each_value(own, vacuous)


@rule(
    "IG07",
    Severity.WARNING,
    RELEVANCE,
    zh="“{name}”填{value}，方向与含义相反，请改正比较符号",
    en="“{name}”: {value} points the wrong way",
)
def the_direction_fits_the_meaning(own: Rows) -> list[Hit]:
    """What is bad is bounded from above, what is good from below.

    公式: 投诉、事故、结余等不用≥（查处、化解等动词除外）；满意度、合格率等不用≤
    依据: 财预〔2021〕101号 (unconfirmed)
    错例: “安全事故发生数”填≥3起
    改法: 改正比较符号
    Fix: Turn the operator round
    """
    return each_value(own, partial(wrong_way, own))


_SATISFACTION = re.compile(r"(?<!不)满意(?![^，、]{0,4}(?:提升|提高|增长|上升))")


@rule(
    "IG19",
    Severity.WARNING,
    FEASIBILITY,
    zh="“{name}”目标值{value}{why}，请核对",
    en="“{name}”: a target of {value} is {why_en}",
)
def satisfaction_is_plausible(own: Rows, settings: Settings) -> list[Hit]:
    """A satisfaction target lies between the threshold and below 100 %; a missing operator is IG02's.

    公式: 阈值(satisfaction_lowest)≤满意度<100%
    依据: 通行的满意度目标为75%～98%
    错例: 满意度=100%
    改法: 核对调查方法和目标值
    Fix: Check the target against how it is surveyed
    """
    asked = (
        own.equal("full_kind", "number")
        & own.equal("full_unit", "%")
        & own.test("name", _SATISFACTION.search)
    )
    asked &= ~own.among("full_operator", ("≤", "<"))
    number, least = own.fen("full_number"), int(settings.threshold("satisfaction_lowest") * MILLION)
    made = []
    for where, why, why_en in (
        (number < least, "偏低", "low"),
        (number == 100 * MILLION, "难以达到", "hardly reachable"),
    ):
        rows = own.where(asked & where)
        made += hits(
            rows, ["indicators.full"], why=why, why_en=why_en, name=told(rows, "name"),
            value=told(rows, "full_raw"), found=rows["full_raw"].tolist(),
        )  # fmt: skip
    return made
