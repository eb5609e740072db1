"""Writes an object as JSON in pieces, a record a line: a city's findings are many, and a line is easy to look at."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

_text = json.JSONEncoder(ensure_ascii=False).encode
"""Without an indent the library writes in C; with one it does so in Python, many times slower."""


def object_pieces(members: Iterable[tuple[str, Any]]) -> Iterator[str]:
    """Yield the text of an object in pieces; a member that is an iterator becomes a list of one record a line."""
    before = "{\n"
    for name, value in members:
        yield f"{before}{_text(name)}: "
        if isinstance(value, Iterator):
            yield from _list_pieces(value)
        else:
            yield _text(value)
        before = ",\n"
    yield "\n}"


def _list_pieces(records: Iterator[Any]) -> Iterator[str]:
    before = "[\n"
    for record in records:
        yield before + _text(record)
        before = ",\n"
    yield "[]" if before == "[\n" else "\n]"
