"""Writes into a store: a chunk of files at a time, in one transaction each, so that a killed run goes on from there."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from checks.finding import NotRun, Tally
from etl.frames.located import Located
from etl.intake.submissions import Skipped
from etl.store.database import Store, encodable, writing
from etl.store.fund_rows import Row
from etl.store.numbering import Numbering, counted_as
from etl.store.rows import FileRows, contents, finding_rows, not_run_rows
from etl.store.schema import OF_A_CHECK, OF_A_FILE, STORED, funds_table, is_key, key_name

_ALL = (*OF_A_FILE, *OF_A_CHECK, "contents", "sections")
"""Every table with rows of files, parents first."""
_NOTHING: dict[str, Any] = {
    "path": "", "status": "crashed", "code": "", "reason": "", "reason_en": "", "forms": 0, "modified": "",
    "position": None, "digest": "", "reader": "", "judged": "", "sheet_names": "[]", "hidden_sheets": "[]",
    "page": None, "fates": "{}", "round": 1,
}  # fmt: skip
"""A file of which nothing is known yet."""


def add_files(store: Store, files: Iterable[tuple[int, str]]) -> None:
    """Add files by their keys and paths, before they are read."""
    names = STORED["files"].names()
    store.insert(
        "files", [(key, *((_NOTHING | {"path": path})[name] for name in names)) for key, path in files]
    )


def store_files(store: Store, made: Sequence[FileRows]) -> None:
    """Store what was made of a chunk of files, whatever was there of the same kind before; all of it or nothing."""
    with writing(store):
        for file in made:
            _clear(store, file.key, tuple(file.tables))
            _set(store, "files", file.key, file.facts)
        names = _names(store, made)
        for fields in dict.fromkeys(file.fields for file in made if file.tables.get("funds")):
            store.widen(fields)
        for table in (*OF_A_FILE, *OF_A_CHECK):
            if table == "funds":
                insert_funds(store, made)
                continue
            store.insert(
                table, [_complete(table, row, names) for file in made for row in file.tables.get(table, ())]
            )
        store.insert("contents", [row for file in made for row in _contents(file)])
        store.connection.executemany(
            'UPDATE projects SET linked_indicator = ?2, link_score = ?3 WHERE "row" = ?1',
            [row for file in made if "projects" not in file.tables for row in file.tables.get("links", ())],
        )


def note_profiles(store: Store, profiles: Mapping[str, Any]) -> None:
    """Note what the form profiles of a run say, by id, beside those that are noted: the store speaks for itself."""
    known = json.loads(store.value("profiles") or "{}")
    if known | profiles != known:
        store.note("profiles", json.dumps(known | profiles, ensure_ascii=False))


def insert_funds(store: Store, made: Iterable[FileRows]) -> None:
    """Insert the fund lines of files, those of each in its own columns; what a form does not state is absent."""
    by_fields: dict[tuple[str, ...], list[Row]] = {}
    for file in made:
        by_fields.setdefault(file.fields, []).extend(file.tables.get("funds", ()))
    for fields, rows in by_fields.items():
        store.insert("funds", rows, (key_name(STORED["funds"]), *funds_table(fields).names()))


def _complete(table: str, row: Row, names: Mapping[str, int]) -> Row:
    if table == "forms":
        return row if len(row) > len(STORED["forms"].columns) else (*row, 1, "")
    return (row[0], names[row[1]], row[2]) if table == "places" else row


def _contents(file: FileRows) -> Iterable[Row]:
    """Yield the rows that say what a file's tables hold, each under the key of its table's place in the list."""
    for name, rows, digest in contents(file):
        yield (file.key << 32) + _ALL.index(name), name, rows, digest


def _names(store: Store, made: Sequence[FileRows]) -> dict[str, int]:
    """Return the keys of the lists that places point at, those that are new added."""
    known = {text: key for key, text in store.rows("SELECT * FROM place_names")}
    wanted = {row[1] for file in made for row in file.tables.get("places", ())}
    new = [(len(known) + n, text) for n, text in enumerate(sorted(wanted - known.keys()), 1)]
    store.insert("place_names", new)
    return known | {text: key for key, text in new}


def _clear(store: Store, file: int, tables: Sequence[str]) -> None:
    """Delete the rows that a file has in some tables."""
    (known,) = store.rows(
        "SELECT judged <> '' OR digest <> '' OR status <> 'crashed' FROM files WHERE \"row\" = ?", (file,)
    )[0]
    if known:
        for name in reversed([name for name in _ALL if name in tables]):
            delete_rows(store, name, file)
        kinds = [_ALL.index(name) for name in tables if name in _ALL]
        store.connection.executemany(
            'DELETE FROM contents WHERE "row" = ?', [((file << 32) + kind,) for kind in kinds]
        )


def delete_rows(store: Store, table: str, file: int) -> None:
    """Delete the rows that a file has in a table (0: those of the batch)."""
    first, last = span(table, file)
    name = key_name(STORED[table])
    store.connection.execute(f'DELETE FROM "{table}" WHERE "{name}" BETWEEN ? AND ?', (first, last))


def span(table: str, file: int) -> tuple[int, int]:
    """Return the first and the last key that a file's rows can have in a table."""
    return (
        (file, file)
        if table in ("files", "outlines", "sections")
        else (file << 32, (file << 32) + (1 << 32) - 1)
    )


