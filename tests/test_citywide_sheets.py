"""The city's workbook, sheet by sheet, against counts and sums made another way; what counts and what does not."""

from __future__ import annotations

import csv
import io
import json
import statistics
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.cases import Case
from tests.paper import paper, read_bytes
from tests.test_citywide import CITY_FILES, ROSTER, exact, opened, table

AGENCY = "苏州市{}服务中心"


@pytest.fixture(scope="module")
def produced(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from tests.here import produce

    output = tmp_path_factory.mktemp("sheets")
    produce([CITY_FILES], output, roster=ROSTER, workers=1, quiet=True)
    return output


@pytest.fixture(scope="module")
def values(produced: Path) -> Any:
    return opened(produced / "citywide.xlsx", True)


def data(produced: Path, name: str) -> list[dict[str, str]]:
    text = (produced / "data" / f"{name}.csv").read_text(encoding="utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def counted(produced: Path) -> dict[str, dict[str, str]]:
    return {row["row"]: row for row in data(produced, "forms") if row["counted"] == "True"}


def overview(book: Any) -> dict[str, tuple[Any, Any]]:
    """Return the lines of 总览 by name: value and words."""
    return {row[0].value: (row[1].value, row[2].value) for row in book["总览"].iter_rows() if row[0].value}


# -- small cities, made to measure


def city(roster: list[dict[str, str]], files: dict[str, Case], **options: Any) -> Any:
    """Return the workbook of a few edited clean forms."""
    import pandas as pd

    from checks.given import roster as lists
    from checks.given.inputs import Inputs
    from checks.settings import Settings
    from etl.batch.chunk import check_readings
    from etl.batch.whole import put_together
    from etl.citywide import Options, write_citywide

    given = Inputs()
    if roster:
        given = Inputs(pd.DataFrame(roster, columns=list(lists.COLUMNS), dtype=object).fillna(""))
    readings = [read_bytes(paper(case).data, path) for path, case in files.items()]
    batch = put_together([check_readings(readings, Settings(), given)], (), Settings(), given)
    drawn = {name: options.pop(name) for name in ("most_rows", "many_forms", "quick") if name in options}
    stream = io.BytesIO()
    write_citywide(stream, batch, given, "zh", Options(**options), **drawn)
    return opened(stream, True)


def form(agency: str, **edits: Any) -> Case:
    return Case("", edits={"forms.agency": agency, **edits})


def line(agency: str, scope: str = "本级", department: str = "市某局", **more: str) -> dict[str, str]:
    return {"agency": agency, "scope": scope, "department": department, **more}


WHOLE, OWN, CENTRE = "苏州市某局（汇总）", "苏州市某局（本级）", AGENCY.format("甲")
FORMS = {"w.xlsx": form(WHOLE), "o.xlsx": form(OWN), "c.xlsx": form(CENTRE)}


def total(book: Any) -> Any:
    return exact(table(book["收支汇总"])[-1]["资金总额"])


def one() -> Any:
    from decimal import Decimal

    from tests import clean

    return Decimal(clean.FUNDS["total_full"])


def test_a_departments_total_form_is_not_added_to_its_agencies() -> None:
    roster = [line(WHOLE, "汇总"), line(OWN), line(CENTRE)]
    book = city(roster, FORMS)
    assert total(book) == 2 * one()
    assert overview(book)[WHOLE][0] == "汇总表"
    assert {row["状态"] for row in table(book["报送情况"]) if row["单位"] == WHOLE} == {"汇总表"}


def test_a_total_form_counts_where_none_of_its_agencies_handed_in() -> None:
    roster = [line(WHOLE, "汇总"), line(OWN), line(CENTRE)]
    assert total(city(roster, {"w.xlsx": FORMS["w.xlsx"]})) == one()


def test_what_a_left_out_total_form_held_of_agencies_not_handed_in_is_said() -> None:
    roster = [line(WHOLE, "汇总"), line(OWN), line(CENTRE)]
    book = city(roster, {"w.xlsx": FORMS["w.xlsx"], "o.xlsx": FORMS["o.xlsx"]})
    assert total(book) == one()
    assert "另1个未报" in overview(book)[WHOLE][1]


def test_total_forms_of_other_departments_do_not_touch_each_other() -> None:
    roster = [line(WHOLE, "汇总"), line(CENTRE, department="市另一局")]
    assert total(city(roster, {"w.xlsx": FORMS["w.xlsx"], "c.xlsx": FORMS["c.xlsx"]})) == 2 * one()


def test_without_a_roster_names_tell_a_total_form() -> None:
    assert total(city([], FORMS)) == 2 * one()
    assert total(city([], {"w.xlsx": FORMS["w.xlsx"], "c.xlsx": FORMS["c.xlsx"]})) == 2 * one()


def test_agencies_are_left_out_on_request_and_by_the_roster() -> None:
    asked = city([], FORMS, exclude=(f" {CENTRE}", "没有这个单位"))
    assert total(asked) == one()
    assert overview(asked)[CENTRE][0] == "已排除" and overview(asked)["没有这个单位"][0] == "未找到"
    listed = city(
        [line(OWN, excluded="否"), line(CENTRE, excluded="是")], {k: FORMS[k] for k in ("o.xlsx", "c.xlsx")}
    )
    assert total(listed) == one()
    assert overview(listed)[CENTRE][0] == "已排除" and OWN not in overview(listed)


def test_an_excluded_agency_does_not_come_in_again_through_its_departments_total_form() -> None:
    book = city(
        [line(WHOLE, "汇总"), line(OWN)],
        {"w.xlsx": FORMS["w.xlsx"], "o.xlsx": FORMS["o.xlsx"]},
        exclude=(OWN,),
    )
    assert total(book) == 0


def test_a_name_and_its_alias_are_one_agency() -> None:
    roster = [line(CENTRE, alias="甲中心")]
    book = city(roster, {"1.xlsx": form(CENTRE), "2.xlsx": form("甲中心")})
    assert total(book) == one()


# -- the sheets of the sample city


def test_control_totals_count_every_form(produced: Path, values: Any) -> None:
    why = Counter(row["left_out"] for row in data(produced, "forms"))
    said = overview(values)["报表数"][1]
    assert (
        said
        == f"计入{why['']} + 重复{why['superseded']} + 汇总表{why['whole']} + 排除0 + 单位存疑{why['doubtful']} = {sum(why.values())}"
    )


def test_departments_that_handed_in(produced: Path, values: Any) -> None:
    rows = {row["主管部门"]: row for row in table(values["部门报送"])}
    with ROSTER.open(encoding="utf-8-sig", newline="") as file:
        due = Counter(row["主管部门"] for row in csv.DictReader(file))
    for department, number in due.items():
        assert (rows[department]["应报"], rows[department]["已报"] + (rows[department]["未报"] or 0)) == (
            number,
            number,
        )
    errors = sum(f["severity"] == "error" for f in data(produced, "findings") if f["form"])
    assert rows["合计"]["错误"] == errors


def test_lights_say_what_was_found(produced: Path, values: Any) -> None:
    live = opened(produced / "citywide.xlsx", False)["报送情况"]
    headings = [cell.value for cell in live[4]]
    colour = {"red": "FFD03A3A", "amber": "FFE6A100", "green": "FF2E9E5B"}
    for row in live.iter_rows(min_row=5):
        told = dict(zip(headings, row, strict=True))
        if told["状态"].value in ("已报", "汇总表", "重复报送"):
            wanted = "red" if told["错误"].value else "amber" if told["警告"].value else "green"
            assert told["灯"].font.color.rgb == colour[wanted], told["单位"].value


def test_every_project_is_listed_once_with_its_share(produced: Path, values: Any) -> None:
    forms = counted(produced)
    wanted = [row for row in data(produced, "projects") if row["form"] in forms]
    listed = table(values["项目清单"])[:-3]
    in_doubt = {row["agency"] for row in data(produced, "forms") if row["left_out"] == "doubtful"}
    assert {row["单位"] for row in listed} - {row["agency"] for row in forms.values()} == in_doubt
    assert all(row["存疑"] == "半年、全年" for row in listed if row["单位"] in in_doubt)
    rows = [row for row in listed if row["单位"] not in in_doubt]
    assert Counter((r["单位"], r["项目"]) for r in rows) == Counter(
        (forms[w["form"]]["agency"], w["name"]) for w in wanted
    )
    sums: dict[str, Any] = {}
    for row in rows:
        if isinstance(row["全年预算数"], int | float) and "全年" not in (row["存疑"] or ""):
            sums[row["单位"]] = sums.get(row["单位"], 0) + exact(row["全年预算数"])
    for row in rows:
        if row["占本单位"] is not None:
            assert float(exact(row["全年预算数"]) / sums[row["单位"]]) == pytest.approx(row["占本单位"])


def test_projects_two_agencies_report_are_marked() -> None:
    name = {"projects[0].name": "智慧停车平台建设"}
    book = city(
        [], {"a.xlsx": form(AGENCY.format("甲"), **name), "b.xlsx": form(AGENCY.format("乙"), **name)}
    )
    marked = {
        (row["单位"], row["重复申报"]) for row in table(book["项目清单"]) if row["项目"] == "智慧停车平台建设"
    }
    assert marked == {(AGENCY.format("甲"), AGENCY.format("乙")), (AGENCY.format("乙"), AGENCY.format("甲"))}


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("校舍维修", "capital"),
        ("水电费", "running"),
        ("办公设备购置", "capital"),
        ("人才队伍建设", "other"),
        ("学生资助", "other"),
    ],
)
def test_the_kind_of_a_project(name: str, kind: str) -> None:
    from checks.likeness.project_kinds import kinds
    from checks.settings import Settings

    assert kinds(Settings())(name) == kind


