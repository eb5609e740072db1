"""Rules across agencies: what is copied, what does not add up, what stands apart; firing and silent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pandas as pd

from checks.enrich import enriched
from checks.given.inputs import Inputs
from checks.rules.city.xw import the_citys_totals_add_up_again
from etl.batch.chunk import check_readings
from etl.batch.model import Batch
from etl.frames.build import stack
from etl.intake.file_reading import FileReading
from tests.cases import Case
from tests.paper import paper, read_bytes
from tests.test_batch_rules import batch, said

A, B, C = "苏州市水利工程管理处", "苏州市公共文化中心", "苏州市社区服务指导中心"
SHEET = paper()


def form(agency: str, path: str = "", **case: Any) -> FileReading:
    """Return the clean form of an agency with a case's edits and rows."""
    edits = {"forms.agency": agency, **case.pop("edits", {})}
    return read_bytes(paper(Case("", edits, **case)).data, path or f"{agency}.xlsx")


def at(agency: str, *names: str) -> list[tuple[str, str]]:
    """Return path and cell of values of an agency's form, as `said` does."""
    return [(f"{agency}.xlsx", SHEET.cell(name)) for name in names]


def roster(*rows: Mapping[str, str]) -> pd.DataFrame:
    from checks.given.roster import COLUMNS

    return pd.DataFrame([{**dict.fromkeys(COLUMNS, ""), **row} for row in rows], dtype=object)


def message(result: Batch, code: str) -> str:
    return next(e.finding.message["zh"] for e in result.located if e.finding.code == code)


def cells(result: Batch, code: str) -> list[str]:
    """Return every cell of the first finding of a rule."""
    from etl.cell.grid import address_text

    found = next(e for e in result.located if e.finding.code == code)
    return [address_text((cell.row, cell.column)) for cell in found.cells]


GOAL = (
    "到“十四五”末，{agency}建成覆盖主要河道的水位、流量自动监测，堤防和闸站做到一年一检、三年一修，"
    "汛期险情处置不过夜，重点水利工程运行完好，城区防洪能力达到{year}年规划的标准。"
)
OTHER_GOAL = "到“十四五”末，馆藏图书流通更便捷，基层文化站开放时间更长，市民走路一刻钟能看书、看展、看戏，文化志愿者队伍稳定，活动有人策划、有人参加、有人评价。"


def _goal(agency: str, text: str) -> FileReading:
    return form(agency, edits={"forms.long_term_goal": text})


def test_a_goal_that_only_changes_name_and_year_is_a_copy() -> None:
    copied = [_goal(A, GOAL.format(agency=A, year=2025)), _goal(B, GOAL.format(agency=B, year=2030))]
    result = batch([*copied, _goal(C, OTHER_GOAL)])
    assert said(result, "XW03") == at(A, "forms.long_term_goal") + at(B, "forms.long_term_goal")
    assert "中长期目标" in message(result, "XW03") and B in message(result, "XW03")


def test_goals_of_ones_own_are_not_copies() -> None:
    rewritten = GOAL.format(agency=B, year=2025).replace("水位、流量自动监测", "闸站视频和雨量遥测")
    rewritten = rewritten.replace("堤防和闸站做到一年一检、三年一修", "泵站由专人值守并逐台建立档案")
    assert said(batch([_goal(A, GOAL.format(agency=A, year=2025)), _goal(B, rewritten)]), "XW03") == []


def test_what_a_fifth_of_the_city_says_is_not_copied() -> None:
    files = [form(f"苏州市第{n}管理处", edits={}) for n in "一二三四五"]
    assert said(batch(files), "XW03") == []


def test_agencies_of_one_group_may_share_their_goals() -> None:
    copied = [_goal(A, GOAL.format(agency=A, year=2025)), _goal(B, GOAL.format(agency=B, year=2025))]
    grouped = roster({"agency": A, "group": "水利所"}, {"agency": B, "group": "水利所"})
    apart = roster({"agency": A, "group": "水利所"}, {"agency": B, "group": "文化馆"})
    assert said(batch(copied, roster=grouped), "XW03") == []
    assert len(said(batch(copied, roster=apart), "XW03")) == 2


