"""The order in which people read findings, and the cells that show one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from checks.finding import SEVERITY_ORDER
from etl.frames.build import CellPlace
from etl.frames.located import Located
from etl.marked.lines import State

MOST_FRAMED = 6
"""Cells beside the one to correct that get a border: a frame around a whole column tells nobody anything."""


def in_order(located: Sequence[Located]) -> Iterator[Located]:
    """Yield findings as people read them: by file and form, errors first, then by code and cell."""
    of_form: dict[tuple[str, str], list[int]] = {}
    for position, entry in enumerate(located):
        of_form.setdefault((entry.finding.path, entry.finding.form), []).append(position)
    for form in sorted(of_form):
        yield from sorted((located[position] for position in of_form[form]), key=_reading_order)


def _reading_order(entry: Located) -> tuple[Any, ...]:
    """Return what the findings of one form are ordered by."""
    finding = entry.finding
    first = entry.cells[0] if entry.cells else None
    place = (first.sheet, first.row, first.column) if first else ("", 0, 0)
    return (SEVERITY_ORDER[finding.severity], finding.code, place, finding.message["zh"])


def marked_cells(entry: Located) -> Iterator[tuple[CellPlace, bool]]:
    """Yield the cells that show a finding, and for each whether the finding stands there or is only framed."""
    at = min(entry.finding.note_at, len(entry.cells) - 1)
    framed = 0
    for number, cell in enumerate(entry.cells):
        framed += number != at
        if number == at or framed <= MOST_FRAMED:
            yield cell, number == at


def ordered(located: Sequence[Located]) -> list[Located]:
    """Return findings errors first, then by place; those whose explanation was accepted last."""
    return sorted(located, key=weight)


def weight(entry: Located) -> tuple[Any, ...]:
    """Return what findings are ordered by on 审核意见."""
    first = entry.cells[0] if entry.cells else None
    place = (first.sheet, first.row, first.column) if first else ("", 0, 0)
    settled = entry.state == State.EXPLAINED
    return (settled, SEVERITY_ORDER[entry.finding.severity], place, entry.finding.code)
