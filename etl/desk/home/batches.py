"""The batches of a desk and the files of each, as the desk's database knows them."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from etl.desk.home.database import Home, now

LONGEST_NAME = 80


@dataclass(frozen=True, slots=True)
class BatchOf:
    """A batch: a round of a year's forms. `previous`: the number of the batch that was the round before; `settings`: which
    version rules it (0: the defaults); `roster`: the name its roster is kept under."""

    number: int
    name: str
    year: int | None
    previous: int | None
    roster: str
    letters: bool
    settings: int
    made_by: str
    made_at: str
    closed_at: str

    @property
    def closed(self) -> bool:
        """Say whether its decisions are final."""
        return bool(self.closed_at)


def _batch(row: sqlite3.Row) -> BatchOf:
    values = dict(row)
    return BatchOf(**{**values, "letters": bool(values["letters"])})


def batches(home: Home) -> list[BatchOf]:
    """Return all batches, the newest first."""
    return [_batch(row) for row in home.rows("SELECT * FROM batches ORDER BY number DESC")]


def batch_of(home: Home, number: int) -> BatchOf | None:
    """Return a batch by its number, None where there is none."""
    found = home.rows("SELECT * FROM batches WHERE number = ?", (number,))
    return _batch(found[0]) if found else None


def add_batch(
    home: Home, name: str, by: str, year: int | None, previous: int | None, settings: int, letters: bool
) -> int:
    """Add a batch and return its number; its folder for the files handed in is there then."""
    number = home.change(
        "INSERT INTO batches (name, year, previous, roster, letters, settings, made_by, made_at, closed_at)"
        " VALUES (?, ?, ?, '', ?, ?, ?, ?, '')",
        (name[:LONGEST_NAME], year, previous, int(letters), settings, by, now()),
    )
    home.inbox(number).mkdir(parents=True)
    return number


def set_batch(home: Home, number: int, column: str, value: object) -> None:
    """Change one thing of a batch: its `roster`, `settings` or `closed_at`."""
    if column not in ("roster", "settings", "closed_at"):
        raise KeyError(column)
    home.change(f"UPDATE batches SET {column} = ? WHERE number = ?", (value, number))


def note_file(home: Home, batch: int, relative: str, size: int, digest: str, by: str) -> None:
    """Note a file that was handed in; an earlier one of that name is replaced by it."""
    with home.open() as database:
        at = now()
        database.execute(
            "UPDATE files SET replaced_at = ? WHERE batch = ? AND relative = ? AND replaced_at = ''",
            (at, batch, relative),
        )
        database.execute(
            "INSERT INTO files (batch, relative, size, digest, by, at, replaced_at) VALUES (?, ?, ?, ?, ?, ?, '')",
            (batch, relative, size, digest, by, at),
        )


def files_of(home: Home, batch: int) -> list[sqlite3.Row]:
    """Return what was handed in for a batch, the newest first; what was replaced too."""
    return home.rows("SELECT * FROM files WHERE batch = ? ORDER BY number DESC", (batch,))
