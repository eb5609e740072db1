"""Two rounds and more: what was fixed, what was explained, what changed; through other programs too."""

from __future__ import annotations

import io
import shutil
import sqlite3
import subprocess
import zipfile
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.finding import Finding, Severity
from etl.frames.located import Located
from etl.marked.answers import read_page
from etl.marked.lines import Line, State
from etl.package.parts import open_package
from etl.rounds.earlier import EARLIER_NAME, read_earlier_store, read_store
from etl.rounds.match import changes, judged
from etl.rounds.records import Value
from etl.safe.refusal import Refusal
from etl.store.schema import NAME
from tests.earlier_store import write_earlier
from tests.test_cli import HOME, PUBLISHED, jixiao

FORM = "绩效目标表"
EXPLAINED, REFUSED, ERROR = "E48", "E87", "E18"


def run(source: Path, output: Path, *more: str | Path) -> dict[str, Any]:
    import json

    done = jixiao("run", source, "-o", output, "--quiet", *more)
    assert done.returncode in (0, 1), done.stderr.decode()
    document: dict[str, Any] = json.loads((output / "findings.json").read_text(encoding="utf-8"))
    return document


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Path:
    output = tmp_path_factory.mktemp("first")
    run(PUBLISHED, output)
    return output


def the_return(output: Path) -> Path:
    return next((output / "returns").glob("*.xlsx"))


def page_row(page: Any, place: str, code: str = "") -> int:
    return next(
        row
        for row in range(5, page.max_row + 1)
        if str(page.cell(row, 4).value or "").startswith(f"{FORM}!{place}")
        and code in (page.cell(row, 3).value, "")
    )


def answer(path: Path, target: Path) -> None:
    """Do what a department does: fix a figure, break one, explain two warnings."""
    book = openpyxl.load_workbook(path)
    page, sheet = book["审核意见"], book[FORM]
    for place, why in ((EXPLAINED, "上级统一要求"), (REFUSED, "就是这样")):
        page.cell(page_row(page, place), 9, why)
    sheet[ERROR] = 2268.85
    sheet["F8"] = 1
    target.parent.mkdir(parents=True, exist_ok=True)
    book.save(target)


def decide(path: Path) -> None:
    """Do what the bureau does: decide on the two, in its own copy of the return."""
    book = openpyxl.load_workbook(path)
    for place, decision in ((EXPLAINED, "采纳"), (REFUSED, "不采纳")):
        page = book["审核意见"]
        page.cell(page_row(page, place), 10, decision)
    book.save(path)


def states(document: dict[str, Any]) -> dict[str, str]:
    """Return the state of each finding by code and first cell."""
    return {
        f"{finding['code']} {finding['cells'][0]['cell']}": finding["state"]
        for finding in document["findings"]
    }


def expect_second_round(document: dict[str, Any], before: dict[str, Any]) -> None:
    known = states(document)
    assert document["round"] == 2
    assert ("AR05", f"{FORM}!{ERROR}") in [(f["code"], f["place"]) for f in document["fixed"]]
    assert {f["code"] for f in document["fixed"]} <= {
        "AR05",
        "AR11",
    }  # AR11: both half-year totals were whole
    assert {state for key, state in known.items() if key.startswith("HF03")} == {"explained"}, (
        "one line, one answer"
    )
    assert known[f"IG02 {REFUSED}"] == "standing"
    new = {key for key, state in known.items() if state == "new"}
    assert new and all(key.split()[0] in ("AR01", "AR02", "AR03", "AR04") for key in new), new
    old = {f"{f['code']} {f['cells'][0]['cell']}" for f in before["findings"]}
    assert {key for key, state in known.items() if state != "new"} == old - {
        f"{f['code']} {f['place'].partition('!')[2]}" for f in document["fixed"]
    }