def test_the_library_holds_every_own_indicator_with_median_and_spread(produced: Path, values: Any) -> None:
    forms = counted(produced)
    own = [
        row for row in data(produced, "indicators")
        if row["form"] in forms and row["block"] in ("duty", "effect") and row["unset"] != "True"
    ]  # fmt: skip
    rows = table(values["指标库"])
    assert Counter((r["单位"], r["三级指标"], r["全年指标值"]) for r in rows) == Counter(
        (forms[w["form"]]["agency"], w["name"] or None, w["full_raw"] or None) for w in own
    )
    groups: dict[tuple[str, str], list[float]] = {}
    for row in own:
        if row["name"] and row["full_kind"] in ("number", "range") and row["full_number"]:
            groups.setdefault((row["name_key"], row["full_unit"]), []).append(int(row["full_number"]) / 1e6)
    by_name = {row["name"]: row["name_key"] for row in own}
    compared = 0
    for row in rows:
        numbers = groups.get((by_name.get(row["三级指标"], ""), row["计量单位"] or ""), [])
        if row["中位数"] is not None:
            assert row["中位数"] == pytest.approx(statistics.median(numbers))
            assert row["最小～最大"] == f"{min(numbers):,.10g}～{max(numbers):,.10g}"
            compared += 1
    assert compared == sum(row["同名"] is not None and row["数值"] is not None for row in rows) > 3


