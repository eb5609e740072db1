"""收支汇总 and 数字来源: agency by fund line, live sums, and the cell behind every figure."""

from __future__ import annotations

from decimal import Decimal

from checks.budget import FEN_PER_WAN, FUND_FIELDS, field_name
from checks.finding import Spot
from etl.citywide.book import Book, Column, Value
from etl.citywide.city import City

SHEET = "收支汇总"
SOURCES = "数字来源"
MOST_LINKS = 60_000
"""A sheet holds at most 65,530 links; beyond this many figures 数字来源 alone leads to the cells."""

_LABELS = (Column("主管部门", 18), Column("单位", 34), Column("文件", 40))


def city_totals(city: City) -> dict[str, int]:
    """Return the exact city total of every fund line in fen over the forms that count; unread amounts are left out."""
    funds = city.batch.stack.tables.funds.loc[list(city.order)]
    return {field: int(funds[field].dropna().astype("int64").sum()) for field in FUND_FIELDS}


def wan(fen: int | None) -> Decimal | None:
    """Return fen as an exact decimal in 万元."""
    return None if fen is None else Decimal(fen) / FEN_PER_WAN


def write_money(book: Book, city: City) -> None:
    """Write 收支汇总: one row an agency, one column a fund line (万元), sums below."""
    columns = (*_LABELS, *(Column(field_name(field), 14, "money") for field in FUND_FIELDS))
    table = book.sheet(
        SHEET,
        "收支汇总表",
        "单位：万元。合计为实时公式；单元格链接指向各单位退回文件中的原始单元格。",
        columns,
    )
    linked = len(city.order) * len(FUND_FIELDS) <= MOST_LINKS
    for form in city.order:
        path = city.batch.stack.tables.forms["path"].loc[form]
        figures = [_figure(city, form, field, linked) for field in FUND_FIELDS]
        table.add([city.departments[form], city.agency(form), path, *figures])
    totals = city_totals(city)
    table.sums("合计", [None, None, None, *(wan(totals[field]) for field in FUND_FIELDS)], len(_LABELS))
    table.sheet.freeze_panes(table.first, 2)


def _figure(city: City, form: int, field: str, linked: bool) -> Value:
    """Return one figure; an amount that could not be read stands as the text it was, marked, never as 0."""
    row = city.batch.stack.tables.funds.loc[form]
    source = city.source(form, Spot("funds", form, field)) if linked else None
    if row[f"{field}_state"] == "number":
        return Value(wan(int(str(row[field]))), "", source)
    if row[f"{field}_state"] == "blank":
        return Value(None, "", None)
    return Value(f"未读出：{row[f'{field}_raw'] or '无此行'}", "bad", source)


def write_sources(book: Book, city: City) -> None:
    """Write 数字来源: every figure of 收支汇总 with its file, sheet and cell."""
    columns = (
        Column("单位", 34), Column("项目", 26), Column("金额（万元）", 16, "money"), Column("原文", 16),
        Column("文件", 44), Column("工作表", 18), Column("单元格", 10, "code"),
    )  # fmt: skip
    table = book.sheet(
        SOURCES, "数字来源", "收支汇总表中每个数字的来源文件、工作表和单元格。", columns, "#8993A5"
    )
    funds = city.batch.stack.tables.funds
    for form in city.order:
        for field in FUND_FIELDS:
            place = city.batch.stack.place(form, Spot("funds", form, field))
            if place is None:
                continue
            amount = funds[field].loc[form] if funds[f"{field}_state"].loc[form] == "number" else None
            text = city.source(form, Spot("funds", form, field)).text.rpartition("!")
            figure = wan(int(amount)) if amount is not None else None
            raw = funds[f"{field}_raw"].loc[form]
            table.add([city.agency(form), field_name(field), figure, raw, place.path, place.sheet, text[2]])
    table.filter()
