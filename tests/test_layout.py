"""Layout: every value has one cell, boxes tile the form, and the reader finds each value where it was put."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from etl.form.layout import FilledForm, IndicatorLine, ProjectLine, lay_out
from etl.template.draw import text_lines
from samples.sources import DATA, filled_form, load
from tests.known_forms import FORM_2023

PUBLISHED = filled_form(load(DATA / "published.toml"))


def test_the_published_form_stands_as_printed() -> None:
    layout = lay_out(FORM_2023, PUBLISHED)
    assert layout.cell("forms", 0, "agency") == "B3"
    assert layout.cell("funds", 0, "total_full") == "F7"
    assert layout.cell("funds", 0, "project_half") == "E18"
    assert layout.cell("projects", 0, "name") == "C19"
    assert layout.cell("projects", 19, "full") == "F38"
    assert layout.cell("indicators", 11, "half") == "E53"
    assert layout.cell("labels", 0, "head:key_task") == "C73"
    assert layout.rows == 87


def test_labels_merge_over_what_they_hold() -> None:
    areas = {box.where: box.area for box in lay_out(FORM_2023, PUBLISHED).boxes if box.where}
    assert areas["labels", 0, "funds"] == (6, 1, 38, 1)
    assert areas["labels", 0, "income"] == (6, 2, 15, 2)
    assert areas["labels", 0, "expenditure"] == (16, 2, 38, 2)
    assert areas["labels", 0, "grant"] == (8, 3, 12, 3)
    assert areas["forms", 0, "functions"] == (4, 2, 4, 6)
    assert areas["indicators", 6, "level1"] == (48, 1, 72, 1)


def test_the_lines_under_a_merged_level_share_its_cell() -> None:
    layout = lay_out(FORM_2023, PUBLISHED)
    assert layout.cell("indicators", 7, "level1") == "A48"
    assert layout.cell("indicators", 11, "level2") == "B48"


def test_blank_lines_merge_only_within_a_bundle() -> None:
    blank = tuple(IndicatorLine("duty", "履职", "", bundle=bundle) for bundle in (1, 1, 2, 0, 0))
    layout = lay_out(FORM_2023, replace(PUBLISHED, indicators=blank))
    heights = [box.area[2] - box.area[0] + 1 for box in layout.boxes if box.role == "key_task"]
    assert heights == [2, 1, 1, 1]


lines = st.builds(
    IndicatorLine,
    block=st.sampled_from(["common", "duty", "effect"]),
    level1=st.sampled_from(["决策", "履职", "效益", ""]),
    level2=st.sampled_from(["甲", "乙", ""]),
    key_task=st.sampled_from(["重点一", "重点二", ""]),
    name=st.text(max_size=5),
)
forms = st.builds(
    FilledForm,
    fiscal_year=st.integers(2023, 2030),
    projects=st.lists(st.just(ProjectLine("项目", Decimal(1), Decimal(2))), max_size=6).map(tuple),
    indicators=st.lists(lines, max_size=12).map(tuple),
)


@given(forms)
@settings(max_examples=100, deadline=None)
def test_boxes_tile_the_form(filled: FilledForm) -> None:
    layout = lay_out(FORM_2023, filled)
    cells = [
        (row, column)
        for top, left, bottom, right in (box.area for box in layout.boxes)
        for row in range(top, bottom + 1)
        for column in range(left, right + 1)
    ]
    assert len(cells) == len(set(cells)) == layout.rows * len(FORM_2023.widths)


@given(forms)
@settings(max_examples=50, deadline=None)
def test_every_line_has_all_its_cells(filled: FilledForm) -> None:
    layout = lay_out(FORM_2023, filled)
    for number in range(len(filled.indicators)):
        rows = {layout.at("indicators", number, field)[0] for field in ("name", "half", "full")}
        assert len(rows) == 1
        assert layout.at("indicators", number, "level1")[0] <= rows.pop()


def test_levels_that_repeat_under_another_level_stay_apart() -> None:
    twice = tuple(IndicatorLine("duty", "履职", level2, "同一重点工作") for level2 in ("甲", "乙"))
    layout = lay_out(FORM_2023, replace(PUBLISHED, indicators=twice))
    tasks = [box.area for box in layout.boxes if box.role == "key_task"]
    assert [area[2] - area[0] for area in tasks] == [0, 0]


def test_wrapped_text_is_counted_in_lines() -> None:
    assert text_lines("", 20) == 1
    assert text_lines("半年\n计划执行数", 14) == 2
    assert text_lines("指标" * 20, 41.5) == 2
