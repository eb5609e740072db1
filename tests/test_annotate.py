"""What marks look like, what the sheet of remarks holds, and how both come off again."""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
import time
import zipfile
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from etl.marked.annotate import annotate
from etl.marked.answers import read_page
from etl.marked.find import is_return, remarks_sheet_of
from etl.marked.unmark import unmark
from etl.marked.unmark_notes import our_part
from etl.marks.model import CHINESE, ENGLISH, Mark, RemarkRow, RemarksPage
from etl.marks.record import packed_record, read_record
from etl.package.parts import open_package, rewrite
from etl.sheets.workbook import read_workbook
from tests import package_kinds as kinds
from tests import packages as p

SHEET = kinds.SHEET
PLAIN = kinds.plain()
PAGE = RemarksPage("审核意见")


def remark(number: int, **facts: Any) -> RemarkRow:
    """Return a line of remarks with the usual contents."""
    usual = {
        "severity": "error", "severity_label": "错误", "code": "AR05", "place": f"{SHEET}!B3", "target": (SHEET, "B3"),
        "found": "2268", "message": "合计不符", "todo": "请改正", "basis": "财预〔2015〕88号", "key": f"k{number}",
    }  # fmt: skip
    return RemarkRow(number, **{**usual, **facts})


def marked(data: bytes, *marks: Mark, page: RemarksPage = PAGE) -> bytes:
    return annotate(open_package(data), marks, page)


def opened(data: bytes) -> Any:
    return load_workbook(io.BytesIO(data))


def form(data: bytes) -> Any:
    return opened(data)[SHEET]


def fill(cell: Any) -> str:
    return cell.fill.fgColor.rgb if cell.fill.fill_type == "solid" else ""


def near(colour: str, base: int) -> bool:
    """Say whether a colour is a base but for the two lowest bits of red, green and blue."""
    return bool(colour) and int(colour[2:], 16) & 0xFCFCFC == base


def test_the_cell_to_correct_is_filled_and_noted_and_others_get_a_border() -> None:
    sheet = form(marked(PLAIN, Mark(SHEET, 3, 2, "error", "不符"), Mark(SHEET, 5, 2, "error", primary=False)))
    assert near(fill(sheet["B3"]), 0xFCC8C8) and sheet["B3"].number_format == "#,##0.00"
    assert sheet["B3"].border.left.style == "thick" and near(sheet["B3"].border.left.color.rgb, 0xC83C3C)
    assert sheet["B3"].comment.text == "【审核意见】\n不符\n（详见“审核意见”表）"
    assert fill(sheet["B5"]) == "" and sheet["B5"].comment is None
    assert near(sheet["B5"].border.top.color.rgb, 0xC83C3C)
    assert fill(sheet["C3"]) == "" and sheet["C3"].border.left.style == "thin"


@pytest.mark.parametrize(
    ("severity", "base"), [("error", 0xFCC8C8), ("warning", 0xFCE8A0), ("info", 0xD4E8FC)]
)
def test_the_fill_tells_the_severity(severity: Any, base: int) -> None:
    assert near(fill(form(marked(PLAIN, Mark(SHEET, 2, 2, severity)))["B2"]), base)


def test_the_gravest_mark_wins_and_all_notes_are_there() -> None:
    marks = [Mark(SHEET, 3, 2, s, f"意见{s}") for s in ("info", "error", "warning")]
    sheet = form(marked(PLAIN, *marks, Mark(SHEET, 3, 2, "info", primary=False)))
    assert near(fill(sheet["B3"]), 0xFCC8C8)
    assert sheet["B3"].comment.text.count("【审核意见】") == 1
    assert "意见info\n意见error\n意见warning" in sheet["B3"].comment.text


