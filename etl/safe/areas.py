"""Rectangles of cells: which overlap, and which one a cell lies in, in time that grows with their number."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable, Iterator, Mapping

Area = tuple[int, int, int, int]
"""(first row, first column, last row, last column), all from 1 and included."""
Address = tuple[int, int]


class _Across:
    """Areas that reach a row, side by side; rows come from top to bottom, and what ended above is dropped on meeting it."""

    def __init__(self) -> None:
        self._areas: list[tuple[int, int, int, Area]] = []  # left, right, bottom

    def meets(self, row: int, left: int, right: int) -> Area | None:
        """Return an area that shares a cell of this row with the columns given."""
        near = self._areas
        place = bisect_left(near, (left,))
        while place > 0 and near[place - 1][2] < row:
            place -= 1
            del near[place]
        while place < len(near) and near[place][2] < row:
            del near[place]
        if place > 0 and near[place - 1][1] >= left:
            return near[place - 1][3]
        return near[place][3] if place < len(near) and near[place][0] <= right else None

    def add(self, area: Area) -> None:
        """Take an area in that meets none."""
        insort(self._areas, (area[1], area[3], area[2], area))


def apart(areas: Iterable[Area]) -> tuple[list[Area], list[Area]]:
    """Return the areas that overlap none above or left of them, and those that do; from top to bottom.

    Only the neighbours to either side are looked at: those kept lie side by side.
    """
    across, kept, clashing = _Across(), list[Area](), list[Area]()
    for area in sorted(areas):
        if across.meets(area[0], area[1], area[3]) is None:
            across.add(area)
            kept.append(area)
        else:
            clashing.append(area)
    return kept, clashing


def holding(areas: Iterable[Area], cells: Iterable[Address]) -> Mapping[Address, Area]:
    """Return the area each cell lies in, of those that lie apart; a cell in none is left out."""
    kept, _ = apart(areas)
    across, found, place = _Across(), dict[Address, Area](), 0
    tops = [area[0] for area in kept]
    for row, column in sorted(cells):
        until = bisect_right(tops, row, place)
        for area in kept[place:until]:
            if area[2] >= row:
                across.meets(row, area[1], area[3])
                across.add(area)
        place = until
        here = across.meets(row, column, column)
        if here is not None:
            found[row, column] = here
    return found


def size(area: Area) -> int:
    """Return how many cells an area covers."""
    return (area[2] - area[0] + 1) * (area[3] - area[1] + 1)


def within(areas: Iterable[Area], last_row: int, last_column: int) -> Iterator[Area]:
    """Yield areas without what lies beyond a row and a column; their first cell stays."""
    for top, left, bottom, right in areas:
        yield top, left, max(top, min(bottom, last_row)), max(left, min(right, last_column))
