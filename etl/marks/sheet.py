"""Marks cells in a worksheet part: changes their format index, and adds cells and rows that are missing."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

from etl.cell.grid import Address, Area, address_text, cell_address
from etl.package.edit import Edit, append_children, set_attribute
from etl.package.tags import (
    Tag,
    addressed,
    addressed_tag,
    attribute,
    close_of,
    first_tag,
    is_plain,
    number,
    openings,
    root_tag,
    top_level,
)
from etl.sheets.workbook import MOST_MERGES

Restyle = Callable[[int], int]
"""Gives the format index a cell gets for the one it has."""

_AFTER_DRAWING = {
    b"legacyDrawingHF", b"drawingHF", b"picture", b"oleObjects", b"controls", b"webPublishItems",
    b"tableParts", b"extLst",
}  # fmt: skip
_AFTER_PRINT_OPTIONS = _AFTER_DRAWING | {
    b"pageMargins", b"pageSetup", b"headerFooter", b"rowBreaks", b"colBreaks", b"customProperties", b"cellWatches",
    b"ignoredErrors", b"smartTags", b"drawing", b"legacyDrawing",
}  # fmt: skip
_ADDRESS = re.compile(rb"\$?([A-Za-z]{1,3})\$?([0-9]{1,7})")
_BEFORE_DRAWING = (
    b"mergeCells",
    b"conditionalFormatting",
    b"dataValidations",
    b"hyperlinks",
    b"ignoredErrors",
)
_AREA = rb"""mergeCell\s[^<>]*?\bref\s*=\s*["']\$?([A-Za-z]{1,3})\$?(\d{1,7})(?::\$?([A-Za-z]{1,3})\$?(\d{1,7}))?["']"""
_MERGE, _PLAIN_MERGE = re.compile(rb"<(?:[\w.-]+:)?" + _AREA), re.compile(b"<" + _AREA)
_IN_ALTERNATIVE = re.compile(rb"<(?:[\w.-]+:)?(?:legacyDrawingHF|picture|oleObject|control)[\s/>s]")


@dataclass(frozen=True, slots=True)
class SheetRow:
    """A row as it stands in the part: its number, its opening tag, and where its cells end at the latest."""

    number: int
    tag: Tag
    end: int


class SheetPart:
    """A worksheet part to be marked: where its rows stand and what its columns look like."""

    def __init__(self, edit: Edit) -> None:
        self.edit = edit
        self.root = root_tag(edit.data)
        self.data = first_tag(edit.data, b"sheetData", self.root.end)
        self._plain = is_plain(edit.data, self.root)
        self._rows: list[re.Match[bytes]] = []
        self._places: dict[int, list[int]] = {}
        self.data_end = self.root.end
        if self.data is not None:
            self._find_rows(self.data)

    def _find_rows(self, data: Tag) -> None:
        self.data_end = close_of(self.edit.data, data)
        self._rows = addressed(self.edit.data, b"row", data.end, self.data_end, plain=self._plain)
        last = 0
        for place, match in enumerate(self._rows):
            written = int(match[4]) if match[3] == b"" else number(attribute(match[5], b"r"))
            last = written or last + 1
            self._places.setdefault(last, []).append(place)

    def rows(self, row: int) -> list[SheetRow]:
        """Return the rows that have a number: none, one, or several in a file that is not quite sound."""
        return [self._row(row, place) for place in self._places.get(row, ())]

    def _row(self, row: int, place: int) -> SheetRow:
        after = self._rows[place + 1].start() if place + 1 < len(self._rows) else self.data_end
        return SheetRow(row, addressed_tag(self._rows[place]), after)

    @property
    def last_row(self) -> int:
        """Return the number of the lowest row that is written, 0 where there is none."""
        return max(self._places, default=0)

    def show_headings(self) -> None:
        """Have the letters of columns and the numbers of rows printed, so that paper and remarks can be compared."""
        found = first_tag(self.edit.data, b"printOptions", self.data_end)
        if found is not None:
            set_attribute(self.edit, found, b"headings", b"1")
            return
        element = b'<%sprintOptions headings="1"/>' % self.root.prefix
        self.edit.insert(self._place_before(_AFTER_PRINT_OPTIONS), element)

    def row_attributes(self, row: int) -> bytes:
        """Return the attributes of the first row that has a number; none where there is no such row."""
        places = self._places.get(row)
        return self._rows[places[0]][5] if places else b""

    def mark(self, styles: Mapping[Address, Restyle]) -> None:
        """Give each cell the format its function makes of the one it has."""
        by_row: dict[int, dict[int, Restyle]] = {}
        for (row, column), restyle in sorted(styles.items()):
            by_row.setdefault(row, {})[column] = restyle
        for row, restyles in by_row.items():
            self._mark_row(row, restyles)

    def _mark_row(self, row: int, restyles: dict[int, Restyle]) -> None:
        missing = dict(restyles)
        rows = self.rows(row)
        for known in rows:
            for column in self._mark_cells(known, restyles):
                missing.pop(column, None)
        missing = {
            column: restyle for column, restyle in missing.items() if not self._astray(row, column, restyle)
        }
        if missing and rows:
            self._add_cells(rows[0], missing)
        elif missing:
            self._add_row(row, missing)

    def _mark_cells(self, row: SheetRow, restyles: Mapping[int, Restyle]) -> list[int]:
        """Change the cells that are there and return their columns."""
        found = []
        for (own_row, column), match in self._cells(row):
            if own_row == row.number and column in restyles:
                self._restyle(addressed_tag(match), restyles[column])
                found.append(column)
        return found

    def _restyle(self, tag: Tag, restyle: Restyle) -> None:
        style = restyle(number(attribute(tag.attributes, b"s")))
        set_attribute(self.edit, tag, b"s", b"%d" % style)

    def _cells(self, row: SheetRow) -> Iterator[tuple[Address, re.Match[bytes]]]:
        """Yield the cells of a row; one without an address stands right of the one before."""
        if row.tag.empty:
            return
        column = 0
        for match in addressed(self.edit.data, b"c", row.tag.end, row.end, plain=self._plain):
            letters, digits = match.group(3, 4)
            if not letters:
                written = _ADDRESS.fullmatch(attribute(match[5], b"r") or b"")
                letters, digits = written.groups() if written else (b"", b"")
            column = _column(letters) if letters else column + 1
            yield (int(digits) if digits else row.number, column), match

    def _astray(self, row: int, column: int, restyle: Restyle) -> bool:
        """Mark a cell whose own address names another row than the one it stands in."""
        reference = address_text((row, column)).encode()
        written_ways = (
            quote + text + quote for text in (reference, reference.lower()) for quote in (b'"', b"'")
        )
        if all(self.edit.data.find(way) < 0 for way in written_ways):
            return False
        for tag in openings(self.edit.data, (b"c",), self.root.end, self.data_end):
            written = attribute(tag.attributes, b"r")
            if written is not None and written.replace(b"$", b"").upper() == reference:
                self._restyle(tag, restyle)
                return True
        return False

    def _add_cells(self, row: SheetRow, restyles: Mapping[int, Restyle]) -> None:
        cells = list(self._cells(row))
        end = close_of(self.edit.data, row.tag)
        trailing: list[bytes] = []
        for column, restyle in restyles.items():
            text = self._new_cell(row.number, column, restyle, row.tag)
            position = next((match.start() for (_, at), match in cells if at > column), None)
            if position is None:
                trailing.append(text)
            else:
                self.edit.insert(position, text)
        if trailing and row.tag.empty:
            append_children(self.edit, row.tag, b"".join(trailing))
        elif trailing:
            self.edit.insert(end, b"".join(trailing))
        self._widen(row, max(restyles))

    def _widen(self, row: SheetRow, column: int) -> None:
        """Let a row's `spans`, a hint where its cells stand, take in a new cell."""
        spans = attribute(row.tag.attributes, b"spans") or b""
        first, _, last = spans.rpartition(b" ")[2].partition(b":")
        if first.isdigit() and last.isdigit() and int(last) < column:
            set_attribute(self.edit, row.tag, b"spans", spans[: len(spans) - len(last)] + b"%d" % column)

    def _add_row(self, row: int, restyles: Mapping[int, Restyle]) -> None:
        if self.data is None:
            return
        cells = b"".join(self._new_cell(row, column, restyle, None) for column, restyle in restyles.items())
        prefix = self.data.prefix
        text = b'<%srow r="%d">%s</%srow>' % (prefix, row, cells, prefix)
        later = (places[0] for known, places in self._places.items() if known > row)
        place = min(later, default=None)
        position = self.data_end if place is None else self._rows[place].start()
        if self.data.empty:
            append_children(self.edit, self.data, text)
        else:
            self.edit.insert(position, text)

    def _new_cell(self, row: int, column: int, restyle: Restyle, tag: Tag | None) -> bytes:
        prefix = self.data.prefix if self.data is not None else b""
        style = restyle(self._default_style(column, tag))
        return b'<%sc r="%s" s="%d"/>' % (prefix, address_text((row, column)).encode(), style)

    def _default_style(self, column: int, row: Tag | None) -> int:
        """Return the format an absent cell shows: its row's, or else its column's."""
        if row is not None and attribute(row.attributes, b"customFormat") in (b"1", b"true"):
            return number(attribute(row.attributes, b"s"))
        for tag in self.columns():
            first, last = (number(attribute(tag.attributes, name)) for name in (b"min", b"max"))
            if first <= column <= last:
                return number(attribute(tag.attributes, b"style"))
        return 0

    def columns(self) -> list[Tag]:
        """Return the descriptions of columns."""
        start = self.data.start if self.data is not None else self.data_end
        return list(openings(self.edit.data, (b"col",), self.root.end, start))

    def merges(self) -> list[Area]:
        """Return the merged areas."""
        areas: list[Area] = []
        pattern = _PLAIN_MERGE if self._plain else _MERGE
        for found in islice(pattern.finditer(self.edit.data, self.data_end), MOST_MERGES):
            first, top, last, bottom = found.groups()
            row, column = int(top), _column(first)
            end_row, end_column = (int(bottom), _column(last)) if last else (row, column)
            if end_row < row:
                row, end_row = end_row, row
            if end_column < column:
                column, end_column = end_column, column
            areas.append((row, column, end_row, end_column))
        return areas

    def add_legacy_drawing(self, relation: str, namespace: bytes, prefix: bytes | None) -> None:
        """Refer to the drawing part that holds the boxes of notes, at the place the format wants it."""
        declaration = b"" if prefix else b' xmlns:r="%s"' % namespace
        element = b'<%slegacyDrawing%s %sid="%s"/>' % (
            self.root.prefix,
            declaration,
            prefix or b"r:",
            relation.encode(),
        )
        self.edit.insert(self._place_of_drawing(), element)

    def _place_of_drawing(self) -> int:
        return self._place_before(_AFTER_DRAWING)

    def _place_before(self, later: set[bytes]) -> int:
        """Return where an element belongs that stands before some others."""
        for tag in top_level(self.edit.data, self._after_lists()):
            if tag.name in later or (tag.name == b"AlternateContent" and self._holds_later(tag)):
                return tag.start
        start = self.edit.data.rfind(b"</" + self.root.prefix + self.root.name)
        return start if start >= 0 else len(self.edit.data)

    def _after_lists(self) -> int:
        """Return a place among the top elements, behind the long lists that come before a drawing."""
        data, start = self.edit.data, self.data_end
        if self.data is not None and not self.data.empty:
            start = data.find(b">", start) + 1
        for name in _BEFORE_DRAWING:
            closing = b"</" + self.root.prefix + name + b">"
            start = max(start, data.rfind(closing, start) + len(closing))
        return start

    def _holds_later(self, tag: Tag) -> bool:
        end = close_of(self.edit.data, tag)
        return _IN_ALTERNATIVE.search(self.edit.data, tag.end, end) is not None


@lru_cache(maxsize=256)
def _column(letters: bytes) -> int:
    address = cell_address(letters.decode("ascii") + "1")
    return address[1] if address else 0
