"""Slips of the hand: each by name, and as a law: what a finger does can be undone."""

from __future__ import annotations

import string

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from checks.localisation.digits import (
    coarsened,
    keystrokes,
    missing,
    mistyped,
    superfluous,
    swapped,
    typed,
)
from checks.localisation.slips import KINDS, Context, candidates, explain, wording
from tests.budget_forms import CENT, WAN, fen

PARTS = (("食堂", fen(100)), ("体检", fen(14.06)), ("补助", fen(218.7)))
TOTAL = Context(total=True, addends=PARTS)


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        (2268, 2268.85, "decimals_dropped"),
        (2269, 2268.85, "rounded"),
        (14, 14.06, "decimals_dropped"),
        (2187, 218.7, "times_10"),
        (21.87, 218.7, "over_10"),
        (21870, 218.7, "times_100"),
        (2_187_000, 218.7, "yuan"),
        (217.8, 218.7, "digits_swapped"),
        (2022.54, 2022.45, "digits_swapped"),
        (21.7, 218.7, "digit_missing"),
        (2118.7, 218.7, "digit_doubled"),
        (2198.7, 218.7, "digit_extra"),
        (248.7, 218.7, "digit_mistyped"),
        (-218.7, 218.7, "sign"),
        (0, 218.7, "zero"),
        (218.7, 0, "surplus"),
    ],
)
def test_slip_is_named(old: float, new: float, code: str) -> None:
    found = explain(fen(old), fen(new))
    assert found is not None and found.code == code and found.new == fen(new)


@pytest.mark.parametrize(("old", "new"), [(218.7, 300.15), (11.8, 10.95), (218.7, -5)])
def test_what_no_slip_explains_stays_unexplained(old: float, new: float) -> None:
    assert explain(fen(old), fen(new)) is None


def test_a_total_leaves_out_or_doubles_a_line() -> None:
    whole = sum(amount for _, amount in PARTS)
    left_out = explain(whole - fen(14.06), whole, TOTAL)
    doubled = explain(whole + fen(218.7), whole, TOTAL)
    assert left_out is not None and (left_out.code, left_out.line) == ("left_out", "体检")
    assert doubled is not None and (doubled.code, doubled.line) == ("counted_twice", "补助")


def test_two_lines_of_one_amount_are_not_told_apart() -> None:
    context = Context(total=True, addends=(("a", fen(29)), ("b", fen(29)), ("c", fen(311.17))))
    found = explain(fen(340.17), fen(369.17), context)
    assert found is not None and (found.code, found.line) == ("left_out", None)


def test_a_blank_and_a_copy_of_the_neighbour_column() -> None:
    blank = explain(None, fen(218.7))
    copy = explain(fen(500), fen(223.17), Context(neighbours=(fen(500),)))
    assert blank is not None and blank.code == "blank"
    assert copy is not None and copy.code == "neighbour_column"


def test_likelier_slips_come_first_and_an_amount_comes_once() -> None:
    found = candidates(fen(2187), 0, fen(10**5), None)
    assert [slip.weight for slip in found] == sorted((slip.weight for slip in found), reverse=True)
    assert len({slip.new for slip in found}) == len(found)
    assert found[0].code == "times_10"


def test_every_slip_has_words_in_both_languages() -> None:
    for code in KINDS:
        for lang in ("zh", "en"):
            fields = {name for _, name, _, _ in string.Formatter().parse(wording(code, lang)) if name}
            assert fields <= {"line"}
            assert wording(code, lang)


def test_keystrokes() -> None:
    assert [keystrokes(fen(amount)) for amount in (0, 5, 180, 218.7, 0.05, 2022.45)] == [1, 1, 3, 4, 3, 6]


AMOUNTS = st.integers(1, 10**8).map(lambda cents: cents * CENT)
FAR = 10**20


def _text(amount: int) -> str:
    return f"{amount // CENT / 100:.2f}".rstrip("0").rstrip(".")


def _amount(text: str) -> int:
    whole, _, rest = text.partition(".")
    return int(whole or "0") * WAN + int(rest.ljust(6, "0")[:6])


@given(AMOUNTS, st.data())
def test_one_wrong_digit_is_undone(true: int, data: st.DataObject) -> None:
    text = _text(true)
    place = data.draw(st.sampled_from([index for index, sign in enumerate(text) if sign != "."]))
    wrong = _amount(text[:place] + data.draw(st.sampled_from(string.digits)) + text[place + 1 :])
    assume(wrong != true and len(_text(wrong)) == len(text))
    assert true in mistyped(typed(wrong), 0, FAR)
    assert true in mistyped(typed(wrong), true, true)


@given(AMOUNTS, st.data())
def test_two_swapped_digits_are_undone(true: int, data: st.DataObject) -> None:
    digits = f"{true // CENT:03d}"
    place = data.draw(st.integers(0, len(digits) - 2))
    crossed = digits[:place] + digits[place + 1] + digits[place] + digits[place + 2 :]
    wrong = int(crossed) * CENT
    assume(wrong != true and wrong and len(str(wrong)) == len(str(true)))
    # A zero that ends the decimals is not typed, so it cannot have been swapped with a zero before it.
    assume(typed(true).last <= typed(wrong).last * 10 and typed(wrong).last <= typed(true).last * 10)
    assert true in swapped(typed(wrong), 0, FAR)


@given(AMOUNTS, st.data())
def test_a_missing_digit_is_undone(true: int, data: st.DataObject) -> None:
    text = _text(true)
    place = data.draw(st.sampled_from([index for index, sign in enumerate(text) if sign != "."]))
    left = text[:place] + text[place + 1 :]
    assume(left not in ("", ".") and _amount(left) != true and _amount(left))
    assume(left[0] not in "0." and not (("." in left) and left.endswith(("0", "."))))
    assert true in missing(typed(_amount(left)), 0, FAR)


@given(AMOUNTS, st.data())
def test_a_digit_too_many_is_undone(true: int, data: st.DataObject) -> None:
    text = _text(true)
    place = data.draw(st.integers(0, len(text)))
    more = text[:place] + data.draw(st.sampled_from(string.digits)) + text[place:]
    wrong = _amount(more)
    assume(wrong != true and _text(wrong // CENT * CENT) == more)
    assert true in {new for new, _ in superfluous(typed(wrong), 0, FAR)}


@given(AMOUNTS)
def test_lost_decimals_are_recognised(true: int) -> None:
    assume(true % WAN and true > WAN)
    assert coarsened(typed(true // WAN * WAN), true) == "cut"


@given(st.integers(0, 10**14), st.integers(0, 10**14), st.integers(0, 10**12))
def test_nothing_outside_the_range_is_proposed(old: int, low: int, width: int) -> None:
    assert all(low <= slip.new <= low + width for slip in candidates(old, low, low + width, None))


@given(st.integers(-(10**14), 10**14), st.integers(-(10**14), 10**14))
def test_any_two_amounts_can_be_asked_about(old: int, new: int) -> None:
    found = explain(old, new)
    assert found is None or (found.new == new and found.weight > 0)
