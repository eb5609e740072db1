"""The classes of a sum's difference, on their edges, and the array version against the plain one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.declared.tolerance import relation_slack, rounding_slack, tolerance_class, tolerance_classes

WAN = 1_000_000
HALVES = [WAN + 500_000] * 4


@pytest.mark.parametrize(
    ("off", "addends", "expected"),
    [
        (0, HALVES, "equal"),
        (5_000, HALVES, "equal"),
        (5_001, HALVES, "rounding"),
        (25_000, HALVES, "rounding"),
        (25_001, HALVES, "integer"),
        (500_000, HALVES, "integer"),
        (500_001, HALVES, "broken"),
        (10_000, HALVES[:0], "rounding"),
        (10_001, HALVES[:0], "broken"),
        (25_001, [WAN * 3 // 2 * 2] * 4, "broken"),
    ],
)
@pytest.mark.parametrize("sign", [1, -1])
def test_edges(off: int, addends: list[int], expected: str, sign: int) -> None:
    stated = 6 * WAN
    assert tolerance_class(stated, stated + sign * off, addends) == expected


def test_only_a_whole_total_is_rounded_to_whole_amounts() -> None:
    assert tolerance_class(6 * WAN + 100_000, 6 * WAN + 400_000, HALVES) == "broken"


def test_published_half_year_total_is_broken() -> None:
    assert tolerance_class(2268 * WAN, 2268_850_000, [109_350_000, *[0] * 19]) == "broken"


def test_slack_covers_a_quiet_whole_total_and_no_more() -> None:
    assert relation_slack(6 * WAN, 6 * WAN + 300_000, HALVES) == 500_000
    assert relation_slack(6 * WAN, 6 * WAN + 900_000, HALVES) == rounding_slack(4) == 25_000


AMOUNTS = st.integers(-(10**6), 10**6).map(lambda number: number * 2_500)


@given(
    st.lists(st.tuples(AMOUNTS, st.integers(-600_000, 600_000), st.lists(AMOUNTS, max_size=5)), min_size=1)
)
def test_arrays_agree_with_single_relations(rows: list[tuple[int, int, list[int]]]) -> None:
    stated = np.array([row[0] for row in rows])
    computed = np.array([row[0] + row[1] for row in rows])
    addends = np.array([len(row[2]) for row in rows])
    fractional = np.array([any(amount % WAN for amount in row[2]) for row in rows])
    expected = [tolerance_class(row[0], row[0] + row[1], row[2]) for row in rows]
    assert tolerance_classes(stated, computed, addends, fractional).tolist() == expected