def _set(store: Store, table: str, key: int, values: Mapping[str, Any]) -> None:
    if values:
        columns = ", ".join(f'"{name}" = ?' for name in values)
        given = (*map(encodable, values.values()), key)
        store.connection.execute(f'UPDATE "{table}" SET {columns} WHERE "row" = ?', given)


def rename(store: Store, file: int, path: str) -> None:
    """Give a file another path; its findings have to be found again."""
    _set(store, "files", file, {"path": path, "judged": ""})
    for key, ordinal in store.rows(
        'SELECT "row", ordinal FROM forms WHERE "row" BETWEEN ? AND ?', span("forms", file)
    ):
        _set(store, "forms", key, {"path": path, "id": f"{path}#{ordinal}"})


def place_files(store: Store, positions: Iterable[tuple[int, int]]) -> None:
    """Say which files a run has, by key, and where each stands; the others are no part of it."""
    store.connection.execute("UPDATE files SET position = NULL WHERE position IS NOT NULL")
    store.connection.executemany('UPDATE files SET position = ?2 WHERE "row" = ?1', list(positions))


def drop_others(store: Store) -> None:
    """Delete the files that are no part of the run."""
    with writing(store):
        for (file,) in store.rows('SELECT "row" FROM files WHERE position IS NULL'):
            for name in reversed(_ALL):
                delete_rows(store, name, file)
            store.connection.execute('DELETE FROM files WHERE "row" = ?', (file,))


def moved_rows(table: str, rows: Iterable[Row], file: int, to: int) -> Iterator[Row]:
    """Yield the rows that a file has in a table as those of another file."""
    by, step = (to - file) << 32, to - file
    columns = STORED[table].columns
    kinds = [step if c.refers == "files" else by if is_key(c) else 0 for c in columns]
    keyed = [n for n, kind in enumerate(kinds, 1) if kind]
    own = step if table in ("files", "outlines", "sections") else by
    for row in rows:
        made = [row[0] + own, *row[1:]]
        for n in keyed:
            made[n] += kinds[n - 1] if made[n] >= 0 else 0
        if table == "oddities" and counted_as(made[_TABLE]):
            made[_TABLE + 1] += by
        elif table == "findings":
            for at in WITH_KEYS:
                spots = json.loads(made[at] or "[]")
                made[at] = json.dumps([(t, k + by if counted_as(t) and k >= 0 else k, *f) for t, k, *f in spots], separators=(",", ":"))  # fmt: skip
        yield tuple(made)


_TABLE = STORED["oddities"].names().index("table") + 1
WITH_KEYS = [STORED["findings"].names().index(name) + 1 for name in ("spots", "repair")]
"""Columns of a finding's row that name values by their keys."""


def in_order_of_rounds(store: Store, name: str, number: int) -> None:
    """Have the files of a run, below its name, count as saved after those of every round before it."""
    with writing(store):
        store.connection.execute(
            "UPDATE files SET modified = ?2 || modified WHERE substr(path, 1, length(?1)) = ?1",
            (encodable(f"{name}/"), f"{number:04d} "),
        )


def forget_batch(store: Store) -> None:
    """Delete what was said of the batch as a whole."""
    for name in reversed(OF_A_CHECK):
        delete_rows(store, name, 0)
    store.connection.execute("UPDATE findings SET said = 1 WHERE said = 0")


