"""A Dask scheduler's workers give what ours give, byte for byte, and a file that kills one costs itself alone."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

import etl.batch.chunk
import etl.batch.whole
import etl.workers.remote_job
import etl.workers.scheduler
from checks.given.inputs import Inputs
from checks.settings import Settings
from etl.batch.chunk import Depends, Item, Made, Read, made_of, read_in_time, read_item
from etl.batch.whole import run_batch
from etl.commands.log import LOG_NAME
from etl.intake.read import brought, submission_bytes
from etl.intake.submissions import Submission, find_submissions
from etl.safe.refusal import Refusal
from etl.safe.whole_file import collected, write_whole
from etl.store.schema import NAME
from etl.workers.limits import clock
from etl.workers.remote_job import errand
from etl.workers.scheduler import connected
from tests.here import produce
from tests.paper import paper
from tests.test_cli import HOME

CITY = HOME / "samples" / "city"


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    distributed = pytest.importorskip("distributed")
    quiet = {"dashboard_address": ":0", "worker_dashboard_address": ":0"}  # any port that is free
    with distributed.LocalCluster(n_workers=2, threads_per_worker=1, processes=True, **quiet) as cluster:
        yield cluster


def statuses(cluster: Any, folder: Path) -> dict[str, str]:
    submissions, skipped = find_submissions([folder])
    with connected(cluster.scheduler_address) as scheduler:
        batch = run_batch(submissions, skipped, Settings(), Inputs(), scheduler, workers=scheduler.workers)
    return {file.path: file.status for file in batch.files}


def put(folder: Path, *names: str) -> dict[str, str]:
    """Put the clean form into a folder under some names; return their statuses if nothing happens to them."""
    for name in names:
        (folder / name).write_bytes(paper().data)
    return dict.fromkeys(names, "checked")


def acts_by_name(item: Item) -> Read:
    """Stand in for the reading of a file that ends its reader, never comes to an end, or meets somebody who does."""
    began = item.submission.path.with_suffix(".pid")
    if "kills" in item.relative:
        os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))
    if "hangs" in item.relative:
        with clock(0.5):
            while True:
                pass
    if "waits" in item.relative and not began.exists():
        began.write_text(str(os.getpid()), encoding="ascii")
        time.sleep(600)
    return read_item(item)


def chunk_acts_by_name(items: Sequence[Item], settings: Settings, inputs: Any, depends: Depends) -> Made:
    return made_of(items, [acts_by_name(item) for item in items], settings, inputs, depends)


@pytest.fixture
def acting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have files act by their names, checked three at a time."""
    monkeypatch.setattr(etl.batch.chunk, "read_item", acts_by_name)
    monkeypatch.setattr(etl.batch.whole, "check_items", chunk_acts_by_name)
    monkeypatch.setattr(etl.batch.whole, "FEW_FILES", 0)
    monkeypatch.setattr(etl.batch.chunk, "CHUNK", 3)


def outputs(folder: Path) -> dict[str, bytes]:
    """Return everything a run wrote but what holds the time, and the store, whose pages depend on the order of arrival."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    found = {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}
    apart = (LOG_NAME, NAME)
    return {name: content for name, content in found.items() if name not in apart}


@pytest.fixture(scope="module")
def some_of_the_city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Put a few of the city's forms into a folder: one an .xls, one another form, one with a hidden row, a resent one."""
    folder = tmp_path_factory.mktemp("city")
    for name in ("市人力资源和社会保障局", "市文化广电和旅游局", "市民政局"):
        shutil.copytree(CITY / name, folder / name)
    return folder


