"""Joins the stacks of chunks into one as they arrive, with every number moved on to where its row will stand.

A city's tables and places are most of what a run could hold in memory. So they are put aside as a chunk
arrives, and the whole is a way to them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import accumulate
from typing import TYPE_CHECKING, cast

from checks.finding import Spot
from checks.frames.tables import Tables
from etl.form.places import Names
from etl.frames.build import Stack
from etl.frames.columns import Columns, Piece, lay_table, step
from etl.frames.spill import Aside, Extent, laid, own_aside
from etl.frames.spilled import AsidePlaces
from etl.intake.file_reading import FileReading

if TYPE_CHECKING:
    import pandas as pd

NAMES = ("files", "forms", "funds", "projects", "indicators", "oddities")
IN_MEMORY = ("files", "forms", "funds")
"""Tables of one row a file or form: everybody asks for them."""

Begins = Mapping[str, int]
"""Where the rows of a stack will stand: the number of the first, by table."""


@dataclass(frozen=True, slots=True)
class _Part:
    """What is left of a stack that was put aside: the way back to its tables and to cells."""

    pieces: Mapping[str, Piece]
    places: tuple[tuple[Names, Extent], ...]
    files: tuple[FileReading, ...]
    file_of: tuple[int, ...]
    starts: Mapping[str, tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class Joining:
    """Stacks being joined: where they are put aside, and what each leaves by its number."""

    aside: Aside = field(default_factory=own_aside)
    parts: dict[int, _Part] = field(default_factory=dict)
    names: dict[Names, Names] = field(default_factory=dict)


def add(joining: Joining, number: int, s: Stack) -> None:
    """Take a stack in; it will stand where its number among the others puts it."""
    pieces = {name: lay_table(joining.aside, getattr(s.tables, name)) for name in NAMES}
    places = tuple(
        (joining.names.setdefault(form.names, form.names), laid(joining.aside, form.numbers))
        for form in s.located
    )
    joining.parts[number] = _Part(pieces, places, s.files, s.file_of, s.starts)


def join_stacks(stacks: Sequence[Stack]) -> Stack:
    """Return several stacks as one, with form, file and row numbers running on."""
    joining = Joining()
    for number, s in enumerate(stacks):
        add(joining, number, s)
    return joined(joining)


def joined(joining: Joining) -> Stack:
    """Return the stacks that were taken in as one."""
    from etl.frames.build import stack

    if not joining.parts:
        return stack([])
    each = [(joining.parts[number], first) for number, first in begins(joining).items()]
    return Stack(
        _tables(joining.aside, each),
        AsidePlaces(joining.aside, [form for part, _ in each for form in part.places]),
        tuple(file for part, _ in each for file in part.files),
        tuple(number + first["files"] for part, first in each for number in part.file_of),
        {
            name: tuple(start + step(name, first) for part, first in each for start in part.starts[name])
            for name in each[0][0].starts
        },
    )


def _tables(aside: Aside, each: Sequence[tuple[_Part, Begins]]) -> Tables:
    """Return the tables of all stacks; those of many rows a form lie aside, and give columns as a frame would."""
    tables = {}
    for name in NAMES:
        pieces = tuple(replace(part.pieces[name], first=first) for part, first in each)
        table = Columns(aside, name, pieces)
        tables[name] = table[table.columns] if name in IN_MEMORY else cast("pd.DataFrame", table)
    return Tables(**tables)


def begins(joining: Joining) -> dict[int, Begins]:
    """Return where the rows of each stack will stand by its number, in order of the numbers."""
    numbers = sorted(joining.parts)
    parts = [joining.parts[number].pieces for number in numbers]
    sums = {name: [0, *accumulate(pieces[name].rows for pieces in parts)] for name in NAMES}
    return {number: {name: sums[name][at] for name in NAMES} for at, number in enumerate(numbers)}


def moved(spots: tuple[Spot, ...], first: Begins) -> tuple[Spot, ...]:
    """Return the spots of a stack as spots of the whole."""
    return tuple(spot._replace(row=spot.row + step(spot.table, first)) for spot in spots)
