"""What happens to a run from outside: full disks, interruptions, other runs, odd consoles, files that move."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from checks.given.inputs import Inputs
from checks.settings import Settings
from etl.batch.whole import run_batch
from etl.commands.progress import Watch
from etl.intake.submissions import find_submissions
from etl.returns.write import begin_returns
from etl.safe.refusal import Refusal
from etl.safe.whole_file import LOCK_NAME, held, write_whole
from etl.workers.interruption import heed_signals
from tests.here import Here
from tests.paper import paper
from tests.test_cli import HOME, jixiao

POSIX = pytest.mark.skipif(os.name == "nt", reason="signals and limits of POSIX")


def folder_of(where: Path, count: int) -> Path:
    where.mkdir()
    data = paper().data
    for number in range(count):
        (where / f"form{number:03}.xlsx").write_bytes(data)
    return where


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    return folder_of(tmp_path / "in", 3)


def litter(folder: Path) -> list[str]:
    return [str(path) for path in folder.rglob("*") if path.name.endswith(".tmp") or path.name == LOCK_NAME]


def started(*arguments: str | Path, prepare: Callable[[], None] | None = None) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "jixiao", *map(str, arguments)]
    return subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(HOME)},
        start_new_session=True,
        preexec_fn=prepare,
    )


def small_files() -> None:
    import resource

    resource.setrlimit(resource.RLIMIT_FSIZE, (6_000, 6_000))


@POSIX
def test_a_full_disk_names_the_file_and_leaves_no_half_of_it(inbox: Path, tmp_path: Path) -> None:
    running = started("run", inbox, "-o", tmp_path / "out", "--quiet", prepare=small_files)
    _, said = running.communicate(timeout=60)
    assert running.returncode == 2
    (line,) = said.decode().splitlines()
    assert line.startswith("jixiao: 不能写入文件 cannot write ")
    assert litter(tmp_path / "out") == []
    assert not (tmp_path / "out" / "returns" / "form000.xlsx").exists()


@POSIX
def test_a_full_disk_in_a_worker_is_said_the_same_way(tmp_path: Path) -> None:
    inbox = folder_of(tmp_path / "in", 26)
    running = started("run", inbox, "-o", tmp_path / "out", "--quiet", "--workers", "2", prepare=small_files)
    _, said = running.communicate(timeout=120)
    assert running.returncode == 2
    assert said.decode().startswith("jixiao: 不能写入文件 cannot write ") and said.count(b"\n") == 1
    assert litter(tmp_path / "out") == []


def test_a_failed_write_keeps_the_file_that_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "report.csv"
    write_whole(target, b"before")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(Refusal, match=r"report\.csv: No space left"):
        write_whole(target, b"after")
    assert target.read_bytes() == b"before" and litter(tmp_path) == []


def test_a_file_in_place_of_the_output_is_refused_before_anything_is_read(
    inbox: Path, tmp_path: Path
) -> None:
    (tmp_path / "out").write_bytes(b"mine")
    done = jixiao("run", inbox, "-o", tmp_path / "out")
    assert (done.returncode, done.stderr.count(b"\n")) == (2, 1)
    below = jixiao("run", inbox, "-o", tmp_path / "out" / "deeper")
    assert (below.returncode, below.stderr.count(b"\n")) == (2, 1)
    assert (tmp_path / "out").read_bytes() == b"mine"


def test_a_second_run_into_the_same_folder_is_refused(inbox: Path, tmp_path: Path) -> None:
    output = tmp_path / "out"
    output.mkdir()
    with held(output):
        done = jixiao("run", inbox, "-o", output)
    assert done.returncode == 2 and "another run" in done.stderr.decode()
    assert not (output / "findings.csv").exists()
    assert jixiao("run", inbox, "-o", output, "--quiet").returncode in (0, 1)


def test_the_lock_file_of_a_dead_run_is_taken_over(inbox: Path, tmp_path: Path) -> None:
    output = tmp_path / "out"
    output.mkdir()
    (output / LOCK_NAME).write_bytes(b"")
    assert jixiao("run", inbox, "-o", output, "--quiet").returncode in (0, 1)
    assert litter(output) == []


def children_of(process: int) -> list[int]:
    """Return the processes whose parent is this one."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == process:
            found.append(int(stat.parent.name))
    return found


