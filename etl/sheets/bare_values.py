"""Reads the bare values of an old .xls that its usual reader gives up on, through another library, in a process apart.

A damaged file makes that library take all memory there is, or end its process: so it is run in one of its own, with
limits. What is run there is this file, alone.
"""

from __future__ import annotations

import json
import os
import struct
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from etl.cell.grid import Cell, Sheet, Workbook

SECONDS, SECONDS_AT_WORK, MEMORY = 4.0, 2, 1 << 30
"""What the process may take: a form takes a tenth of a second, and the file as a whole may take twenty."""
_NO_SECTOR = 0xFFFF_FFFA
"""From here on an entry of the table of a compound file names no sector that follows: it is the last, or free."""
_MOST_CELLS = 1_000_000


def read_bare(data: bytes) -> Workbook:
    """Return the values and merged areas of an old workbook, without formats; raises `Unreadable` where there are none."""
    from etl.cell.grid import Workbook
    from etl.safe.unreadable import Unreadable

    damaged = Unreadable("damaged", "文件损坏,无法读取", "the file is damaged")
    if not _is_whole(data):
        raise damaged
    command = [sys.executable, "-P", "-X", "utf8", str(Path(__file__))]
    try:
        done = subprocess.run(command, input=data, capture_output=True, timeout=2 * SECONDS, check=True)
        found = json.loads(done.stdout)
    except (OSError, subprocess.SubprocessError, ValueError) as error:
        raise damaged from error
    sheets = tuple(map(_sheet, found))
    if not any(sheet.cells for sheet in sheets):
        raise damaged
    return Workbook(sheets, ("General",), warnings=("values_only",), kind="xls")


def _is_whole(data: bytes) -> bool:
    """Say whether a compound file holds every sector that its table says is used; of one cut short nothing is read.

    A table that does not fit the file is not followed: the library would take its word for how much memory it needs.
    """
    power, tables, longer = struct.unpack_from("<H12xL24xL", data.ljust(512, b"\0"), 0x1E)
    if power not in (9, 12) or longer > 1000 or tables > len(data) >> power:
        return False
    held = (len(data) + (1 << power) - 1 - 512) >> power  # the last sector need not be full
    numbers = list(struct.unpack_from("<109L", data.ljust(512, b"\0"), 0x4C))[:tables]
    if tables > len(numbers) or any(number >= held for number in numbers):
        return False
    for place, number in enumerate(numbers):
        content = data[512 + (number << power) :][: 1 << power]
        entries = struct.unpack(f"<{len(content) // 4}L", content[: len(content) // 4 * 4])
        first = place << power - 2
        for sector, following in enumerate(entries, first):
            if following < _NO_SECTOR and max(sector, following) >= held:
                return False
    return bool(numbers)


def _sheet(found: dict[str, Any]) -> Sheet:
    from etl.cell.grid import Sheet

    cells = {(row, column): _cell(kind, raw) for row, column, kind, raw in found["cells"]}
    return Sheet(found["name"], cells, tuple(map(tuple, found["merges"])), found["state"])


def _cell(kind: Any, raw: str) -> Cell:
    from etl.cell.grid import Cell

    return Cell(kind, raw)


def _main() -> None:
    """Read a workbook from the standard input and write its sheets to the output; any failure ends the process."""
    from io import BytesIO

    threading.Timer(SECONDS, os._exit, (1,)).start()
    if sys.platform != "win32":
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS_AT_WORK, SECONDS_AT_WORK))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    from python_calamine import CalamineWorkbook

    book = CalamineWorkbook.from_filelike(BytesIO(sys.stdin.buffer.read()))
    room = _MOST_CELLS
    sheets = []
    for about in book.sheets_metadata:
        sheet = book.get_sheet_by_name(about.name)
        cells = list(_cells(sheet))
        room -= len(cells)
        if room < 0:
            os._exit(1)
        merges = [(a[0] + 1, a[1] + 1, b[0] + 1, b[1] + 1) for a, b in sheet.merged_cell_ranges or ()]
        state = str(about.visible).rpartition(".")[2]
        state = {"Hidden": "hidden", "VeryHidden": "veryHidden"}.get(state, "visible")
        sheets.append({"name": about.name, "state": state, "merges": merges, "cells": cells})
    sys.stdout.write(json.dumps(sheets))
    sys.stdout.flush()
    os._exit(0)


def _cells(sheet: Any) -> Iterator[tuple[int, int, str, str]]:
    top, left = sheet.start or (0, 0)
    for row, values in enumerate(sheet.to_python(skip_empty_area=True), top + 1):
        for column, value in enumerate(values, left + 1):
            if isinstance(value, bool):
                yield row, column, "bool", str(int(value))
            elif isinstance(value, int | float):
                yield row, column, "number", repr(float(value)).removesuffix(".0")
            elif str(value).strip():
                yield row, column, "text" if isinstance(value, str) else "date", str(value)


if __name__ == "__main__":
    _main()
