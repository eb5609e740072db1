"""Changes XML parts by cutting and pasting bytes, so that whatever is not meant stays as it stands.

Offsets are those of the part's text in UTF-8; a part in another encoding is brought back to it at
the end. Every change can be undone exactly.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from etl.package.safe_xml import bad_xml, parse, refuse_doctype
from etl.package.tags import Tag, attribute_place, close_of, holds

_OPENERS = ((b"<!--", b"-->"), (b"<![CDATA[", b"]]>"), (b"<?", b"?>"))
_DECLARED = re.compile(rb"""<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")
_WIDEST = (
    (b"\xff\xfe\0\0", "utf-32-le"), (b"<\0\0\0", "utf-32-le"), (b"\0\0\xfe\xff", "utf-32-be"), (b"\0\0\0<", "utf-32-be"),
)  # fmt: skip
"""How parts of four bytes a character begin: two of these look like UTF-16 at first."""
Undo = tuple[int, int, str]
"""Where in the changed text, how many bytes now stand there, and the text that stood there before."""


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
        self._filled: dict[Tag, list[bytes]] = {}

    @classmethod
    def of_text(cls, text: bytes) -> Edit:
        """Return the edit of a part that is being made anew, as UTF-8 whatever its declaration says."""
        edit = cls(b"", "")
        edit.data = text
        return edit

    @property
    def touched(self) -> bool:
        """Whether anything is to be changed."""
        return bool(self._splices or self._filled)

    def replace(self, start: int, end: int, new: bytes) -> None:
        """Put `new` where `start`:`end` stands; insertions at one place keep their order."""
        if self.data[start:end] != new:
            self._splices.append((start, end, new))

    def insert(self, position: int, new: bytes) -> None:
        """Put `new` before what stands at `position`."""
        self._splices.append((position, position, new))

    def fill(self, tag: Tag, children: bytes, *, first: bool = False) -> None:
        """Put elements into one that is written empty, which is opened once for all of them."""
        known = self._filled.setdefault(tag, [])
        known.insert(0 if first else len(known), children)

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
        """Return all changes by place; what is inserted at a place comes before what replaces something there."""
        opened = [
            (tag.end - 2, tag.end, b">" + b"".join(children) + b"</" + tag.prefix + tag.name + b">")
            for tag, children in self._filled.items()
        ]
        return sorted(self._splices + opened, key=lambda splice: splice[:2])


def undone(content: bytes, steps: Iterable[Sequence[object]], name: str) -> bytes:
    """Return a changed part as it was before, by the steps `Edit.undo` gave."""
    edit = Edit(content, name)
    for position, length, old in steps:
        assert isinstance(position, int) and isinstance(length, int) and isinstance(old, str)
        edit._splices.append((position, position + length, old.encode("utf-8", "surrogateescape")))
    return edit.result()


def _opens_without_end(content: bytes) -> bool:
    """Say whether a comment or the like may never end; looking for its end again and again takes long."""
    after_declaration = max(2, content.find(b"?>", 0, 200) + 1)
    if not holds(content, b"<!") and not holds(content, b"<?", after_declaration):
        return False
    return any(content.rfind(opener) > content.rfind(closer) for opener, closer in _OPENERS)


def set_attribute(edit: Edit, tag: Tag, name: bytes, value: bytes) -> None:
    """Change one attribute of a tag in its part."""
    place = attribute_place(tag, name)
    new = name + b'="' + value + b'"'
    if place is not None:
        edit.replace(*place, new)
        return
    edit.insert(tag.end - (2 if tag.empty else 1), b" " + new)


def append_children(edit: Edit, tag: Tag, children: bytes) -> None:
    """Put elements at the end of an element, whether it is written empty or not."""
    if tag.empty:
        edit.fill(tag, children)
    else:
        edit.insert(close_of(edit.data, tag), children)


def prepend_children(edit: Edit, tag: Tag, children: bytes) -> None:
    """Put elements at the beginning of an element, whether it is written empty or not."""
    if tag.empty:
        edit.fill(tag, children, first=True)
    else:
        edit.insert(tag.end, children)


def encoding_of(content: bytes) -> str:
    """Return the encoding of an XML part by its mark or declaration."""
    for beginning, encoding in _WIDEST:
        if content.startswith(beginning):
            return encoding
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
