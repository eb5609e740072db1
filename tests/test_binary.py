"""Binary workbooks (.xlsb) are read like the .xlsx they were saved from; another library sees the same values."""

from __future__ import annotations

import io
import struct
from pathlib import Path

import pytest

from etl.intake.read import open_workbook, read_data
from etl.package.parts import open_package
from etl.safe.unreadable import Unreadable
from etl.sheets.binary import read_binary
from etl.validation.package import faults
from tests import binary_books as b
from tests import packages as p
from tests.binary_books import as_binary
from tests.clean import AGENCY
from tests.here import produce
from tests.paper import paper

PUBLISHED = next(Path("samples/published").glob("*.xlsx"))
FORMS = {"clean": paper().data, "published": PUBLISHED.read_bytes()}


@pytest.mark.parametrize("name", FORMS)
def test_values_formats_and_merges_are_those_of_the_other_format(name: str) -> None:
    plain, binary = open_workbook(FORMS[name]), open_workbook(as_binary(FORMS[name]))
    for old, new in zip(plain.sheets, binary.sheets, strict=True):
        assert (old.name, old.state, sorted(old.merges)) == (new.name, new.state, sorted(new.merges))
        assert (old.hidden_rows, old.cells.keys()) == (new.hidden_rows, new.cells.keys())
        for at, cell in old.cells.items():
            other = new.cells[at]
            if cell.kind == "number":
                assert float(cell.raw) == float(other.raw)
            else:
                assert (cell.kind, cell.raw) == (other.kind, other.raw)
            if cell.kind == "number":
                assert plain.formats[cell.style] == binary.formats[other.style]


@pytest.mark.parametrize("name", FORMS)
def test_another_library_reads_the_same(name: str) -> None:
    calamine = pytest.importorskip("python_calamine")
    data = as_binary(FORMS[name])
    book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
    for sheet in read_binary(data).sheets:
        found = {}
        other = book.get_sheet_by_name(sheet.name)
        top, left = other.start or (0, 0)
        for row, line in enumerate(other.to_python(skip_empty_area=True), top + 1):
            found.update({(row, column): value for column, value in enumerate(line, left + 1) if value != ""})
        assert found.keys() == sheet.cells.keys()
        for at, cell in sheet.cells.items():
            assert (float(cell.raw) if cell.kind == "number" else cell.raw) == found[at]


def kinds() -> bytes:
    """Return a workbook with a cell of every kind, long and short."""
    number = struct.pack("<d", 0.3)
    rows = (
        b.row(
            2,
            b.cell(1, 1, b""),
            b.cell(2, 2, struct.pack("<l", 7335 << 2 | 3), 1),
            b.cell(2, 3, struct.pack("<Q", struct.unpack("<Q", struct.pack("<d", 1.5))[0])[4:]),
            b.cell(3, 4, b"\x17"),
            b.cell(4, 5, b"\x01"),
            b.cell(5, 6, number, 1),
            b.cell(6, 7, b.text("直接的文字")),
            b.cell(7, 8, struct.pack("<L", 0)),
            b.cell(7, 9, struct.pack("<L", 99)),
        ),
        b.row(
            4,
            b.cell(8, 2, b.text("结果") + bytes(6)),
            b.cell(9, 3, number + bytes(10)),
            b.cell(10, 4, b"\0" + bytes(10)),
            b.cell(11, 5, b"\x2a" + bytes(10)),
            b.record(16, struct.pack("<L", 1) + number),
            b.record(18, struct.pack("<2L", 0, 0)),
            b.cell(62, 9, b"\0" + b.text("格式不一")),
            hidden=True,
        ),
    )
    columns = b.record(60, struct.pack("<4LH", 1, 2, 2304, 0, 1))
    return b.book(
        {"甲": b.sheet(rows, [(2, 1, 3, 1)], columns), "乙": b.sheet([])},
        ["共享"],
        ["General", "0%"],
        {"乙": 1},
    )


def test_every_kind_of_cell_is_read() -> None:
    first, second = read_binary(kinds()).sheets
    assert {at: (cell.kind, cell.raw) for at, cell in first.cells.items()} == {
        (2, 2): ("number", "73.35"), (2, 3): ("number", "1.5"), (2, 4): ("error", "#REF!"), (2, 5): ("bool", "1"),
        (2, 6): ("number", "0.3"), (2, 7): ("text", "直接的文字"), (2, 8): ("text", "共享"), (2, 9): ("error", "#共享字符串!"),
        (4, 2): ("text", "结果"), (4, 3): ("number", "0.3"), (4, 4): ("bool", "0"), (4, 5): ("error", "#N/A"),
        (4, 6): ("number", "0.3"), (4, 7): ("text", "共享"), (4, 9): ("text", "格式不一"),
    }  # fmt: skip
    book = read_binary(kinds())
    assert book.formats == ("General", "0%") and first.cells[2, 6].style == 1 == first.cells[4, 6].style
    assert (first.merges, first.hidden_rows, first.hidden_columns) == (((2, 1, 3, 1),), {4}, ((2, 3),))
    assert (second.state, second.cells, book.warnings) == ("hidden", {}, ("binary_workbook",))


def test_a_binary_form_is_checked_like_the_other_and_said_to_be_one(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "甲.xlsb").write_bytes(as_binary(paper().data))
    run = produce([tmp_path / "in"], tmp_path / "out", quiet=True, workers=1)
    assert [entry.finding.code for entry in run.batch.located] == ["ST14"]
    (written,) = run.returns.values()
    assert not written.lost and faults(open_package(written.path.read_bytes())) == ()
    reading = read_data("甲.xlsb", as_binary(paper().data)).readings[0]
    assert reading.texts["agency"] == AGENCY


def broken_parts(data: bytes) -> list[bytes]:
    """Return a binary workbook with each of its parts cut short in turn."""
    from tests.hostile import unpacked

    parts = unpacked(data)
    return [
        p.zip_bytes({**parts, name: content[: len(content) - cut]})
        for name, content in parts.items()
        if name.endswith(".bin")
        for cut in (1, 3, 7, len(content) // 2)
    ]


@pytest.mark.parametrize("data", broken_parts(kinds()))
def test_damage_is_refused_or_read_and_never_an_exception(data: bytes) -> None:
    try:
        open_workbook(data)
    except Unreadable as refusal:
        assert refusal.code == "xlsb" and "另存为.xlsx" in refusal.reason
