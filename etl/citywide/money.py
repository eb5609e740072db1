"""收支汇总 and 数字来源: department ▸ agency by fund line in three readings, live sums, and the cell behind every figure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from checks.declared.budget import FEN_PER_WAN
from checks.declared.money import wan_text
from checks.finding import Spot
from etl.citywide.drawing.book import MOST_LINKS, Book, Column, Value
from etl.citywide.drawing.table import FINDINGS, LONG_LIST, Table, add_sheet, row_link
from etl.citywide.figures.city import City
from etl.citywide.figures.doubts import Doubt
from etl.citywide.figures.readings import READINGS, Readings, Sum, amounts, asks

SHEET = "收支汇总"
SOURCES = "数字来源"
LONGEST_FORMULA = 8_000
"""Characters of a formula; Excel ends at 8,192."""
MOST_TERMS = 250
"""Cells one SUM or SUBTOTAL names; Excel ends at 255."""

_LABELS = (
    Column("主管部门", 18, "text", "单位在应报单位名单中的主管部门", "", "名单"),
    Column("单位", 32, "text", "单位名称，链接到退回文件；合计行为读数的名称", "", "报表“单位名称”"),
)


def wan(fen: int | None) -> float | None:
    """Return fen in 万元 as the nearest number a workbook can hold."""
    return None if fen is None else fen / FEN_PER_WAN


def by_department(city: City) -> Iterator[tuple[str, list[int]]]:
    """Yield each department with its forms that count, in order."""
    for department, forms in groupby(city.order, key=lambda form: city.departments[form]):
        yield department, list(forms)


def doubtful(book: Book, doubt: Doubt, value: Any, link: str = "", tip: str = "") -> Value:
    """Return an amount in doubt as a cell: marked, and led to its finding where that is listed."""
    meant = f"；疑似应为{wan_text(doubt.meant)}万元" if doubt.meant is not None else ""
    to = row_link(book, FINDINGS, doubt.at) if doubt.at >= 0 else link
    said = f"{doubt.code} {doubt.said}{meant}"
    return Value(value, "doubt" if doubt.leads else "beside", to, f"{said} | {tip}" if tip else said)


def write_money(book: Book, city: City, readings: Readings) -> None:
    """Write 收支汇总: departments with their agencies folded under them, one column a fund line (万元), sums below."""
    budget = city.tables.budget
    columns = (
        *_LABELS,
        *(Column(budget.field_name(f), 13, "money", "各单位报表同名栏目", "万元", "报表“部门整体资金”") for f in budget.city_fields),
    )  # fmt: skip
    note = "单位：万元。※为存疑金额（有未改正的错误，或金额单位存疑），链接到问题清单，不计入无争议数；其余金额链接到退回文件。部门行为无争议数，有存疑的另列报送数和疑似应为。"
    table = add_sheet(book, SHEET, "收支汇总", note, columns)
    table.sheet.outline_settings(True, False, False, False)
    table.sheet.freeze_panes(table.first, 2)
    figures = _Figures(book, city, readings)
    heads = [_department(table, figures, department, forms) for department, forms in by_department(city)]
    _whole_city(table, figures, heads)


class _Figures:
    """The figures of 收支汇总 with their cells."""

    def __init__(self, book: Book, city: City, readings: Readings) -> None:
        self.book, self.city, self.readings = book, city, readings
        self.fields = city.tables.budget.city_fields
        self._linked = len(city.order) * (len(self.fields) + 1) <= MOST_LINKS
        funds = city.tables.funds
        self._states: Mapping[str, list[Any]] = {f: funds[f"{f}_state"].tolist() for f in self.fields}
        self._raw: Mapping[str, list[Any]] = {f: funds[f"{f}_raw"].tolist() for f in self.fields}

    def value(self, form: int, field: str) -> Value:
        """Return one figure; an amount that could not be read stands as the text it was, marked, never as 0."""
        state, doubt = self._states[field][form], self._doubt(form, field)
        if (state == "blank" or not asks(self.city, form, field)) and doubt is None:
            return Value(None)
        sheet, cell = self.city.cell(form, "funds", form, field) if self._linked else ("", "")
        link = self.city.link(form, sheet, cell)
        tip = f"{self.city.paths[form]} | {sheet}!{cell}" if cell else ""
        amount = wan(self.readings.submitted[field][form])
        if state not in ("number", "blank"):
            return Value(f"未读出：{self._raw[field][form] or '无此行'}", "bad", link, tip)
        return (
            Value(amount, "", link, tip) if doubt is None else doubtful(self.book, doubt, amount, link, tip)
        )

    def _doubt(self, form: int, field: str) -> Doubt | None:
        return self.city.doubts.of(form, Spot("funds", form, field), self.readings.submitted[field][form])

    def sums(self, forms: Sequence[int] | None = None) -> dict[str, Sum]:
        """Return the sum of every fund line over some forms, or over all that count."""
        return {field: self.readings.total(field, forms=forms) for field in self.fields}


def _department(table: Table, figures: _Figures, department: str, forms: Sequence[int]) -> int:
    """Write a department: its sum and its agencies under it; return the row of the sum that is undisputed.

    Where an amount is in doubt, what was submitted and what was probably meant stand under it.
    """
    sums, city = figures.sums(forms), figures.city
    disputed = figures.readings.in_doubt(figures.fields, forms)
    head = table.row
    first = head + (3 if disputed else 1)
    last = first + len(forms) - 1
    rows = dict(zip(forms, range(first, last + 1), strict=True))
    count = f"{len(forms)}个单位" + (f"，{len(disputed)}个存疑" if disputed else "")
    for reading in READINGS_SHOWN if disputed else ("undisputed",):
        label = count if reading == "undisputed" else f"{READINGS[reading]}（{len(forms)}个单位）"
        for number, text in enumerate((department, label)):
            table.write(number, "text", text, "department")
        for number, field in enumerate(figures.fields, len(_LABELS)):
            out = [rows[form] for form in figures.readings.in_doubt((field,), forms)]
            formula = _formula(reading, number, (first, last), out, sums[field])
            form = table.book.format("money", "department")
            table.sheet.write_formula(table.row, number, formula, form, wan(getattr(sums[field], reading)))
        table.row += 1
    table.long(level=1)
    for form in forms:
        agency = Value(city.agencies[form], "linked", city.bases[form], city.paths[form])
        table.add([Value(department, "quiet"), agency, *(figures.value(form, f) for f in figures.fields)])
    return head


READINGS_SHOWN = ("undisputed", "submitted", "meant")


def _formula(reading: str, column: int, rows: tuple[int, int], out: Sequence[int], exact: Sum) -> str:
    """Return the live sum of a column over rows, less the cells in doubt, or with what they were probably meant to be."""
    from xlsxwriter.utility import xl_range, xl_rowcol_to_cell

    formula = f"=SUBTOTAL(9,{xl_range(rows[0], column, rows[1], column)})"
    if reading == "undisputed":
        cells = [xl_rowcol_to_cell(row, column) for row in out]
        parts = [cells[start : start + MOST_TERMS] for start in range(0, len(cells), MOST_TERMS)]
        formula += "".join(f"-SUBTOTAL(9,{','.join(part)})" for part in parts)
    elif reading == "meant" and exact.meant != exact.submitted:
        formula += f"{(exact.meant - exact.submitted) / FEN_PER_WAN:+.6f}"
    return formula


def _whole_city(table: Table, figures: _Figures, heads: Sequence[int]) -> None:
    """Write the city's sums, one row a reading, the undisputed last: that is the one to quote."""
    from xlsxwriter.utility import xl_rowcol_to_cell

    sums = figures.sums()
    rows = (table.first, max(table.row - 1, table.first))
    for reading in ("submitted", "meant", "undisputed"):
        for number, text in enumerate(("合计", READINGS[reading])):
            table.write(number, "text", text, "total")
        for number, field in enumerate(figures.fields, len(_LABELS)):
            exact = wan(getattr(sums[field], reading))
            formula = _formula(reading, number, rows, (), sums[field])
            if reading == "undisputed" and sums[field].out:
                cells = [xl_rowcol_to_cell(row, number) for row in heads]
                parts = [cells[start : start + MOST_TERMS] for start in range(0, len(cells), MOST_TERMS)]
                formula = "=" + "+".join(f"SUM({','.join(part)})" for part in parts)
            form = table.book.format("money", "total")
            if len(formula) < LONGEST_FORMULA:
                table.sheet.write_formula(table.row, number, formula, form, exact)
            else:
                table.sheet.write_number(table.row, number, exact or 0.0, form)
        table.row += 1


