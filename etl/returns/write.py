"""Writes the returns: each department's own file, marked, under the same relative path."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from pathlib import Path

from checks.rule import RULES
from etl.batch.model import Batch
from etl.frames.located import Located
from etl.frames.spill import Lying, fetched
from etl.intake.submissions import Submission
from etl.marked.lines import Stray
from etl.report.drawing import Drawing
from etl.returns.remarks import FIRST_ROUND, Letterhead, letterheads, says_converted
from etl.rounds.records import FileRound
from etl.safe.file_names import return_path
from etl.safe.unreadable import Unreadable
from etl.safe.whole_file import write_scratch, write_whole

TOGETHER = 16
"""Returns a worker writes at a time."""


@dataclass(frozen=True, slots=True)
class ReturnJob:
    """One return to write; plain data that crosses processes.

    `was_converted`: the file is a return of ours whose original could not be patched. `strays`: what came back
    on its page beside the line of any finding.
    """

    submission: Submission
    target: Path
    located: tuple[Located, ...]
    heads: tuple[Letterhead, ...]
    lang: str
    verify: bool
    done: FileRound = FIRST_ROUND
    was_converted: bool = False
    drawing: Drawing | None = None
    strays: tuple[Stray, ...] = ()


@dataclass(frozen=True, slots=True)
class Written:
    """A return that was written; `verified` counts the cells compared, -1 if openpyxl cannot open the original.

    `lost` and `lost_en`: why it was not written after all, where the file changed or its reader died meanwhile.
    """

    path: Path
    verified: int | None = None
    lost: str = ""
    lost_en: str = ""


def begin_returns(
    batch: Batch,
    submissions: Sequence[Submission],
    folder: Path,
    lang: str,
    executor: Executor | None,
    *,
    verify: bool = False,
    rounds: Mapping[str, FileRound] | None = None,
    drawings: Mapping[str, Drawing] | None = None,
) -> Callable[[], Mapping[str, Written]]:
    """Begin to write a return for every file with a form in it; give a function that waits for them.

    What is given returns what was written, by relative path. `rounds` holds each file's round by its path;
    without it all are first rounds. `drawings`: the files that are drawn for the report page on the way.
    Without an executor everything is written when it is waited for.

    What is given raises `etl.returns.verify.Differs` where `verify` finds a return that is not its original plus marks.
    """
    paths = [submission.relative for submission in _returned(batch, submissions)]
    jobs = (
        replace(job, drawing=(drawings or {}).get(job.submission.relative))
        for job in return_jobs(batch, submissions, folder, lang, verify, rounds or {})
    )
    results = _results(jobs, executor)
    return lambda: {
        path: written or _not_written(return_path(folder, path))
        for path, written in zip(paths, results, strict=True)
    }


def _returned(batch: Batch, submissions: Sequence[Submission]) -> list[Submission]:
    checked = {file.path for file in batch.files if file.status == "checked"}
    return [submission for submission in submissions if submission.relative in checked]


def _results(jobs: Iterable[ReturnJob], executor: Executor | None) -> Iterator[Written | None]:
    """Return what is written of each job, None for one that took its worker down twice."""
    from etl.workers.pool import each

    return map(write_return, jobs) if executor is None else each(executor, write_return, jobs, TOGETHER)


def _not_written(target: Path) -> Written:
    return Written(target, None, "写出进程异常退出", "the process writing it died")


def return_jobs(
    batch: Batch,
    submissions: Sequence[Submission],
    folder: Path,
    lang: str,
    verify: bool,
    rounds: Mapping[str, FileRound],
) -> Iterator[ReturnJob]:
    """Yield what has to be written: the findings of each checked file with its heading."""
    found: dict[str, list[int]] = {}
    for position, entry in enumerate(batch.located):
        if not RULES[entry.finding.code].summary:
            found.setdefault(entry.finding.path, []).append(position)
    heads = letterheads(batch)
    converted = {file.path for file in batch.files if file.page and says_converted(file.page.heading)}
    strays = {
        file.path: tuple(s for s in file.page.strays if not s.code) for file in batch.files if file.page
    }
    for s in _returned(batch, submissions):
        yield ReturnJob(
            s,
            return_path(folder, s.relative),
            tuple(batch.located[position] for position in found.get(s.relative, ())),
            heads[s.relative],
            lang,
            verify,
            rounds.get(s.relative, FIRST_ROUND),
            s.relative in converted,
            strays=strays.get(s.relative, ()),
        )


def write_return(job: ReturnJob) -> Written:
    """Mark one file and write it; runs in a worker, which ends where that takes too long."""
    from etl.workers.limits import SECONDS_A_RETURN, clock

    with clock(SECONDS_A_RETURN):
        return _write(job)


def _write(job: ReturnJob) -> Written:
    from etl.intake.read import return_package, submission_bytes
    from etl.marked.annotate import annotate
    from etl.returns.remarks import marks, remarks_page

    try:
        data = submission_bytes(job.submission)
    except Unreadable as gone:
        return Written(job.target, None, gone.reason, gone.english)
    package = return_package(data)
    page = remarks_page(
        job.located,
        job.heads,
        job.lang,
        job.done,
        signed=package.signed,
        converted=job.was_converted or not data.startswith(b"PK"),
        strays=job.strays,
    )
    if job.drawing is not None:
        _draw(job, job.drawing)
    marked = annotate(package, marks(job.located, job.lang), page)
    verified = _verified(package.container.data, marked) if job.verify else None
    write_whole(job.target, marked)
    return Written(job.target, verified)


def _draw(job: ReturnJob, drawing: Drawing) -> None:
    from etl.report.section import file_section
    from etl.sheets.outline import unpacked

    agencies = "、".join(dict.fromkeys(head.agency for head in job.heads))
    outline = fetched(drawing.outline) if isinstance(drawing.outline, Lying) else drawing.outline
    drawn, path = unpacked(outline), job.submission.relative
    section = file_section(drawing.number, agencies, path, drawn, job.located, job.lang)
    write_scratch(drawing.part, section.encode("utf-8"))


def _verified(original: bytes, marked: bytes) -> int:
    from etl.returns.verify import compare

    return compare(original, marked)
