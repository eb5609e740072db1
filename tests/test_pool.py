"""A file that takes its worker down costs that file and nothing else."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

import etl.batch.chunk
import etl.batch.whole
from checks.given.inputs import Inputs
from checks.settings import Settings
from etl.batch.chunk import Depends, Item, Made, Read, made_of, read_item
from etl.batch.whole import run_batch
from etl.intake.submissions import find_submissions
from etl.workers.limits import clock
from etl.workers.pool import Pool
from tests.here import Here
from tests.paper import paper
from tests.test_cli import HOME


def dies_by_name(item: Item) -> Read:
    """Stand in for the reading of a file that makes the reader die: by a signal, the clock or want of memory."""
    if "kills" in item.relative:
        os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))
    if "hangs" in item.relative:
        with clock(0.5):
            while True:
                pass
    if "starves" in item.relative:
        with clock():
            raise MemoryError
    if "fails" in item.relative:
        raise Odd
    return read_item(item)


class Odd(Exception):
    """An error that cannot cross processes."""

    def __reduce__(self) -> str | tuple[Any, ...]:
        raise TypeError


def chunk_with_one_that_dies(
    items: Sequence[Item], settings: Settings, inputs: Any, depends: Depends
) -> Made:
    """Stand in for a chunk in which one file makes the reader die."""
    return made_of(items, [dies_by_name(item) for item in items], settings, inputs, depends)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    data = paper().data
    for name in ("a.xlsx", "b.xlsx", "fails.xlsx", "hangs.xlsx", "kills.xlsx", "starves.xlsx", "z.xlsx"):
        (tmp_path / name).write_bytes(data)
    return tmp_path


def statuses(folder: Path, workers: int | None) -> dict[str, str]:
    submissions, skipped = find_submissions([folder])
    if workers is None:
        batch = run_batch(submissions, skipped, Settings(), Inputs(), Here())
    else:
        with Pool(workers) as pool:
            batch = run_batch(submissions, skipped, Settings(), Inputs(), pool)
    return {file.path: file.status for file in batch.files}


@pytest.mark.parametrize("few", [0, 24])
def test_a_dead_worker_costs_its_file_alone(folder: Path, monkeypatch: pytest.MonkeyPatch, few: int) -> None:
    monkeypatch.setattr(etl.batch.chunk, "read_item", dies_by_name)
    monkeypatch.setattr(etl.batch.whole, "check_items", chunk_with_one_that_dies)
    monkeypatch.setattr(etl.batch.whole, "FEW_FILES", few)
    monkeypatch.setattr(etl.batch.chunk, "CHUNK", 3)
    assert statuses(folder, 2) == {
        "a.xlsx": "checked", "b.xlsx": "checked", "fails.xlsx": "crashed", "hangs.xlsx": "crashed", "kills.xlsx": "crashed",
        "starves.xlsx": "crashed", "z.xlsx": "checked",
    }  # fmt: skip


def test_any_number_of_workers_gives_the_same(folder: Path) -> None:
    assert statuses(folder, 2) == statuses(folder, None)


def test_the_parent_has_no_clock() -> None:
    with clock(0.01):
        sum(range(3_000_000))


def test_a_script_needs_no_guard(folder: Path, tmp_path: Path) -> None:
    """Workers do not run the caller's script again, as Python has them do."""
    script = tmp_path / "few_lines.py"
    script.write_text(
        "import sys\nfrom etl.tables import read_tables\nprint(len(read_tables([sys.argv[1]])['forms']))\n"
    )
    command = [sys.executable, str(script), str(folder / "a.xlsx")]
    env = os.environ | {"PYTHONPATH": str(HOME)}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=env)
    assert (done.stdout, done.stderr) == ("1\n", "")
