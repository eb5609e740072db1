"""How a rule is written: one short function with its code, severity, wording and doc on it.

A rule's parameters name what it reads: a table (`files`, `forms`, `funds`, `projects`,
`indicators`, `oddities`), something derived from them (`links`), the `settings`, or an input that may
be missing (`roster`, `last_year`, `approved`, `actuals`). A rule that asks for a missing input is not run and
says so, unless its parameter has a default (`roster: DataFrame | None = None`): then it does without.
It returns its hits, or a `Verdict` when some forms were not judged.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal

from checks.finding import Hit, Severity, Spot

if TYPE_CHECKING:
    import pandas as pd

COMPLETENESS, RELEVANCE, FITNESS, FEASIBILITY = "完整性", "相关性", "适当性", "可行性"
"""The four headings of a review (财预〔2015〕88号, unconfirmed)."""

TABLES = ("files", "forms", "funds", "projects", "indicators", "oddities")
INPUTS: dict[str, dict[str, str]] = {
    "roster": {"zh": "应报单位名单(--roster)", "en": "the roster (--roster)"},
    "last_year": {"zh": "上年报表(--last-year)", "en": "last year's forms (--last-year)"},
    "approved": {"zh": "批复预算清单(--approved)", "en": "the approved budget list (--approved)"},
    "actuals": {"zh": "上年自评结果(--actuals)", "en": "last year's self-evaluation (--actuals)"},
}
"""Inputs that may be missing, by parameter name, and what to call them when they are."""

DOC_HEADINGS = ("公式", "依据", "错例", "改法", "Fix")


@dataclass(frozen=True, slots=True)
class Verdict:
    """Hits, with the forms a rule does not apply to and those it could not judge (form number → zh, en)."""

    hits: Sequence[Hit]
    not_applicable: frozenset[int] = frozenset()
    not_run: Mapping[int, Mapping[str, str]] = field(default_factory=dict)


RuleFunction = Callable[..., Sequence[Hit] | Verdict]


@dataclass(frozen=True, slots=True)
class Rule:
    """A registered rule; `zh` and `en` are message templates by variant ("" is the usual one)."""

    code: str
    severity: Severity
    heading: str
    zh: Mapping[str, str]
    en: Mapping[str, str]
    scope: Literal["form", "batch"]
    function: RuleFunction
    needs: tuple[str, ...]
    title: str
    doc: Mapping[str, str]
    off: bool = False
    summary: bool = False
    optional: frozenset[str] = frozenset()

    @property
    def family(self) -> str:
        """Return the two letters of the rule's family."""
        return self.code[:2]


RULES: dict[str, Rule] = {}
"""Every rule by code; filled when `checks.rules` is imported."""


def rule(
    code: str,
    severity: Severity,
    heading: str,
    *,
    zh: str | Mapping[str, str],
    en: str | Mapping[str, str],
    scope: Literal["form", "batch"] = "form",
    off: bool = False,
    summary: bool = False,
) -> Callable[[RuleFunction], RuleFunction]:
    """Register the decorated function as the rule `code`.

    `zh` and `en` are templates filled from a hit's values; a mapping gives one a variant.
    `off` rules run only when the settings switch them on; what `summary` rules find is for the bureau alone
    and not shown to the department. Raises ValueError for a code used twice
    or a doc without its headings.
    """

    def register(function: RuleFunction) -> RuleFunction:
        if code in RULES:
            raise ValueError(f"rule {code} is declared twice")
        title, doc = _read_doc(code, inspect.getdoc(function) or "")
        parameters = inspect.signature(function).parameters
        needs = tuple(parameters)
        optional = frozenset(n for n, p in parameters.items() if p.default is not inspect.Parameter.empty)
        RULES[code] = Rule(
            code,
            severity,
            heading,
            _variants(zh),
            _variants(en),
            scope,
            function,
            needs,
            title,
            doc,
            off,
            summary,
            optional,
        )
        return function

    return register


def _variants(template: str | Mapping[str, str]) -> Mapping[str, str]:
    return {"": template} if isinstance(template, str) else dict(template)


def _read_doc(code: str, doc: str) -> tuple[str, dict[str, str]]:
    title, _, rest = doc.partition("\n")
    sections: dict[str, str] = {}
    current = ""
    for line in rest.splitlines():
        head, colon, text = line.strip().partition(":")
        if colon and head in DOC_HEADINGS:
            current = head
            sections[current] = text.strip()
        elif current and line.strip():
            sections[current] += " " + line.strip()
        elif not line.strip():
            current = ""
    missing = [heading for heading in DOC_HEADINGS if heading not in sections]
    if missing:
        raise ValueError(f"rule {code}: its doc lacks {missing}")
    return title.strip(), sections


def hits(
    frame: pd.DataFrame,
    where: pd.Series[bool] | Any,
    places: Iterable[str],
    *,
    found: Any = "",
    expected: Any = "",
    difference: Any = "",
    severity: Any = None,
    variant: Any = "",
    **values: Any,
) -> list[Hit]:
    """Return one hit for each row of `frame` where `where` holds.

    `places` are `table.field` names; the row is the frame's index, so frames that share an index
    (`forms` and `funds`) may be named together. Every other argument is one value for all hits or
    a series aligned with the frame; message templates may use `found`, `expected` and `difference` too. The form is the `form` column, or the index where there is none.
    """
    mask = where.fillna(False).astype(bool) if hasattr(where, "fillna") else where
    if not (
        mask.any() if hasattr(mask, "any") else any(mask)
    ):  # before the rows are taken: most rules find nothing in most batches
        return []
    chosen = frame[mask]
    index = chosen.index
    split = [tuple(place.split(".", 1)) for place in places]
    forms = chosen["form"] if "form" in chosen.columns else index.to_series()
    column = {name: _aligned(value, index) for name, value in values.items()}
    given = {
        name: _aligned(value, index)
        for name, value in (
            ("found", found), ("expected", expected), ("difference", difference),
            ("severity", severity), ("variant", variant),
        )
    }  # fmt: skip
    in_words = {name: given[name] for name in ("found", "expected", "difference")}
    made = []
    for position, (row, form) in enumerate(zip(index.tolist(), forms.tolist(), strict=True)):
        spots = tuple(Spot(table, row, name) for table, name in split)
        texts = {name: str(cells[position]) for name, cells in (in_words | column).items()}
        extra = {name: cells[position] for name, cells in given.items()}
        made.append(Hit(int(form), spots, texts, **extra))
    return made


def _aligned(value: Any, index: pd.Index[Any]) -> list[Any]:
    if hasattr(value, "reindex"):
        return list(value.reindex(index))
    return [value] * len(index)


@lru_cache(maxsize=65536, typed=True)
def quoted(text: Hashable, length: int = 30) -> str:
    """Return a cell's text as a message quotes it: one line, at most `length` characters."""
    flat = " ".join(str(text).split())
    return flat if len(flat) <= length else flat[: length - 1] + "…"
