"""Does a whole run: finds the files, checks them, and writes returns, the citywide workbook and findings.

Nothing is written before everything that can be refused has been: missing paths, no submission at
all, an output folder that lies over an input.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Executor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from checks.given.whose import with_earlier, with_files
from checks.settings import Settings
from etl.batch.depends import digest_of
from etl.batch.model import Batch
from etl.batch.read import found, hands, read_inputs, refuse_within, settings_of
from etl.batch.request import Request
from etl.batch.whole import run_batch
from etl.commands.log import logged
from etl.commands.merge import BEFORE, way_back
from etl.commands.progress import Watch, said_when_interrupted, shown_progress
from etl.intake.config import ruling
from etl.intake.submissions import Skipped, Submission
from etl.safe.clean import clean
from etl.safe.refusal import Refusal
from etl.safe.say import say
from etl.safe.whole_file import held, make_folder, sweep
from etl.store.database import Store, store_in
from etl.store.ledger import read_ledger
from etl.store.outputs import outputs_of
from etl.workers.attempt import Failed
from etl.workers.program import fingerprint

if TYPE_CHECKING:
    import pandas as pd

    from etl.batch.recipients import Recipient
    from etl.returns.write import Written
    from etl.rounds.compare import Rounds
    from etl.rounds.records import FormRecord


@dataclass(frozen=True, slots=True)
class Run:
    """A run that was done: the batch, the return of each file by its relative path, the comparison if any.

    `unchanged`: how many of the files were not read, because they were as an earlier run had read them. `lost`: letters that
    could not be written. `everyone`: all agencies with what they handed in. `letters`: what
    was written to them. `settings`, `exclude`: those of the run.
    """

    batch: Batch
    returns: Mapping[str, Written]
    rounds: Rounds | None = None
    unchanged: int = 0
    lost: Mapping[Path, Failed] = field(default_factory=dict)
    everyone: Sequence[Recipient] = ()
    letters: Mapping[str, Path] = field(default_factory=dict)
    settings: Settings = field(default_factory=Settings)
    exclude: tuple[str, ...] = ()


def produce(request: Request) -> Run:
    """Check the paths and write everything into the output folder; returns the batch and what was written.

    Writes `returns/` (same relative paths), `citywide.xlsx`, `findings.csv`, `findings.json`, `report.html`, `data/`, with
    `letters` also `letters/`, and keeps all it knows in `jixiao.sqlite`: files that did not change since the last run are
    not read again, and outputs that would be the same are not written again.
    """
    submissions, skipped = found(request.paths)
    submissions = [replace(submission, outlined=True) for submission in submissions]
    refuse_overlap(submissions, request.output, request.paths)
    _refuse_same(request.previous, request.output)
    settings = settings_of(request)
    ruled = ruling(settings, request.lang)
    if not request.quiet:
        say(clean(ruled))
    refuse_within(submissions, request.last_year)
    inputs = read_inputs(request, settings.forms)
    template = _letter_template(request)
    with _at_work(request, len(submissions), ruled) as (executor, workers, store, watch, before):
        inputs = replace(inputs, roster=_who_came(inputs.roster, skipped, before))
        batch = run_batch(submissions, skipped, settings, inputs, executor, watch.file, workers, store)

        # What writes is loaded once the workers have read: they would have started later for it.
        from etl.citywide import Options, explained
        from etl.commands.log import log_lost
        from etl.commands.sums import write_sums
        from etl.report.drawing import sections_of
        from etl.report.page import Beside, write_report
        from etl.returns.post import write_post
        from etl.returns.write import begin_returns
        from etl.rounds.compare import compared, ended, standing

        reviews = read_ledger(request.output).reviews
        batch, rounds = compared(batch, before, store, reviews)
        done = rounds.files if rounds else None
        outputs, sections = outputs_of(store, request.output), sections_of(store, standing(batch))
        state = digest_of(
            fingerprint(), store.value("across"), request.lang, request.exclude, skipped, rounds, ruled,
            *([sorted(reviews.items()), ended(batch)] if reviews else []),
        )  # fmt: skip
        returns = begin_returns(
            batch,
            submissions,
            request.output / "returns",
            request.lang,
            executor,
            verify=request.verify,
            rounds=done,
            sections=sections,
            outputs=outputs,
            watch=watch,
        )
        watch.begin("sums")
        store.note(BEFORE, way_back(request.output, request.previous) if request.previous else "")
        options = Options(settings, request.exclude, rounds, explained(batch))
        write_sums(request, batch, inputs, options, outputs, state, store)
        written = returns()
        if request.letters:
            watch.begin("letters")
        post = write_post(request, batch, inputs.roster, done, executor, outputs, template)
        beside = Beside(
            post.everyone,
            {path: _relative(one.path, request) for path, one in written.items() if not one.lost},
            {whose: _relative(path, request) for whose, path in post.letters.items()},
            "citywide.xlsx",
            ruled,
        )
        watch.begin("report")
        report, own = request.output / "report.html", digest_of(state, sections.made_from, beside)
        if outputs.standing(report, own) is None:
            texts = sections.texts(request.lang)
            write_report(report, standing(batch), sections.numbers, texts, request.lang, rounds, beside)
            outputs.note(report, own)
        outputs.keep()
        log_lost(request.output, _lost(batch, written, post.lost))
        store.note("lang", request.lang)
        store.note("exclude", json.dumps(request.exclude, ensure_ascii=False))
    return Run(
        batch,
        written,
        rounds,
        batch.unchanged,
        post.lost,
        post.everyone,
        post.letters,
        settings,
        request.exclude,
    )


def _who_came(
    roster: pd.DataFrame | None, skipped: Sequence[Skipped], before: Sequence[FormRecord] | None
) -> pd.DataFrame | None:
    """Return the roster with who handed in otherwise: in an earlier round, as a file that was passed over."""
    if roster is None:
        return None
    if before is not None:
        roster = with_earlier(roster, ((record.agency, record.path, record.number) for record in before))
    return with_files(roster, [each.relative for each in skipped])


def _relative(path: Path, request: Request) -> str:
    """Return where an output lies as the report page refers to it."""
    return path.relative_to(request.output).as_posix()


def _letter_template(request: Request) -> bytes:
    """Return the bureau's own template of letters, refused before anything is read where it does not do."""
    if request.letter_template is None:
        return b""
    from etl.returns.post import letter_template_of

    return letter_template_of(request)


