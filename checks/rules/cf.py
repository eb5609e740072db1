"""CF: conformity with the common framework of 31 indicators."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from checks.enrich import MILLION, millionths
from checks.finding import Hit, Severity, Spot
from checks.framework import BY_KEY, COMMON, name_key
from checks.relations import amounts, readable
from checks.rule import COMPLETENESS, FEASIBILITY, FITNESS, Verdict, hits, quoted, rule
from checks.settings import Settings
from checks.tables import Tables

if TYPE_CHECKING:
    import pandas as pd

_QUALITATIVE = frozenset(n for n, common in enumerate(COMMON) if common.words)
_PERIODS = {"half": ("半年", "half-year"), "full": ("全年", "full-year")}


def _position(name: str) -> int:
    return BY_KEY[name_key(name)]


@rule(
    "CF01", Severity.ERROR, COMPLETENESS,
    zh={"missing": "缺少共性指标“{name}”", "twice": "共性指标“{name}”重复", "level": "共性指标“{name}”应列在“{level}”下"},
    en={"missing": "the common indicator “{name}” is missing", "twice": "the common indicator “{name}” stands twice",
        "level": "the common indicator “{name}” belongs under {level}"},
)  # fmt: skip
def the_framework_is_complete(tables: Tables) -> Verdict:
    """Every indicator of the framework stands once, under its own levels.

    公式: 31个共性指标各出现一次，一、二级指标与框架一致
    依据: 财预〔2013〕53号 (unconfirmed)；当年度表样
    错例: 删去“固定资产利用率”一行
    改法: 恢复缺少的指标
    Fix: Put the indicator back
    """
    rows = tables.indicators[tables.indicators["common"] >= 0]
    with_block = sorted(set(tables.indicators["form"][tables.indicators["block"] == "common"].tolist()))
    made = [hit for form in with_block for hit in _missing(form, rows)]
    again = rows.duplicated(["form", "common"])
    names = rows["name"].map(quoted)
    made += hits(rows, again, ["indicators.name"], variant="twice", name=names)
    right = rows["common"].map(lambda n: f"{COMMON[n].level1}/{COMMON[n].level2}")
    wrong = (rows["level1"] + "/" + rows["level2"]).map(name_key) != right.map(name_key)
    made += hits(rows, wrong & ~again, ["indicators.level2"], variant="level", name=names, level=right)
    return Verdict(made, frozenset(tables.forms.index.tolist()) - frozenset(with_block))


def _missing(form: int, rows: pd.DataFrame) -> list[Hit]:
    """Return a hit for each indicator a form lacks, placed at the one before it in the framework."""
    mine = rows[rows["form"] == form]
    there = dict(zip(mine["common"].tolist(), mine.index.tolist(), strict=True))
    made = []
    for position, common in enumerate(COMMON):
        if position not in there:
            before = next((there[p] for p in range(position - 1, -1, -1) if p in there), None)
            spot = Spot("indicators", before, "name") if before is not None else Spot("forms", form, "title")
            made.append(Hit(form, (spot,), {"name": common.name}, variant="missing", expected=common.name))
    return made


@rule(
    "CF02",
    Severity.WARNING,
    COMPLETENESS,
    zh="共性指标部分多出“{name}”",
    en="“{name}” is not of the common framework",
)
def the_framework_is_not_extended(indicators: pd.DataFrame) -> list[Hit]:
    """The common blocks hold no indicator outside the framework.

    公式: 决策、过程部分的指标均在31个共性指标内
    依据: 当年度表样
    错例: 过程下自行增加“档案管理规范性”
    改法: 移到履职部分，或删除
    Fix: Move it to the duties, or take it out
    """
    extra = (indicators["block"] == "common") & (indicators["common"] < 0) & (indicators["name"] != "")
    return hits(
        indicators, extra, ["indicators.name"], name=indicators["name"].map(quoted), found=indicators["name"]
    )


@rule(
    "CF03", Severity.WARNING, FITNESS,
    zh="“{name}”应填“{word}”，现为“{value}”", en="“{name}” should be “{word}”, not “{value}”",
)  # fmt: skip
def qualitative_values_are_the_stock_word(indicators: pd.DataFrame) -> list[Hit]:
    """A qualitative common indicator has its own word; a number or symbol there is an error.

    公式: 定性共性指标的值在该指标允许的用语内；空白见CP04
    依据: 财预〔2020〕10号 (unconfirmed)
    错例: “预算编制科学性”填“规范”
    改法: 改为规定用语
    Fix: Use the word the framework gives
    """
    import pandas as pd

    rows = indicators[indicators["common"].isin(_QUALITATIVE) & ~indicators["unset"]]
    words = rows["common"].map(lambda n: COMMON[n].full)
    made = []
    for period in _PERIODS:
        text, kind = rows[f"{period}_raw"], rows[f"{period}_kind"]
        allowed = [
            value in COMMON[n].words for value, n in zip(text.str.strip(), rows["common"], strict=True)
        ]
        wrong = (rows[f"{period}_state"] != "blank") & ~pd.Series(allowed, index=rows.index, dtype=bool)
        wrong &= ~rows[f"{period}_state"].isin(["error", "no_result"])
        severity = kind.isin(["number", "compound", "range"]).map(
            {True: Severity.ERROR, False: Severity.WARNING}
        )
        made += hits(
            rows, wrong, [f"indicators.{period}"], severity=severity,
            name=rows["name"].map(quoted), word=words, value=text.map(quoted), found=text.map(quoted), expected=words,
        )  # fmt: skip
    return made


@rule(
    "CF04",
    Severity.INFO,
    FEASIBILITY,
    zh="“{name}”目标值{value}，建议使用{operator}",
    en="“{name}”: {value}; {operator} is usual",
)
def operators_are_conventional(indicators: pd.DataFrame) -> list[Hit]:
    """A common rate is bounded the way its meaning asks; a pre-filled = shared by the batch is said once for the city.

    公式: 执行率、利用率、完成率用≥；结转结余率、调整率、控制率、变动率用≤
    依据: 指标性质
    错例: 在职人员控制率=100%
    改法: 改用建议的比较符号
    Fix: Use the suggested operator
    """
    wanted = {n: common.operator for n, common in enumerate(COMMON) if common.operator}
    strict = frozenset(map(_position, ("预算执行率", "在职人员控制率", "结转结余率", "预算调整率")))
    rows = indicators[indicators["common"].isin(strict)]
    operator = rows["common"].map(wanted)
    odd = rows["full_kind"].eq("number") & rows["full_operator"].ne(operator) & rows["full_operator"].ne("")
    shown = rows["full_raw"].map(quoted)
    return hits(
        rows, odd, ["indicators.full", "indicators.half"], name=rows["name"].map(quoted), value=shown, operator=operator,
        found=shown, expected=operator,
    )  # fmt: skip


@rule(
    "CF05", Severity.ERROR, FITNESS,
    zh="“{name}”目标值{value}超出合理范围{bounds}", en="“{name}”: {value} is outside {bounds}",
)  # fmt: skip
def values_are_within_bounds(indicators: pd.DataFrame, settings: Settings) -> list[Hit]:
    """A common rate lies within the bounds of its definition; a high carry-over rate is a warning.

    公式: 公用经费控制率、在职人员控制率≤100%，三公经费变动率≤0，其余在定义范围内；结转结余率>阈值(carry_over_rate_highest)为警告
    依据: 财预〔2013〕53号 (unconfirmed)
    错例: 公用经费控制率≤120%
    改法: 核对目标值
    Fix: Check the target
    """
    highest = settings.threshold("carry_over_rate_highest")
    made = []
    for position, common in enumerate(COMMON):
        if common.lower is None and common.upper is None:
            continue
        rows = indicators[indicators["common"] == position]
        carry = common.name == "结转结余率"
        upper = int(highest * MILLION) if carry else millionths(common.upper)
        severity = Severity.WARNING if carry else Severity.ERROR
        bounds = _bounds(common.lower, highest if carry else common.upper)
        for period in _PERIODS:
            number = rows[f"{period}_number"]
            numeric = rows[f"{period}_kind"].eq("number") & rows[f"{period}_unit"].eq("%") & number.notna()
            low = number.fillna(0) < millionths(common.lower) if common.lower is not None else numeric & False
            high = number.fillna(0) > upper if upper is not None else numeric & False
            value = rows[f"{period}_raw"].map(quoted)
            made += hits(
                rows, numeric & (low | high), [f"indicators.{period}"], severity=severity,
                name=common.name, value=value, bounds=bounds, found=value, expected=bounds,
            )  # fmt: skip
    return made


def _bounds(lower: object, upper: object) -> str:
    if lower is None or upper is None:
        return f"≥{lower}%" if upper is None else f"≤{upper}%"
    return f"{lower}%～{upper:g}%" if isinstance(upper, float) else f"{lower}%～{upper}%"


@rule(
    "CF06", Severity.WARNING, FITNESS,
    zh="预算执行率{execution}与结转结余率{carry}相矛盾，两者之和应为100%",
    en="execution {execution} and carry-over {carry} contradict each other: together they make 100 %",
)  # fmt: skip
def execution_and_carry_over_agree(indicators: pd.DataFrame) -> list[Hit]:
    """The year's execution rate and carry-over rate make 100 % where both are stated with =.

    公式: 均用=时，执行率+结转结余率=100%(±0.5)；否则执行率下限与结转率上限之和不小于100%
    依据: 两率分母均为预算数
    错例: 执行率=100%，结转结余率=5%
    改法: 使两个指标一致
    Fix: Bring both rates together
    """
    execution, carry = (
        indicators[indicators["common"] == _position(name)]
        .drop_duplicates("form")
        .set_index("form", drop=False)
        for name in ("预算执行率", "结转结余率")
    )
    made = []
    for form in execution.index.intersection(carry.index).tolist():
        first, second = execution.loc[form], carry.loc[form]
        if _contradict(first, second):
            rows = [
                int(
                    indicators.index[
                        (indicators["form"] == form) & (indicators["common"] == _position(name))
                    ][0]
                )
                for name in ("预算执行率", "结转结余率")
            ]
            values = {"execution": quoted(first["full_raw"]), "carry": quoted(second["full_raw"])}
            made.append(Hit(int(form), tuple(Spot("indicators", row, "full") for row in rows), values))
    return made


def _contradict(execution: pd.Series[str], carry: pd.Series[str]) -> bool:
    if execution["full_kind"] != "number" or carry["full_kind"] != "number":
        return False
    total = int(execution["full_number"]) + int(carry["full_number"]) - 100 * MILLION
    if execution["full_operator"] == carry["full_operator"] == "=":
        return abs(total) > MILLION // 2
    demanded = execution["full_operator"] in ("=", ">", "≥") and carry["full_operator"] in (">", "≥", "=")
    return demanded and carry["full_operator"] != "=" and total > MILLION // 2


_QUOTA = re.compile(
    r"编制(?:总?数|人数|核定数)?[为:：共有]?[^0-9，。；]{0,8}([0-9]{1,6})|([0-9]{1,6})(?:名|个)[^，。；0-9]{0,6}编制"
)
_STAFF = re.compile(r"(?:在编|在职|在岗|实有|现有)[^0-9。；]{0,12}([0-9]{1,6})")


@rule(
    "CF07", Severity.ERROR, FITNESS,
    zh="在职人员控制率目标{value}，而在职{staff}人、编制{quota}人，测算为{computed}",
    en="staff control is {value}, but {staff} in post of {quota} posts make {computed}",
)  # fmt: skip
def staff_rate_matches_the_numbers(tables: Tables) -> Verdict:
    """The staff control rate is not below what staff and posts in the text come to.

    公式: 在职人数/编制数 ≤ 目标值（均可从“机构设置及人员配置”取得时）
    依据: 财预〔2013〕53号 (unconfirmed)
    错例: 编制20人，在职22人，目标≤100%
    改法: 核对编制数、在职人数和目标值
    Fix: Check posts, staff and the target
    """
    from checks.money import percent_text

    rows = tables.indicators[tables.indicators["common"] == _position("在职人员控制率")].drop_duplicates(
        "form"
    )
    reason = {"zh": "机构设置及人员配置中没有编制数", "en": "the number of posts is not stated"}
    made, not_run = [], {}
    for row, form in zip(rows.index.tolist(), rows["form"].tolist(), strict=True):
        text = str(tables.forms["staffing"].loc[form] or "")[:3000]
        quota, staff = _first(_QUOTA, text), _first(_STAFF, text)
        if not quota or staff is None:
            not_run[form] = reason
            continue
        entry = rows.loc[row]
        if (
            entry["full_kind"] == "number"
            and staff * 100 * MILLION > int(entry["full_number"]) * quota
            and entry["full_operator"] in ("≤", "<", "=")
        ):
            values = {
                "value": quoted(entry["full_raw"]),
                "staff": str(staff),
                "quota": str(quota),
                "computed": percent_text(staff, quota),
            }
            spots = (Spot("indicators", row, "full"), Spot("forms", form, "staffing"))
            made.append(Hit(form, spots, values, found=values["value"], expected=values["computed"]))
    return Verdict(made, frozenset(tables.forms.index.tolist()) - frozenset(rows["form"].tolist()), not_run)


def _first(pattern: re.Pattern[str], text: str) -> int | None:
    match = pattern.search(text)
    return next(int(group) for group in match.groups() if group) if match else None


@rule(
    "CF08",
    Severity.INFO,
    FITNESS,
    zh="财政专户管理资金为0，请确认是否有非税收入",
    en="the special fiscal account is 0: is there any non-tax revenue?",
)
def non_tax_indicators_apply(tables: Tables) -> list[Hit]:
    """Non-tax indicators are stated by agencies that have non-tax revenue.

    公式: 财政专户管理资金=0而非税收入预算完成率填了数值
    依据: 评审经验；非税收入不一定经过专户
    错例: 专户0，非税收入预算完成率≥100%
    改法: 无非税收入的填“不适用”
    Fix: Say that it does not apply where there is none
    """
    empty = (amounts(tables.funds, "special_account_full") == 0) & readable(
        tables.funds, "special_account_full"
    )
    rows = tables.indicators[tables.indicators["common"] == _position("非税收入预算完成率")].drop_duplicates(
        "form"
    )
    asked = rows["form"].map(empty).astype(bool) & rows["full_kind"].eq("number")
    return hits(rows, asked, ["indicators.full", "indicators.half"], found=rows["full_raw"])


@rule(
    "CF09",
    Severity.INFO,
    FEASIBILITY,
    zh="定量共性指标全年目标几乎全部为=100%",
    en="nearly all common rates are set to =100 %",
)
def targets_are_not_all_full(indicators: pd.DataFrame, settings: Settings) -> list[Hit]:
    """Common rates are not all set to =100 %.

    公式: 定量共性指标中“=100%”占比 < 阈值(all_full_percent)
    依据: 评审经验
    错例: 十三项中十二项=100%
    改法: 按实际测算目标值
    Fix: Work out each target
    """
    rows = indicators[(indicators["common"] >= 0) & indicators["full_kind"].eq("number")]
    full = rows["full_operator"].eq("=") & rows["full_number"].eq(100 * MILLION)
    counts = full.groupby(rows["form"]).agg(["sum", "size"])
    most = int(settings.threshold("all_full_percent"))
    forms = counts.index[(counts["sum"] * 100 >= counts["size"] * most) & (counts["size"] >= 5)].tolist()
    first = rows[full & rows["form"].isin(forms)].drop_duplicates("form")
    return hits(first, first["form"] >= 0, ["indicators.full"])
