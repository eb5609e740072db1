"""Reads the plain data files that the samples are drawn from."""

from __future__ import annotations

import tomllib
from decimal import Decimal
from pathlib import Path
from typing import Any

from checks.frames.tables import TEXT_FIELDS
from etl.form.declaration import Form
from etl.form.layout import FilledForm, IndicatorLine, ProjectLine
from samples.known_form import FORM_2023

DATA = Path(__file__).parent / "data"


def load(path: Path) -> dict[str, Any]:
    """Return a data file as it is written."""
    return tomllib.loads(path.read_text(encoding="utf-8"))


def filled_form(data: dict[str, Any], form: Form = FORM_2023) -> FilledForm:
    """Return the form a data file describes; amounts are 万元 written as text, so that they stay exact."""
    return FilledForm(
        fiscal_year=data["fiscal_year"],
        texts={name: data[name] for name in TEXT_FIELDS},
        amounts={name: Decimal(text) for name, text in data["amounts"].items()},
        projects=tuple(
            ProjectLine(name, Decimal(half), Decimal(full)) for name, half, full in data["projects"]["rows"]
        ),
        indicators=tuple(line for group in data["indicators"] for line in _lines(group, form)),
    )


def _lines(group: dict[str, Any], form: Form) -> list[IndicatorLine]:
    block = next(block.key for block in form.indicators if group["level1"] in block.level1)
    levels = (block, group["level1"], group["level2"], group.get("key_task", ""))
    return [IndicatorLine(*levels, name, half, full) for name, half, full in group["rows"]]
