"""The projects of the forms that count, a column at a time: as objects they would be most of a city's memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from checks.declared.project_name import project_key
from checks.frames.columns import slices
from etl.citywide.figures.city import City

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

TOGETHER = 10_000
"""Numbers added at a time."""


class ProjectRow(NamedTuple):
    """A project: its position, its row in the stack, form and name; fen, or None with what to say of the cell."""

    at: int
    row: int
    form: int
    name: str
    half: int | None
    full: int | None
    half_unread: str
    full_unread: str


@dataclass(frozen=True, slots=True, eq=False)
class Amounts:
    """A column of amounts: fen, where it was read, and what to say of the cells that were not blank either."""

    fen: NDArray[np.int64]
    known: NDArray[np.bool_]
    unread: Mapping[int, str]

    def total(self) -> int:
        """Return the exact sum of what was read, however large."""
        fen = self.fen[self.known]
        return sum(sum(fen[start : start + TOGETHER].tolist()) for start in range(0, len(fen), TOGETHER))

    def only(self, at: NDArray[np.int64]) -> Amounts:
        """Return the amounts at some positions, for their sum."""
        return Amounts(self.fen[at], self.known[at], {})

    def take(self, first: int, last: int) -> list[int | None]:
        """Return some of the amounts, None where none was read."""
        pairs = zip(self.fen[first:last].tolist(), self.known[first:last].tolist(), strict=True)
        return [fen if known else None for fen, known in pairs]


@dataclass(frozen=True, slots=True, eq=False)
class Projects:
    """The projects in the order of agencies and of each form: row in the stack, form, name, amounts."""

    rows: NDArray[np.int64]
    forms: NDArray[np.int32]
    names: NDArray[Any]
    half: Amounts
    full: Amounts

    def by_form(self) -> Iterator[list[ProjectRow]]:
        """Yield the projects of each form that has any."""
        for own in slices(self.forms).values():
            yield list(self.some(own.start, own.stop))

    def some(self, first: int, last: int) -> Iterator[ProjectRow]:
        """Yield some of the projects, by position."""
        columns = (column[first:last].tolist() for column in (self.rows, self.forms, self.names))
        half, full = self.half.take(first, last), self.full.take(first, last)
        rows = zip(range(first, last), *columns, half, full, strict=True)
        for at, row, form, name, half_fen, full_fen in rows:
            unread = self.half.unread.get(at, ""), self.full.unread.get(at, "")
            yield ProjectRow(at, row, form, name, half_fen, full_fen, *unread)


def project_rows(city: City) -> Projects:
    """Return the projects of the forms that count, in the order of agencies and of each form."""
    import numpy as np

    forms = city.tables.projects["form"].to_numpy()
    positions = city.positions()[forms]
    rows = np.argsort(positions, kind="stable")[int((positions < 0).sum()) :].astype("int64")
    names = city.tables.projects["name"].to_numpy()[rows]
    return Projects(
        rows, forms[rows].astype("int32"), names, _amounts(city, rows, "half"), _amounts(city, rows, "full")
    )


def _amounts(city: City, rows: NDArray[np.int64], period: str) -> Amounts:
    states = city.tables.projects[f"{period}_state"].to_numpy()[rows]
    known = states == "number"
    unread = (~known & (states != "blank")).nonzero()[0].tolist()
    raw = city.tables.projects[f"{period}_raw"].to_numpy()[rows[unread]].tolist() if unread else []
    fen = city.tables.projects[period].to_numpy(dtype="int64", na_value=0)[rows]
    return Amounts(fen, known, {at: f"未读出：{text}" for at, text in zip(unread, raw, strict=True)})


@dataclass(frozen=True, slots=True, eq=False)
class Twins:
    """Which projects several agencies report: for each project a number, and for each number who they are.

    `first`, `second`: the first two forms of each number; `count`: how many there are. 0 is for no such project.
    """

    number: NDArray[np.int32]
    first: NDArray[np.int32]
    second: NDArray[np.int32]
    count: NDArray[np.int32]

    def of(self, row: ProjectRow) -> tuple[int, int]:
        """Return the first other form that reports a project, and how many others do."""
        number = int(self.number[row.at])
        first = int(self.first[number])
        return first if first != row.form else int(self.second[number]), int(self.count[number]) - 1


def twins(projects: Projects, kind: Callable[[str], str]) -> Twins:
    """Return the projects that several agencies report under one name and amount; running costs are not looked at."""
    import numpy as np

    key = _keys(projects, kind)
    at = np.flatnonzero((key >= 0) & projects.full.known & (projects.full.fen != 0))
    at = at[np.lexsort((projects.full.fen[at], key[at]))]
    fen, form, key = projects.full.fen[at], projects.forms[at], key[at]
    first = (np.diff(key, prepend=-1) != 0) | (np.diff(fen, prepend=0) != 0)
    starts = np.flatnonzero(first | (np.diff(form, prepend=-1) != 0))
    group = np.cumsum(first)
    count = np.bincount(group[starts], minlength=1)
    heads = np.flatnonzero(first[starts])
    following = np.minimum(heads + 1, len(starts) - 1)
    number = np.zeros(len(projects.rows), dtype="int32")
    number[at] = np.where(count[group] > 1, group, 0)
    forms = form[starts]
    return Twins(number, *(_from_one(column) for column in (forms[heads], forms[following], count[1:])))


def _from_one(column: NDArray[Any]) -> NDArray[np.int32]:
    """Return a column with something before it: what has no twin is number 0, which has one form."""
    import numpy as np

    return np.concatenate(([1], column)).astype("int32")


def _keys(projects: Projects, kind: Callable[[str], str]) -> NDArray[np.int64]:
    """Return each project's name as a number, one for all ways to write it; -1 for none and for running costs."""
    import numpy as np
    import pandas as pd

    codes, names = pd.factorize(projects.names)
    number: dict[str, int] = {}
    keys = [
        number.setdefault(project_key(name), len(number)) if name and kind(name) != "running" else -1
        for name in names
    ]
    return np.array(keys, dtype="int64")[codes] if len(codes) else np.array([], dtype="int64")
