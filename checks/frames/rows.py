"""The rows of a table as rules look at them: a column at a time, as arrays, kept once they are made.

A hundred rules ask the same few columns of the same rows. In pandas each question costs a comparison of every
text and a tenth of a millisecond before that; here a column's distinct texts are found once a stack, a question
is put to each of them, and the answers are spread over the rows. A mask is a bool array, one entry a row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from checks.frames.tables import UNREADABLE_STATES

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    Mask = Any
    """A bool array (mypy knows no type for what numpy's operators make of a column)."""


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """Some rows of a table: all of them, or (`at`: positions in `whole`) those that were chosen of it."""

    frame: pd.DataFrame
    whole: Rows | None = None
    at: Any = None
    kept: dict[Any, Any] = field(default_factory=dict)

    def __len__(self) -> int:
        """Return how many rows there are."""
        return len(self.frame) if self.whole is None else len(self.at)

    def __getitem__(self, name: str) -> NDArray[Any]:
        """Return a column as it stands in the table; not to be changed."""
        return self._keep(name, lambda: self.frame[name].to_numpy(), lambda whole: whole[name])

    @property
    def ids(self) -> NDArray[np.int64]:
        """Return the number of each row in the stack."""
        return self._keep("#", lambda: self.frame.index.to_numpy(), lambda whole: whole.ids)

    @property
    def form(self) -> NDArray[np.int64]:
        """Return the number of the form each row belongs to."""
        return self["form"] if "form" in self.frame.columns else self.ids

    def texts(self, name: str) -> list[str]:
        """Return a column of texts with "" for those that are missing."""
        return [text or "" for text in self[name].tolist()]

    def numbered(self, ids: pd.Series[int]) -> Rows:
        """Return the rows of some row numbers, in their order; of the whole table only."""
        return self.take(self.ids.searchsorted(ids.to_numpy(dtype="int64")))

    def of(self, ids: NDArray[np.int64], column: NDArray[Any]) -> NDArray[Any]:
        """Return what a column of this table has for each of some row numbers."""
        return column[self.ids.searchsorted(ids)]

    def fen(self, name: str) -> NDArray[np.int64]:
        """Return a column of whole numbers with 0 for those that are missing; look at `given` beside it."""
        return self._keep(
            ("fen", name), lambda: _whole_numbers(self.frame[name]), lambda whole: whole.fen(name)
        )

    def given(self, name: str) -> Mask:
        """Return where a column of whole numbers is not missing."""
        return self._keep(
            ("given", name), lambda: self.frame[name].notna().to_numpy(), lambda whole: whole.given(name)
        )

    def readable(self, name: str) -> Mask:
        """Return where an amount is known: a number, or a blank that counts as zero."""
        return ~self.among(f"{name}_state", UNREADABLE_STATES)

    def coded(self, name: str) -> tuple[NDArray[np.intp], list[Any]]:
        """Return a column of texts as numbers, and the distinct texts they stand for, in order of appearance."""
        if self.whole is not None:
            texts = self.whole.coded(name)[1]
            return self._keep(("coded", name), lambda: None, lambda whole: whole.coded(name)[0]), texts
        if ("coded", name) not in self.kept:
            self.kept["coded", name] = coded(self[name])
        return self.kept["coded", name]  # type: ignore[no-any-return]

    def test(self, name: str, passes: Callable[[str], object]) -> Mask:
        """Return where the text of a column passes; asked once for each distinct text of the whole table."""
        return self._keep(
            (passes, name), lambda: _spread(self.coded(name), passes), lambda whole: whole.test(name, passes)
        )

    def among(self, name: str, words: Iterable[str]) -> Mask:
        """Return where the text of a column is one of some words."""
        chosen = frozenset(words)
        return self._keep(
            (chosen, name),
            lambda: _spread(self.coded(name), chosen.__contains__),
            lambda whole: whole.among(name, chosen),
        )

    def equal(self, name: str, word: str) -> Mask:
        """Return where the text of a column is one word."""
        return self.among(name, (word,))

    def each(self, name: str, work: Callable[[str], Any]) -> NDArray[Any]:
        """Return what the texts of a column become; worked out once for each distinct text of the whole table."""
        return self._keep(
            ("each", work, name),
            lambda: _worked(self.coded(name), work),
            lambda whole: whole.each(name, work),
        )

    def where(self, mask: Mask) -> Rows:
        """Return the rows of a mask."""
        return self.take(mask.nonzero()[0])

    def take(self, positions: Any) -> Rows:
        """Return the rows at some positions."""
        import numpy as np

        chosen = np.asarray(positions, dtype=np.intp)
        return Rows(self.frame, self.whole or self, chosen if self.whole is None else self.at[chosen])

    def groups(self, *names: str) -> Groups:
        """Return the rows grouped by columns of texts or whole numbers."""
        import numpy as np

        key = np.zeros(len(self), dtype=np.int64)
        for name in names:
            codes = self[name] if self[name].dtype.kind == "i" else self.coded(name)[0]
            if len(codes):
                key = key * (codes.max() - codes.min() + 1) + codes - codes.min()
        _, first, of = np.unique(key, return_index=True, return_inverse=True)
        return Groups(of, first)

    def _keep(
        self, key: Any, make: Callable[[], Any], of_whole: Callable[[Rows], NDArray[Any]]
    ) -> NDArray[Any]:
        if key not in self.kept:
            self.kept[key] = make() if self.whole is None else of_whole(self.whole)[self.at]
        return self.kept[key]  # type: ignore[no-any-return]


@dataclass(frozen=True, slots=True, eq=False)
class Groups:
    """Rows by what they have in common: the group each row is `of`, and the position of each group's `first` row."""

    of: NDArray[np.intp]
    first: NDArray[np.intp]

    @property
    def leads(self) -> Mask:
        """Return where a row is the first of its group."""
        import numpy as np

        mask = np.zeros(len(self.of), dtype=np.bool_)
        mask[self.first] = True
        return mask

    def count(self, mask: Mask) -> NDArray[np.integer[Any]]:
        """Return for each row how many rows of its group are in a mask."""
        import numpy as np

        return np.bincount(self.of[mask], minlength=len(self.first))[self.of]

    @property
    def size(self) -> NDArray[np.integer[Any]]:
        """Return for each row how many rows its group has."""
        import numpy as np

        return np.bincount(self.of)[self.of]

    def total(self, values: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return for each row the sum of its group's values."""
        import numpy as np

        sums = np.zeros(len(self.first), dtype=np.int64)
        np.add.at(sums, self.of, values)
        return sums[self.of]


def _whole_numbers(column: pd.Series[Any]) -> NDArray[np.int64]:
    numbers: NDArray[np.int64] = column.to_numpy(dtype="int64", na_value=0)
    return numbers


def coded(texts: NDArray[Any]) -> tuple[NDArray[np.intp], list[Any]]:
    """Return texts as numbers, and the distinct texts they stand for, in order of appearance."""
    import numpy as np

    values = texts.tolist()
    distinct = dict.fromkeys(values)
    number = {text: position for position, text in enumerate(distinct)}
    return np.fromiter(map(number.__getitem__, values), np.intp, len(values)), list(distinct)


def _worked(column: tuple[NDArray[np.intp], list[Any]], work: Callable[[str], Any]) -> NDArray[Any]:
    codes, texts = column
    return objects([work(text) for text in texts])[codes]


def objects(values: Sequence[Any]) -> NDArray[Any]:
    """Return values as an array of whatever they are."""
    import numpy as np

    made = np.empty(len(values), dtype=object)
    made[:] = values
    return made


def _spread(column: tuple[NDArray[np.intp], list[Any]], passes: Callable[[Any], object]) -> Mask:
    import numpy as np

    codes, texts = column
    return np.fromiter((bool(passes(text)) for text in texts), np.bool_, len(texts))[codes]
