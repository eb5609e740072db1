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


def arriving(
    jobs: Iterable[tuple[int, Sequence[Job]]],
    work: Callable[[Sequence[Job]], Done],
    executor: Executor | None,
) -> Iterator[tuple[int, list[Done | None]]]:
    """Yield each chunk's number with what `work` made of it, as it arrives.

    A chunk whose worker died comes last, one result a file; None for one that takes its worker down twice.
    """
    if executor is None:
        for number, chunk in jobs:
            yield number, [work(chunk)]
        return
    waiting: dict[Future[Done], tuple[int, Sequence[Job]]] = {}
    lost: list[tuple[int, Sequence[Job]]] = []
    for number, chunk in jobs:
        waiting[executor.submit(work, chunk)] = number, chunk
        yield from _arrived([future for future in waiting if future.done()], waiting, lost)
    yield from _arrived(as_completed(list(waiting)), waiting, lost)
    for number, chunk in sorted(lost, key=itemgetter(0)):
        yield number, [_alone(job, work, executor) for job in chunk]


def _arrived(
    futures: Iterable[Future[Done]],
    waiting: dict[Future[Done], tuple[int, Sequence[Job]]],
    lost: list[tuple[int, Sequence[Job]]],
) -> Iterator[tuple[int, list[Done | None]]]:
    for future in futures:
        number, chunk = waiting.pop(future)
        try:
            made = future.result()
        except BrokenExecutor:
            lost.append((number, chunk))
        else:
            yield number, [made]


def _alone(job: Job, work: Callable[[Sequence[Job]], Done], executor: Executor) -> Done | None:
    """Check one file of a chunk whose worker died; None for one that takes its worker down twice."""
    for _ in range(TRIES):
        try:
            return executor.submit(work, [job]).result()
        except BrokenExecutor:
            continue
    return None
