"""Packs where the values of a form stood into a few bytes: a city of forms has millions of such places.

As a mapping the places of one form take some 60 KB, packed about 1 KB, and they cross processes as fast.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple


class Place(NamedTuple):
    """Where a value stood: sheet position in the file, row, column (from 1)."""

    sheet: int
    row: int
    column: int


Names = tuple[tuple[str, str], ...]
Where = tuple[str, int, str]
"""(table, row within the form, field): the key of a place. Labels stand under the table `labels`."""

_FIVE, _PAIR = struct.Struct("<5I"), struct.Struct("<2I")
"""Name, row, and the sheet, row and column it stood in; and the two that a value is looked up by."""
_KNOWN: dict[Names, Names] = {}
"""The names met so far, so that forms of one kind share theirs."""


@dataclass(frozen=True, slots=True)
class PackedPlaces:
    """The places of a form: pairs of table and field, and numbers that point at them."""

    names: Names
    numbers: bytes


NOWHERE = PackedPlaces((), zlib.compress(b"", 1))
"""Where no value stands."""


def packed_places(places: Mapping[Where, Place]) -> PackedPlaces:
    """Return the places of a form packed; their order is kept."""
    index: dict[tuple[str, str], int] = {}
    numbers: list[int] = []
    for (table, row, field), place in places.items():
        numbers += (index.setdefault((table, field), len(index)), row, *place)
    names = tuple(index)
    data = struct.pack(f"<{len(numbers)}I", *numbers)
    return PackedPlaces(_KNOWN.setdefault(names, names), zlib.compress(data, 1))


@lru_cache(maxsize=16)
def unpacked_places(places: PackedPlaces) -> Mapping[Where, Place]:
    """Return the places of a form by table, row within the form and field; not to be changed."""
    names = places.names
    return {
        (names[name][0], row, names[name][1]): Place(sheet, at, column)
        for name, row, sheet, at, column in _fives(places)
    }


def place_of(places: PackedPlaces, where: Where) -> Place | None:
    """Return the place of one value of a form, None where it stands nowhere; the form is not unpacked for it."""
    table, row, field = where
    if (table, field) not in places.names or row < 0:
        return None
    data, wanted = _inflated(places.numbers), _PAIR.pack(places.names.index((table, field)), row)
    at = data.find(wanted)
    while at >= 0 and at % _FIVE.size:  # a match across two numbers
        at = data.find(wanted, at + 1)
    return None if at < 0 else Place(*_FIVE.unpack_from(data, at)[2:])


def places_of(places: PackedPlaces, table: str, field: str) -> dict[int, Place]:
    """Return the places of a column of a form by row within the form; the form is not unpacked for it."""
    import numpy as np

    if (table, field) not in places.names:
        return {}
    fives = np.frombuffer(_inflated(places.numbers), dtype="<u4").reshape(-1, 5)
    own = fives[fives[:, 0] == places.names.index((table, field))].tolist()
    return {row: Place(sheet, at, column) for _, row, sheet, at, column in own}


def entries(places: PackedPlaces) -> Iterator[tuple[int, int, int, int, str, str]]:
    """Yield every place of a form in the order they were packed: sheet, row and column, row within the form, table, field.

    A city has millions of them; as keys and places of a mapping they would take twice the time.
    """
    names = places.names
    for name, local, sheet, row, column in _fives(places):
        yield sheet, row, column, local, *names[name]


def sheets_of(places: PackedPlaces) -> list[int]:
    """Return the sheets, by position in the file, that the values of a form stand on."""
    return sorted({sheet for _, _, sheet, _, _ in _fives(places)})


@lru_cache(maxsize=16)
def _inflated(numbers: bytes) -> bytes:
    return zlib.decompress(numbers)


def _fives(places: PackedPlaces) -> Iterator[tuple[int, ...]]:
    return _FIVE.iter_unpack(_inflated(places.numbers))
