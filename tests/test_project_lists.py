"""Project lists as departments structure them give the projects of the clean form; what was interpreted is said."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checks.declared.project_name import mark_of, project_key
from checks.given.inputs import Inputs
from checks.settings import Settings
from etl.batch.chunk import check_readings
from etl.reading.model import Reading
from samples.sources import DATA, filled_form, load
from tests import bent_lists as bend
from tests.bent import Cell, Page, straight, workbook_bytes
from tests.cases import Case
from tests.paper import filled_in, read_bytes

PUBLISHED = filled_form(load(DATA / "published.toml"))
CLEAN = filled_in(Case(""))[0]
Bend = Callable[[Page], Page]


def figures(reading: Reading) -> tuple[dict[str, int | None], list[tuple[str, int | None, int | None]]]:
    """Return the amounts of a form and its projects by compared name."""
    projects = [
        (project_key(p.name.split("（含全市")[0]), p.half.fen or 0, p.full.fen) for p in reading.projects
    ]
    return {name: amount.fen for name, amount in reading.amounts.items()}, projects


def read(page: Page) -> Reading:
    reading = read_bytes(workbook_bytes((page,)))
    assert reading.status == "checked", reading.reason
    assert len(reading.readings) == 1
    return reading.readings[0]


RIGHT = {id(form): figures(read(straight(form))) for form in (PUBLISHED, CLEAN)}


def kinds(reading: Reading) -> set[str]:
    return {odd.kind for odd in reading.oddities}


VARIATIONS: list[tuple[str, str, Bend]] = [
    *(
        (f"groups {style} {amounts} {cuts}", "project_group", lambda p, s=style, a=amounts, c=cuts: bend.groups(p, c, s, a))
        for style, amounts, cuts in (
            (0, True, (3,)), (0, False, (2, 4)), (1, True, (1, 5)), (1, False, (4,)), (2, True, (3,)), (0, True, ()),
        )
    ),
    *((f"nested {cut}", "project_group", lambda p, c=cut: bend.nested_groups(p, c)) for cut in (0, 2, 3)),
    *((f"parts {n} {s}", "project_part", lambda p, n=n, s=s: bend.parts(p, n, s)) for n, s in ((1, 0), (2, 1), (3, 2), (1, 3))),
    *((f"sources {n} {s}", "project_merged", lambda p, n=n, s=s: bend.sources(p, n, s)) for n, s in ((1, 0), (2, 0), (3, 1), (4, 2), (1, 1))),
    *(
        (f"column before {at} {heading}", "extra_column", lambda p, a=at, h=heading, k=kind: bend.column_between(p, a, h, k))
        for at, heading, kind in ((6, "上年预算数", 3), (3, "序号", 0), (3, "项目编码", 1), (5, "单位", 2), (5, "项目期限", 1), (6, "占比", 3))
    ),
    *((f"prepared {n} {c} {s}", "", lambda p, n=n, c=c, s=s: bend.prepared(p, n, c, s)) for n, c, s in ((6, 6, 0), (2, 1, 2), (-1, 4, 1), (0, 2, 3))),
    *((f"two rows {n} {s}", "project_joined", lambda p, n=n, s=s: bend.name_in_two(p, n, s)) for n, s in ((0, 0), (2, 1), (-1, 0), (3, 1), (0, 2), (2, 3), (4, 2), (-1, 3))),
    *((f"numbered {s}", "", lambda p, s=s: bend.numbered(p, s)) for s in range(len(bend.ORDINALS))),
    *((f"page break {n} {s}", "", lambda p, n=n, s=s: bend.page_break(p, n, s)) for n, s in enumerate(range(6), 1)),
    *((f"notes {s}", "", lambda p, s=s: bend.notes_below(p, s)) for s in range(3)),
]  # fmt: skip


@pytest.mark.parametrize("form", [PUBLISHED, CLEAN], ids=["published", "clean"])
@pytest.mark.parametrize(("name", "kind", "change"), VARIATIONS, ids=[name for name, _, _ in VARIATIONS])
def test_a_structured_list_gives_the_same_projects(form: Any, name: str, kind: str, change: Bend) -> None:
    reading = read(change(straight(form)))
    assert figures(reading) == RIGHT[id(form)]
    assert not kind or kind in kinds(reading)


@pytest.mark.parametrize(("name", "kind", "change"), VARIATIONS, ids=[name for name, _, _ in VARIATIONS])
def test_the_clean_form_draws_no_error_however_structured(name: str, kind: str, change: Bend) -> None:
    reading = read_bytes(workbook_bytes((change(straight(CLEAN)),)))
    found = [entry.finding for entry in check_readings([reading], Settings(), Inputs()).located]
    longer = (
        {"RV01", "RV02", "RV04"} if "（含" in "".join(p.name for p in reading.readings[0].projects) else set()
    )
    assert [f.message["zh"] for f in found if f.severity != "info" and f.code not in longer] == []
    assert ("ST06" in {f.code for f in found}) == bool(kind)


def bends() -> st.SearchStrategy[list[Bend]]:
    """Return mixtures of the bends, each with numbers of its own, in an order in which they can be made."""
    number = st.integers(0, 40)
    steps: list[st.SearchStrategy[Bend]] = [
        st.builds(lambda n, s: lambda p: bend.sources(p, n, s), number, st.sampled_from([0, 2])),
        st.builds(lambda n, s: lambda p: bend.name_in_two(p, n, s), number, number),
        st.builds(lambda n, c, s: lambda p: bend.prepared(p, n, c, s), number, st.integers(1, 4), number),
        st.builds(lambda n, s: lambda p: bend.page_break(p, n, s), number, number),
        st.builds(lambda s: lambda p: bend.notes_below(p, s), number),
        st.builds(
            lambda a, k: lambda p: bend.column_between(p, a, "上年预算数", k),
            st.sampled_from([3, 5, 6]),
            number,
        ),
    ]
    return st.tuples(*(st.one_of(st.none(), step) for step in steps)).map(
        lambda chosen: [step for step in chosen if step is not None]
    )


@settings(max_examples=60, deadline=None)
@given(bends(), st.sampled_from([PUBLISHED, CLEAN]))
def test_a_mixture_gives_the_same_figures_or_an_error_that_names_the_cell(
    mixture: list[Bend], form: Any
) -> None:
    page = straight(form)
    for change in mixture:
        page = change(page)
    holds(page, form)


def holds(page: Page, form: Any) -> None:
    """Assert the law: the figures of the clean form, or an error at each cell that differs, whose figure is in no sum."""
    reading = read_bytes(workbook_bytes((page,)))
    if reading.status != "checked":
        return
    (only,) = reading.readings
    if figures(only) == RIGHT[id(form)]:
        return
    errors = [
        e for e in check_readings([reading], Settings(), Inputs()).located if e.finding.severity == "error"
    ]
    amounts, projects = figures(only)
    wrong = [name for name, fen in RIGHT[id(form)][0].items() if amounts.get(name) not in (fen, None)]
    assert not wrong and errors, (wrong, projects)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.integers(0, 40), max_size=4),
    st.integers(0, 2),
    st.booleans(),
    st.integers(0, 6),
    st.sampled_from([PUBLISHED, CLEAN]),
)
def test_groups_of_any_cut_are_no_projects(
    cuts: list[int], style: int, amounts: bool, ordinal: int, form: Any
) -> None:
    page = bend.groups(
        bend.numbered(straight(form), ordinal) if style < 2 else straight(form), cuts, style, amounts
    )
    assert figures(read(page)) == RIGHT[id(form)]


@given(st.text("一二三1234、.()（）①②—- 体检费项目", max_size=12))
def test_a_projects_key_is_that_of_its_name_without_ordinal(name: str) -> None:
    assert project_key(name) == project_key(f" {name} ")
    if mark_of(name) == 0 and name.strip() and name.strip()[0] not in "—-":
        assert project_key(f"3、{name}") == project_key(name)


@pytest.mark.parametrize(
    "name",
    [
        "3.15活动经费",
        "2023年校舍维修项目",
        "12345热线",
        "1+X证书试点",
        "5A景区创建",
        "第一中学改造",
        "十四五规划编制",
        "110指挥中心",
    ],
)
def test_a_number_that_is_part_of_a_name_stays(name: str) -> None:
    assert mark_of(name) == 0 and name[:2].lower() in project_key(name)


@pytest.mark.parametrize("heading", ["项目名称", "支出项目", "名称"])
def test_a_heading_by_itself_is_no_project(heading: str) -> None:
    page = straight(CLEAN)
    headed = bend.inserted(page, bend.project_rows(page)[0], [bend.line(heading, None, None)])
    assert figures(read(headed)) == RIGHT[id(CLEAN)]


@pytest.mark.parametrize(
    ("before", "kind", "said"),
    [
        (6, 0, {"number_beside"}),
        (5, 0, {"number_beside"}),
        (3, 0, set()),
        (5, 2, {"text_beside"}),
        (3, 1, {"text_beside"}),
    ],
)
def test_a_column_without_a_heading_is_named_where_it_is_more_than_an_ordinal(
    before: int, kind: int, said: set[str]
) -> None:
    reading = read(bend.column_between(straight(CLEAN), before, "", kind))
    assert figures(reading) == RIGHT[id(CLEAN)]
    assert kinds(reading) == said


@pytest.mark.parametrize("below", [True, False])
@pytest.mark.parametrize("merged", [True, False])
def test_a_column_that_groups_projects_beside_their_names_is_no_name(merged: bool, below: bool) -> None:
    page = straight(CLEAN)
    rows = bend.project_rows(page)
    moved = page.map(
        lambda c: (
            type(c)(c.row, bend.SOURCE, c.value, c.where) if c.row in rows and c.column == bend.NAME else c
        )
    )
    marks = [(rows[0], rows[2], "专项类"), (rows[3], rows[-1], "公用类")]
    cells = [Cell(first, bend.NAME, text, None, "", last if merged else 0) for first, last, text in marks]
    if below:
        cells += (
            [Cell(row, bend.NAME, text) for first, last, text in marks for row in range(first + 1, last + 1)]
            if not merged
            else []
        )
    assert figures(read(Page("表", (*moved.cells, *cells)))) == RIGHT[id(CLEAN)]


def differing() -> Iterator[tuple[str, Page]]:
    page = straight(CLEAN)
    for n, style in ((0, 0), (2, 1)):
        grouped = bend.groups(page, (3,), style, True)
        row = min(bend.project_rows(grouped)) - 1
        yield (
            f"group {n}",
            grouped.map(
                lambda c, r=row: (
                    c
                    if (c.row, c.column) != (r, bend.FULL)
                    else type(c)(c.row, c.column, c.value + Decimal(9))
                )  # type: ignore[operator]
            ),
        )


@pytest.mark.parametrize(("name", "page"), list(differing()))
def test_a_group_that_is_not_the_sum_of_its_rows_is_an_error_and_no_project(name: str, page: Page) -> None:
    reading = read_bytes(workbook_bytes((page,)))
    found = [
        e.finding
        for e in check_readings([reading], Settings(), Inputs()).located
        if e.finding.severity == "error"
    ]
    assert [f.code for f in found] == ["ST06"]
    assert figures(reading.readings[0]) == RIGHT[id(CLEAN)]
