"""RV: what is achieved for the money, and for whom: unit costs, benefits, satisfaction."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from statistics import median_low
from typing import TYPE_CHECKING

from checks.declared.text_key import text_key
from checks.enrich import MILLION
from checks.finding import Hit, Severity, Spot
from checks.frames.columns import numbered
from checks.frames.rows import Rows
from checks.frames.tables import Tables
from checks.given.handed_in import a_year_before, counted
from checks.likeness.links import Line, is_linked, lexicon_of, links_of, overlap
from checks.rule import FITNESS, RELEVANCE, Verdict, hits, quoted, rule, told
from checks.settings import Settings

if TYPE_CHECKING:
    import pandas as pd

_NO_PEERS = {
    "zh": "同名指标不足，也没有上年报表，无法比较单位成本",
    "en": "too few indicators of the same name and no form of last year to compare unit costs with",
}
_OF_PROJECTS = ("form", "name", "full", "full_state")
_OF_INDICATORS = ("form", "name", "name_key", "klass", "full_kind", "full_unit", "full_number")


@dataclass(frozen=True, slots=True)
class _Cost:
    """What one unit of an indicator costs, in fen: the money of the one project it measures over its number."""

    form: int
    project: int
    indicator: int
    name: str
    key: tuple[str, str]
    fen: Fraction


def _costs(tables: Tables, settings: Settings) -> list[_Cost]:
    """Return the unit costs of projects that one indicator measures and that share it with no other project."""
    links = links_of(tables, settings)
    words, least = lexicon_of(settings), int(settings.threshold("link_least_percent")) * 10
    chosen = links[is_linked(links, settings) & ~links["indicator"].duplicated(keep=False)]
    projects = Rows(numbered(tables.projects, _OF_PROJECTS, chosen["project"]))
    rows = Rows(numbered(tables.indicators, _OF_INDICATORS, chosen["indicator"]))
    counts = rows.equal("klass", "cumulative") & rows.equal("full_kind", "number")
    counts &= ~rows.test("full_unit", lambda unit: unit == "%" or "元" in unit) & (
        rows.fen("full_number") > 0
    )
    made = []
    for at in (counts & projects.readable("full") & (projects.fen("full") > 0)).nonzero()[0].tolist():
        name = rows["name"][at]
        if overlap(projects["name"][at], name, words) >= least:
            form, project, indicator = (int(ids[at]) for ids in (rows.form, projects.ids, rows.ids))
            fen = Fraction(int(projects.fen("full")[at]) * MILLION, int(rows.fen("full_number")[at]))
            key = (rows["name_key"][at], rows["full_unit"][at])
            made.append(_Cost(form, project, indicator, name, key, fen))
    return made


@rule(
    "RV05", Severity.INFO, FITNESS, scope="batch",
    zh={"peers": "“{name}”按项目资金测算为{cost}元/{unit}，同名指标多为{expected}元/{unit}", "year": "“{name}”按项目资金测算为{cost}元/{unit}，上年为{expected}元/{unit}"},
    en={"peers": "“{name}” comes to {cost} 元 a {unit}; indicators of that name mostly to {expected}", "year": "“{name}” comes to {cost} 元 a {unit}; last year {expected}"},
)  # fmt: skip
def unit_costs_are_usual(
    tables: Tables, settings: Settings,
    last_year: Tables | None = None, roster: pd.DataFrame | None = None,
) -> Verdict:  # fmt: skip
    """What a unit costs is within a factor of its peers' median and of last year's cost.

    Judged where one project is measured by one counted indicator.

    公式: 单位成本=项目全年预算数/全年指标值；与同名指标中位数（不少于阈值unit_cost_peers个）或上年相差不到阈值(unit_cost_times)倍
    依据: 财预〔2015〕88号 (unconfirmed)，目标与资金相匹配
    错例: 培训每人次1800元，同名指标多为600元
    改法: 核对项目资金和指标值；有原因的请说明
    Fix: Check the money and the number, and say where there is a reason
    """
    forms = frozenset(counted(tables))
    costs = [cost for cost in _costs(tables, settings) if cost.form in forms]
    usual = _usual(costs, int(settings.threshold("unit_cost_peers")))
    before = _last_years(costs, tables, last_year, settings, roster)
    times = int(settings.threshold("unit_cost_times") * 100)
    made: list[Hit] = []
    for cost in costs:
        for variant, known in (("year", before.get(cost.project)), ("peers", usual.get(cost.key))):
            if known and max(cost.fen, known) * 100 > min(cost.fen, known) * times:
                made.append(_cost_hit(cost, known, variant))
    judged = {cost.form for cost in costs if cost.key in usual or cost.project in before}
    comparable = {cost.form for cost in costs}
    nothing = frozenset(tables.forms.index.tolist()) - comparable
    return Verdict(made, nothing, dict.fromkeys(sorted(comparable - judged), _NO_PEERS))


def _usual(costs: list[_Cost], peers: int) -> dict[tuple[str, str], Fraction]:
    by_key: dict[tuple[str, str], list[Fraction]] = {}
    for cost in costs:
        by_key.setdefault(cost.key, []).append(cost.fen)
    return {key: median_low(values) for key, values in by_key.items() if len(values) >= peers}


def _last_years(
    costs: list[_Cost], tables: Tables, last_year: Tables | None, settings: Settings, roster: pd.DataFrame | None
) -> Mapping[int, Fraction]:  # fmt: skip
    """Return last year's unit cost by this year's project."""
    if last_year is None:
        return {}
    pairs, _ = a_year_before(tables, last_year, roster)
    old = {(cost.form, cost.key): cost.fen for cost in _costs(last_year, settings)}
    known = ((cost.project, old.get((pairs.get(cost.form, -1), cost.key))) for cost in costs)
    return {project: fen for project, fen in known if fen}


def _cost_hit(cost: _Cost, known: Fraction, variant: str) -> Hit:
    values = {"name": quoted(cost.name), "unit": cost.key[1] or "单位", "cost": _yuan(cost.fen)}
    spots = (Spot("indicators", cost.indicator, "full"), Spot("projects", cost.project, "full"))
    return Hit(cost.form, spots, values, variant=variant, found=_yuan(cost.fen), expected=_yuan(known))


def _yuan(fen: Fraction) -> str:
    """Return an amount in 元: whole from 100 元 on, else to the fen."""
    return str(round(fen / 100)) if fen >= 10_000 else f"{Decimal(round(fen)) / 100:.2f}"


_ABOUT_ITSELF = re.compile(
    r"为(?:本?单位|本?机关|本?中心|本?部门)|本单位|本部门|单位(?:自身|内部|发展|正常运转)|干部职工|机关运转|内部管理"
)
_OF_STAFF = re.compile(
    r"^(?:全体|在职|本院|本所|本校|本馆)?(?:教?职工|员工|工作人员)(?!子女|之家|书屋|医保|医疗|基本|养老|失业|工伤|生育|维权)"
)
"""Names that begin with the agency's own people: 职工参加继续教育比例."""
_STAFF_SERVED = re.compile(r"职工|员工|工会")
"""Functions of an agency whose business are other people's staff."""
_INTERNAL = re.compile(r"机关事务|机关服务|后勤|老干部|机要|档案馆|会计核算|结算中心|信息中心")


