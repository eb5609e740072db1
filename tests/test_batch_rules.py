"""Rules that look across forms or at names of files: a firing and a silent case each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from checks.given.inputs import Inputs
from checks.settings import Settings
from etl.batch.chunk import check_readings
from etl.batch.model import Batch
from etl.batch.whole import put_together
from etl.cell.grid import address_text
from etl.intake.file_reading import FileReading
from tests.cases import Case
from tests.paper import paper, read_bytes

OTHERS = ("苏州市水利工程管理处", "苏州市公共文化中心", "苏州市社区服务指导中心")


def form(path: str, **edits: str) -> FileReading:
    """Return the clean form with some texts of its head replaced, as read from a file of that path."""
    return read_bytes(paper(Case("", {f"forms.{name}": text for name, text in edits.items()})).data, path)


def batch(files: Sequence[FileReading], settings: Settings | None = None, **inputs: Any) -> Batch:
    settings = settings or Settings()
    given = Inputs(**inputs)
    return put_together([check_readings(files, settings, given)], (), settings, given)


def roster(agencies: Mapping[str, str]) -> Any:
    """Return a roster of agencies, each with its other names."""
    import pandas as pd

    from checks.given.roster import COLUMNS

    rows = [{"agency": name, "alias": alias} for name, alias in agencies.items()]
    return pd.DataFrame([{**dict.fromkeys(COLUMNS, ""), **row} for row in rows], dtype=object)


def said(result: Batch, code: str) -> list[tuple[str, str]]:
    """Return path and cell of each finding of a rule."""
    return [
        (e.finding.path, address_text((e.cells[0].row, e.cells[0].column)) if e.cells else "")
        for e in result.located
        if e.finding.code == code
    ]


@pytest.fixture(scope="module")
def three() -> list[FileReading]:
    return [form(f"{name}.xlsx", agency=name) for name in OTHERS]


def test_a_missing_and_an_unexpected_agency(three: list[FileReading]) -> None:
    listed = roster({OTHERS[0]: "", OTHERS[1]: "", "苏州市档案馆": ""})
    result = batch(three, roster=listed)
    assert said(result, "XW01") == [("", ""), (f"{OTHERS[2]}.xlsx", "B3")]
    missing = next(e.finding for e in result.located if e.finding.code == "XW01")
    assert "苏州市档案馆" in missing.message["zh"]


def test_an_alias_is_enough_for_the_roster(three: list[FileReading]) -> None:
    listed = roster({OTHERS[0]: "", OTHERS[1]: "", "市社区指导中心": OTHERS[2]})
    assert said(batch(three, roster=listed), "XW01") == []


def test_without_a_roster_the_rule_is_not_run_and_says_so(three: list[FileReading]) -> None:
    result = batch(three)
    assert said(result, "XW01") == []
    assert {n.form for n in result.not_run if n.code == "XW01"} == {f"{name}.xlsx#1" for name in OTHERS}


def test_the_older_of_two_files_is_told(three: list[FileReading]) -> None:
    again = form("修改稿.xlsx", agency=OTHERS[0])
    assert said(batch([*three, again]), "XW02") == [("修改稿.xlsx", "B3")] or said(
        batch([*three, again]), "XW02"
    ) == [(f"{OTHERS[0]}.xlsx", "B3")]
    assert said(batch(three), "XW02") == []


def test_the_file_saved_last_counts(three: list[FileReading]) -> None:
    from dataclasses import replace

    early = replace(three[0], path="z.xlsx", modified="2023-01-01T00:00:00Z")
    late = replace(three[0], path="a.xlsx", modified="2023-03-01T00:00:00Z")
    assert said(batch([late, early]), "XW02") == [("z.xlsx", "B3")]


def test_a_form_of_another_year(three: list[FileReading]) -> None:
    old = form("old.xlsx", agency="苏州市旧表单位", fiscal_year="2022年度")
    assert said(batch([*three, old]), "ST11") == [("old.xlsx", "A2")]
    assert said(batch(three), "ST11") == []
    assert len(said(batch(three, Settings(fiscal_year=2024)), "ST11")) == 3


def test_a_file_named_after_another_agency() -> None:
    listed = roster(dict.fromkeys(OTHERS, ""))
    wrong = form(f"报送/{OTHERS[1]}.xlsx", agency=OTHERS[0])
    turned = form(f"报送/{OTHERS[0]}.xlsx", agency=OTHERS[1])
    assert said(batch([turned], roster=listed), "ST12") == [(f"报送/{OTHERS[0]}.xlsx", "B3")]
    right = form(f"报送/{OTHERS[0]}（定稿）.xlsx", agency=OTHERS[0])
    assert said(batch([wrong, right], roster=listed), "ST12") == [(f"报送/{OTHERS[1]}.xlsx", "B3")]
