"""The versions of `jixiao.toml` that were saved at the desk, each with a note; none is ever changed."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from etl.desk.home.database import Home, now
from etl.safe.whole_file import write_whole


def versions(home: Home) -> list[sqlite3.Row]:
    """Return all versions, the newest first."""
    return home.rows("SELECT * FROM settings ORDER BY number DESC")


def newest(home: Home) -> int:
    """Return the number of the newest version, 0 where only the defaults are there."""
    return int(home.rows("SELECT coalesce(max(number), 0) FROM settings")[0][0])


def text_of(home: Home, number: int) -> str:
    """Return the text of a version, "" for the defaults."""
    found = home.rows("SELECT text FROM settings WHERE number = ?", (number,))
    return str(found[0][0]) if found else ""


def add_version(home: Home, text: str, note: str, by: str) -> int:
    """Keep a text as the next version and return its number."""
    number = home.change(
        "INSERT INTO settings (at, by, note, text) VALUES (?, ?, ?, ?)", (now(), by, note, text)
    )
    write_whole(_path(home, number), text.encode("utf-8"))
    return number


def settings_path(home: Home, number: int) -> Path | None:
    """Return the file of a version, written anew should it be gone; None for the defaults."""
    if not number:
        return None
    path = _path(home, number)
    text = text_of(home, number).encode("utf-8")
    if not path.is_file() or path.read_bytes() != text:
        write_whole(path, text)
    return path


def _path(home: Home, number: int) -> Path:
    return home.folder / "settings" / f"{number}.toml"
