"""Reads the money block of a form: fixed lines by their label, project rows by their amounts.

Column letters are never trusted: the heading row says where half-year and full-year stand, and a row
that a page break pushed to one side is read with its own offset.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from checks.declared.budget import FEN_PER_UNIT
from checks.declared.text_key import ordinary, text_key
from etl.form.amount import ABSENT, Amount, read_amount
from etl.form.declaration import Form, label_key
from etl.form.labelled_rows import Row
from etl.form.money_unit import unit_of_label
from etl.form.places import Place, Where
from etl.form.reading import Oddity, Project, Reading
from etl.sheets.grid import Workbook

_SUBTOTALS = frozenset({"小计", "合计", "总计", "项目合计", "项目支出合计", "项目小计"})
_NEVER_NOTHING = frozenset({"total_full", "appropriation_full", "basic_full"})
"""Lines that no agency has nothing in: where these are 0 by formulas that cannot be followed, links are broken."""
_STRUCTURE = frozenset({"funds", "income", "expenditure", "grant"})


@dataclass(slots=True)
class MoneyColumns:
    """Where the amounts of a side stand: column by period, as its heading row says; `units` by column, where it names one."""

    income: dict[str, int] = field(default_factory=dict)
    expenditure: dict[str, int] = field(default_factory=dict)
    units: dict[int, str] = field(default_factory=dict)


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
    opaque: dict[Where, bool] = field(default_factory=dict)

    def heading(self, row: Row) -> None:
        """Take the columns of a money heading row; two periods mean the expenditure side begins."""
        found = {name: row.first_column_of(f"money:{name}") for name in ("half", "full")}
        known = {name: column for name, column in found.items() if column is not None}
        for column in known.values():
            self._unit_of_column(row, column)
        if "half" in known or "expenditure" in row.labels:
            self.side = "expenditure"
            self.columns.expenditure |= known
        else:
            self.columns.income |= known

    def _unit_of_column(self, row: Row, column: int) -> None:
        """Take the unit a heading names: 全年预算数（元）; it holds for its column."""
        cell = row.at(column)
        if cell is not None and (unit := unit_of_label(text_key(cell.raw))[1]):
            self.columns.units[column] = unit
            if unit != "万元":
                where = len(self.reading.oddities)
                self.reading.places["outside", where, "heading"] = Place(self.sheet, row.number, column)
                self.reading.oddities.append(
                    Oddity("unit_stated", "outside", where, "heading", cell.raw, unit)
                )

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
        self._broken_links()

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
        name = ordinary(cell.raw).strip() if cell else ""
        number = len(self.reading.projects)
        shift = _shift(row, column or usual, usual, columns)
        values = {
            period: self._amount(sheet, row, at + shift, ("projects", number, period), at)
            for period, at in columns.items()
        }
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
        label = row.column_of(name.rpartition("_")[0])
        amount = self._amount(sheet, row, at, (table, number, name), at, label)
        self.reading.amounts[name] = amount
        self.reading.places[table, number, name] = Place(sheet, row.number, at)
        self._note(table, number, name, amount)

    def _amount(
        self, sheet: int, row: Row, at: int, where: Where, column: int, label: int | None = None
    ) -> Amount:
        """Read a money cell in the unit of its row's label, of its column's heading or of the sheet."""
        cell = row.at(at)
        named = row.at(label) if label is not None else None
        unit = unit_of_label(text_key(named.raw))[1] if named is not None and "元" in named.raw else ""
        unit = unit or self.columns.units.get(column, "") or self.reading.money_unit
        amount = read_amount(cell, self.workbook, FEN_PER_UNIT.get(unit, FEN_PER_UNIT["万元"]))
        if cell is None or cell.kind != "number":
            return amount
        if cell.formula is not None and (cell.told == "unknown" or (cell.formula and amount.fen)):
            self.opaque[where] = cell.told == "unknown"
        for styles, note in ((self.workbook.struck, "struck"), (self.workbook.white, "white")):
            if styles and cell.style in styles and amount.fen:
                amount = amount._replace(notes=(*amount.notes, note))
        return amount

    def _broken_links(self) -> None:
        """Take back the zeros of formulas that nothing bears out, where they are all the form's totals by formula are.

        One such zero may be true (a line linked from another workbook). Where no formula of the form that cannot
        be followed has a figure, and a line is 0 that never is, the links are broken.
        """
        zeros = [where for where, zero in self.opaque.items() if zero]
        broken = self.workbook.recalculates or any(field in _NEVER_NOTHING for _, _, field in zeros)
        if not zeros or not broken or not all(self.opaque.values()):
            return
        for table, number, name in zeros:
            if table == "funds":
                self.reading.amounts[name] = Amount("no_result", "0")
            else:
                project, none = self.reading.projects[number], Amount("no_result", "0")
                self.reading.projects[number] = (
                    project._replace(half=none) if name == "half" else project._replace(full=none)
                )
        table, number, name = zeros[0]
        self._odd("broken_links", table, number, name, "0", str(len(zeros)))

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
