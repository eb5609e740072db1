"""Reads a list with a heading, from CSV in any usual encoding or the first sheet of a workbook.

The roster, the approved budgets and the self-evaluations are such lists. Lines keep their numbers, so
that whatever is wrong can be said with its line.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from checks.declared.text_key import text_key
from etl.safe.given_file import read_given
from etl.safe.refusal import Refusal
from etl.safe.unreadable import Unreadable

LARGEST = 20_000_000


@dataclass(frozen=True, slots=True)
class ListKind:
    """A kind of list: what it is called, the headings it may have with their columns, those it must have.

    `needed` maps a column to the heading that is missed where it is not there.
    """

    zh: str
    en: str
    headings: Mapping[str, str]
    needed: Mapping[str, str]

    @property
    def columns(self) -> Collection[str]:
        """Return the columns a list of this kind can have."""
        return dict.fromkeys(self.headings.values())


Line = tuple[int, dict[str, str]]


def read_list(path: Path, kind: ListKind) -> list[Line]:
    """Return line number and columns (stripped texts, "" where not given) of every line that is not empty.

    Raises `Refusal` for a file that is not there, is too large or cannot be read, and for a missing heading.
    """
    try:
        data = read_given(path, LARGEST)
    except OSError as error:
        raise Refusal(f"{kind.zh}无法读取 {kind.en} cannot be read: {path}: {error.strerror}") from error
    if len(data) > LARGEST:
        raise Refusal(f"{kind.zh}太大 {kind.en} is too large: {path}")
    workbook = data.startswith((b"PK", b"\xd0\xcf"))
    lines = _workbook_lines(data, path, kind) if workbook else _csv_lines(data, path, kind)
    columns = [_column(kind, text) for text in lines[0][1]]
    for column, heading in kind.needed.items():
        if column not in columns:
            raise Refusal(f"{kind.zh}缺少“{heading}”一列 {kind.en} has no column {heading}: {path}")
    return [(n, _record(kind, columns, cells)) for n, cells in lines[1:] if any(map(str.strip, cells))]


def _column(kind: ListKind, heading: str) -> str:
    """Return the column a heading stands for, "" for one that is not known; （万元） is (万元)."""
    return {text_key(known): column for known, column in kind.headings.items()}.get(text_key(heading), "")


def _record(kind: ListKind, columns: Sequence[str], cells: Sequence[str]) -> dict[str, str]:
    given = {column: cell.strip() for column, cell in zip(columns, cells, strict=False) if column}
    return {column: given.get(column, "") for column in kind.columns}


def _csv_lines(data: bytes, path: Path, kind: ListKind) -> list[tuple[int, list[str]]]:
    text = _decoded(data)
    if text is None:
        raise Refusal(f"{kind.zh}编码无法识别 the encoding of {kind.en} is unknown: {path}")
    reader = csv.reader(io.StringIO(text, newline=""))
    try:
        lines = [(reader.line_num, cells) for cells in reader]
    except csv.Error as error:
        raise Refusal(
            f"{kind.zh}第{reader.line_num}行无法读取 line {reader.line_num} of {kind.en} cannot be read: {path}"
        ) from error
    if not lines:
        raise Refusal(f"{kind.zh}是空的 {kind.en} is empty: {path}")
    return lines


def _decoded(data: bytes) -> str | None:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def _workbook_lines(data: bytes, path: Path, kind: ListKind) -> list[tuple[int, list[str]]]:
    from etl.intake.read import open_workbook

    try:
        sheet = open_workbook(data).sheets[0]
    except Unreadable as refusal:
        raise Refusal(f"{kind.zh}无法读取 {kind.en} cannot be read: {path}: {refusal.reason}") from refusal
    width = max((column for _, column in sheet.cells), default=0)
    lines = [
        (row, [sheet.cells[row, c].raw if (row, c) in sheet.cells else "" for c in range(1, width + 1)])
        for row in sorted({row for row, _ in sheet.cells})
    ]
    if not lines:
        raise Refusal(f"{kind.zh}是空的 {kind.en} is empty: {path}")
    wanted = set(kind.needed)
    heads = (n for n, (_, cells) in enumerate(lines) if wanted <= {_column(kind, cell) for cell in cells})
    return lines[next(heads, 0) :]
