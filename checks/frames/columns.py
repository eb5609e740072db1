"""Rows of a table that may lie on disk: a column at a time is loaded, and no more of it kept than was asked for.

The large tables of a whole batch give single columns (`table[name]`) and a few together (`table[[names]]`), each time
anew, besides `index`, `columns` and their length; a frame does that too. Rules across forms read them through here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    Positions = NDArray[np.intp]

    class Columns(Protocol):
        """A table that lies on disk: it gives columns as a frame does, some of its rows, and a column in pieces."""

        def __len__(self) -> int: ...
        def __getitem__(self, names: Any, /) -> Any: ...
        def rows(self, start: int, stop: int, names: Sequence[str] = ()) -> pd.DataFrame: ...
        def each(self, name: str) -> Iterator[pd.Series[Any]]: ...


Test = Callable[["pd.Series[Any]"], "pd.Series[bool]"]
"""Says of a column which of its values pass."""


def where(table: pd.DataFrame, tests: Mapping[str, Test]) -> Positions:
    """Return the positions of the rows of which every named column passes its test.

    Columns are looked at in the order given, each only in the rows that are left: put first what few rows pass.
    """
    import numpy as np

    at = np.arange(0 if tests else len(table))
    for number, (name, passes) in enumerate(tests.items()):
        column = table[name] if number == 0 else table[name].iloc[at]
        passed = passes(column).to_numpy(dtype=bool)
        at = passed.nonzero()[0] if number == 0 else at[passed]
    return at


def taken(table: pd.DataFrame, names: Iterable[str], at: Positions) -> pd.DataFrame:
    """Return some columns of the rows at some positions, by their row numbers."""
    import pandas as pd

    columns = {name: table[name].iloc[at] for name in names}
    return pd.DataFrame(columns, index=table.index[at], copy=False)


def numbered(table: pd.DataFrame, names: Iterable[str], rows: Any) -> pd.DataFrame:
    """Return some columns of the rows of some row numbers, in their order."""
    return taken(table, names, table.index.get_indexer(rows))


def one_of(*words: str) -> Test:
    """Return the test whether a text is one of some words."""
    return lambda column: column.isin(words)


def filled(column: pd.Series[Any]) -> pd.Series[bool]:
    """Return where a text is not empty."""
    return column != ""


def slices(forms: NDArray[np.integer[Any]]) -> dict[int, slice]:
    """Return which rows are each form's, where the rows of a form stand together, as they do in a stack."""
    import numpy as np

    bounds = [*np.flatnonzero(np.diff(forms, prepend=-1)).tolist(), len(forms)]
    return {int(forms[start]): slice(start, end) for start, end in pairwise(bounds)}


def rows_of(table: pd.DataFrame | Columns, start: int, stop: int, names: Sequence[str] = ()) -> pd.DataFrame:
    """Return the rows from one number to before another, with all columns or some, be it a frame or lie on disk."""
    import pandas as pd

    if not isinstance(table, pd.DataFrame):
        return table.rows(start, stop, names)
    some = table.iloc[start:stop]
    return some[list(names)] if names else some


def codes_of(
    table: pd.DataFrame | Columns, name: str, rows: NDArray[np.int64]
) -> tuple[NDArray[np.int32], list[Any]]:
    """Return a column at some row numbers, ascending, as numbers, and the distinct values they stand for.

    None stands for whatever is missing. No more than one piece of the column is there at a time.
    """
    import numpy as np
    import pandas as pd

    codes, known, begin = np.empty(len(rows), dtype="int32"), dict[Any, int](), 0
    for column in [table[name]] if isinstance(table, pd.DataFrame) else table.each(name):
        first, last = rows.searchsorted([begin, begin + len(column)]).tolist()
        values = column.iloc[rows[first:last] - begin].to_numpy(dtype=object, copy=True)
        values[pd.isna(values)] = None
        listed = values.tolist()
        for value in dict.fromkeys(listed):
            known.setdefault(value, len(known))
        codes[first:last] = list(map(known.__getitem__, listed))
        begin += len(column)
    return codes, list(known)
