"""Runs the rules that look across forms; what each of them says is put aside before the next one is asked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Any

from checks.finding import Finding, NotRun, Tally
from checks.frames.tables import Tables
from checks.settings import Settings
from etl.frames.spill import Aside
from etl.frames.spilled import AsideList, set_aside


@dataclass(frozen=True, slots=True)
class Across:
    """What the rules across forms say, rule by rule."""

    _findings: tuple[AsideList[Finding], ...]
    _not_run: tuple[AsideList[NotRun], ...]
    tallies: tuple[Tally, ...]

    @property
    def findings(self) -> Iterator[Finding]:
        """Yield the findings by rule."""
        return chain.from_iterable(self._findings)

    @property
    def not_run(self) -> Iterator[NotRun]:
        """Yield what was not run by rule, then what a reviewer has let pass."""
        return chain.from_iterable(self._not_run)


def check_across(tables: Tables, settings: Settings, inputs: Mapping[str, Any], aside: Aside) -> Across:
    """Return what the rules across forms say of a batch, as `checks.run.check` does for its scope `batch`."""
    from checks.run import said_by_rule, settled

    findings, not_run, let_pass, tallies = [], [], [], []
    for said in said_by_rule(tables, settings, inputs, "batch"):
        kept, passed = settled(said.findings, tables, settings)
        findings.append(set_aside(aside, kept))
        not_run.append(set_aside(aside, said.not_run))
        let_pass.append(set_aside(aside, passed))
        tallies.append(said.tally)
    return Across(tuple(findings), (*not_run, *let_pass), tuple(tallies))
