"""The rules again over a stored batch, with other settings: what is said of it, and that no file is read."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import etl.intake.read
from etl.batch.request import Request
from etl.cli import cli
from etl.commands.recheck import recheck
from etl.safe.refusal import Refusal
from tests.here import checked, produce
from tests.test_cli import HOME

CITY = HOME / "samples" / "city"


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> Path:
    output = tmp_path_factory.mktemp("stored")
    produce([CITY], output, roster=CITY / "roster.csv", workers=1, quiet=True)
    return output


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "other.toml"
    path.write_text("[rules]\nAR05 = false\n", encoding="utf-8")
    return path


@pytest.fixture(autouse=True)
def no_file_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any) -> None:
        raise AssertionError("a file is read")

    monkeypatch.setattr(etl.intake.read, "submission_bytes", refuse)


def fired(findings: Any) -> dict[str, int]:
    return dict(Counter(code for code, form in {(f["code"], f["form"]) for f in findings} if form))


def test_under_the_same_settings_nothing_changes(stored: Path) -> None:
    said = recheck(Request((), stored))
    assert said and all(one.now == one.before for one in said)
    told = json.loads((stored / "findings.json").read_text(encoding="utf-8"))["findings"]
    assert {one.rule.code: one.now for one in said} == fired(told)
    assert {one.forms for one in said} == {20}


def test_other_settings_are_compared_and_nothing_is_written(stored: Path, config: Path) -> None:
    before = {path: path.read_bytes() for path in stored.rglob("*") if path.is_file()}
    said = {one.rule.code: (one.now, one.before) for one in recheck(Request((), stored, config=config))}
    assert said["AR05"][0] == 0 < said["AR05"][1]
    assert {code for code, (now, then) in said.items() if now != then} == {"AR05"}
    assert {path: path.read_bytes() for path in stored.rglob("*") if path.is_file()} == before


def test_with_write_the_batch_is_what_a_run_would_have_made(
    stored: Path, config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    output = Path(shutil.copytree(stored, tmp_path / "out"))
    recheck(Request((), output, config=config), write=True)
    monkeypatch.undo()
    produce([CITY], tmp_path / "fresh", roster=CITY / "roster.csv", config=config, workers=1, quiet=True)
    for name in ("findings.json", "findings.csv", "citywide.xlsx", "data/findings.csv", "data/tallies.csv"):
        assert (output / name).read_bytes() == (tmp_path / "fresh" / name).read_bytes(), name
    again = produce([CITY], output, roster=CITY / "roster.csv", config=config, workers=1, quiet=True)
    assert again.unchanged == len(again.batch.files)
    assert (output / "report.html").read_bytes() == (tmp_path / "fresh" / "report.html").read_bytes()


@pytest.mark.parametrize(
    ("lang", "line"), [("zh", "* AR05  20个单位中0个，原1个  "), ("en", "* AR05  0 of 20, was 1  ")]
)
def test_the_command_says_it_by_rule(lang: str, line: str, stored: Path, config: Path) -> None:
    done = CliRunner().invoke(cli, ["recheck", str(stored), "--config", str(config), "--lang", lang])
    assert done.exit_code == 0 and any(text.startswith(line) for text in done.stdout.splitlines()), (
        done.stdout
    )


def test_a_folder_that_no_run_finished_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="not the complete output"):
        recheck(Request((), tmp_path))


def test_the_roster_is_the_one_the_run_was_given(stored: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    codes = {one.rule.code for one in recheck(Request((), stored))}
    monkeypatch.undo()
    with_roster = {
        f.finding.code
        for f in checked([CITY], roster=CITY / "roster.csv", workers=1).located
        if f.finding.form
    }
    assert codes == with_roster


def test_some_rules_alone_are_run_and_told_of(stored: Path, config: Path) -> None:
    every = {one.rule.code: one for one in recheck(Request((), stored, config=config))}
    for only in (["AR05"], ["AR05", "XW01"], ["ST11"]):
        said = recheck(Request((), stored, config=config), only=only)
        assert said == [every[code] for code in only if code in every]
        assert said
    assert every["AR05"].gone == ("苏州市青少年科技活动中心",) and not every["AR05"].gained