def test_parent_and_child_may_share_their_goals() -> None:
    whole, child = "苏州市水务局（汇总）", "苏州市河道所"
    copied = [
        _goal(whole, GOAL.format(agency="", year=2025)),
        _goal(child, GOAL.format(agency="", year=2025)),
    ]
    kin = roster(
        {"agency": whole, "department": "市水务局", "scope": "汇总"},
        {"agency": child, "department": "市水务局", "scope": "本级"},
    )
    strangers = roster(
        {"agency": whole, "department": "市水务局", "scope": "汇总"},
        {"agency": child, "department": "市教育局", "scope": "本级"},
    )
    assert said(batch(copied, roster=kin), "XW03") == []
    assert len(said(batch(copied, roster=strangers), "XW03")) == 2


def test_two_files_of_one_agency_are_not_copies_of_each_other() -> None:
    twice = [_goal(A, GOAL), replace(_goal(A, GOAL), path="修改稿.xlsx")]
    assert said(batch(twice), "XW03") == []


DUTY = range(31, 41)
"""Numbers of the clean form's duty indicators in `tests.clean.INDICATORS`."""


def _other_values(*rows: int) -> dict[str, str]:
    return {f"indicators[{row}].full": f"≥{row + 2}99件" for row in rows}


def test_the_same_indicators_with_the_same_values_are_copies() -> None:
    result = batch([form(A), form(B, edits=_other_values(40))])
    assert said(result, "XW04") == at(A, "indicators[31].name") + at(B, "indicators[31].name")
    assert cells(result, "XW04") == [SHEET.cell(f"indicators[{row}].name") for row in DUTY[:-1]]


def test_the_same_indicators_with_other_values_are_no_copies() -> None:
    assert said(batch([form(A), form(B, edits=_other_values(39, 40))]), "XW04") == []


def test_a_departments_template_of_indicators_is_no_copy() -> None:
    same = [form(name) for name in (A, B, C)]
    listed = [{"agency": name, "department": "市水务局", "scope": "本级"} for name in (A, B, C)]
    assert said(batch(same, roster=roster(*listed)), "XW04") == []
    assert len(said(batch(same[:2], roster=roster(*listed)), "XW04")) == 2


WHOLE, OWN, CHILD = "苏州市水务局（汇总）", "苏州市水务局（本级）", "苏州市河道所"
WATER = roster(
    {"agency": WHOLE, "department": "市水务局", "scope": "汇总"},
    {"agency": OWN, "department": "市水务局", "scope": "本级"},
    {"agency": CHILD, "department": "市水务局", "scope": "本级"},
)


def _added(**change: str) -> dict[str, str]:
    from decimal import Decimal

    from tests.clean import FUNDS

    return {f"funds.{name}": change.get(name, str(Decimal(text) * 2)) for name, text in FUNDS.items()}


def test_a_department_is_the_sum_of_its_agencies() -> None:
    children = [form(OWN), form(CHILD)]
    wrong = batch(
        [form(WHOLE, edits=_added(general_full="5600", basic_full="2600.99")), *children], roster=WATER
    )
    assert said(wrong, "XW05") == at(WHOLE, "funds.general_full")
    assert cells(wrong, "XW05") == [SHEET.cell("funds.general_full")]
    assert "5600" in message(wrong, "XW05") and "5800" in message(wrong, "XW05")
    even = batch([form(WHOLE, edits=_added(basic_full="2601.01")), *children], roster=WATER)
    assert said(even, "XW05") == []


def test_a_department_is_not_judged_before_all_agencies_handed_in() -> None:
    result = batch([form(WHOLE, edits=_added(general_full="1")), form(OWN)], roster=WATER)
    assert said(result, "XW05") == []
    (reason,) = (n for n in result.not_run if n.code == "XW05")
    assert reason.form == f"{WHOLE}.xlsx#1" and CHILD in reason.reason["zh"]


