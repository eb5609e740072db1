"""Columns as arrays say of every row what pandas says of it, for all rows and for those that were chosen."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import checks.derived  # noqa: F401  (registers what is derived)
from checks.frames.rows import Rows
from checks.frames.tables import Tables
from checks.relations import evaluate
from checks.rule import asked, derived
from tests.known_forms import SUMS

WORDS = st.sampled_from(["", "a", "b", "ab", "万元"])
AMOUNTS = st.one_of(st.none(), st.integers(-(10**15), 10**15))
LINES = st.lists(st.tuples(st.integers(0, 4), WORDS, WORDS, AMOUNTS, st.booleans()))


def _frame(lines: list[tuple[Any, ...]]) -> pd.DataFrame:
    form, one, other, fen, chosen = list(zip(*lines, strict=True)) or [()] * 5
    return pd.DataFrame(
        {
            "form": pd.Series(form, dtype="int64"),
            "one": pd.Series(one, dtype=object),
            "other": pd.Series(other, dtype=object),
            "fen": pd.Series(fen, dtype="Int64"),
            "chosen": pd.Series(chosen, dtype=bool),
        }
    )


@given(LINES)
def test_columns_are_those_of_the_frame(lines: list[tuple[Any, ...]]) -> None:
    frame = _frame(lines)
    part = Rows(frame).where(frame["chosen"].to_numpy())
    for rows, same in ((Rows(frame), frame), (part, frame[frame["chosen"]])):
        assert len(rows) == len(same) and rows.ids.tolist() == same.index.tolist()
        assert rows.form.tolist() == same["form"].tolist()
        assert rows["one"].tolist() == rows.texts("one") == same["one"].tolist()
        assert rows.fen("fen").tolist() == same["fen"].fillna(0).tolist()
        assert rows.given("fen").tolist() == same["fen"].notna().tolist()
        assert rows.equal("one", "a").tolist() == (same["one"] == "a").tolist()
        assert rows.among("one", ("a", "")).tolist() == same["one"].isin(["a", ""]).tolist()
        assert rows.test("one", len).tolist() == [bool(text) for text in same["one"]]
        assert rows.each("one", len).tolist() == [len(text) for text in same["one"]]


@given(LINES)
def test_groups_are_those_of_the_frame(lines: list[tuple[Any, ...]]) -> None:
    frame = _frame(lines)
    rows = Rows(frame).where(frame["chosen"].to_numpy())
    same = frame[frame["chosen"]]
    names = ["form", "one", "other"]
    groups, wanted = rows.groups(*names), same.groupby(names)
    assert groups.leads.tolist() == (~same.duplicated(names)).tolist()
    assert groups.size.tolist() == wanted["one"].transform("size").tolist()
    assert groups.total(rows.fen("fen")).tolist() == wanted["fen"].transform("sum").tolist()
    mask = same["one"] == "a"
    counts = mask.groupby([same[name] for name in names]).transform("sum")
    assert groups.count(mask.to_numpy(dtype=bool)).tolist() == counts.tolist()


@given(LINES, st.lists(st.integers(0, 4)))
def test_rows_are_found_by_their_numbers(lines: list[tuple[Any, ...]], wanted: list[int]) -> None:
    frame = _frame([(0, "", "", None, True)] * 5 + lines)
    rows = Rows(frame)
    ids = pd.Series(wanted, dtype="int64")
    assert rows.numbered(ids).ids.tolist() == wanted
    assert rows.of(ids.to_numpy(), rows.fen("fen")).tolist() == rows.fen("fen")[wanted].tolist()


def test_a_text_is_asked_about_once() -> None:
    met = []
    rows = Rows(_frame([(0, "a", "", 1, True), (1, "b", "", 2, False), (1, "a", "", 3, True)]))

    def passes(text: str) -> bool:
        met.append(text)
        return text == "a"

    part = rows.where(np.array([True, False, True]))
    assert part.test("one", passes).tolist() == [True, True]
    assert rows.test("one", passes).tolist() == [True, False, True]
    assert met == ["a", "b"]


@given(
    st.lists(
        st.tuples(st.integers(0, 3), AMOUNTS, st.sampled_from(["number", "blank", "error"])), max_size=12
    ),
    st.lists(st.tuples(AMOUNTS, st.sampled_from(["number", "absent"])), min_size=4, max_size=4),
)
def test_projects_are_summed_as_one_adds_them_up(
    lines: list[tuple[int, int | None, str]], totals: list[tuple[int | None, str]]
) -> None:
    relation = next(relation for relation in SUMS if relation.rows == "full")
    form, fen, state = list(zip(*lines, strict=True)) or [()] * 3
    projects = pd.DataFrame(
        {
            "form": pd.Series(form, dtype="int64"),
            "full": pd.Series(fen, dtype="Int64"),
            "full_state": list(state),
        }
    )
    funds = pd.DataFrame(
        {
            relation.total: pd.Series([total for total, _ in totals], dtype="Int64"),
            f"{relation.total}_state": [state for _, state in totals],
        }
    )
    empty = pd.DataFrame()
    none_odd = pd.DataFrame({"form": pd.Series([], dtype="int64"), "kind": [], "field": []})
    sums = evaluate(relation, Tables(empty, empty, funds, projects, empty, none_odd))
    for number, (total, total_state) in enumerate(totals):
        mine = [(amount or 0, state) for form, amount, state in lines if form == number]
        wanted = (
            total or 0, sum(amount for amount, _ in mine), len(mine), any(amount % 1_000_000 for amount, _ in mine),
            total_state == "number" and bool(mine) and all(state != "error" for _, state in mine),
        )  # fmt: skip
        columns = ("stated", "computed", "addends", "fractional", "judged")
        assert tuple(sums[name].tolist()[number] for name in columns) == wanted


def test_what_is_derived_is_worked_out_once() -> None:
    frame = pd.DataFrame(
        {"form": [0, 0], "block": ["duty", ""], "level2": ["a", "a"], "key_task": "", "name": "b"}
    )
    lines: dict[str, Any] = {"indicators": Rows(frame)}
    made = asked("lines", lines)
    assert [line.level2 for line in made] == ["a"] and asked("lines", lines) is made
    with pytest.raises(KeyError):
        asked("nothing of the kind", lines)


@pytest.mark.parametrize("name", ["own", "indicators", "roster"])
def test_a_name_is_declared_once(name: str) -> None:
    def another() -> None:
        """Stand for something that is derived."""

    another.__name__ = name
    with pytest.raises(ValueError, match="twice"):
        derived(another)
