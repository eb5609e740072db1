"""Takes our part out of a sheet's notes; a note that was ours alone goes with its box."""

from __future__ import annotations

from dataclasses import dataclass
from html import unescape

from etl.cell.grid import Address, cell_address
from etl.marks.model import WORDINGS
from etl.marks.note_boxes import notes_in
from etl.package.edit import Edit
from etl.package.rewrite import Draft
from etl.package.tags import Tag, attribute, end_of, openings, tags, xml_text

_STARTS = tuple(wording.note_start for wording in WORDINGS)
_ENDS = tuple(wording.note_end for wording in WORDINGS)


@dataclass(frozen=True, slots=True)
class _Piece:
    """A text element of a note: where its text stands in the part, and the text."""

    start: int
    end: int
    text: str


def take_off_notes(draft: Draft, sheet: str) -> None:
    """Take our notes off one sheet."""
    package = draft.package
    part = package.related(sheet, "comments")
    if part is None or not package.has(part):
        return
    edit = draft.edit(part)
    gone: list[Address] = []
    for tag in openings(edit.data, (b"comment",)):
        if _take_off(edit, tag):
            address = cell_address((attribute(tag.attributes, b"ref") or b"").decode("ascii", "replace"))
            gone += [address] if address else []
    if gone:
        _drop_boxes(draft, sheet, gone)


def _take_off(edit: Edit, tag: Tag) -> bool:
    """Cut our part out of one note; return whether nothing of it is left."""
    end = end_of(edit.data, tag)
    pieces = _pieces(edit.data, tag.end, end)
    whole = "".join(piece.text for piece in pieces)
    cut = our_part(whole)
    if cut is None:
        return False
    if not (whole[: cut[0]] + whole[cut[1] :]).strip():
        edit.replace(tag.start, end, b"")
        return True
    position = 0
    for piece in pieces:
        kept = _without(piece.text, cut[0] - position, cut[1] - position)
        position += len(piece.text)
        if kept != piece.text:
            edit.replace(piece.start, piece.end, xml_text(kept))
    return False


def our_part(text: str) -> tuple[int, int] | None:
    """Return where our part of a note stands, line breaks before it included, or None."""
    starts = [text.find(mark) for mark in _STARTS if mark in text]
    if not starts:
        return None
    start = min(starts)
    ends = [text.rfind(mark) + len(mark) for mark in _ENDS if text.rfind(mark) > start]
    end = max(ends, default=len(text))
    return len(text[:start].rstrip("\n")), end


def _pieces(data: bytes, start: int, end: int) -> list[_Piece]:
    found = []
    opened: Tag | None = None
    for tag in tags(data, (b"t",), start, end):
        if tag.closing and opened is not None:
            text = unescape(data[opened.end : tag.start].decode("utf-8", "replace"))
            found.append(_Piece(opened.end, tag.start, text))
        opened = None if tag.closing or tag.empty else tag
    return found


def _without(text: str, start: int, end: int) -> str:
    return text[: max(0, start)] + text[max(0, end) :]


def _drop_boxes(draft: Draft, sheet: str, addresses: list[Address]) -> None:
    for relation in draft.package.relations(sheet):
        if relation.kind != "vmlDrawing" or not draft.package.has(relation.target):
            continue
        edit = draft.edit(relation.target)
        for address, (start, end) in notes_in(edit.data).items():
            if address in addresses:
                edit.replace(start, end, b"")
