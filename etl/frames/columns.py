"""A table whose columns lie aside, in one piece a chunk, and come back one at a time.

A city's tables are most of what a run could hold in memory, and who reads them wants a few columns of all rows,
or all columns of a few rows. To rules such a table looks like a frame of which only columns can be asked
(`checks.frames.tables`).
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import TYPE_CHECKING, Any, overload

from etl.frames.spill import Aside, Extent, laid, lifted
from etl.safe.pack import pack, unpack

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

MOST_KNOWN = 100_000
"""Texts of a column that are looked out for: what a city repeats is among the first, and the rest costs its place."""


REFERENCES = {"form": "forms", "file": "files", "linked_indicator": "indicators"}
"""Columns that hold row numbers of another table, below 0 where there is none."""
MOST_UNPACKED = 2
"""Pieces that stay unpacked: who goes through a table asks for a few rows at a time."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A table of one chunk: its rows, where its columns lie, and which hold objects.

    `first`: where the rows of each table of the chunk begin in the whole.
    """

    rows: int
    columns: Mapping[str, Extent]
    plain: frozenset[str]
    first: Mapping[str, int] = field(default_factory=dict)


def lay_table(aside: Aside, frame: pd.DataFrame) -> Piece:
    """Put a table aside column by column; raises `Refusal` where the system will not write it."""
    import pandas as pd

    columns, plain = {}, []
    for name, column in frame.items():
        columns[str(name)] = laid(aside, pack(column.values))
        plain += [str(name)] if pd.api.types.is_object_dtype(column.dtype) else []
    return Piece(len(frame), columns, frozenset(plain))


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """A table whose pieces lie aside, in order; row numbers run through all of them."""

    aside: Aside
    name: str
    pieces: tuple[Piece, ...]
    unpacked: OrderedDict[tuple[int, tuple[str, ...]], pd.DataFrame] = field(default_factory=OrderedDict)

    def __reduce__(self) -> tuple[Any, ...]:
        """Return how another process makes the table; what is unpacked here stays here."""
        return Columns, (self.aside, self.name, self.pieces)

    def __len__(self) -> int:
        """Return how many rows there are."""
        return sum(piece.rows for piece in self.pieces)

    @property
    def columns(self) -> list[str]:
        """Return the names of the columns."""
        return list(dict.fromkeys(name for piece in self.pieces for name in piece.columns))

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
            return self._column(names, self.pieces)
        return pd.DataFrame({name: self._column(name, self.pieces) for name in names}, self.index, copy=False)

    def each(self, name: str) -> Iterator[pd.Series[Any]]:
        """Yield a column piece by piece."""
        return (self._column(name, [piece]) for piece in self.pieces if piece.rows)

    def rows(self, start: int, stop: int, names: Sequence[str] = ()) -> pd.DataFrame:
        """Return the rows from one number to before another, with all columns or some, numbered as in the whole."""
        import pandas as pd

        wanted = tuple(names or self.columns)
        parts = [
            self._piece(number, wanted, begin).loc[start : stop - 1]
            for number, begin in enumerate(self._begins())
            if begin < stop and start < begin + self.pieces[number].rows
        ]
        return pd.concat(parts) if parts else self._piece(0, wanted, 0).iloc[:0]

    def _begins(self) -> Iterator[int]:
        return accumulate((piece.rows for piece in self.pieces[:-1]), initial=0)

    def _piece(self, number: int, names: tuple[str, ...], begin: int) -> pd.DataFrame:
        import pandas as pd

        if (number, names) not in self.unpacked:
            piece = self.pieces[number]
            columns = {name: self._column(name, [piece]) for name in names}
            index = pd.RangeIndex(begin, begin + piece.rows)
            self.unpacked[number, names] = pd.DataFrame(columns, copy=False).set_axis(index)
        self.unpacked.move_to_end((number, names))
        if len(self.unpacked) > MOST_UNPACKED:
            self.unpacked.popitem(last=False)
        return self.unpacked[number, names]

    def _column(self, name: str, pieces: Sequence[Piece]) -> pd.Series[Any]:
        """Return a column of some pieces; of pieces without rows pandas cannot tell what they would hold."""
        import pandas as pd

        filled = [piece for piece in pieces if piece.rows] or pieces[:1]
        if len(filled) == 1 and name in filled[0].columns:
            values = self._values(name, filled[0])
            whole: pd.Series[Any] = pd.Series(values, dtype=values.dtype)
            return whole
        if any(name in piece.plain or name not in piece.columns for piece in filled):
            return pd.Series(self._objects(name, filled), dtype=object)
        return pd.concat([pd.Series(self._values(name, piece)) for piece in filled], ignore_index=True)

    def _objects(self, name: str, pieces: Sequence[Piece]) -> NDArray[Any]:
        """Return a column of objects, equal texts as one object; no more than one piece is there twice."""
        import numpy as np

        made, at = np.full(sum(piece.rows for piece in pieces), np.nan, dtype=object), 0
        texts: dict[str, str] = {}
        for piece in pieces:
            if name in piece.columns:
                made[at : at + piece.rows] = _shared(self._values(name, piece), texts)
            at += piece.rows
        return made

    def _values(self, name: str, piece: Piece) -> Any:
        """Return a column of a piece, the row numbers in it those of the whole."""
        import numpy as np

        values = unpack(lifted(self.aside, piece.columns[name]))
        if name == "row" and "table" in piece.columns:
            tables = unpack(lifted(self.aside, piece.columns["table"]))
            return values + np.array([step(table, piece.first) for table in tables], dtype=np.int64)
        table = REFERENCES.get(name)
        return values if table is None else values + (values >= 0) * piece.first[table]


def _shared(values: NDArray[Any], texts: dict[str, str]) -> NDArray[Any] | list[Any]:
    """Return values, of texts equal ones as one object; other values may be equal and yet not the same."""
    from pandas.api.types import infer_dtype

    if infer_dtype(values) != "string":
        return values
    once: Callable[[str, str], str] = texts.setdefault if len(texts) < MOST_KNOWN else texts.get
    listed = values.tolist()
    return list(map(once, listed, listed))


def inferred(table: pd.DataFrame, name: str) -> Any:
    """Return the type that pandas infers for a column of objects from all its values."""
    if isinstance(table, Columns):
        kinds = {column.infer_objects().dtype for column in table.each(name)}
        if len(kinds) == 1:
            return kinds.pop()
    return table[name].infer_objects().dtype


def step(table: str, first: Mapping[str, int]) -> int:
    """Return how far rows move that are named with a table: those of a form as a whole go by its number."""
    if table == "outside":  # counted within its form
        return 0
    return first[table] if table in ("projects", "indicators") else first["forms"]


def codes_of(table: pd.DataFrame, name: str, rows: NDArray[np.int64]) -> tuple[NDArray[np.int32], list[Any]]:
    """Return a column at some row numbers, ascending, as numbers, and the distinct values they stand for.

    None stands for whatever is missing. No more than one piece of the column is there at a time.
    """
    import numpy as np
    import pandas as pd

    codes, known, begin = np.empty(len(rows), dtype="int32"), dict[Any, int](), 0
    for column in table.each(name) if isinstance(table, Columns) else [table[name]]:
        first, last = rows.searchsorted([begin, begin + len(column)]).tolist()
        values = column.iloc[rows[first:last] - begin].to_numpy(dtype=object, copy=True)
        values[pd.isna(values)] = None
        listed = values.tolist()
        for value in dict.fromkeys(listed):
            known.setdefault(value, len(known))
        codes[first:last] = list(map(known.__getitem__, listed))
        begin += len(column)
    return codes, list(known)


def rows_of(table: pd.DataFrame, start: int, stop: int, names: Sequence[str] = ()) -> pd.DataFrame:
    """Return the rows from one number to before another of a table, be it a frame or lie aside."""
    if isinstance(table, Columns):
        return table.rows(start, stop, names)
    some = table.iloc[start:stop]
    return some[list(names)] if names else some
