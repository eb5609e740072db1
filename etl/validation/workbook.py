"""Says what of a workbook part and of its formats Excel would refuse or repair."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from functools import lru_cache
from typing import Any

from etl.package.part_names import local_name
from etl.package.parts import Package
from etl.validation.fault import Fault, Part, Parts

LONGEST_SHEET_NAME = 31
_NOT_IN_SHEET_NAMES = re.compile(r"[\x00-\x1f\\/?*\[\]:]")
_NAME = re.compile(r"[\w\\_][\w.\\?]{0,254}")
_WORKBOOK = (
    "fileVersion", "fileSharing", "workbookPr", "workbookProtection", "bookViews", "sheets", "functionGroups",
    "externalReferences", "definedNames", "calcPr", "oleSize", "customWorkbookViews", "pivotCaches", "smartTagPr",
    "smartTagTypes", "webPublishing", "fileRecoveryPr", "webPublishObjects", "extLst",
)  # fmt: skip
_STYLES = (
    "numFmts", "fonts", "fills", "borders", "cellStyleXfs", "cellXfs", "cellStyles", "dxfs", "tableStyles", "colors",
    "extLst",
)  # fmt: skip
_LISTS = {"fontId": "fonts", "fillId": "fills", "borderId": "borders", "xfId": "cellStyleXfs"}
_LEAST = {"fonts": 1, "fills": 2, "borders": 1, "cellXfs": 1}
"""Excel keeps the first two fills to itself, whatever they say: none, and a grey grid."""
_MOST_FORMATS = 65_490
_FIRST_OWN_NUMBER_FORMAT = 164


def sheet_name_fault(name: str) -> str:
    """Return what is wrong with the name of a sheet, "" for a good one."""
    if not name:
        return "empty"
    if len(name.encode("utf-16-le")) > 2 * LONGEST_SHEET_NAME:
        return "long"
    if _NOT_IN_SHEET_NAMES.search(name) or name.startswith("'") or name.endswith("'"):
        return "character"
    return ""


def workbook_faults(package: Package, part: Part, tables: Collection[str] = ()) -> Iterator[Fault]:
    """Yield what is wrong with tabs, views and defined names; no name may be one of `tables` (in lower case)."""
    name = part.name
    if local_name(part.root) != "workbook":
        yield Fault("root", name, local_name(part.root))
        return
    yield from order_faults(part, _WORKBOOK)
    sheets = part.found("m:sheets/m:sheet")
    yield from _sheet_faults(name, sheets)
    known = {relation.id: relation for relation in package.relations(name)}
    for sheet in sheets:
        ids = [value for key, value in sheet.attrib.items() if key.endswith("relationships}id")]
        if not ids or ids[0] not in known:
            yield Fault("sheet_without_part", name, sheet.get("name") or "")
    for view in part.found("m:bookViews/m:workbookView"):
        for key in ("activeTab", "firstSheet"):
            if not _below(view.get(key), len(sheets)):
                yield Fault("tab_out_of_range", name, key)
    yield from _name_faults(part, len(sheets), tables)


def _sheet_faults(part: str, sheets: Sequence[Any]) -> Iterator[Fault]:
    if not any(sheet.get("state") in (None, "visible") for sheet in sheets):
        yield Fault("no_visible_sheet", part, "")
    names = [sheet.get("name") or "" for sheet in sheets]
    for name in names:
        wrong = sheet_name_fault(name)
        if wrong:
            yield Fault("sheet_name", part, f"{wrong}: {name}")
    yield from twice("sheet_name_twice", part, (name.lower() for name in names))
    yield from twice("sheet_id_twice", part, (sheet.get("sheetId") or "" for sheet in sheets))
    for sheet in sheets:
        if not (sheet.get("sheetId") or "").isdigit() or not 0 < int(sheet.get("sheetId")[:9]) < 65_535:
            yield Fault("sheet_id", part, sheet.get("sheetId") or "")


def _name_faults(part: Part, sheets: int, tables: Collection[str]) -> Iterator[Fault]:
    seen = Counter[tuple[str, str]]()
    for element in part.found("m:definedNames/m:definedName"):
        name, place = element.get("name") or "", element.get("localSheetId")
        seen[name.lower(), place or ""] += 1
        if not _NAME.fullmatch(name) or name.lower() in tables:
            yield Fault("defined_name", part.name, name)
        if not _below(place, sheets):
            yield Fault("name_of_no_sheet", part.name, name)
    for (name, _), count in seen.items():
        if count > 1:
            yield Fault("name_twice", part.name, name)


def table_names(parts: Parts) -> set[str]:
    """Return the names of all tables in lower case."""
    read = (parts.sound(name) for name in parts.package.names if re.fullmatch(r".*tables/[^/]*\.xml", name))
    roots = [part.root for part in read if part is not None and local_name(part.root) == "table"]
    return {(root.get("displayName") or "").lower() for root in roots}


def styles_faults(part: Part) -> tuple[Fault, ...]:
    """Return what is wrong with the lists of formats and what they point to."""
    return tuple(_styles_faults(part))


def _styles_faults(part: Part) -> Iterator[Fault]:
    if local_name(part.root) != "styleSheet":
        yield Fault("root", part.name, local_name(part.root))
        return
    yield from order_faults(part, _STYLES)
    lists = {local_name(child): child for child in part.root}
    counts = {name: len(lists[name]) if name in lists else 0 for name in _STYLES}
    for name, element in lists.items():
        said = element.get("count")
        if name in _STYLES and said is not None and said != str(len(element)):
            yield Fault("count", part.name, name)
    for name, least in _LEAST.items():
        if counts[name] < least:
            yield Fault("too_few", part.name, name)
    if counts["cellXfs"] > _MOST_FORMATS:
        yield Fault("too_many_formats", part.name, "")
    yield from _pointer_faults(part, counts)
    own = part.found("m:numFmts/m:numFmt/@numFmtId")
    yield from twice("number_format_twice", part.name, own)
    used = set(part.found("m:cellXfs/m:xf/@numFmtId | m:cellStyleXfs/m:xf/@numFmtId"))
    for number in sorted(used - set(own)):
        if not number.isdigit() or int(number[:9]) >= _FIRST_OWN_NUMBER_FORMAT:
            yield Fault("no_such_number_format", part.name, number)
    yield from twice("style_name_twice", part.name, part.found("m:cellStyles/m:cellStyle/@name"))


def _pointer_faults(part: Part, counts: dict[str, int]) -> Iterator[Fault]:
    for key, name in _LISTS.items():
        used = set(
            part.found(
                f"m:cellXfs/m:xf/@{key} | m:cellStyleXfs/m:xf/@{key} | m:cellStyles/m:cellStyle/@{key}"
            )
        )
        for index in sorted(used):
            if not _below(index, counts[name]):
                yield Fault("points_nowhere", part.name, f"{key} {index}")


def order_faults(part: Part, order: Sequence[str]) -> Iterator[Fault]:
    """Yield elements of the root that stand before one they belong behind, or are there twice."""
    places, last = _places(part.main, order), -1
    for child in part.root:
        place = places.get(child.tag, last)
        if place < last:
            yield Fault("order", part.name, local_name(child))
        last = max(last, place)


@lru_cache(maxsize=32)
def _places(main: str, order: Sequence[str]) -> dict[str, int]:
    return {main + name: place for place, name in enumerate(order)}


def twice(code: str, part: str, values: Any) -> Iterator[Fault]:
    """Yield a fault for each value that is there more than once."""
    yield from (Fault(code, part, value) for value, count in Counter(values).items() if count > 1)


def _below(value: str | None, count: int) -> bool:
    return value is None or (value.isdigit() and int(value[:9]) < count)
