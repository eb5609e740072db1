"""The normalised tables that rules read: many forms stacked, one row a thing.

| table | one row | index |
|---|---|---|
| files | a file handed in | file number |
| forms | a form (a file may hold several) | form number |
| funds | a form's fixed fund lines | form number |
| projects | a project line | row number, unique in the stack |
| indicators | an indicator line | row number, unique in the stack |
| oddities | something the reader saw and had to interpret | row number |

Amounts are integer fen in a column (`half`), with the text as it stood (`half_raw`) and what the
cell held (`half_state`) beside it. An amount is missing (NA) unless its state is `number`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from checks.declared.budget import FUND_FIELDS

if TYPE_CHECKING:
    import pandas as pd

AMOUNT_STATES = ("number", "blank", "text", "error", "no_result", "date", "picture", "absent")
"""What an amount cell held. `text` could not be read as a number; `absent`: the form has no such line."""

ERROR_STATES = ("error", "no_result")
"""Cells that hold an error value or nothing calculated: reported where they were read (ST07)."""
UNREADABLE_STATES = frozenset({"text", "error", "no_result", "date", "picture", "absent"})
"""States under which an amount is unknown: reported once where it was read, silent in every sum."""

FILE_STATUSES = ("checked", "unreadable", "not_a_form", "skipped", "crashed")

FILE_COLUMNS = ("path", "status", "code", "reason", "reason_en", "forms", "modified")
TEXT_FIELDS = ("agency", "functions", "staffing", "long_term_goal", "annual_goal")
"""Text fields of `forms`; missing (NA) means the label is not on the form, "" that it was left empty."""

FORM_COLUMNS = (
    "id",
    "path",
    "file",
    "ordinal",
    "title",
    "fiscal_year",
    "year_raw",
    "money_unit",
    *TEXT_FIELDS,
    "sheet",
    "asked_year",
    "unknown_income",
    "unknown_expenditure",
)
"""`sheet`: the first sheet the form stands on. `asked_year`: the year the whole batch was asked to be of, NA where that of
most forms decides. `unknown_income`, `unknown_expenditure`: a line that the form does not have states an amount on that side."""
FUND_COLUMNS = tuple(f"{field}{suffix}" for field in FUND_FIELDS for suffix in ("", "_raw", "_state"))
PROJECT_COLUMNS = (
    "form", "order", "name", "half", "half_raw", "half_state", "full", "full_raw", "full_state",
)  # fmt: skip
BLOCKS = ("common", "duty", "effect")
"""Indicator blocks: 决策/过程 (common framework), 履职 (with key tasks), 效益 and 满意度."""

INDICATOR_COLUMNS = (
    "form", "order", "block", "level1", "level2", "key_task", "name",
    "half_raw", "half_state", "full_raw", "full_state",
)  # fmt: skip
ODDITY_COLUMNS = ("form", "kind", "table", "row", "field", "text", "detail")


@dataclass(frozen=True, slots=True)
class Tables:
    """A stack of forms as pandas frames; columns are listed in this module and held by `checks.frames.contracts`.

    Of a whole batch `projects`, `indicators` and `oddities` may only give their columns, each time anew, as a frame
    does (`table[name]`, `table[[names]]`, `index`, `columns`, length): rules across forms ask for no more
    (`checks.frames.columns`).
    """

    files: pd.DataFrame
    forms: pd.DataFrame
    funds: pd.DataFrame
    projects: pd.DataFrame
    indicators: pd.DataFrame
    oddities: pd.DataFrame
