"""Folding: waivers end, what is alike is said once, notes have a bound; nothing that counts gets lost."""

from __future__ import annotations

import datetime
from collections import Counter
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.finding import Finding, Severity, Spot
from checks.frames.tables import Tables
from checks.settings import Settings, Waiver
from checks.telling.shortened import bounded, fold, grouped, waived
from etl.batch.read import read

AGENCIES = ("苏州市园林绿地养护中心", "苏州市“书香”管理处")
DAY = datetime.date(2023, 12, 31)


def tables() -> Tables:
    none = pd.DataFrame()
    forms = pd.DataFrame({"id": ["a", "b"], "agency": pd.Series(AGENCIES, dtype=object)})
    return Tables(none, forms, none, none, none, none)


def finding(code: str, severity: Severity = Severity.INFO, row: int = 0, form: str = "a") -> Finding:
    spots = (Spot("indicators", row, "full"), Spot("indicators", row, "half"))
    message = {"zh": f"第{row}行", "en": f"row {row}"}
    return Finding(code, severity, f"{form}.xlsx", form, spots, message, found=f"{row}%")


FINDINGS = st.lists(
    st.builds(
        finding,
        st.sampled_from(["AR01", "CF04", "IG02", "TX04", "XS03"]),
        st.sampled_from(list(Severity)),
        st.integers(0, 60),
        st.sampled_from(["a", "b", ""]),
    ),
    max_size=60,
)
SETTINGS = Settings()


@given(FINDINGS)
def test_errors_stay_one_by_one_and_no_place_is_lost(given_: list[Finding]) -> None:
    told = fold(given_, tables(), SETTINGS)
    errors = [f for f in given_ if f.severity == "error"]
    assert [f for f in told if f.severity == "error"] == errors
    for form in ("a", "b"):
        leading = {f.spots[0] for f in given_ if f.form == form}
        assert leading <= {spot for f in told if f.form == form for spot in f.spots}


@given(FINDINGS)
def test_every_code_is_still_named_and_every_warning_told(given_: list[Finding]) -> None:
    told = fold(given_, tables(), SETTINGS)
    for form in ("a", "b"):
        mine = [f for f in told if f.form == form]
        said = "".join(f.code + f.message["zh"] for f in mine)
        assert all(f.code in said for f in given_ if f.form == form)
        warned = {f.code for f in given_ if f.form == form and f.severity == "warning"}
        assert warned == {f.code for f in mine if f.severity == "warning"}


@given(FINDINGS)
def test_notes_do_not_make_an_agency_read_more_than_a_page(given_: list[Finding]) -> None:
    told = fold(given_, tables(), SETTINGS)
    for form in ("a", "b"):
        mine = Counter(str(f.severity) for f in told if f.form == form)
        assert mine["info"] <= max(1, 15 - mine["error"] - mine["warning"])
    assert [f for f in told if not f.form] == [f for f in given_ if not f.form]


@given(FINDINGS)
def test_folding_twice_changes_nothing_but_what_grew_alike(given_: list[Finding]) -> None:
    once = bounded(grouped(given_, SETTINGS), SETTINGS)
    assert [f.code for f in bounded(once, SETTINGS)] == [f.code for f in once]


@pytest.mark.parametrize("count, lines", [(4, 4), (5, 1)])
def test_more_than_four_of_a_kind_are_one(count: int, lines: int) -> None:
    told = grouped([finding("CF04", row=row) for row in range(count)], SETTINGS)
    assert len(told) == lines
    if lines == 1:
        assert told[0].message["zh"] == "同类共5处：第0行；第1行；第2行；第3行；第4行"
        assert [spot.row for spot in told[0].spots] == [*range(5), *range(5)]


def test_a_large_group_is_counted_and_quoted_in_part() -> None:
    told = grouped([finding("CF04", row=row) for row in range(500)], SETTINGS)[0]
    assert told.message["zh"].startswith("同类共500处：") and told.message["zh"].endswith("；……")
    assert len(told.message["zh"]) < 320 and len(told.found) <= 240


def test_the_last_note_names_what_is_not_listed() -> None:
    notes = [finding(code, row=row) for row, code in enumerate(("AR11", "CF08", "CP05", "CP05", "TX04"))]
    told = bounded(notes, Settings(thresholds={"lines_most": 2}))
    assert [f.code for f in told] == ["AR11", "CF08"]
    assert told[1].message["zh"] == "第1行（另有3条提示未逐条列出：CP05×2、TX04）"


@pytest.mark.parametrize(
    "waiver, today, passes",
    [
        (Waiver(AGENCIES[0], "HF10", "暑期施工", DAY), DAY, True),
        (Waiver(AGENCIES[0], "HF10", "暑期施工", DAY), DAY + datetime.timedelta(1), False),
        (Waiver(AGENCIES[0], "HF10", "暑期施工"), datetime.date(2099, 1, 1), True),
        (Waiver(AGENCIES[0], "HF09", "暑期施工"), DAY, False),
        (Waiver(AGENCIES[1], "HF10", "暑期施工"), DAY, False),
        (Waiver("", "HF10", "暑期施工"), DAY, False),
    ],
)
def test_a_waiver_holds_for_its_agency_code_and_days(
    waiver: Waiver, today: datetime.date, passes: bool
) -> None:
    found = [finding("HF10", Severity.ERROR), finding("AR01"), finding("HF10", form="")]
    kept, passed = waived(found, tables(), Settings(waivers=(waiver,)), today)
    assert passed == ([(found[0], waiver)] if passes else [])
    assert kept == [f for f in found if not (passes and f is found[0])]


def test_a_waiver_finds_its_agency_however_it_is_quoted() -> None:
    settings = Settings(waivers=(Waiver("苏州市书香 管理处", "HF10", "暑期施工"),))
    assert fold([finding("HF10", form="b")], tables(), settings) == []


def test_what_is_let_pass_is_still_said_with_its_reason() -> None:
    from checks.run import check

    stack = read([Path(__file__).parent.parent / "samples" / "published"], workers=1)
    waiver = Waiver(
        str(stack.tables.forms["agency"].iloc[0]), "IG06", "赛事在下半年", datetime.date(2099, 12, 31)
    )
    without, with_it = (check(stack.tables, Settings(waivers=w)) for w in ((), (waiver,)))
    assert [f for f in without.findings if f.code != "IG06"] == list(with_it.findings)
    told = [entry for entry in with_it.not_run if entry.code == "IG06"]
    assert [entry.reason["zh"] for entry in told] == ["评审已豁免（至2099-12-31）：赛事在下半年"]


def test_the_published_form_is_a_page() -> None:
    from checks.run import check

    stack = read([Path(__file__).parent.parent / "samples" / "published"], workers=1)
    found = check(stack.tables, SETTINGS).findings
    told = fold(found, stack.tables, SETTINGS)
    heavy = [f for f in found if f.severity != "info"]
    assert [f for f in told if f.severity != "info"] == heavy
    assert len(told) == max(15, len(heavy) + 1)
