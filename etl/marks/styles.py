"""Adds formats to a workbook's styles part: clones of its own with another fill or border, and ours.

What is there keeps its index; new fonts, fills, borders and formats stand at the end of their lists.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from etl.marks.colours import CODES, FILLS, LINES, code_of, coded, colours
from etl.marks.model import Severity
from etl.marks.sizes import digit_pixels
from etl.marks.styles_part import source_of
from etl.package.edit import append_children, set_attribute
from etl.package.part_names import normal_name
from etl.package.rewrite import Draft
from etl.package.tags import (
    Tag,
    attribute,
    close_of,
    end_of,
    number,
    openings,
    root_tag,
    tags,
    with_attribute,
    without_attribute,
)
from etl.safe.remembered import remembered

MOST_FORMATS = 64_000
"""Excel opens no file with more cell formats."""

_MOST_OF_OURS = 1_000
"""Formats that marks may add; a cell that speaks of one further on meets none of ours."""

STYLES_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"
_ITEMS = {b"fonts": b"font", b"fills": b"fill", b"borders": b"border", b"cellXfs": b"xf"}
_ORDER = (
    b"numFmts", b"fonts", b"fills", b"borders", b"cellStyleXfs", b"cellXfs", b"cellStyles", b"dxfs",
    b"tableStyles", b"colors", b"extLst",
)  # fmt: skip
_PLAIN_FORMAT = b'<xf numFmtId="0" fontId="0" fillId="0" borderId="0"/>'
_NO_FILL = b'<fill><patternFill patternType="none"/></fill>'
_NO_BORDER = b"<border><left/><right/><top/><bottom/><diagonal/></border>"
_USUAL_FONT = b'<font><sz val="11"/><color theme="1"/><name val="Calibri"/><family val="2"/><scheme val="minor"/></font>'
"""What programs show where a workbook names no font."""
_FIRST_ITEMS = {
    b"fonts": (_USUAL_FONT,),
    b"fills": (_NO_FILL, b'<fill><patternFill patternType="gray125"/></fill>'),
    b"borders": (_NO_BORDER,),
    b"cellXfs": (_PLAIN_FORMAT,),
}
_APPLIED = {b"fillId": b"applyFill", b"borderId": b"applyBorder"}
_LINE_STYLES: dict[Severity, tuple[bytes, bytes]] = {
    "error": (b"thick", b"medium"),
    "warning": (b"mediumDashed", b"dashed"),
    "info": (b"dotted", b"dotted"),
}
"""The line around a cell to correct, and around one that belongs to it."""
_PREFIXES = re.compile(rb"<(/?)[\w.-]+:")
_NAMES = re.compile(rb"<(/?)(?=\w)")
_SHOWN_FILL = re.compile(r"""patternType\s*=\s*["'](?!none)|gradientFill""")
_SHOWN_LINE = re.compile(r"""style\s*=\s*["'](?!none)""")


