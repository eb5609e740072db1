"""Reads binary workbooks (.xlsb): values with their number formats, merged areas, what is hidden.

A library that reads such files drops the formats, and 30 % would be read as 0.3; so the records are read here. Their
layout is that of [MS-XLSB]; formulas are left out, their results are read.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import TYPE_CHECKING

from etl.cell.grid import LAST_COLUMN, LAST_ROW, Address, Area, Cell, Sheet, Workbook
from etl.cell.number_format import BUILT_IN
from etl.package.parts import no_binary_workbook
from etl.safe.unreadable import MOST_CELLS, too_many_cells
from etl.sheets.workbook import LARGEST_MERGE, MOST_MERGES

if TYPE_CHECKING:
    from etl.package.part_names import State
    from etl.package.parts import Package

_ROW, _FORMAT, _XF, _COLUMN, _RICH, _WORKBOOK, _SHEET, _MERGE = 0, 44, 47, 60, 62, 153, 156, 176
_STRING, _FORMATS, _FORMATS_END = 19, 617, 618
_LONGEST_TEXT = 40_000
_ERRORS = {
    0: "#NULL!", 7: "#DIV/0!", 15: "#VALUE!", 23: "#REF!", 29: "#NAME?", 36: "#NUM!", 42: "#N/A", 43: "#GETTING_DATA",
}  # fmt: skip
_STATES: dict[int, State] = {1: "hidden", 2: "veryHidden"}
_RK, _ERROR, _BOOL, _REAL, _TEXT, _SHARED = 2, 3, 4, 5, 6, 7
_CELLS = {
    **{kind: kind for kind in range(1, 8)},
    8: _TEXT, 9: _REAL, 10: _BOOL, 11: _ERROR,  # results of formulas
    **{kind + 11: kind for kind in range(1, 8)},  # short ones: right of the one before
}  # fmt: skip
"""What a record of a cell holds; 1 is a cell without content."""

Record = tuple[int, bytes]


def read_binary(data: bytes) -> Workbook:
    """Return the sheets of an .xlsb file; raises `Unreadable` for one that is damaged or too large."""
    from etl.package.container import read_container
    from etl.package.parts import Budget, Package

    package = Package(read_container(data, Budget().entries), Budget())
    try:
        return _read(package)
    except (IndexError, struct.error, UnicodeError) as error:
        raise no_binary_workbook() from error


def _read(package: Package) -> Workbook:
    tabs, date1904 = [], False
    book = package.workbook_part
    for kind, content in _records(package.part(book)):
        if kind == _SHEET:
            relation, at = _text(content, 8)
            tabs.append((_text(content, at)[0], content[0], relation))
        elif kind == _WORKBOOK:
            date1904 = bool(content[0] & 1)
    parts = {
        r.id: r.target for r in package.relations(book) if r.kind == "worksheet" and package.has(r.target)
    }
    strings, formats = _strings(package), _formats(package)
    warnings = ["binary_workbook"]
    room = MOST_CELLS
    sheets = []
    for name, state, relation in tabs:
        if relation in parts:
            sheet = _sheet(
                package.part(parts[relation]), name, _STATES.get(state, "visible"), strings, warnings, room
            )
            room -= len(sheet.cells)
            sheets.append(sheet)
    if not sheets:
        raise no_binary_workbook()
    return Workbook(tuple(sheets), formats, date1904, tuple(dict.fromkeys(warnings)), kind="xlsb")


def _records(data: bytes) -> Iterator[Record]:
    """Yield the records of a part: number and length in seven bits a byte, then the content."""
    position = 0
    while position < len(data):
        kind = data[position]
        position += 1
        if kind & 0x80:
            kind = kind & 0x7F | (data[position] & 0x7F) << 7
            position += 1
        length = 0
        for shift in (0, 7, 14, 21):
            byte = data[position]
            position += 1
            length |= (byte & 0x7F) << shift
            if not byte & 0x80:
                break
        content = data[position : position + length]
        if len(content) < length:
            raise IndexError
        position += length
        yield kind, content


def _text(content: bytes, at: int) -> tuple[str, int]:
    """Return a text and where it ends; one that is not there is empty."""
    (length,) = struct.unpack_from("<L", content, at)
    if length == 0xFFFF_FFFF:
        return "", at + 4
    end = at + 4 + 2 * length
    if end > len(content):
        raise IndexError
    return content[at + 4 : end].decode("utf-16-le", "replace"), end


def _strings(package: Package) -> list[str]:
    part = package.related(package.workbook_part, "sharedStrings")
    if part is None or not package.has(part):
        return []
    return [
        _text(content, 1)[0][:_LONGEST_TEXT]
        for kind, content in _records(package.part(part))
        if kind == _STRING
    ]


def _formats(package: Package) -> tuple[str, ...]:
    """Return the number format of every format of cells."""
    part = package.styles_part
    own: dict[int, str] = {}
    ids: list[int] = []
    within = False
    for kind, content in _records(package.part(part)) if part else ():
        if kind == _FORMAT:
            own[struct.unpack_from("<H", content)[0]] = _text(content, 2)[0]
        elif kind in (_FORMATS, _FORMATS_END):
            within = kind == _FORMATS
        elif kind == _XF and within:
            ids.append(struct.unpack_from("<H", content, 2)[0])
    return tuple(own.get(number) or BUILT_IN.get(number, "General") for number in ids) or ("General",)


def _sheet(data: bytes, name: str, state: State, strings: list[str], warnings: list[str], room: int) -> Sheet:
    cells: dict[Address, Cell] = {}
    merges: list[Area] = []
    hidden_rows: set[int] = set()
    hidden_columns: list[tuple[int, int]] = []
    row = column = 0
    for kind, content in _records(data):
        if kind == _ROW:
            row, column = struct.unpack_from("<L", content)[0] + 1, 0
            if content[11] & 0x10:
                hidden_rows.add(row)
        elif kind in _CELLS or kind == _RICH:
            short = 12 <= kind <= 18
            column = column + 1 if short else struct.unpack_from("<L", content)[0] + 1
            cell = _cell(_CELLS.get(kind, _RICH), content, 0 if short else 4, strings)
            if cell is not None and 0 < row <= LAST_ROW and column <= LAST_COLUMN:
                cells[row, column] = cell
                if len(cells) > room:
                    raise too_many_cells()
        elif kind == _MERGE:
            _add_merge(merges, content, warnings)
        elif kind == _COLUMN and content[16] & 1:
            first, last = struct.unpack_from("<2L", content)
            hidden_columns.append((first + 1, min(last + 1, LAST_COLUMN)))
    return Sheet(
        name, cells, tuple(merges), state, frozenset(hidden_rows), tuple(hidden_columns[:LAST_COLUMN])
    )


def _add_merge(merges: list[Area], content: bytes, warnings: list[str]) -> None:
    top, bottom, left, right = (number + 1 for number in struct.unpack_from("<4L", content))
    if (bottom - top + 1) * (right - left + 1) > LARGEST_MERGE:
        warnings.append("huge_merge")
    elif len(merges) >= MOST_MERGES:
        warnings.append("too_many_merges")
    elif top <= bottom <= LAST_ROW and left <= right <= LAST_COLUMN:
        merges.append((top, left, bottom, right))
    else:
        warnings.append("malformed_merge")


def _cell(kind: int, content: bytes, at: int, strings: list[str]) -> Cell | None:
    """Return a cell from its record; `at` is where the number of its format stands."""
    style = int.from_bytes(content[at : at + 3], "little")
    at += 4
    if kind in (_RK, _REAL):
        number = _short_number(content, at) if kind == _RK else struct.unpack_from("<d", content, at)[0]
        return Cell("number", repr(float(number)).removesuffix(".0"), style)
    if kind == _ERROR:
        return Cell("error", _ERRORS.get(content[at], "#ERR"), style)
    if kind == _BOOL:
        return Cell("bool", str(int(content[at] != 0)), style)
    if kind == _SHARED:
        (index,) = struct.unpack_from("<L", content, at)
        if index >= len(strings):
            return Cell("error", "#共享字符串!", style)
        text = strings[index]
    elif kind in (_TEXT, _RICH):
        text = _text(content, at + (kind == _RICH))[0][:_LONGEST_TEXT]
    else:
        return None
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return Cell("text", text, style) if text.strip() else None


def _short_number(content: bytes, at: int) -> float:
    """Return a number of thirty bits: whole or the upper half of a longer one, perhaps in hundredths."""
    (stored,) = struct.unpack_from("<l", content, at)
    if stored & 2:
        number = float(stored >> 2)
    else:
        (number,) = struct.unpack("<d", struct.pack("<Q", (stored & 0xFFFF_FFFC) << 32))
    return number / 100 if stored & 1 else number
