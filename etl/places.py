"""Packs where the values of a form stood into a few bytes: a city of forms has millions of such places.

As a mapping the places of one form take some 60 KB, packed about 1 KB, and they cross processes as fast.
"""

from __future__ import annotations

import zlib
from array import array
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from etl.reading import Place, Where

_KNOWN: dict[tuple[tuple[str, str], ...], tuple[tuple[str, str], ...]] = {}
"""The names met so far, so that forms of one kind share theirs."""


@dataclass(frozen=True, slots=True)
class PackedPlaces:
    """The places of a form: pairs of table and field, and numbers that point at them."""

    names: tuple[tuple[str, str], ...]
    numbers: bytes


def packed(places: Mapping[Where, Place]) -> PackedPlaces:
    """Return the places of a form packed; their order is kept."""
    index: dict[tuple[str, str], int] = {}
    numbers = array("I")
    for (table, row, field), place in places.items():
        numbers.extend((index.setdefault((table, field), len(index)), row, *place))
    names = tuple(index)
    return PackedPlaces(_KNOWN.setdefault(names, names), zlib.compress(numbers.tobytes(), 1))


@lru_cache(maxsize=16)
def unpacked(places: PackedPlaces) -> Mapping[Where, Place]:
    """Return the places of a form by table, row within the form and field; not to be changed."""
    names = places.names
    return {
        (names[name][0], row, names[name][1]): Place(sheet, at, column)
        for name, row, sheet, at, column in _fives(places)
    }


def _fives(places: PackedPlaces) -> Iterator[tuple[int, int, int, int, int]]:
    numbers = array("I")
    numbers.frombytes(zlib.decompress(places.numbers))
    each = iter(numbers)
    return zip(each, each, each, each, each, strict=True)
