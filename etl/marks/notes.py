"""Adds our notes to a sheet: the texts in its comments part, the boxes in its legacy drawing.

A cell that has a note keeps it and gets ours below; that holds as well for the text that stands in for
a threaded comment. Our part of a note stands between two lines it is known by.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from etl.cell.grid import Address, Area, address_text
from etl.marks.model import Wording
from etl.marks.note_boxes import Boxes
from etl.marks.sheet import SheetPart
from etl.marks.sizes import Sizes
from etl.marks.styles_part import MAINS
from etl.package.edit import Edit, append_children, prepend_children
from etl.package.part_names import SheetRef
from etl.package.rewrite import Draft
from etl.package.tags import Tag, attribute, close_of, end_of, first_tag, openings, root_tag, xml_text

COMMENTS_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml"
LONGEST_NOTE = 4_000
"""Characters of one note of ours; the sheet of remarks has the whole text."""

_FONT = '<rPr>{bold}<sz val="9"/><color indexed="81"/><rFont val="宋体"/><family val="3"/><charset val="134"/></rPr>'
_RUN = f'<r>{_FONT}<t xml:space="preserve">'
_BOLD_RUN, _PLAIN_RUN = _RUN.format(bold="<b/>"), _RUN.format(bold="")
_ANY_TEXT = re.compile(rb"<(?:[\w.-]+:)?t(?:\s[^>]*)?>([^<]*)<")


class _Comments:
    """The comments part of a sheet, found or to be made."""

    def __init__(self, draft: Draft, sheet: str) -> None:
        found = draft.package.related(sheet, "comments")
        self.part = found if found and draft.package.has(found) else None
        if self.part:
            draft.package.xml(self.part)
        self.edit = draft.edit(self.part) if self.part else Edit(_empty(draft), "comments")
        self.root = root_tag(self.edit.data)
        self.prefix = self.root.prefix
        self.known: dict[str, Tag] = {}
        for tag in openings(self.edit.data, (b"comment",), self.root.end):
            reference = attribute(tag.attributes, b"ref") or b""
            self.known.setdefault(reference.decode("ascii", "replace").replace("$", "").upper(), tag)


def add_notes(
    draft: Draft,
    sheet: SheetPart,
    ref: SheetRef,
    position: int,
    notes: Mapping[Area, str],
    wording: Wording,
) -> None:
    """Put a note on each of some cells or merged areas; `position` tells the sheet from others (from 1).

    Raises `Unreadable`, with nothing changed, where the sheet's own notes cannot be read.
    """
    comments = _Comments(draft, ref.part)
    boxes = Boxes(draft, sheet, ref.part, position)
    sizes = Sizes(sheet)
    author = _add_author(comments, wording)
    new: list[bytes] = []
    for area, text in sorted(notes.items()):
        address = area[:2]
        text = text[:LONGEST_NOTE]
        tag = comments.known.get(address_text(address))
        if tag is None:
            new.append(_comment(address, author, text, wording, comments.prefix))
            boxes.add(area, framed(text, wording), sizes)
        else:
            old = _append(comments, tag, text, wording)
            boxes.enlarge(area, old, framed(text, wording), sizes)
    _add_comments(comments, b"".join(new))
    boxes.finish()
    if comments.part is None:
        _add_part(draft, ref.part, comments.edit.result())


def _add_part(draft: Draft, sheet: str, content: bytes) -> None:
    """Add the comments of a sheet that has none; a sheet has one such part, so a promise of one is redeemed."""
    folder = draft.package.workbook_part.rpartition("/")[0]
    name = draft.free_name(folder, "comments", ".xml")
    draft.add(name, content, COMMENTS_TYPE)
    promised = draft.package.relation_of(sheet, "comments")
    if promised is None:
        draft.relate(sheet, "comments", name)
    else:
        draft.redirect(sheet, promised.id, name)


def framed(text: str, wording: Wording) -> str:
    """Return our part of a note with the lines it is known by."""
    return f"{wording.note_start}\n{text}\n{wording.note_end}"


def _empty(draft: Draft) -> bytes:
    head = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    return head + b'<comments xmlns="%s"><authors/><commentList/></comments>' % MAINS[draft.strict]


def _add_author(comments: _Comments, wording: Wording) -> int:
    """Add us to those who write notes and return our number."""
    authors = first_tag(comments.edit.data, b"authors", comments.root.end)
    name = comments.prefix + b"author"
    author = b"<%s>%s</%s>" % (name, xml_text(wording.author), name)
    if authors is None:
        element = comments.prefix + b"authors"
        text = b"<%s>%s</%s>" % (element, author, element)
        prepend_children(comments.edit, comments.root, text)
        return 0
    end = close_of(comments.edit.data, authors)
    count = sum(1 for _ in openings(comments.edit.data, (b"author",), authors.end, end))
    append_children(comments.edit, authors, author)
    return count


def _add_comments(comments: _Comments, new: bytes) -> None:
    if not new:
        return
    found = first_tag(comments.edit.data, b"commentList", comments.root.end)
    if found is None:
        name = comments.prefix + b"commentList"
        append_children(comments.edit, comments.root, b"<%s>%s</%s>" % (name, new, name))
    else:
        append_children(comments.edit, found, new)


def _comment(address: Address, author: int, text: str, wording: Wording, prefix: bytes) -> bytes:
    runs = _runs(text, wording, "")
    plain = f'<comment ref="{address_text(address)}" authorId="{author}" shapeId="0"><text>{runs}</text></comment>'
    return _prefixed(plain, prefix)


def _runs(text: str, wording: Wording, before: str) -> str:
    start = xml_text(f"{before}{wording.note_start}\n").decode()
    rest = xml_text(f"{text}\n{wording.note_end}").decode()
    return f"{_BOLD_RUN}{start}</t></r>{_PLAIN_RUN}{rest}</t></r>"


def _prefixed(plain: str, prefix: bytes) -> bytes:
    if not prefix:
        return plain.encode("utf-8")
    return re.sub(r"<(/?)(?=\w)", rf"<\1{prefix.decode()}", plain).encode("utf-8")


def _append(comments: _Comments, tag: Tag, text: str, wording: Wording) -> str:
    """Put our text below a comment's own and return the own text."""
    edit, end = comments.edit, end_of(comments.edit.data, tag)
    old = b"".join(_ANY_TEXT.findall(edit.data, tag.end, end)).decode("utf-8", "replace")
    holder = first_tag(edit.data, b"text", tag.end, end)
    if holder is None:
        name = comments.prefix + b"text"
        body = b"<%s>%s</%s>" % (name, _prefixed(_runs(text, wording, ""), comments.prefix), name)
        append_children(edit, tag, body)
        return old
    runs = first_tag(edit.data, b"r", holder.end, end)
    plain = first_tag(edit.data, b"t", holder.end, end)
    if runs is None and plain is not None and not plain.empty:
        _append_plain(edit, plain, framed(text, wording))
        return old
    _append_runs(edit, holder, end, _prefixed(_runs(text, wording, "\n\n" if old else ""), comments.prefix))
    return old


def _append_plain(edit: Edit, plain: Tag, text: str) -> None:
    """Put our text at the end of a note that has no runs: both in one text element."""
    edit.insert(close_of(edit.data, plain), xml_text(f"\n\n{text}"))


def _append_runs(edit: Edit, holder: Tag, end: int, runs: bytes) -> None:
    if holder.empty:
        append_children(edit, holder, runs)
        return
    later = (tag.start for tag in openings(edit.data, (b"rPh", b"phoneticPr"), holder.end, end))
    edit.insert(next(later, close_of(edit.data, holder)), runs)
