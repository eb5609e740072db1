"""Parses XML that strangers wrote: no document type, no entities, no network, bounded depth."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from lxml import etree

from etl.package.container import shown_name, too_large
from etl.safe.unreadable import MOST_CELLS, Unreadable, too_many_cells

_PROLOG = re.compile(rb"(?:\s+|<\?.*?\?>|<!--.*?-->|\xef\xbb\xbf)*+", re.DOTALL)
_LARGE = 2_000_000
"""Bytes of a part above which empty cells and rows are dropped while it is parsed."""
MOST_ELEMENTS = 2_000_000
"""Of a part, not counting rows and cells, which are counted when they hold something: what fits into memory at once.

It is counted, and not left to the memory there happens to be, so that a file gets one verdict wherever it is read.
"""
_COMPATIBILITY = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"


def parse(content: bytes, name: str) -> Any:
    """Return the root element of an XML part.

    Comments and processing instructions are dropped, alternative content is replaced by its fallback.
    In a large part, cells and rows that hold nothing are dropped as well. Raises `Unreadable`:
    `doctype`, `bad_xml` for what is not well-formed or nested too deep, `too_many_cells`, or
    `too_large_inside` for more elements than `MOST_ELEMENTS` or what does not fit into memory.
    """
    refuse_doctype(content, name)
    if len(content) > _LARGE and _elements(content) > MOST_ELEMENTS:
        raise too_large()
    try:
        root = _pruned(content) if len(content) > _LARGE else etree.fromstring(content, _parser())
    except MemoryError as error:
        raise too_large() from error
    except (etree.XMLSyntaxError, ValueError) as error:
        no_memory = getattr(error, "code", 0) == etree.ErrorTypes.ERR_NO_MEMORY
        raise (too_large() if no_memory else bad_xml(name)) from error
    if root is None:
        raise bad_xml(name)
    if root.getroottree().docinfo.internalDTD is not None:
        raise _doctype(name)
    if (
        b"AlternateContent" in content or b"\0" in content[:4]
    ):  # of wide characters the name is not searched for
        _take_fallbacks(root)
    return root


def _elements(content: bytes) -> int:
    """Return how many elements a part holds beside rows and cells, at most: comments and the like count too."""
    return content.count(b"<") - sum(map(content.count, (b"</", b"<c ", b"<c/", b"<c>", b"<row")))


def refuse_doctype(content: bytes, name: str) -> None:
    """Raise `Unreadable("doctype")` for a part with a document type, before anything parses it."""
    if content[:2] in (b"\xff\xfe", b"\xfe\xff", b"<\x00", b"\x00<"):
        content = content[:100_000].replace(b"\x00", b"")
    prolog = _PROLOG.match(content)
    after = prolog.end() if prolog else 0
    if content[after : after + 9].upper() == b"<!DOCTYPE":
        raise _doctype(name)


def bad_xml(name: str) -> Unreadable:
    """Return the refusal of a part that is not well-formed XML."""
    shown = shown_name(name)
    return Unreadable(
        "bad_xml", f"文件损坏：{shown}内容不完整或有误", f"the file is damaged: {shown} is broken"
    )


def _doctype(name: str) -> Unreadable:
    shown = shown_name(name)
    return Unreadable(
        "doctype",
        f"文件含有不允许的声明（DOCTYPE）：{shown}",
        f"the file holds a document type declaration, which is not allowed: {shown}",
    )


@cache
def _parser() -> Any:
    """Return the parser of whole parts; making one costs more than parsing a small part."""
    return etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )


def _pruned(content: bytes) -> Any:
    """Parse a part and drop empty cells and rows on the way, so that a sheet of formats stays small."""
    parser = etree.XMLPullParser(
        events=("end",),
        tag=("{*}row",),
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    last = None
    filled = 0
    view = memoryview(content)
    for start in range(0, len(content), 1 << 20):
        parser.feed(bytes(view[start : start + (1 << 20)]))
        for _, row in parser.read_events():
            filled += _drop_empty_cells(row)
            if last is not None:
                _drop_if_empty(last, row)
            last = row
        if filled > MOST_CELLS:
            raise too_many_cells()
    return parser.close()


def _drop_empty_cells(row: Any) -> int:
    """Drop cells without content and return how many hold something; one stays where the next has no address and counts on it."""
    following, filled = None, 0
    for cell in reversed(row):
        filled += len(cell) > 0
        if not len(cell) and (following is None or following.get("r")):
            row.remove(cell)
        else:
            following = cell
    return filled


def _drop_if_empty(row: Any, following: Any) -> None:
    if not len(row) and following.get("r") and row.get("hidden") is None:
        parent = row.getparent()
        if parent is not None:
            parent.remove(row)


def _take_fallbacks(root: Any) -> None:
    """Replace each AlternateContent by what a program that knows no extension reads."""
    for element in list(root.iter(f"{_COMPATIBILITY}AlternateContent")):
        parent = element.getparent()
        if parent is None:
            continue
        chosen = element.find(f"{_COMPATIBILITY}Fallback")
        if chosen is None:
            chosen = element.find(f"{_COMPATIBILITY}Choice")
        position = parent.index(element)
        parent.remove(element)
        for offset, child in enumerate(list(chosen) if chosen is not None else ()):
            parent.insert(position + offset, child)
