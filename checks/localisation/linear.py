"""Linear relations between the cells of one form, and how far each cell may move before one breaks.

Cells are any hashable keys, amounts integer fen. Everything is exact: with coefficients of 1 and -1,
whether one or two cells can repair a set of relations is a question of comparing integers.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

Key = Hashable

FAR = 1 << 80
"""Further than any amount; stands for no bound."""


@dataclass(frozen=True, slots=True)
class Linear:
    """The sum of coefficient x cell is 0 within `slack` fen (`equal`), or at most `slack` fen.

    half <= full is ((half, 1), (full, -1)), not negative is ((cell, -1),), both with `equal=False`.
    Coefficients are 1 or -1.
    """

    code: str
    terms: tuple[tuple[Key, int], ...]
    equal: bool = True
    slack: int = 0


class LinearRow(NamedTuple):
    """A relation on numbered cells: its terms, what it comes to now, and whether that breaks it.

    `total` is the cell that a sum of three or more cells sets apart, by its sign, from all others;
    -1 if there is none.
    """

    terms: tuple[tuple[int, int], ...]
    equal: bool
    slack: int
    residual: int
    broken: bool
    total: int


class Span(NamedTuple):
    """The changes [low, high] in fen that a cell may undergo; empty if low > high."""

    low: int
    high: int


ANYWHERE = Span(-FAR, FAR)


class Habit(NamedTuple):
    """What the rows of a form have in common (`checks.localisation.habit`).

    `pairs`: for each cell of a row with two amounts its (half, full) cells. `exact`: half-year plans are a whole per cent
    of the year's budget. `low`, `high`: between them lies half over full of nearly every row.
    """

    pairs: Mapping[int, tuple[int, int]]
    exact: bool
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class System:
    """The relations of one form over cells numbered 0..n-1 in order of appearance.

    `amounts`: fen, a blank is 0. `rows_of`: for each cell the (row, coefficient) it stands in.
    `origin`: for each row its position in the relations given; relations with an unknown cell are left out.
    """

    keys: tuple[Key, ...]
    amounts: tuple[int, ...]
    blanks: frozenset[int]
    rows: tuple[LinearRow, ...]
    rows_of: tuple[tuple[tuple[int, int], ...], ...]
    origin: tuple[int, ...]
    spans: dict[tuple[int, bool, tuple[int, ...]], Span] = field(
        default_factory=dict, repr=False, compare=False
    )
    """What `freedom` has worked out already."""
    habit: Habit | None = field(default=None, repr=False, compare=False)
    """What the rows have in common, if anything."""

    @property
    def broken(self) -> list[int]:
        """Return the numbers of the rows that do not hold."""
        return [number for number, row in enumerate(self.rows) if row.broken]

    def old(self, cell: int) -> int | None:
        """Return what a cell holds, None for a blank."""
        return None if cell in self.blanks else self.amounts[cell]


def system(values: Mapping[Key, int | None], relations: Sequence[Linear]) -> System:
    """Number the cells of the relations; a relation with a cell that is not in `values` is left out.

    Raises ValueError for a coefficient other than 1 and -1 and for a cell that stands twice in a relation.
    """
    numbers: dict[Key, int] = {}
    amounts: list[int] = []
    rows: list[LinearRow] = []
    rows_of: list[list[tuple[int, int]]] = []
    origin: list[int] = []
    for position, relation in enumerate(relations):
        terms = _numbered(relation, values, numbers, amounts, rows_of)
        if terms is None:
            continue
        for cell, coefficient in terms:
            rows_of[cell].append((len(rows), coefficient))
        rows.append(_row(relation, terms, amounts))
        origin.append(position)
    blanks = frozenset(number for key, number in numbers.items() if values[key] is None)
    return System(
        tuple(numbers), tuple(amounts), blanks, tuple(rows), tuple(map(tuple, rows_of)), tuple(origin)
    )


def _numbered(
    relation: Linear,
    values: Mapping[Key, int | None],
    numbers: dict[Key, int],
    amounts: list[int],
    rows_of: list[list[tuple[int, int]]],
) -> tuple[tuple[int, int], ...] | None:
    """Return a relation's terms over numbered cells, numbering the new ones; None if a cell is unknown."""
    terms: list[tuple[int, int]] = []
    for key, coefficient in relation.terms:
        number = numbers.get(key)
        if number is None:
            if key not in values:
                return None
            number = numbers[key] = len(amounts)
            amounts.append(values[key] or 0)
            rows_of.append([])
        terms.append((number, coefficient))
    return tuple(terms)


def _row(relation: Linear, terms: tuple[tuple[int, int], ...], amounts: Sequence[int]) -> LinearRow:
    residual = 0
    for cell, coefficient in terms:
        if coefficient not in (1, -1):
            raise ValueError(
                f"{relation.code}: coefficient {coefficient}, only 1 and -1 can be searched exactly"
            )
        residual += amounts[cell] * coefficient
    if len(terms) == 1:
        return LinearRow(terms, relation.equal, relation.slack, residual, _breaks(relation, residual), -1)
    if len({cell for cell, _ in terms}) < len(terms):
        raise ValueError(f"{relation.code}: a cell stands twice in one relation")
    total = _set_apart(terms) if relation.equal and len(terms) > 2 else -1
    return LinearRow(terms, relation.equal, relation.slack, residual, _breaks(relation, residual), total)


