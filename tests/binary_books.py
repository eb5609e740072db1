"""Writes binary workbooks (.xlsb) record by record, as [MS-XLSB] lays them out; nothing here uses the reader under test."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterable
from typing import Any

from tests import packages as p

BINARY = "application/vnd.ms-excel"


def record(kind: int, content: bytes = b"") -> bytes:
    """Return a record: its number and length in seven bits a byte, then the content."""
    head = bytes([kind]) if kind < 0x80 else bytes([kind & 0x7F | 0x80, kind >> 7])
    length, rest = b"", len(content)
    while True:
        length += bytes([rest & 0x7F | (0x80 if rest > 0x7F else 0)])
        rest >>= 7
        if not rest:
            return head + length + content


def text(value: str) -> bytes:
    encoded = value.encode("utf-16-le")
    return struct.pack("<L", len(encoded) // 2) + encoded


def row(number: int, *cells: bytes, hidden: bool = False) -> bytes:
    """Return a row (from 1) and its cells."""
    flags = 0x10 if hidden else 0
    head = struct.pack("<2LH2B", number - 1, 0, 300, 0, flags) + bytes(1) + struct.pack("<L", 0)
    return record(0, head) + b"".join(cells)


def cell(kind: int, column: int, content: bytes, style: int = 0) -> bytes:
    """Return the record of a cell in a column (from 1)."""
    return record(kind, struct.pack("<2L", column - 1, style) + content)


def sheet(
    rows: Iterable[bytes], merges: Iterable[tuple[int, int, int, int]] = (), columns: bytes = b""
) -> bytes:
    """Return a worksheet part; merged areas are (top, left, bottom, right) from 1."""
    areas = [
        struct.pack("<4L", top - 1, bottom - 1, left - 1, right - 1) for top, left, bottom, right in merges
    ]
    body = (
        record(129)
        + record(148, struct.pack("<4L", 0, 0, 0, 0))
        + columns
        + record(145)
        + b"".join(rows)
        + record(146)
    )
    if areas:
        body += (
            record(177, struct.pack("<L", len(areas)))
            + b"".join(record(176, area) for area in areas)
            + record(178)
        )
    return body + record(130)


def styles(formats: list[str]) -> bytes:
    """Return a styles part whose formats of cells have these number formats in order."""
    own = b"".join(record(44, struct.pack("<H", 164 + n) + text(code)) for n, code in enumerate(formats))
    xfs = b"".join(record(47, struct.pack("<2H", 0, 164 + n) + bytes(12)) for n in range(len(formats)))
    parents = (
        record(626, struct.pack("<L", 1))
        + record(47, struct.pack("<2H", 0xFFFF, 0) + bytes(12))
        + record(627)
    )
    count = struct.pack("<L", len(formats))
    return (
        record(278)
        + record(615, count)
        + own
        + record(616)
        + parents
        + record(617, count)
        + xfs
        + record(618)
        + record(279)
    )


def book(
    sheets: dict[str, bytes], strings: list[str], formats: list[str], states: dict[str, int] | None = None
) -> bytes:
    """Return an .xlsb file of sheets by name."""
    tabs = b"".join(
        record(156, struct.pack("<2L", (states or {}).get(name, 0), n) + text(f"rId{n}") + text(name))
        for n, name in enumerate(sheets, 1)
    )
    items = b"".join(record(19, b"\0" + text(value)) for value in strings)
    relations = [(f"rId{n}", "worksheet", f"worksheets/sheet{n}.bin") for n in range(1, len(sheets) + 1)]
    relations += [("rIdA", "styles", "styles.bin"), ("rIdB", "sharedStrings", "sharedStrings.bin")]
    parts = {
        "[Content_Types].xml": p.types(
            {
                "xl/workbook.bin": f"{BINARY}.sheet.binary.macroEnabled.main",
                "xl/styles.bin": f"{BINARY}.styles",
                "xl/sharedStrings.bin": f"{BINARY}.sharedStrings",
                **{f"xl/worksheets/sheet{n}.bin": f"{BINARY}.worksheet" for n in range(1, len(sheets) + 1)},
            },
            {"bin": "application/octet-stream"},
        ),
        "_rels/.rels": p.rels(("rId1", "officeDocument", "xl/workbook.bin")),
        "xl/workbook.bin": record(131)
        + record(153, bytes(8) + text(""))
        + record(143)
        + tabs
        + record(144)
        + record(132),
        "xl/_rels/workbook.bin.rels": p.rels(*relations),
        "xl/styles.bin": styles(formats),
        "xl/sharedStrings.bin": record(159, struct.pack("<2L", len(strings), len(strings)))
        + items
        + record(160),
        **{f"xl/worksheets/sheet{n}.bin": content for n, content in enumerate(sheets.values(), 1)},
    }
    return p.zip_bytes(parts)


def as_binary(data: bytes) -> bytes:
    """Return an .xlsx as .xlsb: values, number formats, merged areas, hidden rows and columns, as openpyxl reads them."""
    from openpyxl import load_workbook

    source = load_workbook(io.BytesIO(data), data_only=True)
    strings: dict[str, int] = {}
    formats: dict[str, int] = {}
    sheets, states = {}, {}
    for page in source.worksheets:
        rows = [
            row(
                number,
                *filter(None, (_cell(cell, strings, formats) for cell in line)),
                hidden=bool(page.row_dimensions[number].hidden),
            )
            for number, line in enumerate(page.iter_rows(), 1)
        ]
        merges = [(a.min_row, a.min_col, a.max_row, a.max_col) for a in page.merged_cells.ranges]
        columns = b"".join(
            record(60, struct.pack("<4LH", d.min - 1, d.max - 1, 2304, 0, 1))
            for d in page.column_dimensions.values()
            if d.hidden
        )
        sheets[page.title] = sheet(rows, merges, columns)
        states[page.title] = ("visible", "hidden", "veryHidden").index(page.sheet_state)
    return book(sheets, list(strings), list(formats) or ["General"], states)


def _cell(at: Any, strings: dict[str, int], formats: dict[str, int]) -> bytes | None:
    if at.value is None:
        return None
    style = formats.setdefault(at.number_format, len(formats))
    if at.data_type == "n":
        return cell(5, at.column, struct.pack("<d", float(at.value)), style)
    if at.data_type == "b":
        return cell(4, at.column, bytes([at.value]), style)
    if at.data_type == "e":
        return cell(3, at.column, bytes([{"#REF!": 23, "#N/A": 42, "#DIV/0!": 7}[at.value]]), style)
    index = strings.setdefault(str(at.value), len(strings))
    return cell(7, at.column, struct.pack("<L", index), style)
