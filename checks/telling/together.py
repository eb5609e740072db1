"""Which findings of a form are said together: those of one rule, and those of several rules that one slip sets off.

Only what people read is put together. Each finding stays itself, with its own key and its own fate in the next round.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import TypeVar

from checks.finding import SEVERITY_ORDER, Finding

ECHOES: tuple[tuple[str, ...], ...] = (("CP10", "TX05", "CP03"),)
"""Rules that say of one cell what the first of them says already; the first alone is quoted."""
KIN: tuple[tuple[str, ...], ...] = (
    *ECHOES,
    ("IG06", "IG04"),
    ("ST09", "AR02", "AR03", "AR04", "AR05"),
    ("AR05", "AR11"),
    ("HF04", "HF05", "CF04"),
    ("CF05", "CF04"),
    ("IG03", "IG02"),
    ("XS06", "IG19"),
    ("RV01", "RV04"),
    ("TX03", "TX02"),
)
"""Rules that speak of one shortcoming where they lead with the same cell, the plainest of them first."""
FOLLOWS: dict[str, str] = {"RV02": "RV01"}
"""Rules that add up over a form what another one names cell by cell: said with it wherever they stand."""

T = TypeVar("T")


def together(
    items: Sequence[T],
    finding: Callable[[T], Finding],
    place: Callable[[T], Hashable],
    apart: Callable[[T], Hashable],
) -> list[tuple[T, ...]]:
    """Return items in groups that are one line each, in the order of their first ones.

    `place`: the cell an item leads with, None for one without. `apart`: what items of one line must share beside their form.
    The first item of a group is the one that is quoted first; a graver one always stands before a lighter one.
    """
    lines: dict[Hashable, list[tuple[T, ...]]] = {}
    for cluster in _clusters(items, finding, place, apart):
        first = finding(cluster[0])
        lines.setdefault((first.path, first.form, first.code, first.severity, apart(cluster[0])), []).append(
            cluster
        )
    return [tuple(item for cluster in line for item in cluster) for line in lines.values()]


def _clusters(
    items: Sequence[T],
    finding: Callable[[T], Finding],
    place: Callable[[T], Hashable],
    apart: Callable[[T], Hashable],
) -> list[tuple[T, ...]]:
    """Return what is said of one cell for one reason, in the order of the first ones."""
    home: dict[Hashable, int] = {}
    clusters: list[list[T]] = []
    for item in items:
        said, near = finding(item), (finding(item).path, finding(item).form, apart(item))
        at = place(item)
        joins: list[Hashable] = [
            (*near, at, family) for family, codes in enumerate(KIN) if at is not None and said.code in codes
        ]
        joins += [
            (*near, "form", follower)
            for follower, leader in FOLLOWS.items()
            if said.code in (follower, leader)
        ]
        known = next((home[join] for join in joins if join in home), None)
        if known is None or (said.code == finding(clusters[known][0]).code):
            known = len(clusters)
            clusters.append([])
        clusters[known].append(item)
        for join in joins:
            home.setdefault(join, known)
    return [tuple(sorted(cluster, key=lambda item: _rank(finding(item)))) for cluster in clusters]


def _rank(said: Finding) -> tuple[int, int]:
    """Return what the findings of a cluster are ordered by: the gravest, then the plainest of its kin."""
    places = [codes.index(said.code) for codes in KIN if said.code in codes]
    return SEVERITY_ORDER[said.severity], min(places, default=9)


def quoted_of(items: Iterable[T], finding: Callable[[T], Finding], place: Callable[[T], Hashable]) -> list[T]:
    """Return the items of a line whose sentences are said: those that say more than the ones before them."""
    shown: list[T] = []
    for item in items:
        if not any(place(other) == place(item) and _echoes(finding(item), finding(other)) for other in shown):
            shown.append(item)
    return shown


def _echoes(said: Finding, other: Finding) -> bool:
    return said.code != other.code and any(said.code in codes and other.code in codes for codes in ECHOES)