@pytest.fixture(scope="module")
def decided(first: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the first round with the bureau's decisions in it."""
    output = tmp_path_factory.mktemp("decided") / "out"
    shutil.copytree(first, output)
    decide(the_return(output))
    return output


@pytest.fixture(scope="module")
def second(
    first: Path, decided: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, Path, dict[str, Any]]:
    folder = tmp_path_factory.mktemp("second")
    answer(the_return(first), folder / "in" / the_return(first).name)
    return folder / "in", folder / "out", run(folder / "in", folder / "out", "--previous", decided)


def test_what_a_department_decides_itself_is_a_claim(first: Path, tmp_path: Path) -> None:
    inbox = tmp_path / "in" / the_return(first).name
    answer(the_return(first), inbox)
    decide(inbox)
    document = run(inbox, tmp_path / "second", "--previous", first)
    assert "explained" not in states(document).values()
    alone = run(inbox, tmp_path / "first_time")
    page = openpyxl.load_workbook(the_return(tmp_path / "second"))["审核意见"]
    row = page_row(page, EXPLAINED)
    assert page.cell(row, 10).value in (None, "")
    assert page.cell(row, 9).value == "上级统一要求（单位自填的复核结果“采纳”不予采用）"
    assert len(alone["findings"]) == len(document["findings"])
    told = jixiao("run", inbox, "-o", tmp_path / "third", "--previous", first).stdout.decode()
    assert "单位自行填写的复核结果不予采用：2条" in told
    again = run(tmp_path / "second" / "returns", tmp_path / "fourth", "--previous", tmp_path / "second")
    assert "explained" not in states(again).values()
    page = openpyxl.load_workbook(the_return(tmp_path / "fourth"))["审核意见"]
    assert page.cell(row, 9).value == "上级统一要求（单位自填的复核结果“采纳”不予采用）"


def findings_of(first: Path) -> dict[str, Any]:
    import json

    document: dict[str, Any] = json.loads((first / "findings.json").read_text(encoding="utf-8"))
    return document


def test_each_finding_has_its_state(first: Path, second: tuple[Path, Path, dict[str, Any]]) -> None:
    expect_second_round(second[2], findings_of(first))


def test_a_first_round_says_nothing_of_states(first: Path) -> None:
    document = findings_of(first)
    assert "round" not in document and not any("state" in finding for finding in document["findings"])
    page = read_page(open_package(the_return(first).read_bytes()))
    assert page is not None and page.number == 1 and len(page.lines) == len(document["findings"])


def test_the_page_tells_the_round(second: tuple[Path, Path, dict[str, Any]]) -> None:
    page = openpyxl.load_workbook(the_return(second[1]))["审核意见"]
    lines = [page.cell(row, 6).value or "" for row in range(5, page.max_row + 1) if page.cell(row, 3).value]
    counted = Counter(text[1:].partition("】")[0] for text in lines if text.startswith("【"))
    heading = "\n".join(str(page.cell(row, 1).value) for row in range(1, 7))
    assert "第2轮" in heading
    assert (
        f"已改{len(second[2]['fixed'])}条，未改{counted['未改']}条，新增{counted['新增']}条，已说明1条"
        in heading
    )
    row = page_row(page, EXPLAINED)
    assert (page.cell(row, 9).value, page.cell(row, 10).value) == ("上级统一要求", "采纳")
    assert not page.row_dimensions[row].hidden and page.cell(row, 6).value.startswith("【已说明】")
    row = page_row(page, REFUSED)
    assert (page.cell(row, 9).value, page.cell(row, 10).value) == ("就是这样", "不采纳")
    below = {str(page.cell(row, 1).value): row for row in range(row, page.max_row + 1)}
    assert "已改  错误  AR05" in "\n".join(below)
    start = below["修改对照（上一轮 → 本轮）"]
    told = [tuple(page.cell(row, column).value for column in (2, 5, 7, 9)) for row in (start + 2, start + 3)]
    assert told == [
        (f"{FORM}!F8", "财政拨款小计（万元）", "8055.47", "1"),
        (f"{FORM}!{ERROR}", "项目支出(半年)（万元）", "2268", "2268.85"),
    ]


def test_an_explained_warning_bears_no_mark(second: tuple[Path, Path, dict[str, Any]]) -> None:
    sheet = openpyxl.load_workbook(the_return(second[1]))[FORM]
    assert sheet[EXPLAINED].comment is None and sheet[REFUSED].comment is not None


def test_a_return_of_a_round_comes_off_exactly(
    first: Path, second: tuple[Path, Path, dict[str, Any]]
) -> None:
    from etl.marked.unmark import unmark

    incoming = unmark(open_package(next(second[0].glob("*.xlsx")).read_bytes()))
    back = unmark(open_package(the_return(second[1]).read_bytes()))
    assert parts(back.container.data) == parts(incoming.container.data)


def parts(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return {name: package.read(name) for name in package.namelist()}


def bytes_of(output: Path) -> dict[str, bytes]:
    return {p.relative_to(output).as_posix(): p.read_bytes() for p in (output / "returns").rglob("*.xlsx")}


def test_running_on_own_outputs_changes_nothing(
    first: Path, decided: Path, second: tuple[Path, Path, dict[str, Any]], tmp_path: Path
) -> None:
    again = run(first / "returns", tmp_path / "one")
    assert again == findings_of(first)
    assert bytes_of(tmp_path / "one") == bytes_of(first)
    again = run(second[1] / "returns", tmp_path / "two", "--previous", decided)
    assert again == second[2]
    assert bytes_of(tmp_path / "two") == bytes_of(second[1])


def test_samples_returned_and_checked_again_are_the_same(tmp_path: Path) -> None:
    before = run(HOME / "samples" / "city", tmp_path / "one")
    after = run(tmp_path / "one" / "returns", tmp_path / "two")
    assert bytes_of(tmp_path / "two") == bytes_of(tmp_path / "one")
    third = run(tmp_path / "one" / "returns", tmp_path / "three", "--previous", tmp_path / "one")
    assert {finding["state"] for finding in third["findings"]} == {"standing"}
    assert len(after["findings"]) <= len(before["findings"])


@pytest.mark.parametrize("lost", [NAME, "returns"])
def test_either_the_store_or_the_returns_are_enough(
    lost: str, decided: Path, second: tuple[Path, Path, dict[str, Any]], tmp_path: Path
) -> None:
    shutil.copytree(decided, tmp_path / "old")
    gone = tmp_path / "old" / lost
    gone.unlink() if gone.is_file() else shutil.rmtree(gone)
    document = run(second[0], tmp_path / "out", "--previous", tmp_path / "old")
    if lost == "returns":  # and with them what the bureau had decided
        undecided = {key: "standing" for key in states(document) if key.startswith("HF03")}
        assert states(document) == states(second[2]) | undecided
        return
    assert document == second[2]
    assert bytes_of(tmp_path / "out") == bytes_of(second[1])


def test_a_fresh_copy_keeps_what_was_answered_until_the_value_changes(
    second: tuple[Path, Path, dict[str, Any]], tmp_path: Path
) -> None:
    source = next(PUBLISHED.glob("*.xlsx"))
    (tmp_path / "same").mkdir()
    shutil.copy(source, tmp_path / "same" / "另一个名字.xlsx")
    document = run(tmp_path / "same", tmp_path / "out", "--previous", second[1])
    assert document["round"] == 3
    assert states(document)[f"HF03 {EXPLAINED}"] == "explained"
    assert states(document)[f"AR05 {ERROR}"] == "new"
    book = openpyxl.load_workbook(source)
    book[FORM][EXPLAINED] = "≥200%"
    (tmp_path / "other").mkdir()
    book[FORM]["F48"] = "≥200%"
    book.save(tmp_path / "other" / "form.xlsx")
    document = run(tmp_path / "other", tmp_path / "out2", "--previous", second[1])
    assert states(document)[f"HF03 {EXPLAINED}"] == "standing"
    page = openpyxl.load_workbook(the_return(tmp_path / "out2"))["审核意见"]
    row = page_row(page, EXPLAINED, "HF03")
    assert (page.cell(row, 9).value, page.cell(row, 10).value) == ("上级统一要求", "待核")


def test_an_error_cannot_be_explained_away(first: Path, tmp_path: Path) -> None:
    book = openpyxl.load_workbook(the_return(first))
    page = book["审核意见"]
    row = page_row(page, ERROR, "AR05")
    page.cell(row, 9, "没有错")
    page.cell(row, 10, "采纳")
    (tmp_path / "in").mkdir()
    book.save(tmp_path / "in" / "a.xlsx")
    document = run(tmp_path / "in", tmp_path / "out", "--previous", first)
    assert states(document)[f"AR05 {ERROR}"] == "standing"


def test_who_does_not_come_back_is_kept_for_the_next_round(first: Path, tmp_path: Path) -> None:
    other = HOME / "samples" / "city" / "市水务局"
    run(other, tmp_path / "out", "--previous", first)
    document = run(PUBLISHED, tmp_path / "third", "--previous", tmp_path / "out")
    assert {finding["state"] for finding in document["findings"]} == {"standing"}


def test_refusals(first: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    for previous, output in ((first, first), (tmp_path / "empty", tmp_path / "out")):
        done = jixiao("run", PUBLISHED, "-o", output, "--previous", previous)
        assert done.returncode == 2 and b"Traceback" not in done.stderr
    assert not (tmp_path / "out" / "returns").exists()
    for name in (EARLIER_NAME, NAME):
        (tmp_path / "empty" / name).write_bytes(b"no database" * 100)
        done = jixiao("run", PUBLISHED, "-o", tmp_path / "out", "--previous", tmp_path / "empty")
        assert done.returncode == 2 and "damaged" in done.stderr.decode() and name in done.stderr.decode()


def test_the_store_can_be_asked(first: Path) -> None:
    with closing(sqlite3.connect(first / NAME)) as store:
        ((agency, year, number),) = store.execute(
            "SELECT agency, fiscal_year, round FROM forms f JOIN files d ON d.row = f.file"
        ).fetchall()
        found = store.execute("SELECT project_half, project_half_raw FROM funds").fetchone()
    assert (agency, year, number, found) == (
        "苏州市教育装备与勤工俭学管理办公室",
        2023,
        1,
        (2_268_000_000, "2268"),
    )


def test_the_state_of_a_round_is_in_the_store(second: tuple[Path, Path, dict[str, Any]]) -> None:
    with closing(sqlite3.connect(second[1] / NAME)) as store:
        counts = dict(store.execute("SELECT state, count(*) FROM findings WHERE said GROUP BY state"))
        answers = store.execute(
            "SELECT explanation, review FROM findings WHERE state = 'explained'"
        ).fetchall()
        rounds = store.execute("SELECT round FROM files").fetchall()
    assert counts == Counter(finding["state"] for finding in second[2]["findings"])
    assert set(answers) == {("上级统一要求", "采纳")} and rounds == [(2,)]


def test_the_folder_of_an_earlier_release_is_a_last_round_too(
    decided: Path, second: tuple[Path, Path, dict[str, Any]], tmp_path: Path
) -> None:
    old = tmp_path / "old"
    shutil.copytree(decided, old)
    write_earlier(old / EARLIER_NAME, read_store(decided))
    (old / NAME).unlink()
    assert read_earlier_store(old / EARLIER_NAME) == read_store(decided)
    assert run(second[0], tmp_path / "out", "--previous", old) == second[2]
    assert bytes_of(tmp_path / "out") == bytes_of(second[1])


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE forms SET agency = NULL", "UPDATE forms SET round = 'first'", "UPDATE cell_values SET text = NULL",
        "UPDATE findings SET message = x'35'", "UPDATE forms SET round = 9223372036854775807", "DROP TABLE findings",
        "CREATE TRIGGER more AFTER INSERT ON forms BEGIN DELETE FROM forms; END",
    ],
)  # fmt: skip
def test_a_damaged_store_of_an_earlier_release_is_refused(
    statement: str, first: Path, tmp_path: Path
) -> None:
    path = tmp_path / EARLIER_NAME
    write_earlier(path, read_store(first))
    with closing(sqlite3.connect(path)) as store, store:
        store.execute(statement)
    with pytest.raises(Refusal, match="damaged"):
        read_earlier_store(path)


def test_an_endless_view_in_an_earlier_store_is_not_asked(first: Path, tmp_path: Path) -> None:
    path = tmp_path / EARLIER_NAME
    write_earlier(path, read_store(first))
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n"
    with closing(sqlite3.connect(path)) as store, store:
        store.executescript(f"DROP TABLE findings; CREATE VIEW findings AS {endless}")
    with pytest.raises(Refusal, match="damaged"):
        read_earlier_store(path)


@pytest.fixture(scope="module")
def through_libreoffice(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Path], Path]:
    folder = tmp_path_factory.mktemp("libreoffice")

    def convert(path: Path) -> Path:
        profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
        command = ["soffice", profile, "--headless", "--convert-to", "xlsx", "--outdir", str(folder / "in")]
        subprocess.run([*command, str(path)], check=True, capture_output=True, timeout=180)
        return folder / "in"

    return convert


