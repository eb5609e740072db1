"""Reads a batch out of its store: a column, some rows, a form's places or some findings at a time.

A city's tables, places and findings are most of what a run could hold in memory, and who reads them wants a few
columns of all rows or all columns of a few rows. What is small is kept once it was read.
"""

from __future__ import annotations

import json
from array import array
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast, overload

from checks.finding import NotRun, Tally
from checks.frames.tables import DECLARED, Column, Table, Tables
from etl.form.places import PackedPlaces
from etl.frames.build import Stack, plain_text
from etl.frames.located import Located
from etl.intake.submissions import Skipped
from etl.store.database import Store
from etl.store.numbering import COUNTED, Numbering, numbering
from etl.store.rows import file_of, frame_of, located_of, not_run_of, series_of, starts_of, text_of
from etl.store.schema import STORED, key_name

if TYPE_CHECKING:
    import pandas as pd

Value = TypeVar("Value")

MOST_KEPT = 1_000_000
"""Values of a table that stay in memory once they were read: all columns of several hundred forms, one or two of a province's."""
TOGETHER = 256
"""Findings that are read together."""
MOST_PACKS = 8
"""Packs of findings that stay: all of a small batch."""
IN_MEMORY = ("files", "forms", "funds")
"""Tables of one row a file or form: everybody asks for them."""
ROWS_AT_ONCE = 20_000


def numbering_of(store: Store) -> Numbering:
    """Return the numbering of the files of a run in their order."""
    counted: dict[int, dict[str, int]] = {}
    for key, name, count in store.rows(
        'SELECT f."row", c.name, c.rows FROM files f LEFT JOIN contents c ON c."row" BETWEEN f."row" << 32 AND'
        ' (f."row" << 32) + 4294967295 WHERE f.position IS NOT NULL ORDER BY f.position'
    ):
        counted.setdefault(key, dict.fromkeys(COUNTED, 0))
        if name in COUNTED:
            counted[key][name] = count
    return numbering(counted.items())


