"""What the rows of a form have in common, and what it tells of a row that is off or not listed."""

from __future__ import annotations

import pytest

from checks.localisation import habit
from checks.localisation.linear import Linear, System, system

FEN = 1_000_000
REGULAR = [("60.06", "120.12"), ("55.55", "111.1"), ("21.45", "42.9"), ("15.03", "33.4"), ("30.15", "67")]
"""Half-year plans of 50, 50, 50, 45 and 45 per cent."""


def fen(text: str) -> int:
    whole, _, decimals = text.partition(".")
    return int(whole) * FEN + int(decimals.ljust(6, "0") or 0)


def form(rows: list[tuple[str, str]]) -> tuple[System, list[tuple[str, str]]]:
    """Return a form of rows (half, full) whose totals hold, and the keys of its rows."""
    keys = [(f"h{n}", f"f{n}") for n in range(len(rows))]
    values: dict[str, int | None] = {}
    for (half, full), (h, f) in zip(keys, rows, strict=True):
        values |= {half: fen(h), full: fen(f)}
    orders = [Linear("AR06", ((half, 1), (full, -1)), False, 0) for half, full in keys]
    made = system(values, orders)
    return made, keys


def told(rows: list[tuple[str, str]]) -> habit.Habit | None:
    made, keys = form(rows)
    return habit.habit_of(made, keys)


@pytest.mark.parametrize(
    ("half", "full", "regular"),
    [("50", "100", True), ("60.06", "120.12", True), ("60.07", "120.12", False), ("0", "100", True), ("15.03", "33.4", True),
     ("100", "50", False), ("1", "0", False)],
)  # fmt: skip
def test_a_whole_per_cent_is_exact_to_the_hundredth(half: str, full: str, regular: bool) -> None:
    assert habit.is_regular(fen(half), fen(full)) is regular


def test_rows_with_a_habit_have_it_and_others_do_not() -> None:
    known = told(REGULAR)
    assert known is not None and known.exact
    assert known.low < 0.45 and known.high > 0.5
    assert (
        told(
            [("11.11", "98.76"), ("80.03", "98.76"), ("3.17", "98.76"), ("60.06", "98.76"), ("41.3", "98.76")]
        )
        is None
    )
    assert told([("400", "800"), ("50", "100")]) is None, "of round amounts nothing can be told"


def test_a_row_that_is_off_is_likelier_wrong_than_one_that_is_not() -> None:
    made, keys = form([*REGULAR[:-1], ("30.15", "97")])
    known = habit.habit_of(made, keys)
    made = System(made.keys, made.amounts, made.blanks, made.rows, made.rows_of, made.origin, habit=known)
    off, sound = made.keys.index("f4"), made.keys.index("f0")
    assert habit.factor(made, {off: fen("67")}) > 1
    assert habit.factor(made, {sound: fen("90.12")}) < 1
    assert habit.factor(made, {}) == 1


@pytest.mark.parametrize(
    ("half", "full", "alike"),
    [("50.05", "100.1", True), ("50.06", "100.1", False), ("0", "100.1", True), ("1.5", "3", False), ("500", "1000", True),
     ("10.01", "100.1", False)],
)  # fmt: skip
def test_a_row_that_is_not_listed_must_be_like_the_others(half: str, full: str, alike: bool) -> None:
    made, keys = form(REGULAR)
    known = habit.habit_of(made, keys)
    made = System(made.keys, made.amounts, made.blanks, made.rows, made.rows_of, made.origin, habit=known)
    rows = [(made.keys.index(h), made.keys.index(f)) for h, f in keys]
    assert habit.is_alike(made, fen(half), fen(full), rows) is alike
