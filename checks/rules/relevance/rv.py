"""RV: does the money have a purpose that is measured, and does what is stated have money behind it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from checks.declared.money import percent_text, wan_text
from checks.finding import Hit, Severity, Spot
from checks.likeness.links import Line, lexicon_of, overlap, reaches, said, weights
from checks.likeness.project_kinds import is_capital, is_running
from checks.rule import FITNESS, RELEVANCE, Verdict, derived, hits, quoted, rule, told
from checks.settings import Settings
from checks.targets.indicator import COSTLY, TIMELY

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from checks.frames.rows import Mask, Rows

_WAN = 1_000_000
_NO_LINES = {"zh": "履职部分没有内容，无法对应", "en": "no duties are stated to compare with"}


@dataclass(frozen=True, slots=True, eq=False)
class Spending:
    """The projects with a name and a readable budget: whether they serve a duty, what they are, their form's `total`.

    `running` says that nobody expects an indicator: a running cost by its name, linked to no duty, and
    not a large building work that only has an office in its name.
    """

    projects: Rows
    linked: Mask
    capital: Mask
    running: Mask
    total: NDArray[np.int64]


@derived
def spending(
    projects: Rows, links: pd.DataFrame, settings: Settings, project_money: NDArray[np.int64]
) -> Spending:
    """Return the projects that money is asked for."""
    import numpy as np

    rows = projects.where(projects.readable("full") & ~projects.equal("name", ""))
    scores = dict(zip(links["project"].tolist(), links["score"].tolist(), strict=True))
    linked = reaches(np.array([scores.get(row, 0) for row in rows.ids.tolist()], dtype=np.int64), settings)
    capital, running = rows.test("name", is_capital(settings)), rows.test("name", is_running(settings))
    large = capital & (rows.fen("full") >= int(settings.threshold("capital_wan")) * _WAN)
    total = projects.of(rows.ids, project_money)
    return Spending(rows, linked, capital, running & ~linked & ~large, total)


@derived
def judged(lines: Sequence[Line]) -> frozenset[int]:
    """Return the forms that state duties at all."""
    return frozenset(line.form for line in lines)


@derived
def unspoken(forms: Rows, spending: Spending, judged: frozenset[int], settings: Settings) -> list[int]:
    """Return the large projects that no key task, indicator or goal of a form with duties speaks of, dearest first."""
    rows, full, total = spending.projects, spending.projects.fen("full"), spending.total
    share, floor = int(settings.threshold("major_share_percent")), int(settings.threshold("major_wan"))
    major = (full * 100 >= total * share) | (full >= floor * _WAN)
    unserved = (major & (full > 0) & ~spending.linked & ~spending.running).nonzero()[0].tolist()
    goals = dict(zip(forms.ids.tolist(), forms.texts("annual_goal"), strict=True))
    in_goal, form = _in_goal(settings), rows.form.tolist()
    apart = [at for at in unserved if form[at] in judged and not in_goal(rows["name"][at], goals[form[at]])]
    apart.sort(key=lambda at: (form[at], -int(full[at])))
    return apart


def _unjudged(forms: Rows, judged: frozenset[int]) -> dict[int, Mapping[str, str]]:
    return {form: _NO_LINES for form in forms.ids.tolist() if form not in judged}


@rule(
    "RV01",
    Severity.WARNING,
    RELEVANCE,
    asks=("projects",),
    zh="项目“{name}”{amount}万元（占项目支出{share}）未见对应的重点工作、指标和年度目标，请补充",
    en="project “{name}”, {amount} 万元 ({share} of project money), has no key task, indicator or annual goal",
)
def large_projects_serve_a_duty(
    forms: Rows, spending: Spending, judged: frozenset[int], unspoken: list[int]
) -> Verdict:
    """A large project is spoken of in a key task, an indicator or the annual goal.

    Running costs are exempt. A reviewer's link in the settings counts.

    公式: 全年预算数≥项目支出×阈值(major_share_percent)或≥阈值(major_wan)的项目，名称与履职各行、年度目标的重合度≥阈值(link_least_percent)
    依据: 财预〔2015〕88号 (unconfirmed)，资金与目标相应匹配
    错例: 校舍维修2119万元，全表没有“校舍”“维修”
    改法: 补充对应的重点工作和指标；已有的请在重点工作中写明该项目
    Fix: Add the key task and indicators; where there are some, name the project in the key task
    """
    rows, full, total = spending.projects, spending.projects.fen("full"), spending.total
    chosen, apart = rows.take(unspoken), unspoken
    found = [wan_text(fen) for fen in full[apart].tolist()]
    shares = [percent_text(*parts) for parts in zip(full[apart].tolist(), total[apart].tolist(), strict=True)]
    places = ["projects.name", "projects.full"]
    made = hits(chosen, places, name=told(chosen, "name"), amount=found, share=shares, found=found)
    return Verdict(made, not_run=_unjudged(forms, judged))


def _in_goal(settings: Settings) -> Callable[[str, str], bool]:
    """Return the test whether a goal speaks of what a project is named after."""
    words, least = lexicon_of(settings), int(settings.threshold("link_least_percent")) * 10
    return lambda name, goal: said(name, [weights(goal, words)], words)[0] >= least


@rule(
    "RV02",
    Severity.WARNING,
    RELEVANCE,
    zh="与履职工作对应的项目资金{matched}万元，仅占项目支出（不含运转类）{base}万元的{share}，低于{least}%，请按资金主要去向补充重点工作和指标",
    en="projects that serve a stated duty make {matched} of {base} 万元 (running costs aside): {share}, below {least} %",
)
def most_money_serves_a_duty(
    forms: Rows, spending: Spending, judged: frozenset[int], unspoken: list[int], settings: Settings
) -> Verdict:
    """Projects that serve a stated duty make most of the project money, running costs aside.

    A note where large projects are named one by one as serving none (RV01): it adds them up.

    公式: Σ有对应履职工作的项目/(Σ项目-Σ运转类项目) ≥ 阈值(matched_share_percent)
    依据: 财预〔2015〕88号 (unconfirmed)，资金与目标相应匹配
    错例: 1127万元，占15.80%
    改法: 按资金主要去向补充重点工作和指标
    Fix: State key tasks and indicators for where the money goes
    """
    rows, full, by_form = spending.projects, spending.projects.fen("full"), spending.projects.groups("form")
    base, matched = (
        spending.total - by_form.total(full * spending.running),
        by_form.total(full * spending.linked),
    )
    least = int(settings.threshold("matched_share_percent"))
    few = by_form.leads & (base > 0) & (matched * 100 < base * least)
    columns = (rows.form[few].tolist(), matched[few].tolist(), base[few].tolist())
    named = set(rows.form[unspoken].tolist())
    made = [_few_hit(*row, least, row[0] in named) for row in zip(*columns, strict=True) if row[0] in judged]
    nothing = frozenset(forms.ids.tolist()) - frozenset(rows.form[base > 0].tolist())
    unjudged = {form: why for form, why in _unjudged(forms, judged).items() if form not in nothing}
    return Verdict(made, nothing, unjudged)


def _few_hit(form: int, matched: int, base: int, least: int, named: bool) -> Hit:
    share = percent_text(matched, base)
    values = {"matched": wan_text(matched), "base": wan_text(base), "share": share, "least": str(least)}
    severity = Severity.INFO if named else None
    return Hit(
        form, (Spot("funds", form, "project_full"),), values, severity, found=share, expected=f"≥{least}%"
    )


_UNPAID = re.compile(r"基本支出|日常公用|公用经费|人员经费|不涉及(?:项目)?(?:经费|资金)|无项目(?:经费|资金)")


@rule(
    "RV03", Severity.INFO, RELEVANCE, asks=("key_task",),
    zh="重点工作“{task}”没有对应的项目，如由基本支出保障请注明", en="no project serves the key task “{task}”; say so if it is done on basic expenditure",
)  # fmt: skip
def duties_have_money(
    projects: Rows, lines: Sequence[Line], links: pd.DataFrame, settings: Settings
) -> list[Hit]:
    """A key task has a project behind it, or says that basic expenditure carries it.

    公式: 每项重点工作至少有一个项目的名称与之重合度≥阈值(reverse_link_percent)
    依据: 财预〔2015〕88号 (unconfirmed)，资金与目标相应匹配
    错例: “志愿服务”无项目，也未注明由基本支出保障
    改法: 注明经费来源，或补列项目
    Fix: Say what pays for it
    """
    words, least = lexicon_of(settings), int(settings.threshold("reverse_link_percent")) * 10
    names: dict[int, list[str]] = {}
    for form, name in zip(projects.form.tolist(), projects["name"].tolist(), strict=True):
        names.setdefault(form, []).append(name)
    reviewed = set(links["indicator"][links["score"] >= 1000].tolist())
    made = []
    for line in lines:
        mine = [name for name in names.get(line.form, ()) if name]
        served = any(overlap(name, line.text, words) >= least for name in mine)
        if mine and not served and not reviewed & set(line.rows) and not _UNPAID.search(line.key_task):
            field = "key_task" if line.key_task else "level2"
            values = {"task": quoted(line.level2 or line.key_task)}
            made.append(Hit(line.form, (Spot("indicators", line.rows[0], field),), values))
    return made


_DIMENSIONS: tuple[tuple[str, str, re.Pattern[str]], ...] = (
    ("质量", "quality", re.compile(r"合格|达标|质量|优良|完好|通过率|验收|准确|成活|存活|故障|耐久|规范")),
    ("时效", "time", TIMELY),
    ("成本", "cost", COSTLY),
)  # fmt: skip


@rule(
    "RV04",
    Severity.WARNING,
    FITNESS,
    zh="{count}个维修、购置、建设类项目共{amount}万元的指标不全，请补充：{missing}",
    en="{count} repair, purchase or building projects of {amount} 万元 lack indicators: {missing_en}",
)
def works_and_purchases_are_measured(
    forms: Rows, spending: Spending, lines: Sequence[Line], links: pd.DataFrame, settings: Settings
) -> Verdict:
    """Repairs, building works and purchases have indicators of quality, time and cost in their duty line.

    Judged where such projects come to the threshold together. A warning where one of them has none of the three, else
    pointed out. A bureau that collects project goals on forms of their own may lower the severity to info.

    公式: 维修、改造、购置、建设、工程类项目合计≥阈值(capital_wan)时，其对应的履职行有质量、时效、成本三类指标
    依据: 财预〔2021〕101号 (unconfirmed)
    错例: 校舍维修、设备购置、电增容共6061.45万元，没有一项质量、时效、成本指标
    改法: 补充验收合格率、按期完成率、成本控制等指标
    Fix: Add indicators of acceptance, punctual completion and cost
    """
    works = spending.capital & (spending.projects.fen("full") > 0)
    rows = spending.projects.where(works)
    missing = _missing_dimensions(rows, spending.linked[works].tolist(), lines, links)
    entries = zip(rows.ids.tolist(), rows.form.tolist(), rows.fen("full").tolist(), strict=True)
    names = dict(zip(rows.ids.tolist(), rows["name"].tolist(), strict=True))
    lacking: dict[int, list[tuple[int, int]]] = {}
    for row, form, full in sorted(entries, key=lambda entry: (entry[1], -entry[2])):
        if missing[row]:
            lacking.setdefault(form, []).append((row, full))
    floor = int(settings.threshold("capital_wan")) * _WAN
    made = [
        _lacking_hit(form, group, missing, names)
        for form, group in lacking.items()
        if sum(full for _, full in group) >= floor
    ]
    return Verdict(made, frozenset(forms.ids.tolist()) - frozenset(rows.form.tolist()))


def _lacking_hit(
    form: int, group: list[tuple[int, int]], missing: Mapping[int, list[str]], names: Mapping[int, str]
) -> Hit:
    """Return the hit on a form's projects (row, fen) that lack indicators, those that lack the same together."""
    alike: dict[tuple[str, ...], list[int]] = {}
    for row, _ in group:
        alike.setdefault(tuple(missing[row]), []).append(row)
    amount = wan_text(sum(full for _, full in group))
    values = {
        "count": str(len(group)), "amount": amount,
        "missing": "；".join(_lacking(rows, what, names, "zh") for what, rows in alike.items()),
        "missing_en": "; ".join(_lacking(rows, what, names, "en") for what, rows in alike.items()),
    }  # fmt: skip
    spots = tuple(Spot("projects", row, "name") for row, _ in group)
    severity = None if any(len(what) == len(_DIMENSIONS) for what in alike) else Severity.INFO
    return Hit(form, spots, values, severity, found=amount)


