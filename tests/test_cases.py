"""Every case of the table: one edit, through a real workbook, and exactly the findings it causes."""

from __future__ import annotations

import importlib
import pkgutil
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

import pytest

import tests.cases
from checks.given.inputs import Inputs
from checks.rule import RULES
from checks.settings import Settings
from etl.batch.chunk import check_readings
from etl.frames.located import Located, by_path
from tests.cases import Case
from tests.paper import Paper, paper, read_bytes
from tests.statements import figures, left_out, resolved, stated

CASES: list[Case] = [
    case
    for module in pkgutil.iter_modules(tests.cases.__path__)
    for case in importlib.import_module(f"tests.cases.{module.name}").CASES
]
NAMES = [f"{case.code}-{'silent' if case.silent else 'fires'}-{number}" for number, case in enumerate(CASES)]

_Checked = tuple[Paper, list[Located]]
"""A case on paper, and what was said of it."""


def _stack(case: Case) -> tuple[str, str, str]:
    """Return what the cases that are checked in one stack share."""
    return (case.code[:2], repr(sorted(case.inputs.items())), repr(case.settings))


def _checked(numbers: Iterable[int]) -> dict[int, _Checked]:
    """Check cases that share settings and inputs in one stack, as a batch would be."""
    papers = {number: paper(CASES[number]) for number in numbers}
    readings = [read_bytes(sheet.data, NAMES[number]) for number, sheet in papers.items()]
    first = CASES[next(iter(papers))]
    found = by_path(check_readings(readings, first.settings or Settings(), Inputs(**first.inputs)).located)
    return {number: (sheet, found.get(NAMES[number], [])) for number, sheet in papers.items()}


@pytest.fixture(scope="module")
def checked(request: pytest.FixtureRequest) -> Callable[[int], _Checked]:
    """Return what gives a case as checked; of the others only those of its stack that are to run are drawn."""
    here = (item for item in request.session.items if item.parent is request.node)
    specs = (getattr(item, "callspec", None) for item in here)
    chosen = sorted(spec.params["number"] for spec in specs if spec and "number" in spec.params)
    done: dict[int, _Checked] = {}

    def of(number: int) -> _Checked:
        if number not in done:
            done.update(_checked(n for n in chosen if _stack(CASES[n]) == _stack(CASES[number])))
        return done[number]

    return of


def _row(number: int) -> Any:
    awaits = CASES[number].awaits
    marks = [pytest.mark.xfail(strict=True, reason=awaits)] if awaits else []
    return pytest.param(number, id=NAMES[number], marks=marks)


@pytest.mark.parametrize("number", [_row(number) for number in range(len(CASES))])
def test_a_case_causes_exactly_its_findings(number: int, checked: Callable[[int], _Checked]) -> None:
    sheet, found = checked(number)
    expected = Counter(resolved(statement, sheet.cell) for statement in CASES[number].finds)
    assert Counter(map(stated, found)) == expected, CASES[number].why
    for entry in found:
        says = entry.finding.message
        assert figures(says["en"]) == figures(says["zh"]) and left_out(says["en"]) == left_out(says["zh"])


def test_the_clean_form_is_clean() -> None:
    reading = read_bytes(paper().data)
    assert reading.status == "checked", reading.reason
    assert [stated(entry) for entry in check_readings([reading], Settings(), Inputs()).located] == []


@pytest.mark.parametrize("silent", [False, True], ids=["firing", "silent"])
def test_every_rule_has_a_case(silent: bool) -> None:
    import checks.rules  # noqa: F401

    # No form that is declared has the columns the first three read; ST12 is about names of files.
    never = {"AR13", "IG22", "XS08", "ST12"}
    covered = {case.code for case in CASES if case.silent == silent}
    fired = {find.partition("!")[0] for case in CASES for find in case.finds}
    wanted = {code for code, rule in RULES.items() if rule.scope == "form"} - (never if not silent else set())
    assert wanted - covered == set()
    assert fired - set(RULES) == set()
    assert silent or wanted <= fired


def test_a_rule_that_is_off_has_a_case_that_switches_it_on() -> None:
    import checks.rules  # noqa: F401

    on = {case.code for case in CASES if case.settings and case.settings.switched.get(case.code)}
    assert {code for code, rule in RULES.items() if rule.off} <= on
