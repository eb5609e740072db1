"""How a finding is stated in the case table, in one line, and what the checker said in the same words.

    CF05!E@indicators[9].half/full: ≤120%→0%～100% | “公用经费控制率”
    ^code ^severity (E, W, I)       ^found →expected (difference) | what else the sentence names

After the severity a point and a name say which of the rule's sentences it is (`HF09!I.low`). The first cell
is the one to correct; the others follow after `+`, rows in one place in brackets (`projects[0-3,5].half`).
A cell that is no value of the form is written `=A59`. What is left out is empty: a finding without figures
ends at its cells, one on a whole file has none. The wording itself is not part of a statement: the
handbook shows it.
"""

from __future__ import annotations

import re
import string
from collections.abc import Callable, Iterator
from functools import cache

from checks.finding import Finding
from checks.rule import RULES
from etl.frames.located import Located
from etl.sheets.grid import address_text

SEVERITIES = {"E": "error", "W": "warning", "I": "info"}
_STATEMENT = re.compile(
    r"(?P<what>[^!@]+)!(?P<weight>[EWI](?:\.[^@:]+)?)(?:@(?P<cells>\S+))?(?:: (?P<says>.+))?"
)
_FIGURE = re.compile(r"[0-9]+\.[0-9]+|[0-9]{2,}")
_ROWS = re.compile(r"(?P<table>[a-z]+)\[(?P<rows>[0-9,-]+)\](?P<rest>.*)")


def resolved(statement: str, cell: Callable[[str], str]) -> str:
    """Return a statement with cells in place of the names of values; `cell` maps one name to its cell.

    Raises AssertionError for a statement that says no severity.
    """
    parts = _STATEMENT.fullmatch(statement)
    assert parts is not None, f"{statement!r} is not CODE!SEVERITY@cells: figures"
    cells = dict.fromkeys(cell(name) for name in _names(parts["cells"] or ""))
    return _line(parts["what"], parts["weight"], list(cells), parts["says"] or "")


def _names(cells: str) -> Iterator[str]:
    """Yield every value a statement names: `indicators[3-4].half/full` names four."""
    for name in cells.split("+") if cells else ():
        listed = _ROWS.fullmatch(name)
        table, _, fields = (listed["rest"] if listed else name).rpartition(".")
        for row in _numbers(listed["rows"]) if listed else ("",):
            for field in fields.split("/"):
                yield f"{listed['table']}[{row}].{field}" if listed else f"{table}.{field}".lstrip(".")


def _numbers(text: str) -> Iterator[str]:
    for part in text.split(","):
        first, _, last = part.partition("-")
        yield from map(str, range(int(first), int(last or first) + 1))


def stated(entry: Located, what: str = "") -> str:
    """Return what was said as a resolved statement; `what` stands in place of the code."""
    finding = entry.finding
    variant, values = _filled_in(finding)
    weight = finding.severity.value[0].upper() + (f".{variant}" if variant else "")
    cells = [_address(entry, n) for n in range(len(entry.cells))]
    return _line(what or finding.code, weight, cells, _says(finding, values))


def _address(entry: Located, number: int) -> str:
    """Return a cell as a statement writes it: with its sheet where that is not the sheet of the first one."""
    cell, first = entry.cells[number], entry.cells[0]
    elsewhere = "" if cell.sheet == first.sheet else f"{cell.sheet}!"
    return elsewhere + address_text((cell.row, cell.column))


def _line(what: str, weight: str, cells: list[str], says: str) -> str:
    return f"{what}!{weight}" + (f"@{'+'.join(cells)}" if cells else "") + (f": {says}" if says else "")


def _says(finding: Finding, values: list[str]) -> str:
    figures = finding.found
    figures += f"→{finding.expected}" if finding.expected else ""
    figures += f" ({finding.difference})" if finding.difference else ""
    stated = {finding.found, finding.expected, finding.difference, finding.difference.lstrip("-")}
    rest = " / ".join(value for value in values if value not in stated)
    return " ".join(f"{figures.strip()} | {rest}".split()).removesuffix(" |") if rest else figures.strip()


def _filled_in(finding: Finding) -> tuple[str, list[str]]:
    """Return which of its rule's sentences a finding speaks, and what is filled into it.

    Of several alike put together as one, the sentence is not known: then its whole text is what is said.
    """
    said = finding.message["zh"]
    for variant, pattern in _patterns(finding.code):
        found = pattern.fullmatch(said)
        if found is not None:
            return variant, list(dict.fromkeys(group for group in found.groups() if group))
    return "", [said]


@cache
def _patterns(code: str) -> list[tuple[str, re.Pattern[str]]]:
    """Return a rule's sentences as patterns, those with most words of their own first."""
    texts = sorted(RULES[code].zh.items(), key=lambda item: -len(re.sub(r"\{[^}]*\}", "", item[1])))
    return [(variant, re.compile(_pattern(text), re.DOTALL)) for variant, text in texts]


def _pattern(template: str) -> str:
    parts = string.Formatter().parse(template)
    return "".join(re.escape(text) + ("(.*?)" if name is not None else "") for text, name, _, _ in parts)


def figures(message: str) -> list[str]:
    """Return the figures a sentence quotes; single digits may be words in one of the languages."""
    return sorted(_FIGURE.findall(message))
