"""What a slip of the hand explains: from the typed amount and the amount the sums ask for, the slip.

Each slip has a weight: roughly how often a hand that meant `new` leaves `old`, in slips a cell. Weights
only rank; they were set from how people type, not fitted to samples. Four facts shape them.

- A digit slip is counted per keystroke, so a long number is not less likely to hold one than a short one.
- A total's true amount is given by its parts, an addend's is not. An addend that turns out to be something
  plainer than what stands there is likelier than one that needs more digits (`plainness`).
- A blank, a zero, or a copy of the neighbour column says nothing about the true amount: each would explain
  any difference. As many such cells are right as they are, the weight is low.
- Totals are worked out apart from their parts and go stale: between equal explanations the total is
  likelier (`TOTAL_PRIOR`).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from checks.declared.budget import FEN_PER_WAN
from checks.localisation.digits import (
    FINEST_PLACE,
    Typed,
    coarsened,
    keystrokes,
    missing,
    mistyped,
    superfluous,
    swapped,
    typed,
)

Key = Hashable


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of slip: its weight, and how it is said; templates take cell, old, new and line."""

    weight: float
    zh: str
    en: str


KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        "decimals_dropped": Kind(5e-2, "漏填了小数部分", "the decimals were left out"),
        "rounded": Kind(3e-2, "四舍五入时舍去了小数", "the decimals were rounded away"),
        "times_10": Kind(3e-2, "放大了10倍", "ten times too large"),
        "over_10": Kind(2e-2, "缩小为十分之一", "a tenth of the amount"),
        "times_100": Kind(
            1e-2, "放大了100倍，疑似漏了小数点", "a hundred times too large: decimal point left out"
        ),
        "over_100": Kind(5e-3, "缩小为百分之一", "a hundredth of the amount"),
        "times_1000": Kind(
            3e-3, "放大了1000倍，疑似小数点与千分位混淆", "decimal point taken for a thousands mark"
        ),
        "over_1000": Kind(
            3e-3, "缩小为千分之一，疑似千分位误作小数点", "thousands mark taken for a decimal point"
        ),
        "yuan": Kind(3e-2, "疑似以元为单位填列", "given in yuan, not in 万元"),
        "over_10000": Kind(3e-3, "单位换算多除了一次10000", "divided by 10,000 once too often"),
        "digits_swapped": Kind(4e-3, "相邻两位数字颠倒", "two neighbouring digits are swapped"),
        "digit_missing": Kind(4e-3, "漏打一位数字", "a digit is missing"),
        "digit_doubled": Kind(3e-3, "一位数字重复", "a digit was typed twice"),
        "digit_extra": Kind(5e-4, "多打一位数字", "a digit too many"),
        "digit_mistyped": Kind(1e-3, "一位数字打错", "one digit is wrong"),
        "sign": Kind(2e-2, "正负号相反", "the sign is the wrong way round"),
        "blank": Kind(2e-5, "应填金额而未填", "an amount belongs here and was left out"),
        "zero": Kind(2e-6, "应填金额而填了0", "an amount belongs here and 0 was given"),
        "surplus": Kind(2e-4, "不应填金额而填了金额", "an amount stands where none belongs"),
        "left_out": Kind(5e-2, "合计漏加“{line}”", 'the total leaves out "{line}"'),
        "counted_twice": Kind(2e-2, "合计重复计入“{line}”", 'the total counts "{line}" twice'),
        "neighbour_column": Kind(4e-5, "疑似误填为相邻栏的金额", "holds the amount of the neighbour column"),
        "columns_swapped": Kind(2e-2, "两栏金额互换", "the amounts of the two columns are swapped"),
        "rows_swapped": Kind(2e-2, "两行金额互换", "the amounts of the two lines are swapped"),
        "row_shifted": Kind(2e-3, "金额错行", "the amounts stand one line off"),
        "row_missing": Kind(1e-4, "漏列一个项目", "a project is not listed"),
        "row_twice": Kind(1e-2, "重复列示", "listed twice"),
        "row_surplus": Kind(1e-4, "合计未计入", "not in the totals"),
        "follows": Kind(3e-1, "由填错的明细汇总得出", "was added up from the wrong line"),
    }
)
UNEXPLAINED = 1e-7
"""Weight of an addend that no slip explains."""
UNEXPLAINED_TOTAL = 1e-5
"""Weight of a total that no slip explains: its parts were changed and it was not."""
TOTAL_PRIOR = 3.0
FINER = 1e-2
"""Share of weight left to a true amount with digits below 0.01 万元 where the typed one has none, or that lost digits when it was made smaller."""
EMPTY_TOTAL = 2e-2
"""Weight of a total that was left blank or 0 while its parts carry amounts."""
DROPPED_TO_ZERO = 1e-3
"""Weight of lost decimals that leave 0: most zeros are meant."""
COPIED = 1e-2
"""Weight of a cell with its neighbour column's amount where the true amount is no surprise: a total, or 0."""

