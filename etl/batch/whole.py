"""Drives a batch: files are read and checked in chunks, on any executor, and put together again.

Two passes. In the first, each chunk of files is read, stacked, held to its contracts and checked by
the rules that look at one form. Then the rules that look across forms see all of them at once. The
result does not depend on the number of workers or the size of the chunks.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, Any

from checks.finding import Finding, NotRun, Tally
from checks.frames.tables import Tables
from checks.settings import Settings
from etl.batch.across_forms import check_across
from etl.batch.chunk import (
    Checked,
    Progress,
    check_chunk,
    check_readings,
    crashed,
    for_one_form,
    get_ready,
    in_chunks,
    read_apart,
    read_in_time,
    tell,
)
from etl.batch.model import Batch
from etl.form.places import sheets_of
from etl.frames.build import Stack
from etl.frames.columns import rows_of
from etl.frames.joined import Begins, Joining, add, begins, joined, moved
from etl.frames.located import Located, locate
from etl.frames.spill import Aside, Extent, laid, lifted, own_aside, put_aside
from etl.frames.spilled import set_aside
from etl.intake.file_reading import FileReading
from etl.intake.submissions import Skipped, Submission
from etl.safe.pack import pack, unpack
from etl.workers.arrival import arriving

if TYPE_CHECKING:
    from etl.batch.cache import Kept

FEW_FILES = 24
"""Up to this many files workers only read: the rules take less time here than workers take to import pandas."""

_OF_DEFAULTS = ("common", "half_raw", "full_raw")
"""What of an indicator tells a value that came with the template; rows of all columns are much of a city."""


def run_batch(
    submissions: Sequence[Submission],
    skipped: Sequence[Skipped],
    settings: Settings,
    inputs: Mapping[str, Any],
    executor: Executor | None = None,
    progress: Progress | None = None,
    workers: int = 1,
    kept: Kept | None = None,
    aside: Aside | None = None,
) -> Batch:
    """Return the checked batch; `progress` is called with each file's path once it is done.

    `workers`: how many of the executor's workers there are to share the files among. With `kept` (see
    `etl.batch.cache`) only what changed since is read, and what is read is kept. What the batch holds of tables, places
    and findings lies in `aside`, or in a file of its own; where one is given, the outlines of the files lie there too.
    """
    few = executor is not None and len(submissions) <= FEW_FILES
    chunks = [submissions] if few else in_chunks(submissions, workers)
    of_one_form = for_one_form(inputs, settings)
    if kept is None:
        arrived = _checked(chunks, settings, of_one_form, executor, progress, few)
    else:
        from etl.batch.resume import kept_and_new

        arrived = kept_and_new(chunks, settings, of_one_form, executor, progress, few, kept)
    if aside is not None:
        arrived = _without_outlines(arrived, aside)
    return _put_together(arrived, skipped, settings, inputs, aside or own_aside())


def _without_outlines(arrived: Iterable[tuple[int, Checked]], aside: Aside) -> Iterator[tuple[int, Checked]]:
    for number, chunk in arrived:
        for file in chunk.stack.files:
            put_aside(aside, file.path, file.outline)
        files = tuple(replace(file, outline=b"") for file in chunk.stack.files)
        yield number, replace(chunk, stack=replace(chunk.stack, files=files))


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
    for number, made in [(0, None)] if few else arriving(enumerate(chunks), work, executor, get_ready):
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


def put_together(
    checked: Sequence[Checked], skipped: Sequence[Skipped], settings: Settings, inputs: Mapping[str, Any]
) -> Batch:
    """Return the chunks as one batch: what the template pre-filled said once, the rules across forms added."""
    return _put_together(enumerate(checked), skipped, settings, inputs, own_aside())


@dataclass(frozen=True, slots=True)
class _Said:
    """What was said of a chunk: its findings and what was not run lie aside."""

    located: Extent
    not_run: Extent
    tallies: tuple[Tally, ...]
    timings: Mapping[str, float]


def _put_together(
    arrived: Iterable[tuple[int, Checked]],
    skipped: Sequence[Skipped],
    settings: Settings,
    inputs: Mapping[str, Any],
    aside: Aside,
) -> Batch:
    from etl.frames.build import plain_text

    joining = Joining(aside)
    said = _all_said(arrived, joining)
    plain_text()
    whole = joined(joining)
    rank = {form: number for number, form in enumerate(whole.tables.forms["id"].tolist())}
    across = check_across(whole.tables, settings, inputs, aside)
    located = set_aside(aside, _standing(_told(said, joining, whole, rank), whole, across.findings, settings))
    not_run = set_aside(aside, chain(_not_run(said, aside, rank), across.not_run))
    return Batch(
        whole,
        located,
        not_run,
        add_up([*(tally for each in said.values() for tally in each.tallies), *across.tallies]),
        tuple(skipped),
        _times(each.timings for each in said.values()),
    )


def _all_said(arrived: Iterable[tuple[int, Checked]], joining: Joining) -> dict[int, _Said]:
    """Return what was said of each chunk in order of their numbers; all of the chunks is put aside."""
    said = {}
    for number, chunk in arrived:
        add(joining, number, chunk.stack)
        found, not_run = (laid(joining.aside, pack(values)) for values in (chunk.located, chunk.not_run))
        said[number] = _Said(found, not_run, chunk.tallies, chunk.timings)
    return dict(sorted(said.items()))


_Told = tuple[Sequence[Located], Tables]
"""What was found in some forms, with the tables its spots lie in."""


def _standing(
    told: Iterable[_Told], whole: Stack, across: Iterator[Finding], settings: Settings
) -> Iterator[Located]:
    """Yield what was found in single forms and stands, then what was found across them or is said once of all."""
    from checks.telling.pre_filled import pre_filled, said_once, shared_pairs

    shared = shared_pairs(whole.tables, settings)
    dropped: dict[Any, bool] = {}
    for entries, tables in told:
        gone = pre_filled(((entry.finding, tables) for entry in entries), shared)
        for entry, goes in zip(entries, gone, strict=True):
            dropped |= goes
            if not goes:
                yield entry
    yield from locate(whole, chain(across, said_once(dropped, shared)))


def _told(
    said: Mapping[int, _Said], joining: Joining, whole: Stack, rank: Mapping[str, int]
) -> Iterator[_Told]:
    """Yield what was found in the forms of each chunk, with the rows it is of, then in files without a form."""
    formless: list[Located] = []
    for number, first in begins(joining).items():
        found = [_moved(entry, first) for entry in unpack(lifted(joining.aside, said[number].located))]
        found.sort(key=lambda entry: _rank(rank, entry.finding))
        rows = first["indicators"], first["indicators"] + joining.parts[number].pieces["indicators"].rows
        some = rows_of(whole.tables.indicators, *rows, _OF_DEFAULTS)
        yield [e for e in found if e.finding.form in rank], replace(whole.tables, indicators=some)
        formless += [entry for entry in found if entry.finding.form not in rank]
    yield sorted(formless, key=lambda entry: _rank(rank, entry.finding)), whole.tables


def _not_run(said: Mapping[int, _Said], aside: Aside, rank: Mapping[str, int]) -> Iterator[NotRun]:
    """Yield what was not run by form."""
    for each in said.values():
        entries = unpack(lifted(aside, each.not_run))
        yield from sorted(entries, key=lambda n: (rank.get(n.form, len(rank)), n.code))


def _moved(entry: Located, first: Begins) -> Located:
    """Return what was found in a chunk with spots that lie in the tables of the batch."""
    return replace(entry, finding=replace(entry.finding, spots=moved(entry.finding.spots, first)))


def _times(timings: Iterable[Mapping[str, float]]) -> dict[str, float]:
    sums: dict[str, float] = {}
    for times in timings:
        for code, seconds in times.items():
            sums[code] = sums.get(code, 0.0) + seconds
    return sums


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
        names = [file.sheet_names[sheet] for sheet in sheets_of(batch.stack.located[number])]
        found[file.path] = tuple(dict.fromkeys((*found.get(file.path, ()), *names)))
    return found
