"""What the template pre-filled is said once for the city, in a batch large enough to tell."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from checks.finding import Finding
from checks.given.inputs import Inputs
from checks.settings import Settings
from checks.telling.pre_filled import shared_pairs
from etl.batch.chunk import Checked, check_readings
from etl.batch.whole import put_together
from etl.intake.file_reading import FileReading
from tests.cases import Case
from tests.folding import fold_defaults
from tests.paper import paper, read_bytes

DEFAULT = Case("CF04", {"indicators[26].half": "=100%", "indicators[26].full": "= 100%"})
OTHER = Case("CF04", {"indicators[26].half": "=95%", "indicators[26].full": "=95%"})
CLEAN = Case("CF04")


def batch(default: int, other: int, clean: int) -> Checked:
    cases = [(DEFAULT, default), (OTHER, other), (CLEAN, clean)]
    readings: list[FileReading] = []
    for case, times in cases:
        reading = read_bytes(paper(case).data) if times else None
        readings += [replace(reading, path=f"{len(readings) + n}.xlsx") for n in range(times) if reading]
    return check_readings(readings, Settings(), Inputs())


def folded(checked: Checked) -> tuple[Counter[str], tuple[Finding, ...]]:
    tables = checked.stack.tables
    findings = [entry.finding for entry in checked.located]
    result = fold_defaults([(finding, tables) for finding in findings], tables, Settings())
    kept = [finding for finding, stands in zip(findings, result.kept, strict=True) if stands]
    return Counter(finding.code for finding in kept), result.once


@pytest.mark.parametrize(
    ("default", "other", "clean", "left"),
    [(16, 2, 2, 2), (15, 2, 3, 17), (19, 0, 0, 19)],
    ids=["a default", "too few share it", "a small batch"],
)
def test_a_default_is_said_once(default: int, other: int, clean: int, left: int) -> None:
    codes, once = folded(batch(default, other, clean))
    assert codes == Counter({"CF04": left})
    assert len(once) == (1 if left == other else 0)


def test_what_is_said_for_the_city() -> None:
    _, (once,) = folded(batch(16, 2, 2))
    assert (once.code, once.severity, once.path, once.form, once.spots) == ("CF04", "info", "", "", ())
    assert once.message["zh"].startswith("共性指标“在职人员控制率”有16个单位（80%）同填半年=100%、全年=100%")
    assert "16 forms (80%)" in once.message["en"]


def test_how_a_default_is_typed_does_not_matter() -> None:
    pairs = shared_pairs(batch(20, 0, 0).stack.tables, Settings()).counts
    assert pairs[26, "=100%", "=100%"] == 20


def test_a_finding_stays_that_speaks_of_more_than_defaults() -> None:
    checked = batch(20, 0, 0)
    tables = checked.stack.tables
    first = checked.located[0].finding
    row = int(tables.indicators.index[tables.indicators["common"] == 25][0])
    wider = replace(first, spots=(*first.spots, first.spots[0]._replace(row=row)))
    values = tables.indicators.copy()
    values.loc[row, "full_raw"] = "较有效"
    result = fold_defaults([(wider, replace(tables, indicators=values))], tables, Settings())
    assert result.kept == (True,) and result.once == ()


def test_thresholds_may_be_set() -> None:
    settings = Settings(thresholds={"default_forms": 3, "default_share_percent": 50})
    tables = batch(2, 1, 1).stack.tables
    assert shared_pairs(tables, Settings()).counts == {}
    assert shared_pairs(tables, settings).counts[26, "=100%", "=100%"] == 2


def test_a_run_says_it_once() -> None:
    located = put_together([batch(16, 2, 2), batch(4, 0, 0)], (), Settings(), Inputs()).located
    codes = Counter((entry.finding.code, entry.finding.path != "") for entry in located)
    assert (codes["CF04", True], codes["CF04", False]) == (2, 1)
