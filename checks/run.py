"""Runs the rules over a stack of forms: hits become findings, and every rule gets its tally."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from checks.culprits.culprit import pointed
from checks.declared.budget import Budget
from checks.finding import Fate, Finding, Hit, NotRun, Outcome, Severity, Tally
from checks.frames.rows import Rows
from checks.frames.tables import Tables
from checks.given.inputs import Inputs
from checks.rule import INPUTS, RULES, TABLES, Rule, Verdict, asked
from checks.settings import Settings
from checks.telling.shortened import grouped, let_pass, waived

Scope = Literal["form", "batch"]


def check(
    tables: Tables,
    settings: Settings | None = None,
    inputs: Inputs | None = None,
    scope: Scope = "form",
    timings: MutableMapping[str, float] | None = None,
) -> Outcome:
    """Return everything the rules of a scope say about a stack of enriched tables.

    `tables` come from `checks.enrich.enriched`. `inputs` holds what is given of
    `checks.rule.INPUTS`. `timings`, if given, receives the seconds each rule took. The large tables of a batch
    may be column givers (`checks.frames.columns`). Exceptions are faults of the program and are not caught here.
    """
    settings = settings or Settings()
    if scope == "form" and len(tables.budgets) > 1:
        return _together([check(part, settings, inputs, scope, timings) for part in by_profile(tables)])
    said = list(said_by_rule(tables, settings, inputs, scope, timings))
    findings = [finding for each in said for finding in each.findings]
    if scope == "form":
        findings = pointed(findings, tables)
    kept, passed = settled(findings, tables, settings)
    not_run = [*(entry for each in said for entry in each.not_run), *passed]
    fates = {each.tally.code: each.fate for each in said}
    return Outcome(tuple(kept), tuple(not_run), tuple(each.tally for each in said), fates)


def by_profile(tables: Tables) -> Iterator[Tables]:
    """Yield the forms of each profile apart, under their own row numbers; files without a form go with the first."""
    forms, left = tables.forms, tables.files
    for id_, budget in tables.budgets.items():
        own = forms[forms["profile"] == id_]
        rest = forms[(forms["profile"] != id_)]
        files = left.drop(index=[file for file in rest["file"].unique() if file in left.index])
        left = left.drop(index=files.index)
        yield replace(
            tables, files=files, forms=own, funds=tables.funds.loc[own.index], budgets={id_: budget},
            **{name: _of_forms(getattr(tables, name), own.index) for name in ("projects", "indicators", "oddities")},
        )  # fmt: skip


def _of_forms(table: Any, forms: Any) -> Any:
    return table[table["form"].isin(forms)]


def _together(parts: Sequence[Outcome]) -> Outcome:
    """Return what the rules say of forms of several profiles as one outcome."""
    tallies: dict[str, Tally] = {}
    fates: dict[str, Fate] = {}
    for part in parts:
        for tally in part.tallies:
            tallies[tally.code] = tally.plus(tallies.get(tally.code))
        for code, fate in part.fates.items():
            before = fates.get(code)
            fates[code] = Fate(*(a | b for a, b in zip(before, fate, strict=True))) if before else fate
    return Outcome(
        tuple(finding for part in parts for finding in part.findings),
        tuple(entry for part in parts for entry in part.not_run),
        tuple(tallies.values()),
        fates,
    )


@dataclass(frozen=True, slots=True)
class Said:
    """What one rule says of a stack, before anything is let pass or put together."""

    findings: Sequence[Finding]
    not_run: Sequence[NotRun]
    tally: Tally
    fate: Fate


def said_by_rule(
    tables: Tables,
    settings: Settings,
    inputs: Inputs | None,
    scope: Scope,
    timings: MutableMapping[str, float] | None = None,
) -> Iterator[Said]:
    """Yield what each rule of a scope says, by code; parameters as for `check`."""
    import checks.derived
    import checks.rules  # noqa: F401  (registers every rule)

    settings = of_form(settings, tables.budget)
    given = _given(tables, settings, inputs or Inputs())
    sources = _sources(tables)
    for chosen in active(settings, scope):
        started = time.perf_counter()
        if scope == "batch":  # what a rule took of a whole city goes before the next one takes its own
            given = _given(tables, settings, inputs or Inputs())
        verdict = _judge(chosen, given, tables)
        made = [_finding(chosen, hit, sources, settings) for hit in verdict.hits]
        if timings is not None:
            timings[chosen.code] = timings.get(chosen.code, 0.0) + time.perf_counter() - started
        fate = _fate(verdict)
        tally = Tally(chosen.code, len(tables.forms), *map(len, fate))
        yield Said(made, _not_run(chosen, verdict, sources), tally, fate)


def settled(
    findings: Sequence[Finding], tables: Tables, settings: Settings
) -> tuple[list[Finding], list[NotRun]]:
    """Return the findings that stand, alike ones of a rule as one, and what a reviewer has let pass."""
    kept, passed = waived(findings, tables, settings)
    return grouped(kept, settings), let_pass(passed)


def of_form(settings: Settings, budget: Budget) -> Settings:
    """Return the settings with the thresholds that a form states itself; what the bureau sets comes first."""
    if not budget.thresholds:
        return settings
    return replace(settings, thresholds={**budget.thresholds, **settings.thresholds})


def active(settings: Settings, scope: Scope) -> list[Rule]:
    """Return the rules of a scope that are switched on, by code."""
    rules = (RULES[code] for code in sorted(RULES))
    return [r for r in rules if r.scope == scope and settings.switched.get(r.code, not r.off)]


def _given(tables: Tables, settings: Settings, inputs: Inputs) -> dict[str, Any]:
    """Return what rules may ask for by name, nothing of it looked at yet."""
    given: dict[str, Any] = {name: Rows(getattr(tables, name)) for name in TABLES}
    given |= {"settings": settings, "tables": tables, "budget": tables.budget}
    return given | {name: getattr(inputs, name) for name in INPUTS}


def _judge(chosen: Rule, given: MutableMapping[str, Any], tables: Tables) -> Verdict:
    if tables.budget.lacks(chosen.code, chosen.asks) is not None:
        return Verdict((), not_applicable=frozenset(tables.forms.index.tolist()))
    needed = [name for name in chosen.needs if name in INPUTS and name not in chosen.optional]
    missing = [name for name in needed if given[name] is None]
    if missing:
        reason = {lang: INPUTS[missing[0]][lang] for lang in ("zh", "en")}
        return Verdict((), not_run=dict.fromkeys(tables.forms.index.tolist(), reason))
    answer = chosen.function(**{name: asked(name, given) for name in chosen.needs})
    return answer if isinstance(answer, Verdict) else Verdict(answer)


@dataclass(frozen=True, slots=True)
class _Sources:
    """The id and path of each form and the path of each file, by their numbers in the stack."""

    forms: Mapping[int, tuple[str, str]]
    files: Mapping[int, str]


def _sources(tables: Tables) -> _Sources:
    forms, files = tables.forms, tables.files
    named = zip(map(str, forms["id"]), map(str, forms["path"]), strict=True)
    paths = zip(files.index.tolist(), map(str, files["path"]), strict=True)
    return _Sources(dict(zip(forms.index.tolist(), named, strict=True)), dict(paths))


def _finding(chosen: Rule, hit: Hit, sources: _Sources, settings: Settings) -> Finding:
    severity = Severity(settings.severities.get(chosen.code) or hit.severity or chosen.severity)
    form, path = sources.forms.get(hit.form) or ("", sources.files.get(hit.file, ""))
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


def _not_run(chosen: Rule, verdict: Verdict, sources: _Sources) -> list[NotRun]:
    return [NotRun(sources.forms[form][0], chosen.code, reason) for form, reason in verdict.not_run.items()]


def _fate(verdict: Verdict) -> Fate:
    fired = frozenset(hit.form for hit in verdict.hits if hit.form >= 0)
    return Fate(fired, verdict.not_applicable - fired, frozenset(verdict.not_run))
