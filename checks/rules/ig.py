"""IG: the grammar of targets in 履职, 效益 and 满意度: what is written must be one measurable value.

The common framework has rules of its own (CF). Empty rows and blank cells are CP's.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from checks.finding import Hit, Severity, Spot
from checks.indicator import (
    HANDLED,
    NEGATIVE,
    POSITIVE,
    VAGUE,
    is_bounded_share,
    is_signed,
    unit_family,
    unit_fits,
    unit_in_name,
)
from checks.rule import FEASIBILITY, RELEVANCE, hits, quoted, rule
from checks.settings import Settings
from checks.target import always_true, parse, render
from checks.target_words import UNITS

if TYPE_CHECKING:
    import pandas as pd

_PERIODS = {"half": ("半年", "half-year"), "full": ("全年", "full-year")}
MEASURED = ("number", "range", "approximate")


def own(indicators: pd.DataFrame) -> pd.DataFrame:
    """Return the agency's own indicators (履职, 效益, 满意度) that are filled in."""
    return indicators[(indicators["block"] != "common") & ~indicators["unset"] & (indicators["name"] != "")]


def flag(names: pd.Series[str], test: Callable[[str], bool]) -> pd.Series[bool]:
    """Return a test of each name, worked out once for every distinct one."""
    known = {name: test(name) for name in names.unique()}
    return names.map(known).astype(bool)


def flags_of(values: Iterable[bool], frame: pd.DataFrame) -> pd.Series[bool]:
    """Return booleans in the order of a frame's rows as a series on its index."""
    import pandas as pd

    return pd.Series(list(values), index=frame.index, dtype=bool)


def _both(rows: pd.DataFrame, periods: Sequence[str]) -> pd.Series[str]:
    """Return the values of the periods as a message quotes them, equal ones once."""
    import pandas as pd

    columns = (rows[f"{period}_raw"] for period in periods)
    texts = ["、".join(dict.fromkeys(map(quoted, values))) for values in zip(*columns, strict=True)]
    return pd.Series(texts, index=rows.index, dtype=object)


def each_value(
    rows: pd.DataFrame,
    wrong: Callable[[pd.DataFrame, str], pd.Series[bool]],
    severity: Severity | None = None,
    variant: str = "",
) -> list[Hit]:
    """Return one hit an indicator whose half-year or full-year value is wrong; both cells where both are."""
    flags = {period: wrong(rows, period).fillna(False).astype(bool) for period in _PERIODS}
    made = []
    for where, periods in (
        (flags["half"] & flags["full"], ("half", "full")),
        (flags["half"] & ~flags["full"], ("half",)),
        (flags["full"] & ~flags["half"], ("full",)),
    ):
        shown = _both(rows, periods)
        made += hits(
            rows, where, [f"indicators.{p}" for p in periods], severity=severity, variant=variant,
            name=rows["name"].map(quoted), value=shown, found=shown,
        )  # fmt: skip
    return made


@rule(
    "IG01", Severity.ERROR, FEASIBILITY,
    zh={"": "“{name}”指标值“{value}”无法识别", "word": "“{name}”指标值“{value}”不是常用的定性表述，请核对"},
    en={"": "“{name}”: the value “{value}” cannot be read", "word": "“{name}”: “{value}” is not a usual qualitative word"},
)  # fmt: skip
def values_can_be_read(indicators: pd.DataFrame) -> list[Hit]:
    """A value is a number with operator and unit, a qualitative word, or says that it does not apply.

    公式: 指标值符合“比较符号+数值+单位”、定性用语或“不适用”
    依据: 财预〔2021〕101号 (unconfirmed)
    错例: “1oo%”“□√”
    改法: 按“≥90%”“≥100人次”“健全”等形式填写
    Fix: Write it like ≥90%, ≥100人次, or as one word
    """
    rows = own(indicators)

    def unknown(frame: pd.DataFrame, period: str) -> pd.Series[bool]:
        return (frame[f"{period}_kind"] == "unknown") & ~frame[f"{period}_state"].isin(["error", "no_result"])

    def is_word(frame: pd.DataFrame, period: str) -> pd.Series[bool]:
        return flag(
            frame[f"{period}_raw"], lambda text: bool(re.fullmatch(r"[\u4e00-\u9fff]{1,6}", text.strip()))
        )

    made = each_value(rows, lambda f, p: unknown(f, p) & ~is_word(f, p))
    return made + each_value(rows, lambda f, p: unknown(f, p) & is_word(f, p), Severity.WARNING, "word")


