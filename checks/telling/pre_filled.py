"""Says once for the city what nearly every form has: values that came with the template.

Where at least `default_share_percent` of at least `default_forms` forms state the same half-year and full-year
value of a common indicator, it was pre-filled: no department is told of it, the bureau is told once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from checks.declared.framework import NO_FRAMEWORK, Common, Framework
from checks.declared.money import percent_text
from checks.finding import Finding, Severity
from checks.frames.columns import taken, where
from checks.frames.rows import Rows, coded
from checks.frames.tables import Tables
from checks.settings import Settings
from checks.targets.target import parse, render

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from checks.frames.columns import Positions

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
FOLDED = tuple(_SAY)


@dataclass(frozen=True, slots=True)
class Shared:
    """The pairs that nearly all of a batch's `forms` state (those that state any), with how many do."""

    forms: int
    counts: Mapping[Pair, int]
    framework: Framework = NO_FRAMEWORK


def pre_filled(
    said: Iterable[tuple[Finding, Tables]], shared: Shared
) -> Iterator[dict[tuple[str, Pair], bool]]:
    """Yield for each finding the defaults it goes for, with whether it is on trial; nothing for one that stands.

    `said` are findings of single forms, each with the enriched tables its spots lie in, those of one stack
    together; one stack is held at a time. A finding goes only if every value it leads with is a default. Findings
    that were given another severity go too; one on trial stays on trial. What is yielded is to be added up and
    given to `said_once`.
    """
    last: Tables | None = None
    for finding, tables in said:
        if not shared.counts or finding.code not in _SAY:
            yield {}
            continue
        if tables is not last:
            last, indicators = tables, Rows(tables.indicators)
        pairs = _pairs_of(finding, indicators)
        goes = bool(pairs) and pairs <= shared.counts.keys()
        yield {(finding.code, pair): finding.trial for pair in pairs} if goes else {}


def said_once(dropped: Mapping[tuple[str, Pair], bool], shared: Shared) -> tuple[Finding, ...]:
    """Return what is said for the city in place of the findings that went."""
    return tuple(
        _once(code, shared.framework[pair[0]], pair, shared, trial)
        for (code, pair), trial in sorted(dropped.items())
    )


def shared_pairs(tables: Tables, settings: Settings) -> Shared:
    """Return the pairs that nearly all forms of a batch state; none for a small batch."""
    rows = tables.indicators
    at = where(rows, {"common": lambda common: common >= 0})
    keys = taken(rows, ("form", "common"), at)
    forms = int(keys["form"].nunique())
    if forms < int(settings.threshold("default_forms")):
        return Shared(forms, {}, tables.budget.framework)
    first = at[~keys.duplicated().to_numpy()]
    counts: Counter[Pair] = Counter()
    for (position, half, full), times in _counted(rows, first):
        counts[position, _normal(half), _normal(full)] += times
    least = settings.threshold("default_share_percent") * forms
    kept = {pair: count for pair, count in counts.items() if count * 100 >= least}
    return Shared(forms, kept, tables.budget.framework)


def _counted(rows: pd.DataFrame, at: Positions) -> Iterator[tuple[Pair, int]]:
    """Yield each pair as it is written in some rows, with how many of them have it."""
    import numpy as np

    (halves, half), (fulls, full) = (_coded(rows, name, at) for name in ("half_raw", "full_raw"))
    common = rows["common"].to_numpy()[at]
    distinct, times = np.unique((common * len(half) + halves) * len(full) + fulls, return_counts=True)
    for key, count in zip(distinct.tolist(), times.tolist(), strict=True):
        rest, of_full = divmod(key, len(full))
        position, of_half = divmod(rest, len(half))
        yield (position, half[of_half], full[of_full]), count


def _coded(rows: pd.DataFrame, name: str, at: Positions) -> tuple[NDArray[np.intp], list[str]]:
    return coded(rows[name].iloc[at].to_numpy())


@lru_cache(maxsize=4096)
def _normal(text: str) -> str:
    return render(parse(text))


def _pairs_of(finding: Finding, indicators: Rows) -> frozenset[Pair]:
    rows: Any = list(dict.fromkeys(spot.row for spot in finding.spots if spot.table == "indicators"))
    at = indicators.frame.index.get_indexer(rows).tolist()
    columns = (indicators[name] for name in ("common", "half_raw", "full_raw"))
    common, half, full = ([column[n] for n in at] for column in columns)
    return frozenset((int(p), _normal(h), _normal(f)) for p, h, f in zip(common, half, full, strict=True))


def _once(code: str, common: Common, pair: Pair, shared: Shared, trial: bool) -> Finding:
    _, half, full = pair
    count, forms = shared.counts[pair], shared.forms
    values = {
        "name": common.name, "half": half, "full": full, "count": count, "operator": common.operator,
        "share": percent_text(count, forms, 0),
    }  # fmt: skip
    message = {lang: text.format(**values) for lang, text in _SAY[code].items()}
    return Finding(code, Severity.INFO, "", "", (), message, found=f"{half}、{full}", trial=trial)