def test_a_merged_area_is_marked_at_its_first_cell() -> None:
    data = kinds.with_parts(p.worksheet(after='<mergeCells count="1"><mergeCell ref="B2:C3"/></mergeCells>'))
    sheet = form(marked(data, Mark(SHEET, 3, 3, "error", "不符")))
    assert near(fill(sheet["B2"]), 0xFCC8C8) and sheet["B2"].comment is not None
    framed = form(marked(data, Mark(SHEET, 2, 2, "error", primary=False)))
    text = open_package(marked(data, Mark(SHEET, 2, 2, "error", primary=False))).part(
        "xl/worksheets/sheet1.xml"
    )
    styles = set(re.findall(rb'r="[BC][23]" s="(\d+)"', text))
    assert len(styles) == 1 and near(framed["B2"].border.left.color.rgb, 0xC83C3C)


def test_a_missing_cell_takes_its_rows_or_columns_format() -> None:
    data = kinds.column_and_row_formats()
    sheet = form(
        marked(data, Mark(SHEET, 5, 6, "error"), Mark(SHEET, 9, 7, "error"), Mark(SHEET, 9, 1, "error"))
    )
    assert sheet["F5"].number_format == "mm-dd-yy" and sheet["F5"].font.b
    assert sheet["G9"].number_format == "#,##0.00"
    assert sheet["A9"].alignment.wrap_text
    package = open_package(marked(data, Mark(SHEET, 5, 6, "error")))
    assert b'spans="1:6"' in package.part("xl/worksheets/sheet1.xml")


def test_a_long_note_is_cut_and_its_box_is_high_enough() -> None:
    lines = "\n".join(f"第{n}条意见" for n in range(20))
    package = open_package(
        marked(PLAIN, Mark(SHEET, 2, 2, "error", lines), Mark(SHEET, 3, 3, "error", "长" * 9_000))
    )
    anchors = re.findall(rb"<x:Anchor>([^<]*)<", package.part("xl/drawings/vmldrawing1.vml"))
    first = [int(number) for number in anchors[0].split(b",")]
    rows_between = (first[6] - first[2]) * 20 + first[7] - first[3]
    assert rows_between >= 22 * 15
    assert len(form(marked(PLAIN, Mark(SHEET, 3, 3, "error", "长" * 9_000)))["C3"].comment.text) < 5_000


def test_a_sheet_that_is_not_there_is_our_fault() -> None:
    with pytest.raises(ValueError, match="没有"):
        marked(PLAIN, Mark("没有", 1, 1, "error"))


def full_page(**facts: Any) -> RemarksPage:
    rows = (
        remark(1),
        remark(
            2, severity="warning", severity_label="警告", found="=100%", explanation="上级核定", review="采纳"
        ),
        remark(3, severity="info", severity_label="提示", target=None, found="+cmd|' /C calc'!A0"),
        remark(4, severity="info", severity_label="提示", message="很长的说明，" * 40),
    )
    return RemarksPage("绩效目标审核意见", ("单位：甲", "共4条"), rows, ("CF03：没有上年数据",), **facts)


def test_the_page_says_everything_in_its_place() -> None:
    sheet = opened(marked(PLAIN, page=full_page())).worksheets[0]
    assert sheet.title == "审核意见"
    assert [sheet[f"A{row}"].value for row in (1, 2, 3)] == ["绩效目标审核意见", "单位：甲", "共4条"]
    assert [cell.value for cell in sheet[5]][:10] == list(CHINESE.columns)
    first = [cell.value for cell in sheet[6]][:11]
    assert first == [
        1,
        "错误",
        "AR05",
        f"{SHEET}!B3",
        "2268",
        "合计不符",
        "请改正",
        "财预〔2015〕88号",
        None,
        None,
        "k1",
    ]
    assert sheet["I7"].value == "上级核定" and sheet["J7"].value == "采纳"
    assert "2条" in sheet["F8"].value
    assert sheet["A12"].value == CHINESE.not_checked and sheet["A13"].value == "CF03：没有上年数据"


