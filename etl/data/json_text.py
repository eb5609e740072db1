"""Writes JSON piece by piece, as `json.dumps` would write it with an indent of one.

The library would have all of it in memory first, and a city's findings are many small records.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from typing import Any


def object_pieces(members: Iterable[tuple[str, Any]]) -> Iterator[str]:
    """Yield the text of an object in pieces; a member that is an iterator is written entry by entry."""
    before = "{\n "
    for name, value in members:
        yield f"{before}{json_text(name)}: "
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
    """Return a value as JSON, indented as one that stands so many levels deep; no text in JSON breaks a line."""
    if isinstance(value, dict) and value and all(type(text) is str for text in value.values()):
        return _texts(value, level)
    return json.dumps(value, ensure_ascii=False, indent=1).replace("\n", "\n" + " " * level)


def _texts(texts: Mapping[str, str], level: int) -> str:
    """Return an object that holds only texts: most records do, and with an indent the library is slow at them."""
    line = "\n" + " " * (level + 1)
    inside = f",{line}".join(f"{_quoted(name)}: {_quoted(text)}" for name, text in texts.items())
    return f"{{{line}{inside}\n{' ' * level}}}"


_quoted = json.JSONEncoder(ensure_ascii=False).encode
