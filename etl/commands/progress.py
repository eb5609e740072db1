"""The progress of a run: a bar on a terminal, a plain line every tenth elsewhere; and how far it came."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from etl.batch.chunk import Progress
from etl.safe.clean import clean
from etl.safe.say import say

FEW_FILES = 50
"""Up to this many files no plain lines are printed: the run is over before anyone wonders."""


@dataclass(slots=True)
class Count:
    """How many of a run's files are done."""

    files: int
    done: int = 0
    started: float = field(default_factory=time.monotonic)

    @property
    def rate(self) -> float:
        """Files a second so far."""
        return self.done / max(time.monotonic() - self.started, 0.001)


@contextmanager
def said_when_interrupted(count: Count) -> Iterator[None]:
    """Give an interruption of the body the words that say how far the run came."""
    try:
        yield
    except KeyboardInterrupt as stop:
        said = f"已检查 {count.done}/{count.files} 个文件 {count.done} of {count.files} files were checked"
        raise KeyboardInterrupt(said) from stop


@contextmanager
def shown_progress(count: Count, quiet: bool) -> Iterator[Progress]:
    """Give a function to call with each file's path once it is done; it counts and shows."""
    if quiet:
        yield lambda path: _count(count)
    elif sys.stderr is not None and sys.stderr.isatty():
        with _bar(count) as moved:
            yield moved
    else:
        yield lambda path: _plain(count)


def _count(count: Count) -> None:
    count.done += 1


def _plain(count: Count) -> None:
    _count(count)
    tenths = count.done * 10 // count.files
    if count.files > FEW_FILES and tenths != (count.done - 1) * 10 // count.files:
        say(f"{count.done}/{count.files}  {count.rate:.0f}/s", error=True)


@contextmanager
def _bar(count: Count) -> Iterator[Progress]:
    from rich.console import Console
    from rich.markup import escape
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
        TextColumn("{task.description}"),
    )
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=count.files, rate="")

        def moved(path: str) -> None:
            _count(count)
            rate = f"{count.rate:.0f}/s"
            bar.update(task, advance=1, description=escape(clean(path)), rate=rate)

        yield moved
