"""The database of the desk: which batches and jobs there are, who may do what, which settings were saved."""

from __future__ import annotations

import datetime
import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from etl.safe.refusal import Refusal
from etl.safe.whole_file import cannot_write

NAME = "desk.sqlite"
APPLICATION = 0x6A78646B
"""SQLite's application id of the databases of desks."""
VERSION = 1
_TABLES = (
    "batches (number INTEGER PRIMARY KEY, name TEXT NOT NULL, year INTEGER, previous INTEGER REFERENCES batches,"
    " roster TEXT NOT NULL, letters INTEGER NOT NULL, settings INTEGER NOT NULL, made_by TEXT NOT NULL,"
    " made_at TEXT NOT NULL, closed_at TEXT NOT NULL)",
    "files (number INTEGER PRIMARY KEY, batch INTEGER NOT NULL REFERENCES batches, relative TEXT NOT NULL,"
    " size INTEGER NOT NULL, digest TEXT NOT NULL, by TEXT NOT NULL, at TEXT NOT NULL, replaced_at TEXT NOT NULL)",
    "jobs (number INTEGER PRIMARY KEY, batch INTEGER NOT NULL REFERENCES batches, state TEXT NOT NULL, stage TEXT NOT NULL,"
    " done INTEGER NOT NULL, total INTEGER NOT NULL, last TEXT NOT NULL, by TEXT NOT NULL, asked_at TEXT NOT NULL,"
    " started_at TEXT NOT NULL, ended_at TEXT NOT NULL, pid INTEGER NOT NULL, code INTEGER, said TEXT NOT NULL,"
    " decided INTEGER NOT NULL)",
    "people (number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, role TEXT NOT NULL, password TEXT NOT NULL,"
    " active INTEGER NOT NULL)",
    "sessions (digest TEXT PRIMARY KEY, person INTEGER NOT NULL REFERENCES people, until TEXT NOT NULL)",
    "settings (number INTEGER PRIMARY KEY, at TEXT NOT NULL, by TEXT NOT NULL, note TEXT NOT NULL, text TEXT NOT NULL)",
    "log (number INTEGER PRIMARY KEY, at TEXT NOT NULL, by TEXT NOT NULL, what TEXT NOT NULL)",
)


@dataclass(frozen=True, slots=True)
class Home:
    """The folder of a desk. Below `batches/N`: `in` as handed in, `replaced` what later files took the place of, `out` as
    `jixiao run` writes it, `seen` the store of the last run that came to its end."""

    folder: Path

    def of(self, batch: int) -> Path:
        """Return the folder of a batch."""
        return self.folder / "batches" / str(batch)

    def inbox(self, batch: int) -> Path:
        """Return where the files of a batch lie as they were handed in."""
        return self.of(batch) / "in"

    def output(self, batch: int) -> Path:
        """Return where the runs of a batch write."""
        return self.of(batch) / "out"

    def seen(self, batch: int) -> Path:
        """Return where the store lies that the pages show."""
        return self.of(batch) / "seen"

    def roster(self, batch: int, name: str) -> Path | None:
        """Return the roster of a batch by the name it is kept under, None where none was given."""
        return self.of(batch) / name if name else None

    @contextmanager
    def open(self) -> Iterator[sqlite3.Connection]:
        """Give the database for some questions, or for changes that are all made or none."""
        connection = sqlite3.connect(self.folder / NAME, timeout=5.0, isolation_level=None)
        try:
            connection.row_factory = sqlite3.Row
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute("BEGIN")
            yield connection
            connection.execute("COMMIT")
        except sqlite3.OperationalError as error:
            raise cannot_write(self.folder / NAME, OSError(error.sqlite_errorcode, str(error))) from error
        finally:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            connection.close()

    def rows(self, question: str, values: Sequence[Any] = ()) -> list[sqlite3.Row]:
        """Return the rows that a question has."""
        with self.open() as database:
            return database.execute(question, values).fetchall()

    def change(self, statement: str, values: Sequence[Any] = ()) -> int:
        """Make a change and return the number of the row that was added, if one was."""
        with self.open() as database:
            return int(database.execute(statement, values).lastrowid or 0)

    def log(self, by: str, what: str) -> None:
        """Note who did what, beside decisions, which have a ledger of their own."""
        self.change("INSERT INTO log (at, by, what) VALUES (?, ?, ?)", (now(), by, what))


def now() -> str:
    """Return this moment as it is written down."""
    return datetime.datetime.now().astimezone().isoformat(timespec="seconds")


def home_in(folder: Path) -> Home:
    """Return the desk's home in a folder, made where there is none; raises `Refusal` where it is something else."""
    _refuse_network(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise cannot_write(folder, error) from error
    path = folder / NAME
    if not path.exists() and any(folder.iterdir()):
        raise Refusal(f"该文件夹不是空的，也不是工作台的文件夹 neither empty nor a desk's home: {folder}")
    home = Home(folder.resolve())
    try:
        connection = sqlite3.connect(path, timeout=5.0, isolation_level=None)
        try:
            _prepare(connection, path)
        finally:
            connection.close()
    except sqlite3.DatabaseError as error:
        raise Refusal(f"工作台的数据库已损坏 the desk's database is damaged: {path}: {error}") from error
    return home


def _prepare(connection: sqlite3.Connection, path: Path) -> None:
    new = not connection.execute("SELECT 1 FROM sqlite_master").fetchone()
    if new:
        connection.execute("PRAGMA journal_mode = WAL").fetchall()
        connection.execute("BEGIN")
        for statement in (f"PRAGMA application_id = {APPLICATION}", f"PRAGMA user_version = {VERSION}"):
            connection.execute(statement)
        for table in _TABLES:
            connection.execute(f"CREATE TABLE {table}")
        connection.execute("COMMIT")
    (application,), (version,) = (
        connection.execute(f"PRAGMA {name}").fetchone() for name in ("application_id", "user_version")
    )
    if (application, version) != (APPLICATION, VERSION):
        raise Refusal(f"不是工作台的数据库，或版本不符 not a desk's database, or of another version: {path}")


def _refuse_network(folder: Path) -> None:
    """Raise `Refusal` for a share: SQLite's locks do not hold there."""
    if os.name == "nt" and str(folder.absolute()).startswith("\\\\"):
        raise Refusal(
            f"工作台的文件夹不能放在网络共享上 a desk's home cannot lie on a network share: {folder}"
        )
