"""How wide and high the columns and rows of a sheet are on screen, to place a note's box over them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from etl.mark_sheet import SheetPart
from etl.splice import Tag, attribute, first_tag

_COLUMN_PIXELS, _ROW_PIXELS = 64, 20
"""Of a column and a row nobody changed."""
_WIDE = re.compile(
    "[\u00b7\u00d7\u2010-\u2027\u2030-\u203b\u2103-\u22bf\u2460-\u27bf\u2e80-\ua4cf\uac00-\ud7a3"
    "\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\U0001f000-\U0003fffd]"
)
"""Characters as wide as a Chinese one in a Chinese typeface, quotation marks and ≥ among them."""
_PIXELS_A_POINT = 96 / 72


@dataclass(frozen=True, slots=True)
class Point:
    """A place on a sheet: column and row (from 0) and the pixels into them."""

    column: int
    dx: int
    row: int
    dy: int


class Sizes:
    """The sizes of one sheet, in pixels; columns and rows count from 0."""

    def __init__(self, sheet: SheetPart) -> None:
        usual = first_tag(sheet.edit.data, b"sheetFormatPr", sheet.root.end, sheet.data_end)
        self._usual_row = _points(usual, b"defaultRowHeight", _ROW_PIXELS)
        self._usual_column = _characters(usual, b"defaultColWidth", _COLUMN_PIXELS)
        self._columns = [
            (int(_decimal(tag, b"min") or 1), int(_decimal(tag, b"max") or 0), _column_pixels(tag))
            for tag in sheet.columns()
        ]
        self._rows = {row.number: row.tag for row in sheet.rows}

    def column(self, index: int) -> int:
        """Return the width of a column."""
        for first, last, width in self._columns:
            if first <= index + 1 <= last:
                return width
        return self._usual_column

    def row(self, index: int) -> int:
        """Return the height of a row."""
        tag = self._rows.get(index + 1)
        if tag is None:
            return self._usual_row
        return 0 if _hidden(tag) else _points(tag, b"ht", self._usual_row)

    def moved(self, start: Point, width: int, height: int) -> Point:
        """Return the place so many pixels right of and below another."""
        column, dx = _advance(self.column, start.column, start.dx + width)
        row, dy = _advance(self.row, start.row, start.dy + height)
        return Point(column, dx, row, dy)

    def distance(self, start: Point, end: Point) -> tuple[int, int]:
        """Return the pixels between two places, across and down."""
        across = sum(self.column(i) for i in range(start.column, min(end.column, start.column + 200)))
        down = sum(self.row(i) for i in range(start.row, min(end.row, start.row + 1000)))
        return across + end.dx - start.dx, down + end.dy - start.dy


def text_width(text: str) -> int:
    """Return how many narrow characters wide a text is; a Chinese character counts two."""
    return len(text) if text.isascii() else len(text) + len(_WIDE.findall(text))


def wrapped_lines(text: str, room: float) -> int:
    """Return how many lines a text takes where `room` narrow characters fit in one."""
    room = max(2.0, room)
    return sum(max(1, -int(-text_width(line) // room)) for line in text.split("\n"))


def _advance(size: Callable[[int], int], index: int, pixels: int) -> tuple[int, int]:
    for _ in range(2000):
        here = size(index)
        if pixels < here:
            break
        pixels -= here
        index += 1
    return index, max(0, pixels)


def _decimal(tag: Tag, name: bytes) -> float | None:
    try:
        value = float(attribute(tag.attributes, name) or b"")
    except ValueError:
        return None
    return value if 0 <= value < 1e6 else None


def _points(tag: Tag | None, name: bytes, usual: int) -> int:
    points = _decimal(tag, name) if tag is not None else None
    return usual if points is None else round(points * _PIXELS_A_POINT)


def _characters(tag: Tag | None, name: bytes, usual: int) -> int:
    width = _decimal(tag, name) if tag is not None else None
    return usual if width is None else round(width * 7)


def _column_pixels(tag: Tag) -> int:
    return 0 if _hidden(tag) else _characters(tag, b"width", _COLUMN_PIXELS)


def _hidden(tag: Tag) -> bool:
    return attribute(tag.attributes, b"hidden") in (b"1", b"true")
