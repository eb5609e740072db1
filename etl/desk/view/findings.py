"""The findings of a batch as the pages show them, each with what is decided on it now."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from checks.finding import SEVERITY_ORDER, Severity
from etl.desk.view.seen import Seen
from etl.marked.verdict import Decision, Verdict, decision_of, is_open, silences
from etl.store.ledger import Event, Ledger
from etl.store.rows import text_of

_QUESTION = (
    "SELECT f.form, f.path, f.code, f.severity, f.message_zh, f.message_en, f.key, f.state, f.explanation, f.review,"
    " f.found, f.expected, f.hypothesis_zh, f.hypothesis_en, f.trial,"
    " coalesce((SELECT sheet || '!' || cell FROM cells WHERE finding = f.\"row\" AND position = 0), '')"
    ' FROM findings f WHERE f.said = 1 ORDER BY f."row"'
)


@dataclass(frozen=True, slots=True)
class Shown:
    """A finding: what the last run said, and what is decided now. `version`: the number of the last row of the ledger about
    it; `review`: the decision as 复核结果 has it; `lapsed`: it was decided on, and the value has changed since."""

    form: str
    path: str
    code: str
    severity: str
    message_zh: str
    message_en: str
    key: str
    state: str
    explanation: str
    review: str
    found: str
    expected: str
    hypothesis_zh: str
    hypothesis_en: str
    trial: int
    place: str
    agency: str = ""
    version: int = 0
    lapsed: bool = False
    event: Event | None = None

    def message(self, lang: str) -> str:
        """Return what is said in a language."""
        return self.message_zh if lang == "zh" else self.message_en

    def guess(self, lang: str) -> str:
        """Return what was probably meant, in a language."""
        return self.hypothesis_zh if lang == "zh" else self.hypothesis_en

    @property
    def decision(self) -> Decision | None:
        """Return what is decided."""
        return decision_of(self.review)

    @property
    def verdict(self) -> Verdict | None:
        """Return the verdict, None where nobody decided."""
        decision = self.decision
        return decision.verdict if decision else None

    @property
    def open(self) -> bool:
        """Say whether it waits for a decision; a note for information never does."""
        return self.severity != "info" and is_open(self.review, self.severity, self.explanation)

    @property
    def ended(self) -> bool:
        """Say whether a decision ended it."""
        return silences(self.review, self.severity, self.explanation)


def agencies_of(seen: Seen, batch: int) -> Mapping[str, str]:
    """Return the agency of each form, by its id."""
    with seen.store(batch) as store:
        rows = store.rows("SELECT id, agency, path FROM forms")
    return {text_of(id_): text_of(agency) or text_of(path) for id_, agency, path in rows}


def findings(seen: Seen, batch: int) -> list[Shown]:
    """Return all findings of a batch that are said, in the order of the store, with what is decided now."""
    ledger = seen.ledger(batch)
    stamp = seen.stamp(batch)
    stored = seen.kept(batch, "findings", stamp, lambda: _stored(seen, batch))
    shown: list[Shown] = seen.kept(
        batch, "shown", (stamp, ledger.last), lambda: list(with_decisions(stored, ledger))
    )
    return shown


def _stored(seen: Seen, batch: int) -> list[Shown]:
    agencies = agencies_of(seen, batch)
    with seen.store(batch) as store:
        found = [Shown(*map(text_of, row)) for row in store.rows(_QUESTION)]
    return [replace(one, agency=agencies.get(one.form, one.path)) for one in found]


def with_decisions(stored: Sequence[Shown], ledger: Ledger) -> Iterator[Shown]:
    """Yield findings with what the ledger says of them, as the next run will write it."""
    reviews, taken_back = ledger.reviews, ledger.taken_back
    here = {one.key for one in stored}
    lapsed = {key.partition(":")[0] for key in reviews if key not in here}
    for one in stored:
        version, event = ledger.version(one.key), ledger.live.get(one.key)
        if event is not None:
            yield replace(one, review=event.review, version=version, event=event)
        elif one.review in taken_back.get(one.key, ()):
            yield replace(one, review="", version=version)
        elif one.key.partition(":")[0] in lapsed and one.review in ("", Verdict.PENDING):
            yield replace(one, review=Verdict.PENDING, lapsed=True, version=version)
        else:
            yield replace(one, version=version) if version else one


def by_weight(some: Sequence[Shown]) -> list[Shown]:
    """Return findings as people work through them: what waits first, errors first, then by code and place."""
    return sorted(some, key=lambda f: (f.ended, SEVERITY_ORDER[Severity(f.severity)], f.code, f.place))
