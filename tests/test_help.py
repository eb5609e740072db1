"""Help at the command line: in Chinese where the system speaks it, by environment variables, and by a look at the machine."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from inspect import cleandoc
from pathlib import Path
from typing import Any

import click
import pytest

from checks.telling.handbook import all_rules
from etl.cli import cli
from etl.help.chinese import TEXTS
from etl.help.language import speaks_chinese
from etl.workers.program import rule_set, version
from tests.paper import paper
from tests.test_cli import HOME, jixiao

CHINESE = re.compile("[一-鿿]")
PAGE = (HOME / "docs" / "machines.md").read_text(encoding="utf-8")


def commands() -> Iterator[tuple[str, click.Command, click.Context]]:
    root = cli.make_context("jixiao", [], resilient_parsing=True)
    yield from _below(cli, root)


def _below(group: click.Group, root: click.Context) -> Iterator[tuple[str, click.Command, click.Context]]:
    for name, command in group.commands.items():
        context = click.Context(command, info_name=name, parent=root)
        yield name, command, context
        if isinstance(command, click.Group):
            yield from _below(command, context)


def test_every_command_and_option_has_its_chinese() -> None:
    said = [cli.help, *(command.help for _, command, _ in commands())]
    said += [
        getattr(p, "help", None) for _, command, context in commands() for p in command.get_params(context)
    ]
    missing = [text for text in said if text and cleandoc(text) not in TEXTS]
    assert not missing
    assert all(CHINESE.search(text) for text in TEXTS.values())


@pytest.mark.parametrize(
    ("environment", "chinese"),
    [
        ({"LANG": "zh_CN.UTF-8"}, True),
        ({"LANG": "en_GB.UTF-8"}, False),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "C"}, False),
        ({"LANG": "C", "JIXIAO_LANG": "zh"}, True),
        ({"LANG": "zh_CN.UTF-8", "JIXIAO_LANG": "en"}, False),
        ({}, os.name == "nt" and speaks_chinese()),
    ],
)
def test_help_is_in_the_language_of_the_system(
    environment: dict[str, str], chinese: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG", "JIXIAO_LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    for _, command, context in commands():
        assert ("用法：" in command.get_help(context)) is chinese
        assert ("Show this message" in command.get_help(context)) is not chinese
    assert all(not CHINESE.search(command.help or "") for _, command, _ in commands()), "it stays as it was"


def test_help_in_chinese_is_no_wider_than_a_terminal() -> None:
    from etl.safe.width import width

    shown = jixiao("run", "--help", JIXIAO_LANG="zh", COLUMNS="80").stdout.decode()
    assert "退回文件" in shown
    assert max(map(width, shown.splitlines())) <= 80


def test_options_by_environment_variables(tmp_path: Path) -> None:
    inbox = tmp_path / "in"
    inbox.mkdir()
    (inbox / "甲.xlsx").write_bytes(paper().data)
    shared = jixiao("check", inbox, JIXIAO_LANG="en", JIXIAO_CHECK_FORMAT="json", JIXIAO_WORKERS="1")
    assert json.loads(shared.stdout)["findings"] == []
    assert b"settings: the defaults" in jixiao("check", inbox, JIXIAO_LANG="en").stdout
    assert jixiao("check", inbox, "--lang", "zh", JIXIAO_LANG="en").stdout.startswith("配置".encode())
    own = jixiao("run", inbox, JIXIAO_RUN_OUTPUT=str(tmp_path / "out"), JIXIAO_RUN_QUIET="1")
    assert (own.returncode, own.stdout) == (0, b"")
    assert (tmp_path / "out" / "citywide.xlsx").is_file()


def test_the_page_names_variables_that_there_are() -> None:
    named = set(re.findall(r"`(JIXIAO_[A-Z_]+)", PAGE)) - {"JIXIAO_"}
    there = {
        variable
        for _, command, context in commands()
        for parameter in command.get_params(context)
        for variable in _variables(parameter, context)
    }
    assert named <= there
    assert {"JIXIAO_LANG", "JIXIAO_RUN_LETTERS"} <= named


def _variables(parameter: click.Parameter, context: click.Context) -> set[str]:
    """Return the variables of an option, and see that one of them is named as the page says."""
    prefix = context.auto_envvar_prefix
    found = {f"{prefix}_{parameter.name}".upper(), *([str(parameter.envvar)] if parameter.envvar else ())}
    for option in parameter.opts if isinstance(parameter, click.Option) else ():
        if option.startswith("--") and option != "--help":
            spelled = option.removeprefix("--").replace("-", "_").upper()
            assert found & {f"{prefix}_{spelled}", f"JIXIAO_{spelled}"}, option
    return found


@pytest.mark.parametrize("shell", re.findall(r"_JIXIAO_COMPLETE=(\w+)_source", PAGE))
def test_completion_as_the_page_has_it(shell: str) -> None:
    if shell == "bash" and os.name == "nt":
        pytest.skip("click asks bash for its version")
    assert b"_JIXIAO_COMPLETE" in jixiao(_JIXIAO_COMPLETE=f"{shell}_source").stdout
    words = {"zsh": "jixiao re", "fish": "jixiao re"}.get(shell, "jixiao re")
    answer = jixiao(
        _JIXIAO_COMPLETE=f"{shell}_complete", COMP_WORDS=words, COMP_CWORD="re" if shell == "fish" else "1"
    )
    assert b"recheck" in answer.stdout


def test_the_doctor_says_what_there_is(tmp_path: Path) -> None:
    done = jixiao("doctor", tmp_path, "--lang", "en")
    lines = dict(line.strip().split(": ", 1) for line in done.stdout.decode().splitlines())
    assert done.returncode == 0, done.stdout.decode()
    assert (lines["rules"], lines["output folder"]) == (rule_set(), str(tmp_path))
    assert lines["jixiao"].startswith(version())
    assert {"Python", "platform", "encodings", "temporary folder", "worker", "pandas", "openpyxl"} <= set(
        lines
    )
    assert list(tmp_path.iterdir()) == []


def test_the_doctor_says_what_is_wrong(tmp_path: Path) -> None:
    done = jixiao("doctor", tmp_path / "nowhere")
    assert done.returncode == 3
    (wrong,) = [line for line in done.stdout.decode().splitlines() if line.startswith("✗")]
    assert "输出文件夹" in wrong


def test_the_digest_stands_for_the_rules(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    import shutil

    import checks

    assert re.fullmatch("[0-9a-f]{12}", rule_set())
    copy = tmp_path / "checks"
    shutil.copytree(HOME / "checks", copy, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(checks, "__path__", [str(copy)])
    digest: Any = rule_set.__wrapped__
    assert digest() == rule_set()
    changed = next(
        path for path in copy.rglob("*.py") if all_rules()[0].code in path.read_text(encoding="utf-8")
    )
    changed.write_bytes(changed.read_bytes().replace(b"\n", b"\r\n"))
    assert digest() == rule_set(), "line ends are no change"
    changed.write_bytes(changed.read_bytes() + b"#")
    assert digest() != rule_set()


def test_returns_and_the_citys_workbook_say_which_program_and_rules(tmp_path: Path) -> None:
    from openpyxl import load_workbook

    jixiao("run", HOME / "samples" / "published", "-o", tmp_path, "--quiet")
    told = {"审核意见": next((tmp_path / "returns").iterdir()), "总览": tmp_path / "citywide.xlsx"}
    for sheet, path in told.items():
        texts = [
            str(value) for row in load_workbook(path)[sheet].iter_rows(values_only=True) for value in row
        ]
        assert [text for text in texts if version() in text and rule_set() in text and "jixiao" in text], (
            sheet
        )
