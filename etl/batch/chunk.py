"""Reads and checks files a chunk at a time, as a worker does: stacked, held to the contracts, rules of one form."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from checks.finding import NotRun, Tally
from checks.settings import Settings
from etl.frames.build import Stack
from etl.frames.located import Located, locate
from etl.intake.file_reading import FileReading
from etl.intake.submissions import Submission

Job = TypeVar("Job")
Read = TypeVar("Read")

CHUNK = 128
"""Files a worker takes at a time at most: calls of pandas and pandera, paid once a chunk, are then a small part."""

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Checked:
    """A chunk of files as checked; plain data that crosses processes."""

    stack: Stack
    located: tuple[Located, ...]
    not_run: tuple[NotRun, ...]
    tallies: tuple[Tally, ...]
    timings: Mapping[str, float] = field(default_factory=dict)


def in_chunks(submissions: Sequence[Submission], workers: int) -> list[Sequence[Submission]]:
    """Return the files in chunks of equal size, as few as give every worker one and none more than it may hold."""
    rounds = -(-len(submissions) // (CHUNK * workers))
    size = -(-len(submissions) // max(rounds * workers, 1))
    return [submissions[start : start + size] for start in range(0, len(submissions), max(size, 1))]


def get_ready() -> None:
    """Load what is needed once chunks arrive; workers load the same at that time."""
    import checks.rules  # noqa: F401
    from etl.frames.build import plain_text

    plain_text()


def for_one_form(inputs: Mapping[str, Any], settings: Settings) -> Mapping[str, Any]:
    """Return the inputs that rules of one form read: the rest (last year's tables) need not go to workers."""
    given_at_all = {name: given for name, given in inputs.items() if given is not None}
    if not given_at_all:  # the rules need not be loaded yet, so that workers start the sooner
        return {}
    import checks.rules  # noqa: F401  (registers every rule)
    from checks.run import active

    read = {name for rule in active(settings, "form") for name in rule.needs}
    return {name: given for name, given in given_at_all.items() if name in read}


def read_chunk(submissions: Sequence[Submission], executor: Executor | None = None) -> list[FileReading]:
    """Return the readings of files in the order given; nothing is checked."""
    from etl.workers.pool import each

    if executor is None:
        return [read_in_time(submission) for submission in submissions]
    readings = each(executor, read_in_time, submissions, CHUNK)
    return [
        crashed(s) if reading is None else reading for s, reading in zip(submissions, readings, strict=True)
    ]


def check_chunk(submissions: Sequence[Submission], settings: Settings, inputs: Mapping[str, Any]) -> Checked:
    """Read and check a chunk of files; runs in a worker."""
    return check_readings([read_in_time(submission) for submission in submissions], settings, inputs)


def read_in_time(submission: Submission) -> FileReading:
    """Return a file's reading; a worker that takes too long over it ends (`etl.workers.limits.clock`)."""
    from etl.intake.read import read_submission
    from etl.workers.limits import clock

    with clock():
        return read_submission(submission)


def check_readings(files: Sequence[FileReading], settings: Settings, inputs: Mapping[str, Any]) -> Checked:
    """Stack files that were read, hold the tables to their contracts and run the rules of one form."""
    from checks.enrich import enriched
    from checks.frames.contracts import hold
    from checks.likeness.links import linked
    from checks.run import check
    from etl.frames.build import stack

    stacked = stack(files, settings.fiscal_year)
    hold(stacked.tables)
    stacked = replace(stacked, tables=linked(enriched(stacked.tables), settings))
    timings: dict[str, float] = {}
    outcome = check(stacked.tables, settings, inputs, "form", timings)
    return Checked(
        stacked, tuple(locate(stacked, outcome.findings)), outcome.not_run, outcome.tallies, timings
    )


def read_apart(jobs: Sequence[Job], read: Callable[[Job], Read], executor: Executor) -> Iterator[Read | None]:
    """Have workers read files one at a time, while this process imports what checks them.

    None stands for a file that takes its worker down twice.
    """
    from etl.workers.pool import each

    readings = each(executor, read, jobs, 1)
    import checks.frames.contracts  # noqa: F401

    return readings


def crashed(submission: Submission) -> FileReading:
    """Return what there is to say of a file that takes its reader down."""
    return FileReading(
        submission.relative, "crashed", "worker_died", "读取进程异常退出", "the process reading it died"
    )


def tell(progress: Progress | None, done: Iterable[Submission]) -> None:
    """Tell whoever watches that files are done."""
    if progress is not None:
        for submission in done:
            progress(submission.relative)
