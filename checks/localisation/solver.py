"""The search for three and more wrong cells: an integer programme, asked for one smallest set after another.

A solver's one answer is arbitrary among many, so its sets are enumerated, checked in exact integers, and
never called the answer. It works in the largest unit that divides every amount, to stay within the
digits that a floating-point solver has.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any

from checks.localisation.linear import System, holds, room
from checks.localisation.weigh import Beside, Option, option_of, scaled_option

MOST_CELLS = 450
"""Cells of a system the solver is given; a larger one is left to people."""
MOST_APART = 8
"""Broken rows without a common cell: each needs a cell of its own, and a form with more is wrong throughout."""
MOST_NODES = 1_000
"""Branches the solver may look at for one question: counted, not timed, so that a slow machine answers as a quick one."""
SECONDS = 30.0
"""Time for all questions about one form: only against a solver that hangs; the hardest forms seen take 2."""
FINEST = 1e-9


def solve(form: System, fault: Sequence[int], beside: Beside, limit: int, until: float) -> list[Option]:
    """Return up to `limit` smallest sets of cells that repair a fault; empty if it is too large or too slow.

    Cells that stand in a row broken by another fault are left as they are. `until`: `time.monotonic()` at which to stop.
    """
    if len(form.amounts) > MOST_CELLS or _apart(form, fault) > MOST_APART:
        return []
    options: list[Option] = []
    for changes in _smallest_sets(form, fault, until):
        if not holds(form, changes):
            continue
        cells = tuple(sorted(changes))
        news = tuple(form.amounts[cell] + changes[cell] for cell in cells)
        options.append(option_of(form, cells, news if _determined(form, cells) else None, beside))
        if len(options) == limit:
            break
    return options


def whole_column(form: System, fault: Sequence[int]) -> Option | None:
    """Return the repair of a fault by one slip of scale in all parts of a broken sum, or None.

    A column given in yuan under a total in 万元 is no small set of cells, yet one slip.
    """
    for number in fault:
        row = form.rows[number]
        cells = tuple(cell for cell, _ in row.terms if cell != row.total and form.amounts[cell])
        touched = {other for cell in cells for other, _ in form.rows_of[cell]}
        if row.total >= 0 and len(cells) > 2 and touched.issuperset(fault):
            option = scaled_option(form, cells)
            if option is not None:
                return option
    return None


def _apart(form: System, fault: Sequence[int]) -> int:
    """Return how many rows of a fault share no cell with each other, taken greedily."""
    used: set[int] = set()
    count = 0
    for number in sorted(fault, key=lambda row: len(form.rows[row].terms)):
        cells = {cell for cell, _ in form.rows[number].terms}
        if used.isdisjoint(cells):
            used |= cells
            count += 1
    return count


def _determined(form: System, cells: Sequence[int]) -> bool:
    """Return whether the sums leave these cells no choice: their columns are linearly independent."""
    numbers = sorted(
        {number for cell in cells for number, _ in form.rows_of[cell] if form.rows[number].equal}
    )
    matrix = [[Fraction(dict(form.rows[number].terms).get(cell, 0)) for cell in cells] for number in numbers]
    for column in range(len(cells)):
        pivot = next((row for row in range(column, len(matrix)) if matrix[row][column]), None)
        if pivot is None:
            return False
        matrix[column], matrix[pivot] = matrix[pivot], matrix[column]
        for row in range(column + 1, len(matrix)):
            factor = matrix[row][column] / matrix[column][column]
            matrix[row] = [a - factor * b for a, b in zip(matrix[row], matrix[column], strict=True)]
    return True


def _smallest_sets(form: System, fault: Sequence[int], until: float) -> Iterator[dict[int, int]]:
    """Yield the changes of one smallest set after another, each set once, until time is up.

    Columns of the programme are the change of each cell, in units, and then its flag "this cell changes".
    """
    unit = math.gcd(*form.amounts, *(form.rows[number].residual for number in fault)) or 1
    cells = _movable(form, fault)
    solver = _solver(_rows(form, fault, cells, unit), len(cells), _farthest(form, fault) // unit)
    smallest = 0
    while (left := until - time.monotonic()) > 0:
        solver.setOptionValue("time_limit", left)
        solver.run()
        if solver.getModelStatus().name != "kOptimal":
            return
        columns = solver.getSolution().col_value
        chosen = [place for place in range(len(cells)) if columns[len(cells) + place] > 0.5]
        smallest = smallest or len(chosen)
        if len(chosen) > smallest or not chosen:
            return
        yield {cells[place]: round(columns[place]) * unit for place in chosen}
        flags = [len(cells) + place for place in chosen]
        solver.addRow(0.0, len(chosen) - 1.0, len(flags), flags, [1.0] * len(flags))


def _movable(form: System, fault: Sequence[int]) -> list[int]:
    foreign = {cell for number in form.broken if number not in fault for cell, _ in form.rows[number].terms}
    return [cell for cell in range(len(form.amounts)) if cell not in foreign]


def _farthest(form: System, fault: Sequence[int]) -> int:
    """Return the fen that no change of a smallest set needs to exceed; the tighter, the surer the solver."""
    return 2 * (max(map(abs, form.amounts)) + sum(abs(form.rows[number].residual) for number in fault))


_Row = tuple[dict[int, float], float, float]


def _rows(form: System, fault: Sequence[int], cells: Sequence[int], unit: int) -> list[_Row]:
    """Return the relations on the changes of the cells; a broken sum must come out exactly."""
    place = {cell: index for index, cell in enumerate(cells)}
    rows: list[_Row] = []
    for number, row in enumerate(form.rows):
        terms = {place[cell]: float(sign) for cell, sign in row.terms if cell in place}
        if terms and (number in fault or not row.broken):
            span = room(row, tight=True)
            low = -(-span.low // unit) if row.equal else -math.inf
            rows.append((terms, low, span.high // unit))
    return rows


def _solver(relations: Sequence[_Row], count: int, farthest: int) -> Any:
    """Return the programme with the fewest changed cells as its goal, silent and on one thread."""
    import highspy
    import numpy as np

    linked = [
        ({cell: 1.0, count + cell: sign * float(farthest)}, sign) for cell in range(count) for sign in (-1, 1)
    ]
    rows = [
        *relations,
        *((terms, 0.0, math.inf) if sign > 0 else (terms, -math.inf, 0.0) for terms, sign in linked),
    ]
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = 2 * count, len(rows)
    lp.col_cost_ = np.repeat([0.0, 1.0], count)
    lp.col_lower_ = np.repeat([-float(farthest), 0.0], count)
    lp.col_upper_ = np.repeat([float(farthest), 1.0], count)
    lp.integrality_ = [highspy.HighsVarType.kInteger] * (2 * count)
    lp.row_lower_, lp.row_upper_ = np.array([row[1] for row in rows]), np.array([row[2] for row in rows])
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_ = np.cumsum([0, *(len(row[0]) for row in rows)])
    lp.a_matrix_.index_ = [column for row in rows for column in row[0]]
    lp.a_matrix_.value_ = [value for row in rows for value in row[0].values()]
    # The public class greets on standard output before it can be told not to.
    solver = highspy._core._Highs()
    for name, value in (
        ("output_flag", False),
        ("threads", 1),
        ("mip_feasibility_tolerance", FINEST),
        ("mip_max_nodes", MOST_NODES),
    ):
        solver.setOptionValue(name, value)
    solver.passModel(lp)
    return solver