def test_without_its_own_form_a_department_may_only_not_be_less() -> None:
    listed = WATER[WATER["agency"] != OWN].reset_index(drop=True)
    more = batch([form(WHOLE, edits=_added()), form(CHILD)], roster=listed)
    less = batch([form(WHOLE, edits={"funds.total_full": "3100"}), form(CHILD)], roster=listed)
    assert said(more, "XW05") == []
    assert said(less, "XW05") == at(WHOLE, "funds.total_full")


def test_an_agencys_own_form_is_not_a_sum() -> None:
    result = batch([form(OWN, edits=_added()), form(CHILD)], roster=WATER)
    assert said(result, "XW05") == []
    assert next(t for t in result.tallies if t.code == "XW05").not_applicable == 2


def _projects(*lines: tuple[str, str]) -> dict[str, Any]:
    return {
        "drop": tuple(f"projects[{n}]" for n in range(6)),
        "add": {"projects": tuple({"name": name, "half": "1", "full": full} for name, full in lines)},
    }


def test_one_project_of_two_agencies_may_be_stated_twice() -> None:
    one = form(A, **_projects(("智慧停车平台建设", "450"), ("河道清淤", "90")))
    other = form(B, **_projects(("智慧停车 平台建设", "450"), ("图书采购", "80")))
    result = batch([one, other])
    cell = paper(Case("", **_projects(("x", "1"), ("y", "1")))).cell("projects[6].name")
    assert said(result, "XW06") == [(f"{A}.xlsx", cell), (f"{B}.xlsx", cell)]
    assert "智慧停车平台建设" in message(result, "XW06") and "450" in message(result, "XW06")


def test_projects_that_differ_or_that_everybody_has_pass() -> None:
    one = form(A, **_projects(("智慧停车平台建设", "450"), ("物业管理经费", "80"), ("零星养护", "9")))
    other = form(B, **_projects(("智慧停车平台建设", "450.01"), ("物业管理经费", "80"), ("零星养护", "9")))
    assert said(batch([one, other]), "XW06") == []
    whole = form(WHOLE, **_projects(("河道清淤", "90")))
    child = form(CHILD, **_projects(("河道清淤", "90")))
    assert said(batch([whole, child], roster=WATER), "XW06") == []


def _approved(*rows: tuple[str, str, int, str]) -> pd.DataFrame:
    from checks.given.approved import COLUMNS

    return pd.DataFrame(list(rows), columns=list(COLUMNS))


WAN = 1_000_000
GRANTED = (
    (A, "", 3200 * WAN, ""),
    (A, "公园绿地养护项目", 800 * WAN, ""),
    (A, "行道树修剪项目", 450_500_000, ""),
    (A, "古树名木保护项目", 249 * WAN + 10_000, ""),
    (A, "公园设施维修项目", 300 * WAN, ""),
    (A, "市民投诉办理平台项目", 60 * WAN, ""),
    (A, "物业管理经费", 40 * WAN, ""),
)


def test_amounts_are_those_approved() -> None:
    assert said(batch([form(A)], approved=_approved(*GRANTED)), "XW07") == []


def test_an_amount_that_was_not_approved() -> None:
    files = [form(A, edits={"funds.total_full": "3200.02", "projects[1].full": "540.5"})]
    result = batch(files, approved=_approved(*GRANTED))
    assert said(result, "XW07") == at(A, "funds.total_full", "projects[1].full")


def test_projects_that_were_not_approved_or_are_missing() -> None:
    result = batch([form(A, edits={"projects[1].name": "行道树补种项目"})], approved=_approved(*GRANTED))
    assert said(result, "XW07") == at(A, "funds.project_full", "projects[1].name")
    weights = [str(e.finding.severity) for e in result.located if e.finding.code == "XW07"]
    assert sorted(weights) == ["error", "warning"]


def test_the_latest_approval_holds_and_aliases_are_known() -> None:
    adjusted = _approved(("水利处", "", 3300 * WAN, "2023-01-20"), ("水利处", "", 3200 * WAN, "2023-03-01"))
    listed = roster({"agency": A, "alias": "水利处"})
    result = batch([form(A), form(B)], approved=adjusted, roster=listed)
    assert said(result, "XW07") == []
    assert [n.form for n in result.not_run if n.code == "XW07"] == [f"{B}.xlsx#1"]


