"""Laws of the language of targets: what is written is read back the same, however it is typed, in no time."""

from __future__ import annotations

import re
import time
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checks.targets import words as target_words
from checks.targets.qualities import STOCK
from checks.targets.target import NORMALISATIONS, Kind, Target, parse, render
from checks.targets.text import LONGEST, decimal, normalised
from checks.targets.units import TIME_UNITS, UNITS, plain_unit, unit_key

SMALL = st.decimals(min_value=-(10**9), max_value=10**9, places=2, allow_nan=False)
LARGE = st.integers(-(10**15) + 1, 10**15 - 1).map(Decimal)
PARTS = [
    *target_words.GLYPHS, *target_words.WORDS, *target_words.WEAK, *target_words.SUFFIXES, *sorted(UNITS),
    *sorted(STOCK), *(target_words.ABOUT_BEFORE + " " + target_words.ABOUT_AFTER).split(), *"0123456789百千万亿余多来每第在至到和",
    *"-~—–±+/:：.,，、。;（）()“”\n\u200b％%", "5.5", "1,200", "2023年", "12月", "31日", "100%", "之间", "内", "增长", "每季度",
    *target_words.SLIPS, "一", "两", "三", "十", "半", "个小时", "前", "完成", "万元一年", "￥", "住宅区", "_x000D_", "&nbsp;", "\r\n", "\u2028",
    "上年", "水平", "根据", "学生", "合格率", "百分之", "九十", "(含)", "0.30000000000000004", "x", "²", "□", "\ud800", "&", " ",
]  # fmt: skip
TYPED = st.lists(st.sampled_from(PARTS), min_size=1, max_size=8).map("".join)


def _shaped(draw: st.DrawFn) -> str:
    """Return a text in the order of the grammar, each part well or badly chosen: most are numbers."""
    signs = ["", "", *target_words.GLYPHS, *target_words.WORDS, *target_words.WEAK, *target_words.SLIPS]
    parts = (
        [
            "",
            "",
            "",
            "增长",
            "每季度",
            "合格率",
            "学生",
            "第",
            "在",
            "近",
            "达标率",
            "种百分之",
            "PM2.5",
            "满意度为",
            "未",
            "数量：",
            "每三年",
        ],
        signs,
        ["", "", "约", "近", "在", "±"],
        [
            "0",
            "5",
            "12",
            "2023",
            "1,200",
            "5.5",
            "-3",
            "0.30000000000000004",
            "999999999999999",
            "1 200",
            "1\n2",
            "1,\n200",
            "三",
            "二十",
            "半",
            "三万五千",
            "￥5",
        ],
        ["", "", "", "%-95", "~8", "人至9", "、7"],
        ["", "", "万", "亿", "百", "余", "万多"],
        [
            "",
            "%",
            "百分比",
            "月",
            "年",
            "标牌",
            "个小时",
            "一年",
            "个住宅区",
            "%满意度",
            *sorted(UNITS),
            "元/亩",
            "元每人每月",
            "次/年",
        ],
        ["", "", *target_words.SUFFIXES, "内", "左右", "之间", "(以批复为准)"],
        ["", "", "", "学生", "培训", "增长", "合格率", "以上", "。", "在", "前", "第"],
        ["", "", *target_words.SUFFIXES, "左右", "之间"],
    )
    return "".join(draw(st.sampled_from(choice)) for choice in parts)


SHAPED = st.composite(_shaped)()


ANYTHING = st.one_of(SHAPED, TYPED, st.text(max_size=40))


@settings(max_examples=1500)
@given(ANYTHING)
def test_what_is_read_can_be_written_and_read_again(typed: str) -> None:
    target = parse(typed)
    assert parse(render(target)) == target.canonical()
    assert set(target.normalised) <= set(NORMALISATIONS)
    assert len(set(target.normalised)) == len(target.normalised)


_LINES = re.compile(r"[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]|_x000[DdAa]_|<br ?/?>", re.IGNORECASE)
_NOT_AS_TYPED = {"chinese_numeral", "float_artefact"}


def _digits(text: str) -> str:
    return re.sub(r"[^0-9]", "", text)


def _stands_in(number: Decimal, line: str) -> bool:
    """Return whether the digits of a number stand in a line in order, with nothing but marks between them."""
    typed = line.translate(target_words.FOLDED | target_words.INVISIBLE)
    runs = [_digits(run) for run in re.findall(r"[0-9][0-9,，.\s]*", typed)]
    digits = _digits(f"{abs(number):f}").strip("0")
    return any(digits in run for run in runs)


@settings(max_examples=1500)
@given(ANYTHING)
def test_the_digits_of_a_number_stand_in_the_text_in_order_on_one_line(typed: str) -> None:
    target = parse(typed)
    if _NOT_AS_TYPED.isdisjoint(target.normalised) and "百分" not in normalised(typed)[0]:
        for number in (target.number, target.upper):
            assert number is None or any(_stands_in(number, line) for line in _LINES.split(typed))


