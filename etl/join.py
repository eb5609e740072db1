"""Joins the stacks of chunks into one as they arrive, with every number moved on to where its row will stand.

A city's tables are most of what a run holds in memory. So a chunk's frames are let go of at once, its values
are appended to columns that grow, and a text that was met before is not held again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from checks.finding import Spot
from checks.tables import Tables
from etl.places import PackedPlaces
from etl.stack import FileReading, Stack

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

NAMES = ("files", "forms", "funds", "projects", "indicators", "oddities")
MOST_KNOWN = 100_000
"""Texts that are looked out for: what a city repeats is among the first of them, and the rest costs its place."""

Begins = Mapping[str, int]
"""Where the rows of a stack will stand: the number of the first, by table."""


@dataclass(frozen=True, slots=True)
class _Part:
    """What is left of a stack whose tables were taken: how many rows they had, and the way back to cells."""

    rows: Mapping[str, int]
    located: tuple[PackedPlaces, ...]
    files: tuple[FileReading, ...]
    file_of: tuple[int, ...]
    starts: Mapping[str, tuple[int, ...]]


@dataclass(slots=True)
class _Column:
    """A column of all stacks so far: the values where they are objects, else the columns of the stacks."""

    values: list[Any] | None
    pieces: list[pd.Series[Any]] = field(default_factory=list)


@dataclass(slots=True)
class Joining:
    """Stacks being joined: what each leaves by its number, in the order they came, and the columns by table."""

    parts: dict[int, _Part] = field(default_factory=dict)
    columns: dict[str, dict[str, _Column]] = field(default_factory=lambda: {name: {} for name in NAMES})
    texts: dict[str, str] = field(default_factory=dict)
    empty: dict[str, pd.DataFrame] = field(default_factory=dict)


def add(joining: Joining, number: int, s: Stack) -> None:
    """Take a stack in; it will stand where its number among the others puts it."""
    rows = {name: len(getattr(s.tables, name)) for name in NAMES}
    joining.parts[number] = _Part(rows, s.located, s.files, s.file_of, s.starts)
    for name, columns in joining.columns.items():
        frame: pd.DataFrame = getattr(s.tables, name)
        if frame.empty:  # pandas cannot tell what its columns hold
            joining.empty[name] = frame
            continue
        for column, values in frame.items():
            plain = values.dtype == object
            grown = columns.setdefault(str(column), _Column([] if plain else None))
            _append(grown, values, plain, joining.texts)


def _append(grown: _Column, column: pd.Series[Any], plain: bool, texts: dict[str, str]) -> None:
    if plain and grown.values is None:
        grown.values = [value for piece in grown.pieces for value in piece.tolist()]
        grown.pieces = []
    if grown.values is None:
        grown.pieces.append(column.copy())  # as a part of its frame it would keep all of that alive
    else:
        grown.values += _shared(column.tolist(), texts)


def _shared(values: Iterable[Any], texts: dict[str, str]) -> Iterator[Any]:
    """Yield values, equal texts as one object."""
    once = texts.setdefault if len(texts) < MOST_KNOWN else texts.get
    return (once(value, value) if isinstance(value, str) else value for value in values)


def join_stacks(stacks: Sequence[Stack]) -> Stack:
    """Return several stacks as one, with form, file and row numbers running on."""
    joining = Joining()
    for number, s in enumerate(_with_all_columns(stacks)):
        add(joining, number, s)
    return joined(joining)


def _with_all_columns(stacks: Sequence[Stack]) -> Iterator[Stack]:
    """Yield stacks with the columns that any of them has: tables that analysts worked on may differ."""
    frames = {name: [getattr(s.tables, name) for s in stacks] for name in NAMES}
    columns = {name: list(dict.fromkeys(c for f in each for c in f.columns)) for name, each in frames.items()}
    for s in stacks:
        given = {name: getattr(s.tables, name) for name in NAMES}
        yield replace(s, tables=Tables(**{n: f.reindex(columns=columns[n]) for n, f in given.items()}))


def joined(joining: Joining) -> Stack:
    """Return the stacks that were taken in as one; what held them is used up."""
    from etl.stack import stack

    if not joining.parts:
        return stack([])
    each = [(joining.parts[number], first) for number, first in begins(joining).items()]
    return Stack(
        Tables(**{name: _table(joining, name) for name in NAMES}),
        tuple(located for part, _ in each for located in part.located),
        tuple(file for part, _ in each for file in part.files),
        tuple(number + first["files"] for part, first in each for number in part.file_of),
        {
            name: tuple(start + _step(name, first) for part, first in each for start in part.starts[name])
            for name in each[0][0].starts
        },
    )


def begins(joining: Joining) -> dict[int, Begins]:
    """Return where the rows of each stack will stand by its number, in order of the numbers."""
    numbers = sorted(joining.parts)
    sums = {name: [0, *accumulate(joining.parts[n].rows[name] for n in numbers)] for name in NAMES}
    return {number: {name: sums[name][at] for name in NAMES} for at, number in enumerate(numbers)}


def moved(spots: tuple[Spot, ...], first: Begins) -> tuple[Spot, ...]:
    """Return the spots of a stack as spots of the whole."""
    return tuple(spot._replace(row=spot.row + _step(spot.table, first)) for spot in spots)


def _step(table: str, first: Begins) -> int:
    """Return how far rows move that are named with a table: those of a form as a whole go by its number."""
    if table == "outside":  # counted within its form
        return 0
    return first[table] if table in ("projects", "indicators") else first["forms"]


def _table(joining: Joining, name: str) -> pd.DataFrame:
    """Return one table of all stacks, column by column so that no more than one is there twice."""
    import pandas as pd

    columns, order = joining.columns[name], _order(joining, name)
    if not columns:
        return joining.empty[name]
    made = {column: _joined(columns.pop(column), order) for column in list(columns)}
    for column, table in (("form", "forms"), ("file", "files")):
        if column in made:
            made[column] = made[column] + _steps(joining, name, table)
    if "linked_indicator" in made:
        indicator = made["linked_indicator"]
        made["linked_indicator"] = indicator + _steps(joining, name, "indicators") * (indicator >= 0)
    if name == "oddities":
        made["row"] = made["row"] + _odd_steps(joining, made["table"])
    return pd.DataFrame(made, copy=False)


def _order(joining: Joining, name: str) -> NDArray[np.int64] | None:
    """Return where each row of a table stands among those that came, None where they came in order."""
    import numpy as np

    came = list(joining.parts)
    if came == sorted(came):
        return None
    ends = list(accumulate(joining.parts[number].rows[name] for number in came))
    rows = {n: np.arange(end - joining.parts[n].rows[name], end) for n, end in zip(came, ends, strict=True)}
    return np.concatenate([rows[number] for number in sorted(came)])


def _joined(column: _Column, order: NDArray[np.int64] | None) -> pd.Series[Any]:
    import pandas as pd

    if column.values is None:
        whole = pd.concat(column.pieces, ignore_index=True)
    else:
        whole = pd.Series(column.values, dtype=object)
    return whole if order is None else whole.take(order).reset_index(drop=True)


def _steps(joining: Joining, name: str, table: str) -> NDArray[np.int64]:
    """Return how far each row's reference to a table moves."""
    import numpy as np

    firsts = begins(joining)
    counts = [joining.parts[number].rows[name] for number in firsts]
    return np.repeat([first[table] for first in firsts.values()], counts)


def _odd_steps(joining: Joining, tables: pd.Series[Any]) -> NDArray[np.int64]:
    import numpy as np

    counts = [(first, joining.parts[number].rows["oddities"]) for number, first in begins(joining).items()]
    firsts = (first for first, count in counts for _ in range(count))
    return np.array(
        [_step(table, first) for table, first in zip(tables, firsts, strict=True)], dtype=np.int64
    )
