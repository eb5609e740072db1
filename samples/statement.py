"""The spelling of one finding in a line, as sample mistakes and the tests' case table state it.

    CF05!E@indicators[9].half/full: ≤120%→0%～100% | 公用经费控制率
    ^code ^severity (E, W, I)       ^found→expected (difference) | what else the sentence names

After the severity a point and a name say which of the rule's sentences it is (`HF09!I.low`). The first cell
is the one to correct; the others follow after `+`, rows in one place in brackets (`projects[0-3,5].half`).
A finding without figures ends at its cells, one on a whole file has none. The wording itself is not part
of a statement: the handbook shows it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

SEVERITIES = {"E": "error", "W": "warning", "I": "info"}
_STATEMENT = re.compile(
    r"(?P<what>[^!@]+)!(?P<weight>[EWI])(?:\.(?P<sentence>[^@:]+))?(?:@(?P<cells>\S+))?(?:: (?P<says>.+))?"
)
_ROWS = re.compile(r"(?P<table>[a-z]+)\[(?P<rows>[0-9,-]+)\]\.(?P<fields>.*)")


class Statement(NamedTuple):
    """A finding as stated: its code, severity letter, which sentence, the values it names, its figures."""

    what: str
    weight: str
    sentence: str
    values: tuple[str, ...]
    says: str


def parsed(text: str) -> Statement:
    """Return a statement in its parts; AssertionError for one that says no severity."""
    parts = _STATEMENT.fullmatch(text)
    assert parts is not None, f"{text!r} is not CODE!SEVERITY@cells: figures"
    return Statement(
        parts["what"], parts["weight"], parts["sentence"] or "", tuple(_values(parts["cells"] or "")), parts["says"] or "",
    )  # fmt: skip


def _values(cells: str) -> Iterator[str]:
    """Yield every value that is named: `indicators[3-4].half/full` names four, `funds.basic_half/basic_full` two."""
    for name in cells.split("+") if cells else ():
        listed = _ROWS.fullmatch(name)
        if listed is not None:
            rows = list(_numbers(listed["rows"]))
            yield from (
                f"{listed['table']}[{n}].{field}" for n in rows for field in listed["fields"].split("/")
            )
        else:
            table, point, fields = name.rpartition(".")
            yield from (f"{table}{point}{field}" for field in fields.split("/"))


def _numbers(text: str) -> Iterator[int]:
    for part in text.split(","):
        first, _, last = part.partition("-")
        yield from range(int(first), int(last or first) + 1)
