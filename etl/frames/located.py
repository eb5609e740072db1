"""Turns a finding's spots into cells of the department's file."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from checks.declared.text_key import text_key
from checks.finding import Finding, Spot, addressed
from checks.frames.columns import rows_of
from checks.frames.tables import Tables
from etl.cell.grid import address_text
from etl.frames.build import CellPlace, Stack


@dataclass(frozen=True, slots=True)
class Located:
    """A finding with its cells; `cells[0]` is the one to correct. Empty for a finding on a whole file.

    `key` ties it to the same finding of another round: agency, code and what the cell is (not its row),
    and after a colon a fingerprint of what was found. `state` (of `etl.rounds.match`), `explanation` and
    `review` come from the round before; empty in a first round.
    """

    finding: Finding
    cells: tuple[CellPlace, ...]
    key: str = ""
    state: str = ""
    explanation: str = ""
    review: str = ""


def locate(stack: Stack, findings: Iterable[Finding]) -> Iterator[Located]:
    """Yield the findings of a stack with their cells, in the order given.

    A value that stands nowhere (a missing line) is placed at the form's title.
    """
    forms = stack.tables.forms
    numbers = dict(zip(forms["id"].tolist(), forms.index.tolist(), strict=True))
    agencies = dict(zip(forms["id"].tolist(), forms["agency"].tolist(), strict=True))
    for finding in findings:
        form = numbers.get(finding.form)
        cells = _cells(stack, form, finding)
        key = _key(stack.tables, str(agencies.get(finding.form) or ""), finding)
        yield Located(_with_addresses(stack, form, finding, cells), cells, key)


def _with_addresses(stack: Stack, form: int | None, finding: Finding, cells: Sequence[CellPlace]) -> Finding:
    """Return a finding whose hypothesis names its cells by address, with the sheet where it is another one."""
    if not finding.hypothesis or form is None:
        return finding
    home = cells[0].sheet if cells else ""

    def address(spot: Spot) -> str:
        place = stack.place(form, spot)
        if place is None:
            return ""
        return address_text((place.row, place.column)) if place.sheet == home else cell_text(place)

    said = {lang: addressed(text, address) for lang, text in finding.hypothesis.items()}
    return finding if said == finding.hypothesis else replace(finding, hypothesis=said)


def _key(tables: Tables, agency: str, finding: Finding) -> str:
    spot = finding.spots[min(finding.note_at, len(finding.spots) - 1)] if finding.spots else None
    role = "" if spot is None else _role(tables, spot)
    return f"{_digest(text_key(agency), finding.code, role)}:{_digest(finding.found, finding.message['zh'])}"


def _role(tables: Tables, spot: Spot) -> str:
    """Return what a cell is, in words that survive rows being moved: its table, field and name."""
    if spot.table in ("projects", "indicators"):
        frame = getattr(tables, spot.table)
        columns = ("name", "level2", "key_task") if spot.table == "indicators" else ("name",)
        row = rows_of(frame, spot.row, spot.row + 1, columns)
        names = (text_key(row[column].iat[0]) for column in columns)
        return "|".join((spot.table, spot.field, *names))
    return f"{spot.table}|{spot.field}"


def _digest(*parts: str) -> str:
    return hashlib.blake2s("\x1f".join(parts).encode("utf-8", "replace"), digest_size=8).hexdigest()


def _cells(stack: Stack, form: int | None, finding: Finding) -> tuple[CellPlace, ...]:
    if form is None:
        return ()
    home = Spot("forms", form, "title")
    found = [stack.place(form, spot) or stack.place(form, home) for spot in finding.spots]
    return tuple(dict.fromkeys(cell for cell in found if cell is not None))


def cell_text(cell: CellPlace) -> str:
    """Return a cell as people write it: `绩效目标表!E18`."""
    return f"{cell.sheet}!{address_text((cell.row, cell.column))}"


def by_path(located: Iterable[Located]) -> Mapping[str, list[Located]]:
    """Return the findings of each file."""
    grouped: dict[str, list[Located]] = {}
    for entry in located:
        grouped.setdefault(entry.finding.path, []).append(entry)
    return grouped
