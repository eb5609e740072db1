"""Reads and checks files a chunk at a time, as a worker does: stacked, held to the contracts, rules of one form."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Protocol

from checks.finding import Fate, NotRun, Tally
from checks.given.inputs import Inputs
from checks.settings import Settings
from etl.form.profiles import Catalogue, Texts, catalogue
from etl.frames.build import Stack
from etl.frames.located import Located, locate
from etl.intake.file_reading import FileReading
from etl.intake.submissions import Submission
from etl.workers.attempt import DIED, Failed, attempt

if TYPE_CHECKING:
    from checks.frames.tables import Tables
    from etl.store.rows import FileRows

CHUNK = 128
"""Files a worker takes at a time at most: calls of pandas and pandera, paid once a chunk, are then a small part."""
MOMENTARY = frozenset(
    {"changed", "io_error", "bad_xml", "damaged", "too_large_inside", "worker_died", "failed"}
)
"""Reasons that may be gone next time; memory that ran out looks like damage to the libraries that read."""

Progress = Callable[[str], None]
"""Is called with the path of each file that is done."""


class Watching(Protocol):
    """Who is told how far a run is: `begin` says which stage over how many files, `file` that one is done."""

    def begin(self, stage: str, of: int = 0) -> None: ...

    def file(self, path: str) -> None: ...


@dataclass(frozen=True, slots=True)
class Item:
    """A file to read, the key it is stored under, and the bureau's own form profiles it is read with."""

    submission: Submission
    key: int = 0
    forms: Texts = ()

    @property
    def relative(self) -> str:
        """Return the file's path as the batch knows it."""
        return self.submission.relative


@dataclass(frozen=True, slots=True)
class Read:
    """A file as it was read, with the digest of the bytes that were read."""

    reading: FileReading
    digest: str = ""


@dataclass(frozen=True, slots=True)
class Depends:
    """What rows depend on beside their file: the program that reads, and what is judged by (settings, inputs, rules).

    `forms`: the bureau's own form profiles.
    """

    reader: str = ""
    judged: str = ""
    forms: Texts = ()


@dataclass(frozen=True, slots=True)
class Checked:
    """A chunk of files as checked."""

    stack: Stack
    located: tuple[Located, ...]
    not_run: tuple[NotRun, ...]
    tallies: tuple[Tally, ...]
    fates: Mapping[str, Fate] = field(default_factory=dict)
    timings: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Made:
    """What is to be stored of a chunk, and the seconds each rule took; plain data that crosses processes."""

    files: Sequence[FileRows]
    timings: Mapping[str, float] = field(default_factory=dict)


