"""The linear relations of the form, declared once and evaluated for a whole stack at a time.

Four readers use them: the arithmetic rules, the search for the wrong cell, the live checks of the
blank template, and the handbook. Amounts are integer fen. A blank is zero; a form in which any
cell of a relation is unreadable is not judged by that relation.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from checks.tables import UNREADABLE_STATES, Tables

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class Relation:
    """`total` equals the sum of `parts` (fields of `funds`) or of the `rows` column of `projects`."""

    code: str
    total: str
    parts: tuple[str, ...] = ()
    rows: str = ""


@dataclass(frozen=True, slots=True)
class AtMost:
    """`smaller` is never above `larger`; both are fields of the same `table`."""

    code: str
    table: str
    smaller: str
    larger: str


SUMS: tuple[Relation, ...] = (
    Relation(
        "AR01",
        "appropriation_full",
        ("general_full", "government_fund_full", "special_account_full", "state_capital_full"),
    ),
    Relation(
        "AR02", "total_full", ("appropriation_full", "social_insurance_full", "carried_in_full", "other_full")
    ),
    Relation("AR03", "total_full", ("basic_full", "project_full")),
    Relation("AR04", "project_full", rows="full"),
    Relation("AR05", "project_half", rows="half"),
)
ORDERS: tuple[AtMost, ...] = (
    AtMost("AR06", "funds", "basic_half", "basic_full"),
    AtMost("AR06", "funds", "project_half", "project_full"),
    AtMost("AR06", "projects", "half", "full"),
)
SUM_BY_CODE = {relation.code: relation for relation in SUMS}


def amounts(frame: pd.DataFrame, field: str) -> pd.Series[int]:
    """Return a column of amounts as plain int64 fen with blanks as 0; look at `readable` beside it."""
    return frame[field].fillna(0).astype("int64")


def readable(frame: pd.DataFrame, field: str) -> pd.Series[bool]:
    """Return where an amount is known: a number, or a blank that counts as zero."""
    return ~frame[f"{field}_state"].isin(UNREADABLE_STATES)


def evaluate(relation: Relation, tables: Tables) -> pd.DataFrame:
    """Return one row a form: `stated` and `computed` fen, `addends`, `fractional`, `judged`.

    `fractional` says that some addend is not a whole number of 万元; `judged` that every cell of the
    relation could be read and, for project rows, that there is at least one.
    """
    import pandas as pd

    funds = tables.funds
    parts = _row_sums(relation.rows, tables) if relation.rows else _part_sums(relation.parts, funds)
    stated = amounts(funds, relation.total)
    known = readable(funds, relation.total) & parts["judged"]
    return pd.DataFrame(
        {
            "stated": stated,
            "computed": parts["computed"],
            "addends": parts["addends"],
            "fractional": parts["fractional"],
            "largest": parts["largest"],
            "judged": known,
        }
    )


def _part_sums(parts: tuple[str, ...], funds: pd.DataFrame) -> pd.DataFrame:
    import pandas as pd

    values = pd.DataFrame({part: amounts(funds, part) for part in parts}, index=funds.index)
    known = pd.DataFrame({part: readable(funds, part) for part in parts}, index=funds.index)
    return pd.DataFrame(
        {
            "computed": values.sum(axis=1),
            "addends": len(parts),
            "fractional": (values % 1_000_000 != 0).any(axis=1),
            "largest": values.abs().max(axis=1),
            "judged": known.all(axis=1),
        }
    )


def _row_sums(field: str, tables: Tables) -> pd.DataFrame:
    import pandas as pd

    projects = tables.projects
    rows = pd.DataFrame(
        {
            "form": projects["form"],
            "value": amounts(projects, field),
            "known": readable(projects, field),
        }
    )
    rows["fractional"] = rows["value"] % 1_000_000 != 0
    rows["size"] = rows["value"].abs()
    groups = rows.groupby("form")
    sums = pd.DataFrame(
        {
            "computed": groups["value"].sum(),
            "addends": groups.size(),
            "fractional": groups["fractional"].any(),
            "largest": groups["size"].max(),
            "judged": groups["known"].all(),
        }
    ).reindex(tables.forms.index)
    return sums.fillna(
        {"computed": 0, "addends": 0, "fractional": False, "largest": 0, "judged": False}
    ).astype(
        {"computed": "int64", "addends": "int64", "fractional": bool, "largest": "int64", "judged": bool}
    )
