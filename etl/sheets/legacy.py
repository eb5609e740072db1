"""Reads what is not OOXML: Excel 97–2003 and WPS .et (both BIFF8), and OpenDocument sheets.

These cannot be marked by patching; `as_xlsx` gives the same grid, values and merges as an .xlsx.
"""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from etl.safe.unreadable import MOST_CELLS, Unreadable, too_many_cells
from etl.sheets.grid import LAST_COLUMN, LAST_ROW, Address, Area, Cell, Kind, Sheet, Workbook

if TYPE_CHECKING:
    from collections.abc import Callable

_DAMAGED = Unreadable("damaged", "文件损坏,无法读取", "the file is damaged")
_ENCRYPTED = Unreadable("encrypted", "文件有打开密码,请取消密码后重新报送", "the file has a password")
_XLS_KINDS: dict[int, Kind] = {1: "text", 2: "number", 3: "number", 4: "bool", 5: "error"}


def read_legacy(data: bytes, kind: Literal["xls", "ods"]) -> Workbook:
    """Return the sheets of an .xls, .et or .ods file; raises `Unreadable` for a damaged or encrypted one."""
    return _read_xls(data) if kind == "xls" else _read_ods(data)


def _read_xls(data: bytes) -> Workbook:
    import xlrd

    try:
        with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
            book = xlrd.open_workbook(
                file_contents=data, formatting_info=True, ragged_rows=True, logfile=nowhere
            )
            sheets = tuple(_xls_sheet(sheet) for sheet in book.sheets())
    except Unreadable:
        raise
    except xlrd.XLRDError as error:
        raise (_ENCRYPTED if "ncrypt" in str(error) else _DAMAGED) from error
    except Exception as error:  # a damaged file makes the library fail in any way at all
        raise _DAMAGED from error
    if not sheets:
        raise Unreadable("no_sheet", "工作簿中没有工作表", "the workbook has no worksheet")
    formats = tuple(book.format_map[xf.format_key].format_str for xf in book.xf_list)
    return Workbook(sheets, formats, bool(book.datemode), kind="xls")


def _xls_sheet(sheet: Any) -> Sheet:
    cells: dict[Address, Cell] = {}
    for row in range(sheet.nrows):
        for column in range(sheet.row_len(row)):
            cell = _xls_cell(sheet.cell(row, column))
            if cell is not None:
                cells[row + 1, column + 1] = cell
    merges = tuple((top + 1, left + 1, bottom, right) for top, bottom, left, right in sheet.merged_cells)
    hidden = frozenset(row + 1 for row, facts in sheet.rowinfo_map.items() if facts.hidden)
    columns = tuple((c + 1, c + 1) for c, facts in sorted(sheet.colinfo_map.items()) if facts.hidden)
    states: dict[int, Literal["visible", "hidden", "veryHidden"]] = {1: "hidden", 2: "veryHidden"}
    return Sheet(sheet.name, cells, merges, states.get(sheet.visibility, "visible"), hidden, columns)


def _xls_cell(cell: Any) -> Cell | None:
    import xlrd

    kind = _XLS_KINDS.get(cell.ctype)
    if kind is None or (kind == "text" and not cell.value.strip()):
        return None
    if kind == "error":
        return Cell("error", xlrd.error_text_from_code.get(cell.value, "#ERR"), cell.xf_index)
    raw = repr(float(cell.value)) if kind == "number" else str(cell.value)
    return Cell(kind, raw.removesuffix(".0") if kind == "number" else raw, cell.xf_index)


_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_ODS_BLANKS = {f"{_TEXT}s": " ", f"{_TEXT}tab": "\t", f"{_TEXT}line-break": "\n"}
_ODS_NO_TEXT = frozenset({f"{_TEXT}note", f"{_TEXT}ruby-text", f"{_TEXT}bookmark"})
_MOST_BLANKS = 1_000
"""Blanks in a row that are kept of a text."""
_ODS_FORMATS = ("General", "0.######%", "yyyy/m/d")


def _read_ods(data: bytes) -> Workbook:
    from etl.package.container import read_container
    from etl.package.parts import Budget, Package

    package = Package(read_container(data, Budget().entries), Budget())
    if not package.has("content.xml"):
        raise Unreadable("damaged", "文件缺少内容部分", "the file has no content part")
    root = package.xml("content.xml")
    hidden = _ods_hidden_styles(root)
    sheets = tuple(_ods_sheet(table, hidden) for table in root.iter(f"{_TABLE}table"))
    if not sheets:
        raise Unreadable("no_sheet", "工作簿中没有工作表", "the workbook has no worksheet")
    return Workbook(sheets, _ODS_FORMATS, kind="ods")


def _ods_hidden_styles(root: Any) -> frozenset[str]:
    style = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
    return frozenset(
        entry.get(f"{style}name")
        for entry in root.iter(f"{style}style")
        for properties in entry.iter(f"{style}table-properties")
        if properties.get(f"{_TABLE}display") == "false"
    )


