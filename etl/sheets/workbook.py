"""Reads worksheets as sparse cells: what is stored, where, in which format, and what is hidden.

Values come as the file holds them: cached results of formulas, never recalculated; a formula without
one is `no_result`. Ranges are never expanded into cells; a lying <dimension> is ignored.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, Any, Literal

from etl.cell.grid import LAST_COLUMN, Area, Sheet, Workbook, cell_address
from etl.cell.number_format import BUILT_IN
from etl.package.container import too_large
from etl.package.parts import MOST_LISTED
from etl.safe.unreadable import MOST_CELLS, Unreadable, too_many_cells
from etl.sheets.cells import Strings, number_of, read_cells, shared_strings, tags_of
from etl.sheets.plain_cells import LARGEST, scan_cells

if TYPE_CHECKING:
    from etl.package.part_names import SheetRef
    from etl.package.parts import Package

MOST_MERGES = 20_000
LARGEST_MERGE = 2_000_000
"""Cells of one merged area; a larger one would hide the whole form below its corner."""

_MODIFIED = re.compile(rb"<dcterms:modified[^>]{0,200}>([0-9T:Z.+-]{10,35})<")


def read_workbook(package: Package) -> Workbook:
    """Return every worksheet of a package in tab order.

    Raises `Unreadable` when a sheet, the shared strings or the workbook part is missing or damaged,
    or when the file holds more than a million filled cells.
    """
    if not package.sheets and package.lost_tabs:
        raise package.lost()
    if not package.sheets:
        raise Unreadable("no_sheet", "工作簿中没有工作表", "the workbook has no worksheet")
    strings = shared_strings(package)
    warnings: list[str] = []
    budget = _Budget()
    sheets = tuple(_read_sheet(package, ref, strings, warnings, budget) for ref in package.sheets)
    said = tuple(dict.fromkeys(warnings))
    formats = package.facts(package.styles_part, _formats) if package.styles_part else ("General",)
    struck, white = (
        package.facts(package.styles_part, _unseen) if package.styles_part else (frozenset(), frozenset())
    )
    date1904, recalculates = package.facts(package.workbook_part, _properties)
    if package.facts(package.workbook_part, _names) > MOST_LISTED or len(formats) > MOST_LISTED:
        raise too_large()
    lost = tuple(ref.name for ref in package.lost_tabs if ref.state == "visible")
    return Workbook(
        sheets, formats, date1904, said, modified=_modified(package), lost_sheets=lost, recalculates=recalculates,
        struck=struck, white=white,
    )  # fmt: skip


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
    package: Package, ref: SheetRef, strings: Strings, warnings: list[str], budget: _Budget
) -> Sheet:
    root = package.xml(ref.part)
    tags = tags_of(root)
    data = root.find(tags.data)
    quick = data is not None and len(package.part(ref.part)) <= LARGEST
    found = scan_cells(data, strings) if quick else None
    cells, hidden_rows = found or read_cells(data if data is not None else (), tags, strings, warnings)
    budget.spend(len(cells))
    merges = tuple(_merges(root.find(f"{tags.namespace}mergeCells"), warnings))
    hidden_columns = tuple(_hidden_columns(root.find(f"{tags.namespace}cols")))
    return Sheet(ref.name, cells, merges, ref.state, frozenset(hidden_rows), hidden_columns, ref.part)


def _merges(element: Any, warnings: list[str]) -> Iterator[Area]:
    for position, merge in enumerate(element if element is not None else ()):
        if position >= MOST_MERGES:
            warnings.append("too_many_merges")
            return
        area = _area(merge.get("ref") or "")
        if isinstance(area, str):
            warnings.append(area)
        else:
            yield area


@lru_cache(maxsize=4096)
def _area(reference: str) -> Area | Literal["malformed_merge", "huge_merge"]:
    """Return the area a merge covers, or why it is left out."""
    first, _, last = reference.partition(":")
    start, end = cell_address(first), cell_address(last or first)
    if start is None or end is None:
        return "malformed_merge"
    top, bottom = sorted((start[0], end[0]))
    left, right = sorted((start[1], end[1]))
    if (bottom - top + 1) * (right - left + 1) > LARGEST_MERGE:
        return "huge_merge"
    return (top, left, bottom, right)


def _hidden_columns(element: Any) -> Iterator[tuple[int, int]]:
    for column in islice(element if element is not None else (), LAST_COLUMN):
        if column.get("hidden") in ("1", "true"):
            yield (number_of(column.get("min")), number_of(column.get("max")))


def _formats(root: Any) -> tuple[str, ...]:
    """Return the number format code of every entry of cellXfs; `General` for what is unknown."""

    namespace = tags_of(root).namespace
    own = {
        number_of(entry.get("numFmtId")): entry.get("formatCode") or "General"
        for entry in root.iterfind(f"{namespace}numFmts/{namespace}numFmt")
    }
    ids = [number_of(xf.get("numFmtId")) for xf in root.iterfind(f"{namespace}cellXfs/{namespace}xf")]
    return tuple(own.get(number) or BUILT_IN.get(number, "General") for number in ids) or ("General",)


def _names(root: Any) -> int:
    """Return how many defined names a workbook part holds."""
    return sum(len(group) for group in root if str(group.tag).endswith("definedNames"))


def _properties(root: Any) -> tuple[bool, bool]:
    """Return whether days count from 1904, and whether whatever opens the file has to calculate it first."""
    said = {
        name
        for element in root
        if str(element.tag).endswith(("workbookPr", "calcPr"))
        for name in ("date1904", "fullCalcOnLoad")
        if element.get(name) in ("1", "true")
    }
    return "date1904" in said, "fullCalcOnLoad" in said


def _unseen(root: Any) -> tuple[frozenset[int], frozenset[int]]:
    """Return the styles whose text is struck out, and those whose text is white on no fill or a white one."""
    space = tags_of(root).namespace
    fonts = root.findall(f"{space}fonts/{space}font")
    struck = {n for n, font in enumerate(fonts) if _is_on(font.find(f"{space}strike"))}
    white = {n for n, font in enumerate(fonts) if _is_white(font.find(f"{space}color"))}
    if not struck and not white:
        return frozenset(), frozenset()
    fills = root.findall(f"{space}fills/{space}fill")
    light = {n for n, fill in enumerate(fills) if _is_light(fill.find(f"{space}patternFill"), space)}
    styles = [
        (n, number_of(xf.get("fontId")), number_of(xf.get("fillId")))
        for n, xf in enumerate(root.iterfind(f"{space}cellXfs/{space}xf"))
    ]
    return (
        frozenset(n for n, font, _ in styles if font in struck),
        frozenset(n for n, font, fill in styles if font in white and fill in light),
    )


def _is_on(element: Any) -> bool:
    return element is not None and element.get("val", "1") in ("1", "true")


def _is_white(color: Any) -> bool:
    """Return whether a colour is white: by its value, or the first of the theme (the paper's) untouched."""
    if color is None:
        return False
    return (color.get("rgb") or "").upper()[-6:] == "FFFFFF" or (
        color.get("theme") == "0" and color.get("tint") is None
    )


def _is_light(pattern: Any, space: str) -> bool:
    if pattern is None or pattern.get("patternType", "none") == "none":
        return True
    return pattern.get("patternType") == "solid" and _is_white(pattern.find(f"{space}fgColor"))