def test_a_form_in_yuan_is_one_finding() -> None:
    edits = {f"projects[{n}].full": f"{full}0000" for n, full in ((0, 800), (2, 249), (3, 300))}
    granted = [row if row[1] != "古树名木保护项目" else (A, row[1], 249 * WAN, "") for row in GRANTED]
    result = batch([form(A, edits=edits)], approved=_approved(*granted))
    assert said(result, "XW07") == at(A, "projects[0].full")
    assert "等3个项目" in message(result, "XW07")


def test_the_approvals_of_one_date_add_up() -> None:
    two = (*GRANTED[1:2], (A, "行道树修剪项目", 400 * WAN, ""), (A, "行道树 修剪项目", 50_500_000, ""))
    result = batch([form(A)], approved=_approved(*two))
    assert said(result, "XW07") == at(A, "projects[2].name"), "only what is not on the list"


def _peers(last: Mapping[str, str], **case: Any) -> list[FileReading]:
    names = [f"苏州市第{n}管理处" for n in "一二三四五六七"]
    return [form(name) for name in names] + [form(A, edits=dict(last), **case)]


def test_a_half_year_share_far_from_the_peers() -> None:
    result = batch(_peers({"funds.basic_half": "820.25", "funds.project_half": "1149.75"}))
    assert said(result, "XW08") == at(A, "funds.basic_half")
    near = batch(_peers({"funds.basic_half": "700.25", "funds.project_half": "999.75"}))
    assert said(near, "XW08") == []


def test_a_satisfaction_far_from_the_peers() -> None:
    assert said(batch(_peers({"indicators[45].full": "≥99%"})), "XW08") == at(A, "indicators[45].full")
    assert said(batch(_peers({"indicators[45].full": "≥94%"})), "XW08") == []


def test_peers_are_too_few_below_eight() -> None:
    result = batch(_peers({"indicators[45].full": "≥99%"})[1:])
    assert said(result, "XW08") == []
    assert len([n for n in result.not_run if n.code == "XW08"]) == 7


def test_unit_costs_far_from_the_peers() -> None:
    files = [
        form(f"苏州市第{n}管理处", edits={"indicators[35].full": f"≤0.8{k}万元"})
        for k, n in enumerate("一二三四五六七")
    ]
    result = batch([*files, form(A, edits={"indicators[35].full": "≤1.9万元"})])
    assert said(result, "XW08") == at(A, "indicators[35].full")
    assert said(batch([*files, form(A)]), "XW08") == []


def test_different_operators_in_the_city_are_said_once() -> None:
    other = {"indicators[11].full": "=98%"}
    files = [form(A), form(B), form(C), form(WHOLE, edits=other), form(OWN, edits=other)]
    result = batch(files)
    assert said(result, "XW09") == [("", "")]
    assert "预算执行率" in message(result, "XW09")
    assert said(batch(files[:-1]), "XW09") == []


def test_the_citys_totals_add_up_again() -> None:
    assert said(batch([form(A), form(B)]), "XW10") == []
    tables = enriched(stack([form(f"苏州市第{n}处") for n in range(100)]).tables)
    huge = tables.funds.assign(total_full=pd.array([10**17] * 100, dtype="Int64"))
    (hit,) = the_citys_totals_add_up_again(replace(tables, funds=huge), tables.budget)
    assert hit.values["field"] == "资金总额" and hit.form == -1


def test_without_the_inputs_the_rules_say_what_they_lack() -> None:
    result = batch([form(A)])
    lacking = {n.code: n.reason["zh"] for n in result.not_run}
    assert "--roster" in lacking["XW05"] and "--approved" in lacking["XW07"]


def test_the_chunks_do_not_matter() -> None:
    from checks.settings import Settings
    from etl.batch.whole import put_together

    files = [form(A), form(B), form(C)]
    once = put_together([check_readings(files, Settings(), Inputs())], (), Settings(), Inputs())
    apart = put_together(
        [check_readings([file], Settings(), Inputs()) for file in files], (), Settings(), Inputs()
    )
    assert said(once, "XW04") == said(apart, "XW04") != []
