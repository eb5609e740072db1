"""The language of targets: real values one by one, and what rules ask of them."""

from __future__ import annotations

import sys
from collections.abc import Callable
from decimal import Decimal

import pytest

from checks.targets.target import (
    Kind,
    Target,
    always_true,
    direction,
    is_numeric,
    parse,
    same_operator,
    same_unit,
)


def said(kind: Kind) -> Callable[..., Target]:
    """Return a short way to write an expected target: operator, number, unit, word, then the notes."""

    def target(operator: str, number: str, unit: str, word: str = "", *notes: str, upper: str = "") -> Target:
        high = Decimal(upper) if upper else None
        return Target(kind, operator, Decimal(number), high, unit, word, notes)

    return target


num, about, span = said(Kind.NUMBER), said(Kind.APPROXIMATE), said(Kind.RANGE)


def text(kind: Kind, word: str, *notes: str, operator: str = "") -> Target:
    return Target(kind, operator, word=word, normalised=notes)


GLYPH, SPELT, WIDE, TIMES = "operator_glyph", "operator_word", "full_width", "ten_thousands"

NUMBERS: list[tuple[str, Target]] = [
    # the published form
    ("≥100%", num("≥", "100", "%")),
    ("=0%", num("=", "0", "%")),
    ("≤0%", num("≤", "0", "%")),
    ("≥2000人次", num("≥", "2000", "人次")),
    ("≥0人次", num("≥", "0", "人次")),
    ("90%", num("", "90", "%")),
    # operators in every glyph
    ("≧95%", num("≥", "95", "%", "", GLYPH)),
    ("⩾95%", num("≥", "95", "%", "", GLYPH)),
    (">=95%", num("≥", "95", "%", "", GLYPH)),
    ("=>95%", num("≥", "95", "%", "", GLYPH)),
    ("＞＝95%", num("≥", "95", "%", "", WIDE, GLYPH)),
    ("＝＞95%", num("≥", "95", "%", "", WIDE, GLYPH)),
    ("》90%", num("≥", "90", "%", "", GLYPH)),
    ("》=90%", num("≥", "90", "%", "", GLYPH)),
    ("&ge;90%", num("≥", "90", "%", "", GLYPH)),
    ("\uf0b390%", num("≥", "90", "%", "", GLYPH)),
    ("≦5天", num("≤", "5", "天", "", GLYPH)),
    ("<=5天", num("≤", "5", "天", "", GLYPH)),
    ("《5天", num("≤", "5", "天", "", GLYPH)),
    ("＝100%", num("=", "100", "%", "", WIDE)),
    ("==5次", num("=", "5", "次", "", GLYPH)),
    (">92%", num(">", "92", "%")),
    ("＞92%", num(">", "92", "%", "", WIDE)),
    ("<3起", num("<", "3", "起")),
    # operators in words, before and behind
    ("不低于60户/人.月", num("≥", "60", "户/人.月", "", SPELT)),
    ("不少于2000人次", num("≥", "2000", "人次", "", SPELT)),
    ("大于等于3个", num("≥", "3", "个", "", SPELT)),
    ("至少3次", num("≥", "3", "次", "", SPELT)),
    ("90％以上", num("≥", "90", "%", "", WIDE, SPELT)),
    ("达到95%以上", num("≥", "95", "%", "", SPELT)),
    ("100%及以上", num("≥", "100", "%", "", SPELT)),
    ("95%(含)以上", num("≥", "95", "%", "", "remark", SPELT)),
    ("1000人+", num("≥", "1000", "人", "", SPELT)),
    ("不超过100万元", num("≤", "100", "万元", "", SPELT)),
    ("不高于5%", num("≤", "5", "%", "", SPELT)),
    ("不大于5%", num("≤", "5", "%", "", SPELT)),
    ("至多2次", num("≤", "2", "次", "", SPELT)),
    ("100万元以内", num("≤", "100", "万元", "", SPELT)),
    ("3起以下", num("≤", "3", "起", "", SPELT)),
    ("5个工作日内", num("≤", "5", "个工作日", "", SPELT)),
    ("15分钟内", num("≤", "15", "分钟", "", SPELT)),
    ("控制在5%以内", num("≤", "5", "%", "", SPELT)),
    ("控制在90%以上", num("≥", "90", "%", "", SPELT)),
    ("保持在95%", num("", "95", "%", "", SPELT)),
    ("等于100%", num("=", "100", "%", "", SPELT)),
    ("超过92%", num(">", "92", "%", "", SPELT)),
    ("低于3起", num("<", "3", "起", "", SPELT)),
    ("少于3起", num("<", "3", "起", "", SPELT)),
    # no operator
    ("280次", num("", "280", "次")),
    ("25000人", num("", "25000", "人")),
    ("5000万元", num("", "5000", "万元")),
    ("220", num("", "220", "")),
    # per cent
    ("=100.00(%)", num("=", "100", "%", "", "percent_word")),
    ("≥100百分比", num("≥", "100", "%", "", "percent_word")),
    ("９０％", num("", "90", "%", "", WIDE)),
    ("百分之九十", num("", "90", "%", "", "percent_word")),
    ("不低于百分之九十五点五", num("≥", "95.5", "%", "", "percent_word", SPELT)),
    ("百分之90", num("", "90", "%", "", "percent_word")),
    ("百分百", num("", "100", "%", "", "percent_word")),
    ("百分之一百", num("", "100", "%", "", "percent_word")),
    ("提高5个百分点", num("", "5", "个百分点", "提高")),
    # digits
    ("1,200人", num("", "1200", "人", "", "thousands")),
    ("1，200人", num("", "1200", "人", "", "thousands")),
    ("1 200人", num("", "1200", "人", "", "thousands")),
    ("1,234,567.89元", num("", "1234567.89", "元", "", "thousands")),
    ("５５", num("", "55", "", "", WIDE)),
    ("≥-5%", num("≥", "-5", "%")),
    ("≤－3.20%", num("≤", "-3.2", "%", "", WIDE)),
    ("≤−3%", num("≤", "-3", "%", "", WIDE)),
    ("-0", num("", "0", "")),
    ("007人", num("", "7", "人")),
    ("0.0900000762939453", num("", "0.09", "", "", "float_artefact")),
    ("0.28999999999999998", num("", "0.29", "", "", "float_artefact")),
    ("95.000000000000014%", num("", "95", "%", "", "float_artefact")),
    ("33.333333333333336%", num("", "33.333333", "%", "", "float_artefact")),
    ("0.0000001234567", num("", "0.0000001234567", "")),
    # powers of ten
    ("5.5万人次", num("", "55000", "人次", "", TIMES)),
    ("≤500万", num("≤", "5000000", "", "", TIMES)),
    ("3千人", num("", "3000", "人", "", TIMES)),
    ("2百万人", num("", "2000000", "人", "", TIMES)),
    ("2.5万平方米", num("", "25000", "平方米", "", TIMES)),
    ("1.5亿元", num("", "1.5", "亿元")),
    ("5千万元", num("", "5000", "万元", "", TIMES)),
    ("5千瓦", num("", "5", "千瓦")),
    # units
    ("≥190元每人每月", num("≥", "190", "元每人每月")),
    ("2万元/亩", num("", "2", "万元/亩")),
    ("50元/人·次", num("", "50", "元/人·次")),
    ("≤500元/㎡", num("≤", "500", "元/㎡")),
    ("3台（套）", num("", "3", "台(套)", "", WIDE)),
    ("≤35μg/m³", num("≤", "35", "μg/m³")),
    ("≥3标牌", num("≥", "3", "标牌")),
    # what is measured, said in the value
    ("≥800名学生", num("≥", "800", "名", "学生")),
    ("800名学生", num("", "800", "名", "学生")),
    ("5个项目以上", num("≥", "5", "个", "项目", SPELT)),
    ("合格率≥95%", num("≥", "95", "%", "合格率")),
    ("达标率≥95%", num("≥", "95", "%", "达标率")),
    ("学生满意度达到90%以上", num("≥", "90", "%", "学生满意度", SPELT)),
    ("100%覆盖", num("", "100", "%", "覆盖")),
    ("增长5%", num("", "5", "%", "增长")),
    ("同比增长5%以上", num("≥", "5", "%", "同比增长", SPELT)),
    ("较上年增长5%", num("", "5", "%", "较上年增长")),
    ("每季度1次", num("", "1", "次", "每季度")),
    ("每年至少2次", num("≥", "2", "次", "每年", SPELT)),
    ("安全事故0起", num("", "0", "起", "安全事故")),
    # around it
    (" ≥ 90 % ", num("≥", "90", "%", "", "spaces")),
    ("≥\n90%", num("≥", "90", "%", "", "spaces")),
    ("≥\u300090\u00a0%", num("≥", "90", "%", "", "spaces")),
    ("\ufeff≥90\u200b%", num("≥", "90", "%")),
    ("“≥95%”。", num("≥", "95", "%", "", "punctuation")),
    ("≥95分（百分制）", num("≥", "95", "分", "", WIDE, "remark")),
    ("≥95%（含95%）", num("≥", "95", "%", "", WIDE, "remark")),
]

