"""Reads the money block of a form: fixed lines by their label, project rows by their amounts.

Column letters are never trusted: the heading row says where half-year and full-year stand, and a row
that a page break pushed to one side is read with its own offset.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from checks.declared.budget import FEN_PER_WAN, FEN_PER_YUAN
from checks.declared.money import fen_of
from etl.form.amount import ABSENT, Amount, read_amount
from etl.form.declaration import Form, label_key
from etl.form.labelled_rows import Row
from etl.form.places import Place
from etl.form.reading import Oddity, Project, Reading
from etl.form.recompute import recompute
from etl.sheets.grid import Cell, Sheet, Workbook

_SUBTOTALS = frozenset({"小计", "合计", "总计", "项目合计", "项目支出合计", "项目小计"})
_NOISE_FEN = 5_000
"""Half of 0.01 万元: a cached sum that differs by less was only rounded."""
_STRUCTURE = frozenset({"funds", "income", "expenditure", "grant"})


@dataclass(slots=True)
class MoneyColumns:
    """Where the amounts of a side stand: column by period, as its heading row says."""

    income: dict[str, int] = field(default_factory=dict)
    expenditure: dict[str, int] = field(default_factory=dict)


@dataclass(slots=True)
class FundsReader:
    """Collects the rows of the money block; `finish` reads them once all are known."""

    form: Form
    workbook: Workbook
    reading: Reading
    sheet: int = 0
    columns: MoneyColumns = field(default_factory=MoneyColumns)
    side: str = "income"
    fixed: list[tuple[int, Row, str, int]] = field(default_factory=list)
    projects: list[tuple[int, Row]] = field(default_factory=list)

    def heading(self, row: Row) -> None:
        """Take the columns of a money heading row; two periods mean the expenditure side begins."""
        found = {name: row.first_column_of(f"money:{name}") for name in ("half", "full")}
        known = {name: column for name, column in found.items() if column is not None}
        if "half" in known or "expenditure" in row.labels:
            self.side = "expenditure"
            self.columns.expenditure |= known
        else:
            self.columns.income |= known

    def line(self, row: Row, label: str) -> None:
        """Take a row that carries the label of a fixed line."""
        column = row.column_of(label)
        self.fixed.append((self.sheet, row, label, column or 0))

    def finish(self) -> None:
        """Read every collected row into the reading."""
        income = {line.line for side in self.form.sides if side.key == "income" for line in side.rows}
        for sheet, row, label, column in self.fixed:
            if label in income:
                self._income(sheet, row, label, column)
        self._expenditure([entry for entry in self.fixed if entry[2] not in income])

    def _income(self, sheet: int, row: Row, label: str, column: int) -> None:
        target = self.columns.income.get("full") or self.columns.expenditure.get("full")
        right = [at for at, _ in row.cells if at > column]
        at = target if target in right else (right[-1] if right else target or column + 1)
        self._put("funds", 0, f"{label}_full", sheet, row, at)

    def _expenditure(self, fixed: list[tuple[int, Row, str, int]]) -> None:
        named = [(sheet, row, _name_at(row)) for sheet, row in self.projects]
        usual = self._usual_column([column for _, _, column in named if column] or [c for *_, c in fixed])
        columns = self._expenditure_columns(named)
        for sheet, row, label, column in fixed:
            shift = _shift(row, column, usual, columns)
            for period, at in columns.items():
                self._put("funds", 0, f"{label}_{period}", sheet, row, at + shift)
        for sheet, row, column in named:
            self._project(sheet, row, column, usual, columns)

    def _project(self, sheet: int, row: Row, column: int, usual: int, columns: dict[str, int]) -> None:
        cell = row.at(column) if column else None
        name = cell.raw.strip() if cell else ""
        number = len(self.reading.projects)
        shift = _shift(row, column or usual, usual, columns)
        values = {period: self._amount(sheet, row.at(at + shift)) for period, at in columns.items()}
        half, full = values.get("half", ABSENT), values.get("full", ABSENT)
        if label_key(name) in _SUBTOTALS:
            self._odd("subtotal_row", "forms", 0, "title", name)
            return
        if shift:
            self._odd("row_shifted", "projects", number, "name", name)
        self.reading.projects.append(Project(name, half, full))
        self.reading.places["projects", number, "name"] = Place(sheet, row.number, column or usual)
        for period, at in columns.items():
            self.reading.places["projects", number, period] = Place(sheet, row.number, at + shift)
            self._note("projects", number, period, values[period])

    def _put(self, table: str, number: int, name: str, sheet: int, row: Row, at: int) -> None:
        if name in self.reading.amounts:
            self._odd("duplicate_line", "labels", 0, name.rsplit("_", 1)[0], name)
            return
        amount = self._amount(sheet, row.at(at))
        self.reading.amounts[name] = amount
        self.reading.places[table, number, name] = Place(sheet, row.number, at)
        self._note(table, number, name, amount)

    def _amount(self, sheet: int, cell: Cell | None) -> Amount:
        unit = FEN_PER_YUAN if self.reading.money_unit == "元" else FEN_PER_WAN
        amount = read_amount(cell, self.workbook, unit)
        if cell is not None and cell.formula and cell.kind in ("number", "no_result"):
            return _recomputed(amount, cell, self.workbook.sheets[sheet], unit)
        return amount

    def _note(self, table: str, number: int, name: str, amount: Amount) -> None:
        for note in amount.notes:
            self._odd(note.split("=")[0], table, number, name, amount.raw, note.partition("=")[2])

    def _odd(self, kind: str, table: str, row: int, name: str, text: str, detail: str = "") -> None:
        self.reading.oddities.append(Oddity(kind, table, row, name, text, detail))

    def _usual_column(self, columns: list[int]) -> int:
        return Counter(columns).most_common(1)[0][0] if columns else 0

    def _expenditure_columns(self, named: list[tuple[int, Row, int]]) -> dict[str, int]:
        columns = dict(self.columns.expenditure)
        if "full" not in columns and self.columns.income.get("full"):
            columns["full"] = self.columns.income["full"]
        if len(columns) < 2:
            seen = Counter(at for _, row, name in named for at, _ in row.cells if at > name)
            likely = sorted(column for column, _ in seen.most_common(2))
            full = columns.get("full") or (likely[-1] if likely else None)
            half = columns.get("half") or next((at for at in likely if full and at < full), None)
            columns = {name: at for name, at in (("half", half), ("full", full)) if at}
        return {name: columns[name] for name in ("half", "full") if name in columns}


def _name_at(row: Row) -> int:
    """Return the column of a project's name: the first text that is not a printed side label, or 0."""
    for (column, cell), label in zip(row.cells, row.labels, strict=True):
        if cell.kind == "text" and label not in _STRUCTURE:
            return column
    return 0