def test_the_page_is_made_to_be_worked_with() -> None:
    sheet = opened(marked(PLAIN, page=full_page())).worksheets[0]
    assert sheet.freeze_panes == "A6" and sheet.auto_filter.ref == "A5:K10"
    assert sheet["D6"].hyperlink.location == f"'{SHEET}'!B3" and sheet["D9"].hyperlink is None
    assert (
        not sheet["I6"].protection.locked and sheet["J6"].protection.locked and sheet["F6"].protection.locked
    )
    assert (
        sheet.protection.sheet
        and not sheet.protection.password
        and sheet["J5"].value == "复核结果（由财政部门填写）"
    )
    assert not sheet.protection.autoFilter, "the filter works on the locked sheet"
    rule = sheet.data_validations.dataValidation[0]
    assert rule.formula1 == '"采纳,不采纳,必须修改,豁免,误报,待核"' and str(rule.sqref) == "J6:J10"
    assert not any(sheet.row_dimensions[row].hidden for row in (7, 8, 9, 10)), (
        "a locked sheet unfolds nothing"
    )
    hidden = sheet.column_dimensions["K"]
    assert hidden.hidden and hidden.min == 11 and hidden.max >= 12
    assert sheet.page_setup.orientation == "landscape" and sheet.page_setup.paperSize == 9
    assert sheet.page_setup.fitToHeight == 0 and sheet.sheet_properties.pageSetUpPr.fitToPage
    assert sheet.print_title_rows == "$5:$5"
    assert sheet.row_dimensions[10].height > 3 * sheet.row_dimensions[6].height


def test_text_that_looks_like_a_formula_stays_text() -> None:
    sheet = opened(marked(PLAIN, page=full_page())).worksheets[0]
    for place, text in (("E7", "=100%"), ("E9", "+cmd|' /C calc'!A0")):
        assert sheet[place].value == text and sheet[place].data_type in ("s", "inlineStr")
        assert sheet[place].quotePrefix


def test_a_workbook_opens_on_the_page_with_one_tab_selected() -> None:
    book = opened(marked(kinds.form_on_the_second_sheet(), Mark(SHEET, 2, 2, "error")))
    assert book.active.title == "审核意见"
    assert [bool(sheet.sheet_view.tabSelected) for sheet in book] == [True, False, False, False]
    assert book[SHEET].print_title_rows == "$1:$1"
    grouped = opened(marked(kinds.several_selected_sheets(), Mark(SHEET, 2, 2, "error")))
    assert grouped.active.title == "表3"
    assert [bool(sheet.sheet_view.tabSelected) for sheet in grouped] == [False, False, True, True]


def test_a_page_without_findings_says_so() -> None:
    sheet = opened(marked(PLAIN, page=RemarksPage("审核意见", ("单位：甲",)))).worksheets[0]
    assert CHINESE.nothing_found in [row[0].value for row in sheet.iter_rows()]
    assert not sheet.data_validations.dataValidation


def test_the_page_in_english() -> None:
    data = marked(PLAIN, Mark(SHEET, 2, 2, "error", "wrong"), page=full_page(wording=ENGLISH))
    assert opened(data).sheetnames == ["Remarks", SHEET]
    assert form(data)["B2"].comment.text.startswith("[Review]\nwrong\n")
    assert unmark(open_package(data)).part(p.PART["sheet"]) == p.worksheet()


def test_a_sheet_name_with_quotes_is_linked() -> None:
    data = p.zip_bytes(
        p.changed(workbook=p.workbook('<sheet name="甲&apos;s &quot;表&quot;" sheetId="1" r:id="rId1"/>'))
    )
    name = '甲\'s "表"'
    out = marked(
        data, Mark(name, 2, 2, "error", "x"), page=RemarksPage("t", (), (remark(1, target=(name, "B2")),))
    )
    assert opened(out).worksheets[0]["D4"].hyperlink.location == "'甲''s \"表\"'!B2"


