"""Stacks the readings of many files into the tables that rules read, and finds a spot's cell again."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from checks.declared.budget import Budget
from checks.finding import Spot
from checks.frames.tables import DTYPES, TEXT_FIELDS, Table, Tables, declared, together
from etl.form.places import PackedPlaces, Place, Where, entries, place_of, unpacked_places
from etl.form.profiles import Catalogue, shipped
from etl.intake.file_reading import FileReading
from etl.money.amount import ABSENT, Amount
from etl.reading.model import Reading

STATUS_NAMES = {
    "zh": {
        "checked": "已检查", "unreadable": "无法读取", "not_a_form": "不是本表", "skipped": "已跳过", "crashed": "读取中断",
    },
    "en": {
        "checked": "checked", "unreadable": "unreadable", "not_a_form": "another form", "skipped": "skipped",
        "crashed": "crashed",
    },
}  # fmt: skip

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class CellPlace:
    """A cell as people name it: file, sheet name, row and column from 1."""

    path: str
    sheet: str
    row: int
    column: int


@dataclass(frozen=True, slots=True)
class Stack:
    """The tables of a stack with the way back from every spot to its cell."""

    tables: Tables
    located: Sequence[PackedPlaces]
    files: tuple[FileReading, ...]
    file_of: tuple[int, ...]
    starts: dict[str, tuple[int, ...]]

    def where(self, form: int) -> Mapping[Where, Place]:
        """Return the places of a form (by number in the stack) by table, row within the form and field."""
        return unpacked_places(self.located[form])

    def place(self, form: int, spot: Spot) -> CellPlace | None:
        """Return the cell of a spot of a form (by number in the stack), or None where nothing stands."""
        local = spot.row - self.starts[spot.table][form] if spot.table in self.starts else 0
        found = place_of(self.located[form], (spot.table, local, spot.field))
        if found is None:
            return None
        file = self.files[self.file_of[form]]
        return CellPlace(file.path, file.sheet_names[found.sheet], found.row, found.column)

    def places(self, forms: range | None = None) -> Iterator[tuple[str, str, int, str, CellPlace]]:
        """Yield the place of every value of these forms, or of all: form id, table, row id, field, cell."""
        ids = self.tables.forms["id"].tolist()
        for form in range(len(ids)) if forms is None else forms:
            id_ = str(ids[form])
            file = self.files[self.file_of[form]]
            for table, number, field, sheet, row, column in self.rows(form):
                yield (
                    id_,
                    table,
                    number,
                    field,
                    CellPlace(file.path, file.sheet_names[sheet], row, column),
                )

    def rows(self, form: int) -> Iterator[tuple[str, int, str, int, int, int]]:
        """Yield the place of every value of a form: table, row in the stack, field; sheet, row and column."""
        first = {table: starts[form] for table, starts in self.starts.items()}
        for sheet, row, column, local, table, field in entries(self.located[form]):
            yield table, local + first[table] if table in first else form, field, sheet, row, column


def stack(files: Sequence[FileReading], year: int | None = None, known: Catalogue | None = None) -> Stack:
    """Return the tables of all forms in `files`, form numbers running through the stack from 0.

    `year`: the fiscal year that was asked for, None where the forms' majority decides. `known`: the form profiles,
    those shipped where none are given; the fund lines of the tables are those of the profiles that occur.
    """
    plain_text()
    readings = [
        (number, ordinal, reading)
        for number, file in enumerate(files)
        for ordinal, reading in enumerate(file.readings, 1)
    ]
    starts = {
        "projects": _starts([len(r.projects) for _, _, r in readings]),
        "indicators": _starts([len(r.indicators) for _, _, r in readings]),
        "outside": _starts([0] * len(readings)),
    }
    only = [reading for _, _, reading in readings]
    budgets = budgets_of([reading.profile for reading in only], known or shipped())
    whole = together(tuple(budgets.values()))
    each = list(enumerate(only))
    rows: Mapping[str, Iterable[tuple[Any, ...]]] = {
        "files": map(_file_row, files),
        "forms": (_form_row(files[n], n, ordinal, r, year) for n, ordinal, r in readings),
        "funds": (_fund_row(reading, whole) for reading in only),
        "projects": (row for form, r in each for row in _project_rows(form, r)),
        "indicators": (row for form, r in each for row in _indicator_rows(form, r)),
        "oddities": (row for form, r in each for row in _oddity_rows(form, r, starts)),
    }
    frames = {name: _frame(rows[name], table) for name, table in declared(whole).items()}
    tables = Tables(**frames, budgets=budgets)
    bare = tuple(replace(file, readings=()) for file in files)
    return Stack(tables, tuple(r.located for r in only), bare, tuple(n for n, _, _ in readings), starts)


def budgets_of(profiles: Iterable[str], known: Catalogue) -> dict[str, Budget]:
    """Return what each profile that occurs states, in the catalogue's order; the usual one's where none occurs."""
    wanted = set(profiles)
    if unknown := wanted - known.profiles.keys():
        raise KeyError(f"forms of profiles that are not known: {sorted(unknown)}")
    found = {id_: profile.form.budget for id_, profile in known.profiles.items() if id_ in wanted}
    return found or {known.usual.id: known.usual.budget}


def plain_text() -> None:
    """Have text behave alike with and without pyarrow, in this process from now on."""
    import pandas as pd

    pd.set_option("mode.string_storage", "python")


def _frame(rows: Iterable[tuple[Any, ...]], table: Table) -> pd.DataFrame:
    """Return rows of what the reader fills as a frame, each column of its declared type."""
    import pandas as pd

    read = [column for column in table.columns if column.stage == "read"]
    by_column = list(zip(*rows, strict=True)) or [()] * len(read)
    return pd.DataFrame(
        {
            column.name: pd.Series(values, dtype=DTYPES[column.kind])
            for column, values in zip(read, by_column, strict=True)
        }
    )


def _starts(lengths: list[int]) -> tuple[int, ...]:
    starts, total = [], 0
    for length in lengths:
        starts.append(total)
        total += length
    return tuple(starts)


def _file_row(file: FileReading) -> tuple[Any, ...]:
    return (file.path, file.status, file.code, file.reason, file.reason_en, len(file.readings), file.modified)


def _form_row(
    file: FileReading, number: int, ordinal: int, reading: Reading, year: int | None
) -> tuple[Any, ...]:
    texts = (reading.texts.get(name) for name in TEXT_FIELDS)
    return (
        f"{file.path}#{ordinal}", file.path, number, ordinal, reading.profile, reading.title, reading.fiscal_year,
        reading.year_raw, reading.money_unit, *texts, _other_texts(reading),
        reading.sheets[0] if reading.sheets else "", year,
    )  # fmt: skip


def _other_texts(reading: Reading) -> str:
    others = {name: text for name, text in reading.texts.items() if name not in TEXT_FIELDS}
    return json.dumps(others, ensure_ascii=False) if others else ""


def _fund_row(reading: Reading, budget: Budget) -> tuple[Any, ...]:
    amounts = (reading.amounts.get(field, ABSENT) for field in budget.fields)
    return tuple(value for amount in amounts for value in _triple(amount))


def _triple(amount: Amount) -> tuple[int | None, str, str]:
    return amount.fen, amount.raw, amount.state


def _project_rows(form: int, reading: Reading) -> Iterator[tuple[Any, ...]]:
    for order, project in enumerate(reading.projects):
        yield (
            form, order, project.name, *_triple(project.half), *_triple(project.full), project.content, project.goal,
        )  # fmt: skip


def _indicator_rows(form: int, reading: Reading) -> Iterator[tuple[Any, ...]]:
    for order, row in enumerate(reading.indicators):
        yield (
            form, order, row.block, row.level1, row.level2, row.key_task, row.name,
            row.half.raw, row.half.state, row.full.raw, row.full.state,
        )  # fmt: skip


def _oddity_rows(
    form: int, reading: Reading, starts: dict[str, tuple[int, ...]]
) -> Iterator[tuple[Any, ...]]:
    for odd in reading.oddities:
        row = odd.row + starts[odd.table][form] if odd.table in starts else form
        yield (form, odd.kind, odd.table, row, odd.field, odd.text, odd.detail)
