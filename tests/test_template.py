"""The blank form: what is open, what its live checks say once recalculated, and that it reads back as filled."""

from __future__ import annotations

import io
import shutil
import subprocess
import zipfile
from collections import Counter
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from checks.declared.tolerance import tolerance_classes
from checks.relations import evaluate
from etl.form.layout import FilledForm, Layout, lay_out
from etl.frames.build import stack
from etl.intake.file_reading import FileReading
from etl.intake.read import open_workbook
from etl.reading.extract import read_forms
from etl.reading.labelled_rows import SELF_CHECK
from etl.template.blank_form import blank_content, blank_form, blank_forms
from etl.template.draw import SHEET_NAME
from etl.template.guide import GUIDE_SHEET
from samples import build
from samples.on_paper import handed_in
from samples.submissions import SUBMISSIONS
from tests import clean
from tests.known_forms import COMMON, FORM_2023, SUMS

PROJECTS = 30
LAYOUT = lay_out(FORM_2023, blank_content(FORM_2023, 2023, PROJECTS))
CHECKS = "H"


@pytest.fixture(scope="module")
def blank() -> bytes:
    return blank_form(FORM_2023, projects=PROJECTS)


def _sheet(content: bytes, **options: Any) -> Any:
    return openpyxl.load_workbook(io.BytesIO(content), **options)[SHEET_NAME]


def test_the_blank_form_on_disk_is_redrawn_byte_for_byte() -> None:
    for name, content in build.blank_forms():
        path = build.HOME.parent / name
        assert build.parts(path.read_bytes()) == build.parts(content), f"{name}: run python -m samples.build"


