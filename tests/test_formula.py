"""Formulas are worked out as LibreOffice works them out, and not at all where they cannot be."""

from __future__ import annotations

import contextlib
import csv
import subprocess
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from etl.cell.formula import Unknown, constant, evaluate, reference
from etl.cell.grid import Cell, Sheet
from etl.cell.grid import Workbook as Read
from etl.cell.number_format import decimal_of, plain
from etl.cell.recalculate import recalculated

CELLS = {
    "A1": 600,
    "A2": 121.26,
    "A3": "文字",
    "A4": None,
    "A5": 0.3174,
    "B1": 2,
    "B2": "=A1+A2",
    "B3": "=B2*2",
}
FORMULAS = (
    "=100%", "=98.5%", "=-5%", "=600+121.26", "=A1+A2", "=SUM(A1:A5)", "=SUM(A1,A2,B1:B3)", "=B3*2", "=A1*B1-A2/2", "=(A1+A2)*10%",
    "=ROUND(A5,2)", "=ROUND(A5*100,1)%", "=ROUNDUP(A2,0)", "=ROUNDDOWN(-A2,1)", '=IF(A4="","",A4)', '=IF(A1>B1,"高","低")',
    "=IF(A1>B1,A1,1/0)", '="≥"&A1&"人"', "=MAX(A1:A5)-MIN(A1:A5)", "=明细!B3+A1", "='明 细'!B3", "=SUM(明细!B1:B3)", "=-A1+-A2", "=ABS(-A2)",
    '=TEXT(A5,"0.00%")', "=SUBTOTAL(9,A1:A2)", "=1-10%", "=$A$1+A$2", "=A1=600", "=2*3%", '=CONCATENATE("共",A1)', "=IFERROR(A1/B1,0)",
)  # fmt: skip


def _in_libreoffice(folder: Path) -> list[str]:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for name in ("明细", "明 细"):
        other = book.create_sheet(name)
        other["B1"], other["B2"], other["B3"] = 10, 20.5, "=B1+B2"
    for at, value in CELLS.items():
        sheet[at] = value
    for row, formula in enumerate(FORMULAS, 10):
        sheet.cell(row, 1).value = formula
    book.save(folder / "formulas.xlsx")
    command = [
        "soffice", "--headless", f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--convert-to",
        "csv:Text - txt - csv (StarCalc):44,34,76,1,,1033,false,false", "--outdir", str(folder), str(folder / "formulas.xlsx"),
    ]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    with (folder / "formulas.csv").open(encoding="utf-8", newline="") as file:
        return [row[0] for row in list(csv.reader(file))[9:]]


def _ours(folder: Path) -> list[str]:
    from etl.intake.read import open_workbook
    from tests.paper import read_bytes  # noqa: F401 - the reader is imported as the program imports it

    workbook = recalculated(open_workbook((folder / "formulas.xlsx").read_bytes()))
    sheet = workbook.sheets[0]
    cells = [sheet.cells[row, 1] for row in range(10, 10 + len(FORMULAS))]
    return [{"1": "TRUE", "0": "FALSE"}[c.raw] if c.kind == "bool" else c.raw for c in cells]


@pytest.mark.needs_libreoffice
def test_formulas_give_what_libreoffice_gives(tmp_path: Path) -> None:
    theirs = _in_libreoffice(tmp_path)
    unlike = [
        (formula, their, our)
        for formula, their, our in zip(FORMULAS, theirs, _ours(tmp_path), strict=True)
        if not _alike(their, our)
    ]
    assert unlike == []


def _alike(their: str, our: str) -> bool:
    number = decimal_of(their.rstrip("%"))
    if number is None or decimal_of(our) is None:
        return their == our
    return abs(number / (100 if their.endswith("%") else 1) - Decimal(our)) < Decimal("1e-9")


class Cells:
    """A grid of plain cells."""

    def __init__(self, **cells: object) -> None:
        self._sheet = Sheet("表", {})

    def value(self, sheet: str | None, at: tuple[int, int]) -> Decimal:
        if sheet is not None:
            raise Unknown
        return Decimal(at[0] * 10 + at[1])

    def area(self, sheet: str | None, start: tuple[int, int], end: tuple[int, int]):  # type: ignore[no-untyped-def]
        for row in range(start[0], end[0] + 1):
            yield self.value(sheet, (row, start[1]))


