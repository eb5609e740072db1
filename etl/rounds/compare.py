"""Compares a checked batch with the round before, and makes the records the round after will need."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path

from checks.rule import RULES
from etl.batch.model import Batch
from etl.frames.build import Stack
from etl.frames.located import Located, by_path, cell_text
from etl.marked.answers import Known, keyed
from etl.marked.lines import Line, Page, State
from etl.rounds.match import answered, carried, changes, decided, judged, matched, without_claims
from etl.rounds.records import Change, FileRound, FormRecord, as_json
from etl.rounds.values import values
from etl.safe.file_names import return_path
from etl.store.database import Store
from etl.store.findings import Lazy, findings_of
from etl.store.read import numbering_of
from etl.store.write import store_round


@dataclass(frozen=True, slots=True)
class Rounds:
    """A batch compared with the round before: the batch's number, each file's round by its path.

    `absent`: forms of the last round that did not come in this time; they are kept for the next.
    """

    number: int
    files: Mapping[str, FileRound]
    absent: tuple[FormRecord, ...]


def compared(
    batch: Batch, before: Sequence[FormRecord] | None, store: Store, reviews: Mapping[str, str] | None = None
) -> tuple[Batch, Rounds | None]:
    """Return a batch compared with the round before, if there is one, and what became of it; both are stored.

    `reviews`: what the ledger of this round has decided, by the keys of findings.
    """
    done, rounds = (first_round(batch), None) if before is None else next_round(batch, before)
    if reviews:
        done = replace(done, located=tuple(decided(done.located, reviews)))
    if done is batch:
        return batch, None
    assert isinstance(batch.located, Lazy)
    store_round(
        store,
        (
            (key, e.state, e.explanation, e.review)
            for key, e in zip(batch.located.keys, done.located, strict=True)
        ),
        ((path, file.number) for path, file in rounds.files.items()) if rounds else (),
        (as_json(record) for record in rounds.absent) if rounds else (),
    )
    return replace(batch, located=findings_of(store, numbering_of(store))), rounds


def first_round(batch: Batch) -> Batch:
    """Return a batch with the answers that returns brought back on their findings; nothing is compared."""
    pages = {file.path: file.page for file in batch.files if file.page is not None}
    if not pages:
        return batch
    found = by_path(entry for entry in batch.located if entry.finding.path in pages)
    return _with(
        batch,
        {
            path: carried(found.get(path, []), _answers(page, found.get(path, [])))
            for path, page in pages.items()
        },
    )


def next_round(batch: Batch, before: Sequence[FormRecord]) -> tuple[Batch, Rounds]:
    """Return a batch with state, explanation and review on every finding, and what each file's round is."""
    now = [*form_records(batch.stack), *_file_records(batch)]
    old = matched(now, before)
    found = dict(by_path(batch.located))
    files: dict[str, FileRound] = {}
    pages = {file.path: file.page for file in batch.files}
    for path in dict.fromkeys([*found, *pages]):
        here = [record for record in now if record.path == _key(path)]
        pairs = [(record, old[record.id]) for record in here if record.id in old]
        page = pages.get(path)
        lines = [line for _, was in pairs for line in was.lines]
        compared = bool(pairs) or page is not None
        answers = _answers(page, found.get(path, []), lines) if page is not None else []
        if page is not None:
            lines = answered(lines, answers) if pairs else answers
        entries, fixed = judged(
            found.get(path, []), lines, renamed=any(a.agency != b.agency for a, b in pairs)
        )
        found[path] = carried(entries, answers) if page is not None else entries
        last = max([was.number for _, was in pairs] or [page.number if page and not pairs else 0])
        files[path] = FileRound(last + 1, _told(fixed), _changes(pairs), compared)
    used = {id(record) for record in old.values()}
    absent = tuple(record for record in before if id(record) not in used)
    number = max([record.number for record in before] or [0]) + 1
    return _with(batch, found), Rounds(number, files, absent)


def _answers(page: Page, entries: Sequence[Located], lines: Sequence[Line] = ()) -> list[Line]:
    """Return what a page answers; a decision on it is the department's claim, unless last round's lines have it too."""
    return without_claims(_keyed(page, entries, lines), lines)