def legal_in_xml(char: str) -> bool:
    return char in "\t\n" or "\x20" <= char <= "\ud7ff" or "\ue000" <= char <= "\ufffd" or char > "\uffff"


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=60))
def test_any_text_is_written_safely_and_read_back(text: str) -> None:
    page = RemarksPage(
        text, (text,), (remark(1, found=text, message=text, explanation=text, key="k"),), (text,)
    )
    out = marked(PLAIN, Mark(SHEET, 2, 2, "error", text or "x"), page=page)
    legal = "".join(char if legal_in_xml(char) else "\ufffd" for char in re.sub("\r\n?", "\n", text))
    found = read_workbook(open_package(out)).sheets[0].cells.get((5, 6))
    assert (found.raw if found else "") == (legal if legal.strip() else "")
    assert opened(out).worksheets[0]["F5"].data_type != "f"
    back = unmark(open_package(out))
    assert back.part(p.PART["sheet"]) == p.worksheet()


def test_many_marks_need_more_than_one_cell_for_the_record() -> None:
    rows = "".join(f'<row r="{r}"><c r="A{r}"><v>{r}</v></c></row>' for r in range(1, 3001))
    data = kinds.with_parts(p.worksheet(rows))
    out = marked(data, *(Mark(SHEET, r, 1 + r % 3, "error", f"第{r}条") for r in range(1, 3001)))
    assert unmark(open_package(out)).part(p.PART["sheet"]) == p.worksheet(rows)
    assert form(out)["A3000"].value == 3000


def test_the_same_bytes_whatever_the_hash_seed() -> None:
    code = (
        "import sys,hashlib\nfrom tests.test_annotate import *\n"
        "print(hashlib.sha256(marked(PLAIN, Mark(SHEET,3,2,'error','甲'), Mark(SHEET,2,2,'info'), page=full_page())).hexdigest())"
    )
    digests = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(digests) == 1


def test_untouched_parts_are_not_inflated() -> None:
    entries = [p.Entry(*item) for item in p.parts().items()]
    entries.append(p.Entry("xl/media/image1.png", b"", packed=p.bomb(50_000_000), size=50_000_000, crc=1))
    data = p.zip_bytes(entries)
    package = open_package(data)
    out = annotate(package, [Mark(SHEET, 3, 2, "error", "x")], PAGE)
    assert package._spent < 100_000
    assert len(out) < len(data) + 20_000


def resaved(data: bytes, change: Any = None) -> bytes:
    """Return a return after openpyxl loaded and saved it, as an office program would."""
    book = opened(data)
    if change is not None:
        change(book)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


MARKS = (
    Mark(SHEET, 2, 1, "warning", "名称"),
    Mark(SHEET, 3, 2, "error", "不符"),
    Mark(SHEET, 5, 2, "error", primary=False),
    Mark(SHEET, 5, 1, "info", primary=False),
)


def assert_clean(data: bytes) -> None:
    sheet = form(data)
    assert fill(sheet["A2"]) == "FFE2EFDA" and fill(sheet["B3"]) == ""
    assert sheet["B5"].border.left.style == "thin" and sheet["B5"].border.left.color.type == "auto"
    assert all(cell.comment is None for row in sheet for cell in row)


def test_marks_come_off_after_another_program_saved_the_file() -> None:
    def correct(book: Any) -> None:
        book[SHEET]["B3"] = 2268.85
        book["审核意见"]["I6"] = "已核对"

    came_back = resaved(marked(PLAIN, *MARKS, page=full_page()), correct)
    back = unmark(open_package(came_back))
    assert_clean(back.container.data)
    assert [sheet.name for sheet in read_workbook(back).sheets] == [SHEET]
    assert form(back.container.data)["B3"].value == 2268.85
    assert ("k1", "已核对", "") in answers(came_back)


def test_marks_come_off_wherever_rows_went() -> None:
    came_back = resaved(marked(PLAIN, *MARKS), lambda book: book[SHEET].insert_rows(1, 4))
    sheet = form(unmark(open_package(came_back)).container.data)
    assert (
        fill(sheet["A6"]) == "FFE2EFDA"
        and fill(sheet["B7"]) == ""
        and sheet["B9"].border.left.style == "thin"
    )


