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
from pathlib import Path
from typing import Any

import checks
from checks.fold import holding
from checks.settings import Settings
from etl.arrival import arriving
from etl.batch import Checked, check_readings, crashed, crashed_alone, readings_apart
from etl.intake import Submission
from etl.kept import pack, unpack, unpack_kept
from etl.kept_store import Kept, keep, taken
from etl.stack import FileReading

MOMENTARY = frozenset({"changed", "io_error", "bad_xml", "damaged"})
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
    """Files as checked by a worker, packed: the key of each ("" for one that is not to be kept), new readings."""

    checked: bytes
    keys: tuple[str, ...]
    readings: Mapping[str, bytes]
    taken: int = 0


def kept_and_new(
    chunks: Sequence[Sequence[Submission]],
    settings: Settings,
    inputs: Mapping[str, Any],
    executor: Executor | None,
    kept: Kept,
    few: bool = False,
) -> Iterator[tuple[int, list[Checked]]]:
    """Yield each chunk's number with what it is: as it is kept where nothing of it changed, else made now.

    `few`: workers only read, and what they read is checked here.
    """
    program = fingerprint()
    today = datetime.datetime.now().astimezone().date()
    stem = _digest(program, settings, inputs, holding(settings.waivers, today))
    left: dict[int, list[Item]] = {}
    for number, chunk in enumerate(chunks):
        items = [Item(submission, _present_key(submission, program, kept)) for submission in chunk]
        whole = _whole(items, stem, kept)
        if whole is not None:
            yield number, [whole]
        else:
            left[number] = items
    jobs = ((number, _with_readings(items, kept)) for number, items in left.items())
    if executor is not None and few:
        for number, items in jobs:
            made = _read_apart(items, settings, inputs, program, executor)
            yield number, [_kept(made, items, stem, kept, True)]
        return
    work = partial(check_items, settings=settings, inputs=inputs, program=program)
    for number, parts in arriving(jobs, work, executor):
        yield (
            number,
            [
                crashed_alone(items[0].submission, settings, inputs)
                if made is None
                else _kept(made, items, stem, kept, len(items) == len(left[number]))
                for made, items in parts
            ],
        )


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


def check_items(items: Sequence[Item], settings: Settings, inputs: Mapping[str, Any], program: str) -> Made:
    """Check files, reading only those of which nothing is kept; runs in a worker."""
    return _made([_read_item(item, program) for item in items], settings, inputs)


def _read_apart(
    items: Sequence[Item], settings: Settings, inputs: Mapping[str, Any], program: str, executor: Executor
) -> Made:
    read = readings_apart(items, partial(_read_item, program=program), executor)
    return _made(
        [r or (crashed(i.submission), "", b"") for i, r in zip(items, read, strict=True)], settings, inputs
    )


def _read_item(item: Item, program: str) -> _Read:
    return _kept_reading(item) or _new_reading(item, program)


def _made(read: Sequence[_Read], settings: Settings, inputs: Mapping[str, Any]) -> Made:
    checked = check_readings([reading for reading, _, _ in read], settings, inputs)
    new = {key: packed for _, key, packed in read if key and packed is not None}
    return Made(
        pack(checked), tuple(key for _, key, _ in read), new, sum(packed is None for _, _, packed in read)
    )


_Read = tuple[FileReading, str, bytes | None]
"""A reading, its key, and what is to be kept of it: None where it came from what is kept."""


def _kept_reading(item: Item) -> _Read | None:
    reading = unpack_kept(item.packed) if item.packed is not None else None
    if not isinstance(reading, FileReading):
        return None
    return replace(reading, path=item.relative), item.key, None


def _new_reading(item: Item, program: str) -> _Read:
    from etl.pool import clock
    from etl.submission import read_with_digest

    with clock():
        reading, digest = read_with_digest(item.submission)
    lasting = bool(digest) and reading.status != "crashed" and reading.code not in MOMENTARY
    return (
        reading,
        _file_key(digest, program) if lasting else "",
        pack(replace(reading, path="")) if lasting else b"",
    )


def _kept(made: Made, items: Sequence[Item], stem: str, kept: Kept, whole: bool) -> Checked:
    """Keep what a worker made and return it; a chunk as a whole only where all of it may be kept."""
    values = dict(made.readings)
    if whole and all(made.keys):
        values[_chunk_key(items, made.keys, stem)] = made.checked
    keep(kept, values)
    kept.used |= {*values, *made.keys}
    kept.files += made.taken
    checked: Checked = unpack(made.checked)
    return checked


def _present_key(submission: Submission, program: str, kept: Kept) -> str:
    """Return the key of a file as it is now; none where nothing is kept that it could be looked up in."""
    from etl.submission import content_digest

    digest = content_digest(submission) if kept.known else ""
    return _file_key(digest, program) if digest else ""


def _file_key(digest: str, program: str) -> str:
    return _digest(program, digest)


def _chunk_key(items: Sequence[Item], keys: Sequence[str], stem: str) -> str:
    return _digest(stem, [(item.relative, key) for item, key in zip(items, keys, strict=True)])


def fingerprint() -> str:
    """Return what stands for this program: its source, and the versions of what reads and checks for it."""
    from etl.log import versions

    digest = hashlib.sha256(versions().encode())
    for top in (Path(__file__).parent, Path(checks.__path__[0])):
        for path in sorted(top.rglob("*.py")):
            digest.update(b"\0%s\0" % path.relative_to(top).as_posix().encode())
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


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