OTHERS: list[tuple[str, Target]] = [
    ("约5.5万人次", about("", "55000", "人次", "", TIMES)),
    ("7左右", about("", "7", "")),
    ("1000余人", about("", "1000", "人")),
    ("1.2万多人次", about("", "12000", "人次", "", TIMES)),
    ("近3000人", about("", "3000", "人")),
    ("90%-95%", span("", "90", "%", upper="95")),
    ("90~95%", span("", "90", "%", upper="95")),
    ("90%——95%", span("", "90", "%", upper="95")),
    ("90至95", span("", "90", "", upper="95")),
    ("90％～95％", span("", "90", "%", "", WIDE, upper="95")),
    ("1-2万人", span("", "10000", "人", "", TIMES, upper="20000")),
    ("5%-10%之间", span("", "5", "%", upper="10")),
    ("-5%~-3%", span("", "-5", "%", upper="-3")),
    ("±3%", span("", "-3", "%", "", "plus_minus", upper="3")),
    ("2023年12月", text(Kind.DATE, "2023年12月")),
    ("12月底前", text(Kind.DATE, "12月底前")),
    ("2023-12-31", text(Kind.DATE, "2023-12-31")),
    ("2023.12.31", text(Kind.DATE, "2023.12.31")),
    ("6月30日前", text(Kind.DATE, "6月30日前")),
    ("2023年12月31日前完成", text(Kind.DATE, "2023年12月31日前完成")),
    ("第三季度", text(Kind.DATE, "第三季度")),
    ("年底前", text(Kind.DATE, "年底前")),
    ("1-12月", text(Kind.DATE, "1-12月")),
    ("2021-2025年", text(Kind.DATE, "2021-2025年")),
    ("≤12月31日", text(Kind.DATE, "12月31日", operator="≤")),
    ("1600人、200人", text(Kind.COMPOUND, "1600人、200人")),
    ("1000人、3000人", text(Kind.COMPOUND, "1000人、3000人")),
    ("1600人\n200人", text(Kind.COMPOUND, "1600人200人", "spaces")),
    ("320/800", text(Kind.COMPOUND, "320/800")),
    ("12 34", text(Kind.COMPOUND, "12 34")),
    ("1,23", text(Kind.COMPOUND, "1,23")),
    ("≥90%且≤100%", text(Kind.COMPOUND, "≥90%且≤100%")),
    ("不低于上年度水平", text(Kind.REFERENCE, "不低于上年度水平")),
    ("不低于上年的95%", text(Kind.REFERENCE, "不低于上年的95%")),
    ("根据下达任务目标要求确定", text(Kind.REFERENCE, "根据下达任务目标要求确定")),
    ("参照政府采购成本控制", text(Kind.REFERENCE, "参照政府采购成本控制")),
    ("符合相关规定", text(Kind.REFERENCE, "符合相关规定")),
    ("在项目计划完成时间内完成", text(Kind.REFERENCE, "在项目计划完成时间内完成")),
    ("不超预算", text(Kind.REFERENCE, "不超预算")),
    ("按合同约定执行", text(Kind.REFERENCE, "按合同约定执行")),
    ("建立健全相关制度", text(Kind.SENTENCE, "建立健全相关制度")),
    ("在规定时间结案率为95%", text(Kind.SENTENCE, "在规定时间结案率为95%")),
    ("完成培训任务", text(Kind.SENTENCE, "完成培训任务")),
    ("湛江市基层", text(Kind.UNKNOWN, "湛江市基层")),
    ("按时办结", text(Kind.WORD, "按时办结")),
    ("健 全", text(Kind.WORD, "健全", "spaces")),
    ("健全、完善", text(Kind.WORD, "健全、完善")),
    ("良好以上", text(Kind.WORD, "良好", SPELT, operator="≥")),
    ("达标", text(Kind.WORD, "达标")),
    ("5A级", text(Kind.WORD, "5A级")),
    ("Ⅲ类及以上", text(Kind.WORD, "Ⅲ类", SPELT, operator="≥")),
    ("全省前三", text(Kind.WORD, "全省前三")),
    ("无重大安全事故", text(Kind.WORD, "无重大安全事故")),
    ("1：20", text(Kind.WORD, "1:20")),
    ("", text(Kind.BLANK, "")),
    (" \u3000\u200b\n", text(Kind.BLANK, "")),
    ("——", text(Kind.NOT_APPLICABLE, "——")),
    ("N/A", text(Kind.NOT_APPLICABLE, "N/A")),
]