@dataclass(frozen=True, slots=True, eq=False)
class StoredTable:
    """A table of a run that lies in the store; rows are numbered from 0 in the order of the run's files."""

    store: Store
    table: Table
    numbers: Numbering
    kept: OrderedDict[str, pd.Series[Any]] = field(default_factory=OrderedDict)

    def __len__(self) -> int:
        """Return how many rows there are."""
        return self.numbers.first[self._counted][-1]

    @property
    def _counted(self) -> str:
        return self.table.name if self.table.name in COUNTED else "forms"

    @property
    def columns(self) -> list[str]:
        """Return the names of the columns."""
        return list(self.table.names())

    @property
    def index(self) -> pd.RangeIndex:
        """Return the row numbers."""
        import pandas as pd

        return pd.RangeIndex(len(self))

    @overload
    def __getitem__(self, names: str) -> pd.Series[Any]: ...
    @overload
    def __getitem__(self, names: list[str]) -> pd.DataFrame: ...
    def __getitem__(self, names: str | list[str]) -> pd.Series[Any] | pd.DataFrame:
        """Return a column, or a frame of several, of all rows."""
        import pandas as pd

        if isinstance(names, str):
            return self._column(names)
        return pd.DataFrame({name: self._column(name) for name in names}, self.index, copy=False)

    def _column(self, name: str) -> pd.Series[Any]:
        if name not in self.kept:
            small = len(self) * len(self.table.columns) <= MOST_KEPT
            for column, values in self._read(self.columns if small else [name]).items():
                self.kept[column] = values
        self.kept.move_to_end(name)
        found = self.kept[name]
        while len(self.kept) * len(self) > MOST_KEPT and self.kept:
            self.kept.popitem(last=False)
        return found

    def _read(self, names: Sequence[str]) -> dict[str, pd.Series[Any]]:
        """Return columns of all rows, equal texts as one object."""
        wanted = [self._declared(name) for name in names]
        asked = list(names)
        if "row" in asked and "table" not in asked:
            asked.append("table")
        values: list[list[Any]] = [[] for _ in asked]
        texts: dict[Any, Any] = {}
        for rows in _scanned(self.store, self.table, asked, self.numbers):
            for so_far, more in zip(values, zip(*rows, strict=True), strict=False):
                so_far.extend(map(texts.setdefault, more, more) if type(more[0]) is str else more)
        return {
            column.name: series_of(column, found, self.numbers, lambda: values[asked.index("table")])
            for column, found in zip(wanted, values, strict=False)
        }

    def _declared(self, name: str) -> Column:
        return next(column for column in self.table.columns if column.name == name)

    def rows(self, start: int, stop: int, names: Sequence[str] = ()) -> pd.DataFrame:
        """Return the rows from one number to before another, with all columns or some, numbered as in the whole."""
        import pandas as pd

        wanted = list(names or self.columns)
        stop = min(stop, len(self))
        if all(name in self.kept for name in wanted):
            return pd.DataFrame({name: self.kept[name].iloc[start:stop] for name in wanted}, copy=False)
        asked = wanted + (["table"] if "row" in wanted and "table" not in wanted else [])
        found = [row for rows in self._spans(start, stop, asked) for row in rows]
        frame = frame_of(self.table, found, self.numbers, asked)[wanted]
        return frame.set_axis(pd.RangeIndex(start, max(start, stop)))

    def _spans(self, start: int, stop: int, names: Sequence[str]) -> Iterator[list[Any]]:
        """Yield rows with their keys, file by file."""
        quoted = ", ".join(f'"{name}"' for name in (key_name(self.table), *_in_order(self.table, names)))
        statement = f'SELECT {quoted} FROM "{self.table.name}" WHERE "{key_name(self.table)}" BETWEEN ? AND ? ORDER BY 1'
        while start < stop:
            key = self.numbers.key(self._counted, start)
            first = self.numbers.first[self._counted]
            end = min(stop, first[self.numbers.position[key >> 32] + 1])
            yield self.store.rows(statement, (key, key + end - start - 1))
            start = end

    def each(self, name: str) -> Iterator[pd.Series[Any]]:
        """Yield a column in pieces of some rows."""
        if len(self) * len(self.table.columns) <= MOST_KEPT:
            yield self._column(name)
            return
        for start in range(0, len(self), ROWS_AT_ONCE):
            yield self.rows(start, start + ROWS_AT_ONCE, [name])[name]


def _in_order(table: Table, names: Sequence[str]) -> list[str]:
    return [name for name in table.names() if name in names]


def _scanned(store: Store, table: Table, names: Sequence[str], numbers: Numbering) -> Iterator[list[Any]]:
    """Yield all rows of a run with some columns, in the order of its files."""
    columns = ", ".join(f't."{name}"' for name in names)
    key = f't."{key_name(table)}"'
    if list(numbers.files) == sorted(numbers.files):
        source = f'"{table.name}" t ORDER BY {key}'
    else:
        within = f'{key} BETWEEN f."row" << 32 AND (f."row" << 32) + 4294967295'
        source = f'files f CROSS JOIN "{table.name}" t ON {within} WHERE f.position IS NOT NULL ORDER BY f.position, {key}'
    cursor = store.connection.execute(f"SELECT {columns} FROM {source}")
    while rows := cursor.fetchmany(ROWS_AT_ONCE):
        yield rows


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


class StoredPlaces(Sequence[PackedPlaces]):
    """The places of a run's forms; a form is asked for many times in a row."""

    def __init__(self, store: Store, numbers: Numbering) -> None:
        self.store = store
        self._keys = numbers.keys("forms")
        self._names = {
            key: tuple((table, name) for table, name in json.loads(text))
            for key, text in store.rows("SELECT * FROM place_names")
        }
        self._last: tuple[int, PackedPlaces] | None = None

    def __len__(self) -> int:
        """Return how many forms there are."""
        return len(self._keys)

    @overload
    def __getitem__(self, at: int) -> PackedPlaces: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[PackedPlaces]: ...
    def __getitem__(self, at: int | slice) -> PackedPlaces | Sequence[PackedPlaces]:
        """Return the places of a form, or of the forms of a slice."""
        if isinstance(at, slice):
            return [self[number] for number in range(*at.indices(len(self)))]
        if self._last is None or self._last[0] != at:
            found = self.store.rows('SELECT names, numbers FROM places WHERE "row" = ?', (self._keys[at],))
            self._last = at, PackedPlaces(self._names[found[0][0]], found[0][1])
        return self._last[1]


