"""What a department changed in a file since the round before, value by value, as its return says it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from checks.declared.text_key import text_key
from etl.desk.view.seen import Seen
from etl.store.database import Store
from etl.store.rows import text_of

if TYPE_CHECKING:
    from etl.rounds.records import FormRecord

MOST_SHOWN = 300
"""Changes that are shown; a form that was filled in anew differs everywhere."""


class Changed(NamedTuple):
    """A value that differs: its cell, what it is, what stood there and what does; "" where the line was not there."""

    place: str
    what: str
    before: str
    now: str


def changes_of(seen: Seen, batch: int, previous: int | None, file: int, lang: str) -> list[Changed] | None:
    """Return what was changed in a file since the batch before, None where there is nothing to compare it with."""
    if previous is None or not seen.is_there(previous):
        return None
    stamp = (seen.stamp(batch), seen.stamp(previous), lang)
    found: list[Changed] | None = seen.kept(
        batch, f"changes {file}", stamp, lambda: _changes(seen, batch, previous, file, lang)
    )
    return found


def _changes(seen: Seen, batch: int, previous: int, file: int, lang: str) -> list[Changed] | None:
    from etl.rounds.match import changes
    from etl.rounds.values import what

    with seen.store(batch) as store:
        now = {text_key(record.agency): record for record in _records(store, file)}
    old: dict[str, FormRecord] = {}
    with seen.store(previous) as store:
        for key, agency in store.rows('SELECT file, agency FROM forms WHERE counted = 1 ORDER BY "row"'):
            if text_key(text_of(agency) or "") in now.keys() - old.keys():
                old |= {text_key(record.agency): record for record in _records(store, key)}
    pairs = [(record, old[agency]) for agency, record in now.items() if agency in old]
    if not pairs:
        return None
    told = [change for record, was in pairs for change in changes(record.values, was.values)]
    return [
        Changed(
            change.value.place.partition("!")[2], what(change.value, lang), change.old or "", change.new or ""
        )
        for change in told[:MOST_SHOWN]
    ]


def _records(store: Store, file: int) -> Iterator[FormRecord]:
    """Yield the forms of a file with their values; of one file only, so that it takes no longer than a page may."""
    from etl.batch.whole import stored_rows
    from etl.rounds.compare import form_records
    from etl.store.read import profiles_of
    from etl.store.rows import stack_of

    yield from form_records(stack_of(stored_rows(store, [file]), profiles_of(store)))
