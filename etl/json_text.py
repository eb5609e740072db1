"""Writes JSON piece by piece, as `json.dumps` would write it with an indent of one.

With an indent the library writes in Python, slowly, and all of it into memory first; a city's findings are
many small records, for which this is enough.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from json.encoder import encode_basestring
from typing import Any


def object_pieces(members: Iterable[tuple[str, Any]]) -> Iterator[str]:
    """Yield the text of an object in pieces; a member that is an iterator is written entry by entry."""
    before = "{\n "
    for name, value in members:
        yield f"{before}{encode_basestring(name)}: "
        yield from _entries(value) if isinstance(value, Iterator) else (json_text(value, 1),)
        before = ",\n "
    yield "\n}"


def _entries(values: Iterator[Any]) -> Iterator[str]:
    first = next(values, _NONE)
    if first is _NONE:
        yield "[]"
        return
    before = "[\n  "
    for value in chain((first,), values):
        yield before + json_text(value, 2)
        before = ",\n  "
    yield "\n ]"


_NONE = object()


def json_text(value: Any, level: int = 0) -> str:
    """Return a value as JSON, indented as one that stands so many levels deep.

    Values are texts, whole numbers, None, and mappings (by text) and sequences of such.
    """
    if isinstance(value, str):
        return encode_basestring(value)
    if isinstance(value, Mapping):
        entries = [f"{encode_basestring(key)}: {json_text(each, level + 1)}" for key, each in value.items()]
        return _between("{", entries, "}", level)
    if isinstance(value, list | tuple):
        return _between("[", [json_text(each, level + 1) for each in value], "]", level)
    return "null" if value is None else int.__repr__(value)


def _between(begin: str, entries: list[str], end: str, level: int) -> str:
    if not entries:
        return begin + end
    line = "\n" + " " * (level + 1)
    return f"{begin}{line}{f',{line}'.join(entries)}\n{' ' * level}{end}"
