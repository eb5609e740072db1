"""Rectangles of cells are told apart, and cells found in them, as by looking at every cell; and quickly."""

from __future__ import annotations

import time

from hypothesis import given
from hypothesis import strategies as st

from etl.safe.areas import Area, apart, holding, size, within

CORNERS = st.lists(st.tuples(*[st.integers(1, 9)] * 4), max_size=14)


def areas_of(corners: list[tuple[int, ...]]) -> list[Area]:
    return [(min(a, c), min(b, d), max(a, c), max(b, d)) for a, b, c, d in corners]


def cells_of(area: Area) -> set[tuple[int, int]]:
    top, left, bottom, right = area
    return {(row, column) for row in range(top, bottom + 1) for column in range(left, right + 1)}


@given(CORNERS)
def test_areas_overlap_as_their_cells_do(corners: list[tuple[int, ...]]) -> None:
    kept, clashing, taken = [], [], set[tuple[int, int]]()
    for area in sorted(areas_of(corners)):
        if cells_of(area) & taken:
            clashing.append(area)
        else:
            kept.append(area)
            taken |= cells_of(area)
    assert apart(areas_of(corners)) == (kept, clashing)


@given(CORNERS, st.sets(st.tuples(st.integers(1, 10), st.integers(1, 10))))
def test_a_cell_lies_in_the_area_that_covers_it(
    corners: list[tuple[int, ...]], cells: set[tuple[int, int]]
) -> None:
    kept, _ = apart(areas_of(corners))
    expected = {cell: area for area in kept for cell in cells if cell in cells_of(area)}
    assert holding(areas_of(corners), cells) == expected


@given(CORNERS)
def test_an_area_that_is_cut_keeps_its_first_cell(corners: list[tuple[int, ...]]) -> None:
    for area, cut in zip(areas_of(corners), within(areas_of(corners), 4, 4), strict=True):
        assert cut[:2] == area[:2] and size(cut) == len(cells_of(cut))
        assert cells_of(cut) <= cells_of(area)


def test_a_hundred_thousand_areas_take_seconds() -> None:
    nested = [(1, 1, 100_000 - n, 9) for n in range(50_000)]
    rows = [(2 * n + 1, 20, 2 * n + 2, 30) for n in range(50_000)]
    before = time.perf_counter()
    kept, clashing = apart([*nested, *rows])
    found = holding([*nested, *rows], [(row, 25) for row in range(1, 100_000, 7)])
    assert (len(kept), len(clashing), len(found)) == (50_001, 49_999, 14_286)
    assert time.perf_counter() - before < 10