def _lacking(rows: Sequence[int], what: Sequence[str], names: Mapping[int, str], lang: str) -> str:
    """Return the first project's name, how many more there are, and what they lack."""
    first, more = quoted(names[rows[0]], 20), len(rows) - 1
    kinds = {zh: en for zh, en, _ in _DIMENSIONS}
    if lang == "en":
        return f"“{first}”{f' and {more} more' if more else ''}: {', '.join(kinds[zh] for zh in what)}"
    return f"“{first}”{f'等{more + 1}个' if more else ''}缺{'、'.join(what)}指标"


def _missing_dimensions(
    rows: Rows, linked: Sequence[bool], lines: Sequence[Line], links: pd.DataFrame
) -> dict[int, list[str]]:
    """Return the dimensions each project's duty line lacks; a project without a line lacks all of them."""
    line_of = {row: line for line in lines for row in line.rows}
    indicator = dict(zip(links["project"].tolist(), links["indicator"].tolist(), strict=True))
    found = {}
    for row, is_linked in zip(rows.ids.tolist(), linked, strict=True):
        line = line_of.get(indicator.get(row, -1)) if is_linked else None
        said = "\n".join(line.names) if line is not None else ""
        found[row] = [zh for zh, _, pattern in _DIMENSIONS if not pattern.search(said)]
    return found
