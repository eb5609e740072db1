"""A Dask scheduler's workers beside processes of our own, two of each: `python -m bench.scheduler [FORMS]`.

The same forms are read and checked into a store, and their returns written, in each of several rounds, so that other work
on the machine meets both; the quickest round of each is printed. Our processes are started anew in every run,
as every run does; the scheduler is running before, and its workers have worked before from the second round on.

What this process spends by itself, a form, bounds any number of workers: it hands out the files, stores what comes back and
looks across all forms.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
import time
from concurrent.futures import Executor
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from bench.many import many
from checks.given.inputs import Inputs
from checks.settings import Settings
from etl.batch.whole import run_batch
from etl.intake.submissions import Submission, find_submissions
from etl.returns.write import begin_returns
from etl.store.database import store_in
from etl.workers.pool import Pool
from etl.workers.scheduler import connected

FORMS, WORKERS, ROUNDS = 500, 2, 3
MOST_OVERHEAD = 0.4
MOST_OF_PARENT = 3.0
"""Milliseconds a form that this process may spend."""


@dataclass(frozen=True, slots=True)
class Measured:
    """Seconds that checking took, those that writing the returns took after it, and those this process worked in both."""

    checked: float
    returned: float
    own: float

    @property
    def all(self) -> float:
        """Return the seconds of both."""
        return self.checked + self.returned


def measured(
    hands: AbstractContextManager[Executor], submissions: list[Submission], folder: Path
) -> Measured:
    """Check the forms into a new store, write their returns, and return what that took."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    began, own = time.perf_counter(), time.process_time()
    with hands as executor, store_in(folder) as store:
        batch = run_batch(submissions, (), Settings(), Inputs(), executor, workers=WORKERS, store=store)
        checked = time.perf_counter()
        begin_returns(batch, submissions, folder, "zh", executor)()
    return Measured(checked - began, time.perf_counter() - checked, time.process_time() - own)


def main(forms: int = FORMS) -> None:
    """Print a table of both, and how much more a scheduler takes."""
    from distributed import LocalCluster

    with (
        tempfile.TemporaryDirectory() as name,
        LocalCluster(
            n_workers=WORKERS, threads_per_worker=1, processes=True, dashboard_address=":0"
        ) as cluster,
    ):
        folder = Path(name)
        (folder / "in").mkdir()
        for number, data in enumerate(many(forms)):
            (folder / "in" / f"{number:05}.xlsx").write_bytes(data)
        submissions, _ = find_submissions([folder / "in"])
        pool, dask = [], []
        for _ in range(ROUNDS):
            pool.append(measured(Pool(WORKERS), submissions, folder / "pool"))
            dask.append(measured(connected(cluster.scheduler_address), submissions, folder / "dask"))
    _print(forms, pool, dask)


def _print(forms: int, pool: list[Measured], dask: list[Measured]) -> None:
    rows = [("processes of ours", min(pool, key=lambda run: run.all)), ("scheduler, first run", dask[0])]
    rows.append(("scheduler, run after", min(dask[1:], key=lambda run: run.all)))
    print(
        f"{forms} forms, {WORKERS} workers      check s  returns s    all s  overhead  this process, ms a form"
    )
    for name, run in rows:
        more = run.all / rows[0][1].all - 1
        own = run.own / forms * 1000
        print(f"{name:<26}{run.checked:11.1f}{run.returned:11.1f}{run.all:9.1f}{more:10.0%}{own:12.1f}")
    print(f"goals: at most {MOST_OVERHEAD:.0%} more; at most {MOST_OF_PARENT:g} ms a form in this process")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