@rule(
    "IG02",
    Severity.WARNING,
    FEASIBILITY,
    zh="“{name}”指标值{value}缺少≥、≤或=",
    en="“{name}”: {value} lacks ≥, ≤ or =",
)
def numbers_have_an_operator(indicators: pd.DataFrame) -> list[Hit]:
    """A numeric value says which way it binds.

    公式: 数值型指标值带≥、≤、=、>、<或“以上”“不低于”等
    依据: 财预〔2021〕101号 (unconfirmed)
    错例: 满意度填“90%”
    改法: 补上比较符号
    Fix: Add the operator
    """
    return each_value(own(indicators), lambda f, p: (f[f"{p}_kind"] == "number") & (f[f"{p}_operator"] == ""))


@rule(
    "IG03", Severity.WARNING, FEASIBILITY,
    zh={"": "“{name}”指标值{value}没有计量单位", "unknown": "“{name}”指标值{value}的计量单位请核对"},
    en={"": "“{name}”: {value} has no unit", "unknown": "“{name}”: is the unit of {value} right?"},
)  # fmt: skip
def numbers_have_a_unit(indicators: pd.DataFrame) -> list[Hit]:
    """A numeric value has a unit, its own or one in brackets at the end of the name.

    公式: 数值后有计量单位，或指标名称以“（单位）”结尾
    依据: 财预〔2021〕101号 (unconfirmed)
    错例: “培训场次”填“≥12”
    改法: 补上计量单位
    Fix: Add the unit
    """
    rows = own(indicators)
    named = flag(rows["name"], lambda name: bool(unit_in_name(name)))

    def unknown(frame: pd.DataFrame, period: str) -> pd.Series[bool]:
        odd = flag(frame[f"{period}_unit"], lambda unit: bool(unit) and unit not in UNITS and len(unit) > 6)
        return frame[f"{period}_kind"].isin(MEASURED) & odd

    made = each_value(rows, lambda f, p: f[f"{p}_kind"].isin(MEASURED) & (f[f"{p}_unit"] == "") & ~named)
    return made + each_value(rows, unknown, variant="unknown")


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
    rows = own(indicators)
    families = rows["name"].map({name: unit_family(name) for name in rows["name"].unique()})

    def wrong(frame: pd.DataFrame, period: str) -> pd.Series[bool]:
        units = frame[f"{period}_unit"]
        pairs = [bool(f and u and not unit_fits(u, f)) for u, f in zip(units, families, strict=True)]
        return frame[f"{period}_kind"].isin(MEASURED) & flags_of(pairs, frame)

    return each_value(rows, wrong)