def add_to_batch(
    store: Store, numbers: Numbering, located: Iterable[Located] = (), not_run: Iterable[NotRun] = ()
) -> None:
    """Add findings of the batch and what was not run to those that are there."""
    append_to_batch(store, finding_rows(located, 0, numbers) | {"not_run": not_run_rows(not_run, 0)})


def append_to_batch(store: Store, rows: Mapping[str, Sequence[Row]]) -> None:
    """Add rows of the batch, keyed from 0, behind those that are there."""
    last = {name: _last(store, name) for name in OF_A_CHECK}
    for name in OF_A_CHECK:
        moved = [(row[0] + last[name], *row[1:]) for row in rows[name]]
        if name == "cells":
            moved = [(row[0], row[1] + last["findings"], *row[2:]) for row in moved]
        store.insert(name, moved)


def _last(store: Store, table: str) -> int:
    ((last,),) = store.rows(
        f'SELECT max("row") FROM "{table}" WHERE "row" BETWEEN 0 AND ?', (span(table, 0)[1],)
    )
    return 0 if last is None else int(last) + 1


def not_said(store: Store, findings: Iterable[int]) -> None:
    """Take findings, by their keys, out of what is said: something is said once for the whole city in their place."""
    store.connection.executemany('UPDATE findings SET said = 0 WHERE "row" = ?', [(key,) for key in findings])


def store_lists(store: Store, skipped: Sequence[Skipped], tallies: Sequence[Tally], roster: Any) -> None:
    """Store which files were passed over, what became of the rules, and the roster that was given (a frame)."""
    lines = (
        []
        if roster is None
        else [json.dumps(roster.columns.tolist()), *map(_line, roster.itertuples(index=False))]
    )
    lists: dict[str, list[tuple[Any, ...]]] = {
        "skipped": [(s.relative, s.code, s.reason, s.reason_en) for s in skipped],
        "tallies": [(t.code, t.forms, t.fired, t.not_applicable, t.not_run) for t in tallies],
        "roster": [(line,) for line in lines],
    }
    for name, rows in lists.items():
        store.connection.execute(f'DELETE FROM "{name}"')
        store.insert(name, [(n, *row) for n, row in enumerate(rows)])


def _line(values: Iterable[Any]) -> str:
    return json.dumps([*values], ensure_ascii=False)


def store_year(store: Store, year: int | None) -> None:
    """Store which fiscal year the batch was asked to be of, in place of what earlier runs were asked."""
    with writing(store):
        store.connection.execute("UPDATE forms SET asked_year = ?1 WHERE asked_year IS NOT ?1", (year,))


def store_scope(store: Store, forms: Iterable[tuple[int, bool, str]]) -> None:
    """Store which forms, by their keys, the city's sums hold, and why they do not hold the others."""
    with writing(store):
        store.connection.executemany('UPDATE forms SET counted = ?2, left_out = ?3 WHERE "row" = ?1', forms)


def forget_answers(store: Store) -> None:
    """Forget what an earlier comparison made of the findings: the run that is on compares anew."""
    with writing(store):
        store.connection.execute(
            "UPDATE findings SET state = '', explanation = '', review = ''"
            " WHERE state <> '' OR explanation <> '' OR review <> ''"
        )
        store.connection.execute("UPDATE files SET round = 1 WHERE round <> 1")
        store.connection.execute("DELETE FROM absent")


def store_round(
    store: Store,
    answers: Iterable[tuple[int, str, str, str]],
    numbers: Iterable[tuple[str, int]],
    absent: Iterable[str],
) -> None:
    """Store what a round made of a batch.

    `answers`: of findings by their keys state, explanation and review; `numbers`: which round it is of each file, by path;
    `absent`: records of forms that did not come in again, as JSON.
    """
    with writing(store):
        store.connection.executemany(
            'UPDATE findings SET state = ?2, explanation = ?3, review = ?4 WHERE "row" = ?1',
            [tuple(map(encodable, answer)) for answer in answers],
        )
        store.connection.executemany(
            "UPDATE files SET round = ?2 WHERE path = ?1 AND position IS NOT NULL",
            [(encodable(path), number) for path, number in numbers],
        )
        store.insert("absent", list(enumerate(absent)))
