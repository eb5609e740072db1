"""One form as read from a file: values, what had to be interpreted, and the cell each value stood in."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from etl.form.places import NOWHERE, PackedPlaces, Place, Where
from etl.money.amount import Amount

LONGEST_REMARK = 200
"""Characters of a text beside the form that are kept."""


class Oddity(NamedTuple):
    """Something the reader saw and had to interpret; `detail` says how (a word or the reading)."""

    kind: str
    table: str = "forms"
    row: int = 0
    field: str = "title"
    text: str = ""
    detail: str = ""


class Project(NamedTuple):
    """A project line."""

    name: str
    half: Amount
    full: Amount
    content: str = ""
    goal: str = ""


class Target(NamedTuple):
    """An indicator value as displayed, with what the cell held."""

    raw: str
    state: str


class Indicator(NamedTuple):
    """An indicator line with its levels filled down."""

    block: str
    level1: str
    level2: str
    key_task: str
    name: str
    half: Target
    full: Target


@dataclass(slots=True)
class Reading:
    """A form as it is being read; complete once `etl.reading.extract.read_forms` returns it.

    `texts` lacks a key where the label is not on the form; `amounts` likewise. While it is being read its
    places are in `places` and the labels met in `anchors`, afterwards the places are packed in `located` and
    nothing is left of these: a batch holds many readings, and they cross processes.
    """

    sheets: tuple[str, ...] = ()
    profile: str = ""
    title: str = ""
    fiscal_year: int | None = None
    year_raw: str = ""
    money_unit: str = ""
    texts: dict[str, str] = field(default_factory=dict)
    amounts: dict[str, Amount] = field(default_factory=dict)
    projects: list[Project] = field(default_factory=list)
    indicators: list[Indicator] = field(default_factory=list)
    oddities: list[Oddity] = field(default_factory=list)
    places: dict[Where, Place] = field(default_factory=dict)
    anchors: set[str] = field(default_factory=set)
    located: PackedPlaces = NOWHERE

    def remark(self, kind: str, place: Place, text: str = "", detail: str = "", field: str = "text") -> None:
        """Note something about a cell that holds no value of the form."""
        number = len(self.oddities)
        self.oddities.append(Oddity(kind, "outside", number, field, text[:LONGEST_REMARK], detail))
        self.places["outside", number, field] = place

    def column(self, place: Place, heading: str) -> None:
        """Note a column that the form does not have, once a heading."""
        text = " ".join(heading.split())
        if not any(odd.kind == "extra_column" and odd.text == text for odd in self.oddities):
            self.remark("extra_column", place, text)
