"""Remembers what every output was made from: one that would be the same, and is still there as it was, is not made again."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from etl.store.database import Store, encodable, writing
from etl.store.rows import text_of


class Output(NamedTuple):
    """A file that was written: what it was made from, its size and digest, and how many of its cells were compared."""

    made_from: str
    size: int
    digest: str
    verified: int | None


@dataclass(slots=True)
class Outputs:
    """The outputs of a run below its folder, as they are stored, and those that are new since."""

    store: Store
    folder: Path
    known: Mapping[str, Output]
    new: dict[str, Output] = field(default_factory=dict)

    def standing(self, path: Path, made_from: str) -> Output | None:
        """Return what is known of an output that need not be made again, None for one that must."""
        known = self.known.get(self._name(path))
        if known is None or known.made_from != made_from or _facts(path) != (known.size, known.digest):
            return None
        self.new[self._name(path)] = known
        return known

    def note(self, path: Path, made_from: str, verified: int | None = None) -> None:
        """Note what an output was made from that has just been written."""
        facts = _facts(path)
        if facts is not None:
            self.new[self._name(path)] = Output(made_from, *facts, verified)

    def keep(self) -> None:
        """Store what was noted; of what this run did not make nothing stays."""
        rows = [(n, encodable(name), *output) for n, (name, output) in enumerate(self.new.items())]
        with writing(self.store):
            self.store.connection.execute("DELETE FROM outputs")
            self.store.insert("outputs", rows)

    def _name(self, path: Path) -> str:
        return path.relative_to(self.folder).as_posix()


def outputs_of(store: Store, folder: Path) -> Outputs:
    """Return the outputs that earlier runs noted."""
    rows = store.rows("SELECT path, made_from, size, digest, verified FROM outputs")
    return Outputs(store, folder, {text_of(path): Output(*rest) for path, *rest in rows})


def _facts(path: Path) -> tuple[int, str] | None:
    """Return the size and the digest of a file, None for what is none; a city's tables are too large to be held."""
    try:
        if not path.is_file() or path.is_symlink():
            return None
        with path.open("rb") as file:
            return path.stat().st_size, hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return None