MOST_LOST = 100
"""Hundredths of 万元 that must be left of an amount made smaller, for what is left of its digits to tell anything."""

SCALES: tuple[tuple[str, int, int], ...] = (
    ("yuan", 10_000, 1), ("times_10", 10, 1), ("times_100", 100, 1), ("times_1000", 1_000, 1),
    ("over_10", 1, 10), ("over_100", 1, 100), ("over_1000", 1, 1_000), ("over_10000", 1, 10_000),
)  # fmt: skip
"""The slips of scale: the true amount is the typed one divided by the second and times the third number."""
_SMALLER = {code: lower for code, upper, lower in SCALES if upper == 1}
_PLAINNESS: dict[int, float] = {
    fewer: max(0.03, min(3.0, math.sqrt(10) ** fewer)) for fewer in range(-40, 41)
}


@dataclass(frozen=True, slots=True)
class Context:
    """What is known of a cell besides its amount.

    `total`: it is worked out from other cells. `addends`: those cells and their amounts in fen, where
    the sum is broken. `neighbours`: the amounts of the same row in the other columns.
    """

    total: bool = False
    addends: tuple[tuple[Key, int], ...] = ()
    neighbours: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Slip:
    """A slip that explains a cell: its code (of `KINDS`), the true amount, its weight, the row it names."""

    code: str
    new: int
    weight: float
    line: Key | None = None


PLAIN = Context()


def explain(old: int | None, new: int, context: Context = PLAIN) -> Slip | None:
    """Return the likeliest slip that leaves `old` (None: blank) where `new` was meant, or None."""
    found = candidates(old, new, new, new, context)
    return found[0] if found else None


def wording(code: str, lang: str = "zh") -> str:
    """Return the template of a slip in `zh` or `en`; it may hold {line}, the row a total slipped over."""
    kind = KINDS[code]
    return kind.zh if lang == "zh" else kind.en


def candidates(
    old: int | None, low: int, high: int, exact: int | None, context: Context = PLAIN
) -> tuple[Slip, ...]:
    """Return every slip that puts the true amount within [low, high] fen, likeliest first.

    `exact` is the amount the sums ask for, if they ask for one: a slip that says nothing about the true
    amount (lost decimals, a blank) is taken to have stood for that. One slip an amount, its best.
    """
    best: dict[int, Slip] = {}
    for code, new, weight, line in _all(old, low, high, exact, context):
        if new not in best or best[new].weight < weight:
            best[new] = Slip(code, new, weight, line)
    return tuple(sorted(best.values(), key=lambda slip: (-slip.weight, abs(slip.new - (old or 0)))))


_Found = tuple[str, int, float, Key | None]


