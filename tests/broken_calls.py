"""Makes the n-th call that opens, reads, writes, syncs, renames or asks the store fail, as a disk or a memory does.

Counted are calls that concern files under one folder, whoever makes them: our own code, a library or the database.
"""

from __future__ import annotations

import builtins
import errno
import io
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

ERRORS: dict[str, Callable[[], BaseException]] = {
    "disk full": lambda: OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)),
    "disk broken": lambda: OSError(errno.EIO, os.strerror(errno.EIO)),
    "no memory": MemoryError,
}
_OF_SQLITE = {"disk full": "database or disk is full", "disk broken": "disk I/O error"}


class Calls:
    """Counts calls; the one at `position` (from 1, 0 for none) fails, and from it on `lasting` ones all do."""

    def __init__(self, folder: Path, position: int, kind: str, lasting: bool = False) -> None:
        self.folder, self.position, self.kind, self.lasting = str(folder.resolve()), position, kind, lasting
        self.count, self.failed = 0, ""

    def made(self, what: str, of_sqlite: bool = False) -> None:
        """Count a call, and fail where it is its turn."""
        self.count += 1
        if self.count == self.position or (self.lasting and 0 < self.position < self.count):
            self.failed = self.failed or f"{self.count}: {what}"
            if of_sqlite and self.kind in _OF_SQLITE:
                raise sqlite3.OperationalError(_OF_SQLITE[self.kind])
            raise ERRORS[self.kind]()

    def concerns(self, path: Any) -> bool:
        return isinstance(path, str | os.PathLike) and str(Path(path).absolute()).startswith(self.folder)


@contextmanager
def breaking(calls: Calls) -> Iterator[Calls]:
    """Have calls of the body counted and one of them fail."""

    class File(io.FileIO):
        def write(self, data: Any) -> int:
            calls.made(f"write {self.name}")
            return super().write(data)

        def readinto(self, buffer: Any) -> int:
            calls.made(f"read {self.name}")
            return super().readinto(buffer) or 0

        def readall(self) -> bytes:
            calls.made(f"read {self.name}")
            return super().readall()

    class Connection(sqlite3.Connection):
        def execute(self, *given: Any) -> sqlite3.Cursor:  # type: ignore[override]
            calls.made(f"execute {given[0][:40]}", True)
            return super().execute(*given)

        def executemany(self, *given: Any) -> sqlite3.Cursor:  # type: ignore[override]
            calls.made(f"executemany {given[0][:40]}", True)
            return super().executemany(*given)

    real_open, real_connect, real_replace, real_sync = io.open, sqlite3.connect, os.replace, os.fsync

    def opened(file: Any, mode: str = "r", buffering: int = -1, *rest: Any, **more: Any) -> Any:
        if not calls.concerns(file):
            return real_open(file, mode, buffering, *rest, **more)
        calls.made(f"open {file} {mode}")
        raw = File(file, mode.replace("b", "").replace("t", ""))
        buffer: Any
        if raw.readable() and raw.writable():
            buffer = io.BufferedRandom(raw)
        else:
            buffer = io.BufferedWriter(raw) if raw.writable() else io.BufferedReader(raw)
        return buffer if "b" in mode else io.TextIOWrapper(buffer, *rest, **more)

    def connected(database: Any, *rest: Any, **more: Any) -> sqlite3.Connection:
        calls.made(f"connect {database}", True)
        return real_connect(database, *rest, **{**more, "factory": Connection})

    def moved(source: Any, target: Any, **more: Any) -> None:
        if calls.concerns(source):
            calls.made(f"replace {target}")
        real_replace(source, target, **more)

    def synced(number: int) -> None:
        calls.made("fsync")
        real_sync(number)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(io, "open", opened)
        patch.setattr(builtins, "open", opened)
        patch.setattr(sqlite3, "connect", connected)
        patch.setattr(os, "replace", moved)
        patch.setattr(os, "fsync", synced)
        yield calls