def stored_stack(store: Store) -> Stack:
    """Return the tables, places and files of the run that is stored."""
    plain_text()
    numbers = numbering_of(store)
    tables = {name: StoredTable(store, table, numbers) for name, table in DECLARED.items()}
    facts = stored_files(store)
    columns = DECLARED["files"].names()
    small = {name: tables[name][tables[name].columns] for name in IN_MEMORY if name != "files"}
    files = frame_of(DECLARED["files"], [(0, *(fact[name] for name in columns)) for fact in facts], numbers)
    large = {name: cast("pd.DataFrame", table) for name, table in tables.items() if name not in IN_MEMORY}
    forms = small["forms"]
    return Stack(
        Tables(files=files, **small, **large),
        StoredPlaces(store, numbers),
        tuple(file_of(fact) for fact in facts),
        tuple(forms["file"].tolist()),
        starts_of(forms, large["projects"], large["indicators"]),
    )


def stored_files(store: Store, and_file: int = -1) -> list[dict[str, Any]]:
    """Return the rows of the files of a run in their order, by column; `and_file`: of this one too where it is no part of it."""
    names = ("row", *(name for name in STORED["files"].names() if name != "fates"))
    quoted = ", ".join(f'"{name}"' for name in names)
    some = 'position IS NOT NULL OR "row" = ?'
    rows = store.rows(f"SELECT {quoted} FROM files WHERE {some} ORDER BY position", (and_file,))
    return [dict(zip(names, map(text_of, row), strict=True)) for row in rows]


def content_digests(store: Store) -> dict[str, str]:
    """Return the digest of the content of each file of a run, by its path."""
    return {
        text_of(path): digest
        for path, digest in store.rows("SELECT path, digest FROM files WHERE position IS NOT NULL")
    }


def stored_tallies(store: Store) -> tuple[Tally, ...]:
    """Return what became of the rules."""
    return tuple(Tally(*row[1:]) for row in store.rows('SELECT * FROM tallies ORDER BY "row"'))


def stored_skipped(store: Store) -> tuple[Skipped, ...]:
    """Return the files that were passed over."""
    return tuple(
        Skipped(*map(text_of, row[1:])) for row in store.rows('SELECT * FROM skipped ORDER BY "row"')
    )


def stored_roster(store: Store) -> pd.DataFrame | None:
    """Return the roster that was given, if any."""
    import pandas as pd

    lines = [json.loads(line) for _, line in store.rows('SELECT * FROM roster ORDER BY "row"')]
    return pd.DataFrame(lines[1:], columns=lines[0], dtype=object) if lines else None


def rows_of_files(
    store: Store, keys: Sequence[int], tables: Sequence[str]
) -> Mapping[int, dict[str, list[Any]]]:
    """Return the rows of some files in some tables, as they were stored."""
    names = dict(store.rows("SELECT * FROM place_names"))
    found: dict[int, dict[str, list[Any]]] = {}
    for key in keys:
        found[key] = {}
        for name in tables:
            rows = store.rows(
                f'SELECT * FROM "{name}" WHERE "{key_name(STORED[name])}" BETWEEN ? AND ? ORDER BY 1',
                (key, key) if name == "outlines" else (key << 32, (key << 32) + 4294967295),
            )
            found[key][name] = (
                [(row[0], names[row[1]], row[2]) for row in rows]
                if name == "places"
                else [tuple(map(text_of, row)) for row in rows]
                if name != "outlines"
                else rows
            )
    return found
