"""A Dask scheduler's workers beside processes of our own, two of each: `python -m bench.scheduler [FORMS]`.

The same forms are read and checked, and their returns written, in each of several rounds, so that other work
on the machine meets both; the quickest round of each is printed. Our processes are started anew in every run,
as every run does; the scheduler is running before, and its workers have worked before from the second round on.
"""

from __future__ import annotations

import sys
import tempfile
import time
from concurrent.futures import Executor
from contextlib import AbstractContextManager
from pathlib import Path

from bench.many import many
from checks.settings import Settings
from etl.batch.whole import run_batch
from etl.intake.submissions import Submission, find_submissions
from etl.returns.write import begin_returns
from etl.workers.pool import Pool
from etl.workers.scheduler import connected

FORMS, WORKERS, ROUNDS = 500, 2, 3
MOST_OVERHEAD = 0.4


def measured(
    hands: AbstractContextManager[Executor], submissions: list[Submission], folder: Path
) -> tuple[float, float]:
    """Return the seconds that checking took, and those that writing the returns took after it."""
    began = time.perf_counter()
    with hands as executor:
        batch = run_batch(submissions, (), Settings(), {}, executor, workers=WORKERS)
        checked = time.perf_counter()
        begin_returns(batch, submissions, folder, "zh", executor)()
    return checked - began, time.perf_counter() - checked


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


def _print(forms: int, pool: list[tuple[float, float]], dask: list[tuple[float, float]]) -> None:
    rows = [("processes of ours", min(pool, key=sum)), ("scheduler, first run", dask[0])]
    rows.append(("scheduler, run after", min(dask[1:], key=sum)))
    print(f"{forms} forms, {WORKERS} workers      check s  returns s    all s  overhead")
    for name, (checked, returned) in rows:
        more = (checked + returned) / sum(rows[0][1]) - 1
        print(f"{name:<26}{checked:11.1f}{returned:11.1f}{checked + returned:9.1f}{more:10.0%}")
    print(f"goal: at most {MOST_OVERHEAD:.0%} more")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
