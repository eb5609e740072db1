"""The quick reader of cells reads what the thorough one reads, or leaves the sheet to it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from xml.sax.saxutils import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.cell.grid import Cell, address_text
from etl.package.parts import open_package
from etl.package.safe_xml import parse
from etl.safe.unreadable import Unreadable
from etl.sheets.cells import read_cells, shared_strings, tags_of
from etl.sheets.plain_cells import scan_cells
from tests import package_kinds as kinds

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRINGS = ("第一", "第二 ", " ")


def string(index: int) -> str | None:
    return STRINGS[index] if 0 <= index < len(STRINGS) else None


def both(root: Any, strings: Callable[[int], str | None]) -> tuple[Any, Any, list[str]]:
    """Return what the quick and the thorough reader make of a sheet, and what the latter had to say."""
    tags, warnings = tags_of(root), []
    data = root.find(tags.data)
    if data is None:
        return None, None, []
    return scan_cells(data, strings), read_cells(data, tags, strings, warnings), warnings


def sheet(rows: str) -> Any:
    return parse(f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>'.encode(), "sheet")


TEXTS = st.text(st.sampled_from("绩效9.5 <>&\"'\r\n\t_x000D_:：%≥"), min_size=1, max_size=12)
VALUES = st.one_of(
    TEXTS, st.sampled_from(["0", "1", "2", "7", "-0.5", "1E3", " 8 ", "", "#REF!", "2023-01-01"])
)
STYLE = st.sampled_from(["", ' s="0"', ' s="17"', ' s=""', ' s="x"'])
KIND = st.sampled_from(
    ["", ' t="n"', ' t="s"', ' t="str"', ' t="inlineStr"', ' t="b"', ' t="e"', ' t="d"', ' t="?"']
)
FORMULA = st.sampled_from(
    [
        "",
        "<f>A1+1</f>",
        "<f/>",
        '<f t="shared" si="0"/>',
        '<f t="array" ref="A1">1&lt;2</f>',
        '<f>DISPIMG("a",1)</f>',
    ]
)


HELD = st.sampled_from(
    [
        "",
        "<v>TEXT</v>",
        "<v>TEXT</v>",
        "<v/>",
        "<is><t>TEXT</t></is>",
        '<is><t xml:space="preserve">TEXT</t></is>',
        "<is><r><t>TEXT</t></r></is>",
        "<is><t>TEXT</t><rPh><t>x</t></rPh></is>",
        "<v>TEXT</v><extLst/>",
        '<v>TEXT</v><c r="B7"><v>1</v></c>',
        "<v><![CDATA[a<b&c]]></v>",
        "<v>TEXT<!-- --></v>",
    ]
)


@st.composite
def cells(draw: st.DrawFn) -> str:
    """Return a cell as some program might write it, now and then in a way none would."""
    row, column = draw(st.sampled_from([1, 2, 9, 1_048_576, 9_999_999])), draw(st.integers(1, 800))
    address = draw(
        st.sampled_from(
            [f' r="{address_text((row, column))}"'] * 6
            + ["", ' r="a1"', ' r="A01"', ' r="XFE1"', ' r="R1C1"']
        )
    )
    value = draw(HELD).replace("TEXT", escape(draw(VALUES)))
    return f"<c{address}{draw(STYLE)}{draw(KIND)}>{draw(FORMULA)}{value}</c>"


@st.composite
def rows(draw: st.DrawFn) -> str:
    """Return a row of such cells, rarely something else that stands among rows."""
    number = draw(
        st.sampled_from(
            [
                ' r="1"',
                ' r="2"',
                ' r="9"',
                ' r="9" hidden="1"',
                ' spans="1:9" hidden="true" r="4"',
                "",
                ' r="0"',
                ' r="x"',
            ]
        )
    )
    held = "".join(draw(st.lists(cells(), max_size=4)))
    return draw(
        st.sampled_from(
            [f"<row{number}>{held}</row>"] * 8
            + [held, f"<x>{held}</x>", f"<row{number}><row>{held}</row></row>", f"<row{number}>{held}a</row>"]
        )
    )


@given(st.lists(rows(), max_size=4))
def test_both_readers_agree_on_whatever_is_written(written: list[str]) -> None:
    quick, thorough, warnings = both(sheet("".join(written)), string)
    if quick is not None:
        assert quick == thorough
        assert not warnings


@pytest.mark.parametrize("name", sorted(kinds.KINDS))
def test_both_readers_agree_on_every_kind_of_package(name: str) -> None:
    try:
        package = open_package(kinds.KINDS[name]())
        strings = shared_strings(package)
        roots = [package.xml(ref.part) for ref in package.sheets]
    except Unreadable:
        return
    for root in roots:
        quick, thorough, _ = both(root, strings)
        assert quick is None or quick == thorough


def test_a_plain_sheet_is_scanned() -> None:
    written = (
        '<row r="1" ht="20"><c r="A1" s="3" t="inlineStr"><is><t>单位&lt;名称&gt;</t></is></c><c r="B1" s="4"/></row>'
        '<row r="2" hidden="1"><c r="A2" t="s"><v>1</v></c><c r="B2" s="5"><f>SUM(B3:B4)</f><v>8.5</v></c></row><row r="3"/>'
    )
    assert scan_cells(sheet(written)[0], string) == (
        {
            (1, 1): Cell("text", "单位<名称>", 3),
            (2, 1): Cell("text", "第二 ", 0),
            (2, 2): Cell("number", "8.5", 5, "SUM(B3:B4)"),
        },
        {2},
    )


@pytest.mark.parametrize(
    "written",
    [
        '<row r="1"><c r="A1"><v>1</v></c><c r="A1"><v>1</v></c></row>',
        '<row r="1"><c><v>1</v></c></row>',
        "<row><c r='A1'><v>1</v></c></row>",
        '<c r="A1"><v>1</v></c>',
        '<row r="1"><row r="2"><c r="A1"><v>1</v></c></row></row>',
        '<row r="1"><c r="A1"><x><c r="B1"><v>1</v></c></x></c></row>',
        '<row r="1"><c r="A1"><v>1<x/></v></c></row>',
    ],
)
def test_what_is_not_plain_is_left_to_the_thorough_reader(written: str) -> None:
    assert scan_cells(sheet(written)[0], string) is None
