"""Every batch of the case table: what a rule across agencies or years says, and that all of them are covered."""

from __future__ import annotations

import importlib
import pkgutil

import pytest

import tests.cases
from checks.rule import RULES
from tests.batches import Batch, expected, said

BATCHES: list[Batch] = [
    batch
    for module in pkgutil.iter_modules(tests.cases.__path__)
    for batch in getattr(importlib.import_module(f"tests.cases.{module.name}"), "BATCHES", ())
]
NAMES = [f"{batch.code}-{'silent' if batch.silent else 'fires'}-{n}" for n, batch in enumerate(BATCHES)]
ELSEWHERE = {"XW01", "XW02", "ST11"}
"""Batch rules whose cases stand in tests/test_batch_rules.py."""


@pytest.mark.parametrize("batch", BATCHES, ids=NAMES)
def test_a_batch_causes_exactly_its_findings(batch: Batch) -> None:
    found, not_run, messages = said(batch)
    assert sorted(found) == sorted(expected(batch)), batch.why
    assert sorted(not_run) == sorted(batch.not_run), batch.why
    assert all("nan" not in text.lower() and "None" not in text for text in messages)


@pytest.mark.parametrize("silent", [False, True], ids=["firing", "silent"])
def test_every_batch_rule_has_a_case(silent: bool) -> None:
    import checks.rules  # noqa: F401

    wanted = {code for code, rule in RULES.items() if rule.scope == "batch"}
    assert {batch.code for batch in BATCHES if batch.silent == silent} >= wanted - ELSEWHERE
