"""What is said of the whole batch is the same whoever writes it, and is written even where a worker dies over it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from checks.settings import Settings
from etl.batch.model import Batch
from etl.batch.whole import run_batch
from etl.citywide import Options
from etl.commands.sums import begin_sums
from etl.frames.spill import aside_in
from etl.intake.submissions import find_submissions
from etl.rounds.store import STORE_NAME
from etl.workers.pool import Pool

CITY = Path(__file__).parent.parent / "samples" / "city"


@pytest.fixture(scope="module")
def batch(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Batch]:
    submissions, skipped = find_submissions([CITY])
    with aside_in(tmp_path_factory.mktemp("aside")) as aside:
        yield run_batch(submissions, skipped, Settings(), {}, aside=aside)


def written(batch: Batch, output: Path, executor: Executor | None) -> dict[str, Any]:
    """Return what is written of a batch: the bytes of each file, of a database its rows."""
    output.mkdir()
    begin_sums(output, batch, {}, "zh", Options(), executor)()
    files = {path.relative_to(output).as_posix(): path for path in output.rglob("*") if path.is_file()}
    with closing(sqlite3.connect(files.pop(STORE_NAME))) as store:
        rows = list(store.iterdump())
    databases = {name for name in files if name.endswith(".duckdb")}
    return {name: path.read_bytes() for name, path in files.items() if name not in databases} | {
        "rows": rows,
        "databases": databases,
    }


class Dying(Executor):
    """An executor whose workers never come to an end of what they are given."""

    def __init__(self, how: Callable[[], BaseException]) -> None:
        self.how = how

    def submit(self, *_: Any, **__: Any) -> Future[Any]:
        done: Future[Any] = Future()
        done.set_exception(self.how())
        return done


def test_workers_write_what_the_program_would(batch: Batch, tmp_path: Path) -> None:
    here = written(batch, tmp_path / "here", None)
    assert {"citywide.xlsx", "findings.csv", "findings.json", "data/places.csv", "rows"} <= here.keys()
    with Pool(2) as pool:
        assert written(batch, tmp_path / "there", pool) == here


@pytest.mark.parametrize("how", [BrokenProcessPool, MemoryError])
def test_what_a_worker_dies_over_is_written_all_the_same(
    batch: Batch, tmp_path: Path, how: Callable[[], BaseException]
) -> None:
    assert written(batch, tmp_path / "dying", Dying(how)) == written(batch, tmp_path / "here", None)


def test_a_batch_outlives_the_folder_it_was_put_aside_in(tmp_path: Path) -> None:
    submissions, skipped = find_submissions([CITY])
    with aside_in(tmp_path) as aside:
        batch = run_batch(submissions, skipped, Settings(), {}, aside=aside)
        before = list(batch.located), list(batch.stack.places()), list(batch.stack.tables.indicators["name"])
    (tmp_path / "aside.bin").unlink()
    after = list(batch.located), list(batch.stack.places()), list(batch.stack.tables.indicators["name"])
    assert after == before and before[0]
