"""The ledger of decisions of a batch: what was decided on a finding, by whom, when and why; only ever added to.

It lies beside the store in the output folder, because a store can be made anew and decisions cannot. The database forbids
changing and deleting rows, and every row carries the hash of the one before: a row that was changed with other means
breaks the chain, and a broken chain is refused. The last row that was not undone decides.
"""

from __future__ import annotations

import datetime
import hashlib
import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, fields, replace
from pathlib import Path

from etl.marked.verdict import Decision, decision_of, review_text
from etl.safe.refusal import Refusal
from etl.safe.whole_file import cannot_write

NAME = "decisions.sqlite"
APPLICATION = 0x6A78646C
"""SQLite's application id of our ledgers."""
VERSION = 1
FIRST = hashlib.sha256(b"jixiao decisions 1").hexdigest()
"""What the first row carries as the hash of the one before."""
_BUSY_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Event:
    """A row of the ledger: a decision on a finding, or that one is undone.

    `key`: the finding's, with the fingerprint of what was found. `agency` to `message`: how it read then. `review`: the
    decision as 复核结果 has it. `together`: the number of the first row of those decided at once. `undoes`: the row that is undone.
    """

    number: int
    at: str
    who: str
    key: str
    agency: str
    code: str
    severity: str
    place: str
    message: str
    review: str
    note: str = ""
    together: int = 0
    undoes: int = 0
    before: str = ""
    hash: str = ""

    @property
    def decision(self) -> Decision | None:
        """Return the decision, None for a row that undoes one."""
        return decision_of(self.review)

    def sealed(self, before: str) -> Event:
        """Return the row with the hash of the one before and its own over all it says."""
        given = replace(self, before=before, hash="")
        said = json.dumps([getattr(given, name) for name in COLUMNS[:-1]], ensure_ascii=False)
        return replace(given, hash=hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest())


COLUMNS = tuple(field.name for field in fields(Event))
_NUMBERS = ("number", "together", "undoes")
_CREATE = "CREATE TABLE events ({})".format(
    ", ".join(
        f"{name} INTEGER PRIMARY KEY" if name == "number"
        else f"{name} {'INTEGER' if name in _NUMBERS else 'TEXT'} NOT NULL"
        for name in COLUMNS
    )
)  # fmt: skip
_STATEMENTS = (
    _CREATE,
    "CREATE INDEX events_key ON events (key)",
    *(
        f"CREATE TRIGGER events_no_{act.lower()} BEFORE {act} ON events"
        " BEGIN SELECT RAISE(ABORT, 'the ledger is only added to'); END"
        for act in ("UPDATE", "DELETE")
    ),
)


class Overtaken(Exception):
    """Somebody else decided on the same finding meanwhile; `events` are theirs."""

    def __init__(self, events: Sequence[Event]) -> None:
        super().__init__(f"{len(events)} decided meanwhile")
        self.events = tuple(events)


class Ledger:
    """The decisions of a batch as they stand: all rows in order, and what decides on each finding."""

    def __init__(self, events: Iterable[Event] = ()) -> None:
        self.events = tuple(events)
        undone = {event.undoes for event in self.events if event.undoes}
        self.live: dict[str, Event] = {}
        self.keys: dict[str, int] = {}
        for event in self.events:
            self.keys[event.key] = event.number
            if not event.undoes and event.number not in undone:
                self.live[event.key] = event
        self.undone = frozenset(undone)

    @property
    def last(self) -> int:
        """Return the number of the last row, 0 where there is none."""
        return self.events[-1].number if self.events else 0

    @property
    def reviews(self) -> Mapping[str, str]:
        """Return what 复核结果 says of every finding that is decided on, by its key."""
        return {key: event.review for key, event in self.live.items()}

    @property
    def taken_back(self) -> Mapping[str, frozenset[str]]:
        """Return what 复核结果 may still say, by key, of decisions that were undone and that no other one followed."""
        found: dict[str, set[str]] = {}
        for event in self.events:
            if event.number in self.undone and event.key not in self.live:
                found.setdefault(event.key, set()).add(event.review)
        return {key: frozenset(texts) for key, texts in found.items()}

    def version(self, key: str) -> int:
        """Return the number of the last row about a finding, 0 where there is none."""
        return self.keys.get(key, 0)


def read_ledger(folder: Path, known: Ledger | None = None) -> Ledger:
    """Return the decisions of a batch, none where nobody decided; raises `Refusal` for a ledger that was tampered with.

    `known`: what was read before, so that only the rows since then are read and their hashes made.
    """
    if not (folder / NAME).exists():
        return Ledger()
    with _opened(folder / NAME) as connection:
        return _grown(known, _events(connection, folder / NAME, known))


def _grown(known: Ledger | None, events: Sequence[Event]) -> Ledger:
    """Return a ledger with all its rows; the one that is known where none is new."""
    return known if known is not None and len(events) == len(known.events) else Ledger(events)


