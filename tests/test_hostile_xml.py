"""Hostile XML (B in the list of ways a file is broken) in a form: refused by name, or the same figures and a word."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest

from checks.given.inputs import Inputs
from checks.settings import Settings
from etl.batch.chunk import check_readings
from etl.batch.whole import run_batch
from etl.intake.file_reading import FileReading
from etl.intake.read import read_data
from etl.intake.submissions import find_submissions
from etl.workers.pool import Pool
from tests import packages as p
from tests.hostile import SHEET, clean_parts, with_cell, with_part, with_rows, with_sheet
from tests.paper import paper
from tests.test_extract import figures

SECONDS = 8.0
PROJECT_HALF = "E18"
"""The cell of the clean form with 949.75, projects' half year."""


def read_in_time(data: bytes) -> FileReading:
    began = time.perf_counter()
    file = read_data("form.xlsx", data)
    assert time.perf_counter() - began < SECONDS
    return file


def said(file: FileReading) -> set[tuple[str, str]]:
    """Return what is found in a file: rule and the Chinese message."""
    checked = check_readings([file], Settings(), Inputs())
    return {(entry.finding.code, entry.finding.message["zh"]) for entry in checked.located}


CLEAN = figures(read_data("form.xlsx", paper().data).readings[0])


def doctype(declared: str, used: str = "") -> bytes:
    rows = f'<row r="99"><c r="A99" t="str"><v>{used}</v></c></row></sheetData>'
    return with_sheet(
        lambda text: text.replace("<worksheet", f"<!DOCTYPE worksheet {declared}><worksheet", 1).replace(
            "</sheetData>", rows
        )
    )


def laughs() -> bytes:
    levels = "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9))
    return doctype(f'[<!ENTITY a "1234567890">{levels}]', "&j;")


