"""Keeps `jixiao.log` in the output folder: with which versions a run was made, how it ended, and tracebacks."""

from __future__ import annotations

import platform
import time
import traceback
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from etl.safe.clean import clean
from etl.safe.refusal import Refusal
from etl.workers.program import versions

LOG_NAME = "jixiao.log"


@contextmanager
def logged(folder: Path, files: int, ruled: str) -> Iterator[None]:
    """Append to the log how the body began and ended; a log that cannot be written stops nothing."""
    started = time.monotonic()
    _append(folder, [f"start, {files} files", f"  {ruled}", f"  {versions()}", f"  {platform.platform()}"])
    try:
        yield
    except (Refusal, KeyboardInterrupt) as end:
        _append(folder, [f"stopped: {end or type(end).__name__}"])
        raise
    except BaseException:
        _append(folder, ["failed", *traceback.format_exc().splitlines()])
        raise
    _append(folder, [f"done in {time.monotonic() - started:.1f} s"])


def log_lost(folder: Path, lost: Iterable[tuple[str, str]]) -> None:
    """Append what was lost on the way: names, and why."""
    lines = [f"lost {name}: {why}" for name, why in lost]
    if lines:
        _append(folder, lines)


def _append(folder: Path, lines: Sequence[str]) -> None:
    """Append lines with the time; what a terminal might obey is written as an escape."""

    now = time.strftime("%Y-%m-%d %H:%M:%S")
    with suppress(OSError), (folder / LOG_NAME).open("a", encoding="utf-8", errors="backslashreplace") as log:
        log.writelines(f"{now} {clean(line)}\n" for line in lines)
