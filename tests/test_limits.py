"""What is read of a file is counted, so that its verdict does not depend on what its reader did before."""

from __future__ import annotations

import time

import pytest

from etl.intake.read import read_data
from etl.package.parts import MOST_ON_ONE_PART
from etl.safe.width import padded, width
from tests import packages as p
from tests.hostile import clean_parts, with_part
from tests.package_kinds import several_sheets

BOOK, SHEET, STYLES = "xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/styles.xml"


def with_names(count: int) -> bytes:
    names = "".join(f'<definedName name="n{n}">1</definedName>' for n in range(count))
    return with_part(BOOK, lambda text: text.replace("<definedNames>", f"<definedNames>{names}", 1))


def with_relations(count: int) -> bytes:
    rels = "xl/_rels/workbook.xml.rels"
    lines = "".join(f'<Relationship Id="x{n}" Type="x/y" Target="styles.xml"/>' for n in range(count))
    return with_part(rels, lambda text: text.replace("</Relationships>", f"{lines}</Relationships>"))


def with_formats(count: int) -> bytes:
    return with_part(
        STYLES, lambda text: text.replace("</cellXfs>", '<xf numFmtId="0"/>' * count + "</cellXfs>")
    )


def with_types(count: int) -> bytes:
    lines = '<Default Extension="x" ContentType="a/b"/>' * count
    return with_part("[Content_Types].xml", lambda text: text.replace("</Types>", f"{lines}</Types>"))


def with_texts(count: int) -> bytes:
    parts = dict(clean_parts())
    parts["xl/sharedStrings.xml"] = p.strings(*["<si><t>x</t></si>"] * count)
    rels = "xl/_rels/workbook.xml.rels"
    line = f'<Relationship Id="xS" Type="{p.REL}/sharedStrings" Target="sharedStrings.xml"/></Relationships>'
    if b"sharedStrings" not in parts[rels]:
        parts[rels] = parts[rels].replace(b"</Relationships>", line.encode())
    return p.zip_bytes(parts)


TOO_MANY = {
    "names": (lambda: with_names(100_001), "too_large_inside"),
    "relationships": (lambda: with_relations(100_001), "too_large_inside"),
    "formats": (lambda: with_formats(100_001), "too_large_inside"),
    "content types": (lambda: with_types(100_001), "too_large_inside"),
    "shared texts": (lambda: with_texts(1_000_001), "too_large_inside"),
    "tabs": (lambda: several_sheets(1_001, 1), "too_many_tabs"),
}


@pytest.mark.parametrize("what", TOO_MANY)
def test_more_than_is_read_is_refused_each_time(what: str) -> None:
    make, code = TOO_MANY[what]
    data = make()
    for _ in range(2):
        reading = read_data("form.xlsx", data)
        assert (reading.status, reading.code) == ("unreadable", code)


def test_as_many_as_real_files_hold_are_read() -> None:
    for data in (with_names(60_000), with_formats(60_000), with_texts(200_000)):
        assert read_data("form.xlsx", data).status == "checked"


def test_of_many_tabs_on_one_part_a_few_are_read() -> None:
    parts = dict(clean_parts())
    tab = f'<sheet name="又{{}}" sheetId="{{}}" r:id="rId1" xmlns:r="{p.REL}"/>'
    tabs = "".join(tab.format(n, n + 50) for n in range(300))
    parts[BOOK] = parts[BOOK].replace(b"</sheets>", f"{tabs}</sheets>".encode())
    reading = read_data("form.xlsx", p.zip_bytes(parts))
    assert (reading.status, len(reading.readings)) == ("checked", MOST_ON_ONE_PART)


def test_hidden_columns_are_those_a_sheet_has() -> None:
    columns = '<col min="1" max="1" hidden="1"/>' * 100_000
    data = with_part(SHEET, lambda text: text.replace("<cols>", f"<cols>{columns}", 1))
    began = time.perf_counter()
    assert read_data("form.xlsx", data).status == "checked"
    assert time.perf_counter() - began < 10


def test_a_long_name_is_cut_in_one_pass() -> None:
    began = time.perf_counter()
    for text in ("单" * 200_000, "a" * 200_000, "e" + "\u0301" * 200_000):
        assert width(padded(text, 46)) == 46
    assert time.perf_counter() - began < 2
    assert padded("单位", 4) == "单位" and padded("单位", 3) == "单…" and padded("ab", 4) == "ab  "
