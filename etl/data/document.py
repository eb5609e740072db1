"""findings.json, declared once: its writer is held to this by mypy, its JSON Schema is made of it.

A field that is added is added here; a reader that knows version 1 must pass over fields it does not know. What changes
the meaning of a field is a new version.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import (
    Annotated,
    Any,
    Literal,
    NotRequired,
    TypedDict,
    get_args,
    get_origin,
    get_type_hints,
    is_typeddict,
)

VERSION: Literal[1] = 1


@dataclass(frozen=True, slots=True)
class Pattern:
    """What a text looks like."""

    text: str


Wan = Annotated[str, Pattern(r"^-?\d+(\.\d{1,6})?$"), "an amount in 万元, exact"]
Code = Annotated[str, Pattern(r"^[A-Z]{2}\d{2}$"), "a rule, see `jixiao rules`"]
Status = Literal["checked", "unreadable", "not_a_form", "skipped", "crashed"]
SeverityName = Literal["error", "warning", "info"]
StateName = Literal["standing", "new", "explained"]


class FormRecord(TypedDict):
    """A form of a file."""

    id: Annotated[str, "path of the file, `#` and the form's number in it"]
    profile: Annotated[str, "id of the form profile it was read with (`jixiao form list`)"]
    agency: Annotated[str, "name of the agency as it stands, may be empty"]
    fiscal_year: Annotated[int | None, "null where the form says none"]
    sheets: Annotated[list[str], "the sheets it stands on"]
    total: Annotated[Wan | None, "收入合计; null where it is blank or could not be read"]


class FileRecord(TypedDict):
    """A file handed in, or passed over."""

    path: Annotated[
        str, "relative to the argument it was found under; inside an archive `batch.zip/folder/name.xlsx`"
    ]
    status: Status
    reason: Annotated[str, "why it was not checked, in the language asked for"]
    forms: list[FormRecord]


class CellRecord(TypedDict):
    """A cell."""

    sheet: str
    cell: Annotated[str, Pattern(r"^[A-Z]{1,3}[1-9]\d*$")]


class FindingRecord(TypedDict):
    """A finding; the first of its cells is the one to correct."""

    path: Annotated[str, "its file, empty for one about the batch"]
    form: Annotated[str, "id of its form, empty for one about a whole file or the batch"]
    code: Code
    severity: SeverityName
    cells: list[CellRecord]
    message: str
    found: Annotated[str, "what stands there; amounts in 万元"]
    expected: Annotated[str, "what should, where one answer follows"]
    difference: Annotated[str, "found minus expected in 万元"]
    hypothesis: Annotated[str, "what was probably meant"]
    state: NotRequired[Annotated[StateName, "what became of it since the round before, with --previous"]]


class NotRunRecord(TypedDict):
    """A rule that could not judge a form."""

    form: str
    code: Code
    reason: str


class FixedRecord(TypedDict):
    """A finding of the round before that is gone."""

    path: str
    code: Code
    severity: SeverityName
    place: Annotated[str, "sheet and cell it was at"]
    message: str


class Document(TypedDict):
    """What findings.json holds."""

    version: Literal[1]
    round: NotRequired[Annotated[int, "which round this is, with --previous"]]
    fixed: NotRequired[list[FixedRecord]]
    files: list[FileRecord]
    findings: list[FindingRecord]
    not_run: list[NotRunRecord]


def schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of findings.json."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"findings.json of jixiao, version {VERSION}",
        **_of(Document),
    }


def _of(kind: Any) -> dict[str, Any]:
    """Return the schema of a type: of a record its fields, all of them required that are not marked otherwise."""
    origin = get_origin(kind)
    if is_typeddict(kind):
        return _record(kind)
    if origin is Annotated:
        return {**_of(kind.__origin__), **_noted(kind.__metadata__)}
    if origin is NotRequired:
        return _of(*get_args(kind))
    if origin is Literal:
        return {"enum": list(get_args(kind))}
    if origin is list:
        return {"type": "array", "items": _of(*get_args(kind))}
    if get_args(kind):
        return {"anyOf": [_of(one) for one in get_args(kind)]}
    return {"type": {str: "string", int: "integer", type(None): "null"}[kind]}


def _record(kind: Any) -> dict[str, Any]:
    fields: dict[str, Any] = get_type_hints(kind, include_extras=True)
    return {
        "type": "object",
        "description": kind.__doc__.strip(),
        "properties": {name: _of(field) for name, field in fields.items()},
        "required": [name for name, field in fields.items() if get_origin(field) is not NotRequired],
    }


def _noted(notes: Iterable[str | Pattern]) -> dict[str, Any]:
    return {
        "pattern" if isinstance(n, Pattern) else "description": n.text if isinstance(n, Pattern) else n
        for n in notes
    }
