"""Turns a finding's spots into cells of the department's file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from checks.finding import Finding, Spot
from etl.grid import address_text
from etl.stack import CellPlace, Stack


@dataclass(frozen=True, slots=True)
class Located:
    """A finding with its cells; `cells[0]` is the one to correct. Empty for a finding on a whole file."""

    finding: Finding
    cells: tuple[CellPlace, ...]


def locate(stack: Stack, findings: tuple[Finding, ...]) -> list[Located]:
    """Return the findings of a stack with their cells, in the order given.

    A value that stands nowhere (a missing line) is placed at the form's title.
    """
    forms = stack.tables.forms
    numbers = dict(zip(forms["id"].tolist(), forms.index.tolist(), strict=True))
    return [Located(finding, _cells(stack, numbers.get(finding.form), finding)) for finding in findings]


def _cells(stack: Stack, form: int | None, finding: Finding) -> tuple[CellPlace, ...]:
    if form is None:
        return ()
    home = Spot("forms", form, "title")
    found = [stack.place(form, spot) or stack.place(form, home) for spot in finding.spots]
    return tuple(dict.fromkeys(cell for cell in found if cell is not None))


def cell_text(cell: CellPlace) -> str:
    """Return a cell as people write it: `绩效目标表!E18`."""
    return f"{cell.sheet}!{address_text((cell.row, cell.column))}"


def by_path(located: list[Located]) -> Mapping[str, list[Located]]:
    """Return the findings of each file."""
    grouped: dict[str, list[Located]] = {}
    for entry in located:
        grouped.setdefault(entry.finding.path, []).append(entry)
    return grouped
