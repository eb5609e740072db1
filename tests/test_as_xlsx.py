"""What cannot be patched goes back as .xlsx: under names that tabs can have, with merged areas, quickly, and said so."""

from __future__ import annotations

import io
import time
from pathlib import Path
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from etl.intake.read import markable, open_workbook, read_data
from etl.package.parts import open_package
from etl.sheets.as_xlsx import tab_names
from etl.validation.package import faults
from etl.validation.workbook import sheet_name_fault
from tests import packages as p
from tests.here import produce
from tests.paper import paper
from tests.test_returns_in_libreoffice import as_ods

(CLEAN,) = open_workbook(paper().data).sheets
LONG = "苏州市市级部门整体预算绩效目标表附件一之二之三之四之五之六之"
KINDS = st.sampled_from(
    [
        "",
        " ",
        "'",
        "'x'",
        "a/b",
        "a:b",
        "abc",
        "ABC",
        "History",
        "表",
        "长" * 31,
        "长" * 40,
        "😀" * 16,
        "a\ud800",
    ]
)


@given(st.lists(KINDS | st.text(max_size=40), max_size=12))
def test_any_names_become_names_that_tabs_can_have(names: list[str]) -> None:
    new = tab_names(names)
    assert [sheet_name_fault(name) for name in new] == [""] * len(names)
    assert len({name.casefold() for name in new}) == len(names)


@given(st.lists(st.text("abc甲乙 ", min_size=1, max_size=31).filter(str.strip), unique_by=str.casefold))
def test_names_that_can_stay_do(names: list[str]) -> None:
    assert tab_names(names) == names


def named(*names: str) -> bytes:
    """Return an OpenDocument workbook of the clean form under each of some names; the last one alone holds it."""
    from dataclasses import replace

    sheets = [replace(CLEAN, name=name, cells={(1, 1): CLEAN.cells[1, 1]}, merges=()) for name in names[:-1]]
    return as_ods([*sheets, replace(CLEAN, name=names[-1])])


NAMES = {
    "the same first letters": (f"{LONG}七甲", f"{LONG}七乙"),
    "another case": ("abc", "ABC"),
    "a slash": ("2023/绩效",),
    "apostrophes": ("&apos;x&apos;",),
    "none": ("Sheet1", ""),
    "too long": ("绩" * 60,),
}


@pytest.mark.parametrize("case", NAMES)
def test_a_tab_that_cannot_keep_its_name_gets_another_and_it_is_said(case: str, tmp_path: Path) -> None:
    """Beside a good file, whose return is written too."""
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "甲.ods").write_bytes(named(*NAMES[case]))
    (tmp_path / "in" / "乙.xlsx").write_bytes(paper().data)
    source = markable(named(*NAMES[case]))
    assert source.converted and source.renamed
    run = produce([tmp_path / "in"], tmp_path / "out", quiet=True, workers=1)
    assert {name: written.lost for name, written in run.returns.items()} == {"甲.ods": "", "乙.xlsx": ""}
    written = run.returns["甲.ods"].path.read_bytes()
    assert faults(open_package(written)) == ()
    book = load_workbook(io.BytesIO(written))
    heading = "".join(str(row[0].value or "") for row in book.worksheets[0].iter_rows(max_row=12))
    assert "不能直接标注" in heading
    assert all(f"已改为“{new}”" in heading for new in source.renamed.values())
    links = [
        cell.hyperlink.location for row in book.worksheets[0].iter_rows() for cell in row if cell.hyperlink
    ]
    assert all(link.rpartition("!")[0].strip("'").replace("''", "'") in book.sheetnames for link in links)
    assert links_to(tmp_path / "out" / "citywide.xlsx", "甲.ods.xlsx") <= set(book.sheetnames) - {"审核意见"}
    assert len(book.worksheets[-1].merged_cells.ranges) == len(CLEAN.merges)


def links_to(citywide: Path, name: str) -> set[str]:
    """Return the tabs of a return that the city's workbook links to."""
    sheets = load_workbook(citywide).worksheets
    cells = (cell for sheet in sheets for row in sheet.iter_rows() for cell in row if cell.hyperlink)
    links = [(unquote(cell.hyperlink.target or ""), cell.hyperlink.location or "") for cell in cells]
    parts = [target.partition("#")[::2] if "#" in target else (target, place) for target, place in links]
    found = {
        place.rpartition("!")[0].strip("'").replace("''", "'") for file, place in parts if file.endswith(name)
    }
    assert found - {""}  # a link to the file alone leads to its first sheet
    return found - {""}


def spanned(cells: str) -> bytes:
    """Return the clean form with a row of other cells below it."""
    data = as_ods([CLEAN])
    from tests.hostile import unpacked

    parts = unpacked(data)
    row = f"<table:table-row>{cells}</table:table-row></table:table>"
    parts["content.xml"] = parts["content.xml"].replace(b"</table:table>", row.encode())
    entries = [p.Entry("mimetype", parts.pop("mimetype"), 0)]
    return p.zip_bytes([*entries, *(p.Entry(name, content) for name, content in parts.items())])


SPANS = {
    "a span without an end": 'table:number-rows-spanned="1000000" table:number-columns-spanned="16000"',
    "a long span": 'table:number-rows-spanned="100000" table:number-columns-spanned="9"',
}


@pytest.mark.parametrize("span", SPANS.values(), ids=SPANS)
def test_a_huge_span_costs_nothing(span: str) -> None:
    began = time.perf_counter()
    data = spanned(f"<table:table-cell {span}><text:p>x</text:p></table:table-cell>")
    assert read_data("甲.ods", data).status == "checked"
    assert len(markable(data).package.container.data) < 30_000
    assert time.perf_counter() - began < 5


def test_fifty_thousand_merged_areas_take_seconds() -> None:
    began = time.perf_counter()
    data = spanned('<table:table-cell table:number-columns-spanned="2"/>' * 5_000)
    rows = [(5_000 + n, 1, 5_001 + n, 2) for n in range(0, 45_000, 2)]
    from dataclasses import replace

    source = as_ods([replace(CLEAN, merges=(*CLEAN.merges, *rows))])
    for one in (data, source):
        assert read_data("甲.ods", one).status == "checked"
        assert faults(markable(one).package) == ()
    assert time.perf_counter() - began < 20


def test_a_type_that_does_not_stand_first_is_known() -> None:
    from tests.hostile import unpacked

    parts = unpacked(as_ods([CLEAN]))
    for order in (sorted(parts, reverse=True), [name for name in sorted(parts) if name != "mimetype"]):
        data = p.zip_bytes({name: parts[name] for name in order})
        assert read_data("甲.ods", data).status == "checked"
    drawing = {**parts, "mimetype": b"application/vnd.oasis.opendocument.graphics"}
    drawing["META-INF/manifest.xml"] = b"<a/>"
    reading = read_data("甲.ods", p.zip_bytes(dict(reversed(drawing.items()))))
    assert (reading.status, reading.code) == ("unreadable", "opendocument")
