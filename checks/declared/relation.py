"""What must hold between the amounts of a form, as data: sums, and amounts that are never above another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Relation:
    """`total` equals the sum of `parts` (fields of `funds`) or of the `rows` column of `projects`.

    `beside`: fields that make up the total together with it, on a form that states no total of them.
    """

    code: str
    total: str
    parts: tuple[str, ...] = ()
    rows: str = ""
    beside: tuple[str, ...] = ()

    @property
    def totals(self) -> tuple[str, ...]:
        """Return the fields on the side of the total."""
        return (self.total, *self.beside)


@dataclass(frozen=True, slots=True)
class AtMost:
    """`smaller` is never above `larger`; both are fields of the same `table`, or (`of` sum) all rows together are not."""

    code: str
    table: str
    smaller: str
    larger: str
    of: Literal["each", "sum"] = "each"
