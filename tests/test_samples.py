"""The samples on disk are what their data says, and no byte depends on the clock."""

from __future__ import annotations

import csv
import hashlib
import io
from collections import Counter
from decimal import Decimal

import openpyxl
import pytest

from etl.cell.grid import address_text
from etl.form.layout import lay_out
from etl.form.places import unpacked_places
from etl.frames.located import Located
from etl.intake.read import open_workbook
from etl.reading.extract import read_forms
from etl.reading.model import Reading
from samples import build
from samples.city import clean_form, data_of
from samples.on_paper import Expected
from samples.sources import DATA, filled_form, load
from samples.statement import parsed
from samples.submissions import SUBMISSIONS, Submission
from tests.here import checked
from tests.known_forms import FORM_2023, SUMS
from tests.statements import stated

SAMPLES = dict(build.everything())


@pytest.mark.parametrize("name", SAMPLES)
def test_a_sample_on_disk_is_redrawn_byte_for_byte(name: str) -> None:
    path = build.HOME / name
    assert _same(path.read_bytes(), SAMPLES[name]), f"{name} is out of date: run python -m samples.build"


def _same(one: bytes, other: bytes) -> bool:
    """Return whether two files are equal, packages whatever zlib packed them."""
    if one != other and one[:4] == other[:4] == b"PK\3\4" and one[-22:-18] == b"PK\5\6":
        return build.parts(one) == build.parts(other)
    return one == other


def test_no_sample_lies_about_that_is_not_drawn() -> None:
    folders = [build.HOME / name for name in ("published", "city", "sectors")]
    found = {
        path.relative_to(build.HOME).as_posix()
        for folder in folders
        for path in folder.rglob("*")
        if path.is_file()
    }
    assert found == set(SAMPLES) | {"sectors/open.csv"}


def test_the_published_sample_holds_every_character() -> None:
    filled = filled_form(load(DATA / "published.toml"))
    content = SAMPLES[f"published/{filled.texts['agency']}.xlsx"]
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    assert sheet is not None
    for box in lay_out(FORM_2023, filled).boxes:
        value = sheet.cell(*box.address).value
        assert str(value if value is not None else "") == str(box.value if box.value is not None else "")
    assert hashlib.sha256(filled.texts["long_term_goal"].encode()).hexdigest()[:12] == GOAL
    assert sheet["E53"].value == "=30%" and sheet["E53"].data_type == "s"


GOAL = "6249e3e6c4d2"
"""Of the published text with its markup: so that nobody tidies it by accident."""


CITY = build.HOME / "city"


def _clean() -> list[Submission]:
    return [submission for submission in SUBMISSIONS if not submission.mistakes]


def test_the_city_is_varied_enough_to_show_the_work() -> None:
    agencies = {submission.slug for submission in SUBMISSIONS}
    assert len(agencies) >= 14 and len({submission.folder for submission in SUBMISSIONS}) >= 4
    faulty = [submission for submission in SUBMISSIONS if submission.mistakes]
    assert abs(len(_clean()) - len(faulty)) <= 2
    assert all(1 <= len(submission.mistakes) <= 3 for submission in faulty)
    codes = {row["code"] for row in csv.DictReader(io.StringIO(SAMPLES["city/expected.csv"].decode("utf-8")))}
    assert {code[:2] for code in codes} >= {"AR", "CF", "CP", "HF", "IG", "ST", "TX", "XW"}


@pytest.mark.parametrize("submission", _clean(), ids=lambda submission: submission.slug)
def test_a_clean_form_adds_up(submission: Submission) -> None:
    form = clean_form(submission.slug)
    amounts = {name: amount or Decimal(0) for name, amount in form.amounts.items()}
    for relation in SUMS:
        parts = [amounts[part] for part in relation.parts]
        parts += [getattr(project, relation.rows) for project in form.projects if relation.rows]
        assert amounts[relation.total] == sum(parts, Decimal(0)), relation.code
    assert all(project.half <= project.full for project in form.projects if project.half and project.full)
    texts = "".join((*form.texts.values(), *(line.name for line in form.indicators)))
    assert "  " not in texts and not set("<>{}\n") & set(texts)


def test_a_department_is_the_sum_of_its_units() -> None:
    units = [clean_form(slug) for slug in data_of("city_management_total")["children"]]
    whole = clean_form("city_management_total")
    for name, amount in whole.amounts.items():
        assert amount == sum((unit.amounts[name] or Decimal(0) for unit in units), Decimal(0))
    assert len(whole.projects) == sum(len(unit.projects) for unit in units)


def test_the_roster_names_all_but_one_and_one_that_is_missing() -> None:
    text = SAMPLES["city/roster.csv"].decode("utf-8-sig")
    names = {row["单位名称"] for row in csv.DictReader(io.StringIO(text))}
    handed_in = {data_of(submission.slug)["agency"] for submission in SUBMISSIONS}
    assert handed_in - names == {"苏州市城市书房管理中心"}
    assert names - handed_in == {"苏州市社会福利综合服务站", "苏州市学校安全与后勤服务中心"}


def test_every_expected_cell_is_a_cell_of_its_file() -> None:
    for row in csv.DictReader(io.StringIO(SAMPLES["city/expected.csv"].decode("utf-8"))):
        for place in f"{row['sheet']}!{row['cell']} {row['others']}".split() if row["cell"] else ():
            book = openpyxl.load_workbook(io.BytesIO(SAMPLES[f"city/{row['file']}"]))
            sheet = book[place.partition("!")[0]]
            cell = sheet[place.partition("!")[2]]
            assert cell.row <= sheet.max_row and cell.has_style, row


def test_the_old_workbook_reads_as_the_new_one_would() -> None:
    submission = next(submission for submission in SUBMISSIONS if submission.old_excel)
    form = clean_form(submission.slug)
    reading = read_submission_bytes(SAMPLES[f"city/{submission.path}"])
    assert reading.texts == dict(form.texts)
    assert {name: amount.fen for name, amount in reading.amounts.items()} == {
        name: int((amount or Decimal(0)) * 1_000_000) for name, amount in form.amounts.items()
    }
    layout = lay_out(FORM_2023, form)
    place = unpacked_places(reading.located)["projects", 3, "half"]
    assert (place.row, place.column) == layout.at("projects", 3, "half")
    assert [line.name for line in reading.indicators] == [line.name for line in form.indicators]


def read_submission_bytes(content: bytes) -> Reading:
    (reading,) = read_forms(open_workbook(content), FORM_2023).readings
    return reading


def test_the_city_gives_exactly_what_is_expected() -> None:
    batch = checked([CITY], roster=CITY / "roster.csv", workers=1)
    found = Counter(_row(entry) for entry in batch.located)
    rows = csv.DictReader(io.StringIO(SAMPLES["city/expected.csv"].decode("utf-8")))
    expected = Counter(Expected(**row) for row in rows)
    assert {"missed": expected - found, "uncalled for": found - expected} == {
        "missed": Counter(),
        "uncalled for": Counter(),
    }


def _row(entry: Located) -> Expected:
    """Return a finding as a row of expected.csv."""
    says = parsed(stated(entry))
    places = [(cell.sheet, address_text((cell.row, cell.column))) for cell in entry.cells] or [("", "")]
    others = " ".join(sorted(f"{sheet}!{cell}" for sheet, cell in places[1:]))
    weight = entry.finding.severity.value
    return Expected(entry.finding.path, says.what, weight, says.sentence, *places[0], others, says.says)
