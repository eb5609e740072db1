"""Sequences whose values lie aside: the findings of a city, and where its values stood, are too many for memory."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, TypeVar, overload

from etl.form.places import NOWHERE, Names, PackedPlaces
from etl.frames.spill import Aside, Extent, laid, lifted
from etl.safe.pack import pack, unpack

Value = TypeVar("Value")

TOGETHER = 256
"""Values that are packed and unpacked together."""
MOST_UNPACKED = 8
"""Packs that stay unpacked: all of a small batch, so that it pays nothing for the large ones."""


class AsideList(Sequence[Value]):
    """Values in order, packed so many together; they are unpacked as they are asked for, the last few packs kept."""

    def __init__(self, aside: Aside, packs: Sequence[Extent], count: int) -> None:
        self._aside, self._packs, self._count = aside, packs, count
        self._unpacked: OrderedDict[int, Sequence[Value]] = OrderedDict()

    def __reduce__(self) -> tuple[Any, ...]:
        """Return how another process makes the list; what is unpacked here stays here."""
        return AsideList, (self._aside, self._packs, self._count)

    def __len__(self) -> int:
        """Return how many values there are."""
        return self._count

    def __iter__(self) -> Iterator[Value]:
        """Yield the values in order."""
        for number in range(len(self._packs)):
            yield from self._pack(number)

    @overload
    def __getitem__(self, at: int) -> Value: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Value]: ...
    def __getitem__(self, at: int | slice) -> Value | Sequence[Value]:
        """Return the value at a position, or those of a slice."""
        if isinstance(at, slice):
            return tuple(self[position] for position in range(*at.indices(self._count)))
        number, within = divmod(range(self._count)[at], TOGETHER)
        return self._pack(number)[within]

    def __eq__(self, other: object) -> bool:
        """Return whether another sequence has equal values."""
        if not isinstance(other, Sequence) or len(other) != self._count:
            return False
        return all(one == two for one, two in zip(self, other, strict=True))

    __hash__ = None  # type: ignore[assignment]

    def _pack(self, number: int) -> Sequence[Value]:
        if number not in self._unpacked:
            self._unpacked[number] = unpack(lifted(self._aside, self._packs[number]))
        self._unpacked.move_to_end(number)
        if len(self._unpacked) > MOST_UNPACKED:
            self._unpacked.popitem(last=False)
        return self._unpacked[number]


def set_aside(aside: Aside, values: Iterable[Value]) -> AsideList[Value]:
    """Return values as a sequence that lies aside; they are gone through once."""
    packs, count, waiting = [], 0, iter(values)
    while some := tuple(islice(waiting, TOGETHER)):
        packs.append(laid(aside, pack(some)))
        count += len(some)
    return AsideList(aside, packs, count)


class AsidePlaces(Sequence[PackedPlaces]):
    """The places of many forms: names, which forms share, and the numbers, which lie aside."""

    def __init__(self, aside: Aside, forms: Sequence[tuple[Names, Extent]]) -> None:
        self._aside, self._forms = aside, forms
        self._last = -1, NOWHERE

    def __len__(self) -> int:
        """Return how many forms there are."""
        return len(self._forms)

    @overload
    def __getitem__(self, at: int) -> PackedPlaces: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[PackedPlaces]: ...
    def __getitem__(self, at: int | slice) -> PackedPlaces | Sequence[PackedPlaces]:
        """Return the places of a form, or of the forms of a slice; a form is asked for many times in a row."""
        if isinstance(at, slice):
            return AsidePlaces(self._aside, self._forms[at])
        if at != self._last[0]:
            names, extent = self._forms[at]
            self._last = at, PackedPlaces(names, lifted(self._aside, extent))
        return self._last[1]