@pytest.mark.needs_libreoffice
def test_a_round_through_libreoffice(
    first: Path,
    decided: Path,
    second: tuple[Path, Path, dict[str, Any]],
    through_libreoffice: Callable[[Path], Path],
    tmp_path: Path,
) -> None:
    source = through_libreoffice(next(second[0].glob("*.xlsx")))
    document = run(source, tmp_path / "out", "--previous", decided)
    expect_second_round(document, findings_of(first))
    page = openpyxl.load_workbook(the_return(tmp_path / "out"))["审核意见"]
    texts = [str(page.cell(row, 1).value or "") for row in range(1, page.max_row + 1)]
    start = texts.index("修改对照（上一轮 → 本轮）")
    assert texts[start + 2 : start + 4] == ["1", "2"] and texts[start + 4] == ""


def finding(key: str, severity: Severity = Severity.WARNING) -> Located:
    return Located(Finding("HF03", severity, "a", "a#1", (), {"zh": "说", "en": "say"}), (), key)


def line(key: str, explanation: str = "", review: str = "") -> Line:
    return Line(key, "warning", "HF03", "", "说", explanation, review)


KEYS = st.builds(lambda a, b: f"{a}:{b}", st.sampled_from("abc"), st.sampled_from("xyz"))


@given(st.lists(KEYS, max_size=8), st.lists(KEYS, max_size=8))
def test_every_finding_is_accounted_for_once(now: list[str], old: list[str]) -> None:
    found, gone = judged([finding(key) for key in now], [line(key) for key in old])
    counted = Counter(entry.state for entry in found)
    assert counted[State.STANDING] + counted[State.NEW] == len(now)
    assert counted[State.STANDING] + len(gone) == len(old)
    identities = Counter(key[0] for key in now) & Counter(key[0] for key in old)
    assert counted[State.STANDING] == identities.total()


