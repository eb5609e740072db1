"""Draws a laid-out form as a worksheet that prints like the official one.

The same content gives the same bytes: `workbook_bytes` leaves no clock in the file.
"""

from __future__ import annotations

import datetime
import io
import re
import zipfile
from decimal import Decimal
from typing import TYPE_CHECKING

from etl.form.layout import Box, Layout, Role
from etl.safe.clockless import clockless_zip
from etl.safe.width import wrapped_lines

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.cell.cell import Cell, MergedCell
    from openpyxl.styles import NamedStyle
    from openpyxl.worksheet.worksheet import Worksheet

SHEET_NAME = "绩效目标表"
_LINE_POINTS = 15.5
_PADDING_POINTS = 5
_TALLEST_POINTS = 409
"""No spreadsheet program shows a row higher than this."""

_HEIGHTS: dict[Role, float] = {"title": 40, "year": 24, "heading": 30}
_LOWEST_POINTS = 20.5
_MODIFIED = re.compile(rb"(<dcterms:modified[^>]*>)[^<]*(</dcterms:modified>)")
FIXED_CLOCK = "2023-01-01T00:00:00Z"


def new_workbook(title: str) -> Workbook:
    """Return an empty workbook with the form's fonts and a fixed creation date."""

    from openpyxl import Workbook
    from openpyxl.styles import Font

    workbook = Workbook()
    while workbook.worksheets:
        workbook.remove(workbook.worksheets[0])
    workbook.properties.title = title
    workbook.properties.creator = ""
    workbook.properties.created = datetime.datetime(2023, 1, 1)  # noqa: DTZ001 - the file format knows no zone
    workbook._fonts[0] = Font(name="宋体", size=11, family=2, charset=134)  # type: ignore[attr-defined]
    for style in _styles():
        workbook.add_named_style(style)
    return workbook


def draw(layout: Layout, workbook: Workbook, name: str = SHEET_NAME) -> Worksheet:
    """Add a sheet with the form on it, filled as it was laid out, and return the sheet."""
    sheet: Worksheet = workbook.create_sheet(name)
    for box in layout.boxes:
        draw_box(sheet, box)
    for column, width in enumerate(layout.form.widths):
        sheet.column_dimensions[chr(65 + column)].width = width
    for row, height in enumerate(row_heights(layout), 1):
        sheet.row_dimensions[row].height = height
    set_up_print(sheet, len(layout.form.widths), layout.rows)
    return sheet


def write(cell: Cell | MergedCell, value: str | Decimal | None) -> None:
    """Put a value into a cell: a number as a number, a text as text whatever it begins with."""
    if isinstance(value, Decimal):
        cell.value = value
    elif value:
        cell.value = value
        cell.data_type = "s"


def workbook_bytes(workbook: Workbook, saved: str = FIXED_CLOCK) -> bytes:
    """Return the workbook as .xlsx bytes that depend on its content alone, not on when it is saved.

    `saved` is the date of last change the file states, as `2023-01-01T00:00:00Z`.
    """
    raw = io.BytesIO()
    workbook.save(raw)
    with zipfile.ZipFile(raw) as source:
        parts = {name: source.read(name) for name in source.namelist()}
    core = "docProps/core.xml"
    parts[core] = _MODIFIED.sub(rb"\g<1>" + saved.encode("ascii") + rb"\g<2>", parts[core])
    return clockless_zip(parts.items())


def text_lines(text: str, width: float) -> int:
    """Return how many printed lines a text takes in a column `width` characters wide.

    A Chinese character of the form's size takes two widths of a digit; half a character is kept free
    at the edge, because programs disagree about where a line ends.
    """
    return wrapped_lines(text, width - 1.5)


def row_heights(layout: Layout) -> list[float]:
    """Return the height of each row in points, such that every wrapped text is seen whole."""
    heights = [_LOWEST_POINTS] * layout.rows
    for field in layout.form.text_fields:
        place = layout.addresses.get(("forms", 0, field.key))
        if place is not None:
            heights[place[0] - 1] = field.height
    boxes = sorted(layout.boxes, key=lambda box: box.area[2] - box.area[0])
    for box in boxes:
        _make_room(heights, box, layout.form.widths)
    return [min(round(height * 2) / 2, _TALLEST_POINTS) for height in heights]


