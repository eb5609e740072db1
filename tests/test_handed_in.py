"""Which form of an agency counts, which of last year's is its own, and what texts say of years and people."""

from __future__ import annotations

import pandas as pd
import pytest

from checks.frames.tables import Tables
from checks.given.handed_in import a_year_before, counted, of_one_agency, superseded
from checks.wording.staffing import posts, staff
from checks.wording.years import left_over


def tables(*forms: tuple[str, str, str, int | None]) -> Tables:
    """Return tables of forms given as agency, path, time saved and year."""
    agency, path, saved, year = (list(column) for column in zip(*forms, strict=True))
    empty = pd.DataFrame()
    frame = pd.DataFrame(
        {
            "agency": agency,
            "path": path,
            "file": range(len(forms)),
            "fiscal_year": pd.array(year, dtype="Int64"),
        }
    )
    files = pd.DataFrame({"path": path, "modified": saved})
    return Tables(files, frame, empty, empty, empty, empty)


def test_the_form_saved_last_counts_and_then_the_last_path() -> None:
    batch = tables(
        ("甲中心", "b.xlsx", "2023-03-01", 2023),
        ("甲 中心", "a.xlsx", "2023-01-01", 2023),
        ("乙中心", "d.xlsx", "", 2023),
        ("乙中心", "c.xlsx", "", 2023),
        ("", "e.xlsx", "", 2023),
    )
    assert of_one_agency(batch) == [[3, 2], [1, 0]]
    assert counted(batch) == [0, 2]
    assert superseded(batch) == {1, 3}


def test_last_years_form_is_found_by_name_alias_and_year() -> None:
    now = tables(*((name, f"{name}.xlsx", "", 2023) for name in ("甲中心", "乙中心", "丙中心", "丁中心", "")))
    before = tables(
        ("甲中心", "a.xlsx", "2022-01-01", 2022), ("甲中心", "a2.xlsx", "2022-02-01", 2022),
        ("乙所", "b.xlsx", "", 2022), ("丙中心", "c.xlsx", "", 2023), ("丁中心", "d.xlsx", "", None),
    )  # fmt: skip
    assert a_year_before(now, before, None)[0] == {0: 1, 3: 4}
    roster = pd.DataFrame({"agency": ["乙中心"], "alias": ["乙所"]})
    pairs, unknown = a_year_before(now, before, roster)
    assert pairs == {0: 1, 1: 2, 3: 4}
    assert set(unknown) == {2, 4} and "上年" in unknown[2]["zh"]


@pytest.mark.parametrize(
    "text",
    [
        "2022年度计划培训1600人",
        "确保2022 年度各项任务",
        "一是2022年度将完成改造",
        "<p>2022年度任务：培训</p>",
    ],
)
def test_a_plan_for_the_year_before_is_left_over(text: str) -> None:
    found = left_over(text, 2023)
    assert found is not None and found.clause.startswith("2022年度")


@pytest.mark.parametrize(
    "text",
    [
        "", "2023年度计划培训1600人", "2022年度已完成培训", "2022年度结转资金", "较2022年度增长5%", "2021-2022年度计划",
        "2022年度至2025年度规划", "《2022年度养护定额》执行到位", "在2022年度的基础上提升", "2022年计划（XS02）", "12022年度计划",
        "2022年度、2023年度两年计划", "兑付2022年度奖补资金300万元", "发放2022年度国家奖学金1200人", "清算2022年度医保补助", "拨付2022年度奖补",
        "完成2022年度职称评审", "做好2022年度个人所得税汇算清缴", "编印2022年度统计年鉴", "表彰2022年度先进", "收缴2022年度会费", "组织2022年度补考",
        "落实2022年度培育资金", "2022年度奖补资金全部兑付", "开展2022年度部门决算公开", "完成2022年度法人年检", "支付2022年度工程款",
    ],
)  # fmt: skip
def test_history_ranges_and_titles_are_not(text: str) -> None:
    assert left_over(text, 2023) is None


@pytest.mark.parametrize(
    ("text", "sure"),
    [
        ("2022年度计划培训1600人", True),
        ("1.2022年度培训1600人次，覆盖率95%。", True),
        ("2022年度，围绕中心工作开展培训。", True),
        ("2023年完成培训。2022年度计划培训1600人。", False),
        ("完成2022年度学生资助各项工作", False),
        ("2022年度完成培训1600人", False),
        ("推进2022年度重点项目建设", False),
        ("2022年度招生1200人", False),
    ],
)
def test_only_last_year_as_the_time_of_the_work_is_sure(text: str, sure: bool) -> None:
    found = left_over(text, 2023)
    assert found is not None and found.sure is sure


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("编制数：20人，在编在岗人数：18人。", (20, 18)),
        ("核定事业编制35名，现有在职人员33人", (35, 33)),
        ("共有编制 12 个，实有11人", (12, 11)),
        ("在编在岗人数：15人。", (None, 15)),
        ("设办公室、业务科。", (None, None)),
        ("行政编制10名、事业编制30名，实有人员38名", (40, 38)),
        ("行政编制12名，工勤编制2名，实有13人", (14, 13)),
        ("20名行政编制，5名事业编制，实有在编24人", (25, 24)),
        ("在编人员2022年底为15人，编制数16人", (16, 15)),
        ("编制16名，截至2022年12月31日，在职在编人员15人", (16, 15)),
        ("现有2个下属单位，编制20人", (20, None)),
        ("核定编制56名（其中行政编制10名、事业编制46名），在职54人（其中行政9人）", (56, 54)),
        ("核定行政编制35名（含工勤编制3名），实有34名", (35, 34)),
        ("行政编制980名，在职967人，辅警1450人。", (980, 967)),
        ("编制数20人，在职22人，离退休35人", (20, 22)),
        ("实有人员40名（其中在编38名，编外2名），编制40名", (40, 38)),
        ("行政编制10名，事业编制30名，现有行政人员9人，事业人员28人", (40, 37)),
        ("事业编制120名。现有在职职工118人，其中高级职称30人", (120, 118)),
        ("现有车辆3辆，占地20000平方米", (None, None)),
        ("编制20人，另一处又写编制25人", (None, None)),
        ("", (None, None)),
    ],
)
def test_posts_and_staff_are_read_from_text(text: str, expected: tuple[int | None, int | None]) -> None:
    assert (posts(text), staff(text)) == expected


def test_long_texts_take_no_time() -> None:
    assert left_over("2022年度" * 200_000, 2023) is not None
    assert posts("编制" * 200_000) is None and staff("现有" * 200_000) is None
