"""The command line: what it writes, what it prints, its exit codes, and what it refuses."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.paper import paper

HOME = Path(__file__).parent.parent
PUBLISHED = HOME / "samples" / "published"


def jixiao(*arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """Run the program as people do: in a process of its own, outside the checkout's folder."""
    command = [sys.executable, "-m", "jixiao", *map(str, arguments)]
    env = {**os.environ, "PYTHONPATH": str(HOME), **environment}
    return subprocess.run(command, capture_output=True, env=env, check=False)


AGENCY = "苏州市教育装备与勤工俭学管理办公室"


def check_json(*arguments: str | Path) -> Any:
    return json.loads(jixiao("check", *arguments, "--format", "json").stdout)


@pytest.fixture(scope="module")
def produced(tmp_path_factory: pytest.TempPathFactory) -> Path:
    output = tmp_path_factory.mktemp("out")
    done = jixiao("run", PUBLISHED, "-o", output, "--verify")
    assert done.returncode == 1, done.stderr.decode()
    return output


def test_a_run_writes_everything(produced: Path) -> None:
    written = {path.relative_to(produced).as_posix() for path in produced.rglob("*") if path.is_file()}
    assert {"citywide.xlsx", "findings.csv", "findings.json"} <= written
    assert f"returns/{next(PUBLISHED.glob('*.xlsx')).name}" in written
    assert not [name for name in written if name.endswith(".tmp")]


def test_json_is_version_one(produced: Path) -> None:
    document = json.loads((produced / "findings.json").read_text(encoding="utf-8"))
    assert document["version"] == 1
    assert set(document) == {"version", "files", "findings", "not_run"}
    (file,) = document["files"]
    assert (file["status"], file["forms"][0]["total"], file["forms"][0]["fiscal_year"]) == (
        "checked",
        "8055.47",
        2023,
    )
    assert file["forms"][0]["sheets"] == ["绩效目标表"]
    wanted = {
        "path",
        "form",
        "code",
        "severity",
        "cells",
        "message",
        "found",
        "expected",
        "difference",
        "hypothesis",
    }
    assert all(set(finding) == wanted for finding in document["findings"])
    assert all({"form", "code", "reason"} == set(entry) for entry in document["not_run"])


def test_the_published_form_has_one_arithmetic_error(produced: Path) -> None:
    findings = json.loads((produced / "findings.json").read_text(encoding="utf-8"))["findings"]
    errors = [f for f in findings if f["severity"] == "error"]
    assert [(f["code"], f["cells"][0]["cell"], f["found"], f["expected"]) for f in errors] == [
        ("AR05", "E18", "2268", "2268.85")
    ]
    assert "2268.85" in errors[0]["hypothesis"]


def test_csv_has_the_same_findings(produced: Path) -> None:
    text = (produced / "findings.csv").read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    findings = json.loads((produced / "findings.json").read_text(encoding="utf-8"))["findings"]
    assert [row["代码"] for row in rows] == [finding["code"] for finding in findings]
    assert "=30%" in {row["现填内容"] for row in rows}
    first = rows[0]
    assert (first["等级"], first["单位"], first["规则"]) == ("错误", AGENCY, "项目半年合计不符")
    assert first["处理要求"].startswith("按各项目半年计划执行数重新合计")


def test_check_writes_nothing_and_says_the_same(produced: Path, tmp_path: Path) -> None:
    before = sorted(PUBLISHED.rglob("*"))
    document = check_json(PUBLISHED)
    assert document == json.loads((produced / "findings.json").read_text(encoding="utf-8"))
    assert sorted(PUBLISHED.rglob("*")) == before


def test_a_return_checked_again_says_the_same(produced: Path) -> None:
    again, first = check_json(produced / "returns"), check_json(PUBLISHED)
    assert again["findings"] == first["findings"]


def test_a_clean_form_exits_0(tmp_path: Path) -> None:
    (tmp_path / "clean.xlsx").write_bytes(paper().data)
    assert jixiao("check", tmp_path).returncode == 0


