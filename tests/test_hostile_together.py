"""Hostile files of every kind in one run beside a good one: each has its own outcome, and all of the good one is there."""

from __future__ import annotations

import csv
import json
import os
import zipfile
from contextlib import nullcontext
from pathlib import Path
from random import Random

import pytest
from openpyxl import load_workbook

import etl.batch.read
from etl.commands.run import Run
from etl.package.parts import open_package
from etl.validation.package import faults
from tests.here import Here, produce
from tests.hostile_kinds import KINDS, VARIATIONS, drawn
from tests.paper import paper
from tests.test_cli import jixiao

COUNT = int(os.environ.get("JIXIAO_VARIATIONS", VARIATIONS))
LARGEST_BESIDE = 2
"""Times what a file unpacks to that its outputs may come to, beyond those of an ordinary form."""


@pytest.fixture(scope="module")
def inbox(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("together") / "in"
    folder.mkdir()
    for name, _, data in drawn(COUNT):
        (folder / name).write_bytes(data)
    (folder / "good.xlsx").write_bytes(paper().data)
    return folder


@pytest.fixture(scope="module")
def whole(inbox: Path) -> Run:
    return produce([inbox], inbox.parent / "out", quiet=True, workers=1, verify=True, letters=True)


def test_each_file_has_the_outcome_of_its_kind(whole: Run) -> None:
    status = {file.path: (file.status, file.reason) for file in whole.batch.files}
    expected = {name: how.status for name, how, _ in drawn(COUNT)} | {"good.xlsx": "checked"}
    assert {n: s for n, s in status.items() if s[0] != expected[n]} == {}
    wrong = {}
    for name, how, _ in drawn(COUNT):
        returned = name in whole.returns and not whole.returns[name].lost
        if how.returned is not None and returned != how.returned:
            wrong[name] = whole.returns[name].lost_en if name in whole.returns else "none"
    assert wrong == {}


def test_all_of_the_good_file_is_there(whole: Run, inbox: Path) -> None:
    output = inbox.parent / "out"
    alone = produce([inbox / "good.xlsx"], inbox.parent / "alone", quiet=True, workers=1, letters=True)
    good = {entry.finding.code for entry in alone.batch.located if entry.finding.path == "good.xlsx"}
    here = {entry.finding.code for entry in whole.batch.located if entry.finding.path == "good.xlsx"}
    assert good <= here and whole.returns["good.xlsx"].verified
    assert "good.xlsx" in (output / "report.html").read_text(encoding="utf-8")
    (number,) = (row["row"] for row in table(output, "forms") if row["path"] == "good.xlsx")
    for name, key in (("funds", "row"), ("projects", "form"), ("indicators", "form")):
        of_it = [row for row in table(output, name) if row[key] == number]
        assert len(of_it) == len(table(inbox.parent / "alone", name)) > 0, name
    told = json.loads((output / "findings.json").read_bytes())["files"]
    assert "good.xlsx" in {file["path"] for file in told}
    assert load_workbook(output / "returns" / "good.xlsx").sheetnames[0] == "审核意见"


def table(output: Path, name: str) -> list[dict[str, str]]:
    with (output / "data" / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_every_workbook_that_came_out_is_sound(whole: Run, inbox: Path) -> None:
    """But for what an original brought, and a workbook that refers to none of its formats has a fault of its own."""
    wrong = {}
    for path in (inbox.parent / "out").rglob("*.xlsx"):
        source = (
            inbox / path.relative_to(inbox.parent / "out" / "returns") if "returns" in path.parts else path
        )
        own = set(faults(open_package(source.read_bytes()))) if source != path and source.exists() else set()
        if found := set(faults(open_package(path.read_bytes()))) - own:
            wrong[path.name] = found
    assert wrong == {}


def test_the_screen_says_it_in_lines_and_the_code_is_true(inbox: Path, whole: Run) -> None:
    done = jixiao("run", inbox, "-o", inbox.parent / "out", "--verify", "--letters")
    said = (done.stdout + done.stderr).decode("utf-8", "replace")
    assert "Warning" not in said and "Traceback" not in said
    lost = any(written.lost for written in whole.returns.values())
    assert done.returncode == (3 if lost else 1)


@pytest.mark.parametrize("kind", KINDS)
def test_outputs_stay_in_proportion(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond what an ordinary form costs; a part that several tabs show counts as often as it is read."""
    monkeypatch.setattr(etl.batch.read, "_pool", lambda workers, files: nullcontext(Here()))
    data = KINDS[kind].make(Random(f"{kind}0"))
    sizes = []
    for name, content in (("plain.xlsx", paper().data), (f"bad.{KINDS[kind].ending}", data)):
        (tmp_path / "in").mkdir(exist_ok=True)
        path = tmp_path / "in" / name
        path.write_bytes(content)
        run = produce([path], tmp_path / name, quiet=True, workers=1, letters=True)
        written = sum(file.stat().st_size for file in (tmp_path / name).rglob("*") if file.is_file())
        sizes.append(written)
    with zipfile.ZipFile(tmp_path / "in" / f"bad.{KINDS[kind].ending}") as archive:
        inside = sum(entry.file_size for entry in archive.infolist())
    forms = max(len(run.batch.stack.tables.forms), 1)
    assert sizes[1] <= (1 + forms) * sizes[0] + LARGEST_BESIDE * inside
