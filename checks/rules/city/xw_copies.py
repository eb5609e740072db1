"""XW: what two agencies share that they should not: goals, key tasks, projects."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from itertools import combinations
from typing import TYPE_CHECKING, NamedTuple

from checks.declared.budget import FEN_PER_WAN
from checks.declared.money import wan_text
from checks.declared.text_key import text_key
from checks.finding import Hit, Severity, Spot
from checks.frames.columns import numbered, one_of, taken, where
from checks.frames.tables import Tables
from checks.given.handed_in import counted, superseded
from checks.given.roster import Standing, match_agencies, may_share, short_names
from checks.likeness.copied import masked, similar_texts, without_shared_clauses
from checks.likeness.shared import Shared, hits_of, kin_of
from checks.relations import amounts
from checks.rule import FITNESS, RELEVANCE, Verdict, quoted, rule
from checks.settings import Settings

if TYPE_CHECKING:
    import pandas as pd

_GOALS = {"annual_goal": ("年度目标", "annual goal"), "long_term_goal": ("中长期目标", "long-term goal")}
_KEY_TASK = ("重点工作", "key task")
_PROJECT = ("项目", "project")


class Passage(NamedTuple):
    """A text of a form that may have been copied: where it stands and what it is."""

    form: int
    spot: Spot
    names: tuple[str, str]
    text: str


@rule(
    "XW03", Severity.WARNING, RELEVANCE, scope="batch",
    zh="{what}与“{other}”{more}相似{percent}%，疑似互相复制", en="{what_en}: {percent} % like those of “{other}”{more_en}; copied?",
)  # fmt: skip
def goals_are_an_agencys_own(
    tables: Tables, settings: Settings, roster: pd.DataFrame | None = None
) -> Verdict:
    """An agency's goals and key tasks are written for it, not copied from another agency.

    Compared are annual goals with annual goals, long-term with long-term, key tasks with key tasks, each
    of 60 characters or more once names, years, numbers and the clauses many agencies have are taken out.

    公式: 隐去单位名称、年度、数字和多数单位共有的语句后，编辑相似度或五字片段重合度≥阈值(copied_text_percent)
    依据: 财预〔2015〕88号 (unconfirmed)
    错例: 两个单位的年度目标只换了单位名称和数字
    改法: 按本单位职责和年度工作重写
    Fix: Write it anew from the agency's own duties and this year's work
    """
    forms = counted(tables)
    kin = kin_of(tables, forms, roster)
    passages = _passages(tables, forms)
    texts = _without_boilerplate(passages, tables, settings, roster)
    shared: dict[int, Shared] = {}
    for names in dict.fromkeys(passage.names for passage in passages):
        chosen = [n for n, passage in enumerate(passages) if passage.names == names]
        matches = similar_texts(
            [texts[n] for n in chosen],
            int(settings.threshold("copied_text_percent")),
            int(settings.threshold("copied_text_shortest")),
        )
        for match in matches:
            pair = passages[chosen[match.first]], passages[chosen[match.second]]
            _note(shared, pair, match.percent, kin)
    return Verdict(hits_of(shared, tables.forms["agency"]), superseded(tables))


def _passages(tables: Tables, forms: list[int]) -> list[Passage]:
    found = [
        Passage(form, Spot("forms", form, name), words, str(text or ""))
        for name, words in _GOALS.items()
        for form, text in zip(forms, tables.forms[name].loc[forms].tolist(), strict=True)
    ]
    duty = where(tables.indicators, {"block": one_of("duty"), "form": lambda form: form.isin(forms)})
    tasks = taken(tables.indicators, ("form", "key_task"), duty).drop_duplicates()
    found += [
        Passage(form, Spot("indicators", row, "key_task"), _KEY_TASK, text)
        for row, form, text in zip(
            tasks.index.tolist(), tasks["form"].tolist(), tasks["key_task"].tolist(), strict=True
        )
    ]
    return [passage for passage in found if passage.text]


def _without_boilerplate(
    passages: list[Passage], tables: Tables, settings: Settings, roster: pd.DataFrame | None
) -> list[str]:
    agencies = tables.forms["agency"]
    alias = _aliases(agencies, roster)
    names = {form: short_names(str(agencies.loc[form]), alias[form]) for form in {p.form for p in passages}}
    return without_shared_clauses(
        [masked(passage.text, names[passage.form]) for passage in passages],
        [passage.form for passage in passages],
        int(settings.threshold("shared_clause_percent")),
        int(settings.threshold("shared_clause_agencies")),
    )


def _aliases(agencies: pd.Series[str], roster: pd.DataFrame | None) -> dict[int, str]:
    if roster is None:
        return dict.fromkeys(agencies.index.tolist(), "")
    rows = match_agencies(agencies.fillna(""), roster)
    known = roster["alias"].to_dict()
    return {form: str(known.get(row, "")) for form, row in zip(agencies.index.tolist(), rows, strict=True)}


def _note(
    shared: dict[int, Shared], pair: tuple[Passage, Passage], percent: int, kin: Mapping[int, Standing]
) -> None:
    one, other = pair
    if one.form == other.form or may_share(kin[one.form], kin[other.form]):
        return
    for mine, theirs in ((one, other), (other, one)):
        shared.setdefault(mine.form, Shared()).add({mine.spot: mine.names}, theirs.form, percent)


@rule(
    "XW06", Severity.WARNING, FITNESS, scope="batch",
    zh={"": "项目“{name}”{amount}万元与“{other}”{more}所报项目名称、金额相同，疑似重复申报",
        "several": "{count}个项目与“{other}”{more}所报名称、金额相同，如“{name}”{amount}万元，疑似重复申报"},
    en={"": "“{other}”{more_en} has a project of the same name and amount: “{name}”, {amount} 万元",
        "several": "{count} projects are also those of “{other}”{more_en}, name and amount, such as “{name}”, {amount} 万元"},
)  # fmt: skip
def a_project_is_one_agencys(
    tables: Tables, settings: Settings, roster: pd.DataFrame | None = None
) -> Verdict:
    """No two agencies hold a project of the same name and the same amount.

    Running costs, names that many agencies use and small amounts (same_project_least_wan) pass; so do
    agencies of one group, and parent and child.

    公式: 项目名称（去空白、引号）相同且全年预算数相等
    依据: 财预〔2015〕88号 (unconfirmed)
    错例: 主管局和所属中心各报一次“智慧停车平台建设”450万元
    改法: 由实际使用资金的单位填报；转拨资金请说明
    Fix: The agency that spends the money states it; say where money is passed on
    """
    projects = _own_projects(tables, settings)
    kin = kin_of(tables, counted(tables), roster)
    shared: dict[int, Shared] = {}
    for _, group in projects.groupby(["key", "fen"]):
        entries = list(zip(group.index.tolist(), group["form"].tolist(), strict=True))
        for (row, form), (other_row, other) in combinations(entries, 2):
            if form != other and not may_share(kin[form], kin[other]):
                shared.setdefault(form, Shared()).add({Spot("projects", row, "name"): _PROJECT}, other, 100)
                shared.setdefault(other, Shared()).add(
                    {Spot("projects", other_row, "name"): _PROJECT}, form, 100
                )
    return Verdict(_with_projects(hits_of(shared, tables.forms["agency"]), tables), superseded(tables))


def _own_projects(tables: Tables, settings: Settings) -> pd.DataFrame:
    """Return the project rows that may be told apart by name, with compared name `key` and `fen`."""
    own = where(tables.projects, {"form": lambda form: form.isin(counted(tables))})
    projects = taken(tables.projects, ("form", "name", "full"), own)
    frame = projects[["form"]].assign(key=projects["name"].map(text_key), fen=amounts(projects, "full"))
    running = "|".join(map(re.escape, settings.word_list("running_cost")))
    spread = frame.drop_duplicates(["form", "key"])["key"].value_counts()
    share, fewest = settings.threshold("shared_clause_percent"), settings.threshold("shared_clause_agencies")
    common = spread.index[(spread >= fewest) & (spread * 100 >= share * frame["form"].nunique())]
    least = int(settings.threshold("same_project_least_wan")) * FEN_PER_WAN
    kept = (frame["key"] != "") & (frame["fen"] >= least) & ~frame["key"].isin(common)
    frame = frame[kept & frame.duplicated(["key", "fen"], keep=False)]
    return frame[~frame["key"].str.contains(running)] if running else frame


def _with_projects(hits: list[Hit], tables: Tables) -> list[Hit]:
    """Return the hits with the first project of each: its name and amount."""
    first = numbered(tables.projects, ("name", "full"), [hit.spots[0].row for hit in hits])
    columns = (first["name"].tolist(), first["full"].tolist())
    return [_with_project(hit, name, int(fen)) for hit, name, fen in zip(hits, *columns, strict=True)]


def _with_project(hit: Hit, name: str, fen: int) -> Hit:
    values = {**hit.values, "name": quoted(name), "amount": wan_text(fen)}
    variant = "" if len(hit.spots) == 1 else "several"
    return replace(hit, values=values, variant=variant, found=wan_text(fen))
