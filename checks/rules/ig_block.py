"""IG: what a block of indicators must have as a whole: numbers, several sides, values of their own, weights."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from checks.finding import Hit, Severity, Spot
from checks.money import percent_text
from checks.rule import FEASIBILITY, FITNESS, RELEVANCE, Verdict, hits, quoted, rule
from checks.rules.ig import flag, own
from checks.settings import Settings
from checks.tables import ERROR_STATES, Tables
from checks.target import parse, render

if TYPE_CHECKING:
    import pandas as pd


@rule(
    "IG16", Severity.WARNING, FEASIBILITY,
    zh={"": "重点工作“{task}”没有定量指标", "share": "定量指标占{share}，低于{least}%"},
    en={"": "key task “{task}” has no quantified indicator", "share": "{share} of the indicators are quantified, below {least} %"},
)  # fmt: skip
def targets_are_quantified(indicators: pd.DataFrame, settings: Settings) -> list[Hit]:
    """Each key task has a quantified indicator, and most of the agency's own indicators are quantified.

    A value with a number in it counts, however it is written (IG01, IG08 speak of that); a blank one is CP04's.

    公式: 每项重点工作≥1个定量指标；履职、效益、满意度中定量指标占比≥阈值(quantified_share_percent)
    依据: 财预〔2021〕101号 (unconfirmed)
    错例: 全部指标值为“及时”“提高”
    改法: 增加定量指标
    Fix: Add quantified indicators
    """
    rows = own(indicators)
    measured = _quantified(rows)
    duty = rows[(rows["block"] == "duty") & (rows["key_task"] != "")]
    lines = [duty["form"], duty["level2"], duty["key_task"]]
    none = ~measured.loc[duty.index].groupby(lines).transform("any")
    first = ~duty.duplicated(["form", "level2", "key_task"])
    made = hits(
        duty, none & first, ["indicators.key_task", "indicators.name"], task=duty["key_task"].map(quoted)
    )
    least = int(settings.threshold("quantified_share_percent"))
    counts = measured.groupby(rows["form"]).agg(["sum", "size"])
    for form, quantified, size in zip(counts.index.tolist(), counts["sum"], counts["size"], strict=True):
        if quantified * 100 < least * size:
            row = int(rows.index[rows["form"] == form][0])
            values = {"share": percent_text(int(quantified), int(size), 0), "least": str(least)}
            made.append(Hit(form, (Spot("indicators", row, "name"),), values, Severity.INFO, "share"))
    return made


def _quantified(rows: pd.DataFrame) -> pd.Series[bool]:
    """Return where a full-year value holds a number, or is missing and so not known to hold none."""
    numbered = flag(rows["full_raw"], lambda text: re.search("[0-9０-９]", text) is not None)
    return numbered | rows["full_state"].isin(["blank", *ERROR_STATES])


def _searches(pattern: re.Pattern[str]) -> Callable[[str], bool]:
    """Return the test whether a name holds what a pattern looks for."""
    return lambda name: pattern.search(name) is not None


_DIMENSIONS: dict[str, tuple[str, re.Pattern[str]]] = {
    "质量": (
        "quality",
        re.compile(r"率|合格|达标|优良|准确|质量|通过|规范|完好|覆盖|满意|存活|成活|得分|等级"),
    ),
    "时效": (
        "time",
        re.compile(r"及时|按时|按期|时效|时限|进度|天数|时长|周期|准时|完成时间|响应时间|工作日"),
    ),
    "成本": ("cost", re.compile(r"成本|单价|费用|经费|节约|造价|补助标准|控制数|超预算|金额|支出")),
}


@rule(
    "IG17",
    Severity.INFO,
    RELEVANCE,
    zh="履职指标以数量为主，缺{missing}指标",
    en="duty indicators lack {missing_en}",
)
def duties_are_measured_all_round(indicators: pd.DataFrame) -> list[Hit]:
    """Over all duties, indicators cover quality, time and cost besides number; at least two of three.

    公式: 履职指标名称中质量、时效、成本三类至少出现两类
    依据: 财预〔2021〕101号 (unconfirmed)
    错例: 八个指标有六个是人次
    改法: 补充质量、成本等指标
    Fix: Add indicators of quality or cost
    """
    rows = own(indicators)
    duty = rows[rows["block"] == "duty"]
    counted = duty["name"].map({name: "覆盖" not in name for name in duty["name"].unique()}).astype(bool)
    there = {
        zh: (flag(duty["name"], _searches(pattern)) & counted).groupby(duty["form"]).any()
        for zh, (_, pattern) in _DIMENSIONS.items()
    }
    several = duty.groupby("form").size() >= 4
    first = duty[~duty["form"].duplicated()]
    made = []
    for row, form in zip(first.index.tolist(), first["form"].tolist(), strict=True):
        missing = [zh for zh in _DIMENSIONS if not there[zh][form]]
        if len(missing) >= 2 and several[form]:
            values = {
                "missing": "、".join(missing),
                "missing_en": ", ".join(_DIMENSIONS[zh][0] for zh in missing),
            }
            made.append(Hit(form, (Spot("indicators", row, "name"),), values))
    return made


@rule(
    "IG20",
    Severity.INFO,
    FEASIBILITY,
    zh="{count}个指标的指标值同为“{pair}”，疑似套用",
    en="{count} indicators share the values “{pair}”: copied?",
)
def values_are_not_boilerplate(indicators: pd.DataFrame, settings: Settings) -> list[Hit]:
    """The same half-year and full-year pair does not stand in several different indicators.

    公式: 同一（半年，全年）数值组合出现在不足阈值(boilerplate_pairs)个不同名称的指标中；100%除外
    依据: 评审经验
    错例: 90%/98%重复4次
    改法: 逐项测算指标值
    Fix: Work out each value by itself
    """
    rows = own(indicators)
    number = rows[
        rows["half_kind"].eq("number") & rows["full_kind"].eq("number") & rows["full_number"].ne(100_000_000)
    ]
    alike: dict[tuple[Any, ...], list[tuple[int, str, str]]] = {}
    keys = zip(*(number[name] for name in ("form", "half_number", "full_number", "full_unit")), strict=True)
    named = zip(
        number.index.tolist(), number["name_key"], number["half_raw"], number["full_raw"], strict=True
    )
    for key, (row, name, half, full) in zip(keys, named, strict=True):
        alike.setdefault(key, []).append((row, name, f"{_bare(half)}/{_bare(full)}"))
    least = int(settings.threshold("boilerplate_pairs"))
    made = []
    for key, entries in alike.items():
        if len({name for _, name, _ in entries}) >= least:
            spots = tuple(Spot("indicators", row, "full") for row, _, _ in entries)
            made.append(Hit(int(key[0]), spots, {"count": str(len(entries)), "pair": entries[0][2]}))
    return made


@lru_cache(maxsize=65536)
def _bare(text: str) -> str:
    target = parse(text)
    return render(target).removeprefix(target.operator)


@rule(
    "IG22",
    Severity.ERROR,
    FITNESS,
    zh="权重合计{total}，应为{expected}",
    en="weights come to {total}, not {expected}",
)
def weights_add_up(tables: Tables) -> Verdict:
    """Weights add up to what the form's profile asks for, for forms that have a column of weights.

    公式: 权重合计 = 100（或表样规定的90、80）
    依据: 财预〔2021〕101号 (unconfirmed)
    错例: 权重合计95
    改法: 调整权重
    Fix: Adjust the weights
    """
    return Verdict((), not_applicable=frozenset(tables.forms.index.tolist()))
