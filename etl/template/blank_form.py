"""The blank form that checks itself: prefilled, guided by drop-downs, with a column of live checks.

Drawn from the same declaration as the reader's; the checks are compiled from the rules' relations.
Input cells are open, all else is locked without a password: a guard against slips, not against people.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from checks.declared.budget import Block
from etl.cell.grid import Address
from etl.form.declaration import Form
from etl.form.layout import Box, FilledForm, IndicatorLine, Layout, ProjectLine, lay_out
from etl.template.draw import SHEET_NAME, draw, new_workbook, workbook_bytes, write

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

_DUTY_TASKS, _LINES_A_TASK = 6, 4
_LINES_A_LEVEL = 2


@dataclass(frozen=True, slots=True)
class _Blank:
    """A blank form as an open workbook, to be saved for one agency after another."""

    workbook: Workbook
    layout: Layout


def blank_form(
    form: Form, agency: str = "", fiscal_year: int = 2023, projects: int = 30, *, totals: bool = False
) -> bytes:
    """Return the blank form as .xlsx bytes with `projects` empty project rows; with `totals` they add up by themselves.

    The agency's name is filled in and locked when given. The same arguments give the same bytes.
    """
    return next(content for _, content in blank_forms(form, [agency], fiscal_year, projects, totals=totals))


def blank_forms(
    form: Form, agencies: Iterable[str], fiscal_year: int = 2023, projects: int = 30, *, totals: bool = False
) -> Iterator[tuple[str, bytes]]:
    """Yield (agency, blank form) for each agency; the sheet is drawn once, which is most of the work."""
    blank = _draw(form, fiscal_year, projects, totals)
    place = blank.layout.at("forms", 0, "agency")
    sheet = blank.workbook[SHEET_NAME]
    for agency in agencies:
        sheet.cell(*place).value = None
        write(sheet.cell(*place), agency)
        _lock(sheet, place, locked=bool(agency))
        yield agency, workbook_bytes(blank.workbook)


def blank_content(form: Form, fiscal_year: int, projects: int) -> FilledForm:
    """Return what is printed on the blank form: the common framework, and empty lines for the rest.

    Qualitative common indicators hold their one word already; numbers are the agency's to state.
    """
    lines = [line for block in form.budget.blocks for line in _lines(form, block)]
    return FilledForm(fiscal_year, projects=(ProjectLine(),) * projects, indicators=tuple(lines))


def _lines(form: Form, block: Block) -> Iterator[IndicatorLine]:
    """Yield the lines of a block: the framework's, empty ones under each second level, or under each key task."""
    if block.role == "common":
        for common in form.budget.framework:
            half, full = _word(common.half), _word(common.full)
            yield IndicatorLine(block.key, common.level1, common.level2, "", common.name, half, full)
    elif block.tree:
        for level1, names in block.tree.items():
            for level2 in names:
                yield from [IndicatorLine(block.key, level1, level2)] * _LINES_A_LEVEL
    else:
        for task in range(1, _DUTY_TASKS + 1):
            yield from [IndicatorLine(block.key, block.level1[0], "", bundle=task)] * _LINES_A_TASK


def input_boxes(layout: Layout) -> Iterator[Box]:
    """Yield the boxes of a blank form that a department fills in: what is printed already stays locked."""
    for box in layout.boxes:
        table, _, name = box.where or ("", 0, "")
        printed = bool(box.value) and name not in ("half", "full")
        of_line = table == "indicators" and name != "level1" and not printed
        if box.role == "text" or table in ("funds", "projects") or of_line:
            yield box


def _word(target: str) -> str:
    return "" if any(char.isdigit() for char in target) else target


def _add_totals(sheet: Worksheet, layout: Layout, projects: int) -> None:
    """Put formulas into the totals, and lock them: a total that is added up by itself is never off."""
    done: set[str] = set()
    for relation in layout.form.budget.sums:
        if relation.total in done:
            continue
        done.add(relation.total)
        if relation.rows:
            first, last = (layout.cell("projects", number, relation.rows) for number in (0, projects - 1))
            addends = f"{first}:{last}"
        else:
            addends = ",".join(layout.cell("funds", 0, part) for part in relation.parts)
        place = layout.at("funds", 0, relation.total)
        sheet.cell(*place).value = f"=SUM({addends})"
        _lock(sheet, place, locked=True)


def _draw(form: Form, fiscal_year: int, projects: int, totals: bool) -> _Blank:
    from etl.template.guards import add_checks, guard_inputs
    from etl.template.guide import draw_guide

    filled = blank_content(form, fiscal_year, projects)
    layout = lay_out(form, filled)
    workbook = new_workbook(form.title.text)
    sheet = draw(layout, workbook)
    for box in input_boxes(layout):
        top, left, bottom, right = box.area
        for row in range(top, bottom + 1):
            for column in range(left, right + 1):
                _lock(sheet, (row, column), locked=False)
    guard_inputs(sheet, layout, list(input_boxes(layout)))
    add_checks(sheet, layout, filled)
    _protect(sheet)
    draw_guide(workbook, layout, fiscal_year)
    if totals:
        _add_totals(sheet, layout, projects)
    workbook.calculation.fullCalcOnLoad = True
    return _Blank(workbook, layout)


def _lock(sheet: Worksheet, address: Address, locked: bool) -> None:
    from openpyxl.styles import Protection

    sheet.cell(*address).protection = Protection(locked=locked)


def _protect(sheet: Worksheet) -> None:
    """Protect the sheet without a password; rows may be inserted and resized, and unused ones hidden."""
    sheet.protection.sheet = True
    sheet.protection.formatRows = False
    sheet.protection.formatColumns = False
    sheet.protection.insertRows = False