def in_chunks(items: Sequence[Item], workers: int) -> list[Sequence[Item]]:
    """Return the files in chunks of equal size, as few as give every worker one and none more than it may hold."""
    rounds = -(-len(items) // (CHUNK * workers))
    size = -(-len(items) // max(rounds * workers, 1))
    return [items[start : start + size] for start in range(0, len(items), max(size, 1))]


def get_ready() -> None:
    """Load what is needed once chunks arrive; workers load the same at that time."""
    import checks.frames.contracts
    import checks.rules  # noqa: F401
    from etl.frames.build import plain_text

    plain_text()


def for_one_form(inputs: Inputs, settings: Settings) -> Inputs:
    """Return the inputs that rules of one form read: the rest (last year's tables) need not go to workers."""
    if not inputs.given():  # the rules need not be loaded yet, so that workers start the sooner
        return inputs
    import checks.rules  # noqa: F401  (registers every rule)
    from checks.run import active

    return inputs.only({name for rule in active(settings, "form") for name in rule.needs})


def read_in_time(submission: Submission, forms: Texts = ()) -> FileReading:
    """Return a file's reading; a worker that takes too long over it ends (`etl.workers.limits.clock`)."""
    return read_item(Item(submission, forms=forms)).reading


def read_item(item: Item) -> Read:
    """Read a file; runs in a worker, which ends where that takes too long."""
    from etl.intake.read import get_ready, read_with_digest
    from etl.workers.limits import clock

    get_ready(item.relative)
    with clock():
        return Read(*read_with_digest(item.submission, catalogue(item.forms)))


def check_items(items: Sequence[Item], settings: Settings, inputs: Inputs, depends: Depends) -> Made:
    """Read and check a chunk of files; runs in a worker."""
    return made_of(items, [read_item(item) for item in items], settings, inputs, depends)


def made_of(
    items: Sequence[Item],
    read: Sequence[Read],
    settings: Settings,
    inputs: Inputs,
    depends: Depends,
) -> Made:
    """Check files that were read, and return what is to be stored of them."""
    checked = check_readings([one.reading for one in read], settings, inputs)
    made = of_checked(checked, [item.key for item in items], depends)
    files = []
    for file, one in zip(made.files, read, strict=True):
        digest = "" if one.reading.code in MOMENTARY else one.digest
        files.append(replace(file, facts={**file.facts, "digest": digest}))
    return Made(files, checked.timings)


def of_checked(checked: Checked, keys: Sequence[int], depends: Depends | None = None) -> Made:
    """Return what is to be stored of a chunk as checked, under the keys of its files."""
    from etl.store.rows import read_rows

    depends = depends or Depends()
    rows = read_rows(checked.stack, keys)
    files = []
    for file, found in zip(rows, _judged(checked, keys, depends.judged), strict=True):
        facts = {**file.facts, **found.facts, "reader": depends.reader}
        files.append(replace(file, facts=facts, tables={**file.tables, **found.tables}))
    return Made(files, checked.timings)


def check_stored(
    files: Sequence[FileRows], known: Catalogue, settings: Settings, inputs: Inputs, depends: Depends
) -> Made:
    """Run the rules of one form over files that were read before, and return what is to be stored anew.

    `known`: the profiles that their forms were read with.
    """
    from etl.store.rows import stack_of

    checked = check_stack(stack_of(files, known), settings, inputs)
    return Made(_judged(checked, [file.key for file in files], depends.judged), checked.timings)


def _judged(checked: Checked, keys: Sequence[int], judged: str) -> list[FileRows]:
    from etl.store.rows import found_rows

    found = found_rows(checked.stack, keys, checked.located, checked.not_run, checked.fates)
    return [replace(file, facts={**file.facts, "judged": judged}) for file in found]


def check_readings(files: Sequence[FileReading], settings: Settings, inputs: Inputs) -> Checked:
    """Stack files that were read, hold the tables to their contracts and run the rules of one form."""
    from checks.enrich import enriched
    from checks.frames.contracts import hold
    from etl.frames.build import stack

    stacked = stack(files, settings.fiscal_year, catalogue(settings.forms))
    hold(stacked.tables)
    return check_stack(replace(stacked, tables=enriched(stacked.tables)), settings, inputs)


def check_stack(stacked: Stack, settings: Settings, inputs: Inputs) -> Checked:
    """Run the rules of one form over a stack of enriched tables."""
    from checks.likeness.links import linked
    from checks.run import check

    stacked = replace(stacked, tables=linked(of_year(stacked.tables, settings), settings))
    timings: dict[str, float] = {}
    outcome = check(stacked.tables, settings, inputs, "form", timings)
    located = tuple(locate(stacked, outcome.findings))
    return Checked(stacked, located, outcome.not_run, outcome.tallies, outcome.fates, timings)


def of_year(tables: Tables, settings: Settings) -> Tables:
    """Return tables of which the forms say the fiscal year that is asked for now, whenever they were read."""
    import pandas as pd

    asked = pd.array([settings.fiscal_year] * len(tables.forms), dtype="Int64")
    return replace(tables, forms=tables.forms.assign(asked_year=asked))


def read_chunk(submissions: Sequence[Submission], executor: Executor, forms: Texts = ()) -> list[FileReading]:
    """Return the readings of files in the order given; nothing is checked. `forms`: the bureau's own profiles."""
    from etl.workers.pool import each

    read = partial(read_in_time, forms=forms) if forms else read_in_time
    readings = each(executor, read, submissions, CHUNK)
    return [
        crashed(s, reading) if isinstance(reading, Failed) else reading
        for s, reading in zip(submissions, readings, strict=True)
    ]


def read_apart(items: Sequence[Item], executor: Executor, progress: Progress | None) -> Iterator[Read]:
    """Have workers read files one at a time; one that fails, or takes its worker down twice, is `crashed`."""
    from etl.workers.pool import each

    found = each(executor, read_item, items, 1)
    get_ready()  # meanwhile
    for item, read in zip(items, found, strict=True):
        yield Read(crashed(item.submission, read)) if isinstance(read, Failed) else read
        tell(progress, [item])


def made_one_by_one(
    items: Sequence[Item], read: Sequence[Read], judge: Callable[[Sequence[Item], Sequence[Read]], Made]
) -> Made:
    """Check files that were read; where that fails each by itself, and one that it fails on is `crashed`."""
    made = attempt(lambda given: judge(*given), (items, read))
    if not isinstance(made, Failed):
        return made
    if len(items) == 1:
        return judge(items, [Read(crashed(items[0].submission, made))])
    each = [made_one_by_one([item], [one], judge) for item, one in zip(items, read, strict=True)]
    return Made([file for one in each for file in one.files])


def crashed(submission: Submission, why: Failed) -> FileReading:
    """Return what there is to say of a file that takes its reader down, or that the program fails on."""
    said = ("读取进程异常退出", "the process reading it died") if why == DIED else why.said
    return FileReading(submission.relative, "crashed", why.code, *said)


def tell(progress: Progress | None, done: Iterable[Item]) -> None:
    """Tell whoever watches that files are done."""
    if progress is not None:
        for item in done:
            progress(item.relative)
