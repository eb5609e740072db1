"""Reads what is not OOXML: Excel 97–2003 and WPS .et (both BIFF8), and OpenDocument sheets.

These cannot be marked by patching (`etl.sheets.as_xlsx`).
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any, Literal

from etl.cell.grid import LAST_COLUMN, LAST_ROW, Address, Area, Cell, Kind, Sheet, Workbook
from etl.package.parts import MOST_TABS, too_many_tabs
from etl.safe.areas import size
from etl.safe.unreadable import MOST_CELLS, Unreadable, too_many_cells
from etl.sheets.bare_values import read_bare
from etl.sheets.ods_styles import Styles, read_styles
from etl.sheets.workbook import LARGEST_MERGE, MOST_MERGES

_ENCRYPTED = Unreadable("encrypted", "文件有打开密码,请取消密码后重新报送", "the file has a password")
_XLS_KINDS: dict[int, Kind] = {1: "text", 2: "number", 3: "number", 4: "bool", 5: "error"}


def read_legacy(data: bytes, kind: Literal["xls", "ods"]) -> Workbook:
    """Return the sheets of an .xls, .et or .ods file; raises `Unreadable` for a damaged or encrypted one."""
    return _read_xls(data) if kind == "xls" else _read_ods(data)


def _read_xls(data: bytes) -> Workbook:
    """Return the sheets of an old workbook; one that is not quite sound is read by another library, without formats."""
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
        if "ncrypt" in str(error):
            raise _ENCRYPTED from error
        return read_bare(data)
    except Exception:  # a damaged file makes the library fail in any way at all
        return read_bare(data)
    if not sheets:
        raise Unreadable("no_sheet", "工作簿中没有工作表", "the workbook has no worksheet")
    formats = tuple(book.format_map[xf.format_key].format_str for xf in book.xf_list)
    struck, white = _xls_unseen(book)
    return Workbook(sheets, formats, bool(book.datemode), kind="xls", struck=struck, white=white)


def _xls_unseen(book: Any) -> tuple[frozenset[int], frozenset[int]]:
    """Return the formats whose text is struck out, and those whose text is white on no fill or a white one."""

    def is_white(index: int) -> bool:
        return bool(book.colour_map.get(index) == (255, 255, 255))

    fonts = [(font.struck_out, is_white(font.colour_index)) for font in book.font_list]
    styles = [
        (n, *fonts[xf.font_index], xf.background)
        for n, xf in enumerate(book.xf_list)
        if xf.font_index < len(fonts)
    ]
    return frozenset(n for n, struck, _, _ in styles if struck), frozenset(
        n for n, _, white, fill in styles
        if white and (not fill.fill_pattern or is_white(fill.pattern_colour_index))
    )  # fmt: skip


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


def _read_ods(data: bytes) -> Workbook:
    from etl.package.container import read_container
    from etl.package.parts import Budget, Package

    package = Package(read_container(data, Budget().entries), Budget())
    if not package.has("content.xml"):
        raise Unreadable("damaged", "文件缺少内容部分", "the file has no content part")
    root = package.xml("content.xml")
    hidden = _ods_hidden_styles(root)
    warnings: list[str] = []
    styles = read_styles([*([package.xml("styles.xml")] if package.has("styles.xml") else []), root])
    sheets = tuple(_ods_sheet(table, hidden, warnings, styles) for table in _tables(root))
    if not sheets:
        raise Unreadable("no_sheet", "工作簿中没有工作表", "the workbook has no worksheet")
    return Workbook(
        sheets, styles.formats, warnings=tuple(dict.fromkeys(warnings)), kind="ods",
        struck=styles.among(styles.struck_names), white=styles.among(styles.white_names),
    )  # fmt: skip


def _tables(root: Any) -> list[Any]:
    """Return the sheets of a document; raises `Unreadable` for more of them than are read."""
    tables = list(root.iter(f"{_TABLE}table"))
    if len(tables) > MOST_TABS:
        raise too_many_tabs()
    return tables


def _ods_hidden_styles(root: Any) -> frozenset[str]:
    style = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
    return frozenset(
        entry.get(f"{style}name")
        for entry in root.iter(f"{style}style")
        for properties in entry.iter(f"{style}table-properties")
        if properties.get(f"{_TABLE}display") == "false"
    )


def _ods_sheet(table: Any, hidden: frozenset[str], warnings: list[str], styles: Styles) -> Sheet:
    cells: dict[Address, Cell] = {}
    merges: list[Area] = []
    hidden_rows: set[int] = set()
    row_number = 1
    usual = tuple(_column_styles(table))
    for row in table.iter(f"{_TABLE}table-row"):
        repeated = _number(row, "rows-repeated")
        if len(cells) + repeated * _width(row) > MOST_CELLS:
            raise too_many_cells()
        if row.get(f"{_TABLE}visibility") in ("collapse", "filter"):
            hidden_rows.add(row_number)
        for again in range(repeated if _width(row) else 1):
            _ods_row(row, row_number + again, cells, merges, styles, usual)
        row_number += repeated
        if row_number > LAST_ROW:
            break
    state: Literal["visible", "hidden"] = (
        "hidden" if table.get(f"{_TABLE}style-name") in hidden else "visible"
    )
    sound = [area for area in merges if size(area) <= LARGEST_MERGE]
    warnings += ["huge_merge"] * (len(sound) < len(merges))
    warnings += ["too_many_merges"] * (len(sound) > MOST_MERGES)
    name = table.get(f"{_TABLE}name") or ""
    return Sheet(name, cells, tuple(sound[:MOST_MERGES]), state, frozenset(hidden_rows))


def _width(row: Any) -> int:
    """Return how many cells of a row hold something, repeated ones as often as they stand there."""
    return sum(min(_number(cell, "columns-repeated"), LAST_COLUMN) for cell in row if len(cell))


def _column_styles(table: Any) -> Iterator[tuple[int, str]]:
    """Yield the last column of each stretch of columns with the style that its cells have by default."""
    last = 0
    for element in islice(table.iter(f"{_TABLE}table-column"), LAST_COLUMN):
        last += _number(element, "columns-repeated")
        yield last, element.get(f"{_TABLE}default-cell-style-name") or ""


def _ods_row(
    row: Any,
    number: int,
    cells: dict[Address, Cell],
    merges: list[Area],
    styles: Styles,
    usual: tuple[tuple[int, str], ...],
) -> None:
    column = 1
    for element in row:
        if element.tag not in (f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell"):
            continue
        repeated = _number(element, "columns-repeated")
        cell = (
            _ods_cell(element, _style_of(element, row, column, usual), styles)
            if element.tag == f"{_TABLE}table-cell" and len(element)
            else None
        )
        for at in range(column, min(column + repeated, LAST_COLUMN + 1)) if cell else ():
            cells[number, at] = cell  # type: ignore[assignment]
        rows, columns = _number(element, "rows-spanned"), _number(element, "columns-spanned")
        if rows * columns > 1 and len(merges) <= MOST_MERGES:
            merges.append((number, column, number + rows - 1, column + columns - 1))
        column += repeated
        if column > LAST_COLUMN:
            return


def _style_of(element: Any, row: Any, column: int, usual: tuple[tuple[int, str], ...]) -> str:
    own = element.get(f"{_TABLE}style-name") or row.get(f"{_TABLE}default-cell-style-name")
    return own or next((name for last, name in usual if column <= last), "")


def _ods_cell(element: Any, style: str, styles: Styles) -> Cell | None:
    text = "\n".join(_ods_text(paragraph) for paragraph in element if paragraph.tag == f"{_TEXT}p").strip()
    formula = element.get(f"{_TABLE}formula")
    kind = element.get(f"{_OFFICE}value-type")
    if kind in ("float", "percentage", "currency"):
        return Cell("number", element.get(f"{_OFFICE}value") or "", styles.of(style, kind), formula)
    if kind == "date":
        return Cell("date", text, styles.of(style, kind), formula)
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