def test_namesakes_with_other_units_stand_out() -> None:
    where = "indicators[31].full"
    files = {
        f"{n}.xlsx": form(AGENCY.format(n), **{where: text, "indicators[31].name": "培训人数"})
        for n, text in (("甲", "≥100人"), ("乙", "≥120人"), ("丙", "≥3批次"), ("丁", "≥900人"))
    }
    rows = {row["单位"]: row for row in table(city([], files)["指标库"]) if row["三级指标"] == "培训人数"}
    assert rows[AGENCY.format("甲")]["中位数"] == 120 and rows[AGENCY.format("甲")]["同名"] == 4
    assert rows[AGENCY.format("甲")]["最小～最大"] == "100～900"
    assert rows[AGENCY.format("丁")]["比较"] == "计量单位不同、偏离"
    assert rows[AGENCY.format("丙")]["比较"] == "计量单位不同"


def test_the_matrix_marks_what_departs_from_the_city() -> None:
    files = {f"{n}.xlsx": form(AGENCY.format(n)) for n in "甲乙丙"}
    files["丁.xlsx"] = Case(
        "", edits={"forms.agency": AGENCY.format("丁"), "indicators[0].full": "完备"}, drop=("indicators[1]",)
    )
    rows = {row["单位"] or row["主管部门"]: row for row in table(city([], files)["共性指标矩阵"])}
    assert rows["全市众数"]["工作计划制定健全性"] == "健全"
    assert rows[AGENCY.format("甲")]["不同项"] == 0
    odd = rows[AGENCY.format("丁")]
    assert (odd["不同项"], odd["工作计划制定健全性"], odd["中长期规划制定健全性"]) == (2, "健全→完备", "缺")


