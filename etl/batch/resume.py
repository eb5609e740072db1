"""Goes on where an earlier run into the same folder stopped: what did not change is not read again.

Two things are kept. The reading of a file, under the content of the file; and a chunk as checked, under its
files with their paths, the settings, the inputs its rules read and the waivers that hold today. Both under
this program as well, so that another version reads everything anew. Nothing that depended on the moment is
kept: a reader that died, a file that could not be read or changed, memory that ran out.
"""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, fields, is_dataclass, replace
from functools import partial
from typing import Any

from checks.settings import Settings
from checks.telling.shortened import holding
from etl.batch.cache import Kept, keep, taken
from etl.batch.chunk import Checked, Progress, check_readings, crashed, get_ready, read_apart, tell
from etl.intake.file_reading import FileReading
from etl.intake.submissions import Submission
from etl.safe.pack import pack, unpack, unpack_kept
from etl.workers.arrival import arriving
from etl.workers.program import fingerprint

MOMENTARY = frozenset({"changed", "io_error", "bad_xml", "damaged", "too_large_inside"})
"""Reasons that may be gone next time; memory that ran out looks like damage to the libraries that read."""


@dataclass(frozen=True, slots=True)
class Item:
    """A file to check, with what is kept of it: the key of its content and its packed reading."""

    submission: Submission
    key: str = ""
    packed: bytes | None = None

    @property
    def relative(self) -> str:
        """Return the file's path as the batch knows it."""
        return self.submission.relative


@dataclass(frozen=True, slots=True)
class Made:
    """A chunk as checked, packed: the key of each file ("" for one that is not to be kept), new readings by key.

    `taken`: how many of its files were not read.
    """

    checked: bytes
    keys: tuple[str, ...]
    readings: Mapping[str, bytes]
    taken: int


def kept_and_new(
    chunks: Sequence[Sequence[Submission]],
    settings: Settings,
    inputs: Mapping[str, Any],
    executor: Executor | None,
    progress: Progress | None,
    few: bool,
    kept: Kept,
) -> Iterator[tuple[int, Checked]]:
    """Yield each chunk's number with the chunk: as it is kept where nothing of it changed, else checked now.

    Of `few` files workers only read.
    """
    program = fingerprint()
    today = datetime.datetime.now().astimezone().date()
    stem = _digest(program, settings, inputs, holding(settings.waivers, today))
    left: dict[int, list[Item]] = {}
    for number, chunk in enumerate(chunks):
        items = [Item(submission, _present_key(submission, program, kept)) for submission in chunk]
        whole = _whole(items, stem, kept)
        if whole is None:
            left[number] = items
        else:
            tell(progress, chunk)
            yield number, whole
    jobs = ((number, _with_readings(items, kept)) for number, items in left.items())
    work = partial(check_items, settings=settings, inputs=inputs, program=program)
    for number, made in (
        ((number, None) for number in left) if few else arriving(jobs, work, executor, get_ready)
    ):
        if made is None:
            assert executor is not None
            read = _one_by_one(_with_readings(left[number], kept), program, executor, progress)
            yield number, _kept(_made(read, settings, inputs), left[number], stem, kept)
        else:
            checked = _kept(made, left[number], stem, kept)
            tell(progress, chunks[number])  # what is told to be done is kept by then
            yield number, checked


def _whole(items: Sequence[Item], stem: str, kept: Kept) -> Checked | None:
    """Return a chunk as it is kept, or None; what its own rules cost is not this run's cost."""
    key = _chunk_key(items, [item.key for item in items], stem)
    packed = taken(kept, key)
    checked = unpack_kept(packed) if packed is not None else None
    if not isinstance(checked, Checked) or not _is_of(checked, items):
        return None
    kept.used |= {key, *(item.key for item in items)}
    kept.files += len(items)
    return replace(checked, timings={})


def _is_of(checked: Checked, items: Sequence[Item]) -> bool:
    try:
        return [file.path for file in checked.stack.files] == [item.relative for item in items]
    except (AttributeError, TypeError):  # written by somebody else
        return False


