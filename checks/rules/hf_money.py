"""HF: the half-year plan of the money: how much of the year it is, of which projects, and what it promises."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from checks.enrich import MILLION
from checks.finding import Hit, Severity, Spot
from checks.framework import BY_KEY, name_key
from checks.money import percent_text, wan_text
from checks.relations import SUM_BY_CODE, amounts, evaluate, readable
from checks.rule import FEASIBILITY, FITNESS, Verdict, hits, quoted, rule
from checks.settings import Settings
from checks.tables import Tables

if TYPE_CHECKING:
    import pandas as pd

_EXECUTION = BY_KEY[name_key("预算执行率")]
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


def _plans(tables: Tables) -> tuple[dict[int, _Plan], dict[int, Mapping[str, str]]]:
    """Return the plans that can be judged by form number, and why the others cannot."""
    funds = tables.funds
    broken = _defects(funds)
    halves = [amounts(funds, "basic_half") + amounts(funds, "project_half")]
    rows, lines = evaluate(SUM_BY_CODE["AR05"], tables), evaluate(SUM_BY_CODE["AR03"], tables)
    halves.append(halves[0].where(~rows["judged"], amounts(funds, "basic_half") + rows["computed"]))
    totals = [amounts(funds, "total_full")]
    totals.append(totals[0].where(~lines["judged"] | (lines["computed"] <= 0), lines["computed"]))
    plans = {}
    columns = (series.tolist() for series in (*halves, *totals))
    for form, half, summed, total, spent in zip(funds.index.tolist(), *columns, strict=True):
        if total > 0 and form not in broken:
            shares = (_share(h, t) for t in (total, spent) for h in (half, summed))
            plans[form] = _Plan(half, total, tuple(dict.fromkeys(shares)))
    return plans, broken


def _defects(funds: pd.DataFrame) -> dict[int, Mapping[str, str]]:
    """Return why a form's half-year plan cannot be judged, for those where something else is wrong with it."""
    defects: dict[int, Mapping[str, str]] = {}
    for half, full in (("basic_half", "basic_full"), ("project_half", "project_full")):
        above = readable(funds, full) & (amounts(funds, half) > amounts(funds, full))
        blank = funds[f"{half}_state"].eq("blank") & (amounts(funds, full) > 0)
        defects |= dict.fromkeys(funds.index[above].tolist(), _EXCEEDS)
        defects |= dict.fromkeys(funds.index[blank].tolist(), _BLANK)
    for field in _PLACES:
        defects |= dict.fromkeys(funds.index[~readable(funds, field)].tolist(), _UNREADABLE)
    return defects