@rule(
    "RV06",
    Severity.INFO,
    RELEVANCE,
    zh="效益指标“{name}”说的是单位自身，请改为对服务对象和社会的效果",
    en="the benefit “{name}” is about the agency itself, not about those it serves",
)
def benefits_are_for_others(forms: Rows, indicators: Rows) -> list[Hit]:
    """A benefit indicator is about those served, not about the agency; offices that serve offices are exempt.

    公式: 效益指标的名称不含“为单位”“本单位”“干部职工”等；机关事务、后勤等内部服务单位除外
    依据: 财预〔2015〕88号 (unconfirmed)
    错例: “为单位发展提供可持续保障”
    改法: 改为对服务对象、社会产生的效果
    Fix: State what it does for the public
    """
    effect = indicators.equal("block", "effect") & ~indicators.equal("level1", "满意度")
    inner = forms.test("agency", lambda text: text and _INTERNAL.search(text))
    itself = indicators.test("name", lambda text: _ABOUT_ITSELF.search(text[:200]))
    of_staff = indicators.test("name", lambda text: _OF_STAFF.search(text[:200]))
    staff_served = forms.test("functions", lambda text: text and _STAFF_SERVED.search(text[:5000]))
    itself |= of_staff & ~forms.of(indicators.form, staff_served)
    rows = indicators.where(effect & itself & ~forms.of(indicators.form, inner))
    names = told(rows, "name")
    return hits(rows, ["indicators.name"], name=names, found=names)


