"""Hands chunks of files to worker processes and takes what is made of them as it arrives.

Not in order: what is done is to be shown and kept at once, in case the run does not come to its end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, Executor, Future, as_completed
from operator import itemgetter
from typing import TypeVar

Job = TypeVar("Job")
Done = TypeVar("Done")

TRIES = 2
"""How often a file is read that takes its worker down."""
PIECE = 16
"""Files of a lost chunk that are tried together, before those of a lost piece are tried alone."""

Part = tuple[Done | None, Sequence[Job]]
"""What was made of some files; None for a single one that takes its worker down."""


def arriving(
    jobs: Iterable[tuple[int, Sequence[Job]]],
    work: Callable[[Sequence[Job]], Done],
    executor: Executor | None,
) -> Iterator[tuple[int, list[Part[Done, Job]]]]:
    """Yield each chunk's number with what `work` made of it and the files that is of, as it arrives.

    A chunk whose worker died comes last, in parts; None stands for a file that takes its worker down twice.
    """
    if executor is None:
        for number, chunk in jobs:
            yield number, [(work(chunk), chunk)]
        return
    waiting: dict[Future[Done], tuple[int, Sequence[Job]]] = {}
    lost: list[tuple[int, Sequence[Job]]] = []
    for number, chunk in jobs:
        waiting[executor.submit(work, chunk)] = number, chunk
        yield from _arrived([future for future in waiting if future.done()], waiting, lost)
    yield from _arrived(as_completed(list(waiting)), waiting, lost)
    for number, chunk in sorted(lost, key=itemgetter(0)):
        yield number, list(_in_pieces(chunk, work, executor))


def _arrived(
    futures: Iterable[Future[Done]],
    waiting: dict[Future[Done], tuple[int, Sequence[Job]]],
    lost: list[tuple[int, Sequence[Job]]],
) -> Iterator[tuple[int, list[Part[Done, Job]]]]:
    for future in futures:
        number, chunk = waiting.pop(future)
        try:
            made = future.result()
        except BrokenExecutor:
            lost.append((number, chunk))
        else:
            yield number, [(made, chunk)]


def _in_pieces(
    chunk: Sequence[Job], work: Callable[[Sequence[Job]], Done], executor: Executor
) -> Iterator[Part[Done, Job]]:
    """Yield what is made of a chunk whose worker died: its pieces, and of a piece that dies too each file alone."""
    for start in range(0, len(chunk), PIECE):
        piece = chunk[start : start + PIECE]
        try:
            yield executor.submit(work, piece).result(), piece
        except BrokenExecutor:
            yield from ((_alone(job, work, executor), [job]) for job in piece)


def _alone(job: Job, work: Callable[[Sequence[Job]], Done], executor: Executor) -> Done | None:
    """Check one file of a chunk whose worker died; None for one that takes its worker down twice."""
    for _ in range(TRIES):
        try:
            return executor.submit(work, [job]).result()
        except BrokenExecutor:
            continue
    return None