def test_counts_are_those_of_the_findings(produced: Path, values: Any) -> None:
    from checks.telling.rule_names import name_of

    document = json.loads((produced / "findings.json").read_text(encoding="utf-8"))
    wanted = Counter(f["code"] for f in document["findings"] if f["form"])
    sheet, last = values["问题统计"], table(values["问题统计"])[-1]
    codes = {head.value: code.value for code, head in zip(sheet[3], sheet[4], strict=True) if code.value}
    assert {codes[name]: n for name, n in last.items() if name in codes} == dict(wanted)
    assert all(name == name_of(code) for name, code in codes.items())
    assert last["合计"] == sum(wanted.values())


def test_every_rule_says_what_became_of_it(produced: Path, values: Any) -> None:
    from checks.telling.handbook import all_rules

    rows = {row["代码"]: row for row in table(values["规则执行情况"])}
    assert set(rows) == {rule.code for rule in all_rules()}
    for tally in data(produced, "tallies"):
        row = rows[tally["code"]]
        forms, fired, unfit, not_run = (
            int(tally[n]) for n in ("forms", "fired", "not_applicable", "not_run")
        )
        assert row["适用"] == forms - unfit - not_run and row["命中"] == fired
        assert row["报表"] == row["命中"] + row["通过"] + row["不适用"] + row["未执行"] == forms
        assert (f"：{not_run}张" in row["说明"]) == bool(not_run) or not_run < forms
    assert "上年报表" in rows["YY01"]["说明"]


def test_copied_texts_stand_side_by_side() -> None:
    text = "围绕全市重点工作，对辖区内行道树、公共绿地和古树名木开展全面普查建档，建立分级巡查和病虫害监测制度，组织专家会诊抢救，向市民发布养护知识手册，年底前完成数据入库。"
    files = {f"{n}.xlsx": form(AGENCY.format(n), **{"forms.annual_goal": text}) for n in "甲乙"}
    files |= {f"{n}.xlsx": form(AGENCY.format(n)) for n in "丙丁"}
    book = city([], files)
    if "相似文本" not in book.sheetnames:
        pytest.fail("rule XW03 found nothing")
    rows = [
        row
        for row in table(book["相似文本"])
        if row["内容"] == "年度目标" and "甲" in row["单位甲"] + row["单位乙"]
    ]
    assert any({row["单位甲"], row["单位乙"]} == {AGENCY.format("甲"), AGENCY.format("乙")} for row in rows)
    assert all(
        row["单位甲原文"] == row["单位乙原文"] == text
        for row in rows
        if "乙" in row["单位甲"] + row["单位乙"]
    )


