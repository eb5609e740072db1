"""The doors of the desk: each page refuses each role it is not for, and whatever comes from elsewhere."""

from __future__ import annotations

import io
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("starlette")
pytest.importorskip("multipart")
pytest.importorskip("httpx2")

from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from etl.cli import cli
from etl.desk.guard.gate import LARGEST_BODY, POLICY
from etl.desk.home.database import home_in
from etl.desk.home.people import ROLES, LastLead, checked_person, hashed, people, set_person
from etl.desk.routes import PAGES, Page
from etl.desk.serve import Address, desk_in
from etl.desk.work.received import safe_relative, take_in
from etl.safe.refusal import Refusal
from tests.desks import HOST, PASSWORD, client_of, desk_at, enter, worked_home


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("shared") / "home"
    shutil.copytree(worked_home(tmp_path_factory), folder)
    return desk_at(folder, lan=True)


@pytest.fixture
def client(shared: Any) -> Iterator[Any]:
    with client_of(shared) as client:
        yield client


FILLED = {
    "{batch:int}": "1",
    "{file:int}": "1",
    "{name}": "desk.css",
    "{what}": "findings.csv",
    "{code}": "AR05",
}


def address(page: Page) -> str:
    path = page.path
    for name, value in FILLED.items():
        path = path.replace(name, value)
    return path


def asked(client: Any, page: Page) -> int:
    if page.method == "GET":
        return int(client.get(address(page)).status_code)
    return int(client.post(address(page), data={"back": "/", "batch": "1"}).status_code)


NOT_FOR = [
    (page, role)
    for page in PAGES
    if page.role != "nobody"
    for role in ROLES
    if ROLES.index(role) < ROLES.index(page.role)
]
FOR = [
    (page, role)
    for page in PAGES
    if page.role != "nobody"
    for role in ROLES
    if ROLES.index(role) >= ROLES.index(page.role)
]


@pytest.fixture(scope="module")
def inside(shared: Any) -> Iterator[dict[str, Any]]:
    """Give a client of every role."""
    from contextlib import ExitStack

    with ExitStack() as stack:
        yield {role: enter(stack.enter_context(client_of(shared)), shared, role) for role in ROLES}


def named(value: Any) -> str:
    return f"{value.method} {value.path}" if isinstance(value, Page) else str(value)


@pytest.mark.parametrize(("page", "role"), NOT_FOR, ids=named)
def test_a_page_refuses_a_role_it_is_not_for(inside: dict[str, Any], page: Page, role: str) -> None:
    assert asked(inside[role], page) == 403


@pytest.mark.parametrize(("page", "role"), [pair for pair in FOR if pair[0].path != "/logout"], ids=named)
def test_a_page_answers_a_role_it_is_for(inside: dict[str, Any], page: Page, role: str) -> None:
    assert asked(inside[role], page) in (200, 303, 400, 404, 409)
    if page.path.endswith("/close"):
        asked(inside[role], page)  # and open again


@pytest.mark.parametrize("page", [page for page in PAGES if page.role != "nobody"], ids=named)
def test_a_page_refuses_who_has_no_session(client: Any, page: Page) -> None:
    client.cookies.set("jixiao-desk", "guessed")
    status = asked(client, page)
    assert status == (303 if page.method == "GET" else 401)


@pytest.mark.parametrize("page", [page for page in PAGES if page.method == "POST"], ids=named)
@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"sec-fetch-site": "", "origin": "http://evil.example"},
        {"sec-fetch-site": "", "origin": "null"},
        {"sec-fetch-site": ""},
    ],
)
def test_nothing_is_changed_from_another_site(
    inside: dict[str, Any], page: Page, headers: dict[str, str]
) -> None:
    assert inside["lead"].post(address(page), data={}, headers=headers).status_code == 403


