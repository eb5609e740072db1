"""Opens a store: makes it, or makes sure that it is ours, whole and of this version, before anything in it is believed.

A store in an output folder may come from somebody else. Nothing in it is executed: only the very tables and indexes of
`etl.store.schema` are accepted, no view and no trigger, and text is text.
"""

from __future__ import annotations

import json
import sqlite3
import weakref
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from etl.safe.refusal import Refusal
from etl.safe.whole_file import cannot_write
from etl.store.schema import APPLICATION, MIGRATIONS, NAME, VERSION, is_field, statements, widening

_PAGES_BEFORE_CHECKPOINT = 16_000
"""64 MB of the write-ahead log: most runs write the database itself once, when they end."""
_SAFE = ("PRAGMA trusted_schema = OFF", "PRAGMA cell_size_check = ON", "PRAGMA foreign_keys = ON")
_WRITING = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = NORMAL",
    f"PRAGMA wal_autocheckpoint = {_PAGES_BEFORE_CHECKPOINT}",
)
"""A write-ahead log, because the other kind of journal may name a file to be deleted, which one who plants it could
choose; held exclusively it needs no shared memory, so that folders of a network will do."""


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Store:
    """An open store; `path` is empty for one that is gone when it is closed."""

    connection: sqlite3.Connection
    path: Path

    def rows(self, statement: str, values: Sequence[Any] = ()) -> list[Any]:
        """Return the rows that a question has; raises `Refusal` where the store turns out to be damaged."""
        try:
            return self.connection.execute(statement, values).fetchall()
        except sqlite3.Error as error:
            raise damaged(self.path, error) from error

    def each(self, statement: str, values: Sequence[Any] = ()) -> Iterator[Any]:
        """Yield the rows that a question has; raises `Refusal` as `rows` does."""
        try:
            yield from self.connection.execute(statement, values)
        except sqlite3.Error as error:
            raise damaged(self.path, error) from error

    def value(self, name: str) -> str:
        """Return what is noted of the run under a name, "" for nothing."""
        found = self.rows("SELECT value FROM run WHERE name = ?", (name,))
        return str(found[0][0]) if found else ""

    def names(self, name: str) -> list[str]:
        """Return the list of names that is noted of the run under a name."""
        found: list[str] = json.loads(self.value(name) or "[]")
        return found

    def note(self, name: str, value: str) -> None:
        """Note something of the run, in the place of what was there."""
        with writing(self):
            self.connection.execute("DELETE FROM run WHERE name = ?", (name,))
            self.connection.execute("INSERT INTO run (name, value) VALUES (?, ?)", (name, value))

    def fields(self) -> tuple[str, ...]:
        """Return the amounts that the fund lines of this store have, in its order."""
        names = [row[1] for row in self.rows("PRAGMA table_info(funds)")]
        return tuple(name for name in names if is_field(name))

    def widen(self, fields: Iterable[str]) -> None:
        """Give the fund lines the amounts they have not yet; the forms that are there state none of them."""
        known = set(self.fields())
        for statement in widening(field for field in fields if field not in known):
            self.connection.execute(statement)

    def insert(self, table: str, rows: Sequence[Sequence[Any]], names: Sequence[str] = ()) -> None:
        """Insert rows with all their columns, or those of these `names`; half of a surrogate pair cannot be encoded, so such text goes in as bytes."""
        if rows:
            columns = f" ({', '.join(names)})" if names else ""
            statement = f'INSERT INTO "{table}"{columns} VALUES ({",".join("?" * len(rows[0]))})'
            self.connection.execute("SAVEPOINT more")
            try:
                self.connection.executemany(statement, rows)
            except UnicodeEncodeError:
                self.connection.execute("ROLLBACK TO more")
                self.connection.executemany(statement, [tuple(map(encodable, row)) for row in rows])
            self.connection.execute("RELEASE more")


def encodable(value: Any) -> Any:
    """Return a value as SQLite takes it."""
    if isinstance(value, str) and not value.isascii():
        data = value.encode("utf-8", "surrogatepass")
        with suppress(UnicodeDecodeError):
            return data.decode("utf-8")
        return data
    return value


@contextmanager
def writing(store: Store) -> Iterator[None]:
    """Have all that the body writes be there or nothing; raises `Refusal` where the system will not write it."""
    try:
        with store.connection:
            store.connection.execute("BEGIN")
            yield
    except sqlite3.OperationalError as error:  # the disk is full
        raise cannot_write(store.path, OSError(error.sqlite_errorcode, str(error))) from error
    except sqlite3.DatabaseError as error:
        raise damaged(store.path, error) from error


def damaged(path: Path, error: object) -> Refusal:
    """Return the refusal of a store that does not hold what it should, or that another program holds."""
    if "locked" in str(error):
        return Refusal(f"批次数据库正被其他程序使用 another program is using the store: {path}")
    return Refusal(f"批次数据库已损坏 the store is damaged (--fresh makes it anew): {path}: {error}")


