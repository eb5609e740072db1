"""The texts of a stack by what they say: each distinct text once, with every place it stands in."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from checks.finding import Spot
from checks.frames.rows import Rows
from checks.frames.tables import TEXT_FIELDS

LONGEST = 5000
"""Characters of a text that rules look at."""


class Standing(NamedTuple):
    """Where a text stands: the form and the spot; sorts in the order of the form's fields."""

    form: int
    order: int
    spot: Spot


@dataclass(frozen=True, slots=True, eq=False)
class Texts:
    """Each distinct text with the places it stands in, numbered through the columns that were read.

    Most texts are in order and nobody asks where they stand: `standings` says it of those that are not.
    """

    places: Mapping[str, Sequence[int]]
    columns: Sequence[_Column]

    def standings(self, text: str) -> list[Standing]:
        """Return where a text stands, in order."""
        return [self._standing(order) for order in self.places[text]]

    def _standing(self, order: int) -> Standing:
        column = self.columns[bisect_right(self.columns, order, key=lambda column: column.start) - 1]
        form, row = (int(numbers[order - column.start]) for numbers in (column.rows.form, column.rows.ids))
        return Standing(form, order, Spot(column.table, row, column.field))


@dataclass(frozen=True, slots=True, eq=False)
class _Column:
    """A column of texts and the number of its first place."""

    table: str
    field: str
    rows: Rows
    start: int


def distinct_texts(forms: Rows, projects: Rows, indicators: Rows) -> Texts:
    """Return every filled text of a stack, at most `LONGEST` characters of it, with the places it stands in.

    Read are the text fields, project names, key tasks and indicator names; a key task filled down over
    its rows stands once, in the first of them.
    """
    found: dict[str, list[int]] = {}
    columns: list[_Column] = []
    start = 0
    for table, field, rows in _columns(forms, projects, indicators):
        columns.append(_Column(table, field, rows, start))
        for order, text in enumerate(rows[field].tolist(), start):
            if text:
                found.setdefault(text[:LONGEST], []).append(order)
        start += len(rows)
    return Texts(found, columns)


def _columns(forms: Rows, projects: Rows, indicators: Rows) -> Iterator[tuple[str, str, Rows]]:
    for field in TEXT_FIELDS:
        yield "forms", field, forms
    yield "projects", "name", projects
    for field in ("key_task", "name"):
        filled = indicators.where(~indicators.equal(field, ""))
        yield "indicators", field, filled.where(filled.groups("form", "level2", field).leads)
