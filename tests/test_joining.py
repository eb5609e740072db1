"""Chunks join to the same tables in whatever order they arrive, and tables are the same rows in whatever parts they are written."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from checks.enrich import enriched
from checks.finding import Spot
from checks.likeness.links import linked
from checks.settings import Settings
from etl.data import parts as tables
from etl.frames.build import Stack, stack
from etl.frames.joined import NAMES, Joining, add, begins, join_stacks, joined, moved
from etl.intake.file_reading import FileReading
from etl.intake.read import read_submission
from etl.intake.submissions import find_submissions
from etl.rounds import values as round_values

CITY = Path(__file__).parent.parent / "samples" / "city"


def made(files: Sequence[FileReading]) -> Stack:
    plain = stack(files)
    tables = linked(enriched(plain.tables), Settings())
    return Stack(tables, plain.located, plain.files, plain.file_of, plain.starts)


@pytest.fixture(scope="module")
def files() -> list[FileReading]:
    found = [read_submission(submission) for submission in find_submissions([CITY])[0]]
    nothing = FileReading("empty.xlsx", "not_a_form", "no_form")
    return [*found[:4], nothing, *found[4:7]]


def assert_same(one: Stack, other: Stack) -> None:
    for name in NAMES:
        tables = [getattr(s.tables, name) for s in (one, other)]
        assert list(tables[0].columns) == list(tables[1].columns)
        pd.testing.assert_frame_equal(*(table[list(table.columns)] for table in tables))
    assert (one.files, one.file_of, one.starts) == (other.files, other.file_of, other.starts)
    assert list(one.places()) == list(other.places())


@settings(max_examples=12, phases=[Phase.generate], deadline=None)
@given(st.permutations(range(8)))
def test_the_order_of_arrival_does_not_matter(files: list[FileReading], order: list[int]) -> None:
    joining = Joining()
    for number in order:
        add(joining, number, made([files[number]]))
    assert_same(joined(joining), made(files))


def test_spots_move_with_their_rows(files: list[FileReading]) -> None:
    joining = Joining()
    parts = [made([file]) for file in files]
    for number, part in enumerate(parts):
        add(joining, number, part)
    firsts, whole = begins(joining), joined(joining)
    for number, part in enumerate(parts):
        for form in range(len(part.located)):
            spots = tuple(
                Spot(table, row + part.starts[table][form] if table in part.starts else form, field)
                for table, row, field in part.where(form)
            )
            there = firsts[number]["forms"] + form
            were = [part.place(form, spot) for spot in spots]
            assert [whole.place(there, spot) for spot in moved(spots, firsts[number])] == were


def test_a_column_that_only_some_have_is_empty_for_the_others(files: list[FileReading]) -> None:
    one, other = made(files[:2]), made(files[2:4])
    other.tables.forms["remark"] = "seen"
    column = join_stacks([one, other]).tables.forms["remark"]
    assert column.isna().tolist() == [True, True, False, False]


def test_places_as_rows_are_the_places_as_a_frame(
    files: list[FileReading], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tables, "FORMS_A_PART", 3)
    whole = made(files)
    rows = [tuple(map(str, row)) for part in tables.place_rows(whole) for row in part]
    assert rows == list(map(tuple, csv.reader(io.StringIO(tables.csv_of(tables.places_frame(whole))))))
    assert rows == list(
        map(tuple, csv.reader(io.StringIO(tables.csv_of(pd.concat(tables.place_frames(whole))))))
    )


def test_values_of_some_forms_at_a_time_are_those_of_all(
    files: list[FileReading], monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = made(files)
    at_once = list(round_values.values(whole))
    monkeypatch.setattr(round_values, "FORMS_TOGETHER", 2)
    assert list(round_values.values(whole)) == at_once and len(at_once) == len(whole.located)


_CELLS = {
    "text": st.text("ab,\"'\r\n =é", max_size=4) | st.none(),
    "count": st.integers(-(10**15), 10**15),
    "half": st.none() | st.integers(0, 10**12),
    "share": st.floats(allow_nan=True, allow_infinity=False),
    "said": st.booleans(),
}


@given(st.lists(st.fixed_dictionaries(_CELLS), min_size=1, max_size=6))
def test_csv_is_what_pandas_writes(rows: list[dict[str, Any]]) -> None:
    """But for the apostrophe before what would be a formula, which none of these texts is."""
    frame = pd.DataFrame(rows, columns=list(_CELLS)).astype({"half": "Int64"})
    frame["text"] = frame["text"].map(
        lambda text: text.replace("=", "").replace("\r", ""), na_action="ignore"
    )
    written = frame.astype(object).to_csv(index_label="row", lineterminator="\r\n")
    assert tables.csv_of(frame) == written


@given(st.integers(1, 9), st.booleans())
def test_the_size_of_the_parts_does_not_matter(size: int, some: bool) -> None:
    frame = pd.DataFrame(
        {"half": pd.array([None, 5 if some else None, *[None] * 7], "Int64"), "name": list("abcdefghi")}
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tables, "ROWS_A_PART", size)
        parts = list(tables.in_parts(frame))
    pd.testing.assert_frame_equal(pd.concat(parts), tables.with_amounts(frame))
    assert {str(part["half_wan"].dtype) for part in parts} == {"str" if some else "Int64"}
