"""pandera contracts of the normalised tables, validated once for a whole stack.

They hold what one column can promise by itself: presence, type, allowed words, uniqueness. They hold
the reader to its word, so a breach is a fault of the program and raises; what a department did wrong
is a rule's finding. Nothing here compares two values.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from checks.declared.budget import FEN_PER_UNIT, FUND_FIELDS
from checks.frames.tables import AMOUNT_STATES, BLOCKS, FILE_STATUSES, TEXT_FIELDS, Tables

if TYPE_CHECKING:
    import pandas as pd
    import pandera.pandas as pa

TARGET_STATES = ("number", "blank", "text", "error", "no_result", "date", "picture", "bool")
MONEY_UNITS = tuple(FEN_PER_UNIT)


class ContractBroken(Exception):
    """The reader produced a table that breaks its own contract; `table` and `faults` say where."""

    def __init__(self, table: str, faults: list[str]) -> None:
        super().__init__(f"table {table}: " + "; ".join(faults))
        self.table = table
        self.faults = faults


@lru_cache(maxsize=1)
def contracts() -> Mapping[str, pa.DataFrameSchema]:
    """Return the contract of every table by its name."""
    import pandera.pandas as pa

    def text(nullable: bool = False) -> pa.Column:
        return pa.Column(object, nullable=nullable)

    def word(words: tuple[str, ...]) -> pa.Column:
        return pa.Column(object, pa.Check.isin(words))

    def amount(name: str) -> dict[str, pa.Column]:
        money = pa.Column("Int64", nullable=True)
        return {name: money, f"{name}_raw": text(), f"{name}_state": word(AMOUNT_STATES)}

    form, order = pa.Column("int64", pa.Check.ge(0)), pa.Column(object, pa.Check.ge(0))
    row_id = pa.Index("int64", unique=True)
    funds = {name: column for field in FUND_FIELDS for name, column in amount(field).items()}
    return {
        "files": pa.DataFrameSchema(
            {"path": text(), "status": word(FILE_STATUSES), "reason": text(), "forms": order}, index=row_id
        ),
        "forms": pa.DataFrameSchema(
            {
                "id": pa.Column(object, unique=True),
                "path": text(),
                "fiscal_year": pa.Column("Int64", pa.Check.in_range(2000, 2099), nullable=True),
                "money_unit": word(MONEY_UNITS),
                **{name: text(nullable=True) for name in TEXT_FIELDS},
            },
            index=row_id,
        ),
        "funds": pa.DataFrameSchema(funds, index=row_id),
        "projects": pa.DataFrameSchema(
            {"form": form, "order": order, "name": text(), **amount("half"), **amount("full")}, index=row_id
        ),
        "indicators": pa.DataFrameSchema(
            {
                "form": form,
                "order": order,
                "block": word(BLOCKS),
                **{name: text() for name in ("level1", "level2", "key_task", "name", "half_raw", "full_raw")},
                "half_state": word(TARGET_STATES),
                "full_state": word(TARGET_STATES),
            },
            index=row_id,
        ),
        "oddities": pa.DataFrameSchema(
            {"form": form, "kind": text(), "text": text(), "detail": text()}, index=row_id
        ),
    }


def hold(tables: Tables) -> None:
    """Check every table of a stack against its contract.

    Raises `ContractBroken` with the column, check and row of each breach.
    """
    import pandera.pandas as pa

    for name, contract in contracts().items():
        frame: pd.DataFrame = getattr(tables, name)
        try:
            contract.validate(frame, lazy=True)
        except pa.errors.SchemaErrors as broken:
            raise ContractBroken(name, [_fault(error) for error in broken.schema_errors]) from broken


def _fault(error: object) -> str:
    reason = getattr(getattr(error, "reason_code", None), "name", "?")
    column = getattr(getattr(error, "schema", None), "name", None)
    cases: Any = getattr(error, "failure_cases", None)
    rows = list(cases["index"])[:3] if hasattr(cases, "columns") and "index" in cases.columns else []
    return f"{reason} in {column} at rows {rows}"