UNKNOWN = [
    "□√", "□", "■", "延续项目√", "1oo%", "l00%", "9O%", "①", "²", "Ⅻ", "〇", "𝟏", "١", "≥①%", "1e3",
    "1E+999999999", "NaN", "Infinity", "≥", "%", "万", "10-", "2.5.3", ".5", "≤95%以上", "12345热线工单",
    "(5)", "<p>90%</p>", "{0.__class__}", "%s",
]  # fmt: skip

QUALITATIVE = [
    "健全", "明确", "合理", "规范", "科学", "合规", "公开", "完善", "有效", "及时", "可控", "相关", "好",
    "高", "保持稳定", "持续改善", "巩固提高", "稳步提高", "显著提升", "效果明显", "提高", "降低", "减少",
    "提升", "较健全", "较有效", "不断完善", "得到有效保障", "有所改善", "非常满意", "质量良好", "零投诉",
    "按时足额发放", "优秀等次", "一级", "省级", "影响深远",
]  # fmt: skip
NAMES_WITH_NUMBERS = (
    "3岁以下儿童系统管理率",
    "65岁以上老年人健康管理率",
    "5A级景区数量",
    "2023年校舍维修项目",
    "12345热线工单办结率",
    "无偿献血者招募人次",
    "无烟环境评估数量",
    "及时发放率",
    "“三公经费”变动率",
    "100名乡镇干部培训合格率",
)


