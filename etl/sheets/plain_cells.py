"""Reads the cells of a plainly written worksheet in one pass of an expression; most sheets are written so.

What programs write by themselves (rows and cells with addresses, one value or one text in a cell) needs no
walk over elements, which costs three times as much. Anything else is left to `etl.sheets.cells`, which reads all;
where both read, they read the same (tests/test_cells.py).
"""

from __future__ import annotations

import re
from html import unescape
from typing import Any

from lxml import etree

from etl.cell.grid import Address, Cell, cell_address
from etl.sheets.cells import Strings, number_of, stored_cell, unescaped

LARGEST = 1_000_000
"""Bytes of a sheet beyond which nothing is scanned, since it is written out once more for it."""

_ADDRESS = r'r="([A-Z]{1,2}[1-9][0-9]{0,5})"'
_FILLED = re.compile(
    rf'<c {_ADDRESS}(?: s="([0-9]{{1,9}})")?(?: t="([A-Za-z]+)")?>'
    r"(?:<f(?: [^<>]*)?>([^<]+)</f>)?"
    r'(?:<v>([^<]+)</v>|<is><t(?: xml:space="preserve")?>([^<]+)</t></is>)</c>'
)
"""A cell with a value: address, style, type, formula, value, inline text."""
_GAP = "\0"
"""Stands where a cell was taken out; no XML holds this character."""
_REST = re.compile(
    r"<sheetData[^<>]*+>"
    rf'(?:<row r="[1-9][0-9]{{0,5}}"[^<>]*+>(?:(?<=/>)|(?:{_GAP}|<c r="[A-Z]++[0-9]++"[^<>]*+(?<=/)>)*+</row>))*+'
    r"</sheetData>"
)
"""What may stand around them: rows, and cells without content. In attributes the serialiser escapes < and >."""
_HIDDEN = re.compile(r'<row r="([0-9]+)"[^<>]* hidden="(?:1|true)"')
_FIELDS = _FILLED.groups + 1


def scan_cells(data: Any, strings: Strings) -> tuple[dict[Address, Cell], set[int]] | None:
    """Return what `etl.sheets.cells.read_cells` does, None for a sheet that is not plainly written."""
    written = etree.tostring(data, encoding="unicode", with_tail=False)
    pieces = _FILLED.split(written)
    rest = _GAP.join(pieces[::_FIELDS])
    references = pieces[1::_FIELDS]
    if not _REST.fullmatch(rest) or len(set(references)) < len(references):
        return None
    fields = [pieces[at::_FIELDS] for at in range(2, _FIELDS)]
    if "&" in written:
        fields = [[text and unescape(text) for text in column] for column in fields]
    cells: dict[Address, Cell] = {}
    for reference, style, kind, formula, value, inline in zip(references, *fields, strict=True):
        text = unescaped(inline) if inline else ""
        cell = stored_cell(kind or "n", number_of(style), formula, value, text, strings)
        address = cell_address(reference)
        if cell is not None and address is not None:
            cells[address] = cell
    return cells, {int(number) for number in _HIDDEN.findall(rest)} if "hidden" in rest else set()