_SUBJECT = re.compile(r"(?:的|对[^满]{1,20})?(?:总体|综合|服务)?(?:满意度|满意率|满意).*$")
_PUBLICS: tuple[tuple[re.Pattern[str], re.Pattern[str]], ...] = tuple(
    (re.compile(public), re.compile(trade))
    for public, trade in (
        (
            "学生|师生|家长|考生|幼儿|教师|学员",
            "学|教育|教学|校|幼儿|班级|培训|青少年|儿童|共青团|团员|考试|科普|资助|阅读",
        ),
        ("患者|病人|病患|就诊", "医|卫|康|疗|疾|血|药|诊|急救|养老|残"),
        ("游客|旅客|乘客", "旅|游|文|景|馆|博|园|展|港|航|车|交通|公交|轨道|路|船|站"),
        ("老人|老年人", "老|养|民政|福利|社区|退休|敬|康|医"),
        ("农户|农民|村民|渔民|养殖户|种植户", "农|村|乡|渔|粮|水|林|牧|种|养殖|土地|气象"),
        ("残疾人", "残|康复|助残|福利|民政"),
        ("读者", "书|读|图|馆|文|版|报"),
        ("驾驶员|司机", "车|交通|路|驾|运|停"),
    )
)
"""Publics that one trade serves, and what an agency that serves them says somewhere of its work."""


@rule(
    "RV07",
    Severity.INFO,
    RELEVANCE,
    zh="满意度的对象“{subject}”未见于职能、目标和履职内容，请改为本单位实际的服务对象",
    en="those asked for satisfaction, “{subject}”, are not named in functions, goals or duties",
)
def those_asked_are_those_served(
    forms: Rows, projects: Rows, indicators: Rows, lines: Sequence[Line]
) -> list[Hit]:
    """Those whose satisfaction is asked are of the agency's trade.

    Only publics of one trade are judged (学生, 患者, 游客): who 当事人 or 用人单位 are, every text says in its own words.

    公式: 满意度指标的对象为学生、患者、游客、老人、农户等时，职能、目标或履职内容中有相应的工作
    依据: 财预〔2020〕10号 (unconfirmed)
    错例: 养老机构的满意度指标为“学生满意度”
    改法: 改为实际的服务对象
    Fix: Ask those who are served
    """
    rows = indicators.where(
        indicators.equal("block", "effect") & indicators.test("name", lambda name: "满意" in name)
    )
    subjects = [_SUBJECT.sub("", text_key(name[:60])) for name in rows["name"]]
    entries = zip(rows.ids.tolist(), rows.form.tolist(), subjects, strict=True)
    asked = [
        (row, form, subject, trade)
        for row, form, subject in entries
        for public, trade in _PUBLICS
        if public.search(subject)
    ]
    texts = _all_texts({form for _, form, _, _ in asked}, forms, projects, lines)
    made = {
        row: Hit(form, (Spot("indicators", row, "name"),), {"subject": quoted(subject)}, found=subject)
        for row, form, subject, trade in asked
        if not trade.search(texts[form])
    }
    return list(made.values())


def _all_texts(wanted: set[int], forms: Rows, projects: Rows, lines: Sequence[Line]) -> dict[int, str]:
    """Return everything each wanted form says about what it does, without white space."""
    parts: dict[int, list[str]] = {form: [] for form in forms.ids.tolist() if form in wanted}
    for field in ("agency", "functions", "long_term_goal", "annual_goal"):
        for form, text in zip(forms.ids.tolist(), forms.texts(field), strict=True):
            if form in wanted:
                parts[form].append("".join(str(text)[:5000].split()))
    for line in lines:
        if line.form in wanted:
            parts[line.form].append("".join(line.text.split()))
    for form, name in zip(projects.form.tolist(), projects["name"].tolist(), strict=True):
        if form in wanted:
            parts[form].append(name)
    return {form: "\n".join(entries) for form, entries in parts.items()}
