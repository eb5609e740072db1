"""City figures that say how far they can be trusted: three readings, who handed in, and the city over several rounds."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import pytest

from tests.cities import Agency, city, write_city
from tests.known_forms import BUDGET_2023, FUND_FIELDS
from tests.paper import read_bytes
from tests.test_citywide import DOUBT, exact, opened, table


def drawn(agencies: Sequence[Agency]) -> Any:
    """Return a city as its workbook is drawn from it."""
    import pandas as pd

    from checks.given import roster as lists
    from checks.given.inputs import Inputs
    from checks.settings import Settings
    from etl.batch.chunk import check_readings
    from etl.batch.whole import put_together
    from etl.citywide.figures.city import the_city

    lines = [
        {"code": a.code, "agency": a.name, "department": a.department, "scope": "本级"} for a in agencies
    ]
    given = Inputs(pd.DataFrame(lines, columns=list(lists.COLUMNS), dtype=object).fillna(""))
    readings = [read_bytes(a.data, a.path) for a in agencies if a.data is not None]
    batch = put_together([check_readings(readings, Settings(), given)], (), Settings(), given)
    return the_city(batch, given)


@pytest.mark.parametrize("seed", [1, 2])
def test_what_nobody_disputes_is_the_true_sum_of_the_forms_it_counts(seed: int) -> None:
    from checks.finding import Spot
    from etl.citywide.figures.readings import Readings

    agencies = {agency.name: agency for agency in city(Random(seed), 38)}
    made = drawn(list(agencies.values()))
    readings = Readings(made)
    left_out = 0
    for field in FUND_FIELDS:
        counted = [
            form for form in made.order
            if not made.doubts.of(form, Spot("funds", form, field), readings.submitted[field][form])
        ]  # fmt: skip
        true = sum(
            (agencies[made.agencies[f]].true.amounts.get(field) or Decimal(0) for f in counted), Decimal(0)
        )
        whole = readings.total(field)
        assert Decimal(whole.undisputed) / 1_000_000 == true, field
        left_out += len(made.order) - len(counted)
    assert left_out > 20


def test_sure_corrections_give_back_what_was_meant() -> None:
    from etl.citywide.figures.readings import Readings

    agencies = {agency.name: agency for agency in city(Random(3), 24)}
    made = drawn(list(agencies.values()))
    readings = Readings(made)
    forms = {agencies[name].fault: form for form, name in enumerate(made.agencies) if name in agencies}
    for fault in ("yuan", "total_x100"):
        true = agencies[made.agencies[forms[fault]]].true
        for field in FUND_FIELDS:
            meant = readings.meant[field][forms[fault]]
            assert meant is not None
            assert Decimal(meant) / 1_000_000 == (true.amounts.get(field) or 0), (fault, field)
        assert forms[fault] in readings.in_doubt(["total_full"])


@pytest.fixture(scope="module")
def rounds(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[Agency], Path, Path]:
    """Return a city, its first round, and a second in which only two agencies that were returned hand in again."""
    from samples.build import form_bytes
    from tests.here import produce

    home = tmp_path_factory.mktemp("rounds")
    agencies = city(Random(5), 38)
    roster = write_city(home, agencies)
    produce([home / "in"], home / "one", roster=roster, workers=1, quiet=True)
    for agency in agencies:
        if agency.fault in ("yuan", "damaged"):
            target = home / "again" / agency.path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(form_bytes(agency.true))
    produce([home / "again"], home / "two", roster=roster, workers=1, quiet=True, previous=home / "one")
    return agencies, home / "one", home / "two"


def test_who_handed_in_is_the_same_on_every_sheet(rounds: tuple[list[Agency], Path, Path]) -> None:
    agencies, one, _ = rounds
    book = opened(one / "citywide.xlsx", True)
    rows = {row["单位"]: row for row in table(book["报送情况"])}
    kinds = {agency.fault: agency.name for agency in agencies}
    assert rows[kinds["missing"]]["状态"] == "未报" and rows[kinds["missing"]]["结论"] is None
    assert rows[kinds["damaged"]]["状态"] == "已报（无法读取）" and rows[kinds["damaged"]]["结论"] == "退回"
    assert rows[kinds["blank"]]["状态"] == "已报（单位名称空白）"
    assert [row["状态"] for row in rows.values()].count("未报") == 1
    said = "应报38家，已报37家（其中1家无法读取、1家单位名称空白），未报1家"
    assert str(book["总览"]["A3"].value).startswith(said)
    assert str(book["报送情况"]["A2"].value).startswith(
        "应报38个单位，已报37个（其中无法读取1个、单位名称空白1个），未报1个"
    )
    whole = table(book["部门报送"])[-1]
    assert (whole["应报"], whole["已报"], whole["未报"]) == (38, 37, 1)
    assert whole["通过"] + whole["退回"] == 37
    missing = [row for row in table(book["问题清单"]) if row["代码"] == "XW01" and row["级别"] == "错误"]
    assert len(missing) == 1 and kinds["missing"] in missing[0]["问题"]


def test_departments_stand_in_the_rosters_order(rounds: tuple[list[Agency], Path, Path]) -> None:
    agencies, one, _ = rounds
    book = opened(one / "citywide.xlsx", True)
    wanted = list(dict.fromkeys(agency.department for agency in agencies))
    for name in ("报送情况", "收支汇总", "项目清单", "部门报送"):
        seen = dict.fromkeys(row["主管部门"] for row in table(book[name]) if row["主管部门"])
        assert [each for each in seen if each in wanted] == wanted, name


def test_every_doubtful_cell_leads_to_its_finding(rounds: tuple[list[Agency], Path, Path]) -> None:
    _, one, _ = rounds
    book = opened(one / "citywide.xlsx", True)
    findings, marked = book["问题清单"], 0
    for name in ("收支汇总", "项目清单"):
        for row in book[name].iter_rows(min_row=5, max_row=book[name].max_row - 3):
            for cell in row:
                if DOUBT in str(cell.number_format) and cell.value is not None:
                    sheet, _, place = cell.hyperlink.location.rpartition("!")
                    assert sheet == "'问题清单'"
                    line = [each.value for each in findings[findings[place].row]]
                    assert line[1] == row[1].value.strip() and line[2] == "错误"
                    assert cell.hyperlink.tooltip.startswith(f"{line[3]} ")
                    marked += 1
    assert marked > 30


def test_a_tab_is_called_what_its_sheet_is_called(rounds: tuple[list[Agency], Path, Path]) -> None:
    _, one, _ = rounds
    for sheet in opened(one / "citywide.xlsx", True):
        assert sheet["A1"].value == sheet.title


def totals(book: Any) -> dict[str, Decimal]:
    return {field: exact(table(book["收支汇总"])[-1][BUDGET_2023.field_name(field)]) for field in FUND_FIELDS}


def test_a_second_round_of_the_returned_keeps_the_city_whole(rounds: tuple[list[Agency], Path, Path]) -> None:
    agencies, one, two = rounds
    first, second = (opened(home / "citywide.xlsx", True) for home in (one, two))
    rows = {row["单位"]: row for row in table(second["报送情况"])}
    kinds = {agency.fault: agency for agency in agencies}
    assert {name for name, row in rows.items() if row["状态"] == "未报"} == {kinds["missing"].name}
    assert {row["单位"] for row in table(second["收支汇总"])} >= {
        row["单位"] for row in table(first["收支汇总"]) if "个单位" not in row["单位"]
    }
    again = [kinds["yuan"], kinds["damaged"]]
    for agency in again:
        assert (rows[agency.name]["状态"], rows[agency.name]["轮次"]) == ("已报", 2)
    before, after = totals(first), totals(second)
    for field in FUND_FIELDS:
        more = sum((agency.true.amounts.get(field) or Decimal(0) for agency in again), Decimal(0))
        assert after[field] == before[field] + more, field
    errors = [row for row in table(second["问题清单"]) if row["级别"] == "错误"]
    assert not [row for row in errors if row["单位"] in {agency.name for agency in again}]
    assert [row["问题"] for row in errors if row["代码"] == "XW01"] == [f"应报未报：{kinds['missing'].name}"]


def test_citywide_over_two_rounds_counts_what_counts(
    rounds: tuple[list[Agency], Path, Path], tmp_path: Path
) -> None:
    from etl.commands.merge import merge_runs

    _, one, two = rounds
    merge_runs([two, one], tmp_path / "both.xlsx", "zh")
    both, last = opened(tmp_path / "both.xlsx", True), opened(two / "citywide.xlsx", True)
    assert totals(both) == totals(last)
    for name in ("问题清单", "部门报送"):
        assert [tuple(row.values()) for row in table(both[name])] == [
            tuple(row[key] for key in table(both[name])[0]) for row in table(last[name])
        ]
    assert both["总览"]["A3"].value == last["总览"]["A3"].value


def test_a_round_whose_folder_is_gone_leaves_nobody_missing(
    rounds: tuple[list[Agency], Path, Path], tmp_path: Path
) -> None:
    from tests.here import produce

    agencies, _, two = rounds
    shutil.copytree(two, tmp_path / "two")
    again = next(agency for agency in agencies if agency.fault == "yuan")
    source = two.parent / "again" / again.path
    produce(
        [source],
        tmp_path / "three",
        roster=two.parent / "roster.csv",
        workers=1,
        quiet=True,
        previous=tmp_path / "two",
    )
    rows = table(opened(tmp_path / "three" / "citywide.xlsx", True)["报送情况"])
    assert [row["状态"] for row in rows].count("未报") == 1
    assert [row["状态"] for row in rows].count("已报（以前轮次）") == 35


# -- as tables


def test_the_tables_of_a_run_have_one_key_and_types_of_their_own(
    rounds: tuple[list[Agency], Path, Path],
) -> None:
    import jixiao

    agencies, one, two = rounds
    tables = jixiao.open(one)
    forms = tables["forms"]
    for name in ("funds", "projects", "indicators", "oddities", "findings", "not_run"):
        frame = tables[name]
        assert list(frame.columns[:4]) == ["form", "agency", "department", "counted"], name
        own = frame[frame["form"] != ""]
        assert set(own["form"]) <= set(forms["form"]), name
        assert own.merge(forms[["form", "agency", "counted"]], on=["form", "agency", "counted"]).shape[
            0
        ] == len(own), name
    for name, frame in tables.items():
        assert not [column for column, kind in frame.dtypes.items() if str(kind) == "object"], name
    assert {str(tables["funds"][f"{field}_wan"].dtype) for field in FUND_FIELDS} == {"Float64"}
    yuan = next(agency for agency in agencies if agency.fault == "yuan")
    assert not forms.set_index("agency")["counted"][yuan.name]
    both = jixiao.open(one, two)["forms"]
    assert both["agency"].tolist().count(yuan.name) == 1 and both.set_index("agency")["counted"][yuan.name]


def test_the_notebook_runs(rounds: tuple[list[Agency], Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    import json

    book = Path(__file__).parent.parent / "docs" / "analysis.ipynb"
    cells = json.loads(book.read_text(encoding="utf-8"))["cells"]
    monkeypatch.setenv("JIXIAO_OUT", str(rounds[1]))
    names: dict[str, Any] = {}
    for cell in cells:
        if cell["cell_type"] == "code":
            assert not cell["outputs"], "figures of one run do not belong into the project"
            exec("".join(cell["source"]), names)
    assert len(names["counted"]) > len(names["sound"]) > 10 and len(names["largest"]) == 10


# -- names and matching


def test_every_rule_has_a_short_name_of_its_own() -> None:
    from checks.telling.handbook import all_rules
    from checks.telling.rule_names import NAMES

    assert set(NAMES) == {rule.code for rule in all_rules()}
    assert len(set(NAMES.values())) == len(NAMES) and all(2 <= len(name) <= 10 for name in NAMES.values())


ROSTER = (
    ("300101", "苏州市甲站", "甲站信息中心", "市一局"), ("300102", "苏州市乙站信息所", "乙信息所", "市一局"),
    ("300103", "苏州市一局", "", "市一局"), ("300104", "苏州市丙站", "", "市二局"),
)  # fmt: skip


@pytest.mark.parametrize(
    ("path", "row", "by"),
    [
        ("市一局/苏州市甲站.xlsx", 0, "file"), ("苏州市乙站信息所绩效目标表（定稿）.xlsx", 1, "part"), ("甲站信息中心.xls", 0, "file"),
        ("附件1-甲站信息中心2023.xls", 0, "part"), ("300102.xlsx", 1, "code"), ("市一局/300104_目标表.xlsx", 3, "code"),
        ("苏州市乙站信息所/目标表.xlsx", 1, "folder"), ("市二局/苏州市丙站/目标表.xlsx", 3, "folder"), ("市一局/目标表.xlsx", -1, ""),
        ("2023/目标表.xlsx", -1, ""), ("甲站信息中心和乙信息所.xlsx", -1, ""), ("别处.xlsx", -1, ""),
    ],
)  # fmt: skip
def test_whose_a_file_is(path: str, row: int, by: str) -> None:
    import pandas as pd

    from checks.given.roster import COLUMNS
    from checks.given.whose import whose_paths

    lines = [dict(zip(("code", "agency", "alias", "department"), line, strict=True)) for line in ROSTER]
    roster = pd.DataFrame(lines, columns=list(COLUMNS), dtype=object).fillna("")
    assert whose_paths([path], roster) == [(row, by)]


@pytest.mark.parametrize(
    ("path", "handed"),
    [("苏州市丙站.rar", True), ("苏州市丙站.pdf", True), ("苏州市丙站.csv", False), ("别处.rar", False)],
)
def test_an_archive_named_after_an_agency_is_handed_in(path: str, handed: bool) -> None:
    import pandas as pd

    from checks.given.roster import COLUMNS
    from checks.given.whose import EARLIER, with_files

    lines = [dict(zip(("code", "agency", "alias", "department"), line, strict=True)) for line in ROSTER]
    roster = with_files(pd.DataFrame(lines, columns=list(COLUMNS), dtype=object).fillna(""), [path])
    assert (EARLIER in roster.columns and roster[EARLIER].tolist() == ["", "", "", path]) == handed


def test_a_store_of_the_release_before_is_read_without_being_touched(
    rounds: tuple[list[Agency], Path, Path], tmp_path: Path
) -> None:
    import sqlite3
    from contextlib import closing

    from etl.store.database import past_store
    from etl.store.read import stored_files

    shutil.copytree(rounds[1], tmp_path / "old")
    path = tmp_path / "old" / "jixiao.sqlite"
    with closing(sqlite3.connect(path)) as store:
        store.execute('ALTER TABLE "findings" DROP COLUMN "repair"')
        store.execute("PRAGMA user_version = 1")
        store.commit()
    before = path.read_bytes()
    with past_store(tmp_path / "old") as read:
        assert len(stored_files(read)) == 37
    assert path.read_bytes() == before


# -- charts


@pytest.mark.parametrize(
    ("least", "most", "low", "high"),
    [(0.495, 0.508, 0.48, 0.52), (0.3, 0.6, 0.11, 0.71), (0.0, 0.0, 0.0, 1.0), (0.5, 0.5, 0.49, 0.51)],
)
def test_an_axis_of_rates_comes_from_the_rates(least: float, most: float, low: float, high: float) -> None:
    from etl.citywide.drawing.charts import rate_axis

    assert rate_axis(least, most) == pytest.approx((low, high), abs=0.011)
    assert rate_axis(least, most)[0] <= least <= most < rate_axis(least, most)[1]