def test_last_year_beside_this_year(tmp_path: Path) -> None:
    from tests.here import produce

    (tmp_path / "new").mkdir()
    (tmp_path / "old").mkdir()
    (tmp_path / "new" / "a.xlsx").write_bytes(paper(form(CENTRE)).data)
    old = form(CENTRE, **{"funds.total_full": "4000", "title": ""})
    old.edits.pop("title")
    (tmp_path / "old" / "a.xlsx").write_bytes(paper(_a_year_before(old)).data)
    produce([tmp_path / "new"], tmp_path / "out", last_year=tmp_path / "old", workers=1, quiet=True)
    (row,) = table(opened(tmp_path / "out" / "citywide.xlsx", True)["年度对比"])
    assert exact(row["资金总额（上年）"]) == 4000 and exact(row["资金总额（本年）"]) == one()
    assert row["年度目标"] == "基本相同"


def _a_year_before(case: Case) -> Case:
    from tests import clean

    goal = clean.FORMS["annual_goal"].replace("2023", "2022")
    return Case("", edits={**case.edits, "forms.fiscal_year": "2022年度", "forms.annual_goal": goal})


def test_every_column_is_in_the_dictionary(values: Any) -> None:
    told = {(row["工作表"], row["列"]): row["含义"] for row in table(values["数据字典"])}
    for sheet in values:
        if sheet.title in ("总览", "数据字典", "口径"):
            continue
        for cell in sheet[4]:
            assert told.get((sheet.title, cell.value)), (sheet.title, cell.value)


def test_the_terms_name_the_rule_set(values: Any) -> None:
    rows = {row["项目"]: row["内容"] for row in table(values["口径"])}
    assert "条规则，指纹" in rows["规则集"] and "link_least_percent=50" in rows["阈值"]


def test_there_are_four_charts_over_the_tables_below_them(produced: Path) -> None:
    import zipfile

    with zipfile.ZipFile(produced / "citywide.xlsx") as package:
        charts = [name for name in package.namelist() if name.startswith("xl/charts/chart")]
    assert len(charts) == 4


# -- large workbooks


def cells(book: Any) -> dict[str, list[list[Any]]]:
    return {
        sheet.title: [
            [(c.value, c.number_format, c.fill.fgColor.rgb, _target(c)) for c in row]
            for row in sheet.iter_rows()
        ]
        for sheet in book
    }


def _target(cell: Any) -> str | None:
    return cell.hyperlink.target if cell.hyperlink is not None else None


HOSTILE = {
    "projects[0].name": "<r><t>x</t></r>",
    "projects[1].name": '=HYPERLINK("a")&<b>"',
    "projects[2].name": " 前后有空格 ",
    "forms.annual_goal": "第一行\n第二行",
}


def test_rows_written_in_one_go_are_rows_written_cell_by_cell() -> None:
    files = {f"{n}.xlsx": form(AGENCY.format(n), **(HOSTILE if n == "甲" else {})) for n in "甲乙丙"}
    small = cells(city([], files))
    slow = cells(city([], files, many_forms=1, quick=False))
    quick = cells(city([], files, many_forms=1))
    assert quick == slow
    assert {name: [[c[0] for c in row] for row in rows] for name, rows in small.items()} == {
        name: [[c[0] for c in row] for row in rows] for name, rows in slow.items()
    }
    names = [row[2][0] for row in quick["项目清单"]]
    assert " <r><t>x</t></r>" in names and HOSTILE["projects[1].name"] in names


def test_a_text_that_looks_escaped_stays_what_it_is() -> None:
    from etl.citywide.drawing.written_rows import _escaped

    assert _escaped("_x0041_ & <_x>") == "_x005F_x0041_ &amp; &lt;_x&gt;"


