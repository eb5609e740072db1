"""The jobs of the desk: one at a time, stopped, killed, and found again after the desk itself was killed."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("starlette")
pytest.importorskip("uvicorn")
pytest.importorskip("multipart")
pytest.importorskip("httpx2")

from etl.desk.home.batches import batch_of
from etl.desk.work.child import command, ending, told
from etl.store.ledger import NAME as LEDGER
from tests.desks import OWN, client_of, copied, desk_at, enter, samples, wait_for, worked_home
from tests.test_cli import HOME

needs_signals = pytest.mark.skipif(os.name == "nt", reason="processes are ended otherwise there")


@pytest.fixture
def home(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> Path:
    return copied(worked_home(tmp_path_factory), tmp_path / "home")


def state(desk: Any, batch: int = 1) -> str:
    job = desk.jobs.last(batch)
    return str(job["state"]) if job else ""


def until(true: Callable[[], Any], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not come to be"
        time.sleep(0.05)


def fresh(desk: Any) -> None:
    """Have the next check do everything again, so that it lasts."""
    (desk.home.output(1) / "jixiao.sqlite").unlink()


@contextmanager
def running(desk: Any) -> Iterator[Any]:
    """Give a client of a desk whose check of the first batch has begun."""
    with client_of(desk, working=True) as client:
        enter(client, desk)
        fresh(desk)
        client.post("/b/1/run")
        until(lambda: state(desk) == "running" and desk.jobs.last(1)["pid"])
        yield client


def test_the_child_is_what_a_person_would_type(home: Path) -> None:
    desk = desk_at(home)
    batch = batch_of(desk.home, 1)
    assert batch is not None
    asked = command(desk.home, batch)
    assert asked[1:4] == ["-m", "jixiao", "run"] and asked[asked.index("--year") + 1] == "2023"
    assert asked[asked.index("-o") + 1] == str(home / "batches" / "1" / "out") and "--previous" not in asked


def test_what_a_child_says_is_read_whatever_stands_between(tmp_path: Path) -> None:
    said = tmp_path / "said"
    said.write_text(
        '配置：默认\n{"stage": "reading", "done": 3, "of": 22, "file": "a.xlsx"}\n{"stage": "returns"\n[1]\n{}\n',
        "utf-8",
    )
    shown = told(said)
    assert (shown.stage, shown.done, shown.total, shown.last, shown.exit) == (
        "reading",
        3,
        22,
        "a.xlsx",
        None,
    )
    with said.open("a", encoding="utf-8") as file:
        file.write('{"stage": "end", "exit": 2, "message": "没有 no such"}\n')
    shown = told(said)
    assert shown.exit == 2 and "没有 no such" in shown.tail and "配置" in shown.tail
    assert told(tmp_path / "gone").stage == ""


@pytest.mark.parametrize(
    ("code", "said", "stopped", "expected"),
    [(0, 0, False, "done"), (1, 1, False, "done"), (2, 2, False, "refused"), (3, 3, False, "failed"), (130, 130, True, "stopped"),
     (-9, None, False, "failed"), (-9, None, True, "stopped"), (None, 1, False, "done"), (None, None, False, "failed"), (0, 0, True, "done")],
)  # fmt: skip
def test_how_a_job_ended(
    tmp_path: Path, code: int | None, said: int | None, stopped: bool, expected: str
) -> None:
    assert ending(code, said, tmp_path, stopped) == expected


@needs_signals
def test_a_child_that_is_killed_is_said_and_the_next_check_goes_on(home: Path) -> None:
    desk = desk_at(home)
    with running(desk) as client:
        assert client.get("/b/1").status_code == 200, "the board of the last whole run stays"
        os.killpg(desk.jobs.last(1)["pid"], signal.SIGKILL)
        assert wait_for(client, 1) == "failed"
        assert client.get("/b/1").status_code == 200
        client.post("/b/1/run")
        assert wait_for(client, 1) == "done"


@needs_signals
def test_a_check_is_stopped_and_nothing_that_was_there_is_lost(home: Path) -> None:
    desk = desk_at(home)
    returns = {path: path.stat().st_size for path in (desk.home.output(1) / "returns").rglob("*.xlsx")}
    with running(desk) as client:
        client.post("/b/1/stop")
        assert wait_for(client, 1) == "stopped"
        assert {
            path: path.stat().st_size for path in (desk.home.output(1) / "returns").rglob("*.xlsx")
        } == returns
        assert not list(desk.home.output(1).rglob("*.tmp"))


def test_jobs_wait_in_line_and_one_that_waits_is_enough(home: Path) -> None:
    desk = desk_at(home)
    first, second = desk.jobs.ask(1, "甲"), desk.jobs.ask(1, "乙")
    assert first == second and state(desk) == "queued"
    desk.jobs.stop(1)
    assert state(desk) == "stopped"


def test_an_input_that_cannot_be_used_is_said_in_the_words_of_the_program(home: Path) -> None:
    desk = desk_at(home)
    (home / "batches" / "1" / "roster.csv").write_text("单位\n甲\n甲\n", "utf-8")
    with client_of(desk, working=True) as client:
        enter(client, desk)
        client.post("/b/1/run")
        assert wait_for(client, 1) == "refused"
        assert "名单第3行" in client.get("/b/1/progress").text


def served(home: Path, port: int) -> tuple[Any, str]:
    """Start the desk as people do; return the process and the address it says."""
    environment = {**os.environ, "PYTHONPATH": str(HOME), "PYTHONUNBUFFERED": "1", "PYTHONUTF8": "1"}
    asked = [sys.executable, "-m", "jixiao", "desk", "--home", str(home), "--port", str(port)]
    process = subprocess.Popen(asked, stdout=subprocess.PIPE, env=environment, start_new_session=True)
    assert process.stdout is not None
    found = re.search(r"http://\S+", process.stdout.readline().decode("utf-8"))
    assert found is not None
    return process, found[0]


def free_port() -> int:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def visitor(address: str) -> Any:
    import httpx2

    client = httpx2.Client(base_url=address.partition("/enter")[0], headers=OWN)
    until(lambda: _answers(client))
    assert client.get(address).status_code == 303
    return client


def _answers(client: Any) -> bool:
    import httpx2

    try:
        return bool(client.get("/healthz").status_code == 200)
    except httpx2.TransportError:
        return False


@needs_signals
def test_a_desk_that_is_killed_finds_its_child_again(tmp_path: Path) -> None:
    port = free_port()
    process, address = served(tmp_path / "home", port)
    client = visitor(address)
    done = client.post("/batches", data={"name": "x", "year": "2023"}, files=samples())
    assert done.status_code == 303, done.text
    desk = desk_at(tmp_path / "home")
    until(lambda: state(desk) == "running" and desk.jobs.last(1)["pid"])
    process.kill()
    process.wait()
    process, address = served(tmp_path / "home", port)
    try:
        assert wait_for(visitor(address), 1) == "done"
        assert client.get("/").status_code == 401, "the cookie of the one before lets nobody in"
        assert visitor(address).get("/b/1").text.count("<tr>") > 20
        assert not (tmp_path / "home" / "batches" / "1" / "out" / LEDGER).exists()
    finally:
        process.terminate()
        assert process.wait(20) == 0


def test_a_port_that_is_taken_is_said(tmp_path: Path) -> None:
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        asked = [
            sys.executable,
            "-m",
            "jixiao",
            "desk",
            "--home",
            str(tmp_path / "home"),
            "--port",
            str(taken.getsockname()[1]),
        ]
        done = subprocess.run(
            asked, capture_output=True, env={**os.environ, "PYTHONPATH": str(HOME)}, check=False, timeout=60
        )
    assert done.returncode == 2 and "端口" in done.stderr.decode("utf-8")


def test_a_desk_begins_with_a_folder_once(tmp_path: Path) -> None:
    from etl.desk.home.batches import batches, files_of
    from etl.desk.serve import begin_with
    from tests.desks import CITY

    desk = desk_at(tmp_path / "home")
    for _ in range(2):
        begin_with(desk, CITY)
    (batch,) = batches(desk.home)
    assert batch.roster == "roster.csv" and len(files_of(desk.home, 1)) == 22 and state(desk) == "queued"
