"""Writes the returns: each department's own file, marked, under the same relative path, and its section of the report.

Whatever goes wrong with one of them is that file's result: the section is drawn first, without a picture if it must
be, and a return that is not written says why.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from checks.rule import RULES
from etl.batch.model import Batch
from etl.frames.located import Located
from etl.intake.submissions import Submission
from etl.marked.lines import Stray
from etl.returns.heads import Letterhead, letterheads
from etl.returns.remarks import FIRST_ROUND, says_converted
from etl.rounds.records import FileRound
from etl.safe.file_names import return_path
from etl.safe.unreadable import Unreadable
from etl.safe.whole_file import write_whole
from etl.store.read import content_digests
from etl.workers.attempt import Failed, attempt
from etl.workers.program import fingerprint, rule_set

if TYPE_CHECKING:
    from etl.batch.chunk import Watching
    from etl.package.parts import Package
    from etl.report.drawing import Sections
    from etl.store.outputs import Outputs
    from etl.validation.fault import Fault

_WRITERS = (
    "etl.marked.annotate",
    "etl.report.section",
    "etl.returns.remarks",
    "etl.returns.verify",
    "etl.validation.package",
)
TOGETHER = 16
"""Returns a worker writes at a time."""


@dataclass(frozen=True, slots=True)
class ReturnJob:
    """One return to write, and its section of the report to draw; plain data that crosses processes.

    `was_converted`: the file is a return of ours whose original could not be patched. `strays`: what came back on its page
    beside the line of any finding. `number`: its section's on the report page, 0 where it is not drawn; `outline`: what its
    sheets show, packed. `writes`, `draws`: what of both is to be done.
    """

    submission: Submission
    target: Path
    located: tuple[Located, ...]
    heads: tuple[Letterhead, ...]
    lang: str
    verify: bool
    done: FileRound = FIRST_ROUND
    was_converted: bool = False
    strays: tuple[Stray, ...] = ()
    number: int = 0
    outline: bytes = b""
    writes: bool = True
    draws: bool = False

    @property
    def agencies(self) -> str:
        """Return whose file it is."""
        return "、".join(dict.fromkeys(head.agency for head in self.heads))


@dataclass(frozen=True, slots=True)
class Written:
    """A return that was written; `verified` counts the cells compared, -1 if openpyxl cannot open the original.

    `lost` and `lost_en`: why it was not written after all: the file changed, its reader died, it is not its original plus
    marks, the program failed. `section`: its section of the report, packed, where it was drawn.
    """

    path: Path
    verified: int | None = None
    lost: str = ""
    lost_en: str = ""
    section: bytes | None = None


def begin_returns(
    batch: Batch,
    submissions: Sequence[Submission],
    folder: Path,
    lang: str,
    executor: Executor,
    *,
    verify: bool = False,
    rounds: Mapping[str, FileRound] | None = None,
    sections: Sections | None = None,
    outputs: Outputs | None = None,
    watch: Watching | None = None,
) -> Callable[[], Mapping[str, Written]]:
    """Begin to write a return for every file with a form in it; give a function that waits for them.

    What is given returns what was written, by relative path. `rounds` holds each file's round by its path;
    without it all are first rounds. `sections`: those of the report page, which are drawn on the way and kept there. `outputs`:
    those of earlier runs. A return or section that would be the same as it stands is not made again. `watch` is told of each that is waited for.
    """
    from etl.workers.pool import each

    known: dict[str, Written] = {}
    begun: list[tuple[ReturnJob, str, str]] = []
    content = content_digests(outputs.store) if outputs else {}

    def wanted() -> Iterator[ReturnJob]:
        for job in return_jobs(batch, submissions, folder, lang, verify, rounds or {}):
            path = job.submission.relative
            job = replace(job, number=sections.numbers.get(path, 0) if sections else 0)
            own, drawn = _made_from(job, content.get(path, ""))
            standing = outputs.standing(job.target, own) if outputs and content.get(path) else None
            draws = sections is not None and job.number > 0 and sections.made_from.get(path) != drawn
            if standing is not None:
                known[path] = Written(job.target, standing.verified)
            if standing is None or draws:
                begun.append((replace(job, located=(), writes=standing is None, draws=draws), own, drawn))
                outline = sections.outline(path) if sections and draws else b""
                yield replace(job, writes=standing is None, draws=draws, outline=outline)

    results = each(executor, write_return, wanted(), TOGETHER)

    def wait() -> Mapping[str, Written]:
        if watch:
            watch.begin("returns", len(_returned(batch, submissions)))
        for (job, own, drawn), result in zip(begun, results, strict=True):
            written = Written(job.target, None, *result.said) if isinstance(result, Failed) else result
            if job.draws and sections is not None:
                sections.keep(job.submission.relative, drawn, written.section)
            if job.writes:
                known[job.submission.relative] = replace(written, section=None)
                if outputs is not None and not written.lost:
                    outputs.note(job.target, own, written.verified)
            if watch:
                watch.file(job.submission.relative)
        return {s.relative: known[s.relative] for s in _returned(batch, submissions)}

    return wait


def _made_from(job: ReturnJob, content: str) -> tuple[str, str]:
    """Return digests of all that a return and a section are made from."""
    found = [
        (
            e.key,
            e.state,
            e.explanation,
            e.review,
            replace(e.finding, spots=()),
            [(c.sheet, c.row, c.column) for c in e.cells],
        )
        for e in job.located
    ]  # without the numbers of rows, which other files move
    same = repr((fingerprint(), content, job.submission.relative, found, job.heads, job.lang))
    own = (job.verify, job.done, job.was_converted, job.strays), job.number
    first, second = (
        hashlib.sha256(f"{same}{one!r}".encode("utf-8", "surrogatepass")).hexdigest() for one in own
    )
    return first, second


def _returned(batch: Batch, submissions: Sequence[Submission]) -> list[Submission]:
    checked = {file.path for file in batch.files if file.status == "checked"}
    return [submission for submission in submissions if submission.relative in checked]


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
    """Draw a file's section, mark it and write it; runs in a worker, which ends where that takes too long."""
    from etl.workers import limits

    _get_ready(job)
    with limits.clock(limits.SECONDS_A_RETURN):
        section = _drawn(job) if job.draws else None
        written = attempt(_marked, job) if job.writes else Written(job.target)
    if isinstance(written, Failed):
        written = Written(job.target, None, *written.said)
    return replace(written, section=section)


