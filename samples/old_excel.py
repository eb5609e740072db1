"""Writes a laid-out form as a genuine .xls: BIFF8 records in a compound file, as Excel 97–2003 saved it.

Only what a form needs: texts, numbers, merges, borders, widths and heights. Record layouts follow
the published description of the format ([MS-XLS], [MS-CFB]).
"""

from __future__ import annotations

import math
import struct
from collections.abc import Iterator
from decimal import Decimal

from etl.form.layout import Box, Layout
from etl.template.draw import row_heights

_LONGEST_RECORD = 8224
_SECTOR = 512
_SMALLEST_STREAM = 4096
_FREE, _END, _FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
_LEFT, _CENTRE, _RIGHT, _WRAP, _MIDDLE = 1, 2, 3, 0x08, 0x10
_BLACK = 8
_TITLE_STYLE, _CENTRE_STYLE, _LEFT_STYLE, _RIGHT_STYLE, _YEAR_STYLE = range(16, 21)
_STYLES: dict[str, int] = {
    "title": _TITLE_STYLE, "year": _YEAR_STYLE, "text": _LEFT_STYLE, "name": _LEFT_STYLE, "amount": _RIGHT_STYLE,
    "key_task": _LEFT_STYLE, "indicator": _LEFT_STYLE,
}  # fmt: skip


def old_workbook(layout: Layout, sheet_name: str) -> bytes:
    """Return the form as the bytes of an .xls file with one sheet."""
    texts = [box.value for box in layout.boxes if isinstance(box.value, str) and box.value]
    strings = {text: number for number, text in enumerate(dict.fromkeys(texts))}
    head = b"".join(_globals_head())
    tail = b"".join((*_shared_strings(strings, len(texts)), _record(0x0A)))
    name = sheet_name.encode("utf-16-le")
    place = len(head) + 4 + 8 + len(name) + len(tail)
    bound = _record(0x85, struct.pack("<IBBBB", place, 0, 0, len(sheet_name), 1) + name)
    return _compound_file(head + bound + tail + b"".join(_sheet(layout, strings)))


def _record(kind: int, data: bytes = b"") -> bytes:
    return struct.pack("<HH", kind, len(data)) + data


def _globals_head() -> Iterator[bytes]:
    yield _record(0x809, struct.pack("<HHHHII", 0x600, 0x05, 0x0DBB, 0x07CC, 0, 0x06))
    yield _record(0x42, struct.pack("<H", 1200))
    yield _record(0x3D, struct.pack("<9H", 0, 0, 16000, 9000, 0x38, 0, 0, 1, 600))
    for height, weight in ((220, 400), (220, 400), (220, 400), (220, 400), (360, 700), (210, 400)):
        font = "宋体".encode("utf-16-le")
        yield _record(0x31, struct.pack("<5HBBBBBB", height, 0, 0x7FFF, weight, 0, 0, 0, 134, 0, 2, 1) + font)
    for _ in range(15):
        yield _xf(0, 0xFFF5, 0, 0)
    yield _xf(0, 1, 0, 0)
    yield _xf(5, 1, _CENTRE, 0)
    for alignment in (_CENTRE, _LEFT, _RIGHT):
        yield _xf(6, 1, alignment, 0x1111)
    yield _xf(6, 1, _CENTRE, 0)
    yield _record(0x293, struct.pack("<HBB", 0x8000, 0, 0xFF))


def _xf(font: int, kind: int, alignment: int, borders: int) -> bytes:
    """Return a cell format: wrapped, vertically centred, thin black borders or none. Font 4 does not exist."""
    lines = _BLACK | _BLACK << 7 if borders else 0
    return _record(
        0xE0,
        struct.pack(
            "<HHHBBBBHHIH", font, 0, kind, alignment | _WRAP | _MIDDLE, 0, 0, 0xF8 if kind == 1 else 0,
            borders, lines, lines, 0x20C0,
        ),
    )  # fmt: skip


