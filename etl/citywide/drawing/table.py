"""A sheet of the city's workbook being filled from top to bottom; goes on in another sheet where one is full."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from etl.citywide.drawing.book import A3, A4, BLUE, FIRST_ROW, WIDE, Book, Column, Kind, Value
from etl.citywide.drawing.links import put_links_aside, write_link
from etl.citywide.drawing.text import lines_of, safe_text
from etl.citywide.drawing.written_rows import QuickRows, can_write

LONG_LIST = "清单较长，供筛选查阅，不必打印。"
"""Said at the head of lists that are many pages on paper."""
FINDINGS = "问题清单"
"""The sheet that amounts in doubt lead to."""
LINE = 14.5
"""Points a line of text takes."""


@dataclass(frozen=True, slots=True)
class Part:
    """The rows of a table on one sheet: its name, first and last row (from 0)."""

    name: str
    first: int
    last: int


class Table:
    """A sheet being filled row by row."""

    def __init__(self, book: Book, sheet: Any, columns: Sequence[Column], row: int) -> None:
        self.book = book
        self.sheet = sheet
        self.columns = columns
        self.row = row
        self.first = row
        self.full: list[Part] = []
        self.options: dict[str, Any] = {}
        self._quick: QuickRows | None = None
        self._wrapped = [(n, int(c.width) - 1) for n, c in enumerate(columns) if c.kind == "wrap"]

    def add(self, values: Sequence[Any], style: str = "", height: float | None = None) -> int:
        """Write a row, as high as its wrapped texts need, and return its number (from 0)."""
        if self.row - self.first >= self.book.most_rows:
            self._continue()
        if height is None and (lines := self._lines(values)) > 1:
            height = min(400.0, LINE * lines)
        if self._quick is not None:
            self._quick.add(self.row, values, style, height)
            self.row += 1
            return self.row - 1
        if height is not None or self.options:
            self.sheet.set_row(self.row, height, None, self.options)
        for number, (column, value) in enumerate(zip(self.columns, values, strict=True)):
            self.write(number, column.kind, value, style)
        self.row += 1
        return self.row - 1

    def long(self, level: int = 0) -> Table:
        """Return the table, ready for thousands of rows: they are written in one go where that can be done.

        `level`: how deep the rows are folded.
        """
        if can_write(self.sheet) and self.book.quick:
            self._quick = self._quick or QuickRows(self.book, self.sheet, self.columns, level)
        elif level:
            self.options = {"level": level}
        return self

    def _lines(self, values: Sequence[Any]) -> int:
        """Return how many lines the row needs; programs that open the file do not all work it out."""
        most = 1
        for number, width in self._wrapped:
            text = values[number]
            text = text.value if isinstance(text, Value) else text
            if isinstance(text, str) and (len(text) * 2 > width or "\n" in text):
                most = max(most, lines_of(text, width))
        return most

    def write(self, number: int, kind: Kind, content: Any, style: str = "") -> None:
        """Write one cell of the row being filled."""
        own, link, tip = "", "", ""
        if isinstance(content, Value):
            own, link, tip, content = content.style, content.link, content.tip, content.value
        form = self.book.format(kind, *(name for name in (style, own) if name))
        if link:
            write_link(self.sheet, self.row, number, link, content, tip, form)
        if content is None or content == "":
            self.sheet.write_blank(self.row, number, None, form)
        elif isinstance(content, str):
            self.sheet.write_string(self.row, number, safe_text(content), form)
        else:
            self.sheet.write_number(self.row, number, float(content), form)

    def _continue(self) -> None:
        """Go on in a sheet of the same columns, and say so at the end of this one."""
        name = self.sheet.get_name()
        base = self.full[0].name if self.full else name
        self.full.append(Part(name, self.first, self.row - 1))
        following = f"{base}({len(self.full) + 1})"
        note = self.book.format("note")
        self.sheet.write_string(self.row, 0, f"本表行数已满，续见工作表“{following}”。", note)
        self.sheet.autofilter(FIRST_ROW, 0, self.row - 1, len(self.columns) - 1)
        going_on = add_sheet(self.book, following, f"{base}（续）", f"接工作表“{name}”。", self.columns)
        self.book.sheets.pop()
        self.sheet, self.row, self.first = going_on.sheet, going_on.row, going_on.first
        if self._quick is not None:
            self._quick = self._quick.on(self.sheet)

    @property
    def parts(self) -> list[Part]:
        """Return where the rows written so far stand."""
        return [*self.full, Part(self.sheet.get_name(), self.first, max(self.row - 1, self.first))]

    def sums(self, label: str, exact: Sequence[Any], label_columns: int) -> int:
        """Write a row of live sums over all rows so far, with their exact results as cached values."""
        parts = self.parts
        for number, column in enumerate(self.columns):
            form = self.book.format(column.kind, "total")
            if number < label_columns or exact[number] is None:
                self.sheet.write_string(self.row, number, label if number == 0 else "", form)
            else:
                formula = "=" + "+".join(f"SUM({area(self, part, number)})" for part in parts)
                self.sheet.write_formula(self.row, number, formula, form, float(exact[number]))
        self.row += 1
        return self.row - 1

    def filter(self) -> None:
        """Put a filter on the headings over all rows written."""
        self.sheet.autofilter(FIRST_ROW, 0, max(self.row - 1, self.first), len(self.columns) - 1)


def area(table: Table, part: Part, column: int) -> str:
    """Return the range of a column over the rows of a part, as a formula on the table's sheet names it."""
    from xlsxwriter.utility import xl_range

    sheet = "" if part.name == table.sheet.get_name() else f"'{part.name}'!"
    return f"{sheet}{xl_range(part.first, column, part.last, column)}"


