"""Damaged and wrong containers (A in the list of ways a file is broken), in a folder beside a sound form."""

from __future__ import annotations

import json
import struct
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from checks.given.inputs import Inputs
from checks.settings import Settings
from etl.batch.whole import run_batch
from etl.form.layout import lay_out
from etl.intake.file_reading import FileReading
from etl.intake.read import read_data
from etl.intake.submissions import find_submissions
from etl.workers.pool import Pool
from samples.old_excel import old_workbook
from tests import packages as p
from tests.cases import Case
from tests.here import produce
from tests.hostile import SHEET, clean_parts
from tests.known_forms import FORM_2023
from tests.paper import filled_in, paper
from tests.test_extract import figures
from tests.test_package import DAMAGED, NOT_WORKBOOKS, bombed

SECONDS = 5.0
FORM = paper().data
CLEAN = figures(read_data("form.xlsx", FORM).readings[0])


def read_in_time(data: bytes) -> FileReading:
    began = time.perf_counter()
    file = read_data("form.xls", data)
    assert time.perf_counter() - began < SECONDS
    return file


def test_a_folder_of_what_is_no_workbook_is_told_file_by_file(tmp_path: Path) -> None:
    """Empty files, other documents, damage of every kind (1-8, 14, 15, 18-20, 28-33): each has its reason."""
    inbox, output = tmp_path / "in", tmp_path / "out"
    inbox.mkdir()
    cases = {f"{n:03}.xlsx": case for n, case in enumerate((*NOT_WORKBOOKS.values(), *DAMAGED.values()))}
    for name, (data, _) in cases.items():
        (inbox / name).write_bytes(data)
    (inbox / "form.xlsx").write_bytes(FORM)
    run = produce([inbox], output, workers=1, quiet=True, letters=True)
    told = {file.path: (file.status, file.code) for file in run.batch.files}
    assert told == {"form.xlsx": ("checked", "")} | {
        name: ("unreadable", code) for name, (_, code) in cases.items()
    }
    files = json.loads((output / "findings.json").read_text(encoding="utf-8"))["files"]
    assert len(files) == len(cases) + 1 and all(
        file["reason"] for file in files if file["path"] != "form.xlsx"
    )
    assert [path.name for path in (output / "returns").iterdir()] == ["form.xlsx"]
    page = (output / "report.html").read_text(encoding="utf-8")
    assert all(name in page for name in cases)


@cache
def old_form() -> bytes:
    """Return the clean form as a genuine .xls."""
    return old_workbook(lay_out(FORM_2023, filled_in(Case(""))[0]), "绩效目标表")


def poked(position: int, value: int) -> bytes:
    """Return the .xls with four bytes changed."""
    data = bytearray(old_form())
    struct.pack_into("<I", data, position, value)
    return bytes(data)


def in_chain(sector: int, following: int) -> bytes:
    """Return the .xls with one link of its sector chains changed."""
    table = 512 + 512 * struct.unpack_from("<I", old_form(), 76)[0]
    return poked(table + 4 * sector, following)


def in_directory(offset: int, value: int) -> bytes:
    return poked(512 + 512 * struct.unpack_from("<I", old_form(), 48)[0] + offset, value)


def with_password() -> bytes:
    """Return the .xls with FILEPASS in place of the record after its first."""
    data = bytearray(old_form())
    after = data.index(struct.pack("<HH", 0x42, 2))
    data[after : after + 2] = struct.pack("<H", 0x2F)
    return bytes(data)


