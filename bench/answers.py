"""Reads what a finding proposes as a clerk reads it, and holds it to the form that was right."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from etl.cell.grid import address_text
from etl.form.places import Where
from etl.frames.located import Located

_CELL = r"(?:([^\s!：，；]+)!)?([A-Z]{1,2}[0-9]+)"
_ONE = re.compile(rf"疑为{_CELL}.*?填错：\S+ → (-?[0-9.]+)")
_OF = re.compile(rf"{_CELL}[^，；：]*?由\S+?改为(-?[0-9.]+)")
_MANY = re.compile(rf"{_CELL}.*?等[0-9]+处.*?应为(-?[0-9.]+)")
_ROW = re.compile(rf"(?:重复列示：|未计入){_CELL}")
_MISSING = re.compile(r"漏列一个项目：半年(-?[0-9.]+)，全年(-?[0-9.]+)")

Place = tuple[str, int, int]


@dataclass(frozen=True, slots=True)
class Truth:
    """What stood where in the form that was right, the amounts (half, full) of a row taken out, and rows put in."""

    values: Mapping[Where, str | Decimal]
    gone: tuple[Decimal, Decimal] | None
    rows: frozenset[int]


def judged(entry: Located, truth: Truth, wheres: Mapping[Place, Where]) -> tuple[str, bool]:
    """Return "answer", "possible" or "" for what a finding proposes, and whether (one line of) it is the truth."""
    text = entry.finding.hypothesis.get("zh", "") if entry.finding.code in _CODES else ""
    if not text or text.startswith(("按合计", "多处")):
        return "", False
    home = entry.cells[0].sheet
    at = {
        address_text((row, column)): where for (sheet, row, column), where in wheres.items() if sheet == home
    }
    elsewhere = {
        (sheet, address_text((row, column))): where for (sheet, row, column), where in wheres.items()
    }

    def where_of(sheet: str, address: str) -> Where | None:
        return elsewhere.get((sheet, address)) if sheet else at.get(address)

    lines = [_right(line, truth, where_of) for line in text.split("\n")]
    return ("answer" if text.startswith("疑") else "possible"), any(lines)


_CODES = frozenset({"AR01", "AR02", "AR03", "AR04", "AR05", "AR06", "AR12"})


def _right(line: str, truth: Truth, where_of: object) -> bool:
    assert callable(where_of)
    missing = _MISSING.search(line)
    if missing:
        return truth.gone == (Decimal(missing[1]), Decimal(missing[2]))
    row = _ROW.search(line)
    if row:
        where = where_of(row[1] or "", row[2])
        # of two equal rows either is the one too many
        return where is not None and bool({where[1], where[1] - 1, where[1] + 1} & truth.rows)
    found = _ONE.findall(line) or _MANY.findall(line) or _OF.findall(line)
    return bool(found) and all(_holds(truth, where_of(sheet, cell), new) for sheet, cell, new in found)


def _holds(truth: Truth, where: Where | None, new: str) -> bool:
    try:
        return where is not None and Decimal(str(truth.values.get(where, 0))) == Decimal(new)
    except InvalidOperation:
        return False