def _all(old: int | None, low: int, high: int, exact: int | None, context: Context) -> Iterator[_Found]:
    if not old:
        yield from _empty(old, exact, context)
    length, whole_cents = keystrokes(old or 0), (old or 0) % FINEST_PLACE == 0
    for code, new in _hand(old or 0, low, high, exact):
        weight = KINDS[code].weight * (TOTAL_PRIOR if context.total else _PLAINNESS[length - keystrokes(new)])
        lost = code in _SMALLER and old and abs(new) != abs(old) * _SMALLER[code]
        finer = whole_cents and new % FINEST_PLACE
        yield code, new, weight * (FINER if finer or lost else 1.0), None
    if old and exact == 0 and not context.total:
        yield "surplus", 0, KINDS["surplus"].weight, None
    if context.total and context.addends:
        yield from _lines(old or 0, low, high, context.addends)
    if exact is not None and old and old in context.neighbours:
        known = context.total or exact == 0
        yield "neighbour_column", exact, COPIED if known else KINDS["neighbour_column"].weight, None


def _empty(old: int | None, exact: int | None, context: Context) -> Iterator[_Found]:
    if exact:
        code = "blank" if old is None else "zero"
        yield code, exact, EMPTY_TOTAL if context.total else KINDS[code].weight, None
        if old == 0 < exact < FEN_PER_WAN:
            yield "decimals_dropped", exact, DROPPED_TO_ZERO, None


def _hand(old: int, low: int, high: int, exact: int | None) -> Iterator[tuple[str, int]]:
    """Yield what the hand did: scale, sign, decimals and digits; nothing for a cell without an amount."""
    if old and low <= -old <= high:
        yield "sign", -old
    if old <= 0:
        return
    yield from _scaled(old, low, high)
    number = typed(old)
    if exact is not None:
        lost = coarsened(number, exact)
        if lost:
            yield ("decimals_dropped" if lost == "cut" else "rounded"), exact
        yield from _scaled_and_rounded(old, exact)
    yield from _digits(number, max(low, 0), high)


def _scaled(old: int, low: int, high: int) -> Iterator[tuple[str, int]]:
    for code, upper, lower in SCALES:
        if low <= old * lower // upper <= high and old * lower % upper == 0:
            yield code, old * lower // upper


def _scaled_and_rounded(old: int, exact: int) -> Iterator[tuple[str, int]]:
    """Yield an amount made smaller by a factor of which the digits below 0.01 万元 were lost."""
    for code, _, lower in SCALES:
        if lower > 1 and exact % (lower * FINEST_PLACE) and old >= MOST_LOST * FINEST_PLACE:
            cut = exact // (lower * FINEST_PLACE) * FINEST_PLACE
            if old == cut or abs(exact - old * lower) * 2 <= lower * FINEST_PLACE:
                yield code, exact


def _digits(number: Typed, low: int, high: int) -> Iterator[tuple[str, int]]:
    for new in mistyped(number, low, high):
        yield "digit_mistyped", new
    for new in swapped(number, low, high):
        yield "digits_swapped", new
    for new in missing(number, low, high):
        yield "digit_missing", new
    for new, doubled in superfluous(number, low, high):
        yield ("digit_doubled" if doubled else "digit_extra"), new


def _lines(old: int, low: int, high: int, addends: tuple[tuple[Key, int], ...]) -> Iterator[_Found]:
    """Yield a total that left a line out or counted it twice; no line is named if several would do."""
    least, most = low - old, high - old
    for code, sign in (("left_out", 1), ("counted_twice", -1)):
        weight = KINDS[code].weight * TOTAL_PRIOR / len(addends)
        fitting = [(key, amount) for key, amount in addends if amount and least <= sign * amount <= most]
        alike = Counter(amount for _, amount in fitting)
        for key, amount in fitting:
            yield code, old + sign * amount, weight * alike[amount], key if alike[amount] == 1 else None


def plainness(old: int, new: int) -> float:
    """Return how much likelier an addend of `new` is beforehand than one of `old`: a third for a keystroke more."""
    return _PLAINNESS[keystrokes(old) - keystrokes(new)]
