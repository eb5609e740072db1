"""What was found and what was not run, as rows of the store and as findings again."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from checks.finding import Finding, NotRun, Severity, Spot
from etl.cell.grid import address_text, cell_address
from etl.frames.build import CellPlace
from etl.frames.located import Located
from etl.store.numbering import Numbering, spot_keys, spots_of

Row = tuple[Any, ...]


def finding_rows(entries: Iterable[Located], file: int, numbers: Numbering) -> dict[str, list[Row]]:
    """Return findings and their cells as rows of a file (0: of the batch)."""
    findings: list[Row] = []
    cells: list[Row] = []
    base = file << 32
    for n, entry in enumerate(entries):
        f = entry.finding
        findings.append((
            base + n, f.form, f.path, f.code, str(f.severity), f.message["zh"], f.message["en"], f.found, f.expected,
            f.difference, f.hypothesis.get("zh", ""), f.hypothesis.get("en", ""), int(f.trial), f.candidates, f.note_at,
            json.dumps(spot_keys(f.spots, numbers), separators=(",", ":")), entry.key, 1, entry.state,
            entry.explanation, entry.review, _repair_text(f, numbers),
        ))  # fmt: skip
        for position, cell in enumerate(entry.cells):
            cells.append(
                (base + len(cells), base + n, position, cell.sheet, address_text((cell.row, cell.column)))
            )
    return {"findings": findings, "cells": cells}


def not_run_rows(entries: Iterable[NotRun], file: int) -> list[Row]:
    """Return what was not run as rows of a file (0: of the batch)."""
    return [((file << 32) + n, e.form, e.code, e.reason["zh"], e.reason["en"]) for n, e in enumerate(entries)]


# -- rows as what they were made of


def located_of(row: Row, cells: Iterable[Row], numbers: Numbering) -> Located:
    """Return a finding of its row and those of its cells."""
    (_, form, path, code, severity, zh, en, found, expected, difference, guess, guess_en, trial, candidates, note_at,
     spots, key, _, state, explanation, review, repair) = row  # fmt: skip
    hypothesis = {lang: text for lang, text in (("zh", guess), ("en", guess_en)) if text}
    finding = Finding(
        code, Severity(severity), path, form, spots_of(json.loads(spots), numbers), {"zh": zh, "en": en}, found,
        expected, difference, hypothesis, bool(trial), candidates, note_at, _repair_of(json.loads(repair or "[]"), numbers),
    )  # fmt: skip
    places = tuple(CellPlace(path, sheet, *_address(cell)) for _, _, _, sheet, cell in cells)
    return Located(finding, places, key, state, explanation, review)


def _repair_text(finding: Finding, numbers: Numbering) -> str:
    keys = spot_keys([spot for spot, _ in finding.repair], numbers)
    made = [(*key, fen) for key, (_, fen) in zip(keys, finding.repair, strict=True)]
    return json.dumps(made, separators=(",", ":"))


def _repair_of(rows: Sequence[Sequence[Any]], numbers: Numbering) -> tuple[tuple[Spot, int], ...]:
    spots = spots_of([row[:3] for row in rows], numbers)
    return tuple(zip(spots, (int(row[3]) for row in rows), strict=True))


def _address(cell: str) -> tuple[int, int]:
    found = cell_address(cell)
    if found is None:
        raise ValueError(cell)
    return found


def not_run_of(row: Row) -> NotRun:
    """Return what was not run of its row."""
    return NotRun(row[1], row[2], {"zh": row[3], "en": row[4]})