def write_sources(book: Book, city: City) -> None:
    """Write 数字来源: every figure of 收支汇总 with its file, sheet and cell."""
    columns = (
        Column("单位", 34, "text", "单位名称"),
        Column("项目", 26, "text", "收支汇总表的栏目"),
        Column("金额（万元）", 16, "money", "读出的金额；未读出的为空", "万元"),
        Column("原文", 16, "text", "单元格原来的内容"),
        Column("文件", 44, "text", "报送文件"),
        Column("工作表", 18, "text", "报送文件中的工作表"),
        Column("单元格", 10, "code", "报送文件中的单元格"),
    )
    note = f"收支汇总表中每个数字的来源文件、工作表和单元格。{LONG_LIST}"
    table = add_sheet(book, SOURCES, "数字来源", note, columns, "#8993A5").long()
    funds = city.tables.funds
    budget = city.tables.budget
    raw = {field: funds[f"{field}_raw"].tolist() for field in budget.fields}
    fen = {field: amounts(city, field) for field in budget.fields}
    names = {field: budget.field_name(field) for field in budget.fields}
    for form in city.order:
        for field in budget.fields:
            sheet, cell = city.cell(form, "funds", form, field)
            if cell:
                figure = wan(fen[field][form])
                row = [
                    city.agencies[form],
                    names[field],
                    figure,
                    raw[field][form],
                    city.paths[form],
                    sheet,
                    cell,
                ]
                table.add(row)
    table.filter()