def test_an_old_browser_says_its_origin(inside: dict[str, Any]) -> None:
    old = {"sec-fetch-site": "", "origin": f"http://{HOST}"}
    assert inside["lead"].post("/language", data={"lang": "zh"}, headers=old).status_code == 303


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1", "127.0.0.1:80", "127.0.0.1:8765.evil.example", "", "[::1]:8765"]
)
def test_other_hosts_are_refused(client: Any, host: str) -> None:
    assert client.get("/login", headers={"host": host}).status_code == 400


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_answer_has_the_headers(inside: dict[str, Any], page: Page) -> None:
    client = inside["viewer"]
    done = (
        client.get(address(page))
        if page.method == "GET"
        else client.post(address(page), headers={"sec-fetch-site": "cross-site"})
    )
    assert done.headers["content-security-policy"] == POLICY and "unsafe" not in POLICY
    assert done.headers["x-content-type-options"] == "nosniff" and done.headers["cache-control"] == "no-store"
    assert done.headers["x-frame-options"] == "DENY" and done.headers["referrer-policy"] == "no-referrer"


@pytest.mark.parametrize(
    "page", [page for page in PAGES if page.method == "GET" and "get" not in page.path], ids=named
)
def test_no_page_has_a_script_or_a_style_of_its_own(inside: dict[str, Any], page: Page) -> None:
    text = inside["lead"].get(address(page)).text
    assert (
        "<script>" not in text
        and " style=" not in text
        and "javascript:" not in text
        and " onclick" not in text
    )


def test_a_large_body_is_refused_declared_or_not(inside: dict[str, Any]) -> None:
    client = inside["lead"]
    body = b"x" * (LARGEST_BODY + 1)
    assert client.post("/settings", content=body).status_code == 413

    def pieces() -> Iterator[bytes]:
        for _ in range(LARGEST_BODY // (1 << 20) + 2):
            yield b"a=" + b"x" * (1 << 20)

    form = {"content-type": "application/x-www-form-urlencoded"}
    assert client.post("/settings", content=pieces(), headers=form).status_code in (400, 413)


def test_a_page_that_is_not_there_is_not_there(inside: dict[str, Any]) -> None:
    for path in ("/b/99", "/b/99999999999999999999999", "/b/1/f/999", "/b/1/get/desk.sqlite", "/b/1/get/..%2f..%2fdesk.sqlite",
                 "/static/base.html", "/static/..%2fapp.py", "/b/1/return/99", "/nothing"):  # fmt: skip
        assert inside["lead"].get(path).status_code == 404, path


@pytest.mark.parametrize(
    "back", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)", "/a\r\nx: y"]
)
def test_no_answer_sends_the_browser_elsewhere(inside: dict[str, Any], back: str) -> None:
    done = inside["lead"].post("/language", data={"lang": "en", "back": back})
    assert done.headers["location"] == "/"
    inside["lead"].post("/language", data={"lang": "zh"})


# -- coming in


def test_the_token_of_the_opened_address_becomes_a_strict_cookie(tmp_path: Path) -> None:
    desk = desk_at(tmp_path / "home")
    with client_of(desk) as client:
        assert client.get("/").status_code == 401
        assert client.get("/enter?token=guess").status_code == 403 and client.get("/enter").status_code == 403
        cookie = enter(client, desk).get("/").request.headers["cookie"]
        given = client.get(f"/enter?token={desk.entry.token}").headers["set-cookie"]
        assert "HttpOnly" in given and "SameSite=strict" in given and desk.entry.token not in cookie
        assert client.get("/").status_code == 200 and client.get("/login").status_code == 404
        assert client.get("/people").status_code == 404


def test_after_some_wrong_passwords_nobody_gets_in_for_a_while(client: Any) -> None:
    for _ in range(5):
        assert client.post("/login", data={"name": "clerk", "password": "wrong"}).status_code == 403
    assert client.post("/login", data={"name": "clerk", "password": PASSWORD}).status_code == 429
    assert client.post("/login", data={"name": "reviewer", "password": PASSWORD}).status_code == 303


def test_who_logs_out_is_out(shared: Any, client: Any) -> None:
    enter(client, shared, "viewer")
    token = client.cookies["jixiao-desk"]
    assert client.post("/logout").status_code == 303
    client.cookies.set("jixiao-desk", token)
    assert client.get("/").status_code == 303


