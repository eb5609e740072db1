"""What a cell must be by itself, as pandera checks: filled in, not negative, one of the words it may take.

A rule about single cells promises it of some columns (`promise`), next to its sentence. Each promise becomes a pandera check
of that column, named by the rule's code, with severity and wording in the column's metadata. A stack is validated once
a table, and what fails is read from pandera's `schema_errors`: the rule only says it. Rules that compare two things are
functions of rows and not here. What the reader must keep to is in `checks.frames.contracts`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from checks.declared.budget import Budget
from checks.frames.tables import Tables
from checks.rule import RULES, derived

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    import pandera.pandas as pa
    from numpy.typing import NDArray

    from checks.frames.rows import Mask, Rows

Test = Callable[[Any], Any]
"""Takes a column and returns for each cell whether it keeps the promise."""
Place = tuple[str, str]
"""A table and a column of it; `EACH` stands for every amount column of the forms."""

EACH = "*"

WORDED = "worded"
"""The view of the qualitative common indicators (`worded_values`): their position and value, half and full."""

_PROMISES: dict[Place, dict[str, Test]] = {}


def promise(code: str, cells: Mapping[str, Iterable[str]], test: Test) -> None:
    """Have the rule `code` promise of some columns (table → columns) that each cell passes a test.

    Cells that are missing reach the test too. Raises ValueError for a promise made twice.
    """
    for place in ((table, field) for table, fields in cells.items() for field in fields):
        if code in _PROMISES.setdefault(place, {}):
            raise ValueError(f"{code} promises {place} twice")
        _PROMISES[place][code] = test


@lru_cache(maxsize=64)
def schemas(budget: Budget) -> Mapping[str, pa.DataFrameSchema]:
    """Return the schema of each table of which something is promised; every rule is to be registered by then."""
    import pandera.pandas as pa

    columns: dict[str, dict[str, pa.Column]] = {}
    for (table, field), promised in _PROMISES.items():
        held = [pa.Check(test, name=code, ignore_na=False) for code, test in promised.items()]
        column = pa.Column(checks=held, nullable=True, metadata={code: _said(code) for code in promised})
        named = [name + field.removeprefix(EACH) for name in budget.fields] if field[:1] == EACH else [field]
        columns.setdefault(table, {}).update(dict.fromkeys(named, column))
    return {table: pa.DataFrameSchema(of_table, name=table) for table, of_table in columns.items()}


def _said(code: str) -> dict[str, Any]:
    """Return what is said of a broken promise: the rule's severity and its sentences."""
    rule = RULES[code]
    return {"severity": rule.severity.value, "zh": dict(rule.zh), "en": dict(rule.en)}


@dataclass(frozen=True, slots=True)
class Breaches:
    """The row numbers of the cells that break a promise, by code and column, ascending."""

    ids: Mapping[tuple[str, Place], NDArray[np.int64]]

    def where(self, code: str, rows: Rows, table: str, field: str) -> Mask:
        """Return where the cell of a row in a column breaks what a rule promised of it."""
        import numpy as np

        broken = self.ids.get((code, (table, field)))
        return np.zeros(len(rows), dtype=np.bool_) if broken is None else np.isin(rows.ids, broken)

    def of(self, code: str, rows: Rows, table: str, field: str) -> Rows:
        """Return the rows whose cell in a column breaks what a rule promised of it."""
        return rows.where(self.where(code, rows, table, field))


@derived
def breaches(tables: Tables, budget: Budget, worded_values: pd.DataFrame) -> Breaches:
    """Return every broken promise of a stack."""
    found: dict[tuple[str, Place], NDArray[np.int64]] = {}
    for table, schema in schemas(budget).items():
        frame = worded_values if table == WORDED else getattr(tables, table)
        for code, field, ids in _broken(schema, frame[list(schema.columns)]):
            found[code, (table, field)] = ids
    return Breaches(found)


def _broken(schema: pa.DataFrameSchema, frame: pd.DataFrame) -> list[tuple[str, str, NDArray[np.int64]]]:
    """Return code, column and row numbers of each check that fails; a check that crashes is our fault and raises."""
    import numpy as np
    import pandera.pandas as pa
    from pandera.errors import SchemaErrorReason

    try:
        schema.validate(frame, lazy=True)
    except pa.errors.SchemaErrors as errors:
        for error in errors.schema_errors:
            if error.reason_code is not SchemaErrorReason.DATAFRAME_CHECK:
                raise
        return [
            (
                str(error.check.name),
                str(error.schema.name),
                np.sort(error.failure_cases["index"].to_numpy(dtype=np.int64)),
            )
            for error in errors.schema_errors
        ]
    return []
