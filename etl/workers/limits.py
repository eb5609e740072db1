"""What a worker process may take, time and memory, and how it ends when that runs out."""

from __future__ import annotations

import atexit
import gc
import multiprocessing
import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from etl.safe.whole_file import remove_unfinished

SECONDS_A_FILE = 20.0
MEMORY_A_WORKER = 1 << 30
"""Bytes a worker may take beyond what the program itself needs."""
PROGRAM = 1 << 29
"""Bytes of address space that pandas and its like reserve when a worker imports them later."""
SECONDS_A_RETURN = 60.0
OUT_OF_TIME, OUT_OF_MEMORY, ENDED = 97, 98, 99
"""Exit codes of a worker whose file took too long or too much, and of one that was told to end."""


def start() -> None:
    """Make this process a worker: deaf to Ctrl-C, gone when its parent is gone, limited in memory."""
    collect_seldom()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, _end)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    atexit.register(os._exit, 0)  # it has nothing to tidy up, and taking pandas apart takes 0.3 s
    limit_memory()


def _end(*_: object) -> None:
    """End at once, and leave nothing half written."""
    remove_unfinished()
    os._exit(ENDED)


def collect_seldom() -> None:
    """Look for cycles of garbage less often: a batch is many small objects that stay, and hardly a cycle."""
    gc.set_threshold(50_000, 20, 50)


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(OUT_OF_TIME)


def limit_memory() -> None:
    """Limit what this worker may take; where the system knows no such limit, nothing happens."""
    try:
        import resource
    except ImportError:  # Windows
        return
    _, most = resource.getrlimit(resource.RLIMIT_AS)
    limit = _address_space() + PROGRAM + MEMORY_A_WORKER
    resource.setrlimit(resource.RLIMIT_AS, (limit if most < 0 else min(limit, most), most))


def _address_space() -> int:
    """Return the bytes of address space this process has now, or a generous guess."""
    try:
        pages = Path("/proc/self/statm").read_text(encoding="ascii").split()[0]
        return int(pages) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 4 << 30


@contextmanager
def clock(seconds: float = SECONDS_A_FILE) -> Iterator[None]:
    """End this worker if the body takes longer than that or more memory than there is.

    In the parent process nothing is done.
    """
    if multiprocessing.parent_process() is None:
        yield
        return
    watch = threading.Timer(seconds, os._exit, (OUT_OF_TIME,))
    watch.daemon = True
    try:
        watch.start()
    except RuntimeError:  # no memory is left for a thread's stack
        os._exit(OUT_OF_MEMORY)
    try:
        yield
    except MemoryError:
        os._exit(OUT_OF_MEMORY)
    finally:
        watch.cancel()
