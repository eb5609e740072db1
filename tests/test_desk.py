"""The desk: what a batch goes through from files dropped to returns downloaded, and what is decided on the way."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest

pytest.importorskip("starlette")
pytest.importorskip("multipart")
pytest.importorskip("httpx2")

from etl.desk.home.database import NAME
from etl.desk.view.findings import findings
from etl.store.ledger import read_ledger
from tests.desks import CITY, client_of, copied, desk_at, enter, handed_in, samples, wait_for, worked_home
from tests.test_cli import jixiao


@pytest.fixture(scope="module")
def worked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return worked_home(tmp_path_factory)


@pytest.fixture
def home(worked: Path, tmp_path: Path) -> Path:
    return copied(worked, tmp_path / "home")


@pytest.fixture
def desk(home: Path) -> Any:
    return desk_at(home)


@pytest.fixture
def client(desk: Any) -> Any:
    with client_of(desk) as client:
        yield enter(client, desk)


def one(desk: Any, code: str, severity: str = "") -> Any:
    return next(f for f in findings(desk.seen, 1) if f.code == code and severity in ("", f.severity))


def decide(
    client: Any, keys: list[str], verdict: str, seen: dict[str, int] | None = None, **more: str
) -> Any:
    marks = [f"{key}|{(seen or {}).get(key, 0)}" for key in keys]
    return client.post(
        "/b/1/decide", data={"key": keys, "verdict": verdict, "seen": marks, "back": "/b/1", **more}
    )


# -- batches


def test_the_output_folder_is_what_the_command_line_writes(worked: Path, tmp_path: Path) -> None:
    source = worked / "batches" / "1" / "in"
    roster = worked / "batches" / "1" / "roster.csv"
    done = jixiao("run", source, "-o", tmp_path / "out", "--roster", roster, "--year", "2023")
    assert done.returncode == 1, done.stderr.decode()
    ours = worked / "batches" / "1" / "out"
    for name in ("findings.json", "findings.csv", "report.html"):
        here, there = (ours / name).read_text("utf-8"), (tmp_path / "out" / name).read_text("utf-8")
        assert here == there, name
    returns = sorted(path.relative_to(ours) for path in (ours / "returns").rglob("*.xlsx"))
    assert len(returns) == 20
    for path in returns:
        assert (ours / path).read_bytes() == (tmp_path / "out" / path).read_bytes(), path
    assert {p.name for p in ours.iterdir()} == {p.name for p in (tmp_path / "out").iterdir()}


def test_files_are_kept_as_they_were_handed_in(worked: Path) -> None:
    for name, (relative, data) in samples():
        assert name == "files" and (worked / "batches" / "1" / "in" / relative).read_bytes() == data


def test_the_board_says_who_has_errors_and_who_did_not_hand_in(client: Any) -> None:
    text = client.get("/b/1").text
    rows = {
        re.sub("<[^>]+>", "", row[1]): row[0]
        for row in re.findall(r'<tr><td class="light (\w+)">.*?<td>(.*?)<td>', text)
    }
    assert rows["苏州市社会福利综合服务站"] == "grey" and rows["苏州市学校安全与后勤服务中心"] == "black"
    assert rows["苏州市排水设施运行中心"] == "red" and rows["苏州市青少年科技活动中心"] == "amber"
    assert list(rows.values()).count("green") >= 5
    assert "未能读取" in text and "✖" in text


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("q=排水", {"苏州市排水设施运行中心"}),
        ("light=amber", {"苏州市青少年科技活动中心"}),
        ("department=市水务局", {"苏州市排水设施运行中心"}),
        ("q=没有这个", set()),
    ],
)
def test_the_board_is_filtered_and_searched(client: Any, asked: str, expected: set[str]) -> None:
    names = set(re.findall(r'<a href="1/f/\d+">([^<]+)</a>', client.get(f"/b/1?{asked}").text))
    assert names >= expected and (names <= expected or "department" in asked)


def test_a_form_is_drawn_with_its_findings_beside_it(client: Any, desk: Any) -> None:
    finding = one(desk, "AR05")
    with desk.seen.store(1) as store:
        ((file,),) = store.rows('SELECT "row" FROM files WHERE path = ?', (finding.path,))
    text = client.get(f"/b/1/f/{file}").text
    assert finding.message_zh in text and f'seen" value="{finding.key}|0' in text
    anchors = set(re.findall(r'<i id="(c1-\d+)"', text))
    assert anchors and set(re.findall(r'href="#(c1-\d+)"', text)) == anchors
    assert set(re.findall(r'data-m="(m1-\d+)"', text)) <= set(re.findall(r'id="(m1-\d+)"', text))

    def marked(page: str) -> set[str]:
        cells = re.findall(r"<td[^>]* data-m=[^>]*>.*?</td>", page)
        return {re.sub(r"\b([cm])\d+-", r"\1-", cell) for cell in cells}

    report = (desk.home.output(1) / "report.html").read_text("utf-8")
    assert marked(text) <= marked(report), "one drawing for both"


def test_a_late_file_takes_the_place_of_the_earlier_one_which_is_kept(home: Path) -> None:
    name, (relative, data) = samples()[0]
    desk = desk_at(home)
    with client_of(desk, working=True) as client:
        enter(client, desk)
        done = client.post("/b/1/files", files=[(name, (relative, data + b"\0" * 9))])
        assert done.status_code == 303 and wait_for(client, 1) == "done"
        assert "已由新的代替" in client.get("/b/1/files").text
    kept = list((home / "batches" / "1" / "replaced").rglob("*.xls*"))
    assert [path.read_bytes() for path in kept] == [data]


def test_a_batch_without_a_usable_file_says_why(client: Any, home: Path) -> None:
    done = client.post(
        "/batches", data={"name": "x"}, files=[("files", ("a/readme.txt", b"x")), ("files", ("b.xlsx", b""))]
    )
    assert done.status_code == 400 and "不是电子表格文件" in done.text and "文件是空的" in done.text
    assert client.post("/batches", data={"name": "x"}).status_code == 400


# -- decisions


def test_a_decision_is_made_shown_and_undone(client: Any, desk: Any) -> None:
    finding = one(desk, "AR05")
    done = decide(client, [finding.key], "误报", note="规则未考虑四舍五入")
    assert (done.status_code, done.headers["location"]) == (303, "/b/1?done=1")
    (event,) = read_ledger(desk.home.output(1)).events
    assert (event.key, event.review, event.note, event.code) == (
        finding.key,
        "误报",
        "规则未考虑四舍五入",
        "AR05",
    )
    assert one(desk, "AR05").ended and "误报" in client.get("/b/1/ledger").text
    assert client.post("/b/1/undo", data={"number": "1", "back": "/b/1"}).status_code == 303
    assert (
        one(desk, "AR05").review == "" and client.post("/b/1/undo", data={"number": "1"}).status_code == 409
    )


def test_many_are_decided_at_once_and_undone_at_once(client: Any, desk: Any) -> None:
    keys = [f.key for f in findings(desk.seen, 1) if f.severity == "warning"]
    assert len(keys) > 5 and decide(client, keys, "必须修改").status_code == 303
    assert all(f.verdict == "必须修改" for f in findings(desk.seen, 1) if f.severity == "warning")
    client.post("/b/1/undo", data={"number": "3"})
    assert not read_ledger(desk.home.output(1)).live


def test_who_decides_second_sees_what_the_first_decided(client: Any, desk: Any) -> None:
    finding = one(desk, "AR05")
    assert decide(client, [finding.key], "必须修改").status_code == 303
    late = decide(client, [finding.key], "误报")
    assert late.status_code == 409 and "必须修改" in late.text and "误报" in late.text
    assert len(read_ledger(desk.home.output(1)).events) == 1
    assert f'value="{finding.key}|1"' in late.text
    assert decide(client, [finding.key], "误报", {finding.key: 1}).status_code == 303


def test_a_button_beside_one_finding_decides_on_it_alone(client: Any, desk: Any) -> None:
    finding = one(desk, "AR05")
    key = finding.key
    more = {
        "reason:2": "上级文件",
        "approver:2": "李四",
        "until:2": "2099-12-31",
        "reason:1": "不是这条",
        "key": ["nothing"],
    }
    done = client.post("/b/1/decide", data={"one": f"豁免|2|{key}", "back": "/b/1/f/3#m1-2", **more})
    assert done.headers["location"] == "/b/1/f/3?done=1#m1-2"
    assert one(desk, "AR05").review == "豁免（至2099-12-31；批准人：李四；理由：上级文件）"


@pytest.mark.parametrize(
    ("code", "verdict", "more", "said"),
    [
        ("AR01", "豁免", {"reason": "因为"}, "批准人"),
        ("AR01", "采纳", {}, "错误不能采纳"),
        ("AR05", "采纳", {}, "单位说明"),
        ("AR05", "豁免", {}, "理由"),
        ("AR05", "豁免", {"reason": "因为", "until": "2001-01-01"}, "期限"),
        ("AR05", "豁免", {"reason": "因为", "until": "明年"}, "期限"),
        ("AR05", "同意", {}, "选择"),
    ],
)
def test_what_cannot_be_decided_so_is_said(
    client: Any, desk: Any, code: str, verdict: str, more: dict[str, str], said: str
) -> None:
    done = decide(client, [one(desk, code).key], verdict, **more)
    assert done.status_code == 400 and said in done.text
    assert not read_ledger(desk.home.output(1)).events


def test_a_finding_that_is_not_there_is_not_decided_on(client: Any, desk: Any) -> None:
    assert decide(client, ["0123456789abcdef:0123456789abcdef"], "误报").status_code == 400
    assert decide(client, [], "误报").status_code == 400


def test_a_closed_batch_takes_no_decision_and_no_file(client: Any, desk: Any) -> None:
    assert client.post("/b/1/close").status_code == 303
    assert decide(client, [one(desk, "AR05").key], "误报").status_code == 409
    assert client.post("/b/1/files", files=samples()[:1]).status_code == 409
    assert client.post("/b/1/run").status_code == 409
    client.post("/b/1/close")
    assert decide(client, [one(desk, "AR05").key], "误报").status_code == 303


def test_an_error_that_is_waived_by_a_lead_is_gone_from_the_next_outputs(home: Path) -> None:
    desk = desk_at(home)
    with client_of(desk, working=True) as client:
        enter(client, desk)
        finding = one(desk, "AR01")
        decide(client, [finding.key], "豁免", reason="按批复", approver="李四", until="2099-12-31")
        assert "又有1条决定" in client.get("/b/1/downloads").text
        client.post("/b/1/run")
        assert wait_for(client, 1) == "done"
        assert "已写入" in client.get("/b/1/downloads").text
        found = client.get("/b/1/get/findings.json").json()["findings"]
        (same,) = [f for f in found if f["message"] == finding.message_zh]
        assert same["state"] == "explained"
        name = next(
            name
            for name in zipfile.ZipFile(io.BytesIO(client.get("/b/1/get/returns.zip").content)).namelist()
            if "血液" in name
        )
        page = openpyxl.load_workbook(desk.home.output(1) / "returns" / name)["审核意见"]
        assert "豁免（至2099-12-31；批准人：李四；理由：按批复）" in [
            row[9].value for row in page.iter_rows(min_row=5)
        ]


def corrected(entry: Any) -> Any:
    """Return a file as handed in again: one figure of one agency is put right."""
    name, (relative, data) = entry
    if "血液" in relative:
        book = openpyxl.load_workbook(io.BytesIO(data))
        book["绩效目标表"]["F8"] = 8652.1
        changed = io.BytesIO()
        book.save(changed)
        data = changed.getvalue()
    return name, (relative, data)


def test_the_next_round_goes_on_from_the_decisions(home: Path) -> None:
    desk = desk_at(home)
    with client_of(desk, working=True) as client:
        enter(client, desk)
        kept = one(desk, "AR05")
        decide(client, [kept.key], "误报")
        again = [corrected(entry) for entry in samples() if "青少年" in entry[1][0] or "血液" in entry[1][0]]
        assert handed_in(client, again, name="第二轮", previous="1") == 2
        shown = {f.key: f for f in findings(desk.seen, 2)}
        assert shown[kept.key].review == "误报" and shown[kept.key].ended
        with desk.seen.store(2) as store:
            files = [row for (row,) in store.rows('SELECT "row" FROM files')]
        pages = [client.get(f"/b/2/f/{file}").text for file in files]
        assert any("改了1处" in page and "8652.1" in page for page in pages) and any(
            "改了0处" in page for page in pages
        )
        document = json.loads((desk.home.output(2) / "findings.json").read_text("utf-8"))
        assert document["round"] == 2


# -- rules, settings, downloads


def test_false_alarms_are_counted_by_rule(client: Any, desk: Any) -> None:
    decide(client, [one(desk, "AR05").key], "误报")
    text = client.get("/b/1/rules").text
    row = next(row for row in text.split("<tr>") if "AR05" in row)
    assert "<b>1</b>" in row and "0%" in row


def settings_form(client: Any, **more: str) -> Any:
    return client.post("/settings", data={"batch": "1", **more})


def test_settings_are_tried_by_name_before_they_are_saved(client: Any, desk: Any) -> None:
    done = settings_form(client, act="trial", **{"rule:AR05": "off"})
    assert done.status_code == 200, done.text
    text = re.sub(r"<[^>]+>|\s+", " ", done.text)
    assert "AR05" in text and "20个单位中0个，原1个" in re.sub(" +", " ", text)
    assert "苏州市青少年科技活动中心" in text and not desk.home.rows("SELECT * FROM settings")


def test_a_trial_runs_only_what_may_change() -> None:
    from checks.finding import Severity
    from checks.settings import Settings
    from etl.desk.work.trial import may_change

    assert may_change(Settings(), Settings(switched={"AR05": False, "AR01": True})) == ("AR01", "AR05")
    assert may_change(Settings(switched={"AR05": False}), Settings()) == ("AR05",)
    assert may_change(Settings(), Settings(thresholds={"goal_shortest": 12}, switched={"AR05": False})) == ()
    assert len(may_change(Settings(), Settings(severities={"AR05": Severity.INFO}))) == 1


def test_settings_are_saved_as_versions_that_the_command_line_reads(client: Any, desk: Any) -> None:
    from etl.desk.home.settings import settings_path
    from etl.intake.config import read_config

    assert settings_form(client, act="save", **{"rule:AR05": "off"}).status_code == 400, "a note is asked for"
    for note, severity in (("第一次", "error"), ("第二次", "info")):
        done = settings_form(
            client, act="save", note=note, **{"severity:AR05": severity, "threshold:goal_shortest": "12"}
        )
        assert done.status_code == 303
    path = settings_path(desk.home, 2)
    assert path is not None
    settings = read_config(path)
    assert settings.severities == {"AR05": "info"} and settings.thresholds == {"goal_shortest": 12}
    assert "第二次" in client.get("/settings").text and "第一次" in client.get("/settings?version=1").text


def test_settings_that_are_wrong_are_refused_with_the_reason(client: Any, desk: Any) -> None:
    assert (
        settings_form(client, act="save", note="x", **{"threshold:goal_shortest": "many"}).status_code == 400
    )
    done = client.post("/settings", data={
        "act": "save", "note": "x", "waiver:agency": ["甲"], "waiver:code": ["ZZ99"], "waiver:reason": ["因为"], "waiver:until": [""],
    })  # fmt: skip
    assert done.status_code == 400 and "ZZ99" in done.text and not desk.home.rows("SELECT * FROM settings")


def test_everything_is_downloaded_as_a_file_to_keep(client: Any, desk: Any) -> None:
    decide(client, [one(desk, "AR05").key], "误报", note="=1+1")
    for what in (
        "citywide.xlsx",
        "findings.csv",
        "findings.json",
        "report.html",
        "returns.zip",
        "data.zip",
        "decisions.csv",
        "jixiao.log",
    ):
        done = client.get(f"/b/1/get/{what}")
        assert done.status_code == 200, what
        assert done.headers["content-disposition"].startswith("attachment"), what
        assert done.headers["content-type"] == "application/octet-stream" and done.content, what
    rows = list(csv.DictReader(io.StringIO(client.get("/b/1/get/decisions.csv").content.decode("utf-8-sig"))))
    assert rows[0]["review"] == "误报" and rows[0]["note"] == "'=1+1"
    names = zipfile.ZipFile(io.BytesIO(client.get("/b/1/get/returns.zip").content)).namelist()
    assert len(names) == 20
    with desk.seen.store(1) as store:
        ((file, path),) = store.rows("SELECT \"row\", path FROM files WHERE path LIKE '%血液%'")
    assert client.get(f"/b/1/return/{file}").content == (desk.home.output(1) / "returns" / path).read_bytes()


def test_a_zip_and_a_folder_are_taken_alike(home: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for _, (relative, data) in samples()[:3]:
            archive.writestr(relative, data)
    desk = desk_at(home)
    with client_of(desk, working=True) as client:
        enter(client, desk)
        number = handed_in(client, [("files", ("全部.zip", packed.getvalue()))])
        with desk.seen.store(number) as store:
            assert store.rows("SELECT count(*) FROM forms WHERE path LIKE '全部.zip/%'") == [(3,)]


def test_a_damaged_ledger_is_said_on_every_page_that_needs_it(client: Any, desk: Any) -> None:
    (desk.home.output(1) / "decisions.sqlite").write_bytes(b"SQLite format 3\0" + b"?" * 4000)
    for path in ("/b/1", "/b/1/findings", "/b/1/ledger", "/b/1/downloads"):
        done = client.get(path)
        assert done.status_code == 409 and "decisions.sqlite" in done.text


def test_a_home_that_is_something_else_is_refused(tmp_path: Path) -> None:
    from etl.desk.home.database import home_in
    from etl.safe.refusal import Refusal

    (tmp_path / "letter.txt").write_text("mine")
    with pytest.raises(Refusal):
        home_in(tmp_path)
    (tmp_path / NAME).write_bytes(b"x" * 5000)
    with pytest.raises(Refusal):
        home_in(tmp_path)


def test_help_has_a_page_for_every_rule(client: Any) -> None:
    from checks.telling.handbook import all_rules

    text = client.get("/help").text
    assert all(f'href="/help/{rule.code}"' in text for rule in all_rules())
    assert "半年" in client.get("/help/AR05").text and client.get("/help/ZZ99").status_code == 404


def test_the_samples_are_where_the_test_thinks() -> None:
    assert len(samples()) == 22 and (CITY / "roster.csv").is_file()
