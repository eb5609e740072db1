"""Says what of a sheet, its notes and their boxes Excel would refuse or repair."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from etl.package.part_names import local_name
from etl.package.parts import relations_of
from etl.safe.areas import Area, apart
from etl.validation.fault import MOST_FAULTS, Fault, Part, Parts, related
from etl.validation.workbook import order_faults, twice

_SHEET = (
    "sheetPr", "dimension", "sheetViews", "sheetFormatPr", "cols", "sheetData", "sheetCalcPr", "sheetProtection",
    "protectedRanges", "scenarios", "autoFilter", "sortState", "dataConsolidate", "customSheetViews", "mergeCells",
    "phoneticPr", "conditionalFormatting", "dataValidations", "hyperlinks", "printOptions", "pageMargins", "pageSetup",
    "headerFooter", "rowBreaks", "colBreaks", "customProperties", "cellWatches", "ignoredErrors", "smartTags", "drawing",
    "legacyDrawing", "legacyDrawingHF", "drawingHF", "picture", "oleObjects", "controls", "webPublishItems", "tableParts",
    "extLst",
)  # fmt: skip
"""ECMA-376 part 1, 18.3.1.99; `drawingHF` stands where the schema of 2012 puts it."""
_MANY_TIMES = "conditionalFormatting"
_ADDRESS = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
_AREA = re.compile(r"\$?([A-Z]{1,3})\$?([1-9][0-9]{0,6})(?::\$?([A-Z]{1,3})\$?([1-9][0-9]{0,6}))?", re.I)
_LAST_ROW, _LAST_COLUMN = 1_048_576, 16_384
_LONGEST_TEXT = 32_767
_MOST_MERGES = 50_000
"""Beyond it none are compared: what came in had as many."""


def sheet_faults(parts: Parts, part: Part) -> Iterator[Fault]:
    """Yield what is wrong with a worksheet: order, addresses, formats, shared texts, merges, legacy drawing."""
    if local_name(part.root) != "worksheet":
        return
    yield from order_faults(part, _SHEET)
    kinds = [local_name(child) for child in part.root]
    yield from twice("element_twice", part.name, (k for k in kinds if k in _SHEET and k != _MANY_TIMES))
    yield from _cell_faults(part)
    yield from _format_faults(parts, part)
    yield from _text_faults(parts, part)
    yield from _merge_faults(part)
    if "legacyDrawing" not in kinds and related(parts.package, part.name, "comments") is not None:
        yield Fault("notes_without_drawing", part.name, "")


def _cell_faults(part: Part) -> Iterator[Fault]:
    """Yield rows and cells that stand behind one they belong before, and addresses that are none."""
    last_row, told = 0, 0
    for row in part.found("m:sheetData/m:row"):
        number = row.get("r")
        here = (
            int(number) if number and number.isdigit() and len(number) < 9 else 0 if number else last_row + 1
        )
        if not last_row < here <= _LAST_ROW:
            told += 1
            yield Fault("row_order", part.name, number or "")
        last_row = max(last_row, here)
        last = 0
        for cell in row:
            reference = cell.get("r")
            column = last + 1
            if reference is not None:
                written, column = place_of(reference)
                if here and written != here:
                    column = 0
            if not last < column <= _LAST_COLUMN:
                told += 1
                yield Fault("cell_order", part.name, reference or "")
            last = max(last, column)
        if told > MOST_FAULTS:
            return


def _format_faults(parts: Parts, part: Part) -> Iterator[Fault]:
    """Yield formats that cells, rows, columns and rules speak of and that are not there."""
    styles = parts.sound(parts.package.styles_part)
    for path, name in (
        ("m:sheetData/m:row/m:c/@s | m:sheetData/m:row/@s | m:cols/m:col/@style", "cellXfs"),
        (".//m:cfRule/@dxfId", "dxfs"),
    ):
        used = set(part.found(path))
        if not used:
            continue
        count = styles.found(f"count(m:{name}/*)") if styles is not None else 0
        for index in sorted(used):
            if not index.isdigit() or int(index[:9]) >= count:
                yield Fault("no_such_format", part.name, f"{name} {index}")


def _text_faults(parts: Parts, part: Part) -> Iterator[Fault]:
    used = set(part.found("m:sheetData/m:row/m:c[@t='s']/m:v/text()"))
    if used:
        strings = parts.package.shared_strings_part
        count = _shared(parts, strings) if strings and parts.package.has(strings) else 0
        for index in sorted(used):
            if not index.strip().isdigit() or int(index[:9]) >= count:
                yield Fault("no_such_text", part.name, index)
    if part.found(f"boolean(m:sheetData/m:row/m:c/m:is[string-length(.) > {_LONGEST_TEXT}])"):
        yield Fault("long_text", part.name, "")


def _shared(parts: Parts, name: str) -> int:
    """Return how many shared texts there are; in most parts that can be told from the bytes."""
    content = parts.package.part(name)
    if b"<!" not in content and content.count(b"\0") == 0 and b":si>" not in content:
        return content.count(b"<si>") + content.count(b"<si ") + content.count(b"<si/>")
    part = parts.sound(name)
    return int(part.found("count(m:si)")) if part is not None else 0


def _merge_faults(part: Part) -> Iterator[Fault]:
    areas = []
    for reference in part.found("m:mergeCells/m:mergeCell/@ref"):
        area = _rectangle(reference)
        if area is None:
            yield Fault("merge", part.name, reference)
        else:
            areas.append(area)
    said = part.found("string(m:mergeCells/@count)")
    if said and said != str(int(part.found("count(m:mergeCells/m:mergeCell)"))):
        yield Fault("count", part.name, "mergeCells")
    if len(areas) <= _MOST_MERGES:
        yield from (Fault("merges_overlap", part.name, str(area)) for area in apart(areas)[1])


@lru_cache(maxsize=4_096)
def _rectangle(reference: str) -> Area | None:
    match = _AREA.fullmatch(reference)
    if match is None:
        return None
    left, top = column_number(match[1]), int(match[2])
    right, bottom = (column_number(match[3]), int(match[4])) if match[3] else (left, top)
    sound = top <= bottom <= _LAST_ROW and left <= right <= _LAST_COLUMN
    return (top, left, bottom, right) if sound else None


def comments_faults(parts: Parts, part: Part, sheet: str) -> Iterator[Fault]:
    """Yield notes of a sheet with an impossible or repeated place, without an author, and without a box."""
    references = part.found("m:commentList/m:comment/@ref")
    yield from twice("note_twice", part.name, references)
    authors = part.found("count(m:authors/m:author)")
    for author in sorted(set(part.found("m:commentList/m:comment/@authorId"))):
        if not author.isdigit() or int(author[:9]) >= authors:
            yield Fault("no_such_author", part.name, author)
    for reference in references:
        if _rectangle(reference) is None:
            yield Fault("note_place", part.name, reference)
    boxes = _boxes(parts, sheet)
    if boxes is not None:
        placed = _boxed(boxes)
        for reference in references:
            area = _rectangle(reference)
            if area is not None and area[:2] not in placed:
                yield Fault("note_without_box", part.name, reference)


def _boxes(parts: Parts, sheet: str) -> Part | None:
    """Return the legacy drawing of a sheet, not the one of its headers."""
    part = parts.sound(sheet)
    elements = part.found("m:legacyDrawing") if part is not None else []
    ids = {value for element in elements for key, value in element.attrib.items() if key.endswith("}id")}
    targets = [relation.target for relation in relations_of(parts.package, sheet) if relation.id in ids]
    return parts.sound(targets[0]) if targets else None


def _boxed(part: Part) -> set[tuple[int, int]]:
    found = set()
    for data in part.root.iter("{*}ClientData"):
        if data.get("ObjectType") == "Note":
            row, column = (data.findtext(f"{{*}}{name}") or "" for name in ("Row", "Column"))
            if row.strip().isdigit() and column.strip().isdigit():
                found.add((int(row) + 1, int(column) + 1))
    return found


def drawing_faults(part: Part) -> Iterator[Fault]:
    """Yield shapes of a legacy drawing that have one id."""
    shapes: list[Any] = [*part.root.iter("{*}shape"), *part.root.iter("{*}shapetype")]
    yield from twice("shape_twice", part.name, (shape.get("id") for shape in shapes if shape.get("id")))


@lru_cache(maxsize=16_384)
def place_of(reference: str) -> tuple[int, int]:
    """Return row and column (from 1) of an address as Excel writes it, zeros for what is none."""
    match = _ADDRESS.fullmatch(reference)
    return (int(match[2]), column_number(match[1])) if match else (0, 0)


def column_number(letters: str) -> int:
    """Return the number of a column (from 1) by its letters."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number
