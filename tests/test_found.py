"""What the fuzzer found once, and a few workbooks bent anew: reading, rules, returns and taking marks off hold."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.fuzz import judged
from bench.mutate import mutated, seeds

FOUND = sorted(Path("tests/found").iterdir())


@pytest.mark.parametrize("path", FOUND, ids=lambda path: path.stem)
def test_what_was_found_holds(path: Path) -> None:
    _, wrong = judged(path.read_bytes())
    assert wrong == ""


@pytest.mark.parametrize("number", range(900_000, 900_030))
def test_a_bent_workbook_holds(number: int) -> None:
    name, data = mutated(number)
    assert judged(data)[1] == "", (number, name)


def test_a_number_gives_the_same_bytes_and_seeds_hold_as_they_are() -> None:
    assert mutated(7) == mutated(7)
    outcomes = {name: judged(data) for name, data in seeds()[::9]}
    assert {name: wrong for name, (_, wrong) in outcomes.items() if wrong} == {}