@pytest.mark.parametrize(("typed", "expected"), NUMBERS + OTHERS, ids=[t for t, _ in NUMBERS + OTHERS])
def test_real_values_are_read_whole(typed: str, expected: Target) -> None:
    assert parse(typed) == expected


@pytest.mark.parametrize("typed", [*UNKNOWN, "9" * 16, "9" * 5000, "0." + "1" * 5000, "9" * 14 + "万"])
def test_what_is_no_value_is_unknown(typed: str) -> None:
    assert parse(typed).kind is Kind.UNKNOWN
    assert parse(typed).number is None


@pytest.mark.parametrize(
    "mark", ["/", "／", "无", "—", "——", "－", "…", "……", "...", "不适用", "不涉及", "\\", "*"]
)
def test_marks_for_not_applicable(mark: str) -> None:
    assert parse(mark).kind is Kind.NOT_APPLICABLE


@pytest.mark.parametrize("word", QUALITATIVE)
def test_qualitative_words(word: str) -> None:
    assert parse(word) == Target(Kind.WORD, word=word)


@pytest.mark.parametrize("name", NAMES_WITH_NUMBERS)
def test_names_are_not_taken_for_values(name: str) -> None:
    """The reader of rows tells names from values by this."""
    assert parse(name).kind in (Kind.SENTENCE, Kind.UNKNOWN)


def test_a_name_with_a_number_says_what_is_measured() -> None:
    """A value rarely does; by this the reader of rows tells 完成培训300人次 from 300人次."""
    assert parse("完成培训300人次") == num("", "300", "人次", "完成培训")
    assert parse("300人次").word == ""


def test_digits_of_other_scripts_are_no_numbers() -> None:
    digits = [chr(code) for code in range(0x80, sys.maxunicode + 1) if chr(code).isnumeric()]
    ours = set("０１２３４５６７８９零一二两三四五六七八九十") & set(digits)
    read = {digit for digit in digits if parse(f"≥{digit}人").number is not None}
    assert len(digits) > 1000
    assert read == ours


# What rules ask


@pytest.mark.parametrize(
    ("typed", "share", "signed", "always"),
    [
        ("≥0人次", False, False, True),
        ("≥0%", False, False, True),
        ("≥0%", False, True, False),
        ("增长≥0%", False, False, False),
        (">0人次", False, False, False),
        ("≥-5", False, False, True),
        ("≤100%", True, False, True),
        ("≤100%", False, False, False),
        ("≤120%", True, False, True),
        ("<100%", True, False, False),
        ("≤0起", False, False, False),
        ("=0%", True, False, False),
        ("0%-100%", True, False, True),
        ("90%-100%", True, False, False),
        ("健全", True, False, False),
        ("", True, False, False),
    ],
)
def test_targets_that_bind_nobody(typed: str, share: bool, signed: bool, always: bool) -> None:
    assert always_true(parse(typed), share, signed) is always


def test_operators_point_up_down_or_nowhere() -> None:
    assert [direction(operator) for operator in ("≥", ">", "≤", "<", "=", "")] == [1, 1, -1, -1, 0, 0]


def test_targets_are_compared_by_operator_and_unit() -> None:
    assert same_operator(parse("≥5人"), parse("不低于9人"))
    assert same_operator(parse("5人"), parse("≥9人"))
    assert not same_operator(parse("≥5人"), parse("=9人"))
    assert same_unit(parse("≥5个项目"), parse("≥9个"))
    assert not same_unit(parse("≥100人"), parse("≥200人次"))


def test_one_number_is_numeric() -> None:
    assert [is_numeric(parse(typed)) for typed in ("5人", "5-6人", "约5人", "健全")] == [
        True,
        False,
        False,
        False,
    ]
