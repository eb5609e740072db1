"""Random consistent budgets and the relations of the form over them, for the tests of the search."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence

from checks.declared.tolerance import rounding_slack
from checks.localisation.localise import Linear

WAN = 1_000_000
CENT = 10_000
Cell = str | tuple[int, str]
Values = dict[Cell, int | None]


def fen(amount: float) -> int:
    """Return 万元 with at most two decimals as fen."""
    return round(amount * 100) * CENT


def budget(
    projects: Sequence[tuple[int, int]], basic: tuple[int, int], sources: Mapping[str, int] | None = None
) -> Values:
    """Return a consistent form: projects and basic expenditure as (full, half) fen; the rest is general budget."""
    values: Values = {}
    for row, (full, half) in enumerate(projects):
        values[row, "full"], values[row, "half"] = full, half
    values |= {
        "project_full": sum(full for full, _ in projects),
        "project_half": sum(half for _, half in projects),
    }
    values |= {"basic_full": basic[0], "basic_half": basic[1]}
    total = basic[0] + sum(full for full, _ in projects)
    given = dict.fromkeys(("fund", "special", "state", "social", "carried", "other"), 0) | dict(sources or {})
    outside = sum(given[name] for name in ("social", "carried", "other"))
    inside = sum(given[name] for name in ("fund", "special", "state"))
    return (
        values
        | given
        | {"total": total, "appropriation": total - outside, "general": total - outside - inside}
    )


def relations(rows: int, exact: bool = False) -> list[Linear]:
    """Return AR01 to AR07 over the cells of a budget with that many project rows."""
    every = range(rows)
    sums: list[tuple[str, Cell, Sequence[Cell]]] = [
        ("AR01", "appropriation", ["general", "fund", "special", "state"]),
        ("AR02", "total", ["appropriation", "social", "carried", "other"]),
        ("AR03", "total", ["basic_full", "project_full"]),
        ("AR04", "project_full", [(row, "full") for row in every]),
        ("AR05", "project_half", [(row, "half") for row in every]),
    ]
    made = [
        Linear(
            code,
            ((total, 1), *((part, -1) for part in parts)),
            slack=0 if exact else rounding_slack(len(parts)),
        )
        for code, total, parts in sums
    ]
    pairs: list[tuple[Cell, Cell]] = [("basic_half", "basic_full"), ("project_half", "project_full")]
    pairs += [((row, "half"), (row, "full")) for row in every]
    made += [
        Linear("AR06", ((half, 1), (full, -1)), equal=False, slack=0 if exact else 5_000)
        for half, full in pairs
    ]
    cells = dict.fromkeys(cell for relation in made for cell, _ in relation.terms)
    return made + [Linear("AR07", ((cell, -1),), equal=False) for cell in cells]


def neighbours(cells: Iterable[Cell]) -> dict[Cell, list[Cell]]:
    """Return for each cell the other column of its row."""
    beside: dict[Cell, list[Cell]] = {}
    for cell in cells:
        if isinstance(cell, tuple):
            beside[cell] = [(cell[0], "half" if cell[1] == "full" else "full")]
        elif cell.endswith(("_full", "_half")):
            beside[cell] = [cell[:-4] + ("half" if cell.endswith("full") else "full")]
    return beside


def random_budget(rng: random.Random, rows: int) -> Values:
    """Return a consistent budget with amounts of every size, a third of them whole, some halves 0 or in full."""
    projects = []
    for _ in range(rows):
        full = max(CENT, fen(round(10 ** rng.uniform(0, 3.5), rng.choice((0, 1, 2, 2)))))
        share = rng.choice((0.0, 0.0, 0.5, rng.random(), rng.random(), 1.0))
        projects.append((full, full if share == 1 else fen(full / WAN * share * 0.999)))
    basic = fen(rng.uniform(200, 3000))
    whole = basic + sum(full for full, _ in projects)
    sources = {
        "fund": fen(whole / WAN * rng.choice((0, 0.1))),
        "carried": fen(whole / WAN * rng.choice((0, 0.05))),
    }
    return budget(projects, (basic, fen(basic / WAN * 0.45)), sources)


SLIPS = (
    "cut",
    "times_10",
    "over_10",
    "yuan",
    "swap",
    "drop_digit",
    "double_digit",
    "mistype",
    "sign",
    "stale",
)


def slip(rng: random.Random, amount: int) -> int | None:
    """Return an amount after a random slip of the hand, None if the slip leaves no mark."""
    kind = rng.choice(SLIPS)
    if kind == "stale":
        return _marked(amount, amount + fen(rng.uniform(-50, 50)))
    by = {"cut": amount // WAN * WAN, "times_10": amount * 10, "yuan": amount * 10_000, "sign": -amount}
    if kind in by:
        return _marked(amount, by[kind])
    if kind == "over_10":
        return _marked(amount, amount // 10)
    return _marked(amount, _digits(rng, kind, f"{amount / WAN:.2f}".rstrip("0").rstrip(".")))


def _digits(rng: random.Random, kind: str, text: str) -> int:
    place = rng.randrange(len(text))
    if text[place] == "." or (kind == "swap" and not text[place + 1 : place + 2].isdigit()):
        return fen(float(text))
    new = {
        "swap": text[:place] + text[place + 1 : place + 2] + text[place] + text[place + 2 :],
        "drop_digit": text[:place] + text[place + 1 :],
        "double_digit": text[:place] + text[place] + text[place:],
        "mistype": text[:place] + str(rng.randrange(10)) + text[place + 1 :],
    }[kind]
    return fen(float(new)) if new not in ("", ".") else 0


def _marked(old: int, new: int) -> int | None:
    return None if abs(new - old) <= 500_000 else new


def breaks(values: Mapping[Cell, int | None], linear: Sequence[Linear]) -> list[str]:
    """Return the codes of the relations that do not hold, worked out without the search."""
    broken = []
    for relation in linear:
        off = sum((values[cell] or 0) * coefficient for cell, coefficient in relation.terms)
        if off > relation.slack or (relation.equal and off < -relation.slack):
            broken.append(relation.code)
    return broken
