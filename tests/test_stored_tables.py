"""What is stored comes back as it was: tables a column or some rows at a time, lists, texts that cannot be encoded."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.frames.columns import codes_of, rows_of
from checks.given.inputs import Inputs
from checks.settings import Settings
from etl.batch.chunk import check_readings, of_checked
from etl.form.places import Place, packed_places
from etl.intake.read import read_submission
from etl.intake.submissions import find_submissions
from etl.safe.refusal import Refusal
from etl.store import findings
from etl.store import table as stored_table
from etl.store.database import Store, encodable, open_own_store, store_in, writing
from etl.store.findings import Lazy, findings_of, not_run_in
from etl.store.read import numbering_of, profiles_of, rows_of_files, stored_files, stored_stack
from etl.store.rows import FileRows, digest_of, page_of, stack_of, text_of
from etl.store.schema import NAME, OF_A_CHECK, OF_A_FILE
from etl.store.table import StoredTable
from etl.store.write import add_files, place_files, store_files
from tests.known_forms import DECLARED

CITY = Path(__file__).parent.parent / "samples" / "city"


@pytest.fixture(scope="module")
def checked() -> Any:
    return check_readings([read_submission(one) for one in find_submissions([CITY])[0]], Settings(), Inputs())


@pytest.fixture(scope="module")
def store(checked: Any) -> Store:
    """Return the sample city as it is stored, in another order than its files have."""
    count = len(checked.stack.files)
    keys = [count - n for n in range(count)]
    store = open_own_store()
    add_files(store, zip(keys, (file.path for file in checked.stack.files), strict=True))
    store_files(store, of_checked(checked, keys).files)
    place_files(store, ((key, position) for position, key in enumerate(keys)))
    return store


def alike(one: pd.DataFrame, other: pd.DataFrame) -> None:
    pd.testing.assert_frame_equal(one, other, check_exact=True, check_index_type=True)
    for name in one:
        assert list(map(type, one[name])) == list(map(type, other[name])), name


@pytest.mark.parametrize("most", [stored_table.MOST_KEPT, 0])
@given(data=st.data())
def test_a_stored_table_gives_what_a_frame_would(
    checked: Any, store: Store, most: int, data: st.DataObject
) -> None:
    name = data.draw(st.sampled_from(list(DECLARED)[1:]))
    whole = getattr(checked.stack.tables, name)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stored_table, "MOST_KEPT", most)
        patch.setattr(stored_table, "ROWS_AT_ONCE", 7)
        table = StoredTable(store, DECLARED[name], numbering_of(store))
        assert (len(table), table.columns) == (len(whole), list(whole.columns)) and table.index.equals(
            whole.index
        )
        names = data.draw(st.lists(st.sampled_from(table.columns), min_size=1, unique=True, max_size=5))
        alike(table[names], whole[names])
        start, stop = sorted(data.draw(st.tuples(*[st.integers(0, len(whole))] * 2)))
        for some in ([], names):
            alike(rows_of(table, start, stop, some), rows_of(whole, start, stop, some))
        chosen = np.array(sorted(data.draw(st.sets(st.integers(0, len(whole) - 1)))), dtype="int64")
        codes, distinct = codes_of(table, names[0], chosen)
        stated = [None if pd.isna(value) else value for value in whole[names[0]].iloc[chosen].astype(object)]
        assert [distinct[code] for code in codes] == stated and len(set(distinct)) == len(distinct)


def test_findings_and_what_was_not_run_come_back(checked: Any, store: Store) -> None:
    numbers = numbering_of(store)
    rank = {form: n for n, form in enumerate(checked.stack.tables.forms["id"])}

    def order(entry: Any) -> tuple[int, str, str]:
        return rank.get(entry.finding.form, len(rank)), entry.finding.path, entry.finding.code

    assert list(findings_of(store, numbers)) == sorted(checked.located, key=order)
    assert list(not_run_in(store, numbers)) == sorted(checked.not_run, key=lambda n: (rank[n.form], n.code))


def test_rows_of_files_are_their_stack_again(checked: Any, store: Store) -> None:
    facts = stored_files(store)
    rows = rows_of_files(store, [fact["row"] for fact in facts], OF_A_FILE)
    fields = store.fields()
    again = stack_of(
        [FileRows(fact["row"], fact, rows[fact["row"]], fields) for fact in facts], profiles_of(store)
    )
    for name in DECLARED:
        alike(getattr(again.tables, name), getattr(checked.stack.tables, name))
    assert list(again.places()) == list(checked.stack.places()) == list(stored_stack(store).places())
    assert again.starts == checked.stack.starts


def test_contents_say_what_there_is(store: Store) -> None:
    for file in stored_files(store):
        rows = rows_of_files(store, [file["row"]], (*OF_A_FILE, *OF_A_CHECK))[file["row"]]
        said = store.rows(
            'SELECT name, rows, digest FROM contents WHERE "row" >> 32 = ? ORDER BY name', (file["row"],)
        )
        assert said == sorted((name, len(own), digest_of(name, own)) for name, own in rows.items())


@given(st.text() | st.text(st.characters(categories=["Cs", "Lu"])))
def test_every_text_comes_back(text: str) -> None:
    store = open_own_store()
    with writing(store):
        store.insert("run", [(1, "plain", "plain"), (2, text, text)])
    assert [tuple(map(text_of, row)) for row in store.rows("SELECT * FROM run")][1] == (2, text, text)
    assert text_of(encodable(text)) == text


@given(st.lists(st.integers()), st.integers(1, 4), st.integers(1, 3), st.data())
def test_a_list_that_is_read_as_it_is_asked_for_is_a_list(
    values: list[int], together: int, packs: int, data: st.DataObject
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(findings, "TOGETHER", together)
        patch.setattr(findings, "MOST_PACKS", packs)
        found: Lazy[int] = Lazy(range(len(values)), lambda keys: [values[key] for key in keys])
        assert len(found) == len(values) and list(found) == values and found == values
        assert found != [*values, 1] and found != 5
        for at in data.draw(st.lists(st.integers(-len(values), len(values) - 1) if values else st.nothing())):
            assert found[at] == values[at]
        cut = slice(*data.draw(st.tuples(*[st.none() | st.integers(-5, 5)] * 2)))
        assert list(found[cut]) == values[cut]
        with pytest.raises(IndexError):
            found[len(values)]


def test_places_are_packed_with_the_names_they_share(store: Store) -> None:
    ((count,),) = store.rows("SELECT count(*) FROM place_names")
    assert 0 < count < store.rows("SELECT count(*) FROM places")[0][0]
    form = packed_places({("funds", 0, "f"): Place(1, 1, 2)})
    assert form.names == (("funds", "f"),)


def test_a_page_of_remarks_comes_back(tmp_path: Path) -> None:
    from etl.intake.file_reading import FileReading
    from etl.marked.lines import Line, Page
    from etl.store.rows import _facts

    page = Page(2, (Line("k:f", "error", "AR01", "表!E1", "说", "因为", "采纳", "new"),), ("单位：甲",))
    assert page_of(_facts(FileReading("a", page=page))["page"]) == page


def test_a_chunk_is_stored_whole_or_not_at_all(
    checked: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    files: Sequence[FileRows] = of_checked(checked, range(1, len(checked.stack.files) + 1)).files
    with store_in(tmp_path) as store:
        add_files(store, [(file.key, str(file.facts["path"])) for file in files])
        with pytest.raises(Refusal, match=NAME):
            broken = FileRows(files[1].key, {}, {"forms": files[0].tables["forms"]})
            store_files(store, [files[0], broken])
        assert store.rows("SELECT count(*) FROM forms") == [(0,)]
        store_files(store, files)
        assert store.rows("SELECT count(*) FROM forms") == [(len(checked.stack.file_of),)]
