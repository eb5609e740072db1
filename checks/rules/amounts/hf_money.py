"""HF: the half-year plan of the money: how much of the year it is, of which projects, and what it promises."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from checks.declared.budget import Budget
from checks.declared.money import percent_text, wan_text
from checks.enrich import MILLION
from checks.finding import Hit, Severity, Spot
from checks.rule import FEASIBILITY, FITNESS, Verdict, derived, hits, quoted, rule, told
from checks.settings import Settings

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from checks.frames.rows import Mask, Rows

_EXECUTION = "预算执行率"
_HUNDREDTH_PP = MILLION // 100
"""Shares are compared in hundredths of a percentage point, as integers."""
_PLACES = ("basic_half", "project_half", "total_full")
_UNREADABLE = {"zh": "半年计划或资金总额无法读取", "en": "the half-year plan or the total cannot be read"}
_BLANK = {"zh": "半年计划执行数未填写", "en": "the half-year plan is blank"}
_EXCEEDS = {"zh": "半年计划执行数大于全年预算数", "en": "the half-year plan is above the year's budget"}
_APART = {"zh": "项目明细与合计不符", "en": "the projects do not add up to their total"}


@dataclass(frozen=True, slots=True)
class _Plan:
    """A form's half-year plan and total in fen, and the share it makes in hundredths of a point.

    `shares`: of the stated totals first, then of what the projects and the expenditure lines add up to. A rule
    speaks only where it would of all of them: what one wrong total causes is said where the sum is broken.
    """

    half: int
    total: int
    shares: tuple[int, ...]


Plans = tuple[dict[int, _Plan], dict[int, Mapping[str, str]]]
"""The plans that can be judged by form number, and why the others cannot."""


@derived
def plans(funds: Rows, sums: Mapping[str, Rows]) -> Plans:
    """Return the half-year plans that can be judged, and why the others cannot."""
    broken = _defects(funds)
    basic, half = funds.fen("basic_half"), funds.fen("basic_half") + funds.fen("project_half")
    rows, lines, total = sums["AR05"], sums["AR03"], funds.fen("total_full")
    known = lines["judged"] & (lines["computed"] > 0)
    summed = _where(rows["judged"], basic + rows["computed"], half)
    columns = (funds.ids, half, summed, total, _where(known, lines["computed"], total))
    judged = {}
    for form, plan, added, whole, spent in zip(*(column.tolist() for column in columns), strict=True):
        if whole > 0 and form not in broken:
            shares = (_share(h, t) for t in (whole, spent) for h in (plan, added))
            judged[form] = _Plan(plan, whole, tuple(dict.fromkeys(shares)))
    return judged, broken


def _where(mask: Mask, one: NDArray[np.int64], other: NDArray[np.int64]) -> NDArray[np.int64]:
    import numpy as np

    return np.where(mask, one, other)


def _defects(funds: Rows) -> dict[int, Mapping[str, str]]:
    """Return why a form's half-year plan cannot be judged, for those where something else is wrong with it."""
    defects: dict[int, Mapping[str, str]] = {}
    for half, full in (("basic_half", "basic_full"), ("project_half", "project_full")):
        above = funds.readable(full) & (funds.fen(half) > funds.fen(full))
        blank = funds.equal(f"{half}_state", "blank") & (funds.fen(full) > 0)
        defects |= dict.fromkeys(funds.ids[above].tolist(), _EXCEEDS)
        defects |= dict.fromkeys(funds.ids[blank].tolist(), _BLANK)
    for field in _PLACES:
        defects |= dict.fromkeys(funds.ids[~funds.readable(field)].tolist(), _UNREADABLE)
    return defects


