"""Keeps the state of a round: `rounds.sqlite` beside the returns, and the returns themselves.

Either alone is enough for the next round. Where both are there, the store says what was found and which
values stood, and the returns what was answered since.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from concurrent.futures import Executor
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

from etl.intake.submissions import Submission, find_submissions
from etl.marked.lines import Line, Page
from etl.rounds.match import answered
from etl.rounds.records import FormRecord, Value
from etl.safe.refusal import Refusal
from etl.safe.whole_file import cannot_write, in_place_of

STORE_NAME = "rounds.sqlite"
VERSION = 1
_UNSYNCED = "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;"
"""The file is not there under its name before it is whole."""
_TABLES = """
CREATE TABLE forms (number INTEGER PRIMARY KEY, id TEXT, path TEXT, agency TEXT, year TEXT, round INTEGER);
CREATE TABLE findings (form INTEGER REFERENCES forms, position INTEGER, key TEXT, fingerprint TEXT, severity TEXT,
  code TEXT, place TEXT, message TEXT, explanation TEXT, review TEXT, state TEXT);
CREATE TABLE cell_values (form INTEGER REFERENCES forms, position INTEGER, table_name TEXT, row INTEGER, field TEXT,
  name TEXT, place TEXT, text TEXT);
"""


def write_store(path: Path, records: Iterable[FormRecord]) -> None:
    """Write the state of a round, whole or not at all; amounts are texts in 万元."""
    with in_place_of(path) as temporary, closing(sqlite3.connect(temporary, isolation_level=None)) as store:
        try:
            store.executescript(f"{_UNSYNCED} {_TABLES} PRAGMA user_version = {VERSION}; BEGIN;")
            for number, record in enumerate(records, 1):
                _insert(store, number, record)
            store.execute("COMMIT")
        except sqlite3.OperationalError as error:  # the disk is full
            raise cannot_write(path, OSError(error.sqlite_errorcode, str(error))) from error


def _insert(store: sqlite3.Connection, number: int, record: FormRecord) -> None:
    head = (number, record.id, record.path, record.agency, record.year, record.number)
    store.execute("INSERT INTO forms VALUES (?,?,?,?,?,?)", [_stored(text) for text in head])
    lines = [
        (number, position, *line.key.partition(":")[::2], line.severity, line.code, line.place, line.message,
         line.explanation, line.review, line.state)
        for position, line in enumerate(record.lines)
    ]  # fmt: skip
    _insert_all(store, f"INSERT INTO findings VALUES ({_marks(11)})", lines)
    values = [(number, position, *value) for position, value in enumerate(record.values)]
    _insert_all(store, f"INSERT INTO cell_values VALUES ({_marks(8)})", values)


def _insert_all(store: sqlite3.Connection, statement: str, rows: Sequence[tuple[Any, ...]]) -> None:
    try:
        for column in zip(*rows, strict=True):
            if isinstance(column[0], str):
                "".join(column).encode("utf-8")
    except UnicodeEncodeError:  # seldom, so that looking at each text alone is not worth its time otherwise
        rows = [tuple(map(_stored, row)) for row in rows]
    store.executemany(statement, rows)


def _marks(count: int) -> str:
    return ",".join("?" * count)


def _stored(value: Any) -> Any:
    """Return a value as SQLite takes it; half of a surrogate pair, which a damaged file may hold, is escaped."""
    return value.encode("utf-8", "backslashreplace").decode("utf-8") if isinstance(value, str) else value


def read_store(path: Path) -> list[FormRecord]:
    """Return the records of a store; raises `Refusal` where it is damaged or of a later version."""
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as store:
            (version,) = store.execute("PRAGMA user_version").fetchone()
            if version != VERSION:
                raise Refusal(f"上一轮的记录版本不符 the store is of another version: {path}")
            return _records(store)
    except sqlite3.Error as error:
        raise Refusal(f"上一轮的记录已损坏 the store is damaged: {path}: {error}") from error


def _records(store: sqlite3.Connection) -> list[FormRecord]:
    lines: dict[int, list[Line]] = {}
    for form, key, print_, *rest in store.execute(
        "SELECT form, key, fingerprint, severity, code, place, message, explanation, review, state"
        " FROM findings ORDER BY form, position"
    ):
        lines.setdefault(form, []).append(Line(f"{key}:{print_}", *rest))
    values: dict[int, list[Value]] = {}
    for form, *rest in store.execute(
        "SELECT form, table_name, row, field, name, place, text FROM cell_values ORDER BY form, position"
    ):
        values.setdefault(form, []).append(Value(*rest))
    return [
        FormRecord(
            id_, path, agency, year, round_, tuple(lines.get(number, ())), tuple(values.get(number, ()))
        )
        for number, id_, path, agency, year, round_ in store.execute(
            "SELECT number, id, path, agency, year, round FROM forms ORDER BY 1"
        )
    ]


def previous_records(folder: Path, executor: Executor | None = None) -> list[FormRecord]:
    """Return how a last round left its forms, from the folder it wrote into.

    Raises `Refusal` where neither a store nor a return of ours is there.
    """
    if not folder.is_dir():
        raise Refusal(f"没有这个文件夹 no such folder: {folder}")
    store = folder / STORE_NAME
    returns = folder / "returns"
    if not store.is_file():
        records = _from_returns(returns if returns.is_dir() else folder, executor)
        if not records:
            raise Refusal(f"没有上一轮的记录 nothing of a last round is there: {folder}")
        return records
    records = read_store(store)
    pages = _pages(returns, executor) if returns.is_dir() else {}
    return [
        replace(record, lines=tuple(answered(record.lines, pages[record.path].lines)))
        if record.path in pages
        else record
        for record in records
    ]


def _pages(returns: Path, executor: Executor | None) -> dict[str, Page]:
    """Return what was answered on the returns that lie in the last round's folder."""
    submissions = find_submissions([returns])[0]
    if executor is None:
        found: list[list[Page] | None] = [_page_if_any(s) for s in submissions]
    else:
        from etl.workers.pool import each

        found = list(each(executor, _page_if_any, submissions, 32))
    pages: dict[str, Page] = {}
    for submission, read in zip(submissions, found, strict=True):
        if read is None:  # its answers would be lost without a word
            raise Refusal(f"读取进程异常退出 the process reading it died: {submission.path}")
        pages.update((submission.relative, page) for page in read)
    return pages


