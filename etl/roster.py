"""Reads the roster from CSV or a workbook; headings in Chinese or English, any usual encoding."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import TYPE_CHECKING

from checks.framework import name_key
from checks.roster import COLUMNS, HEADINGS
from etl.grid import Unreadable
from etl.refusal import Refusal

if TYPE_CHECKING:
    import pandas as pd

LARGEST = 20_000_000


def read_roster(path: Path) -> pd.DataFrame:
    """Return the roster of a file as `checks.roster` describes it.

    Raises `Refusal`, naming the line, for a file that is not there or cannot be read, one without a
    column 单位名称, an empty name, or a name that stands twice.
    """
    import pandas as pd

    try:
        data = path.read_bytes()[:LARGEST]
    except OSError as error:
        raise Refusal(f"名单无法读取 the roster cannot be read: {path}: {error.strerror}") from error
    lines = _workbook_lines(data, path) if data.startswith((b"PK", b"\xd0\xcf")) else _csv_lines(data, path)
    heading, rows = lines[0][1], lines[1:]
    columns = [HEADINGS.get(text.strip(), "") for text in heading]
    if "agency" not in columns:
        raise Refusal(f"名单缺少“单位名称”一列 the roster has no column 单位名称: {path}")
    records = [_record(columns, cells) for _, cells in rows if any(cell.strip() for cell in cells)]
    numbers = [number for number, cells in rows if any(cell.strip() for cell in cells)]
    _refuse_bad_names(records, numbers, path)
    return pd.DataFrame(records, columns=list(COLUMNS), dtype=object)


def _record(columns: list[str], cells: list[str]) -> dict[str, str]:
    given = {column: cell.strip() for column, cell in zip(columns, cells, strict=False) if column}
    return {column: given.get(column, "") for column in COLUMNS}


def _refuse_bad_names(records: list[dict[str, str]], numbers: list[int], path: Path) -> None:
    seen: dict[str, int] = {}
    for number, record in zip(numbers, records, strict=True):
        key = name_key(record["agency"])
        if not key:
            raise Refusal(f"名单第{number}行没有单位名称 line {number} of the roster has no name: {path}")
        if key in seen:
            raise Refusal(
                f"名单第{number}行与第{seen[key]}行重复 line {number} repeats line {seen[key]}: {path}"
            )
        seen[key] = number


def _csv_lines(data: bytes, path: Path) -> list[tuple[int, list[str]]]:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise Refusal(f"名单编码无法识别 the roster's encoding is unknown: {path}")
    lines = list(enumerate(csv.reader(io.StringIO(text, newline="")), 1))
    if not lines:
        raise Refusal(f"名单是空的 the roster is empty: {path}")
    return lines


def _workbook_lines(data: bytes, path: Path) -> list[tuple[int, list[str]]]:
    from etl.submission import open_workbook

    try:
        sheet = open_workbook(data).sheets[0]
    except Unreadable as refusal:
        raise Refusal(f"名单无法读取 the roster cannot be read: {path}: {refusal.reason}") from refusal
    width = max((column for _, column in sheet.cells), default=0)
    rows = sorted({row for row, _ in sheet.cells})
    lines = [
        (row, [sheet.cells[row, c].raw if (row, c) in sheet.cells else "" for c in range(1, width + 1)])
        for row in rows
    ]
    start = next(
        (n for n, (_, cells) in enumerate(lines) if "agency" in {HEADINGS.get(c.strip()) for c in cells}), 0
    )
    if not lines:
        raise Refusal(f"名单是空的 the roster is empty: {path}")
    return lines[start:]