@pytest.mark.parametrize(
    "formula",
    ["VLOOKUP(A1,B1:C9,2,0)", "[1]Sheet1!$B$7", "'[年报.xlsx]表'!B7", "A1/0", "A1:A3", "1+", "(1", "SUM(1", "名称", "NOW()", "#REF!+1",
     "其他!A1", "10^400", "9" * 30, "(" * 400 + "1" + ")" * 400, "1" + "+1" * 600, '"甲"+1', "IF(1)", "A1 A2", "{1,2}", "ROUND(1,99)"],
)  # fmt: skip
def test_what_cannot_be_known_is_not_guessed(formula: str) -> None:
    with pytest.raises(Unknown):
        evaluate(formula, Cells())


def test_a_number_alone_is_told_from_arithmetic() -> None:
    assert [constant(f) for f in ("=100%", "100%", "=-5", "of:=98.5%", "= 0", "90*2", "=A1", "", None)] == [
        "100%", "100%", "-5", "98.5%", "0", "", "", "", "",
    ]  # fmt: skip
    assert reference("=$F$49") == (None, (49, 6)) and reference("'明 细'!B3") == ("明 细", (3, 2))
    assert reference("=F49+1") is None


@given(st.lists(st.decimals(-(10**6), 10**6, places=2), min_size=1, max_size=6))
def test_sums_are_exact(numbers: list[Decimal]) -> None:
    assert evaluate("+".join(f"({plain(number)})" for number in numbers), Cells()) == sum(numbers)


@given(st.text(st.sampled_from("0123456789.%+-*/^&()=<>,;:\"'!$[]ABSUMIFROUND明 "), max_size=40))
def test_no_text_breaks_it(text: str) -> None:
    with contextlib.suppress(Unknown):
        evaluate(text, Cells())


def _book(recalculates: bool = False, **cells: tuple[str, str, str | None]) -> Read:
    from etl.cell.grid import cell_address

    placed = {cell_address(at): Cell(kind, raw, 0, formula) for at, (kind, raw, formula) in cells.items()}  # type: ignore[arg-type]
    return Read((Sheet("表", placed),), recalculates=recalculates)  # type: ignore[arg-type]


def test_nothing_is_added_up_from_stale_zeros() -> None:
    """A1 is a typed number, A2 a sum that a program wrote as 0, A3 adds it up: the program's zero is no figure."""
    book = _book(A1=("number", "7", None), A2=("number", "0", "A1+1"), A3=("number", "0", "A1+A2"))
    cells = recalculated(book).sheets[0].cells
    assert [(cells[row, 1].raw, cells[row, 1].told) for row in (2, 3)] == [("8", "zero"), ("15", "zero")]


def test_a_zero_that_nothing_bears_out_is_marked_and_carries_nothing() -> None:
    book = _book(A1=("number", "0", "[1]表!A1"), A2=("number", "5", "A1+5"), A3=("no_result", "", "A1+5"))
    cells = recalculated(book).sheets[0].cells
    assert cells[1, 1].told == "unknown" and cells[2, 1].told == "opaque" and cells[3, 1].kind == "no_result"


def test_a_stored_result_that_is_no_longer_true_stays_and_is_said() -> None:
    stale = _book(A1=("number", "7", None), A2=("number", "5", "A1*2"))
    assert recalculated(stale).sheets[0].cells[2, 1] == Cell("number", "5", 0, "A1*2", "stale=14")
    loaded = _book(True, A1=("number", "7", None), A2=("number", "5", "A1*2"))
    assert recalculated(loaded).sheets[0].cells[2, 1] == Cell("number", "14", 0, "A1*2", "recalculated=5")


def test_a_circle_of_formulas_has_no_result() -> None:
    book = _book(A1=("no_result", "", "A2"), A2=("no_result", "", "A1"))
    assert {cell.kind for cell in recalculated(book).sheets[0].cells.values()} == {"no_result"}
