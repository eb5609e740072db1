"""XW: amounts across agencies: a department and its agencies, and what was approved."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from checks.declared.budget import FEN_PER_WAN, Budget
from checks.declared.money import wan_text
from checks.declared.project_name import project_key
from checks.declared.tolerance import rounding_slack
from checks.finding import Hit, Severity, Spot
from checks.frames.columns import filled, taken, where
from checks.frames.tables import Tables
from checks.given.approved import Grants, grants
from checks.given.handed_in import Reason, counted
from checks.given.roster import core_name, match_agencies
from checks.relations import amounts, readable
from checks.rule import FITNESS, Verdict, quoted, rule

if TYPE_CHECKING:
    import pandas as pd

_APPROVED_FEN = FEN_PER_WAN // 100
_WAN = 10_000
_UNLISTED: Reason = {"zh": "批复预算清单中没有该单位", "en": "the agency is not on the approved budget list"}


@rule(
    "XW05", Severity.ERROR, FITNESS, scope="batch",
    zh={"": "汇总表“{field}”{found}万元≠本级及所属{count}个单位之和{expected}万元，差{difference}万元{more}",
        "less": "汇总表“{field}”{found}万元小于所属{count}个单位之和{expected}万元，差{difference}万元{more}"},
    en={"": "“{field_en}” of the whole department is {found} 万元, its {count} agencies make {expected} 万元, {difference} apart{more_en}",
        "less": "“{field_en}” of the whole department is {found} 万元, less than its {count} agencies' {expected} 万元 by {difference}{more_en}"},
)  # fmt: skip
def a_department_is_the_sum_of_its_agencies(tables: Tables, roster: pd.DataFrame) -> Verdict:
    """A department's total form (汇总) is the sum of its own and its agencies' forms, fund line by line.

    Children are the roster's rows of the same department. Where the department's own form (本级) is not
    among them the total may only not be less. Transfers within a department are not known here.

    公式: 汇总表各资金栏目 = Σ本级及所属单位（容差0.005·(n+1)万元）；名单没有本级的，汇总表不小于所属之和
    依据: 部门预算由本级和所属单位预算组成
    错例: 汇总表少加一个所属单位
    改法: 核对汇总范围，按所属单位报表重新汇总
    Fix: Check which agencies were added up and sum their forms again
    """
    form_of = _forms_by_row(tables, roster)
    made, not_run, wholes = [], {}, []
    for row in roster.index[roster["scope"].str.contains("汇总")].tolist():
        if (whole := form_of.get(row)) is None:
            continue
        wholes.append(whole)
        children = _children(roster, row)
        missing = [str(roster["agency"].loc[child]) for child in children if child not in form_of]
        if missing or not children:
            not_run[whole] = _lacking(missing)
            continue
        own = _has_own(roster, row, children)
        made += _compared(tables.budget, tables.funds, whole, [form_of[child] for child in children], own)
    return Verdict(made, frozenset(tables.forms.index.tolist()) - frozenset(wholes), not_run)


def _forms_by_row(tables: Tables, roster: pd.DataFrame) -> dict[int, int]:
    forms = counted(tables)
    rows = match_agencies(tables.forms["agency"].loc[forms], roster)
    return {row: form for row, form in zip(rows, forms, strict=True) if row >= 0}


def _children(roster: pd.DataFrame, row: int) -> list[int]:
    department = roster["department"].loc[row]
    same = (roster["department"] == department) & (roster["department"] != "")
    return [int(child) for child in roster.index[same & ~roster["scope"].str.contains("汇总")]]


def _has_own(roster: pd.DataFrame, row: int, children: Sequence[int]) -> bool:
    """Return whether the department's own form (本级) is among the children."""
    own = core_name(str(roster["agency"].loc[row]))
    return any(core_name(str(roster["agency"].loc[child])) == own for child in children)


def _lacking(missing: Sequence[str]) -> Reason:
    names = quoted("、".join(missing), 60)
    if not missing:
        return {"zh": "名单中没有所属单位", "en": "the roster names no agency of the department"}
    return {"zh": f"所属单位未报：{names}", "en": f"not handed in: {names}"}


def _compared(
    budget: Budget, funds: pd.DataFrame, whole: int, children: Sequence[int], complete: bool
) -> list[Hit]:
    """Return one hit for a whole department's form, with all lines that do not add up; the first is quoted."""
    slack = rounding_slack(len(children))
    chosen = funds.loc[[whole, *children]]
    lines: list[tuple[str, int, int]] = []
    for field in budget.fields:
        stated, *parts = amounts(chosen, field).tolist()
        short, over = sum(parts) - stated > slack, stated - sum(parts) > slack
        if (short or (over and complete)) and readable(chosen, field).all():
            lines.append((field, stated, sum(parts)))
    if not lines:
        return []
    field, stated, computed = lines[0]
    more = len(lines) - 1
    values = {
        "field": budget.field_name(field), "field_en": budget.field_name(field, "en"), "count": str(len(children)),
        "more": f"；另有{more}行不符" if more else "", "more_en": f"; {more} more lines" if more else "",
    }  # fmt: skip
    spots = tuple(Spot("funds", whole, name) for name, _, _ in lines)
    texts = (wan_text(stated), wan_text(computed), wan_text(abs(stated - computed)))
    return [Hit(whole, spots, values, None, "" if complete else "less", *texts)]


