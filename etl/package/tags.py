"""Finds tags and attributes in XML as it is written, by their place in the bytes.

For parts that are changed in a few places and must stay as they are everywhere else. Text is UTF-8.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from html import escape as _escaped
from typing import NamedTuple

from etl.safe.unreadable import Unreadable

_ATTRIBUTES = rb"""((?:[^"'<>]++|"[^"<]*+"|'[^'<]*+')*+)"""
_OPAQUE = rb"!--.*?-->|!\[CDATA\[.*?\]\]>|\?.*?\?>"
_MAIN = b"/spreadsheetml/"
_ANY_NAME = (rb"[^\s/>:!?]+",)
_DEFAULT_MAIN = re.compile(rb"""\sxmlns\s*=\s*["'][^"']*/spreadsheetml/""")
_RELATION_ID = re.compile(rb"""\s[\w.-]+:id\s*=\s*["']([^"']*)["']""")
_ILLEGAL = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SPECIAL = re.compile("[^\t\n !#-%(-;=?-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What is illegal, and & < > and quotes: all in one class, which is searched for three times as fast as two."""
_LOOKS_ESCAPED = re.compile("_(?=x[0-9A-Fa-f]{4}_)")


class Tag(NamedTuple):
    """A tag found in a part: its bytes stand at `start`:`end`."""

    start: int
    end: int
    closing: bool
    prefix: bytes
    name: bytes
    attributes: bytes

    @property
    def empty(self) -> bool:
        """Whether the tag opens and closes its element at once."""
        return self.attributes.endswith(b"/")


def tags(data: bytes, names: tuple[bytes, ...], start: int = 0, end: int | None = None) -> Iterator[Tag]:
    """Yield the tags of some element names in their order, not those inside comments and CDATA."""
    return _found(data, names, start, len(data) if end is None else end, True)


def openings(data: bytes, names: tuple[bytes, ...], start: int = 0, end: int | None = None) -> Iterator[Tag]:
    """Yield the opening tags of some element names in their order."""
    return _found(data, names, start, len(data) if end is None else end, False)


def addressed(data: bytes, name: bytes, start: int, end: int, *, plain: bool) -> list[re.Match[bytes]]:
    """Return the opening tags of rows or cells as matches, to be made tags where they are needed.

    Their groups 3 and 4 are letters and digits of the address, where it is the first attribute and written
    as Excel writes it, and None elsewhere. `plain` promises that `is_plain` said so of the data, and makes
    the search faster.
    """
    pattern = _addressed_pattern(name, plain)
    return [match for match in pattern.finditer(data, start, end) if match[2] is not None]


def addressed_tag(match: re.Match[bytes]) -> Tag:
    """Return the tag that a match of `addressed` found."""
    prefix, name, _, _, attributes = match.groups()
    return Tag(match.start(), match.end(), False, prefix or b"", name, attributes)


def is_plain(data: bytes, root: Tag) -> bool:
    """Say whether spreadsheet elements have no prefixes in a part, and nothing could hide tags in it.

    So it is where the one place that speaks of a spreadsheet namespace is the root's own `xmlns`.
    """
    if root.prefix or root.attributes.count(_MAIN) != 1 or not _DEFAULT_MAIN.search(root.attributes):
        return False
    return data.find(_MAIN, root.end) < 0 and not holds(data, b"<!", root.end)


def holds(data: bytes, pair: bytes, start: int = 0) -> bool:
    """Say whether two bytes stand next to each other; the second is the rarer one, and one byte is found faster."""
    return data.find(pair[1:], start) >= 0 and data.find(pair, start) >= 0


def first_tag(data: bytes, name: bytes, start: int = 0, end: int | None = None) -> Tag | None:
    """Return the first opening tag of an element, or None."""
    return next(openings(data, (name,), start, end), None)


def root_tag(data: bytes) -> Tag:
    """Return the opening tag of a part's root element."""
    for match in _pattern(_ANY_NAME, False).finditer(data):
        if match[3] is not None:
            return tag_of(match)
    raise Unreadable("bad_xml", "文件损坏", "the file is damaged")


def close_of(data: bytes, tag: Tag) -> int:
    """Return where the closing tag of an element starts that holds no element of its own name."""
    if tag.empty:
        return tag.end
    if not holds(data, b"<!", tag.end):
        place = data.find(b"</" + tag.prefix + tag.name, tag.end)
        after = place + 2 + len(tag.prefix) + len(tag.name)
        if place >= 0 and data[after : after + 1] == b">":
            return place
    found = next((t for t in tags(data, (tag.name,), tag.end) if t.closing), None)
    return found.start if found else len(data)


def end_of(data: bytes, tag: Tag) -> int:
    """Return where an element ends that holds no element of its own name."""
    return tag.end if tag.empty else data.find(b">", close_of(data, tag)) + 1


def top_level(data: bytes, start: int) -> Iterator[Tag]:
    """Yield the opening tags of the elements at the level of `start`, up to the end of their parent."""
    depth = 0
    for tag in tags(data, _ANY_NAME, start):
        if tag.closing:
            depth -= 1
            if depth < 0:
                return
            continue
        if depth == 0:
            yield tag
        if not tag.empty:
            depth += 1


def tag_of(match: re.Match[bytes]) -> Tag:
    """Return the tag that a match found."""
    slash, prefix, name, attributes = match.groups()
    return Tag(match.start(), match.end(), slash == b"/", prefix or b"", name, attributes)


def _found(data: bytes, names: tuple[bytes, ...], start: int, end: int, closing: bool) -> Iterator[Tag]:
    for match in _pattern(names, closing).finditer(data, start, end):
        if match[3] is not None:
            yield tag_of(match)


@lru_cache(maxsize=64)
def _pattern(names: tuple[bytes, ...], closing: bool) -> re.Pattern[bytes]:
    """Return a pattern of tags; comments and the like are matched whole, so that none is found in them."""
    slash = rb"(/?)" if closing else rb"()"
    wanted = slash + rb"([\w.-]+:)?(" + b"|".join(names) + rb")(?=[\s/>])" + _ATTRIBUTES + b">"
    return re.compile(b"<(?:" + _OPAQUE + b"|" + wanted + b")", re.DOTALL)


@lru_cache(maxsize=64)
def _addressed_pattern(name: bytes, plain: bool) -> re.Pattern[bytes]:
    prefix = b"()" if plain else rb"([\w.-]+:)?"
    wanted = prefix + b"(" + name + rb""")(?=[\s/>])(?= r="([A-Z]{0,3})([0-9]{1,7})"|)""" + _ATTRIBUTES + b">"
    return re.compile(b"<" + wanted if plain else b"<(?:" + _OPAQUE + b"|" + wanted + b")", re.DOTALL)


def attribute(attributes: bytes, name: bytes) -> bytes | None:
    """Return an attribute's value as it is written, or None."""
    found = _attribute_pattern(name).search(attributes)
    if found is None:
        return None
    return found[1] if found[1] is not None else found[2]


def attribute_place(tag: Tag, name: bytes) -> tuple[int, int] | None:
    """Return where an attribute stands in its part, name and value, or None."""
    found = _attribute_pattern(name).search(tag.attributes)
    start = tag.end - 1 - len(tag.attributes)
    return (start + found.start(), start + found.end()) if found else None


def with_attribute(attributes: bytes, name: bytes, value: bytes) -> bytes:
    """Return a tag's attributes with one set; all others keep their place and quotes."""
    pattern = _attribute_pattern(name)
    new = name + b'="' + value + b'"'
    found = pattern.search(attributes)
    if found is not None:
        return attributes[: found.start()] + new + attributes[found.end() :]
    if attributes.endswith(b"/"):
        return attributes[:-1].rstrip() + b" " + new + b"/"
    return attributes + b" " + new


def without_attribute(attributes: bytes, name: bytes) -> bytes:
    """Return a tag's attributes with one taken out."""
    found = _attribute_pattern(name).search(attributes)
    return attributes[: found.start()].rstrip() + attributes[found.end() :] if found else attributes


def relation_id(tag: Tag) -> tuple[str, tuple[int, int]]:
    """Return the relationship id an element names, under any prefix, and where it stands in the part."""
    found = _RELATION_ID.search(tag.attributes)
    if found is None:
        return "", (tag.end, tag.end)
    offset = tag.end - 1 - len(tag.attributes)
    return found[1].decode("ascii", "replace"), (offset + found.start(1), offset + found.end(1))


def namespace_prefix(data: bytes, root: Tag, namespace: bytes) -> bytes | None:
    """Return the prefix (with its colon) that the root element binds to a namespace, or None."""
    found = re.search(
        rb"""\sxmlns:([\w.-]+)\s*=\s*["']""" + re.escape(namespace) + rb"""["']""", root.attributes
    )
    return found[1] + b":" if found else None


def number(value: bytes | None, default: int = 0) -> int:
    """Return an attribute's whole number; `default` for none and for what is no number."""
    if value is None or len(value) > 9 or not value.isdigit():
        return default
    return int(value)


@lru_cache(maxsize=64)
def _attribute_pattern(name: bytes) -> re.Pattern[bytes]:
    return re.compile(rb"""(?<=\s)""" + name + rb"""\s*=\s*(?:"([^"]*)"|'([^']*)')""")


def xml_text(text: str) -> bytes:
    """Return a text as XML: escaped, without characters XML cannot hold, line ends as LF."""
    if not _SPECIAL.search(text):
        return text.encode("utf-8")
    plain = _ILLEGAL.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))
    return _escaped(plain, quote=True).encode("utf-8")


def inline_text(text: str) -> bytes:
    """Return a text as the content of a cell, where _x0041_ would be read as the letter A."""
    return xml_text(_LOOKS_ESCAPED.sub("_x005F_", text) if "_x" in text else text)
