"""HF: what a project plans to spend by mid-year, beside what its indicator promises by then."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from checks.declared.money import percent_text, wan_text
from checks.finding import Hit, Severity, Spot
from checks.likeness.links import Line, is_linked, lexicon_of, overlap
from checks.rule import FEASIBILITY, Verdict, derived, quoted, rule
from checks.settings import Settings

if TYPE_CHECKING:
    import pandas as pd

    from checks.frames.rows import Mask, Rows

_SETTLED_LATER = re.compile(r"尾款|质保金|质量保证金|结算款|欠款")
"""Payments that follow a delivery made long before: they say nothing about when anything is delivered."""
_DONE = re.compile(
    r"及时|完成|按时|按期|如期|完工|竣工|开工|建成|封顶|贯通|投用|投入|交付|验收|上线|到货|启用"
)


@dataclass(frozen=True, slots=True, eq=False)
class Served:
    """Linked projects whose two amounts are known, each beside its line's nearest indicator, row by row.

    `own`: the indicator itself, not only its line, is about the project, and about no other project more.
    """

    projects: Rows
    indicators: Rows
    own: Mask

    def said(self, at: int) -> dict[str, str]:
        """Return how messages name the project and the indicator of a row, and its half-year value."""
        name, measure = self.projects["name"][at], self.indicators["name"][at]
        half = self.indicators["half_raw"][at]
        return {"name": quoted(name), "measure": quoted(measure), "half": quoted(half)}


@derived
def served(projects: Rows, indicators: Rows, links: pd.DataFrame, settings: Settings) -> Served:
    """Return the linked projects beside the indicators that are to measure them."""
    linked = links[is_linked(links, settings)]
    mine, measure = projects.numbered(linked["project"]), indicators.numbered(linked["indicator"])
    known = mine.readable("half") & mine.readable("full") & (mine.fen("full") > 0)
    known &= ~mine.test("name", _SETTLED_LATER.search)
    mine, measure = mine.where(known), measure.where(known)
    return Served(mine, measure, _own(mine, measure, settings))


def _own(projects: Rows, indicators: Rows, settings: Settings) -> Mask:
    import numpy as np

    words, least = lexicon_of(settings), int(settings.threshold("own_indicator_percent")) * 10
    named = list(zip(indicators.ids.tolist(), projects["name"], indicators["name"], strict=True))
    about = [overlap(measure, name, words) for _, name, measure in named]
    best: dict[int, int] = {}
    for (indicator, _, _), score in zip(named, about, strict=True):
        best[indicator] = max(best.get(indicator, 0), score)
    own = [
        score == best[indicator] and overlap(name, measure, words) >= least
        for (indicator, name, measure), score in zip(named, about, strict=True)
    ]
    return np.array(own, dtype=bool)


def _untouched(forms: Rows, served: Served) -> frozenset[int]:
    """Return the forms without a project that any indicator measures."""
    return frozenset(forms.ids.tolist()) - frozenset(served.projects.form.tolist())


@rule(
    "HF06", Severity.WARNING, FEASIBILITY, asks=("half_value",),
    zh="项目“{name}”半年计划执行数为0（全年{full}万元），而“{measure}”半年指标值为“{half}”，请核对两处",
    en="project “{name}” plans nothing by mid-year ({full} 万元 in the year), but “{measure}” is to be “{half}” by then",
)  # fmt: skip
def what_is_promised_by_mid_year_is_paid_for(forms: Rows, served: Served) -> Verdict:
    """An indicator that promises something by mid-year has half-year money in the project it measures.

    Counts above 0 and the words 及时, 完成 promise something; levels (coverage, satisfaction) do not.
    Silent where another project of the indicator has money by then, and for payments that follow delivery (尾款).

    公式: 与项目对应的指标半年值>0或为“及时”“完成”等时，项目半年计划执行数>0
    依据: 财预〔2015〕88号 (unconfirmed)，资金与目标相应匹配
    错例: 半年计划0万元，半年指标值“及时”
    改法: 核对半年计划执行数和半年指标值；先实施后付款的请说明
    Fix: Check the plan and the target; explain what is delivered before it is paid for
    """
    rows, half = served.indicators, served.projects.fen("half")
    paid = frozenset(rows.ids[served.own & (half > 0)].tolist())
    counted = rows.equal("half_kind", "number") & rows.given("half_number") & (rows.fen("half_number") > 0)
    counted &= rows.among("klass", ("cumulative", "period_relative"))
    worded = rows.equal("half_kind", "word") & rows.test("half_raw", _DONE.search)
    idle: dict[int, int] = {}
    for at in (served.own & (counted | worded)).nonzero()[0].tolist():
        idle.setdefault(int(rows.ids[at]), at)
    made = []
    for indicator, at in idle.items():
        if indicator not in paid:
            row, full = int(served.projects.ids[at]), int(served.projects.fen("full")[at])
            spots = (Spot("indicators", indicator, "half"), Spot("projects", row, "half"))
            values = {**served.said(at), "full": wan_text(full)}
            made.append(Hit(int(rows.form[at]), spots, values, found=values["half"], expected=""))
    return Verdict(made, _untouched(forms, served))


@rule(
    "HF07", Severity.INFO, FEASIBILITY, asks=("half_value",),
    zh="项目“{name}”半年计划{half_wan}万元，而对应的{count}项指标半年值均为0，请填上半年可达到的值",
    en="project “{name}” plans {half_wan} 万元 by mid-year, but its {count} indicators are all 0 by then",
)  # fmt: skip
def what_is_paid_by_mid_year_shows(
    forms: Rows, indicators: Rows, inapplicable: Mask, lines: Sequence[Line], served: Served
) -> Verdict:
    """Money planned by mid-year shows in at least one indicator of the project's duty line by then.

    公式: 项目半年计划执行数>0时，其对应履职行的指标半年值不全为0
    依据: 财预〔2015〕88号 (unconfirmed)，资金与目标相应匹配
    错例: 教育装备工作经费半年10万元，两项指标半年均为≥0人次
    改法: 填写上半年可达到的指标值；属前期准备的请说明
    Fix: State what half the year brings; explain preparatory costs
    """
    numbers = indicators.equal("half_kind", "number") & indicators.equal("full_kind", "number")
    nothing = numbers & indicators.given("half_number") & (indicators.fen("half_number") == 0)
    idle = frozenset(indicators.ids[nothing & (indicators.fen("full_number") > 0)].tolist())
    empty = frozenset(indicators.ids[indicators["unset"] | inapplicable].tolist())
    line_of = {row: line for line in lines for row in line.rows}
    made = []
    half = served.projects.fen("half")
    for at in (half > 0).nonzero()[0].tolist():
        mine = [row for row in line_of[int(served.indicators.ids[at])].rows if row not in empty]
        if mine and idle.issuperset(mine):
            values = {**served.said(at), "half_wan": wan_text(int(half[at])), "count": str(len(mine))}
            spot = Spot("projects", int(served.projects.ids[at]), "half")
            spots = (spot, *(Spot("indicators", row, "half") for row in mine))
            made.append(Hit(int(served.projects.form[at]), spots, values, found=values["half_wan"]))
    return Verdict(made, _untouched(forms, served))


@rule(
    "HF08", Severity.INFO, FEASIBILITY, asks=("half_value",),
    zh="“{measure}”半年值为全年的{output}，而项目“{name}”半年资金为全年的{money}，相差较大，请核对",
    en="“{measure}” is at {output} of the year by mid-year, the money of project “{name}” at {money}",
)  # fmt: skip
def output_keeps_pace_with_money(
    forms: Rows,
    pairs: Mask,
    indicators: Rows,
    served: Served,
    copied_money: Mapping[int, Sequence[int]],
    settings: Settings,
) -> Verdict:
    """A count grows over the year about as fast as the money of the projects it measures.

    Judged where both have begun by mid-year: what has not is a matter of HF06 and HF07. A number that is
    nearly the year's by then counts a stock (parks looked after), whatever its name; a copied one is HF02, a copied
    column of money HF14.

    公式: |指标半年值/全年值 - 项目半年数/全年数| ≤ 阈值(pace_pp)个百分点；数量类、≥的指标
    依据: 评审经验
    错例: 指标半年完成85%，资金仅安排20%
    改法: 核对半年指标值和半年计划执行数；集中付款的请说明
    Fix: Check both; explain payments made at one time
    """
    rows = served.indicators
    counts = rows.equal("klass", "cumulative") & ~rows.equal("full_unit", "%")
    counts &= indicators.of(rows.ids, pairs) & ~rows.among("full_operator", ("≤", "<"))
    begun = (rows.fen("half_number") > 0) & (rows.fen("full_number") > 0)
    groups: dict[int, list[int]] = {}
    for at in (counts & begun & served.own).nonzero()[0].tolist():
        groups.setdefault(int(rows.ids[at]), []).append(at)
    groups = {key: group for key, group in groups.items() if int(rows.form[group[0]]) not in copied_money}
    made = [hit for group in groups.values() if (hit := _out_of_step(served, group, settings)) is not None]
    return Verdict(made, _untouched(forms, served))


def _out_of_step(served: Served, group: list[int], settings: Settings) -> Hit | None:
    """Return the hit on an indicator whose number and whose projects' money are far apart by mid-year."""
    rows, money = served.indicators, served.projects
    first = max(group, key=lambda at: int(money.fen("full")[at]))
    half, full = (sum(money.fen(period)[group].tolist()) for period in ("half", "full"))
    done, due = (int(rows.fen(f"{period}_number")[first]) for period in ("half", "full"))
    stock = done * 100 >= int(settings.threshold("stock_percent")) * due
    apart = abs(done * full - half * due) * 100
    if not 0 < half <= full or stock or apart <= int(settings.threshold("pace_pp")) * due * full:
        return None
    output, share = percent_text(done, due, 1), percent_text(half, full, 1)
    spots = (
        *(Spot("indicators", int(rows.ids[first]), field) for field in ("half", "full")),
        *(Spot("projects", row, "half") for row in money.ids[group].tolist()),
    )
    values = {**served.said(first), "output": output, "money": share}
    return Hit(int(rows.form[first]), spots, values, found=output, expected=share)