def _make_room(heights: list[float], box: Box, widths: tuple[float, ...]) -> None:
    """Raise the rows of a box to what its text needs; one box over several rows raises all of them alike."""
    top, left, bottom, right = box.area
    text = box.value if isinstance(box.value, str) else ""
    needed = text_lines(text, sum(widths[left - 1 : right])) * _LINE_POINTS + _PADDING_POINTS
    needed = max(needed, _HEIGHTS.get(box.role, 0))
    missing = needed - sum(heights[top - 1 : bottom])
    if missing > 0:
        for row in range(top, bottom + 1):
            heights[row - 1] += missing / (bottom - top + 1)


def draw_box(sheet: Worksheet, box: Box) -> None:
    """Draw one box: its look by role, its value, its merge."""
    top, left, bottom, right = box.area
    for row in range(top, bottom + 1):
        for column in range(left, right + 1):
            sheet.cell(row, column).style = box.role
    write(sheet.cell(top, left), box.value)
    if (top, left) != (bottom, right):
        sheet.merge_cells(start_row=top, start_column=left, end_row=bottom, end_column=right)


_LOOK: dict[Role, tuple[str, float, bool, str]] = {
    "title": ("宋体", 18, True, "center"),
    "year": ("宋体", 12, False, "center"),
    "label": ("宋体", 10.5, True, "center"),
    "heading": ("宋体", 10.5, True, "center"),
    "text": ("仿宋", 10.5, False, "left"),
    "name": ("仿宋", 10.5, False, "left"),
    "amount": ("宋体", 10.5, False, "right"),
    "level": ("宋体", 10.5, False, "center"),
    "key_task": ("仿宋", 10.5, False, "left"),
    "indicator": ("仿宋", 10.5, False, "left"),
    "target": ("仿宋", 10.5, False, "center"),
    "empty": ("宋体", 10.5, False, "center"),
}
"""Font, size, bold and horizontal alignment by role."""


def _styles() -> list[NamedStyle]:
    from openpyxl.styles import Alignment, Border, Font, NamedStyle, Side

    line = Side(style="thin", color="000000")
    box = Border(left=line, right=line, top=line, bottom=line)
    styles = []
    for role, (font, size, bold, horizontal) in _LOOK.items():
        style = NamedStyle(name=role)
        style.font = Font(name=font, size=size, bold=bold, charset=134)
        indent = 1 if role == "amount" else 0
        style.alignment = Alignment(horizontal=horizontal, vertical="center", wrap_text=True, indent=indent)
        style.border = Border() if role in ("title", "year") else box
        style.number_format = "@" if role == "target" else "General"
        styles.append(style)
    return styles


def set_up_print(sheet: Worksheet, columns: int, rows: int) -> None:
    """Print on A4 upright, one page wide, the title on every page and the page number below."""
    from openpyxl.worksheet.header_footer import HeaderFooter, HeaderFooterItem, _HeaderFooterPart
    from openpyxl.worksheet.page import PageMargins
    from openpyxl.worksheet.properties import PageSetupProperties

    sheet.page_setup.orientation = "portrait"
    sheet.page_setup.paperSize = 9  # A4
    sheet.page_setup.fitToWidth = 1
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.page_margins = PageMargins(left=0.6, right=0.6, top=0.7, bottom=0.7, header=0.3, footer=0.35)
    sheet.print_options.horizontalCentered = True
    sheet.HeaderFooter = HeaderFooter(
        oddFooter=HeaderFooterItem(center=_HeaderFooterPart("第 &P 页，共 &N 页", size=9))
    )
    sheet.print_title_rows = "1:2"
    sheet.print_area = f"A1:{chr(64 + columns)}{rows}"
    sheet.sheet_view.showGridLines = False
    sheet.sheet_view.zoomScale = 100
