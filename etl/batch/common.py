"""What most forms of a batch have in common: said once to the bureau instead of once an agency."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from etl.batch.model import Batch

LEAST_FORMS = 10
"""Of fewer forms a share says nothing."""
LEAST_PERCENT = 60


class Common(NamedTuple):
    """A rule that fires on most forms without being an error: how many forms, of how many."""

    code: str
    severity: str
    forms: int
    of: int


def common_rules(batch: Batch) -> list[Common]:
    """Return the warnings and hints that more than `LEAST_PERCENT` of a batch's forms have, the most frequent first.

    An error is never among them: each has to be corrected where it stands.
    """
    of = len(batch.stack.tables.forms)
    if of < LEAST_FORMS:
        return []
    forms: dict[tuple[str, str], set[str]] = {}
    for entry in batch.located:
        finding = entry.finding
        if not finding.form:
            continue
        forms.setdefault((finding.code, str(finding.severity)), set()).add(finding.form)
    found = [
        Common(code, severity, len(own), of)
        for (code, severity), own in forms.items()
        if severity != "error" and len(own) * 100 > of * LEAST_PERCENT
    ]
    return sorted(found, key=lambda one: (-one.forms, one.code))


def is_common(code: str, severity: str, common: Iterable[Common]) -> bool:
    """Say whether a finding is one of those that most forms have."""
    return any(one.code == code and one.severity == severity for one in common)
