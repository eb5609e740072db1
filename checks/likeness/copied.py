"""Finds texts and sets of rows that two owners share, in a city of thousands, without comparing all pairs.

A text is masked (names, years, numbers, punctuation), loses the clauses that many owners share, and is
sketched by the smallest hashes of its five-character runs. Only texts whose sketches meet are compared.
Texts of 64 runs or fewer are sketched whole; for longer ones two texts alike by 85 % share far more of
their sketches than the four hashes asked for. Nothing here is random: the same texts give the same matches.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from rapidfuzz import fuzz

from checks.declared.text_key import folded

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Item = TypeVar("Item", bound=Hashable)

RUN = 5
"""Characters in a run (shingle)."""
SKETCH = 64
MEETINGS = 4
LONGEST = 5_000
CROWD = 50
"""A run in more texts than this, and in more than a tenth of them, says nothing about who copied whom."""

_TAG = re.compile(r"</?[A-Za-z][^<>]{0,40}>")
_NUMBER = re.compile(r"[0-9]+(?:[.,][0-9]+)*")
_CLAUSE = re.compile(r"[。；;！!？?，,：:\n]+")
_MARKS = re.compile(r"[\W_]+")


class Match(NamedTuple):
    """Two texts (or sets) by position, the first before the second, and how alike they are in whole percent."""

    first: int
    second: int
    percent: int


@dataclass(frozen=True, slots=True)
class Alike:
    """Which sets are alike, told once for all that are equal: agencies that copied one form make pairs by the million.

    `number`: the number among distinct sets, by position; `places`: the positions of each, ascending; `near`: what
    each is like, itself included where it stands more than once, in whole percent.
    """

    number: Mapping[int, int]
    places: Sequence[Sequence[int]]
    near: Sequence[Mapping[int, int]]

    def others(self, position: int) -> list[Match]:
        """Return the matches of the set at a position, ascending by the other's, which may stand before it."""
        if position not in self.number:
            return []
        near = self.near[self.number[position]].items()
        found = ((other, percent) for n, percent in near for other in self.places[n] if other != position)
        return [Match(position, other, percent) for other, percent in sorted(found)]


def masked(text: str, names: Iterable[str] = ()) -> list[str]:
    """Return a text's clauses as they are compared: names taken out, numbers as 0, nothing but words."""
    bare = folded(_TAG.sub("", text[:LONGEST]))
    bare = re.sub(r"[^\S\n]+", "", bare)
    for name in sorted(names, key=len, reverse=True):
        bare = bare.replace(folded(name), "")
    clauses = _CLAUSE.split(_NUMBER.sub("0", bare).casefold())
    return [words for clause in clauses if (words := _MARKS.sub("", clause))]


def without_shared_clauses(
    texts: Sequence[Sequence[str]], owners: Sequence[Hashable], share_percent: int, fewest: int
) -> list[str]:
    """Return each text joined again without the clauses that too many owners have.

    A clause is boilerplate when at least `share_percent` of all owners and at least `fewest` have it.
    """
    had = {(clause, owner) for clauses, owner in zip(texts, owners, strict=True) for clause in clauses}
    spread = Counter(clause for clause, _ in had)
    total = len(set(owners))
    shared = {
        clause for clause, count in spread.items() if count >= fewest and count * 100 >= share_percent * total
    }
    return ["".join(clause for clause in clauses if clause not in shared) for clauses in texts]


def similar_texts(texts: Sequence[str], percent: int, shortest: int = 60) -> list[Match]:
    """Return the pairs of masked texts that are alike by at least `percent`, by position.

    Alike is the better of the edit ratio (rapidfuzz) and the Jaccard share of common runs, which also sees
    paragraphs that changed places. Texts below `shortest` characters are not compared.
    """
    places = _places(texts, lambda text: len(text) >= shortest)
    unique = sorted(places)
    found = [(n, n, 100) for n, text in enumerate(unique) if len(places[text]) > 1]
    for a, b, meetings in _meetings(unique, percent):
        alike = _alike(unique[a], unique[b], meetings, percent)
        if alike >= percent:
            found.append((a, b, alike))
    return _spread_out(found, [places[text] for text in unique])