def test_a_folder_is_walked_and_what_is_passed_over_is_listed(tmp_path: Path) -> None:
    folder = tmp_path / "in" / "deep"
    folder.mkdir(parents=True)
    (folder / "a.XLSX").write_bytes(paper().data)
    (folder / "~$a.xlsx").write_bytes(b"lock")
    (folder / ".hidden.xlsx").write_bytes(b"x")
    (folder / "note.txt").write_bytes(b"x")
    (folder / "empty.xlsx").write_bytes(b"")
    files = {f["path"]: (f["status"], f["reason"]) for f in check_json(tmp_path / "in")["files"]}
    assert files["deep/a.XLSX"][0] == "checked"
    assert files["deep/empty.xlsx"][0] == "unreadable"
    assert "空" in files["deep/empty.xlsx"][1]
    assert {path for path, (status, _) in files.items() if status == "skipped"} == {
        "deep/~$a.xlsx", "deep/.hidden.xlsx", "deep/note.txt",
    }  # fmt: skip


def test_own_reports_are_skipped(produced: Path, tmp_path: Path) -> None:
    shutil.copy(produced / "citywide.xlsx", tmp_path / "汇总.xlsx")
    shutil.copy(next(PUBLISHED.glob("*.xlsx")), tmp_path / "form.xlsx")
    files = {f["path"]: f["status"] for f in check_json(tmp_path)["files"]}
    assert files == {"form.xlsx": "checked", "汇总.xlsx": "skipped"}


def test_inputs_are_not_changed(tmp_path: Path) -> None:
    source = tmp_path / "in" / "form.xlsx"
    source.parent.mkdir()
    shutil.copy(next(PUBLISHED.glob("*.xlsx")), source)
    before = hashlib.sha256(source.read_bytes()).digest()
    jixiao("run", source.parent, "-o", tmp_path / "out")
    assert hashlib.sha256(source.read_bytes()).digest() == before


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("check", "nowhere"), "no such file"),
        (("check",), "Missing argument"),
        (("run", "{in}", "-o", "{in}/.."), "overwrite"),
        (("run", "{in}", "-o", "{in}/form.xlsx"), "is a file"),
        (("run", "{in}", "-o", "{in}/out"), "inside an input folder"),
        (("rules", "AR5"), "AR05"),
        (("check", "{empty}"), "no file to check"),
        (("rules", "ZZ99"), "no rule"),
        (("check", "{in}", "--roster", "{in}/none.csv"), "roster"),
    ],
)
def test_refusals_exit_2_with_one_line(arguments: tuple[str, ...], said: str, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    folder = tmp_path / "returns"
    folder.mkdir()
    (folder / "form.xlsx").write_bytes(paper().data)
    places = {"in": str(folder), "empty": str(tmp_path / "empty")}
    done = jixiao(*(argument.format_map(places) for argument in arguments))
    assert done.returncode == 2, done.stdout
    assert said in done.stderr.decode()
    assert b"Traceback" not in done.stderr


def test_english_from_the_same_place() -> None:
    document = json.loads(jixiao("check", PUBLISHED, "--format", "json", "--lang", "en").stdout)
    assert "add up to 2268.85" in document["findings"][0]["message"]


@pytest.mark.parametrize("encoding", ["gbk", "ascii"])
def test_any_console(encoding: str) -> None:
    done = jixiao("check", PUBLISHED, PYTHONIOENCODING=encoding, PYTHONUTF8="0", LANG="C")
    assert done.returncode == 1
    assert b"AR05" in done.stdout
    assert b"Traceback" not in done.stderr


def test_extract_writes_the_tables(tmp_path: Path) -> None:
    done = jixiao("extract", PUBLISHED, "-o", tmp_path)
    assert done.returncode == 0, done.stderr.decode()
    rows = {
        name: list(csv.DictReader((tmp_path / f"{name}.csv").open(encoding="utf-8-sig", newline="")))
        for name in ("forms", "funds", "projects", "indicators", "places")
    }
    assert rows["funds"][0]["project_half_wan"] == "2268"
    assert (len(rows["projects"]), len(rows["indicators"])) == (20, 44)
    place = next(r for r in rows["places"] if (r["table"], r["field"]) == ("funds", "project_half"))
    assert (place["sheet"], place["cell"]) == ("绩效目标表", "E18")


def test_every_rule_has_a_page() -> None:
    from checks.telling.handbook import all_rules

    done = jixiao("rules")
    listed = done.stdout.decode()
    assert all(f"  {rule.code}  " in listed for rule in all_rules())
    assert "项目支出(半年)" in jixiao("rules", "ar05").stdout.decode()
