"""What stands above and below the remarks of a form: whose it is, its year, and what was not checked and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import checks.rules  # noqa: F401  (registers every rule)
from checks.finding import NotRun
from checks.rule import INPUTS, RULES
from checks.telling.handbook import rule_name
from etl.batch.model import Batch

_SAY = {
    "zh": {
        "sources": "因未提供{names}，没有与之核对：{subjects}。",
        "formless": "因{reason}，没有核对：{subjects}。",
        "waived": "经财政部门同意，不再要求：{subjects}。",
    },
    "en": {
        "sources": "Not compared with {names}, which was not given: {subjects}.",
        "formless": "Not checked, because {reason}: {subjects}.",
        "waived": "Let pass by the finance bureau: {subjects}.",
    },
}
_WAIVED = {"zh": "评审已豁免", "en": "a reviewer has let it pass"}
"""How `checks.telling.shortened` begins the reason of what was let pass."""


@dataclass(frozen=True, slots=True)
class Letterhead:
    """What stands above and below the remarks of one form: agency, year, and what was not checked."""

    agency: str
    year: str
    not_checked: tuple[Mapping[str, str], ...]


def letterheads(batch: Batch) -> Mapping[str, tuple[Letterhead, ...]]:
    """Return the letterheads of the forms of each file, by path."""
    lacking = _lacking(batch)
    heads: dict[str, tuple[Letterhead, ...]] = {}
    forms = batch.stack.tables.forms
    for form_id, path, agency, year in zip(
        forms["id"], forms["path"], forms["agency"], forms["year_raw"], strict=True
    ):
        lines = _not_checked(lacking.get(form_id, ()))
        heads[path] = (*heads.get(path, ()), Letterhead(str(agency or ""), str(year or ""), lines))
    return heads


def _lacking(batch: Batch) -> dict[str, tuple[NotRun, ...]]:
    """Return what was not run on each form."""
    found: dict[str, list[NotRun]] = {}
    for entry in batch.not_run:
        found.setdefault(entry.form, []).append(NotRun("", entry.code, entry.reason))
    return {form: tuple(entries) for form, entries in found.items()}


def _not_checked(lacking: Sequence[NotRun]) -> tuple[Mapping[str, str], ...]:
    """Return one line a reason with what was not checked for it, in words and in each language."""
    by_reason: dict[str, list[NotRun]] = {}
    for entry in lacking:
        if not RULES[entry.code].summary:
            by_reason.setdefault(entry.reason["zh"], []).append(entry)
    return tuple(
        {lang: _unchecked(by_reason[reason], lang) for lang in ("zh", "en")} for reason in sorted(by_reason)
    )


def _unchecked(entries: Sequence[NotRun], lang: str) -> str:
    """Say what one reason kept from being checked; the bureau's own words for its options are left out."""
    reason = entries[0].reason[lang]
    subjects = ("、" if lang == "zh" else ", ").join(
        dict.fromkeys(rule_name(entry.code, lang) for entry in sorted(entries, key=lambda entry: entry.code))
    )
    given = next((name for name, said in INPUTS.items() if said[lang] == reason), "")
    if given:
        return _SAY[lang]["sources"].format(names=reason.partition("(--")[0].strip(), subjects=subjects)
    waived, colon, _ = reason.partition(_WAIVED[lang])
    if colon and not waived:
        return _SAY[lang]["waived"].format(subjects=subjects)
    return _SAY[lang]["formless"].format(reason=reason, subjects=subjects)