class Styles:
    """The formats of a workbook and those that marks need."""

    def __init__(self, draft: Draft, formats_used: Callable[[int], int] = lambda most: 0) -> None:
        """Read the styles part; where there is none to read, one is made.

        `formats_used` says how many formats cells speak of, at most so many: those that are missing are added, plain,
        so that no cell comes to show a format of ours.
        """
        self._draft = draft
        self._source = source_of(draft)
        self._edit = self._source.edit
        self._found = _found(self._edit.data)
        self._root = self._found.root
        self._lists = {name: self._list(name) for name in _ITEMS}
        self._formats = self._lists[b"cellXfs"]
        most = MOST_FORMATS if self._source.empty else len(self._formats) + _MOST_OF_OURS
        missing = formats_used(most) - len(self._formats)
        self._formats.added += [self._prefixed(_PLAIN_FORMAT)] * missing
        self._clones: dict[tuple[int, bytes, Severity, bool], int] = {}
        self.fills = _Looks(self._lists[b"fills"], FILLS, self._root.prefix, self._found.taken_fills)
        self.borders = _Looks(self._lists[b"borders"], LINES, self._root.prefix, self._found.taken_borders)

    def filled(self, style: int, severity: Severity) -> int:
        """Return the index of a format like another, but filled in the colour of a severity and framed in its line.

        The line tells the severities apart where colours do not: in print, and for who cannot see them.
        """
        return self._clone(
            self._clone(style, severity, b"fillId", self.fills, strong=True),
            severity, b"borderId", self.borders, strong=True,
        )  # fmt: skip

    def framed(self, style: int, severity: Severity) -> int:
        """Return the index of a format like another, but with a border in a severity's colour."""
        return self._clone(style, severity, b"borderId", self.borders, strong=False)

    def own(self, font: bytes, fill: bytes, border: bytes, rest: bytes) -> int:
        """Return the index of a text format of ours; `rest` is what follows the ids in its element."""
        ids = [
            self._lists[name].add(self._prefixed(item)) if item else 0
            for name, item in ((b"fonts", font), (b"fills", fill), (b"borders", border))
        ]
        parent = b'xfId="0" ' if self._found.counts[b"xfId"] else b""
        head = b'<xf numFmtId="49" fontId="%d" fillId="%d" borderId="%d" ' % tuple(ids) + parent
        applied = b'applyNumberFormat="1" applyFont="1" applyFill="1" applyBorder="1" applyAlignment="1" '
        return self._formats.add(self._prefixed(head + applied + rest))

    @property
    def digit_pixels(self) -> int:
        """How wide a digit of the workbook's first font is, the unit of column widths."""
        return digit_pixels(self._lists[b"fonts"].item(0))

    def finish(self) -> None:
        """Write what was added into the draft."""
        missing = b"".join(self._written(items) for items in self._lists.values())
        if missing:
            append_children(self._edit, self._root, missing)
        draft, source, workbook = self._draft, self._source, self._draft.package.workbook_part
        if source.whole is not None:
            source.whole.replace(0, len(source.whole.data), self._edit.result())
        if source.new:
            draft.add(source.part, self._edit.result(), STYLES_TYPE)
        promised = draft.package.relation_of(workbook, "styles")
        if promised is not None and promised.target == normal_name(source.part):
            return
        draft.say_type(source.part, STYLES_TYPE)
        if promised is None:
            draft.relate(workbook, "styles", source.part)
        else:
            draft.redirect(workbook, promised.id, source.part)

    def _list(self, name: bytes) -> _List:
        items = _List(self._edit.data, name, self._found.sections.get(name), self._found.spans[name])
        items.added = [self._prefixed(item) for item in _FIRST_ITEMS[name][len(items.spans) :]]
        return items

    def _prefixed(self, item: bytes) -> bytes:
        return prefixed(item, self._root.prefix)

    def _clone(self, style: int, severity: Severity, name: bytes, looks: _Looks, *, strong: bool) -> int:
        key = (style, name, severity, strong)
        if key not in self._clones:
            if len(self._formats) >= MOST_FORMATS:
                return style
            xf = self._formats.item(style)
            look = looks.like(number(attribute(root_tag(xf).attributes, name)), severity, strong)
            counts = {b"xfId": self._found.counts[b"xfId"], b"fontId": len(self._lists[b"fonts"])}
            counts |= {b"fillId": len(self._lists[b"fills"]), b"borderId": len(self._lists[b"borders"])}
            self._clones[key] = self._formats.add(_with_look(_within(xf, counts), name, _APPLIED[name], look))
        return self._clones[key]

    def _written(self, items: _List) -> bytes:
        """Write what was added to a list; return a whole list that belongs at the end of the part."""
        if not items.added:
            return b""
        body = b"".join(items.added)
        if items.tag is None:
            element = self._root.prefix + items.name
            text = b'<%s count="%d">%s</%s>' % (element, len(items), body, element)
            position = self._place(items.name)
            if position is None:
                return text
            self._edit.insert(position, text)
            return b""
        append_children(self._edit, items.tag, body)
        if attribute(items.tag.attributes, b"count") is not None:
            set_attribute(self._edit, items.tag, b"count", b"%d" % len(items))
        return b""

    def _place(self, name: bytes) -> int | None:
        """Return where a list that is missing belongs: behind those before it; None where nothing else is there."""
        sections = self._found.sections
        if not sections:
            return None
        earlier = [sections[other] for other in _ORDER[: _ORDER.index(name)] if other in sections]
        return max((end_of(self._edit.data, tag) for tag in earlier), default=self._root.end)


class _List:
    """One list of the styles part (fonts, fills, borders, formats): what it holds and what is added."""

    def __init__(self, data: bytes, name: bytes, tag: Tag | None, spans: Sequence[tuple[int, int]]) -> None:
        self.name, self.tag, self.spans, self._data = name, tag, spans, data
        self.added: list[bytes] = []
        self._known: dict[bytes, int] = {}

    def __len__(self) -> int:
        return len(self.spans) + len(self.added)

    def item(self, index: int) -> bytes:
        """Return an item as it stands; the first one for an index out of range."""
        if not 0 <= index < len(self):
            index = 0
        if index < len(self.spans):
            start, end = self.spans[index]
            return self._data[start:end]
        return self.added[index - len(self.spans)]

    def add(self, item: bytes) -> int:
        """Add an item, once, and return its index."""
        if item not in self._known:
            self._known[item] = len(self)
            self.added.append(item)
        return self._known[item]


