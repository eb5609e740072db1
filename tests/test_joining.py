"""Chunks join to the same tables in whatever order they arrive, and tables are the same rows in whatever parts they are written."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import replace
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
from etl.intake.file_reading import FileReading
from etl.intake.read import read_submission
from etl.intake.submissions import find_submissions
from etl.rounds import values as round_values
from etl.store.database import open_own_store
from etl.store.numbering import numbering, spot_keys, spots_of
from etl.store.read import stored_stack
from etl.store.rows import counts_of, read_rows
from etl.store.write import add_files, moved_rows, place_files, store_files
from tests.known_forms import DECLARED

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


def stored(parts: Sequence[Stack], order: Sequence[int]) -> Stack:
    """Return stacks as the store gives them back, stored in some order of arrival."""
    store = open_own_store()
    keys = [range(0)] * len(parts)
    begin = 1
    for number, part in enumerate(parts):
        keys[number] = range(begin, begin + len(part.files))
        begin += len(part.files)
        add_files(store, [(key, file.path) for key, file in zip(keys[number], part.files, strict=True)])
    for number in order:
        store_files(store, read_rows(parts[number], keys[number]))
    place_files(store, ((key, key) for own in keys for key in own))
    return stored_stack(store)


def assert_same(one: Stack, other: Stack) -> None:
    for name in DECLARED:
        tables = [getattr(s.tables, name) for s in (one, other)]
        assert list(tables[0].columns) == list(tables[1].columns)
        pd.testing.assert_frame_equal(*(table[list(table.columns)] for table in tables))
    bare = [[replace(file, outline=b"") for file in s.files] for s in (one, other)]
    assert (bare[0], one.file_of, one.starts) == (bare[1], other.file_of, other.starts)
    assert list(one.places()) == list(other.places())


@settings(max_examples=12, phases=[Phase.generate], deadline=None)
@given(st.permutations(range(8)))
def test_the_order_of_arrival_does_not_matter(files: list[FileReading], order: list[int]) -> None:
    assert_same(stored([made([file]) for file in files], order), made(files))


def test_files_stay_in_order_wherever_they_are_stored(files: list[FileReading]) -> None:
    """Files that are added later have larger keys and stand where their paths put them."""
    store = open_own_store()
    keys = [5, 3, 8, 1, 2, 9, 4, 7]
    for key, file in zip(keys, files, strict=True):
        add_files(store, [(key, file.path)])
        store_files(store, read_rows(made([file]), [key]))
    place_files(store, ((key, position) for position, key in enumerate(keys)))
    assert_same(stored_stack(store), made(files))


def test_spots_lead_to_the_same_cells_under_keys(files: list[FileReading]) -> None:
    whole = made(files)
    numbers = numbering(enumerate(counts_of(whole), 11))
    for form in range(len(whole.located)):
        spots = tuple(
            Spot(table, row + whole.starts[table][form] if table in whole.starts else form, field)
            for table, row, field in whole.where(form)
        )
        assert spots_of(spot_keys(spots, numbers), numbers) == spots


def test_rows_of_another_file_are_those_of_a_copy(files: list[FileReading]) -> None:
    (one,), (other,) = (read_rows(made(files[:1]), [key]) for key in (3, 9))
    for name, rows in one.tables.items():
        assert list(moved_rows(name, rows, 3, 9)) == other.tables[name], name


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
