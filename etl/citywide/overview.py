"""总览: one page for leaders: what it means in sentences, figures in words, four charts; what stands behind it below."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from etl.citywide.drawing.book import Book, Column, Value
from etl.citywide.drawing.charts import CHART_ROWS, draw_charts
from etl.citywide.drawing.table import Table, add_sheet
from etl.citywide.drawing.text import lines_of, safe_text
from etl.citywide.figures.city import City
from etl.citywide.figures.handed import Handed, Received, handed_in
from etl.citywide.figures.readings import READINGS, Readings, Sum
from etl.citywide.figures.said import (
    HALF,
    SPENT,
    TOTAL,
    about_balance,
    about_errors,
    about_money,
    about_returns,
    about_unread,
    short,
)
from etl.citywide.money import wan
from etl.citywide.overview_tables import WIDE, section, write_tables
from etl.workers.program import rule_set, version

_COLUMNS = (Column("项目", 30), *(Column(name, 22.5) for name in ("数值", "", "", "", "", "")))
_MONEY: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("资金总额", (TOTAL,)), ("支出合计（全年）", SPENT), ("其中：基本支出", ("basic_full",)), ("其中：项目支出", ("project_full",)),
    ("半年计划执行", HALF),
)  # fmt: skip


def write_overview(book: Book, city: City, lines: Sequence[Received], readings: Readings) -> None:
    """Write 总览: sentences, figures and charts on the first page, then the tables that stand behind them."""
    note = f"{_year(city)}。金额单位为万元。※和“存疑”：金额有未改正的错误，或金额单位存疑，不计入无争议数；图表、排名和比重都用无争议数。由jixiao {version()}（规则集{rule_set()}）生成。"
    table = add_sheet(book, "总览", "总览", note, _COLUMNS, headings=False)
    handed = handed_in(lines, city.roster)
    table.sheet.fit_to_pages(1, 0)
    for text in (about_returns(city, handed), about_money(city, readings)):
        _sentence(table, text, "says")
    table.row += 1
    _cards(table, city, handed, readings)
    _money(table, city, readings)
    charts_at = table.row + 1
    table.row += CHART_ROWS + 2
    table.sheet.set_h_pagebreaks([table.row])
    statuses = Counter(file.status for file in city.batch.files) + Counter(
        {"skipped": len(city.batch.skipped)}
    )
    draw_charts(table, charts_at, write_tables(table, city, readings, lines, statuses))


def _year(city: City) -> str:
    year = city.tables.forms["fiscal_year"].dropna().mode()
    return f"{int(year.iloc[0])}年度部门整体预算绩效目标汇总" if len(year) else "部门整体预算绩效目标汇总"


def _sentence(table: Table, text: str, style: str) -> None:
    """Write a sentence across the sheet, as high as it needs to be."""
    width = int(sum(column.width for column in _COLUMNS) * 0.86)
    table.sheet.set_row(table.row, 16.5 * max(1, lines_of(text, width)))
    form = table.book.format("wrap", style)
    table.sheet.merge_range(table.row, 0, table.row, WIDE, safe_text(text), form)
    table.row += 1


def _cards(table: Table, city: City, handed: Handed, readings: Readings) -> None:
    """Write the figures people ask for first, each under its name in words."""
    both = readings.sound(*SPENT, *HALF)
    half, full = (readings.total(*fields, forms=both).undisputed for fields in (HALF, SPENT))
    due = [("应报（家）", handed.due)] if handed.due is not None else []
    missing = [("未报（家）", handed.missing)] if handed.due is not None else []
    cards: list[tuple[str, Any]] = [
        *due, ("已报（家）", handed.handed), *missing, ("通过（家）", handed.passed), ("退回（家）", handed.returned),
        ("资金总额（无争议，万元）", short(readings.total(TOTAL).undisputed)),
        ("半年计划执行率", f"{half / full:.1%}" if full else "—"),
    ]  # fmt: skip
    if handed.due is None:
        counting = city.counting
        counts = city.seen.by(lambda kind: (kind.form in counting, kind.severity))
        cards.append(("错误 / 警告", f"{counts[True, 'error']} / {counts[True, 'warning']}"))
    table.sheet.set_row(table.row, 18)
    table.sheet.set_row(table.row + 1, 26)
    cards += [("", "")] * (len(_COLUMNS) - len(cards))
    for number, (name, _) in enumerate(cards):
        table.write(number, "text", name, "card")
    table.row += 1
    for number, (_, figure) in enumerate(cards):
        table.write(number, "text", figure, "figure")
    table.row += 2


def _money(table: Table, city: City, readings: Readings) -> None:
    """Write the city's money in three readings side by side, with what was left out beside each."""
    section(table, "全市金额（万元）", *READINGS.values(), "存疑（家）", "无争议数的来源")
    for name, fields in _MONEY:
        whole = readings.total(*fields)
        _reading(table, name, whole)
    for text in (about_balance(city, readings), about_unread(city)):
        if text:
            _sentence(table, text, "small")


def _reading(table: Table, name: str, whole: Sum) -> None:
    table.sheet.set_row(table.row, 16)
    table.write(0, "text", name)
    differs = "doubt" if whole.out else ""
    for number, fen in enumerate((whole.submitted, whole.undisputed, whole.meant), 1):
        style = differs if number == 1 else "total" if number == 2 else ""
        link = "internal:'收支汇总'!A5" if number == 1 and whole.out else ""
        table.write(
            number, "money", Value(wan(fen), style, link, "存疑的单元格在收支汇总中标明" if link else "")
        )
    table.write(4, "count", whole.out)
    form = table.book.format("wrap", "small")
    table.sheet.merge_range(table.row, 5, table.row, WIDE, safe_text(about_errors(whole)), form)
    table.row += 1