def test_a_shared_desk_needs_a_lead_and_a_name(tmp_path: Path) -> None:
    home = home_in(tmp_path / "home")
    with pytest.raises(Refusal, match="lead"):
        desk_in(home, Address(lan=True, names=("pc",)))
    done = CliRunner().invoke(
        cli,
        ["desk", "--home", str(tmp_path / "home"), "--add-lead", "李四"],
        input="long enough\nlong enough\n",
    )
    assert done.exit_code == 0, done.output
    with pytest.raises(Refusal, match="name"):
        desk_in(home, Address(lan=True))
    assert desk_in(home, Address(lan=True, names=("pc",))).shared
    assert checked_person(home, "李四", "long enough") and not checked_person(home, "李四", "long enougH")
    with pytest.raises(Refusal, match="name is taken"):
        from etl.desk.serve import add_lead

        add_lead(tmp_path / "home", "李四", "another one")


def test_a_password_is_kept_as_salt_and_scrypt() -> None:
    one, other = hashed("secret words"), hashed("secret words")
    assert one != other and "secret" not in one and len(one) == 32 + 1 + 64


def test_the_last_lead_stays_and_a_lead_does_not_step_down_alone(shared: Any, client: Any) -> None:
    enter(client, shared, "lead")
    (lead,) = [p for p in people(shared.home) if p.role == "lead"]
    for change in ({"role": "viewer", "active": "1"}, {"role": "lead"}):
        assert client.post("/people", data={"number": str(lead.number), **change}).status_code == 409
    with pytest.raises(LastLead):
        set_person(shared.home, lead.number, "clerk", True)
    assert [p for p in people(shared.home) if p.role == "lead" and p.active] == [lead]


def test_people_are_added_changed_and_shut_out(shared: Any, client: Any) -> None:
    enter(client, shared, "lead")
    assert (
        client.post("/people", data={"name": "新人", "role": "clerk", "password": "short"}).status_code == 400
    )
    assert (
        client.post("/people", data={"name": "新人", "role": "clerk", "password": PASSWORD}).status_code
        == 303
    )
    (new,) = [p for p in people(shared.home) if p.name == "新人"]
    with client_of(shared) as theirs:
        enter(theirs, shared, "新人")
        assert theirs.get("/").status_code == 200
        client.post("/people", data={"number": str(new.number), "role": "clerk"})
        assert theirs.get("/").status_code == 303, "the session ends at once"
        assert theirs.post("/login", data={"name": "新人", "password": PASSWORD}).status_code == 403
    assert "新人" in client.get("/people").text


def test_a_reviewer_neither_waives_an_error_nor_undoes_what_another_decided(
    shared: Any, inside: dict[str, Any]
) -> None:
    from etl.desk.view.findings import findings

    error = next(f for f in findings(shared.seen, 1) if f.severity == "error" and f.form)
    waived = {
        "key": error.key,
        "verdict": "豁免",
        "reason": "x",
        "approver": "y",
        "until": "2099-01-01",
        "seen": f"{error.key}|0",
    }
    assert inside["reviewer"].post("/b/1/decide", data=waived).status_code == 400
    assert inside["reviewer"].post("/b/1/decide", data={**waived, "verdict": "误报"}).status_code == 400
    assert inside["lead"].post("/b/1/decide", data=waived).status_code == 303
    assert inside["reviewer"].post("/b/1/undo", data={"number": "1"}).status_code == 403
    assert inside["lead"].post("/b/1/undo", data={"number": "1"}).status_code == 303


