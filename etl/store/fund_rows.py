"""The fund lines of forms as rows of the store: which amounts a form has its profile says, the others are absent."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from checks.frames.tables import OTHERS, Table, Tables, together

Row = tuple[Any, ...]

ABSENT = (None, "", "absent")
"""An amount that a form does not ask for: fen, text, what the cell held."""
PROFILE = OTHERS["forms"].names().index("profile") + 1
"""Where the profile stands in a stored row of `forms`, its key first."""


def own_amounts(
    forms: Iterable[Row], funds: Iterable[Row], fields: Sequence[str], tables: Tables
) -> tuple[list[Row], tuple[str, ...]]:
    """Return the fund lines of a file with the amounts of its own forms, and what these are.

    So a file is stored alike whatever it was read together with.
    """
    own = {row[PROFILE] for row in forms}
    wanted = together(tuple(budget for id_, budget in tables.budgets.items() if id_ in own)).fields
    return placed([(fields, row) for row in funds], wanted), wanted


def amounts_of(table: Table) -> list[str]:
    """Return the amounts of a table of fund lines."""
    return [name for name in table.names() if not name.endswith(("_raw", "_state"))]


def placed(rows: Iterable[tuple[Sequence[str], Row]], wanted: Sequence[str]) -> list[Row]:
    """Return fund lines, each with the amounts its row has, with the amounts that are wanted."""
    known: dict[Sequence[str], list[int]] = {}
    made = []
    for fields, row in rows:
        if fields not in known:
            known[fields] = [fields.index(name) * 3 + 1 if name in fields else 0 for name in wanted]
        made.append((row[0], *(value for n in known[fields] for value in (row[n : n + 3] if n else ABSENT))))
    return made
