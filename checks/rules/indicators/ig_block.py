"""IG: what a block of indicators must have as a whole: numbers, several sides, values of their own, weights."""

from __future__ import annotations

import re
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any

from checks.declared.money import percent_text
from checks.finding import Hit, Severity, Spot
from checks.frames.tables import ERROR_STATES, Tables
from checks.rule import FEASIBILITY, FITNESS, RELEVANCE, Verdict, hits, rule, told
from checks.rules.indicators.ig import MEASURED
from checks.settings import Settings
from checks.targets.indicator import COSTLY, TIMELY
from checks.targets.target import parse, render

if TYPE_CHECKING:
    from checks.frames.rows import Mask, Rows

_DIGIT = re.compile("[0-9０-９]")


def _holds_digit(text: str) -> bool:
    return _DIGIT.search(text) is not None


@rule(
    "IG16", Severity.WARNING, FEASIBILITY, asks=("key_task",),
    zh={"": "重点工作“{task}”没有定量指标，请至少补充一个", "share": "定量指标占{share}，低于{least}%，请增加定量指标"},
    en={"": "key task “{task}” has no quantified indicator", "share": "{share} of the indicators are quantified, below {least} %"},
)  # fmt: skip
def targets_are_quantified(own: Rows, settings: Settings) -> list[Hit]:
    """Each key task has a quantified indicator, and most of the agency's own indicators are quantified.

    A value with a number in it counts, however it is written (IG01, IG08 speak of that); a blank one is CP04's.

    公式: 每项重点工作≥1个定量指标；履职、效益、满意度中定量指标占比≥阈值(quantified_share_percent)
    依据: 财预〔2021〕101号 (unconfirmed)
    错例: 全部指标值为“及时”“提高”
    改法: 增加定量指标
    Fix: Add quantified indicators
    """
    measured = own.test("full_raw", _holds_digit) | own.among("full_kind", MEASURED)
    measured |= own.among("full_state", ("blank", *ERROR_STATES))
    tasked = own.equal("block", "duty") & ~own.equal("key_task", "")
    duty = own.where(tasked)
    lines = duty.groups("form", "level2", "key_task")
    lone = duty.where(lines.leads & (lines.count(measured[tasked]) == 0))
    made = hits(lone, ["indicators.key_task", "indicators.name"], task=told(lone, "key_task"))
    return made + _too_few(own, measured, int(settings.threshold("quantified_share_percent")))


def _too_few(own: Rows, measured: Mask, least: int) -> list[Hit]:
    """Return a hit on the first indicator of each form of whose indicators less than a share is measured.

    One whose full-year value is missing is not known to hold no number.
    """
    forms = own.groups("form")
    quantified, size = forms.count(measured), forms.size
    few = forms.leads & (quantified * 100 < least * size)
    first = own.where(few)
    share = [
        percent_text(*counts, 0) for counts in zip(quantified[few].tolist(), size[few].tolist(), strict=True)
    ]
    return [
        Hit(hit.form, hit.spots, {"share": text, "least": str(least)}, Severity.INFO, "share")
        for hit, text in zip(hits(first, ["indicators.name"]), share, strict=True)
    ]


_DIMENSIONS: dict[str, tuple[str, re.Pattern[str]]] = {
    "质量": (
        "quality",
        re.compile(r"率|合格|达标|优良|准确|质量|通过|规范|完好|覆盖|满意|存活|成活|得分|等级"),
    ),
    "时效": ("time", TIMELY),
    "成本": ("cost", COSTLY),
}


@rule(
    "IG17",
    Severity.INFO,
    RELEVANCE,
    zh="履职指标以数量为主，缺{missing}指标，请补充",
    en="duty indicators lack {missing_en}",
)
def duties_are_measured_all_round(own: Rows) -> list[Hit]:
    """Over all duties, indicators cover quality, time and cost besides number; at least two of three.

    公式: 履职指标名称中质量、时效、成本三类至少出现两类
    依据: 财预〔2021〕101号 (unconfirmed)
    错例: 八个指标有六个是人次
    改法: 补充质量、成本等指标
    Fix: Add indicators of quality or cost
    """
    duty = own.where(own.equal("block", "duty"))
    forms = duty.groups("form")
    there = {
        zh: forms.count(duty.test("name", partial(_measures, pattern))) > 0
        for zh, (_, pattern) in _DIMENSIONS.items()
    }
    made = []
    for at in (forms.leads & (forms.size >= 4)).nonzero()[0].tolist():
        missing = [zh for zh in _DIMENSIONS if not there[zh][at]]
        if len(missing) >= 2:
            values = {
                "missing": "、".join(missing),
                "missing_en": ", ".join(_DIMENSIONS[zh][0] for zh in missing),
            }
            made.append(Hit(int(duty.form[at]), (Spot("indicators", int(duty.ids[at]), "name"),), values))
    return made


def _measures(pattern: re.Pattern[str], name: str) -> bool:
    """Return whether a name is of a dimension; 覆盖 is a matter of how many."""
    return "覆盖" not in name and pattern.search(name) is not None


@rule(
    "IG20",
    Severity.INFO,
    FEASIBILITY,
    zh="{count}个指标的指标值同为“{pair}”，疑似套用，请逐项测算",
    en="{count} indicators share the values “{pair}”: copied?",
)
def values_are_not_boilerplate(own: Rows, settings: Settings) -> list[Hit]:
    """The same half-year and full-year pair does not stand in several different indicators.

    公式: 同一（半年，全年）数值组合出现在不足阈值(boilerplate_pairs)个不同名称的指标中；100%除外
    依据: 评审经验
    错例: 90%/98%重复4次
    改法: 逐项测算指标值
    Fix: Work out each value by itself
    """
    numbers = own.equal("half_kind", "number") & own.equal("full_kind", "number") & own.given("full_number")
    number = own.where(numbers & (own.fen("full_number") != 100_000_000))
    alike: dict[tuple[Any, ...], list[tuple[int, str, str]]] = {}
    numbered = (number.given("half_number"), number.fen("half_number"), number.fen("full_number"))
    keys = zip(
        number.form.tolist(), *(column.tolist() for column in numbered), number["full_unit"], strict=True
    )
    named = zip(
        number.ids.tolist(), *(number[name] for name in ("name_key", "half_raw", "full_raw")), strict=True
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
