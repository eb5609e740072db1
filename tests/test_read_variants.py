"""Further ways departments write units, lists, names and marks; formats of .ods and .xls; formulas that cells share."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from lxml import etree

from checks.declared.agency import agency_name
from checks.declared.budget import FEN_PER_WAN
from checks.finding import Finding
from checks.given.inputs import Inputs
from checks.likeness.scale import fewest_people
from checks.scope import is_doubt
from checks.settings import Settings
from etl.batch.chunk import check_readings
from etl.batch.whole import put_together
from etl.cell.number_format import shown
from etl.cell.shared_formula import moved
from etl.money.amount import amount_of_text
from etl.reading.head import year_of
from etl.sheets.ods_styles import code_of, read_styles
from tests import bent_lists as bend
from tests import mixtures
from tests.bent import Page, straight, workbook_bytes
from tests.cases import Case, Raw
from tests.paper import paper, read_bytes
from tests.reading_cases import AMOUNTS, times
from tests.test_project_lists import CLEAN, figures


def found(data: bytes) -> list[Finding]:
    reading = read_bytes(data)
    assert reading.status == "checked"
    return [e.finding for e in check_readings([reading], Settings(), Inputs()).located]


RIGHT = figures(read_bytes(workbook_bytes((straight(CLEAN),))).readings[0])


# -- units and scale


@pytest.mark.parametrize(
    ("text", "wan"),
    [("32百万元", 3200), ("3.2千万元", 3200), ("0.32亿", 3200), ("5百万", 500), ("12十万元", 120), ("32百元", Decimal("0.32"))],
)  # fmt: skip
def test_every_unit_of_money_is_converted(text: str, wan: Any) -> None:
    assert amount_of_text(text, FEN_PER_WAN).fen == wan * FEN_PER_WAN


@pytest.mark.parametrize(("code", "fen"), [('#,##0.00,,"百万元"', True), ('0.00,,"百万"', True), ('0.000,,"M"', False), ('0.0,"k"', False)])  # fmt: skip
def test_a_format_that_scales_names_its_unit_or_is_not_read(code: str, fen: bool) -> None:
    reading = read_bytes(times(10_000, code)()).readings[0]
    read = {amount.fen for amount in reading.amounts.values() if amount.fen != 0}
    assert (figures(reading) == RIGHT) == fen and (fen or read == {None})


def doubted(data: bytes) -> bool:
    return any(map(is_doubt, found(data)))


def test_figures_in_units_too_large_are_out_of_the_city() -> None:
    assert doubted(times(Decimal("0.0001"))())  # 亿元
    small = times(Decimal("0.002"), forms__staffing="编制数：2人，在编在岗人数：2人。")()
    assert not doubted(small)  # 6.4万元 and two people: small, and no other unit


@pytest.mark.parametrize(("factor", "out"), [(9, False), (10, False), (11, True), (10_000, True)])
def test_ten_times_is_a_digit_too_many_and_more_is_another_unit(factor: int, out: bool) -> None:
    """A project of ten times the total stays: its sum is an error, and one line's slip leaves out no form."""
    data = paper(Case("", {"projects[0].full": Raw(number=str(3200 * factor))})).data
    findings = found(data)
    assert any(map(is_doubt, findings)) == out
    assert "AR04" in {f.code for f in findings if f.severity == "error"}


@pytest.mark.parametrize(("text", "people"), [("编制8人，在职7人。", 8), ("电话0512-65000000", 0), ("编制数：20，实有18名", 20), ("2019年设立", 0)])  # fmt: skip
def test_at_least_how_many_people_there_are(text: str, people: int) -> None:
    assert fewest_people(text) == people


def test_amounts_all_in_per_cent_are_in_doubt_and_one_is_not() -> None:
    assert doubted(times(Decimal("0.01"), "0.0%")())
    one = paper(Case("", {"funds.basic_full": Raw(number="1300.5", number_format="0%")})).data
    assert not doubted(one) and figures(read_bytes(one).readings[0])[0]["basic_full"] == 1300.5 * FEN_PER_WAN


# -- lists


def grouped(name: str, amounts: bool, only_full: bool = False) -> Callable[[Page], Page]:
    def change(page: Page) -> Page:
        rows = bend.project_rows(page)
        for number, inside in ((2, rows[3:]), (1, rows[:3])):
            half, full = bend._sums(page, inside) if amounts else (None, None)
            text = (
                name.replace("#", "一二三"[number - 1])
                .replace("@", " AB"[number])
                .replace("&", " ⅠⅡ"[number])
            )
            page = bend.inserted(page, inside[0], [bend.line(text, None if only_full else half, full)])
        return page

    return change


@pytest.mark.parametrize("name", ["#、专项项目", "第#类 专项", "&、专项", "@、专项", "#）专项", "（#）专项项目", "【专项】", "专项资金", "部门预算项目"])  # fmt: skip
@pytest.mark.parametrize("amounts", [True, False])
def test_a_row_above_its_items_is_no_project(name: str, amounts: bool) -> None:
    data = workbook_bytes((grouped(name, amounts)(straight(CLEAN)),))
    assert figures(read_bytes(data).readings[0]) == RIGHT
    assert {f.code for f in found(data) if f.severity != "info"} == set()


