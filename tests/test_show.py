"""The form in the terminal: what stands where, which cells are marked, and what a pipe gets."""

from __future__ import annotations

import io
from pathlib import Path

import openpyxl
import pytest
from rich.console import Console

from checks.finding import Finding, Severity
from etl.cell.grid import Cell, Sheet, Workbook
from etl.commands.show import show
from etl.frames.build import CellPlace
from etl.frames.located import Located
from etl.safe.width import width
from tests.test_cli import HOME, PUBLISHED, jixiao

FORM = next(PUBLISHED.glob("*.xlsx"))


def lines(*arguments: str | Path, **environment: str) -> list[str]:
    done = jixiao("show", *arguments, **environment)
    assert b"Traceback" not in done.stderr, done.stderr.decode()
    return done.stdout.decode().splitlines()


def test_the_grid_and_its_marks() -> None:
    shown = lines(FORM, COLUMNS="120")
    row = next(line for line in shown if line.startswith(" 18│"))
    assert "项目支出" in row and "2268 [1" in row and "7334.21" in row
    assert any(
        "错误" in line and "绩效目标表!E18" in line and line.rstrip().endswith("AR05") for line in shown
    )
    assert not any("\x1b" in line for line in shown)


@pytest.mark.parametrize("columns", ["60", "100", "160"])
def test_wide_characters_keep_the_columns_straight(columns: str) -> None:
    shown = [line for line in lines(FORM, COLUMNS=columns) if "│" in line]
    numbered = [line for line in shown if line[:3].strip().isdigit() and 7 < int(line[:3]) < 39]
    ends = {width(line[: line.rindex("│")]) for line in numbered}
    assert len(ends) == 1
    assert max(width(line) for line in shown) <= int(columns)


def test_a_return_shows_as_its_original(tmp_path: Path) -> None:
    jixiao("run", PUBLISHED, "-o", tmp_path, "--quiet")
    assert lines(next((tmp_path / "returns").glob("*.xlsx"))) == lines(FORM)


def test_an_old_workbook_is_shown() -> None:
    shown = lines(next((HOME / "samples" / "city").rglob("*.xls")))
    assert any("资金总额" in line for line in shown)


def test_a_console_without_chinese_gets_escapes_and_plain_lines() -> None:
    shown = lines(FORM, PYTHONIOENCODING="ascii", PYTHONUTF8="0", LANG="C")
    assert any("AR05" in line for line in shown) and any(line.startswith(" 18|") for line in shown)


def picture(texts: dict[tuple[int, int], str], *findings: Located, colour: bool = False) -> str:
    sheet = Sheet("表", {at: Cell("text", text) for at, text in texts.items()})
    console = Console(
        file=io.StringIO(), width=80, force_terminal=colour, color_system="standard" if colour else None
    )
    show(Workbook((sheet,)), ["表"], findings, "zh", console)
    return console.file.getvalue()  # type: ignore[attr-defined, no-any-return]


def finding(row: int, column: int, severity: Severity, message: str = "不对") -> Located:
    said = Finding("AR01", severity, "a.xlsx", "a.xlsx#1", (), {"zh": message, "en": message})
    return Located(said, (CellPlace("a.xlsx", "表", row, column),))


def test_colours_by_severity() -> None:
    drawn = picture(
        {(1, 1): "甲", (2, 1): "乙"},
        finding(1, 1, Severity.ERROR),
        finding(2, 1, Severity.WARNING),
        colour=True,
    )
    assert "101m甲 [1]" in drawn and "43m乙 [2]" in drawn


def test_text_of_a_workbook_commands_no_terminal() -> None:
    drawn = picture(
        {(1, 1): "\x1b[31m红\x07[bold]"}, finding(1, 1, Severity.INFO, "\x1b]0;标题\x07[red]x[/red]")
    )
    assert "\x1b" not in drawn and "\x07" not in drawn
    assert "[bold]" in drawn and "[red]x[/red]" in drawn


def test_what_lies_far_out_is_counted() -> None:
    drawn = picture({(1, 1): "甲", (900_000, 2): "乙", (2, 9_000): "丙"})
    assert "另有2个有内容的单元格" in drawn and "未发现问题" in drawn


def test_refusals(tmp_path: Path) -> None:
    for argument in (tmp_path, tmp_path / "nothing.xlsx"):
        done = jixiao("show", argument)
        assert done.returncode == 2 and done.stderr.startswith(b"jixiao: ")
    book = openpyxl.Workbook()
    book.save(tmp_path / "empty.xlsx")
    done = jixiao("show", tmp_path / "empty.xlsx")
    assert done.returncode in (0, 1) and "空" in done.stdout.decode()