@rule(
    "IG05", Severity.ERROR, FEASIBILITY,
    zh={"": "“{name}”为比率，{value}超出0～100%", "over": "“{name}”{value}超出常规范围，请核对"},
    en={"": "“{name}” is a share; {value} is outside 0–100 %", "over": "“{name}”: {value} is unusually high"},
)  # fmt: skip
def shares_are_within_bounds(indicators: pd.DataFrame, settings: Settings) -> list[Hit]:
    """A share lies within 0–100 %; a rate that may exceed 100 % (completion, growth) stays below the threshold.

    公式: 有界比率0～100%；完成率、增长率等不超过阈值(percent_over_fulfilment)
    依据: 指标定义
    错例: 覆盖率≥120%
    改法: 核对数值
    Fix: Check the number
    """
    rows = own(indicators)
    bounded = flag(rows["name"], is_bounded_share)
    most = int(settings.threshold("percent_over_fulfilment") * 1_000_000)

    def percent(frame: pd.DataFrame, period: str) -> pd.Series[bool]:
        return (frame[f"{period}_kind"] == "number") & (frame[f"{period}_unit"] == "%")

    def outside(frame: pd.DataFrame, period: str) -> pd.Series[bool]:
        number = frame[f"{period}_number"].fillna(0)
        return percent(frame, period) & bounded & ((number < 0) | (number > 100_000_000))

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
    """A target can be missed: not ≥0 of anything, nor ≤100 % of a share.

    公式: 不是≥0、>负数，也不是有界比率的≤100%
    依据: 财预〔2015〕88号 (unconfirmed)
    错例: 半年“≥0人次”
    改法: 填写实际计划数；上半年确无安排的填“=0”并说明
    Fix: State what is planned; where nothing is, say =0 and why
    """
    rows = own(indicators)
    bounded, signed = flag(rows["name"], is_bounded_share), flag(rows["name"], is_signed)

    def vacuous(frame: pd.DataFrame, period: str) -> pd.Series[bool]:
        texts = zip(frame[f"{period}_raw"], bounded, signed, strict=True)
        vacuous = flags_of((always_true(parse(text), share, sign) for text, share, sign in texts), frame)
        return frame[f"{period}_kind"].eq("number") & vacuous

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
    rows = own(indicators)
    bad = flag(rows["name"], lambda name: bool(NEGATIVE.search(name)) and not HANDLED.search(name))
    good = flag(rows["name"], lambda name: bool(POSITIVE.search(name)) and not NEGATIVE.search(name))

    def wrong(frame: pd.DataFrame, period: str) -> pd.Series[bool]:
        operator = frame[f"{period}_operator"]
        return (bad & operator.isin(["≥", ">"])) | (good & operator.isin(["≤", "<"]))

    return each_value(rows, wrong)


@rule(
    "IG08",
    Severity.WARNING,
    FEASIBILITY,
    zh="“{name}”指标值“{value}”含多个数值，请拆分为多个指标",
    en="“{name}”: “{value}” holds several values; split it",
)
def one_indicator_has_one_value(indicators: pd.DataFrame) -> list[Hit]:
    """An indicator has one value.

    公式: 一个指标一个数值
    依据: 财预〔2021〕101号 (unconfirmed)
    错例: “1600人、200人”
    改法: 拆分为两个指标
    Fix: Split it into two indicators
    """
    return each_value(own(indicators), lambda f, p: f[f"{p}_kind"] == "compound")


@rule(
    "IG09",
    Severity.WARNING,
    FEASIBILITY,
    zh="“{name}”指标值“{value}”为约数或区间",
    en="“{name}”: “{value}” is approximate or a range",
)
def values_are_exact(indicators: pd.DataFrame) -> list[Hit]:
    """A value is one exact number.

    公式: 不用约、左右、～
    依据: 财预〔2021〕101号 (unconfirmed)
    错例: “约5.5万人次”
    改法: 填写确定的数值和比较符号
    Fix: State one number with an operator
    """
    return each_value(own(indicators), lambda f, p: f[f"{p}_kind"].isin(["approximate", "range"]))


_ACTION = re.compile(r"(?:建立|完善|开展|加强|推进|完成|提供|制定|落实|组织|做好|实施|健全)")


@rule(
    "IG11",
    Severity.WARNING,
    FEASIBILITY,
    zh="“{name}”指标值“{value}”是工作内容，应为可衡量的结果",
    en="“{name}”: “{value}” is an action, not a measurable result",
)
def values_are_results(indicators: pd.DataFrame) -> list[Hit]:
    """A value is a result, not a sentence about what will be done.

    公式: 指标值不是以建立、完善、开展等动词开头、不含数字的长句
    依据: 财预〔2015〕88号 (unconfirmed)
    错例: “建立健全相关制度”
    改法: 改为可衡量的结果，如“制度覆盖率=100%”或“健全”
    Fix: State a measurable result
    """

    def action(text: str) -> bool:
        return len(text) >= 6 and bool(_ACTION.match(text)) and not re.search("[0-9]", text)

    return each_value(
        own(indicators),
        lambda f, p: f[f"{p}_kind"].isin(["sentence", "word", "unknown"]) & flag(f[f"{p}_raw"], action),
    )