def alive(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text(encoding="ascii", errors="replace")
    except OSError:
        return False
    return state.rpartition(")")[2].split()[0] != "Z"


def wait_until(condition: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)


def running_workers(process: int) -> list[int]:
    return [
        child
        for child in children_of(process)
        if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes()
    ]


PROC = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks at processes in /proc")


@PROC
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_an_interruption_says_how_far_it_came_and_leaves_nothing_behind(tmp_path: Path, how: int) -> None:
    inbox = folder_of(tmp_path / "in", 300)
    running = started("run", inbox, "-o", tmp_path / "out", "--workers", "2")
    wait_until(lambda: len(running_workers(running.pid)) == 2)
    workers = running_workers(running.pid)
    assert running.stderr is not None and b"/300 " in running.stderr.readline()  # files are being read
    os.killpg(running.pid, how)
    _, said = running.communicate(timeout=60)
    assert running.returncode == 130, said
    last = said.decode().splitlines()[-1]
    assert last.startswith("jixiao: 已中断 interrupted") and last.endswith("of 300 files were checked")
    assert b"Traceback" not in said
    wait_until(lambda: not any(map(alive, workers)))
    assert litter(tmp_path / "out") == []


@PROC
def test_an_interruption_of_what_workers_write_leaves_nothing_half_written(tmp_path: Path) -> None:
    inbox = folder_of(tmp_path / "in", 120)
    running = started("run", inbox, "-o", tmp_path / "out", "--workers", "2")
    wait_until(lambda: litter(tmp_path / "out" / "data") != [])
    os.kill(running.pid, signal.SIGINT)
    running.communicate(timeout=60)
    assert litter(tmp_path / "out") == []


@PROC
def test_no_worker_outlives_a_killed_run_and_the_next_run_is_let_in(tmp_path: Path) -> None:
    inbox = folder_of(tmp_path / "in", 120)
    running = started("run", inbox, "-o", tmp_path / "out", "--workers", "2")
    wait_until(lambda: len(running_workers(running.pid)) == 2)
    workers = running_workers(running.pid)
    time.sleep(2)
    running.kill()
    running.communicate(timeout=60)
    wait_until(lambda: not any(map(alive, workers)))
    few = folder_of(tmp_path / "few", 1)
    assert jixiao("run", few, "-o", tmp_path / "out", "--quiet").returncode in (0, 1)


def test_a_file_that_changes_or_vanishes_meanwhile_is_said(inbox: Path) -> None:
    submissions, skipped = find_submissions([inbox])
    (inbox / "form000.xlsx").write_bytes(paper().data + b"\0")
    (inbox / "form001.xlsx").unlink()
    batch = run_batch(submissions, skipped, Settings(), Inputs(), Here())
    assert [(file.status, file.code) for file in batch.files] == [
        ("unreadable", "changed"),
        ("unreadable", "io_error"),
        ("checked", ""),
    ]


def test_a_file_that_changes_before_its_return_is_written_gets_none(inbox: Path, tmp_path: Path) -> None:
    submissions, skipped = find_submissions([inbox])
    batch = run_batch(submissions, skipped, Settings(), Inputs(), Here())
    (inbox / "form000.xlsx").write_bytes(paper().data + b"\0")
    written = begin_returns(batch, submissions, tmp_path / "returns", "zh", Here())()
    assert {path: bool(one.lost) for path, one in written.items()} == {
        "form000.xlsx": True,
        "form001.xlsx": False,
        "form002.xlsx": False,
    }
    assert not (tmp_path / "returns" / "form000.xlsx").exists()


@pytest.mark.parametrize(
    "console", [{"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}, {"PYTHONIOENCODING": "gbk"}]
)
def test_consoles_that_know_no_unicode(inbox: Path, console: dict[str, str]) -> None:
    done = jixiao("check", inbox, **console)
    assert done.returncode == 0 and done.stderr == b""
    assert b"form000.xlsx" in done.stdout


def test_a_reader_that_goes_away_is_no_error(inbox: Path) -> None:
    running = started("check", inbox)
    assert running.stdout is not None and running.stderr is not None
    running.stdout.close()
    said = running.stderr.read()
    running.stderr.close()
    running.wait(timeout=60)
    assert said == b"" and running.returncode == 0


@POSIX
def test_output_closed_from_the_start_is_no_error(inbox: Path) -> None:
    running = started("check", inbox, prepare=lambda: os.close(1))
    _, said = running.communicate(timeout=60)
    assert said == b"" and running.returncode == 0


@POSIX
def test_no_environment_at_all(inbox: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "jixiao", "check", str(inbox)]
    done = subprocess.run(
        command, env={"PYTHONPATH": str(HOME)}, cwd=tmp_path, capture_output=True, check=False
    )
    assert done.returncode == 0 and done.stderr == b""


def test_a_run_on_its_own_output_reads_none_of_it(inbox: Path, tmp_path: Path) -> None:
    first = jixiao("run", inbox, "-o", tmp_path / "out", "--quiet")
    again = jixiao("check", tmp_path / "out" / "citywide.xlsx")
    assert first.returncode == 0
    assert "citywide.xlsx" in again.stdout.decode() and again.returncode == 0


def test_the_log_says_with_what_a_run_was_made(inbox: Path, tmp_path: Path) -> None:
    jixiao("run", inbox, "-o", tmp_path / "out", "--quiet")
    log = (tmp_path / "out" / "jixiao.log").read_text(encoding="utf-8")
    assert "start, 3 files" in log and "pandas " in log and "done in " in log


def test_plain_lines_tell_of_progress_where_there_is_no_terminal(tmp_path: Path) -> None:
    inbox = folder_of(tmp_path / "in", 51)
    done = jixiao("run", inbox, "-o", tmp_path / "out", "--workers", "1")
    lines = done.stderr.decode().splitlines()
    assert len(lines) == 10 and lines[-1].startswith("51/51 ") and lines[-1].endswith("/s")
    assert jixiao("run", inbox, "-o", tmp_path / "out", "--workers", "1", "--quiet").stderr == b""


def test_an_interruption_that_python_dropped_ends_the_run_at_the_next_stage() -> None:
    before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
    try:
        heed_signals()
        with contextlib.suppress(KeyboardInterrupt):  # as a clean-up would drop it
            signal.raise_signal(signal.SIGINT)
        with pytest.raises(KeyboardInterrupt):
            Watch().begin("sums")
        heed_signals()
        Watch().begin("sums")
    finally:
        heed_signals()
        for number, handler in zip((signal.SIGINT, signal.SIGTERM), before, strict=True):
            signal.signal(number, handler)