def _share(part: int, whole: int) -> int:
    """Return a share in hundredths of a percentage point, rounded half up."""
    return (part * 20_000 // whole + 1) // 2


@rule(
    "HF04", Severity.WARNING, FITNESS, asks=("half_value", "half_money", "framework", "sum:AR03", "sum:AR05"),
    zh="半年预算执行率填{stated}，按半年计划执行数测算为{computed}（{plan}÷{total}万元），请改为一致",
    en="execution by mid-year is {stated}; the half-year plan gives {computed} ({plan} of {total} 万元)",
)  # fmt: skip
def execution_rate_matches_the_plan(
    budget: Budget, forms: Rows, indicators: Rows, plans: Plans, settings: Settings
) -> Verdict:
    """The half-year execution rate is what the half-year plan comes to.

    With ≥ the plan may be above the target. 公式 below in percentage points of total funds.

    公式: |半年预算执行率 - (基本支出半年+项目支出半年)/资金总额| ≤ 1个百分点；超过5个百分点为错误；≥时仅计划低于目标才提示
    依据: 财预〔2013〕53号 (unconfirmed)
    错例: 指标填=30%，计划测算为31.73%
    改法: 使指标值与半年计划执行数一致
    Fix: Bring the target and the half-year plan together
    """
    judged, not_run = plans
    rows = _stated_rates(budget, indicators)
    columns = (rows.ids, rows.form, rows["half_operator"], rows.fen("half_number"), rows["half_raw"])
    made = []
    for row, form, operator, number, text in zip(*(column.tolist() for column in columns), strict=True):
        plan = judged.get(form)
        if plan is not None:
            apart = [_apart(number // _HUNDREDTH_PP, share, operator) for share in plan.shares]
            if min(apart) > round(settings.threshold("execution_rate_warning_pp") * 100):
                severe = min(apart) > round(settings.threshold("execution_rate_error_pp") * 100)
                made.append(_execution_hit(row, form, quoted(text), plan, apart[0], severe))
    stating = frozenset(rows.form.tolist())
    untouched = frozenset(forms.ids.tolist()) - stating
    return Verdict(made, untouched, {form: why for form, why in not_run.items() if form in stating})


def _stated_rates(budget: Budget, indicators: Rows) -> Rows:
    stated = (indicators["common"] == budget.framework.named(_EXECUTION)) & indicators.equal(
        "half_kind", "number"
    )
    rows = indicators.where(stated & indicators.given("half_number") & indicators.equal("half_unit", "%"))
    return rows.where(rows.groups("form").leads)


def _apart(target: int, share: int, operator: str) -> int:
    """Return by how much a plan misses its target; with an inequality only on the side that breaks it."""
    if operator in ("≥", ">"):
        return target - share
    return share - target if operator in ("≤", "<") else abs(target - share)


def _execution_hit(row: int, form: int, stated: str, plan: _Plan, apart: int, severe: bool) -> Hit:
    computed = percent_text(plan.half, plan.total)
    values = {
        "stated": stated,
        "computed": computed,
        "plan": wan_text(plan.half),
        "total": wan_text(plan.total),
    }
    spots = (Spot("indicators", row, "half"), *(Spot("funds", form, field) for field in _PLACES))
    return Hit(
        form, spots, values, Severity.ERROR if severe else None, found=stated, expected=computed,
        difference=f"{apart // 100}.{apart % 100:02d}pp",
    )  # fmt: skip


@rule(
    "HF09",
    Severity.INFO,
    FEASIBILITY,
    asks=("half_money", "sum:AR03", "sum:AR05"),
    zh="半年计划执行数占全年的{share}，{why}，请核对用款计划",
    en="{share} of the year is planned by mid-year: {why_en}",
)
def the_half_year_plan_is_even(
    forms: Rows, plans: Plans, copied_money: Mapping[int, Sequence[int]], settings: Settings
) -> Verdict:
    """The half-year plan is a sound share of the year's money; below the lower threshold it is a warning.

    公式: (基本支出半年+项目支出半年)/资金总额在阈值(half_share_low,half_share_high)之间；低于half_share_lowest为警告
    依据: 预算执行进度管理要求 (unconfirmed)
    错例: 31.73%
    改法: 核对支出计划是否合理，必要时说明
    Fix: Check the plan, or explain it
    """
    judged, not_run = plans
    low, high, lowest = (
        round(settings.threshold(f"half_share_{name}") * 100) for name in ("low", "high", "lowest")
    )
    made = []
    for form, plan in judged.items():
        under, over = max(plan.shares) < low, min(plan.shares) > high
        if plan.half > 0 and (under or (over and form not in copied_money)):
            share = percent_text(plan.half, plan.total)
            why, why_en = ("偏低", "low") if under else ("偏高", "high")
            severity = Severity.WARNING if max(plan.shares) < lowest else None
            spots = tuple(Spot("funds", form, field) for field in _PLACES)
            made.append(
                Hit(form, spots, {"share": share, "why": why, "why_en": why_en}, severity, found=share)
            )
    empty = frozenset(forms.ids.tolist()) - frozenset(judged) - frozenset(not_run)
    return Verdict(made, empty, not_run)


def _without(sums: Mapping[str, Rows]) -> frozenset[int]:
    """Return the forms that list no project."""
    listed = sums["AR04"]
    return frozenset(listed.ids[listed["addends"] == 0].tolist())


def _unsound(total: Rows) -> dict[int, Mapping[str, str]]:
    """Return the forms whose projects do not come within a hundredth of their stated total.

    Where a project cannot be read, the others may come to less than the total, not to more.
    """
    apart = total["stated"] - total["computed"]
    apart[~total["judged"]] = apart[~total["judged"]].clip(max=0)
    far = abs(apart) > abs(total["stated"]) // 100 + MILLION
    unsound = (total["addends"] > 0) & (far | (~total["judged"] & (total["stated"] == 0)))
    return dict.fromkeys(total.ids[unsound].tolist(), _APART)


@rule(
    "HF10", Severity.WARNING, FEASIBILITY, asks=("half_money", "sum:AR04"),
    zh="{count}个项目共{amount}万元半年无支出计划，占项目支出的{share}，请核对用款计划",
    en="{count} projects of {amount} 万元 plan nothing by mid-year: {share} of project money",
)  # fmt: skip
def most_project_money_starts_by_mid_year(
    projects: Rows, sums: Mapping[str, Rows], project_money: NDArray[np.int64], settings: Settings
) -> Verdict:
    """Projects without any half-year plan hold no more than a share of all project money; one project is pointed out.

    公式: 半年计划为0的项目全年预算数之和/全部项目全年预算数 ≤ 阈值(idle_share_percent)
    依据: 预算执行进度管理要求 (unconfirmed)
    错例: 7个项目4433.51万元半年无支出计划，占60.45%
    改法: 核对支出计划；暑期施工等合理情形请说明
    Fix: Check the plan; explain sound cases such as works in summer
    """
    most = int(settings.threshold("idle_share_percent"))
    not_run = _unsound(sums["AR04"])
    total = dict(zip(projects.form.tolist(), project_money.tolist(), strict=True))
    nothing = projects.readable("half") & (projects.fen("half") == 0)
    idle = projects.where(nothing & (projects.fen("full") > 0))
    unused: dict[int, list[tuple[int, int]]] = {}
    for row, form, amount in zip(
        idle.ids.tolist(), idle.form.tolist(), idle.fen("full").tolist(), strict=True
    ):
        unused.setdefault(form, []).append((amount, row))
    made = [
        _idle_hit(form, rows, total[form])
        for form, rows in unused.items()
        if form not in not_run and sum(amount for amount, _ in rows) * 100 > total[form] * most
    ]
    return Verdict(made, _without(sums), not_run)


def _idle_hit(form: int, idle: Sequence[tuple[int, int]], total: int) -> Hit:
    """Return the hit on a form's projects without a half-year plan (fen, row), the largest first."""
    amount = sum(fen for fen, _ in idle)
    share = percent_text(amount, total)
    spots = tuple(
        Spot("projects", row, "half") for _, row in sorted(idle, key=lambda entry: (-entry[0], entry[1]))
    )
    values = {"count": str(len(idle)), "amount": wan_text(amount), "share": share}
    return Hit(form, spots, values, Severity.INFO if len(idle) == 1 else None, found=share)


@rule(
    "HF13",
    Severity.INFO,
    FEASIBILITY,
    asks=("half_money", "sum:AR05"),
    zh="项目“{name}”占半年项目支出计划的{share}，其他项目上半年支出偏少，请核对",
    en="project “{name}” is {share} of the half-year project plan",
)
def no_project_is_most_of_the_plan(
    funds: Rows, projects: Rows, sums: Mapping[str, Rows], settings: Settings
) -> Verdict:
    """No single project is nearly all of the half-year plan, where there are several and it is not most of the year's.

    公式: 单个项目半年数/项目支出半年计划执行数 < 阈值(single_share_percent)，项目数≥5；该项目全年占比也高(single_year_percent)的除外
    依据: 评审经验
    错例: 一个尾款项目占82.10%
    改法: 核对其他项目的支出计划
    Fix: Check the plans of the other projects
    """
    not_run, most = _unsound(sums["AR05"]), int(settings.threshold("single_share_percent"))
    total = funds.of(projects.form, funds.fen("project_half"))
    several = funds.of(projects.form, sums["AR05"]["addends"]) >= 5
    year = funds.of(projects.form, funds.fen("project_full"))
    large = several & (total > 0) & (projects.fen("half") * 100 >= total * most)
    large &= projects.fen("full") * 100 < year * int(settings.threshold("single_year_percent"))
    large[large] = [form not in not_run for form in projects.form[large].tolist()]
    rows = projects.where(large)
    share = [
        percent_text(*parts) for parts in zip(rows.fen("half").tolist(), total[large].tolist(), strict=True)
    ]
    made = hits(rows, ["projects.half"], name=told(rows, "name"), share=share, found=share)
    return Verdict(made, _without(sums), not_run)
