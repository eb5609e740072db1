"""The way between keys, under which rows are stored, and the numbers from 0 that rows have in a run."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING

from checks.finding import Spot
from etl.store.schema import ROWS_A_FILE

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

COUNTED = ("forms", "projects", "indicators", "oddities")
"""Tables whose rows are counted by file; `funds` and `places` go by the form's number."""
_WITHIN = ROWS_A_FILE - 1


@dataclass(frozen=True, slots=True, eq=False)
class Numbering:
    """Which files a run has, by their keys in order, and where the rows of each begin in every table.

    `first`: by table the number of each file's first row, and at the end how many rows there are.
    """

    files: tuple[int, ...]
    first: Mapping[str, tuple[int, ...]]
    position: Mapping[int, int]

    def key(self, table: str, number: int) -> int:
        """Return the key of a row by its number; below 0 there is none."""
        if number < 0:
            return number
        first = self.first[table]
        at = bisect_right(first, number) - 1  # of files without rows the last, so that the row is its own
        return (self.files[at] << 32) + number - first[at]

    def number(self, table: str, key: int) -> int:
        """Return the number of a row by its key."""
        return key if key < 0 else self.first[table][self.position[key >> 32]] + (key & _WITHIN)

    def keys(self, table: str) -> list[int]:
        """Return the keys of all rows of a table in order."""
        first = self.first[table]
        each = zip(self.files, first, first[1:], strict=False)
        return [(file << 32) + row for file, start, stop in each for row in range(stop - start)]

    def numbers(self, table: str, keys: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the numbers of many rows by their keys."""
        import numpy as np

        if not self.files:
            return keys
        files = np.array(self.files, dtype=np.int64)
        order = np.argsort(files)
        known = keys >= 0
        position = order[np.searchsorted(files[order], np.where(known, keys >> 32, files[order[0]]))]
        return np.where(known, np.array(self.first[table], dtype=np.int64)[position] + (keys & _WITHIN), keys)


def numbering(counts: Iterable[tuple[int, Mapping[str, int]]]) -> Numbering:
    """Return the numbering of files given in order by their keys, each with how many rows of every table it has."""
    given = list(counts)
    first = {name: tuple(accumulate((rows[name] for _, rows in given), initial=0)) for name in COUNTED}
    files = tuple(key for key, _ in given)
    return Numbering(files, first, {key: number for number, key in enumerate(files)})


def counted_as(table: str) -> str:
    """Return the table whose rows a spot's number is one of; "" for a value outside the tables, counted in its form."""
    return table if table in ("projects", "indicators") else "" if table == "outside" else "forms"


def spot_keys(spots: Sequence[Spot], numbers: Numbering) -> list[tuple[str, int, str]]:
    """Return the values a finding names with keys for row numbers."""
    return [
        (table, numbers.key(home, row) if (home := counted_as(table)) else row, field)
        for table, row, field in spots
    ]


def spots_of(keys: Iterable[Sequence[object]], numbers: Numbering) -> tuple[Spot, ...]:
    """Return the values a finding names with row numbers for keys."""
    found = []
    for table, key, field in keys:
        home = counted_as(str(table))
        row = int(str(key))
        found.append(Spot(str(table), numbers.number(home, row) if home else row, str(field)))
    return tuple(found)