def _shared_strings(strings: dict[str, int], uses: int) -> Iterator[bytes]:
    """Yield the string table, cut between strings into records of the allowed length."""
    kind, data = 0xFC, struct.pack("<II", uses, len(strings))
    for text in strings:
        entry = struct.pack("<HB", len(text.encode("utf-16-le")) // 2, 1) + text.encode("utf-16-le")
        if len(data) + len(entry) > _LONGEST_RECORD:
            yield _record(kind, data)
            kind, data = 0x3C, b""
        data += entry
    yield _record(kind, data)


def _sheet(layout: Layout, strings: dict[str, int]) -> Iterator[bytes]:
    columns = len(layout.form.widths)
    yield _record(0x809, struct.pack("<HHHHII", 0x600, 0x10, 0x0DBB, 0x07CC, 0, 0x06))
    yield from _print_setup()
    for column, width in enumerate(layout.form.widths):
        yield _record(0x7D, struct.pack("<6H", column, column, int(width * 256), 15, 0, 0))
    yield _record(0x200, struct.pack("<IIHHH", 0, layout.rows, 0, columns, 0))
    for row, height in enumerate(row_heights(layout)):
        yield _record(
            0x208, struct.pack("<HHHHHHI", row, 0, columns, int(height * 20), 0, 0, 0x0140 | 15 << 16)
        )
    for box in layout.boxes:
        yield from _box(box, strings)
    yield _record(0x23E, struct.pack("<HHHHHHHHH", 0x06B6 & ~0x02, 0, 0, 64, 0, 0, 0, 0, 0))
    yield from _merges([box for box in layout.boxes if box.area[:2] != box.area[2:]])
    yield _record(0x0A)


def _print_setup() -> Iterator[bytes]:
    """Yield what prints the sheet on A4 upright, one page wide and as many pages long as it takes."""
    yield _record(0x81, struct.pack("<H", 0x05C1))
    for side, inches in ((0x26, 0.6), (0x27, 0.6), (0x28, 0.7), (0x29, 0.7)):
        yield _record(side, struct.pack("<d", inches))
    yield _record(0xA1, struct.pack("<8HddH", 9, 100, 1, 1, 0, 0x02, 600, 600, 0.3, 0.35, 1))


def _box(box: Box, strings: dict[str, int]) -> Iterator[bytes]:
    top, left, bottom, right = box.area
    style = _STYLES.get(box.role, _CENTRE_STYLE)
    for row in range(top - 1, bottom):
        for column in range(left - 1, right):
            place = struct.pack("<HHH", row, column, style)
            if (row, column) != (top - 1, left - 1) or box.value in (None, ""):
                yield _record(0x201, place)
            elif isinstance(box.value, Decimal):
                yield _record(0x203, place + struct.pack("<d", float(box.value)))
            else:
                yield _record(0xFD, place + struct.pack("<I", strings[str(box.value)]))


def _merges(boxes: list[Box]) -> Iterator[bytes]:
    areas = [box.area for box in boxes]
    data = b"".join(struct.pack("<4H", a[0] - 1, a[2] - 1, a[1] - 1, a[3] - 1) for a in areas)
    yield _record(0xE5, struct.pack("<H", len(areas)) + data)


def _compound_file(stream: bytes) -> bytes:
    """Return a compound file whose one stream is `Workbook`: header, allocation table, directory, stream."""
    stream = stream.ljust(max(_SMALLEST_STREAM, math.ceil(len(stream) / _SECTOR) * _SECTOR), b"\0")
    sectors = len(stream) // _SECTOR
    tables = math.ceil((sectors + 2) / (_SECTOR // 4 - 1)) or 1
    chain = [_FAT] * tables + [_END] + [tables + 2 + n for n in range(sectors - 1)] + [_END]
    table = struct.pack(f"<{len(chain)}I", *chain).ljust(tables * _SECTOR, b"\xff")
    header = struct.pack(
        "<8s16sHHHHH6sIIIIIIIII", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"\0" * 16, 0x3E, 3, 0xFFFE, 9, 6, b"\0" * 6,
        0, tables, tables, 0, _SMALLEST_STREAM, _END, 0, _END, 0,
    ) + struct.pack("<109I", *range(tables), *[_FREE] * (109 - tables))  # fmt: skip
    entries = (
        _entry("Root Entry", 5, 1, _END, 0),
        _entry("Workbook", 2, _FREE, tables + 1, len(stream)),
        _entry("", 0, _FREE, 0, 0),
        _entry("", 0, _FREE, 0, 0),
    )
    return header + table + b"".join(entries) + stream


def _entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
    encoded = (name + "\0").encode("utf-16-le") if name else b""
    return struct.pack(
        "<64sHBBIII16sIQQIQ",
        encoded,
        len(encoded),
        kind,
        1,
        _FREE,
        _FREE,
        child,
        b"\0" * 16,
        0,
        0,
        0,
        start,
        size,
    )