def _get_ready(job: ReturnJob) -> None:
    """Load what this takes before the clock starts: on a slow machine loading takes longer than a return may."""
    from etl.intake.read import get_ready
    from etl.report.templating import template

    get_ready(job.submission.relative)
    for module in (*_WRITERS, *(("openpyxl",) if job.verify else ())):
        import_module(module)
    template("section.html")
    rule_set()


def _drawn(job: ReturnJob) -> bytes:
    section = attempt(_section, job)
    if isinstance(section, Failed):
        section = _section(replace(job, outline=b""))
    return zlib.compress(section.encode("utf-8"), 1)


def _section(job: ReturnJob) -> str:
    from etl.report.section import file_section
    from etl.sheets.outline import unpacked_outlines

    drawn = unpacked_outlines(job.outline) if job.outline else ()
    return file_section(job.number, job.agencies, job.submission.relative, drawn, job.located, job.lang)


def _marked(job: ReturnJob) -> Written:
    from etl.intake.read import markable, submission_bytes
    from etl.marked.annotate import annotate
    from etl.package.parts import open_package
    from etl.returns.remarks import marks, remarks_page, renamed
    from etl.returns.verify import Differs
    from etl.validation.package import added_faults

    try:
        source = markable(submission_bytes(job.submission))
        package = source.package
        page = remarks_page(
            job.located,
            job.heads,
            job.lang,
            job.done,
            signed=package.signed,
            converted=job.was_converted or source.converted,
            strays=job.strays,
        )
        given = marks(job.located, job.lang)
        if source.renamed:
            given, page = renamed(given, page, source.renamed, job.lang)
        marked = annotate(package, given, page)
        if wrong := added_faults(None if source.converted else package, open_package(marked)):
            return Written(job.target, None, *_unsound(wrong[0]))
        verified = _verified(package, marked) if job.verify else None
    except Unreadable as gone:
        return Written(job.target, None, gone.reason, gone.english)
    except Differs as differs:
        return Written(
            job.target,
            None,
            f"复核时与原文件不一致:{differs}",
            f"it is not its original plus marks: {differs}",
        )
    write_whole(job.target, marked)
    return Written(job.target, verified)


def _unsound(fault: Fault) -> tuple[str, str]:
    """Say in both languages that a return was not handed out because Excel might not open it."""
    from etl.package.container import shown_name

    where = f"{shown_name(fault.part)}: {fault.code} {shown_name(fault.detail)}".strip()
    return (
        f"原文件结构特殊，加标注后Excel可能打不开（{where}），意见见审核报告",
        f"the file is built in an unusual way, and Excel might not open it with marks ({where}); see the report",
    )


def _verified(original: Package, marked: bytes) -> int:
    """Return how many cells of a return are those of its original, which may be a return of ours itself."""
    from etl.marked.unmark import unmark
    from etl.returns.verify import compare

    if original.shares_parts:  # the other reader would read one part once for each of hundreds of tabs
        return -1
    return compare(unmark(original).container.data, marked)
