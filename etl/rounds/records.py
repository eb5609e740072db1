"""What a round leaves to the next: each form's findings and values, and what a return says of the change."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import NamedTuple

from etl.marked.lines import Line


class Value(NamedTuple):
    """A value of a form: table, row within the form, field, the row's name; its cell and its text."""

    table: str
    row: int
    field: str
    name: str
    place: str
    text: str


@dataclass(frozen=True, slots=True)
class FormRecord:
    """A form as a round leaves it. Findings on a whole file stand under the file's path, without agency."""

    id: str
    path: str
    agency: str
    year: str
    number: int
    lines: tuple[Line, ...] = ()
    values: tuple[Value, ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """A value that differs from last round; `old` or `new` is None where the line did not exist.

    `value` is the new one, or the old one where it is gone.
    """

    value: Value
    old: str | None
    new: str | None


@dataclass(frozen=True, slots=True)
class FileRound:
    """What a return says of the round: its number, what was fixed, what was changed.

    `compared` is False for a file that was not there last round.
    """

    number: int = 1
    fixed: tuple[Line, ...] = ()
    changes: tuple[Change, ...] = ()
    compared: bool = False


def as_json(record: FormRecord) -> str:
    """Return a form's record as JSON."""
    return json.dumps(asdict(record), ensure_ascii=False)


def from_json(text: str) -> FormRecord:
    """Return a form's record of its JSON."""
    plain = json.loads(text)
    plain["lines"] = tuple(Line(**line) for line in plain["lines"])
    plain["values"] = tuple(Value(*value) for value in plain["values"])
    return FormRecord(**plain)
