"""How plausible it is that a cell is what is wrong: what the sums ask for meets the slips of the hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from checks.localisation.habit import factor
from checks.localisation.linear import Key, Span, System, freedom, holds
from checks.localisation.slips import (
    KINDS,
    SCALES,
    UNEXPLAINED,
    UNEXPLAINED_TOTAL,
    Context,
    Slip,
    candidates,
    plainness,
)

LOOSE_SHARE = 5e-3
"""Share of a slip's weight left if it repairs a sum only within rounding, not exactly."""
SPOILT_SHARE = 1e-3
"""Share left if a repair uses up the rounding of a sum that holds."""
CLEAR_SHARE = 0.9
"""Share of the weight of all amounts a cell could take, from which on the likeliest is proposed."""
TOGETHER = 0.3
"""How often a slip of scale, once made, was made in the whole row."""
SCALE_CODES = frozenset(code for code, _, _ in SCALES)

Pair = tuple[int, int]
"""The amounts of a row, half-year plan and year's budget, in fen."""

Beside = Mapping[int, tuple[int, ...]]
"""For each cell the cells of the same row in the other columns."""


@dataclass(frozen=True, slots=True)
class Option:
    """One set of cells that can repair the form; `news` holds None where no amount is proposed.

    `weight` ranks the set, all its amounts together. `slips` has a code a cell, "" if unexplained.
    `added`: the amounts of a row that is not listed.
    """

    cells: tuple[int, ...]
    news: tuple[int | None, ...]
    weight: float
    slips: tuple[str, ...]
    line: Key | None = None
    added: Pair | None = None

    @property
    def explained(self) -> bool:
        """Return whether a slip explains every change."""
        return all(self.slips)

    @property
    def determined(self) -> bool:
        """Return whether every change has a proposed amount."""
        return None not in self.news


class Guess(NamedTuple):
    """Amounts for the cells of a set, and what explains them."""

    news: tuple[int, ...]
    weight: float
    slips: tuple[str, ...]
    line: Key | None = None


def context_of(form: System, cell: int, beside: Beside) -> Context:
    """Return what a cell's own sums and neighbours tell about the slips it may hold."""
    addends: list[tuple[Key, int]] = []
    for number, _ in form.rows_of[cell]:
        row = form.rows[number]
        if row.broken and row.total == cell:
            addends += [(form.keys[other], form.amounts[other]) for other, _ in row.terms if other != cell]
    neighbours = (other for other in beside.get(cell, ()) if not _misses_its_sum(form, other))
    return Context(bool(addends), tuple(addends), tuple(form.amounts[other] for other in neighbours))


def _misses_its_sum(form: System, cell: int) -> bool:
    """Return whether a cell is a total that its parts contradict: that it equals another says nothing."""
    return any(
        form.rows[number].broken and form.rows[number].total == cell for number, _ in form.rows_of[cell]
    )


def single_option(form: System, cell: int, beside: Beside) -> Option | None:
    """Return the repair by one cell, or None if no amount in it makes all its relations hold."""
    loose = freedom(form, cell, tight=False)
    if loose.low > loose.high:
        return None
    tight = freedom(form, cell, tight=True)
    context = context_of(form, cell, beside)
    asked = _asked(form, cell, tight, loose)
    guesses = [
        Guess(
            (slip.new,),
            slip.weight * spoilt_share(form, {cell: slip.new - form.amounts[cell]}),
            (slip.code,),
            slip.line,
        )
        for slip in _demanded(form, cell, tight, loose, context)
    ]
    if asked is not None:
        weight = _unexplained(form.amounts[cell], asked, context.total)
        guesses.append(
            Guess((asked,), weight * spoilt_share(form, {cell: asked - form.amounts[cell]}), ("",))
        )
    return gathered(form, (cell,), guesses)


def _demanded(form: System, cell: int, tight: Span, loose: Span, context: Context) -> tuple[Slip, ...]:
    """Return the slips that repair a cell's sums exactly; failing that, those that do within rounding."""
    old = form.amounts[cell]
    if tight.low <= tight.high:
        exact = old + tight.low if tight.low == tight.high else None
        found = candidates(form.old(cell), old + tight.low, old + tight.high, exact, context)
        if found or tight == loose:
            return found
    wider = candidates(form.old(cell), old + loose.low, old + loose.high, None, context)
    # An amount made smaller lost digits: what it comes to by its factor is not what it was.
    known = (slip for slip in wider if tight.low != tight.high or not slip.code.startswith("over_"))
    return tuple(Slip(slip.code, slip.new, slip.weight * LOOSE_SHARE, slip.line) for slip in known)


def spoilt_share(form: System, changes: Mapping[int, int]) -> float:
    """Return the share of weight left to changes that move a sum that holds away from its total."""
    moved: dict[int, int] = {}
    for cell, change in changes.items():
        for number, coefficient in form.rows_of[cell]:
            moved[number] = moved.get(number, 0) + coefficient * change
    for number, move in moved.items():
        row = form.rows[number]
        if row.equal and not row.broken and abs(row.residual + move) > abs(row.residual):
            return SPOILT_SHARE
    return 1.0


def _asked(form: System, cell: int, tight: Span, loose: Span) -> int | None:
    """Return the amount the broken sums ask for; if they disagree within rounding, what the first asks."""
    if tight.low == tight.high:
        return form.amounts[cell] + tight.low
    for number, coefficient in form.rows_of[cell]:
        row = form.rows[number]
        if row.broken and row.equal:
            return form.amounts[cell] + min(max(-row.residual * coefficient, loose.low), loose.high)
    return None


def _unexplained(old: int, new: int, total: bool) -> float:
    return UNEXPLAINED_TOTAL if total else UNEXPLAINED * plainness(old, new)


def best_slip(form: System, cell: int, new: int, beside: Beside) -> Slip:
    """Return the likeliest slip for a cell whose true amount is known; its code is "" if there is none."""
    context = context_of(form, cell, beside)
    found = candidates(form.old(cell), new, new, new, context)
    return found[0] if found else Slip("", new, _unexplained(form.amounts[cell], new, context.total))


def gathered(form: System, cells: tuple[int, ...], guesses: list[Guess]) -> Option:
    """Gather the guesses at one set, weighed by the habit of the form's rows: the clear one is proposed, all count for the set."""
    if form.habit:
        guesses = [
            guess._replace(weight=guess.weight * factor(form, dict(zip(cells, guess.news, strict=True))))
            for guess in guesses
        ]
    if not guesses:
        return Option(cells, (None,) * len(cells), UNEXPLAINED ** len(cells), ("",) * len(cells))
    best = max(guesses, key=lambda guess: guess.weight)
    together = sum(guess.weight for guess in guesses)
    rivals = sum(guess.weight for guess in guesses if guess.news != best.news)
    if rivals > (1 - CLEAR_SHARE) * together:
        return Option(cells, (None,) * len(cells), together, best.slips)
    return Option(cells, best.news, together, best.slips, best.line)


def scaled_option(form: System, cells: tuple[int, ...]) -> Option | None:
    """Return the repair of a set whose amounts are all too large or too small by one factor, or None."""
    for code, upper, lower in SCALES:
        changes = {cell: form.amounts[cell] * lower // upper - form.amounts[cell] for cell in cells}
        if all(form.amounts[cell] * lower % upper == 0 for cell in cells) and holds(form, changes):
            news = tuple(form.amounts[cell] + changes[cell] for cell in cells)
            return Option(
                cells, news, KINDS[code].weight * TOGETHER ** (len(cells) - 1), (code,) * len(cells)
            )
    return None