def test_of_many_who_decide_at_once_one_is_first(shared: Any, inside: dict[str, Any]) -> None:
    from etl.desk.view.findings import findings

    warning = next(f for f in findings(shared.seen, 1) if f.severity == "warning")
    asked_ = {"key": warning.key, "verdict": "必须修改", "seen": f"{warning.key}|{warning.version}"}
    statuses: list[int] = []
    cookies = dict(inside["reviewer"].cookies)

    def one() -> None:
        with client_of(shared) as client:
            client.cookies.update(cookies)
            statuses.append(client.post("/b/1/decide", data=asked_).status_code)

    threads = [threading.Thread(target=one) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [303] + [409] * 5


# -- what is handed in

HOSTILE = [
    "../../etc/passwd.xlsx", "..\\..\\a.xlsx", "/etc/a.xlsx", "C:\\Windows\\a.xlsx", "C:a.xlsx", "a/../../b.xlsx", "CON.xlsx", "nul.xlsx",
    "a\x00b.xlsx", "a\nb.xlsx", "a/./b.xlsx", "....//a.xlsx", "~/a.xlsx", "\u202exslx.a.xlsx", "a" * 400 + ".xlsx",
    "/".join(["d"] * 120) + "/a.xlsx", "a.xlsx/b.xlsx", "a.xlsx. ", "<b>.xlsx", "单位/{{7*7}}.xlsx",
]  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_stays_below_the_batch(shared: Any, tmp_path: Path, name: str) -> None:
    home = home_in(tmp_path / "home")
    home.inbox(1).mkdir(parents=True)
    home.change("INSERT INTO batches VALUES (1, 'x', NULL, NULL, '', 0, 0, 'x', '', '')")
    before = {path for path in tmp_path.rglob("*") if "in" not in path.relative_to(tmp_path).parts}
    take_in(home, 1, [(name, io.BytesIO(b"PK data"))], "x")
    after = {path for path in tmp_path.rglob("*") if "in" not in path.relative_to(tmp_path).parts}
    assert {path.name for path in after - before} <= {"desk.sqlite-wal", "desk.sqlite-shm"}
    kept = [path for path in home.inbox(1).rglob("*") if path.is_file()]
    assert all(path.resolve().is_relative_to(home.inbox(1).resolve()) for path in kept)


@given(st.text(max_size=60))
def test_any_name_is_safe_or_nothing(name: str) -> None:
    safe = safe_relative(name)
    path = Path(safe)
    assert not path.is_absolute() and ".." not in path.parts and "\0" not in safe and "\\" not in safe


def test_names_that_differ_in_case_alone_are_both_kept(tmp_path: Path) -> None:
    home = home_in(tmp_path / "home")
    home.inbox(1).mkdir(parents=True)
    home.change("INSERT INTO batches VALUES (1, 'x', NULL, NULL, '', 0, 0, 'x', '', '')")
    taken = take_in(home, 1, [("a.xlsx", io.BytesIO(b"1")), ("A.xlsx", io.BytesIO(b"2"))], "x")
    assert [one.kept for one in taken] == ["a.xlsx", "A(2).xlsx"] and not any(one.why for one in taken)


def test_a_name_that_is_markup_is_shown_as_text(shared: Any, inside: dict[str, Any]) -> None:
    done = inside["lead"].post(
        "/batches", data={"name": "<script>alert(1)</script>"}, files=[("files", ("<img src=x>.txt", b"x"))]
    )
    assert done.status_code == 400 and "<script>alert" not in done.text and "<img" not in done.text


def test_too_many_files_are_refused(inside: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    import etl.desk.app

    monkeypatch.setattr(etl.desk.app, "MOST_FILES", 3)
    files = [("files", (f"{n}.xlsx", b"x")) for n in range(5)]
    assert inside["lead"].post("/batches", data={"name": "x"}, files=files).status_code == 400


def test_a_full_disk_is_said_before_anything_is_taken(
    shared: Any, inside: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    import etl.desk.pages.batches

    count = len(shared.home.rows("SELECT * FROM batches"))
    monkeypatch.setattr(etl.desk.pages.batches, "room_for", lambda *_: False)
    done = inside["lead"].post("/batches", data={"name": "x"}, files=[("files", ("a.xlsx", b"x"))])
    assert done.status_code == 507 and "磁盘" in done.text
    assert len(shared.home.rows("SELECT * FROM batches")) == count
