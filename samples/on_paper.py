"""Puts a submission on paper: its form with its mistakes, and the cells at which they must be found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from etl.cell.grid import address_text
from etl.form.layout import FilledForm, Layout, lay_out
from etl.reading.model import Where
from etl.template.draw import SHEET_NAME, draw, new_workbook, workbook_bytes
from samples.city import clean_form
from samples.known_form import FORM_2023
from samples.old_excel import old_workbook
from samples.statement import SEVERITIES, parsed

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

    from samples.submissions import Submission

_COVER = ("附件2", "填报单位（盖章）：", "")
"""Lines some agencies put above the form."""


class Expected(NamedTuple):
    """A finding that must come, as a row of expected.csv: `sheet` and `cell` are empty where it speaks of the file.

    `others` are the cells `cell` was compared with, by sheet and place; `sentence` tells the rule's several
    sentences apart; `says` are the figures and names in it.
    """

    file: str
    code: str
    severity: str
    sentence: str
    sheet: str
    cell: str
    others: str
    says: str


@dataclass(frozen=True, slots=True)
class Page:
    """A sheet to be drawn: its name and the part of the form on it."""

    name: str
    layout: Layout


def paper(submission: Submission) -> tuple[bytes, list[Expected]]:
    """Return a submission's workbook and what must be found in it, as its mistakes say."""
    form = handed_in(submission)
    if submission.old_excel:
        return old_workbook(lay_out(FORM_2023, form), SHEET_NAME), []
    pages = _pages(lay_out(FORM_2023, form), submission.sheets)
    workbook = new_workbook(FORM_2023.title.text)
    for page in pages:
        sheet = draw(page.layout, workbook, page.name)
        if len(pages) > 1 and page is pages[0]:
            _write_cover(sheet)
        for mistake in submission.mistakes:
            if mistake.edit is not None:
                mistake.edit(sheet, page.layout, form)
    causes = [cause for mistake in submission.mistakes for cause in mistake.causes(form)]
    causes += submission.in_batch
    return workbook_bytes(workbook, submission.saved), [
        expected(submission.path, cause, pages) for cause in causes
    ]


def handed_in(submission: Submission) -> FilledForm:
    """Return the form of a submission with the mistakes of what is filled in."""
    form = clean_form(submission.slug)
    for mistake in submission.mistakes:
        if mistake.change is not None:
            form = mistake.change(form)
    return form


def expected(path: str, cause: str, pages: Sequence[Page] = ()) -> Expected:
    """Return the row of expected.csv for a statement of what is to be found in a file."""
    what, weight, sentence, values, says = parsed(cause)
    places = dict.fromkeys(_place(value, pages) for value in values)
    (sheet, cell), *rest = places or [("", "")]
    others = " ".join(sorted(f"{name}!{address}" for name, address in rest))
    return Expected(path, what, SEVERITIES[weight], sentence, sheet, cell, others, says)


def _place(value: str, pages: Sequence[Page]) -> tuple[str, str]:
    """Return sheet and cell of a value (`projects[3].half`)."""
    table, _, field = value.partition(".")
    name, _, row = table.rstrip("]").partition("[")
    where: Where = (name, int(row or 0), field)
    page = next(page for page in pages if where in page.layout.addresses)
    return page.name, address_text(page.layout.addresses[where])


def _pages(layout: Layout, sheets: int) -> list[Page]:
    """Return the form on one sheet, or on two with a cover above: money and goals, then the indicators."""
    if sheets == 1:
        return [Page(SHEET_NAME, layout)]
    first = layout.at("labels", 0, "head:level1")[0]
    return [
        Page("基本情况和资金", _part(layout, 1, first - 1, len(_COVER))),
        Page("绩效指标", _part(layout, first, layout.rows, 1 - first)),
    ]


def _part(layout: Layout, top: int, bottom: int, down: int) -> Layout:
    """Return the boxes that stand in the rows `top` to `bottom`, moved down by `down` rows."""
    boxes = tuple(
        box._replace(area=(box.area[0] + down, box.area[1], box.area[2] + down, box.area[3]))
        for box in layout.boxes
        if top <= box.area[0] <= bottom
    )
    addresses = {
        where: (row + down, column)
        for where, (row, column) in layout.addresses.items()
        if top <= row <= bottom
    }
    return replace(layout, boxes=boxes, addresses=addresses, rows=max(box.area[2] for box in boxes))


def _write_cover(sheet: Worksheet) -> None:
    for row, line in enumerate(_COVER, 1):
        if line:
            sheet.cell(row, 1, line)
    sheet.print_title_rows = f"{len(_COVER) + 1}:{len(_COVER) + 2}"