def similar_sets(sets: Sequence[frozenset[str]], percent: int, fewest: int = 4) -> Alike:
    """Return which sets have a Jaccard share of at least `percent`; sets below `fewest` are not compared.

    Exact, by prefix filtering: two sets that share so much must share one of their rarest members.
    """
    places = _places(sets, lambda members: len(members) >= fewest)
    unique = sorted(places, key=sorted)
    count = Counter(member for members in unique for member in members)
    near: list[dict[int, int]] = [
        {n: 100} if len(places[members]) > 1 else {} for n, members in enumerate(unique)
    ]
    by_member: dict[str, list[int]] = {}
    for n, members in enumerate(unique):
        ranked = sorted(members, key=lambda member: (count[member], member))
        prefix = ranked[: len(ranked) - -(-len(ranked) * percent // 100) + 1]
        for other in sorted({other for member in prefix for other in by_member.get(member, ())}):
            alike = _jaccard_percent(members, unique[other])
            if alike >= percent:
                near[other][n] = near[n][other] = alike
        for member in prefix:
            by_member.setdefault(member, []).append(n)
    number = {place: n for n, members in enumerate(unique) for place in places[members]}
    return Alike(number, [places[members] for members in unique], near)


def _places(items: Sequence[Item], wanted: Callable[[Item], bool]) -> dict[Item, list[int]]:
    places: dict[Item, list[int]] = {}
    for position, item in enumerate(items):
        if wanted(item):
            places.setdefault(item, []).append(position)
    return places


def _spread_out(found: Iterable[tuple[int, int, int]], places: Sequence[Sequence[int]]) -> list[Match]:
    """Return matches between unique items as matches between all that equal them."""
    pairs = ((min(pair), max(pair), percent) for a, b, percent in found for pair in _pairs(a, b, places))
    return [Match(*pair) for pair in sorted(pairs)]


def _pairs(a: int, b: int, places: Sequence[Sequence[int]]) -> Iterator[tuple[int, int]]:
    if a == b:
        yield from combinations(places[a], 2)
    else:
        yield from ((first, second) for first in places[a] for second in places[b])


def _alike(one: str, other: str, meetings: int, percent: int) -> int:
    ratio = int(fuzz.ratio(one, other, score_cutoff=percent))
    if ratio >= percent or meetings < SKETCH // 4:
        return ratio
    return _jaccard_percent(_runs(one), _runs(other))


@lru_cache(maxsize=4096)
def _runs(text: str) -> frozenset[str]:
    return frozenset(text[n : n + RUN] for n in range(len(text) - RUN + 1))


def _jaccard_percent(one: frozenset[str], other: frozenset[str]) -> int:
    common = len(one & other)
    return common * 100 // max(1, len(one) + len(other) - common)


def _meetings(texts: Sequence[str], percent: int) -> Iterator[tuple[int, int, int]]:
    """Yield the pairs whose sketches share at least `MEETINGS` hashes, with how many they share.

    Texts too different in length to be alike by `percent` are left out.
    """
    import numpy as np

    hashes, owners = _without_crowds(*_sketches(texts), max(CROWD, len(texts) // 10))
    size, found = len(texts), []
    for step in range(1, len(hashes)):
        same = np.flatnonzero(hashes[step:] == hashes[:-step])
        if not same.size:
            break
        found.append(owners[same] * size + owners[same + step])
    if not found:
        return
    pairs, counts = np.unique(np.concatenate(found), return_counts=True)
    lengths = np.array([len(text) for text in texts])
    one, other = lengths[pairs // size], lengths[pairs % size]
    close = (counts >= MEETINGS) & (np.minimum(one, other) * 200 >= (one + other) * percent)
    for pair, count in zip(pairs[close].tolist(), counts[close].tolist(), strict=True):
        yield pair // size, pair % size, count


def _without_crowds(
    hashes: NDArray[np.uint64], owners: NDArray[np.int64], most: int
) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """Return the sketches without the hashes that more than `most` texts have."""
    import numpy as np

    _, sizes = np.unique(hashes, return_counts=True)
    few = np.repeat(sizes <= most, sizes)
    return hashes[few], owners[few]


def _sketches(texts: Sequence[str]) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """Return the hashes of all sketches, sorted by hash then owner, and the text each belongs to."""
    import numpy as np

    hashes, owners = _hashed_runs(texts)
    order = np.lexsort((hashes, owners))
    hashes, owners = hashes[order], owners[order]
    fresh = np.ones(len(hashes), dtype=bool)
    fresh[1:] = (hashes[1:] != hashes[:-1]) | (owners[1:] != owners[:-1])
    hashes, owners = hashes[fresh], owners[fresh]
    starts = np.searchsorted(owners, np.arange(len(texts)))
    kept = np.arange(len(owners)) - starts[owners] < SKETCH
    hashes, owners = hashes[kept], owners[kept]
    order = np.lexsort((owners, hashes))
    return hashes[order], owners[order]


def _hashed_runs(texts: Sequence[str]) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """Return a mixed 64-bit hash of every run of every text, and the text it stands in."""
    import numpy as np

    codes = np.frombuffer("".join(texts).encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    owner = np.repeat(np.arange(len(texts)), [len(text) for text in texts])
    if len(codes) < RUN:
        return np.zeros(0, dtype=np.uint64), np.zeros(0, dtype=np.int64)
    ends = len(codes) - RUN + 1
    value = np.zeros(ends, dtype=np.uint64)
    for step in range(RUN):
        value = value * np.uint64(0x100000001B3) + codes[step : step + ends]
    value = (value ^ (value >> np.uint64(29))) * np.uint64(0xBF58476D1CE4E5B9)
    value ^= value >> np.uint64(32)
    inside = owner[:ends] == owner[RUN - 1 :]
    return value[inside], owner[:ends][inside]
