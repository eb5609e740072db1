"""Runs the rules over a stack of forms: hits become findings, and every rule gets its tally."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, MutableMapping, Sequence
from typing import Any, Literal

from checks.culprit import pointed
from checks.finding import SEVERITY_ORDER, Finding, Hit, NotRun, Outcome, Severity, Tally
from checks.fold import grouped, let_pass, waived
from checks.rule import INPUTS, RULES, TABLES, Rule, Verdict
from checks.settings import Settings
from checks.tables import Tables

Scope = Literal["form", "batch"]
Inputs = Mapping[str, Any]


def _links(tables: Tables, settings: Settings) -> Any:
    from checks.links import link_projects

    return link_projects(tables, settings)


def _texts(tables: Tables, settings: Settings) -> Any:
    from checks.texts import distinct_texts

    return distinct_texts(tables)


DERIVED: dict[str, Callable[[Tables, Settings], Any]] = {"links": _links, "texts": _texts}
"""What rules may ask for that is worked out from the tables, once a stack."""


def check(
    tables: Tables,
    settings: Settings | None = None,
    inputs: Inputs | None = None,
    scope: Scope = "form",
    timings: MutableMapping[str, float] | None = None,
) -> Outcome:
    """Return everything the rules of a scope say about a stack of enriched tables.

    `tables` come from `checks.enrich.enriched`. `inputs` holds what is given of
    `checks.rule.INPUTS`. `timings`, if given, receives the seconds each rule took. Exceptions are faults
    of the program and are not caught here.
    """
    import checks.rules  # noqa: F401  (registers every rule)

    settings = settings or Settings()
    given: dict[str, Any] = {name: getattr(tables, name) for name in TABLES}
    given |= {name: (inputs or {}).get(name) for name in INPUTS} | {"settings": settings, "tables": tables}
    findings: list[Finding] = []
    not_run: list[NotRun] = []
    tallies = []
    for chosen in active(settings, scope):
        started = time.perf_counter()
        verdict = _judge(chosen, given, tables, settings)
        made = [_finding(chosen, hit, tables, settings) for hit in verdict.hits]
        if timings is not None:
            timings[chosen.code] = timings.get(chosen.code, 0.0) + time.perf_counter() - started
        findings += made
        not_run += _not_run(chosen, verdict, tables)
        tallies.append(_tally(chosen, verdict, len(tables.forms)))
    if scope == "form":
        findings = pointed(findings, tables)
    kept, passed = waived(findings, tables, settings)
    not_run += let_pass(passed)
    return Outcome(tuple(grouped(kept, settings)), tuple(not_run), tuple(tallies))


def active(settings: Settings, scope: Scope) -> list[Rule]:
    """Return the rules of a scope that are switched on, by code."""
    rules = (RULES[code] for code in sorted(RULES))
    return [r for r in rules if r.scope == scope and settings.switched.get(r.code, not r.off)]


def _judge(chosen: Rule, given: MutableMapping[str, Any], tables: Tables, settings: Settings) -> Verdict:
    needed = [name for name in chosen.needs if name in INPUTS and name not in chosen.optional]
    missing = [name for name in needed if given[name] is None]
    if missing:
        reason = {lang: INPUTS[missing[0]][lang] for lang in ("zh", "en")}
        return Verdict((), not_run=dict.fromkeys(tables.forms.index.tolist(), reason))
    for name in chosen.needs:
        if name not in given:
            given[name] = DERIVED[name](tables, settings)
    answer = chosen.function(**{name: given[name] for name in chosen.needs})
    return answer if isinstance(answer, Verdict) else Verdict(answer)


def _finding(chosen: Rule, hit: Hit, tables: Tables, settings: Settings) -> Finding:
    severity = Severity(settings.severities.get(chosen.code) or hit.severity or chosen.severity)
    form, path = _whose(hit, tables)
    values = {"found": hit.found, "expected": hit.expected, "difference": hit.difference, **hit.values}
    return Finding(
        code=chosen.code,
        severity=severity,
        path=path,
        form=form,
        spots=hit.spots,
        message={
            "zh": chosen.zh[hit.variant].format_map(values),
            "en": chosen.en[hit.variant].format_map(values),
        },
        found=hit.found,
        expected=hit.expected,
        difference=hit.difference,
        hypothesis=hit.hypothesis,
        trial=chosen.code in settings.trial,
    )


def _whose(hit: Hit, tables: Tables) -> tuple[str, str]:
    if hit.form >= 0:
        row = tables.forms.loc[hit.form]
        return str(row["id"]), str(row["path"])
    return "", str(tables.files.loc[hit.file, "path"]) if hit.file >= 0 else ""


def _not_run(chosen: Rule, verdict: Verdict, tables: Tables) -> list[NotRun]:
    ids = tables.forms["id"]
    return [NotRun(str(ids[form]), chosen.code, reason) for form, reason in verdict.not_run.items()]


def _tally(chosen: Rule, verdict: Verdict, forms: int) -> Tally:
    fired = {hit.form for hit in verdict.hits if hit.form >= 0}
    return Tally(chosen.code, forms, len(fired), len(verdict.not_applicable - fired), len(verdict.not_run))


def by_weight(findings: Sequence[Finding]) -> list[Finding]:
    """Return findings errors first, then by code and place, the order people read them in."""
    return sorted(findings, key=lambda f: (SEVERITY_ORDER[f.severity], f.code, f.path, f.form, f.spots))
