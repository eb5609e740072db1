"""Rows of a table that may lie on disk: a column at a time is loaded, and no more of it kept than was asked for.

The large tables of a whole batch give single columns (`table[name]`) and a few together (`table[[names]]`), each time
anew, besides `index`, `columns` and their length; a frame does that too. Rules across forms read them through here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from itertools import pairwise
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    Positions = NDArray[np.intp]

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
