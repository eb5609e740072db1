"""The ledger of decisions: what it writes, what it refuses, and that it decides as a hand in 复核结果 does."""

from __future__ import annotations

import datetime
import shutil
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.finding import Finding, Severity
from etl.frames.located import Located
from etl.marked.lines import Line, State
from etl.marked.verdict import Decision, Verdict, decision_of, holds, is_open, review_text, silences
from etl.marks.model import CHINESE
from etl.rounds.match import decided, judged, ruled
from etl.safe.refusal import Refusal
from etl.store.ledger import NAME, Event, Overtaken, decide, event_of, read_ledger, undo
from tests.test_cli import PUBLISHED, jixiao
from tests.test_rounds import FORM, answer, page_row, run, the_return

LATER, GONE = datetime.date(2099, 12, 31), datetime.date(2001, 1, 1)
ERROR_WAIVED = Decision(Verdict.WAIVED, "李四", "上级文件要求", LATER)


def event(key: str, decision: Decision, who: str = "王五", severity: str = "warning") -> Event:
    return event_of(who, decision, key, "某单位", "AR05", severity, "绩效目标表!E18", "差0.16万元")


# -- the words


@given(
    st.sampled_from(list(Verdict)),
    st.text(max_size=40),
    st.text(max_size=40),
    st.none() | st.dates(datetime.date(2000, 1, 1), datetime.date(2099, 12, 31)),
)
def test_what_is_written_reads_as_what_was_decided(
    verdict: Verdict, by: str, why: str, until: datetime.date | None
) -> None:
    written = review_text(Decision(verdict, by, why, until))
    read = decision_of(written)
    assert read is not None and read.verdict == verdict and review_text(read) == written
    if verdict == Verdict.WAIVED:
        assert read.until == until and "\n" not in written


def test_every_verdict_is_offered_in_the_list_and_the_old_words_are_still_read() -> None:
    assert set(Verdict) <= set(CHINESE.decisions)
    assert all(decision_of(word) is not None for word in CHINESE.decisions)
    assert decision_of("不采纳") == Decision(Verdict.MUST)


@pytest.mark.parametrize(
    "text", ["", "同意", "豁免（随便）", "豁免（至2024-02-31）", "采纳，但是", "豁免（至今年底）"]
)
def test_other_texts_decide_nothing(text: str) -> None:
    assert decision_of(text) is None and is_open(text, "warning", "因为")


def test_a_waiver_is_read_as_people_type_it() -> None:
    read = decision_of("豁免(至2027-3-31;批准人:李四;理由:上级文件)")
    assert read == Decision(Verdict.WAIVED, "李四", "上级文件", datetime.date(2027, 3, 31))


@pytest.mark.parametrize(
    ("decision", "severity", "explanation", "ends"),
    [
        (Decision(Verdict.MUST), "warning", "因为", False),
        (Decision(Verdict.ACCEPTED), "warning", "因为", True),
        (Decision(Verdict.ACCEPTED), "warning", "", False),
        (Decision(Verdict.ACCEPTED), "error", "因为", False),
        (Decision(Verdict.WAIVED), "warning", "", True),
        (Decision(Verdict.WAIVED), "error", "", False),
        (replace(ERROR_WAIVED, until=None), "error", "", False),
        (replace(ERROR_WAIVED, approver=""), "error", "", False),
        (ERROR_WAIVED, "error", "", True),
        (replace(ERROR_WAIVED, until=GONE), "error", "", False),
        (Decision(Verdict.FALSE_ALARM), "error", "", True),
        (Decision(Verdict.PENDING), "info", "", False),
    ],
)  # fmt: skip
def test_what_ends_a_finding(decision: Decision, severity: str, explanation: str, ends: bool) -> None:
    text = review_text(decision)
    assert silences(text, severity, explanation) is ends
    assert is_open(text, severity, explanation) is (not ends and decision.verdict != Verdict.MUST)


def test_a_waiver_holds_on_its_last_day_and_not_after_it() -> None:
    last = Decision(Verdict.WAIVED, until=datetime.date(2026, 3, 1))
    assert holds(last, datetime.date(2026, 3, 1)) and not holds(last, datetime.date(2026, 3, 2))


# -- the chain


