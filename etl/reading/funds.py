"""Reads the money block of a form: fixed lines by their label, project rows by their amounts.

Column letters are never trusted: the heading row says where half-year and full-year stand, and what other
columns there are; a row that a page break pushed to one side is read with its own offset.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace

from checks.declared.budget import FEN_PER_UNIT
from checks.declared.money import wan_text
from checks.declared.project_name import without_mark
from checks.declared.text_key import ordinary, text_key
from checks.relations import UNKNOWN_LINE
from etl.cell.grid import Workbook
from etl.form.declaration import Form
from etl.form.places import Place
from etl.money.amount import ABSENT, Amount, read_amount
from etl.money.project_line import Line
from etl.money.project_list import is_fund, structured
from etl.money.unit import unit_of_label
from etl.reading.broken_links import take_back_broken_links
from etl.reading.fund_columns import (
    NAME_HEADINGS,
    Columns,
    Entry,
    Under,
    beside_columns,
    beside_each_other,
    is_amount,
    is_name,
    is_value,
    likely_columns,
    merged_rows,
    name_at,
    shift_of,
    texts_of,
    usual_column,
)
from etl.reading.labelled_rows import LONGEST_LABEL, Row
from etl.reading.model import Oddity, Project, Reading


@dataclass(slots=True)
class FundsReader:
    """Collects the rows of the money block; `finish` reads them once all are known."""

    form: Form
    workbook: Workbook
    reading: Reading
    sheet: int = 0
    income: Columns = field(default_factory=Columns)
    expenditure: Columns = field(default_factory=Columns)
    spending: bool = False
    fixed: list[Entry] = field(default_factory=list)
    projects: list[Entry] = field(default_factory=list)
    unknown: list[Entry] = field(default_factory=list)
    placed: list[Entry] = field(default_factory=list)
    headed: tuple[int, ...] = ()
    opaque: dict[Place, bool] = field(default_factory=dict)

    def heading(self, row: Row) -> None:
        """Take the columns of a money heading row; two periods mean the expenditure side begins."""
        if self.form.beside:
            labels = zip(row.cells, row.labels, strict=True)
            self.headed = tuple(column for (column, _), label in labels if label.startswith("money:"))
            return
        found = {name: row.first_column_of(f"money:{name}") for name in ("half", "full")}
        known = {name: column for name, column in found.items() if column is not None}
        if "half" in known or "expenditure" in row.labels:
            self.spending = self.spending or "income" not in row.labels
            self.expenditure = self._headed(self.expenditure, row, known)
        if "half" in known and "income" in row.labels:  # the form states no half-year income
            column = known.pop("half")
            self.reading.column(Place(self.sheet, row.number, column), row.by_column[column].raw)
            self.income = self._headed(self.income, row, known)
            self.income = replace(self.income, name=0, extra=self.income.extra | {column})
        elif "half" not in known and "expenditure" not in row.labels:
            self.income = self._headed(self.income, row, known)

    def _headed(self, before: Columns, row: Row, known: dict[str, int]) -> Columns:
        """Return the columns of a heading row; a column with a heading of its own is none of the form's."""
        extra, name = set(), 0
        for (column, cell), label in zip(row.cells, row.labels, strict=True):
            if label or column in known.values() or len(cell.raw) > LONGEST_LABEL:
                continue
            if text_key(cell.raw) in NAME_HEADINGS:
                name = name or column
            else:
                extra.add(column)
                self.reading.column(Place(self.sheet, row.number, column), cell.raw)
        units = {column: unit for column in known.values() if (unit := self._unit_of_column(row, column))}
        return Columns({**before.periods, **known}, name, frozenset(extra), {**before.units, **units})

    def _unit_of_column(self, row: Row, column: int) -> str:
        """Return the unit a heading names, "" for none: 全年预算数（元）; another than 万元 is said."""
        cell = row.at(column)
        unit = unit_of_label(text_key(cell.raw))[1] if cell is not None and "元" in cell.raw else ""
        if cell is not None and unit and unit != "万元":
            self.reading.remark(
                "unit_stated", Place(self.sheet, row.number, column), cell.raw, unit, "heading"
            )
        return unit

    def line(self, row: Row, label: str) -> None:
        """Take a row that carries the label of a fixed line, or of several beside each other."""
        if self.form.beside:
            self._beside_lines(row)
            return
        columns = self.income if label in self.form.lines("income") else self.expenditure
        self.spending = self.spending or columns is self.expenditure
        self.fixed.append(Entry(self.sheet, row, columns, label, row.column_of(label) or 0))

    def _beside_lines(self, row: Row) -> None:
        """Take each line of a row with the amount between its label and the next one's, under a heading of money."""
        lines = frozenset(line.line for line in self.form.fund_rows)
        self.placed += [
            Entry(self.sheet, row, Columns({"full": at}), label, column)
            for label, column, at in beside_each_other(row, lines, self.headed)
        ]

    def project(self, row: Row) -> None:
        """Take a row that stands among the projects; one that says no more than what a column holds is a heading."""
        texts = {text_key(cell.raw) for _, cell in row.cells if cell.kind == "text"}
        if texts <= NAME_HEADINGS and not any(is_amount(cell) for _, cell in row.cells):
            return
        self.projects.append(Entry(self.sheet, row, self.expenditure))

    def other(self, row: Row) -> bool:
        """Take a row that is no line of the form and holds an amount; False for one that holds none."""
        text = next((column for column, cell in row.cells if is_name(row, column, cell)), 0)
        if not text or not any(is_amount(cell) for column, cell in row.cells if column > text):
            return False
        columns = self.expenditure if self.spending else self.income
        self.unknown.append(Entry(self.sheet, row, columns, row.by_column[text].raw, text))
        return True

    def finish(self) -> None:
        """Read every collected row into the reading."""
        for entry in self.placed:
            at = entry.columns.periods["full"]
            self._put(f"{entry.label}_full", entry, at, "")
        if self.form.beside:
            take_back_broken_links(self.reading, self.opaque, self.workbook.recalculates)
            return
        income = self.form.lines("income")
        for entry in self.fixed:
            if entry.label in income:
                self._income(entry)
        self._expenditure([entry for entry in self.fixed if entry.label not in income])
        for entry in self.unknown:
            self._unknown(entry)
        take_back_broken_links(self.reading, self.opaque, self.workbook.recalculates)
        self._percents()

    def _percents(self) -> None:
        """Say that all amounts show as per cent: whoever typed 3200 into such a cell stored 32."""
        amounts = [amount for amount in self.reading.amounts.values() if amount.fen]
        shown = [
            note
            for amount in amounts
            for note in amount.notes
            if note[:15] == "shown_otherwise" and note[-1] == "%"
        ]
        if len(shown) == len(amounts) > 1:
            self._odd("percent_amounts", "funds", 0, "total_full", amounts[0].raw, shown[0].partition("=")[2])

    def _income(self, entry: Entry) -> None:
        at = self._full_column(entry)
        self._put(f"{entry.label}_full", entry, at, self.income.units.get(at, ""))

    def _full_column(self, entry: Entry) -> int:
        """Return the column of a row's amount of the year: as headed, else the last that no other heading has."""
        wanted = self.income.periods.get("full") or self.expenditure.periods.get("full")
        right = [
            at
            for at, cell in entry.row.cells
            if at > entry.column and at not in entry.columns.extra and is_value(cell)
        ]
        return wanted if wanted in right else right[-1] if right else wanted or entry.column + 1

    def _unknown(self, entry: Entry) -> None:
        """Say that a line is none of the form's; while its amount is in no sum, the sums of its side say nothing."""
        at = self._full_column(entry)
        amount = self.amount(entry.sheet, entry.row, at, entry.columns.units.get(at, ""))
        name, part = entry.label.strip(), entry.label.strip().startswith("其中")
        place = Place(entry.sheet, entry.row.number, entry.column)
        if part or (amount.fen == 0 and amount.state == "number"):
            self.reading.remark("line_part" if part else "unknown_zero", place, name, amount.raw)
            return
        shown = wan_text(amount.fen) if amount.fen is not None else amount.raw
        side = "expenditure" if entry.columns is self.expenditure and self.spending else "income"
        self.reading.remark(UNKNOWN_LINE, place, name, shown, side)

    def _expenditure(self, fixed: list[Entry]) -> None:
        entries = self.projects
        for entry in entries:
            entry.texts = tuple(texts_of(entry))
        usual = usual_column(entries) or self._most([e.column for e in fixed])
        for entry in entries:
            entry.column = name_at(entry, usual)
        columns = self._expenditure_columns(entries)
        for entry in fixed:
            own = {**columns, **entry.columns.periods}
            shift = shift_of(entry, entry.column, usual, own)
            for period, at in own.items():
                self._put(f"{entry.label}_{period}", entry, at + shift, entry.columns.units.get(at, ""))
        names, amounts = merged_rows(self.workbook, entries, set(columns.values()))
        lines = [self._line(e, usual, {**columns, **e.columns.periods}, names, amounts) for e in entries]
        stated = {period: self._stated(period) for period in ("half", "full")}
        kept, remarks = structured(lines, stated)
        for remark in remarks:
            self.reading.remark(*remark)
        for line in kept:
            self._project(line)
        for beside in beside_columns(entries, lines):
            self.reading.remark(*beside)

    def _stated(self, period: str) -> int | None:
        amount = self.reading.amounts.get(f"project_{period}", ABSENT)
        return amount.fen if amount.state == "number" else None

    def _line(
        self, entry: Entry, usual: int, columns: dict[str, int], names: Under, under: set[tuple[int, int]]
    ) -> Line:
        row, column = entry.row, entry.column
        cell = row.at(column) if column else None
        name = ordinary(cell.raw).strip() if cell else ""
        shift = shift_of(entry, column or usual, usual, columns)
        at = {period: where + shift for period, where in columns.items()}
        units = {period: entry.columns.units.get(where, "") for period, where in columns.items()}
        amounts = {
            period: self.amount(entry.sheet, row, where, units[period]) for period, where in at.items()
        }
        beside = [text for text in entry.texts if text > column]
        merged, top, left = names.get((entry.sheet, row.number), ("", 0, 0))
        fund = any(is_fund(row.by_column[text].raw) for text in beside)
        if beside and name.rstrip("：:") == "其中":
            name, fund = f"{name}{row.by_column[beside[0]].raw.strip()}", False
        elif is_fund(name) and (left < column if merged else column > usual):
            name, fund = "", True
        return Line(
            entry.sheet, row.number, column or usual, name if without_mark(name) else "", amounts, at,
            dict.fromkeys(at, row.number), fund,
            cell is not None and (cell.raw != cell.raw.lstrip() or name[:1] in tuple("-—–－")),
            (merged, top), (entry.sheet, row.number) in under, bool(shift),
        )  # fmt: skip

    def _project(self, line: Line) -> None:
        number = len(self.reading.projects)
        half, full = line.amounts.get("half", ABSENT), line.amounts.get("full", ABSENT)
        if line.shifted:
            self._odd("row_shifted", "projects", number, "name", line.name)
        self.reading.projects.append(Project(line.name, half, full))
        self.reading.places["projects", number, "name"] = line.place
        for period, at in line.at.items():
            self.reading.places["projects", number, period] = Place(line.sheet, line.rows[period], at)
            self.note("projects", number, period, line.amounts[period])

    def _put(self, name: str, entry: Entry, at: int, unit: str) -> None:
        """Read the amount of a fixed line; its label may name a unit of its own."""
        if name in self.reading.amounts:
            self._odd("duplicate_line", "labels", 0, name.rsplit("_", 1)[0], name)
            return
        label = entry.row.at(entry.column)
        own = unit_of_label(text_key(label.raw))[1] if label is not None and "元" in label.raw else ""
        amount = self.amount(entry.sheet, entry.row, at, own or unit)
        self.reading.amounts[name] = amount
        self.reading.places["funds", 0, name] = Place(entry.sheet, entry.row.number, at)
        self.note("funds", 0, name, amount)

    def amount(self, sheet: int, row: Row, at: int, unit: str) -> Amount:
        """Read a money cell in a unit, "" for that of the sheet."""
        cell = row.at(at)
        unit = unit or self.reading.money_unit or "万元"
        amount = read_amount(cell, self.workbook, FEN_PER_UNIT[unit])
        if cell is None or cell.kind != "number":
            return amount
        if cell.told in ("unknown", "opaque"):
            self.opaque[Place(sheet, row.number, at)] = cell.told == "unknown"
        for styles, note in ((self.workbook.struck, "struck"), (self.workbook.white, "white")):
            if styles and cell.style in styles and amount.fen:
                amount = amount._replace(notes=(*amount.notes, note))
        return amount

    def note(self, table: str, number: int, name: str, amount: Amount) -> None:
        """Note what had to be interpreted of an amount."""
        for note in amount.notes:
            self._odd(note.split("=")[0], table, number, name, amount.raw, note.partition("=")[2])

    def _odd(self, kind: str, table: str, row: int, name: str, text: str, detail: str = "") -> None:
        self.reading.oddities.append(Oddity(kind, table, row, name, text, detail))

    def _most(self, columns: list[int]) -> int:
        return Counter(columns).most_common(1)[0][0] if columns else 0

    def _expenditure_columns(self, entries: list[Entry]) -> dict[str, int]:
        columns, extra = dict(self.expenditure.periods), self.expenditure.extra
        if "full" not in columns and self.income.periods.get("full"):
            columns["full"] = self.income.periods["full"]
        if len(columns) < 2:
            columns = likely_columns(columns, extra, entries)
        return {name: columns[name] for name in ("half", "full") if name in columns}


def read_free_row(funds: FundsReader, sheet: int, row: Row, columns: dict[str, int]) -> None:
    """Read a row of the free rows, a project or key task, by its heading; one that says nothing is none."""
    name, content, goal = (_said(row, columns.get(key)) for key in ("name", "content", "goal"))
    at = columns.get("full")
    amount = funds.amount(sheet, row, at, "") if at is not None else ABSENT
    if not (without_mark(name).strip(".…。") or amount.raw):
        return
    number = len(funds.reading.projects)
    funds.reading.projects.append(Project(name, ABSENT, amount, content, goal))
    for key, column in columns.items():
        funds.reading.places["projects", number, key] = Place(sheet, row.number, column)
    funds.note("projects", number, "full", amount)


def _said(row: Row, at: int | None) -> str:
    cell = row.at(at) if at is not None else None
    return ordinary(cell.raw).strip() if cell is not None and cell.kind in ("text", "number") else ""
