"""Finds the part of a workbook's formats that marks add to, or makes one that every reader opens."""

from __future__ import annotations

from typing import NamedTuple

from etl.package.edit import Edit
from etl.package.rewrite import Draft
from etl.package.tags import Tag, close_of, root_tag, top_level

MAINS = (
    b"http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    b"http://purl.oclc.org/ooxml/spreadsheetml/main",
)
"""The namespace of spreadsheets, transitional and strict."""

_USUAL_PART = "xl/styles.xml"
"""Where every program writes the formats, and the one place where some look for them."""
_ITEMS = (b"fonts", b"fills", b"borders", b"cellXfs")
_DECLARATION = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_EMPTY = (
    b'<styleSheet xmlns="%s">'
    b'<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    b'<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)


class Source(NamedTuple):
    """The styles part: its name, the text that is added to, and how that gets into the package.

    `whole`: the part whose whole text it takes the place of. `new`: there is no part of that name yet.
    `empty`: nothing in it is the department's.
    """

    part: str
    edit: Edit
    whole: Edit | None = None
    new: bool = False
    empty: bool = False


def source_of(draft: Draft) -> Source:
    """Return the styles part that is added to.

    It is at the usual place where that can be, because some programs look nowhere else. A part that programs
    do not read alike (alternatives among its lists) is written with the alternative that is read here; one that
    holds no formats at all is written anew.
    """
    package, part = draft.package, draft.package.styles_part
    usual = package.has(_USUAL_PART)
    anew = _EMPTY % MAINS[draft.strict]
    if part is None and usual:  # nobody refers to it, so it shows nowhere
        whole = draft.edit(_USUAL_PART)
        return Source(_USUAL_PART, Edit.of_text(_DECLARATION + anew), whole, empty=True)
    if part is None:
        return Source(_USUAL_PART, Edit.of_text(_DECLARATION + anew), new=True, empty=True)
    edit = draft.edit(part)
    root = root_tag(edit.data)
    if root.name != b"styleSheet":
        return Source(part, Edit.of_text(edit.data[: root.start] + anew), edit, empty=True)
    if _has_alternatives(edit.data, root):
        from lxml import etree

        chosen = etree.tostring(package.xml(part), encoding="utf-8")
        return Source(part, Edit.of_text(edit.data[: root.start] + chosen), edit)
    if usual or edit.encoding != "utf-8":
        return Source(part, edit)
    return Source(_USUAL_PART, Edit.of_text(edit.data), new=True)


def _has_alternatives(data: bytes, root: Tag) -> bool:
    if root.empty or data.find(b"AlternateContent") < 0:
        return False
    for tag in top_level(data, root.end):
        inside = tag.name in _ITEMS and data.find(b"AlternateContent", tag.end, close_of(data, tag)) >= 0
        if inside or tag.name == b"AlternateContent":
            return True
    return False
