"""Finds what the store has of the files of a run: the reading of the same content, and the findings that still hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from etl.batch.chunk import Depends, Item
from etl.intake.submissions import Submission
from etl.store.database import Store, writing
from etl.store.read import rows_of_files, stored_files
from etl.store.rows import FileRows, text_of
from etl.store.schema import OF_A_FILE
from etl.store.write import add_files, moved_rows, place_files, rename, store_files


@dataclass(frozen=True, slots=True)
class Known:
    """The files of a run by what there is to do: to be read, read before and to be checked, and all in order."""

    unread: Sequence[Item]
    unchecked: Sequence[Item]
    done: Sequence[Item]


@dataclass(frozen=True, slots=True)
class _Stored:
    key: int
    path: str
    judged: str


def take_in(store: Store, submissions: Sequence[Submission], depends: Depends) -> Known:
    """Say in the store which files the run has and in which order, and return what there is to do for each.

    What was read under another path is renamed, or copied where the other file is still there.
    """
    stored = _stored(store, depends.reader)
    digests = _digests(submissions) if stored else [""] * len(submissions)
    keys = _same_paths(submissions, digests, stored)
    judged = {file.key: file.judged for files in stored.values() for file in files}
    left = judged.keys() - set(keys)
    renamed, copied = [], []
    for n, digest in enumerate(digests):
        source = next((file.key for file in stored.get(digest, ()) if file.key in left), None)
        if not keys[n] and source is not None:
            left.discard(source)
            keys[n] = source
            renamed.append((source, submissions[n].relative))
    of_path = {text_of(path): key for path, key in store.rows('SELECT path, "row" FROM files')}
    last, taken = max([0, *of_path.values()]), {0, *keys}
    added: list[tuple[int, str]] = []
    items: list[Item] = []
    unread: list[Item] = []
    unchecked: list[Item] = []
    done: list[Item] = []
    for n, (submission, digest) in enumerate(zip(submissions, digests, strict=True)):
        path, known = submission.relative, keys[n] in judged
        if not known and of_path.get(path, 0) not in taken:  # other content, in the place of what was read
            keys[n] = of_path[path]
        elif not known:
            last += 1
            keys[n] = last
            added.append((last, path))
        items.append(Item(submission, keys[n], depends.forms))
        if known:
            (done if judged[keys[n]] == depends.judged else unchecked).append(items[-1])
        elif digest in stored:
            copied.append((stored[digest][0].key, keys[n], path))
            unchecked.append(items[-1])
        else:
            unread.append(items[-1])
    stale = {key for key, _ in renamed}
    done, unchecked = (
        [item for item in done if item.key not in stale],
        [*unchecked, *(item for item in done if item.key in stale)],
    )
    with writing(store):
        add_files(store, added)
        for key, path in renamed:
            rename(store, key, path)
        place_files(store, ((item.key, position) for position, item in enumerate(items)))
    for source_key, key, path in copied:
        store_files(store, [_copied(store, source_key, key, path)])
        with writing(store):
            rename(store, key, path)
    return Known(unread, unchecked, done)


def _stored(store: Store, reader: str) -> dict[str, list[_Stored]]:
    """Return the files that were read by this program and may be taken as they were, by their content."""
    found: dict[str, list[_Stored]] = {}
    for key, path, digest, judged in store.rows(
        "SELECT \"row\", path, digest, judged FROM files WHERE digest <> '' AND reader = ?", (reader,)
    ):
        found.setdefault(digest, []).append(_Stored(key, text_of(path), judged))
    return found


def _digests(submissions: Sequence[Submission]) -> list[str]:
    from etl.intake.read import content_digest

    return [content_digest(submission) for submission in submissions]


def _same_paths(
    submissions: Sequence[Submission], digests: Sequence[str], stored: dict[str, list[_Stored]]
) -> list[int]:
    """Return the key of each file that is stored under its path as it is, 0 for the others."""
    known = {(file.path, digest): file.key for digest, files in stored.items() for file in files}
    return [
        known.get((submission.relative, digest), 0)
        for submission, digest in zip(submissions, digests, strict=True)
    ]


def _copied(store: Store, source: int, key: int, path: str) -> FileRows:
    """Return all that was read of a file as that of another one of the same content."""
    facts = next(file for file in stored_files(store, source) if file["row"] == source)
    rows = rows_of_files(store, [source], OF_A_FILE)[source]
    moved = {name: list(moved_rows(name, own, source, key)) for name, own in rows.items()}
    kept = {name: value for name, value in facts.items() if name not in ("row", "position", "round")}
    return FileRows(key, {**kept, "path": path, "judged": ""}, moved, store.fields())
