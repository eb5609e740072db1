"""HF: what a project plans to spend by mid-year, beside what its indicator promises by then."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from checks.finding import Hit, Severity, Spot
from checks.links import duty_lines, is_linked, lexicon_of, overlap
from checks.money import percent_text, wan_text
from checks.relations import amounts, readable
from checks.rule import FEASIBILITY, Verdict, quoted, rule
from checks.settings import Settings
from checks.tables import Tables

if TYPE_CHECKING:
    import pandas as pd

_SETTLED_LATER = re.compile(r"尾款|质保金|质量保证金|结算款|欠款")
"""Payments that follow a delivery made long before: they say nothing about when anything is delivered."""
_DONE = re.compile(r"及时|完成|按时|按期|如期")
_TARGET = ("klass", "half_raw", "full_raw", "half_kind", "full_kind", "half_unit", "full_unit", "half_number", "full_number", "full_operator")  # fmt: skip


def _served(tables: Tables, links: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """Return the linked projects whose two amounts are known, with their line's nearest indicator.

    Columns: form, project, indicator, name, measure, `half_fen`, `full_fen`, `own` (the indicator itself, not only
    its line, is about the project, and about no other project more) and the targets of the indicator.
    """
    projects, indicators = tables.projects, tables.indicators
    rows = links[is_linked(links, settings)][["form", "project", "indicator"]]
    known = readable(projects, "half") & readable(projects, "full") & (amounts(projects, "full") > 0)
    known &= ~projects["name"].str.contains(_SETTLED_LATER)
    rows = rows[rows["project"].map(known).astype(bool)].reset_index(drop=True)
    for column in ("half", "full"):
        rows[f"{column}_fen"] = rows["project"].map(amounts(projects, column))
    rows["name"], rows["measure"] = (
        rows["project"].map(projects["name"]),
        rows["indicator"].map(indicators["name"]),
    )
    for column in _TARGET:
        rows[column] = rows["indicator"].map(indicators[column]).astype(indicators[column].dtype)
    return rows.assign(own=_own(rows, settings))


def _own(rows: pd.DataFrame, settings: Settings) -> list[bool]:
    words, least = lexicon_of(settings), int(settings.threshold("own_indicator_percent")) * 10
    named = list(zip(rows["indicator"], rows["name"], rows["measure"], strict=True))
    about = [overlap(measure, name, words) for _, name, measure in named]
    best: dict[int, int] = {}
    for (indicator, _, _), score in zip(named, about, strict=True):
        best[indicator] = max(best.get(indicator, 0), score)
    return [
        score == best[indicator] and overlap(name, measure, words) >= least
        for (indicator, name, measure), score in zip(named, about, strict=True)
    ]


def _untouched(tables: Tables, rows: pd.DataFrame) -> frozenset[int]:
    """Return the forms without a project that any indicator measures."""
    return frozenset(tables.forms.index.tolist()) - frozenset(rows["form"].tolist())


@rule(
    "HF06", Severity.WARNING, FEASIBILITY,
    zh="项目“{name}”半年计划执行数为0（全年{full}万元），而“{measure}”半年指标值为“{half}”",
    en="project “{name}” plans nothing by mid-year ({full} 万元 in the year), but “{measure}” is to be “{half}” by then",
)  # fmt: skip
def what_is_promised_by_mid_year_is_paid_for(
    tables: Tables, links: pd.DataFrame, settings: Settings
) -> Verdict:
    """An indicator that promises something by mid-year has half-year money in the project it measures.

    Counts above 0 and the words 及时, 完成 promise something; levels (coverage, satisfaction) do not.
    Silent where another project of the indicator has money by then, and for payments that follow delivery (尾款).

    公式: 与项目对应的指标半年值>0或为“及时”“完成”等时，项目半年计划执行数>0
    依据: 财预〔2015〕88号 (unconfirmed)，资金与目标相应匹配
    错例: 半年计划0万元，半年指标值“及时”
    改法: 核对半年计划执行数和半年指标值；先实施后付款的请说明
    Fix: Check the plan and the target; explain what is delivered before it is paid for
    """
    rows = _served(tables, links, settings)
    own = rows[rows["own"].astype(bool)]
    paid = own["indicator"][own["half_fen"] > 0].unique()
    counted = (own["half_kind"] == "number") & (own["half_number"] > 0).fillna(False)
    counted &= own["klass"].isin(["cumulative", "period_relative"])
    worded = (own["half_kind"] == "word") & own["half_raw"].str.contains(_DONE)
    idle = own[(counted | worded) & ~own["indicator"].isin(paid)].drop_duplicates("indicator")
    made = []
    for row in idle.to_dict("records"):
        spots = (Spot("indicators", row["indicator"], "half"), Spot("projects", row["project"], "half"))
        values = {**_said(row), "full": wan_text(row["full_fen"])}
        made.append(Hit(row["form"], spots, values, found=values["half"], expected=""))
    return Verdict(made, _untouched(tables, rows))


def _said(row: dict[Any, Any]) -> dict[str, str]:
    return {"name": quoted(row["name"]), "measure": quoted(row["measure"]), "half": quoted(row["half_raw"])}


@rule(
    "HF07", Severity.INFO, FEASIBILITY,
    zh="项目“{name}”半年计划{half_wan}万元，而对应的{count}项指标半年值均为0",
    en="project “{name}” plans {half_wan} 万元 by mid-year, but its {count} indicators are all 0 by then",
)  # fmt: skip
def what_is_paid_by_mid_year_shows(tables: Tables, links: pd.DataFrame, settings: Settings) -> Verdict:
    """Money planned by mid-year shows in at least one indicator of the project's duty line by then.

    公式: 项目半年计划执行数>0时，其对应履职行的指标半年值不全为0
    依据: 财预〔2015〕88号 (unconfirmed)，资金与目标相应匹配
    错例: 教育装备工作经费半年10万元，两项指标半年均为≥0人次
    改法: 填写上半年可达到的指标值；属前期准备的请说明
    Fix: State what half the year brings; explain preparatory costs
    """
    rows = _served(tables, links, settings)
    indicators = tables.indicators
    numbers = (indicators["half_kind"] == "number") & (indicators["full_kind"] == "number")
    nothing = numbers & ((indicators["half_number"] == 0) & (indicators["full_number"] > 0)).fillna(False)
    idle = frozenset(indicators.index[nothing].tolist())
    empty = frozenset(indicators.index[indicators["unset"]].tolist())
    lines = {
        row: [r for r in line.rows if r not in empty] for line in duty_lines(tables) for row in line.rows
    }
    made = []
    for row in rows[rows["half_fen"] > 0].to_dict("records"):
        mine = lines[row["indicator"]]
        if mine and idle.issuperset(mine):
            values = {**_said(row), "half_wan": wan_text(row["half_fen"]), "count": str(len(mine))}
            spots = (Spot("projects", row["project"], "half"), *(Spot("indicators", r, "half") for r in mine))
            made.append(Hit(row["form"], spots, values, found=values["half_wan"]))
    return Verdict(made, _untouched(tables, rows))


@rule(
    "HF08", Severity.INFO, FEASIBILITY,
    zh="“{measure}”半年值为全年的{output}，而项目“{name}”半年资金为全年的{money}，相差较大",
    en="“{measure}” is at {output} of the year by mid-year, the money of project “{name}” at {money}",
)  # fmt: skip
def output_keeps_pace_with_money(tables: Tables, links: pd.DataFrame, settings: Settings) -> Verdict:
    """A count grows over the year about as fast as the money of the projects it measures.

    Judged where both have begun by mid-year: what has not is a matter of HF06 and HF07. A number that is
    nearly the year's by then counts a stock (parks looked after), whatever its name; a copied one is HF02.

    公式: |指标半年值/全年值 - 项目半年数/全年数| ≤ 阈值(pace_pp)个百分点；数量类、≥的指标
    依据: 评审经验
    错例: 指标半年完成85%，资金仅安排20%
    改法: 核对半年指标值和半年计划执行数；集中付款的请说明
    Fix: Check both; explain payments made at one time
    """
    rows = _served(tables, links, settings)
    numbers = (
        (rows["half_kind"] == "number")
        & (rows["full_kind"] == "number")
        & (rows["half_unit"] == rows["full_unit"])
    )
    counts = (
        numbers
        & (rows["klass"] == "cumulative")
        & (rows["full_unit"] != "%")
        & ~rows["full_operator"].isin(["≤", "<"])
    )
    begun = (rows["half_number"] > 0).fillna(False) & (rows["full_number"] > 0).fillna(False)
    groups: dict[int, list[dict[Any, Any]]] = {}
    for row in rows[counts & begun & rows["own"]].to_dict("records"):
        groups.setdefault(row["indicator"], []).append(row)
    made = [hit for group in groups.values() if (hit := _out_of_step(group, settings)) is not None]
    return Verdict(made, _untouched(tables, rows))


def _out_of_step(group: list[dict[Any, Any]], settings: Settings) -> Hit | None:
    """Return the hit on an indicator whose number and whose projects' money are far apart by mid-year."""
    first = max(group, key=lambda row: row["full_fen"])
    half, full = (sum(int(row[field]) for row in group) for field in ("half_fen", "full_fen"))
    done, due = int(first["half_number"]), int(first["full_number"])
    stock = done * 100 >= int(settings.threshold("stock_percent")) * due
    apart = abs(done * full - half * due) * 100
    if not 0 < half <= full or stock or apart <= int(settings.threshold("pace_pp")) * due * full:
        return None
    values = {**_said(first), "output": percent_text(done, due, 1), "money": percent_text(half, full, 1)}
    spots = (
        *(Spot("indicators", first["indicator"], field) for field in ("half", "full")),
        *(Spot("projects", row["project"], "half") for row in group),
    )
    return Hit(int(first["form"]), spots, values, found=values["output"], expected=values["money"])
