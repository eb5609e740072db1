"""Names, years, units and marks as people write them are read as what they mean, and what is not known is said."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.declared.agency import agency_name
from checks.declared.characters import IDEOGRAPHS, RADICALS, SIMPLIFIED, TRADITIONAL
from checks.declared.text_key import ordinary, text_key
from checks.given.roster import COLUMNS, match_agencies
from checks.likeness.scale import most_people
from checks.settings import Settings
from etl.batch.chunk import check_readings
from etl.money.capitals import capital_fen
from etl.money.unit import stated_unit
from etl.reading.head import year_of
from tests import clean
from tests.cases import Case, Raw
from tests.cases.st import _times
from tests.known_forms import BY_KEY, COMMON, common_position
from tests.paper import paper, read_bytes
from tests.test_citywide import table
from tests.test_citywide_sheets import city, exact, form, overview, total


def read(edits: dict[str, Any]) -> Any:
    reading = read_bytes(paper(Case("", edits)).data)
    assert reading.status == "checked", reading.reason
    return reading.readings[0]


def codes(edits: dict[str, Any]) -> set[str]:
    readings = [read_bytes(paper(Case("", edits)).data)]
    return {
        f"{e.finding.code}:{e.finding.severity}" for e in check_readings(readings, Settings(), {}).located
    }


# -- one key


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("單位主要職能：", "单位\n主要职能"), ("⼈员管理制度健全性", "人员管理制度健全性"), ("上年結轉資金", "上年结转资金"), ("⻓期目标", "长期目标"),
        ("工\u00ad作", "工作"), ("\u202a苏州\u202c", "苏州"), ("规\u200b范", "规范"), ("A　B", "ＡＢ"), ("“三公经费”变动率", "「三公經費」變動率"),
        ("健\u00a0全", "健全"), ("預算編製規範性", "预算编制规范性"), ("年度\u000b目标", "年度目标"), ("1、（一）", "1、(一)"), ("﨎", "﨎"),
    ],
)  # fmt: skip
def test_texts_that_are_one_to_a_reader_are_one(one: str, other: str) -> None:
    assert text_key(one) == text_key(other)


def test_texts_that_are_two_stay_two() -> None:
    texts = [
        "健全",
        "完善",
        "预算执行率",
        "预算调整率",
        "≥1",
        "≤1",
        "1.5",
        "15",
        "苏州市水务局",
        "苏州市税务局",
    ]
    assert len({text_key(text) for text in texts}) == len(texts)


@given(st.text(max_size=80))
def test_a_key_is_its_own_key(text: str) -> None:
    assert text_key(text_key(text)) == text_key(text)
    assert ordinary(ordinary(text)) == ordinary(text)


@given(st.text(st.sampled_from("预算执行率健全≥100%人次 “”"), max_size=20), st.data())
def test_what_nobody_sees_is_no_difference(text: str, data: st.DataObject) -> None:
    bent = "".join(
        char
        + data.draw(st.sampled_from(["", "\u200b", "\u00ad", "\u202c", "\ufe0f", "\u2060", " ", "\u3000"]))
        for char in text
    )
    assert text_key(bent) == text_key(text)


def test_the_tables_of_characters_pair_up() -> None:
    assert len(TRADITIONAL) == len(SIMPLIFIED) == len(set(TRADITIONAL))
    assert len(RADICALS) == len(IDEOGRAPHS) == len(set(RADICALS))
    assert all(0x2E80 <= ord(radical) < 0x2F00 for radical in RADICALS)


def test_a_unit_behind_a_common_indicators_name_is_no_part_of_it() -> None:
    rates = [n for n, common in enumerate(COMMON) if not common.words]
    for unit in ("（%）", "(％)", "（百分比）", "（单位：%）"):
        assert [common_position(text_key(COMMON[n].name + unit)) for n in rates] == rates
    assert common_position(text_key("预算执行率（含上年）")) == -1
    assert common_position(text_key("预算执行率")) == BY_KEY[text_key("预算执行率")]


# -- agencies and years


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("单位名称：苏州市某中心（盖章）", "苏州市某中心"), ("苏州市某中心（公章）", "苏州市某中心"), ("105001-苏州市某中心", "苏州市某中心"),
        ("[105001]苏州市某中心", "苏州市某中心"), ("【105】苏州市某中心（单位盖章）", "苏州市某中心"), ("105001001 苏州市某中心", "苏州市某中心"),
        ("填报单位（盖章）： 苏州市某中心", "苏州市某中心"), ("預算單位名稱：蘇州市某中心", "蘇州市某中心"), ("\u202a苏州市某中心\u202c", "苏州市某中心"),
        ("苏州市某局（本级）", "苏州市某局（本级）"), ("120急救中心", "120急救中心"), ("12345热线中心", "12345热线中心"), ("苏州市第110中学", "苏州市第110中学"),
        ("0", ""), ("105001", ""), ("无", ""), ("—", ""), ("#REF!", ""), ("（盖章）", ""), ("", ""), ("苏州市⼯会", "苏州市工会"),
    ],
)  # fmt: skip
def test_an_agencys_name_is_what_is_left_of_what_is_written_round_it(text: str, name: str) -> None:
    assert agency_name(text) == name
    assert agency_name(agency_name(text)) == name


def test_an_agency_is_found_on_the_roster_however_it_is_written() -> None:
    import pandas as pd

    rows = [("苏州市教育局", ""), ("苏州市水务局", "水务局、市水务"), ("苏州市某区教育局", "")]
    roster = pd.DataFrame([{"agency": a, "alias": b} for a, b in rows], columns=list(COLUMNS)).fillna("")
    asked = [
        "105001-苏州市教育局（公章）",
        "市教育局",
        "教育局",
        "水务局",
        "市水务",
        "蘇州市水務局",
        "卫健委",
        "",
    ]
    assert match_agencies(asked, roster) == [0, 0, 0, 1, 1, 1, -1, -1]


@pytest.mark.parametrize(
    "value",
    [
        Raw(number="0"),
        Raw(formula="[1]封面!B2"),
        Raw(error="#REF!"),
        "（盖章）",
        Raw(text="0"),
        Raw(number="105001"),
    ],
)
def test_a_name_that_is_none_is_not_filled_in(value: Any) -> None:
    assert "CP01:error" in codes({"forms.agency": value})


@pytest.mark.parametrize(
    "value",
    ["二〇二三年度", "二O二三年度", "二○二三年", "二零二三年度", "２０２３年度", "2023年度　单位：万元", Raw(number="2023", number_format='0"年度"'),
     Raw(number="44927", number_format='yyyy"年度"'), Raw(number="44927", number_format='[DBNum1]yyyy"年"'), "预算年度：2023", Raw(number="2023")],
)  # fmt: skip
def test_the_year_is_read_however_it_is_written(value: Any) -> None:
    assert read({"forms.fiscal_year": value}).fiscal_year == 2023


def test_what_is_no_year_is_none() -> None:
    assert [year_of(text) for text in ("", "二三年", "20234", "一九九九年", "第2023号文件之3")] == [
        None,
        None,
        None,
        None,
        2023,
    ]


# -- units of money


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("2023年度　单位：元", "元"), ("金额单位：万元", "万元"), ("（单位：人民币千元）", "千元"), ("單位：萬元", "万元"), ("货币单位为百元", "百元"),
        ("单位:亿元 2023年", "亿元"), ("单位名称：苏州市元和街道", ""), ("单位：元和街道", ""), ("部门整体资金（元）", ""), ("", ""),
    ],
)  # fmt: skip
def test_a_unit_is_taken_from_where_it_is_stated(text: str, unit: str) -> None:
    assert stated_unit(text) == unit


_FUNDS = {name: int(Decimal(text) * 1_000_000) for name, text in clean.FUNDS.items()}
_STATED: dict[str, tuple[dict[str, Any], int]] = {
    "in the label": ({"labels.funds": "部门整体资金（元）"}, 10_000),
    "in the label, in 千元": ({"labels.funds": "部门整体\n资金（单位：千元）"}, 10),
    "beside the year": ({"forms.fiscal_year": "2023年度　金额单位：元"}, 10_000),
    "in the title": ({"forms.title": "苏州市市级部门整体预算绩效目标表（单位：百元）"}, 100),
    "in all headings": (
        {
            "labels.money:full": "全年\n预算数（元）",
            "=E16": "半年\n计划执行数（元）",
            "=F16": "全年预算数（元）",
        },
        10_000,
    ),
    "in 亿元": ({"labels.funds": "部门整体资金（亿元）"}, 0),
}


@pytest.mark.parametrize("way", _STATED)
def test_amounts_are_converted_by_the_unit_that_is_stated(way: str) -> None:
    edits, factor = _STATED[way]
    amounts = _times(factor) if factor else {
        name: Raw(number=f"{Decimal(value) / 10_000:f}") for name, value in _times(1).items()
    }  # fmt: skip
    reading = read({**edits, **amounts})
    assert {name: amount.fen for name, amount in reading.amounts.items()} == _FUNDS
    assert [(p.half.fen, p.full.fen) for p in reading.projects] == [
        (int(Decimal(half) * 1_000_000), int(Decimal(full) * 1_000_000)) for _, half, full in clean.PROJECTS
    ]
    said = codes({**edits, **amounts})
    assert {code for code in said if code.endswith("error")} == set()
    assert any(code.startswith("ST09") for code in said)


def test_a_unit_by_a_line_holds_for_that_line() -> None:
    reading = read(
        {"labels.basic": "基本支出（元）", "funds.basic_half": "6502500", "funds.basic_full": "13005000"}
    )
    assert (reading.amounts["basic_full"].fen, reading.amounts["project_full"].fen) == (
        1_300_500_000,
        1_899_500_000,
    )


@pytest.mark.parametrize(
    ("text", "fen"),
    [("捌仟零伍拾伍万肆仟柒佰元整", 8_055_470_000), ("壹亿零伍拾元", 10_000_005_000), ("叁佰元伍角", 30_050), ("贰拾元零伍分", 2_005),
     ("貳拾元", 2_000), ("拾元", 1_000), ("大写", None), ("元", None), ("壹贰", None)],
)  # fmt: skip
def test_capitals_are_read(text: str, fen: int | None) -> None:
    assert capital_fen(text) == fen


@pytest.mark.parametrize(
    ("text", "people"),
    [
        ("编制8人，在职7人。", 15), ("编制数：20人，在编在岗人数：18人。", 38), ("2019年机构改革后编制120名，实有98人，办公用房2,300平方米", 218),
        ("根据苏编办〔2019〕12号，行政编制30名、事业编制1200名", 1230), ("电话0512-65000000", 512), ("内设办公室、养护科", 0), ("", 0),
    ],
)  # fmt: skip
def test_at_most_how_many_people_there_are(text: str, people: int) -> None:
    assert most_people(text) >= people
    assert most_people(text) <= people + 600


# -- the scale of a form, and the city


def test_a_form_in_yuan_is_not_in_the_citys_sums_and_the_overview_says_why() -> None:
    other = form("苏州市某馆", **_times(10_000))
    book = city([], {"a.xlsx": form("苏州市某院"), "b.xlsx": other})
    assert total(book) == exact(float(clean.FUNDS["total_full"]))
    status, words = overview(book)["苏州市某馆"]
    assert status == "单位存疑" and "人均" in words
    assert {row["状态"] for row in table(book["报送情况"]) if row["单位"] == "苏州市某馆"} == {"单位存疑"}
    assert "单位存疑1张" in overview(book)["计入汇总的报表"][1]


def test_a_form_that_states_its_unit_is_in_the_citys_sums() -> None:
    other = form("苏州市某馆", **{"labels.funds": "部门整体资金（元）"}, **_times(10_000))
    book = city([], {"a.xlsx": form("苏州市某院"), "b.xlsx": other})
    assert total(book) == 2 * exact(float(clean.FUNDS["total_full"]))


_LARGE = {
    "a hospital of 3,600 people": ({"forms.staffing": "编制3600名，在职3500人，离退休1200人。"}, 100),
    "an agency of 20 people with rounded plans": ({}, 10),
    "nobody counted, all amounts above 100 million yuan": ({"forms.staffing": "内设办公室、财务科。"}, 1_000),
}


@pytest.mark.parametrize("way", _LARGE)
def test_large_and_rounded_forms_are_not_accused(way: str) -> None:
    edits, factor = _LARGE[way]
    rounded = {name: f"{round(Decimal(value), 0):f}" for name, value in _times(factor).items()}
    assert "ST09:error" not in codes({**edits, **rounded})


def test_a_land_fund_with_a_small_staff_is_not_accused() -> None:
    """Hundreds of thousands of 万元 for land, and what twelve people cost."""
    edits = {
        "forms.staffing": "编制12名，在职12人。", "funds.total_full": "680600", "funds.appropriation_full": "680600", "funds.general_full": "600",
        "funds.government_fund_full": "680000", "funds.special_account_full": "0", "funds.basic_half": "200", "funds.basic_full": "400",
        "funds.project_half": "300000", "funds.project_full": "680200", "projects[0].half": "300000", "projects[0].full": "680200",
    } | {f"projects[{n}].{period}": "0" for n in range(1, 6) for period in ("half", "full")}  # fmt: skip
    assert "ST09:error" not in codes(edits)
