"""CF: is the common framework there, whole and as it was given out.

What its values may be is in `cf_values`, what they must agree with in `cf_figures`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from checks.declared.budget import Budget
from checks.declared.framework import Framework
from checks.declared.text_key import text_key
from checks.finding import Hit, Severity, Spot
from checks.frames.tables import Tables
from checks.rule import COMPLETENESS, Verdict, derived, hits, quoted, rule, told
from checks.settings import Settings
from checks.targets.applicable import says_not_applicable

if TYPE_CHECKING:
    import pandas as pd

    from checks.frames.rows import Rows

_LIKE = 60
"""From this likeness (0–100) on, a row in a missing indicator's place is that indicator under another name."""


@dataclass(slots=True)
class _Gaps:
    """What a form's common block lacks and has too much of.

    `missing`: places in the framework as printed, each with the row it is missed after (None: before all). `extra`: rows
    of no indicator of the framework. `renamed`: rows that stand for a missing indicator, with its place.
    """

    missing: dict[int, int | None] = field(default_factory=dict)
    extra: list[int] = field(default_factory=list)
    renamed: dict[int, int] = field(default_factory=dict)


@derived
def gaps(indicators: Rows, budget: Budget) -> dict[int, _Gaps]:
    """Return the gaps of every form that has a common block, by form number."""
    common = indicators.equal("block", "common")
    rows = indicators.where(common & ~indicators.equal("name", ""))
    entries: dict[int, list[tuple[int, int, str]]] = {form: [] for form in indicators.form[common].tolist()}
    places = (*budget.framework.places, -1)
    columns = zip(rows.ids.tolist(), rows.form.tolist(), rows["common"].tolist(), rows["name"], strict=True)
    for row, form, number, name in columns:
        entries[form].append((row, places[number], name))
    return {form: _of_form(mine, budget.framework) for form, mine in entries.items()}


def _of_form(entries: Sequence[tuple[int, int, str]], framework: Framework) -> _Gaps:
    if [position for _, position, _ in entries] == list(range(len(framework))):
        return _Gaps()
    there = {position: row for row, position, _ in reversed(entries) if position >= 0}
    gaps = _Gaps({p: there.get(_before(p, there)) for p in range(len(framework)) if p not in there})
    last = -1
    for row, position, name in entries:
        if position < 0:
            if says_not_applicable(name):  # it stands for the indicator whose place it is in
                gaps.missing.pop(last + 1, None)
                last += 1
                continue
            meant = _meant(name, last, gaps.missing, framework)
            if meant is None:
                gaps.extra.append(row)
            else:
                gaps.renamed[row] = meant
                del gaps.missing[meant]
                position = meant
        last = max(position, -1) if position >= 0 else last
    return gaps


def _before(position: int, there: dict[int, int]) -> int:
    return next((p for p in range(position - 1, -1, -1) if p in there), -1)


def _meant(name: str, last: int, missing: dict[int, int | None], framework: Framework) -> int | None:
    """Return the missing indicator a row stands for: like it in name, and in its place or under its second level."""
    from rapidfuzz.fuzz import ratio

    printed = framework.entries
    level = {printed[p].level2 for p in (last, last + 1) if 0 <= p < len(printed)}
    near = [p for p in missing if p == last + 1 or printed[p].level2 in level]
    scored = [(ratio(text_key(name), text_key(printed[p].name)), -p) for p in near]
    score, position = max(scored, default=(0, 0))
    return -position if score >= _LIKE else None


@rule(
    "CF01", Severity.ERROR, COMPLETENESS, asks=("framework",),
    zh={"missing": "缺少共性指标“{name}”，请在本行后恢复", "many": "缺少{count}个共性指标（{name}等），请对照当年度表样补齐",
        "twice": "共性指标“{name}”重复，请删去一行", "renamed": "“{found}”应为共性指标“{name}”，请改回原名", "level": "共性指标“{name}”应列在“{level}”下，请改正"},
    en={"missing": "the common indicator “{name}” is missing", "many": "{count} common indicators are missing: {name} and others",
        "twice": "the common indicator “{name}” stands twice", "renamed": "“{found}” should be the common indicator “{name}”",
        "level": "the common indicator “{name}” belongs under {level}"},
)  # fmt: skip
def the_framework_is_complete(
    tables: Tables, budget: Budget, indicators: Rows, gaps: dict[int, _Gaps], settings: Settings
) -> Verdict:
    """Every indicator of the framework stands once, under its own levels and its own name.

    A missing one is shown at the indicator before it. Many missing at once are one finding: another template.
    One whose row says that it does not apply (不适用, /) is not missing.

    公式: 表样所列共性指标各出现一次，名称和一、二级指标与框架一致
    依据: 财预〔2013〕53号 (unconfirmed)；当年度表样
    错例: 删去“固定资产利用率”一行
    改法: 恢复缺少的指标
    Fix: Put the indicator back
    """
    common = budget.framework
    made = [hit for form, gap in gaps.items() for hit in _missing(form, gap, common, settings)]
    made += [hit for form, gap in gaps.items() for hit in _renamed(form, gap, common, tables.indicators)]
    rows = indicators.where(indicators["common"] >= 0)
    leads = rows.groups("form", "common").leads
    again = rows.where(~leads)
    names = told(again, "name")
    made += hits(again, ["indicators.name"], variant="twice", name=names, found=again["name"].tolist())
    made += [hit for level in ("level1", "level2") for hit in _misplaced(rows.where(leads), common, level)]
    return Verdict(made, frozenset(tables.forms.index.tolist()) - frozenset(gaps))


