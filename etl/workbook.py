"""Reads worksheets as sparse cells: what is stored, where, in which format, and what is hidden.

Values come as the file holds them: cached results of formulas, never recalculated; a formula without
one is `no_result`. Ranges are never expanded into cells; a lying <dimension> is ignored.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from etl.grid import (
    MOST_CELLS,
    Address,
    Area,
    Cell,
    Kind,
    Sheet,
    Unreadable,
    Workbook,
    too_many_cells,
)

if TYPE_CHECKING:
    from etl.package import Package

MOST_MERGES = 20_000
LARGEST_MERGE = 2_000_000
"""Cells of one merged area; a larger one would hide the whole form below its corner."""
LONGEST_TEXT = 40_000
"""Characters of one cell that are kept; Excel itself allows 32,767."""
LAST_ROW, LAST_COLUMN = 1_048_576, 16_384

_ADDRESS = re.compile(r"\$?([A-Za-z]{1,3})\$?([0-9]{1,7})")
_LONGEST_ADDRESS = 12
_MODIFIED = re.compile(rb"<dcterms:modified[^>]{0,200}>([0-9T:Z.+-]{10,35})<")
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
_KINDS: dict[str, Kind] = {
    "n": "number",
    "s": "text",
    "str": "text",
    "inlineStr": "text",
    "b": "bool",
    "e": "error",
}


def read_workbook(package: Package) -> Workbook:
    """Return every worksheet of a package in tab order.

    Raises `Unreadable` when a sheet, the shared strings or the workbook part is missing or damaged,
    or when the file holds more than a million filled cells.
    """
    if not package.sheets:
        raise Unreadable("no_sheet", "工作簿中没有工作表", "the workbook has no worksheet")
    strings = _shared_strings(package)
    warnings: list[str] = []
    budget = _Budget()
    sheets = tuple(
        _read_sheet(package.xml(ref.part), ref.name, ref.state, ref.part, strings, warnings, budget)
        for ref in package.sheets
    )
    said = tuple(dict.fromkeys(warnings))
    return Workbook(sheets, _formats(package), _date1904(package), said, modified=_modified(package))


def _modified(package: Package) -> str:
    """Return when the file was last saved as its core properties say; broken properties say nothing."""
    if not package.has("docProps/core.xml"):
        return ""
    match = _MODIFIED.search(package.head("docProps/core.xml"))
    return match[1].decode("ascii") if match else ""


class _Budget:
    """Counts the filled cells of a whole file against the limit."""

    def __init__(self) -> None:
        self.left = MOST_CELLS

    def spend(self, cells: int) -> None:
        self.left -= cells
        if self.left < 0:
            raise too_many_cells()


def _read_sheet(
    root: Any,
    name: str,
    state: Literal["visible", "hidden", "veryHidden"],
    part: str,
    strings: Callable[[int], str | None],
    warnings: list[str],
    budget: _Budget,
) -> Sheet:
    tags = _tags(root)
    data = root.find(tags.data)
    cells: dict[Address, Cell] = {}
    hidden_rows = set()
    row_number = 0
    for row in data if data is not None else ():
        if row.tag != tags.row:
            continue
        given = row.get("r")
        number = _number(given) if given else row_number + 1
        if not 0 < number <= LAST_ROW:
            warnings.extend(["illegal_address"] * bool(len(row)))
            continue
        row_number = number
        if row.get("hidden") in ("1", "true"):
            hidden_rows.add(row_number)
        if len(row):
            _read_row(row, row_number, tags, strings, cells, warnings)
    budget.spend(len(cells))
    merges = tuple(_merges(root.find(f"{tags.namespace}mergeCells"), warnings))
    hidden_columns = tuple(_hidden_columns(root.find(f"{tags.namespace}cols")))
    return Sheet(name, cells, merges, state, frozenset(hidden_rows), hidden_columns, part)


class _Tags(NamedTuple):
    """The element names of a sheet in its namespace, put together once instead of at every cell."""

    namespace: str
    data: str
    row: str
    value: str
    formula: str
    inline: str
    text: str
    run: str


def _tags(root: Any) -> _Tags:
    namespace = root.tag[: root.tag.index("}") + 1] if root.tag.startswith("{") else ""
    return _Tags(namespace, *(namespace + name for name in ("sheetData", "row", "v", "f", "is", "t", "r")))


def _read_row(
    row: Any,
    row_number: int,
    tags: _Tags,
    strings: Callable[[int], str | None],
    cells: dict[Address, Cell],
    warnings: list[str],
) -> None:
    column = 0
    for element in row:
        reference = element.get("r")
        address = cell_address(reference) if reference else (row_number, column + 1)
        if address is None or not (0 < address[0] <= LAST_ROW and 0 < address[1] <= LAST_COLUMN):
            warnings.extend(["illegal_address"] * bool(len(element)))
            continue
        column = address[1]
        cell = _cell(element, tags, strings) if len(element) else None
        if cell is None:
            continue
        known = cells.get(address)
        same = known is None or (known.kind, known.raw) == (cell.kind, cell.raw)
        cells[address] = (
            cell if same else Cell("error", "#重复单元格!", cell.style)
        )  # readers differ on which counts


def _cell(element: Any, tags: _Tags, strings: Callable[[int], str | None]) -> Cell | None:
    value = formula = None
    inline = ""
    for child in element:
        tag = child.tag
        if tag == tags.value:
            value = child.text
        elif tag == tags.formula:
            formula = child.text or ""
        elif tag == tags.inline:
            inline = _rich_text(child, tags)
    kind = element.get("t", "n")
    style = _number(element.get("s"))
    if kind == "s":
        text = strings(_number(value)) if value is not None else None
        if text is None:
            return Cell("error", "#共享字符串!", style, formula) if value is not None else None
        return Cell("text", text, style, formula) if text.strip() or formula else None
    if kind == "inlineStr":
        text = inline or _unescaped(value or "")
        return Cell("text", text, style, formula) if text.strip() or formula else None
    if value is None or (value == "" and kind != "str"):
        return Cell("no_result", "", style, formula) if formula is not None else None
    if formula is not None and "DISPIMG(" in formula:
        return Cell("picture", "", style, formula)
    if kind == "str":
        text = _unescaped(value)
        return Cell("text", text, style, formula) if text.strip() or formula is not None else None
    if kind == "d":
        return Cell("date", value, style, formula)
    return Cell(_KINDS.get(kind, "error"), value.strip(), style, formula)


def _shared_strings(package: Package) -> Callable[[int], str | None]:
    part = package.shared_strings_part
    if not part:
        return lambda index: None
    root = package.xml(part)
    tags = _tags(root)
    items = root.findall(f"{tags.namespace}si")
    known: dict[int, str] = {}

    def look_up(index: int) -> str | None:
        if index not in known:
            if not 0 <= index < len(items):
                return None
            known[index] = _rich_text(items[index], tags)
        return known[index]

    return look_up


def _rich_text(item: Any, tags: _Tags) -> str:
    """Return the text of all runs; phonetic readings (rPh) are not part of it."""
    if len(item) == 1 and item[0].tag == tags.text:
        return _unescaped(item[0].text or "")
    parts = []
    length = 0
    for child in item:
        if child.tag == tags.text:
            parts.append(child.text or "")
        elif child.tag == tags.run:
            parts += [text.text or "" for text in child.findall(tags.text)]
        length += len(parts[-1]) if parts else 0
        if length > LONGEST_TEXT:
            break
    return _unescaped("".join(parts))


def _unescaped(text: str) -> str:
    """Undo _xHHHH_ escapes, bring line ends to one form, and keep at most `LONGEST_TEXT` characters."""
    text = text[:LONGEST_TEXT]
    if "_x" in text:
        text = _ESCAPE.sub(_character, text)
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def _character(match: re.Match[str]) -> str:
    code = int(match[1], 16)
    return match[0] if 0xD800 <= code < 0xE000 else chr(code)


def cell_address(reference: str) -> Address | None:
    """Return the (row, column) a reference such as `E18` or `$E$18` names, or None if it names none."""
    return _parsed(reference) if len(reference) <= _LONGEST_ADDRESS else None


@lru_cache(maxsize=16384)
def _parsed(reference: str) -> Address | None:
    """Remember addresses: the forms of a batch use the same few hundred."""
    match = _ADDRESS.fullmatch(reference)
    return (int(match[2]), _letters(match[1])) if match else None


def _letters(letters: str) -> int:
    column = 0
    for letter in letters.upper():
        column = column * 26 + ord(letter) - 64
    return column


def _number(text: str | None) -> int:
    return int(text) if text and len(text) < 10 and text.isascii() and text.isdigit() else 0


def _merges(element: Any, warnings: list[str]) -> Iterator[Area]:
    for position, merge in enumerate(element if element is not None else ()):
        if position >= MOST_MERGES:
            warnings.append("too_many_merges")
            return
        first, _, last = (merge.get("ref") or "").partition(":")
        start, end = cell_address(first), cell_address(last or first)
        if start is None or end is None:
            warnings.append("malformed_merge")
            continue
        top, bottom = sorted((start[0], end[0]))
        left, right = sorted((start[1], end[1]))
        if (bottom - top + 1) * (right - left + 1) > LARGEST_MERGE:
            warnings.append("huge_merge")
            continue
        yield (top, left, bottom, right)


def _hidden_columns(element: Any) -> Iterator[tuple[int, int]]:
    for column in element if element is not None else ():
        if column.get("hidden") in ("1", "true"):
            yield (_number(column.get("min")), _number(column.get("max")))


def _formats(package: Package) -> tuple[str, ...]:
    """Return the number format code of every entry of cellXfs; `General` for what is unknown."""
    from etl.number_format import BUILT_IN

    if not package.styles_part:
        return ("General",)
    root = package.xml(package.styles_part)
    namespace = root.tag[: root.tag.index("}") + 1] if root.tag.startswith("{") else ""
    own = {
        _number(entry.get("numFmtId")): entry.get("formatCode") or "General"
        for entry in root.iterfind(f"{namespace}numFmts/{namespace}numFmt")
    }
    ids = [_number(xf.get("numFmtId")) for xf in root.iterfind(f"{namespace}cellXfs/{namespace}xf")]
    return tuple(own.get(number) or BUILT_IN.get(number, "General") for number in ids) or ("General",)


def _date1904(package: Package) -> bool:
    root = package.xml(package.workbook_part)
    return any(
        element.get("date1904") in ("1", "true")
        for element in root
        if str(element.tag).endswith("workbookPr")
    )
