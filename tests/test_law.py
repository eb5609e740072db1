"""The law of reading: whatever mixture bends a form, its figures are the clean form's, or an error names the cell and no sum holds it.

`JIXIAO_MIXTURES=2000` tries more of them, and other ones than the suite does.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from hypothesis import given, note, settings
from hypothesis import strategies as st

from checks.given.inputs import Inputs
from checks.scope import is_doubt, scope_of
from checks.settings import Settings
from etl.batch.chunk import Checked, check_readings
from etl.form.layout import FilledForm
from tests import mixtures
from tests.bent import Pages, straight, workbook_bytes
from tests.paper import read_bytes
from tests.test_project_lists import CLEAN, PUBLISHED, figures

MIXTURES = int(os.environ.get("JIXIAO_MIXTURES", "60"))
MORE = "JIXIAO_MIXTURES" in os.environ
RIGHT = {
    id(form): figures(read_bytes(workbook_bytes((straight(form),))).readings[0])
    for form in (CLEAN, PUBLISHED)
}
_EASY = ["a number"] * 6


@st.composite
def bent_workbooks(draw: Any) -> tuple[FilledForm, Pages, str]:
    """Draw a form with some of everything done to it, and whether its unit is said."""
    form = draw(st.sampled_from([CLEAN, PUBLISHED]))
    page = straight(form)
    steps = draw(mixtures.lists())
    for step in steps:
        page = step(page)
    unit = draw(st.sampled_from(["万元"] * 6 + list(mixtures.UNITS)))
    said = mixtures.UNITS[unit][2]
    ways = [
        *_EASY,
        *mixtures.PLAIN,
        *(mixtures.WITH_UNIT if said else ()),
        draw(st.sampled_from([*mixtures.UNREAD, *_EASY])),
    ]
    places = [
        c.where
        for c in page.cells
        if c.where and c.where[0] in ("funds", "projects") and c.where[2] != "name"
    ]
    chosen = {where: draw(st.sampled_from(ways)) for where in places}
    page = mixtures.amounts(unit, chosen)(page)
    for tables in (("labels",), ("projects",)):
        if draw(st.booleans()):
            page = mixtures.respelt(draw(st.sampled_from(list(mixtures.TEXTS))), tables)(page)
    if draw(st.booleans()):
        agency, year = draw(st.sampled_from(mixtures.AGENCIES)), draw(st.sampled_from(mixtures.YEARS))
        page = mixtures.headed(agency, year)(page)
    way = draw(st.sampled_from(list(mixtures.SHEETS)))
    note(f"{unit}; {sorted(set(chosen.values()))}; {way}")
    return form, mixtures.SHEETS[way](page), unit


@settings(max_examples=MIXTURES, derandomize=not MORE)
@given(bent_workbooks())
def test_figures_are_the_clean_ones_or_named_and_in_no_sum(drawn: tuple[FilledForm, Pages, str]) -> None:
    form, pages, _ = drawn
    reading = read_bytes(workbook_bytes(pages))
    if reading.status != "checked":
        return  # the file is named with the reason, and nothing of it counts
    checked = check_readings([reading], Settings(fiscal_year=2023), Inputs())
    holds(form, checked)


def holds(form: FilledForm, checked: Checked) -> None:
    """Assert the law of a workbook that holds one form."""
    tables = checked.stack.tables
    doubted = {
        n: ""
        for n, name in enumerate(tables.forms["id"].tolist())
        for e in checked.located
        if e.finding.form == name and is_doubt(e.finding)
    }
    left = scope_of(tables, None, doubtful=doubted).left_out
    counted = [n for n in range(len(tables.forms)) if n not in left]
    if not counted:
        assert doubted, "left out, and nothing says so"
        return
    (number,) = counted
    errors = [
        e
        for e in checked.located
        if e.finding.severity == "error" and e.finding.form == tables.forms["id"].loc[number]
    ]
    read = _read(tables, number)
    right, projects = RIGHT[id(form)]
    named = {spot for e in errors for spot in ((s.table, s.row, s.field) for s in e.finding.spots)}
    for name, fen in right.items():
        if read[0].get(name) != (fen or 0):
            assert read[0].get(name) is None and ("funds", number, name) in named, (
                name,
                fen,
                read[0].get(name),
            )
    if read[1] != sorted((name, half or 0, full or 0) for name, half, full in projects):
        rows = (
            {row for table, row, _ in named if table == "projects"}
            | {n for table, n, field in named if table == "funds" and field.startswith("project")}
            | {n for table, n, _ in named if table == "outside"}
        )
        assert rows, (read[1], projects)


def _read(tables: Any, number: int) -> tuple[Mapping[str, int | None], list[Any]]:
    """Return what the tables hold of a form's funds (None for what is not read), and its projects in order of name."""
    from checks.declared.project_name import project_key
    from tests.known_forms import FUND_FIELDS

    def fen(frame: Any, row: int, name: str) -> int | None:
        state = frame[f"{name}_state"].loc[row]
        return int(frame[name].loc[row]) if state == "number" else 0 if state == "blank" else None

    funds = {name: fen(tables.funds, number, name) for name in FUND_FIELDS}
    rows = tables.projects.index[tables.projects["form"] == number]
    found = [
        (
            project_key(str(tables.projects["name"].loc[row] or "").split("（含全市")[0]),
            *(fen(tables.projects, row, p) for p in ("half", "full")),
        )
        for row in rows
    ]
    return funds, sorted(found, key=str)
