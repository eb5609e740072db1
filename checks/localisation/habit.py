"""What the rows of a form have in common: how much of a project's budget is planned by mid-year.

Many clerks work the half-year column out from the other, as a whole per cent of it or about the same share of each
project. Where the rows of a form show it, a row that is off gives itself away, an amount that would put it off is hardly
the true one, and a row that was left out must be like the others.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from checks.localisation.digits import FINEST_PLACE
from checks.localisation.linear import Habit, Key, System

FEWEST_EXACT, FEWEST_NEAR = 2, 5
"""Rows that tell anything, from which on plans of a whole per cent are a habit, and plans of about one share."""
SHARE_OF_ROWS = 0.6
"""Share of the telling rows that must be exact; slips in a form spoil a few."""
ENOUGH, NEARLY_ALL = 4, 0.9
"""Telling rows among which one that is off may be so for a reason, unless so many of them are not."""
TELLING, CLEAR = 3, 10
"""Amounts as fine between two whole per cents from which on it tells something, and much, that an amount is one of them."""
MOST_TELLING = 200.0
NEAR, ASIDE = 2.0, 1.25
"""How far apart shares may be that are about the same (a factor), and how far beside them one still is."""
ODD = 0.02
"""How often a row is off the habit of its form for a good reason."""
FURTHEST = 1e3
"""What the habit may make an explanation likelier or less likely."""


def habit_of(form: System, rows: Sequence[tuple[Key, Key]]) -> Habit | None:
    """Return what the rows of a form (half, full) have in common, None if it is nothing that tells right from wrong."""
    numbers = {key: number for number, key in enumerate(form.keys)} if rows else {}
    pairs = [(numbers[half], numbers[full]) for half, full in rows if half in numbers and full in numbers]
    amounts = [(form.amounts[half], form.amounts[full]) for half, full in pairs]
    planned = [(half, full) for half, full in amounts if half > 0 and full > 0]
    telling = [(half, full) for half, full in planned if _is_telling(half, full)]
    regular = sum(is_regular(half, full) for half, full in telling)
    exact = len(telling) >= FEWEST_EXACT and regular >= SHARE_OF_ROWS * len(telling)
    low, high = _band([half / full for half, full in planned])
    if not exact and high == math.inf:
        return None
    return Habit({cell: pair for pair in pairs for cell in pair}, exact, low, high)


def _band(shares: Sequence[float]) -> tuple[float, float]:
    """Return between what nearly all shares lie, if that is about the same; shares only rank, they are no amounts."""
    ordered, aside = sorted(shares), max(1, len(shares) // 10)
    if len(ordered) < FEWEST_NEAR or ordered[-1 - aside] > NEAR * ordered[aside]:
        return 0.0, math.inf
    return ordered[aside] / ASIDE, ordered[-1 - aside] * ASIDE


def _steps(full: int) -> float:
    """Return how many amounts of 0.01 万元 lie between two whole per cents of an amount."""
    return full / (100 * FINEST_PLACE)


def _is_fine(half: int, full: int) -> bool:
    """Return whether amounts go down to 0.01 万元: of round ones (420 of 800) hardly any is a whole per cent by design."""
    return bool(half % (10 * FINEST_PLACE) or full % (10 * FINEST_PLACE))


def _is_telling(half: int, full: int) -> bool:
    return _is_fine(half, full) and _steps(full) >= TELLING


def is_regular(half: int, full: int) -> bool:
    """Return whether a half-year plan is a whole per cent of the year's budget, to 0.01 万元."""
    if full <= 0 or not 0 <= half <= full:
        return False
    nearest = (200 * half + full) // (2 * full)
    return abs(100 * half - nearest * full) <= 50 * FINEST_PLACE


def factor(form: System, changes: Mapping[int, int]) -> float:
    """Return how much likelier the habit of a form makes it that cells should hold other amounts (fen by cell) than they do.

    That is how densely amounts of that kind lie where a form has the habit: those proposed over those that stand.
    """
    share, habit = 1.0, form.habit
    if habit is None:
        return share
    for half, full in {habit.pairs[cell] for cell in changes if cell in habit.pairs}:
        old = form.amounts[half], form.amounts[full]
        new = changes.get(half, old[0]), changes.get(full, old[1])
        share *= _density(habit, *new) / _density(habit, *old)
    return min(max(share, 1 / FURTHEST), FURTHEST)


def is_kept(form: System, changes: Mapping[int, int]) -> bool:
    """Return whether cells changed by so many fen leave their rows as the habit of the form has them."""
    habit = form.habit
    pairs = {habit.pairs[cell] for cell in changes if cell in habit.pairs} if habit else set()
    news = [tuple(form.amounts[cell] + changes.get(cell, 0) for cell in pair) for pair in pairs]
    return habit is None or all(_density(habit, half, full) > ODD for half, full in news)


def _density(habit: Habit, half: int, full: int) -> float:
    if not _is_near(habit, half, full):
        return ODD
    if not habit.exact or half <= 0 or not _is_fine(half, full):
        return 1.0
    return min(max(_steps(full), 1.0), MOST_TELLING) if is_regular(half, full) else ODD


def _is_near(habit: Habit, half: int, full: int) -> bool:
    return half <= 0 or (full > 0 and habit.low <= half / full <= habit.high)


def is_alike(form: System, half: int, full: int, rows: Sequence[tuple[int, int]]) -> bool:
    """Return whether a row that is not listed is like those that are: where they have a habit, it has it and none is off.

    A row so small that every plan is a whole per cent of it is not known to be. Among several rows one that is off may be
    so for a reason, and then the missing one may be as well; of two or three, or of very many, it more likely holds a slip.
    """
    habit = form.habit
    if habit is None:
        return True
    listed = [(h, f) for h, f in ((form.amounts[h], form.amounts[f]) for h, f in rows) if h > 0]
    if not all(_is_near(habit, h, f) for h, f in (*listed, (half, full))):
        return False
    telling = [is_regular(h, f) for h, f in listed if _is_telling(h, f)]
    some_off = len(telling) >= ENOUGH and sum(telling) < NEARLY_ALL * len(telling)
    if not habit.exact or some_off:
        return True
    known = not half or (_steps(full) >= CLEAR and (is_regular(half, full) or not _is_fine(half, full)))
    return all(telling) and known
