"""Takes our marks off a return, so that it reads as the department handed it in.

A return nobody rewrote is turned back byte for byte by its record. One that went through another
program loses our sheet, the notes between our two lines, and gets back the recorded fills and borders,
known by the codes in our colours.
"""

from __future__ import annotations

import zlib
from typing import Any

from etl.marked.find import Ours, find_marks
from etl.marked.legend import drop_legend, legend_rows, print_less
from etl.marked.unmark_notes import take_off_notes
from etl.marks.colours import FILLS, LINES, code_of, colours
from etl.marks.model import Severity
from etl.marks.record import Record
from etl.marks.styles import item_spans, prefixed
from etl.marks.tabs import MARK_NAME
from etl.package.edit import Edit, set_attribute, undone
from etl.package.part_names import SheetRef, local_name, normal_name, relations_name
from etl.package.parts import CONTENT_TYPES, Package, open_package, rewrite
from etl.package.rewrite import Draft
from etl.package.safe_xml import parse
from etl.package.tags import Tag, attribute, end_of, first_tag, number, openings, relation_id, root_tag
from etl.safe.unreadable import Unreadable
from etl.sheets.workbook import read_workbook

_NO_LOOKS = {b"fills": '<fill><patternFill patternType="none"/></fill>', b"borders": "<border/>"}
_MOST_COPIES = 9
"""Copies of our sheet that are taken off."""
_GOES_WITH_US = {"printerSettings", "vmlDrawing", "comments", "drawing"}


def unmark(package: Package) -> Package:
    """Return the package without our marks; one without any is returned as it is.

    Copies of our sheet go as well: what was answered on them is read before (`etl.marked.answers`).
    """
    ours = find_marks(package)
    if ours is None:
        return package
    turned_back = _turned_back(package, ours)
    if turned_back is not None:
        return turned_back
    cleaned = open_package(_cleaned(package, ours), package.budget)
    for _ in range(_MOST_COPIES):
        more = find_marks(cleaned)
        if more is None or more.ref is None or len(cleaned.sheets) == 1:
            break
        cleaned = open_package(_cleaned(cleaned, more), package.budget)
    return cleaned


def _turned_back(package: Package, ours: Ours) -> Package | None:
    """Return the original if every part we changed or added is as we left it.

    A record can be forged; one that would change a figure is not followed.
    """
    record = ours.record
    if record is None or ours.ref is None:
        return None
    for name, crc in [*((n, c) for n, (c, _) in record.parts.items()), *record.added.items()]:
        if not package.has(name) or zlib.crc32(package.part(name)) != crc:
            return None
    replaced = {name: undone(package.part(name), steps, name) for name, (_, steps) in record.parts.items()}
    data = rewrite(package, replaced, {}, [*record.added, ours.ref.part])
    try:
        original = open_package(data, package.budget)
        return original if _figures(original, None) == _figures(package, ours.ref) else None
    except Unreadable:
        return None


def _figures(package: Package, ours: SheetRef | None) -> list[Any]:
    """Return all that is read from a package's sheets but ours: values, formulas, what is displayed, merges."""
    book = read_workbook(package)
    shown = book.formats
    return [
        (
            sheet.name,
            sheet.state,
            sheet.merges,
            sheet.hidden_rows,
            sheet.hidden_columns,
            {
                at: (cell[:2], cell.formula, shown[cell.style] if cell.style < len(shown) else "General")
                for at, cell in sheet.cells.items()
                if at[0] not in keyed
            },
        )
        for sheet, keyed in ((sheet, legend_rows(sheet)) for sheet in book.sheets)
        if ours is None or sheet.part != ours.part
    ]


def _cleaned(package: Package, ours: Ours) -> bytes:
    """Return a rewritten return without what is ours in it."""
    draft = Draft(package)
    removed = _drop_sheet(draft, ours.ref) if ours.ref else []
    _drop_names(draft, ours.ref)
    if package.styles_part:
        _give_back_looks(draft.edit(package.styles_part), ours.record)
    for ref in package.sheets:
        if ref != ours.ref:
            take_off_notes(draft, ref.part)
            _print_as_before(draft, ref, ours.record)
    _drop_legends(draft, ours.ref)
    replaced, added = draft.finish()
    return rewrite(package, {n: c for n, c in replaced.items() if n not in removed}, added, removed)


def _print_as_before(draft: Draft, ref: SheetRef, record: Record | None) -> None:
    """Take back what we changed of how a sheet is printed: row and column headings, the end of its print area."""
    if record is None or ref.name not in record.marked:
        return
    if record.marked[ref.name] > 0:
        print_less(draft.edit(draft.package.workbook_part), ref.tab, record.marked[ref.name])
    edit = draft.edit(ref.part)
    tag = first_tag(edit.data, b"printOptions")
    if tag is not None and attribute(tag.attributes, b"headings") is not None:
        set_attribute(edit, tag, b"headings", b"0")


