"""The one place where the failure of one file's job becomes a result: a file's trouble never ends a run.

What a job raises crosses processes as text, for an exception may hold what cannot be sent. `Refusal` is passed on: it is
the system or the user that will not have the run, and no file's fault.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from etl.safe.refusal import Refusal

Job = TypeVar("Job")
Done = TypeVar("Done")

LONGEST = 200
"""Characters of an error's own words that are told."""


@dataclass(frozen=True, slots=True)
class Failed:
    """A job that was not done: why, in Chinese and English, and where in the program if it raised there."""

    code: str
    zh: str
    en: str

    @property
    def said(self) -> tuple[str, str]:
        """Return the reason in both languages."""
        return self.zh, self.en


DIED = Failed("worker_died", "处理进程异常退出", "the process working on it died")


def attempt(work: Callable[[Job], Done], job: Job) -> Done | Failed:
    """Return what a job makes, or that it failed; raises `Refusal`, and `MemoryError` for it to be tried elsewhere."""
    try:
        return work(job)
    except (Refusal, MemoryError):
        raise
    except Exception as error:
        return failed(error)


def failed(error: Exception) -> Failed:
    """Return what is said of an error that a job ended with: its kind, its words, and the line of the program."""
    last = traceback.extract_tb(error.__traceback__)[-1:]
    where = "".join(f" ({Path(frame.filename).name}:{frame.lineno})" for frame in last)
    said = f"{type(error).__name__}: {error}"[:LONGEST] + where
    return Failed("failed", f"程序出错:{said}", f"the program failed: {said}")
