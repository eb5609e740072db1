"""What lies aside comes back as it was: bytes, lists, places, and tables a column or some rows at a time."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from itertools import accumulate
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.form.places import Place, packed
from etl.frames import spilled as aside_list
from etl.frames.columns import Columns, codes_of, inferred, lay_table, rows_of
from etl.frames.spill import (
    Aside,
    Lying,
    aside_in,
    fetched,
    laid,
    lifted,
    own_aside,
    put_aside,
    taken_back,
)
from etl.frames.spilled import AsidePlaces, set_aside
from etl.safe.refusal import Refusal


def test_what_was_put_aside_comes_back(tmp_path: Path) -> None:
    with aside_in(tmp_path) as aside:
        for key in ("a", "b", "c"):
            put_aside(aside, key, key.encode() * 5)
        assert [taken_back(aside, key) for key in ("b", "x", "a", "c")] == [b"bbbbb", b"", b"aaaaa", b"ccccc"]
        assert fetched(Lying(tmp_path / "aside.bin", aside.places["c"])) == b"ccccc"


def test_a_disk_that_takes_no_more_is_said(tmp_path: Path) -> None:
    path = tmp_path / "full"
    path.write_bytes(b"")
    with path.open("rb") as unwritable, pytest.raises(Refusal):
        laid(Aside(unwritable), b"more")


@given(st.lists(st.binary(max_size=9)), st.booleans())
def test_bytes_come_back_from_memory_and_from_disk(values: list[bytes], on_disk: bool) -> None:
    with tempfile.SpooledTemporaryFile(4 if on_disk else 10_000, buffering=0) as file:
        aside = Aside(file)
        places = [laid(aside, value) for value in values]
        assert [lifted(aside, place) for place in reversed(places)] == values[::-1]


@given(st.lists(st.none() | st.text(max_size=3)), st.integers(1, 4), st.integers(1, 3), st.data())
def test_a_list_that_lies_aside_is_a_list(
    values: list[Any], together: int, unpacked: int, data: st.DataObject
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(aside_list, "TOGETHER", together)
        patch.setattr(aside_list, "MOST_UNPACKED", unpacked)
        found = set_aside(own_aside(), iter(values))
        assert len(found) == len(values) and list(found) == values and found == values
        assert found != [*values, "more"] and found != 5
        for at in data.draw(st.lists(st.integers(-len(values), len(values) - 1) if values else st.nothing())):
            assert found[at] == values[at]
        cut = slice(*data.draw(st.tuples(*[st.none() | st.integers(-5, 5)] * 2)))
        assert list(found[cut]) == values[cut]
        with pytest.raises(IndexError):
            found[len(values)]


def test_places_come_back_form_by_form() -> None:
    aside = own_aside()
    forms = [
        packed({("funds", 0, f"f{n}"): Place(n, 1, 2), ("forms", 0, "title"): Place(0, n, n)})
        for n in range(4)
    ]
    places = AsidePlaces(aside, [(form.names, laid(aside, form.numbers)) for form in forms])
    assert [places[n] for n in (2, 2, 0, 3, 1)] == [forms[n] for n in (2, 2, 0, 3, 1)]
    assert list(places) == forms and list(places[1:3]) == forms[1:3] and len(places) == 4


_COLUMNS: dict[str, st.SearchStrategy[Any]] = {
    "text": st.none() | st.sampled_from(["", "甲", "乙"]),
    "full": st.none() | st.integers(0, 9),
    "said": st.booleans(),
    "mixed": st.sampled_from([1, 1.0, True, "1", None]),
}
_TYPES = {
    "text": object,
    "full": "Int64",
    "said": object,
    "mixed": object,
    "form": "int64",
    "linked_indicator": "int64",
}
_ROW = st.fixed_dictionaries(_COLUMNS)


def _frame(rows: Sequence[dict[str, Any]]) -> pd.DataFrame:
    """Return a table of one chunk: its rows are of two forms in turn and linked to the indicator of their number, or none."""
    columns = {name: [row[name] for row in rows] for name in _COLUMNS}
    columns |= {
        "form": [n % 2 for n in range(len(rows))],
        "linked_indicator": [n - 1 for n in range(len(rows))],
    }
    return pd.DataFrame({name: pd.Series(values, dtype=_TYPES[name]) for name, values in columns.items()})


def _laid(frames: Sequence[pd.DataFrame]) -> tuple[Columns, pd.DataFrame]:
    """Return tables as one that lies aside and as a frame; each chunk holds two forms and as many indicators as rows."""
    aside, pieces, moved = own_aside(), [], []
    begins = accumulate((len(frame) for frame in frames[:-1]), initial=0)
    for number, (frame, begin) in enumerate(zip(frames, begins, strict=True)):
        piece = lay_table(aside, frame)
        first = {"forms": number * 2, "indicators": begin}
        pieces.append(type(piece)(piece.rows, piece.columns, piece.plain, first))
        linked = frame["linked_indicator"].where(
            frame["linked_indicator"] < 0, frame["linked_indicator"] + begin
        )
        moved.append(frame.assign(form=frame["form"] + number * 2, linked_indicator=linked))
    return Columns(aside, "projects", tuple(pieces)), pd.concat(moved, ignore_index=True)


@given(st.lists(st.lists(_ROW, max_size=4), min_size=1, max_size=4), st.data())
def test_a_table_that_lies_aside_gives_what_the_whole_would(
    chunks: list[list[dict[str, Any]]], data: st.DataObject
) -> None:
    table, whole = _laid([_frame(rows) for rows in chunks])
    assert (
        len(table) == len(whole) and table.columns == list(whole.columns) and table.index.equals(whole.index)
    )
    names = data.draw(st.lists(st.sampled_from(table.columns), min_size=1, unique=True))
    pd.testing.assert_frame_equal(table[names], whole[names])
    pd.testing.assert_series_equal(table[names[0]].rename(names[0]), whole[names[0]])
    start, stop = sorted(data.draw(st.tuples(*[st.integers(0, len(whole))] * 2)))
    for some in ([], names):
        pd.testing.assert_frame_equal(table.rows(start, stop, some), rows_of(whole, start, stop, some))
    for name in names:
        assert inferred(table, name) == inferred(whole, name)
        assert list(map(type, table[name])) == list(map(type, whole[name]))
        chosen = np.array(
            data.draw(st.lists(st.sampled_from(list(whole.index)), unique=True)) if len(whole) else [],
            dtype="int64",
        )
        codes, distinct = codes_of(table, name, np.sort(chosen))
        stated = [None if value is pd.NA else value for value in whole[name].iloc[np.sort(chosen)]]
        assert [distinct[code] for code in codes] == stated and len(set(distinct)) == len(distinct)
