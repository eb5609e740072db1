"""What was found, counted in one pass: the findings of a city may lie on disk and are read anew each time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

from checks.finding import Finding
from checks.scope import is_doubt
from etl.batch.model import Batch
from etl.citywide.figures.doubts import Open, on_amounts
from etl.frames.order import in_order

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

    `doubts`: what was found of the forms whose unit of money is in doubt, by form; `amounts`: the open errors on amounts.
    """

    counts: Mapping[Kind, int]
    copies: Sequence[Copy]
    doubts: Mapping[int, Open]
    amounts: Sequence[Open]

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
    noted = _Noted([], {}, [])
    return Seen(Counter(_kinds(batch, noted)), *noted)


class _Noted(NamedTuple):
    copies: list[Copy]
    doubts: dict[int, Open]
    amounts: list[Open]


def _kinds(batch: Batch, noted: _Noted) -> Iterator[Kind]:
    """Yield the kind of each finding, in the order of 问题清单; what is said of copies and amounts is noted on the way."""
    forms = {str(id_): number for number, id_ in enumerate(batch.stack.tables.forms["id"])}
    for at, entry in enumerate(in_order(batch.located)):
        finding = entry.finding
        form = forms.get(finding.form, -1)
        if finding.code == COPIED:
            noted.copies.append(_copy(form, finding))
        if is_doubt(finding):
            noted.doubts.setdefault(form, Open(form, finding, at))
        elif on_amounts(finding):
            noted.amounts.append(Open(form, finding, at))
        yield Kind(form, finding.code, str(finding.severity), str(entry.state), finding.trial)


def _copy(form: int, finding: Finding) -> Copy:
    fields = tuple(dict.fromkeys(spot.field for spot in finding.spots))
    return Copy(form, finding.expected, fields, finding.found)
