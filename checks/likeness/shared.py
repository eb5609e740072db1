"""What a form shares with other agencies' forms, and the hit that says so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from checks.finding import Hit, Spot
from checks.frames.tables import Tables
from checks.given.roster import Standing, standings
from checks.rule import quoted

if TYPE_CHECKING:
    import pandas as pd

MOST_SPOTS = 40


@dataclass(slots=True)
class Shared:
    """What a form shares with others: the places and what they are called, and how alike it is to each other form."""

    spots: dict[Spot, tuple[str, str]] = field(default_factory=dict)
    others: dict[int, int] = field(default_factory=dict)

    def add(self, spots: Mapping[Spot, tuple[str, str]], other: int, percent: int) -> None:
        """Note places that are like another form's."""
        self.spots.update(spots)
        self.others[other] = max(percent, self.others.get(other, 0))

    def closest(self) -> int:
        """Return the form it is most like; of several the first handed in."""
        return min(self.others, key=lambda form: (-self.others[form], form))


def kin_of(tables: Tables, forms: list[int], roster: pd.DataFrame | None) -> dict[int, Standing]:
    """Return each form's standing, by which agencies may have a reason to say the same."""
    return dict(zip(forms, standings(tables.forms["agency"].loc[forms], roster), strict=True))


def hits_of(shared: Mapping[int, Shared], agencies: pd.Series[str]) -> list[Hit]:
    """Return one hit a form, which names the agency it is most like and how many others there are."""
    return [hit_of(form, what, agencies) for form, what in sorted(shared.items())]


def hit_of(form: int, what: Shared, agencies: pd.Series[str]) -> Hit:
    """Return the hit of one form, as `hits_of` does."""
    other, more = what.closest(), len(what.others) - 1
    values = {
        "other": quoted(agencies.loc[other], 60),
        "percent": str(what.others[other]),
        "more": f"等{more + 1}个单位" if more else "",
        "more_en": f" and {more} more" if more else "",
        "what": "、".join(dict.fromkeys(zh for zh, _ in what.spots.values())),
        "what_en": ", ".join(dict.fromkeys(en for _, en in what.spots.values())),
        "count": str(len(what.spots)),
    }
    spots = tuple(what.spots)[:MOST_SPOTS]
    return Hit(form, spots, values, found=f"{values['percent']}%", expected=values["other"])
