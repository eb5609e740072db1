"""Worker processes that a file may take down without taking the batch with it.

A worker has a limit on memory and a clock on every file; when either runs out it ends at once. The pool
notices, starts anew with the next job, and the files of the lost chunk are read one by one (`etl.batch.whole`), so
that the one that killed its worker is reported and every other file is checked as usual. Jobs may be handed in from
several threads of a host program.
"""

from __future__ import annotations

import multiprocessing
import pickle
import signal
import sys
import threading
import zlib
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from types import ModuleType
from typing import Any, TypeVar

from etl.workers.attempt import DIED, Failed, attempt
from etl.workers.limits import start

Job = TypeVar("Job")
Done = TypeVar("Done")

SECONDS_TO_END = 5.0
MOST_BEGUN = 2_048
"""Jobs that wait at workers, packed: as many as keep them busy while the program writes a workbook."""
_STARTING = threading.Lock()
"""Held while a job is handed in, which may start a process: until then `__main__` is not what it is."""


class Pool(Executor):
    """A process pool that is made anew when a worker died; what was running then is lost and says so."""

    def __init__(self, workers: int) -> None:
        self._workers = workers
        self._pool = self._made()

    def _made(self) -> ProcessPoolExecutor:
        context = multiprocessing.get_context("spawn")
        return ProcessPoolExecutor(self._workers, context, initializer=start)

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Return a future of the call; a pool that broke before is replaced first."""
        with _STARTING, _no_interrupt_for_children(), _no_main_for_children():
            try:
                return self._pool.submit(fn, *args, **kwargs)
            except BrokenProcessPool:
                self._pool.shutdown(wait=False, cancel_futures=True)
                self._pool = self._made()
                return self._pool.submit(fn, *args, **kwargs)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """End the workers once they are done."""
        self._pool.shutdown(wait=wait, cancel_futures=cancel_futures)

    def __exit__(self, kind: type[BaseException] | None, *rest: object) -> None:
        """End the workers; at once and in the middle of their work where the body was left by an exception."""
        if kind is not None:
            self._pool.shutdown(wait=False, cancel_futures=True)
            _end_all(multiprocessing.active_children())
        self.shutdown()


def _end_all(children: Sequence[multiprocessing.process.BaseProcess]) -> None:
    """End workers and wait until they are gone, so that what they had begun to write is gone too."""
    for child in children:
        child.terminate()
    for child in children:
        child.join(SECONDS_TO_END)
        child.kill()


@dataclass(frozen=True, slots=True)
class Packed:
    """Jobs as they wait: a city's would be much of what a run holds."""

    data: bytes

    def jobs(self) -> list[Any]:
        """Return the jobs, which this run packed."""
        found: list[Any] = pickle.loads(zlib.decompress(self.data))
        return found


_Begun = tuple[Packed, "Future[list[Done | Failed]]"]


def each(
    executor: Executor, work: Callable[[Job], Done], jobs: Iterable[Job], together: int
) -> Iterator[Done | Failed]:
    """Return the results of all jobs in order, done so many at a time on an executor; the first are begun at once.

    Those whose worker died are done again one by one. A job that fails, or takes its worker down twice, is `Failed`;
    raises `Refusal` where a job does.
    """
    waiting = iter(jobs)

    def begin(most: int) -> Iterator[_Begun[Done]]:
        for _ in range(most):
            if not (chunk := list(islice(waiting, together))):
                return
            packed = Packed(zlib.compress(pickle.dumps(chunk, 5), 1))
            yield packed, executor.submit(_all, work, packed)

    begun = deque(begin(-(-MOST_BEGUN // together)))
    return _results(executor, work, begun, begin)


def _results(
    executor: Executor,
    work: Callable[[Job], Done],
    begun: deque[_Begun[Done]],
    begin: Callable[[int], Iterator[_Begun[Done]]],
) -> Iterator[Done | Failed]:
    while begun:
        packed, future = begun.popleft()
        begun.extend(begin(1))
        try:
            yield from future.result()
        except (BrokenExecutor, MemoryError):
            for job in packed.jobs():
                yield _once_more(executor, work, job)


def _all(work: Callable[[Job], Done], packed: Packed) -> list[Done | Failed]:
    return [attempt(work, job) for job in packed.jobs()]


def _once_more(executor: Executor, work: Callable[[Job], Done], job: Job) -> Done | Failed:
    for _ in range(2):
        try:
            return executor.submit(attempt, work, job).result()
        except (BrokenExecutor, MemoryError):
            continue
    return DIED


@contextmanager
def _no_interrupt_for_children() -> Iterator[None]:
    """Have workers that are started in the body not hear Ctrl-C, which the terminal sends to all of us."""
    if not hasattr(signal, "pthread_sigmask"):  # Windows: `start` sees to it, a moment later
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def _no_main_for_children() -> Iterator[None]:
    """Have workers that are started in the body not run the caller's script again.

    Python does so for what is defined there; we send nothing that is, and an analyst's few lines would start
    workers of their own.
    """
    main = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main