@contextmanager
def store_in(folder: Path, fresh: bool = False) -> Iterator[Store]:
    """Give the store of an output folder to write into, an empty one where there is none or a `fresh` one is wanted.

    Raises `Refusal` for a file that is no store of ours, is damaged, or is of a later version.
    """
    path = folder / NAME
    if path.is_symlink() or (path.exists() and not path.is_file()):
        raise Refusal(f"不是批次数据库 not a store of this program: {path}")
    if fresh and path.exists() and _is_ours(path):
        _remove(path)
    path.with_name(f"{path.name}-journal").unlink(missing_ok=True)  # none is ours
    store = _opened(path, "PRAGMA locking_mode = EXCLUSIVE")
    try:
        new = not store.rows("SELECT 1 FROM sqlite_master") and store.rows("PRAGMA application_id") == [(0,)]
        if not new:
            verify(store)
        with _said(path):
            for statement in _WRITING:
                store.connection.execute(statement).fetchall()
        if new:
            _make(store)
        store.note("finished", "")
        yield store
        store.note("finished", "yes")
        _let_go(store)
    except BaseException:
        store.connection.close()
        raise


def _let_go(store: Store) -> None:
    """Make the store one file that others can read; it stays open for who reads the batch from it."""
    with suppress(sqlite3.Error):  # what it holds is safe anyhow
        for statement in ("journal_mode = DELETE", "locking_mode = NORMAL", "user_version"):
            store.connection.execute(f"PRAGMA {statement}").fetchall()


def open_own_store() -> Store:
    """Return a store of no name, in memory as long as it is small, that is there as long as it is wanted."""
    store = _opened(Path(), "PRAGMA journal_mode = MEMORY", "PRAGMA synchronous = OFF", name="file:")
    _make(store)
    return store


@contextmanager
def past_store(folder: Path, whole: bool = True) -> Iterator[Store]:
    """Give the store that an earlier run left in its folder, to be read.

    `whole`: make sure of every page of it, which takes as long as reading it. Raises `Refusal` where there is none, where it is not whole, and for one of another version.
    """
    path = folder / NAME
    if not path.is_file():
        raise Refusal(f"不是完整的输出文件夹 not the complete output of a run (no {NAME}): {folder}")
    store = _brought_forward(_opened(path, name=f"{path.resolve().as_uri()}?mode=ro"))
    with closing(store.connection):
        verify(store, whole)
        if not store.value("finished"):
            raise Refusal(
                f"该文件夹的运行没有完成 the run into this folder did not come to its end: {folder}"
            )
        yield store


def _brought_forward(store: Store) -> Store:
    """Return a store that is only read; one of an older version as a copy in memory, which can be made one of this."""
    ((version,),) = store.rows("PRAGMA user_version")
    if version not in MIGRATIONS:
        return store
    copy = Store(sqlite3.connect(":memory:", isolation_level=None), store.path)
    with closing(store.connection):
        store.connection.backup(copy.connection)
    return copy


def _opened(path: Path, *settings: str, name: str = "") -> Store:
    """Return a connection to a database, closed when nobody wants it any more; `name`: under which it is opened."""
    try:
        connection = sqlite3.connect(
            name or path, timeout=0, isolation_level=None, uri=bool(name), check_same_thread=not name
        )
    except sqlite3.Error as error:
        raise _cannot_open(path, error) from error
    store = Store(connection, path)
    weakref.finalize(store, connection.close)
    with _said(path):
        for statement in (*_SAFE, *settings):
            connection.execute(statement).fetchall()
    return store


@contextmanager
def _said(path: Path) -> Iterator[None]:
    """Say what the system or the file will not have while a store is opened."""
    try:
        yield
    except sqlite3.Error as error:
        raise _cannot_open(path, error) from error


def _cannot_open(path: Path, error: sqlite3.Error) -> Refusal:
    if isinstance(error, sqlite3.OperationalError):
        return cannot_write(path, OSError(error.sqlite_errorcode, str(error)))
    return damaged(path, error)


def _make(store: Store) -> None:
    with writing(store):
        for statement in (f"PRAGMA application_id = {APPLICATION}", f"PRAGMA user_version = {VERSION}"):
            store.connection.execute(statement)
        for statement in statements():
            store.connection.execute(statement)


def verify(store: Store, whole: bool = True) -> None:
    """Raise `Refusal`, naming the file, for a database that is not a store of this version, or not `whole`."""
    (application,), (version,) = (
        store.rows(f"PRAGMA {name}")[0] for name in ("application_id", "user_version")
    )
    if application != APPLICATION:
        raise Refusal(f"不是批次数据库 a database of another program: {store.path}")
    for old in range(version, VERSION):
        _migrate(store, old)
    if version > VERSION or version not in range(VERSION - len(MIGRATIONS), VERSION + 1):
        raise Refusal(f"批次数据库版本不符 the store is of another version ({version}): {store.path}")
    found = {sql for (sql,) in store.rows("SELECT sql FROM sqlite_master")}
    if found != set(statements(store.fields())):
        raise damaged(store.path, "its tables are not ours")
    if whole:
        _refuse_faults(store, (text for (text,) in store.rows("PRAGMA quick_check(1)")))


def _refuse_faults(store: Store, said: Iterable[str]) -> None:
    for text in said:
        if text != "ok":
            raise damaged(store.path, text)


def _migrate(store: Store, version: int) -> None:
    if version in MIGRATIONS:
        with writing(store):
            for statement in (*MIGRATIONS[version], f"PRAGMA user_version = {version + 1}"):
                store.connection.execute(statement)


def _is_ours(path: Path) -> bool:
    """Return whether a file may be made anew: a store of ours, or no database at all any more."""
    with path.open("rb") as file:
        head = file.read(100)
    return not head.startswith(b"SQLite format 3\0") or head[68:72] == APPLICATION.to_bytes(4, "big")


def _remove(path: Path) -> None:
    for ending in ("", "-wal", "-shm"):
        path.with_name(path.name + ending).unlink(missing_ok=True)
