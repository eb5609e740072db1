"""Reads what a returned workbook brings back: explanations and decisions, by the key of their finding."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from checks.finding import SEVERITY_NAMES
from etl.marked.find import remarks_sheet_of
from etl.marked.lines import STATE_NAMES, Line, Page
from etl.marked.page import KEY_COLUMN
from etl.package.parts import Package
from etl.sheets.grid import Address, Cell
from etl.sheets.workbook import read_workbook

_SEVERITY, _CODE, _PLACE, _MESSAGE, _EXPLANATION, _REVIEW = 2, 3, 4, 6, 9, 10
_SEVERITIES = {name: severity for names in SEVERITY_NAMES.values() for severity, name in names.items()}
_ROUND = re.compile(r"(?:第([0-9]{1,3})轮|Round ([0-9]{1,3}))$")
_MARKED = re.compile(
    "【(?:" + "|".join(name for names in STATE_NAMES.values() for name in names.values()) + ")】"
)
_MORE = re.compile(r"(?:等[0-9]{1,4}处| and others \([0-9]{1,4}\))$")
_HEADING_ROWS = 12


@dataclass(frozen=True, slots=True)
class Answer:
    """One line of the sheet of remarks that came back: 单位说明 and 复核结果 under a finding's key."""

    key: str
    explanation: str
    review: str


def read_answers(package: Package) -> tuple[Answer, ...]:
    """Return the filled-in lines of a return's sheet of remarks; none for a file that is no return.

    The package is the one that came in, with its marks on it.
    """
    page = read_page(package)
    lines = page.lines if page else ()
    return tuple(
        Answer(line.key, line.explanation, line.review) for line in lines if line.explanation or line.review
    )


def read_page(package: Package) -> Page | None:
    """Return all lines of a return's sheet of remarks and its round; None for a file that is no return."""
    ours = remarks_sheet_of(package)
    if ours is None:
        return None
    sheet = next(sheet for sheet in read_workbook(package).sheets if sheet.part == ours.part)
    keyed = [
        (row, cell.raw) for (row, column), cell in sorted(sheet.cells.items()) if column == KEY_COLUMN and cell.raw
    ]  # fmt: skip
    lines = tuple(_line(sheet.cells, row, key) for row, key in keyed)
    return Page(_round(sheet.cells), lines, _heading(sheet.cells))


def _line(cells: Mapping[Address, Cell], row: int, key: str) -> Line:
    def text(column: int) -> str:
        cell = cells.get((row, column))
        return cell.raw.strip() if cell else ""

    return Line(
        key=key,
        severity=_SEVERITIES.get(text(_SEVERITY), "info"),
        code=text(_CODE),
        place=_MORE.sub("", text(_PLACE)),
        message=_first_line(text(_MESSAGE)),
        explanation=text(_EXPLANATION),
        review=text(_REVIEW),
    )


def _first_line(message: str) -> str:
    """Return what was found, without the state in front and the guess below."""
    state = _MARKED.match(message)
    return message[state.end() if state else 0 :].partition("\n")[0]


def _heading(cells: Mapping[Address, Cell]) -> tuple[str, ...]:
    rows = (cells.get((row, 1)) for row in range(2, _HEADING_ROWS))
    return tuple(cell.raw.strip() for cell in rows if cell)


def _round(cells: Mapping[Address, Cell]) -> int:
    """Return the round that a heading line ends with, 1 if none says it."""
    found = next(filter(None, (_ROUND.search(line[-20:]) for line in _heading(cells))), None)
    return int(found[1] or found[2]) if found else 1
