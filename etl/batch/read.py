"""Finds the submissions and inputs of a run and has them read and checked; nothing is written."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from checks.given.inputs import Inputs
from checks.settings import Settings
from etl.batch.chunk import Watching, read_chunk
from etl.batch.model import Batch
from etl.batch.request import Request
from etl.batch.whole import FEW_FILES, run_batch
from etl.form.profiles import Texts, catalogue
from etl.frames.build import Stack
from etl.intake.inputs import read_actuals, read_approved
from etl.intake.submissions import Skipped, Submission, find_submissions
from etl.safe.file_names import printable
from etl.safe.refusal import Refusal

if TYPE_CHECKING:
    from checks.frames.tables import Tables

MOST_TOLD = 3
"""Files passed over that are named where nothing else was found."""


def read_inputs(request: Request, forms: Texts = ()) -> Inputs:
    """Return the inputs that are given; raises `Refusal` for one that cannot be used.

    `forms`: the bureau's own form profiles, with which last year's forms are read too.
    """
    from etl.intake.roster import read_roster

    last_year = read_last_year(request.last_year, request.workers, forms) if request.last_year else None
    return Inputs(
        roster=read_roster(request.roster) if request.roster else None,
        last_year=last_year,
        approved=read_approved(request.approved) if request.approved else None,
        actuals=read_actuals(request.actuals) if request.actuals else None,
    )


def read_last_year(path: Path, workers: int | None = None, forms: Texts = ()) -> Tables:
    """Return the tables of all forms under a folder; raises `Refusal` where there is not one."""
    try:
        tables = read([path], workers=workers, forms=forms).tables
    except Refusal as refusal:
        raise Refusal(f"上年报表 last year's forms: {refusal}") from refusal
    if tables.forms.empty:
        raise Refusal(f"上年报表中没有读出绩效目标表 no form was found among last year's: {path}")
    return tables


def checked(request: Request, settings: Settings | None = None, watch: Watching | None = None) -> Batch:
    """Return the checked batch of all submissions under the paths, by settings already read or those it finds; writes nothing.

    Raises `Refusal` for paths that do not exist, for no submission at all, for a bad input or config, and for a
    scheduler that does not answer.
    """
    submissions, skipped = found(request.paths)
    settings = settings or settings_of(request)
    refuse_within(submissions, request.last_year)
    inputs = read_inputs(request, settings.forms)
    if watch:
        watch.begin("reading", len(submissions))
    with hands(request, len(submissions)) as (executor, count):
        progress = watch.file if watch else None
        return run_batch(submissions, skipped, settings, inputs, executor, progress, count)


def read(paths: Sequence[Path], *, workers: int | None = None, forms: Texts = ()) -> Stack:
    """Return the enriched tables of all submissions under the paths, with places; no rule is run."""
    from checks.enrich import enriched
    from checks.frames.contracts import hold
    from etl.frames.build import stack

    submissions, _ = found(paths)
    with _pool(workers, len(submissions)) as executor:
        stacked = stack(read_chunk(submissions, executor, forms), known=catalogue(forms))
    hold(stacked.tables)
    return replace(stacked, tables=enriched(stacked.tables))


def found(paths: Sequence[Path]) -> tuple[list[Submission], list[Skipped]]:
    """Return the submissions under the paths and what was passed over; raises `Refusal` where there is none."""
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


def settings_of(request: Request) -> Settings:
    """Return the settings of a run; raises `Refusal` for a file that cannot be used."""
    from etl.intake.config import find_config, read_config

    chosen = request.config or find_config(
        request.paths, (request.roster, request.output if request.output.name else None)
    )
    settings = read_config(chosen) if chosen else Settings()
    return replace(settings, fiscal_year=request.year) if request.year else settings


def refuse_within(submissions: Sequence[Submission], last_year: Path | None) -> None:
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
def hands(request: Request, files: int) -> Iterator[tuple[Executor, int]]:
    """Give who does the work and how many they are: processes of ours, or a scheduler's workers."""
    if request.scheduler is None:
        with _pool(request.workers, files) as executor:
            yield executor, _workers(request.workers)
        return
    from etl.workers.scheduler import connected

    with connected(request.scheduler) as elsewhere:
        yield elsewhere, elsewhere.workers


def _workers(workers: int | None) -> int:
    return workers or os.cpu_count() or 1


@contextmanager
def _pool(workers: int | None, files: int) -> Iterator[Executor]:
    """Give a pool of processes; what a file does to its reader it never does to this process."""
    from etl.workers.limits import collect_seldom
    from etl.workers.pool import Pool

    collect_seldom()
    with Pool(1 if files <= FEW_FILES else _workers(workers)) as pool:
        yield pool
