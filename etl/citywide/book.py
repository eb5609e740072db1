"""How a sheet of the city's workbook looks: title, headings, filter, frozen rows, print set-up, formats.

Texts are always written as strings; nothing that came out of a workbook is ever taken for a formula, a
link or a number.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from etl.citywide.city import Source
from etl.report import clean

Kind = Literal["text", "wrap", "money", "count", "share", "code", "severity"]

FONT = "微软雅黑"
_BASE: dict[str, Any] = {
    "font_name": FONT,
    "font_size": 10,
    "valign": "vcenter",
    "border": 1,
    "border_color": "#D0D7E2",
}
_KINDS: dict[Kind, dict[str, Any]] = {
    "text": {},
    "wrap": {"text_wrap": True},
    "money": {"num_format": "#,##0.00##;[Red]-#,##0.00##", "align": "right"},
    "count": {"num_format": '0;-0;"·"', "align": "center"},
    "share": {"num_format": "0.0%", "align": "right"},
    "code": {"align": "center"},
    "severity": {"align": "center", "bold": True},
}
_STYLES: dict[str, dict[str, Any]] = {
    "title": {"border": 0, "font_size": 16, "bold": True, "font_color": "#1F3864"},
    "note": {"border": 0, "font_size": 9, "font_color": "#5A6478"},
    "heading": {
        "bold": True, "font_color": "#FFFFFF", "bg_color": "#2F5597", "align": "center", "text_wrap": True,
    },
    "total": {"bold": True, "bg_color": "#E8EEF9"},
    "error": {"bg_color": "#FBE0E0", "font_color": "#A61C1C"},
    "warning": {"bg_color": "#FFF1D6", "font_color": "#8A5A00"},
    "info": {"bg_color": "#E3EEFB", "font_color": "#1F5FA8"},
    "good": {"bg_color": "#E2F3E5", "font_color": "#1E6B32", "bold": True},
    "bad": {"bg_color": "#FBE0E0", "font_color": "#A61C1C", "bold": True},
    "quiet": {"font_color": "#8993A5"},
    "link": {"font_color": "#1F5FA8", "underline": 1},
}  # fmt: skip
LONGEST = 32_000
FIRST_ROW = 3
"""The row (from 0) of the headings: the title and a note stand above, one row is left free."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its heading, width in characters, and what its cells hold."""

    heading: str
    width: float
    kind: Kind = "text"


@dataclass(frozen=True, slots=True)
class Value:
    """A cell's content with a style of its own or a source to link to."""

    value: Any
    style: str = ""
    source: Source | None = None


class Book:
    """An xlsxwriter workbook with the formats of this program, each made once."""

    def __init__(self, workbook: Any) -> None:
        self.workbook = workbook
        self._formats: dict[tuple[str, ...], Any] = {}

    def format(self, *names: str) -> Any:
        """Return the format of a kind with styles laid over it."""
        if names not in self._formats:
            properties = dict(_BASE)
            for name in names:
                properties |= _KINDS.get(name, {}) | _STYLES.get(name, {})  # type: ignore[call-overload]
            self._formats[names] = self.workbook.add_format(properties)
        return self._formats[names]

    def sheet(
        self, name: str, title: str, note: str, columns: Sequence[Column], tab: str = "#2F5597"
    ) -> Table:
        """Add a sheet with title, note and headings, and return it ready for rows."""
        sheet = self.workbook.add_worksheet(name)
        for number, column in enumerate(columns):
            sheet.set_column(number, number, column.width)
        sheet.set_row(0, 28)
        sheet.write_string(0, 0, title, self.format("title"))
        sheet.write_string(1, 0, note, self.format("note"))
        sheet.set_row(FIRST_ROW, 32)
        for number, column in enumerate(columns):
            sheet.write_string(FIRST_ROW, number, column.heading, self.format("heading"))
        sheet.freeze_panes(FIRST_ROW + 1, 0)
        _print_setup(sheet, tab)
        return Table(self, sheet, columns, FIRST_ROW + 1)


def _print_setup(sheet: Any, tab: str) -> None:
    sheet.set_tab_color(tab)
    sheet.hide_gridlines(2)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    sheet.repeat_rows(FIRST_ROW)
    sheet.set_footer("&L&A&R第 &P 页，共 &N 页")


class Table:
    """A sheet being filled row by row."""

    def __init__(self, book: Book, sheet: Any, columns: Sequence[Column], row: int) -> None:
        self.book = book
        self.sheet = sheet
        self.columns = columns
        self.row = row
        self.first = row

    def add(self, values: Sequence[Any], style: str = "") -> int:
        """Write a row and return its number (from 0)."""
        for number, (column, value) in enumerate(zip(self.columns, values, strict=True)):
            self._write(number, column.kind, value if isinstance(value, Value) else Value(value), style)
        self.row += 1
        return self.row - 1

    def _write(self, number: int, kind: Kind, value: Value, style: str) -> None:
        form = self.book.format(kind, *(name for name in (style, value.style) if name))
        if value.source is not None and value.source.link:
            text = "" if not isinstance(value.value, str) else clean(value.value)[:255]
            tip = clean(value.source.text)[:255]
            self.sheet.write_url(self.row, number, value.source.link, form, text or " ", tip)
        content = value.value
        if content is None or content == "":
            self.sheet.write_blank(self.row, number, None, form)
        elif isinstance(content, Decimal | int | float):
            self.sheet.write_number(self.row, number, float(content), form)
        else:
            self.sheet.write_string(self.row, number, clean(str(content))[:LONGEST], form)

    def sums(self, label: str, exact: Sequence[Any], label_columns: int) -> int:
        """Write a row of live sums over all rows so far, with their exact results as cached values."""
        from xlsxwriter.utility import xl_range

        for number, column in enumerate(self.columns):
            form = self.book.format(column.kind, "total")
            if number < label_columns or exact[number] is None:
                self.sheet.write_string(self.row, number, label if number == 0 else "", form)
            else:
                area = xl_range(self.first, number, max(self.row - 1, self.first), number)
                self.sheet.write_formula(self.row, number, f"=SUM({area})", form, float(exact[number]))
        self.row += 1
        return self.row - 1

    def filter(self) -> None:
        """Put a filter on the headings over all rows written."""
        last = max(self.row - 1, self.first)
        self.sheet.autofilter(FIRST_ROW, 0, last, len(self.columns) - 1)
