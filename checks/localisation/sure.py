"""When an explanation is the answer and not one of several: the criterion stands at the head of `checks.localisation.localise`."""

from __future__ import annotations

from collections.abc import Sequence

from checks.declared.budget import FEN_PER_WAN
from checks.localisation.habit import is_kept
from checks.localisation.linear import System, moved
from checks.localisation.moves import Supported
from checks.localisation.plans import Plan
from checks.localisation.search import Found
from checks.localisation.slips import KINDS
from checks.localisation.weigh import Option

SURE_WEIGHT = 3e-4
SURE_SHARE = 0.95
CLEAR_WEIGHT = 1e-2
"""Weight of a slip so plain that a sum it explains needs no other cause."""


def stands(form: System, move: Supported, best: Plan, plans: Sequence[Plan]) -> bool:
    """Return whether a slip in several cells may be called the answer.

    What it leaves broken must have a clear slip of its own, or, where no sum speaks for it, be mended by another slip in
    several cells, and it must leave its rows as the form's habit has them; a row that is not listed must have both amounts like those listed and their habit, neither
    of its sums a clear slip that would explain it alone, and nothing else wrong in the rows it stands among.
    """
    rest = [found for found in best.found if not set(found.broken).isdisjoint(move.left)]
    if any(_heaviest(found) < SURE_WEIGHT for found in rest):
        return False
    if rest and move.fixed and not any(form.rows[number].equal for number in move.fixed):
        return False
    if move.move.added is None:
        return bool(move.move.line) or is_kept(form, move.move.changes)
    among = {cell for number in move.fixed for cell, _ in form.rows[number].terms}
    if any(
        cell in among
        for found in best.found
        for number in found.broken
        for cell, _ in form.rows[number].terms
    ):
        return False
    alone = [
        found
        for plan in plans
        if not plan.moves
        for found in plan.found
        if set(found.broken) <= set(move.fixed)
    ]
    plausible = move.move.alike and move.move.added[0] > 0 and move.weight >= KINDS["row_missing"].weight
    return plausible and all(_heaviest(found) < CLEAR_WEIGHT for found in alone)


def _heaviest(found: Found) -> float:
    return max((option.weight for option in found.options if option.explained), default=0.0)


def is_single(form: System, found: Found, options: Sequence[Option]) -> bool:
    """Return whether the first option is the answer; the criterion stands at the head of the module."""
    if not options or not options[0].determined:
        return False
    best = options[0]
    sure = best.explained and best.weight >= SURE_WEIGHT
    if not sure and _is_loose(form, found, best):
        return False
    if len(options) == 1 and len(best.cells) == 1:
        return sure or _backed(form, best.cells[0])
    return (
        sure
        and "left_out" not in best.slips
        and best.weight >= SURE_SHARE * sum(option.weight for option in options)
    )


def _is_loose(form: System, found: Found, option: Option) -> bool:
    """Return whether a repair makes a broken sum hold within rounding only."""
    pairs = zip(option.cells, option.news, strict=True)
    after = moved(form, {cell: (new or 0) - form.amounts[cell] for cell, new in pairs})
    return any(after.rows[number].equal and after.rows[number].residual for number in found.broken)


def _backed(form: System, cell: int) -> bool:
    """Return whether a cell's amount is sure without a slip: two sums ask for it, or one of sound amounts."""
    asking = [
        number for number, _ in form.rows_of[cell] if form.rows[number].broken and form.rows[number].equal
    ]
    if len(asking) != 1:
        return len(asking) > 1
    if may_be_rounded(form, asking[0]):
        return False
    others = [other for other, _ in form.rows[asking[0]].terms if other != cell and form.amounts[other]]
    return all(
        any(form.rows[number].equal and not form.rows[number].broken for number, _ in form.rows_of[other])
        for other in others
    )


def may_be_rounded(form: System, number: int) -> bool:
    """Return whether a sum's total is a whole number of 万元 over parts that are not."""
    row = form.rows[number]
    fractional = any(form.amounts[cell] % FEN_PER_WAN for cell, _ in row.terms if cell != row.total)
    return row.total >= 0 and form.amounts[row.total] % FEN_PER_WAN == 0 and fractional
