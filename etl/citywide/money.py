"""收支汇总 and 数字来源: department ▸ agency by fund line, live sums, and the cell behind every figure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from checks.declared.budget import FEN_PER_WAN
from etl.citywide.drawing.book import MOST_LINKS, Book, Column, Value
from etl.citywide.drawing.table import Table, add_sheet
from etl.citywide.figures.city import City

SHEET = "收支汇总"
SOURCES = "数字来源"

_LABELS = (
    Column("主管部门", 22, "text", "单位在应报单位名单中的主管部门", "", "名单"),
    Column("单位", 36, "text", "单位名称，链接到退回文件", "", "报表“单位名称”"),
)


def amounts(city: City, field: str) -> list[int | None]:
    """Return what was read of a fund line in fen, by form; None where the cell is blank or unreadable."""
    funds = city.tables.funds
    known = (funds[f"{field}_state"] == "number").tolist()
    fen = funds[field].fillna(0).astype("int64").tolist()
    return [amount if read else None for amount, read in zip(fen, known, strict=True)]


def city_totals(city: City) -> dict[str, int]:
    """Return the exact city total of every fund line in fen over the forms that count; unread amounts are left out."""
    return {field: _sum(amounts(city, field), city.order) for field in city.tables.budget.fields}


def asks(city: City, form: int, field: str) -> bool:
    """Return whether the profile of a form has an amount at all."""
    budgets = city.tables.budgets
    return len(budgets) == 1 or field in budgets[str(city.tables.forms.at[form, "profile"])].fields


def _sum(fen: Sequence[int | None], forms: Sequence[int]) -> int:
    return sum(fen[form] or 0 for form in forms)


def wan(fen: int | None) -> float | None:
    """Return fen in 万元 as the nearest number a workbook can hold."""
    return None if fen is None else fen / FEN_PER_WAN


def by_department(city: City) -> Iterator[tuple[str, list[int]]]:
    """Yield each department with its forms that count, in order."""
    for department, forms in groupby(city.order, key=lambda form: city.departments[form]):
        yield department, list(forms)


def write_money(book: Book, city: City) -> None:
    """Write 收支汇总: departments with their agencies folded under them, one column a fund line (万元), sums below."""
    budget = city.tables.budget
    columns = (
        *_LABELS,
        *(Column(budget.field_name(f), 14, "money", "各单位报表同名栏目", "万元", "报表“部门整体资金”") for f in budget.fields),
    )  # fmt: skip
    note = "单位：万元。部门小计和合计为实时公式，单位行可折叠；金额链接到退回文件中的原始单元格。"
    table = add_sheet(book, SHEET, "收支汇总表", note, columns)
    table.sheet.outline_settings(True, False, False, False)
    table.sheet.freeze_panes(table.first, 2)
    figures = _Figures(city)
    for department, forms in by_department(city):
        _department(table, figures, department, forms)
        table.long(level=1)
        for form in forms:
            agency = Value(city.agencies[form], "linked", city.bases[form], city.paths[form])
            table.add([Value(department, "quiet"), agency, *(figures.value(form, f) for f in budget.fields)])
    totals = city_totals(city)
    exact = [None, None, *(wan(totals[field]) for field in budget.fields)]
    table.sums("合计", exact, len(_LABELS), "SUBTOTAL")


def _department(table: Table, figures: _Figures, department: str, forms: Sequence[int]) -> None:
    """Write a department's row: live subtotals of the rows below it, with exact results."""
    from xlsxwriter.utility import xl_range

    first, last = table.row + 1, table.row + len(forms)
    for number, text in enumerate((department, f"{len(forms)}个单位")):
        table.write(number, "text", text, "department")
    for number, field in enumerate(figures.fields, len(_LABELS)):
        exact = wan(_sum(figures.fen[field], forms))
        formula = f"=SUBTOTAL(9,{xl_range(first, number, last, number)})"
        table.sheet.write_formula(table.row, number, formula, table.book.format("money", "department"), exact)
    table.row += 1


class _Figures:
    """The figures of 收支汇总 with their cells."""

    def __init__(self, city: City) -> None:
        self._city = city
        self.fields = city.tables.budget.fields
        self._linked = len(city.order) * (len(self.fields) + 1) <= MOST_LINKS
        funds = city.tables.funds
        self._states: Mapping[str, list[Any]] = {f: funds[f"{f}_state"].tolist() for f in self.fields}
        self._raw: Mapping[str, list[Any]] = {f: funds[f"{f}_raw"].tolist() for f in self.fields}
        self.fen = {field: amounts(city, field) for field in self.fields}

    def value(self, form: int, field: str) -> Value:
        """Return one figure; an amount that could not be read stands as the text it was, marked, never as 0."""
        state = self._states[field][form]
        if state == "blank" or not asks(self._city, form, field):
            return Value(None)
        sheet, cell = self._city.cell(form, "funds", form, field) if self._linked else ("", "")
        link = self._city.link(form, sheet, cell)
        tip = f"{self._city.paths[form]} | {sheet}!{cell}"
        if state == "number":
            return Value(wan(self.fen[field][form]), "", link, tip)
        return Value(f"未读出：{self._raw[field][form] or '无此行'}", "bad", link, tip)


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
    note = "收支汇总表中每个数字的来源文件、工作表和单元格。"
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
