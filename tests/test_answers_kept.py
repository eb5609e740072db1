"""Every answer of a return comes back, however the department saved it, copied it or where it typed it."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import openpyxl
import pytest

from etl.intake.read import markable, open_workbook, page_in, read_data
from etl.marked.answers import Known, keyed, read_page
from etl.marked.find import is_return
from etl.marked.lines import Line, Page
from etl.marked.unmark import unmark
from etl.marks.tabs import MARK_NAME
from etl.package.parts import open_package
from etl.sheets.legacy import read_legacy
from tests.bent import straight, workbook_bytes
from tests.test_extract import figures, filled_figures
from tests.test_project_lists import CLEAN
from tests.test_returns_in_libreoffice import as_ods
from tests.test_rounds import EXPLAINED, FORM, PUBLISHED, REFUSED, page_row, run, the_return

WHY, MORE = "上级统一要求，已报备", "按协议口径统计，无需修改"
PAGE = "审核意见"


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Path:
    output = tmp_path_factory.mktemp("first")
    run(PUBLISHED, output)
    return output


def saved(book: Any) -> bytes:
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def answer(page: Any, column: int = 9) -> None:
    page.cell(page_row(page, EXPLAINED), column, WHY)
    page.cell(page_row(page, REFUSED), column, MORE)


def typed(column: int) -> Callable[[Any], None]:
    return lambda book: answer(book[PAGE], column)


def in_a_copy(book: Any) -> None:
    answer(book.copy_worksheet(book[PAGE]))


def in_both(book: Any) -> None:
    copy = book.copy_worksheet(book[PAGE])
    book[PAGE].cell(page_row(book[PAGE], EXPLAINED), 9, WHY)
    copy.cell(page_row(copy, REFUSED), 9, MORE)


def only_a_copy(book: Any) -> None:
    in_a_copy(book)
    del book[PAGE]


def renamed(book: Any) -> None:
    answer(book[PAGE])
    book[PAGE].title = "意见回复"


def keys_deleted(book: Any) -> None:
    answer(book[PAGE])
    book[PAGE].delete_cols(11, 20)
    book.defined_names.pop(MARK_NAME, None)


def keys_emptied(book: Any) -> None:
    answer(book[PAGE])
    for row in book[PAGE].iter_rows(min_col=11, max_col=40):
        for cell in row:
            cell.value = None


def column_in_front(book: Any) -> None:
    answer(book[PAGE])
    book[PAGE].insert_cols(1)


def basis_deleted(book: Any) -> None:
    answer(book[PAGE])
    book[PAGE].delete_cols(8)


def plain(book: Any) -> None:
    answer(book[PAGE])


WAYS: dict[str, Callable[[Any], None]] = {
    "plain": plain, "right of the table": typed(14), "next to the table": typed(12), "in the review column": typed(10),
    "in a copy": in_a_copy, "in both": in_both, "only a copy": only_a_copy, "renamed": renamed, "keys deleted": keys_deleted,
    "keys emptied": keys_emptied, "a column in front": column_in_front, "a column deleted": basis_deleted,
}  # fmt: skip


def brought(first: Path, way: str) -> bytes:
    book = openpyxl.load_workbook(the_return(first))
    WAYS[way](book)
    return saved(book)


def told(page: Page | None) -> dict[tuple[str, str], str]:
    assert page is not None
    return {(line.code, line.place): line.explanation for line in page.lines if line.explanation}


def expected(first: Path) -> dict[tuple[str, str], str]:
    page = read_page(open_package(the_return(first).read_bytes()))
    assert page is not None
    said: dict[tuple[str, str], str] = {}
    for cell, text in ((EXPLAINED, WHY), (REFUSED, MORE)):
        message = next(line.message for line in page.lines if line.place == f"{FORM}!{cell}")
        said |= {(line.code, line.place): text for line in page.lines if line.message == message}
    return said  # one line of the sheet may be about several cells: what is answered is said of each


@pytest.mark.parametrize("way", WAYS)
def test_an_answer_is_read_wherever_it_stands(first: Path, way: str) -> None:
    page = page_in(brought(first, way))
    assert told(page) == expected(first)
    assert page is not None and page.number == 1
    beside = {"right of the table", "next to the table", "in the review column"}
    assert [stray.text for stray in page.strays] == ([WHY, MORE] if way in beside else [])


@pytest.mark.parametrize("way", WAYS)
def test_the_form_reads_the_same_and_marks_come_off(first: Path, way: str) -> None:
    data = brought(first, way)
    reading = read_data("a.xlsx", data)
    original = read_data("a.xlsx", next(PUBLISHED.glob("*.xlsx")).read_bytes())
    assert [figures(r) for r in reading.readings] == [figures(r) for r in original.readings]
    assert "other_sheet" not in {o.kind for o in reading.readings[0].oddities}
    names = [sheet.name for sheet in open_workbook(data).sheets]
    assert names == [FORM]


@pytest.mark.parametrize("way", ["in a copy", "keys deleted", "right of the table", "renamed"])
def test_an_answer_is_carried_into_the_next_return(first: Path, tmp_path: Path, way: str) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / the_return(first).name).write_bytes(brought(first, way))
    for previous in (("--previous", first), ()):
        output = tmp_path / f"out{len(previous)}"
        document = run(tmp_path / "in", output, *previous)
        if previous:
            assert {finding["state"] for finding in document["findings"]} == {"standing"}
        book = openpyxl.load_workbook(the_return(output))
        assert [name for name in book.sheetnames if name.startswith(PAGE)] == [PAGE]
        page = book[PAGE]
        assert page.cell(page_row(page, EXPLAINED), 9).value == WHY
        assert page.cell(page_row(page, REFUSED), 9).value == MORE


@pytest.mark.parametrize("way", ["plain", "right of the table", "in a copy"])
def test_a_return_saved_as_ods_brings_its_answers(first: Path, way: str) -> None:
    from etl.sheets.workbook import read_workbook

    data = as_ods(read_workbook(open_package(brought(first, way))).sheets)
    assert told(page_in(data)) == expected(first)
    reading = read_data("a.ods", data)
    assert len(reading.readings) == 1 and reading.page is not None
    assert [sheet.name for sheet in open_workbook(data).sheets] == [FORM]
    assert [ref.name for ref in markable(data).package.sheets] == [FORM]


def test_a_text_on_no_line_is_quoted_in_the_next_return(first: Path, tmp_path: Path) -> None:
    book = openpyxl.load_workbook(the_return(first))
    book[PAGE].cell(3, 13, "我单位对上述意见无异议")
    (tmp_path / "in").mkdir()
    book.save(tmp_path / "in" / the_return(first).name)
    run(tmp_path / "in", tmp_path / "out", "--previous", first)
    page = openpyxl.load_workbook(the_return(tmp_path / "out"))[PAGE]
    heading = "\n".join(str(page.cell(row, 1).value) for row in range(1, 9))
    assert "我单位对上述意见无异议" in heading and f"{PAGE}!M3" in heading and "第2轮" in heading


@pytest.mark.parametrize("name", ["Sheet1", "部门整体", "绩效目标表"])
def test_marks_on_a_form_copied_into_a_new_workbook_come_off(first: Path, name: str) -> None:
    book = openpyxl.load_workbook(the_return(first))
    del book[PAGE]
    book.defined_names.pop(MARK_NAME, None)
    book[FORM].title = name
    data = saved(book)
    package = open_package(data)
    assert is_return(package) and page_in(data) is None
    clean = openpyxl.load_workbook(io.BytesIO(unmark(package).container.data))[name]
    assert all(cell.comment is None for row in clean.iter_rows() for cell in row)
    marked = {cell.coordinate for row in book[name].iter_rows() for cell in row if cell.comment}
    assert marked and all(clean[at].fill.fill_type is None for at in marked)


def test_a_departments_own_note_is_no_mark(first: Path) -> None:
    from openpyxl.comments import Comment

    book = openpyxl.load_workbook(next(PUBLISHED.glob("*.xlsx")))
    book[FORM]["E18"].comment = Comment("请核对。[Review] later", "王某")
    assert not is_return(open_package(saved(book)))


def with_notes(data: bytes, notes: dict[str, str]) -> bytes:
    """Return an .ods whose cells of these texts carry notes."""
    import zipfile

    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(stream, "w") as new:
        for item in old.infolist():
            content = old.read(item)
            if item.filename == "content.xml":
                text = content.decode()
                for cell, note in notes.items():
                    mark = f"<text:p>{escape(cell)}</text:p>"
                    assert mark in text
                    lines = "".join(f"<text:p>{escape(line)}</text:p>" for line in note.split("\n"))
                    text = text.replace(mark, f"<office:annotation>{lines}</office:annotation>{mark}", 1)
                content = text.encode()
            new.writestr(item, content)
    return stream.getvalue()


@pytest.mark.parametrize(
    "notes",
    [
        {CLEAN.texts["agency"]: "请核实"}, {"≥50%": "口径\n见附件", "健全": "制度已发"},
        {CLEAN.texts["annual_goal"]: "与上年一致？", "2023年度": "注意年度", "公园绿地养护项目": "一季度\n招标"},
    ],
)  # fmt: skip
def test_a_note_of_an_ods_cell_is_no_part_of_its_text(notes: dict[str, str]) -> None:
    from etl.sheets.workbook import read_workbook

    plain_ods = as_ods(read_workbook(open_package(workbook_bytes((straight(CLEAN),)))).sheets)
    reading = read_data("a.ods", with_notes(plain_ods, notes))
    assert figures(reading.readings[0]) == filled_figures(CLEAN)


def test_blanks_and_breaks_within_an_ods_text_are_kept() -> None:
    from etl.cell.grid import Cell, Sheet

    data = as_ods([Sheet("表", {(1, 1): Cell("text", "甲")})])
    made = with_text(
        data, "甲<text:s text:c='2'/>乙<text:span>丙<text:line-break/>丁</text:span><text:tab/>戊"
    )
    assert read_legacy(made, "ods").sheets[0].cells[1, 1].raw == "甲  乙丙\n丁\t戊"


def with_text(data: bytes, inside: str) -> bytes:
    import zipfile

    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(stream, "w") as new:
        for item in old.infolist():
            content = old.read(item)
            new.writestr(
                item, content.replace("<text:p>甲</text:p>".encode(), f"<text:p>{inside}</text:p>".encode())
            )
    return stream.getvalue()


def line(code: str, place: str, message: str = "", key: str = "") -> Line:
    return Line(key, "warning", code, place, message)


def test_a_line_without_a_key_is_tied_by_cell_then_sentence_then_rule() -> None:
    known = [
        Known("a", "HF03", "表!E1", "一"),
        Known("b", "HF03", "表!E2", "二"),
        Known("c", "IG02", "表!E9", "三"),
    ]
    lines = [
        line("HF03", "表!E2", "二"),
        line("HF03", "表!E7", "一"),
        line("IG02", "表!E1", "改"),
        line("TX01", "表!E1"),
    ]
    assert [entry.key for entry in keyed(lines, known)] == ["b", "a", "c", ""]
    assert [entry.key for entry in keyed([line("HF03", "表!E9", "别的")], known)] == [""]


def test_a_file_that_holds_another_agencys_form_leaves_its_own_missing(tmp_path: Path) -> None:
    texts = ("甲单位", "乙单位", "丙单位")
    (tmp_path / "one").mkdir()
    for text in texts:
        page = straight(CLEAN).map(
            lambda c, text=text: type(c)(c.row, c.column, text, c.where, "", c.last_row, c.last_column)
            if c.where == ("forms", 0, "agency") else c
        )  # fmt: skip
        (tmp_path / "one" / f"{text}.xlsx").write_bytes(workbook_bytes((page,)))
    run(tmp_path / "one", tmp_path / "out")
    (tmp_path / "two").mkdir()
    for target, source in (("甲单位", "甲单位"), ("乙单位", "甲单位"), ("丙单位", "丙单位")):
        (tmp_path / "two" / f"{target}.xlsx").write_bytes((tmp_path / "one" / f"{source}.xlsx").read_bytes())
    from etl.batch.request import Request
    from etl.commands.run import produce

    paths = (tmp_path / "two",)
    done = produce(Request(paths, tmp_path / "out2", previous=tmp_path / "out", quiet=True, workers=1))
    assert done.rounds is not None
    assert [record.agency for record in done.rounds.absent if record.agency] == ["乙单位"]
    assert "XW02" in {entry.finding.code for entry in done.batch.located}
