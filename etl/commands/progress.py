"""The progress of a run: a bar on a terminal, a plain line every tenth elsewhere, JSON lines for a program; and how far it came."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import click

from etl.safe.clean import clean
from etl.safe.refusal import Refusal
from etl.safe.say import put, say
from etl.workers.interruption import raise_if_asked

FEW_FILES = 50
"""Up to this many files no plain lines are printed: the run is over before anyone wonders."""
STAGES = {
    "reading": ("读取", "reading"),
    "across": ("跨表检查", "looking across forms"),
    "sums": ("汇总", "adding up"),
    "returns": ("退回文件", "returns"),
    "letters": ("退回说明", "letters"),
    "report": ("审核报告", "report"),
}
"""The stages of a run in their order; `check` ends after `across`. docs/progress.md says what a program reads of them."""

Show = Callable[["Watch", str], None]


@dataclass(slots=True)
class Watch:
    """Counts what a run has done, and shows it: the stage, how many files of how many, and the last file's path."""

    show: Show = lambda watch, path: None
    stage: str = "reading"
    done: int = 0
    of: int = 0
    read: int = 0
    files: int = 0
    started: float = field(default_factory=time.monotonic)

    @property
    def rate(self) -> float:
        """Files a second that were read so far."""
        return self.read / max(time.monotonic() - self.started, 0.001)

    def begin(self, stage: str, of: int = 0) -> None:
        """Enter a stage that goes over so many files, or over the batch as a whole."""
        raise_if_asked()
        self.stage, self.done, self.of = stage, 0, of
        if stage == "reading":
            self.files = of
        self.show(self, "")

    def file(self, path: str) -> None:
        """Say that a file is done in this stage; after the last that is read, what is said of all is next."""
        raise_if_asked()
        self.done += 1
        self.read += self.stage == "reading"
        self.show(self, path)
        if self.stage == "reading" and self.done == self.of:
            self.begin("across")


@contextmanager
def said_when_interrupted(watch: Watch) -> Iterator[None]:
    """Give an interruption of the body the words that say how far the run came."""
    try:
        yield
    except KeyboardInterrupt as stop:
        said = f"已检查 {watch.read}/{watch.files} 个文件 {watch.read} of {watch.files} files were checked"
        raise KeyboardInterrupt(said) from stop


@contextmanager
def shown_progress(kind: str, quiet: bool = False, lang: str = "zh") -> Iterator[Watch]:
    """Give what a run tells its progress to, which shows it: `kind` is `auto`, `json` or `none`."""
    if kind == "json":
        yield Watch(_as_json)
    elif quiet or kind == "none":
        yield Watch()
    elif sys.stderr is not None and sys.stderr.isatty():
        with _bar(lang) as show:
            yield Watch(show)
    else:
        yield Watch(_plain)


def _as_json(watch: Watch, path: str) -> None:
    """Print one object on one line of standard error; the path is data there and escaped as JSON has it."""
    of = {"done": watch.done, "of": watch.of} if watch.of else {}
    write_line({"stage": watch.stage, **of, **({"file": path} if path else {})})


def write_line(told: dict[str, object]) -> None:
    """Write an object as one line of ASCII, which any pipe and any console takes."""
    if sys.stderr is not None:
        put(sys.stderr, json.dumps(told) + "\n")


@contextmanager
def told_end(kind: str) -> Iterator[None]:
    """Where progress is told as JSON, tell how the body ended: the exit code, and why where it was not done."""
    if kind != "json":
        yield
        return
    try:
        yield
    except BaseException as end:
        write_line({"stage": "end", **_ending(end)})
        raise
    write_line({"stage": "end", "exit": 0})


def _ending(end: BaseException) -> dict[str, object]:
    from etl.commands.exits import BAD_USAGE, INTERRUPTED, LOST

    if isinstance(end, SystemExit | click.exceptions.Exit):
        return {"exit": getattr(end, "exit_code", getattr(end, "code", 0))}
    if isinstance(end, Refusal | OSError | click.ClickException):
        return {"exit": BAD_USAGE, "message": str(end)}
    if isinstance(end, KeyboardInterrupt):
        return {"exit": INTERRUPTED, "message": str(end)}
    return {"exit": LOST, "message": f"{type(end).__name__}: {end}"}


def _plain(watch: Watch, path: str) -> None:
    if watch.stage != "reading" or watch.files <= FEW_FILES or not path:
        return
    if watch.done * 10 // watch.files != (watch.done - 1) * 10 // watch.files:
        say(f"{watch.done}/{watch.files}  {watch.rate:.0f}/s", error=True)


@contextmanager
def _bar(lang: str) -> Iterator[Show]:
    from rich.console import Console
    from rich.markup import escape
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.fields[stage]}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
        TextColumn("{task.description}"),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None, stage="", rate="")

        def show(watch: Watch, path: str) -> None:
            stage = STAGES[watch.stage][lang == "en"]
            rate = f"{watch.rate:.0f}/s" if watch.stage == "reading" else ""
            said = escape(clean(path))
            bar.update(
                task, completed=watch.done, total=watch.of or None, description=said, stage=stage, rate=rate
            )

        yield show
