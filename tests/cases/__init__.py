"""The case table: one edit of the clean form a row, and the exact findings that edit causes.

A family's rows stand in the module of its letters (`tests/cases/ar.py`: `CASES`). Every code has at
least one row in which it fires and one (`Case(..., silent=True)`) in which it nearly does and must not.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Case:
    """One edit and what it causes.

    `edits` maps a value's name to its new content: `forms.annual_goal`, `funds.total_full`,
    `projects[3].half`, `indicators[37].full` (positions of `tests.clean`). Amounts are text of a number
    (stored as a number), or a `Raw`. `drop` names rows to take out (`projects[5]`), `add` rows to put
    after all others of their table. `change` may edit the finished workbook bytes. `finds` states the exact
    findings, each with its severity, every cell and its figures as `tests.statements` spells them
    (`AR07!E@funds.other_full: -5→≥0`), several of one kind several times; `inputs` and `settings` go to the check.
    `awaits` says what the program does not do yet; the case fails until then, and must fail.
    """

    code: str
    edits: Mapping[str, Any] = field(default_factory=dict)
    finds: tuple[str, ...] = ()
    silent: bool = False
    drop: tuple[str, ...] = ()
    add: Mapping[str, tuple[Mapping[str, Any], ...]] = field(default_factory=dict)
    change: Callable[[bytes], bytes] | None = None
    inputs: Mapping[str, Any] = field(default_factory=dict)
    settings: Any = None
    why: str = ""
    awaits: str = ""


@dataclass(frozen=True, slots=True)
class Raw:
    """A cell stored otherwise than usual: as text, as a number with a format, as a formula."""

    text: str | None = None
    number: str | None = None
    number_format: str = "General"
    formula: str | None = None
    error: str | None = None
