"""The normalised tables that rules read, declared once: many forms stacked, one row a thing.

The contract (`checks.frames.contracts`), the frames (`etl.frames.build`), the database (`etl.store.schema`) and the
data dictionary (docs/data.md) come from these declarations.

Amounts are integer fen in a column (`half`), with the text as it stood (`half_raw`) and what the cell held
(`half_state`) beside it. An amount is missing (NA) unless its state is `number`. Row numbers count from 0 in a stack.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

from checks.declared.budget import FEN_PER_UNIT, Budget, merged

if TYPE_CHECKING:
    import pandas as pd

AMOUNT_STATES = ("number", "blank", "text", "error", "no_result", "date", "picture", "absent")
"""What an amount cell held. `text` could not be read as a number; `absent`: the form has no such line."""
TARGET_STATES = ("number", "blank", "text", "error", "no_result", "date", "picture", "bool", "absent")
ERROR_STATES = ("error", "no_result")
"""Cells that hold an error value or nothing calculated: reported where they were read (ST07)."""
UNREADABLE_STATES = frozenset({"text", "error", "no_result", "date", "picture", "absent"})
"""States under which an amount is unknown: reported once where it was read, silent in every sum."""
FILE_STATUSES = ("checked", "unreadable", "not_a_form", "skipped", "crashed")
MONEY_UNITS = tuple(FEN_PER_UNIT)
TEXT_FIELDS = ("agency", "functions", "staffing", "long_term_goal", "annual_goal")
"""Text fields of `forms`; missing (NA) means the label is not on the form, "" that it was left empty."""

Kind = Literal["text", "count", "number", "flag", "bytes"]
"""`count`: a whole number that is always there; `number`: a whole number that may be missing; `flag`: yes or no."""
DTYPES: Mapping[Kind, str] = {
    "text": "object",
    "count": "int64",
    "number": "Int64",
    "flag": "bool",
    "bytes": "object",
}
Stage = Literal["read", "enriched", "linked"]


@dataclass(frozen=True, slots=True)
class Column:
    """A column: what it holds, in which unit, and what may stand in it.

    `words`: the only texts allowed. `missing`: may be without a value. `refers`: the table whose row numbers it holds (-1:
    none). `range`: least and largest number. `stage`: who fills it, the reader, `checks.enrich` or
    `checks.likeness.links`.
    """

    name: str
    kind: Kind
    meaning: str
    unit: str = ""
    words: tuple[str, ...] = ()
    missing: bool = False
    unique: bool = False
    refers: str = ""
    range: tuple[int | None, int | None] = (None, None)
    stage: Stage = "read"


@dataclass(frozen=True, slots=True)
class Table:
    """A table: its name, what one row is, its columns in order; `key`: columns of which no two rows hold the same."""

    name: str
    row: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()

    def names(self, *stages: Stage) -> tuple[str, ...]:
        """Return the names of the columns of some stages, or of all."""
        return tuple(column.name for column in self.columns if not stages or column.stage in stages)


def _text(name: str, meaning: str, *words: str, missing: bool = False, unique: bool = False) -> Column:
    return Column(name, "text", meaning, words=words, missing=missing, unique=unique)


def _reference(name: str, table: str, meaning: str) -> Column:
    return Column(name, "count", meaning, refers=table, range=(0, None))


def _amount(name: str, meaning: str) -> Iterator[Column]:
    yield Column(name, "number", meaning, "fen", missing=True)
    yield _text(f"{name}_raw", f"{meaning}: the text as it stood")
    yield _text(f"{name}_state", f"{meaning}: what the cell held", *AMOUNT_STATES)


_ORDER = Column("order", "count", "position among its form's rows, from 0", range=(0, None))

FILES = Table("files", "a file handed in, with what became of it", (
    _text("path", "path below the folder that was given"),
    _text("status", "what became of it", *FILE_STATUSES),
    _text("code", "a stable word for the reason why it was not checked"),
    _text("reason", "the reason in Chinese"),
    _text("reason_en", "the reason in English"),
    Column("forms", "count", "forms in it", range=(0, None)),
    _text("modified", "when the file says that it was last saved"),
))  # fmt: skip
FORMS = Table("forms", "a form; a file may hold several", (
    _text("id", "path of the file, `#` and the form's number in it", unique=True),
    _text("path", "path of its file"),
    _reference("file", "files", "its file"),
    Column("ordinal", "count", "which form of its file it is, from 1", range=(1, None)),
    _text("profile", "id of the form profile it was read with"),
    _text("title", "title as it stands"),
    Column("fiscal_year", "number", "fiscal year", "year", missing=True, range=(2000, 2099)),
    _text("year_raw", "fiscal year as it stands"),
    _text("money_unit", "unit the amounts are stated in", *MONEY_UNITS),
    _text("agency", "name of the agency", missing=True),
    _text("functions", "main functions", missing=True),
    _text("staffing", "organisation and staffing", missing=True),
    _text("long_term_goal", "goal of the medium and long term", missing=True),
    _text("annual_goal", "goal of the year", missing=True),
    _text("other_texts", "further texts that its profile declares, by key, as JSON; empty for none"),
    _text("sheet", "the first sheet it stands on"),
    Column("asked_year", "number", "fiscal year the whole batch was asked to be of; none where that of most forms decides", "year", missing=True, range=(2000, 2099)),
))  # fmt: skip


def funds_of(named: Mapping[str, str]) -> Table:
    """Return the table of the fund lines, of amount columns with what each is; which there are a form profile says."""
    columns = tuple(column for name, meaning in named.items() for column in _amount(name, meaning))
    return Table("funds", "the fixed fund lines of the form of the same row number", columns)


PROJECTS = Table("projects", "a project line, with the duty line it fits best", (
    _reference("form", "forms", "its form"),
    _ORDER,
    _text("name", "name of the project"),
    *_amount("half", "half-year plan"),
    *_amount("full", "full-year budget"),
    _text("content", "what is to be done, where the form asks"),
    _text("goal", "what is to be reached, where the form asks"),
    Column("linked_indicator", "count", "an indicator of the duty line its name fits best, -1 for none", refers="indicators", stage="linked"),
    Column("link_score", "count", "how well it fits; a link counts from `link_least_percent` on", "thousandths", stage="linked"),
), ("form", "order"))  # fmt: skip


def _target(period: str, meaning: str) -> Iterator[Column]:
    def parsed(name: str, kind: Kind, says: str, unit: str = "") -> Column:
        return Column(
            f"{period}_{name}", kind, f"{meaning}: {says}", unit, missing=kind == "number", stage="enriched"
        )

    yield parsed("kind", "text", "what it is (number, range, word …)")
    yield parsed("operator", "text", "its operator")
    yield parsed("number", "number", "its number", "millionths of its unit")
    yield parsed("upper", "number", "the upper end of a range", "millionths of its unit")
    yield parsed("unit", "text", "its unit")
    yield parsed("unit_key", "text", "its unit, one for all its spellings")
    yield parsed("word", "text", "its word")
    yield parsed("notes", "text", "what was normalised, separated by spaces")


INDICATORS = Table("indicators", "an indicator line, with its targets parsed", (
    _reference("form", "forms", "its form"),
    _ORDER,
    _text("block", "part of the form, as its profile names it"),
    _text("level1", "first level"),
    _text("level2", "second level"),
    _text("key_task", "key task"),
    _text("name", "name of the indicator"),
    _text("half_raw", "half-year target as it stands"),
    _text("half_state", "half-year target: what the cell held", *TARGET_STATES),
    _text("full_raw", "full-year target as it stands"),
    _text("full_state", "full-year target: what the cell held", *TARGET_STATES),
    *_target("half", "half-year target"),
    *_target("full", "full-year target"),
    Column("name_key", "text", "name as it is compared", stage="enriched"),
    Column("common", "count", "position in the common framework, -1 for an indicator of the agency's own", stage="enriched"),
    Column("klass", "text", "how its half year relates to its year", stage="enriched"),
    Column("unset", "flag", "neither named nor filled in", stage="enriched"),
), ("form", "order"))  # fmt: skip
ODDITIES = Table("oddities", "what the reader saw and had to interpret", (
    _reference("form", "forms", "its form"),
    _text("kind", "what it is"),
    _text("table", "table of the value"),
    Column("row", "count", "row of the value; for a value outside the tables counted within the form"),
    _text("field", "column of the value"),
    _text("text", "the text as it stood"),
    _text("detail", "how it was interpreted"),
))  # fmt: skip

OTHERS: Mapping[str, Table] = {table.name: table for table in (FILES, FORMS, PROJECTS, INDICATORS, ODDITIES)}
"""The tables whose columns are those of every form, by name."""
NAMES = ("files", "forms", "funds", "projects", "indicators", "oddities")


@lru_cache(maxsize=64)
def declared(budget: Budget) -> Mapping[str, Table]:
    """Return the tables by name, in order, with the fund lines that a form, or a batch of forms, has."""
    funds = funds_of({name: budget.field_name(name, "en") for name in budget.fields})
    return {name: funds if name == "funds" else OTHERS[name] for name in NAMES}


ODDITY_COLUMNS = ODDITIES.names()
LINK_COLUMNS = PROJECTS.names("linked")
"""Columns of `projects` that hold the links once they are worked out: the indicator's row (-1: none) and the score."""


@dataclass(frozen=True, slots=True)
class Tables:
    """A stack of forms as pandas frames of the columns declared here, held by `checks.frames.contracts`.

    Of a whole batch `projects`, `indicators` and `oddities` may only give columns (`checks.frames.columns.Columns`), each time
    anew, as a frame does: rules across forms ask for no more. `budgets`: what each profile of the forms states, by its id.
    """

    files: pd.DataFrame
    forms: pd.DataFrame
    funds: pd.DataFrame
    projects: pd.DataFrame
    indicators: pd.DataFrame
    oddities: pd.DataFrame
    budgets: Mapping[str, Budget] = field(default_factory=dict)

    @property
    def budget(self) -> Budget:
        """Return what the profiles of the forms state together."""
        return together(tuple(self.budgets.values()))


@lru_cache(maxsize=64)
def together(budgets: tuple[Budget, ...]) -> Budget:
    """Return what some profiles state together, the same object each time."""
    return merged(budgets)
