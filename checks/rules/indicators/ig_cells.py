"""IG: values that a spreadsheet changed as they were typed: dates, and percentages a hundred times too large."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from checks.finding import Hit, Severity
from checks.rule import FEASIBILITY, hits, rule, told

if TYPE_CHECKING:
    from checks.frames.rows import Rows

_OF_TIME = re.compile(r"时间|日期|时限|期限|时效|截止|何时|之前|日前|月前|年前")
"""Indicators of which a date is the value."""
_PERCENT = re.compile(r"(-?[0-9]{1,9}(?:\.[0-9]{1,6})?)%")


@rule(
    "IG23", Severity.ERROR, FEASIBILITY,
    zh="“{name}”指标值是日期或时间（单元格显示为“{value}”），疑为录入时被自动改成日期，请将单元格设为文本格式后重填",
    en="“{name}”: the value is a date or time (the cell shows “{value}”), probably made so while typing; format the cell as text and type it again",
)  # fmt: skip
def values_are_no_dates(indicators: Rows) -> list[Hit]:
    """A value is not what a spreadsheet makes of 3/4 or 1-2: a date. Indicators of a time may have one.

    公式: 指标值单元格不是日期格式（名称为时间、期限的指标除外）
    依据: 报送要求
    错例: 输入“3/4”，单元格成为3月4日
    改法: 将单元格设为文本格式后重新录入
    Fix: Format the cell as text and type the value again
    """
    of_time = indicators.test("name", _OF_TIME.search)
    made = []
    for period in ("half", "full"):
        dates = indicators.where(indicators.equal(f"{period}_state", "date") & ~of_time)
        shown = told(dates, f"{period}_raw")
        made += hits(dates, [f"indicators.{period}"], name=told(dates, "name"), value=shown, found=shown)
    return made


def with_slips(made: Sequence[Hit], rows: Rows) -> list[Hit]:
    """Return hits on shares with what was probably meant: 98 typed into a cell for percentages becomes 9800%."""
    return [replace(hit, hypothesis=meant) if (meant := _meant(hit, rows)) else hit for hit in made]


def _meant(hit: Hit, rows: Rows) -> dict[str, str]:
    spot = hit.spots[0]
    state, raw = (str(rows.frame[f"{spot.field}_{what}"].loc[spot.row]) for what in ("state", "raw"))
    match = _PERCENT.fullmatch(raw) if state == "number" else None
    number = Decimal(match[1]) / 100 if match else Decimal(0)
    if match is None or not 1 < number <= 100:
        return {}
    text = f"{number.normalize():f}%"
    return {
        "zh": f"疑为{text}（在百分比格式的单元格中填{text[:-1]}，成了{raw}）",
        "en": f"probably {text}: {text[:-1]} typed into a cell for percentages became {raw}",
    }
