"""The native charts of 总览, drawn from the tables that stand below them; axes come from the values shown."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from etl.citywide.drawing.book import FONT

if TYPE_CHECKING:
    from etl.citywide.drawing.table import Table

_SHEET = "总览"
WIDTH, LOW, MIDDLE, HIGH, HIGHEST, GAP = 600, 216, 244, 292, 320, 6
"""Pixels of a chart: one of few bars is low, one of many is high; those above each other take the same together."""
CHART_ROWS = 28
"""Rows of 20 pixels that two charts above each other take."""
_TEXT = {"name": FONT, "size": 9, "color": "#3A4358"}
_GRID = {"visible": True, "line": {"color": "#E6EAF2"}}
ROOM = 1.3
"""How much longer than the longest bar an axis is, so that the bar's label stays in the frame."""
LEAST_SHOWN = 0.05
"""Share of the longest bar from which on a part of a bar carries its number."""


@dataclass(frozen=True, slots=True)
class Series:
    """The rows (from 0) of 总览 a chart shows, and the column of its values.

    `most`, `least`: the largest and smallest value shown.
    """

    title: str
    first: int
    last: int
    column: int
    most: float = 0.0
    least: float = 0.0


def draw_charts(table: Table, row: int, series: Sequence[Series]) -> None:
    """Put the four charts on 总览 from a row on, two beside each other; one without rows is left out."""
    sources, departments, problems, projects = series
    columns = (((_sources, sources, LOW), (_problems, problems, HIGHEST)), ((_rates, departments, HIGH), (_projects, projects, MIDDLE)))  # fmt: skip
    for across, column in enumerate(columns):
        down = 0
        for make, what, height in column:
            if what.last >= what.first:
                chart = make(table, what)
                title = {
                    "name": what.title,
                    "name_font": {**_TEXT, "size": 11, "bold": True},
                    "overlay": False,
                }
                chart.set_title(title)
                chart.set_chartarea({"border": {"color": "#D0D7E2"}})
                chart.set_size({"width": WIDTH, "height": height})
                place = {"x_offset": 2 + across * (WIDTH + GAP), "y_offset": down, "object_position": 3}
                table.sheet.insert_chart(row, 0, chart, place)
            down += height + GAP


def _ranges(what: Series, column: int) -> dict[str, Any]:
    return {
        "categories": [_SHEET, what.first, 0, what.last, 0],
        "values": [_SHEET, what.first, column, what.last, column],
    }


def _bar(table: Table, kind: dict[str, str], number: str, axis: dict[str, Any]) -> Any:
    chart = table.book.workbook.add_chart(kind)
    line = {"color": "#B4BCCB"}
    chart.set_y_axis(
        {"reverse": True, "num_font": {**_TEXT, "size": 7}, "line": line, "major_tick_mark": "none", "interval_unit": 1,
         "label_position": "low"}
    )  # fmt: skip
    chart.set_x_axis(
        {"num_format": number, "num_font": _TEXT, "major_gridlines": _GRID, "line": line, **axis}
    )
    chart.set_legend({"none": True})
    return chart


def _one(chart: Any, what: Series, number: str, colour: str) -> Any:
    labels: dict[str, Any] = {"value": True, "num_format": number, "font": _TEXT, "position": "outside_end"}
    chart.add_series(
        {**_ranges(what, what.column), "fill": {"color": colour}, "gap": 45, "data_labels": labels}
    )
    return chart


def _amounts(what: Series) -> dict[str, Any]:
    """Return an axis of amounts that leaves room for the labels; amounts start at nothing."""
    return {"min": 0, "max": round_up(what.most * ROOM), "visible": False}


def _sources(table: Table, what: Series) -> Any:
    return _one(_bar(table, {"type": "bar"}, "#,##0", _amounts(what)), what, "#,##0", "#2F5597")


def _projects(table: Table, what: Series) -> Any:
    return _one(_bar(table, {"type": "bar"}, "#,##0", _amounts(what)), what, "#,##0", "#2F5597")


def _rates(table: Table, what: Series) -> Any:
    """Return rates on an axis that is read: it is cut where all lie close together, and the axis says so."""
    low, high = rate_axis(what.least, what.most)
    axis = {"min": low, "max": high, "major_unit": (high - low) / 5}
    return _one(
        _bar(table, {"type": "bar"}, "0%" if (high - low) / 5 >= 0.01 else "0.0%", axis),
        what,
        "0.0%",
        "#2E9E5B",
    )


def _problems(table: Table, what: Series) -> Any:
    """Return errors and warnings on one bar; a part too short for its number carries none."""
    chart = _bar(table, {"type": "bar", "subtype": "stacked"}, "0", {"min": 0, "visible": False})
    names = (("错误", "#B3261E", "#FFFFFF"), ("警告", "#E6A100", "#1F2430"))
    shown = f"[>={max(1.0, what.most * LEAST_SHOWN):.10g}]0;;"
    for column, (name, colour, ink) in enumerate(names, what.column):
        labels = {
            "value": True,
            "num_format": shown,
            "font": {**_TEXT, "color": ink, "bold": True},
            "position": "center",
        }
        series = {
            **_ranges(what, column),
            "name": name,
            "fill": {"color": colour},
            "gap": 45,
            "data_labels": labels,
        }
        chart.add_series(series)
    chart.set_legend({"position": "bottom", "font": _TEXT})
    return chart


def round_up(value: float) -> float:
    """Return the next number above with two leading digits, as an axis ends at."""
    if value <= 0:
        return 1.0
    step = 10.0 ** (math.floor(math.log10(value)) - 1)
    return math.ceil(value / step) * step


def rate_axis(least: float, most: float) -> tuple[float, float]:
    """Return the ends of an axis of rates: whole per cents around the values, a fifth of their span free on both sides."""
    if most <= 0:
        return 0.0, 1.0
    span = max(most - least, 0.01)
    low = max(0.0, math.floor((least - span * 0.6) * 100) / 100)
    high = math.ceil((most + span * 0.35) * 100) / 100
    return low, high
