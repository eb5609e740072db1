"""Recognises a return: a workbook that carries our marks.

It is known by our defined name and the record in our sheet; where people took these out, by the headings of our
sheet; where they copied the form alone, by the first line of our notes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from etl.cell.grid import cell_address
from etl.marked.headings import is_remarks
from etl.marked.page import RECORD_COLUMN
from etl.marks.model import WORDINGS
from etl.marks.record import PREFIX, Record, read_record
from etl.marks.tabs import MARK_NAME
from etl.package.part_names import SheetRef, local_name
from etl.package.parts import Package
from etl.safe.unreadable import Unreadable
from etl.sheets.workbook import read_workbook

_NOTE_START = re.compile(b"|".join(re.escape(wording.note_start.encode()) for wording in WORDINGS[:1]))
"""The first line of our notes in Chinese; the English one, [Review], anybody may write."""
_NOTES_LOOKED_AT = 200_000
"""Bytes of a part of notes in which ours are looked for: it may unpack to anything."""
_REFERENCE = re.compile(r"(?:'((?:[^']|'')+)'|([^'!]+))!")


@dataclass(frozen=True, slots=True)
class Ours:
    """What of ours was found: the sheet, if it is still there, and its record, if it can be read."""

    ref: SheetRef | None
    record: Record | None


def is_return(package: Package) -> bool:
    """Say whether a package carries our marks."""
    return find_marks(package) is not None


def remarks_sheet_of(package: Package) -> SheetRef | None:
    """Return our sheet in a return, or None."""
    ours = find_marks(package)
    return ours.ref if ours else None


def find_marks(package: Package) -> Ours | None:
    """Return what of ours a package carries, or None where it is no return."""
    named = MARK_NAME.encode() in package.part(package.workbook_part)
    candidates = [ref for ref in package.sheets if _ours_by_name(ref.name)]
    if named:
        wanted = _named_sheet(package)
        candidates = [ref for ref in package.sheets if ref.name == wanted] + candidates
    for ref in candidates:
        text = _record_text(package, ref)
        if text.startswith(PREFIX):
            return Ours(ref, read_record(text))
    for ref in candidates:
        if _has_our_headings(package, ref):
            return Ours(ref, None)
    return Ours(None, None) if named or _has_our_notes(package) else None


def _has_our_headings(package: Package, ref: SheetRef) -> bool:
    try:
        sheets = read_workbook(package).sheets
    except Unreadable:
        return False
    return any(sheet.part == ref.part and is_remarks(sheet) for sheet in sheets)


def _has_our_notes(package: Package) -> bool:
    """Return whether a sheet has a note with our first line: it was copied out of a return."""
    parts = (package.related(ref.part, "comments") for ref in package.sheets)
    return any(
        part and package.has(part) and _NOTE_START.search(package.head(part, _NOTES_LOOKED_AT))
        for part in parts
    )


def _ours_by_name(name: str) -> bool:
    return any(name.startswith(wording.sheet_name) for wording in WORDINGS)


def _named_sheet(package: Package) -> str:
    """Return the sheet that our defined name stands on."""
    for element in package.xml(package.workbook_part).iter():
        if local_name(element) == "definedName" and element.get("name") == MARK_NAME:
            found = _REFERENCE.match(element.text or "")
            return (found[1] or found[2] or "").replace("''", "'") if found else ""
    return ""


def _record_text(package: Package, ref: SheetRef) -> str:
    """Return what stands in the first row of a sheet from the record's column on."""
    try:
        root = package.xml(ref.part)
    except Unreadable:
        return ""
    data = next((element for element in root if local_name(element) == "sheetData"), ())
    row = next(iter(data), ())
    texts = []
    for cell in row:
        address = cell_address(cell.get("r") or "")
        if address is not None and address[1] >= RECORD_COLUMN:
            texts.append(_cell_text(package, cell))
    return "".join(texts)


def _cell_text(package: Package, cell: Any) -> str:
    if cell.get("t") != "s":
        return "".join(element.text or "" for element in cell.iter() if local_name(element) in ("t", "v"))
    index = next((element.text or "" for element in cell if local_name(element) == "v"), "")
    strings = package.shared_strings_part
    items = list(package.xml(strings)) if strings and package.has(strings) else []
    if not index.isdigit() or int(index) >= len(items):
        return ""
    return "".join(element.text or "" for element in items[int(index)].iter() if local_name(element) == "t")