def decide(
    folder: Path, events: Sequence[Event], seen: Mapping[str, int] | None = None, known: Ledger | None = None
) -> Ledger:
    """Add rows to the ledger of a batch, all or none, and return it as it is then.

    `seen`: by key the number of the last row that who decides had seen; raises `Overtaken` where there is a later one.
    Numbers, time and hashes are given here. Raises `Refusal` as `read_ledger` does.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with _opened(folder / NAME, make=True) as connection:
        try:
            connection.execute("BEGIN IMMEDIATE")
            ledger = _grown(known, _events(connection, folder / NAME, known))
            late = [e.key for e in events if seen is not None and ledger.version(e.key) > seen.get(e.key, 0)]
            if late:
                raise Overtaken([ledger.events[ledger.version(key) - 1] for key in late])
            added = list(_numbered(events, ledger))
            marks = ",".join("?" * len(COLUMNS))
            connection.executemany(
                f"INSERT INTO events VALUES ({marks})",
                [[getattr(e, name) for name in COLUMNS] for e in added],
            )
            connection.execute("COMMIT")
        except sqlite3.OperationalError as error:
            raise cannot_write(folder / NAME, OSError(error.sqlite_errorcode, str(error))) from error
        finally:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
    return Ledger((*ledger.events, *added))


def undo(folder: Path, who: str, number: int) -> Ledger:
    """Undo a decision with all that were made together with it; raises KeyError where there is nothing to undo."""
    ledger = read_ledger(folder)
    meant = {event.number: event for event in ledger.events}[number]
    events = [
        replace(event, who=who, review="", note="", together=0, undoes=event.number)
        for event in ledger.events
        if event.together == meant.together and not event.undoes and event.number not in ledger.undone
        and ledger.live.get(event.key) == event
    ]  # fmt: skip
    if not events:
        raise KeyError(number)
    return decide(folder, events, {event.key: event.undoes for event in events})


def _numbered(events: Sequence[Event], ledger: Ledger) -> Iterator[Event]:
    """Yield rows as they are added: numbered, of this moment, each with the hash of the one before."""
    now = datetime.datetime.now().astimezone().isoformat(timespec="seconds")
    before = ledger.events[-1].hash if ledger.events else FIRST
    first = ledger.last + 1
    for number, event in enumerate(events, first):
        sealed = replace(event, number=number, at=now, together=first).sealed(before)
        before = sealed.hash
        yield sealed


def _events(connection: sqlite3.Connection, path: Path, known: Ledger | None = None) -> list[Event]:
    """Return all rows; raises `Refusal` where the chain is broken, or does not go on from what is known."""
    found: list[Event] = list(known.events) if known else []
    wanted = f"SELECT {', '.join(COLUMNS)} FROM events WHERE number >= ? ORDER BY 1"
    rows = connection.execute(wanted, (len(found) or 1,)).fetchall()
    if found and (not rows or Event(*rows.pop(0)) != found[-1]):
        return _events(connection, path)  # not the file that is known
    before = found[-1].hash if found else FIRST
    for number, row in enumerate(rows, len(found) + 1):
        event = Event(*row)
        if event.number != number or event.sealed(before) != event:
            raise Refusal(f"决定台账第{number}行被改动 row {number} of the ledger was changed: {path}")
        before = event.hash
        found.append(event)
    return found


@contextmanager
def _opened(path: Path, make: bool = False) -> Iterator[sqlite3.Connection]:
    """Give the ledger at a path, made where there is none and it may be; raises `Refusal` for what is no ledger of ours."""
    if path.is_symlink() or (path.exists() and not path.is_file()):
        raise Refusal(f"不是决定台账 not a ledger of this program: {path}")
    name = path.resolve().as_uri() + ("" if make else "?mode=ro")
    try:
        with closing(
            sqlite3.connect(name, timeout=_BUSY_SECONDS, isolation_level=None, uri=True)
        ) as connection:
            connection.execute("PRAGMA trusted_schema = OFF")
            if make and not connection.execute("SELECT 1 FROM sqlite_master").fetchone():
                _make(connection)
            _verify(connection, path)
            yield connection
    except sqlite3.OperationalError as error:
        raise cannot_write(path, OSError(error.sqlite_errorcode, str(error))) from error
    except sqlite3.DatabaseError as error:
        raise Refusal(f"决定台账已损坏 the ledger is damaged: {path}: {error}") from error


def _make(connection: sqlite3.Connection) -> None:
    connection.execute("BEGIN IMMEDIATE")
    if not connection.execute("SELECT 1 FROM sqlite_master").fetchone():  # nobody else was faster
        for statement in (
            f"PRAGMA application_id = {APPLICATION}",
            f"PRAGMA user_version = {VERSION}",
            *_STATEMENTS,
        ):
            connection.execute(statement)
    connection.execute("COMMIT")


def _verify(connection: sqlite3.Connection, path: Path) -> None:
    application, version = (
        connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("application_id", "user_version")
    )
    if (application, version) != (APPLICATION, VERSION):
        raise Refusal(f"不是决定台账，或版本不符 not a ledger of this program, or of another version: {path}")
    if {sql for (sql,) in connection.execute("SELECT sql FROM sqlite_master")} != set(_STATEMENTS):
        raise Refusal(f"决定台账已损坏 the ledger is damaged: {path}: its tables are not ours")


def event_of(
    who: str,
    decision: Decision,
    key: str,
    agency: str,
    code: str,
    severity: str,
    place: str,
    message: str,
    note: str = "",
) -> Event:
    """Return a decision on a finding as a row that is to be added."""
    return Event(0, "", who, key, agency, code, severity, place, message, review_text(decision), note)
