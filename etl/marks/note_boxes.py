"""The boxes of notes: shapes in a sheet's legacy drawing (VML), one for each note."""

from __future__ import annotations

import re
from collections.abc import Iterator

from etl.cell.grid import Address, Area
from etl.marks.sheet import SheetPart
from etl.marks.sizes import Point, Sizes
from etl.package.edit import Edit, append_children
from etl.package.rewrite import Draft
from etl.package.tags import Tag, attribute, first_tag, namespace_prefix, relation_id, root_tag
from etl.safe.width import wrapped_lines

DRAWING_TYPE = "application/vnd.openxmlformats-officedocument.vmlDrawing"
_WIDTH, _LINE, _PADDING = 280, 16, 14
"""Pixels: width of a box, height of a line, and what is left free above and below together."""
_LINE_CHARACTERS = 42
"""Narrow characters in a line of a box: 9 points, 6 pixels each."""
_TALLEST = 420

_SHAPE_IDS = re.compile(rb"_x0000_s(\d{1,9})\b")
_SHAPE = re.compile(rb"<((?:[\w.-]+:)?shape)(?=[\s>])")
_ANCHOR = re.compile(rb"<((?:[\w.-]+:)?)Anchor>([^<]*)</\1Anchor>")
_ROW = re.compile(rb"<((?:[\w.-]+:)?)Row>\s*(\d{1,9})\s*</\1Row>")
_COLUMN = re.compile(rb"<((?:[\w.-]+:)?)Column>\s*(\d{1,9})\s*</\1Column>")
_IS_NOTE = re.compile(rb"""["']Note["']""")
_BOX_TYPE = re.compile(rb"""\bid\s*=\s*["']_x0000_t202["']""")
_NAMESPACES = {
    "v": "urn:schemas-microsoft-com:vml",
    "o": "urn:schemas-microsoft-com:office:office",
    "x": "urn:schemas-microsoft-com:office:excel",
}

_EMPTY = (
    '<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" '
    'xmlns:x="urn:schemas-microsoft-com:office:excel"><o:shapelayout v:ext="edit">'
    '<o:idmap v:ext="edit" data="{block}"/></o:shapelayout></xml>'
)
_SHAPE_TYPE = (
    '<v:shapetype{names} id="_x0000_t202" coordsize="21600,21600" o:spt="202" path="m,l,21600r21600,l21600,xe">'
    '<v:stroke joinstyle="miter"/><v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>'
)
_NOTE = (
    '<v:shape{names} id="_x0000_s{id}" type="#_x0000_t202" style="position:absolute;margin-left:80pt;margin-top:2pt;'
    'width:{width}pt;height:{height}pt;z-index:{order};visibility:hidden" fillcolor="#ffffe1" o:insetmode="auto">'
    '<v:fill color2="#ffffe1"/><v:shadow on="t" color="black" obscured="t"/><v:path o:connecttype="none"/>'
    '<v:textbox style="mso-direction-alt:auto"><div style="text-align:left"></div></v:textbox>'
    '<x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/><x:Anchor>{anchor}</x:Anchor>'
    "<x:AutoFill>False</x:AutoFill><x:Row>{row}</x:Row><x:Column>{column}</x:Column></x:ClientData></v:shape>"
)