def _share(part: int, whole: int) -> int:
    """Return a share in hundredths of a percentage point, rounded half up."""
    return (part * 20_000 // whole + 1) // 2


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
    plans, not_run = _plans(tables)
    rows = _stated_rates(tables.indicators)
    columns = (rows[name] for name in ("form", "half_operator", "half_number", "half_raw"))
    made = []
    for row, form, operator, number, text in zip(rows.index.tolist(), *columns, strict=True):
        plan = plans.get(form)
        if plan is not None:
            apart = [_apart(int(number) // _HUNDREDTH_PP, share, operator) for share in plan.shares]
            if min(apart) > round(settings.threshold("execution_rate_warning_pp") * 100):
                severe = min(apart) > round(settings.threshold("execution_rate_error_pp") * 100)
                made.append(_execution_hit(row, form, quoted(text), plan, apart[0], severe))
    judged = frozenset(rows["form"].tolist())
    untouched = frozenset(tables.forms.index.tolist()) - judged
    return Verdict(made, untouched, {form: why for form, why in not_run.items() if form in judged})


def _stated_rates(indicators: pd.DataFrame) -> pd.DataFrame:
    rows = indicators[(indicators["common"] == _EXECUTION) & (indicators["half_kind"] == "number")]
    return rows[rows["half_number"].notna() & (rows["half_unit"] == "%")].drop_duplicates("form")


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
    zh="半年计划执行数占全年的{share}，{why}",
    en="{share} of the year is planned by mid-year: {why_en}",
)
def the_half_year_plan_is_even(tables: Tables, settings: Settings) -> Verdict:
    """The half-year plan is a sound share of the year's money; below the lower threshold it is a warning.

    公式: (基本支出半年+项目支出半年)/资金总额在阈值(half_share_low,half_share_high)之间；低于half_share_lowest为警告
    依据: 预算执行进度管理要求 (unconfirmed)
    错例: 31.73%
    改法: 核对支出计划是否合理，必要时说明
    Fix: Check the plan, or explain it
    """
    plans, not_run = _plans(tables)
    low, high, lowest = (
        round(settings.threshold(f"half_share_{name}") * 100) for name in ("low", "high", "lowest")
    )
    made = []
    for form, plan in plans.items():
        under, over = max(plan.shares) < low, min(plan.shares) > high
        if plan.half > 0 and (under or over):
            share = percent_text(plan.half, plan.total)
            why, why_en = ("偏低", "low") if under else ("偏高", "high")
            severity = Severity.WARNING if max(plan.shares) < lowest else None
            spots = tuple(Spot("funds", form, field) for field in _PLACES)
            made.append(
                Hit(form, spots, {"share": share, "why": why, "why_en": why_en}, severity, found=share)
            )
    empty = frozenset(tables.forms.index.tolist()) - frozenset(plans) - frozenset(not_run)
    return Verdict(made, empty, not_run)


def _without(tables: Tables) -> frozenset[int]:
    """Return the forms that list no project."""
    return frozenset(tables.forms.index.tolist()) - frozenset(tables.projects["form"].tolist())


def _unsound(tables: Tables, code: str) -> dict[int, Mapping[str, str]]:
    """Return the forms whose projects do not come within a hundredth of their stated total, or are not known to."""
    total = evaluate(SUM_BY_CODE[code], tables)
    apart = (total["stated"] - total["computed"]).abs() > total["stated"].abs() // 100 + MILLION
    unsound = total["addends"].gt(0) & (~total["judged"] | apart)
    return dict.fromkeys(total.index[unsound].tolist(), _APART)


@rule(
    "HF10", Severity.WARNING, FEASIBILITY,
    zh="{count}个项目共{amount}万元半年无支出计划，占项目支出的{share}",
    en="{count} projects of {amount} 万元 plan nothing by mid-year: {share} of project money",
)  # fmt: skip
def most_project_money_starts_by_mid_year(tables: Tables, settings: Settings) -> Verdict:
    """Projects without any half-year plan hold no more than a share of all project money.

    公式: 半年计划为0的项目全年预算数之和/全部项目全年预算数 ≤ 阈值(idle_share_percent)
    依据: 预算执行进度管理要求 (unconfirmed)
    错例: 7个项目4433.51万元半年无支出计划，占60.45%
    改法: 核对支出计划；暑期施工等合理情形请说明
    Fix: Check the plan; explain sound cases such as works in summer
    """
    most = int(settings.threshold("idle_share_percent"))
    projects, not_run = tables.projects, _unsound(tables, "AR04")
    full = amounts(projects, "full")
    idle = readable(projects, "half") & (amounts(projects, "half") == 0) & (full > 0)
    total = full.groupby(projects["form"]).sum()
    unused: dict[int, list[tuple[int, int]]] = {}
    for row, form, amount in zip(
        full.index[idle].tolist(), projects["form"][idle].tolist(), full[idle].tolist(), strict=True
    ):
        unused.setdefault(form, []).append((amount, row))
    made = [
        _idle_hit(form, rows, int(total[form]))
        for form, rows in unused.items()
        if form not in not_run and sum(amount for amount, _ in rows) * 100 > int(total[form]) * most
    ]
    return Verdict(made, _without(tables), not_run)


def _idle_hit(form: int, idle: Sequence[tuple[int, int]], total: int) -> Hit:
    """Return the hit on a form's projects without a half-year plan (fen, row), the largest first."""
    amount = sum(fen for fen, _ in idle)
    share = percent_text(amount, total)
    spots = tuple(
        Spot("projects", row, "half") for _, row in sorted(idle, key=lambda entry: (-entry[0], entry[1]))
    )
    return Hit(
        form, spots, {"count": str(len(idle)), "amount": wan_text(amount), "share": share}, found=share
    )


@rule(
    "HF13",
    Severity.INFO,
    FEASIBILITY,
    zh="项目“{name}”占半年项目支出计划的{share}",
    en="project “{name}” is {share} of the half-year project plan",
)
def no_project_is_most_of_the_plan(tables: Tables, settings: Settings) -> Verdict:
    """No single project is nearly all of the half-year plan, where there are several.

    公式: 单个项目半年数/项目支出半年计划执行数 < 阈值(single_share_percent)，项目数≥3
    依据: 评审经验
    错例: 一个尾款项目占82.10%
    改法: 核对其他项目的支出计划
    Fix: Check the plans of the other projects
    """
    projects, not_run = tables.projects, _unsound(tables, "AR05")
    half = amounts(projects, "half")
    total = projects["form"].map(amounts(tables.funds, "project_half"))
    several = projects.groupby("form")["form"].transform("size") >= 3
    most = int(settings.threshold("single_share_percent"))
    large = several & (total > 0) & (half * 100 >= total * most) & ~projects["form"].isin(list(not_run))
    rows = projects[large]
    shares = {row: percent_text(int(half[row]), int(total[row])) for row in rows.index.tolist()}
    share = rows.index.to_series().map(shares)
    names = rows["name"].map(quoted)
    made = hits(rows, rows["form"] >= 0, ["projects.half"], name=names, share=share, found=share)
    return Verdict(made, _without(tables), not_run)
