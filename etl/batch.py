"""Drives a batch: files are read and checked in chunks, on any executor, and put together again.

Two passes. In the first, each chunk of files is read, stacked, held to its contracts and checked by
the rules that look at one form. Then the rules that look across forms see all of them at once. The
result does not depend on the number of workers or the size of the chunks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace
from functools import partial
from operator import itemgetter
from typing import TYPE_CHECKING, Any, TypeVar

from checks.finding import Finding, NotRun, Tally
from checks.settings import Settings
from etl.arrival import arriving
from etl.intake import Skipped, Submission
from etl.join import join_stacks
from etl.locate import Located, locate
from etl.stack import FileReading, Stack

if TYPE_CHECKING:
    from etl.kept_store import Kept

Job = TypeVar("Job")
Read = TypeVar("Read")

FEW_FILES = 24
"""Up to this many files workers only read: the rules take less time here than workers take to import pandas."""

CHUNK = 128
"""Files a worker takes at a time at most: calls of pandas and pandera, paid once a chunk, are then a small part."""


@dataclass(frozen=True, slots=True)
class Checked:
    """A chunk of files as checked; plain data that crosses processes."""

    stack: Stack
    located: tuple[Located, ...]
    not_run: tuple[NotRun, ...]
    tallies: tuple[Tally, ...]
    timings: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Batch:
    """Everything one run knows: files in, tables, findings with their cells, what was not run and why."""

    stack: Stack
    located: tuple[Located, ...]
    not_run: tuple[NotRun, ...]
    tallies: tuple[Tally, ...]
    skipped: tuple[Skipped, ...]
    timings: Mapping[str, float] = field(default_factory=dict)

    @property
    def files(self) -> tuple[FileReading, ...]:
        """Return the files that were opened, in order of path."""
        return self.stack.files


Progress = Callable[[str], None]


def read_chunk(submissions: Sequence[Submission], executor: Executor | None = None) -> list[FileReading]:
    """Return the readings of files in the order given; nothing is checked."""
    from etl.pool import each

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
    """Return a file's reading; a worker that takes too long over it ends (`etl.pool.clock`)."""
    from etl.pool import clock
    from etl.submission import read_submission

    with clock():
        return read_submission(submission)


def check_readings(files: Sequence[FileReading], settings: Settings, inputs: Mapping[str, Any]) -> Checked:
    """Stack files that were read, hold the tables to their contracts and run the rules of one form."""
    from checks.contracts import hold
    from checks.enrich import enriched
    from checks.run import check
    from etl.stack import stack

    stacked = stack(files)
    hold(stacked.tables)
    stacked = replace(stacked, tables=enriched(stacked.tables))
    timings: dict[str, float] = {}
    outcome = check(stacked.tables, settings, inputs, "form", timings)
    return Checked(
        stacked, tuple(locate(stacked, outcome.findings)), outcome.not_run, outcome.tallies, timings
    )


def run_batch(
    submissions: Sequence[Submission],
    skipped: Sequence[Skipped],
    settings: Settings,
    inputs: Mapping[str, Any],
    executor: Executor | None = None,
    progress: Progress | None = None,
    workers: int = 1,
    kept: Kept | None = None,
) -> Batch:
    """Return the checked batch; `progress` is called with each file's path once it is done.

    `workers`: how many of the executor's workers there are to share the files among. With `kept` (see
    `etl.kept_store`) only what changed since is read, and what is read is kept.
    """
    few = executor is not None and len(submissions) <= FEW_FILES
    chunks = [submissions] if few else in_chunks(submissions, workers)
    of_one_form = for_one_form(inputs, settings)
    if kept is None:
        arrived = _checked(chunks, settings, of_one_form, executor, progress, few)
    else:
        from etl.resume import kept_and_new

        arrived = kept_and_new(chunks, settings, of_one_form, executor, progress, few, kept)
    checked = [chunk for _, chunk in sorted(arrived, key=itemgetter(0))]
    return put_together(checked, skipped, settings, inputs)


