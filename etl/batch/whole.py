"""Checks a batch: what the store does not have is read and checked in chunks, then the rules look across all forms.

There is one way through a run. Each chunk of files is read, stacked, held to its contracts and checked by the rules that
look at one form, in a worker; what comes back is stored at once, so that a run that is ended goes on from there. Then
the rules that look across forms see all of them. The result does not depend on the number of workers, the size of
the chunks, or on what was stored before.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import replace
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any

from checks.finding import Tally
from checks.frames.columns import rows_of
from checks.given.inputs import Inputs
from checks.settings import Settings
from etl.batch.chunk import (
    CHUNK,
    Checked,
    Depends,
    Item,
    Made,
    Progress,
    check_items,
    check_stored,
    for_one_form,
    get_ready,
    in_chunks,
    made_of,
    made_one_by_one,
    of_checked,
    read_apart,
    tell,
)
from etl.batch.depends import depends_on, digest_of
from etl.batch.known import take_in
from etl.batch.model import Batch
from etl.batch.older_sheets import older_sheets_not_said
from etl.form.places import sheets_of
from etl.form.profiles import catalogue
from etl.frames.build import Stack
from etl.frames.located import locate
from etl.intake.submissions import Skipped, Submission
from etl.store.database import Store, open_own_store, writing
from etl.store.findings import findings_of, not_run_in
from etl.store.numbering import Numbering
from etl.store.read import (
    numbering_of,
    profiles_of,
    rows_of_files,
    stored_files,
    stored_skipped,
    stored_stack,
    stored_tallies,
)
from etl.store.rows import FileRows
from etl.store.schema import OF_A_FILE
from etl.store.write import (
    add_files,
    add_to_batch,
    drop_others,
    forget_answers,
    forget_batch,
    not_said,
    note_profiles,
    place_files,
    store_files,
    store_lists,
    store_year,
)
from etl.workers.arrival import arriving

FEW_FILES = 24
"""Up to this many files workers only read: the rules take less time here than workers take to import pandas."""

_OF_DEFAULTS = ("common", "half_raw", "full_raw")
"""The columns of an indicator that say whether its value came with the template; all columns are much of a city."""


def run_batch(
    submissions: Sequence[Submission],
    skipped: Sequence[Skipped],
    settings: Settings,
    inputs: Inputs,
    executor: Executor,
    progress: Progress | None = None,
    workers: int = 1,
    store: Store | None = None,
) -> Batch:
    """Return the checked batch; `progress` is called with each file's path once it is done.

    `workers`: how many of the executor's workers there are to share the files among. `store`: where everything is kept and
    what is there already is taken from; without one, in a store of its own that goes with the batch.
    """
    store = store or open_own_store()
    of_one_form = for_one_form(inputs, settings)
    depends = depends_on(settings, of_one_form)
    known = take_in(store, submissions, depends)
    tell(progress, known.done)
    note_forms(store, settings)
    judge = partial(_judge, settings=settings, inputs=of_one_form, depends=depends)
    timings: dict[str, float] = {}
    for done, made in chain(
        _new(known.unread, judge, executor, progress, workers), _again(store, known.unchecked, judge)
    ):
        store_files(store, made.files)
        tell(progress, done)  # what is told to be done is stored by then
        for code, seconds in made.timings.items():
            timings[code] = timings.get(code, 0.0) + seconds
    drop_others(store)
    batch = _whole(store, skipped, settings, inputs, timings)
    return replace(batch, unchanged=len(known.unchecked) + len(known.done))


def note_forms(store: Store, settings: Settings) -> None:
    """Note in the store what the form profiles of the run say."""
    known = catalogue(settings.forms).profiles
    note_profiles(store, {id_: profile.plain for id_, profile in known.items()})


def _judge(how: Any, *given: Any, settings: Settings, inputs: Inputs, depends: Depends) -> Made:
    """Make rows of files in one of the ways of `etl.batch.chunk`; runs in a worker."""
    made: Made = how(*given, settings, inputs, depends)
    return made


_Done = tuple[Sequence[Item], Made]


def _new(
    items: Sequence[Item], judge: Any, executor: Executor, progress: Progress | None, workers: int
) -> Iterator[_Done]:
    """Yield what is made of files that were not read before, chunk by chunk as they arrive.

    Few files, and those of a chunk whose worker died, are read one by one and checked here.
    """
    few = len(items) <= FEW_FILES
    chunks = [items] if few else in_chunks(items, workers)
    work = partial(judge, check_items)
    arrived = [(0, None)] if few else arriving(enumerate(chunks), work, executor, get_ready)
    for number, made in arrived if items else ():
        if made is not None:
            yield chunks[number], made
        else:
            read = list(read_apart(chunks[number], executor, progress))
            yield (), made_one_by_one(chunks[number], read, partial(judge, made_of))


def _again(store: Store, items: Sequence[Item], judge: Any) -> Iterator[_Done]:
    """Yield what is made of files that were read before under other settings, inputs or rules; no file is opened."""
    for start in range(0, len(items), CHUNK):
        some = items[start : start + CHUNK]
        yield some, judge(check_stored, stored_rows(store, [item.key for item in some]), profiles_of(store))


def judge_again(store: Store, settings: Settings, inputs: Inputs) -> Batch:
    """Run the rules anew over all that is stored, and return the batch; no file is opened."""
    of_one_form = for_one_form(inputs, settings)
    judge = partial(_judge, settings=settings, inputs=of_one_form, depends=depends_on(settings, of_one_form))
    items = [Item(Submission(Path(), file["path"]), file["row"]) for file in stored_files(store)]
    for _, made in _again(store, items, judge):
        store_files(store, made.files)
    return _whole(store, stored_skipped(store), settings, inputs, {})


def stored_rows(store: Store, keys: Sequence[int]) -> list[FileRows]:
    """Return what was read of some files."""
    facts = {fact["row"]: fact for fact in stored_files(store)}
    rows = rows_of_files(store, keys, [name for name in OF_A_FILE if name != "outlines"])
    return [FileRows(key, facts[key], rows[key], store.fields()) for key in keys]


def put_together(
    checked: Sequence[Checked], skipped: Sequence[Skipped], settings: Settings, inputs: Inputs
) -> Batch:
    """Return chunks as one batch: what the template pre-filled said once, the rules across forms added."""
    store = open_own_store()
    note_forms(store, settings)
    key = 0
    for chunk in checked:
        keys = range(key + 1, key + 1 + len(chunk.stack.files))
        add_files(store, [(key, file.path) for key, file in zip(keys, chunk.stack.files, strict=True)])
        store_files(store, of_checked(chunk, keys).files)
        key += len(keys)
    place_files(store, ((number, number) for number in range(1, key + 1)))
    return _whole(store, skipped, settings, inputs, {})


def _whole(
    store: Store,
    skipped: Sequence[Skipped],
    settings: Settings,
    inputs: Inputs,
    timings: Mapping[str, float],
) -> Batch:
    """Return what is stored of single forms with what the rules across forms say, which is stored too."""
    facts = store.rows(
        "SELECT path, digest, status, code, reader, judged FROM files WHERE position IS NOT NULL ORDER BY position"
    )
    across = digest_of(depends_on(settings, inputs), facts)
    store_year(store, settings.fiscal_year)
    numbers, stack = numbering_of(store), stored_stack(store)
    forget_answers(store)
    if not facts or store.value("across") != across:
        store.note("across", "")
        with writing(store):
            forget_batch(store)
            tallies = _say_across(store, numbers, stack, settings, inputs)
            store_lists(store, skipped, _tallies(store, settings, len(stack.file_of), tallies), inputs.roster)
        store.note("across", across)
    return stored_batch(store, skipped, stack, timings)


def stored_batch(
    store: Store,
    skipped: Sequence[Skipped],
    stack: Stack | None = None,
    timings: Mapping[str, float] | None = None,
) -> Batch:
    """Return the batch that is stored."""
    numbers = numbering_of(store)
    return Batch(
        stack or stored_stack(store),
        findings_of(store, numbers),
        not_run_in(store, numbers),
        stored_tallies(store),
        tuple(skipped),
        timings or {},
    )


def _say_across(
    store: Store, numbers: Numbering, stack: Stack, settings: Settings, inputs: Inputs
) -> list[Tally]:
    """Store what the rules across forms say, rule by rule, then what is said once of what the template pre-filled."""
    from checks.run import said_by_rule, settled

    older_sheets_not_said(store, numbers, stack)
    let_pass, tallies = [], []
    for said in said_by_rule(stack.tables, settings, inputs, "batch"):
        kept, passed = settled(said.findings, stack.tables, settings)
        add_to_batch(store, numbers, locate(stack, kept), said.not_run)
        let_pass += passed
        tallies.append(said.tally)
    add_to_batch(store, numbers, locate(stack, _said_once(store, numbers, stack, settings)), let_pass)
    return tallies


def _said_once(store: Store, numbers: Numbering, stack: Stack, settings: Settings) -> Iterable[Any]:
    """Take out what nearly every form has because the template came so, and return what is said for it."""
    from checks.telling.pre_filled import FOLDED, pre_filled, said_once, shared_pairs

    shared = shared_pairs(stack.tables, settings)
    if not shared.counts:
        return ()
    dropped: dict[Any, bool] = {}
    found = findings_of(store, numbers, FOLDED)
    first = numbers.first["indicators"]
    for start in range(0, len(numbers.files), CHUNK):
        stop = min(start + CHUNK, len(numbers.files))
        own = [
            n for n, key in enumerate(found.keys) if key >> 32 and start <= numbers.position[key >> 32] < stop
        ]
        rows = rows_of(stack.tables.indicators, first[start], first[stop], _OF_DEFAULTS)
        tables = replace(stack.tables, indicators=rows)
        gone = list(pre_filled(((found[n].finding, tables) for n in own), shared))
        not_said(store, [found.keys[n] for n, goes in zip(own, gone, strict=True) if goes])
        for goes in gone:
            dropped |= goes
    return said_once(dropped, shared)


def _tallies(store: Store, settings: Settings, forms: int, across: Iterable[Tally]) -> list[Tally]:
    """Return one tally a rule, in order of code: those of single forms added up, and those across forms."""
    from checks.run import active

    sums = {rule.code: [0, 0, 0] for rule in active(settings, "form")}
    for (fates,) in store.each("SELECT fates FROM files WHERE position IS NOT NULL"):
        for code, fate in json.loads(fates).items():
            sums[code] = [a + b for a, b in zip(sums[code], fate, strict=True)]
    found = [*(Tally(code, forms, *fate) for code, fate in sums.items()), *across]
    return sorted(found, key=lambda tally: tally.code)


def add_up(tallies: Iterable[Tally]) -> tuple[Tally, ...]:
    """Return one tally a rule, the sum of all that are given of it, in order of code."""
    sums: dict[str, Tally] = {}
    for tally in tallies:
        sums[tally.code] = tally.plus(sums.get(tally.code))
    return tuple(sums[code] for code in sorted(sums))


def form_sheets(batch: Batch) -> dict[str, tuple[str, ...]]:
    """Return the sheets that the forms of each file stand on."""
    found: dict[str, tuple[str, ...]] = {}
    for number, of_file in enumerate(batch.stack.file_of):
        file = batch.stack.files[of_file]
        names = [file.sheet_names[sheet] for sheet in sheets_of(batch.stack.located[number])]
        found[file.path] = tuple(dict.fromkeys((*found.get(file.path, ()), *names)))
    return found