def value(row: int, name: str, text: str, table: str = "projects", field: str = "full") -> Value:
    return Value(table, row, field, name, f"{FORM}!F{row + 19}", text)


def test_rows_are_tied_by_name_and_then_by_their_neighbours() -> None:
    old = [value(0, "甲", "1"), value(1, "乙", "2"), value(2, "丙", "3")]
    moved = [value(0, "丙", "3"), value(1, "甲", "1"), value(2, "乙", "2")]
    assert changes(moved, old) == ()
    renamed = [value(0, "甲", "1"), value(1, "乙项目", "2"), value(2, "丙", "4")]
    assert [(c.old, c.new) for c in changes(renamed, old)] == [("3", "4")]
    shorter = [value(0, "甲", "1"), value(1, "丙", "3")]
    assert [(c.value.name, c.old, c.new) for c in changes(shorter, old)] == [("乙", "2", None)]


def test_an_earlier_store_of_another_version_is_refused(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / EARLIER_NAME)) as store:
        store.execute("PRAGMA user_version = 99")
    with pytest.raises(Refusal, match="version"):
        read_earlier_store(tmp_path / EARLIER_NAME)


def test_a_second_round_is_verified(
    second: tuple[Path, Path, dict[str, Any]], decided: Path, tmp_path: Path
) -> None:
    done = jixiao("run", second[0], "-o", tmp_path / "out", "--previous", decided, "--verify")
    assert done.returncode == 1 and "复核 1 个退回文件" in done.stdout.decode()
    assert bytes_of(tmp_path / "out") == bytes_of(second[1])


def test_a_form_that_is_no_return_has_no_page() -> None:
    assert read_page(open_package(next(PUBLISHED.glob("*.xlsx")).read_bytes())) is None
