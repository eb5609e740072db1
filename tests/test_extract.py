"""The extractor reads the same figures from a form however it was bent, and knows where each stands."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from checks.declared.money import wan_text
from etl.form.layout import FilledForm
from etl.form.places import unpacked_places
from etl.money.amount import Amount
from etl.reading.model import Reading
from samples.sources import DATA, filled_form, load
from tests.bent import BENDS, Page, straight, two_forms, workbook_bytes
from tests.known_forms import FORM_2023
from tests.paper import read_bytes

PUBLISHED = filled_form(load(DATA / "published.toml"))


def figures(reading: Reading) -> dict[str, object]:
    """Return everything a form says, without how it was written."""
    return {
        "year": reading.fiscal_year,
        "texts": reading.texts,
        "amounts": {name: amount.fen for name, amount in reading.amounts.items()},
        "projects": [(p.name, p.half.fen, p.full.fen) for p in reading.projects],
        "indicators": [
            (i.block, i.level1, i.level2, i.key_task, i.name, i.half.raw, i.full.raw)
            for i in reading.indicators
        ],
    }


def filled_figures(filled: FilledForm) -> dict[str, object]:
    def fen(number: Decimal | None) -> int | None:
        return None if number is None else int(number * 1_000_000)

    return {
        "year": filled.fiscal_year,
        "texts": dict(filled.texts),
        "amounts": {name: fen(number) for name, number in filled.amounts.items()},
        "projects": [(p.name, fen(p.half), fen(p.full)) for p in filled.projects],
        "indicators": [
            (i.block, i.level1, i.level2, i.key_task, i.name, i.half, i.full) for i in filled.indicators
        ],
    }


@pytest.mark.parametrize("bend", BENDS)
def test_the_same_figures_however_bent(bend: str) -> None:
    reading = read_bytes(workbook_bytes(BENDS[bend](straight(PUBLISHED))))
    assert reading.status == "checked", reading.reason
    assert len(reading.readings) == 1
    assert figures(reading.readings[0]) == filled_figures(PUBLISHED)


@pytest.mark.parametrize("bend", BENDS)
def test_every_value_is_placed_where_it_stands(bend: str) -> None:
    pages = BENDS[bend](straight(PUBLISHED))
    places = unpacked_places(read_bytes(workbook_bytes(pages)).readings[0].located)
    for number, page in enumerate(pages):
        for cell in page.cells:
            if cell.where is not None and cell.where[0] != "labels":
                assert tuple(places[cell.where]) == (number, cell.row, cell.column), cell


def other_form() -> FilledForm:
    return replace(PUBLISHED, texts={**PUBLISHED.texts, "agency": "苏州市另一单位"})


@pytest.mark.parametrize(("name", "pages"), list(two_forms(straight(PUBLISHED), straight(other_form()))))
def test_several_forms_in_one_workbook(name: str, pages: tuple[Page, ...]) -> None:
    reading = read_bytes(workbook_bytes(pages))
    assert [r.texts["agency"] for r in reading.readings] == [PUBLISHED.texts["agency"], "苏州市另一单位"]
    assert figures(reading.readings[0]) == filled_figures(PUBLISHED)
    assert figures(reading.readings[1]) == filled_figures(other_form())


def test_a_missing_section_is_said() -> None:
    page = straight(PUBLISHED)
    gone = page.map(lambda c: None if c.where and c.where[2] in ("annual_goal", "long_term_goal") else c)
    reading = read_bytes(workbook_bytes((gone,))).readings[0]
    missing = {o.detail for o in reading.oddities if o.kind == "missing_label"}
    assert missing == {"annual_goal", "long_term_goal"}
    assert "annual_goal" not in reading.texts


def test_another_form_is_named_by_its_title() -> None:
    page = Page("表", straight(PUBLISHED).cells[:1])
    other = replace(page.cells[0], value="2023年度项目支出绩效目标申报表")
    reading = read_bytes(workbook_bytes((replace(page, cells=(other,)),)))
    assert reading.status == "not_a_form"
    assert "项目支出绩效目标申报表" in reading.reason


@pytest.mark.parametrize(
    ("text", "state", "wan"),
    [
        ("1,862", "number", "1862"), ("１８６２．５", "number", "1862.5"), ("1 862.50", "number", "1862.5"),
        ("1862元", "number", "0.1862"), ("0.5万元", "number", "0.5"), ("(100.00)", "number", "-100"),
        ("－5", "number", "-5"), ("▲3", "number", "-3"), ("零", "number", "0"), ("￥12", "number", "12"),
        ("-", "blank", ""), ("—", "blank", ""), ("/", "blank", ""), ("无", "blank", ""),
        ("壹仟", "text", ""), ("约1200", "text", ""), ("1234.56（含税）", "text", ""), ("1,86", "text", ""),
        ("²", "text", ""), ("١٢", "text", ""), ("320/800", "text", ""), ("9" * 5000, "text", ""), ("1e999", "text", ""),
    ],
)  # fmt: skip
def test_amounts_as_people_type_them(text: str, state: str, wan: str) -> None:
    page = straight(PUBLISHED)
    typed = page.map(lambda c: replace(c, value=text) if c.where == ("funds", 0, "other_full") else c)
    amount: Amount = read_bytes(workbook_bytes((typed,))).readings[0].amounts["other_full"]
    assert (amount.state, "" if amount.fen is None else wan_text(amount.fen)) == (state, wan)


def test_money_in_yuan_by_the_heading() -> None:
    page = straight(PUBLISHED)
    yuan = page.map(
        lambda c: replace(c, value="部门整体资金（元）") if c.where == ("labels", 0, "funds") else c
    )
    yuan = yuan.map(lambda c: replace(c, value=c.value * 10000) if isinstance(c.value, Decimal) else c)
    reading = read_bytes(workbook_bytes((yuan,))).readings[0]
    assert reading.money_unit == "元"
    assert figures(reading)["amounts"] == filled_figures(PUBLISHED)["amounts"]


def test_the_form_is_the_declared_one() -> None:
    assert FORM_2023.year == PUBLISHED.fiscal_year
