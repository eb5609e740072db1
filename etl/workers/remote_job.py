"""A job for a worker that sees none of our files: their content goes along, what it writes comes home.

The work itself is the same function a worker of ours runs. While it runs here, `etl.intake.read` takes the
content of a file from what came along, and `etl.safe.whole_file` collects what would be written.

A worker does one errand at a time and says when it begins; so when it dies, the errand that it was doing is
the one that was lost, and only that one (`etl.workers.scheduler`).
"""

from __future__ import annotations

import multiprocessing
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from etl.intake.read import brought, submission_bytes
from etl.intake.submissions import Submission
from etl.safe.refusal import Refusal
from etl.safe.unreadable import Unreadable
from etl.safe.whole_file import collected
from etl.workers.pool import Packed
from etl.workers.program import fingerprint

LARGEST = 64_000_000
"""Bytes of files that go along with one errand, unless it is one file: they are held here and on the way."""

_ONE_AT_A_TIME = threading.Lock()


@dataclass(frozen=True, slots=True)
class Errand:
    """One call to be made elsewhere; `program` stands for the program here."""

    name: str
    program: str
    work: Callable[..., Any]
    arguments: tuple[Any, ...]
    contents: Mapping[Submission, bytes | Unreadable]


@dataclass(frozen=True, slots=True)
class Home:
    """What an errand brings home: the result of the call, and the files it wrote."""

    result: Any
    files: Mapping[Path, bytes]


class TooLarge(Exception):
    """Several files that are too large to go along together; one by one they are not."""


def errand(name: str, work: Callable[..., Any], arguments: tuple[Any, ...]) -> Errand:
    """Return a call with the content of all submissions among its arguments; raises `TooLarge`."""
    contents: dict[Submission, bytes | Unreadable] = {}
    size = 0
    for submission in _submissions(arguments):
        content = _content(submission)
        contents[submission] = content
        size += len(content) if isinstance(content, bytes) else 0
        if size > LARGEST and len(contents) > 1:
            raise TooLarge
    return Errand(name, program(), work, arguments, contents)


def _submissions(value: Any) -> Iterator[Submission]:
    """Yield the submissions that an argument is, holds, or is about."""
    if isinstance(value, Submission):
        yield value
    elif isinstance(value, (list, tuple)):
        for entry in value:
            yield from _submissions(entry)
    elif isinstance(value, Packed):
        yield from _submissions(value.jobs())
    elif isinstance(about := getattr(value, "submission", None), Submission):
        yield about


def _content(submission: Submission) -> bytes | Unreadable:
    try:
        return submission_bytes(submission)
    except Unreadable as refusal:
        return refusal


@cache
def program() -> str:
    """Return what stands for this program: only the same one gives the same findings."""

    return fingerprint()


def perform(errand: Errand) -> Home | None:
    """Do an errand; None where it was begun before, by a worker that did not live to finish it.

    Raises `Refusal` in a worker that would not do it as a process of ours does.
    """
    with _ONE_AT_A_TIME:
        if not _begun_now(errand.name):
            return None
        _refuse_other_program(errand)
        with brought(errand.contents), collected() as files:
            result = errand.work(*errand.arguments)
    return Home(result, files)


def _begun_now(name: str) -> bool:
    """Say to the scheduler that an errand is begun; return False where that was said before."""
    from distributed import Event

    event = Event(name)
    if event.is_set():
        return False
    event.set()
    return True


def _refuse_other_program(errand: Errand) -> None:
    """Raise `Refusal` in a worker with another version, or one that nobody starts anew when a file ends it."""
    if program() != errand.program:
        raise Refusal(
            "计算节点上的程序、Python或其包版本不同"
            " the program, Python or a package on a worker of the scheduler is another version"
        )
    if multiprocessing.parent_process() is None:
        raise Refusal(
            "计算节点没有守护进程,文件使其退出后无人重启"
            " a worker of the scheduler has no nanny to start it anew after a bad file"
        )
