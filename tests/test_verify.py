"""A return is compared with its original by another reader; any difference but a mark is a fault."""

from __future__ import annotations

import gc
import io
import warnings
import weakref
from collections.abc import Callable

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
from openpyxl.worksheet.worksheet import Worksheet

from etl.returns import verify
from etl.returns.verify import Differs, compare
from tests import packages as p

ORIGINAL = p.zip_bytes(p.parts())


def changed(change: Callable[[Worksheet], object]) -> bytes:
    """Return the original with something changed on its first sheet."""
    book = load_workbook(io.BytesIO(ORIGINAL))
    change(book.worksheets[0])
    return saved(book)


def saved(book: Workbook) -> bytes:
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def mark(sheet: Worksheet) -> None:
    sheet["C5"].fill = PatternFill("solid", fgColor="FFFF00")
    sheet["C5"].border = Border(left=Side("thick"))
    sheet.parent.create_sheet("审核意见", 0)


def test_marks_are_no_difference() -> None:
    cells = load_workbook(io.BytesIO(ORIGINAL)).worksheets[0]
    compared = compare(ORIGINAL, changed(mark))
    assert compared >= cells.max_row * cells.max_column > 0


CHANGES: dict[str, Callable[[Worksheet], object]] = {
    "value": lambda sheet: sheet.cell(5, 3, 8055),
    "text": lambda sheet: sheet.cell(5, 4, "100%"),
    "new cell": lambda sheet: sheet.cell(1, 2, 0),
    "number format": lambda sheet: setattr(sheet["C5"], "number_format", "0.00"),
    "font": lambda sheet: setattr(sheet["C5"], "font", Font(bold=True, size=31)),
    "alignment": lambda sheet: setattr(sheet["C5"], "alignment", Alignment(text_rotation=45)),
    "protection": lambda sheet: setattr(sheet["C5"], "protection", Protection(locked=False)),
    "merge": lambda sheet: sheet.merge_cells("H30:J31"),
    "width": lambda sheet: setattr(sheet.column_dimensions["B"], "width", 77),
    "height": lambda sheet: setattr(sheet.row_dimensions[5], "height", 77),
    "state": lambda sheet: (sheet.parent.create_sheet("x"), setattr(sheet, "sheet_state", "hidden")),
    "name": lambda sheet: setattr(sheet, "title", "另一名称"),
    "print area": lambda sheet: setattr(sheet, "print_area", "A1:B2"),
}


@pytest.mark.parametrize("name", CHANGES)
def test_any_other_difference_is_a_fault(name: str) -> None:
    with pytest.raises(Differs):
        compare(ORIGINAL, changed(CHANGES[name]))


def test_what_the_other_reader_cannot_open_gives_its_memory_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """It ran out of memory on one huge merge, and the next file in that worker found none left."""

    class Half:
        """A workbook as far as it was built: its parts know each other."""

    left: list[weakref.ref[Half]] = []

    def opened(data: bytes) -> Workbook:
        half = Half()
        half.itself = half  # type: ignore[attr-defined]
        left.append(weakref.ref(half))
        raise MemoryError

    monkeypatch.setattr(verify, "_opened", opened)
    gc.disable()
    try:
        assert compare(ORIGINAL, ORIGINAL) == -1
        assert [reference() for reference in left] == [None]
    finally:
        gc.enable()


WARNED: dict[str, tuple[str, bytes, bytes]] = {
    "a bad print area": ("xl/workbook.xml", b"</sheets>", b'</sheets><definedNames><definedName name="_xlnm.Print_Area" localSheetId="0">#REF!x!$A</definedName></definedNames>'),
}  # fmt: skip
"""Of what the other reader warns: a part and what is changed in it."""


@pytest.mark.parametrize("name", WARNED)
def test_what_the_other_reader_warns_of_is_not_said(name: str) -> None:
    """Its words on the screen would help nobody: they are about how the department's program built the file."""
    part, old, new = WARNED[name]
    found = p.parts()
    assert old in found[part]
    data = p.zip_bytes({**found, part: found[part].replace(old, new)})
    with pytest.warns(UserWarning):
        load_workbook(io.BytesIO(data))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert compare(data, data) > 0
