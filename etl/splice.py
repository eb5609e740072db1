"""Changes XML parts by cutting and pasting bytes, so that whatever is not meant stays as it stands.

Offsets are those of the part's text in UTF-8; a part in another encoding is brought back to it at
the end. Every change can be undone exactly.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from html import escape as _escaped
from typing import NamedTuple

from etl.grid import Unreadable
from etl.safe_xml import bad_xml, parse, refuse_doctype

_ATTRIBUTES = rb"""((?:[^"'<>]++|"[^"<]*+"|'[^'<]*+')*+)"""
_OPAQUE = rb"!--.*?-->|!\[CDATA\[.*?\]\]>|\?.*?\?>"
_OPENERS = ((b"<!--", b"-->"), (b"<![CDATA[", b"]]>"), (b"<?", b"?>"))
_MAIN = b"/spreadsheetml/"
_ANY_NAME = (rb"[^\s/>:!?]+",)
_DECLARED = re.compile(rb"""<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")
_DEFAULT_MAIN = re.compile(rb"""\sxmlns\s*=\s*["'][^"']*/spreadsheetml/""")
_RELATION_ID = re.compile(rb"""\s[\w.-]+:id\s*=\s*["']([^"']*)["']""")
_ILLEGAL = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SPECIAL = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|[&<>\"']")
_LOOKS_ESCAPED = re.compile("_(?=x[0-9A-Fa-f]{4}_)")

Undo = tuple[int, int, str]
"""Where in the changed text, how many bytes now stand there, and the text that stood there before."""


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


class Edit:
    """A part's text and the changes to be made to it.

    Raises `Unreadable` for a part with a DOCTYPE, and for one whose comments do not end.
    """

    def __init__(self, content: bytes, name: str) -> None:
        refuse_doctype(content, name)
        if _opens_without_end(content):
            parse(content, name)
        self.encoding = encoding_of(content)
        self.data = content if self.encoding == "utf-8" else _decoded(content, self.encoding, name)
        self._splices: list[tuple[int, int, bytes]] = []

    @property
    def touched(self) -> bool:
        """Whether anything is to be changed."""
        return bool(self._splices)

    def replace(self, start: int, end: int, new: bytes) -> None:
        """Put `new` where `start`:`end` stands; insertions at one place keep their order."""
        if self.data[start:end] != new:
            self._splices.append((start, end, new))

    def insert(self, position: int, new: bytes) -> None:
        """Put `new` before what stands at `position`."""
        self._splices.append((position, position, new))

    def result(self) -> bytes:
        """Return the changed part in the encoding it came in."""
        pieces: list[bytes] = []
        last = 0
        for start, end, new in self._ordered():
            pieces += (self.data[last:start], new)
            last = end
        text = b"".join((*pieces, self.data[last:]))
        return text if self.encoding == "utf-8" else _encoded(text, self.encoding)

    def undo(self) -> list[Undo]:
        """Return what turns the changed text into the one that was given."""
        steps, moved = [], 0
        for start, end, new in self._ordered():
            steps.append((start + moved, len(new), self.data[start:end].decode("utf-8", "surrogateescape")))
            moved += len(new) - (end - start)
        return steps

    def _ordered(self) -> list[tuple[int, int, bytes]]:
        return sorted(self._splices, key=lambda splice: splice[0])


def undone(content: bytes, steps: Iterable[Sequence[object]], name: str) -> bytes:
    """Return a changed part as it was before, by the steps `Edit.undo` gave."""
    edit = Edit(content, name)
    for position, length, old in steps:
        assert isinstance(position, int) and isinstance(length, int) and isinstance(old, str)
        edit._splices.append((position, position + length, old.encode("utf-8", "surrogateescape")))
    return edit.result()


def tags(data: bytes, names: tuple[bytes, ...], start: int = 0, end: int | None = None) -> Iterator[Tag]:
    """Yield the tags of some element names in their order, not those inside comments and CDATA."""
    return _found(data, names, start, len(data) if end is None else end, True)


def openings(data: bytes, names: tuple[bytes, ...], start: int = 0, end: int | None = None) -> Iterator[Tag]:
    """Yield the opening tags of some element names in their order."""
    return _found(data, names, start, len(data) if end is None else end, False)


def opening_matches(data: bytes, name: bytes, start: int, end: int, *, plain: bool) -> list[re.Match[bytes]]:
    """Return the opening tags of an element as matches, to be made tags where they are needed.

    `plain` promises that `is_plain` said so of the data and the name, and makes the search faster.
    """
    pattern = _plain_pattern(name) if plain else _pattern((name,), False)
    return [match for match in pattern.finditer(data, start, end) if match[3] is not None]


def is_plain(data: bytes, root: Tag) -> bool:
    """Say whether spreadsheet elements have no prefixes in a part, and nothing could hide tags in it.

    So it is where the one place that speaks of a spreadsheet namespace is the root's own `xmlns`.
    """
    if root.prefix or root.attributes.count(_MAIN) != 1 or not _DEFAULT_MAIN.search(root.attributes):
        return False
    return data.find(_MAIN, root.end) < 0 and data.find(b"<!", root.end) < 0


def _opens_without_end(content: bytes) -> bool:
    """Say whether a comment or the like may never end; looking for its end again and again takes long."""
    if content.find(b"<!") < 0 and content.find(b"<?", 2) < 0:
        return False
    return any(content.rfind(opener) > content.rfind(closer) for opener, closer in _OPENERS)


def tag_of(match: re.Match[bytes]) -> Tag:
    """Return the tag that a match found."""
    slash, prefix, name, attributes = match.groups()
    return Tag(match.start(), match.end(), slash == b"/", prefix or b"", name, attributes)


def _found(data: bytes, names: tuple[bytes, ...], start: int, end: int, closing: bool) -> Iterator[Tag]:
    for match in _pattern(names, closing).finditer(data, start, end):
        if match[3] is not None:
            yield tag_of(match)


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
    if data.find(b"<!", tag.end) < 0:
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


@lru_cache(maxsize=64)
def _pattern(names: tuple[bytes, ...], closing: bool) -> re.Pattern[bytes]:
    """Return a pattern of tags; comments and the like are matched whole, so that none is found in them."""
    slash = rb"(/?)" if closing else rb"()"
    wanted = slash + rb"([\w.-]+:)?(" + b"|".join(names) + rb")(?=[\s/>])" + _ATTRIBUTES + b">"
    return re.compile(b"<(?:" + _OPAQUE + b"|" + wanted + b")", re.DOTALL)


@lru_cache(maxsize=64)
def _plain_pattern(name: bytes) -> re.Pattern[bytes]:
    return re.compile(rb"<()()(" + name + rb")(?=[\s/>])" + _ATTRIBUTES + b">", re.DOTALL)


@lru_cache(maxsize=64)
def _attribute_pattern(name: bytes) -> re.Pattern[bytes]:
    return re.compile(rb"""(?<=\s)""" + name + rb"""\s*=\s*(?:"([^"]*)"|'([^']*)')""")


def attribute(attributes: bytes, name: bytes) -> bytes | None:
    """Return an attribute's value as it is written, or None."""
    found = _attribute_pattern(name).search(attributes)
    if found is None:
        return None
    return found[1] if found[1] is not None else found[2]


def relation_id(tag: Tag) -> tuple[str, tuple[int, int]]:
    """Return the relationship id an element names, under any prefix, and where it stands in the part."""
    found = _RELATION_ID.search(tag.attributes)
    if found is None:
        return "", (tag.end, tag.end)
    offset = tag.end - 1 - len(tag.attributes)
    return found[1].decode("ascii", "replace"), (offset + found.start(1), offset + found.end(1))


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


def set_attribute(edit: Edit, tag: Tag, name: bytes, value: bytes) -> None:
    """Change one attribute of a tag in its part."""
    start = tag.end - 1 - len(tag.attributes)
    found = _attribute_pattern(name).search(tag.attributes)
    new = name + b'="' + value + b'"'
    if found is not None:
        edit.replace(start + found.start(), start + found.end(), new)
        return
    edit.insert(tag.end - (2 if tag.empty else 1), b" " + new)


def append_children(edit: Edit, tag: Tag, children: bytes) -> None:
    """Put elements at the end of an element, whether it is written empty or not."""
    if tag.empty:
        edit.replace(tag.end - 2, tag.end, b">" + children + b"</" + tag.prefix + tag.name + b">")
    else:
        edit.insert(close_of(edit.data, tag), children)


def prepend_children(edit: Edit, tag: Tag, children: bytes) -> None:
    """Put elements at the beginning of an element, whether it is written empty or not."""
    if tag.empty:
        append_children(edit, tag, children)
    else:
        edit.insert(tag.end, children)


def number(value: bytes | None, default: int = 0) -> int:
    """Return an attribute's whole number; `default` for none and for what is no number."""
    if value is None or len(value) > 9 or not value.isdigit():
        return default
    return int(value)


def xml_text(text: str) -> bytes:
    """Return a text as XML: escaped, without characters XML cannot hold, line ends as LF."""
    if not _SPECIAL.search(text):
        return text.encode("utf-8")
    plain = _ILLEGAL.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))
    return _escaped(plain, quote=True).encode("utf-8")


def cell_text(text: str) -> bytes:
    """Return a text as the content of a cell, where _x0041_ would be read as the letter A."""
    return xml_text(_LOOKS_ESCAPED.sub("_x005F_", text) if "_x" in text else text)


def namespace_prefix(data: bytes, root: Tag, namespace: bytes) -> bytes | None:
    """Return the prefix (with its colon) that the root element binds to a namespace, or None."""
    found = re.search(
        rb"""\sxmlns:([\w.-]+)\s*=\s*["']""" + re.escape(namespace) + rb"""["']""", root.attributes
    )
    return found[1] + b":" if found else None


def encoding_of(content: bytes) -> str:
    """Return the encoding of an XML part by its mark or declaration."""
    if content.startswith(b"\xff\xfe") or content.startswith(b"<\x00"):
        return "utf-16-le"
    if content.startswith(b"\xfe\xff") or content.startswith(b"\x00<"):
        return "utf-16-be"
    declared = _DECLARED.match(content[:200].removeprefix(b"\xef\xbb\xbf"))
    name = declared[1].decode("ascii").lower() if declared else "utf-8"
    return "utf-8" if name in ("utf-8", "utf8", "us-ascii") else name


def _decoded(content: bytes, encoding: str, name: str) -> bytes:
    try:
        return content.decode(encoding).encode("utf-8")
    except (UnicodeError, LookupError) as error:
        raise bad_xml(name) from error


def _encoded(text: bytes, encoding: str) -> bytes:
    return text.decode("utf-8").encode(encoding, errors="xmlcharrefreplace")
