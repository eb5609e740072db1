"""One slip of the hand in several cells: columns exchanged, a row or block off by one factor or one line, a row too few or too many.

The search by cells (`checks.localisation.search`) prefers few cells; a clerk makes few slips, and one slip may
spoil many cells. A move is such a slip undone. It counts only if it is *supported*: it breaks nothing and makes
some broken relation hold, a sum exactly.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from checks.localisation.digits import FINEST_PLACE
from checks.localisation.habit import is_alike
from checks.localisation.linear import FAR, Key, System, moved
from checks.localisation.slips import KINDS, SCALES
from checks.localisation.weigh import LOOSE_SHARE, TOGETHER, Beside, Option, Pair

UNLIKE_ROWS = 0.05
"""Share left to a row whose half-year part is unlike that of any row that is listed, or 0 where no other is."""
_SEEN_OTHERWISE = frozenset({"row_shifted", "row_twice", "columns_swapped"})
"""Slips that show by more than a sum: by orders, by a name that stands twice. What they leave must have causes of its own."""
MOST_BROKEN = 200
"""Broken relations of a form from which on it is wrong throughout, and no slip is looked for."""


@dataclass(frozen=True, slots=True)
class Hints:
    """What is known of a form besides its relations, by key; all may be empty.

    `rows`: the cells (half, full) of the listed rows in order, `names`: the key of each row's name, `columns`: cells
    that stand one below the other in the form, `blocks`: cells that one hand fills at one time. `most`: fen that no amount of the form exceeds.
    """

    rows: tuple[tuple[Key, Key], ...] = ()
    names: tuple[str, ...] = ()
    columns: tuple[tuple[Key, ...], ...] = ()
    blocks: tuple[tuple[Key, ...], ...] = ()
    most: int = FAR


@dataclass(frozen=True, slots=True)
class Move:
    """A slip undone: the change of each cell in fen, and for a row left out what it adds to which relation.

    `alike`: whether the row left out has the habit of those listed. `each`: every cell must stand in a sum that it makes hold.
    """

    code: str
    changes: Mapping[int, int]
    weight: float
    line: Key | None = None
    added: Pair | None = None
    alike: bool = True
    shifts: Mapping[int, int] = field(default_factory=dict)
    each: bool = False

    @property
    def key(self) -> tuple[object, ...]:
        """Return what tells two moves apart."""
        return (tuple(sorted(self.changes.items())), self.added)


@dataclass(frozen=True, slots=True)
class Supported:
    """A move with the relations that it makes hold, those it leaves broken, and the form after it."""

    move: Move
    fixed: tuple[int, ...]
    left: tuple[int, ...]
    weight: float
    after: System

    def option(self, form: System) -> Option:
        """Return the move as a way to repair the relations it makes hold."""
        cells = tuple(sorted(self.move.changes))
        news = tuple(form.amounts[cell] + self.move.changes[cell] for cell in cells)
        slips = (self.move.code,) * max(1, len(cells))
        return Option(cells, news, self.weight, slips, self.move.line, self.move.added)


def supported(form: System, beside: Beside, hints: Hints) -> list[Supported]:
    """Return the moves that the relations speak for, heaviest first, each once."""
    if not 0 < len(form.broken) <= MOST_BROKEN:
        return []
    best: dict[tuple[object, ...], Supported] = {}
    for move in _moves(form, beside, hints):
        if any(form.amounts[cell] + change > hints.most for cell, change in move.changes.items()):
            continue
        found = _support(form, move)
        if found is not None and (move.key not in best or best[move.key].weight < found.weight):
            best[move.key] = found
    return sorted(best.values(), key=lambda found: -found.weight)


def _support(form: System, move: Move) -> Supported | None:
    after = moved(form, move.changes, move.shifts)
    touched = {number for cell in move.changes for number, _ in form.rows_of[cell]} | set(move.shifts)
    fixed, left, weight = [], [], move.weight
    for number in sorted(touched):
        was, now = form.rows[number], after.rows[number]
        if now.broken and not was.broken:
            return None
        if was.broken and not now.broken:
            fixed.append(number)
            weight *= LOOSE_SHARE if was.equal and now.residual else 1.0
        elif now.broken:
            left.append(number)
    sums = {number for number in fixed if form.rows[number].equal}
    exact = any(not after.rows[number].residual for number in sums)
    if not (exact if left else sums) and move.code not in _SEEN_OTHERWISE:
        return None
    if not fixed and not (left and move.code == "row_twice"):
        return None
    if move.code == "row_shifted" and (left or len(fixed) < 2):
        return None
    if move.each and not all(
        any(number in sums for number, _ in form.rows_of[cell]) for cell in move.changes
    ):
        return None
    return Supported(move, tuple(fixed), tuple(left), weight, after)


def _moves(form: System, beside: Beside, hints: Hints) -> Iterator[Move]:
    yield from _columns_swapped(form, beside)
    yield from _scaled_rows(form, beside)
    yield from _scaled_breaches(form)
    numbers = {key: number for number, key in enumerate(form.keys)}
    yield from _listed(form, numbers, hints)
    for block in (*hints.columns, *hints.blocks):
        yield from _scaled_block(form, [numbers[key] for key in block if key in numbers])
    for column in hints.columns:
        if all(key in numbers for key in column):
            yield from _shifted(form, [numbers[key] for key in column])


def _exchanged(form: System, first: int, second: int) -> dict[int, int]:
    apart = form.amounts[second] - form.amounts[first]
    return {first: apart, second: -apart}


def _columns_swapped(form: System, beside: Beside) -> Iterator[Move]:
    """Yield the exchange of the two cells of a broken order that stand in one row."""
    for number in form.broken:
        row = form.rows[number]
        if not row.equal and len(row.terms) == 2:
            first, second = row.terms[0][0], row.terms[1][0]
            if second in beside.get(first, ()) and form.amounts[first] and form.amounts[second]:
                yield Move(
                    "columns_swapped", _exchanged(form, first, second), KINDS["columns_swapped"].weight
                )


def _scaled_rows(form: System, beside: Beside) -> Iterator[Move]:
    """Yield the rows of which both amounts are off by the one factor that a broken sum asks for."""
    for number in form.broken:
        row = form.rows[number]
        for cell, coefficient in row.terms if row.equal else ():
            others = [other for other in beside.get(cell, ()) if form.amounts[other]]
            new = form.amounts[cell] - coefficient * row.residual
            if others and form.amounts[cell] and new > 0:
                yield from _scaled(form, [cell, *others], form.amounts[cell], new, TOGETHER)


def _scaled_breaches(form: System) -> Iterator[Move]:
    """Yield all amounts that stand above another they may not exceed, off by one factor together."""
    broken = (form.rows[number] for number in form.broken)
    cells = [row.terms[0][0] for row in broken if not row.equal and len(row.terms) == 2]
    for _, upper, lower in SCALES if len(cells) > 1 else ():
        yield from _scaled(form, cells, upper, lower, TOGETHER ** (len(cells) - 1), each=True)


def _scaled(
    form: System, cells: Sequence[int], old: int, new: int, share: float, each: bool = False
) -> Iterator[Move]:
    """Yield the move of cells by the factor between two amounts, if that is one of a slip's and leaves no odd fen."""
    for code, upper, lower in SCALES:
        if abs(old * lower - new * upper) * 1000 <= abs(new * upper):
            news = {cell: form.amounts[cell] * lower // upper for cell in cells if form.amounts[cell]}
            if all(_is_typed(form.amounts[cell], amount, upper, lower) for cell, amount in news.items()):
                changes = {cell: amount - form.amounts[cell] for cell, amount in news.items()}
                yield Move(code, changes, KINDS[code].weight * share, each=each)


def _is_typed(old: int, new: int, upper: int, lower: int) -> bool:
    """Return whether an amount is exactly the other by a factor, and has no more decimals than are typed."""
    return new * upper == old * lower and (new % FINEST_PLACE == 0 or old % FINEST_PLACE != 0)


def _scaled_block(form: System, cells: Sequence[int]) -> Iterator[Move]:
    """Yield a whole block that is off by one factor against a total outside it, or against the parts of its total."""
    inside = set(cells)
    filled = [cell for cell in cells if form.amounts[cell]]
    for number in form.broken if len(filled) > 2 else ():
        row = form.rows[number]
        mine = sum(form.amounts[c] * sign for c, sign in row.terms if c in inside)
        rest = -sum(form.amounts[c] * sign for c, sign in row.terms if c not in inside)
        if row.equal and mine and rest and (mine > 0) == (rest > 0):
            yield from _scaled(form, filled, abs(mine), abs(rest), TOGETHER**2)


def _shifted(form: System, cells: Sequence[int]) -> Iterator[Move]:
    """Yield a column of amounts typed one line too low or too high, with nothing in the line left free."""
    if len(cells) < 3:
        return
    amounts = [form.amounts[cell] for cell in cells]
    for end, news in ((0, [*amounts[1:], 0]), (-1, [0, *amounts[:-1]])):
        if not amounts[end] and any(amounts):
            pairs = zip(cells, amounts, news, strict=True)
            changes = {cell: new - old for cell, old, new in pairs if new != old}
            yield Move("row_shifted", changes, KINDS["row_shifted"].weight)


def _listed(form: System, numbers: Mapping[Key, int], hints: Hints) -> Iterator[Move]:
    """Yield the row that is not listed, and the rows that are listed but not in the totals."""
    rows = [(numbers[h], numbers[f]) for h, f in hints.rows if h in numbers and f in numbers]
    if not rows or len(rows) < len(hints.rows):
        return
    half, full = (_sum_of(form, [row[column] for row in rows]) for column in (0, 1))
    if full < 0:
        return
    yield from _twins(form, rows, hints.names)
    more, beside = form.rows[full].residual, form.rows[half].residual if half >= 0 else 0
    if not form.rows[full].broken:
        return
    if half >= 0 and not form.rows[half].broken:
        beside = 0
    if more > 0 and 0 <= beside <= more:
        shifts = {full: -more} | ({half: -beside} if beside else {})
        weight, alike = _missing_weight(form, rows, beside, more), is_alike(form, beside, more, rows)
        yield Move("row_missing", {}, weight, None, (beside, more), alike, shifts)
    elif more < 0 and beside <= 0:
        yield from _surplus(form, rows, hints.names, -beside, -more)


def _sum_of(form: System, cells: Sequence[int]) -> int:
    """Return the relation that adds these cells up, -1 if there is none."""
    wanted = set(cells)
    for number, _ in form.rows_of[cells[0]]:
        row = form.rows[number]
        if row.equal and row.total >= 0 and wanted == {cell for cell, _ in row.terms} - {row.total}:
            return number
    return -1


def _missing_weight(form: System, rows: Sequence[tuple[int, int]], half: int, full: int) -> float:
    """Return how likely a row of these amounts was left out of a list."""
    known = [(form.amounts[h], form.amounts[f]) for h, f in rows if form.amounts[f] > 0]
    if not half:
        alike = any(not h for h, _ in known)
    else:
        known = [(h, f) for h, f in known if h > 0]
        alike = any(h * full * 10 <= half * f * 12 for h, f in known) and any(
            h * full * 12 >= half * f * 10 for h, f in known
        )
    own = full <= sum(f for _, f in known)
    return KINDS["row_missing"].weight * (1.0 if alike else UNLIKE_ROWS) * (1.0 if own else UNLIKE_ROWS)


def _twins(form: System, rows: Sequence[tuple[int, int]], names: Sequence[str]) -> Iterator[Move]:
    """Yield the rows that have the name and the amounts of a row before them."""
    first: dict[tuple[str, int, int], int] = {}
    for (half, full), name in zip(rows, names, strict=False):
        amounts = (form.amounts[half], form.amounts[full])
        twin = first.setdefault((name, *amounts), full)
        if name and twin != full and any(amounts):
            changes = {cell: -form.amounts[cell] for cell in (half, full) if form.amounts[cell]}
            yield Move("row_twice", changes, KINDS["row_twice"].weight, form.keys[twin])


def _surplus(
    form: System, rows: Sequence[tuple[int, int]], names: Sequence[str], half: int, full: int
) -> Iterator[Move]:
    """Yield the rows whose amounts are what the rows have more than both totals; one whose name stands twice is a repetition."""
    first: dict[str, int] = {}
    for place, (h, f) in enumerate(rows):
        name = names[place] if place < len(names) else ""
        before = first.setdefault(name, place) if name else place
        if (form.amounts[h], form.amounts[f]) == (half, full):
            code = "row_twice" if before != place else "row_surplus"
            line = form.keys[rows[before][1]] if before != place else None
            changes = {cell: -form.amounts[cell] for cell in (h, f) if form.amounts[cell]}
            yield Move(code, changes, KINDS[code].weight, line)
