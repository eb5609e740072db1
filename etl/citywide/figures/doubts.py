"""Which amounts of the city are in doubt and why, and what was probably meant: the three readings of every sum.

As submitted (报送数): what stands in the forms that count. Undisputed (无争议数): without the amounts under an open error
and without forms whose unit of money is in doubt. As probably meant (疑似应为): as submitted, with the corrections that
are the one sure answer (疑为), forms of another unit brought to 万元 where their size tells it; the others are left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from checks.finding import Finding, Severity, Spot

PERIODS = ("half", "full")


@dataclass(frozen=True, slots=True)
class Doubt:
    """Why an amount is in doubt: the rule and its words, and the finding's position in 问题清单 (-1: not listed).

    `meant`: what was probably meant, in fen; None where nobody can say. `leads`: it is the amount to correct.
    """

    form: int
    code: str
    said: str
    at: int
    meant: int | None = None
    leads: bool = True


@dataclass(frozen=True, slots=True)
class Doubts:
    """The amounts in doubt by cell, and the forms of which every amount is, by form.

    `times`: by how many times the amounts of such a form are too large where its size tells the unit.
    """

    cells: Mapping[Spot, Doubt] = field(default_factory=dict)
    forms: Mapping[int, Doubt] = field(default_factory=dict)
    times: Mapping[int, int] = field(default_factory=dict)

    def of(self, form: int, spot: Spot, fen: int | None) -> Doubt | None:
        """Return why an amount of a form is in doubt, None for one that is not: nothing is nothing in every unit."""
        return self.cells.get(spot) or (self.forms.get(form) if fen else None)

    def undisputed(self, form: int, spot: Spot, fen: int | None) -> int | None:
        """Return an amount that is not in doubt; None for one that is."""
        return None if self.of(form, spot, fen) else fen

    def meant(self, form: int, spot: Spot, fen: int | None) -> int | None:
        """Return an amount as it was probably meant; None where nobody can say."""
        doubt = self.cells.get(spot)
        said = fen if doubt is None or doubt.meant is None else doubt.meant
        if form in self.times:
            return None if said is None else said // self.times[form]
        return None if form in self.forms and not self._solved(form) else said

    def _solved(self, form: int) -> bool:
        """Return whether the amount that puts a form's unit in doubt has a sure correction: then the rest is sound."""
        return self.forms[form].meant is not None


@dataclass(frozen=True, slots=True)
class Open:
    """A finding on amounts that is open: its form, the finding, its position in 问题清单."""

    form: int
    finding: Finding
    at: int


def is_open(finding: Finding) -> bool:
    """Return whether a finding is an error that stands; one on trial counts for nothing yet."""
    return finding.severity == Severity.ERROR and not finding.trial


def on_amounts(finding: Finding) -> bool:
    """Return whether an open finding is about amounts: one of those it says to correct, or the one it is shown at."""
    leading = finding.spots[: max(1, finding.candidates)] + finding.spots[finding.note_at :][:1]
    return is_open(finding) and any(is_amount(spot) for spot in leading)


def is_amount(spot: Spot) -> bool:
    """Return whether a value is an amount of money."""
    return (spot.table == "funds" and spot.field.endswith(PERIODS)) or (
        spot.table == "projects" and spot.field in PERIODS
    )


def doubts_of(found: Sequence[Open], scale: Mapping[int, Open], times: Mapping[int, int]) -> Doubts:
    """Return what is in doubt by what was found; `scale`: the forms whose unit is, `times`: how far off, where known."""
    by_form: dict[int, list[Open]] = {}
    for each in found:
        by_form.setdefault(each.form, []).append(each)
    cells: dict[Spot, Doubt] = {}
    for own in by_form.values():
        for each in own:
            for spot, doubt in _cells(each, alone=len(own) == 1):
                known = cells.get(spot)
                if known is None or (
                    known.meant is None and (doubt.meant is not None or doubt.leads > known.leads)
                ):
                    cells[spot] = doubt
    forms = {form: _whole(each, cells) for form, each in scale.items()}
    return Doubts(cells, forms, {form: by for form, by in times.items() if form in forms})


def _whole(each: Open, cells: Mapping[Spot, Doubt]) -> Doubt:
    doubt = Doubt(each.form, each.finding.code, each.finding.message["zh"], each.at)
    spot = each.finding.spots[0] if each.finding.spots else None
    known = cells.get(spot) if spot else None
    return replace(doubt, meant=known.meant) if known else doubt


def _cells(each: Open, *, alone: bool) -> Iterable[tuple[Spot, Doubt]]:
    """Yield the cells a finding puts in doubt.

    One sure answer that is all that is wrong with a form's money leaves the other cells sound. Otherwise every amount
    of the sums that do not hold is in doubt, whatever the answer: two slips may look like a third.
    """
    finding = each.finding
    said, meant = finding.message["zh"], dict(finding.repair)
    leading = set(finding.spots[: max(1, finding.candidates)]) | set(meant)
    spots = list(meant) if meant and alone else dict.fromkeys((*meant, *finding.spots))
    for spot in spots:
        if is_amount(spot):
            yield spot, Doubt(each.form, finding.code, said, each.at, meant.get(spot), spot in leading)
