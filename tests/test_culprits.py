"""What is told of a wrong amount: by hand-made faults with their right words, and laws over random forms with slips."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from random import Random
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bench.forms import SOURCES
from bench.mutations import Planted, check, plant, read
from bench.slips import PAIRS, SLIPS
from checks.culprits.culprit import CODES
from checks.culprits.form import form_system
from checks.given.inputs import Inputs
from checks.relations import UNKNOWN_LINE
from checks.run import check as run_rules
from checks.settings import Settings
from etl.batch.chunk import check_readings
from etl.cell.grid import address_text
from etl.frames.build import stack
from etl.frames.located import Located
from tests.cases import Case, Raw
from tests.paper import Paper, paper, read_bytes

SAID = CODES | {"AR10", "CP07", "ST07", "ST08"}
CLEAN = paper()


def told(
    edits: Mapping[str, Any] | None = None, drop: tuple[str, ...] = (), add: Mapping[str, Any] | None = None
) -> tuple[Paper, list[tuple[str, str, str]]]:
    """Return the form with edits, and code, first cell and hypothesis of all said about its amounts."""
    made = paper(Case("", edits or {}, drop=drop, add=add or {}))
    located = check_readings([read_bytes(made.data)], Settings(), Inputs()).located
    return made, [_line(entry) for entry in located if entry.finding.code in SAID]


def _line(entry: Located) -> tuple[str, str, str]:
    cell = address_text((entry.cells[0].row, entry.cells[0].column))
    return entry.finding.code, cell, entry.finding.hypothesis.get("zh", "")


@pytest.mark.parametrize(
    ("number", "half", "full"),
    [(0, "420", "800"), (1, "225.25", "450.5"), (2, "124.5", "249"), (3, "130", "300")],
)
def test_a_project_left_out_is_the_only_explanation_of_both_sums(number: int, half: str, full: str) -> None:
    form, said = told(drop=(f"projects[{number}]",))
    assert len(said) == 1
    code, cell, text = said[0]
    assert (code, cell) == ("AR04", form.cell("funds.project_full"))
    assert text.split("\n")[0] == f"疑漏列一个项目：半年{half}，全年{full}"
    assert text.split("\n")[1].startswith("同时不符：项目支出(半年)填949.75万元")


def test_a_small_round_row_is_told_first_though_digits_may_fit_too() -> None:
    form, said = told(drop=("projects[5]",))
    assert [line[:2] for line in said] == [("AR04", form.cell("funds.project_full"))]
    assert "漏列一个项目：半年20，全年40" in said[0][2].split("\n")[0]


def test_a_row_unlike_all_others_is_only_possibly_left_out() -> None:
    _, said = told(
        {"funds.project_half": "1148.75", "funds.project_full": "2099.5", "funds.basic_full": "1100.5"}
    )
    assert said[0][0] == "AR04"
    assert not any(line[2].startswith("疑") for line in said)


def test_a_row_listed_twice_is_to_be_deleted() -> None:
    twin = {"name": "行道树修剪项目", "half": "225.25", "full": "450.5"}
    form, said = told(add={"projects": (twin,)})
    second, first = form.cell("projects[6].full"), form.cell("projects[1].full")
    assert [line[:2] for line in said] == [("AR04", second)]
    assert said[0][2].split("\n")[0] == (
        f"疑重复列示：{second}“行道树修剪项目”本行重复，删去（与{first}“行道树修剪项目”相同）"
    )


def test_a_row_in_no_total_is_told_as_such() -> None:
    form, said = told(add={"projects": ({"name": "应急抢险保障项目", "half": "31.3", "full": "66.6"},)})
    row = form.cell("projects[6].full")
    assert [line[:2] for line in said] == [("AR04", row)]
    assert said[0][2].startswith(f"疑合计未计入{row}“应急抢险保障项目”一行：")


@pytest.mark.parametrize(
    ("edits", "first"),
    [
        ({"projects[3].half": "320"}, "projects[3].half"),
        ({"projects[5].half": "200", "funds.project_half": "1129"}, "projects[5].half"),
        ({"projects[4].full": "3", "funds.project_half": "949"}, "projects[4].full"),
        ({"funds.basic_half": "1400"}, "funds.basic_half"),
    ],
)  # fmt: skip
def test_a_plan_above_the_year_is_a_line_of_its_own_led_by_its_row(edits: dict[str, str], first: str) -> None:
    form, said = told(edits)
    row = re.sub(r"half|full", "{}", first)
    cells = {form.cell(row.format(period)) for period in ("half", "full")}
    orders = [line for line in said if line[0] == "AR06"]
    assert len(orders) == 1
    assert orders[0][1] in cells


def test_a_total_that_may_be_rounded_fixes_no_amount() -> None:
    form, said = told({"projects[3].half": "339.47", "funds.project_half": "949"})
    assert {line[0] for line in said} == {"AR05", "AR06"}
    assert all(line[2] == "" for line in said)
    assert ("AR06", form.cell("projects[3].half"), "") in said


def test_columns_swapped_together_with_another_slip() -> None:
    form, said = told({"projects[1].half": "450.5", "projects[1].full": "225.25", "projects[0].full": "8000"})
    swap, slip = (next(line for line in said if line[0] == code) for code in ("AR06", "AR04"))
    assert "两栏金额互换" in swap[2]
    assert swap[2].startswith("疑为：")
    assert slip[1:] == (
        form.cell("projects[0].full"),
        f"疑为{slip[1]}“公园绿地养护项目”(全年)填错：8000 → 800（放大了10倍）",
    )


def test_two_independent_slips_are_told_one_by_one() -> None:
    form, said = told({"funds.basic_full": "1030.5", "funds.general_full": "290"})
    assert [(line[0], line[1], line[2].startswith("疑为")) for line in said] == [
        ("AR01", form.cell("funds.general_full"), True),
        ("AR03", form.cell("funds.basic_full"), True),
    ]


def test_a_row_in_yuan_is_told_although_another_sum_is_off() -> None:
    form, said = told(
        {"projects[2].half": "1245000", "projects[2].full": "2490000", "funds.basic_full": "1350.5"}
    )
    yuan = next(line for line in said if line[0] == "AR04")
    assert yuan[1] == form.cell("projects[2].full")
    assert "由2490000改为249" in yuan[2] and "由1245000改为124.5" in yuan[2]
    assert all("475" not in line[2] for line in said)


def test_totals_that_are_all_empty_share_one_cause() -> None:
    totals = (
        "total_full",
        "appropriation_full",
        "general_full",
        "government_fund_full",
        "special_account_full",
        "basic_full",
        "project_full",
    )
    form, said = told({f"funds.{name}": "0" for name in totals})
    sums = [line for line in said if line[0] != "AR06"]
    assert [line[:2] for line in sums] == [("AR12", form.cell("funds.project_full"))]
    assert sums[0][2].startswith("多处合计同时为0或空")
    orders = [line for line in said if line[0] == "AR06"]
    assert {line[1] for line in orders} == {form.cell("funds.basic_full"), form.cell("funds.project_full")}
    assert all("由" not in line[2] and "→" not in line[2] for line in said)


@pytest.mark.parametrize(
    ("name", "typed", "amount"),
    [
        ("funds.basic_full", "一千三百余", "1300.5"), ("projects[2].full", "约249", "249"),
        ("projects[0].half", "待定", "420"), ("funds.project_full", "见附件", "1899.5"), ("funds.general_full", "2900左右", "2900"),
    ],
)  # fmt: skip
def test_an_unreadable_amount_gets_what_the_sums_fix(name: str, typed: str, amount: str) -> None:
    _, said = told({name: Raw(text=typed)})
    assert [line[2] for line in said] == [f"按合计推算应为{amount}万元"]


def test_two_unknown_amounts_of_one_sum_get_none_but_of_two_sums_each() -> None:
    _, said = told({"projects[0].full": Raw(text="待定"), "projects[1].full": Raw(text="待定")})
    assert [line[2] for line in said] == ["", ""]
    _, said = told({"funds.basic_full": Raw(text="待定"), "projects[1].full": Raw(text="待定")})
    assert sorted(line[2] for line in said) == ["按合计推算应为1300.5万元", "按合计推算应为450.5万元"]


def test_an_unreadable_amount_gets_none_where_another_sum_is_broken() -> None:
    _, said = told({"projects[0].full": Raw(text="待定"), "funds.general_full": "2090"})
    assert ("ST08", "") in {(line[0], line[2]) for line in said}


@pytest.mark.parametrize(
    ("side", "silent", "edit"),
    [
        ("income", {"AR01", "AR02"}, {"funds.total_full": "3300", "funds.basic_full": "1400.5"}),
        ("expenditure", {"AR03", "AR04", "AR05"}, {"funds.basic_full": "1250.5", "funds.project_full": "1800"}),
        ("", {"AR01", "AR02", "AR03", "AR04", "AR05"}, {"funds.total_full": "3300", "funds.project_half": "900"}),
    ],
)  # fmt: skip
def test_an_unknown_line_suspends_the_sums_of_its_side(
    side: str, silent: set[str], edit: dict[str, str]
) -> None:
    made = paper(Case("", {**edit, "projects[2].full": Raw(text="待定")}))
    tables = check_readings([read_bytes(made.data)], Settings(), Inputs()).stack.tables
    assert {f.code for f in run_rules(tables).findings} & silent
    row = {
        "form": 0,
        "kind": UNKNOWN_LINE,
        "table": "outside",
        "row": 0,
        "field": side,
        "text": "事业收入",
        "detail": "100",
    }
    odd = pd.concat([tables.oddities, pd.DataFrame([row])], ignore_index=True)
    outcome = run_rules(replace(tables, oddities=odd))
    assert not {f.code for f in outcome.findings} & (silent | {"AR12"})
    reasons = {entry.code: entry.reason["zh"] for entry in outcome.not_run if entry.code in silent}
    assert set(reasons) == silent
    assert all("表样以外的金额行" in reason for reason in reasons.values())
    if side != "income":
        assert all("推算" not in f.hypothesis.get("zh", "") for f in outcome.findings if f.code == "ST08")


AMOUNTS = [slip for slip in SLIPS if slip.trace and slip.anywhere]
SPOILT = st.tuples(st.integers(0, 2**32), st.sampled_from([*((slip,) for slip in AMOUNTS), *PAIRS]))
_NUMBER = re.compile(r"(?:改为|→ |半年|全年|应为)(-?[0-9]+(?:\.[0-9]+)?)")
LAWS = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow]
)


def _planted(case: tuple[int, Any]) -> tuple[Planted, list[Located]] | None:
    seed, slips = case
    rng = Random(seed)
    made = plant(rng, slips, SOURCES[seed % len(SOURCES)])
    return None if made is None else (made, check([read("0", made.pages)])["0"])


@LAWS
@given(SPOILT)
def test_what_is_told_stays_within_the_form(case: tuple[int, Any]) -> None:
    made = _planted(case)
    if made is None:
        return
    planted, found = made
    tables = stack([read("0", planted.pages)]).tables
    most = Decimal(form_system(0, tables).magnitude) / 1_000_000
    for entry in found:
        text = entry.finding.hypothesis.get("zh", "").split("\n同时不符")[0]
        if entry.finding.code in CODES:
            assert all(0 <= Decimal(number) <= most for number in _NUMBER.findall(text)), text
            lines = re.split(r"[\n；]|可能：|或：|疑为：", text)
            said = [line for line in lines if line]
            assert len(said) == len(set(said)), text
            assert len([line for line in text.split("\n") if line.startswith(("可能", "或"))]) <= 2


@LAWS
@given(st.integers(0, 2**32), st.sampled_from(AMOUNTS))
def test_one_slip_is_first_or_nothing_is_called_the_answer(seed: int, slip: Any) -> None:
    made = _planted((seed, (slip,)))
    if made is None:
        return
    planted, found = made
    sums = [entry for entry in found if entry.finding.code in CODES]
    answers = [entry for entry in sums if entry.finding.hypothesis.get("zh", "").startswith("疑")]
    file = read("0", planted.pages)
    from bench.mutations import _places

    spoilt = {at for where in planted.spoilt for at in _places(file, where)}
    for entry in answers:
        first = entry.cells[0]
        assert (first.sheet, first.row, first.column) in spoilt, entry.finding.hypothesis


@LAWS
@given(SPOILT)
def test_every_breach_of_an_order_is_said(case: tuple[int, Any]) -> None:
    made = _planted(case)
    if made is None:
        return
    planted, found = made
    tables = check_readings([read("0", planted.pages)], Settings(), Inputs()).stack.tables
    rows = tables.projects
    both = (rows["half_state"] == "number") & (rows["full_state"] == "number")
    above = rows[both & (rows["half"].fillna(0) - rows["full"].fillna(0) > 5_000)]
    orders = [entry for entry in found if entry.finding.code == "AR06"]
    said = {
        spot.row
        for entry in found
        if entry.finding.code in CODES
        for spot in entry.finding.spots
        if spot.table == "projects"
    }
    assert set(above.index) <= said
    if len(above) == 1:
        assert any(entry.finding.spots[0].row == above.index[0] for entry in orders)