def row_link(book: Book, sheet: str, at: int, column: str = "H") -> str:
    """Return the link to a row of a list by its position; a list that fills a sheet goes on in another."""
    part, within = divmod(at, book.most_rows)
    name = sheet if part == 0 else f"{sheet}({part + 1})"
    return f"internal:'{name}'!{column}{FIRST_ROW + 2 + within}"


def add_sheet(
    book: Book, name: str, title: str, note: str, columns: Sequence[Column], tab: str = BLUE, *,
    headings: bool = True, groups: Sequence[tuple[str, int, int]] = (), height: float = 32, upright: int | None = None,
) -> Table:  # fmt: skip
    """Add a sheet with title, note and headings to the book, and return it ready for rows.

    `groups`: what stands above the headings from one column to another; `height`: of the headings; `upright`: the column
    from which on they stand upright.
    """
    if not any(known == name for known, _, _ in book.sheets):
        book.sheets.append((name, note, tuple(columns)))
    sheet = book.workbook.add_worksheet(name)
    put_links_aside(sheet)
    for number, column in enumerate(columns):
        sheet.set_column(number, number, column.width)
    sheet.set_row(0, 28)
    sheet.write_string(0, 0, title, book.format("title"))
    sheet.write_string(1, 0, note, book.format("note"))
    _set_up_print(sheet, tab, headings, sum(column.width for column in columns) > WIDE)
    if headings:
        _write_groups(book, sheet, groups)
        _write_headings(book, sheet, columns, height, len(columns) if upright is None else upright)
    return Table(book, sheet, columns, FIRST_ROW + 1 if headings else FIRST_ROW - 1)


def _write_groups(book: Book, sheet: Any, groups: Sequence[tuple[str, int, int]]) -> None:
    for text, first, last in groups:
        if last > first:
            sheet.merge_range(FIRST_ROW - 1, first, FIRST_ROW - 1, last, text, book.format("group"))
        else:
            sheet.write_string(FIRST_ROW - 1, first, text, book.format("group"))


def _write_headings(book: Book, sheet: Any, columns: Sequence[Column], height: float, upright: int) -> None:
    sheet.set_row(FIRST_ROW, height)
    for number, column in enumerate(columns):
        names = ("heading", "upright") if number >= upright else ("heading",)
        sheet.write_string(FIRST_ROW, number, column.heading, book.format(*names))
    sheet.freeze_panes(FIRST_ROW + 1, 0)


def _set_up_print(sheet: Any, tab: str, headings: bool, wide: bool) -> None:
    """Set a sheet up for A4 across (A3 where wide), one page wide, headings repeated."""
    sheet.set_tab_color(tab)
    sheet.hide_gridlines(2)
    sheet.set_landscape()
    sheet.set_paper(A3 if wide else A4)
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    if headings:
        sheet.repeat_rows(FIRST_ROW)
    sheet.set_footer("&L&A&R第 &P 页，共 &N 页")