REFUSED: dict[str, tuple[Callable[[], bytes], str]] = {
    "28 external entity over http": (
        lambda: doctype('[<!ENTITY e SYSTEM "http://127.0.0.1:9/e">]', "&e;"), "doctype"),
    "28 external subset": (lambda: doctype('SYSTEM "http://127.0.0.1:9/w.dtd"'), "doctype"),
    "28 parameter entity": (lambda: doctype('[<!ENTITY % p SYSTEM "file:///etc/passwd"> %p;]'), "doctype"),
    "29 a billion laughs": (laughs, "doctype"),
    "29 quadratic blow-up": (lambda: doctype(f'[<!ENTITY a "{"x" * 100_000}">]', "&a;" * 20_000), "doctype"),
    "30 a million open elements": (lambda: with_rows("<row>" * 1_000_000), "bad_xml"),
    "30 elements 100,000 deep": (lambda: with_rows("<x>" * 100_000 + "</x>" * 100_000), "bad_xml"),
    "30 an attribute of 50 MB": (lambda: with_rows(f'<row r="99" a="{"x" * 50_000_000}"/>'), "bad_xml"),
    "45 a text of 50 MB": (
        lambda: with_rows(f'<row r="99"><c r="A99" t="str"><v>{"长" * 17_000_000}</v></c></row>'), "bad_xml"),
    "32 cut in the middle of a row": (lambda: with_sheet(lambda text: text[: len(text) // 2]), "bad_xml"),
    "31 GBK that says UTF-8": (
        lambda: p.zip_bytes({**clean_parts(), SHEET: '<?xml version="1.0" encoding="UTF-8"?><worksheet>部门</worksheet>'.encode("gbk")}),
        "bad_xml"),
    "33 a control character": (lambda: with_rows('<row r="99"><c r="A99" t="str"><v>\x01</v></c></row>'), "bad_xml"),
    "25 a million and a half cells": (
        lambda: with_rows(("<row>" + "<c><v>1</v></c>" * 100 + "</row>") * 15_000), "too_many_cells"),
}  # fmt: skip


@pytest.mark.parametrize("mode", REFUSED)
def test_it_is_refused_by_name_in_seconds(mode: str) -> None:
    make, code = REFUSED[mode]
    file = read_in_time(make())
    assert (file.status, file.code) == ("unreadable", code)
    assert file.reason and "root:" not in file.reason and file.readings == ()


def backwards(text: str) -> str:
    """Put the rows of a sheet in the opposite order."""
    head, _, rest = text.partition("<sheetData>")
    rows, _, tail = rest.partition("</sheetData>")
    return f"{head}<sheetData>{''.join(reversed(re.findall('<row .*?</row>', rows, re.DOTALL)))}</sheetData>{tail}"


def merged(*areas: str) -> Callable[[], bytes]:
    more = "".join(f'<mergeCell ref="{area}"/>' for area in areas)
    return lambda: with_sheet(lambda text: text.replace("</mergeCells>", f"{more}</mergeCells>"))


def stray(row: str, *cells: str) -> Callable[[], bytes]:
    held = "".join(f'<c r="{cell}"><v>1</v></c>' for cell in cells)
    return lambda: with_rows(f'<row r="{row}">{held}</row>')


def many_formats(count: int) -> bytes:
    more = '<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>' * count
    return with_part("xl/styles.xml", lambda text: text.replace("</cellXfs>", f"{more}</cellXfs>"))


def whole_sheet(text: str) -> str:
    """Give conditional formats, a validation and a link the whole sheet."""
    area = "A1:XFD1048576"
    rule = '<cfRule type="expression" priority="1"><formula>1</formula></cfRule>'
    more = (
        f'<conditionalFormatting sqref="{area}">{rule}</conditionalFormatting><dataValidations count="1"><dataValidation'
        f' sqref="{area}"/></dataValidations><hyperlinks><hyperlink ref="{area}" location="A1"/></hyperlinks>'
    )
    return text.replace("</mergeCells>", f"</mergeCells>{more}")


IMPOSSIBLE, NO_AREA = "位置无效、未能读取的单元格", "无效的合并单元格区域"
STRAY = "表外内容"
SAME: dict[str, tuple[Callable[[], bytes], str]] = {
    "30 200,000 attributes": (
        lambda: with_rows(f'<row r="99" {" ".join(f"a{n}=" + chr(34) * 2 for n in range(200_000))}/>'), ""),
    "36 a dimension too large": (
        lambda: with_sheet(lambda text: re.sub('<dimension ref="[^"]*"', '<dimension ref="A1:XFD1048576"', text)), ""),
    "36 a dimension too small": (
        lambda: with_sheet(lambda text: re.sub('<dimension ref="[^"]*"', '<dimension ref="A1"', text)), ""),
    "37 a merge over the whole sheet": (merged("A1:XFD1048576"), NO_AREA),
    "37 a merge over all columns beside": (merged("H1:XFD1048576"), NO_AREA),
    "37 formats, rules and links of the whole sheet": (lambda: with_sheet(whole_sheet), ""),
    "38 100,000 overlapping merges": (merged(*(f"H{n}:P{n + 8}" for n in range(1, 100_001))), NO_AREA),
    "38 merges that are none": (merged("#REF!", "", "A1:", "Z9:B2:C3"), NO_AREA),
    "39 a number in the last cell": (stray("1048576", "XFD1048576"), ""),
    "40 row 4294967295": (stray("4294967295", "A4294967295"), IMPOSSIBLE),
    "40 row 0": (stray("0", "A0"), IMPOSSIBLE),
    "40 row -5": (stray("-5", "A-5"), IMPOSSIBLE),
    "40 row abc": (stray("abc", "Aabc"), IMPOSSIBLE),
    "40 columns beyond the last": (stray("99", "ZZZZZZZ99", "ZZZ99"), IMPOSSIBLE),
    "41 no addresses": (lambda: with_sheet(lambda text: re.sub('<c r="[A-Z]+[0-9]+"', "<c", text)), ""),
    "41 addresses in lower case": (
        lambda: with_sheet(lambda text: re.sub('<c r="[A-Z]+', lambda match: match[0][:-1] + match[0][-1].lower(), text)), ""),
    "41 rows out of order": (lambda: with_sheet(backwards), ""),
    "41 a cell twice with one value": (lambda: with_rows('<row r="18"><c r="E18"><v>949.75</v></c></row>'), ""),
    "44 60,000 formats": (lambda: many_formats(60_000), ""),
    "81 styled rows to the end": (
        lambda: with_rows("".join(f'<row r="{n}" s="1"><c r="A{n}" s="1"/></row>' for n in range(100, 150_000))), ""),
    "81 styled columns to the end": (lambda: with_rows(("<row>" + '<c s="1"/>' * 16_384 + "</row>") * 12), ""),
}  # fmt: skip


@pytest.mark.parametrize("mode", SAME)
def test_the_figures_are_the_same_and_what_was_left_out_is_said(mode: str) -> None:
    make, word = SAME[mode]
    file = read_in_time(make())
    assert file.status == "checked", file.reason
    assert [figures(reading) for reading in file.readings] == [CLEAN]
    messages = {message for code, message in said(file) if code == "ST10"}
    assert len(messages) == bool(word) and all(word in message for message in messages)


NO_AMOUNT: dict[str, tuple[str, str, str]] = {
    "42 NaN": ("<v>NaN</v>", "n", "error"),
    "42 infinity": ("<v>-INF</v>", "n", "error"),
    "42 beyond all numbers": ("<v>1e999</v>", "n", "error"),
    "42 an endless exponent": ("<v>1e10000000000</v>", "n", "error"),
    "42 5,000 digits": (f"<v>{'9' * 5_000}</v>", "n", "error"),
    "42 a long number with an exponent": (f"<v>1.{'0' * 70}e5</v>", "n", "error"),
    "42 a word": ("<v>abc</v>", "n", "error"),
    "42 hexadecimal": ("<v>0x10</v>", "n", "error"),
    "42 an underscore": ("<v>1_000</v>", "n", "error"),
    "91 full-width digits in a number": ("<v>１</v>", "n", "error"),
    "91 digits of another script in a number": ("<v>١٢</v>", "n", "error"),
    "43 a date": ("<v>2023-01-01</v>", "d", "date"),
    "43 an error": ("<v>#REF!</v>", "e", "error"),
    "43 an unknown type": ("<v>1</v>", "zzz", "error"),
    "43 true": ("<v>1</v>", "b", "text"),
    "17 a text that is not there": ("<v>999999</v>", "s", "error"),
    "63 a formula without a result": ("<f>1+1+A1</f>", "n", "no_result"),
}


@pytest.mark.parametrize("mode", NO_AMOUNT)
def test_one_cell_that_is_no_amount_is_one_finding_on_it(mode: str) -> None:
    content, kind, state = NO_AMOUNT[mode]
    file = read_in_time(with_cell(PROJECT_HALF, content, kind))
    amount = file.readings[0].amounts["project_half"]
    assert (amount.state, amount.fen) == (state, None)
    checked = check_readings([file], Settings(), Inputs())
    assert [(e.cells[0].row, e.cells[0].column) for e in checked.located] == [(18, 5)]


def test_a_number_a_million_rows_below_costs_no_time_and_is_said() -> None:
    file = read_in_time(stray("1048576", "A1048576")())
    assert figures(file.readings[0]) | {"indicators": []} == CLEAN | {"indicators": []}
    assert {code for code, _ in said(file)} == {"CP05", "ST06"}


def test_a_sum_of_sums_of_sums_is_not_worked_out_for_ever() -> None:
    """Each of 1,500 formulas without a result adds up 1,500 others, four times over (63)."""
    letters, last = "HIJKL", 1_600
    rows = "".join(
        f'<row r="{row}">'
        + "".join(
            f'<c r="{one}{row}"><f>SUM({other}101:{other}{last})</f></c>' for one, other in pairwise(letters)
        )
        + "</row>"
        for row in range(101, last + 1)
    )
    cell = re.compile(rf'(<c r="{PROJECT_HALF}"[^>]*>)<v>[^<]*</v>')
    data = with_sheet(
        lambda text: cell.sub(rf"\1<f>SUM(H101:H{last})</f>", text).replace(
            "</sheetData>", f"{rows}</sheetData>"
        )
    )
    assert read_in_time(data).readings[0].amounts["project_half"].state == "no_result"


def test_two_values_of_one_cell_are_not_chosen_between() -> None:
    """Readers differ on which counts (41), so neither does."""
    file = read_in_time(with_rows('<row r="18"><c r="E18"><v>1</v></c></row>'))
    assert file.readings[0].amounts["project_half"].state == "error"
    assert {code for code, _ in said(file)} == {"ST07"}


def test_a_file_that_wants_more_memory_than_there_is_costs_itself_alone(tmp_path: Path) -> None:
    """12 million cells and 8 million texts (25): refused or its reader ended, the sound form beside them checked."""
    (tmp_path / "form.xlsx").write_bytes(paper().data)
    rows = p.worksheet(("<row>" + "<c><v>1</v></c>" * 100 + "</row>") * 70_000)
    (tmp_path / "cells.xlsx").write_bytes(p.zip_bytes({**clean_parts(), SHEET: rows}))
    (tmp_path / "texts.xlsx").write_bytes(
        p.zip_bytes(p.changed(strings=p.strings(*["<si><t/></si>"] * 8_000_000)))
    )
    submissions, skipped = find_submissions([tmp_path])
    with Pool(1) as pool:
        batch = run_batch(submissions, skipped, Settings(), Inputs(), pool)
    told = {file.path: (file.status, file.code) for file in batch.files}
    assert told["form.xlsx"] == ("checked", "")
    assert told["cells.xlsx"] == (
        "unreadable",
        "too_large_inside",
    )  # its elements are counted as they are read
    assert told["texts.xlsx"] in {("unreadable", "too_large_inside"), ("crashed", "worker_died")}