def _with_readings(items: Sequence[Item], kept: Kept) -> list[Item]:
    return [replace(item, packed=taken(kept, item.key)) for item in items]


_Read = tuple[FileReading, str, bytes | None]
"""A reading, its key, and what is to be kept of it: None where it came from what is kept."""


def check_items(items: Sequence[Item], settings: Settings, inputs: Mapping[str, Any], program: str) -> Made:
    """Check files, reading only those of which nothing is kept; runs in a worker."""
    read = [_kept_reading(item) or new_reading(item, program) for item in items]
    return _made(read, settings, inputs)


def _made(read: Sequence[_Read], settings: Settings, inputs: Mapping[str, Any]) -> Made:
    checked = check_readings([reading for reading, _, _ in read], settings, inputs)
    return Made(
        pack(checked),
        tuple(key for _, key, _ in read),
        {key: packed for _, key, packed in read if key and packed is not None},
        sum(packed is None for _, _, packed in read),
    )


def _one_by_one(
    items: Sequence[Item], program: str, executor: Executor, progress: Progress | None
) -> list[_Read]:
    """Have few files read, or those of a chunk whose worker died; one that takes its worker down is `crashed`."""
    known = [_kept_reading(item) for item in items]
    unknown = [item for item, read in zip(items, known, strict=True) if read is None]
    new = read_apart(unknown, partial(new_reading, program=program), executor)
    done = []
    for item, read in zip(items, known, strict=True):
        done.append(read or next(new) or (crashed(item.submission), "", b""))
        tell(progress, [item.submission])
    return done


def _kept_reading(item: Item) -> _Read | None:
    reading = unpack_kept(item.packed) if item.packed is not None else None
    if not isinstance(reading, FileReading):
        return None
    return replace(reading, path=item.relative), item.key, None


def new_reading(item: Item, program: str) -> _Read:
    """Read a file; runs in a worker. What it is kept under comes from the very bytes that were read."""
    from etl.intake.read import read_with_digest
    from etl.workers.limits import clock

    with clock():
        reading, digest = read_with_digest(item.submission)
    if not digest or reading.code in MOMENTARY:
        return reading, "", b""
    return reading, _file_key(digest, program), pack(replace(reading, path=""))


def _kept(made: Made, items: Sequence[Item], stem: str, kept: Kept) -> Checked:
    """Keep what was made and return it; a chunk as a whole only where all of it may be kept."""
    values = dict(made.readings)
    if all(made.keys):
        values[_chunk_key(items, made.keys, stem)] = made.checked
    keep(kept, values)
    kept.used |= {*values, *made.keys}
    kept.files += made.taken
    checked: Checked = unpack(made.checked)
    return checked


def _present_key(submission: Submission, program: str, kept: Kept) -> str:
    """Return the key of a file as it is now; none where nothing is kept that it could be looked up in."""
    from etl.intake.read import content_digest

    digest = content_digest(submission) if kept.known else ""
    return _file_key(digest, program) if digest else ""


def _file_key(digest: str, program: str) -> str:
    return _digest(program, digest)


def _chunk_key(items: Sequence[Item], keys: Sequence[str], stem: str) -> str:
    return _digest(stem, [(item.relative, key) for item, key in zip(items, keys, strict=True)])


def _digest(*values: Any) -> str:
    return hashlib.sha256(spelled(values).encode("utf-8", "surrogatepass")).hexdigest()


def spelled(value: Any) -> str:
    """Return a value in a spelling that is the same in every run: sets sorted, frames cell by cell."""
    if is_dataclass(value) and not isinstance(value, type):
        return f"{type(value).__name__}({spelled([getattr(value, field.name) for field in fields(value)])})"
    if hasattr(value, "dtypes"):
        return f"frame({spelled([list(map(str, value.dtypes)), value.to_dict('split')])})"
    if isinstance(value, Mapping):
        return f"{{{','.join(f'{spelled(key)}:{spelled(entry)}' for key, entry in value.items())}}}"
    if isinstance(value, set | frozenset):
        return f"set({','.join(sorted(map(spelled, value)))})"
    if isinstance(value, list | tuple):
        return f"[{','.join(map(spelled, value))}]"
    return repr(value)
