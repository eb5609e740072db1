"""Batches of the case table: several edited clean forms, what is given beside them, and what one rule says.

Rules across agencies and years see more than one form; a batch names its files by path, each with the
edits of a `Case`, and states exactly the findings of its rule.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass, field, replace
from typing import Any

from checks.frames.tables import TEXT_FIELDS
from checks.given.inputs import Inputs
from checks.settings import Settings
from etl.batch.chunk import check_readings
from etl.batch.whole import put_together
from etl.intake.file_reading import FileReading
from tests.cases import Case
from tests.paper import Paper, paper, read_bytes
from tests.statements import resolved, stated


@dataclass(frozen=True, slots=True)
class Batch:
    """A few files and what one rule says of them.

    `files` and `last_year` map paths to cases (edits of the clean form). `finds` states each finding
    as `Case.finds` does, with the path in place of the code (`city` for one on the whole batch). `not_run` lists
    the files the rule could not judge. `roster`, `approved` and `actuals` are rows of texts.
    """

    code: str
    files: Mapping[str, Case]
    finds: tuple[str, ...] = ()
    not_run: tuple[str, ...] = ()
    roster: tuple[Mapping[str, str], ...] = ()
    last_year: Mapping[str, Case] = field(default_factory=dict)
    approved: tuple[Mapping[str, Any], ...] = ()
    actuals: tuple[Mapping[str, str], ...] = ()
    why: str = ""

    @property
    def silent(self) -> bool:
        """Return whether the rule must not speak."""
        return not self.finds


_DRAWN: dict[str, tuple[Paper, FileReading]] = {}


def drawn(case: Case) -> tuple[Paper, FileReading]:
    """Return a case on paper and as read; cases that differ by texts of the head alone are drawn once."""
    base = replace(case, edits={name: value for name, value in case.edits.items() if name not in _TEXTS})
    key = repr(base)
    if key not in _DRAWN:
        sheet = paper(base)
        _DRAWN[key] = (sheet, read_bytes(sheet.data))
    return _DRAWN[key]


_TEXTS = frozenset(f"forms.{name}" for name in TEXT_FIELDS)


def readings(files: Mapping[str, Case]) -> list[FileReading]:
    """Return the files of a batch as read."""
    return [_read(path, case) for path, case in files.items()]


def _read(path: str, case: Case) -> FileReading:
    file = drawn(case)[1]
    texts = {name.removeprefix("forms."): text for name, text in case.edits.items() if name in _TEXTS}
    form = copy(file.readings[0])
    form.texts = form.texts | texts
    return replace(file, path=path, readings=(form,))


def inputs(batch: Batch) -> Inputs:
    """Return what is given beside the files, as the rules take it."""
    import pandas as pd

    from checks.enrich import enriched
    from checks.given import actuals, approved, roster
    from etl.frames.build import stack

    given: dict[str, Any] = {}
    lists = (
        ("roster", batch.roster, roster.COLUMNS),
        ("approved", batch.approved, approved.COLUMNS),
        ("actuals", batch.actuals, actuals.COLUMNS),
    )
    for name, rows, columns in lists:
        if rows:
            given[name] = pd.DataFrame(list(rows), columns=list(columns), dtype=object).fillna("")
    if batch.last_year:
        given["last_year"] = enriched(stack(readings(batch.last_year)).tables)
    return Inputs(**given)


def said(batch: Batch) -> tuple[list[str], list[str], list[str]]:
    """Return what the batch's rule says: each finding as `stated` with its path for the code, files not judged, and the messages."""
    given = inputs(batch)
    result = put_together([check_readings(readings(batch.files), Settings(), given)], (), Settings(), given)
    mine = [entry for entry in result.located if entry.finding.code == batch.code]
    found = [stated(entry, entry.finding.path or "city") for entry in mine]
    skipped = [entry.form.rpartition("#")[0] for entry in result.not_run if entry.code == batch.code]
    return found, skipped, [entry.finding.message["zh"] for entry in mine]


def expected(batch: Batch) -> list[str]:
    """Return the findings a batch states, with cells for names of values."""
    papers = {path: drawn(case)[0] for path, case in batch.files.items()}

    def resolve(statement: str) -> str:
        path = statement.partition("!")[0]
        return resolved(statement, papers[path].cell if path in papers else str)

    return [resolve(statement) for statement in batch.finds]
