"""A table that gives columns and nothing else, as the large tables of a batch do that lie on disk."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, cast

from checks.frames.tables import Tables

if TYPE_CHECKING:
    import pandas as pd

    from etl.batch.model import Batch

LARGE = ("projects", "indicators", "oddities")


@dataclass(frozen=True, slots=True, eq=False)
class ColumnGiver:
    """Gives the columns of a frame, each time anew; whoever asks for more than that fails."""

    frame: pd.DataFrame

    def __len__(self) -> int:
        """Return how many rows there are."""
        return len(self.frame)

    @property
    def index(self) -> pd.RangeIndex:
        """Return the row numbers, counted from 0."""
        import pandas as pd

        return pd.RangeIndex(len(self.frame))

    @property
    def columns(self) -> pd.Index[str]:
        """Return the names of the columns."""
        return self.frame.columns

    def __getitem__(self, names: str | list[str]) -> Any:
        """Return one column as a series, or some as a frame."""
        assert isinstance(names, str) or all(isinstance(name, str) for name in names), names
        return self.frame[names].copy()

    def rows(self, start: int, stop: int, names: Any = ()) -> pd.DataFrame:
        """Return some rows, as a table on disk does."""
        some = self.frame.iloc[start:stop]
        return some[list(names)] if names else some

    def each(self, name: str) -> Any:
        """Yield a column in pieces."""
        half = len(self.frame) // 2
        yield self.frame[name].iloc[:half]
        yield self.frame[name].iloc[half:]


def giving(tables: Tables) -> Tables:
    """Return tables of which the large ones only give columns."""
    large = {name: cast(Any, ColumnGiver(getattr(tables, name))) for name in LARGE}
    return replace(tables, **large)


def on_disk(batch: Batch) -> Batch:
    """Return a batch whose large tables give whole columns only."""
    return replace(batch, stack=replace(batch.stack, tables=giving(batch.stack.tables)))