def _page_if_any(submission: Submission) -> list[Page]:
    page = page_of(submission)
    return [] if page is None else [page]


def page_of(submission: Submission) -> Page | None:
    """Return the page of a return; None for a file that is none or cannot be opened."""
    from etl.intake.read import page_in, submission_bytes
    from etl.marked.answers import read_page
    from etl.package.parts import open_package, sniff
    from etl.safe.unreadable import Unreadable

    try:
        data = submission_bytes(submission)
        return page_in(data) if sniff(data) in ("xls", "ods") else read_page(open_package(data))
    except Unreadable:
        return None


def _from_returns(folder: Path, executor: Executor | None) -> list[FormRecord]:
    """Return the records of returns alone: lines from their pages, values from the forms under the marks."""
    from etl.batch.chunk import read_chunk
    from etl.frames.build import stack
    from etl.rounds.compare import form_records

    submissions: Sequence[Submission] = find_submissions([folder])[0]
    files = [file for file in read_chunk(submissions, executor) if file.page is not None]
    pages = {file.path: file.page for file in files}
    records: list[FormRecord] = []
    for record in form_records(stack(files)):
        page = pages.pop(record.path, None)  # a page does not say which form of a file a line is of
        number = page.number if page else records[-1].number if records else 1
        records.append(replace(record, number=number, lines=page.lines if page else ()))
    return records