def test_no_clock_is_in_the_file(blank: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(blank)) as package:
        assert {entry.date_time for entry in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_inputs_are_open_and_all_else_is_locked(blank: bytes) -> None:
    sheet = _sheet(blank)
    assert sheet.protection.sheet and not sheet.protection.password
    common_name = LAYOUT.cell("indicators", 0, "name")
    open_cells = [("funds", 0, "total_full"), ("projects", 29, "name"), ("indicators", 31, "key_task")]
    open_cells += [("indicators", 6, "half"), ("forms", 0, "annual_goal"), ("forms", 0, "agency")]
    assert not any(sheet[LAYOUT.cell(*where)].protection.locked for where in open_cells)
    assert all(sheet[cell].protection.locked for cell in ("A1", "C7", common_name, f"{CHECKS}7"))


def test_the_framework_is_prefilled_but_for_numbers(blank: bytes) -> None:
    sheet = _sheet(blank)
    for number, common in enumerate(COMMON):
        assert sheet[LAYOUT.cell("indicators", number, "name")].value == common.name
        expected = None if any(char.isdigit() for char in common.full) else common.full
        assert sheet[LAYOUT.cell("indicators", number, "full")].value == expected


def test_each_agency_gets_its_own_form() -> None:
    names = ["苏州市甲中心", '=HYPERLINK("x")', "苏州市乙中心"]
    made = dict(blank_forms(FORM_2023, names, 2023, 3))
    for name, content in made.items():
        cell = _sheet(content)["B3"]
        assert (cell.value, cell.data_type, cell.protection.locked) == (name, "s", True)


def test_words_and_amounts_are_guarded(blank: bytes) -> None:
    rules = _sheet(blank).data_validations.dataValidation
    by_cell = {str(area): rule for rule in rules for area in rule.sqref.ranges}
    amount = by_cell[LAYOUT.cell("funds", 0, "total_full")]
    assert (amount.type, amount.errorStyle, amount.formula1) == ("decimal", "stop", "0")
    assert by_cell[LAYOUT.cell("indicators", 0, "half")].formula1 == '"健全,较健全"'
    assert "≥" in by_cell[LAYOUT.cell("indicators", 6, "half")].formula1


def _clean() -> FilledForm:
    """Return the clean form of the tests on the rows of the blank form."""
    content = blank_content(FORM_2023, 2023, PROJECTS)
    lines = list(content.indicators)
    duty = len(COMMON)
    rows = [row for row in clean.INDICATORS if row["block"] == "duty"]
    for at, row in zip(_duty_places(rows, duty), rows, strict=True):
        lines[at] = replace(lines[at], **{k: row[k] for k in ("level2", "key_task", "name", "half", "full")})
    for number, row in enumerate(clean.INDICATORS[:duty]):
        lines[number] = replace(lines[number], half=row["half"], full=row["full"])
    effects = duty + 24
    for number, row in enumerate(row for row in clean.INDICATORS if row["block"] == "effect"):
        lines[effects + 2 * number] = replace(
            lines[effects + 2 * number], name=row["name"], half=row["half"], full=row["full"]
        )
    projects = list(content.projects)
    for number, (name, half, full) in enumerate(clean.PROJECTS):
        projects[number] = replace(projects[number], name=name, half=Decimal(half), full=Decimal(full))
    return FilledForm(
        2023,
        {name: text for name, text in clean.FORMS.items() if name != "fiscal_year"},
        {name: Decimal(text) for name, text in clean.FUNDS.items()},
        tuple(projects),
        tuple(lines),
    )


def _duty_places(rows: list[dict[str, str]], first: int) -> list[int]:
    """Return a line for each indicator: four lines a key task, five where the next one's are not needed."""
    places, task, used = [], -1, 4
    for before, row in zip([{"key_task": ""}, *rows], rows, strict=False):
        if row["key_task"] != before["key_task"] or used == 4:
            task, used = task + 1, 0
        places.append(first + 4 * task + used)
        used += 1
    return places


def _fill(blank: bytes, filled: FilledForm, layout: Layout = LAYOUT) -> bytes:
    """Type a form into the blank: into open cells only, as a department would."""
    workbook = openpyxl.load_workbook(io.BytesIO(blank))
    sheet = workbook[SHEET_NAME]
    values: dict[tuple[str, int, str], Any] = {("forms", 0, k): v for k, v in filled.texts.items()}
    values |= {("funds", 0, k): v for k, v in filled.amounts.items()}
    for number, project in enumerate(filled.projects):
        values |= {("projects", number, k): getattr(project, k) for k in ("name", "half", "full")}
    for number, line in enumerate(filled.indicators):
        fields = ("half", "full") if number < len(COMMON) else ("level2", "key_task", "name", "half", "full")
        values |= {
            ("indicators", number, k): getattr(line, k)
            for k in fields
            if ("indicators", number, k) in layout.addresses
        }
    for where, value in values.items():
        cell = sheet[layout.cell(*where)]
        if value not in (None, "") and cell.value is None:
            assert not cell.protection.locked, where
            cell.value = value
            cell.data_type = "s" if isinstance(value, str) else "n"
    stream = io.BytesIO()
    workbook.save(stream)
    return stream.getvalue()


def _recalculated(content: bytes, folder: Path) -> bytes:
    source = folder / "in" / "form.xlsx"
    source.parent.mkdir(parents=True, exist_ok=True)
    source.write_bytes(content)
    _convert([source], folder)
    return (folder / "form.xlsx").read_bytes()


def _convert(sources: list[Path], folder: Path) -> None:
    """Let LibreOffice open workbooks, work their formulas out and save them into a folder."""
    profile = (folder / "profile").as_uri()
    command = ["soffice", f"-env:UserInstallation={profile}", "--headless"]
    command += ["--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", str(folder)]
    subprocess.run([*command, *map(str, sources)], check=True, capture_output=True, timeout=180)


needs_libreoffice = pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")


def _said(content: bytes) -> dict[int, str]:
    """Return what the live checks say, by row."""
    sheet = _sheet(content, data_only=True)
    return {row: str(sheet[f"{CHECKS}{row}"].value or "") for row in range(1, sheet.max_row + 1)}


def _row(table: str, number: int, field: str) -> int:
    return LAYOUT.at(table, number, field)[0]


@pytest.mark.needs_libreoffice
@needs_libreoffice
def test_a_right_form_shows_ticks_and_reads_back_as_filled(blank: bytes, tmp_path: Path) -> None:
    filled = _clean()
    done = _recalculated(_fill(blank, filled), tmp_path)
    said = _said(done)
    assert said[2] == "✓ 没有需修改之处"
    assert said[_row("funds", 0, "total_full")] == said[_row("funds", 0, "project_full")] == "✓"
    assert not any("✗" in text or "△" in text for text in said.values())
    (reading,) = read_forms(open_workbook(done), FORM_2023).readings
    assert reading.texts == dict(filled.texts)
    assert {k: v.fen for k, v in reading.amounts.items()} == {
        k: int(v * 1_000_000) for k, v in filled.amounts.items() if v is not None
    }
    assert [(p.name, p.half.raw, p.full.raw) for p in reading.projects] == list(clean.PROJECTS)
    named = [(i.level2, i.key_task, i.name, i.half.raw, i.full.raw) for i in reading.indicators if i.name]
    assert named == [
        tuple(row[k] for k in ("level2", "key_task", "name", "half", "full")) for row in clean.INDICATORS
    ]


@pytest.mark.needs_libreoffice
@needs_libreoffice
def test_wrong_figures_show_crosses_with_the_difference(blank: bytes, tmp_path: Path) -> None:
    right = _clean()
    amounts = dict(right.amounts) | {
        "general_full": Decimal(2090),
        "project_half": Decimal(949),
        "other_full": None,
    }
    projects = list(right.projects)
    projects[5] = replace(projects[5], half=Decimal(41))
    projects[6] = replace(projects[6], half=Decimal("0.5"))
    wrong = replace(right, amounts=amounts, projects=tuple(projects))
    said = _said(_recalculated(_fill(blank, wrong), tmp_path))
    assert said[_row("funds", 0, "appropriation_full")] == "✗ 各分项合计2390，本格多810"
    assert said[_row("funds", 0, "project_full")] == "✗ 半年项目明细合计971.25，本格少22.25"
    assert said[_row("projects", 5, "half")] == "✗ 半年数大于全年数1"
    assert said[_row("projects", 6, "half")] == "✗ 缺项目名称"
    assert said[_row("projects", 0, "half")] == "○ 金额已核对" and said[_row("projects", 7, "half")] == ""
    assert said[_row("funds", 0, "other_full")] == ""
    assert said[2].startswith("✗ 4处需修改")


@pytest.mark.needs_libreoffice
@needs_libreoffice
def test_the_remarks_are_the_tolerance_of_the_rules(blank: bytes, tmp_path: Path) -> None:
    right = _clean()
    amounts = dict(right.amounts) | {
        "total_full": Decimal("3200.01"),
        "project_half": Decimal(950),
        "basic_half": Decimal("650.255"),
    }
    projects = list(right.projects)
    projects[4] = replace(projects[4], full=None)
    content = _fill(blank, replace(right, amounts=amounts, projects=tuple(projects)))
    workbook = openpyxl.load_workbook(io.BytesIO(content))
    workbook[SHEET_NAME][LAYOUT.cell("projects", 4, "full")].value = "六十"
    stream = io.BytesIO()
    workbook.save(stream)
    said = _said(_recalculated(stream.getvalue(), tmp_path))
    total = said[_row("funds", 0, "total_full")]
    assert total.count("△ 尾差") == 2 and "✗" not in total
    assert "△ 取整：半年项目明细合计949.75，本格多0.25" in said[_row("funds", 0, "project_full")]
    assert "有金额不是数字" in said[_row("funds", 0, "project_full")]
    assert said[_row("projects", 4, "full")].startswith("✗ F") and said[_row("projects", 4, "full")].endswith(
        "不是数字"
    )


def test_an_empty_blank_form_is_read_without_its_checks(blank: bytes) -> None:
    (reading,) = read_forms(open_workbook(blank), FORM_2023).readings
    assert reading.projects == [] and set(reading.texts.values()) == {""}
    assert {amount.state for amount in reading.amounts.values()} == {"blank"}
    assert [i.name for i in reading.indicators if i.name] == [c.name for c in COMMON]
    assert not any(odd.kind == "outside_table" for odd in reading.oddities)


def test_the_guide_spells_out_every_sum(blank: bytes) -> None:
    workbook = openpyxl.load_workbook(io.BytesIO(blank))
    assert workbook.sheetnames == [SHEET_NAME, GUIDE_SHEET]
    text = "\n".join(
        str(cell.value) for row in workbook[GUIDE_SHEET].iter_rows() for cell in row if cell.value
    )
    assert "财政拨款小计 = 一般公共预算资金 + 政府性基金 + 财政专户管理资金 + 国有资本金" in text
    assert "项目支出(半年) = 各项目半年计划执行数之和" in text
    assert _sheet(blank)[f"{CHECKS}1"].value == SELF_CHECK


MARKS = {"equal": "", "rounding": "△ 尾差", "integer": "△ 取整", "broken": "✗ "}
WORDINGS = {
    "AR01": "各分项合计",
    "AR02": "各分项合计",
    "AR03": "支出合计",
    "AR04": "全年项目明细合计",
    "AR05": "半年项目明细合计",
}


@pytest.mark.needs_libreoffice
@needs_libreoffice
def test_the_live_checks_say_what_the_rules_say_on_the_sample_city(blank: bytes, tmp_path: Path) -> None:
    names = [f"{number:02}" for number in range(len(SUBMISSIONS))]
    (tmp_path / "in").mkdir()
    for name, submission in zip(names, SUBMISSIONS, strict=True):
        money = handed_in(submission)
        content = _fill(
            blank,
            replace(blank_content(FORM_2023, 2023, PROJECTS), amounts=money.amounts, projects=money.projects),
        )
        (tmp_path / "in" / f"{name}.xlsx").write_bytes(content)
    _convert(sorted((tmp_path / "in").iterdir()), tmp_path)
    done = [(tmp_path / f"{name}.xlsx").read_bytes() for name in names]
    readings = [
        FileReading(name, readings=read_forms(open_workbook(c), FORM_2023).readings)
        for name, c in zip(names, done, strict=True)
    ]
    tables = stack(readings).tables
    shown = [_said(content) for content in done]
    seen = Counter[str]()
    for relation in SUMS:
        sums = evaluate(relation, tables)
        classes = tolerance_classes(
            *(sums[name].to_numpy() for name in ("stated", "computed", "addends", "fractional"))
        )
        for checks, kind in zip(shown, classes, strict=True):
            said = checks[_row("funds", 0, relation.total)]
            mark = MARKS[str(kind)]
            assert (WORDINGS[relation.code] in said) == bool(mark) and mark in said, (relation.code, said)
            seen[str(kind)] += 1
    assert seen["broken"] >= 4 and seen["equal"] >= 50
    for number, said_here in enumerate(shown):
        rows = tables.projects[tables.projects["form"] == number]
        over = [
            order
            for order, half, full in zip(rows["order"], rows["half"], rows["full"], strict=True)
            if half > full
        ]
        crossed = [
            order for order in rows["order"] if "大于全年数" in said_here[_row("projects", order, "half")]
        ]
        assert crossed == over
