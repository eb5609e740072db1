"""What names of indicators say, and the framework of common indicators."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.declared.text_key import text_key
from checks.targets.indicator import (
    FAMILIES,
    HANDLED,
    NEGATIVE,
    POSITIVE,
    IndicatorClass,
    classify,
    is_bounded_share,
    is_signed,
    unit_family,
    unit_fits,
    unit_in_name,
)
from checks.targets.target import Kind, parse
from tests.known_forms import BY_KEY, COMMON, EFFECT_LEVELS

COUNT, LEVEL = IndicatorClass.CUMULATIVE, IndicatorClass.LEVEL
PERIOD, WORDED = IndicatorClass.PERIOD_RELATIVE, IndicatorClass.QUALITATIVE


@pytest.mark.parametrize(
    ("name", "full", "expected"),
    [
        # the published form
        ("贫困学生补助人次", "≥2000人次", COUNT),
        ("全年享受中职免学费学生人次", "≥5400人次", COUNT),
        ("全市实验教学技能大赛参与人次", "≥120人次", COUNT),
        ("新增注册志愿者人数", "≥38600人", COUNT),
        ("“阳光食堂”监管服务覆盖率", "≥98%", LEVEL),
        ("对补助政策的知晓率", "≥98%", LEVEL),
        ("师生满意度", "98%", LEVEL),
        ("在苏高校家庭经济困难大学生资助奖 及时性", "及时", WORDED),
        ("为单位发展提供可持续保障", "建立健全相关制度", WORDED),
        # shares: of the year's plan, of what has happened so far, at a date
        ("年度任务完成率", "≥95%", COUNT),
        ("部门预算执行率", "≥95%", COUNT),
        ("投资完成率", "≥100%", COUNT),
        ("业务培训及时完成率", "=100%", PERIOD),
        ("项目按期完成率", "≥95%", PERIOD),
        ("培训计划按时完成率", "≥95%", PERIOD),
        ("资金支付进度", "≥90%", PERIOD),
        ("验收合格率", "≥98%", PERIOD),
        ("投诉举报办结率", "≥98%", PERIOD),
        ("固定资产利用率", "≥95%", LEVEL),
        ("旅游收入增长率", "≥5%", LEVEL),
        # amounts: added up over the year, for one of something, at a date
        ("培训场次", "≥12场", COUNT),
        ("旅游总收入", "≥5亿元", COUNT),
        ("项目总成本", "≤100万元", COUNT),
        ("安全事故发生数", "≤3起", COUNT),
        ("新建道路里程", "≥30公里", COUNT),
        ("新增绿化面积", "≥300亩", COUNT),
        ("生活补助标准", "≥190元每人每月", LEVEL),
        ("困难学生补助标准", "1000元", LEVEL),
        ("单位成本", "≤50元", LEVEL),
        ("养护费用", "≤3万元/公里", LEVEL),
        ("运维平台数量", "≥3个", LEVEL),
        ("绿化养护面积", "≥3000亩", LEVEL),
        ("在校学生数", "≥5000人", LEVEL),
        ("参保人数", "≥5000人", LEVEL),
        ("办理时限", "≤5个工作日", LEVEL),
        ("细颗粒物浓度", "≤35μg/m³", LEVEL),
        ("安全检查频次", "每季度1次", PERIOD),
        ("课题结题时间", "12月底前", WORDED),
        ("", "", LEVEL),
    ],
)
def test_the_class_of_an_indicator(name: str, full: str, expected: IndicatorClass) -> None:
    assert classify(name, parse(full)) is expected


def test_the_framework_decides_before_the_name() -> None:
    classes = {common.name: classify(common.name, parse(common.full), common) for common in COMMON}
    assert Counter(classes.values()) == {WORDED: 18, COUNT: 5, PERIOD: 3, LEVEL: 5}
    assert classes["支付进度符合率"] is PERIOD
    assert classes["公用经费控制率"] is COUNT


@pytest.mark.parametrize(
    ("name", "bounded"),
    [
        ("服务对象覆盖率", True),
        ("群众满意度", True),
        ("政策知晓率", True),
        ("验收合格率", True),
        ("按期完成率", True),
        ("设备完好率", True),
        ("本科生占比", True),
        ("预算完成率", False),
        ("旅游收入增长率", False),
        ("“三公经费”变动率", False),
        ("覆盖率增长率", False),
        ("毛入学率", False),
        ("床位使用率", False),
        ("培训人次", False),
        ("", False),
    ],
)
def test_bounded_shares(name: str, bounded: bool) -> None:
    assert is_bounded_share(name) is bounded


@pytest.mark.parametrize(
    ("name", "signed"),
    [("税收收入增长率", True), ("“三公经费”变动率", True), ("覆盖率", False), ("培训人次", False)],
)
def test_what_can_be_negative(name: str, signed: bool) -> None:
    assert is_signed(name) is signed


@pytest.mark.parametrize(
    ("name", "unit"),
    [
        ("城镇新增就业人数（人）", "人"),
        ("城镇新增就业人数(万人)", "万人"),
        ("投入资金（单位：万元）", "万元"),
        ("覆盖率（%）", "%"),
        ("补助标准（元/人）", "元/人"),
        ("培训人数（含线上）", ""),
        ("培训人数", ""),
        ("（人）均收入", ""),
    ],
)
def test_a_unit_in_the_name(name: str, unit: str) -> None:
    assert unit_in_name(name) == unit


@pytest.mark.parametrize(
    ("name", "value", "fits"),
    [
        ("受助学生数", "100%", False),
        ("受助学生数", "≥500人", True),
        ("培训人次", "≥500人次", True),
        ("培训人数", "≥20场", False),
        ("覆盖率", "≥98%", True),
        ("覆盖率", "≥98人", False),
        ("群众满意度", "≥95分", True),
        ("群众满意度", "≥95人", False),
        ("补助金额", "≥5万元", True),
        ("单位成本", "≤50元/人", True),
        ("补助金额", "≥5人", False),
        ("办理天数", "≤5个工作日", True),
        ("办理天数", "≤5次", False),
        ("城镇新增就业人数（人）", "≥100%", False),
    ],
)
def test_the_unit_the_name_asks_for(name: str, value: str, fits: bool) -> None:
    family = unit_family(name)
    assert family in FAMILIES
    assert unit_fits(parse(value).unit, family) is fits


@pytest.mark.parametrize(
    "name", ["资助及时性", "更新频率", "设备功率", "资产周转率", "工作效率", "培训场次", "制度健全性", ""]
)
def test_names_that_ask_for_no_unit(name: str) -> None:
    assert unit_family(name) == ""


def _meaning(name: str) -> str:
    """Return how the rule on directions reads a name."""
    if NEGATIVE.search(name):
        return "" if HANDLED.search(name) else "bad"
    return "good" if POSITIVE.search(name) else ""


@pytest.mark.parametrize(
    ("name", "meaning"),
    [
        ("安全事故发生数", "bad"),
        ("群众投诉率", "bad"),
        ("数据差错率", "bad"),
        ("结转结余率", "bad"),
        ("城镇登记失业率", "bad"),
        ("查处违法案件数", ""),
        ("事故隐患整改率", ""),
        ("信访积案化解数", ""),
        ("投诉处理及时率", ""),
        ("12345热线投诉接听率", ""),
        ("违规资金追回金额", ""),
        ("失业保险参保人数", ""),
        ("服务对象满意度", "good"),
        ("政策覆盖率", "good"),
        ("任务完成率", "good"),
        ("培训人次", ""),
    ],
)
def test_good_and_bad_names(name: str, meaning: str) -> None:
    assert _meaning(name) == meaning


@given(st.text(max_size=60), st.text(max_size=20))
def test_any_name_has_a_class_and_a_family(name: str, value: str) -> None:
    assert classify(name, parse(value)) in IndicatorClass
    assert unit_family(name) in ("", *FAMILIES)
    assert len(unit_in_name(name)) <= 8


# The framework


def test_the_framework_has_its_31_indicators_in_order() -> None:
    levels = list(dict.fromkeys((common.level1, common.level2) for common in COMMON))
    assert levels == [
        ("决策", "计划制定"),
        ("决策", "目标设定"),
        ("决策", "预算编制"),
        ("过程", "预算执行"),
        ("过程", "预算管理"),
        ("过程", "资产管理"),
        ("过程", "项目管理"),
        ("过程", "人员管理"),
        ("过程", "机构建设"),
    ]
    assert [common.level1 for common in COMMON] == ["决策"] * 6 + ["过程"] * 25
    assert len(BY_KEY) == 31
    assert [common.name for common in COMMON if common.half != common.full] == ["预算执行率"]


def test_stock_values_keep_to_the_framework() -> None:
    for common in COMMON:
        for value in (parse(common.half), parse(common.full)):
            if common.words:
                assert value.kind is Kind.WORD
                assert value.word in common.words
            else:
                assert (value.kind, value.unit) == (Kind.NUMBER, "%")
                assert value.number is not None
                assert common.lower is None or common.lower <= value.number
                assert common.upper is None or value.number <= common.upper


@pytest.mark.parametrize(
    "name",
    [
        "三公经费变动率",
        '"三公经费"变动率',
        "‘三公经费’变动率",
        "「三公经费」变动率",
        "〝三公经费〞变动率",
        "“三公 经费”\n变动率",
        "“三公经费”变动率\u200b",
    ],
)
def test_quotes_and_blanks_do_not_matter_in_names(name: str) -> None:
    assert COMMON[BY_KEY[text_key(name)]].name == "“三公经费”变动率"


def test_the_levels_of_effects() -> None:
    assert EFFECT_LEVELS == {
        "效益": ("经济效益", "社会效益", "生态效益", "可持续影响"),
        "满意度": ("服务对象满意度",),
    }
