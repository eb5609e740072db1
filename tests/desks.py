"""A desk for tests: its home filled by one real run, clients of every role, and the children that check."""

from __future__ import annotations

import os
import re
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.test_cli import HOME

CITY = HOME / "samples" / "city"
HOST = "127.0.0.1:8765"
PASSWORD = "correct horse"
OWN = {"sec-fetch-site": "same-origin"}


def desk_at(folder: Path, lan: bool = False) -> Any:
    """Return the desk of a home, with a person of every role where people log in."""
    from etl.desk.home.database import home_in
    from etl.desk.home.people import ROLES, add_person, has_lead
    from etl.desk.serve import Address, desk_in

    os.environ["PYTHONPATH"] = str(HOME)  # children find the checkout, wherever they are started
    home = home_in(folder)
    if lan and not has_lead(home):
        for role in ROLES:
            add_person(home, role, role, PASSWORD)
    return desk_in(home, Address(lan=lan, names=("127.0.0.1",)))


@contextmanager
def client_of(desk: Any, working: bool = False) -> Iterator[Any]:
    """Give a client of a desk that has let nobody in yet; `working`: the desk takes jobs."""
    from starlette.testclient import TestClient

    from etl.desk.app import application

    client = TestClient(
        application(desk, {HOST}), base_url=f"http://{HOST}", headers=OWN, follow_redirects=False
    )
    if working:
        with client:
            yield client
    else:
        yield client


def enter(client: Any, desk: Any, role: str = "") -> Any:
    """Let a client in: by the token, or as somebody of a role."""
    if role:
        client.cookies.clear()
        done = client.post("/login", data={"name": role, "password": PASSWORD})
    else:
        done = client.get(f"/enter?token={desk.entry.token}")
    assert done.status_code == 303, done.text
    return client


def samples() -> list[tuple[str, tuple[str, bytes]]]:
    """Return the sample city as a browser sends a folder."""
    return [
        ("files", (path.relative_to(CITY.parent).as_posix(), path.read_bytes()))
        for path in sorted(CITY.rglob("*.xls*"))
    ]


def handed_in(client: Any, files: Any = None, **more: Any) -> int:
    """Hand in a batch and wait for its check; returns its number."""
    roster = ("roster", ("roster.csv", (CITY / "roster.csv").read_bytes()))
    given = {"name": "第一轮", "year": "2023", "previous": "0", **more}
    done = client.post("/batches", data=given, files=[*(files or samples()), roster])
    assert done.status_code == 303, done.text
    number = int(done.headers["location"].rpartition("/")[2])
    wait_for(client, number)
    return number


def wait_for(client: Any, batch: int, seconds: float = 240) -> str:
    """Wait until nothing is under way on a batch, and return how it ended."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        text = client.get(f"/b/{batch}/progress").text
        if "data-live" not in text:
            found = re.search(r'data-ended="(\w+)"', text)
            return found[1] if found else text
        time.sleep(0.2)
    raise AssertionError("it does not end")


def copied(home: Path, target: Path) -> Path:
    """Return a copy of a home for one test to change."""
    shutil.copytree(home, target)
    return target


_WORKED: list[Path] = []


def worked_home(tmp_path_factory: Any) -> Path:
    """Return a home with the sample city checked in it, made once a process; nobody changes it."""
    if not _WORKED:
        folder = tmp_path_factory.mktemp("desk") / "home"
        desk = desk_at(folder)
        with client_of(desk, working=True) as client:
            assert handed_in(enter(client, desk)) == 1
        _WORKED.append(folder)
    return _WORKED[0]