def _breaks(relation: Linear, residual: int) -> bool:
    return residual > relation.slack or (relation.equal and residual < -relation.slack)


def _set_apart(terms: tuple[tuple[int, int], ...]) -> int:
    sides = ([cell for cell, sign in terms if sign > 0], [cell for cell, sign in terms if sign < 0])
    return next((side[0] for side in sides if len(side) == 1), -1)


def moved(form: System, changes: Mapping[int, int], shifts: Mapping[int, int] | None = None) -> System:
    """Return the form with cells changed by so many fen; `shifts` move rows by what is none of their cells."""
    deltas = dict(shifts or {})
    for cell, change in changes.items():
        for number, coefficient in form.rows_of[cell]:
            deltas[number] = deltas.get(number, 0) + coefficient * change
    amounts = list(form.amounts)
    for cell, change in changes.items():
        amounts[cell] += change
    rows = tuple(
        row if number not in deltas else _again(row, deltas[number]) for number, row in enumerate(form.rows)
    )
    blanks = form.blanks - set(changes)
    return System(form.keys, tuple(amounts), blanks, rows, form.rows_of, form.origin, habit=form.habit)


def _again(row: LinearRow, delta: int) -> LinearRow:
    residual = row.residual + delta
    broken = residual > row.slack or (row.equal and residual < -row.slack)
    return row._replace(residual=residual, broken=broken)


def room(row: LinearRow, tight: bool) -> Span:
    """Return how far the sum of a row may move. `tight`: a broken equality must come to 0 exactly."""
    if not row.equal:
        return Span(-FAR, row.slack - row.residual)
    slack = 0 if tight and row.broken else row.slack
    return Span(-slack - row.residual, slack - row.residual)


def meet(first: Span, second: Span) -> Span:
    """Return what two spans have in common."""
    return Span(max(first.low, second.low), min(first.high, second.high))


def turned(span: Span, coefficient: int) -> Span:
    """Return the span of a change whose `coefficient` (1 or -1) multiple moves within `span`."""
    return span if coefficient > 0 else Span(-span.high, -span.low)


def freedom(form: System, cell: int, tight: bool, aside: tuple[int, ...] = ()) -> Span:
    """Return how a cell may change alone so that every row it stands in, but for those `aside`, holds."""
    known = form.spans.get((cell, tight, aside))
    if known is not None:
        return known
    span = ANYWHERE
    for number, coefficient in form.rows_of[cell]:
        if number not in aside:
            span = meet(span, turned(room(form.rows[number], tight), coefficient))
    form.spans[cell, tight, aside] = span
    return span


class Octagon(NamedTuple):
    """What two cells may do together: each alone, their sum, and the second less the first."""

    first: Span
    second: Span
    total: Span
    difference: Span

    def first_span(self) -> Span:
        """Return the changes of the first cell for which the second has one (exact over the integers)."""
        x, y, p, m = self
        if y.low > y.high or p.low > p.high or m.low > m.high:
            return Span(1, 0)
        low = max(x.low, p.low - y.high, y.low - m.high, -((m.high - p.low) // 2))
        high = min(x.high, p.high - y.low, y.high - m.low, (p.high - m.low) // 2)
        return Span(low, high)

    def second_span(self, change: int) -> Span:
        """Return the changes of the second cell once the first has changed by `change`."""
        _, y, p, m = self
        low = max(y.low, p.low - change, m.low + change)
        return Span(low, min(y.high, p.high - change, m.high + change))


def octagon(form: System, first: int, second: int, tight: bool) -> Octagon:
    """Return the changes of two cells of the form that keep every row with either of them."""
    total = difference = ANYWHERE
    other_sign = dict(form.rows_of[second])
    shared = tuple(number for number, _ in form.rows_of[first] if number in other_sign)
    for number, sign in form.rows_of[first]:
        if number in other_sign:
            span = turned(room(form.rows[number], tight), other_sign[number])
            if sign == other_sign[number]:
                total = meet(total, span)
            else:
                difference = meet(difference, span)
    return Octagon(
        freedom(form, first, tight, shared), freedom(form, second, tight, shared), total, difference
    )


def holds(form: System, changes: Mapping[int, int]) -> bool:
    """Return whether every row that a change touches holds once cells have changed by so many fen."""
    moved: dict[int, int] = {}
    for cell, change in changes.items():
        for number, coefficient in form.rows_of[cell]:
            moved[number] = moved.get(number, 0) + coefficient * change
    for number, move in moved.items():
        span = room(form.rows[number], tight=False)
        if not span.low <= move <= span.high:
            return False
    return True
