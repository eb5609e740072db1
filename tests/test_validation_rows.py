"""What is not looked at again of a sheet is only what stayed: any fault that comes with a change is still found."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable

import pytest

from etl.package.parts import Package, open_package
from etl.validation.package import added_faults, faults
from etl.validation.rows import changed_rows
from tests import packages as p
from tests.test_validate import BROKEN, SHEET_ONE

SOUND = p.zip_bytes(p.parts())
SHEET = p.worksheet()


@pytest.mark.parametrize("code", BROKEN)
def test_each_fault_is_seen_beside_the_sound_workbook(code: str) -> None:
    before, after = open_package(SOUND), open_package(BROKEN[code])
    full = Counter(faults(after)) - Counter(faults(before))
    assert full and set(added_faults(before, after)) == set(full)


def many_rows(count: int = 200) -> str:
    cells = "".join(
        f'<row r="{n}"><c r="A{n}" s="1"/><c r="C{n}"><v>{n}</v></c></row>' for n in range(10, count)
    )
    return SHEET.decode().replace("</sheetData>", f"{cells}</sheetData>")


def test_rows_that_stayed_are_left_out() -> None:
    before = many_rows()
    after = before.replace('<c r="C50"><v>50</v>', '<c r="C50" s="2"><v>50</v>')
    left = changed_rows(before.encode(), after.encode())
    assert (
        left is not None and left.count(b"<row ") == 2
    )  # it, and the last one, behind which the sheet goes on
    assert b'r="C50" s="2"' in left


WRONG: dict[str, Callable[[str], str]] = {
    "no_such_format": lambda row: row.replace('s="1"', 's="99"'),
    "cell_order": lambda row: row.replace('r="C', 'r="A'),
    "row_order": lambda row: row.replace('<row r="', '<row r="1'),
    "not_well_formed": lambda row: row.replace("</v>", ""),
    "no_such_text": lambda row: row.replace('"><v>', '" t="s"><v>9'),
    "no_such_relation": lambda row: row.replace(" s=", f' xmlns:q="{p.REL}" q:id="rId9" s='),
}


@pytest.mark.parametrize("code", WRONG)
def test_a_fault_in_any_row_is_found(code: str) -> None:
    before, chance = many_rows(), random.Random(code)
    for _ in range(5):
        start = before.index(f'<row r="{chance.randrange(10, 200)}">')
        end = before.index("</row>", start) + len("</row>")
        after = before[:start] + WRONG[code](before[start:end]) + before[end:]
        assert after != before
        found = added_faults(with_sheet(before), with_sheet(after))
        assert code in {fault.code for fault in found}


def with_sheet(text: str) -> Package:
    return open_package(p.zip_bytes({**p.parts(), SHEET_ONE: text.encode()}))


BETWEEN = (
    "<!-- <row r='7'> -->",
    "<?x <row ?>",
    "<row><c/></row>",
    "<row\tr='9'/>",
    "x",
    "<x:row xmlns:x='y'/>",
)


@pytest.mark.parametrize("text", BETWEEN)
def test_what_could_hide_a_row_is_read_in_full(text: str) -> None:
    before = many_rows()
    after = before.replace('<row r="50">', f'{text}<row r="50">')
    assert changed_rows(before.encode(), after.encode()) is None or text.startswith("<x:")
    full = Counter(faults(with_sheet(after))) - Counter(faults(with_sheet(before)))
    assert set(added_faults(with_sheet(before), with_sheet(after))) == set(full)


def test_formats_that_went_are_missed_by_rows_that_stayed() -> None:
    before = open_package(SOUND)
    fewer = p.STYLES.replace(b'<cellXfs count="4">', b'<cellXfs count="1">')
    start, end = fewer.index(b"<xf", fewer.index(b"<cellXfs")), fewer.index(b"</cellXfs>")
    first = fewer.index(b"<xf", start + 3)
    sheet = SHEET.decode().replace("<sheetData>", "<sheetData >").encode()
    after = open_package(p.zip_bytes(p.changed(styles=fewer[:first] + fewer[end:], sheet=sheet)))
    assert "no_such_format" in {fault.code for fault in added_faults(before, after)}