@rule(
    "XW07", Severity.ERROR, FITNESS, asks=("total_full",), scope="batch",
    zh={"total": "资金总额{found}万元与批复数{expected}万元不符，差{difference}万元",
        "project": "项目“{name}”{found}万元与批复数{expected}万元不符，差{difference}万元",
        "yuan": "项目“{name}”{found}万元{more}是批复数的1万倍，疑似以“元”填报",
        "missing": "批复的项目“{name}”{expected}万元未列入本表",
        "unlisted": "项目“{name}”{amount}{more}不在批复清单中"},
    en={"total": "total funds of {found} 万元, approved {expected} 万元, {difference} apart",
        "project": "“{name}”: {found} 万元, approved {expected} 万元, {difference} apart",
        "yuan": "“{name}”, {found} 万元{more_en}: ten thousand times what was approved; stated in 元?",
        "missing": "“{name}”, approved with {expected} 万元, is not on this form",
        "unlisted": "not on the approved list: “{name}”{amount_en}{more_en}"},
)  # fmt: skip
def amounts_are_those_approved(
    tables: Tables, approved: pd.DataFrame, roster: pd.DataFrame | None = None
) -> Verdict:
    """Total and projects are what was approved; projects that are not on the list are one warning a form.

    Lines of one name are one project. An agency whose projects are not on the list at all is judged by its total.

    公式: 资金总额、各项目全年预算数与批复数之差≤0.01万元；同一事项有多次批复的以最近日期为准
    依据: 财政部门批复的部门预算
    错例: 批复450万元，表内填540万元
    改法: 按批复数填报；批复后有调整的附调整依据
    Fix: State what was approved, or hand in the adjustment
    """
    granted = grants(tables.forms["agency"], approved, roster)
    projects = _projects(tables.projects, granted)
    made = _totals_differ(tables.funds, granted)
    for form, grant in granted.items():
        if any(grant):
            made += _projects_differ(form, projects.get(form, {}), grant)
    absent = [form for form in tables.forms.index.tolist() if form not in granted]
    return Verdict(made, not_run=dict.fromkeys(absent, _UNLISTED))


class Project(NamedTuple):
    """The lines of one name on a form: the first row, the name as typed, their fen (None: not all readable)."""

    row: int
    name: str
    fen: int | None


def _projects(projects: pd.DataFrame, granted: Collection[int]) -> dict[int, dict[str, Project]]:
    """Return the projects of each form that was granted anything, by compared name."""
    at = where(projects, {"form": lambda form: form.isin(granted), "name": filled})
    rows = taken(projects, ("form", "name", "full", "full_state"), at)
    found: dict[int, dict[str, Project]] = {}
    for row, form, name, fen, known in zip(
        rows.index.tolist(),
        rows["form"].tolist(),
        rows["name"],
        amounts(rows, "full").tolist(),
        readable(rows, "full").tolist(),
        strict=True,
    ):
        own, key = found.setdefault(form, {}), project_key(str(name))
        before = own.get(key, Project(row, str(name), 0))
        total = before.fen + fen if known and before.fen is not None else None
        own[key] = before._replace(fen=total)
    return found


def _totals_differ(funds: pd.DataFrame, granted: Mapping[int, Grants]) -> list[Hit]:
    stated, known = amounts(funds, "total_full"), readable(funds, "total_full")
    return [
        hit
        for form, grant in granted.items()
        if "" in grant and known.loc[form]
        for hit in _differs(
            form, Spot("funds", form, "total_full"), "total", int(stated.loc[form]), grant[""], ""
        )
    ]


def _projects_differ(form: int, own: Mapping[str, Project], grant: Grants) -> list[Hit]:
    made = []
    amounts_of = {
        key: project.fen for key, project in own.items() if key in grant and project.fen is not None
    }
    in_yuan = [key for key, fen in amounts_of.items() if grant[key] and fen == grant[key] * _WAN]
    if in_yuan:
        made.append(_stated_in_yuan(form, [own[key] for key in in_yuan]))
    for key, fen in amounts_of.items():
        if key not in in_yuan:
            spot = Spot("projects", own[key].row, "full")
            made += _differs(form, spot, "project", fen, grant[key], quoted(own[key].name))
    home = (Spot("funds", form, "project_full"),)
    made += [
        Hit(form, home, {"name": quoted(key)}, variant="missing", expected=wan_text(fen))
        for key, fen in grant.items()
        if key and key not in own
    ]
    return made + _unlisted(form, [project for key, project in own.items() if key not in grant])


def _stated_in_yuan(form: int, projects: Sequence[Project]) -> Hit:
    spots = tuple(Spot("projects", project.row, "full") for project in projects)
    values = {"name": quoted(projects[0].name), **_and_more(len(projects))}
    return Hit(form, spots, values, variant="yuan", found=wan_text(projects[0].fen or 0))


def _and_more(count: int) -> dict[str, str]:
    return {
        "more": f"等{count}个项目" if count > 1 else "",
        "more_en": f" and {count - 1} more" if count > 1 else "",
    }


def _unlisted(form: int, projects: Sequence[Project]) -> list[Hit]:
    """Return one hit for a form's projects that were not approved; the first is quoted."""
    if not projects:
        return []
    first = projects[0]
    found = "" if first.fen is None else wan_text(first.fen)
    values = {
        "name": quoted(first.name),
        "amount": f"{found}万元" if found else "",
        "amount_en": f", {found} 万元" if found else "",
        **_and_more(len(projects)),
    }
    spots = tuple(Spot("projects", project.row, "name") for project in projects)
    return [Hit(form, spots, values, Severity.WARNING, "unlisted", found)]


def _differs(form: int, spot: Spot, variant: str, stated: int, granted: int, name: str) -> list[Hit]:
    if abs(stated - granted) <= _APPROVED_FEN:
        return []
    texts = (wan_text(stated), wan_text(granted), wan_text(abs(stated - granted)))
    return [Hit(form, (spot,), {"name": name}, None, variant, *texts)]
