"""Drives a batch: files are read and checked in chunks, on any executor, and put together again.

Two passes. In the first, each chunk of files is read, stacked, held to its contracts and checked by
the rules that look at one form. Then the rules that look across forms see all of them at once. The
result does not depend on the number of workers or the size of the chunks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import BrokenExecutor, Executor, as_completed
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from checks.finding import NotRun, Tally
from checks.settings import Settings
from checks.tables import Tables
from etl.intake import Skipped, Submission
from etl.locate import Located, locate
from etl.stack import FileReading, Stack

if TYPE_CHECKING:
    import pandas as pd

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
        _crashed(s) if reading is None else reading for s, reading in zip(submissions, readings, strict=True)
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
) -> Batch:
    """Return the checked batch; `progress` is called with each file's path once it is done.

    `workers`: how many of the executor's workers there are to share the files among.
    """
    of_one_form = for_one_form(inputs, settings)
    if executor is not None and len(submissions) <= FEW_FILES:
        checked = [check_readings(_one_by_one(submissions, executor, progress), settings, of_one_form)]
    else:
        chunks = in_chunks(submissions, workers)
        checked = list(_in_order(chunks, settings, of_one_form, executor, progress))
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


def _in_order(
    chunks: Sequence[Sequence[Submission]],
    settings: Settings,
    inputs: Mapping[str, Any],
    executor: Executor | None,
    progress: Progress | None,
) -> Iterator[Checked]:
    if executor is None:
        for chunk in chunks:
            yield check_chunk(chunk, settings, inputs)
            _tell(progress, chunk)
        return
    futures = {
        executor.submit(check_chunk, chunk, settings, inputs): number for number, chunk in enumerate(chunks)
    }
    done: dict[int, Checked] = {}
    lost = []
    for future in as_completed(futures):
        try:
            done[futures[future]] = future.result()
            _tell(progress, chunks[futures[future]])
        except BrokenExecutor:
            lost.append(futures[future])
    for number in sorted(lost):
        done[number] = check_readings(_one_by_one(chunks[number], executor, progress), settings, inputs)
    for number in sorted(done):
        yield done[number]


def _one_by_one(
    submissions: Sequence[Submission], executor: Executor, progress: Progress | None
) -> list[FileReading]:
    """Read few files, or those of a chunk whose worker died; one that takes its worker down twice is `crashed`."""
    from etl.pool import each

    readings = each(executor, read_in_time, submissions, 1)
    import checks.contracts  # noqa: F401  (takes its time, while the workers read)

    done = []
    for submission, reading in zip(submissions, readings, strict=True):
        done.append(_crashed(submission) if reading is None else reading)
        _tell(progress, [submission])
    return done


def _crashed(submission: Submission) -> FileReading:
    return FileReading(
        submission.relative, "crashed", "worker_died", "读取进程异常退出", "the process reading it died"
    )


def _tell(progress: Progress | None, chunk: Iterable[Submission]) -> None:
    if progress is not None:
        for submission in chunk:
            progress(submission.relative)


def put_together(
    checked: Sequence[Checked], skipped: Sequence[Skipped], settings: Settings, inputs: Mapping[str, Any]
) -> Batch:
    """Return the chunks as one batch: what the template pre-filled said once, the rules across forms added."""
    from checks.defaults import fold_defaults
    from checks.run import check

    whole = join_stacks([chunk.stack for chunk in checked])
    outcome = check(whole.tables, settings, inputs, "batch")
    timings: dict[str, float] = {}
    for chunk in checked:
        for code, seconds in chunk.timings.items():
            timings[code] = timings.get(code, 0.0) + seconds
    told = [(entry, chunk.stack.tables) for chunk in checked for entry in chunk.located]
    folded = fold_defaults([(entry.finding, tables) for entry, tables in told], whole.tables, settings)
    located = [entry for (entry, _), stands in zip(told, folded.kept, strict=True) if stands]
    located += locate(whole, (*outcome.findings, *folded.once))
    return Batch(
        whole,
        tuple(located),
        tuple(entry for chunk in checked for entry in chunk.not_run) + outcome.not_run,
        _add_up([*(tally for chunk in checked for tally in chunk.tallies), *outcome.tallies]),
        tuple(skipped),
        timings,
    )


def _add_up(tallies: Iterable[Tally]) -> tuple[Tally, ...]:
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


def join_stacks(stacks: Sequence[Stack]) -> Stack:
    """Return several stacks as one, with form, file and row numbers running on."""
    import pandas as pd

    from etl.stack import stack

    if not stacks:
        return stack([])
    if len(stacks) == 1:
        return stacks[0]
    forms = _offsets([len(s.tables.forms) for s in stacks])
    files = _offsets([len(s.tables.files) for s in stacks])
    rows = {
        name: _offsets([len(getattr(s.tables, name)) for s in stacks]) for name in ("projects", "indicators")
    }

    def joined(name: str) -> pd.DataFrame:
        return pd.concat(
            [_moved(name, s, forms[n], files[n], rows, n) for n, s in enumerate(stacks)], ignore_index=True
        )

    tables = Tables(
        **{name: joined(name) for name in ("files", "forms", "funds", "projects", "indicators", "oddities")}
    )
    starts = {
        name: tuple(
            start + (rows[name][n] if name in rows else 0)
            for n, s in enumerate(stacks)
            for start in s.starts[name]
        )
        for name in stacks[0].starts
    }
    return Stack(
        tables,
        tuple(located for s in stacks for located in s.located),
        tuple(file for s in stacks for file in s.files),
        tuple(number + files[n] for n, s in enumerate(stacks) for number in s.file_of),
        starts,
    )


def _offsets(lengths: Sequence[int]) -> list[int]:
    return [sum(lengths[:position]) for position in range(len(lengths))]


def _moved(
    name: str, s: Stack, form: int, file: int, rows: Mapping[str, list[int]], number: int
) -> pd.DataFrame:
    """Return one table of a stack with its references moved on to where the rows will stand."""
    frame: pd.DataFrame = getattr(s.tables, name)
    if "form" in frame.columns:
        frame = frame.assign(form=frame["form"] + form)
    if name == "forms":
        frame = frame.assign(file=frame["file"] + file)
    if name == "oddities":
        step = frame["table"].map({table: offsets[number] for table, offsets in rows.items()})
        frame = frame.assign(row=frame["row"] + step.fillna(form).astype("int64"))
    return frame


def form_sheets(batch: Batch) -> dict[str, tuple[str, ...]]:
    """Return the sheets that the forms of each file stand on."""
    found: dict[str, tuple[str, ...]] = {}
    for number, of_file in enumerate(batch.stack.file_of):
        file = batch.stack.files[of_file]
        places = batch.stack.where(number).values()
        names = [file.sheet_names[sheet] for sheet in sorted({place.sheet for place in places})]
        found[file.path] = tuple(dict.fromkeys((*found.get(file.path, ()), *names)))
    return found
