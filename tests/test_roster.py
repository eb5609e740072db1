"""The roster: read from any usual file, agencies found by any of their names, who belongs to whom."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.given.roster import (
    COLUMNS,
    core_name,
    match_agencies,
    may_share,
    names_of,
    short_names,
    standings,
)
from etl.intake.roster import read_roster
from etl.safe.refusal import Refusal

TEXT = (
    "代码,单位名称,简称,主管部门,口径,编制数,分组,排除\r\n"
    "1,苏州市城市管理局（汇总）,城管局汇总,市城市管理局,汇总,274,,\r\n"
    "2,苏州市城市管理局（本级）,城管局本级、机关,市城市管理局,本级,96,,\r\n"
    "3,苏州市停车设施管理中心,停车中心,市城市管理局,本级,38,,\r\n"
    "4,苏州市第一中学,一中,市教育局,本级,120,中学,\r\n"
    "5,苏州市第二中学,二中,市教育局,本级,110,中学,是\r\n"
    "6,苏州市特殊教育指导中心,,市教育局,本级,26,,\r\n"
)
WHOLE, OWN, PARKING, FIRST, SECOND, SPECIAL = range(6)


def write(folder: Path, content: bytes, name: str = "名单.csv") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


@pytest.fixture
def listed(tmp_path: Path) -> pd.DataFrame:
    return read_roster(write(tmp_path, TEXT.encode("utf-8")))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030"])
def test_the_encoding_makes_no_difference(tmp_path: Path, encoding: str, listed: pd.DataFrame) -> None:
    again = read_roster(write(tmp_path, TEXT.encode(encoding), f"{encoding}.csv"))
    assert again.equals(listed)
    assert list(listed.columns) == list(COLUMNS)
    assert (
        listed["agency"].iloc[0] == "苏州市城市管理局（汇总）" and listed["excluded"].tolist()[SECOND] == "是"
    )


def test_a_workbook_is_as_good_as_a_csv(tmp_path: Path, listed: pd.DataFrame) -> None:
    from openpyxl import Workbook

    workbook = Workbook()
    sheet = workbook.active
    assert sheet is not None
    sheet["A1"] = "应报单位名单"
    for line in TEXT.splitlines():
        sheet.append(line.split(","))
    workbook.save(tmp_path / "名单.xlsx")
    assert read_roster(tmp_path / "名单.xlsx").equals(listed)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("代码,名字\n1,甲\n", "单位名称"),
        ("单位名称,编制数\n甲中心,1\n,2\n", "第3行"),
        ("单位名称\n甲中心\n\n甲 中心\n", "第4行与第2行重复"),
        ("", "空"),
    ],
)
def test_a_bad_roster_is_refused_with_its_line(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(Refusal, match=said):
        read_roster(write(tmp_path, text.encode("utf-8")))


def test_a_roster_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refusal):
        read_roster(tmp_path / "没有.csv")


def test_an_agency_is_found_by_any_of_its_names(listed: pd.DataFrame) -> None:
    names = [
        "苏州市停车设施管理中心",
        " 停车 中心",
        "苏州市城市管理局(本级)",
        "机关",
        "苏州市气象局",
        "",
        None,
    ]
    assert match_agencies(names, listed) == [PARKING, PARKING, OWN, OWN, -1, -1, -1]


@given(st.text(max_size=60), st.text(max_size=60))
def test_names_are_never_empty_and_never_fail(agency: str, alias: str) -> None:
    assert all(names_of(agency, alias))
    assert all(len(name) >= 3 for name in short_names(agency, alias))


def test_a_text_may_call_its_agency_by_shorter_names() -> None:
    assert short_names("苏州市城市管理局（本级）", "城管局本级") == [
        "苏州市城市管理局", "市城市管理局", "城市管理局", "城管局本级",
    ]  # fmt: skip
    assert core_name("苏州市城市管理局（汇总）") == core_name("苏州市城市管理局(本级)") == "苏州市城市管理局"


def test_who_belongs_to_whom(listed: pd.DataFrame) -> None:
    found = standings(listed["agency"], listed)
    assert [standing.whole for standing in found] == [True, False, False, False, False, False]
    assert [standing.own for standing in found] == [False, True, False, False, False, False]
    allowed = {(a, b) for a in range(6) for b in range(a + 1, 6) if may_share(found[a], found[b])}
    assert allowed == {(WHOLE, OWN), (WHOLE, PARKING), (OWN, PARKING), (FIRST, SECOND)}


def test_without_a_roster_nobody_belongs_to_anybody() -> None:
    one, other = standings(["甲中心", "乙中心"], None)
    assert not may_share(one, other)
