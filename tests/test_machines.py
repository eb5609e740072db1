"""What other programs are promised: progress, schemas, exit codes, environment variables."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.paper import paper
from tests.test_cli import jixiao


def inbox(folder: Path, count: int = 3) -> Path:
    folder.mkdir()
    for number in range(count):
        (folder / f"甲{number}.xlsx").write_bytes(paper().data)
    return folder


def told(stderr: bytes) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stderr.decode("ascii").splitlines()]


def test_a_run_tells_its_stages_and_every_file(tmp_path: Path) -> None:
    done = jixiao(
        "run", inbox(tmp_path / "in"), "-o", tmp_path / "out", "--letters", "--progress", "json", "--quiet"
    )
    lines = told(done.stderr)
    stages = list(dict.fromkeys(line["stage"] for line in lines))
    assert stages == ["reading", "across", "sums", "returns", "report", "letters", "end"]
    for stage in ("reading", "returns"):
        of_stage = [line for line in lines if line["stage"] == stage]
        assert [(line["done"], line["of"]) for line in of_stage] == [(0, 3), (1, 3), (2, 3), (3, 3)]
        assert {line["file"] for line in of_stage[1:]} == {"甲0.xlsx", "甲1.xlsx", "甲2.xlsx"}
    assert lines[-1] == {"stage": "end", "exit": done.returncode}
    assert done.stdout == b""


def test_a_check_tells_its_stages(tmp_path: Path) -> None:
    done = jixiao("check", inbox(tmp_path / "in"), "--format", "json", "--progress", "json")
    assert [line["stage"] for line in told(done.stderr)] == [*["reading"] * 4, "across", "end"]
    assert len(json.loads(done.stdout)["files"]) == 3


def test_the_end_says_why_nothing_was_done(tmp_path: Path) -> None:
    done = jixiao("check", tmp_path / "nowhere", "--progress", "json")
    first, *others = done.stderr.decode().splitlines()
    end = json.loads(first)
    assert (end["stage"], end["exit"], done.returncode) == ("end", 2, 2)
    assert others == [f"jixiao: {end['message']}"]


def test_nothing_is_told_where_nothing_was_asked(tmp_path: Path) -> None:
    assert jixiao("check", inbox(tmp_path / "in")).stderr == b""
    assert jixiao("run", tmp_path / "in", "-o", tmp_path / "out", "--progress", "none").stderr == b""
