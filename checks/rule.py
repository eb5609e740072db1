"""How a rule is written: one short function with its code, severity, wording and doc on it.

A rule's parameters name what it reads: the `Rows` of a table (`files`, `forms`, `funds`, `projects`,
`indicators`, `oddities`), all `tables` as frames, something derived from them once a stack (`own`,
`links`, what else is marked `derived`), the `settings`, the `budget` that the forms' profile declares, or an input that may be missing (`roster`, `last_year`, `approved`, `actuals`).
A rule that asks for a missing input is not run and says so, unless its parameter has a default
(`roster: DataFrame | None = None`): then it does without.
It returns its hits, or a `Verdict` when some forms were not judged.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Hashable, Iterable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal

from checks.declared.budget import Part
from checks.finding import Hit, Severity, Spot

if TYPE_CHECKING:
    from checks.frames.rows import Rows

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
    asks: tuple[Part, ...] = ()

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
    asks: tuple[Part, ...] = (),
) -> Callable[[RuleFunction], RuleFunction]:
    """Register the decorated function as the rule `code`.

    `zh` and `en` are templates filled from a hit's values; a mapping gives one a variant.
    `asks` names what of a form the rule needs (`checks.declared.budget`): to a form that lacks it the rule does not apply.
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
            asks,
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


DERIVED: dict[str, Callable[..., Any]] = {}
"""What rules may ask for that is worked out from the tables, once a stack, by name."""


def derived(function: Callable[..., Any]) -> Callable[..., Any]:
    """Register the decorated function as what rules ask for by its name; its own parameters are those of a rule.

    It is called when the first rule of a stack asks. Raises ValueError for a name used twice.
    """
    name = function.__name__
    if name in DERIVED or name in TABLES or name in INPUTS:
        raise ValueError(f"{name} is declared twice")
    DERIVED[name] = function
    return function


def asked(name: str, given: MutableMapping[str, Any]) -> Any:
    """Return what is asked for by a parameter's name; what is worked out for it is added to `given`."""
    if name not in given:
        work = DERIVED[name]
        given[name] = work(**{need: asked(need, given) for need in inspect.signature(work).parameters})
    return given[name]


def hits(
    rows: Rows,
    places: Iterable[str],
    *,
    found: Any = "",
    expected: Any = "",
    difference: Any = "",
    severity: Any = None,
    variant: Any = "",
    **values: Any,
) -> list[Hit]:
    """Return one hit for each of the rows.

    `places` are `table.field` names; the row is the number in the stack, so tables that share their numbers
    (`forms` and `funds`) may be named together. Every other argument is one value for all hits or a list with
    one for each row; message templates may use `found`, `expected` and `difference` too.
    """
    if not len(rows):
        return []
    split = [tuple(place.split(".", 1)) for place in places]
    given = {"found": found, "expected": expected, "difference": difference}
    texts = {name: _for_each(value, len(rows)) for name, value in (given | values).items()}
    extra = {name: texts[name] for name in given} | {
        "severity": _for_each(severity, len(rows)), "variant": _for_each(variant, len(rows)),
    }  # fmt: skip
    made = []
    for position, (row, form) in enumerate(zip(rows.ids.tolist(), rows.form.tolist(), strict=True)):
        spots = tuple(Spot(table, row, name) for table, name in split)
        said = {name: str(cells[position]) for name, cells in texts.items()}
        made.append(Hit(form, spots, said, **{name: cells[position] for name, cells in extra.items()}))
    return made


def _for_each(value: Any, count: int) -> list[Any]:
    return value if isinstance(value, list) else [value] * count


def told(rows: Rows, name: str) -> list[str]:
    """Return the texts of a column as messages quote them."""
    return [quoted(text) for text in rows[name].tolist()]


@lru_cache(maxsize=65536, typed=True)
def quoted(text: Hashable, length: int = 30) -> str:
    """Return a cell's text as a message quotes it: one line, at most `length` characters."""
    flat = " ".join(str(text).split())
    return flat if len(flat) <= length else flat[: length - 1] + "…"
