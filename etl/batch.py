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
from typing import TYPE_CHECKING, Any

from checks.finding import NotRun, Tally
from checks.settings import Settings
from checks.tables import Tables
from etl.arrival import arriving
from etl.intake import Skipped, Submission
from etl.locate import Located, locate
from etl.stack import FileReading, Stack

if TYPE_CHECKING:
    import pandas as pd

    from etl.kept_store import Kept

CHUNK = 64
"""Files a worker takes at a time: enough that pandas and pandera are paid once for many forms."""


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
    from etl.submission import read_submission

    if executor is None:
        return [read_submission(submission) for submission in submissions]
    return list(executor.map(read_submission, submissions, chunksize=CHUNK))


def check_chunk(submissions: Sequence[Submission], settings: Settings, inputs: Mapping[str, Any]) -> Checked:
    """Read and check a chunk of files; runs in a worker."""
    from etl.pool import clock
    from etl.submission import read_submission

    files = []
    for submission in submissions:
        with clock():
            files.append(read_submission(submission))
    return check_readings(files, settings, inputs)


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
    kept: Kept | None = None,
) -> Batch:
    """Return the checked batch; `progress` is called with each file's path once it is done.

    With `kept` (see `etl.kept_store`) only what changed since is read, and what is read is kept.
    """
    chunks = [submissions[start : start + CHUNK] for start in range(0, len(submissions), CHUNK)]
    few = for_one_form(inputs, settings)
    if kept is None:
        checked = _all_new(chunks, settings, few, executor)
    else:
        from etl.resume import kept_and_new

        checked = kept_and_new(chunks, settings, few, executor, kept)
    return put_together(list(_in_order(checked, chunks, progress)), skipped, settings, inputs)


def for_one_form(inputs: Mapping[str, Any], settings: Settings) -> Mapping[str, Any]:
    """Return the inputs that rules of one form read: the rest (last year's tables) need not go to workers."""
    import checks.rules  # noqa: F401  (registers every rule)
    from checks.run import active

    read = {name for rule in active(settings, "form") for name in rule.needs}
    return {name: given for name, given in inputs.items() if name in read}


def _in_order(
    checked: Iterable[tuple[int, list[Checked]]],
    chunks: Sequence[Sequence[Submission]],
    progress: Progress | None,
) -> Iterator[Checked]:
    done: dict[int, list[Checked]] = {}
    for number, parts in checked:
        done[number] = parts
        _tell(progress, chunks[number])
    for number in sorted(done):
        yield from done[number]


def _all_new(
    chunks: Sequence[Sequence[Submission]],
    settings: Settings,
    inputs: Mapping[str, Any],
    executor: Executor | None,
) -> Iterator[tuple[int, list[Checked]]]:
    work = partial(check_chunk, settings=settings, inputs=inputs)
    for number, parts in arriving(enumerate(chunks), work, executor):
        yield number, none_died(parts, chunks[number], settings, inputs)


def none_died(
    parts: Sequence[Checked | None],
    chunk: Sequence[Submission],
    settings: Settings,
    inputs: Mapping[str, Any],
) -> list[Checked]:
    """Return a chunk's parts, the one whole or one a file, with a file that killed its reader as `crashed`."""
    return [
        _crashed(submission, settings, inputs) if part is None else part
        for part, submission in zip(parts, chunk, strict=False)
    ]


def _crashed(submission: Submission, settings: Settings, inputs: Mapping[str, Any]) -> Checked:
    died = FileReading(
        submission.relative, "crashed", "worker_died", "读取进程异常退出", "the process reading it died"
    )
    return check_readings([died], settings, inputs)


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
    from etl.stack import plain_text

    plain_text()
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
    for number, located in enumerate(batch.stack.located):
        file = batch.stack.files[batch.stack.file_of[number]]
        names = [file.sheet_names[sheet] for sheet in sorted({place.sheet for place in located.values()})]
        found[file.path] = tuple(dict.fromkeys((*found.get(file.path, ()), *names)))
    return found
