"""Writes a workbook that cannot be marked by patching as .xlsx: the same grid, values, number formats and merges."""

from __future__ import annotations

import datetime
import io
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from etl.cell.grid import Cell, Sheet, Workbook
from etl.safe.areas import Area, apart, size, within

LONGEST_NAME, LONGEST_TEXT = 31, 32_767
"""Of a tab's name and of a cell's text, as Excel counts."""
MOST_MERGED = 200_000
"""Cells of merged areas in one file that are written, because each of them is: a form has a few hundred."""
_FORBIDDEN = re.compile(r"[\x00-\x1f\ud800-\udfff\ufffe\uffff\\/?*\[\]:]")


def tab_names(names: Sequence[str]) -> list[str]:
    """Return for each name of a sheet one that a tab of .xlsx can have, no two alike; what can stay stays."""
    taken = {name.casefold() for name in names if _fitting(name) == name}
    kept = set[str]()
    return [_tab_name(name, taken, kept) for name in names]


def _tab_name(name: str, taken: set[str], kept: set[str]) -> str:
    new = _fitting(name)
    if new == name and new.casefold() not in kept:
        kept.add(new.casefold())
        return new
    stem, number = new, 1
    while new.casefold() in taken | kept:
        number += 1
        ending = f"({number})"
        new = _cut(stem, LONGEST_NAME - len(ending)) + ending
    kept.add(new.casefold())
    return new


def _fitting(name: str) -> str:
    """Return a name without what no tab may hold, cut to the length a tab may have; 工作表 for none."""
    plain = _FORBIDDEN.sub("_", name)
    if plain.startswith("'"):
        plain = f"_{plain[1:]}"
    plain = _cut(plain, LONGEST_NAME)
    if plain.endswith("'"):
        plain = f"{plain[:-1]}_"
    if plain.casefold() == "history":  # Excel keeps this one to itself
        plain = f"{plain}_"
    return plain if plain.strip() else "工作表"


def _cut(text: str, most: int) -> str:
    """Return a text of at most so many units of UTF-16, which is how Excel counts."""
    return text.encode("utf-16-le")[: 2 * most].decode("utf-16-le", "ignore")


def as_xlsx(workbook: Workbook) -> bytes:
    """Return a read workbook as .xlsx bytes, its tabs under the names that `tab_names` gives.

    Formulas come back as the results they showed. Merged areas lie within what is filled; of those that overlap
    the upper one is written.
    """
    import xlsxwriter

    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True})
    book.set_properties({"created": _fixed_date()})
    formats = _Formats(book, workbook.formats)
    room = MOST_MERGED
    names = tab_names([sheet.name for sheet in workbook.sheets])
    visible = any(sheet.state == "visible" for sheet in workbook.sheets)
    for name, sheet in zip(names, workbook.sheets, strict=True):
        merges = list(_drawable(sheet, room))
        room -= sum(map(size, merges))
        target = book.add_worksheet(name)
        _write_sheet(target, sheet, merges, formats)
        if sheet.state != "visible" and visible:
            target.hide()
    if visible:  # a workbook opens on a tab that can be seen
        first = next(n for n, sheet in enumerate(workbook.sheets) if sheet.state == "visible")
        book.worksheets()[first].activate()
        book.worksheets()[first].set_first_sheet()
    book.close()
    return stream.getvalue()


def _fixed_date() -> Any:
    return datetime.datetime(2023, 1, 1)  # noqa: DTZ001 - the file format knows no zone


class _Formats:
    """The workbook's number formats as xlsxwriter formats, made once each."""

    def __init__(self, book: Any, codes: tuple[str, ...]) -> None:
        self._make: Callable[[dict[str, Any]], Any] = book.add_format
        self._codes = codes
        self._made: dict[str, Any] = {}

    def __call__(self, style: int) -> Any:
        code = self._codes[style] if style < len(self._codes) else "General"
        if code not in self._made:
            self._made[code] = self._make(
                {"num_format": code, "text_wrap": True, "valign": "vcenter", "border": 1, "font_name": "宋体"}
            )
        return self._made[code]


def _write_sheet(target: Any, sheet: Sheet, merges: Sequence[Area], formats: _Formats) -> None:
    for top, left, bottom, right in merges:
        target.merge_range(top - 1, left - 1, bottom - 1, right - 1, "", formats(0))
    for (row, column), cell in sheet.cells.items():
        _write_cell(target, row - 1, column - 1, cell, formats(cell.style))
    for column, width in _widths(sheet).items():
        target.set_column(column - 1, column - 1, width)
    for row in sheet.hidden_rows:
        target.set_row(row - 1, None, None, {"hidden": True})


def _write_cell(target: Any, row: int, column: int, cell: Cell, form: Any) -> None:
    if cell.kind == "number":
        try:
            target.write_number(row, column, float(cell.raw), form)
            return
        except (ValueError, TypeError):
            pass  # not a number after all: it goes back as the text it was
    target.write_string(row, column, _cut(cell.raw, LONGEST_TEXT), form)


def _drawable(sheet: Sheet, room: int) -> Iterator[Area]:
    """Yield the merged areas that are written: apart, of more than one cell, within what is filled."""
    last_row = max((row for row, _ in sheet.cells), default=0)
    last_column = max((column for _, column in sheet.cells), default=0)
    for area in apart(within(sheet.merges, last_row, last_column))[0]:
        if 1 < size(area) <= room:
            room -= size(area)
            yield area


def _widths(sheet: Sheet) -> dict[int, float]:
    """Return a width for each column from its texts: wide enough to read, never wider than a page."""
    widths: dict[int, float] = {}
    for (_, column), cell in sheet.cells.items():
        longest = max((len(line) for line in cell.raw.split("\n")), default=0)
        widths[column] = max(widths.get(column, 9), min(2.1 * longest + 2, 32))
    return widths
