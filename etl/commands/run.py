"""Does a whole run: finds the files, checks them, and writes returns, the citywide workbook and findings.

Nothing is written before everything that can be refused has been: missing paths, no submission at
all, an output folder that lies over an input.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from etl.batch.model import Batch
from etl.batch.read import _found, _hands, _refuse_within, _settings, read_inputs
from etl.batch.whole import FEW_FILES, run_batch
from etl.intake.submissions import Submission
from etl.safe.refusal import Refusal
from etl.safe.whole_file import held, make_folder

if TYPE_CHECKING:
    from etl.returns.write import Written
    from etl.rounds.compare import Rounds


@dataclass(frozen=True, slots=True)
class Run:
    """A run that was done: the batch, the return of each file by its relative path, the comparison if any.

    `unchanged`: how many of the files were not read, because they were as an earlier run had read them.
    """

    batch: Batch
    returns: Mapping[str, Written]
    rounds: Rounds | None = None
    unchanged: int = 0


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
    from etl.batch.cache import kept_in
    from etl.commands.log import logged
    from etl.commands.progress import Count, said_when_interrupted, shown_progress
    from etl.frames.spill import aside_in
    from etl.rounds.store import previous_records

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
        from etl.commands.sums import MANY_FILES, begin_sums
        from etl.report.drawing import drawings
        from etl.report.page import write_report
        from etl.returns.letters import write_letters
        from etl.returns.write import begin_returns
        from etl.rounds.compare import first_round, next_round, standing

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


def refuse_overlap(submissions: Sequence[Submission], output: Path) -> None:
    """Raise `Refusal` where writing into `output` could overwrite a submission."""
    if output.exists() and not output.is_dir():
        raise Refusal(f"输出位置是一个文件 the output is a file: {output}")
    returns = os.path.realpath(output / "returns")
    for submission in submissions:
        if os.path.realpath(submission.path).startswith(returns + os.sep):
            raise Refusal(f"输出会覆盖输入文件 the output would overwrite an input: {submission.path}")
