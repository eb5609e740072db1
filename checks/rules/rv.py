"""RV: does the money have a purpose that is measured, and does what is stated have money behind it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from checks.finding import Hit, Severity, Spot
from checks.links import duty_lines, is_linked, lexicon_of, overlap
from checks.money import percent_text, wan_text
from checks.relations import amounts, readable
from checks.rule import FITNESS, RELEVANCE, Verdict, hits, quoted, rule
from checks.settings import Settings
from checks.tables import Tables

if TYPE_CHECKING:
    import pandas as pd

_WAN = 1_000_000
_NO_LINES = {"zh": "履职部分没有内容，无法对应", "en": "no duties are stated to compare with"}


@dataclass(frozen=True, slots=True)
class _Words:
    running: re.Pattern[str]
    capital: re.Pattern[str]
    never: re.Pattern[str]


def _words(settings: Settings) -> _Words:
    return _Words(
        *(_pattern(settings.word_list(name)) for name in ("running_cost", "capital", "not_capital"))
    )


@lru_cache(maxsize=16)
def _pattern(words: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, words)) or "(?!)")


def _is_capital(name: str, words: _Words) -> bool:
    return bool(words.capital.search(words.never.sub("", name[:300])))


def _money(tables: Tables, links: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """Return the projects with a readable budget: form, name, full (fen), score, linked, capital, running.

    `running` says that nobody expects an indicator: a running cost by its name, linked to no duty, and
    not a large building work that only has an office in its name.
    """
    projects = tables.projects
    rows = projects[readable(projects, "full") & (projects["name"] != "")][["form", "name"]].copy()
    rows["full"] = amounts(projects, "full").loc[rows.index]
    by_project = links.set_index("project")
    rows["score"] = by_project["score"].reindex(rows.index).fillna(0).astype("int64")
    rows["linked"] = is_linked(rows, settings)
    words = _words(settings)
    names = rows["name"].unique()
    rows["capital"] = rows["name"].map({name: _is_capital(name, words) for name in names}).astype(bool)
    running = rows["name"].map({name: bool(words.running.search(name[:300])) for name in names}).astype(bool)
    large = rows["capital"] & (rows["full"] >= int(settings.threshold("capital_wan")) * _WAN)
    rows["running"] = running & ~rows["linked"] & ~large
    rows["total"] = rows.groupby("form")["full"].transform("sum")
    return rows


def _judged(tables: Tables) -> frozenset[int]:
    """Return the forms that state duties at all."""
    return frozenset(line.form for line in duty_lines(tables))


def _unjudged(tables: Tables, judged: frozenset[int]) -> dict[int, Mapping[str, str]]:
    return {form: _NO_LINES for form in tables.forms.index.tolist() if form not in judged}


@rule(
    "RV01",
    Severity.WARNING,
    RELEVANCE,
    zh="项目“{name}”{amount}万元（占项目支出{share}）未见对应的重点工作、指标和年度目标",
    en="project “{name}”, {amount} 万元 ({share} of project money), has no key task, indicator or annual goal",
)
def large_projects_serve_a_duty(tables: Tables, links: pd.DataFrame, settings: Settings) -> Verdict:
    """A large project is spoken of in a key task, an indicator or the annual goal.

    Running costs are exempt. A reviewer's link in the settings counts.

    公式: 全年预算数≥项目支出×阈值(major_share_percent)或≥阈值(major_wan)的项目，名称与履职各行、年度目标的重合度≥阈值(link_least_percent)
    依据: 财预〔2015〕88号 (unconfirmed)，资金与目标相应匹配
    错例: 校舍维修2119万元，全表没有“校舍”“维修”
    改法: 补充对应的重点工作和指标；已有的请在名称上对应，或由评审人登记对应关系
    Fix: Add the key task and indicators, or let the reviewer record which key task it serves
    """
    judged = _judged(tables)
    rows = _money(tables, links, settings)
    share, floor = int(settings.threshold("major_share_percent")), int(settings.threshold("major_wan"))
    major = (rows["full"] * 100 >= rows["total"] * share) | (rows["full"] >= floor * _WAN)
    open_ = rows[major & (rows["full"] > 0) & ~rows["linked"] & ~rows["running"] & rows["form"].isin(judged)]
    open_ = open_[~_in_goal(open_, tables, settings)].sort_values(["form", "full"], ascending=[True, False])
    found = open_["full"].map(wan_text)
    shares = [percent_text(a, b) for a, b in zip(open_["full"], open_["total"], strict=True)]
    made = hits(
        open_, open_["full"] > 0, ["projects.name", "projects.full"], name=open_["name"].map(quoted), amount=found,
        share=_series(shares, open_), found=found,
    )  # fmt: skip
    return Verdict(made, not_run=_unjudged(tables, judged))


def _in_goal(rows: pd.DataFrame, tables: Tables, settings: Settings) -> pd.Series[bool]:
    words = lexicon_of(settings)
    least = int(settings.threshold("link_least_percent")) * 10
    goals = tables.forms["annual_goal"].fillna("")
    said = [
        overlap(name, goals[form], words) >= least
        for name, form in zip(rows["name"], rows["form"], strict=True)
    ]
    return _series(said, rows).astype(bool)


def _series(values: list[Any], frame: pd.DataFrame) -> pd.Series[Any]:
    import pandas as pd

    return pd.Series(values, index=frame.index, dtype=object)


@rule(
    "RV02",
    Severity.WARNING,
    RELEVANCE,
    zh="与履职工作对应的项目资金{matched}万元，占项目支出（不含运转类）{base}万元的{share}，低于{least}%",
    en="projects that serve a stated duty make {matched} of {base} 万元 (running costs aside): {share}, below {least} %",
)
def most_money_serves_a_duty(tables: Tables, links: pd.DataFrame, settings: Settings) -> Verdict:
    """Projects that serve a stated duty make most of the project money, running costs aside.

    公式: Σ有对应履职工作的项目/(Σ项目-Σ运转类项目) ≥ 阈值(matched_share_percent)
    依据: 财预〔2015〕88号 (unconfirmed)，资金与目标相应匹配
    错例: 1127万元，占15.80%
    改法: 按资金主要去向补充重点工作和指标
    Fix: State key tasks and indicators for where the money goes
    """
    judged = _judged(tables)
    rows = _money(tables, links, settings)
    base = rows["full"].where(~rows["running"], 0).groupby(rows["form"]).sum()
    matched = rows["full"].where(rows["linked"], 0).groupby(rows["form"]).sum()
    least = int(settings.threshold("matched_share_percent"))
    made = []
    for form in base.index[(base > 0) & (matched * 100 < base * least)].tolist():
        if form not in judged:
            continue
        values = {
            "matched": wan_text(int(matched[form])), "base": wan_text(int(base[form])),
            "share": percent_text(int(matched[form]), int(base[form])), "least": str(least),
        }  # fmt: skip
        spot = Spot("funds", form, "project_full")
        made.append(Hit(form, (spot,), values, found=values["share"], expected=f"≥{least}%"))
    nothing = frozenset(tables.forms.index.tolist()) - frozenset(base.index[base > 0].tolist())
    unjudged = {form: why for form, why in _unjudged(tables, judged).items() if form not in nothing}
    return Verdict(made, nothing, unjudged)


_UNPAID = re.compile(r"基本支出|日常公用|公用经费|人员经费|不涉及(?:项目)?(?:经费|资金)|无项目(?:经费|资金)")


@rule(
    "RV03", Severity.INFO, RELEVANCE,
    zh="重点工作“{task}”没有对应的项目，如由基本支出保障请注明", en="no project serves the key task “{task}”; say so if it is done on basic expenditure",
)  # fmt: skip
def duties_have_money(tables: Tables, links: pd.DataFrame, settings: Settings) -> list[Hit]:
    """A key task has a project behind it, or says that basic expenditure carries it.

    公式: 每项重点工作至少有一个项目的名称与之重合度≥阈值(reverse_link_percent)
    依据: 财预〔2015〕88号 (unconfirmed)，资金与目标相应匹配
    错例: “志愿服务”无项目，也未注明由基本支出保障
    改法: 注明经费来源，或补列项目
    Fix: Say what pays for it
    """
    words, least = lexicon_of(settings), int(settings.threshold("reverse_link_percent")) * 10
    names: dict[int, list[str]] = {}
    for form, name in zip(tables.projects["form"].tolist(), tables.projects["name"], strict=True):
        names.setdefault(form, []).append(name)
    reviewed = set(links["indicator"][links["score"] >= 1000].tolist())
    made = []
    for line in duty_lines(tables):
        mine = [name for name in names.get(line.form, ()) if name]
        served = any(overlap(name, line.text, words) >= least for name in mine)
        if mine and not served and not reviewed & set(line.rows) and not _UNPAID.search(line.key_task):
            field = "key_task" if line.key_task else "level2"
            values = {"task": quoted(line.level2 or line.key_task)}
            made.append(Hit(line.form, (Spot("indicators", line.rows[0], field),), values))
    return made


_DIMENSIONS: tuple[tuple[str, str, re.Pattern[str]], ...] = (
    ("质量", "quality", re.compile(r"合格|达标|质量|优良|完好|通过率|验收|准确|成活|存活|故障|耐久|规范")),
    ("时效", "time", re.compile(r"及时|按时|按期|时效|时限|进度|工期|准时|如期|到货|交付|完成率|完成时间|天数|开工|竣工")),
    ("成本", "cost", re.compile(r"成本|单价|造价|费用|控制数|超概|超预算|节约|投资额|控制率|总额|单位.{0,4}支出|单[^、，]{1,6}(?:成本|支出|费)")),
)  # fmt: skip


@rule(
    "RV04",
    Severity.WARNING,
    FITNESS,
    zh="{count}个维修、购置、建设类项目共{amount}万元缺{missing}指标，应设验收合格率、按期完成率、成本等指标",
    en="{count} repair, purchase or building projects of {amount} 万元 lack indicators of {missing_en}",
)
def works_and_purchases_are_measured(tables: Tables, links: pd.DataFrame, settings: Settings) -> Verdict:
    """Repairs, building works and purchases have indicators of quality, time and cost in their duty line.

    Judged where such projects come to the threshold together. A bureau that collects project goals
    on forms of their own may lower the severity to info in the settings.

    公式: 维修、改造、购置、建设、工程类项目合计≥阈值(capital_wan)时，其对应的履职行有质量、时效、成本三类指标
    依据: 财预〔2021〕101号 (unconfirmed)
    错例: 校舍维修、设备购置、电增容共6061.45万元，没有一项质量、时效、成本指标
    改法: 补充验收合格率、按期完成率、成本控制等指标
    Fix: Add indicators of acceptance, punctual completion and cost
    """
    rows = _money(tables, links, settings)
    rows = rows[rows["capital"] & (rows["full"] > 0)]
    missing = _missing_dimensions(rows, tables, links)
    lacking = rows[rows.index.isin([row for row, what in missing.items() if what])]
    floor = int(settings.threshold("capital_wan")) * _WAN
    made = []
    for form, group in lacking.sort_values("full", ascending=False).groupby("form", sort=True):
        total = int(group["full"].sum())
        if total < floor:
            continue
        what = {name for row in group.index for name in missing[row]}
        named = [(zh, en) for zh, en, _ in _DIMENSIONS if zh in what]
        values = {
            "count": str(len(group)), "amount": wan_text(total),
            "missing": "、".join(zh for zh, _ in named), "missing_en": ", ".join(en for _, en in named),
        }  # fmt: skip
        spots = tuple(Spot("projects", row, "name") for row in group.index.tolist())
        made.append(Hit(int(str(form)), spots, values, found=values["amount"]))
    return Verdict(made, frozenset(tables.forms.index.tolist()) - frozenset(rows["form"].tolist()))


def _missing_dimensions(rows: pd.DataFrame, tables: Tables, links: pd.DataFrame) -> dict[int, list[str]]:
    """Return the dimensions each project's duty line lacks; a project without a line lacks all of them."""
    names = {row: "\n".join(line.names) for line in duty_lines(tables) for row in line.rows}
    indicator = dict(zip(links["project"], links["indicator"], strict=True))
    found = {}
    for row, linked in zip(rows.index.tolist(), rows["linked"], strict=True):
        said = names.get(indicator.get(row, -1), "") if linked else ""
        found[row] = [zh for zh, _, pattern in _DIMENSIONS if not pattern.search(said)]
    return found
