"""Does a whole run: finds the files, checks them, and writes returns, the citywide workbook and findings.

Nothing is written before everything that can be refused has been: missing paths, no submission at
all, an output folder that lies over an input.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Executor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from checks.settings import Settings
from etl.batch import FEW_FILES, Batch, run_batch
from etl.chunk import Progress
from etl.file_names import printable
from etl.inputs import read_inputs
from etl.intake import Skipped, Submission, find_submissions
from etl.output import held, make_folder
from etl.refusal import Refusal
from etl.stack import Stack

if TYPE_CHECKING:
    from etl.next_round import Rounds
    from etl.returns import Written

MOST_TOLD = 3
"""Files passed over that are named where nothing else was found."""


@dataclass(frozen=True, slots=True)
class Run:
    """A run that was done: the batch, the return of each file by its relative path, the comparison if any.

    `unchanged`: how many of the files were not read, because they were as an earlier run had read them.
    """

    batch: Batch
    returns: Mapping[str, Written]
    rounds: Rounds | None = None
    unchanged: int = 0


def checked(
    paths: Sequence[Path],
    *,
    roster: Path | None = None,
    last_year: Path | None = None,
    approved: Path | None = None,
    actuals: Path | None = None,
    year: int | None = None,
    config: Path | None = None,
    workers: int | None = None,
    scheduler: str | None = None,
    progress: Progress | None = None,
) -> Batch:
    """Return the checked batch of all submissions under the paths; writes nothing.

    `scheduler`: the address of a Dask scheduler whose workers do the work (`etl.scheduler`).

    Raises `Refusal` for paths that do not exist, for no submission at all, for a bad input or config, and for a
    scheduler that does not answer.
    """
    submissions, skipped = _found(paths)
    settings = _settings(paths, year, config)
    _refuse_within(submissions, last_year)
    inputs = read_inputs(roster, last_year, approved, actuals, workers)
    with _hands(workers, scheduler, len(submissions)) as (executor, count):
        return run_batch(submissions, skipped, settings, inputs, executor, progress, count)


def read(paths: Sequence[Path], *, workers: int | None = None) -> Stack:
    """Return the enriched tables of all submissions under the paths, with places; no rule is run."""
    from checks.contracts import hold
    from checks.enrich import enriched
    from etl.chunk import read_chunk
    from etl.stack import stack

    submissions, _ = _found(paths)
    with _executor(workers, len(submissions)) as executor:
        stacked = stack(read_chunk(submissions, executor))
    hold(stacked.tables)
    return replace(stacked, tables=enriched(stacked.tables))


def produce(
    paths: Sequence[Path],
    output: Path,
    *,
    roster: Path | None = None,
    last_year: Path | None = None,
    approved: Path | None = None,
    actuals: Path | None = None,
    year: int | None = None,
    config: Path | None = None,
    workers: int | None = None,
    scheduler: str | None = None,
    lang: str = "zh",
    verify: bool = False,
    quiet: bool = False,
    previous: Path | None = None,
    letters: bool = False,
    exclude: Sequence[str] = (),
    fresh: bool = False,
) -> Run:
    """Check the paths and write everything into `output`; returns the batch and what was written.

    Writes `returns/` (same relative paths), `citywide.xlsx`, `findings.csv`, `findings.json`,
    `report.html`, `rounds.sqlite` and `data/`. `previous`: the folder the last round was written into.
    `letters`: writes `letters/` too, a 退回说明 an agency. `exclude`: agencies left out of the city's sums.
    Files that did not change since the last run into `output` are not read again, unless `fresh`.
    `scheduler`: as in `checked`.
    """
    from etl.aside import aside_in
    from etl.kept_store import kept_in
    from etl.log import logged
    from etl.progress import Count, said_when_interrupted, shown_progress
    from etl.rounds_store import previous_records

    found, skipped = _found(paths)
    submissions = [replace(submission, outlined=True) for submission in found]
    refuse_overlap(submissions, output)
    _refuse_same(previous, output)
    settings = _settings(paths, year, config)
    _refuse_within(submissions, last_year)
    inputs = read_inputs(roster, last_year, approved, actuals, workers)
    count = Count(len(submissions))
    with ExitStack() as until_done:
        executor, hands = until_done.enter_context(_hands(workers, scheduler, len(submissions)))
        before = previous_records(previous, executor) if previous else None
        make_folder(output)
        until_done.enter_context(held(output))
        until_done.enter_context(logged(output, len(submissions)))
        until_done.enter_context(said_when_interrupted(count))
        scratch = Path(until_done.enter_context(tempfile.TemporaryDirectory()))
        aside = until_done.enter_context(aside_in(scratch))
        with kept_in(output, fresh) as kept, shown_progress(count, quiet) as progress:
            batch = run_batch(submissions, skipped, settings, inputs, executor, progress, hands, kept, aside)

        # What writes is loaded once the workers have read: they would have started later for it.
        from etl.citywide import Options, explained
        from etl.html_report import drawings, write_report
        from etl.letters import write_letters
        from etl.next_round import first_round, next_round, standing
        from etl.returns import begin_returns
        from etl.sums import MANY_FILES, begin_sums

        batch, rounds = next_round(batch, before) if before is not None else (first_round(batch), None)
        done = rounds.files if rounds else None
        drawn = drawings(standing(batch), scratch, aside, elsewhere=scheduler is not None)
        options = Options(settings, tuple(exclude), rounds, explained(batch))
        near = executor if scheduler is None and FEW_FILES < len(submissions) <= MANY_FILES else None
        sums = begin_sums(output, batch, inputs, lang, options, near)
        returns = begin_returns(
            batch,
            submissions,
            output / "returns",
            lang,
            executor,
            verify=verify,
            rounds=done,
            drawings=drawn,
        )
        sums()
        written = returns()
        write_report(output / "report.html", standing(batch), drawn, lang, rounds)
        if letters:
            write_letters(batch, output / "letters", done, executor)
    return Run(batch, written, rounds, kept.files)


def _refuse_same(previous: Path | None, output: Path) -> None:
    """Raise `Refusal` where a round would be written over the one it is compared with."""
    if previous is not None and os.path.realpath(previous) == os.path.realpath(output):
        raise Refusal(f"上一轮的文件夹不能作输出位置 the last round's folder cannot be the output: {output}")


def _found(paths: Sequence[Path]) -> tuple[list[Submission], list[Skipped]]:
    try:
        submissions, skipped = find_submissions(paths)
    except FileNotFoundError as error:
        raise Refusal(f"没有这个文件或文件夹 no such file or folder: {error}") from error
    if not submissions:
        raise Refusal(f"没有找到可检查的文件 no file to check was found{_passed_over(skipped)}")
    return submissions, skipped


def _passed_over(skipped: Sequence[Skipped]) -> str:
    """Return why there is none: the first few files that were passed over with their reasons."""
    told = "; ".join(f"{printable(s.relative)}: {s.reason} {s.reason_en}" for s in skipped[:MOST_TOLD])
    more = len(skipped) - MOST_TOLD
    return f" ({told}{f'; +{more}' if more > 0 else ''})" if skipped else ""


def refuse_overlap(submissions: Sequence[Submission], output: Path) -> None:
    """Raise `Refusal` where writing into `output` could overwrite a submission."""
    if output.exists() and not output.is_dir():
        raise Refusal(f"输出位置是一个文件 the output is a file: {output}")
    returns = os.path.realpath(output / "returns")
    for submission in submissions:
        if os.path.realpath(submission.path).startswith(returns + os.sep):
            raise Refusal(f"输出会覆盖输入文件 the output would overwrite an input: {submission.path}")


def _settings(paths: Sequence[Path], year: int | None, config: Path | None) -> Settings:
    from etl.config import find_config, read_config

    chosen = config or find_config(paths)
    settings = read_config(chosen) if chosen else Settings()
    return replace(settings, fiscal_year=year) if year else settings


def _refuse_within(submissions: Sequence[Submission], last_year: Path | None) -> None:
    """Raise `Refusal` where last year's forms would be checked as this year's too."""
    if last_year is None:
        return
    folder = os.path.realpath(last_year)
    for submission in submissions:
        path = os.path.realpath(submission.path)
        if path == folder or path.startswith(folder + os.sep):
            raise Refusal(
                f"上年报表也在被检查的路径之内 last year's forms are among the paths to check: {submission.path}"
            )


@contextmanager
def _hands(workers: int | None, scheduler: str | None, files: int) -> Iterator[tuple[Executor, int]]:
    """Give who does the work and how many they are: processes of ours, or a scheduler's workers."""
    if scheduler is None:
        with _executor(workers, files) as executor:
            yield executor, _workers(workers)
        return
    from etl.scheduler import connected

    with connected(scheduler) as elsewhere:
        yield elsewhere, elsewhere.workers


def _workers(workers: int | None) -> int:
    return workers or os.cpu_count() or 1


@contextmanager
def _executor(workers: int | None, files: int) -> Iterator[Executor]:
    """Give a pool of processes; what a file does to its reader it never does to this process."""
    from etl.pool import Pool, collect_seldom

    collect_seldom()
    with Pool(1 if files <= FEW_FILES else _workers(workers)) as pool:
        yield pool
