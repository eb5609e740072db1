"""Forms are files: profiles, which of them a sheet is, what rules make of what a form lacks, and learning a new one."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from openpyxl import Workbook, load_workbook

from checks.finding import Severity
from checks.given.inputs import Inputs
from checks.run import check
from checks.settings import Settings
from etl.batch.chunk import Checked, check_readings
from etl.batch.whole import put_together
from etl.cli import cli
from etl.data.findings import as_json
from etl.form.layout import FilledForm, IndicatorLine, ProjectLine, lay_out
from etl.form.profile_file import read_profile
from etl.form.profiles import FOLDER, catalogue, of_year, shipped
from etl.intake.config import read_config
from etl.intake.file_reading import FileReading
from etl.intake.read import read_data
from etl.profiles.known import checked_file, learn_file
from etl.safe.refusal import Refusal
from etl.template.blank_form import blank_form
from etl.template.draw import draw, new_workbook
from tests import form_2023_by_reading
from tests.bent import straight, workbook_bytes
from tests.cases import Case
from tests.known_forms import FORM_2023, FORM_2024
from tests.paper import filled_in

CLEAN = filled_in(Case(""))[0]
ZHANJIANG = shipped().form("zhanjiang-whole-goal-2024")


def declared(text: str, name: str = "own.toml") -> Any:
    return read_profile(text, name, lambda base: getattr(shipped().profiles.get(base), "plain", None))


# -- profiles


@pytest.mark.parametrize(
    "field", ["year", "title", "basics", "funds_label", "sides", "goals", "indicators", "widths"]
)
def test_the_profile_of_2023_is_the_form_as_it_was_written_by_reading(field: str) -> None:
    assert getattr(FORM_2023, field) == getattr(form_2023_by_reading.FORM_2023, field)


def test_next_years_form_is_a_short_file() -> None:
    text = (FOLDER / "suzhou-whole-2024.toml").read_text("utf-8")
    assert len(text.splitlines()) <= 20
    budget = FORM_2024.budget
    assert set(budget.fields) - set(FORM_2023.budget.fields) == {"business_full"}
    assert "business_full" in budget.sum_by_code["AR02"].parts
    assert len(budget.framework) == len(FORM_2023.budget.framework) + 1


def test_a_common_indicator_keeps_its_number_in_next_years_form() -> None:
    old, new = FORM_2023.budget.framework, FORM_2024.budget.framework
    assert all(new.named(common.name) == old.named(common.name) for common in old)
    assert new.named("绩效自评完成率") == len(old)
    assert new.places[new.named("绩效自评完成率")] == old.places[old.named("绩效管理覆盖率")] + 1


FORM = '[form]\nid = "a-2025"\nextends = "suzhou-whole-goal-2023"\nyears = [2025]\n'


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("[form]\nid = \n", 2, ""),
        ("[[text]]\nkey = 'a'\n", 1, "[form]"),
        (FORM + "colour = 1\n", 5, "colour"),
        (FORM.replace("[2025]", "['x']"), 4, "years"),
        (FORM.replace("goal-2023", "goal-1999"), 3, "extends"),
        (FORM + '[relations]\nchange = [{ rule = "AR02", add = ["bussiness_full"] }]\n', 6, "bussiness_full"),
        (FORM + '[[money.side]]\nkey = "income"\ninsert = [{ after = "nowhere", key = "b", label = ["乙"] }]\n', 7, "nowhere"),
        (FORM + "[rules]\noff = { AR01 = '' }\n", 6, "AR01"),
        (FORM + "[rules.thresholds]\nno_such = 3\n", 6, "no_such"),
        (FORM + '[citywide]\nmoney = ["gold_full"]\n', 6, "gold_full"),
        ('[form]\nid = "x y"\ntitle = ["表"]\n', 2, "id"),
    ],
)  # fmt: skip
def test_a_wrong_profile_is_refused_with_its_line(text: str, line: int, said: str) -> None:
    with pytest.raises(Refusal) as refused:
        declared(text)
    assert f"line {line}" in str(refused.value) and said in str(refused.value)


def test_a_rule_that_does_not_exist_is_refused_where_a_profile_is_checked(tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    path.write_text(FORM + '[rules]\noff = { ZZ99 = "没有" }\n', "utf-8")
    with pytest.raises(Refusal, match=r"line 6.*ZZ99"):
        checked_file(path)
    path.write_text(FORM + '[rules]\noff = { AR01 = "不列来源" }\n', "utf-8")
    assert checked_file(path).budget.lacks("AR01", ()) == {
        "zh": "本表不适用：不列来源", "en": "not for this form: 不列来源",
    }  # fmt: skip


def test_an_invented_example_is_nobodys_nearest() -> None:
    group = next(group for group in shipped().groups if FORM_2023 in group)
    assert [of_year(group, year).year for year in (None, 2020, 2023, 2024, 2025, 2030)] == [
        2023, 2023, 2023, 2024, 2023, 2023,
    ]  # fmt: skip


# -- two years, and the bureau's own form


def of_2024(money: Decimal = Decimal(100)) -> FilledForm:
    """Return the clean form as one of 2024: a line and a common indicator more."""
    amounts = dict(CLEAN.amounts)
    total, basic = amounts["total_full"] or 0, amounts["basic_full"] or 0
    amounts |= {"business_full": money, "total_full": total + money, "basic_full": basic + money}
    lines = list(CLEAN.indicators)
    at = next(n for n, line in enumerate(lines) if line.name == "绩效管理覆盖率") + 1
    lines.insert(at, IndicatorLine("common", "过程", "预算管理", "", "绩效自评完成率", "≥45%", "≥95%"))
    return replace(CLEAN, fiscal_year=2024, amounts=amounts, indicators=tuple(lines))


def drawn(form: Any, filled: FilledForm) -> bytes:
    workbook = new_workbook(form.title.text)
    draw(lay_out(form, filled), workbook)
    buffer = io.BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()


def read(*files: tuple[str, bytes], forms: Any = ()) -> list[FileReading]:
    return [read_data(name, data, catalogue(forms)) for name, data in files]


def codes(checked: Checked, path: str = "") -> set[str]:
    return {e.finding.code for e in checked.located if path in e.finding.path}


def test_two_years_in_one_run_are_read_each_with_its_own_form() -> None:
    other = replace(of_2024(), texts={**CLEAN.texts, "agency": "苏州市第二处"})
    files = read(("a.xlsx", workbook_bytes((straight(CLEAN),))), ("b.xlsx", drawn(FORM_2024, other)))
    assert [reading.profile for file in files for reading in file.readings] == [FORM_2023.id, FORM_2024.id]
    checked = check_readings(files, Settings(), Inputs())
    tables = checked.stack.tables
    assert tables.funds["business_full_state"].tolist() == ["absent", "number"]
    assert tables.forms["profile"].tolist() == [FORM_2023.id, FORM_2024.id]
    for code in ("AR02", "AR03", "ST04", "ST10", "CF01", "CF02"):
        assert code not in codes(checked)
    batch = put_together([checked], (), Settings(), Inputs())
    assert f'"profile": "{FORM_2023.id}"' in as_json(batch, "zh") and FORM_2024.id in as_json(batch, "zh")
    again = batch.stack.tables
    assert again.funds["business_full"].isna().tolist() == [True, False]
    assert set(again.budgets) == {FORM_2023.id, FORM_2024.id}


def test_a_line_of_next_year_is_in_its_sum_and_in_the_search_for_the_wrong_cell() -> None:
    wrong = of_2024()
    wrong = replace(wrong, amounts={**wrong.amounts, "business_full": Decimal(90)})
    checked = check_readings(read(("a.xlsx", drawn(FORM_2024, wrong))), Settings(), Inputs())
    (found,) = [e.finding for e in checked.located if e.finding.code == "AR02"]
    assert found.severity == Severity.ERROR and "差10万元" in found.message["zh"]
    assert {spot.field for spot in found.spots} >= {"total_full", "business_full"}


def test_the_bureaus_own_form_lies_beside_its_settings(tmp_path: Path) -> None:
    (tmp_path / "jixiao.toml").write_text("year = 2025\n", "utf-8")
    line = '{ after = "carried_in", key = "bonds", label = ["债券资金"] }'
    own = f'{FORM}[[money.side]]\nkey = "income"\ninsert = [{line}]\n[relations]\nchange = [{{ rule = "AR02", add = ["bonds_full"] }}]\n'
    (tmp_path / "forms").mkdir()
    (tmp_path / "forms" / "own-2025.toml").write_text(own, "utf-8")
    settings = read_config(tmp_path / "jixiao.toml")
    form = catalogue(settings.forms).form("a-2025")
    amounts = {**CLEAN.amounts, "bonds_full": Decimal(0)}
    data = drawn(form, replace(CLEAN, fiscal_year=2025, amounts=amounts))
    files = read(("a.xlsx", data), forms=settings.forms)
    assert [reading.profile for file in files for reading in file.readings] == ["a-2025"]
    assert not codes(check_readings(files, settings, Inputs())) & {"AR02", "ST04", "ST10", "ST11"}
    (tmp_path / "forms" / "own-2025.toml").write_text(own.replace("bonds_full", "bond_full"), "utf-8")
    with pytest.raises(Refusal, match=r"own-2025.toml.*line 9.*bond_full"):
        read_config(tmp_path / "jixiao.toml")


# -- learning


def test_next_years_form_is_learnt_from_its_blank(tmp_path: Path) -> None:
    blank = tmp_path / "blank.xlsx"
    blank.write_bytes(blank_form(FORM_2024, "", 2024, 5))
    for base in ("suzhou-whole-goal-2023", ""):
        id_, questions = learn_file(blank, base, tmp_path / "new.toml", None)
        assert (id_, questions) == (FORM_2024.id, [])
        learnt = declared((tmp_path / "new.toml").read_text("utf-8"))
        known = shipped().profiles[FORM_2024.id].plain
        form = {name: value for name, value in known["form"].items() if name != "example"}
        assert learnt.plain == {**known, "form": form}


def test_what_is_not_understood_is_asked(tmp_path: Path) -> None:
    workbook = load_workbook(io.BytesIO(blank_form(FORM_2024, "", 2024, 5)))
    sheet = workbook["绩效目标表"]
    at = next(row for row in range(1, 90) if sheet.cell(row, 1).value == "一级指标")
    sheet.cell(at, 7, "分值")
    (tmp_path / "blank.xlsx").write_bytes(_saved(workbook))
    _, questions = learn_file(tmp_path / "blank.xlsx", "suzhou-whole-goal-2023", tmp_path / "new.toml", None)
    assert len(questions) == 1 and f"第{at}行" in questions[0] and "分值" in questions[0]
    assert f"# 问：{questions[0]}" in (tmp_path / "new.toml").read_text("utf-8")


def test_a_form_that_is_known_needs_no_profile(tmp_path: Path) -> None:
    (tmp_path / "blank.xlsx").write_bytes(blank_form(FORM_2023, "", 2023, 5))
    with pytest.raises(Refusal, match="suzhou-whole-goal-2023"):
        learn_file(tmp_path / "blank.xlsx", "", tmp_path / "new.toml", None)
    assert not (tmp_path / "new.toml").exists()


def _saved(workbook: Workbook) -> bytes:
    buffer = io.BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()


def jixiao(*words: object) -> tuple[int, str]:
    done = CliRunner(env={"COLUMNS": "200"}).invoke(cli, ["form", *map(str, words)])
    return done.exit_code, done.output


def test_the_commands_list_show_check_and_learn(tmp_path: Path) -> None:
    code, listed = jixiao("list")
    assert code == 0 and all(form.id in listed for form in shipped().forms)
    code, shown = jixiao("show", ZHANJIANG.id)
    assert code == 0 and "年度重点工作任务" in shown and "财政拨款 + 其他资金 = 基本支出 + 项目支出" in shown
    assert "本表资金无半年栏：AR06" in shown
    (tmp_path / "own.toml").write_text(FORM, "utf-8")
    code, checked = jixiao("check", tmp_path / "own.toml")
    assert code == 0 and "a-2025" in checked
    (tmp_path / "blank.xlsx").write_bytes(blank_form(FORM_2024, "", 2024, 5))
    code, said = jixiao("learn", tmp_path / "blank.xlsx", "--from", FORM_2023.id, "-o", tmp_path / "new.toml")
    assert code == 0 and FORM_2024.id in said
    assert jixiao("check", tmp_path / "new.toml")[0] == 0


# -- 湛江

_TASKS = (("应急值守", "全年值守", 800, "值守到位率100%"), ("物资储备", "更新物资", 400, "完好率95%以上"))
_LINES = (
    ("产出指标", "数量指标", "值守天数", "≥365天"), ("产出指标", "质量指标", "物资完好率", "≥95%"),
    ("产出指标", "时效指标", "物资更新按期完成率", "=100%"), ("产出指标", "成本指标", "物资更新单位成本", "≤0.5万元/批"),
    ("效益指标", "经济效益指标", "减少灾害损失", "≥300万元"), ("效益指标", "社会效益指标", "应急知识知晓率", "≥88%"),
    ("效益指标", "生态效益指标", "不适用", ""), ("效益指标", "可持续影响指标", "预案修订完成率", "≥97%"),
    ("满意度指标", "服务对象满意度指标", "群众满意度", "≥91%"),
)  # fmt: skip


def zhanjiang(**change: Any) -> Workbook:
    """Return a form of 湛江 written by reading the published one; `change` says what is otherwise."""
    workbook = Workbook()
    sheet = workbook.active
    assert sheet is not None
    down, right = change.get("down", 0), change.get("right", 0)
    rows: list[Sequence[Any]] = [
        [change.get("title", "湛江市市级部门整体预算绩效目标表")], ["2024年度"],
        ["部门名称", "湛江市某应急中心"], ["基本信息", "财政供养人员数", 36, "下属二级单位数", 2],
    ]  # fmt: skip
    left = ("部门预算支出", [("基本支出", 640.5), ("项目支出", 1200)])
    income = ("收入来源", [("财政拨款", 1840.5), ("其他资金", 0)])
    sides = (income, left) if change.get("swapped") else (left, income)
    for pair in (
        sides,
        (("事业发展性支出", [("财政专项资金", None), ("其他事业发展性支出", None)]), ("按预算级次划分", [("市本级使用资金", None), ("拟用于对下转移支付资金", None)])),
    ):  # fmt: skip
        (one, lines), (other, others) = pair
        rows.append(["预算整体情况", one, "预算金额（万元）", other, "预算金额（万元）"])
        rows += [[None, *a, *b] for a, b in zip(lines, others, strict=True)]
    rows.append(["总体绩效目标", "目标1：全年值守365天，险情处置率100%。\n目标2：物资完好率达到95%以上。"])
    rows.append(
        ["年度重点工作任务", "名称", "主要实施内容", "拟投入的资金（万元）", "期望达到的目标（概述）"]
    )
    rows += [[None, *task] for task in change.get("tasks", _TASKS)]
    rows.append(["其他需完成的任务（可选填）", "迎接上级检查"])
    rows.append(["绩效指标", "一级指标", "二级指标", "三级指标", "指标值"])
    before = ("", "")
    for level1, level2, name, value in _LINES:
        whole = change.get("filled") or (level1, level2) != before
        first = level1 if change.get("filled") or level1 != before[0] else None
        rows.append([None, first, level2 if whole else None, name, value])
        before = (level1, level2)
    for at, row in enumerate(rows, 1 + down):
        for column, value in enumerate(row, 1 + right):
            if value not in (None, ""):
                sheet.cell(at, column, value)
    if change.get("merged"):
        at = next(r for r in range(1, 60) if sheet.cell(r, 1 + right).value == "绩效指标")
        sheet.merge_cells(
            start_row=at, start_column=1 + right, end_row=at + len(_LINES), end_column=1 + right
        )
        sheet.merge_cells(start_row=1 + down, start_column=1 + right, end_row=1 + down, end_column=5 + right)
    return workbook


LAYOUTS: dict[str, Callable[[], Workbook]] = {
    "as published": zhanjiang,
    "merged": lambda: zhanjiang(merged=True),
    "moved down and to the right": lambda: zhanjiang(down=3, right=2, merged=True),
    "the sides change places": lambda: zhanjiang(swapped=True),
    "levels on every row": lambda: zhanjiang(filled=True),
    "the year in the title": lambda: zhanjiang(title="2024年市级部门整体预算绩效目标表"),
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_zhanjiang_is_read_right_however_it_is_laid_out(layout: str) -> None:
    (file,) = read(("z.xlsx", _saved(LAYOUTS[layout]())))
    (reading,) = file.readings
    assert reading.profile == ZHANJIANG.id and reading.fiscal_year == 2024
    assert reading.title.endswith("市级部门整体预算绩效目标表")
    assert reading.texts["agency"] == "湛江市某应急中心"
    assert (reading.texts["staff"], reading.texts["subordinates"]) == ("36", "2")
    assert reading.texts["annual_goal"].startswith("目标1") and reading.texts["other_tasks"] == "迎接上级检查"
    fen = {name: amount.fen for name, amount in reading.amounts.items() if amount.state == "number"}
    assert fen == {
        "basic_full": 640_500_000, "project_full": 1_200_000_000, "appropriation_full": 1_840_500_000, "other_full": 0,
    }  # fmt: skip
    tasks = [(p.name, p.content, (p.full.fen or 0) // 1_000_000, p.goal) for p in reading.projects]
    assert tasks == list(_TASKS) and {p.half.state for p in reading.projects} == {"absent"}
    lines = [(i.level1, i.level2, i.name, i.full.raw) for i in reading.indicators]
    assert lines == list(_LINES) and {i.half.state for i in reading.indicators} == {"absent"}
    assert {i.block for i in reading.indicators[:4]} == {"duty"} and reading.indicators[4].block == "effect"
    checked = check_readings([file], Settings(), Inputs())
    assert not [e.finding for e in checked.located if e.finding.severity == Severity.ERROR]


def test_what_a_form_has_not_no_rule_asks_for() -> None:
    checked = check_readings(read(("z.xlsx", _saved(zhanjiang()))), Settings(), Inputs())
    apart = {tally.code for tally in checked.tallies if tally.not_applicable}
    assert {"CF01", "HF01", "AR06", "CP06", "CP09", "TX08", "XS05", "AR01", "CP07"} <= apart
    assert not {"CP01", "CP02", "AR03", "AR07", "IG01", "IG02", "XS08", "TX01"} & apart
    reason = ZHANJIANG.budget.lacks("AR06", ("half_money",))
    assert reason == {"zh": "本表资金无半年栏", "en": "the form has no half-year amounts"}
    assert FORM_2023.budget.lacks("AR06", ("half_money",)) is None


def test_income_of_several_lines_balances_expenditure() -> None:
    workbook = zhanjiang()
    sheet = workbook.active
    assert sheet is not None
    cell = next(c for row in sheet.iter_rows() for c in row if c.value == 1840.5)
    cell.value = 1940.5
    checked = check_readings(read(("z.xlsx", _saved(workbook))), Settings(), Inputs())
    (found,) = [e.finding for e in checked.located if e.finding.code == "AR03"]
    assert found.severity == Severity.ERROR
    assert "财政拨款与其他资金填1940.5万元" in found.message["zh"] and "差100万元" in found.message["zh"]


@pytest.mark.parametrize(("money", "fires"), [(401, True), (400, False), (0, False)])
def test_key_tasks_cost_no_more_than_the_project_money(money: int, fires: bool) -> None:
    tasks = (_TASKS[0], (*_TASKS[1][:2], money, _TASKS[1][3]))
    checked = check_readings(read(("z.xlsx", _saved(zhanjiang(tasks=tasks)))), Settings(), Inputs())
    found = [e for e in checked.located if e.finding.code == "XS08"]
    assert bool(found) is fires
    if found:
        assert (found[0].finding.found, found[0].finding.expected) == ("1201", "1200")
        assert (found[0].cells[0].row, found[0].cells[0].column) == (7, 3)


def test_the_blank_form_of_zhanjiang_comes_back_as_it_was_filled_in() -> None:
    filled = FilledForm(
        2024, {"agency": "湛江市某应急中心", "staff": "36", "subordinates": "2", "annual_goal": "完成全年值守365天。"},
        {"basic_full": Decimal("640.5"), "project_full": Decimal(1200), "appropriation_full": Decimal("1840.5"), "other_full": Decimal(0)},
        tuple(ProjectLine(name, None, Decimal(money), content, goal) for name, content, money, goal in _TASKS),
        tuple(IndicatorLine("output" if level1 == "产出指标" else "effect", level1, level2, "", name, "", value)
              for level1, level2, name, value in _LINES),
    )  # fmt: skip
    (file,) = read(("z.xlsx", drawn(ZHANJIANG, filled)))
    (reading,) = file.readings
    assert reading.profile == ZHANJIANG.id
    assert [(p.name, p.content, p.goal) for p in reading.projects] == [(a, b, d) for a, b, _, d in _TASKS]
    assert [(i.name, i.full.raw) for i in reading.indicators] == [(line[2], line[3]) for line in _LINES]
    assert reading.amounts["appropriation_full"].fen == 1_840_500_000
    assert b"PK" in blank_form(ZHANJIANG, "湛江市某应急中心", 2024, 4)


def test_a_rule_of_one_form_judges_each_by_its_own_profile() -> None:
    both = read(("z.xlsx", _saved(zhanjiang())), ("a.xlsx", workbook_bytes((straight(CLEAN),))))
    checked = check_readings(both, Settings(), Inputs())
    tables = replace(checked.stack.tables)
    outcome = check(tables, Settings(), Inputs())
    fate = outcome.fates["CF01"]
    mine = tables.forms.index[tables.forms["profile"] == ZHANJIANG.id].tolist()
    assert fate.not_applicable == frozenset(mine) and not fate.fired
    tally = next(tally for tally in outcome.tallies if tally.code == "CF01")
    assert (tally.forms, tally.not_applicable, tally.passed) == (2, 1, 1)