def in_chunks(submissions: Sequence[Submission], workers: int) -> list[Sequence[Submission]]:
    """Return the files in chunks of equal size, as few as give every worker one and none more than it may hold."""
    rounds = -(-len(submissions) // (CHUNK * workers))
    size = -(-len(submissions) // max(rounds * workers, 1))
    return [submissions[start : start + size] for start in range(0, len(submissions), max(size, 1))]


def for_one_form(inputs: Mapping[str, Any], settings: Settings) -> Mapping[str, Any]:
    """Return the inputs that rules of one form read: the rest (last year's tables) need not go to workers."""
    import checks.rules  # noqa: F401  (registers every rule)
    from checks.run import active

    read = {name for rule in active(settings, "form") for name in rule.needs}
    return {name: given for name, given in inputs.items() if name in read}


def _checked(
    chunks: Sequence[Sequence[Submission]],
    settings: Settings,
    inputs: Mapping[str, Any],
    executor: Executor | None,
    progress: Progress | None,
    few: bool,
) -> Iterator[tuple[int, Checked]]:
    """Yield each chunk's number with the chunk as checked; of `few` files workers only read."""
    work = partial(check_chunk, settings=settings, inputs=inputs)
    for number, made in [(0, None)] if few else arriving(enumerate(chunks), work, executor):
        if made is None:
            assert executor is not None
            readings = _one_by_one(chunks[number], executor, progress)
            yield number, check_readings(readings, settings, inputs)
        else:
            tell(progress, chunks[number])
            yield number, made


def _one_by_one(
    submissions: Sequence[Submission], executor: Executor, progress: Progress | None
) -> list[FileReading]:
    """Read few files, or those of a chunk whose worker died; one that takes its worker down twice is `crashed`."""
    done = []
    readings = read_apart(submissions, read_in_time, executor)
    for submission, reading in zip(submissions, readings, strict=True):
        done.append(crashed(submission) if reading is None else reading)
        tell(progress, [submission])
    return done


def read_apart(jobs: Sequence[Job], read: Callable[[Job], Read], executor: Executor) -> Iterator[Read | None]:
    """Have workers read files one at a time, while this process imports what checks them.

    None stands for a file that takes its worker down twice.
    """
    from etl.pool import each

    readings = each(executor, read, jobs, 1)
    import checks.contracts  # noqa: F401

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


def put_together(
    checked: Sequence[Checked], skipped: Sequence[Skipped], settings: Settings, inputs: Mapping[str, Any]
) -> Batch:
    """Return the chunks as one batch: what the template pre-filled said once, the rules across forms added."""
    from checks.defaults import fold_defaults
    from checks.run import check
    from etl.stack import plain_text

    plain_text()
    whole = join_stacks([chunk.stack for chunk in checked])
    outcome = check(whole.tables, settings, inputs, "batch")
    timings: dict[str, float] = {}
    for chunk in checked:
        for code, seconds in chunk.timings.items():
            timings[code] = timings.get(code, 0.0) + seconds
    rank = {form: number for number, form in enumerate(whole.tables.forms["id"].tolist())}
    told = sorted(
        ((entry, chunk.stack.tables) for chunk in checked for entry in chunk.located),
        key=lambda told: _rank(rank, told[0].finding),
    )
    folded = fold_defaults([(entry.finding, tables) for entry, tables in told], whole.tables, settings)
    located = [entry for (entry, _), stands in zip(told, folded.kept, strict=True) if stands]
    located += locate(whole, (*outcome.findings, *folded.once))
    return Batch(
        whole,
        tuple(located),
        tuple(
            sorted(
                (n for c in checked for n in c.not_run), key=lambda n: (rank.get(n.form, len(rank)), n.code)
            )
        )
        + outcome.not_run,
        add_up([*(tally for chunk in checked for tally in chunk.tallies), *outcome.tallies]),
        tuple(skipped),
        timings,
    )


def _rank(rank: Mapping[str, int], finding: Finding) -> tuple[int, str, str]:
    """Return what findings are ordered by, so that the size of the chunks they came in leaves no trace."""
    return rank.get(finding.form, len(rank)), finding.path, finding.code


def add_up(tallies: Iterable[Tally]) -> tuple[Tally, ...]:
    """Return one tally a rule, the sum of all that are given of it, in order of code."""
    sums: dict[str, Tally] = {}
    for tally in tallies:
        known = sums.get(tally.code)
        sums[tally.code] = tally if known is None else Tally(
            tally.code,
            known.forms + tally.forms,
            known.fired + tally.fired,
            known.not_applicable + tally.not_applicable,
            known.not_run + tally.not_run,
        )  # fmt: skip
    return tuple(sums[code] for code in sorted(sums))


def form_sheets(batch: Batch) -> dict[str, tuple[str, ...]]:
    """Return the sheets that the forms of each file stand on."""
    found: dict[str, tuple[str, ...]] = {}
    for number, of_file in enumerate(batch.stack.file_of):
        file = batch.stack.files[of_file]
        places = batch.stack.where(number).values()
        names = [file.sheet_names[sheet] for sheet in sorted({place.sheet for place in places})]
        found[file.path] = tuple(dict.fromkeys((*found.get(file.path, ()), *names)))
    return found