def test_our_sheet_is_known_by_another_name_and_place() -> None:
    def rename(book: Any) -> None:
        book["审核意见"].title = "意见"
        book.move_sheet("意见", 1)
        book.defined_names["jixiao_return"].attr_text = "意见!$L$1"

    came_back = open_package(resaved(marked(PLAIN, *MARKS), rename))
    ours = remarks_sheet_of(came_back)
    assert ours is not None and ours.name == "意见"
    assert_clean(unmark(came_back).container.data)


def test_a_deleted_sheet_of_remarks_leaves_no_marks_behind() -> None:
    def delete(book: Any) -> None:
        del book["审核意见"]
        book.defined_names["jixiao_return"].attr_text = "#REF!"

    back = unmark(open_package(resaved(marked(PLAIN, *MARKS), delete)))
    sheet = form(back.container.data)
    assert fill(sheet["B3"]) == "" and all(cell.comment is None for row in sheet for cell in row)
    assert not is_return(back)


def test_a_note_of_the_department_survives_ours() -> None:
    came_back = resaved(marked(kinds.note_on_a_marked_cell(), *MARKS))
    assert (
        form(unmark(open_package(came_back)).container.data)["B3"].comment.text
        == "李主任:\n此数已与业务科核对"
    )


def test_what_people_write_around_our_note_is_theirs() -> None:
    text = f"原注\n\n{CHINESE.note_start}\n不符\n{CHINESE.note_end}\n回复：已改"
    cut = our_part(text)
    assert cut is not None and text[: cut[0]] + text[cut[1] :] == "原注\n回复：已改"
    assert our_part("没有") is None


def test_colours_of_the_department_that_look_like_ours_are_left() -> None:
    styles = p.STYLES.replace(b"FFE2EFDA", b"FFFCC8C8")
    data = kinds.with_parts(styles=styles)
    out = marked(data, *MARKS)
    assert fill(form(out)["B3"]) not in ("FFFCC8C8", "") and near(fill(form(out)["B3"]), 0xFCC8C8)
    sheet = form(unmark(open_package(resaved(out))).container.data)
    assert fill(sheet["A3"]) == "FFFCC8C8" and fill(sheet["A2"]) == "FFFCC8C8" and fill(sheet["B3"]) == ""


def with_record(data: bytes, change: Any) -> bytes:
    """Return a return whose record somebody forged."""
    package = open_package(data)
    ours = remarks_sheet_of(package)
    assert ours is not None
    content = package.part(ours.part).decode()
    found = re.search(r"jixiao-return/1 [A-Za-z0-9+/=]+", content)
    assert found is not None
    record = read_record(found[0])
    assert record is not None
    forged = change(record)
    text = forged if isinstance(forged, str) else packed_record(forged)
    return rewrite(package, {ours.part: content.replace(found[0], text).encode()}, {})


def test_a_forged_record_changes_no_figure() -> None:
    def forge(record: Any) -> Any:
        crc, steps = record.parts[p.PART["sheet"]]
        text = open_package(out).part(p.PART["sheet"]).decode()
        before = text.encode().index(b"<v>7334.21</v>")
        record.parts[p.PART["sheet"]] = (crc, [*steps, (before + 3, 7, "9999.99")])
        return record

    out = marked(PLAIN, *MARKS)
    back = unmark(open_package(with_record(out, forge)))
    assert form(back.container.data)["C3"].value == 7334.21
    assert_clean(back.container.data)


def test_a_forged_look_puts_nothing_else_into_the_styles() -> None:
    def forge(record: Any) -> Any:
        fills = dict.fromkeys(record.fills, "<fill/></fills><numFmts/><fills>")
        return type(record)(record.sheet, {}, {"nothing": 1}, fills, record.borders)

    back = unmark(open_package(with_record(marked(PLAIN, *MARKS), forge)))
    assert b"numFmts" not in back.part("xl/styles.xml")
    assert fill(form(back.container.data)["B3"]) == ""