@pytest.mark.parametrize("many", [1, 1000])
def test_a_full_sheet_goes_on_in_another_and_sums_reach_over_both(many: int) -> None:
    files = {f"{n}.xlsx": form(AGENCY.format(n)) for n in "甲乙丙"}
    whole = table(city([], files)["项目清单"])
    book = city([], files, most_rows=7, many_forms=many)
    parts = [name for name in book.sheetnames if name.startswith("项目清单")]
    assert len(parts) == -(-(len(whole) - 3) // 7) and len(parts) > 1
    names = [row["项目"] for part in parts for row in table(book[part]) if row["项目"]]
    assert names == [row["项目"] for row in whole[:-3]]
    assert (
        f"项目清单({len(parts)})" == parts[-1]
        and "续见工作表“项目清单(2)”" in [r["主管部门"] or "" for r in table(book["项目清单"])][-1]
    )
    assert exact(table(book[parts[-1]])[-1]["全年预算数"]) == exact(whole[-1]["全年预算数"])


def test_beyond_the_links_a_sheet_can_hold_each_agency_keeps_one(monkeypatch: pytest.MonkeyPatch) -> None:
    from etl.citywide import projects

    monkeypatch.setattr(projects, "MOST_LINKS", 10)
    sheet = city([], {f"{n}.xlsx": form(AGENCY.format(n)) for n in "甲乙"})["项目清单"]
    linked = [row for row in sheet.iter_rows(min_row=5) if row[13].hyperlink is not None]
    assert len(linked) == 2 and all(
        row[13].value for row in sheet.iter_rows(min_row=5, max_row=sheet.max_row - 3)
    )


@pytest.mark.skipif(sys.platform != "linux", reason="memory is read from /proc")
def test_a_hundred_forms_cost_little() -> None:
    """A guard against a loop that grows with the square; the figures for 3,000 come from bench.citywide."""
    from bench.citywide import city_batch, measured

    batch, inputs = city_batch(200)
    seconds, _, _, size = measured(batch, inputs)
    assert seconds < 20 and 100_000 < size < 20_000_000


@pytest.mark.parametrize("last_year", [False, True])
def test_tables_that_give_whole_columns_only_make_the_same_workbook(last_year: bool) -> None:
    from etl.batch.read import read_inputs
    from etl.batch.request import Request
    from etl.citywide import Options, write_citywide
    from tests.column_giver import on_disk
    from tests.here import checked

    before = CITY_FILES.parent / "published" if last_year else None
    batch = checked([CITY_FILES], roster=ROSTER, last_year=before, workers=1)
    inputs = read_inputs(Request((), roster=ROSTER, last_year=before, workers=1))
    whole, columns = io.BytesIO(), io.BytesIO()
    write_citywide(whole, batch, inputs, "zh", Options(), many_forms=1)
    write_citywide(columns, on_disk(batch), inputs, "zh", Options(), many_forms=1)
    assert columns.getvalue() == whole.getvalue()


@pytest.mark.parametrize("many", [1, 1000])
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_full_disk_is_said_as_the_system_says_it(many: int) -> None:
    from bench.citywide import city_batch
    from etl.citywide import write_citywide

    class Full(io.BytesIO):
        def write(self, data: Any) -> int:
            raise OSError(28, "No space left on device")

    batch, inputs = city_batch(2)
    with pytest.raises(OSError, match="No space left"):
        write_citywide(Full(), batch, inputs, "zh", many_forms=many)


def test_links_of_a_sheet_are_put_aside_and_read_again_in_order() -> None:
    from etl.citywide.drawing.links import Links

    links = Links()
    links.add(4, 2, "external:returns/a%20b.xlsx#'表/1'!B3", "told")
    links.add(4, 9, "external:returns/c.xlsx", "")
    links.add(7, 0, f"external:returns/{'x' * 2100}.xlsx", "too long for Excel")
    links.add(9, 0, "external:returns/d.xlsx#'表'!A1", "")
    assert list(links.keys()) == [4, 9]
    first = links[4]
    assert list(first) == [2, 9] and first[2]._target() == "returns\\a%20b.xlsx"
    assert (first[2]._anchor, first[2]._tip) == ("'表\\1'!B3", "told")
    assert links[9][0]._anchor == "'表'!A1"


def test_what_a_link_says_is_cut_where_excel_ends() -> None:
    from etl.citywide.drawing.links import _cut

    assert _cut("a" * 255) == "a" * 255
    assert _cut("𠮷" * 200) == "𠮷" * 127
