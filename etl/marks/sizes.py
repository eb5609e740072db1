"""How wide and high the columns and rows of a sheet are on screen, to place a note's box over them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from etl.package.tags import attribute, first_tag
from etl.safe.remembered import remembered

if TYPE_CHECKING:
    from etl.marks.sheet import SheetPart

_COLUMN_PIXELS, _ROW_PIXELS = 64, 20
"""Of a column and a row nobody changed."""
_PIXELS_A_POINT = 96 / 72

_SIZE, _NAME = (
    re.compile(rb"sz\s+val\s*=\s*[\"']([0-9.]{1,6})"),
    re.compile(rb"name\s+val\s*=\s*[\"']([^\"']*)"),
)
_CHINESE_FONTS = (b"SimSun", b"NSimSun", b"SimHei", b"FangSong", b"KaiTi", b"DengXian", b"Microsoft YaHei")


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
        found = first_tag(sheet.edit.data, b"sheetFormatPr", sheet.root.end, sheet.data_end)
        usual = found.attributes if found else b""
        self._usual_row = _points(usual, b"defaultRowHeight", _ROW_PIXELS)
        self._usual_column = _characters(usual, b"defaultColWidth", _COLUMN_PIXELS)
        self._columns = [_column_pixels(tag.attributes) for tag in sheet.columns()]
        self._sheet = sheet
        self._widths: dict[int, int] = {}
        self._heights: dict[int, int] = {}

    def column(self, index: int) -> int:
        """Return the width of a column."""
        if index not in self._widths:
            fitting = (width for first, last, width in self._columns if first <= index + 1 <= last)
            self._widths[index] = next(fitting, self._usual_column)
        return self._widths[index]

    def row(self, index: int) -> int:
        """Return the height of a row."""
        if index not in self._heights:
            attributes = self._sheet.row_attributes(index + 1)
            hidden = _hidden(attributes)
            self._heights[index] = 0 if hidden else _points(attributes, b"ht", self._usual_row)
        return self._heights[index]

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


def digit_pixels(font: bytes) -> int:
    """Return how wide a digit of the workbook's first font is: the unit column widths are counted in."""
    size, name = _SIZE.search(font), _NAME.search(font)
    points = float(size[1]) if size and size[1].count(b".") < 2 else 11.0
    chinese = name is not None and (not name[1].isascii() or name[1].startswith(_CHINESE_FONTS))
    pixels = points * 96 / 72 * (0.53 if chinese else 0.51)
    return max(5, round(pixels))


def _advance(size: Callable[[int], int], index: int, pixels: int) -> tuple[int, int]:
    for _ in range(2000):
        here = size(index)
        if pixels < here:
            break
        pixels -= here
        index += 1
    return index, max(0, pixels)


def _decimal(attributes: bytes, name: bytes) -> float | None:
    written = attribute(attributes, name)
    try:
        value = float(written or b"")
    except ValueError:
        return None
    return value if 0 <= value < 1e6 else None


def _points(attributes: bytes, name: bytes, usual: int) -> int:
    points = _decimal(attributes, name)
    return usual if points is None else round(points * _PIXELS_A_POINT)


def _characters(attributes: bytes, name: bytes, usual: int) -> int:
    width = _decimal(attributes, name)
    return usual if width is None else round(width * 7)


@remembered(64)
def _column_pixels(attributes: bytes) -> tuple[int, int, int]:
    """Return the first and the last column (from 1) that a description is of, and their width."""
    first, last = int(_decimal(attributes, b"min") or 1), int(_decimal(attributes, b"max") or 0)
    width = 0 if _hidden(attributes) else _characters(attributes, b"width", _COLUMN_PIXELS)
    return first, last, width


def _hidden(attributes: bytes) -> bool:
    return attribute(attributes, b"hidden") in (b"1", b"true")