def test_rows_are_numbered_chained_and_only_added(tmp_path: Path) -> None:
    decide(tmp_path, [event("a:1", Decision(Verdict.MUST)), event("b:1", Decision(Verdict.MUST))])
    ledger = decide(tmp_path, [event("a:1", ERROR_WAIVED)])
    assert [e.number for e in ledger.events] == [1, 2, 3] and [e.together for e in ledger.events] == [1, 1, 3]
    assert read_ledger(tmp_path).events == ledger.events
    assert ledger.reviews == {"a:1": review_text(ERROR_WAIVED), "b:1": "必须修改"}
    with closing(sqlite3.connect(tmp_path / NAME)) as raw:
        for statement in ("UPDATE events SET who = 'x'", "DELETE FROM events WHERE number = 3"):
            with pytest.raises(sqlite3.IntegrityError, match="only added to"):
                raw.execute(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE events SET review = '误报' WHERE number = 1",
        "DELETE FROM events WHERE number = 1",
        "UPDATE events SET at = '2001-01-01T00:00:00+00:00' WHERE number = 2",
    ],
)
def test_a_row_that_was_changed_by_other_means_breaks_the_chain(tmp_path: Path, statement: str) -> None:
    decide(tmp_path, [event(key, Decision(Verdict.MUST)) for key in ("a:1", "b:1", "c:1")])
    with closing(sqlite3.connect(tmp_path / NAME)) as raw:
        triggers = raw.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for name, _ in triggers:
            raw.execute(f"DROP TRIGGER {name}")
        raw.execute(statement)
        for _, sql in triggers:
            raw.execute(sql)
        raw.commit()
    with pytest.raises(Refusal, match="row"):
        read_ledger(tmp_path)


def test_what_is_no_ledger_is_refused(tmp_path: Path) -> None:
    (tmp_path / NAME).write_bytes(b"no database at all, but long enough to be looked at" * 9)
    with pytest.raises(Refusal):
        read_ledger(tmp_path)
    (tmp_path / NAME).unlink()
    with closing(sqlite3.connect(tmp_path / NAME)) as raw:
        raw.execute("CREATE TABLE events (number INTEGER)")
    with pytest.raises(Refusal, match="not a ledger"):
        read_ledger(tmp_path)


def test_who_decides_late_is_told(tmp_path: Path) -> None:
    decide(tmp_path, [event("a:1", Decision(Verdict.MUST), "甲")], {"a:1": 0})
    with pytest.raises(Overtaken) as late:
        decide(
            tmp_path, [event(key, Decision(Verdict.FALSE_ALARM), "乙") for key in ("a:1", "b:1")], {"a:1": 0}
        )
    assert [e.who for e in late.value.events] == ["甲"]
    assert len(read_ledger(tmp_path).events) == 1, "all or none"


def test_undo_takes_back_all_that_were_decided_together(tmp_path: Path) -> None:
    decide(tmp_path, [event("a:1", Decision(Verdict.MUST))])
    decide(tmp_path, [event(key, ERROR_WAIVED) for key in ("a:1", "b:1")])
    ledger = undo(tmp_path, "甲", 3)
    assert ledger.reviews == {"a:1": "必须修改"}
    assert ledger.taken_back == {"b:1": {review_text(ERROR_WAIVED)}}
    with pytest.raises(KeyError):
        undo(tmp_path, "甲", 3)


# -- what it does to findings


def located(severity: str, key: str, explanation: str = "") -> Located:
    return Located(
        Finding("AR05", Severity(severity), "a.xlsx", "a.xlsx#1", (), {"zh": "说", "en": "said"}),
        (), key, explanation=explanation,
    )  # fmt: skip


@given(
    st.sampled_from(["error", "warning", "info"]),
    st.sampled_from([Decision(v) for v in Verdict] + [ERROR_WAIVED, replace(ERROR_WAIVED, until=GONE)]),
    st.sampled_from(["", "上级统一要求"]),
    st.booleans(),
)
def test_a_click_and_a_hand_give_the_same_next_round(
    severity: str, decision: Decision, explanation: str, changed: bool
) -> None:
    """The law: the ledger over a line without a decision is a line on which somebody typed the same."""
    line = Line("a:1", severity, "AR05", "", "说", explanation)
    clicked = ruled([line], {"a:1": review_text(decision)}, {})
    typed = (replace(line, review=review_text(decision)),)
    now = [located(severity, "a:2" if changed else "a:1")]
    assert clicked == typed and judged(now, clicked) == judged(now, typed)
    ((entry,), _) = judged(now, clicked)
    assert entry.review == ("待核" if changed else review_text(decision))
    assert (entry.state == State.EXPLAINED) == (not changed and silences(entry.review, severity, explanation))


