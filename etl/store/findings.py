"""What was found in a run and what was not run, in order, read as it is asked for: a city has too many for memory."""

from __future__ import annotations

from array import array
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Generic, TypeVar, overload

from checks.finding import NotRun
from etl.frames.located import Located
from etl.store.database import Store
from etl.store.numbering import Numbering
from etl.store.rows import located_of, not_run_of, text_of

Value = TypeVar("Value")

TOGETHER = 256
"""Findings that are read together."""
MOST_PACKS = 8
"""Packs of findings that stay: all of a small batch."""


class Lazy(Sequence[Value], Generic[Value]):
    """Values in order, read so many together as they are asked for; the last few packs stay."""

    def __init__(self, keys: Sequence[int], read: Callable[[Sequence[int]], Sequence[Value]]) -> None:
        self.keys = keys
        self._read = read
        self._packs: OrderedDict[int, Sequence[Value]] = OrderedDict()

    def __len__(self) -> int:
        """Return how many values there are."""
        return len(self.keys)

    def __iter__(self) -> Iterator[Value]:
        """Yield the values in order."""
        for number in range(-(-len(self.keys) // TOGETHER)):
            yield from self._pack(number)

    @overload
    def __getitem__(self, at: int) -> Value: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Value]: ...
    def __getitem__(self, at: int | slice) -> Value | Sequence[Value]:
        """Return the value at a position, or those of a slice."""
        if isinstance(at, slice):
            return tuple(self[position] for position in range(*at.indices(len(self))))
        number, within = divmod(range(len(self))[at], TOGETHER)
        return self._pack(number)[within]

    def __eq__(self, other: object) -> bool:
        """Return whether another sequence has equal values."""
        if not isinstance(other, Sequence) or len(other) != len(self):
            return False
        return all(one == two for one, two in zip(self, other, strict=True))

    __hash__ = None  # type: ignore[assignment]

    def _pack(self, number: int) -> Sequence[Value]:
        if number not in self._packs:
            self._packs[number] = self._read(self.keys[number * TOGETHER : (number + 1) * TOGETHER])
        self._packs.move_to_end(number)
        if len(self._packs) > MOST_PACKS:
            self._packs.popitem(last=False)
        return self._packs[number]


def findings_of(store: Store, numbers: Numbering, codes: Sequence[str] = ()) -> Lazy[Located]:
    """Return what was said, in order: form by form, then of files without a form, then of the batch.

    `codes`: of these rules only.
    """
    some = f" AND code IN ({','.join('?' * len(codes))})" if codes else ""
    where = f'SELECT "row" FROM findings WHERE said = 1{some} AND'
    of_forms = array(
        "q", (key for (key,) in store.each(f"{where} \"row\" >> 32 AND form <> '' ORDER BY 1", codes))
    )
    if list(numbers.files) != sorted(numbers.files):
        of_forms = array("q", sorted(of_forms, key=lambda key: numbers.position[key >> 32]))
    formless = store.rows(
        f"{where.replace('SELECT', 'SELECT path, code,')} \"row\" >> 32 AND form = ''", codes
    )
    of_forms.extend(key for _, _, key in sorted((text_of(path), code, key) for path, code, key in formless))
    of_forms.extend(key for (key,) in store.each(f'{where} NOT "row" >> 32 ORDER BY 1', codes))
    return Lazy(of_forms, lambda some: _read_findings(store, numbers, some))


def _read_findings(store: Store, numbers: Numbering, keys: Sequence[int]) -> list[Located]:
    cells: dict[int, list[Any]] = {}
    for row in _chosen(store, "cells", "finding", keys):
        cells.setdefault(row[1], []).append(tuple(map(text_of, row)))
    rows = {row[0]: tuple(map(text_of, row)) for row in _chosen(store, "findings", "row", keys)}
    return [located_of(rows[key], cells.get(key, ()), numbers) for key in keys]


def _chosen(store: Store, table: str, column: str, keys: Sequence[int]) -> list[Any]:
    """Return the rows of a table whose column is one of some keys, in the order of the table."""
    marks = ",".join("?" * len(keys))
    return store.rows(f'SELECT * FROM "{table}" WHERE "{column}" IN ({marks}) ORDER BY "row"', keys)


def not_run_in(store: Store, numbers: Numbering) -> Lazy[NotRun]:
    """Return what was not run, form by form, then what of the batch."""
    found = array(
        "q", (key for (key,) in store.each('SELECT "row" FROM not_run WHERE "row" >> 32 ORDER BY 1'))
    )
    if list(numbers.files) != sorted(numbers.files):
        found = array("q", sorted(found, key=lambda key: (numbers.position[key >> 32], key)))
    found.extend(key for (key,) in store.each('SELECT "row" FROM not_run WHERE NOT "row" >> 32 ORDER BY 1'))

    def read(some: Sequence[int]) -> list[NotRun]:
        rows = {row[0]: tuple(map(text_of, row)) for row in _chosen(store, "not_run", "row", some)}
        return [not_run_of(rows[key]) for key in some]

    return Lazy(found, read)