@pytest.mark.parametrize("name", ["#、专项项目", "（#）专项", "专项类"])
def test_a_group_that_states_the_year_alone_is_no_false_error(name: str) -> None:
    data = workbook_bytes((grouped(name, True, only_full=True)(straight(CLEAN)),))
    assert figures(read_bytes(data).readings[0]) == RIGHT
    assert not [f for f in found(data) if f.severity == "error"]


@pytest.mark.parametrize("name", ["共计", "项目合计（万元）", "小计（6个项目）", "计", "∑"])
def test_a_sum_below_its_items_is_no_project(name: str) -> None:
    page = straight(CLEAN)
    rows = bend.project_rows(page)
    data = workbook_bytes((bend.inserted(page, rows[-1] + 1, [bend.line(name, *bend._sums(page, rows))]),))
    assert figures(read_bytes(data).readings[0]) == RIGHT


@pytest.mark.parametrize(("first", "second"), [("（其中）甲", "（其中）乙"), ("其　中：甲", "　　　乙"), ("(其中：甲)", "(乙)"), ("包括：甲", "乙"), ("#其中：甲", "乙")])  # fmt: skip
def test_parts_of_a_project_are_no_projects(first: str, second: str) -> None:
    page = straight(CLEAN)
    row = bend.project_rows(page)[0]
    half, full = bend.value(page, row, bend.HALF), bend.value(page, row, bend.FULL)
    lines = [bend.line(first, half / 4, full / 4), bend.line(second, half - half / 4, full - full / 4)]
    data = workbook_bytes((bend.inserted(page, row + 1, lines),))
    assert figures(read_bytes(data).readings[0]) == RIGHT


# -- small words


@pytest.mark.parametrize("text", ["暂不涉及", "本年无此项支出", "无收入", "不发生", "未安排", "─", "无资金", "今年没有该项支出"])  # fmt: skip
def test_words_for_nothing_are_nothing(text: str) -> None:
    assert amount_of_text(text, FEN_PER_WAN).state == "blank"


@pytest.mark.parametrize("text", ["无锡", "待定", "同上", "无法确定", "未定", "不详"])
def test_other_words_are_not(text: str) -> None:
    assert amount_of_text(text, FEN_PER_WAN).state == "text"


@pytest.mark.parametrize("text", ["105-001 {}", "105.001{}", "{}[105001]", "{}（105001）", "{} (盖 章)", "{} 盖章：", "名称：{}", "{}　　填报人：张三", "{}　　年 月 日"])  # fmt: skip
def test_what_stands_round_an_agencys_name_is_no_part_of_it(text: str) -> None:
    assert agency_name(text.format("苏州市第110中学")) == "苏州市第110中学"


@pytest.mark.parametrize(
    ("text", "year"),
    [("贰零贰叁年度", 2023), ("23年度", 2023), ("填报日期：2022年12月20日", None), ("苏财绩〔2022〕15号", None), ("时间：2022年", None), ("2023年度（2022年编制）", 2023)],
)  # fmt: skip
def test_a_date_of_filling_in_is_no_year(text: str, year: int | None) -> None:
    assert year_of(text) == year


def test_traditional_labels_are_said_once() -> None:
    page = mixtures.respelt("traditional", ("labels",))(straight(CLEAN))
    findings = [f for f in found(workbook_bytes((page,))) if "繁体字" in f.message["zh"]]
    assert [(f.code, f.severity) for f in findings] == [("ST06", "info")]


# -- a sheet of last year


def test_a_last_years_sheet_draws_no_findings_of_its_own_beside_this_years() -> None:
    older, page = mixtures.last_year_beside(straight(CLEAN))
    wrong = older.map(
        lambda c: (
            c if c.where != ("funds", 0, "total_full") else type(c)(c.row, c.column, Decimal(1), c.where)
        )
    )
    settings = Settings(fiscal_year=2023)
    said = {}
    for name, pages in (("both", (wrong, page)), ("alone", (wrong,))):
        checked = check_readings([read_bytes(workbook_bytes(pages))], settings, Inputs())
        said[name] = {e.finding.code for e in put_together([checked], (), settings, Inputs()).located}
    assert said["both"] == {"ST13", "XW02"} | ({"ST11"} & said["both"])
    assert said["alone"] & {"AR02", "AR03"}


# -- formulas that cells share


@pytest.mark.parametrize(
    ("formula", "text"),
    [
        ("SUM(E19:E24)", "SUM(F20:F25)"), ("$E19+E$19+$E$19", "$E20+F$19+$E$19"), ("表1!B2&\"A1\"&'A1 b'!C3", "表1!C3&\"A1\"&'A1 b'!D4"),
        ("LOG10(A1)+A1B", "LOG10(B2)+A1B"), ("XFD1", ""), ("90%", "90%"),
    ],
)  # fmt: skip
def test_a_shared_formula_moves_with_its_cell(formula: str, text: str) -> None:
    assert moved(formula, (18, 5), (19, 6)) == text
    assert moved(formula, (18, 5), (18, 5)) == formula


