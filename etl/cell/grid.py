"""What a workbook is once read: sheets of sparse cells, each kept as it stood on paper."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal, NamedTuple

Kind = Literal["number", "text", "bool", "error", "no_result", "date", "picture"]
"""Blank cells are not stored at all; a formula without a cached result is `no_result`, never 0."""

Address = tuple[int, int]
"""(row, column), both from 1."""

Area = tuple[int, int, int, int]
"""(first row, first column, last row, last column), all from 1 and included."""


LAST_ROW, LAST_COLUMN = 1_048_576, 16_384
"""How far a sheet of a workbook reaches."""

_ADDRESS = re.compile(r"\$?([A-Za-z]{1,3})\$?([0-9]{1,7})")
_LONGEST_ADDRESS = 12


class Cell(NamedTuple):
    """One non-empty cell.

    `raw` is the stored value: the digits of a number as written in the file, the text of a string,
    the error code. `style` is the index of the cell's format in the workbook's `cellXfs`. `told` says how a
    formula's result came about where it was not simply stored (`etl.cell.recalculate`): `recomputed`,
    `recalculated=0` (what was stored), `zero`, `stale=721.26`, or `unknown` for a stored 0 that nothing bears out.
    """

    kind: Kind
    raw: str
    style: int = 0
    formula: str | None = None
    told: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One worksheet, sparsely: only cells that hold something."""

    name: str
    cells: Mapping[Address, Cell]
    merges: tuple[Area, ...] = ()
    state: Literal["visible", "hidden", "veryHidden"] = "visible"
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: tuple[tuple[int, int], ...] = ()
    part: str = ""


@dataclass(frozen=True, slots=True)
class Workbook:
    """The sheets of one file in tab order, with the number format of every style index.

    `modified` is when the file says it was last saved (ISO 8601), "" if it does not say. `lost_sheets`: visible
    tabs whose contents are not in the file. `recalculates`: whatever opens the file calculates it first, so that
    stored results count for nothing. `struck` and `white`: the styles whose text is struck out, or white on white.
    """

    sheets: tuple[Sheet, ...]
    formats: tuple[str, ...] = ("General",)
    date1904: bool = False
    warnings: tuple[str, ...] = field(default=())
    kind: Literal["xlsx", "xls", "ods", "xlsb"] = "xlsx"
    modified: str = ""
    lost_sheets: tuple[str, ...] = ()
    recalculates: bool = False
    struck: frozenset[int] = frozenset()
    white: frozenset[int] = frozenset()


@lru_cache(maxsize=1024)
def column_letters(column: int) -> str:
    """Return the letters of a column number: 1 is A, 27 is AA."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def address_text(address: Address) -> str:
    """Return an address as a clerk writes it: (18, 5) is E18."""
    return f"{column_letters(address[1])}{address[0]}"


def cell_address(reference: str) -> Address | None:
    """Return the (row, column) a reference such as `E18` or `$E$18` names, or None if it names none."""
    return _parsed(reference) if len(reference) <= _LONGEST_ADDRESS else None


@lru_cache(maxsize=16384)
def _parsed(reference: str) -> Address | None:
    """Remember addresses: the forms of a batch use the same few hundred."""
    match = _ADDRESS.fullmatch(reference)
    return (int(match[2]), _letters(match[1])) if match else None


def _letters(letters: str) -> int:
    column = 0
    for letter in letters.upper():
        column = column * 26 + ord(letter) - 64
    return column
