"""One form as the search sees it: its readable amounts, its relations over them, and what else is known of its cells."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from checks.declared.budget import Budget
from checks.declared.relation import Relation
from checks.declared.text_key import text_key
from checks.declared.tolerance import EQUAL_FEN, relation_slack
from checks.finding import Spot
from checks.frames.tables import UNREADABLE_STATES, Tables
from checks.localisation.linear import Linear
from checks.localisation.moves import Hints
from checks.relations import suspended

if TYPE_CHECKING:
    import pandas as pd

Values = dict[Hashable, int | None]


@dataclass(frozen=True, slots=True)
class FormSystem:
    """The amounts of one form in fen (None: blank), its relations, and the cells beside each other.

    `unread` holds the amount cells that could not be read, `all_relations` also those that have one of them.
    """

    values: Values
    relations: tuple[Linear, ...]
    neighbours: Mapping[Hashable, Sequence[Hashable]]
    hints: Hints
    unread: frozenset[Spot]
    sums: tuple[tuple[str, tuple[Spot, ...]], ...]

    @property
    def magnitude(self) -> int:
        """Return the fen that no amount of the form exceeds, as far as its own totals can be trusted.

        Four figures should be one: the stated total, income added up, expenditure added up, and basic expenditure with
        the projects listed. The second smallest stands where one or two of them are wrong.
        """
        found = []
        basic = next((cells[1] for code, cells in self.sums if code == "AR03"), None)
        for code, cells in self.sums:
            total, *parts = cells if code != "AR04" or basic is None else (*cells, basic)
            if code in ("AR02", "AR03"):
                found += [self.values[total] or 0] if total in self.values else []
            if code in ("AR02", "AR03", "AR04") and all(part in self.values for part in parts):
                found.append(sum(self.values[part] or 0 for part in parts))
        filled = sorted(amount for amount in found if amount > 0)
        return filled[min(1, len(filled) - 1)] * 6 // 5 if filled else 0


def form_system(form: int, tables: Tables) -> FormSystem:
    """Return one form's readable amounts and its relations over them; suspended sums are left out."""
    projects = tables.projects[tables.projects["form"] == form]
    cells = {
        **dict(_amounts(tables.funds.loc[[form]], "funds", tables.funds.columns)),
        **dict(_amounts(projects, "projects", ("half", "full"))),
    }
    values: Values = {spot: amount for spot, (amount, known) in cells.items() if known}
    off = suspended(tables).get(form, frozenset())
    sums = [(r.code, _cells(r, form, projects)) for r in tables.budget.sums if r.code not in off]
    sums = [(code, spots) for code, spots in sums if len(spots) > 1]
    beside = {r.code: len(r.beside) for r in tables.budget.sums}
    linear = [
        _sum(code, spots, values, beside[code])
        for code, spots in sums
        if all(spot in values for spot in spots)
    ]
    linear += _orders(tables.budget, form, projects, values)
    linear += [Linear("AR07", ((spot, -1),), False) for spot, value in values.items() if (value or 0) >= 0]
    unread = frozenset(spot for spot, (_, known) in cells.items() if not known)
    return FormSystem(
        values, tuple(linear), _neighbours(values), _hints(tables.budget, form, projects), unread, tuple(sums)
    )


def _amounts(
    frame: pd.DataFrame, table: str, fields: Sequence[str] | pd.Index[str]
) -> Iterator[tuple[Spot, tuple[int | None, bool]]]:
    for field in fields:
        if f"{field}_state" not in frame.columns:
            continue
        cells = zip(
            frame.index.tolist(), frame[field].tolist(), frame[f"{field}_state"].tolist(), strict=True
        )
        for row, fen, state in cells:
            yield (
                Spot(table, row, field),
                (int(fen) if state == "number" else None, state not in UNREADABLE_STATES),
            )


def _cells(relation: Relation, form: int, projects: pd.DataFrame) -> tuple[Spot, ...]:
    totals = tuple(Spot("funds", form, total) for total in relation.totals)
    if relation.rows:
        return (*totals, *(Spot("projects", row, relation.rows) for row in projects.index.tolist()))
    return (*totals, *(Spot("funds", form, part) for part in relation.parts))


def _sum(code: str, spots: Sequence[Spot], values: Values, beside: int) -> Linear:
    totals, parts = spots[: 1 + beside], spots[1 + beside :]
    addends = [values[part] or 0 for part in parts]
    slack = relation_slack(sum(values[total] or 0 for total in totals), sum(addends), addends)
    return Linear(code, (*((total, 1) for total in totals), *((part, -1) for part in parts)), slack=slack)


def _orders(budget: Budget, form: int, projects: pd.DataFrame, values: Values) -> Iterator[Linear]:
    for order in (order for order in budget.orders if order.of == "each"):
        for row in [form] if order.table == "funds" else projects.index.tolist():
            smaller, larger = Spot(order.table, row, order.smaller), Spot(order.table, row, order.larger)
            if smaller in values and values.get(larger) is not None:
                yield Linear(order.code, ((smaller, 1), (larger, -1)), False, EQUAL_FEN)


def _neighbours(values: Values) -> dict[Hashable, list[Hashable]]:
    other = {"half": "full", "full": "half"}
    pairs: dict[Hashable, Hashable] = {
        spot: Spot(spot.table, spot.row, spot.field.removesuffix(period) + other[period])
        for spot in values
        for period in other
        if isinstance(spot, Spot) and spot.field.endswith(period)
    }
    return {spot: [beside] for spot, beside in pairs.items() if beside in values}


def _hints(budget: Budget, form: int, projects: pd.DataFrame) -> Hints:
    rows = projects.index.tolist()
    funds = {
        side: tuple(Spot("funds", form, f"{line.key}_full") for line in budget.side(side))
        for side in ("income", "expenditure")
    }
    halves = tuple(
        Spot("funds", form, f"{line.key}_half")
        for line in budget.side("expenditure")
        if "half" in line.periods
    )
    half, full = (tuple(Spot("projects", row, period) for row in rows) for period in ("half", "full"))
    columns = (half, full, funds["income"])
    blocks = ((*half, *full), (*funds["income"], *funds["expenditure"], *halves))
    names = tuple(text_key(str(name or "")) for name in projects["name"].tolist())
    return Hints(tuple(zip(half, full, strict=True)), names, columns, blocks)
