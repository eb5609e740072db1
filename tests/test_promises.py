"""Single cells are held by pandera: what fails is what plain pandas finds, and the rules say it with their own words."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import checks.rules  # noqa: F401  (registers every rule)
from checks import promises
from checks.enrich import enriched
from checks.frames.contracts import ContractBroken, hold
from checks.frames.tables import Tables
from checks.promises import WORDED, breaches, schemas
from checks.rule import RULES
from checks.run import check
from etl.frames.build import stack
from tests.known_forms import FORM_2023, FUND_FIELDS
from tests.paper import paper, read_bytes

_BUDGET = FORM_2023.budget
_NO_VALUES = pd.DataFrame({"half": [], "full": []}, dtype=object)


@pytest.fixture(scope="module")
def tables() -> Tables:
    data = paper().data
    return enriched(stack([read_bytes(data, f"{n}.xlsx") for n in range(3)]).tables)


def test_every_promise_carries_its_rule() -> None:
    said = {
        code: entry
        for schema in schemas(_BUDGET).values()
        for column in schema.columns.values()
        for code, entry in (column.metadata or {}).items()
    }
    assert set(said) == {"AR07", "CP01", "CP02", "CP03", "CF03"}
    for code, entry in said.items():
        rule = RULES[code]
        assert entry == {"severity": rule.severity.value, "zh": dict(rule.zh), "en": dict(rule.en)}
        assert "breaches" in rule.needs


def test_what_is_promised_of_which_cells() -> None:
    held = {
        (table, name, c.name)
        for table, schema in schemas(_BUDGET).items()
        for name, column in schema.columns.items()
        for c in column.checks
    }
    amounts = {("funds", field, "AR07") for field in FUND_FIELDS} | {
        ("projects", p, "AR07") for p in ("half", "full")
    }
    states = {("funds", f"{field}_state", "CP02") for field in FUND_FIELDS} | {
        ("projects", "half_state", "CP02")
    }
    head = {("forms", name, "CP01") for name in ("agency", "functions", "staffing", "fiscal_year")}
    goals = {("forms", name, "CP03") for name in ("long_term_goal", "annual_goal")}
    assert held == amounts | states | head | goals | {(WORDED, p, "CF03") for p in ("half", "full")}


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.sampled_from([None, -1, 0, 5]), min_size=3, max_size=3),
    st.lists(st.sampled_from([None, "", " ", "目标"]), min_size=3, max_size=3),
)
def test_what_fails_is_what_plain_pandas_finds(
    tables: Tables, money: list[int | None], goals: list[str | None]
) -> None:
    funds = tables.funds.assign(other_full=pd.array(money, dtype="Int64"))
    forms = tables.forms.assign(annual_goal=pd.array(goals, dtype=object))
    found = breaches(replace(tables, funds=funds, forms=forms), _BUDGET, _NO_VALUES).ids
    below = [n for n, fen in zip(funds.index, money, strict=True) if fen is not None and fen < 0]
    empty = [n for n, goal in zip(forms.index, goals, strict=True) if goal is not None and not goal.strip()]
    assert list(found.get(("AR07", ("funds", "other_full")), ())) == below
    assert list(found.get(("CP03", ("forms", "annual_goal")), ())) == empty


def test_the_rule_says_what_its_promise_finds(tables: Tables) -> None:
    funds = tables.funds.copy()
    funds.loc[1, "other_full"] = -5_000_000
    findings = check(replace(tables, funds=funds)).findings
    mine = [finding for finding in findings if finding.code == "AR07"]
    assert [(f.severity.value, f.form, tuple(f.spots[0]), f.found) for f in mine] == [
        ("error", str(tables.forms["id"].loc[1]), ("funds", 1, "other_full"), "-5")
    ]


def test_a_check_that_crashes_is_our_fault(tables: Tables, monkeypatch: pytest.MonkeyPatch) -> None:
    def crashes(cells: Any) -> Any:
        raise KeyError("nothing")

    monkeypatch.setitem(promises._PROMISES, ("forms", "agency"), {"CP01": crashes})
    schemas.cache_clear()
    try:
        with pytest.raises(Exception, match="KeyError"):
            breaches(tables, _BUDGET, _NO_VALUES)
    finally:
        schemas.cache_clear()
        monkeypatch.undo()


def test_a_promise_is_made_once() -> None:
    with pytest.raises(ValueError, match="twice"):
        promises.promise("CP01", {"forms": ("agency",)}, lambda cells: cells == cells)


@pytest.mark.parametrize("table", ["projects", "indicators"])
def test_two_rows_in_one_place_break_the_contract(tables: Tables, table: str) -> None:
    frame = getattr(tables, table).copy()
    frame.loc[frame.index[1], "order"] = frame["order"].iloc[0]
    with pytest.raises(ContractBroken, match="DUPLICATES"):
        hold(replace(tables, **{table: frame}))


@pytest.mark.parametrize("table", ["projects", "indicators"])
def test_a_row_of_no_form_breaks_the_contract(tables: Tables, table: str) -> None:
    frame = getattr(tables, table).copy()
    frame.loc[frame.index[0], "form"] = 99
    with pytest.raises(ContractBroken, match="form"):
        hold(replace(tables, **{table: frame}))
