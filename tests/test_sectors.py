"""Legitimate forms of forty-nine sectors: exactly what a reviewer would say is said, and it is little.

`samples/sectors/expected.csv` was written by reading the forms. Where the program says otherwise today,
`samples/sectors/open.csv` lists it, so that a rule that is mended must take its lines out.
"""

from __future__ import annotations

import csv
from collections import Counter
from decimal import Decimal
from functools import lru_cache
from statistics import median, quantiles
from typing import NamedTuple

import pytest

from etl.cell.grid import address_text
from samples import build
from samples.sectors import CITYWIDE, SECTORS, Judged, data_of, sector_form, truth
from tests.here import checked
from tests.known_forms import SUMS

HOME = build.HOME / "sectors"
REVIEWERS_LINES = {"median": 5, "nine of ten": 10, "most": 15}
"""Lines an agency may be told, so that they are read."""


class Said(NamedTuple):
    """A finding as it is judged: which rule, how grave, where."""

    file: str
    code: str
    severity: str
    cell: str


def _said(row: Judged) -> Said:
    return Said(*row[:4])


EXPECTED = [row for sector in SECTORS for row in truth(sector)]


@lru_cache(maxsize=1)
def found() -> Counter[Said]:
    """Return what is said of the sectors, handed in together as a city's forms are."""
    said: Counter[Said] = Counter()
    for entry in checked([HOME], workers=1).located:
        cell = address_text((entry.cells[0].row, entry.cells[0].column)) if entry.cells else ""
        said[Said(entry.finding.path, entry.finding.code, entry.finding.severity.value, cell)] += 1
    return said


def _open() -> dict[str, Counter[Said]]:
    rows: dict[str, Counter[Said]] = {"missed": Counter(), "uncalled for": Counter()}
    with (HOME / "open.csv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            rows[row.pop("what")][Said(**row)] += 1
    return rows


@pytest.mark.parametrize("sector", SECTORS)
def test_a_sector_is_told_what_is_true_of_it(sector: str) -> None:
    file = f"{data_of(sector)['agency']}.xlsx"

    def of(said: Counter[Said]) -> Counter[Said]:
        return Counter({one: count for one, count in said.items() if one.file == file})

    expected = Counter(map(_said, truth(sector)))
    assert {"missed": of(expected - found()), "uncalled for": of(found() - expected)} == {
        what: of(rows) for what, rows in _open().items()
    }


def test_of_the_city_as_a_whole_what_is_true_is_said_once() -> None:
    expected = Counter(map(_said, CITYWIDE))
    assert Counter({one: count for one, count in found().items() if not one.file}) == expected


def test_legitimate_forms_have_no_errors_and_few_lines() -> None:
    lines = Counter({f"{data_of(sector)['agency']}.xlsx": 0 for sector in SECTORS})
    lines.update(row.file for row in EXPECTED)
    counts = sorted(lines.values())
    assert len(counts) >= 40
    assert not [row for row in EXPECTED if row.severity == "error"]
    assert median(counts) <= REVIEWERS_LINES["median"]
    assert quantiles(counts, n=10)[-1] <= REVIEWERS_LINES["nine of ten"]
    assert counts[-1] <= REVIEWERS_LINES["most"]
    assert all(row.why for row in EXPECTED)


@pytest.mark.parametrize("sector", SECTORS)
def test_a_sector_adds_up(sector: str) -> None:
    form = sector_form(sector)
    for relation in SUMS:
        parts = [form.amounts[part] or Decimal(0) for part in relation.parts]
        parts += [getattr(project, relation.rows) for project in form.projects if relation.rows]
        assert form.amounts[relation.total] == sum(parts, Decimal(0)), relation.code
    assert all(amount is not None and amount >= 0 for amount in form.amounts.values())
    assert all(line.half <= line.full for line in form.projects if line.half and line.full)