def _ods_sheet(table: Any, hidden: frozenset[str]) -> Sheet:
    cells: dict[Address, Cell] = {}
    merges: list[Area] = []
    hidden_rows: set[int] = set()
    row_number = 1
    for row in table.iter(f"{_TABLE}table-row"):
        repeated = _number(row, "rows-repeated")
        if len(cells) + repeated * _width(row) > MOST_CELLS:
            raise too_many_cells()
        if row.get(f"{_TABLE}visibility") in ("collapse", "filter"):
            hidden_rows.add(row_number)
        for again in range(repeated if _width(row) else 1):
            _ods_row(row, row_number + again, cells, merges)
        row_number += repeated
        if row_number > LAST_ROW:
            break
    state: Literal["visible", "hidden"] = (
        "hidden" if table.get(f"{_TABLE}style-name") in hidden else "visible"
    )
    return Sheet(table.get(f"{_TABLE}name") or "", cells, tuple(merges), state, frozenset(hidden_rows))


def _width(row: Any) -> int:
    """Return how many cells of a row hold something, repeated ones as often as they stand there."""
    return sum(min(_number(cell, "columns-repeated"), LAST_COLUMN) for cell in row if len(cell))


def _ods_row(row: Any, number: int, cells: dict[Address, Cell], merges: list[Area]) -> None:
    column = 1
    for element in row:
        if element.tag not in (f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell"):
            continue
        repeated = _number(element, "columns-repeated")
        cell = _ods_cell(element) if element.tag == f"{_TABLE}table-cell" and len(element) else None
        for at in range(column, min(column + repeated, LAST_COLUMN + 1)) if cell else ():
            cells[number, at] = cell  # type: ignore[assignment]
        rows, columns = _number(element, "rows-spanned"), _number(element, "columns-spanned")
        if rows * columns > 1:
            merges.append((number, column, number + rows - 1, column + columns - 1))
        column += repeated
        if column > LAST_COLUMN:
            return


def _ods_cell(element: Any) -> Cell | None:
    text = "\n".join(_ods_text(paragraph) for paragraph in element if paragraph.tag == f"{_TEXT}p").strip()
    formula = element.get(f"{_TABLE}formula")
    kind = element.get(f"{_OFFICE}value-type")
    if kind in ("float", "percentage", "currency"):
        style = 1 if kind == "percentage" else 0
        return Cell("number", element.get(f"{_OFFICE}value") or "", style, formula)
    if kind == "date":
        return Cell("date", text, 2, formula)
    if text.startswith("#") and formula:
        return Cell("error", text, 0, formula)
    return Cell("text", text, 0, formula) if text else None


def _ods_text(element: Any) -> str:
    """Return the text of a paragraph of a cell; a note, a picture or a ruby text in it is none of the cell's."""
    parts = [element.text or ""]
    for child in element:
        if child.tag in _ODS_BLANKS:
            count = child.get(f"{_TEXT}c") or "1"
            times = min(int(count), _MOST_BLANKS) if count.isascii() and count.isdigit() else 1
            parts.append(_ODS_BLANKS[child.tag] * times)
        elif isinstance(child.tag, str) and child.tag.startswith(_TEXT) and child.tag not in _ODS_NO_TEXT:
            parts.append(_ods_text(child))
        parts.append(child.tail or "")
    return "".join(parts)


def _number(element: Any, what: str) -> int:
    text = element.get(f"{_TABLE}number-{what}") or "1"
    return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 11 else 1


def as_xlsx(workbook: Workbook) -> bytes:
    """Return a read workbook as .xlsx bytes: the same grid, values, number formats and merges.

    The return of a file that cannot be patched; formulas come back as the results they showed.
    """
    import xlsxwriter

    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True})
    book.set_properties({"created": _fixed_date()})
    formats = _Formats(book, workbook.formats)
    for sheet in workbook.sheets:
        _write_sheet(book.add_worksheet(sheet.name[:31]), sheet, formats)
    book.close()
    return stream.getvalue()


def _fixed_date() -> Any:
    import datetime

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


def _write_sheet(target: Any, sheet: Sheet, formats: _Formats) -> None:
    for top, left, bottom, right in _drawable(sheet.merges):
        target.merge_range(top - 1, left - 1, bottom - 1, right - 1, "", formats(0))
    for (row, column), cell in sheet.cells.items():
        _write_cell(target, row - 1, column - 1, cell, formats(cell.style))
    for column, width in _widths(sheet).items():
        target.set_column(column - 1, column - 1, width)
    for row in sheet.hidden_rows:
        target.set_row(row - 1, None, None, {"hidden": True})
    if sheet.state != "visible":
        target.hide()


def _write_cell(target: Any, row: int, column: int, cell: Cell, form: Any) -> None:
    if cell.kind == "number":
        try:
            target.write_number(row, column, float(cell.raw), form)
            return
        except (ValueError, TypeError):
            pass  # not a number after all: it goes back as the text it was
    target.write_string(row, column, cell.raw[:32_767], form)


def _drawable(merges: tuple[Area, ...]) -> Iterator[Area]:
    """Yield the merges that span cells and overlap none before them."""
    taken: list[Area] = []
    for top, left, bottom, right in merges:
        clash = any(t <= bottom and top <= b and le <= right and left <= r for t, le, b, r in taken)
        if (top, left) != (bottom, right) and not clash:
            taken.append((top, left, bottom, right))
            yield top, left, bottom, right


def _widths(sheet: Sheet) -> dict[int, float]:
    """Return a width for each column from its texts: wide enough to read, never wider than a page."""
    widths: dict[int, float] = {}
    for (_, column), cell in sheet.cells.items():
        longest = max((len(line) for line in cell.raw.split("\n")), default=0)
        widths[column] = max(widths.get(column, 9), min(2.1 * longest + 2, 32))
    return widths
