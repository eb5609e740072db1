"""Compares a return with its original through openpyxl, an independent reader: nothing but marks may differ."""

from __future__ import annotations

import copy
import gc
import io
import re
import warnings
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

_FORMAT_PARTS = ("font", "number_format", "alignment", "protection")
"""What a mark leaves alone in a cell's format; fill and border are what marks change."""


class Differs(Exception):
    """A return is not its original plus marks; says where. A fault of this program."""


def compare(original: bytes, marked: bytes) -> int:
    """Return how many cells were compared, -1 if openpyxl cannot open the original.

    Raises `Differs` at the first difference.

    Every sheet of the original must be in the return under its name and order, every cell with the
    same value or formula, number format, font, alignment and protection, every merge, width and height.
    """
    before = _opened_if_it_can(original)
    if before is None:
        gc.collect()  # a half-built workbook hangs together in cycles, and the next one needs its memory
        return -1
    after = _opened_if_it_can(marked)
    if after is None:
        raise Differs("openpyxl opens the original and not the return")
    names = [name for name in after.sheetnames if name in before.sheetnames]
    if names != before.sheetnames:
        raise Differs(f"sheets {before.sheetnames} became {after.sheetnames}")
    try:
        return sum(_compare_sheet(before[name], after[name]) for name in before.sheetnames)
    except (Differs, MemoryError):
        raise
    except Exception:  # openpyxl trips over what it has opened, as over the original
        return -1


def _opened_if_it_can(data: bytes) -> Workbook | None:
    try:
        return _opened(data)
    except Exception:  # openpyxl fails on some workbooks that Excel opens, in any way at all
        return None


def _opened(data: bytes) -> Workbook:
    from openpyxl import load_workbook

    with (
        warnings.catch_warnings()
    ):  # what it warns of is how the department built its file, and nothing for a screen
        warnings.simplefilter("ignore")
        return load_workbook(io.BytesIO(data), keep_vba=False)


def _compare_sheet(before: Worksheet, after: Worksheet) -> int:
    for name, old, new in _sheet_facts(before, after):
        if old != new:
            raise Differs(f"{before.title}: {name} changed from {old!r} to {new!r}")
    compared = 0
    for row in before.iter_rows():
        for cell in row:
            _compare_cell(before.title, cell, after[cell.coordinate])
            compared += 1
    return compared


def _compare_cell(sheet: str, old: Any, new: Any) -> None:
    if old.value != new.value or old.data_type != new.data_type:
        raise Differs(f"{sheet}!{old.coordinate}: {old.value!r} became {new.value!r}")
    for part in _FORMAT_PARTS:
        if _look(old, part) != _look(new, part):
            raise Differs(f"{sheet}!{old.coordinate}: its {part} changed")


def _look(cell: Any, part: str) -> Any:
    """Return one part of a cell's format as a value: openpyxl hands out proxies, which compare by identity."""
    look = getattr(cell, part, None)
    return look if isinstance(look, str | None) else copy.copy(look)


def _sheet_facts(before: Worksheet, after: Worksheet) -> Iterator[tuple[str, Any, Any]]:
    yield "state", before.sheet_state, after.sheet_state
    yield "merges", _merges(before), _merges(after)
    yield "protection", before.protection.sheet, after.protection.sheet
    yield "print area", _columns_printed(before), _columns_printed(after)
    yield "widths", _sizes(before.column_dimensions, "width"), _sizes(after.column_dimensions, "width")
    yield "heights", _sizes(before.row_dimensions, "height"), _sizes(after.row_dimensions, "height")


def _columns_printed(sheet: Worksheet) -> str:
    """Return the print area without its last row: the key to the marks is printed too."""
    return re.sub(r"[0-9]+$", "", str(sheet.print_area or ""))


def _merges(sheet: Worksheet) -> list[str]:
    return sorted(str(area) for area in sheet.merged_cells.ranges)


def _sizes(dimensions: Any, name: str) -> dict[Any, Any]:
    sizes = {key: getattr(dimension, name) for key, dimension in dimensions.items()}
    return {key: size for key, size in sizes.items() if size is not None}
