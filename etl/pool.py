"""Worker processes that a file may take down without taking the batch with it.

A worker has a limit on memory and a clock on every file; when either runs out it ends at once. The pool
notices, starts anew with the next job, and the files of the lost chunk are read one by one (`etl.batch`), so
that the one that killed its worker is reported and every other file is checked as usual.
"""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from pathlib import Path
from typing import Any

SECONDS_A_FILE = 20.0
MEMORY_A_WORKER = 1 << 30
"""Bytes a worker may take beyond what the program itself needs."""
OUT_OF_TIME = 97
"""Exit code of a worker whose file took too long."""


class Pool(Executor):
    """A process pool that is made anew when a worker died; what was running then is lost and says so."""

    def __init__(self, workers: int) -> None:
        self._workers = workers
        self._pool = self._made()

    def _made(self) -> ProcessPoolExecutor:
        context = multiprocessing.get_context("spawn")
        return ProcessPoolExecutor(self._workers, context, initializer=limit_memory)

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Return a future of the call; a pool that broke before is replaced first."""
        try:
            return self._pool.submit(fn, *args, **kwargs)
        except BrokenProcessPool:
            self._pool.shutdown(wait=False, cancel_futures=True)
            self._pool = self._made()
            return self._pool.submit(fn, *args, **kwargs)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """End the workers."""
        self._pool.shutdown(wait=wait, cancel_futures=cancel_futures)


def limit_memory() -> None:
    """Limit what this worker may take; where the system knows no such limit, nothing happens."""
    try:
        import resource
    except ImportError:  # Windows
        return
    import pandas  # noqa: F401  (what every worker needs is not counted against its files)

    limit = _address_space() + MEMORY_A_WORKER
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


def _address_space() -> int:
    """Return the bytes of address space this process has now, or a generous guess."""
    try:
        pages = Path("/proc/self/statm").read_text(encoding="ascii").split()[0]
        return int(pages) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 4 << 30


@contextmanager
def clock(seconds: float = SECONDS_A_FILE) -> Iterator[None]:
    """End this worker if the body takes longer than that; in the parent process nothing is done."""
    if multiprocessing.parent_process() is None:
        yield
        return
    watch = threading.Timer(seconds, os._exit, (OUT_OF_TIME,))
    watch.daemon = True
    watch.start()
    try:
        yield
    finally:
        watch.cancel()