class _Looks:
    """Marked fills or borders, each coded with the look it stands in for."""

    def __init__(
        self, items: _List, bases: dict[Severity, int], prefix: bytes, taken: frozenset[int]
    ) -> None:
        self._items, self._bases, self._prefix = items, bases, prefix
        self.recorded: dict[int, str] = {}
        self.taken = taken
        """Codes that colours of the department's own happen to carry: never used, never taken off."""

    def like(self, index: int, severity: Severity, strong: bool) -> int:
        """Return the index of the fill or border that marks a cell which had the one at `index`."""
        code = self._code(self._items.item(index))
        colour = coded(self._bases[severity], code).encode()
        style = _LINE_STYLES[severity][not strong]
        look = _fill(colour) if self._items.name == b"fills" else _border(colour, style)
        return self._items.add(prefixed(look, self._prefix))

    def _code(self, item: bytes) -> int:
        plain = _plain(item, self._items.name)
        for code, known in self.recorded.items():
            if known == plain:
                return code
        free = (code for code in range(CODES) if code not in self.taken and code not in self.recorded)
        new = next(free, None)
        if new is None:
            return CODES - 1
        self.recorded[new] = plain
        return new


@dataclass(frozen=True, slots=True)
class _Found:
    """What a styles part holds: its lists, where their items stand, and the codes its colours happen to carry."""

    root: Tag
    sections: Mapping[bytes, Tag]
    spans: Mapping[bytes, Sequence[tuple[int, int]]]
    taken_fills: frozenset[int]
    taken_borders: frozenset[int]
    counts: Mapping[bytes, int]


@remembered(8)
def _found(data: bytes) -> _Found:
    root = root_tag(data)
    sections: dict[bytes, Tag] = {}
    for tag in openings(data, _ORDER, root.end):
        sections.setdefault(tag.name, tag)
    spans = {
        name: item_spans(data, sections[name], item) if name in sections else []
        for name, item in _ITEMS.items()
    }
    fills, borders = (
        _taken(data, spans[name], bases) for name, bases in ((b"fills", FILLS), (b"borders", LINES))
    )
    parents = item_spans(data, sections[b"cellStyleXfs"], b"xf") if b"cellStyleXfs" in sections else []
    return _Found(root, sections, spans, fills, borders, {b"xfId": len(parents)})


def _taken(data: bytes, spans: Sequence[tuple[int, int]], bases: dict[Severity, int]) -> frozenset[int]:
    codes = (code_of(colour, bases) for start, end in spans for colour in colours(data[start:end]))
    return frozenset(code for code in codes if code is not None)


def item_spans(data: bytes, tag: Tag, name: bytes) -> list[tuple[int, int]]:
    """Return where the items of a list stand."""
    spans: list[tuple[int, int]] = []
    start = -1
    for item in tags(data, (name,), tag.end, close_of(data, tag)):
        if item.closing:
            spans.append((start, item.end))
        elif item.empty:
            spans.append((item.start, item.end))
        else:
            start = item.start
    return spans


def prefixed(item: bytes, prefix: bytes) -> bytes:
    """Return elements with a namespace prefix on their names."""
    return _NAMES.sub(rb"<\1" + prefix, item) if prefix else item


@remembered(64)
def _plain(item: bytes, name: bytes) -> str:
    """Return a fill or border (by its list's name) without prefixes; one that shows nothing as none at all."""
    plain = _PREFIXES.sub(rb"<\1", item).decode("utf-8", "replace")
    if name == b"fills":
        return plain if _SHOWN_FILL.search(plain) else _NO_FILL.decode()
    return plain if _SHOWN_LINE.search(plain) else _NO_BORDER.decode()


def _within(xf: bytes, counts: Mapping[bytes, int]) -> bytes:
    """Return a format without the ids that lead nowhere: a copy of a fault would be one more."""
    tag = root_tag(xf)
    attributes = tag.attributes
    for name, count in counts.items():
        value = attribute(attributes, name)
        if value is not None and not (value.isdigit() and int(value) < count):
            attributes = without_attribute(attributes, name)
    return (
        xf
        if attributes is tag.attributes
        else b"<" + tag.prefix + tag.name + attributes + b">" + xf[tag.end :]
    )


@remembered(256)
def _with_look(xf: bytes, name: bytes, applied: bytes, look: int) -> bytes:
    """Return a format with another fill or border."""
    tag = root_tag(xf)
    attributes = with_attribute(tag.attributes, name, b"%d" % look)
    attributes = with_attribute(attributes, applied, b"1")
    return b"<" + tag.prefix + tag.name + attributes + b">" + xf[tag.end :]


def _fill(colour: bytes) -> bytes:
    return (
        b'<fill><patternFill patternType="solid"><fgColor rgb="%s"/><bgColor indexed="64"/></patternFill></fill>'
        % colour
    )


def _border(colour: bytes, style: bytes) -> bytes:
    sides = b"".join(
        b'<%s style="%s"><color rgb="%s"/></%s>' % (side, style, colour, side)
        for side in (b"left", b"right", b"top", b"bottom")
    )
    return b"<border>" + sides + b"<diagonal/></border>"