@rule(
    "IG12",
    Severity.WARNING,
    FEASIBILITY,
    zh="“{name}”指标值“{value}”较笼统，定性指标请写明分级标准",
    en="“{name}”: “{value}” is vague; say how it is graded",
)
def qualitative_values_are_gradeable(indicators: pd.DataFrame) -> list[Hit]:
    """A qualitative value can be graded; in the benefit block a vague word is only pointed out.

    公式: 不单用提升、改善、显著、持续等词
    依据: 财预〔2021〕101号 (unconfirmed)
    错例: “显著提升”
    改法: 写明分级标准，或改为定量指标
    Fix: Say how it is graded, or measure it
    """
    rows = own(indicators)

    def vague(frame: pd.DataFrame, period: str) -> pd.Series[bool]:
        return frame[f"{period}_kind"].eq("word") & flag(
            frame[f"{period}_raw"], lambda text: bool(VAGUE.search(text))
        )

    effect = rows["block"] == "effect"
    return each_value(rows[~effect], vague) + each_value(rows[effect], vague, Severity.INFO)


@rule(
    "IG13",
    Severity.WARNING,
    FEASIBILITY,
    zh="“{name}”指标值“{value}”没有确定的数值",
    en="“{name}”: “{value}” is an open reference",
)
def values_are_not_references(indicators: pd.DataFrame) -> list[Hit]:
    """A value stands by itself and does not refer to something else.

    公式: 不用“根据…确定”“按…执行”“符合规定”
    依据: 财预〔2021〕101号 (unconfirmed)
    错例: “根据下达任务目标要求确定”
    改法: 填写数值；“不低于上年”的请注明上年数
    Fix: State the value; with “not below last year” give last year's number
    """
    return each_value(own(indicators), lambda f, p: f[f"{p}_kind"] == "reference")


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
    asked = rows["name"].str.contains("满意") & rows["full_kind"].eq("number") & rows["full_unit"].eq("%")
    number, shown = rows["full_number"].fillna(0), rows["full_raw"].map(quoted)
    low = asked & (number < int(settings.threshold("satisfaction_lowest") * 1_000_000))
    names = rows["name"].map(quoted)
    made = hits(
        rows, low, ["indicators.full"], name=names, value=shown, why="偏低", why_en="low", found=shown
    )
    top = asked & (number >= 100_000_000)
    return made + hits(
        rows,
        top,
        ["indicators.full"],
        name=names,
        value=shown,
        why="难以达到",
        why_en="hardly reachable",
        found=shown,
    )


@rule(
    "IG21",
    Severity.INFO,
    FEASIBILITY,
    zh="{count}处指标值已按规范写法识别，如“{raw}”识别为“{value}”",
    en="{count} values were read in their normal form, such as “{raw}” as “{value}”",
)
def values_are_written_normally(indicators: pd.DataFrame) -> list[Hit]:
    """Values are written in the normal form; what was read differently is said once a form.

    公式: 比较符号、百分号、千分位等为规范写法；以文字表示的比较、全角字符不计
    依据: 填报要求
    错例: “≧95%”“》90%”
    改法: 改为“≥95%”
    Fix: Write ≥95%
    """
    quiet = {"operator_word", "full_width", "spaces", "ten_thousands"}
    known: dict[str, bool] = {}
    found: dict[int, list[tuple[Spot, str]]] = {}
    for period in _PERIODS:
        for text, notes in zip(indicators[f"{period}_raw"], indicators[f"{period}_notes"], strict=True):
            known[text] = bool(set(notes.split()) - quiet)
        odd = indicators[indicators[f"{period}_raw"].map(known).astype(bool)]
        for row, form, text in zip(
            odd.index.tolist(), odd["form"].tolist(), odd[f"{period}_raw"], strict=True
        ):
            found.setdefault(form, []).append((Spot("indicators", row, period), text))
    return [
        Hit(
            form, tuple(spot for spot, _ in cells),
            {"count": str(len(cells)), "raw": quoted(cells[0][1]), "value": render(parse(cells[0][1]))}, found=cells[0][1],
        )
        for form, cells in sorted(found.items())
    ]  # fmt: skip
