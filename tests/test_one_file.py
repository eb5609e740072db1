"""One file never ends a run: whatever goes wrong with it, at whatever stage, is that file's result, and the rest is delivered."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import etl.batch.chunk
import etl.marked.annotate
import etl.report.section
import etl.returns.letters
import etl.returns.verify
from checks.given.inputs import Inputs
from checks.settings import Settings
from etl.batch.whole import run_batch
from etl.intake.submissions import find_submissions
from etl.returns.verify import Differs
from etl.returns.write import begin_returns
from etl.safe.file_names import fitting, returned_name
from etl.workers.attempt import Failed, attempt
from etl.workers.pool import Pool, each
from tests.here import Here, produce
from tests.paper import paper
from tests.test_cli import HOME, jixiao


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    (tmp_path / "in").mkdir()
    for name in ("bad.xlsx", "good.xlsx"):
        (tmp_path / "in" / name).write_bytes(paper().data)
    return tmp_path / "in"


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have workers be this process, where their parts can be made to fail."""
    from contextlib import contextmanager

    import etl.batch.read

    @contextmanager
    def pool(*_: Any) -> Iterator[Here]:
        yield Here()

    monkeypatch.setattr(etl.batch.read, "_pool", pool)


class Unsendable(Exception):
    """An error that cannot be pickled."""

    def __reduce__(self) -> str | tuple[Any, ...]:
        raise TypeError("no")


def delivered(output: Path, *, letters: bool = True) -> None:
    """Assert that all of the good file is there: its return, its section, the city's workbook and the tables."""
    assert (output / "returns" / "good.xlsx").is_file()
    page = (output / "report.html").read_text(encoding="utf-8")
    assert "good.xlsx" in page and page.rstrip().endswith("</html>")
    assert all((output / name).is_file() for name in ("citywide.xlsx", "findings.json", "data/forms.csv"))


def failing(
    module: Any, name: str, monkeypatch: pytest.MonkeyPatch, when: Callable[..., bool], error: Exception
) -> None:
    """Have a function fail for the first call that something is true of."""
    real = getattr(module, name)
    done: list[bool] = []

    def stand_in(*given: Any, **more: Any) -> Any:
        if not done and when(*given):
            done.append(True)
            raise error
        return real(*given, **more)

    monkeypatch.setattr(module, name, stand_in)


def always(*_: Any) -> bool:
    return True


