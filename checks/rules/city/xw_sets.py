"""XW: sets of indicators that two agencies share."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING

from checks.declared.text_key import text_key
from checks.finding import Severity, Spot
from checks.frames.columns import one_of, taken, where
from checks.frames.tables import Tables
from checks.given.handed_in import counted, superseded
from checks.given.roster import Standing, may_share
from checks.likeness.copied import Alike, Match, similar_sets
from checks.likeness.shared import Shared, hit_of, kin_of
from checks.rule import RELEVANCE, Verdict, rule
from checks.settings import Settings

if TYPE_CHECKING:
    import pandas as pd

UNIFORM = 3
"""From this many agencies of one department on, the same indicators are the department's template."""
_INDICATOR = ("指标", "indicator")


@rule(
    "XW04", Severity.WARNING, RELEVANCE, scope="batch",
    zh="履职指标（名称和指标值）与“{other}”{more}相同{percent}%，疑似互相复制",
    en="the duty indicators, names and values, are {percent} % those of “{other}”{more_en}; copied?",
)  # fmt: skip
def indicators_are_an_agencys_own(
    tables: Tables, settings: Settings, roster: pd.DataFrame | None = None
) -> Verdict:
    """An agency's duty indicators are not another agency's, names and values alike.

    A set that three or more agencies of one department have is the department's template and passes.

    公式: 履职指标（名称、半年值、全年值）集合的Jaccard重合度≥阈值(copied_set_percent)，每方不少于四行
    依据: 财预〔2015〕88号 (unconfirmed)
    错例: 两个单位八个履职指标名称和指标值完全一样
    改法: 按本单位职责和任务量设置指标
    Fix: Set indicators from the agency's own duties and workload
    """
    forms = counted(tables)
    triples = _triples(tables, forms)
    said = [frozenset(triples[form].values()) for form in forms]
    alike = similar_sets(said, int(settings.threshold("copied_set_percent")))
    kin = list(kin_of(tables, forms, roster).values())
    uniform = _uniform(alike, kin)
    made = []
    for position, form in enumerate(forms):
        others = [match for match in alike.others(position) if not _excused(match, kin, uniform)]
        if others:
            what = _same_rows(triples[form], others, alike, said, forms)
            made.append(hit_of(form, what, tables.forms["agency"]))
    return Verdict(made, superseded(tables))


def _same_rows(
    rows: Mapping[int, str],
    others: Sequence[Match],
    alike: Alike,
    said: Sequence[frozenset[str]],
    forms: Sequence[int],
) -> Shared:
    """Return what the duty rows of a form share with others that are like it; sets that are equal are looked at once."""
    what = Shared(others={forms[other]: percent for _, other, percent in others})
    for theirs in dict.fromkeys(alike.number[other] for _, other, _ in others):
        texts = said[alike.places[theirs][0]]
        what.spots |= {
            Spot("indicators", row, "name"): _INDICATOR for row, text in rows.items() if text in texts
        }
    return what


def _excused(match: Match, kin: Sequence[Standing], uniform: Collection[int]) -> bool:
    """Return whether two agencies may have the same set: they are one house, or it is their department's template."""
    one, other = kin[match.first], kin[match.second]
    return may_share(one, other) or (
        min(match.first, match.second) in uniform and one.department == other.department
    )


def _triples(tables: Tables, forms: list[int]) -> dict[int, dict[int, str]]:
    """Return what each duty row of each form says in one text: name, half and full value."""
    tests = {"block": one_of("duty"), "form": lambda form: form.isin(forms), "unset": lambda unset: ~unset}
    duty = taken(
        tables.indicators, ("form", "name_key", "half_raw", "full_raw"), where(tables.indicators, tests)
    )
    once: dict[str, str] = {}
    triples: dict[int, dict[int, str]] = {form: {} for form in forms}
    for row, form, name, half, full in zip(
        duty.index.tolist(), *(duty[c].tolist() for c in duty), strict=True
    ):
        text = "\x1f".join((name, text_key(half), text_key(full)))
        triples[form][row] = once.setdefault(text, text)
    return triples


def _uniform(alike: Alike, kin: Sequence[Standing]) -> set[int]:
    """Return who (by position) shares the set with at least `UNIFORM` - 1 others of the department."""
    departments = [standing.department for standing in kin]
    same = {
        position: sum(departments[other] == departments[position] for _, other, _ in alike.others(position))
        for position in alike.number
        if departments[position]
    }
    return {position for position, others in same.items() if others >= UNIFORM - 1}
