"""Values as departments type them, with what they mean: a table written by reading, before the program read it.

A line of `target_values.tsv` is a value (⏎ for a line break), its kind, operator, number, upper end and unit.
`loose` is a text that says nothing measurable, `bad` one that nobody can read, `n/a` that nothing applies.
"""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from checks.targets.target import Kind, parse
from checks.targets.units import unit_key

NUMBERS = ("number", "range", "approximate")
KINDS = {
    "date": {Kind.DATE},
    "word": {Kind.WORD},
    "compound": {Kind.COMPOUND},
    "reference": {Kind.REFERENCE},
    "sentence": {Kind.SENTENCE},
    "n/a": {Kind.NOT_APPLICABLE},
    "loose": {Kind.UNKNOWN, Kind.SENTENCE},
    "bad": {Kind.UNKNOWN},
} | {kind: {Kind(kind)} for kind in NUMBERS}


def _table() -> list[tuple[str, str, str, str, str, str]]:
    lines = Path(__file__).with_name("target_values.tsv").read_text("utf-8").splitlines()
    rows = []
    for line in lines[1:]:
        if line and not line.startswith("#"):
            typed, kind, operator, number, upper, unit = line.split("\t")
            rows.append((typed.replace("⏎", "\n"), kind, operator, number, upper, unit))
    return rows


TABLE = _table()


def test_the_table_covers_every_kind() -> None:
    assert len(TABLE) >= 250
    assert len({row[0] for row in TABLE}) == len(TABLE)
    assert {row[1] for row in TABLE} == set(KINDS)


@pytest.mark.parametrize(
    ("typed", "kind", "operator", "number", "upper", "unit"), TABLE, ids=[r[0] for r in TABLE]
)
def test_a_value_says_what_a_reader_sees(
    typed: str, kind: str, operator: str, number: str, upper: str, unit: str
) -> None:
    said = parse(typed)
    assert said.kind in KINDS[kind]
    if kind in NUMBERS:
        expected = (operator, Decimal(number), Decimal(upper) if upper else None, unit_key(unit))
        assert (said.operator, said.number, said.upper, unit_key(said.unit)) == expected
    else:
        assert said.number is None


@pytest.mark.parametrize("row", [row for row in TABLE if row[1] in NUMBERS], ids=lambda row: row[0])
def test_full_width_says_the_same(row: tuple[str, ...]) -> None:
    wide = "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" and c not in "&;_" else c for c in row[0])
    narrow = parse(row[0])
    if "&" not in row[0] and "_" not in row[0] and '"' not in row[0]:
        assert parse(wide).canonical() == narrow.canonical()


SLIPPED = {
    "不适应", "不超过过24万元", "总成本不超过过24万元", "不超不超过10万元", "76.8万元·", "整理数量不少1500件/年", "不低90%",
    "不少与20人", "不低于≥90%", "≥不低于90%", "≥95%%", "12.5万元·", "不低于于95%", "不少余10次", "不高于于5%", "95%％",
}  # fmt: skip


def test_slips_of_the_pen_and_nothing_else_are_said() -> None:
    assert {row[0] for row in TABLE if "slip" in parse(row[0]).normalised} == SLIPPED


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("≥3台", "≥26台（套）"),
        ("3台", "26台套"),
        ("≥5个工作日", "≥9工作日"),
        ("3个小时内", "2小时内"),
        ("≤500元/㎡", "≤300元/平方米"),
        ("≥190元每人每月", "≥200元/人/月"),
        ("≥10公里", "≥20km"),
        ("≥100名", "≥200人"),
        ("≥3场", "≥6场次"),
        ("≤5天", "≤9日"),
    ],
)
def test_one_unit_in_two_spellings(one: str, other: str) -> None:
    assert unit_key(parse(one).unit) == unit_key(parse(other).unit)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("≥100人", "≥200人次"),
        ("≥5元", "≥5万元"),
        ("≥5%", "≥5个百分点"),
        ("≥3个", "≥3家"),
        ("≥3人", "≥3人(次)"),
    ],
)
def test_units_that_are_not_one(one: str, other: str) -> None:
    assert unit_key(parse(one).unit) != unit_key(parse(other).unit)