def _missing(form: int, gaps: _Gaps, framework: Framework, settings: Settings) -> Iterator[Hit]:
    names = [framework.entries[place].name for place in gaps.missing]
    if len(names) > int(settings.threshold("framework_rows_apart")):
        text = "、".join(names[:3])
        yield Hit(
            form,
            _after(form, gaps, 0),
            {"count": str(len(names)), "name": text},
            variant="many",
            expected=text,
        )
        return
    for at, name in enumerate(names):
        yield Hit(form, _after(form, gaps, at), {"name": name}, variant="missing", expected=name)


def _after(form: int, gaps: _Gaps, at: int) -> tuple[Spot, ...]:
    row = list(gaps.missing.values())[at]
    return (Spot("forms", form, "title") if row is None else Spot("indicators", row, "name"),)


def _renamed(form: int, gaps: _Gaps, framework: Framework, indicators: pd.DataFrame) -> Iterator[Hit]:
    for row, position in gaps.renamed.items():
        found, name = str(indicators["name"][row]), framework.entries[position].name
        spots = (Spot("indicators", row, "name"),)
        yield Hit(
            form, spots, {"found": quoted(found), "name": name}, variant="renamed", found=found, expected=name
        )


def _misplaced(rows: Rows, framework: Framework, level: str) -> list[Hit]:
    """Return one hit a level that is not the framework's, though its cell may stand over several rows."""
    right = [text_key(getattr(common, level)) for common in framework.known]
    stated = zip(rows.each(level, text_key).tolist(), rows["common"].tolist(), strict=True)
    apart = rows.take([at for at, (key, common) in enumerate(stated) if key != right[common]])
    meant = [getattr(framework[common], level) for common in apart["common"].tolist()]
    places = zip(apart.form.tolist(), apart["level1"], apart["level2"], meant, strict=True)
    first = {place: at for at, place in reversed(list(enumerate(places)))}
    one = apart.take(sorted(first.values()))
    names = [getattr(framework[common], level) for common in one["common"].tolist()]
    return hits(
        one, [f"indicators.{level}"], variant="level", name=told(one, "name"), level=names,
        found=one[level].tolist(), expected=names,
    )  # fmt: skip


@rule(
    "CF02", Severity.WARNING, COMPLETENESS, asks=("framework",),
    zh={"": "“{name}”不是共性指标，请移到履职部分或删去", "many": "共性指标部分多出{count}行，如“{name}”，请移到履职部分或删去"},
    en={"": "“{name}” is not of the common framework", "many": "{count} rows are not of the common framework, such as “{name}”"},
)  # fmt: skip
def the_framework_is_not_extended(tables: Tables, gaps: dict[int, _Gaps], settings: Settings) -> list[Hit]:
    """The common blocks hold no indicator outside the framework; one under another name is CF01's.

    公式: 共性指标部分的指标均在表样所列范围内
    依据: 当年度表样
    错例: 过程下自行增加“档案管理规范性”
    改法: 移到履职部分，或删除
    Fix: Move it to the duties, or take it out
    """
    most = int(settings.threshold("framework_rows_apart"))
    names = tables.indicators["name"]
    made = []
    for form, gap in gaps.items():
        many = len(gap.extra) > most
        for row in gap.extra[: 1 if many else None]:
            values = {"name": quoted(names[row]), "count": str(len(gap.extra))}
            spots = tuple(Spot("indicators", r, "name") for r in (gap.extra if many else [row]))
            made.append(Hit(form, spots, values, variant="many" if many else "", found=str(names[row])))
    return made
