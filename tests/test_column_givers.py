"""Rules across forms ask of the large tables nothing but columns, and say the same as over frames."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from checks.finding import Finding
from checks.frames.columns import filled, numbered, one_of, slices, taken, where
from checks.frames.tables import Tables
from checks.given.inputs import Inputs
from checks.given.roster import COLUMNS
from checks.likeness.links import LINK_COLUMNS, link_projects, linked, links_of
from checks.rule import RULES
from checks.run import check
from checks.settings import Settings
from checks.telling.pre_filled import shared_pairs
from etl.batch.chunk import Checked, check_readings
from etl.intake.read import read_submission
from etl.intake.submissions import find_submissions
from tests.batches import Batch, inputs, readings
from tests.column_giver import giving
from tests.folding import fold_defaults
from tests.test_batches import BATCHES, NAMES

CITY = Path(__file__).parent.parent / "samples" / "city"
EAGER = Settings(thresholds={"default_forms": 3, "default_share_percent": 20})


@pytest.fixture(scope="module")
def city() -> Checked:
    files = [read_submission(submission) for submission in find_submissions([CITY])[0]]
    return check_readings([*files[:12], replace(files[0], path="修改稿.xlsx")], Settings(), Inputs())


@pytest.mark.parametrize("batch", BATCHES, ids=NAMES)
def test_a_batch_says_the_same(batch: Batch) -> None:
    given = inputs(batch)
    tables = check_readings(readings(batch.files), Settings(), given).stack.tables
    over_columns = check(giving(tables), Settings(), given, "batch")
    assert over_columns == check(tables, Settings(), given, "batch")
    found = {finding.code for finding in over_columns.findings}
    assert batch.code in found or batch.silent or RULES[batch.code].scope == "form"


def test_a_city_says_the_same_with_everything_given(city: Checked) -> None:
    tables = city.stack.tables
    forms = tables.forms.assign(fiscal_year=tables.forms["fiscal_year"] - 1)
    rows = tables.indicators
    older = Tables(tables.files, forms, tables.funds, tables.projects, rows.assign(full_number=rows["full_number"] * 2), tables.oddities, tables.budgets)  # fmt: skip
    agencies = forms["agency"].tolist()
    own, mine = rows[rows["block"] == "duty"], tables.projects
    given = {
        "last_year": older,
        "roster": pd.DataFrame([{**dict.fromkeys(COLUMNS, ""), "agency": name} for name in agencies[:9]]),
        "actuals": pd.DataFrame({"agency": [agencies[n] for n in own["form"]], "name": own["name"], "actual": "99999"}),
        "approved": pd.DataFrame({"agency": [agencies[n] for n in mine["form"]], "project": mine["name"], "fen": 70, "date": ""}),
    }  # fmt: skip
    over_columns = check(giving(tables), Settings(), Inputs(**given), "batch")
    assert over_columns == check(tables, Settings(), Inputs(**given), "batch")
    said = {finding.code for finding in over_columns.findings}
    assert said >= {"XW01", "XW02", "XW07", "YY01", "YY03"}


def test_links_are_noted_as_they_are_found(city: Checked) -> None:
    tables = city.stack.tables
    found = link_projects(tables, Settings()).drop(columns="key_task")
    bare = tables.projects.drop(columns=list(LINK_COLUMNS))
    for given in (tables, giving(tables), giving(Tables(**{**_by_name(tables), "projects": bare}))):
        pd.testing.assert_frame_equal(links_of(given, Settings()), found)
    pd.testing.assert_frame_equal(linked(tables, Settings()).projects, tables.projects)


def test_a_project_without_a_name_has_no_link(city: Checked) -> None:
    tables = city.stack.tables
    named = replace(tables, projects=tables.projects.assign(name=["", *tables.projects["name"][1:]]))
    again = linked(named, Settings())
    assert again.projects[list(LINK_COLUMNS)].to_numpy()[0].tolist() == [-1, 0]
    assert 0 not in links_of(again, Settings())["project"].tolist()


def _by_name(tables: Tables) -> dict[str, pd.DataFrame]:
    return {name: getattr(tables, name) for name in Tables.__dataclass_fields__}


def test_defaults_are_folded_one_by_one(city: Checked) -> None:
    """Findings come as they are asked for, each with the tables of the stack it was found in."""
    tables = city.stack.tables
    findings = [entry.finding for entry in city.located]
    shared = shared_pairs(tables, EAGER)
    assert shared.counts and shared_pairs(giving(tables), EAGER) == shared

    def said() -> Iterator[tuple[Finding, Tables]]:
        for finding in findings:
            yield finding, giving(tables)

    folded = fold_defaults(said(), giving(tables), EAGER)
    assert folded == fold_defaults([(finding, tables) for finding in findings], tables, EAGER)
    assert len(folded.kept) == len(findings)


def test_columns_of_chosen_rows() -> None:
    frame = pd.DataFrame({"form": [0, 0, 2, 2], "name": ["a", "", "a", "b"], "fen": [1, 2, 3, 4]})
    at = where(frame, {"name": filled, "form": lambda form: form == 2})
    assert at.tolist() == [2, 3]
    assert where(frame, {"name": one_of("a")}).tolist() == [0, 2]
    assert where(frame, {}).tolist() == [0, 1, 2, 3]
    assert taken(frame, ("fen",), at)["fen"].to_dict() == {2: 3, 3: 4}
    assert numbered(frame, ("fen",), [3, 0])["fen"].tolist() == [4, 1]
    assert slices(frame["form"].to_numpy()) == {0: slice(0, 2), 2: slice(2, 4)}
    assert slices(frame["form"].to_numpy()[:0]) == {}
