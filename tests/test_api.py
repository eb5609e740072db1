"""`import jixiao`: what it gives, what it costs, and the examples of docs/python.md as they stand."""

from __future__ import annotations

import ast
import dataclasses
import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

import jixiao
from tests.paper import paper
from tests.test_cli import HOME, PUBLISHED
from tests.test_setup import python

EXAMPLES = re.findall(r"```python\n(.*?)```", (HOME / "docs" / "python.md").read_text(encoding="utf-8"), re.S)


def test_the_examples_say_what_comes_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(PUBLISHED, tmp_path / "samples" / "published")
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {}
    said = 0
    for line in "".join(EXAMPLES).splitlines():
        code, _, expected = line.partition("  # ")
        if expected:
            assert eval(code, names) == ast.literal_eval(expected), line
            said += 1
        else:
            exec(code, names)
    assert said >= 10


def test_importing_it_loads_nothing_heavy() -> None:
    heavy = "{'pandas', 'numpy', 'pandera', 'openpyxl', 'lxml', 'rich', 'xlsxwriter', 'rapidfuzz', 'jinja2'}"
    python(f"import jixiao, sys; loaded = {heavy} & set(sys.modules); assert not loaded, loaded")


def test_what_is_public_is_documented() -> None:
    page = (HOME / "docs" / "python.md").read_text(encoding="utf-8")
    for name in jixiao.__all__:
        assert getattr(jixiao, name).__doc__, name
    assert all(f"jixiao.{name}" in page for name in ("check", "run", "read_tables", "Refusal"))
    options = {field.name for field in dataclasses.fields(_request_class())} - {
        "paths",
        "output",
        "quiet",
        "progress",
    }
    told = f"{jixiao.check.__doc__}{jixiao.run.__doc__}"
    assert not [name for name in options if f"`{name}`" not in told]


def _request_class() -> Any:
    from etl.batch.request import Request

    return Request


def test_the_findings_are_those_of_the_file(tmp_path: Path) -> None:
    produced = jixiao.run(PUBLISHED, tmp_path, lang="en", letters=True)
    told = json.loads((tmp_path / "findings.json").read_text(encoding="utf-8"))
    mine = [dataclasses.asdict(finding) for finding in produced.findings]
    for finding, record in zip(mine, told["findings"], strict=True):
        assert {**finding, "cells": list(finding["cells"])} == {"state": "", **record}
    assert [dataclasses.asdict(file) | {"forms": 0} for file in produced.files] == [
        {**file, "forms": 0} for file in told["files"]
    ]
    assert [path.is_file() for path in produced.returns.values()] == [True]
    assert jixiao.check(PUBLISHED, lang="en").findings == produced.findings


def test_a_second_round_says_states(tmp_path: Path) -> None:
    jixiao.run(PUBLISHED, tmp_path / "one")
    again = jixiao.run([PUBLISHED], tmp_path / "two", previous=str(tmp_path / "one"))
    assert {finding.state for finding in again.findings} == {"standing"}


def test_a_notebook_shows_hostile_text_as_text(tmp_path: Path) -> None:
    (tmp_path / "<img src=x onerror=alert(1)>&.xlsx").write_bytes(b"no workbook")
    (tmp_path / "甲.xlsx").write_bytes(paper().data)
    checked = jixiao.check(tmp_path)
    shown = checked._repr_html_()
    assert "<img" not in shown
    assert "&lt;img src=x onerror=alert(1)&gt;&amp;.xlsx" in shown
    finding = dataclasses.replace(
        jixiao.check(PUBLISHED).findings[0], message="<script>\x1b[31m", hypothesis="<b>"
    )
    shown = dataclasses.replace(checked, findings=(finding,) * 60)._repr_html_()
    assert "<script>" not in shown
    assert "\x1b" not in shown
    assert "10 more" in shown


def test_what_cannot_be_done_is_refused(tmp_path: Path) -> None:
    with pytest.raises(jixiao.Refusal, match="no such file"):
        jixiao.check(tmp_path / "nowhere")
    with pytest.raises(TypeError, match="rooster"):
        jixiao.check(PUBLISHED, rooster="x.csv")
