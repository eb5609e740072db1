"""Takes the stores of several runs into one, each run's paths below its name; every row of theirs is looked at first."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping

from checks.finding import Tally
from etl.intake.submissions import Skipped
from etl.store.database import Store, damaged, encodable, writing
from etl.store.fund_rows import Row
from etl.store.numbering import counted_as
from etl.store.read import (
    rows_of_files,
    stored_files,
    stored_profiles,
    stored_skipped,
    stored_tallies,
)
from etl.store.rows import FileRows, digest_of
from etl.store.schema import OF_A_CHECK, OF_A_FILE, STORED
from etl.store.write import WITH_KEYS, append_to_batch, drop_others, insert_funds, moved_rows, note_profiles


def take_over(target: Store, run: Store, name: str) -> tuple[list[Tally], list[Skipped]]:
    """Add the files of a run with all that was read and found to a store; return its tallies and what it passed over.

    Raises `Refusal` where the run's store does not hold what it says it holds.
    """
    files = stored_files(run)
    base, position = (
        int(target.rows(f'SELECT coalesce(max("{c}"), -1) FROM files')[0][0]) + 1 for c in ("row", "position")
    )
    prefix = f"{name}/" if name else ""
    fields = run.fields()
    note_profiles(target, stored_profiles(run))
    with writing(target):
        target.widen(fields)
        for n, file in enumerate(files):
            key = base + n + 1
            found = rows_of_files(run, [file["row"]], (*OF_A_FILE, *OF_A_CHECK))[file["row"]]
            _refuse_other(run, file["row"], found)
            facts = {"fates": "{}", **file, "path": prefix + file["path"], "position": position + n}
            target.insert("files", [(key, *(encodable(facts[column]) for column in STORED["files"].names()))])
            _insert(target, found, fields, file["row"], key, prefix)
            target.insert(
                "contents", [((key << 32) + n, name, len(found[name]), "") for n, name in enumerate(found)]
            )
        of_batch = dict(rows_of_files(run, [0], OF_A_CHECK)[0])
        keys = {file["row"]: base + n + 1 for n, file in enumerate(files)}
        of_batch["findings"] = [_with_spots(row, keys) for row in of_batch["findings"]]
        append_to_batch(target, {name: list(_named(name, rows, prefix)) for name, rows in of_batch.items()})
    skipped = [Skipped(prefix + s.relative, s.code, s.reason, s.reason_en) for s in stored_skipped(run)]
    return list(stored_tallies(run)), skipped


def _with_spots(row: Row, keys: Mapping[int, int]) -> Row:
    """Return a finding of the batch whose values are keyed as the files now are; those of files that are gone go too."""
    made = list(row)
    for at in WITH_KEYS:
        spots = []
        for table, key, *rest in json.loads(made[at] or "[]"):
            if not counted_as(table) or key < 0:
                spots.append((table, key, *rest))
            elif key >> 32 in keys:
                spots.append((table, (keys[key >> 32] << 32) + (key & _WITHIN), *rest))
        made[at] = json.dumps(spots, separators=(",", ":"))
    return tuple(made)


_WITHIN = (1 << 32) - 1


def drop_files(store: Store, gone: Collection[int]) -> None:
    """Take files, by their keys, out of a store with all that was said of them, by a rule across forms too."""
    keys = {key: key for (key,) in store.rows('SELECT "row" FROM files') if key not in gone}
    of_batch = '"row" BETWEEN 0 AND ?'
    with writing(store):
        for file in gone:
            forms = 'SELECT id FROM forms WHERE "row" >> 32 = ?'
            store.connection.execute(
                f'DELETE FROM cells WHERE finding IN (SELECT "row" FROM findings WHERE {of_batch} AND form IN ({forms}))',
                (_WITHIN, file),
            )
            for table in ("findings", "not_run"):
                store.connection.execute(
                    f"DELETE FROM {table} WHERE {of_batch} AND form IN ({forms})", (_WITHIN, file)
                )
            store.connection.execute('UPDATE files SET position = NULL WHERE "row" = ?', (file,))
        for row in store.rows(f"SELECT * FROM findings WHERE {of_batch}", (_WITHIN,)):
            texts = [_with_spots(row, keys)[at] for at in WITH_KEYS]
            store.connection.execute(
                'UPDATE findings SET spots = ?2, repair = ?3 WHERE "row" = ?1', (row[0], *texts)
            )
    drop_others(store)


def _refuse_other(run: Store, file: int, found: dict[str, list[Row]]) -> None:
    said = run.rows(
        'SELECT name, rows, digest FROM contents WHERE "row" BETWEEN ? << 32 AND (? << 32) + 4294967295',
        (file, file),
    )
    for name, count, digest in said:
        rows = found.get(name, [])
        if len(rows) != count or digest_of(name, rows) != digest:
            raise damaged(run.path, f"{name} of file {file}")
    if {name for name, rows in found.items() if rows} - {name for name, _, _ in said}:
        raise damaged(run.path, f"more than file {file} has")


def _insert(
    target: Store, found: dict[str, list[Row]], fields: tuple[str, ...], file: int, key: int, prefix: str
) -> None:
    known = {text: n for n, text in target.rows("SELECT * FROM place_names")}
    for name, rows in found.items():
        moved = list(_named(name, moved_rows(name, rows, file, key), prefix))
        if name == "places":
            new = sorted({row[1] for row in moved} - known.keys())
            target.insert("place_names", [(len(known) + n, text) for n, text in enumerate(new, 1)])
            known |= {text: len(known) + n for n, text in enumerate(new, 1)}
            moved = [(row[0], known[row[1]], row[2]) for row in moved]
        if name == "funds":
            insert_funds(target, [FileRows(key, {}, {"funds": moved}, fields)])
        else:
            target.insert(name, moved)


def _named(table: str, rows: Iterable[Row], prefix: str) -> Iterator[Row]:
    """Yield rows with the run's name before every path and id of a form."""
    at = {n for n, column in enumerate(STORED[table].names(), 1) if (table, column) in _NAMES}
    for row in rows:
        yield tuple(prefix + value if n in at and value else value for n, value in enumerate(row))


_NAMES = {("forms", "id"), ("forms", "path"), ("findings", "form"), ("findings", "path"), ("not_run", "form")}
