"""Recomputes the plain sums people type as formulas: SUM of ranges and cells, and `+` / `-` between them.

Used where a formula has no cached result, and to notice a cached result that is no longer true.
Anything beyond plain sums on the same sheet gives None: unknown, never a guess.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal

from etl.sheets.grid import Address, Cell, cell_address
from etl.sheets.number_format import decimal_of

_TERM = re.compile(r"([+-]?)(?:SUM\(([A-Z0-9$:,]+)\)|(\$?[A-Z]{1,3}\$?[0-9]{1,7})|([0-9]+(?:\.[0-9]+)?))")
_MOST_CELLS = 2_000


def recompute(formula: str, cells: Mapping[Address, Cell]) -> Decimal | None:
    """Return the exact value of a plain sum over one sheet's cells, or None if it is not one."""
    return _sum(formula, cells, iter(range(_MOST_CELLS)), 0)


def _sum(formula: str, cells: Mapping[Address, Cell], left: Iterator[int], depth: int) -> Decimal | None:
    """Return the value of a sum; each cell looked at takes one of those left, in the sums it adds up as well."""
    text = formula[:500].strip().lstrip("=").replace(" ", "").upper()
    if not text or depth > 4:
        return None
    total, position = Decimal(0), 0
    while position < len(text):
        term = _TERM.match(text, position)
        if term is None or (position and not term[1]):
            return None
        value = _value(term, cells, left, depth)
        if value is None:
            return None
        total += -value if term[1] == "-" else value
        position = term.end()
    return total


def _value(
    term: re.Match[str], cells: Mapping[Address, Cell], left: Iterator[int], depth: int
) -> Decimal | None:
    if term[4]:
        return Decimal(term[4])
    total = Decimal(0)
    for address in _addresses(term[2] or term[3]):
        cell = cells.get(address) if address else None
        if address is None or next(left, None) is None or (term[3] and cell and cell.kind == "text"):
            return None  # adding a text with + is an error, which SUM passes over
        value = _number(cell, cells, left, depth)
        if value is None:
            return None
        total += value
    return total


def _number(
    cell: Cell | None, cells: Mapping[Address, Cell], left: Iterator[int], depth: int
) -> Decimal | None:
    """Return a cell's number; blank and text count as 0, as SUM has it; errors are unknown."""
    if cell is None or cell.kind == "text":
        return Decimal(0)
    if cell.kind == "no_result":
        return _sum(cell.formula or "", cells, left, depth + 1)
    return decimal_of(cell.raw) if cell.kind == "number" else None


def _addresses(arguments: str) -> Iterator[Address | None]:
    for argument in arguments.replace("$", "").split(","):
        first, _, last = argument.partition(":")
        start, end = cell_address(first), cell_address(last or first)
        if start is None or end is None:
            yield None
            return
        for row in range(start[0], end[0] + 1):
            for column in range(start[1], end[1] + 1):
                yield (row, column)
