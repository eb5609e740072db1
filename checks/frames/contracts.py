"""pandera contracts of the normalised tables, validated once for a whole stack.

They hold what one column can promise by itself: presence, type, allowed words, uniqueness; that no two rows of a
form have one place, and that every row belongs to a form that is there. They hold the reader to its word, so a
breach is a fault of the program and raises; what a department did wrong is a rule's finding (`checks.promises`).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from checks.declared.budget import Budget
from checks.frames.tables import DTYPES, Column, Tables, declared

if TYPE_CHECKING:
    import pandas as pd
    import pandera.pandas as pa


class ContractBroken(Exception):
    """The reader produced a table that breaks its own contract; `table` and `faults` say where."""

    def __init__(self, table: str, faults: list[str]) -> None:
        super().__init__(f"table {table}: " + "; ".join(faults))
        self.table = table
        self.faults = faults


@lru_cache(maxsize=64)
def contracts(budget: Budget) -> Mapping[str, pa.DataFrameSchema]:
    """Return the contract of every table, of what the reader fills, by its name; funds as a profile has them."""
    import pandera.pandas as pa

    row_id = pa.Index("int64", unique=True)
    return {
        name: pa.DataFrameSchema(
            {column.name: _held(column) for column in table.columns if column.stage == "read"},
            index=row_id,
            unique=list(table.key) or None,
        )
        for name, table in declared(budget).items()
    }


def _held(column: Column) -> pa.Column:
    import pandera.pandas as pa

    least, largest = column.range
    held = [pa.Check.isin(column.words)] if column.words else []
    held += [] if least is None else [pa.Check.ge(least)]
    held += [] if largest is None else [pa.Check.le(largest)]
    return pa.Column(DTYPES[column.kind], held, nullable=column.missing, unique=column.unique)


def hold(tables: Tables) -> None:
    """Check every table of a stack against its contract.

    Raises `ContractBroken` with the column, check and row of each breach.
    """
    import pandera.pandas as pa

    known = _of_known_forms(tables)
    for name, contract in contracts(tables.budget).items():
        frame: pd.DataFrame = getattr(tables, name)
        try:
            contract.validate(frame, lazy=True)
            if "form" in frame.columns:
                known.validate(frame[["form"]], lazy=True)
        except pa.errors.SchemaErrors as broken:
            raise ContractBroken(name, [_fault(error) for error in broken.schema_errors]) from broken


def _of_known_forms(tables: Tables) -> pa.DataFrameSchema:
    """Return the contract that every row belongs to a form of the stack (a foreign key)."""
    import pandera.pandas as pa

    forms = tables.forms.index.tolist()
    return pa.DataFrameSchema({"form": pa.Column("int64", pa.Check.isin(forms, name="foreign key"))})


def _fault(error: object) -> str:
    reason = getattr(getattr(error, "reason_code", None), "name", "?")
    column = getattr(getattr(error, "schema", None), "name", None)
    cases: Any = getattr(error, "failure_cases", None)
    rows = list(cases["index"])[:3] if hasattr(cases, "columns") and "index" in cases.columns else []
    return f"{reason} in {column} at rows {rows}"
