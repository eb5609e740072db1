"""The linear relations of the form, declared once and evaluated for a whole stack at a time.

Four readers use them: the arithmetic rules, the search for the wrong cell, the live checks of the
blank template, and the handbook. Amounts are integer fen. A blank is zero; a form in which any
cell of a relation is unreadable is not judged by that relation.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from checks.declared.budget import FEN_PER_WAN
from checks.frames.rows import Rows
from checks.frames.tables import UNREADABLE_STATES, Tables

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray


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
UNKNOWN_LINE = "unknown_money_line"
"""Kind of the oddity that says: a line of the money block, with an amount, is none that the form declares.

Its `field` names the side the line stands on (of `SIDES`); the sums of that side cannot be judged.
"""
SIDES: dict[str, frozenset[str]] = {
    "income": frozenset({"AR01", "AR02"}),
    "expenditure": frozenset({"AR03", "AR04", "AR05"}),
}
SUM_BY_CODE = {relation.code: relation for relation in SUMS}


def amounts(frame: pd.DataFrame, field: str) -> pd.Series[int]:
    """Return a column of amounts as plain int64 fen with blanks as 0; look at `readable` beside it."""
    return frame[field].fillna(0).astype("int64")


def readable(frame: pd.DataFrame, field: str) -> pd.Series[bool]:
    """Return where an amount is known: a number, or a blank that counts as zero."""
    return ~frame[f"{field}_state"].isin(UNREADABLE_STATES)


def suspended(tables: Tables) -> Mapping[int, frozenset[str]]:
    """Return the codes of the sums that cannot be judged, by form number: a line stands there that no one declared.

    An oddity of the kind `UNKNOWN_LINE` says so; one with no known side suspends both.
    """
    odd = tables.oddities
    mine = odd[odd["kind"] == UNKNOWN_LINE] if len(odd) else odd
    found: dict[int, frozenset[str]] = {}
    for form, side in zip(mine["form"].tolist(), mine["field"].tolist(), strict=True):
        codes = SIDES.get(side, frozenset(SUM_BY_CODE))
        found[int(form)] = found.get(int(form), frozenset()) | codes
    return found


def evaluate(relation: Relation, tables: Tables) -> pd.DataFrame:
    """Return one row a form: `stated` and `computed` fen, `addends`, `fractional`, `judged`, `suspended`.

    `fractional` says that some addend is not a whole number of 万元; `judged` that every cell of the
    relation could be read, that it is not `suspended`, and, for project rows, that there is at least one.
    """
    import numpy as np
    import pandas as pd

    funds = Rows(tables.funds)
    parts = (
        _row_sums(relation.rows, Rows(tables.projects), funds)
        if relation.rows
        else _part_sums(relation.parts, funds)
    )
    judged = funds.readable(relation.total) & parts.pop("judged")
    off = [form for form, codes in suspended(tables).items() if relation.code in codes]
    judged = judged & ~np.isin(funds.ids, off)
    columns = {
        "stated": funds.fen(relation.total),
        **parts,
        "judged": judged,
        "suspended": np.isin(funds.ids, off),
    }
    return pd.DataFrame(columns, index=tables.funds.index)


def _part_sums(parts: tuple[str, ...], funds: Rows) -> dict[str, NDArray[Any]]:
    import numpy as np

    values = np.array([funds.fen(part) for part in parts])
    return {
        "computed": values.sum(axis=0),
        "addends": np.full(len(funds), len(parts)),
        "fractional": (values % FEN_PER_WAN != 0).any(axis=0),
        "judged": np.array([funds.readable(part) for part in parts]).all(axis=0),
    }


def _row_sums(field: str, projects: Rows, funds: Rows) -> dict[str, NDArray[Any]]:
    import numpy as np

    fen, count = projects.fen(field), len(funds)
    form = np.searchsorted(funds.ids, projects.form)
    computed = np.zeros(count, dtype=np.int64)
    np.add.at(computed, form, fen)
    addends = np.bincount(form, minlength=count)
    return {
        "computed": computed,
        "addends": addends,
        "fractional": np.bincount(form[fen % FEN_PER_WAN != 0], minlength=count) > 0,
        "judged": (addends > 0) & (np.bincount(form[~projects.readable(field)], minlength=count) == 0),
    }
