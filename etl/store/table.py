"""A table of a run that lies in the store: it gives columns as a frame does, and some of its rows.

Who reads a city's tables wants a few columns of all rows or all columns of a few rows; what is small is kept once it was read.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, overload

from checks.frames.tables import Column, Table
from etl.store.database import Store
from etl.store.numbering import COUNTED, Numbering
from etl.store.rows import frame_of, series_of
from etl.store.schema import key_name

if TYPE_CHECKING:
    import pandas as pd

MOST_KEPT = 1_000_000
"""Values of a table that stay in memory once they were read: all columns of several hundred forms, one or two of a province's."""
ROWS_AT_ONCE = 20_000


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