def test_a_decision_lapses_in_its_own_round_when_the_value_changes() -> None:
    same, other = decided(
        [located("warning", "a:1"), located("warning", "b:2")], {"a:1": "误报", "b:1": "误报"}
    )
    assert (same.review, same.state) == ("误报", State.EXPLAINED)
    assert (other.review, other.state) == ("待核", "")


def test_a_decision_taken_back_is_gone_from_the_lines_that_still_have_it() -> None:
    (line,) = ruled([Line("a:1", "warning", "AR05", "", "说", "", "误报")], {}, {"a:1": frozenset({"误报"})})
    assert line.review == ""


# -- through whole runs

_DECIDED = {"E48": Decision(Verdict.ACCEPTED), "E18": ERROR_WAIVED, "E87": Decision(Verdict.FALSE_ALARM)}


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    output = tmp_path_factory.mktemp("first") / "out"
    return output, run(PUBLISHED, output)


def lines_of(output: Path, document: dict[str, Any]) -> dict[str, tuple[str, dict[str, Any]]]:
    """Return of the findings that are decided on the key, by the first cell."""
    with closing(sqlite3.connect(output / "jixiao.sqlite")) as store:
        keys = {
            (code, message): key
            for code, message, key in store.execute("SELECT code, message_zh, key FROM findings")
        }
    found: dict[str, tuple[str, dict[str, Any]]] = {}
    for finding in document["findings"]:
        cell = finding["cells"][0]["cell"]
        if cell in _DECIDED:
            found.setdefault(cell, (keys[finding["code"], finding["message"]], finding))
    return found


def click(output: Path, document: dict[str, Any]) -> None:
    decide(output, [
        event_of("王五", _DECIDED[cell], key, "某单位", f["code"], f["severity"], cell, f["message"])
        for cell, (key, f) in lines_of(output, document).items()
    ])  # fmt: skip


def type_in(output: Path, document: dict[str, Any]) -> None:
    book = openpyxl.load_workbook(the_return(output))
    for cell, (_, finding) in lines_of(output, document).items():
        page = book["审核意见"]
        page.cell(page_row(page, cell, finding["code"]), 10, review_text(_DECIDED[cell]))
    book.save(the_return(output))


def test_deciding_and_typing_give_the_same_next_round(
    first: tuple[Path, dict[str, Any]], tmp_path: Path
) -> None:
    output, document = first
    answer(the_return(output), tmp_path / "in" / the_return(output).name)
    documents = []
    for name, how in (("click", click), ("type", type_in)):
        shutil.copytree(output, tmp_path / name)
        how(tmp_path / name, document)
        documents.append(run(tmp_path / "in", tmp_path / f"{name}2", "--previous", tmp_path / name))
    assert documents[0] == documents[1]
    states = {(f["code"], f["cells"][0]["cell"]): f["state"] for f in documents[0]["findings"]}
    assert list(states.values()).count("explained") >= 2
    pages = [
        openpyxl.load_workbook(the_return(tmp_path / f"{name}2"))["审核意见"] for name in ("click", "type")
    ]
    texts = [[[cell.value for cell in row] for row in page] for page in pages]
    assert texts[0] == texts[1]


def test_a_run_writes_the_decisions_into_its_own_returns(
    first: tuple[Path, dict[str, Any]], tmp_path: Path
) -> None:
    output = tmp_path / "out"
    shutil.copytree(first[0], output)
    click(output, first[1])
    again = run(PUBLISHED, output)
    page = openpyxl.load_workbook(the_return(output))["审核意见"]
    for cell, (_, finding) in lines_of(output, again).items():
        row = page_row(page, cell, finding["code"])
        assert page.cell(row, 10).value == review_text(_DECIDED[cell]), f"{FORM}!{cell}"
    assert {f["cells"][0]["cell"] for f in again["findings"] if f.get("state")} == {"E18", "E87"}
    for event_ in read_ledger(output).events[:1]:
        undo(output, "王五", event_.number)
    assert run(PUBLISHED, output) == first[1]
    page = openpyxl.load_workbook(the_return(output))["审核意见"]
    assert not [row for row in range(6, page.max_row) if decision_of(str(page.cell(row, 10).value or ""))]


def test_a_ledger_that_was_tampered_with_stops_the_run(
    first: tuple[Path, dict[str, Any]], tmp_path: Path
) -> None:
    output = tmp_path / "out"
    shutil.copytree(first[0], output)
    (output / NAME).write_bytes(b"SQLite format 3\0" + b"x" * 200)
    done = jixiao("run", PUBLISHED, "-o", output)
    assert done.returncode == 2 and "decisions.sqlite" in done.stderr.decode()