def test_one_worker_two_workers_and_a_scheduler_write_the_same_bytes(
    cluster: Any, some_of_the_city: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    options: dict[str, Any] = {"quiet": True, "roster": CITY / "roster.csv"}
    produce([some_of_the_city], tmp_path / "one", workers=1, **options)
    monkeypatch.setattr(etl.batch.whole, "FEW_FILES", 0)
    monkeypatch.setattr(etl.batch.chunk, "CHUNK", 3)
    produce([some_of_the_city], tmp_path / "two", workers=2, **options)
    produce([some_of_the_city], tmp_path / "dask", scheduler=cluster.scheduler_address, **options)
    one = outputs(tmp_path / "one")
    assert {"findings.csv", "findings.json", "citywide.xlsx", "report.html", "data/forms.csv"} <= set(one)
    assert sum(name.startswith("returns/") for name in one) == 8
    for name in ("two", "dask"):
        assert changed(outputs(tmp_path / name), one) == [], name


def changed(some: Mapping[str, bytes], others: Mapping[str, bytes]) -> list[str]:
    """Return the names under which two runs do not hold the same."""
    return sorted(
        name for name in some.keys() | others.keys() if some.get(name, b"") != others.get(name, b"")
    )


def test_workers_see_none_of_our_folders(
    cluster: Any, some_of_the_city: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Paths are given relative to a folder that is ours alone, so that no worker finds anything under them."""
    (tmp_path / "home").mkdir()
    shutil.copytree(some_of_the_city, tmp_path / "home" / "in")
    options: dict[str, Any] = {"letters": True, "verify": True, "quiet": True}
    produce([some_of_the_city], tmp_path / "here", **options)
    monkeypatch.chdir(tmp_path / "home")
    monkeypatch.setattr(etl.batch.whole, "FEW_FILES", 0)
    monkeypatch.setattr(etl.batch.chunk, "CHUNK", 3)
    done = produce([Path("in")], Path("out"), scheduler=cluster.scheduler_address, **options)
    assert all(written.verified and not written.lost for written in done.returns.values())
    assert changed(outputs(tmp_path / "home" / "out"), outputs(tmp_path / "here")) == []
    again = produce([Path("in")], Path("out"), scheduler=cluster.scheduler_address, **options)
    assert again.unchanged == len(again.batch.files)


def test_letters_and_a_next_round_through_a_scheduler(
    cluster: Any, some_of_the_city: Path, tmp_path: Path
) -> None:
    source = some_of_the_city / "市民政局"
    options: dict[str, Any] = {"letters": True, "verify": True, "quiet": True, "previous": tmp_path / "first"}
    produce([source], tmp_path / "first", quiet=True)
    produce([source], tmp_path / "here", **options)
    produce([source], tmp_path / "there", scheduler=cluster.scheduler_address, **options)
    assert any(name.endswith(".docx") for name in outputs(tmp_path / "there"))
    assert changed(outputs(tmp_path / "there"), outputs(tmp_path / "here")) == []


@pytest.mark.usefixtures("acting")
@pytest.mark.parametrize("failures", [0, 3])
def test_a_file_that_ends_its_worker_costs_itself_alone(cluster: Any, tmp_path: Path, failures: int) -> None:
    cluster.scheduler.allowed_failures = failures
    fatal = "kills.xlsx" if failures else "hangs.xlsx"
    wanted = put(tmp_path, "a.xlsx", "b.xlsx", fatal, "y.xlsx", "z.xlsx")
    assert statuses(cluster, tmp_path) == {**wanted, fatal: "crashed"}


@pytest.mark.usefixtures("acting")
def test_a_worker_ended_from_outside_costs_nothing(cluster: Any, tmp_path: Path) -> None:
    wanted = put(tmp_path, "a.xlsx", "waits.xlsx", "z.xlsx")
    killer = threading.Thread(target=_end, args=(tmp_path / "waits.pid",))
    killer.start()
    assert statuses(cluster, tmp_path) == wanted
    killer.join()


def _end(began: Path) -> None:
    """End the worker that wrote its number down."""
    while not began.exists() or not (number := began.read_text(encoding="ascii")):
        time.sleep(0.05)
    os.kill(int(number), getattr(signal, "SIGKILL", signal.SIGTERM))


def test_content_goes_along(cluster: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    data = paper().data
    monkeypatch.setattr(etl.workers.remote_job, "submission_bytes", lambda _: data)
    nowhere = Submission(Path("/nowhere/a.xlsx"), "a.xlsx")
    with connected(cluster.scheduler_address) as scheduler:
        assert scheduler.submit(read_in_time, nowhere).result().status == "checked"


def test_what_does_not_go_along_together_goes_one_by_one(
    cluster: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(etl.batch.whole, "FEW_FILES", 0)
    monkeypatch.setattr(etl.workers.remote_job, "LARGEST", 1)
    wanted = put(tmp_path, "a.xlsx", "b.xlsx", "c.xlsx", "d.xlsx")
    assert statuses(cluster, tmp_path) == wanted


def test_a_file_that_cannot_be_read_here_is_reported_as_ever(tmp_path: Path) -> None:
    gone = Submission(tmp_path / "gone.xlsx", "gone.xlsx")
    with brought(errand("", read_in_time, ([gone],)).contents):
        put(tmp_path, "gone.xlsx")
        assert read_in_time(gone).code == "io_error"
    assert submission_bytes(gone) == paper().data


def test_what_a_worker_writes_comes_home(tmp_path: Path) -> None:
    with collected() as files:
        write_whole(tmp_path / "a" / "b", b"1")
    assert files == {tmp_path / "a" / "b": b"1"} and not list(tmp_path.iterdir())


def test_another_program_on_a_worker_is_refused(
    cluster: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(etl.workers.remote_job, "program", lambda: "another")
    put(tmp_path, "a.xlsx")
    with pytest.raises(Refusal, match="another version"):
        statuses(cluster, tmp_path)


def test_an_interrupted_run_does_not_wait_for_workers(cluster: Any) -> None:
    began = time.monotonic()
    with pytest.raises(KeyboardInterrupt), connected(cluster.scheduler_address) as scheduler:
        for _ in range(6):
            scheduler.submit(time.sleep, 8)
        time.sleep(1)
        raise KeyboardInterrupt
    assert time.monotonic() - began < 6


def test_the_extra_is_named_where_it_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(Refusal, match=r"jixiao\[dask\]"), connected("tcp://127.0.0.1:8786"):
        pass


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:1", "nonsense", "xyz://a:1", ""])
def test_an_address_without_a_scheduler_is_refused(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("distributed")
    monkeypatch.setattr(etl.workers.scheduler, "SECONDS_TO_ANSWER", 1.0)
    with pytest.raises(Refusal, match="no scheduler answers"), connected(address):
        pass


def test_an_address_that_listens_and_says_nothing_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("distributed")
    monkeypatch.setattr(etl.workers.scheduler, "SECONDS_TO_ANSWER", 1.0)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"tcp://127.0.0.1:{silent.getsockname()[1]}"
        with pytest.raises(Refusal, match="no scheduler answers"), connected(address):
            pass


def test_a_workers_address_is_refused(cluster: Any) -> None:
    worker = next(iter(cluster.scheduler.workers))
    with pytest.raises(Refusal, match="address of a Worker"), connected(worker):
        pass


def test_a_worker_that_nobody_starts_anew_is_refused(tmp_path: Path) -> None:
    distributed = pytest.importorskip("distributed")
    put(tmp_path, "a.xlsx")
    with (
        distributed.LocalCluster(
            n_workers=1, processes=False, dashboard_address=":0", protocol="tcp"
        ) as bare,
        pytest.raises(Refusal, match="no nanny"),
    ):
        statuses(bare, tmp_path)


def test_a_scheduler_without_workers_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    distributed = pytest.importorskip("distributed")
    monkeypatch.setattr(etl.workers.scheduler, "SECONDS_TO_ANSWER", 1.0)
    with (
        distributed.LocalCluster(n_workers=0, processes=True, dashboard_address=":0") as empty,
        pytest.raises(Refusal, match="has no worker"),
        connected(empty.scheduler_address),
    ):
        pass


@pytest.mark.usefixtures("acting")
def test_a_scheduler_that_goes_away_ends_the_run(tmp_path: Path) -> None:
    distributed = pytest.importorskip("distributed")
    put(tmp_path, "waits.xlsx")
    local = distributed.LocalCluster(n_workers=1, processes=True, dashboard_address=":0")
    closer = threading.Thread(target=_close, args=(local, tmp_path / "waits.pid"))
    closer.start()
    with pytest.raises(Refusal, match="connection to the scheduler was lost"):
        statuses(local, tmp_path)
    closer.join()


def _close(cluster: Any, began: Path) -> None:
    while not began.exists():
        time.sleep(0.05)
    cluster.close()
