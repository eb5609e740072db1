"""Runs, checks and jobs as tests ask for them: options by name, and an executor that does everything at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import Executor, Future
from pathlib import Path
from typing import Any

from etl.batch.model import Batch
from etl.batch.read import checked as checked_request
from etl.batch.request import Request
from etl.commands.run import Run
from etl.commands.run import produce as produce_request


class Here(Executor):
    """Does every job in this process when it is handed in, where it can be watched."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Return a future that is done."""
        done: Future[Any] = Future()
        try:
            done.set_result(fn(*args, **kwargs))
        except BaseException as error:
            done.set_exception(error)
        return done


def produce(paths: Iterable[Path], output: Path, **options: Any) -> Run:
    """Do a run with some options."""
    return produce_request(Request(tuple(paths), output, **options))


def checked(paths: Iterable[Path], **options: Any) -> Batch:
    """Check paths with some options."""
    return checked_request(Request(tuple(paths), **options))
