"""Writes the state of a round as earlier releases did: `rounds.sqlite` in the output folder."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

from etl.rounds.records import FormRecord

TABLES = """
CREATE TABLE forms (number INTEGER PRIMARY KEY, id TEXT, path TEXT, agency TEXT, year TEXT, round INTEGER);
CREATE TABLE findings (form INTEGER REFERENCES forms, position INTEGER, key TEXT, fingerprint TEXT, severity TEXT,
  code TEXT, place TEXT, message TEXT, explanation TEXT, review TEXT, state TEXT);
CREATE TABLE cell_values (form INTEGER REFERENCES forms, position INTEGER, table_name TEXT, row INTEGER, field TEXT,
  name TEXT, place TEXT, text TEXT);
PRAGMA user_version = 1;
"""


def write_earlier(path: Path, records: Iterable[FormRecord]) -> None:
    """Write records of forms into a new file."""
    with closing(sqlite3.connect(path)) as store, store:
        store.executescript(TABLES)
        for number, record in enumerate(records, 1):
            head = (number, record.id, record.path, record.agency, record.year, record.number)
            store.execute("INSERT INTO forms VALUES (?,?,?,?,?,?)", head)
            lines = [
                (number, n, *line.key.partition(":")[::2], line.severity, line.code, line.place, line.message,
                 line.explanation, line.review, line.state)
                for n, line in enumerate(record.lines)
            ]  # fmt: skip
            store.executemany("INSERT INTO findings VALUES (?,?,?,?,?,?,?,?,?,?,?)", lines)
            values = [(number, n, *value) for n, value in enumerate(record.values)]
            store.executemany("INSERT INTO cell_values VALUES (?,?,?,?,?,?,?,?)", values)
