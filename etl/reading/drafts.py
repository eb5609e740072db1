"""Puts stretches of sheets together into forms, and says which sheets no form was made of.

A form may be spread over sheets, and sheets of other forms stand between. What stands under another form's
title joins none; a stretch without a title joins a form only where it completes it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from checks.declared.text_key import text_key
from etl.cell.grid import Sheet, Workbook
from etl.form.declaration import Form
from etl.form.titles import another_title, sample_name
from etl.reading.labelled_rows import Segment, anchors
from etl.reading.model import Reading

FEWEST_TITLED = 3
_FEWEST_CELLS, _FEWEST_ROWS = 6, 3
"""What a sheet holds at least that is a table and not a remark."""
_OWN_GUIDE = "填表说明"
"""The second sheet of our blank form, which comes back with every form."""
_TOP_CELLS = 12


class Passed(NamedTuple):
    """A sheet of which nothing was read: its name, the title on it, and why in a word.

    `why`: `other` for another form or table, `sample` for one filled in as an example, `unread` for one that
    has the form's labels and of which neither an amount nor an indicator could be read.
    """

    sheet: str
    title: str
    why: str


@dataclass(slots=True)
class Draft:
    """Pieces that belong to one form: no label of the form is asked for twice. `least`: labels that make one without a title."""

    pieces: list[Segment]
    anchors: set[str] = field(default_factory=set)
    agency: str = ""
    least: int = 8

    @property
    def titled(self) -> bool:
        """Return whether the form's own title stands above."""
        return any(piece.title is not None for piece in self.pieces)

    @property
    def is_form(self) -> bool:
        """Return whether it carries enough of the form to be one."""
        return len(self.anchors) >= (FEWEST_TITLED if self.titled else self.least)

    def takes(self, marks: set[str], piece: Segment) -> bool:
        """Return whether a further piece completes this form: same agency or none named, no block twice."""
        agency = _agency(piece)
        same = not agency or not self.agency or agency == self.agency
        return (
            same and not (marks - {"agency"}) & self.anchors and bool(self.anchors - {"agency"} or not marks)
        )

    def add(self, piece: Segment, marks: set[str]) -> None:
        """Add a piece with the labels it carries."""
        self.pieces.append(piece)
        self.anchors |= marks
        self.agency = self.agency or _agency(piece)


def drafted(form: Form, pieces: Iterable[Segment]) -> list[Draft]:
    """Return the forms that pieces make, in their order."""
    drafts: list[Draft] = []
    for piece in pieces:
        marks = anchors(form, piece.rows)
        if piece.foreign or (not marks and piece.title is None):
            continue
        if drafts and drafts[-1].takes(marks, piece):
            drafts[-1].add(piece, marks)
        else:
            drafts.append(Draft([piece], set(marks), _agency(piece), form.least))
    return [draft for draft in drafts if draft.is_form]


def _agency(piece: Segment) -> str:
    for row in piece.rows:
        if "agency" in row.labels:
            at = row.labels.index("agency")
            return text_key(row.cells[at + 1][1].raw) if at + 1 < len(row.cells) else ""
    return ""


def passed_over(
    forms: Collection[Form], workbook: Workbook, pieces: Sequence[Segment], drafts: Sequence[Draft]
) -> Iterator[Passed]:
    """Yield the visible sheets that hold a table of which no form was made, and other forms below one."""
    used = {piece.sheet for draft in drafts for piece in draft.pieces}
    for number, sheet in enumerate(workbook.sheets):
        if sheet.state != "visible":
            continue
        titles = [p.other for p in pieces if p.sheet == number and p.other and _is_table(p)]
        if number not in used and _holds_table(sheet):
            yield Passed(sheet.name, other_title(forms, sheet), "other")
        elif number in used:
            yield from (Passed(sheet.name, title, "other") for title in dict.fromkeys(titles))


def other_title(forms: Collection[Form], sheet: Sheet) -> str:
    """Return what looks like the title of some other form at the top of a sheet, or ""."""
    for at in sorted(sheet.cells)[:_TOP_CELLS]:
        cell = sheet.cells[at]
        titles = (another_title(form, cell.raw) for form in forms) if cell.kind == "text" else ()
        if (title := min(titles, default="")) != "":  # the title of no form that is known
            return title
    return ""


def _is_table(piece: Segment) -> bool:
    return len(piece.rows) >= _FEWEST_ROWS and sum(len(row.cells) for row in piece.rows) >= _FEWEST_CELLS


def _holds_table(sheet: Sheet) -> bool:
    if len(sheet.cells) < _FEWEST_CELLS or _is_guide(sheet):
        return False
    rows = [row for row, _ in sheet.cells]
    return len(set(rows)) >= _FEWEST_ROWS and len(rows) > len(set(rows))


def _is_guide(sheet: Sheet) -> bool:
    first = sheet.cells.get((1, 1))
    return sheet.name == _OWN_GUIDE and first is not None and first.raw.startswith(_OWN_GUIDE)


def last_column_of(segment: Segment) -> int:
    """Return the last column that a heading of a piece stands in, 0 where it has none."""
    last = 0
    for row in segment.rows:
        for (column, _), label in zip(row.cells, row.labels, strict=True):
            if label and column > last and label.startswith(("money:", "head:")):
                last = column
    return last


def has_number(sheet: Sheet) -> bool:
    """Return whether a sheet holds a number."""
    return any(cell.kind == "number" for cell in sheet.cells.values())


def is_sample(workbook: Workbook, draft: Draft) -> bool:
    """Return whether the sheet's name or the form's title says that it is filled in as an example."""
    first = draft.pieces[0]
    sheet = workbook.sheets[first.sheet]
    title = sheet.cells[first.title].raw if first.title is not None else ""
    return sample_name(sheet.name) or sample_name(title)


def nothing_read(reading: Reading) -> bool:
    """Return whether neither an amount nor an indicator was read: the form is laid out as nobody can read it."""
    return (
        not any(amount.fen is not None for amount in reading.amounts.values())
        and not any(i.name for i in reading.indicators)
        and not any(p.name for p in reading.projects)
    )
