"""Reads the cells of a worksheet: what each holds, whatever program wrote it and however it was bent."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from etl.cell.grid import LAST_COLUMN, LAST_ROW, Address, Cell, Kind, cell_address
from etl.cell.shared_formula import moved

if TYPE_CHECKING:
    from etl.package.parts import Package

LONGEST_TEXT = 40_000
"""Characters of one cell that are kept; Excel itself allows 32,767."""

Strings = Callable[[int], str | None]
"""The shared texts of a workbook by their number, None where there is none of that number."""

_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
_KINDS: dict[str, Kind] = {
    "n": "number",
    "s": "text",
    "str": "text",
    "inlineStr": "text",
    "b": "bool",
    "e": "error",
}


class Tags(NamedTuple):
    """The element names of a sheet in its namespace, put together once instead of at every cell."""

    namespace: str
    data: str
    row: str
    value: str
    formula: str
    inline: str
    text: str
    run: str


def tags_of(root: Any) -> Tags:
    """Return the element names in the namespace of a part's root."""
    namespace = root.tag[: root.tag.index("}") + 1] if root.tag.startswith("{") else ""
    return Tags(namespace, *(namespace + name for name in ("sheetData", "row", "v", "f", "is", "t", "r")))


def read_cells(
    data: Any, tags: Tags, strings: Strings, warnings: list[str]
) -> tuple[dict[Address, Cell], set[int]]:
    """Return the filled cells below a `sheetData` element and the numbers of its hidden rows.

    What has an impossible address is left out and said in `warnings`. Two different values of one cell
    make it an error, because readers differ on which of them counts.
    """
    cells: dict[Address, Cell] = {}
    shared: dict[str, tuple[Address, str]] = {}
    hidden = set()
    row_number = 0
    for row in data:
        if row.tag != tags.row:
            continue
        given = row.get("r")
        number = number_of(given) if given else row_number + 1
        if not 0 < number <= LAST_ROW:
            warnings.extend(["illegal_address"] * bool(len(row)))
            continue
        row_number = number
        if row.get("hidden") in ("1", "true"):
            hidden.add(row_number)
        if len(row):
            _read_row(row, row_number, tags, strings, cells, warnings, shared)
    return cells, hidden


def _read_row(
    row: Any,
    row_number: int,
    tags: Tags,
    strings: Strings,
    cells: dict[Address, Cell],
    warnings: list[str],
    shared: dict[str, tuple[Address, str]],
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
        if cell.formula is not None:
            cell = _with_shared(cell, element.find(tags.formula), address, shared)
        known = cells.get(address)
        same = known is None or (known.kind, known.raw) == (cell.kind, cell.raw)
        cells[address] = cell if same else Cell("error", "#重复单元格!", cell.style)


def _with_shared(cell: Cell, element: Any, address: Address, shared: dict[str, tuple[Address, str]]) -> Cell:
    """Return a cell with its own formula where it shares one that was written in a cell before it."""
    if element is None or element.get("t") != "shared":
        return cell
    group = element.get("si") or ""
    if cell.formula:
        shared.setdefault(group, (address, cell.formula))
    elif group in shared:
        start, formula = shared[group]
        return cell._replace(formula=moved(formula, start, address))
    return cell


def _cell(element: Any, tags: Tags, strings: Strings) -> Cell | None:
    value = formula = None
    inline = ""
    for child in element:
        tag = child.tag
        if tag == tags.value:
            value = child.text
        elif tag == tags.formula:
            formula = child.text or ""
        elif tag == tags.inline:
            inline = rich_text(child, tags)
    return stored_cell(element.get("t", "n"), number_of(element.get("s")), formula, value, inline, strings)


def stored_cell(
    kind: str, style: int, formula: str | None, value: str | None, inline: str, strings: Strings
) -> Cell | None:
    """Return a cell from what its element holds, None for one without content; `inline` is clean text already."""
    if kind == "s":
        text = strings(number_of(value)) if value is not None else None
        if text is None:
            return Cell("error", "#共享字符串!", style, formula) if value is not None else None
        return _text_cell(text, style, formula)
    if kind == "inlineStr":
        return _text_cell(inline or unescaped(value or ""), style, formula)
    if kind == "str" and formula is not None and not value:
        return Cell("text", "", style, formula)  # IF(H1="","",H1): a result, and it is empty
    if value is None or value == "":
        return Cell("no_result", "", style, formula) if formula is not None else None
    if formula is not None and "DISPIMG(" in formula:
        return Cell("picture", "", style, formula)
    if kind == "str":
        return _text_cell(unescaped(value), style, formula)
    if kind == "d":
        return Cell("date", value, style, formula)
    return Cell(_KINDS.get(kind, "error"), value.strip(), style, formula)


def _text_cell(text: str, style: int, formula: str | None) -> Cell | None:
    """Return the cell of a text; one of blanks is none, or an empty text where a formula gives it."""
    if text.strip():
        return Cell("text", text, style, formula)
    return Cell("text", "", style, formula) if formula is not None else None


def shared_strings(package: Package) -> Strings:
    """Return the shared texts of a workbook, each put together when it is first asked for.

    Of a promised part that is missing, the first text asked for raises `Unreadable("missing_part")`.
    """
    part = package.shared_strings_part
    if not part:
        return lambda index: None
    if not package.has(part):  # promised by some programs and never needed; who asks for a text is told

        def missing(index: int) -> str | None:
            package.member(part)
            return None

        return missing
    root = package.xml(part)
    tags = tags_of(root)
    items = root.findall(f"{tags.namespace}si")
    known: dict[int, str] = {}

    def look_up(index: int) -> str | None:
        if index not in known:
            if not 0 <= index < len(items):
                return None
            known[index] = rich_text(items[index], tags)
        return known[index]

    return look_up


def rich_text(item: Any, tags: Tags) -> str:
    """Return the text of all runs; phonetic readings (rPh) are not part of it."""
    if len(item) == 1 and item[0].tag == tags.text:
        return unescaped(item[0].text or "")
    return unescaped("".join(_runs(item, tags)))


def _runs(item: Any, tags: Tags) -> Iterator[str]:
    length = 0
    for child in item:
        texts = (
            [child] if child.tag == tags.text else child.findall(tags.text) if child.tag == tags.run else []
        )
        for text in texts:
            yield text.text or ""
            length += len(text.text or "")
        if length > LONGEST_TEXT:
            return


def unescaped(text: str) -> str:
    """Undo _xHHHH_ escapes, bring line ends to one form, and keep at most `LONGEST_TEXT` characters."""
    text = text[:LONGEST_TEXT]
    if "_x" in text:
        text = _ESCAPE.sub(_character, text)
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def _character(match: re.Match[str]) -> str:
    code = int(match[1], 16)
    return match[0] if 0xD800 <= code < 0xE000 else chr(code)


@lru_cache(maxsize=4096)
def number_of(text: str | None) -> int:
    """Return the number an attribute states, 0 where it states none."""
    return int(text) if text and len(text) < 10 and text.isascii() and text.isdigit() else 0
