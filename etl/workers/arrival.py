"""Hands chunks of files to worker processes and takes what is made of them as it arrives.

Not in order: what is done is to be shown and kept at once, in case the run does not come to its end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, Executor, Future, as_completed
from typing import TypeVar

from etl.workers.attempt import Failed, attempt

Job = TypeVar("Job")
Done = TypeVar("Done")


def arriving(
    jobs: Iterable[tuple[int, Sequence[Job]]],
    work: Callable[[Sequence[Job]], Done],
    executor: Executor,
    meanwhile: Callable[[], None],
) -> Iterator[tuple[int, Done | None]]:
    """Yield each chunk's number with what `work` made of it, as it arrives.

    Chunks that failed or whose worker died come last, with None. `meanwhile` is called once all work is handed out.
    """
    waiting: dict[Future[Done | Failed], int] = {}
    lost: list[int] = []
    for number, chunk in jobs:
        waiting[executor.submit(attempt, work, chunk)] = number
        yield from _arrived([future for future in waiting if future.done()], waiting, lost)
    meanwhile()
    yield from _arrived(as_completed(list(waiting)), waiting, lost)
    for number in sorted(lost):
        yield number, None


def _arrived(
    futures: Iterable[Future[Done | Failed]], waiting: dict[Future[Done | Failed], int], lost: list[int]
) -> Iterator[tuple[int, Done]]:
    for future in futures:
        number = waiting.pop(future)
        try:
            made = future.result()
        except (BrokenExecutor, MemoryError):
            lost.append(number)
            continue
        if isinstance(made, Failed):
            lost.append(number)
        else:
            yield number, made
