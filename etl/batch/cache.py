"""The cache in an output folder: values by key in one SQLite table, each chunk's written as it arrives.

It only ever saves time. A cache that is damaged, locked by another program or somebody else's is made anew, and
where the system will have none of it the run goes on without.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

FOLDER, NAME = ".cache", "kept.sqlite"
_MARK = 0x6A78636B
"""SQLite's application id of our caches."""
_VERSION = 1
_TABLE = "CREATE TABLE kept (key TEXT PRIMARY KEY, value BLOB)"
_SETTINGS = (
    "PRAGMA trusted_schema = OFF",
    "PRAGMA auto_vacuum = FULL",
    "PRAGMA locking_mode = EXCLUSIVE",
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = NORMAL",
)


@dataclass(slots=True)
class Kept:
    """What earlier runs left: the keys there were at the start, those this run used, files not read anew.

    `store` is None where nothing can be kept.
    """

    store: sqlite3.Connection | None
    known: frozenset[str] = frozenset()
    used: set[str] = field(default_factory=set)
    files: int = 0


@contextmanager
def kept_in(folder: Path, fresh: bool = False) -> Iterator[Kept]:
    """Give the cache of an output folder, an empty one where `fresh`; what the body did not use is dropped.

    Nothing is dropped where the body is left by an exception: the run after goes on from there.
    """
    kept = _opened(folder / FOLDER / NAME, fresh)
    if kept.store is None:
        yield kept
        return
    with closing(kept.store):
        yield kept
        _drop(kept.store, kept.known - kept.used)


def taken(kept: Kept, key: str) -> bytes | None:
    """Return what is kept under a key from before this run, or None."""
    if kept.store is None or key not in kept.known:
        return None
    with suppress(sqlite3.Error):
        row = kept.store.execute("SELECT value FROM kept WHERE key = ?", (key,)).fetchone()
        return row[0] if row and isinstance(row[0], bytes) else None
    return None


def keep(kept: Kept, values: Mapping[str, bytes]) -> None:
    """Keep values, all or none; a full disk keeps none, and says so where the run writes its results."""
    if kept.store is not None and values:
        with suppress(sqlite3.Error), kept.store:
            kept.store.executemany("INSERT OR REPLACE INTO kept VALUES (?, ?)", values.items())


def _drop(store: sqlite3.Connection, keys: Iterable[str]) -> None:
    with suppress(sqlite3.Error), store:
        store.executemany("DELETE FROM kept WHERE key = ?", [(key,) for key in keys])


def _opened(path: Path, fresh: bool) -> Kept:
    """Return the cache at a path, made anew where it cannot be used, and none where that is not possible."""
    with suppress(OSError, sqlite3.Error):
        path.parent.mkdir(exist_ok=True)
        _remove(path, "-journal")  # none is ours: see `_connected`
        return (None if fresh else _ours(path)) or Kept(_made(path))
    return Kept(None)


def _ours(path: Path) -> Kept | None:
    """Return the cache at a path if it is whole and holds our table and nothing else."""
    if path.is_symlink() or not path.is_file():
        return None
    with suppress(sqlite3.Error):
        store = _connected(path)
        try:
            if _described(store) == [(_MARK,), (_VERSION,), (_TABLE,), ("ok",)]:
                return Kept(store, frozenset(key for (key,) in store.execute("SELECT key FROM kept")))
        except sqlite3.Error:
            pass
        store.close()
    return None


def _described(store: sqlite3.Connection) -> list[tuple[object, ...]]:
    asked = (
        "PRAGMA application_id",
        "PRAGMA user_version",
        "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL",
        "PRAGMA quick_check(1)",
    )
    return [row for question in asked for row in store.execute(question)]


def _made(path: Path) -> sqlite3.Connection:
    _remove(path, "", "-wal", "-shm")
    return _connected(path, f"PRAGMA application_id = {_MARK}", f"PRAGMA user_version = {_VERSION}", _TABLE)


def _connected(path: Path, *statements: str) -> sqlite3.Connection:
    """Return a connection that survives being killed between two transactions, and keeps others out.

    A write-ahead log is used because the other kind of journal may name a file to be deleted, which one
    who plants it could choose; held exclusively it needs no shared memory, so network folders will do.
    """
    store = sqlite3.connect(path, timeout=0)
    try:
        for statement in (*_SETTINGS, *statements):
            store.execute(statement).fetchall()
    except sqlite3.Error:
        store.close()
        raise
    return store


def _remove(path: Path, *endings: str) -> None:
    for ending in endings:
        path.with_name(path.name + ending).unlink(missing_ok=True)