@pytest.mark.parametrize("result", ["", "<v>0</v>"])
def test_a_shared_formula_without_a_result_is_worked_out(result: str) -> None:
    case = paper(
        Case("", {"funds.project_half": Raw(formula="SUM(E19:E24)"), "funds.project_full": Raw(formula="1")})
    )
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(case.data)) as old, zipfile.ZipFile(stream, "w") as new:
        for entry in old.infolist():
            part = old.read(entry)
            if entry.filename == "xl/worksheets/sheet1.xml":
                part = part.replace(b"<f>SUM(E19:E24)</f><v></v>", b"<f>SUM(E19:E24)</f><v/>").replace(
                    b"<f>SUM(E19:E24)</f><v/>",
                    f'<f t="shared" ref="E18:F18" si="0">SUM(E19:E24)</f>{result}'.encode(),
                )
                part = part.replace(b"<f>1</f><v></v>", b"<f>1</f><v/>").replace(
                    b"<f>1</f><v/>", f'<f t="shared" si="0"/>{result}'.encode()
                )
                assert part.count(b't="shared"') == 2
            new.writestr(entry, part)
    assert figures(read_bytes(stream.getvalue()).readings[0]) == RIGHT


# -- formats of .ods

_SPACES = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{place}:1.0"'
    for name, place in (
        ("number", "datastyle"),
        ("style", "style"),
        ("office", "office"),
        ("fo", "xsl-fo-compatible"),
    )
)


@pytest.mark.parametrize(
    ("inside", "raw", "text"),
    [
        ('<number:number number:decimal-places="2" number:min-integer-digits="1" number:grouping="true"/><number:text>万元</number:text>', "3200", "3,200.00万元"),
        ('<number:number number:decimal-places="0" number:min-integer-digits="5"><number:embedded-text number:position="4">.</number:embedded-text></number:number><number:text>万元</number:text>', "32000000", "3200.0000万元"),
        ('<number:number number:decimal-places="2" number:min-integer-digits="1" number:display-factor="1000"/><number:text>千元</number:text>', "3200000", "3200.00千元"),
        ('<number:text>≥</number:text><number:number number:decimal-places="0" number:min-integer-digits="1"/><number:text>人次</number:text>', "90", "≥90人次"),
        ('<number:scientific-number number:decimal-places="1" number:min-integer-digits="1" number:min-exponent-digits="2"/>', "3200", "3.2E+03"),
        ('<number:year number:style="long"/><number:text>年</number:text><number:month/><number:text>月</number:text><number:day/><number:text>日</number:text>', "45291", "2023年12月31日"),
        ("<number:number/>", "1300.5", "1300.5"),
    ],
)  # fmt: skip
def test_a_data_style_shows_as_its_code_does(inside: str, raw: str, text: str) -> None:
    root = etree.fromstring(f'<number:number-style {_SPACES} style:name="N1">{inside}</number:number-style>')
    assert shown(raw, code_of(root, {})) == text


def test_a_per_cent_style_keeps_what_stands_before_it() -> None:
    inside = '<number:text>=</number:text><number:number number:decimal-places="0" number:min-integer-digits="1"/><number:text>%</number:text>'
    root = etree.fromstring(f"<number:percentage-style {_SPACES}>{inside}</number:percentage-style>")
    assert shown("1", code_of(root, {})) == "=100%"


def test_conditions_and_hidden_writing_of_a_document_are_read() -> None:
    root = etree.fromstring(
        f"<office:document-content {_SPACES}><office:automatic-styles>"
        '<number:number-style style:name="P"><number:number number:decimal-places="1" number:min-integer-digits="1" number:display-factor="1000"/><number:text>千</number:text></number:number-style>'
        '<number:number-style style:name="N"><number:number number:decimal-places="0" number:min-integer-digits="1"/>'
        '<style:map style:condition="value()&gt;=1000" style:apply-style-name="P"/></number:number-style>'
        '<style:style style:name="ce1" style:family="table-cell" style:data-style-name="N"><style:text-properties style:text-line-through-style="solid"/></style:style>'
        '<style:style style:name="ce2" style:family="table-cell"><style:text-properties fo:color="#FFFFFF"/></style:style>'
        '<style:style style:name="ce3" style:family="table-cell"><style:table-cell-properties fo:background-color="#000000"/><style:text-properties fo:color="#ffffff"/></style:style>'
        "</office:automatic-styles></office:document-content>"
    )
    styles = read_styles([root])
    numbers = [styles.of(name, "float") for name in ("ce1", "ce2", "ce3", "")]
    code = styles.formats[numbers[0]]
    assert (shown("12000", code), shown("12", code)) == ("12.0千", "12")
    assert styles.among(styles.struck_names) == {numbers[0]} and styles.among(styles.white_names) == {
        numbers[1]
    }
    percent = styles.of("", "percentage")
    assert styles.formats[percent] == "0.######%"


def test_every_amount_of_the_clean_form_is_bent_here() -> None:
    assert len(AMOUNTS) == 25
