"""Reads what a returned workbook brings back: explanations and decisions, by the key of their finding."""

from __future__ import annotations

from dataclasses import dataclass

from etl.package import Package
from etl.remarks_sheet import KEY_COLUMN
from etl.returned import remarks_sheet_of
from etl.workbook import read_workbook

_EXPLANATION, _REVIEW = 9, 10


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
    ours = remarks_sheet_of(package)
    if ours is None:
        return ()
    sheet = next(sheet for sheet in read_workbook(package).sheets if sheet.part == ours.part)
    found = []
    for (row, column), cell in sorted(sheet.cells.items()):
        if column != KEY_COLUMN or not cell.raw:
            continue
        texts = [sheet.cells.get((row, at)) for at in (_EXPLANATION, _REVIEW)]
        explanation, review = (text.raw.strip() if text else "" for text in texts)
        if explanation or review:
            found.append(Answer(cell.raw, explanation, review))
    return tuple(found)
