"""The native charts of 总览, drawn from the tables that stand below them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from etl.citywide.drawing.book import FONT

if TYPE_CHECKING:
    from etl.citywide.drawing.table import Table

_SHEET = "总览"
WIDTH, HEIGHT = 496, 296
_COLOURS = ("#2F5597", "#5B8DD6", "#9DB9E8", "#E6A100", "#2E9E5B", "#8993A5", "#C96B6B")
_TEXT = {"name": FONT, "size": 9, "color": "#3A4358"}


@dataclass(frozen=True, slots=True)
class Series:
    """The rows (from 0) of 总览 a chart shows, and the column of its values; `totals` are the values in fen."""

    title: str
    first: int
    last: int
    column: int
    totals: Sequence[int] = ()


def draw_charts(table: Table, row: int, series: Sequence[Series]) -> None:
    """Put the four charts on 总览 from a row on, two beside each other; one without rows is left out."""
    composition, execution, families, projects = series
    charts = (
        (_doughnut, composition), (_rates, execution), (_stacked, families), (_bars, projects),
    )  # fmt: skip
    for position, (make, what) in enumerate(charts):
        if what.last < what.first:
            continue
        chart = make(table, what)
        chart.set_title(
            {"name": what.title, "name_font": {**_TEXT, "size": 11, "bold": True}, "overlay": False}
        )
        chart.set_chartarea({"border": {"color": "#D0D7E2"}})
        chart.set_size({"width": WIDTH, "height": HEIGHT})
        down, across = divmod(position, 2)
        place = {"x_offset": 4 + across * (WIDTH + 8), "y_offset": down * (HEIGHT + 8), "object_position": 3}
        table.sheet.insert_chart(row, 0, chart, place)


def _ranges(what: Series, column: int) -> dict[str, Any]:
    return {
        "categories": [_SHEET, what.first, 0, what.last, 0],
        "values": [_SHEET, what.first, column, what.last, column],
    }


def _doughnut(table: Table, what: Series) -> Any:
    """Return the composition of funds; only a share of 2 % or more carries a label."""
    chart = table.book.workbook.add_chart({"type": "doughnut"})
    whole = sum(what.totals)
    labels = [None if whole and fen * 50 >= whole else {"delete": True} for fen in what.totals]
    points = [{"fill": {"color": colour}} for colour in _COLOURS[: len(what.totals)]]
    data = {"percentage": True, "custom": labels, "font": {**_TEXT, "color": "#FFFFFF", "bold": True}}
    chart.add_series({**_ranges(what, what.column), "points": points, "data_labels": data})
    nothing = [number for number, fen in enumerate(what.totals) if not fen]
    chart.set_legend({"position": "right", "font": _TEXT, "delete_series": nothing})
    chart.set_hole_size(48)
    return chart


def _bar(table: Table, what: Series, kind: dict[str, str], number: str) -> Any:
    chart = table.book.workbook.add_chart(kind)
    line = {"color": "#B4BCCB"}
    chart.set_y_axis(
        {"reverse": True, "num_font": _TEXT, "line": line, "major_tick_mark": "none", "interval_unit": 1}
    )
    grid = {"visible": True, "line": {"color": "#E6EAF2"}}
    chart.set_x_axis({"num_format": number, "major_gridlines": grid, "visible": False, "min": 0})
    chart.set_legend({"none": True})
    return chart


def _one(chart: Any, what: Series, number: str, colour: str) -> Any:
    labels = {"value": True, "num_format": number, "font": _TEXT}
    chart.add_series(
        {**_ranges(what, what.column), "fill": {"color": colour}, "gap": 45, "data_labels": labels}
    )
    return chart


def _rates(table: Table, what: Series) -> Any:
    return _one(_bar(table, what, {"type": "bar"}, "0%"), what, "0.0%", "#2E9E5B")


def _bars(table: Table, what: Series) -> Any:
    return _one(_bar(table, what, {"type": "bar"}, "#,##0"), what, "#,##0", "#2F5597")


def _stacked(table: Table, what: Series) -> Any:
    chart = _bar(table, what, {"type": "bar", "subtype": "stacked"}, "0")
    names = (("错误", "#D03A3A"), ("警告", "#E6A100"), ("提示", "#9DB9E8"))
    for column, (name, colour) in enumerate(names, what.column):
        chart.add_series(
            {
                **_ranges(what, column),
                "name": name,
                "fill": {"color": colour},
                "gap": 45,
                "data_labels": {"value": True, "num_format": "0;;", "font": _TEXT},
            }
        )
    chart.set_legend({"position": "bottom", "font": _TEXT})
    return chart
