"""Puts bytes aside in a file: what is seldom wanted again of a city's forms need not stay in memory."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import FileIO
from pathlib import Path

from etl.output import cannot_write


@dataclass(frozen=True, slots=True)
class Aside:
    """A file with what was put aside, and where in it: the first byte and the count, by key."""

    file: FileIO
    places: dict[str, tuple[int, int]] = field(default_factory=dict)


@contextmanager
def aside_in(folder: Path) -> Iterator[Aside]:
    """Give a file in a folder to put bytes aside in while the body runs."""
    with (folder / "aside.bin").open("w+b", buffering=0) as file:  # a full disk is to be said when it is met
        yield Aside(file)


def put_aside(aside: Aside, key: str, data: bytes) -> None:
    """Put bytes aside under a key; raises `Refusal` where the system will not write them."""
    try:
        start = aside.file.seek(0, 2)
        left = memoryview(data)
        while left:
            left = left[aside.file.write(left) :]
    except OSError as error:
        raise cannot_write(Path(aside.file.name), error) from error
    aside.places[key] = (start, len(data))


def taken_back(aside: Aside, key: str) -> bytes:
    """Return what was put aside under a key, nothing where there is none."""
    start, count = aside.places.get(key, (0, 0))
    aside.file.seek(start)
    return aside.file.read(count)
