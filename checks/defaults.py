"""Says once for the city what nearly every form has: values that came with the template.

Where at least `default_share_percent` of at least `default_forms` forms state the same half-year and full-year
value of a common indicator, it was pre-filled: no department is told of it, the bureau is told once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from checks.finding import Finding, Severity
from checks.framework import COMMON
from checks.money import percent_text
from checks.settings import Settings
from checks.tables import Tables
from checks.target import parse, render

if TYPE_CHECKING:
    import pandas as pd

Pair = tuple[int, str, str]
"""A common indicator's position in the framework with its half-year and full-year value in normal form."""

_SAY: dict[str, dict[str, str]] = {
    "CF04": {
        "zh": "共性指标“{name}”有{count}个单位（{share}）同填半年{half}、全年{full}，疑为表样预设；建议统一使用{operator}",
        "en": "“{name}” is {half} and {full} in {count} forms ({share}): pre-filled by the template? {operator} is usual",
    },
    "HF03": {
        "zh": "共性指标“{name}”有{count}个单位（{share}）同填半年{half}、全年{full}，疑为表样预设；半年即要求{half}，请统一明确口径",
        "en": "“{name}” is {half} and {full} in {count} forms ({share}): pre-filled by the template? Say what is due by mid-year",
    },
}
"""The rules that a default may set off in every form, and what is said of it for all of them."""


@dataclass(frozen=True, slots=True)
class Folded:
    """Which findings stand, in the order given, and what is said once for the city in place of the others."""

    kept: tuple[bool, ...]
    once: tuple[Finding, ...]


def fold_defaults(said: Iterable[tuple[Finding, Tables]], whole: Tables, settings: Settings) -> Folded:
    """Fold what forms are told of values that the template pre-filled.

    `said` are findings of single forms, each with the enriched tables its spots lie in; `whole` are the tables
    of the batch. A finding goes only if every value it leads with is a default. Findings that were given
    another severity are folded too; one on trial stays on trial.
    """
    shared = shared_pairs(whole, settings)
    kept: list[bool] = []
    dropped: dict[tuple[str, Pair], bool] = {}
    for finding, tables in said:
        pairs = _pairs_of(finding, tables) if shared and finding.code in _SAY else frozenset()
        stands = not pairs or not pairs <= shared.keys()
        kept.append(stands)
        if not stands:
            dropped |= {(finding.code, pair): finding.trial for pair in pairs}
    forms = _stating(whole)["form"].nunique() if dropped else 0
    once = [_once(code, pair, shared[pair], forms, trial) for (code, pair), trial in sorted(dropped.items())]
    return Folded(tuple(kept), tuple(once))


def shared_pairs(tables: Tables, settings: Settings) -> dict[Pair, int]:
    """Return the pairs that nearly all forms of a batch state, with how many do; none for a small batch."""
    rows = _stating(tables)
    forms = rows["form"].nunique()
    if forms < int(settings.threshold("default_forms")):
        return {}
    counts: Counter[Pair] = Counter()
    for (position, *raw), times in Counter(_stated(rows)).items():
        counts[position, _normal(raw[0]), _normal(raw[1])] += times
    least = settings.threshold("default_share_percent") * forms
    return {pair: count for pair, count in counts.items() if count * 100 >= least}


def _stating(tables: Tables) -> pd.DataFrame:
    """Return the first row of every common indicator in every form."""
    rows = tables.indicators[["form", "common", "half_raw", "full_raw"]]
    return rows[rows["common"] >= 0].drop_duplicates(["form", "common"])


def _stated(rows: pd.DataFrame) -> Iterator[Pair]:
    """Yield the pair of each row as it is written."""
    return zip(*(rows[name].tolist() for name in ("common", "half_raw", "full_raw")), strict=True)


def _normal(text: str) -> str:
    return render(parse(text))


def _pairs_of(finding: Finding, tables: Tables) -> frozenset[Pair]:
    rows = list(dict.fromkeys(spot.row for spot in finding.spots if spot.table == "indicators"))
    stated = _stated(tables.indicators.loc[rows, ["common", "half_raw", "full_raw"]])
    return frozenset((position, _normal(half), _normal(full)) for position, half, full in stated)


def _once(code: str, pair: Pair, count: int, forms: int, trial: bool) -> Finding:
    position, half, full = pair
    common = COMMON[position]
    values = {
        "name": common.name, "half": half, "full": full, "count": count, "operator": common.operator,
        "share": percent_text(count, forms, 0),
    }  # fmt: skip
    message = {lang: text.format(**values) for lang, text in _SAY[code].items()}
    return Finding(code, Severity.INFO, "", "", (), message, found=f"{half}、{full}", trial=trial)
