"""Puts our sheet into the workbook as its first tab, and moves on whatever counts tabs."""

from __future__ import annotations

import re

from etl.package.edit import Edit, append_children, prepend_children, set_attribute
from etl.package.rewrite import Draft
from etl.package.tags import (
    Tag,
    attribute,
    close_of,
    end_of,
    first_tag,
    namespace_prefix,
    number,
    openings,
    root_tag,
    xml_text,
)

SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
MARK_NAME = "jixiao_return"
"""The defined name that tells a return from an original, and where its record stands."""

LONGEST_SHEET_NAME = 31
_LAST_ID = 65_534
_SELECTED = re.compile(rb"""\stabSelected\s*=\s*["'](?:1|true)["']""")
_BEFORE_NAMES = (b"externalReferences", b"functionGroups", b"sheets")


def free_sheet_name(draft: Draft, wanted: str) -> str:
    """Return a name for our sheet that no tab has."""
    taken = {name.casefold() for name in tab_names(draft)}
    name, count = wanted, 2
    while name.casefold() in taken:
        ending = f"({count})"
        name = wanted[: LONGEST_SHEET_NAME - len(ending)] + ending
        count += 1
    return name


def tab_names(draft: Draft) -> list[str]:
    """Return the names of all tabs, chart sheets too."""
    return [ref.name for _, ref in draft.package.tabs]


def opens_on_ours(draft: Draft) -> bool:
    """Say whether the workbook can open on our sheet, and take the selection off the one it opened on.

    Two selected tabs are a group, and what is typed into one goes into the other. So where several
    tabs are selected, or the selected one is no worksheet, the workbook opens where it did before.
    """
    selected = [ref for ref in draft.package.sheets if _is_selected(draft.package.head(ref.part))]
    active = _active_tab(draft)
    others = [ref for kind, ref in draft.package.tabs if kind != "worksheet" and ref.tab == active]
    if others or len(selected) > 1:
        return False
    for ref in selected:
        edit = draft.edit(ref.part)
        for tag in openings(edit.data, (b"sheetView",)):
            if attribute(tag.attributes, b"tabSelected") is not None:
                set_attribute(edit, tag, b"tabSelected", b"0")
    return True


def _is_selected(head: bytes) -> bool:
    return b"tabSelected" in head and _SELECTED.search(head) is not None


def register(draft: Draft, part: str, name: str, table: str, heading_row: int, *, opens: bool) -> None:
    """Add our sheet to the workbook part: tab, names for its filter and print titles, the mark."""
    edit = draft.edit(draft.package.workbook_part)
    root = root_tag(edit.data)
    _move_names(edit)
    _move_views(edit, root, opens=opens)
    _add_tab(draft, edit, root, part, name)
    quoted = "'" + name.replace("'", "''") + "'"
    names = (
        _name("_xlnm._FilterDatabase", f"{quoted}!{table}", ' localSheetId="0" hidden="1"')
        + _name("_xlnm.Print_Titles", f"{quoted}!${heading_row}:${heading_row}", ' localSheetId="0"')
        + _name(MARK_NAME, f"{quoted}!$L$1", ' hidden="1"')
    )
    _add_names(edit, root, names)


def _active_tab(draft: Draft) -> int:
    edit = draft.edit(draft.package.workbook_part)
    view = first_tag(edit.data, b"workbookView")
    return number(attribute(view.attributes, b"activeTab")) if view else 0


def _add_tab(draft: Draft, edit: Edit, root: Tag, part: str, name: str) -> None:
    sheets = first_tag(edit.data, b"sheets", root.end)
    if sheets is None:
        return
    end = close_of(edit.data, sheets)
    ids = [
        number(attribute(tag.attributes, b"sheetId"))
        for tag in openings(edit.data, (b"sheet",), sheets.end, end)
    ]
    relation = draft.relate(draft.package.workbook_part, "worksheet", part)
    namespace = draft.relation_namespace
    prefix = namespace_prefix(edit.data, root, namespace)
    declaration = b"" if prefix else b' xmlns:r="%s"' % namespace
    tab = b'<%ssheet name="%s" sheetId="%d"%s %sid="%s"/>' % (
        sheets.prefix, xml_text(name), _free_id(ids), declaration, prefix or b"r:", relation.encode(),
    )  # fmt: skip
    prepend_children(edit, sheets, tab)


def _free_id(ids: list[int]) -> int:
    """Return a number no tab has: the next one, or a lower one where the last possible is taken."""
    following = max(ids, default=0) + 1
    return following if following <= _LAST_ID else next(n for n in range(1, _LAST_ID) if n not in ids)


def _move_names(edit: Edit) -> None:
    for tag in openings(edit.data, (b"definedName",)):
        place = attribute(tag.attributes, b"localSheetId")
        if place is not None and place.isdigit():
            set_attribute(edit, tag, b"localSheetId", b"%d" % (int(place) + 1))


def _move_views(edit: Edit, root: Tag, *, opens: bool) -> None:
    views = list(openings(edit.data, (b"workbookView",)))
    for tag in views:
        active = 0 if opens else number(attribute(tag.attributes, b"activeTab")) + 1
        first = 0 if opens else number(attribute(tag.attributes, b"firstSheet"))
        for name, value in ((b"activeTab", active), (b"firstSheet", first)):
            if value or attribute(tag.attributes, name) is not None:
                set_attribute(edit, tag, name, b"%d" % value)
    sheets = first_tag(edit.data, b"sheets", root.end)
    if not views and not opens and sheets is not None:
        p = root.prefix
        edit.insert(sheets.start, b'<%sbookViews><%sworkbookView activeTab="1"/></%sbookViews>' % (p, p, p))


def _name(name: str, formula: str, more: str) -> bytes:
    return f'<definedName name="{name}"{more}>'.encode() + xml_text(formula) + b"</definedName>"


def _add_names(edit: Edit, root: Tag, names: bytes) -> None:
    if root.prefix:
        names = re.sub(rb"<(/?)(?=definedName)", rb"<\1" + root.prefix, names)
    found = first_tag(edit.data, b"definedNames", root.end)
    if found is not None:
        prepend_children(edit, found, names)
        return
    element = root.prefix + b"definedNames"
    for name in _BEFORE_NAMES:
        tag = first_tag(edit.data, name, root.end)
        if tag is not None:
            edit.insert(end_of(edit.data, tag), b"<%s>%s</%s>" % (element, names, element))
            return
    append_children(edit, root, b"<%s>%s</%s>" % (element, names, element))
