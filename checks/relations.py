"""The linear relations of a form, declared once in its profile and evaluated here for a whole stack at a time.

Four readers use them: the arithmetic rules, the search for the wrong cell, the live checks of the
blank template, and the handbook. Amounts are integer fen. A blank is zero; a form in which any
cell of a relation is unreadable is not judged by that relation.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from checks.declared.budget import FEN_PER_WAN
from checks.declared.relation import AtMost, Relation
from checks.frames.rows import Rows
from checks.frames.tables import UNREADABLE_STATES, Tables

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

__all__ = ("UNKNOWN_LINE", "AtMost", "Relation", "amounts", "evaluate", "readable", "suspended")


UNKNOWN_LINE = "unknown_money_line"
"""Kind of the oddity that says: a line of the money block, with an amount, is none that the form declares.

Its `field` names the side the line stands on; the sums that add that side up cannot be judged.
"""


def amounts(frame: pd.DataFrame, field: str) -> pd.Series[int]:
    """Return a column of amounts as plain int64 fen with blanks as 0; look at `readable` beside it."""
    return frame[field].fillna(0).astype("int64")


def readable(frame: pd.DataFrame, field: str) -> pd.Series[bool]:
    """Return where an amount is known: a number, or a blank that counts as zero."""
    return ~frame[f"{field}_state"].isin(UNREADABLE_STATES)


def suspended(tables: Tables) -> Mapping[int, frozenset[str]]:
    """Return the codes of the sums that cannot be judged, by form number: a line stands there that no one declared.

    An oddity of the kind `UNKNOWN_LINE` says so; one with no known side suspends them all.
    """
    odd, budget = tables.oddities, tables.budget
    sides: dict[str, frozenset[str]] = {}
    for relation in budget.sums:
        for side in budget.sides_of(relation):
            sides[side] = sides.get(side, frozenset()) | {relation.code}
    mine = odd[odd["kind"] == UNKNOWN_LINE] if len(odd) else odd
    found: dict[int, frozenset[str]] = {}
    for form, side in zip(mine["form"].tolist(), mine["field"].tolist(), strict=True):
        codes = sides.get(side, frozenset(budget.sum_by_code))
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
    judged = parts.pop("judged")
    for total in relation.totals:
        judged = judged & funds.readable(total)
    off = [form for form, codes in suspended(tables).items() if relation.code in codes]
    judged = judged & ~np.isin(funds.ids, off)
    columns = {
        "stated": sum(funds.fen(total) for total in relation.totals),
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