OLD: dict[str, tuple[Callable[[], bytes], tuple[str, str]]] = {
    "9 a genuine .xls": (old_form, ("checked", "")),
    "9 .xlsx inside": (lambda: FORM, ("checked", "")),
    "10 a password": (with_password, ("unreadable", "encrypted")),
    "11 a chain of sectors that loops": (lambda: in_chain(2, 1), ("unreadable", "damaged")),
    "11 a sector that follows itself": (lambda: in_chain(1, 1), ("unreadable", "damaged")),
    "11 a directory entry that is its own brother": (lambda: in_directory(128 + 68, 1), ("checked", "")),
    "11 a root that is its own child": (lambda: in_directory(76, 0), ("checked", "")),
    "11 four billion allocation sectors": (lambda: poked(44, 0xFFFF_FFF0), ("checked", "")),
    "11 half of it": (lambda: old_form()[: len(old_form()) // 2], ("unreadable", "damaged")),
    "11 its header alone": (lambda: old_form()[:512], ("unreadable", "not_a_workbook")),
}  # fmt: skip


@pytest.mark.parametrize("mode", OLD)
def test_old_workbooks(mode: str) -> None:
    make, told = OLD[mode]
    file = read_in_time(make())
    assert (file.status, file.code) == told
    assert [figures(reading) for reading in file.readings] == [CLEAN] * (file.status == "checked")


def open_document(rows: str) -> bytes:
    """Return an OpenDocument sheet of rows."""
    names = "".join(
        f' xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in ("office", "table", "text")
    )
    content = (
        f"<office:document-content{names}><office:body><office:spreadsheet>"
        f'<table:table table:name="表">{rows}</table:table></office:spreadsheet></office:body></office:document-content>'
    )
    mark = b"application/vnd.oasis.opendocument.spreadsheet"
    return p.zip_bytes([p.Entry("mimetype", mark, 0), p.Entry("content.xml", content.encode())])


def row(cell: str, repeated: str = "1") -> str:
    filled = f'<table:table-cell {cell} office:value-type="string"><text:p>x</text:p></table:table-cell>'
    return f'<table:table-row table:number-rows-repeated="{repeated}">{filled}</table:table-row>'


EMPTY_ROW = '<table:table-row table:number-rows-repeated="2000000000"><table:table-cell/></table:table-row>'
OPEN = {
    "two billion empty rows": (EMPTY_ROW, "empty_workbook"),
    "two billion filled rows": (row("", "2000000000"), "too_many_cells"),
    "a million rows of 16,000 cells": (
        row('table:number-columns-repeated="16000"', "1000000"),
        "too_many_cells",
    ),
    "two billion columns": (row('table:number-columns-repeated="2000000000"'), "no_form"),
    "a span that is no number": (row('table:number-columns-spanned="abc"'), "no_form"),
    "a span without end": (row(f'table:number-rows-spanned="{"9" * 5_000}"'), "no_form"),
    "a repetition below nothing": (row('table:number-columns-repeated="-5"', "-5"), "no_form"),
}


@pytest.mark.parametrize("mode", OPEN)
def test_open_document_sheets(mode: str) -> None:
    rows, code = OPEN[mode]
    assert read_in_time(open_document(rows)).code == code


@pytest.mark.parametrize("data", [FORM, old_form()], ids=["xlsx", "xls"])
def test_a_file_cut_short_is_refused_or_whole(data: bytes) -> None:
    """Wherever it is cut (3, 11), no part of a form is taken for the form."""
    for length in range(1, len(data), len(data) // 150):
        file = read_data("form.xlsx", data[:length])
        assert file.status == "unreadable" or [figures(r) for r in file.readings] == [CLEAN], length


def test_a_flipped_byte_changes_no_figure() -> None:
    """Damage anywhere in a workbook (18) is refused, or lies where no figure is."""
    for position in range(0, len(FORM), len(FORM) // 300):
        data = bytearray(FORM)
        data[position] ^= 0x55
        file = read_data("form.xlsx", bytes(data))
        assert file.status == "unreadable" or [figures(r) for r in file.readings] == [CLEAN], position


def test_an_entry_that_is_a_link_is_nothing_to_us() -> None:
    data = bytearray(p.zip_bytes({**clean_parts(), "xl/media/link": b"/etc/passwd"}))
    record = data.rindex(b"PK\x01\x02")
    struct.pack_into("<L", data, record + 38, 0o120777 << 16)
    assert figures(read_in_time(bytes(data)).readings[0]) == CLEAN


def test_bombs_cost_themselves_alone(tmp_path: Path) -> None:
    """Sheets that unpack to 150 MB and 300 MB (25) and a file of 6 GB that is all holes (100) beside a sound form."""
    (tmp_path / "form.xlsx").write_bytes(FORM)
    (tmp_path / "parsed.xlsx").write_bytes(bombed(SHEET, 150_000_000))
    (tmp_path / "inflated.xlsx").write_bytes(bombed(SHEET, 300_000_000))
    with (tmp_path / "holes.xlsx").open("wb") as file:
        file.truncate(6_000_000_000)
    submissions, skipped = find_submissions([tmp_path])
    began = time.perf_counter()
    with Pool(1) as pool:
        batch = run_batch(submissions, skipped, Settings(), Inputs(), pool)
    assert time.perf_counter() - began < 30
    assert {file.path: file.code for file in batch.files} == {
        "form.xlsx": "", "holes.xlsx": "too_large", "inflated.xlsx": "too_large_inside", "parsed.xlsx": "too_large_inside",
    }  # fmt: skip
