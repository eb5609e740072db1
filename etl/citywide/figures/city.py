"""What the city's workbook is drawn from: the batch, whose form counts, and links to every figure's cell."""

from __future__ import annotations

import posixpath
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import quote

from checks.given.inputs import Inputs
from checks.given.whose import Whose, whose_forms
from checks.likeness.unit_meant import times_too_large
from checks.scope import LeftOut, Scope, scope_of
from checks.settings import Settings
from etl.batch.model import Batch
from etl.cell.grid import address_text
from etl.citywide.figures.counted import Seen, seen
from etl.citywide.figures.doubts import Doubts, doubts_of
from etl.form.places import Place, place_of, places_of
from etl.frames.build import CellPlace
from etl.marked.lines import State
from etl.safe.file_names import returned_name
from etl.sheets.as_xlsx import tab_names

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from checks.frames.tables import Tables
    from etl.rounds.compare import Rounds
    from etl.rounds.records import FileRound

NO_DEPARTMENT = "（未列主管部门）"


@dataclass(frozen=True, slots=True)
class Options:
    """What a city's workbook is drawn with beside its batch.

    `explained`: how many findings of a form (by its id) an accepted explanation has silenced; the batch
    does not hold them. `folders`: where the returns of a run lie as seen from the workbook, by the first part of their paths
    ("" for a single run). `runs`: what was merged, in words; `numbers`: the round of each run, by the same part;
    `latest`: the run that is on, where earlier rounds are shown beside it.
    """

    settings: Settings = field(default_factory=Settings)
    exclude: tuple[str, ...] = ()
    rounds: Rounds | None = None
    explained: Mapping[str, int] = field(default_factory=dict)
    folders: Mapping[str, str] = field(default_factory=lambda: {"": "returns"})
    runs: tuple[str, ...] = ()
    numbers: Mapping[str, int] = field(default_factory=dict)

    latest: str = ""

    def of_this_round(self, path: str) -> FileRound | None:
        """Return what became of a file since the round before; None for a file of an earlier round or of no round."""
        own = path.removeprefix(f"{self.latest}/") if self.latest else path
        return self.rounds.files.get(own) if self.rounds and (own != path or not self.latest) else None

    def round_of(self, path: str) -> int:
        """Return the round in which a file of several rounds came in, 0 where only one is looked at."""
        return self.numbers.get(path.partition("/")[0], 0)


@dataclass(frozen=True, slots=True)
class City:
    """A batch as the city sees it.

    `order`: the forms that count, one an agency, in the roster's order, else by department and agency; those whose unit of
    money is in doubt are among them, and all of their amounts in `doubts`. `left_out`: why the others do not count;
    `agencies`, `departments`, `paths`, `bases`: each form's name, department, file and its return; `whose`: its line of the
    roster and what told it; `seen`: its findings counted; `doubts`: the amounts in doubt;
    `tabs`: the names of tabs that the return of a file cannot have, with the ones it has instead.
    """

    batch: Batch
    order: tuple[int, ...]
    left_out: Mapping[int, LeftOut]
    agencies: tuple[str, ...]
    departments: tuple[str, ...]
    paths: tuple[str, ...]
    bases: tuple[str, ...]
    roster: pd.DataFrame | None
    last_year: Tables | None
    options: Options
    unknown: tuple[str, ...]
    seen: Seen
    whose: tuple[Whose, ...]
    doubts: Doubts
    tabs: Mapping[str, Mapping[str, str]]

    @property
    def counting(self) -> frozenset[int]:
        """Return the forms that stand for an agency: those that count and total forms whose agencies count instead."""
        return frozenset(form for form in range(len(self.paths)) if self._stands(form))

    def _stands(self, form: int) -> bool:
        return form not in self.left_out or self.left_out[form].why not in ("superseded", "other_year")

    @property
    def places(self) -> Sequence[str]:
        """Return the departments in the roster's order."""
        return _places(self.roster)

    @property
    def tables(self) -> Tables:
        """Return the tables of the batch."""
        return self.batch.stack.tables

    def cell(self, form: int, table: str, row: int, name: str) -> tuple[str, str]:
        """Return the sheet and cell (`E18`) of a value of a form; two empty texts where it stands nowhere."""
        stack = self.batch.stack
        local = row - stack.starts[table][form] if table in stack.starts else 0
        at = place_of(stack.located[form], (table, local, name))
        return self.named(form, at)

    def column(self, form: int, table: str, name: str) -> dict[int, Place]:
        """Return the places of a column of a form, by row in the stack; for the many quicker than one by one."""
        stack = self.batch.stack
        first = stack.starts[table][form] if table in stack.starts else 0
        return {first + row: at for row, at in places_of(stack.located[form], table, name).items()}

    def named(self, form: int, at: Place | None) -> tuple[str, str]:
        """Return the sheet and cell (`E18`) of a place of a form; two empty texts for none."""
        if at is None:
            return "", ""
        stack = self.batch.stack
        return stack.files[stack.file_of[form]].sheet_names[at.sheet], _address(at.row, at.column)

    def link(self, form: int, sheet: str, cell: str) -> str:
        """Return the link to a cell of a form's return, relative to the workbook; "" for no cell."""
        return self._in_return(self.bases[form], self.paths[form], sheet, cell) if cell else ""

    def place_link(self, place: CellPlace) -> str:
        """Return the link to a cell of a finding."""
        base = return_link(place.path, self.options.folders)
        return self._in_return(base, place.path, place.sheet, _address(place.row, place.column))

    def _in_return(self, base: str, path: str, sheet: str, cell: str) -> str:
        return _cell_link(base, self.tabs.get(path, {}).get(sheet, sheet), cell)

    def positions(self, forms: Sequence[int] | None = None) -> NDArray[np.int64]:
        """Return each form's position in the order of those that count, or of some of them; -1 for the others."""
        import numpy as np

        order = self.order if forms is None else forms
        found = np.full(len(self.paths), -1)
        found[list(order)] = range(len(order))
        return found

    @property
    def undoubted(self) -> list[int]:
        """Return the forms that count and whose unit of money nobody doubts: others' targets may be in another unit too."""
        return [form for form in self.order if form not in self.doubts.forms]

    def shown(self) -> list[int]:
        """Return the forms that count and, after them, the total forms that are left out as counted twice."""
        wholes = [form for form, why in self.left_out.items() if why.why == "whole"]
        return [*self.order, *sorted(wholes, key=lambda form: (self.departments[form], self.agencies[form]))]


