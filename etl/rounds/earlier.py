"""Reads what the last round left: its store, and the returns themselves with what was answered since.

Either alone is enough. Where both are there, the store says what was found and which values stood, and the returns what was
answered since; the ledger of decisions has the last word. Earlier releases kept the state of a round in `rounds.sqlite`, which is still read.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from concurrent.futures import Executor
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from etl.batch.whole import stored_batch
from etl.intake.submissions import Submission, find_submissions
from etl.marked.lines import Line, Page
from etl.rounds.compare import form_records, records
from etl.rounds.match import answered, ruled
from etl.rounds.records import FormRecord, Value, from_json
from etl.safe.refusal import Refusal
from etl.safe.unreadable import Unreadable
from etl.store.database import past_store
from etl.store.ledger import read_ledger
from etl.store.read import stored_files
from etl.store.rows import text_of
from etl.store.schema import NAME
from etl.workers.attempt import Failed

EARLIER_NAME = "rounds.sqlite"
VERSION = 1
MOST_ROUNDS = 1_000
"""A batch is not handed in so often."""
_TABLES = {"forms", "findings", "cell_values"}


def read_store(folder: Path) -> list[FormRecord]:
    """Return the records of the store that a run left in its folder; raises `Refusal` where it is damaged or no store."""
    with past_store(folder) as store:
        batch = stored_batch(store, ())
        rounds = {file["path"]: file["round"] for file in stored_files(store)}
        absent = [from_json(text_of(text)) for _, text in store.rows('SELECT * FROM absent ORDER BY "row"')]
        return [*records(batch, store.value("lang") or "zh", rounds), *absent]


def read_earlier_store(path: Path) -> list[FormRecord]:
    """Return the records of a store of an earlier release; raises `Refusal` where it is damaged or of another version."""
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as store:
            store.execute("PRAGMA trusted_schema = OFF")
            (version,) = store.execute("PRAGMA user_version").fetchone()
            if version != VERSION:
                raise Refusal(f"上一轮的记录版本不符 the store is of another version: {path}")
            if set(store.execute("SELECT type, name FROM sqlite_master")) != {
                ("table", name) for name in _TABLES
            }:
                raise Refusal(f"上一轮的记录已损坏 the store is damaged: {path}: its tables are not ours")
            return _checked(_records(store), path)
    except sqlite3.Error as error:
        raise Refusal(f"上一轮的记录已损坏 the store is damaged: {path}: {error}") from error


def _checked(found: list[FormRecord], path: Path) -> list[FormRecord]:
    """Return records of which every value is what it should be; raises `Refusal` for others."""
    for record in found:
        texts = (record.id, record.path, record.agency, record.year)
        inner = [t for line in record.lines for t in (line.key, line.severity, line.code, line.place, line.message,
                                                      line.explanation, line.review, line.state)]  # fmt: skip
        inner += [
            text
            for value in record.values
            for text in (value.table, value.field, value.name, value.place, value.text)
        ]
        whole = [record.number, *(value.row for value in record.values)]
        if (
            not all(type(text) is str for text in (*texts, *inner))
            or not all(type(n) is int for n in whole)
            or not 0 < record.number < MOST_ROUNDS
        ):
            raise Refusal(f"上一轮的记录已损坏 the store is damaged: {path}: {record.id!r}")
    return found


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


def previous_records(folder: Path, executor: Executor) -> list[FormRecord]:
    """Return how a last round left its forms, from the folder it wrote into.

    Raises `Refusal` where neither a store nor a return of ours is there.
    """
    if not folder.is_dir():
        raise Refusal(f"没有这个文件夹 no such folder: {folder}")
    returns = folder / "returns"
    if (folder / NAME).is_file():
        found = read_store(folder)
    elif (folder / EARLIER_NAME).is_file():
        found = read_earlier_store(folder / EARLIER_NAME)
    else:
        found = _from_returns(returns if returns.is_dir() else folder, executor)
        if not found:
            raise Refusal(f"没有上一轮的记录 nothing of a last round is there: {folder}")
        return found
    pages = _pages(returns, executor) if returns.is_dir() else {}
    ledger = read_ledger(folder)
    answers = ((record, pages.get(record.path)) for record in found)
    lines = (
        (record, answered(record.lines, page.lines) if page else record.lines) for record, page in answers
    )
    return [replace(record, lines=ruled(some, ledger.reviews, ledger.taken_back)) for record, some in lines]


def _pages(returns: Path, executor: Executor) -> dict[str, Page]:
    """Return what was answered on the returns that lie in the last round's folder."""
    from etl.workers.pool import each

    submissions = find_submissions([returns])[0]
    pages: dict[str, Page] = {}
    for submission, read in zip(submissions, each(executor, _page_if_any, submissions, 32), strict=True):
        if isinstance(read, Failed):  # its answers would be lost without a word
            raise Refusal(f"{read.zh} {read.en}: {submission.path}")
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

    try:
        data = submission_bytes(submission)
        return read_page(open_package(data)) if sniff(data) == "xlsx" else page_in(data)
    except Unreadable:
        return None


def _from_returns(folder: Path, executor: Executor) -> list[FormRecord]:
    """Return the records of returns alone: lines from their pages, values from the forms under the marks."""
    from etl.batch.chunk import read_chunk
    from etl.frames.build import stack

    submissions: Sequence[Submission] = find_submissions([folder])[0]
    files = [file for file in read_chunk(submissions, executor) if file.page is not None]
    pages = {file.path: file.page for file in files}
    found: list[FormRecord] = []
    for record in form_records(stack(files)):
        page = pages.pop(record.path, None)  # a page does not say which form of a file a line is of
        number = page.number if page else found[-1].number if found else 1
        found.append(replace(record, number=number, lines=page.lines if page else ()))
    return found
