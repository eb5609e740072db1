"""Gives the formula of a cell that shares one with others: written once, and moved to where each cell stands."""

from __future__ import annotations

import re

from etl.cell.grid import LAST_COLUMN, LAST_ROW, Address, cell_address, column_letters

LONGEST = 1_000
"""Characters of a formula that is moved; a longer one is worked out by nobody here."""
_REFERENCE = re.compile(
    r"\"(?:[^\"]|\"\")*\"|'(?:[^']|'')*'!?|(?<![A-Za-z0-9_.$])(\$?)([A-Za-z]{1,3})(\$?)([0-9]{1,7})(?![A-Za-z0-9_.(!])"
)
"""A reference to a cell; texts in quotes and names of sheets are passed over."""


def moved(formula: str, start: Address, to: Address) -> str:
    """Return a formula of one cell as it reads in another: what has no `$` moves along; "" where it would leave the sheet."""
    down, right = to[0] - start[0], to[1] - start[1]
    outside = False

    def shift(match: re.Match[str]) -> str:
        nonlocal outside
        at = cell_address(f"{match[2]}{match[4]}") if match[2] else None
        if at is None:
            return match[0]
        row = at[0] if match[3] else at[0] + down
        column = at[1] if match[1] else at[1] + right
        outside = outside or not (0 < row <= LAST_ROW and 0 < column <= LAST_COLUMN)
        return f"{match[1]}{column_letters(max(column, 1))}{match[3]}{row}"

    if len(formula) > LONGEST:
        return ""
    text = _REFERENCE.sub(shift, formula)
    return "" if outside else text
