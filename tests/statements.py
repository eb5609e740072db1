"""Reads the statements of the case table (`samples.statement`), and says what the checker said in the same words."""

from __future__ import annotations

import re
import string
from collections.abc import Callable
from functools import cache

from checks.finding import Finding
from checks.rule import RULES
from etl.cell.grid import address_text
from etl.frames.located import Located
from samples.statement import parsed

_IN_ALL, _MORE = re.compile("等([0-9]+)"), re.compile("and ([0-9]+) more")
_FIGURE = re.compile(r"[0-9]+\.[0-9]+|[0-9]{2,}")


def resolved(statement: str, cell: Callable[[str], str]) -> str:
    """Return a statement with cells in place of the names of values; `cell` maps one name to its cell.

    Raises AssertionError for a statement that says no severity.
    """
    what, weight, sentence, values, says = parsed(statement)
    cells = dict.fromkeys(cell(name) for name in values)
    return _line(what, weight + (f".{sentence}" if sentence else ""), list(cells), says)


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


def left_out(message: str) -> list[int]:
    """Return how many a sentence counts without naming them: 等3条 and “and 2 more” leave out two."""
    return [int(count) - 1 for count in _IN_ALL.findall(message)] + list(map(int, _MORE.findall(message)))