@settings(max_examples=1500)
@given(ANYTHING)
def test_a_text_and_its_normal_form_say_the_same(typed: str) -> None:
    bare, _ = normalised(typed)
    assert normalised(bare) == (bare, ())
    assert parse(bare).canonical() == parse(typed).canonical()


UNIT = st.sampled_from(
    [
        "",
        *sorted(unit for unit in UNITS if plain_unit(unit) == unit),
        "元/亩",
        "元每人每月",
        "户/人.月",
        "次/年",
    ]
)
OPERATOR = st.sampled_from(["", "≥", "≤", "=", ">", "<"])
MEASURED = st.sampled_from(
    ["", "", "增长", "同比增长", "较上年增长", "每季度", "每年", "培训", "合格率", "学生"]
)
NUMBER = st.one_of(SMALL, LARGE).map(lambda number: Decimal(f"{number:f}"))


def _no_date(target: Target) -> bool:
    """Return whether a number is no date, and no rate of nothing (每季度5/年)."""
    return not (target.unit == "年" and target.number is not None and 2000 <= target.number < 2100)


@settings(max_examples=400)
@given(
    st.one_of(
        st.builds(
            Target,
            st.sampled_from([Kind.NUMBER, Kind.APPROXIMATE]),
            OPERATOR,
            NUMBER,
            st.none(),
            UNIT,
            MEASURED,
        ),
        st.builds(Target, st.just(Kind.RANGE), OPERATOR, NUMBER, NUMBER, UNIT, MEASURED),
        st.builds(
            lambda operator, word: Target(Kind.WORD, operator, word=word),
            OPERATOR,
            st.sampled_from(sorted(STOCK)),
        ),
    ).filter(_no_date)
)
def test_what_is_made_can_be_written_and_read(target: Target) -> None:
    assert parse(render(target)) == target


@given(NUMBER, UNIT, st.sampled_from([*target_words.GLYPHS.items(), *target_words.WORDS.items()]))
def test_every_way_to_write_an_operator_says_the_same(
    number: Decimal, unit: str, way: tuple[str, str]
) -> None:
    plain = Target(Kind.NUMBER, way[1], number, unit=unit)
    if _no_date(plain):
        assert parse(f"{way[0]}{number:f}{unit}").canonical() == plain


@given(st.integers(0, 10**9), UNIT.filter(str.isascii))
def test_width_thousands_and_blanks_change_nothing(number: int, unit: str) -> None:
    plain = parse(f"≥{number}{unit}")
    wide = "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in f"≥{number}{unit}")
    for written in (
        wide,
        f"≥{number:,}{unit}",
        f" ≥ {number} {unit}",
        f"≥{number:,}{unit}".replace(",", " "),
    ):
        assert parse(written).canonical() == plain


@given(st.text(max_size=60))
def test_the_normal_form_of_a_text_is_its_own(typed: str) -> None:
    bare, _ = normalised(typed)
    assert normalised(bare) == (bare, ())


@given(st.decimals(allow_nan=False, allow_infinity=False, places=6, min_value=0, max_value=10**9))
def test_numbers_of_six_decimals_are_exact(number: Decimal) -> None:
    assert decimal(f"{number:f}") == (number, ())


@given(st.integers(1, 10**6), st.integers(0, 4))
def test_binary_noise_is_taken_off(number: int, places: int) -> None:
    """As Excel writes a product or a sum: 17 digits, of which the last two or three are noise."""
    exact = Decimal(number).scaleb(-places)
    assert decimal(f"{float(exact) * (1 + 2e-16):.17f}")[0] == exact


@pytest.mark.parametrize(
    "typed",
    ["建", "9", "1 ", "1,111", "增长", "≥", "1-", "(", "1百", "百分之", "不低于", "1、", "以上", "上年", "9人", ".", "无", "\u200b", "1" + " " * 40],
)  # fmt: skip
def test_long_texts_take_no_time(typed: str) -> None:
    """A cell holds 32,767 characters; no pattern may go back over them."""
    begin = time.process_time()
    target = parse((typed * 32_767)[:32_767])
    assert time.process_time() - begin < 0.25
    assert len(target.word) <= LONGEST


@given(UNIT)
def test_a_unit_has_one_key(unit: str) -> None:
    assert unit_key(unit_key(unit)) == unit_key(unit)


@given(st.sampled_from(sorted(TIME_UNITS)), st.sampled_from(["", "不超过", "≤"]), st.integers(1, 99))
def test_within_a_time_is_at_most_that_time(unit: str, operator: str, number: int) -> None:
    said = parse(f"{operator}{number}{unit}内")
    assert (said.kind, said.operator, said.number) == (Kind.NUMBER, "≤", number)
    assert unit_key(said.unit) == unit_key(unit)
