"""What a check is given beside the forms: read whole, or refused with the line that is wrong."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner

from checks.given.inputs import Inputs
from checks.settings import Settings
from etl.batch.chunk import for_one_form
from etl.batch.read import read_inputs, read_last_year
from etl.batch.request import Request
from etl.intake.inputs import read_actuals, read_approved
from etl.intake.roster import read_roster
from etl.safe.refusal import Refusal
from tests.cases import Case
from tests.here import checked
from tests.paper import paper

AGENCY = "苏州市园林绿地养护中心"


def _csv(path: Path, *lines: str, encoding: str = "utf-8-sig") -> Path:
    path.write_text("\n".join(lines) + "\n", encoding=encoding)
    return path


def _workbook(path: Path, *rows: tuple[object, ...]) -> Path:
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in rows:
        book.active.append(row)
    book.save(path)
    return path


def _form(path: Path, **edits: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(paper(Case("", {f"forms.{name}": text for name, text in edits.items()})).data)
    return path


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-8", "gb18030"])
def test_approved_amounts_are_exact_fen(tmp_path: Path, encoding: str) -> None:
    lines = (
        "单位名称,项目名称,金额（万元）,批复日期",
        f'{AGENCY},行道树修剪项目,"1,450.123456",2023-01-20',
        "",
        f"{AGENCY},,0.1,",
    )
    listed = read_approved(_csv(tmp_path / "a.csv", *lines, encoding=encoding))
    assert listed.to_dict("records") == [
        {"agency": AGENCY, "project": "行道树修剪项目", "fen": 1_450_123_456, "date": "2023-01-20"},
        {"agency": AGENCY, "project": "", "fen": 100_000, "date": ""},
    ]


def test_an_approved_list_may_be_a_workbook_with_a_title(tmp_path: Path) -> None:
    import datetime

    path = _workbook(
        tmp_path / "a.xlsx",
        ("2023年部门预算批复表",),
        ("单位名称", "项目名称", "批复数(万元)", "日期"),
        (AGENCY, "行道树修剪项目", 450.5, datetime.date(2023, 1, 20)),
        (AGENCY, "物业管理经费", 0.00001, None),
    )
    assert read_approved(path)[["fen", "date"]].to_numpy().tolist() == [[450_500_000, "2023-01-20"], [10, ""]]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (",行道树修剪项目,1,", "第3行没有单位名称"),
        (f"{AGENCY},行道树修剪项目,约450,", "第3行金额“约450”不是数字"),
        (f"{AGENCY},行道树修剪项目,,", "第3行金额“”不是数字"),
        ("苏州市 园林绿地养护中心,,249,", "第3行与第2行重复"),
        (f"{AGENCY},,3200.00,", "第3行与第2行重复"),
        (f"{AGENCY},行道树修剪项目,1,2023-02-30", "第3行日期“2023-02-30”无法识别"),
        (f"{AGENCY},行道树修剪项目,1,年初", "第3行日期“年初”无法识别"),
    ],
)
def test_a_wrong_line_of_the_approved_list_is_named(tmp_path: Path, line: str, said: str) -> None:
    path = _csv(tmp_path / "a.csv", "单位名称,项目名称,金额(万元),日期", f"{AGENCY},,3200,", line)
    with pytest.raises(Refusal, match=said):
        read_approved(path)


def test_a_line_pasted_twice_is_refused_but_two_grants_are_not(tmp_path: Path) -> None:
    head, first = "单位名称,项目名称,金额(万元)", f"{AGENCY},古树名木保护项目,249"
    with pytest.raises(Refusal, match="第3行与第2行重复"):
        read_approved(_csv(tmp_path / "a.csv", head, first, f"{AGENCY},古树名木 保护项目,249.0"))
    listed = read_approved(_csv(tmp_path / "b.csv", head, first, f"{AGENCY},古树名木保护项目,51"))
    assert listed["fen"].tolist() == [249_000_000, 51_000_000]


def test_a_list_without_its_columns_or_its_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="缺少“金额\\(万元\\)”一列"):
        read_approved(_csv(tmp_path / "a.csv", "单位名称,项目名称", f"{AGENCY},行道树修剪项目"))
    (tmp_path / "b.csv").write_bytes(b"")
    with pytest.raises(Refusal, match="是空的"):
        read_approved(tmp_path / "b.csv")
    with pytest.raises(Refusal, match="无法读取"):
        read_approved(tmp_path / "none.csv")
    (tmp_path / "c.xlsx").write_bytes(b"PK\3\4 not a workbook")
    with pytest.raises(Refusal, match="无法读取"):
        read_approved(tmp_path / "c.xlsx")


def test_the_roster_still_names_its_lines(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="名单第3行与第2行重复"):
        read_roster(_csv(tmp_path / "r.csv", "单位名称,汇总/本级", f"{AGENCY},本级", f"{AGENCY},"))
    listed = read_roster(_csv(tmp_path / "s.csv", "单位名称,汇总／本级", f"{AGENCY},本级"))
    assert listed["scope"].tolist() == ["本级"]


def test_results_are_kept_as_typed(tmp_path: Path) -> None:
    path = _csv(
        tmp_path / "r.csv",
        "单位名称,三级指标,实际完成值",
        f"{AGENCY},市民满意度,96.4%",
        f"{AGENCY},绿化覆盖率,",
    )
    assert read_actuals(path)["actual"].tolist() == ["96.4%", ""]
    with pytest.raises(Refusal, match="第2行没有指标名称"):
        read_actuals(_csv(tmp_path / "s.csv", "单位名称,三级指标,实际完成值", f"{AGENCY},,1"))
    with pytest.raises(Refusal, match="第3行与第2行重复"):
        read_actuals(_csv(tmp_path / "t.csv", "单位,指标,实际值", f"{AGENCY},满意度,1", f"{AGENCY},满意度,2"))


def test_last_years_folder_is_read_to_tables(tmp_path: Path) -> None:
    _form(tmp_path / "2022" / "深" / "a.xlsx", fiscal_year="2022年度")
    (tmp_path / "2022" / "b.xlsx").write_bytes(b"nothing")
    tables = read_last_year(tmp_path / "2022")
    assert tables.forms["agency"].tolist() == [AGENCY] and tables.forms["fiscal_year"].tolist() == [2022]
    assert {"full_number", "name_key"} <= set(tables.indicators.columns)
    assert sorted(tables.files["status"]) == ["checked", "unreadable"]


def test_last_years_folder_must_hold_a_form(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="上年报表"):
        read_last_year(tmp_path / "none")
    (tmp_path / "2022").mkdir()
    with pytest.raises(Refusal, match="上年报表"):
        read_last_year(tmp_path / "2022")
    (tmp_path / "2022" / "b.xlsx").write_bytes(b"nothing")
    with pytest.raises(Refusal, match="没有读出绩效目标表"):
        read_last_year(tmp_path / "2022")


def test_last_years_forms_are_not_checked_as_this_years(tmp_path: Path) -> None:
    _form(tmp_path / "in" / "a.xlsx")
    _form(tmp_path / "in" / "2022" / "a.xlsx", fiscal_year="2022年度")
    with pytest.raises(Refusal, match="被检查的路径之内"):
        checked([tmp_path / "in"], last_year=tmp_path / "in" / "2022", workers=1)


def test_only_what_is_given_is_an_input(tmp_path: Path) -> None:
    assert read_inputs(Request(())).given() == {}
    names = read_inputs(Request((), roster=_csv(tmp_path / "r.csv", "单位名称", AGENCY))).given()
    assert list(names) == ["roster"]


def test_workers_are_not_sent_last_years_tables() -> None:
    given: Any = dict.fromkeys(("roster", "last_year", "approved", "actuals"), "given")
    left = for_one_form(Inputs(**given), Settings())
    assert left.last_year is None and left.roster == "given"


def test_the_rules_across_forms_get_every_input(tmp_path: Path) -> None:
    _form(tmp_path / "in" / "a.xlsx")
    without = checked([tmp_path / "in"], workers=1)
    given = checked(
        [tmp_path / "in"],
        roster=_csv(tmp_path / "r.csv", "单位名称", AGENCY),
        last_year=_form(tmp_path / "old" / "a.xlsx", fiscal_year="2022年度").parent,
        approved=_csv(tmp_path / "a.csv", "单位名称,项目名称,金额(万元)", f"{AGENCY},行道树修剪项目,450.5"),
        actuals=_csv(tmp_path / "r2.csv", "单位名称,指标名称,实际完成值", f"{AGENCY},市民满意度,96%"),
        workers=1,
    )
    options = ("--roster", "--last-year", "--approved", "--actuals")
    assert {o for n in without.not_run for o in options if o in n.reason["zh"]} == set(options)
    assert not [n for n in given.not_run if any(o in n.reason["zh"] for o in options)]


def test_the_command_line_takes_the_inputs(tmp_path: Path) -> None:
    from etl.cli import cli

    _form(tmp_path / "in" / "a.xlsx")
    _form(tmp_path / "old" / "a.xlsx", fiscal_year="2022年度")
    wrong = _csv(tmp_path / "a.csv", "单位名称,项目名称,金额(万元)", f"{AGENCY},行道树修剪项目,多")
    arguments = [
        "check",
        str(tmp_path / "in"),
        "--last-year",
        str(tmp_path / "old"),
        "--approved",
        str(wrong),
    ]
    done = CliRunner().invoke(cli, arguments)
    assert isinstance(done.exception, Refusal) and "第2行" in str(done.exception)
