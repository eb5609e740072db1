"""HF: half-year against full-year values of one indicator. What they may be depends on its class.

What the half-year money says is in `hf_money`, money beside indicators in `hf_links`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from checks.enrich import MILLION
from checks.finding import Hit, Severity
from checks.framework import BY_KEY, name_key
from checks.rule import FITNESS, hits, quoted, rule
from checks.rules.ig import fault_of, flag
from checks.rules.ig_numbers import is_bad, unfit, wrong_way

if TYPE_CHECKING:
    import pandas as pd

_PAIR = ["indicators.half", "indicators.full"]
_YEAR_RATES = (BY_KEY[name_key("非税收入预算完成率")], BY_KEY[name_key("政府采购执行率")])


def _numeric_pairs(indicators: pd.DataFrame) -> pd.DataFrame:
    """Return the rows whose two values are numbers of one unit."""
    numbers = (indicators["half_kind"] == "number") & (indicators["full_kind"] == "number")
    known = indicators["half_number"].notna() & indicators["full_number"].notna()
    return indicators[numbers & known & (indicators["half_unit"] == indicators["full_unit"])]


def _both_hit(
    rows: pd.DataFrame,
    where: pd.Series[bool],
    places: Sequence[str] = _PAIR,
    severity: Any = None,
    variant: str = "",
) -> list[Hit]:
    """Return hits that name an indicator and quote both of its values."""
    chosen = rows[where.fillna(False).astype(bool)]
    name, half, full = (chosen[column].map(quoted) for column in ("name", "half_raw", "full_raw"))
    return hits(
        chosen, chosen["form"] >= 0, places, severity=severity, variant=variant,
        name=name, half=half, full=full, found=half, expected=full,
    )  # fmt: skip


@rule(
    "HF01",
    Severity.ERROR,
    FITNESS,
    zh="“{name}”半年值{half}大于全年值{full}",
    en="“{name}”: {half} by mid-year is above {full} for the year",
)
def counts_grow_over_the_year(indicators: pd.DataFrame) -> list[Hit]:
    """A cumulative indicator's half-year value is not above its full-year value.

    公式: 累计类指标：半年值 ≤ 全年值（单位相同）
    依据: 指标性质
    错例: 半年≥600人次，全年≥500人次
    改法: 核对两栏数值，常见原因是填反
    Fix: Check both values; often they are swapped
    """
    rows = _numeric_pairs(indicators)
    over = (rows["klass"] == "cumulative") & (rows["half_number"] > rows["full_number"])
    return _both_hit(rows, over)


@rule(
    "HF02",
    Severity.WARNING,
    FITNESS,
    zh="“{name}”半年值与全年值相同（{full}）",
    en="“{name}”: the half-year value equals the year's ({full})",
)
def counts_are_not_copied(indicators: pd.DataFrame) -> list[Hit]:
    """A cumulative indicator's half-year value is not simply the full-year value; a single thing is only pointed out.

    公式: 累计类指标：半年值≠全年值；共性指标中照抄全年的见HF03
    依据: 评审经验
    错例: 半年、全年均填≥12场
    改法: 按上半年计划填写半年值；一次性工作在上半年完成的请说明
    Fix: State what is planned by mid-year; explain what is done once in spring
    """
    rows = _numeric_pairs(indicators[indicators["block"] != "common"])
    same = (rows["half_number"] == rows["full_number"]) & (rows["full_number"] > 0)
    copied = same & rows["klass"].eq("cumulative") & ~rows["full_operator"].isin(["≤", "<"])
    once = rows["full_number"].eq(MILLION) & rows["full_unit"].ne("%")
    severity = once.map({True: Severity.INFO, False: Severity.WARNING})
    return _both_hit(rows, copied, severity=severity)


@rule(
    "HF03",
    Severity.WARNING,
    FITNESS,
    zh="“{name}”半年即要求{half}，疑似照抄全年值",
    en="“{name}” asks {half} by mid-year: the year's value copied?",
)
def year_rates_are_not_due_by_mid_year(indicators: pd.DataFrame) -> list[Hit]:
    """The year's revenue and procurement rates are not due at 100 % by mid-year.

    公式: 非税收入预算完成率、政府采购执行率的半年值<100%
    依据: 指标按全年预算计算 (unconfirmed)
    错例: 政府采购执行率半年=100%
    改法: 按上半年计划填写；本级财政另有口径的可在配置中关闭
    Fix: State the half-year plan, or switch the rule off where the bureau defines the rate otherwise
    """
    rows = _numeric_pairs(indicators[indicators["common"].isin(_YEAR_RATES)])
    due = rows["half_number"] >= 100 * MILLION
    return _both_hit(rows, due & rows["half_operator"].isin(["=", "≥", ">", ""]), _PAIR[:1])


@rule(
    "HF05", Severity.WARNING, FITNESS,
    zh={"operator": "“{name}”半年、全年的比较符号不一致：{half}、{full}", "unit": "“{name}”半年、全年的计量单位不一致：{half}、{full}",
        "kind": "“{name}”半年、全年一为定量、一为定性：{half}、{full}"},
    en={"operator": "“{name}”: operators differ: {half}, {full}", "unit": "“{name}”: units differ: {half}, {full}",
        "kind": "“{name}”: one value is a number, the other a word: {half}, {full}"},
)  # fmt: skip
def both_values_are_written_alike(indicators: pd.DataFrame) -> list[Hit]:
    """Half-year and full-year value have the same operator, the same unit (an error) and are of one kind.

    A unit or operator that is missing is IG02's or IG03's, one that points the wrong way IG07's, a unit that does
    not fit the name IG04's, and units of common rates are CF05's.

    公式: 两栏比较符号相同、计量单位相同，同为定量或同为定性
    依据: 填报要求
    错例: 半年≥100人，全年≥200人次
    改法: 统一写法
    Fix: Write both alike
    """
    numbers = indicators[_is_number(indicators, "half") & _is_number(indicators, "full")]
    named = numbers["block"] != "common"
    units = named & numbers["half_unit"].ne("") & numbers["full_unit"].ne("")
    unit = units & numbers["half_unit"].ne(numbers["full_unit"])
    operators = numbers["half_operator"].ne("") & numbers["full_operator"].ne("")
    operator = operators & numbers["half_operator"].ne(numbers["full_operator"]) & ~unit
    turned = named & (wrong_way(numbers, "half") ^ wrong_way(numbers, "full"))
    foreign = unfit(numbers, "half") ^ unfit(numbers, "full")
    kinds = indicators[indicators["block"].ne("common") & ~indicators["unset"]]
    mixed = (_is_number(kinds, "half") & _is_word(kinds, "full")) | (
        _is_word(kinds, "half") & _is_number(kinds, "full")
    )
    return [
        *_both_hit(numbers, unit & ~foreign, _PAIR, Severity.ERROR, "unit"),
        *_both_hit(numbers, operator & ~turned, variant="operator"),
        *_both_hit(kinds, mixed, variant="kind"),
    ]


def _is_number(rows: pd.DataFrame, period: str) -> pd.Series[bool]:
    return rows[f"{period}_kind"] == "number"


def _is_word(rows: pd.DataFrame, period: str) -> pd.Series[bool]:
    """Return where a value is a qualitative word that is in order: what is wrong with it is said by IG."""
    return (rows[f"{period}_kind"] == "word") & flag(rows[f"{period}_raw"], lambda text: fault_of(text) == "")


@rule(
    "HF11",
    Severity.INFO,
    FITNESS,
    zh="“{name}”名称含“全年”或“年度”，却有半年值{half}",
    en="“{name}” is of the whole year but has a half-year value {half}",
)
def names_fit_both_periods(indicators: pd.DataFrame) -> list[Hit]:
    """A name that says 全年 or 年度 has no half-year count of its own.

    公式: 名称不含“全年”“年度”，或半年值为定性、与全年相同
    依据: 填报要求
    错例: “全年享受中职免学费学生人次”半年≥2700人次
    改法: 名称去掉“全年”
    Fix: Take 全年 out of the name
    """
    rows = _numeric_pairs(indicators[indicators["block"] != "common"])
    named = flag(rows["name"], lambda name: "全年" in name or name.startswith("年度"))
    apart = rows["half_number"] != rows["full_number"]
    return _both_hit(rows, named & apart, ["indicators.name", "indicators.half"])


@rule(
    "HF12",
    Severity.WARNING,
    FITNESS,
    zh="“{name}”半年目标{half}高于全年目标{full}",
    en="“{name}”: {half} by mid-year is stricter than {full} for the year",
)
def levels_do_not_fall_over_the_year(indicators: pd.DataFrame) -> list[Hit]:
    """A level's half-year target is not stricter than the full-year one.

    Not for ceilings of money and of what is bad (发病率, 投诉率): they may rightly grow with the year.

    公式: 水平类指标：≥时半年值≤全年值，≤时半年值≥全年值
    依据: 指标性质
    错例: 满意度半年≥95%，全年≥90%
    改法: 核对两栏数值
    Fix: Check both values
    """
    rows = _numeric_pairs(indicators)
    alike = rows["half_operator"] == rows["full_operator"]
    level = rows["klass"].isin(["level", "period_relative"]) & alike & ~wrong_way(rows, "full")
    up = rows["full_operator"].isin(["≥", ">"]) & (rows["half_number"] > rows["full_number"])
    down = rows["full_operator"].isin(["≤", "<"]) & (rows["half_number"] < rows["full_number"])
    grows = rows["full_unit"].isin(["万元", "元", "亿元"]) | flag(rows["name"], is_bad)
    return _both_hit(rows, level & (up | (down & ~grows)))