def _keyed(page: Page, entries: Sequence[Located], lines: Sequence[Line] = ()) -> tuple[Line, ...]:
    """Return a page's lines with the keys it lost: of last round's lines, else of this round's findings."""
    if all(line.key for line in page.lines):
        return page.lines
    old = [Known(line.key, line.code, line.place, line.message) for line in lines]
    new = [
        Known(e.key, e.finding.code, cell_text(e.cells[0]) if e.cells else "", message)
        for e in entries
        for message in e.finding.message.values()
    ]
    return keyed(keyed(page.lines, old), new)


def records(batch: Batch, lang: str, numbers: Mapping[str, int]) -> Iterator[FormRecord]:
    """Yield what a round leaves to the next: every form with its findings and values; `numbers`: each file's round."""
    found: dict[str, list[int]] = {}
    for position, entry in enumerate(batch.located):
        place = _form_id(entry.finding.form) or _key(entry.finding.path)
        found.setdefault(place, []).append(position)
    rounds = {_key(path): number for path, number in numbers.items()}
    for record in chain(form_records(batch.stack), _file_records(batch)):
        if record.agency or record.values or record.id in found:
            lines = tuple(_line(batch.located[position], lang) for position in found.get(record.id, ()))
            yield replace(record, lines=lines, number=rounds.get(record.path, 1))


def standing(batch: Batch) -> Batch:
    """Return a batch without the findings whose explanations were accepted."""
    if all(entry.state != State.EXPLAINED for entry in batch.located):
        return batch
    return replace(batch, located=tuple(e for e in batch.located if e.state != State.EXPLAINED))


def ended(batch: Batch) -> list[str]:
    """Return the keys of the findings that a decision ended."""
    return [entry.key for entry in batch.located if entry.state == State.EXPLAINED]


def form_records(stack: Stack) -> Iterator[FormRecord]:
    """Yield a record of every form of a stack with its values; findings are not on it yet."""
    forms = stack.tables.forms
    heads = [forms[name].tolist() for name in ("id", "path", "agency", "year_raw")]
    for number, found in values(stack):
        id_, path, agency, year = (column[number] for column in heads)
        yield FormRecord(
            _form_id(str(id_)), _key(str(path)), str(agency or ""), str(year or ""), 1, values=found
        )


def _file_records(batch: Batch) -> list[FormRecord]:
    paths = dict.fromkeys([*(f.path for f in batch.files), *(e.finding.path for e in batch.located)])
    return [FormRecord(_key(path), _key(path), "", "", 1) for path in paths]


def _key(path: str) -> str:
    """Return the path a file has once it was returned, so that an .xls and its return are the same."""
    return return_path(Path(), path).as_posix() if path else ""


def _form_id(form: str) -> str:
    path, mark, ordinal = form.rpartition("#")
    return f"{_key(path)}{mark}{ordinal}" if mark else ""


def _with(batch: Batch, found: Mapping[str, list[Located]]) -> Batch:
    """Return a batch with the findings of some files replaced, in the order they were in."""
    waiting = {path: iter(entries) for path, entries in found.items()}
    located = (next(waiting.get(entry.finding.path, iter([entry]))) for entry in batch.located)
    return replace(batch, located=tuple(located))


def _told(fixed: Sequence[Line]) -> tuple[Line, ...]:
    """Return what a department is told was fixed: not what a rule says of the whole batch."""
    return tuple(line for line in fixed if line.code not in RULES or not RULES[line.code].summary)


def _changes(pairs: Sequence[tuple[FormRecord, FormRecord]]) -> tuple[Change, ...]:
    return tuple(change for now, was in pairs if was.values for change in changes(now.values, was.values))


def _line(entry: Located, lang: str) -> Line:
    finding = entry.finding
    return Line(
        entry.key,
        str(finding.severity),
        finding.code,
        cell_text(entry.cells[0]) if entry.cells else "",
        finding.message[lang],
        entry.explanation,
        entry.review,
        entry.state,
    )
