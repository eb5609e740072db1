"""HF: half-year against full-year values of one indicator. What they may be depends on its class.

What the half-year money says is in `hf_money`, money beside indicators in `hf_links`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from checks.declared.budget import Budget
from checks.enrich import MILLION
from checks.finding import Hit, Severity
from checks.rule import FITNESS, hits, rule, told
from checks.rules.indicators.ig import fault_of
from checks.rules.indicators.ig_numbers import is_bad, unfit, wrong_way

if TYPE_CHECKING:
    from checks.frames.rows import Mask, Rows

_PAIR = ["indicators.half", "indicators.full"]
_YEAR_RATES = ("非税收入预算完成率", "政府采购执行率")


def both_hit(
    rows: Rows, where: Mask, places: Sequence[str] = _PAIR, severity: Any = None, variant: str = ""
) -> list[Hit]:
    """Return hits that name an indicator and quote both of its values."""
    chosen = rows.where(where)
    name, half, full = (told(chosen, column) for column in ("name", "half_raw", "full_raw"))
    return hits(
        chosen,
        places,
        severity=severity,
        variant=variant,
        name=name,
        half=half,
        full=full,
        found=half,
        expected=full,
    )


@rule(
    "HF01",
    Severity.ERROR,
    FITNESS,
    asks=("half_value",),
    zh="“{name}”半年值{half}大于全年值{full}，请核对两栏是否填反",
    en="“{name}”: {half} by mid-year is above {full} for the year",
)
def counts_grow_over_the_year(indicators: Rows, pairs: Mask) -> list[Hit]:
    """A cumulative indicator's half-year value is not above its full-year value.

    公式: 累计类指标：半年值 ≤ 全年值（单位相同）
    依据: 指标性质
    错例: 半年≥600人次，全年≥500人次
    改法: 核对两栏数值，常见原因是填反
    Fix: Check both values; often they are swapped
    """
    over = indicators.fen("half_number") > indicators.fen("full_number")
    return both_hit(indicators, pairs & indicators.equal("klass", "cumulative") & over)


@rule(
    "HF03",
    Severity.WARNING,
    FITNESS,
    asks=("half_value",),
    zh="“{name}”半年即要求{half}，疑似照抄全年值，请按上半年计划填写",
    en="“{name}” asks {half} by mid-year: the year's value copied?",
)
def year_rates_are_not_due_by_mid_year(budget: Budget, indicators: Rows, pairs: Mask) -> list[Hit]:
    """The year's revenue and procurement rates are not due at 100 % by mid-year.

    公式: 非税收入预算完成率、政府采购执行率的半年值<100%
    依据: 指标按全年预算计算 (unconfirmed)
    错例: 政府采购执行率半年=100%
    改法: 按上半年计划填写；财政部门另有口径的从其规定
    Fix: State the half-year plan, or switch the rule off where the bureau defines the rate otherwise
    """
    first, second = (budget.framework.named(name) for name in _YEAR_RATES)
    rates = (indicators["common"] == first) | (indicators["common"] == second)
    due = pairs & rates & (indicators.fen("half_number") >= 100 * MILLION)
    return both_hit(indicators, due & indicators.among("half_operator", ("=", "≥", ">", "")), _PAIR[:1])


@rule(
    "HF05", Severity.WARNING, FITNESS, asks=("half_value",),
    zh={"operator": "“{name}”半年{half}、全年{full}的比较符号不同，请统一", "unit": "“{name}”半年{half}、全年{full}的计量单位不同，请统一",
        "kind": "“{name}”半年{half}、全年{full}一个是数值、一个是文字，请统一"},
    en={"operator": "“{name}”: operators differ: {half}, {full}", "unit": "“{name}”: units differ: {half}, {full}",
        "kind": "“{name}”: one value is a number, the other a word: {half}, {full}"},
)  # fmt: skip
def both_values_are_written_alike(indicators: Rows) -> list[Hit]:
    """Half-year and full-year value have the same operator, the same unit (an error) and are of one kind.

    A unit or operator that is missing is IG02's or IG03's, one that points the wrong way IG07's, a unit that does
    not fit the name IG04's, and units of common rates are CF05's. Rising to =100 % at the year's end (≥50 %, =100 %) and
    starting from =0 are right; 台 and 台（套） are one unit.

    公式: 两栏比较符号相同、计量单位相同，同为定量或同为定性；半年≥、全年=100%，半年=0的除外
    依据: 填报要求
    错例: 半年≥100人，全年≥200人次
    改法: 统一写法
    Fix: Write both alike
    """
    numbers = _is_number(indicators, "half") & _is_number(indicators, "full")
    named = ~indicators.equal("block", "common")
    unit = numbers & named & _differ(indicators, "unit_key")
    operator = numbers & _differ(indicators, "operator") & ~unit & ~_fills_up(indicators)
    turned = named & (wrong_way(indicators, "half") ^ wrong_way(indicators, "full"))
    foreign = unfit(indicators, "half") ^ unfit(indicators, "full")
    mixed = (_is_number(indicators, "half") & _is_word(indicators, "full")) | (
        _is_word(indicators, "half") & _is_number(indicators, "full")
    )
    return [
        *both_hit(indicators, unit & ~foreign, _PAIR, Severity.ERROR, "unit"),
        *both_hit(indicators, operator & ~turned, variant="operator"),
        *both_hit(indicators, mixed & named & ~indicators["unset"], variant="kind"),
    ]


def _differ(rows: Rows, what: str) -> Mask:
    """Return where both values have a unit (or an operator) and not the same."""
    half, full = f"half_{what}", f"full_{what}"
    return rows.test(half, bool) & rows.test(full, bool) & (rows[half] != rows[full])


def _fills_up(rows: Rows) -> Mask:
    """Return where a share rises from ≥ to exactly the whole, or a value from or to exactly nothing."""
    half, full = rows.fen("half_number"), rows.fen("full_number")
    exact = {period: rows.equal(f"{period}_operator", "=") for period in ("half", "full")}
    up = rows.among("half_operator", ("≥", ">")) & exact["full"] & (full == 100 * MILLION)
    whole = up & rows.equal("full_unit", "%") & (half <= full)
    return whole | (exact["half"] & (half == 0)) | (exact["full"] & (full == 0))


def _is_number(rows: Rows, period: str) -> Mask:
    return rows.equal(f"{period}_kind", "number")


def _is_word(rows: Rows, period: str) -> Mask:
    """Return where a value is a qualitative word that is in order: what is wrong with it is said by IG."""
    return rows.equal(f"{period}_kind", "word") & ~rows.test(f"{period}_raw", fault_of)


@rule(
    "HF11",
    Severity.INFO,
    FITNESS,
    asks=("half_value",),
    zh="“{name}”名称写“全年”或“年度”，却又填半年值{half}，请把这两个字从名称中去掉",
    en="“{name}” is of the whole year but has a half-year value {half}",
)
def names_fit_both_periods(indicators: Rows, pairs: Mask) -> list[Hit]:
    """A name that says 全年 or 年度 has no half-year count of its own.

    公式: 名称不含“全年”“年度”，或半年值为定性、与全年相同
    依据: 填报要求
    错例: “全年享受中职免学费学生人次”半年≥2700人次
    改法: 名称去掉“全年”
    Fix: Take 全年 out of the name
    """
    named = ~indicators.equal("block", "common") & indicators.test("name", _is_of_the_year)
    apart = indicators.fen("half_number") != indicators.fen("full_number")
    return both_hit(indicators, pairs & named & apart, ["indicators.name", "indicators.half"])


def _is_of_the_year(name: str) -> bool:
    return "全年" in name or name.startswith("年度")


@rule(
    "HF12",
    Severity.WARNING,
    FITNESS,
    asks=("half_value",),
    zh="“{name}”半年目标{half}高于全年目标{full}，请核对两栏",
    en="“{name}”: {half} by mid-year is stricter than {full} for the year",
)
def levels_do_not_fall_over_the_year(indicators: Rows, pairs: Mask) -> list[Hit]:
    """A level's half-year target is not stricter than the full-year one.

    Not for ceilings of money and of what is bad (发病率, 投诉率): they may rightly grow with the year.

    公式: 水平类指标：≥时半年值≤全年值，≤时半年值≥全年值
    依据: 指标性质
    错例: 满意度半年≥95%，全年≥90%
    改法: 核对两栏数值
    Fix: Check both values
    """
    half, full = indicators.fen("half_number"), indicators.fen("full_number")
    alike = pairs & (indicators["half_operator"] == indicators["full_operator"])
    level = alike & indicators.among("klass", ("level", "period_relative")) & ~wrong_way(indicators, "full")
    up = indicators.among("full_operator", ("≥", ">")) & (half > full)
    down = indicators.among("full_operator", ("≤", "<")) & (half < full)
    grows = indicators.among("full_unit", ("万元", "元", "亿元")) | indicators.test("name", is_bad)
    return both_hit(indicators, level & (up | (down & ~grows)))
