"""What a check may be given beside the forms, each of it missing or there."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

    from checks.frames.tables import Tables


@dataclass(frozen=True, slots=True, eq=False)
class Inputs:
    """The roster (`checks.given.roster`), last year's forms, enriched, the approved budgets (`checks.given.approved`) and
    last year's results (`checks.given.actuals`), by the names of `checks.rule.INPUTS`.
    """

    roster: pd.DataFrame | None = None
    last_year: Tables | None = None
    approved: pd.DataFrame | None = None
    actuals: pd.DataFrame | None = None

    def given(self) -> dict[str, Any]:
        """Return what is there, by name."""
        each = {name: getattr(self, name) for name in self.__slots__}
        return {name: value for name, value in each.items() if value is not None}

    def only(self, names: Container[str]) -> Inputs:
        """Return the inputs of some names."""
        return Inputs(**{name: value for name, value in self.given().items() if name in names})
