"""Knows a sheet of remarks by its headings, whatever it is called and wherever its columns stand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from etl.cell.grid import Sheet
from etl.marks.model import WORDINGS

_NAMES = ("number", "severity", "code", "place", "found", "message", "todo", "basis", "explanation", "review")
_HEADINGS = {text: name for wording in WORDINGS for text, name in zip(wording.columns, _NAMES, strict=True)}
_HEADINGS |= {"复核结果": "review", "Review": "review"}  # as returns were headed before the column was locked
_CODES = frozenset(text for text, name in _HEADINGS.items() if name == "code")
_LONGEST_HEADING = 40
_FEWEST_HEADINGS = 7
"""Of our ten headings, those a sheet needs to be known by them; a column or two may have been taken out."""
_LAST_HEADING_ROW = 60


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the columns of a sheet of remarks stand, by name, and the row of their headings."""

    row: int
    columns: Mapping[str, int]


def layout_of(sheet: Sheet) -> Layout | None:
    """Return where the columns of a sheet of remarks stand; None for a sheet that is none."""
    if _CODES.isdisjoint({cell.raw for cell in sheet.cells.values()}):
        return None
    by_row: dict[int, dict[str, int]] = {}
    for (row, column), cell in sheet.cells.items():
        if row > _LAST_HEADING_ROW or len(cell.raw) > _LONGEST_HEADING:
            continue
        name = _HEADINGS.get(cell.raw.strip())
        if name is not None:
            by_row.setdefault(row, {}).setdefault(name, column)
    for row, columns in sorted(by_row.items()):
        if len(columns) >= _FEWEST_HEADINGS and "code" in columns:
            return Layout(row, columns)
    return None


def is_remarks(sheet: Sheet) -> bool:
    """Return whether a sheet is one of ours: it holds remarks and is never a form."""
    return layout_of(sheet) is not None
