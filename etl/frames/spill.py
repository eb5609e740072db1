"""Puts bytes aside in a file: what is seldom wanted again of a city's forms need not stay in memory."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from etl.safe.whole_file import cannot_write

IN_MEMORY = 1 << 22
"""Bytes up to which what is put aside for a batch needs no file."""

Extent = tuple[int, int]
"""Where in the file something lies: its first byte and how many there are."""


@dataclass(slots=True, eq=False)
class Aside:
    """A file with what was put aside, and where in it by key, for what has one.

    One with a name can be sent to other processes of this machine, which read it there.
    """

    file: IO[bytes]
    places: dict[str, Extent] = field(default_factory=dict)

    def __reduce__(self) -> tuple[Any, ...]:
        """Return how another process opens the file."""
        return _opened, (Path(self.file.name),)


def _opened(path: Path) -> Aside:
    return Aside(path.open("rb", buffering=0))


@contextmanager
def aside_in(folder: Path) -> Iterator[Aside]:
    """Give a file in a folder to put bytes aside in while the body runs; afterwards they lie in one of no name."""
    with (folder / "aside.bin").open("w+b", buffering=0) as file:  # a full disk is to be said when it is met
        aside = Aside(file)
        yield aside
        aside.file = own_aside().file
        file.seek(0)
        shutil.copyfileobj(file, aside.file)


def own_aside() -> Aside:
    """Return a file of no name that is there as long as what was put aside is wanted; none while that is little."""
    return Aside(tempfile.SpooledTemporaryFile(IN_MEMORY, buffering=0))


def laid(aside: Aside, data: bytes) -> Extent:
    """Put bytes aside and return where; raises `Refusal` where the system will not write them."""
    try:
        start = aside.file.seek(0, 2)
        left = memoryview(data)
        while left:
            left = left[aside.file.write(left) :]
    except OSError as error:
        raise cannot_write(Path(str(aside.file.name or tempfile.gettempdir())), error) from error
    return start, len(data)


def lifted(aside: Aside, extent: Extent) -> bytes:
    """Return the bytes that lie at an extent."""
    start, count = extent
    aside.file.seek(start)
    return aside.file.read(count)


@dataclass(frozen=True, slots=True)
class Lying:
    """Bytes in a file that other processes of this machine read for themselves."""

    path: Path
    extent: Extent


def fetched(lying: Lying) -> bytes:
    """Return the bytes; they are there as long as the run that put them aside."""
    with lying.path.open("rb") as file:
        return lifted(Aside(file), lying.extent)


def put_aside(aside: Aside, key: str, data: bytes) -> None:
    """Put bytes aside under a key; raises as `laid` does."""
    aside.places[key] = laid(aside, data)


def taken_back(aside: Aside, key: str) -> bytes:
    """Return what was put aside under a key, nothing where there is none."""
    return lifted(aside, aside.places.get(key, (0, 0)))
