"""The findings as data: JSON version 1, the same for `check --format` and for files."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, cast

from checks.declared.money import wan_text
from etl.batch.model import Batch
from etl.cell.grid import address_text
from etl.data.document import (
    VERSION,
    FileRecord,
    FindingRecord,
    FixedRecord,
    FormRecord,
    NotRunRecord,
    SeverityName,
    StateName,
    Status,
)
from etl.data.json_text import object_pieces
from etl.form.places import sheets_of
from etl.frames.located import Located
from etl.frames.order import in_order
from etl.safe.clean import clean

if TYPE_CHECKING:
    from checks.finding import NotRun
    from etl.rounds.compare import Rounds


_TOTAL = "total_full"


def as_json(batch: Batch, lang: str, rounds: Rounds | None = None) -> str:
    """Return the batch as JSON version 1; amounts are strings in 万元, paths relative to the arguments.

    A batch compared with the round before says its `round`, what was `fixed`, and each finding's `state`.
    """
    return "".join(json_pieces(batch, lang, rounds))


def json_pieces(batch: Batch, lang: str, rounds: Rounds | None = None) -> Iterator[str]:
    """Yield the text of `as_json` in pieces: of a city it is many times as large as what it says."""
    members = {
        "version": VERSION,
        **(_round(rounds) if rounds else {}),
        "files": _files(batch, lang),
        "findings": (_finding(entry, lang) for entry in in_order(batch.located)),
        "not_run": (_not_run(one, lang) for one in batch.not_run),
    }
    yield from object_pieces(members.items())
    yield "\n"


def _not_run(one: NotRun, lang: str) -> NotRunRecord:
    return {"form": clean(one.form), "code": one.code, "reason": one.reason[lang]}


def _round(rounds: Rounds) -> dict[str, Any]:
    fixed: list[FixedRecord] = [
        {"path": clean(path), "code": line.code, "severity": cast(SeverityName, line.severity), "place": clean(line.place),
         "message": clean(line.message)}
        for path, done in sorted(rounds.files.items())
        for line in done.fixed
    ]  # fmt: skip
    return {"round": rounds.number, "fixed": fixed}


def _files(batch: Batch, lang: str) -> Iterator[FileRecord]:
    """Yield every file in order of path with its forms, those that were passed over among them."""
    forms: dict[str, list[int]] = {}
    for number, path in enumerate(batch.stack.tables.forms["path"].tolist()):
        forms.setdefault(path, []).append(number)
    form = _forms(batch)
    told = [(f.path, f.status, clean(f.reason if lang == "zh" else f.reason_en)) for f in batch.files]
    told += [(s.relative, "skipped", s.reason if lang == "zh" else s.reason_en) for s in batch.skipped]
    opened = len(batch.files)
    for position in sorted(range(len(told)), key=lambda n: clean(told[n][0])):
        path, status, reason = told[position]
        numbers = forms.get(path, ()) if position < opened else ()
        yield {
            "path": clean(path),
            "status": cast(Status, status),
            "reason": reason,
            "forms": [form(number) for number in numbers],
        }


def _forms(batch: Batch) -> Callable[[int], FormRecord]:
    """Return what gives a form of a batch by its number."""

    forms, funds, stack = batch.stack.tables.forms, batch.stack.tables.funds, batch.stack
    ids, agencies = forms["id"].tolist(), forms["agency"].tolist()
    years, no_year = forms["fiscal_year"].tolist(), forms["fiscal_year"].isna().tolist()
    profiles = forms["profile"].tolist()
    there = _TOTAL in funds.columns  # a form need not state one
    totals = funds[_TOTAL].tolist() if there else []
    states = funds[f"{_TOTAL}_state"].tolist() if there else ["absent"] * len(ids)

    def form(number: int) -> FormRecord:
        names = stack.files[stack.file_of[number]].sheet_names
        return {
            "id": clean(str(ids[number])),
            "profile": profiles[number],
            "agency": clean(agencies[number] or ""),
            "fiscal_year": None if no_year[number] else int(years[number]),
            "sheets": [clean(names[sheet]) for sheet in sheets_of(stack.located[number])],
            "total": None if states[number] != "number" else wan_text(int(totals[number])),
        }

    return form


def _finding(entry: Located, lang: str) -> FindingRecord:
    finding = entry.finding
    record: FindingRecord = {
        "path": clean(finding.path),
        "form": clean(finding.form),
        "code": finding.code,
        "severity": cast(SeverityName, str(finding.severity)),
        "cells": [{"sheet": clean(c.sheet), "cell": address_text((c.row, c.column))} for c in entry.cells],
        "message": clean(finding.message[lang]),
        "found": clean(finding.found),
        "expected": clean(finding.expected),
        "difference": finding.difference,
        "hypothesis": clean(_hypothesis(finding.hypothesis, lang)),
    }
    if entry.state:
        record["state"] = cast(StateName, entry.state)
    return record


def _hypothesis(hypothesis: Mapping[str, str], lang: str) -> str:
    return hypothesis.get(lang, "")