@pytest.mark.usefixtures("here")
def test_a_file_that_the_reader_fails_on(
    inbox: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import etl.intake.read

    failing(etl.intake.read, "read_forms", monkeypatch, always, Unsendable("odd"))
    done = produce([inbox], tmp_path / "out", quiet=True)
    told = {file.path: (file.status, file.code) for file in done.batch.files}
    assert told == {"bad.xlsx": ("crashed", "failed"), "good.xlsx": ("checked", "")}
    assert "Unsendable" in done.batch.files[0].reason_en
    delivered(tmp_path / "out")
    assert {f.path: f.status for f in produce([inbox], tmp_path / "out", quiet=True).batch.files}[
        "bad.xlsx"
    ] == "checked"


@pytest.mark.usefixtures("here")
def test_a_file_that_the_rules_fail_on(inbox: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = etl.batch.chunk.check_readings

    def rules(files: Any, *rest: Any) -> Any:
        if any(file.path == "bad.xlsx" and file.readings for file in files):
            raise ZeroDivisionError
        return real(files, *rest)

    monkeypatch.setattr(etl.batch.chunk, "check_readings", rules)
    done = produce([inbox], tmp_path / "out", quiet=True)
    assert {file.path: file.status for file in done.batch.files} == {
        "bad.xlsx": "crashed",
        "good.xlsx": "checked",
    }
    delivered(tmp_path / "out")


@pytest.mark.usefixtures("here")
def test_a_file_that_cannot_be_drawn_has_no_picture(
    inbox: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing(etl.report.section, "pictures", monkeypatch, always, Unsendable("odd"))
    done = produce([inbox], tmp_path / "out", quiet=True)
    assert not any(written.lost for written in done.returns.values())
    delivered(tmp_path / "out")
    assert "本表未能画出" in (tmp_path / "out" / "report.html").read_text(encoding="utf-8")


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("error", [Unsendable("odd"), ValueError("odd"), RecursionError()])
def test_a_return_that_cannot_be_written(
    error: Exception, inbox: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing(etl.marked.annotate, "annotate", monkeypatch, always, error)
    done = produce([inbox], tmp_path / "out", quiet=True)
    assert type(error).__name__ in done.returns["bad.xlsx"].lost_en and not done.returns["good.xlsx"].lost
    delivered(tmp_path / "out")
    assert not (tmp_path / "out" / "returns" / "bad.xlsx").exists()


@pytest.mark.usefixtures("here")
def test_a_return_that_differs_is_a_line_and_is_not_handed_out(
    inbox: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing(etl.returns.verify, "compare", monkeypatch, always, Differs("表!E1: 1 became 2"))
    done = produce([inbox], tmp_path / "out", quiet=True, verify=True)
    assert "E1: 1 became 2" in done.returns["bad.xlsx"].lost and done.returns["good.xlsx"].verified
    delivered(tmp_path / "out")
    assert not (tmp_path / "out" / "returns" / "bad.xlsx").exists()


@pytest.mark.usefixtures("here")
def test_a_letter_that_cannot_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    failing(etl.returns.letters, "letter_bytes", monkeypatch, always, Unsendable("odd"))
    done = produce([HOME / "samples" / "city"], tmp_path / "out", quiet=True, letters=True)
    assert len(done.lost) == 1 and len(list((tmp_path / "out" / "letters").rglob("*.docx"))) > 5


@pytest.mark.parametrize("what", ["changed", "removed"])
def test_a_file_that_is_touched_before_its_return(what: str, inbox: Path, tmp_path: Path) -> None:
    submissions, skipped = find_submissions([inbox])
    batch = run_batch(submissions, skipped, Settings(), Inputs(), Here())
    bad = inbox / "bad.xlsx"
    bad.unlink() if what == "removed" else bad.write_bytes(paper().data + b"\0")
    with Pool(1) as pool:
        written = begin_returns(batch, submissions, tmp_path / "returns", "zh", pool)()
    assert {path: bool(one.lost) for path, one in written.items()} == {"bad.xlsx": True, "good.xlsx": False}


def test_what_was_lost_is_said_and_ends_with_3(inbox: Path, tmp_path: Path) -> None:
    program = (
        "import etl.cli, etl.returns.write as w\n"
        "from etl.intake import read\n"
        "real = w.return_jobs\n"
        "def jobs(batch, submissions, *rest):\n"
        "    submissions[0].path.unlink(missing_ok=True)\n"
        "    return real(batch, submissions, *rest)\n"
        "w.return_jobs = jobs\n"
        "etl.cli.main()\n"
    )
    command = [sys.executable, "-c", program, "run", inbox, "-o", tmp_path / "out", "--letters"]
    done = subprocess.run(
        command, capture_output=True, check=False, env=os.environ | {"PYTHONPATH": str(HOME)}
    )
    assert done.returncode == 3 and b"Traceback" not in done.stderr
    assert "bad.xlsx: 未写出退回文件" in done.stdout.decode()
    delivered(tmp_path / "out")


def test_a_fault_of_the_program_ends_with_3(inbox: Path, tmp_path: Path) -> None:
    program = "import etl.cli, etl.batch.read as r\ndef found(paths): raise KeyError('odd')\nr.found = found\netl.cli.main()\n"
    command = [sys.executable, "-c", program, "check", inbox]
    done = subprocess.run(
        command, capture_output=True, check=False, env=os.environ | {"PYTHONPATH": str(HOME)}
    )
    assert done.returncode == 3 and b"KeyError" in done.stderr


@pytest.mark.skipif(os.name == "nt", reason="names of 255 bytes")
@pytest.mark.parametrize("length", [251, 255])
def test_names_as_long_as_the_system_takes(length: int, inbox: Path, tmp_path: Path) -> None:
    ending = ".xlsx"
    stem = ("表" * 85)[: (length - len(ending)) // 3] + "a" * ((length - len(ending)) % 3)
    (inbox / "bad.xlsx").rename(inbox / f"{stem}{ending}")
    done = jixiao("run", inbox, "-o", tmp_path / "out", "--letters", "--quiet")
    assert done.returncode in (0, 1), done.stderr.decode()
    delivered(tmp_path / "out")
    assert len(list((tmp_path / "out" / "returns").iterdir())) == 2


def test_a_name_is_only_cut_where_it_must_be() -> None:
    long = "表" * 84 + ".ods"
    assert returned_name("a/b.ods") == "a/b.ods.xlsx" and returned_name("a.xlsx") == "a.xlsx"
    cut = returned_name(f"部门/{long}")
    assert (
        len(cut.removeprefix("部门/").encode()) <= 255 and cut.endswith(".xlsx") and cut.startswith("部门/表")
    )
    assert returned_name(f"部门/{'表' * 83}a.ods") != cut
    assert fitting("x" * 300, "（说明）.docx").endswith("（说明）.docx")


def test_an_error_becomes_a_result_with_the_line_it_came_from() -> None:
    def work(job: int) -> int:
        return 1 // job

    found = attempt(work, 0)
    assert isinstance(found, Failed) and "ZeroDivisionError" in found.en and "test_one_file.py:" in found.en
    assert attempt(work, 1) == 1


def test_jobs_may_be_handed_in_from_several_threads() -> None:
    """A host program's `__main__` is what it was after any number of threads have started workers."""
    main = sys.modules["__main__"]
    found: list[list[Any]] = []

    def run() -> None:
        with Pool(1) as pool:
            found.append(list(each(pool, abs, [-1, -2, -3], 1)))

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [[1, 2, 3]] * 4 and sys.modules["__main__"] is main
