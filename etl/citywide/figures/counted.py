"""What was found, counted in one pass: the findings of a city may lie on disk and are read anew each time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

from checks.finding import Finding
from checks.scope import is_doubt
from etl.batch.model import Batch

COPIED = "XW03"
What = TypeVar("What", bound=Hashable)


class Kind(NamedTuple):
    """What findings are counted by; `form` is the form's number, -1 for a whole file or batch."""

    form: int
    code: str
    severity: str
    state: str
    trial: bool


class Copy(NamedTuple):
    """What rule XW03 said of a form: the other agency, the fields, and how alike they are."""

    form: int
    other: str
    fields: tuple[str, ...]
    percent: str


@dataclass(frozen=True, slots=True)
class Seen:
    """The findings of a batch counted, and what was said of copied texts, in the order of the findings.

    `doubts`: what was found of the forms whose unit of money is in doubt.
    """

    counts: Mapping[Kind, int]
    copies: Sequence[Copy]
    doubts: Mapping[int, str]

    def by(self, what: Callable[[Kind], What]) -> Counter[What]:
        """Return how many findings there are by what is asked of each kind."""
        found: Counter[What] = Counter()
        for kind, count in self.counts.items():
            found[what(kind)] += count
        return found

    def blocking(self) -> set[int]:
        """Return the forms with an error that is not on trial."""
        return {kind.form for kind in self.counts if kind.severity == "error" and not kind.trial}


def seen(batch: Batch) -> Seen:
    """Return the findings of a batch counted; they are gone through once."""
    copies: list[Copy] = []
    doubts: dict[int, str] = {}
    return Seen(Counter(_kinds(batch, copies, doubts)), copies, doubts)


def _kinds(batch: Batch, copies: list[Copy], doubts: dict[int, str]) -> Iterator[Kind]:
    """Yield the kind of each finding; what is said of copied texts and doubtful units is noted on the way."""
    forms = {str(id_): number for number, id_ in enumerate(batch.stack.tables.forms["id"])}
    for entry in batch.located:
        finding = entry.finding
        form = forms.get(finding.form, -1)
        if finding.code == COPIED:
            copies.append(_copy(form, finding))
        if is_doubt(finding):
            doubts.setdefault(form, finding.message["zh"])
        yield Kind(form, finding.code, str(finding.severity), str(entry.state), finding.trial)


def _copy(form: int, finding: Finding) -> Copy:
    fields = tuple(dict.fromkeys(spot.field for spot in finding.spots))
    return Copy(form, finding.expected, fields, finding.found)
