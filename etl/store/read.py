"""Reads a run out of its store: its files, tables and places, and the lists that go with them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast, overload

from checks.finding import Tally
from checks.frames.tables import OTHERS, Tables, declared, together
from etl.form.places import PackedPlaces
from etl.form.profiles import Catalogue, shipped, stored_catalogue
from etl.frames.build import Stack, budgets_of, plain_text
from etl.intake.submissions import Skipped
from etl.store.database import Store, damaged
from etl.store.numbering import COUNTED, Numbering, numbering
from etl.store.rows import file_of, frame_of, starts_of, text_of
from etl.store.schema import STORED, key_name
from etl.store.table import StoredTable

if TYPE_CHECKING:
    import pandas as pd

_PROFILES = (
    'SELECT DISTINCT profile FROM forms WHERE file IN (SELECT "row" FROM files WHERE position IS NOT NULL)'
)
IN_MEMORY = ("files", "forms", "funds")
"""Tables of one row a file or form: everybody asks for them."""


def numbering_of(store: Store) -> Numbering:
    """Return the numbering of the files of a run in their order."""
    counted: dict[int, dict[str, int]] = {}
    for key, name, count in store.rows(
        'SELECT f."row", c.name, c.rows FROM files f LEFT JOIN contents c ON c."row" BETWEEN f."row" << 32 AND'
        ' (f."row" << 32) + 4294967295 WHERE f.position IS NOT NULL ORDER BY f.position'
    ):
        counted.setdefault(key, dict.fromkeys(COUNTED, 0))
        if name in COUNTED:
            counted[key][name] = count
    return numbering(counted.items())


class StoredPlaces(Sequence[PackedPlaces]):
    """The places of a run's forms; a form is asked for many times in a row."""

    def __init__(self, store: Store, numbers: Numbering) -> None:
        self.store = store
        self._keys = numbers.keys("forms")
        self._names = {
            key: tuple((table, name) for table, name in json.loads(text))
            for key, text in store.rows("SELECT * FROM place_names")
        }
        self._last: tuple[int, PackedPlaces] | None = None

    def __len__(self) -> int:
        """Return how many forms there are."""
        return len(self._keys)

    @overload
    def __getitem__(self, at: int) -> PackedPlaces: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[PackedPlaces]: ...
    def __getitem__(self, at: int | slice) -> PackedPlaces | Sequence[PackedPlaces]:
        """Return the places of a form, or of the forms of a slice."""
        if isinstance(at, slice):
            return [self[number] for number in range(*at.indices(len(self)))]
        if self._last is None or self._last[0] != at:
            found = self.store.rows('SELECT names, numbers FROM places WHERE "row" = ?', (self._keys[at],))
            self._last = at, PackedPlaces(self._names[found[0][0]], found[0][1])
        return self._last[1]


def stored_stack(store: Store) -> Stack:
    """Return the tables, places and files of the run that is stored."""
    plain_text()
    numbers = numbering_of(store)
    profiles = [id_ for (id_,) in store.rows(_PROFILES)]
    budgets = budgets_of(profiles, profiles_of(store))
    whole = together(tuple(budgets.values()))
    tables = {name: StoredTable(store, table, numbers) for name, table in declared(whole).items()}
    facts = stored_files(store)
    columns = OTHERS["files"].names()
    small = {name: tables[name][tables[name].columns] for name in IN_MEMORY if name != "files" and profiles}
    small = small or {name: frame_of(declared(whole)[name], [], numbers) for name in ("forms", "funds")}
    files = frame_of(OTHERS["files"], [(0, *(fact[name] for name in columns)) for fact in facts], numbers)
    large = {name: cast("pd.DataFrame", table) for name, table in tables.items() if name not in IN_MEMORY}
    forms = small["forms"]
    return Stack(
        Tables(files=files, **small, **large, budgets=budgets),
        StoredPlaces(store, numbers),
        tuple(file_of(fact) for fact in facts),
        tuple(forms["file"].tolist()),
        starts_of(forms, large["projects"], large["indicators"]),
    )


def stored_profiles(store: Store) -> dict[str, Any]:
    """Return what the form profiles of a run say, by id, as noted; `Refusal` where that is no profile."""
    try:
        found: dict[str, Any] = json.loads(store.value("profiles") or "{}")
        stored_catalogue(found.values())
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise damaged(store.path, f"profiles: {error}") from error
    return found


def profiles_of(store: Store) -> Catalogue:
    """Return the form profiles of the run that is stored, those shipped where none are noted."""
    return stored_catalogue(stored_profiles(store).values()) if store.value("profiles") else shipped()


def stored_files(store: Store, and_file: int = -1) -> list[dict[str, Any]]:
    """Return the rows of the files of a run in their order, by column; `and_file`: of this one too where it is no part of it."""
    names = ("row", *(name for name in STORED["files"].names() if name != "fates"))
    quoted = ", ".join(f'"{name}"' for name in names)
    some = 'position IS NOT NULL OR "row" = ?'
    rows = store.rows(f"SELECT {quoted} FROM files WHERE {some} ORDER BY position", (and_file,))
    return [dict(zip(names, map(text_of, row), strict=True)) for row in rows]


def content_digests(store: Store) -> dict[str, str]:
    """Return the digest of the content of each file of a run, by its path."""
    return {
        text_of(path): digest
        for path, digest in store.rows("SELECT path, digest FROM files WHERE position IS NOT NULL")
    }


def stored_tallies(store: Store) -> tuple[Tally, ...]:
    """Return what became of the rules."""
    return tuple(Tally(*row[1:]) for row in store.rows('SELECT * FROM tallies ORDER BY "row"'))


def stored_skipped(store: Store) -> tuple[Skipped, ...]:
    """Return the files that were passed over."""
    return tuple(
        Skipped(*map(text_of, row[1:])) for row in store.rows('SELECT * FROM skipped ORDER BY "row"')
    )


def stored_roster(store: Store) -> pd.DataFrame | None:
    """Return the roster that was given, if any."""
    lines = [json.loads(line) for _, line in store.rows('SELECT * FROM roster ORDER BY "row"')]
    if not lines:
        return None
    import pandas as pd

    return pd.DataFrame(lines[1:], columns=lines[0], dtype=object)


def rows_of_files(
    store: Store, keys: Sequence[int], tables: Sequence[str]
) -> Mapping[int, dict[str, list[Any]]]:
    """Return the rows of some files in some tables, as they were stored."""
    names = dict(store.rows("SELECT * FROM place_names"))
    found: dict[int, dict[str, list[Any]]] = {}
    for key in keys:
        found[key] = {}
        for name in tables:
            rows = store.rows(
                f'SELECT * FROM "{name}" WHERE "{key_name(STORED[name])}" BETWEEN ? AND ? ORDER BY 1',
                (key, key) if name == "outlines" else (key << 32, (key << 32) + 4294967295),
            )
            found[key][name] = (
                [(row[0], names[row[1]], row[2]) for row in rows]
                if name == "places"
                else [tuple(map(text_of, row)) for row in rows]
                if name != "outlines"
                else rows
            )
    return found