@lru_cache(maxsize=65536)
def _address(row: int, column: int) -> str:
    return address_text((row, column))


def _cell_link(base: str, sheet: str, cell: str) -> str:
    return f"{base}#'{sheet.replace(chr(39), chr(39) * 2)}'!{cell}" if base else ""


def return_link(path: str, folders: Mapping[str, str]) -> str:
    """Return the link to a file's return, relative to the workbook; "" where the returns cannot be reached."""
    run, _, rest = ("", "", path) if "" in folders else path.partition("/")
    folder = folders.get(run, "")
    way = posixpath.join(folder, returned_name(rest))
    return f"external:{quote(way.encode('utf-8', 'surrogateescape'))}" if folder else ""


def explained(batch: Batch) -> Mapping[str, int]:
    """Return how many findings of each form are explained, by the form's id."""
    return Counter(entry.finding.form for entry in batch.located if entry.state == State.EXPLAINED)


def the_city(batch: Batch, inputs: Inputs, options: Options | None = None) -> City:
    """Return the batch with the forms that count in order and the reasons for those that do not."""
    options = options or Options()
    tables, roster = batch.stack.tables, inputs.roster
    found, forms = seen(batch), tables.forms
    scope: Scope = scope_of(tables, roster, options.exclude)
    paths = tuple(map(str, forms["path"]))
    whose = tuple(whose_forms(tables, roster))
    agencies = tuple(_agencies(forms["agency"], paths, whose, roster))
    departments = tuple(_departments(whose, roster))
    places = {name: place for place, name in enumerate(_places(roster))}
    counted = [form for form in forms.index.tolist() if form not in scope.left_out]
    order = sorted(
        counted,
        key=lambda f: (
            places.get(departments[f], len(places)),
            departments[f],
            _row(whose[f]),
            agencies[f],
            f,
        ),
    )
    bases = tuple(return_link(path, options.folders) for path in paths)
    scale = {form: each for form, each in found.doubts.items() if form not in scope.left_out}
    times = times_too_large(tables, scale, [form for form in order if form not in scale])
    doubts = doubts_of([each for each in found.amounts if each.form not in scope.left_out], scale, times)
    return City(
        batch, tuple(order), scope.left_out, agencies, departments, paths, bases, roster,
        inputs.last_year, options, scope.unknown, found, whose, doubts, _tabs(batch),
    )  # fmt: skip


def _row(whose: Whose) -> int:
    """Return what puts a form in the roster's order, those of no line last."""
    return whose.row if whose.row >= 0 else sys.maxsize


def _agencies(
    names: pd.Series[str], paths: Sequence[str], whose: Sequence[Whose], roster: pd.DataFrame | None
) -> Iterator[str]:
    """Yield what each form's agency is called: as it says itself, as the roster has it where it does not, else its file."""
    for name, path, own in zip(names, paths, whose, strict=True):
        known = str(roster["agency"].loc[own.row]) if roster is not None and own.row >= 0 else path
        yield str(name) if isinstance(name, str) and name else known


def _departments(whose: Sequence[Whose], roster: pd.DataFrame | None) -> Sequence[str]:
    known = {} if roster is None else roster["department"].to_dict()
    return [str(known.get(own.row, "")) or NO_DEPARTMENT for own in whose]


def _places(roster: pd.DataFrame | None) -> list[str]:
    names = [] if roster is None else [str(name) for name in roster["department"] if name]
    return list(dict.fromkeys(names))


def _tabs(batch: Batch) -> Mapping[str, Mapping[str, str]]:
    """Return for each file the tabs that go by another name in its return: those of .ods that .xlsx cannot have."""
    found: dict[str, dict[str, str]] = {}
    for file in batch.files:
        for old, new in zip(file.sheet_names, tab_names(file.sheet_names), strict=True):
            if old != new:
                found.setdefault(file.path, {}).setdefault(old, new)
    return found
