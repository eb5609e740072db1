"""Sums of the city in three readings: as submitted, undisputed, as probably meant."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from checks.finding import Spot
from etl.citywide.figures.project_rows import Amounts, Projects

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from etl.citywide.figures.city import City

SPOKEN_OF = ("total_full", "basic_full", "project_full", "basic_half", "project_half")
"""Fund lines that the first page speaks of, whether or not the forms have them."""
READINGS = {"submitted": "报送数", "undisputed": "无争议数", "meant": "疑似应为"}


@dataclass(frozen=True, slots=True)
class Sum:
    """A sum in fen in three readings.

    `out`: how many forms (or projects) have an amount in doubt. `beside_errors`: what of the undisputed sum comes from forms
    that have an open error elsewhere, and `forms` how many these are.
    """

    submitted: int = 0
    undisputed: int = 0
    meant: int = 0
    out: int = 0
    beside_errors: int = 0
    forms: int = 0

    @property
    def in_doubt(self) -> int:
        """Return what was left out of the undisputed sum, as submitted."""
        return self.submitted - self.undisputed


class Readings:
    """The fund lines of the forms that count in three readings, by field and form."""

    def __init__(self, city: City) -> None:
        self._city = city
        self.budget = city.tables.budget
        fields = self.budget.fields
        self.submitted = {field: amounts(city, field) for field in dict.fromkeys((*fields, *SPOKEN_OF))}
        doubts, blocking = city.doubts, city.seen.blocking()
        self.undisputed, self.meant = dict(self.submitted), dict(self.submitted)
        touched = {(spot.field, spot.row) for spot in doubts.cells if spot.table == "funds"}
        touched |= {(field, form) for form in doubts.forms for field in fields if self.submitted[field][form]}
        for field in {field for field, _ in touched}:
            self.undisputed[field], self.meant[field] = self.submitted[field][:], self.submitted[field][:]
        for field, form in touched:
            spot, fen = Spot("funds", form, field), self.submitted[field][form]
            self.undisputed[field][form] = doubts.undisputed(form, spot, fen)
            self.meant[field][form] = doubts.meant(form, spot, fen)
        self._touched, self._blocking = touched, blocking

    def total(self, *fields: str, forms: Iterable[int] | None = None) -> Sum:
        """Return the sum of fund lines over some forms, or over all that count."""
        own = list(self._city.order if forms is None else forms)
        submitted, undisputed, meant = (
            sum(known[field][form] or 0 for field in fields for form in own)
            for known in (self.submitted, self.undisputed, self.meant)
        )
        beside = [
            form for form in own if form in self._blocking and any(self.undisputed[f][form] for f in fields)
        ]
        return Sum(
            submitted, undisputed, meant, len(self.in_doubt(fields, own)),
            sum(self.undisputed[field][form] or 0 for field in fields for form in beside), len(beside),
        )  # fmt: skip

    def in_doubt(self, fields: Iterable[str], forms: Iterable[int] | None = None) -> list[int]:
        """Return the forms of which an amount of some fund lines is in doubt."""
        own = self._city.order if forms is None else forms
        lines = tuple(fields)
        return [form for form in own if any((field, form) in self._touched for field in lines)]

    def sound(self, *fields: str) -> list[int]:
        """Return the forms that count none of whose amounts of some fields is in doubt: what is compared is of the same forms."""
        out = set(self.in_doubt(fields))
        return [form for form in self._city.order if form not in out]


def amounts(city: City, field: str) -> list[int | None]:
    """Return what was read of a fund line in fen, by form; None where the cell is blank or unreadable, or there is none."""
    funds = city.tables.funds
    if field not in funds.columns:
        return [None] * len(funds)
    known = (funds[f"{field}_state"] == "number").tolist()
    fen = funds[field].fillna(0).astype("int64").tolist()
    return [amount if read else None for amount, read in zip(fen, known, strict=True)]


def asks(city: City, form: int, field: str) -> bool:
    """Return whether a form has an amount: its profile asks for it, and what need not be there is there."""
    budgets = city.tables.budgets
    if len(budgets) == 1:
        (budget,) = budgets.values()
    else:
        budget = budgets[str(city.tables.forms.at[form, "profile"])]
    if field not in budget.fields:
        return False
    return not budget.line_of(field).optional or bool(
        city.tables.funds.at[form, f"{field}_state"] != "absent"
    )


def project_doubts(city: City, projects: Projects, period: str) -> NDArray[np.bool_]:
    """Return which projects' amounts of a period are in doubt, by position."""
    import numpy as np

    rows = [spot.row for spot in city.doubts.cells if (spot.table, spot.field) == ("projects", period)]
    return np.isin(projects.rows, rows) | np.isin(projects.forms, list(city.doubts.forms))


def project_sum(city: City, projects: Projects, period: str) -> Sum:
    """Return the sum of all projects of a period in three readings."""
    import numpy as np

    column: Amounts = projects.half if period == "half" else projects.full
    doubtful = project_doubts(city, projects, period)
    sound = np.flatnonzero(~doubtful)
    at = np.flatnonzero(doubtful).tolist()
    meant = 0
    for position in at:
        (row,) = projects.some(position, position + 1)
        fen = row.half if period == "half" else row.full
        meant += city.doubts.meant(row.form, Spot("projects", row.row, period), fen) or 0
    undisputed = column.only(sound).total()
    blocked = np.flatnonzero(~doubtful & np.isin(projects.forms, list(city.seen.blocking())))
    return Sum(
        column.total(), undisputed, undisputed + meant, len(at), column.only(blocked).total(),
        len(set(projects.forms[blocked].tolist())),
    )  # fmt: skip