class Boxes:
    """The legacy drawing of a sheet, found or to be made."""

    def __init__(self, draft: Draft, sheet: SheetPart, part: str, position: int) -> None:
        self._draft, self._sheet, self._owner = draft, sheet, part
        self._reference = first_tag(sheet.edit.data, b"legacyDrawing", sheet.data_end)
        self._part = _drawing(draft, part, self._reference)
        empty = _EMPTY.format(block=position).encode()
        self._edit = draft.edit(self._part) if self._part else Edit(empty, "drawing")
        used = [int(number) for number in _SHAPE_IDS.findall(self._edit.data)]
        self._next = max(used, default=1024 * position) + 1
        self._known = notes_in(self._edit.data) if self._part else {}
        self._root = root_tag(self._edit.data)
        self._names = _declarations(self._root)
        self._new: list[str] = []

    def add(self, area: Area, text: str, sizes: Sizes) -> None:
        """Add the box of a new note, right of its cell or merged area and large enough for its text."""
        height, right = _height(text), area[3] - 1
        start = sizes.moved(Point(right, 0, max(0, area[0] - 2), 0), sizes.column(right) + 12, 6)
        end = sizes.moved(start, _WIDTH, height)
        self._new.append(
            _NOTE.format(
                names=self._names,
                id=self._next,
                width=_WIDTH * 0.75,
                height=height * 0.75,
                order=len(self._new) + 1,
                anchor=_anchor(start, end),
                row=area[0] - 1,
                column=area[1] - 1,
            )
        )
        self._next += 1

    def enlarge(self, area: Area, old: str, new: str, sizes: Sizes) -> None:
        """Make a note's box large enough for its own text and ours below it."""
        span = self._known.get(area[:2])
        if span is None:
            self.add(area, f"{old}\n\n{new}", sizes)
            return
        found = _ANCHOR.search(self._edit.data, *span)
        points = _points(found[2]) if found else None
        if found is None or points is None:
            return
        start, end = points
        width, height = sizes.distance(start, end)
        needed = min(height + _height(new), 2 * _TALLEST)
        wider = sizes.moved(start, max(width, _WIDTH), needed)
        self._edit.replace(found.start(2), found.end(2), _anchor(start, wider).encode())

    def finish(self) -> None:
        """Write the boxes into the draft and let the sheet refer to them."""
        self._write()
        if self._part is not None:
            return
        folder = self._draft.package.workbook_part.rpartition("/")[0]
        name = self._draft.free_name(f"{folder}/drawings".lstrip("/"), "vmlDrawing", ".vml")
        self._draft.add(name, self._edit.result(), DRAWING_TYPE, "vml")
        relation = self._draft.relate(self._owner, "vmlDrawing", name)
        namespace = self._draft.relation_namespace
        prefix = namespace_prefix(self._sheet.edit.data, self._sheet.root, namespace)
        if self._reference is None:
            self._sheet.add_legacy_drawing(relation, namespace, prefix)
        elif relation_id(self._reference)[0]:
            _, (start, end) = relation_id(self._reference)
            self._sheet.edit.replace(start, end, relation.encode())
        else:
            declaration = b"" if prefix else b' xmlns:r="%s"' % namespace
            place = self._reference.end - (2 if self._reference.empty else 1)
            self._sheet.edit.insert(
                place, b'%s %sid="%s"' % (declaration, prefix or b"r:", relation.encode())
            )

    def _write(self) -> None:
        if not self._new:
            return
        data = self._edit.data
        kind = "" if _BOX_TYPE.search(data) else _SHAPE_TYPE.format(names=self._names)
        new = (kind + "".join(self._new)).encode()
        if self._root.empty:
            append_children(self._edit, self._root, new)
            return
        position = data.rfind(b"</" + self._root.prefix + self._root.name)
        self._edit.insert(position if position >= 0 else len(data), new)


def _declarations(root: Tag) -> str:
    """Return the namespaces that shapes of ours must name themselves, because the root does not, or others by them."""
    return "".join(
        f' xmlns:{prefix}="{name}"'
        for prefix, name in _NAMESPACES.items()
        if (attribute(root.attributes, f"xmlns:{prefix}".encode()) or b"").decode("ascii", "replace") != name
    )


def _drawing(draft: Draft, part: str, reference: Tag | None) -> str | None:
    """Return the drawing part a sheet refers to, or None where it refers to none or it is missing."""
    if reference is None:
        return None
    wanted = relation_id(reference)[0]
    for relation in draft.package.relations(part):
        if relation.id == wanted and draft.package.has(relation.target):
            return relation.target
    return None


def notes_in(data: bytes) -> dict[Address, tuple[int, int]]:
    """Return where the boxes of notes stand, by their cell."""
    found = {}
    for start, end in _shapes(data):
        row, column = _ROW.search(data, start, end), _COLUMN.search(data, start, end)
        if _IS_NOTE.search(data, start, end) and row and column:
            found[(int(row[2]) + 1, int(column[2]) + 1)] = (start, end)
    return found


def _shapes(data: bytes) -> Iterator[tuple[int, int]]:
    """Yield where shapes stand; a drawing need not be well-formed XML, so it is searched as text."""
    end = 0
    while opened := _SHAPE.search(data, end):
        closing = b"</" + opened[1] + b">"
        end = data.find(closing, opened.end())
        if end < 0:
            return
        end += len(closing)
        yield opened.start(), end


def _height(text: str) -> int:
    return min(_TALLEST, wrapped_lines(text, _LINE_CHARACTERS) * _LINE + _PADDING)


def _anchor(start: Point, end: Point) -> str:
    places = (start.column, start.dx, start.row, start.dy, end.column, end.dx, end.row, end.dy)
    return ", ".join(map(str, places))


def _points(anchor: bytes) -> tuple[Point, Point] | None:
    numbers = [int(part) for part in anchor.split(b",") if part.strip().isdigit() and len(part) < 9]
    return (Point(*numbers[:4]), Point(*numbers[4:])) if len(numbers) == 8 else None