def _drop_legends(draft: Draft, ours: SheetRef | None) -> None:
    """Take the key to the marks off every sheet that has it; a workbook that cannot be read keeps it."""
    try:
        sheets = read_workbook(draft.package).sheets
    except Unreadable:
        return
    for sheet in sheets:
        rows = legend_rows(sheet)
        if rows and (ours is None or sheet.part != ours.part):
            drop_legend(draft.edit(sheet.part), rows)


def _drop_sheet(draft: Draft, ref: SheetRef) -> list[str]:
    """Take our tab out of the workbook and return the parts that go with it."""
    package = draft.package
    edit = draft.edit(package.workbook_part)
    relation = _drop_relation(draft, ref.part)
    for tag in openings(edit.data, (b"sheet",)):
        if relation_id(tag)[0] == relation:
            edit.replace(tag.start, end_of(edit.data, tag), b"")
    _move_views_back(edit, ref.tab)
    gone = [ref.part]
    gone += [
        r.target for r in package.relations(ref.part) if r.kind in _GOES_WITH_US and package.has(r.target)
    ]
    gone += [relations_name(name) for name in list(gone) if package.has(relations_name(name))]
    _drop_types(draft, gone)
    return gone


def _drop_relation(draft: Draft, part: str) -> str:
    package = draft.package
    found = next(r.id for r in package.relations(package.workbook_part) if r.target == normal_name(part))
    edit = draft.edit(relations_name(package.workbook_part))
    for tag in openings(edit.data, (b"Relationship",)):
        if attribute(tag.attributes, b"Id") == found.encode():
            edit.replace(tag.start, end_of(edit.data, tag), b"")
    return found


def _drop_types(draft: Draft, parts: list[str]) -> None:
    if not draft.package.has(CONTENT_TYPES):
        return
    edit = draft.edit(CONTENT_TYPES)
    for tag in openings(edit.data, (b"Override",)):
        name = (attribute(tag.attributes, b"PartName") or b"").decode("utf-8", "replace")
        if normal_name(name) in parts:
            edit.replace(tag.start, end_of(edit.data, tag), b"")


def _move_views_back(edit: Edit, tab: int) -> None:
    for tag in openings(edit.data, (b"workbookView",)):
        for name in (b"activeTab", b"firstSheet"):
            value = attribute(tag.attributes, name)
            if value is not None and number(value) > tab:
                set_attribute(edit, tag, name, b"%d" % (number(value) - 1))


def _drop_names(draft: Draft, ref: SheetRef | None) -> None:
    """Take out the names that belong to our sheet, and move back those of sheets behind it."""
    edit = draft.edit(draft.package.workbook_part)
    for tag in openings(edit.data, (b"definedName",)):
        place = attribute(tag.attributes, b"localSheetId")
        ours = attribute(tag.attributes, b"name") == MARK_NAME.encode()
        if ours or (ref is not None and place == b"%d" % ref.tab):
            edit.replace(tag.start, end_of(edit.data, tag), b"")
        elif ref is not None and place is not None and number(place) > ref.tab:
            set_attribute(edit, tag, b"localSheetId", b"%d" % (number(place) - 1))


def _give_back_looks(edit: Edit, record: Record | None) -> None:
    fills = (record.fills, record.own_fills) if record else ({}, ())
    borders = (record.borders, record.own_borders) if record else ({}, ())
    root = root_tag(edit.data)
    _give_back(edit, root, b"fills", b"fill", FILLS, *fills)
    _give_back(edit, root, b"borders", b"border", LINES, *borders)


def _give_back(
    edit: Edit,
    root: Tag,
    group: bytes,
    name: bytes,
    bases: dict[Severity, int],
    looks: Any,
    own: tuple[int, ...],
) -> None:
    """Put the recorded look in place of each item that shows a colour of ours."""
    tag = first_tag(edit.data, group, root.end)
    for start, end in item_spans(edit.data, tag, name) if tag else ():
        codes = {code_of(colour, bases) for colour in colours(edit.data[start:end])}
        code = next((code for code in codes if code is not None and code not in own), None)
        if code is not None:
            look = looks.get(str(code), "")
            sound = look if _is_look(look, name) else _NO_LOOKS[group]
            edit.replace(start, end, prefixed(sound.encode("utf-8"), root.prefix))


def _is_look(look: str, name: bytes) -> bool:
    """Say whether a recorded look is one fill or border and nothing else; a record can be forged."""
    try:
        return local_name(parse(look.encode("utf-8"), "look")) == name.decode() and len(look) < 4_000
    except Unreadable:
        return False
