"""What became of a rule on a form: it fired, passed, does not apply, or could not run; none of these is silence."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import pytest

from checks.finding import Tally
from checks.given.inputs import Inputs
from checks.settings import Settings
from etl.batch.chunk import check_readings
from tests.cases import Case, Raw
from tests.paper import paper, read_bytes

PROJECTS = tuple(f"projects[{number}]" for number in range(6))
DUTIES = tuple(f"indicators[{number}]" for number in range(31, 41))

FORMS: Mapping[str, tuple[Mapping[str, Any], tuple[str, ...]]] = {
    "clean": ({}, ()),
    "without projects": ({"funds.project_half": "0", "funds.project_full": "0"}, PROJECTS),
    "totals that are off": ({"funds.project_half": "1000", "funds.project_full": "2000"}, ()),
    "a total that cannot be read": ({"funds.project_half": Raw(text="约950")}, ()),
    "without duties": ({}, DUTIES),
    "without functions": ({"forms.functions": None}, ()),
    "without staffing": ({"forms.staffing": None}, ()),
    "all plans 0": ({f"projects[{n}].half": "0" for n in range(6)} | {"funds.project_half": "0"}, ()),
}
STATES = (
    ("HF10", "clean", "passed"), ("HF10", "without projects", "not_applicable"), ("HF10", "totals that are off", "not_run"),
    ("HF10", "all plans 0", "fired"),
    ("HF13", "clean", "passed"), ("HF13", "without projects", "not_applicable"), ("HF13", "totals that are off", "not_run"),
    ("HF04", "clean", "passed"), ("HF04", "a total that cannot be read", "not_run"), ("HF04", "all plans 0", "fired"),
    ("HF06", "clean", "passed"), ("HF06", "without projects", "not_applicable"), ("HF07", "without duties", "not_applicable"),
    ("RV01", "clean", "passed"), ("RV01", "without duties", "not_run"), ("RV02", "without projects", "not_applicable"),
    ("RV02", "without duties", "not_run"), ("RV04", "without projects", "not_applicable"),
    ("XS03", "clean", "passed"), ("XS03", "without duties", "not_applicable"), ("XS04", "without functions", "not_applicable"),
    ("IG22", "clean", "not_applicable"),
)  # fmt: skip


@cache
def tallies(form: str) -> Mapping[str, Tally]:
    edits, drop = FORMS[form]
    reading = read_bytes(paper(Case("", edits, drop=drop)).data)
    return {tally.code: tally for tally in check_readings([reading], Settings(), Inputs()).tallies}


@pytest.mark.parametrize(("code", "form", "state"), STATES)
def test_what_became_of_a_rule(code: str, form: str, state: str) -> None:
    tally = tallies(form)[code]
    said = {name: getattr(tally, name) for name in ("fired", "passed", "not_applicable", "not_run")}
    assert said == dict.fromkeys(said, 0) | {state: 1}