def _lost(
    batch: Batch, returns: Mapping[str, Written], letters: Mapping[Path, Failed]
) -> Iterator[tuple[str, str]]:
    """Yield what was not read, returned or written as it should have been, and why."""
    yield from ((file.path, file.reason_en) for file in batch.files if file.lost)
    yield from ((path, one.lost_en) for path, one in returns.items() if one.lost)
    yield from ((path.name, failed.en) for path, failed in letters.items())


@contextmanager
def _at_work(
    request: Request, files: int, ruled: str
) -> Iterator[tuple[Executor, int, Store, Watch, Sequence[FormRecord] | None]]:
    """Give who does the work and how many they are, the store, what shows progress, and what the last round left.

    The output folder is held meanwhile, and the log says how it ends.
    """
    from etl.rounds.earlier import previous_records

    with ExitStack() as until_done:
        executor, workers = until_done.enter_context(hands(request, files))
        before = previous_records(request.previous, executor) if request.previous else None
        make_folder(request.output)
        until_done.enter_context(held(request.output))
        sweep(request.output)
        until_done.enter_context(logged(request.output, files, ruled))
        watch = until_done.enter_context(shown_progress(request.progress, request.quiet, request.lang))
        until_done.enter_context(said_when_interrupted(watch))
        store = until_done.enter_context(store_in(request.output, request.fresh))
        watch.begin("reading", files)
        yield executor, workers, store, watch, before


def _refuse_same(previous: Path | None, output: Path) -> None:
    """Raise `Refusal` where a round would be written over the one it is compared with."""
    if previous is not None and os.path.realpath(previous) == os.path.realpath(output):
        raise Refusal(f"上一轮的文件夹不能作输出位置 the last round's folder cannot be the output: {output}")


def refuse_overlap(submissions: Sequence[Submission], output: Path, paths: Sequence[Path] = ()) -> None:
    """Raise `Refusal` where writing into `output` could overwrite a submission, or would be read as one the next time.

    `paths`: the files and folders that were named.
    """
    if output.exists() and not output.is_dir():
        raise Refusal(f"输出位置是一个文件 the output is a file: {output}")
    target = os.path.realpath(output)
    for path in paths:
        folder = os.path.realpath(path)
        if path.is_dir() and (target == folder or target.startswith(folder + os.sep)):
            raise Refusal(
                f"输出位置在输入文件夹之内，下一次会把退回文件当作报送文件 the output lies inside an input folder: {output}"
            )
    returns = os.path.realpath(output / "returns")
    for submission in submissions:
        if os.path.realpath(submission.path).startswith(returns + os.sep):
            raise Refusal(f"输出会覆盖输入文件 the output would overwrite an input: {submission.path}")
