"""CP: completeness of the indicators."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from checks.declared.budget import Budget
from checks.declared.text_key import text_key
from checks.finding import Hit, Severity, Spot
from checks.rule import COMPLETENESS, RELEVANCE, hits, quoted, rule, told
from checks.targets.applicable import says_not_applicable, without_mark

if TYPE_CHECKING:
    from checks.frames.rows import Mask, Rows


@rule(
    "CP04", Severity.ERROR, COMPLETENESS,
    zh={"value": "指标“{name}”缺少{missing}，请补填；确不适用的填“不适用”", "name": "有指标值“{value}”而无三级指标名称，请补填名称"},
    en={"value": "indicator “{name}” lacks its {missing_en}", "name": "the value “{value}” has no indicator name"},
)  # fmt: skip
def indicators_have_name_and_values(indicators: Rows, inapplicable: Mask) -> list[Hit]:
    """An indicator has a name, a half-year and a full-year value; a row with none of them is CP05's.

    A row that says that it does not apply lacks nothing; a mark for a name beside a real value is no name.

    公式: 三级指标、半年指标值、全年指标值三者齐全；注明不适用（不涉及、无、/、—）的除外
    依据: 财预〔2021〕101号 (unconfirmed)
    错例: 只填全年指标值
    改法: 补填缺少的一项
    Fix: Fill in what is missing
    """
    used = ~indicators["unset"] & ~inapplicable
    nameless = used & (indicators.equal("name", "") | indicators.test("name", says_not_applicable))
    no_half, no_full = (used & indicators.equal(f"{period}_state", "blank") for period in ("half", "full"))
    made = []
    for where, places, zh, en in (
        (no_half & no_full, ["half", "full"], "半年、全年指标值", "values"),
        (no_half & ~no_full, ["half", "full"], "半年指标值", "half-year value"),
        (no_full & ~no_half, ["full", "half"], "全年指标值", "full-year value"),
    ):
        rows, spots = indicators.where(where & ~nameless), [f"indicators.{place}" for place in places]
        made += hits(rows, spots, variant="value", name=told(rows, "name"), missing=zh, missing_en=en)
    rows = indicators.where(nameless)
    shown = [quoted(full or half) for full, half in zip(rows["full_raw"], rows["half_raw"], strict=True)]
    return made + hits(rows, ["indicators.name"], variant="name", value=shown)


@rule(
    "CP05", Severity.INFO, COMPLETENESS, asks=("tree",),
    zh="“{level2}”未设指标，请补充；不适用的填“不适用”", en="“{level2}” has no indicator; say so if it does not apply",
)  # fmt: skip
def second_levels_have_indicators(budget: Budget, indicators: Rows) -> list[Hit]:
    """Each second level of the benefit block has an indicator or says that it does not apply.

    A first level without any indicator is CP08's, one without its label ST04's.

    公式: 每个二级指标下有三级指标，或注明不适用
    依据: 财预〔2021〕101号 (unconfirmed)
    错例: 生态效益一行空白
    改法: 补充指标，或注明“不适用”
    Fix: Add an indicator, or say that it does not apply
    """
    effect = _with_some_indicator(indicators)
    levels = effect.groups("form", "level1", "level2")
    said = effect.test("level2", lambda level2: without_mark(level2) != level2)
    empty = effect.where(levels.leads & (levels.count(~effect["unset"] | said) == 0))
    return hits(empty, ["indicators.level2"], level2=told(empty, "level2")) + _left_out(effect, budget)


def _with_some_indicator(indicators: Rows) -> Rows:
    """Return the rows of benefits and satisfaction, without the first levels that have no indicator at all."""
    effect = indicators.where(indicators.equal("block", "effect"))
    return effect.where(effect.groups("form", "level1").count(~effect["unset"]) > 0)


def _left_out(effect: Rows, budget: Budget) -> list[Hit]:
    """Return a hit for each second level whose rows were taken out, at the first level's first row."""
    there: dict[tuple[int, str], set[str]] = {}
    first: dict[tuple[int, str], int] = {}
    columns = (effect.ids, effect.form, effect["level1"], effect["level2"])
    for row, form, level1, level2 in zip(*(column.tolist() for column in columns), strict=True):
        there.setdefault((form, level1), set()).add(text_key(without_mark(level2)))
        first.setdefault((form, level1), row)
    return [
        Hit(form, (Spot("indicators", first[form, level1], "level1"),), {"level2": level2}, expected=level2)
        for form, level1 in sorted(there)
        for level2 in budget.second_levels.get(level1, ())
        if text_key(level2) not in there[form, level1]
    ]


@rule(
    "CP06", Severity.ERROR, RELEVANCE, asks=("key_task",),
    zh={"task": "履职“{level2}”未填写重点工作，请补填", "indicator": "重点工作“{task}”没有指标，请至少补充一个"},
    en={"task": "duty “{level2}” states no key task", "indicator": "key task “{task}” has no indicator"},
)  # fmt: skip
def duties_have_tasks_and_indicators(indicators: Rows, inapplicable: Mask) -> list[Hit]:
    """Every duty line states its key task and has at least one indicator.

    公式: 履职部分每个二级指标有重点工作；每项重点工作至少一个三级指标
    依据: 财预〔2015〕88号 (unconfirmed)
    错例: 有重点工作，三级指标空白
    改法: 补填重点工作或指标
    Fix: State the key task or add an indicator
    """
    duty_rows = indicators.equal("block", "duty") & ~indicators.equal("level2", "")
    duty = indicators.where(duty_rows)
    lines = duty.groups("form", "level2", "key_task")
    applies = lines.count(inapplicable[duty_rows]) < lines.size
    untold = lines.leads & duty.equal("key_task", "") & applies
    empty = lines.leads & (lines.count(~duty["unset"]) == 0)
    tasks, rows = duty.where(untold), duty.where(empty & ~untold)
    return [
        *hits(
            tasks, ["indicators.key_task", "indicators.level2"], variant="task", level2=told(tasks, "level2")
        ),
        *hits(
            rows, ["indicators.name", "indicators.key_task"], variant="indicator", task=told(rows, "key_task")
        ),
    ]


def _begins(level1: str, text: str) -> bool:
    return text.startswith(level1)


@rule(
    "CP08",
    Severity.ERROR,
    COMPLETENESS,
    zh="缺少{what}指标，请补充；确不适用的填“不适用”",
    en="there is no indicator of {what_en}",
)
def benefit_and_satisfaction_are_measured(indicators: Rows) -> list[Hit]:
    """There is at least one benefit and one satisfaction indicator, or a row that says that none applies.

    公式: 效益指标≥1且满意度指标≥1
    依据: 财预〔2021〕101号 (unconfirmed)
    错例: 满意度一行空白；四类效益全部空白
    改法: 补充指标；确不适用的注明“不适用”
    Fix: Add the indicator, or say that it does not apply
    """
    made = []
    for level1, en in (("效益", "benefit"), ("满意度", "satisfaction")):
        rows = indicators.where(
            indicators.equal("block", "effect") & indicators.test("level1", partial(_begins, level1))
        )
        forms = rows.groups("form")
        nothing = rows.where(forms.leads & (forms.count(~rows["unset"]) == 0))
        made += hits(nothing, ["indicators.name"], what=level1, what_en=en)
    return made
