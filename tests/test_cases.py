"""Every case of the table: one edit, through a real workbook, and exactly the findings it causes."""

from __future__ import annotations

import importlib
import pkgutil
from collections import Counter
from collections.abc import Iterable

import pytest

import tests.cases
from checks.rule import RULES
from checks.settings import Settings
from etl.batch.chunk import Checked, check_readings
from etl.batch.whole import put_together
from etl.sheets.grid import address_text
from tests.cases import Case
from tests.paper import Paper, paper, read_bytes

CASES: list[Case] = [
    case
    for module in pkgutil.iter_modules(tests.cases.__path__)
    for case in importlib.import_module(f"tests.cases.{module.name}").CASES
]
NAMES = [f"{case.code}-{'silent' if case.silent else 'fires'}-{number}" for number, case in enumerate(CASES)]


def _findings(checked: Checked, batch: bool = False) -> dict[str, Counter[str]]:
    """Return code@cell of every finding by file."""
    located = put_together([checked], (), Settings(), {}).located if batch else checked.located
    found: dict[str, Counter[str]] = {}
    for entry in located:
        cell = address_text((entry.cells[0].row, entry.cells[0].column)) if entry.cells else ""
        found.setdefault(entry.finding.path, Counter())[f"{entry.finding.code}@{cell}"] += 1
    return found


def _key(case: Case) -> tuple[str, str]:
    return (repr(sorted(case.inputs.items())), repr(case.settings))


@pytest.fixture(scope="module")
def papers() -> list[Paper]:
    return [paper(case) for case in CASES]


@pytest.fixture(scope="module")
def found(papers: list[Paper]) -> dict[str, Counter[str]]:
    """Check all cases that share settings and inputs in one stack, as a batch would be."""
    results: dict[str, Counter[str]] = {}
    for key in {_key(case) for case in CASES}:
        group = [n for n, case in enumerate(CASES) if _key(case) == key]
        readings = [read_bytes(papers[n].data, NAMES[n]) for n in group]
        settings = CASES[group[0]].settings or Settings()
        results |= _findings(check_readings(readings, settings, CASES[group[0]].inputs))
    return results


@pytest.mark.parametrize("number", range(len(CASES)), ids=NAMES)
def test_a_case_causes_exactly_its_findings(
    number: int, papers: list[Paper], found: dict[str, Counter[str]]
) -> None:
    case = CASES[number]
    expected = Counter(_resolved(case.finds, papers[number]))
    assert found.get(NAMES[number], Counter()) == expected, case.why


def _resolved(finds: Iterable[str], sheet: Paper) -> Iterable[str]:
    for entry in finds:
        code, _, name = entry.partition("@")
        yield f"{code}@{sheet.cell(name) if name else ''}"


def test_the_clean_form_is_clean() -> None:
    reading = read_bytes(paper().data)
    assert reading.status == "checked", reading.reason
    assert _findings(check_readings([reading], Settings(), {})) == {}


@pytest.mark.parametrize("silent", [False, True], ids=["firing", "silent"])
def test_every_rule_has_a_case(silent: bool) -> None:
    import checks.rules  # noqa: F401

    # No form that is declared has the columns the first three read; ST12 is about names of files.
    never = {"AR13", "IG22", "XS08", "ST12"}
    covered = {case.code for case in CASES if case.silent == silent}
    fired = {find.partition("@")[0] for case in CASES for find in case.finds}
    wanted = {code for code, rule in RULES.items() if rule.scope == "form"} - (never if not silent else set())
    assert wanted - covered == set()
    assert fired - set(RULES) == set()
    assert silent or wanted <= fired