@pytest.mark.parametrize("text", ["jixiao-return/1 AAAA", "jixiao-return/1 !!", "jixiao-return/1 "])
def test_a_broken_record_is_done_without(text: str) -> None:
    back = unmark(open_package(with_record(marked(PLAIN, *MARKS), lambda record: text)))
    assert fill(form(back.container.data)["B3"]) == "" and not is_return(back)


@given(st.text(max_size=80))
def test_any_text_is_a_record_or_none(text: str) -> None:
    assert read_record(text) is None or text.startswith("jixiao-return/1 ")
    assert read_record("jixiao-return/1 " + text) is None


def answers(returned: bytes) -> list[tuple[str, str, str]]:
    """Return key, explanation and decision of the lines of a return that have been answered."""
    page = read_page(open_package(returned))
    assert page is not None
    return [
        (line.key, line.explanation, line.review) for line in page.lines if line.explanation or line.review
    ]


def test_answers_come_from_a_return_alone() -> None:
    assert read_page(open_package(PLAIN)) is None
    assert answers(marked(PLAIN, page=full_page())) == [("k2", "上级核定", "采纳")]


def test_a_signature_is_seen() -> None:
    assert open_package(kinds.signed()).signed and not open_package(PLAIN).signed


BAD_COMMENTS = {
    "not XML": b"<comments><commentList>",
    "a DOCTYPE": b"<!DOCTYPE comments><comments/>",
    "nothing": b"",
    "comments that never end": b"<comments>" + b"<!--" * 50_000,
}


@pytest.mark.parametrize("content", BAD_COMMENTS.values(), ids=BAD_COMMENTS)
def test_notes_that_cannot_be_read_stay_and_the_page_says_so(content: bytes) -> None:
    data = kinds.noted(content, kinds.vml())
    out = marked(data, Mark(SHEET, 3, 2, "error", "不符"))
    package = open_package(out)
    assert package.part("xl/comments1.xml") == content
    assert "无法读取" in read_workbook(package).sheets[0].cells[(2, 1)].raw
    assert unmark(package).part(p.PART["sheet"]) == open_package(data).part(p.PART["sheet"])


def test_a_bomb_of_comments_is_not_swallowed() -> None:
    entries = [p.Entry(*item) for item in zip_members(kinds.noted(b"<comments/>", kinds.vml())).items()]
    bomb = p.Entry("xl/comments1.xml", b"", packed=p.bomb(300_000_000), size=300_000_000, crc=0)
    data = p.zip_bytes([entry for entry in entries if entry.name != "xl/comments1.xml"] + [bomb])
    assert (
        "无法读取"
        in read_workbook(open_package(marked(data, Mark(SHEET, 3, 2, "error", "x"))))
        .sheets[0]
        .cells[(2, 1)]
        .raw
    )