def _shift(row: Row, name: int, usual: int, columns: dict[str, int]) -> int:
    """Return by how many columns this row's amounts stand aside of the heading.

    A row whose name stands left of its neighbours' and whose amounts fit that offset is shifted as a
    whole; otherwise the offset is 0 unless only another one fits.
    """
    if not columns:
        return 0
    last, wanted = max(columns.values()), columns.values()
    named = row.at(name)
    values = [at for at, cell in row.cells if at > name and named is not None and cell.raw != named.raw]
    aside = name - usual

    def fits(shift: int) -> bool:
        inside = [at - shift for at in values if at - shift <= last]
        return bool(inside) and all(at in wanted for at in inside)

    if aside < 0 and fits(aside):
        return aside
    if fits(0) or not values:
        return 0
    return next((shift for shift in (-1, 1, -2, 2) if fits(shift)), 0)


def _recomputed(amount: Amount, cell: Cell, sheet: Sheet, unit: int) -> Amount:
    """Return the amount of a formula with its plain sum worked out where that adds knowledge."""
    value = recompute(cell.formula or "", sheet.cells)
    fen = fen_of(value, unit) if value is not None else None
    if fen is None or value is None:
        return amount
    if amount.state == "no_result":
        return Amount("number", f"{value:f}", fen, ("recomputed",))
    if amount.fen is not None and abs(fen - amount.fen) > _NOISE_FEN:
        return Amount(amount.state, amount.raw, amount.fen, (*amount.notes, f"stale_formula={value:f}"))
    return amount
