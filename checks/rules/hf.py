"""HF: half year against full year. What a half-year value may be depends on the indicator's class."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checks.enrich import MILLION
from checks.finding import Hit, Severity, Spot
from checks.framework import BY_KEY, name_key
from checks.money import percent_text, wan_text
from checks.relations import amounts, readable
from checks.rule import FEASIBILITY, FITNESS, Verdict, hits, quoted, rule
from checks.settings import Settings
from checks.tables import Tables

if TYPE_CHECKING:
    import pandas as pd

_PAIR = ["indicators.half", "indicators.full"]
_EXECUTION = BY_KEY[name_key("预算执行率")]
_YEAR_RATES = (BY_KEY[name_key("非税收入预算完成率")], BY_KEY[name_key("政府采购执行率")])
_HUNDREDTHS_PP = 10_000
"""Shares are compared in hundredths of a percentage point, as integers."""


def _numeric_pairs(indicators: pd.DataFrame) -> pd.DataFrame:
    """Return the rows whose two values are numbers of one unit."""
    numbers = (indicators["half_kind"] == "number") & (indicators["full_kind"] == "number")
    known = indicators["half_number"].notna() & indicators["full_number"].notna()
    return indicators[numbers & known & (indicators["half_unit"] == indicators["full_unit"])]


def _said(rows: pd.DataFrame) -> dict[str, pd.Series[str]]:
    return {
        "name": rows["name"].map(quoted), "half": rows["half_raw"].map(quoted), "full": rows["full_raw"].map(quoted),
        "found": rows["half_raw"].map(quoted), "expected": rows["full_raw"].map(quoted),
    }  # fmt: skip


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
    return hits(rows, over, _PAIR, **_said(rows))


@rule(
    "HF02",
    Severity.WARNING,
    FITNESS,
    zh="“{name}”半年值与全年值相同（{full}）",
    en="“{name}”: the half-year value equals the year's ({full})",
)
def counts_are_not_copied(indicators: pd.DataFrame) -> list[Hit]:
    """A cumulative indicator's half-year value is not simply the full-year value.

    公式: 累计类指标：半年值≠全年值；共性指标中照抄全年的见HF03
    依据: 评审经验
    错例: 半年、全年均填≥12场
    改法: 按上半年计划填写半年值；一次性工作在上半年完成的请说明
    Fix: State what is planned by mid-year; explain what is done once in spring
    """
    rows = _numeric_pairs(indicators[indicators["block"] != "common"])
    same = (
        (rows["klass"] == "cumulative")
        & (rows["half_number"] == rows["full_number"])
        & (rows["full_number"] > 0)
    )
    return hits(rows, same & ~rows["full_operator"].isin(["≤", "<"]), _PAIR, **_said(rows))


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
    return hits(rows, due & rows["half_operator"].isin(["=", "≥", ">", ""]), _PAIR[:1], **_said(rows))


@rule(
    "HF04", Severity.WARNING, FITNESS,
    zh="半年预算执行率为{stated}，按半年计划执行数测算为{computed}（{plan}÷{total}万元）",
    en="execution by mid-year is {stated}; the half-year plan gives {computed} ({plan} of {total} 万元)",
)  # fmt: skip
def execution_rate_matches_the_plan(tables: Tables, settings: Settings) -> Verdict:
    """The half-year execution rate is what the half-year plan comes to.

    With ≥ the plan may be above the target. 公式 below in percentage points of total funds.

    公式: |半年预算执行率 - (基本支出半年+项目支出半年)/资金总额| ≤ 1个百分点；超过5个百分点为错误；≥时仅计划低于目标才提示
    依据: 财预〔2013〕53号 (unconfirmed)
    错例: 指标填=30%，计划测算为31.73%
    改法: 使指标值与半年计划执行数一致
    Fix: Bring the target and the half-year plan together
    """
    funds = tables.funds
    known = readable(funds, "basic_half") & readable(funds, "project_half") & readable(funds, "total_full")
    plan = amounts(funds, "basic_half") + amounts(funds, "project_half")
    total = amounts(funds, "total_full")
    rows = _numeric_rows(tables.indicators, _EXECUTION)
    made, not_run = [], {}
    reason = {"zh": "半年计划或资金总额无法读取", "en": "the half-year plan or the total cannot be read"}
    for row, form in zip(rows.index.tolist(), rows["form"].tolist(), strict=True):
        if not known[form]:
            not_run[form] = reason
        elif total[form] > 0:
            entry = rows.loc[row]
            hit = _execution_hit(row, form, entry, int(plan[form]), int(total[form]), settings)
            made += [hit] if hit else []
    judged = frozenset(rows["form"].tolist())
    return Verdict(made, frozenset(tables.forms.index.tolist()) - judged, not_run)


def _numeric_rows(indicators: pd.DataFrame, position: int) -> pd.DataFrame:
    rows = indicators[(indicators["common"] == position) & (indicators["half_kind"] == "number")]
    return rows[rows["half_number"].notna() & (rows["half_unit"] == "%")].drop_duplicates("form")


def _execution_hit(
    row: int, form: int, entry: pd.Series[str], plan: int, total: int, settings: Settings
) -> Hit | None:
    target = int(entry["half_number"]) // (MILLION // 100)
    computed = plan * 100 * 100 * 2 // total  # twice, to round half up in integers
    computed = (computed + 1) // 2
    apart = target - computed if entry["half_operator"] in ("≥", ">") else abs(target - computed)
    if entry["half_operator"] in ("≤", "<"):
        apart = computed - target
    if apart <= round(settings.threshold("execution_rate_warning_pp") * 100):
        return None
    severe = apart > round(settings.threshold("execution_rate_error_pp") * 100)
    values = {
        "stated": quoted(entry["half_raw"]),
        "computed": percent_text(plan, total),
        "plan": wan_text(plan),
        "total": wan_text(total),
    }
    spots = (
        Spot("indicators", row, "half"),
        Spot("funds", form, "basic_half"),
        Spot("funds", form, "project_half"),
        Spot("funds", form, "total_full"),
    )
    return Hit(
        form, spots, values, Severity.ERROR if severe else None, found=values["stated"], expected=values["computed"],
        difference=f"{apart // 100}.{apart % 100:02d}pp",
    )  # fmt: skip


@rule(
    "HF05", Severity.WARNING, FITNESS,
    zh={"operator": "“{name}”半年、全年的比较符号不一致：{half}、{full}", "unit": "“{name}”半年、全年的计量单位不一致：{half}、{full}"},
    en={"operator": "“{name}”: operators differ: {half}, {full}", "unit": "“{name}”: units differ: {half}, {full}"},
)  # fmt: skip
def both_values_are_written_alike(indicators: pd.DataFrame) -> list[Hit]:
    """Half-year and full-year value have the same operator and the same unit (an error).

    公式: 两栏比较符号相同、计量单位相同
    依据: 填报要求
    错例: 半年≥100人，全年≥200人次
    改法: 统一写法
    Fix: Write both alike
    """
    numbers = indicators[(indicators["half_kind"] == "number") & (indicators["full_kind"] == "number")]
    unit = numbers["half_unit"] != numbers["full_unit"]
    both = (numbers["half_operator"] != "") & (numbers["full_operator"] != "")
    operator = both & (numbers["half_operator"] != numbers["full_operator"]) & ~unit
    made = hits(numbers, unit, _PAIR, severity=Severity.ERROR, variant="unit", **_said(numbers))
    return made + hits(numbers, operator, _PAIR, variant="operator", **_said(numbers))


@rule(
    "HF09",
    Severity.INFO,
    FEASIBILITY,
    zh="半年计划执行数占全年的{share}，{why}",
    en="{share} of the year is planned by mid-year: {why_en}",
)
def the_half_year_plan_is_even(funds: pd.DataFrame, settings: Settings) -> list[Hit]:
    """The half-year plan is a sound share of the year's money; below the lower threshold it is a warning.

    公式: (基本支出半年+项目支出半年)/资金总额在阈值(half_share_low,half_share_high)之间；低于half_share_lowest为警告
    依据: 预算执行进度管理要求 (unconfirmed)
    错例: 31.73%
    改法: 核对支出计划是否合理，必要时说明
    Fix: Check the plan, or explain it
    """
    import pandas as pd

    known = readable(funds, "basic_half") & readable(funds, "project_half") & readable(funds, "total_full")
    plan, total = amounts(funds, "basic_half") + amounts(funds, "project_half"), amounts(funds, "total_full")
    judged = known & (total > 0) & (plan > 0)
    low, high, lowest = (int(settings.threshold(f"half_share_{name}")) for name in ("low", "high", "lowest"))
    share = [percent_text(p, t) if t else "" for p, t in zip(plan.tolist(), total.tolist(), strict=True)]
    shares = pd.Series(share, index=funds.index, dtype=object)
    under, over = judged & (plan * 100 < total * low), judged & (plan * 100 > total * high)
    severity = (plan * 100 < total * lowest).map({True: Severity.WARNING, False: Severity.INFO})
    places = ["funds.basic_half", "funds.project_half", "funds.total_full"]
    made = hits(funds, under, places, severity=severity, share=shares, why="偏低", why_en="low", found=shares)
    return made + hits(funds, over, places, share=shares, why="偏高", why_en="high", found=shares)


@rule(
    "HF10", Severity.WARNING, FEASIBILITY,
    zh="{count}个项目共{amount}万元半年无支出计划，占项目支出的{share}",
    en="{count} projects of {amount} 万元 plan nothing by mid-year: {share} of project money",
)  # fmt: skip
def most_project_money_starts_by_mid_year(projects: pd.DataFrame, settings: Settings) -> list[Hit]:
    """Projects without any half-year plan hold no more than a share of all project money.

    公式: 半年计划为0的项目全年预算数之和/全部项目全年预算数 ≤ 阈值(idle_share_percent)
    依据: 预算执行进度管理要求 (unconfirmed)
    错例: 7个项目4433.51万元半年无支出计划，占60.45%
    改法: 核对支出计划；暑期施工等合理情形请说明
    Fix: Check the plan; explain sound cases such as works in summer
    """
    most = int(settings.threshold("idle_share_percent"))
    full = amounts(projects, "full")
    known = readable(projects, "half") & readable(projects, "full")
    idle = known & (amounts(projects, "half") == 0) & (full > 0)
    total = full.where(known, 0).groupby(projects["form"]).sum()
    unused = full.where(idle, 0).groupby(projects["form"]).sum()
    made = []
    for form in total.index[unused * 100 > total * most].tolist():
        rows = projects.index[idle & (projects["form"] == form)].tolist()
        values = {
            "count": str(len(rows)),
            "amount": wan_text(int(unused[form])),
            "share": percent_text(int(unused[form]), int(total[form])),
        }
        rows.sort(key=lambda row: -int(full[row]))
        made.append(
            Hit(
                int(form), tuple(Spot("projects", row, "half") for row in rows), values, found=values["share"]
            )
        )
    return made


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
    named = rows["name"].str.contains("全年") | rows["name"].str.startswith("年度")
    return hits(
        rows,
        named & (rows["half_number"] != rows["full_number"]),
        ["indicators.name", "indicators.half"],
        **_said(rows),
    )


@rule(
    "HF12",
    Severity.WARNING,
    FITNESS,
    zh="“{name}”半年目标{half}高于全年目标{full}",
    en="“{name}”: {half} by mid-year is stricter than {full} for the year",
)
def levels_do_not_fall_over_the_year(indicators: pd.DataFrame) -> list[Hit]:
    """A level's half-year target is not stricter than the full-year one.

    公式: 水平类指标：≥时半年值≤全年值，≤时半年值≥全年值
    依据: 指标性质
    错例: 满意度半年≥95%，全年≥90%
    改法: 核对两栏数值
    Fix: Check both values
    """
    rows = _numeric_pairs(indicators)
    level = rows["klass"].isin(["level", "period_relative"]) & (
        rows["half_operator"] == rows["full_operator"]
    )
    up = rows["full_operator"].isin(["≥", ">"]) & (rows["half_number"] > rows["full_number"])
    down = rows["full_operator"].isin(["≤", "<"]) & (rows["half_number"] < rows["full_number"])
    money = rows["full_unit"].isin(["万元", "元", "亿元"])
    return hits(rows, level & (up | (down & ~money)), _PAIR, **_said(rows))


@rule(
    "HF13",
    Severity.INFO,
    FEASIBILITY,
    zh="项目“{name}”占半年项目支出计划的{share}",
    en="project “{name}” is {share} of the half-year project plan",
)
def no_project_is_most_of_the_plan(projects: pd.DataFrame, settings: Settings) -> list[Hit]:
    """No single project is nearly all of the half-year plan, where there are several.

    公式: 单个项目半年数/各项目半年数之和 < 阈值(single_share_percent)，项目数≥3
    依据: 评审经验
    错例: 一个尾款项目占82.10%
    改法: 核对其他项目的支出计划
    Fix: Check the plans of the other projects
    """
    import pandas as pd

    half = amounts(projects, "half").where(readable(projects, "half"), 0)
    groups = half.groupby(projects["form"])
    total, several = groups.transform("sum"), groups.transform("size") >= 3
    large = several & (total > 0) & (half * 100 >= total * int(settings.threshold("single_share_percent")))
    shares = [percent_text(h, t) if t else "" for h, t in zip(half.tolist(), total.tolist(), strict=True)]
    share = pd.Series(shares, index=projects.index, dtype=object)
    return hits(
        projects, large, ["projects.half"], name=projects["name"].map(quoted), share=share, found=share
    )