def zip_members(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.mark.parametrize("box", ["<v:shape " * 50_000, "<!--" * 50_000, "</xml>", ""])
def test_a_legacy_drawing_is_never_in_the_way(box: str) -> None:
    data = kinds.noted(kinds.comments(("B3", "<t>x</t>")), kinds.vml(box))
    out = marked(data, Mark(SHEET, 3, 2, "error", "不符"), Mark(SHEET, 2, 2, "error", "不符"))
    assert unmark(open_package(out)).part("xl/drawings/vmldrawing1.vml") == kinds.vml(box)


def test_a_workbook_of_very_many_formats_and_rows_is_marked_in_seconds() -> None:
    extra = b'<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>' * 60_000
    rows = "".join(f'<row r="{r}" s="1" customFormat="1"/>' for r in range(6, 60_000))
    styles = p.STYLES.replace(b"</cellXfs>", extra + b"</cellXfs>")
    data = kinds.with_parts(p.worksheet(p.ROWS + rows), styles=styles)
    began = time.perf_counter()
    out = marked(data, *MARKS, Mark(SHEET, 50_000, 2, "error", "远处"))
    assert time.perf_counter() - began < 30
    assert b'<row r="50000" s="1" customFormat="1"><c r="B50000"' in open_package(out).part(p.PART["sheet"])


def test_no_format_is_added_beyond_what_excel_opens() -> None:
    extra = b'<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>' * 64_000
    data = kinds.with_parts(styles=p.STYLES.replace(b"</cellXfs>", extra + b"</cellXfs>"))
    package = open_package(marked(data, Mark(SHEET, 3, 2, "error", "不符")))
    assert b'<c r="B3" s="1">' in package.part(p.PART["sheet"]) and package.has("xl/comments1.xml")


def test_a_finding_over_many_cells_frames_a_few_and_says_how_many() -> None:
    from checks.finding import Finding
    from checks.finding import Severity as Weight
    from etl.frames.build import CellPlace
    from etl.frames.located import Located
    from etl.frames.order import MOST_FRAMED
    from etl.returns.remarks import marks

    cells = tuple(CellPlace("a.xlsx", SHEET, row, 5) for row in range(1, 22))
    said = Finding("AR05", Weight.ERROR, "a.xlsx", "a.xlsx#1", (), {"zh": "合计不符", "en": "off"}, note_at=9)
    made = marks([Located(said, cells)], "zh")
    assert sum(not mark.primary for mark in made) == MOST_FRAMED
    assert [(mark.row, mark.note) for mark in made if mark.primary] == [
        (10, "[1] 错误：合计不符\n（涉及21处，只标出前7处）")
    ]


def test_severities_differ_by_their_lines_where_colours_do_not() -> None:
    marks = [Mark(SHEET, row, 2, s) for row, s in ((2, "error"), (3, "warning"), (4, "info"))]
    sheet = form(marked(PLAIN, *marks))
    assert [sheet[f"B{row}"].border.top.style for row in (2, 3, 4)] == ["thick", "mediumDashed", "dotted"]


def test_the_key_stands_below_the_form_and_is_printed_with_headings() -> None:
    sheet = form(marked(PLAIN, Mark(SHEET, 3, 2, "error", "不符")))
    lines = {row[0].row: [cell.value for cell in row if cell.value] for row in sheet.iter_rows()}
    start = next(row for row, texts in lines.items() if str(texts[:1]).startswith("['【审核意见】标注说明"))
    assert not lines[start - 1] and all("审核意见" not in str(lines[row]) for row in range(1, start))
    assert [lines[start + n][0] for n in (1, 2, 3)] == ["错误", "警告", "提示"]
    assert sheet.print_options.headings
    back = unmark(open_package(marked(PLAIN, Mark(SHEET, 3, 2, "error", "不符"))))
    assert back.container.data == unmark(open_package(PLAIN)).container.data or back.part(
        p.PART["sheet"]
    ) == open_package(PLAIN).part(p.PART["sheet"])


def test_a_print_area_grows_for_the_key_and_shrinks_again() -> None:
    book = opened(PLAIN)
    book[SHEET].print_area = "A1:C5"
    held = io.BytesIO()
    book.save(held)
    out = marked(held.getvalue(), Mark(SHEET, 3, 2, "error", "不符"))
    grown = int(str(form(out).print_area).rpartition("$")[2])
    assert str(form(out)[f"A{grown}"].value).startswith("只有框线")
    again = resaved(out)
    assert str(form(unmark(open_package(again)).container.data).print_area).endswith("$C$5")
    assert not any(
        "标注说明" in str(c.value) for row in form(unmark(open_package(again)).container.data) for c in row
    )


def test_a_hint_has_no_note() -> None:
    from checks.finding import Finding
    from checks.finding import Severity as Weight
    from etl.frames.build import CellPlace
    from etl.frames.located import Located
    from etl.returns.remarks import marks

    found = [
        Located(
            Finding(code, weight, "a.xlsx", "a.xlsx#1", (), {"zh": code, "en": code}),
            (CellPlace("a.xlsx", SHEET, row, 5),),
        )
        for row, (code, weight) in enumerate([("HF09", Weight.INFO), ("IG02", Weight.WARNING)], 1)
    ]
    assert [(mark.row, mark.note) for mark in marks(found, "zh")] == [(2, "[1] 警告：IG02"), (1, "")]
