"""Which sheet of a workbook is the form: its own title, the batch's year, no sample; the others are named."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from checks.finding import Finding
from checks.given.inputs import Inputs
from checks.scope import scope_of
from checks.settings import Settings
from etl.batch.chunk import check_readings
from etl.batch.model import Batch
from etl.batch.whole import put_together
from etl.form.titles import another_title, continued, furniture, own_title, placeholder, sample_name
from samples.sources import DATA, filled_form, load
from tests import bent_lists as bend
from tests.bent import Cell, Page, inserted_row, over_three_sheets, row_of, straight, workbook_bytes
from tests.cases import Case
from tests.known_forms import FORM_2023, SUM_BY_CODE
from tests.paper import filled_in, read_bytes
from tests.test_extract import figures, filled_figures

PUBLISHED = filled_form(load(DATA / "published.toml"))
CLEAN = filled_in(Case(""))[0]
TITLE = FORM_2023.title.plain
AGENCY = CLEAN.texts["agency"]


def titled(page: Page, title: str) -> Page:
    return page.map(lambda c: replace(c, value=title) if c.row == 1 else c)


def of_year(page: Page, year: int, name: str) -> Page:
    """Return a form of another year, with another total."""
    changed = page.map(
        lambda c: replace(c, value=f"{year}年度") if c.where == ("forms", 0, "fiscal_year") else c
    )
    return replace(changed, name=name)


def lessened(page: Page) -> Page:
    """Return a form with 100万元 less in its sums."""
    fields = {"total_full", "appropriation_full", "general_full", "project_full"}
    return page.map(
        lambda c: (
            replace(c, value=c.value - 100)
            if isinstance(c.value, Decimal)
            and c.where
            and (c.where[2] in fields or c.where == ("projects", 0, "full"))
            else c
        )
    )


def project_form(title: str = "项目支出绩效目标表", name: str = "培训项目") -> Page:
    rows: Sequence[Sequence[str | Decimal]] = (
        (title,), ("（2023年度）",), ("项目名称", "培训项目"), ("主管部门", "市某局", "实施单位", "市某中心"),
        ("项目资金（万元）", "年度资金总额", Decimal(900)), ("", "其他资金", Decimal(50)), ("总体目标", "完成培训12场。"),
        ("一级指标", "二级指标", "三级指标", "指标值"), ("产出指标", "数量指标", "培训场次", "≥12场"),
        ("", "质量指标", "培训合格率", "≥95%"), ("满意度指标", "服务对象满意度指标", "满意度", "≥92%"),
    )  # fmt: skip
    cells = [
        Cell(row, column, text)
        for row, texts in enumerate(rows, 1)
        for column, text in enumerate(texts, 1)
        if text
    ]
    return Page(name, tuple(cells))


def checked(*files: tuple[str, bytes], year: int | None = None) -> tuple[Batch, list[Finding]]:
    readings = [read_bytes(data, name) for name, data in files]
    settings = Settings(fiscal_year=year)
    batch = put_together([check_readings(readings, settings, Inputs())], (), settings, Inputs())
    return batch, [entry.finding for entry in batch.located]


def said(found: Sequence[Finding], code: str) -> list[str]:
    return [f.message["zh"] for f in found if f.code == code]


@pytest.mark.parametrize(
    ("title", "own"),
    [
        (TITLE, True), (f"2023年度{TITLE}", True), (f"{TITLE}（2023年度）", True), (f"附件2：{TITLE}", True), ("苏州市市级部门整体预算\n绩效目标表", True),
        (f"《{TITLE}》", True), (f"{TITLE}（试行）", True), (f"{TITLE}（续表）", True), (f"{TITLE}2023年度", True),
        ("2024年区级部门整体预算绩效目标表", False), ("部门整体支出绩效目标申报表", False), ("苏州市市级部门整体预算绩效运行监控表", False),
        ("苏州市市级部门整体预算绩效自评价表", False), (f"{TITLE}（自评）", False), (f"{TITLE}调整表", False), ("无锡市市级部门整体预算绩效目标表", False),
("苏州市市级部门整体支出绩效自评表", False),
    ],
)  # fmt: skip
def test_a_form_is_known_by_its_own_title_in_full(title: str, own: bool) -> None:
    assert own_title(FORM_2023, title) is own
    reading = read_bytes(workbook_bytes((titled(straight(CLEAN), title),)))
    assert (reading.status == "checked") is own
    if not own:
        assert " ".join(title.split()) in reading.reason and TITLE in reading.reason


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("2024年项目申报表", True), ("部门预算项目清单（2023年度）", True), ("项目支出绩效自评表", True), ("2023年预算收支情况表", True),
        ("项目绩效目标审批表", True), ("重点项目一览表", True), ("请各单位填写下表", False), ("本表由预算单位填报", False), ("单位名称", False),
        (TITLE, False),
    ],
)  # fmt: skip
def test_another_form_is_named_whatever_its_title_says(text: str, name: bool) -> None:
    assert bool(another_title(FORM_2023, text)) is name


@pytest.mark.parametrize(
    "text",
    [
        "续表",
        "（续上表）",
        "第2页",
        "第2页，共5页",
        "- 3 -",
        "2023年度",
        "（2023年）",
        "单位：万元",
        "金额单位：元",
        "二〇二三年度",
        "附件2",
    ],
)
def test_what_a_page_repeats_is_furniture(text: str) -> None:
    assert furniture(text)


@pytest.mark.parametrize(
    "text", ["体检费", "2023年校舍维修项目", "第2实验小学改造", "单位宿舍维修", "页岩气监测", "续建工程项目"]
)
def test_a_project_is_no_furniture(text: str) -> None:
    assert not furniture(text) and not continued(FORM_2023, text)


def test_a_form_without_a_title_is_read_only_where_no_other_title_stands_above() -> None:
    bare = straight(CLEAN).map(lambda c: None if c.row == 1 else c)
    assert read_bytes(workbook_bytes((bare,))).status == "checked"
    other = titled(straight(CLEAN), "2023年度部门整体支出绩效情况表")
    reading = read_bytes(workbook_bytes((other,)))
    assert (reading.status, reading.code) == ("not_a_form", "other_form")


@pytest.mark.parametrize("first", [True, False], ids=["before", "after"])
@pytest.mark.parametrize(
    "titles",
    [("项目支出绩效目标表",), ("2023年项目申报表", "项目支出绩效自评表"), ("",)],
    ids=["goal", "two", "no title"],
)
@pytest.mark.parametrize(
    "lacking", ["", "other", "carried_in"], ids=["whole", "a line less", "another line less"]
)
def test_sheets_of_other_forms_never_join_and_are_named(
    first: bool, titles: tuple[str, ...], lacking: str
) -> None:
    page = straight(CLEAN)
    if lacking:
        gone = row_of(page, ("labels", 0, lacking))
        page = page.map(lambda c: None if c.row == gone and c.column > 1 else c)
    others = [project_form(title, f"项目{n}") for n, title in enumerate(titles)]
    pages = (*others, page) if first else (page, *others)
    alone = read_bytes(workbook_bytes((page,))).readings[0]
    _, found = checked(("a.xlsx", workbook_bytes(pages)))
    (reading,) = read_bytes(workbook_bytes(pages)).readings
    assert figures(reading) == figures(alone)
    (message,) = said(found, "ST13")
    assert all(f"“{other.name}”" in message for other in others) and all(
        f"《{t}》" in message for t in titles if t
    )
    assert [f.code for f in found if f.severity == "error"] == (["ST04"] if lacking else [])


@pytest.mark.parametrize("title", ["项目支出绩效目标表", "2023年度项目支出绩效自评表"])
def test_another_form_below_the_form_on_its_sheet_is_named(title: str) -> None:
    page = straight(CLEAN)
    last = max(c.area[2] for c in page.cells)
    below = project_form(title).map(lambda c: replace(c, row=c.row + last + 3))
    reading = read_bytes(workbook_bytes((replace(page, cells=page.cells + below.cells),)))
    assert figures(reading.readings[0]) == filled_figures(CLEAN)
    assert [(o.kind, o.detail) for o in reading.readings[0].oddities] == [("other_sheet", title)]


def test_a_heading_of_ones_own_above_the_projects_is_no_other_form() -> None:
    page = straight(CLEAN)
    headed = inserted_row(
        page, bend.project_rows(page)[0], [Cell(1, 1, "项目支出预算明细表", None, "", 0, 6)]
    )
    assert (
        figures(read_bytes(workbook_bytes((headed,))).readings[0])["amounts"]
        == filled_figures(CLEAN)["amounts"]
    )


def test_a_form_over_sheets_with_continued_titles_is_one() -> None:
    pages = over_three_sheets(straight(CLEAN))
    for mark in ("（续）", "（续表一）", "（第2页）"):
        continued_pages = (
            pages[0],
            *(
                replace(p, cells=(Cell(1, 1, f"{TITLE}{mark}"), *p.map(lambda c: replace(
                    c, row=c.row + 1, last_row=c.last_row and c.last_row + 1)).cells))
                for p in pages[1:]
            ),
        )  # fmt: skip
        _, found = checked(("a.xlsx", workbook_bytes(continued_pages)))
        (reading,) = read_bytes(workbook_bytes(continued_pages)).readings
        assert figures(reading) == filled_figures(CLEAN)
        assert not found


@pytest.mark.parametrize(
    ("years", "asked", "kept"),
    [
        ((2023, 2022), None, 0),
        ((2022, 2023), None, 1),
        ((2023, 2022), 2022, 1),
        ((2023, 2021), 2023, 0),
        ((2021, 2022), None, 1),
    ],
)
def test_of_two_years_sheets_the_batchs_year_counts(
    years: tuple[int, int], asked: int | None, kept: int
) -> None:
    page = straight(CLEAN)
    pages = (of_year(page, years[0], "表一"), of_year(lessened(page), years[1], "表二"))
    batch, found = checked(("a.xlsx", workbook_bytes(pages)), year=asked)
    tables = batch.stack.tables
    left = scope_of(tables, None).left_out
    assert list(left) == [1 - kept] and left[1 - kept].why == "other_year"
    names = ("表一", "表二")
    assert f"工作表“{names[kept]}”" in left[1 - kept].note and "a.xlsx" not in left[1 - kept].note
    (message,) = said(found, "XW02")
    assert names[kept] in message and names[1 - kept] in message and "a.xlsx" not in message
    assert not [f for f in found if f.severity == "error"]


def test_the_majority_of_the_batch_decides_over_a_later_sheet() -> None:
    page = straight(CLEAN)
    two = (of_year(page, 2023, "本年"), of_year(lessened(page), 2024, "下年草稿"))
    others = [
        (f"{n}.xlsx", workbook_bytes((page.map(lambda c, n=n: replace(c, value=f"苏州市第{n}管理所") if c.where == ("forms", 0, "agency") else c),)))
        for n in range(3)
    ]  # fmt: skip
    batch, _ = checked(("a.xlsx", workbook_bytes(two)), *others)
    left = scope_of(batch.stack.tables, None).left_out
    assert [str(batch.stack.tables.forms["sheet"].loc[form]) for form in left] == ["下年草稿"]


def test_two_sheets_of_one_year_are_named_by_their_sheets() -> None:
    page = straight(CLEAN)
    _, found = checked(("a.xlsx", workbook_bytes((page, replace(lessened(page), name="修改稿")))))
    (message,) = said(found, "XW02")
    assert "工作表“修改稿”" in message and "a.xlsx" not in message


@pytest.mark.parametrize("name", ["填报样例", "示例", "样表", "填报示范", "范例"])
@pytest.mark.parametrize("agency", ["苏州市某某单位", "XX单位", "苏州市体育发展中心", "××市××局"])
def test_a_sample_beside_the_form_is_named_and_does_not_count(name: str, agency: str) -> None:
    sample = replace(straight(replace(PUBLISHED, texts={**PUBLISHED.texts, "agency": agency})), name=name)
    batch, found = checked(("a.xlsx", workbook_bytes((sample, straight(CLEAN)))))
    assert batch.stack.tables.forms["agency"].tolist() == [AGENCY]
    assert said(found, "ST13") == [f"工作表“{name}”（《{TITLE}》）是填报样例，未计入"]


def test_a_workbook_of_nothing_but_a_sample_is_no_form() -> None:
    for agency in ("XX单位", "某某中心", "某单位"):
        sample = replace(straight(replace(CLEAN, texts={**CLEAN.texts, "agency": agency})), name="表")
        reading = read_bytes(workbook_bytes((sample,)))
        assert (reading.status, reading.code) == ("not_a_form", "sample") and "“表”" in reading.reason


def test_an_agency_whose_only_sheet_is_called_a_sample_counts() -> None:
    assert read_bytes(workbook_bytes((replace(straight(CLEAN), name="样表"),))).status == "checked"
    assert sample_name("填报样例") and not sample_name("样本采集") and not placeholder("苏州市示范区管理中心")


def transposed(page: Page) -> Page:
    return page.map(
        lambda c: replace(c, row=c.column, column=c.row, last_row=c.last_column, last_column=c.last_row)
    )


def only_labels(page: Page) -> Page:
    return page.map(
        lambda c: (
            c
            if c.where is None or c.where[0] == "labels" or c.where[2] in ("agency", "fiscal_year")
            else None
        )
    )


def scattered(page: Page) -> Page:
    """Return the form with every amount and indicator in column A, as pasted from a text."""
    return page.map(
        lambda c: (
            c if c.row < 6 else replace(c, row=c.row * 7 + c.column, column=1, last_row=0, last_column=0)
        )
    )


@pytest.mark.parametrize("change", [transposed, only_labels, scattered])
def test_a_sheet_of_which_nothing_was_read_is_not_checked(change: Any) -> None:
    reading = read_bytes(workbook_bytes((change(straight(CLEAN)),)))
    assert (reading.status, reading.code) == ("not_a_form", "unread_layout")
    assert "表样无法识别" in reading.reason
    _, found = checked(
        ("a.xlsx", workbook_bytes((straight(CLEAN), replace(change(straight(PUBLISHED)), name="另一张"))))
    )
    assert [(f.code, str(f.severity)) for f in found if f.severity == "error"] == [("ST13", "error")]


def line_more(page: Page, after: str, label: str, amount: str, half: str = "") -> Page:
    row = row_of(page, ("labels", 0, after))
    cells = [Cell(1, 3, label, None, "", 0, 4), Cell(1, 6, Decimal(amount))]
    return inserted_row(page, row + 1, cells + ([Cell(1, 5, Decimal(half))] if half else []))


@pytest.mark.parametrize(
    ("after", "label", "amount", "half", "side"),
    [
        ("social_insurance", "事业收入资金", "100", "", "income"), ("state_capital", "专项债券", "12.5", "", "income"),
        ("carried_in", "单位资金", "3", "", "income"), ("basic", "事业发展支出", "40", "20", "expenditure"),
    ],
)  # fmt: skip
def test_an_unknown_line_with_an_amount_suspends_the_sums_of_its_side(
    after: str, label: str, amount: str, half: str, side: str
) -> None:
    page = line_more(straight(CLEAN), after, label, amount, half)
    more = {"total_full", "other_full" if side == "expenditure" else "basic_full"}
    wrong = page.map(
        lambda c: (
            replace(c, value=c.value + Decimal(amount))
            if c.where and c.where[0] == "funds" and c.where[2] in more and isinstance(c.value, Decimal)
            else c
        )
    )
    batch, found = checked(("a.xlsx", workbook_bytes((wrong,))))
    (message,) = said(found, "ST10")
    assert f"“{label}”{amount}万元" in message
    assert not [f for f in found if f.severity == "error"]
    codes = {"income": {"AR01", "AR02"}, "expenditure": {"AR03", "AR04", "AR05"}}
    assert {n.code for n in batch.not_run if n.code in SUM_BY_CODE} == codes[side]


@pytest.mark.parametrize("label", ["其中：一般债券", "事业收入资金"])
def test_an_unknown_line_of_nothing_or_a_part_suspends_nothing(label: str) -> None:
    page = line_more(straight(CLEAN), "general", label, "0" if label[0] != "其" else "30")
    batch, found = checked(("a.xlsx", workbook_bytes((page,))))
    assert not {n.code for n in batch.not_run} & set(SUM_BY_CODE)
    assert said(found, "ST06") and not [f for f in found if f.severity != "info"]


@pytest.mark.parametrize(("field", "pieces"), [("annual_goal", 3), ("long_term_goal", 2), ("functions", 4)])
def test_a_text_pasted_over_cells_is_joined_and_said(field: str, pieces: int) -> None:
    page = bend.goal_over_cells(straight(CLEAN), field, pieces)
    (reading,) = read_bytes(workbook_bytes((page,))).readings
    assert reading.texts[field].replace("\n", "") == CLEAN.texts[field]
    assert "text_joined" in {o.kind for o in reading.oddities}


@pytest.mark.parametrize("field", ["annual_goal", "agency", "functions"])
def test_a_text_right_of_the_form_is_named_and_not_joined(field: str) -> None:
    page = straight(CLEAN)
    noted = replace(page, cells=(*page.cells, Cell(row_of(page, ("forms", 0, field)), 8, "请与去年核对")))
    (reading,) = read_bytes(workbook_bytes((noted,))).readings
    assert figures(reading) == filled_figures(CLEAN)
    assert [(o.kind, o.text) for o in reading.oddities] == [("text_beside", "请与去年核对")]


@pytest.mark.parametrize("heading", ["分值", "权重", "备注", "数据来源"])
def test_a_column_more_among_the_indicators_is_named_once(heading: str) -> None:
    page = straight(CLEAN)
    heads = sorted({c.row for c in page.cells if c.value == "一级指标"})
    rows = sorted({c.row for c in page.cells if c.where and c.where[0] == "indicators"})
    more = [Cell(row, 7, heading) for row in heads] + [Cell(row, 7, Decimal(2)) for row in rows]
    (reading,) = read_bytes(workbook_bytes((replace(page, cells=(*page.cells, *more)),))).readings
    assert figures(reading) == filled_figures(CLEAN)
    assert [(o.kind, o.text) for o in reading.oddities] == [("extra_column", heading)]


def test_a_year_without_a_template_is_said() -> None:
    for year, nearest in ((2019, 2023), (2021, 2023), (2022, 2023), (2025, 2023), (2026, 2023)):
        _, found = checked(("a.xlsx", workbook_bytes((of_year(straight(CLEAN), year, "表"),))))
        assert f"本表为{year}年度，没有该年度的表样，已按{nearest}年度表样读取" in said(found, "ST11")
