"""How the city's workbook looks: formats, headings, print set-up; and which sheets and columns it has.

Texts are always written as strings; nothing that came out of a workbook is ever taken for a formula, a
link or a number. Rows are written from top to bottom, so that a large workbook can be written without
holding it in memory.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

Kind = Literal["text", "wrap", "money", "count", "share", "code", "severity", "number"]

FONT = "微软雅黑"
BLUE, RED, GREY, GREEN = "#2F5597", "#A61C1C", "#8993A5", "#2E7D4F"
_BASE: dict[str, Any] = {
    "font_name": FONT,
    "font_size": 10,
    "valign": "vcenter",
    "border": 1,
    "border_color": "#D0D7E2",
}
_KINDS: dict[Kind, dict[str, Any]] = {
    "text": {},
    "wrap": {"text_wrap": True},
    "money": {"num_format": "#,##0.00##;[Red]-#,##0.00##", "align": "right"},
    "count": {"num_format": '0;-0;"·"', "align": "center"},
    "share": {"num_format": "0.0%", "align": "right"},
    "code": {"align": "center"},
    "severity": {"align": "center", "bold": True},
    "number": {"num_format": "#,##0.######", "align": "right"},
}
_DOUBT = '"※"#,##0.00##;[Red]"※"-#,##0.00##;"※"0.00'
"""A mark that is seen without colour too."""
_STYLES: dict[str, dict[str, Any]] = {
    "title": {"border": 0, "font_size": 16, "bold": True, "font_color": "#1F3864"},
    "note": {"border": 0, "font_size": 9, "font_color": "#5A6478"},
    "heading": {
        "bold": True, "font_color": "#FFFFFF", "bg_color": BLUE, "align": "center", "text_wrap": True,
    },
    "upright": {"rotation": 90, "valign": "bottom", "font_size": 9},
    "group": {"bold": True, "bg_color": "#D6E0F2", "font_color": "#1F3864", "align": "center"},
    "section": {"bold": True, "bg_color": "#D6E0F2", "font_color": "#1F3864", "font_size": 11},
    "says": {"border": 0, "font_size": 11, "font_color": "#1F2430"},
    "card": {"border": 0, "font_size": 9, "font_color": "#5A6478", "align": "center", "bg_color": "#F1F5FC"},
    "figure": {
        "border": 0, "font_size": 15, "bold": True, "font_color": "#1F3864", "align": "center", "bg_color": "#F1F5FC",
        "num_format": "#,##0",
    },
    "total": {"bold": True, "bg_color": "#E8EEF9"},
    "department": {"bold": True, "bg_color": "#F1F5FC"},
    "error": {"bg_color": "#FBE0E0", "font_color": "#A61C1C"},
    "warning": {"bg_color": "#FFF1D6", "font_color": "#8A5A00"},
    "info": {"bg_color": "#E3EEFB", "font_color": "#1F5FA8"},
    "good": {"bg_color": "#E2F3E5", "font_color": "#1E6B32", "bold": True},
    "bad": {"bg_color": "#FBE0E0", "font_color": "#A61C1C", "bold": True},
    "doubt": {"bg_color": "#FBE0E0", "font_color": "#A61C1C", "bold": True, "num_format": _DOUBT},
    "beside": {"bg_color": "#FFF1D6", "font_color": "#8A5A00", "num_format": _DOUBT},
    "quiet": {"font_color": "#8993A5"},
    "small": {"font_size": 9},
    "linked": {"indent": 1, "font_color": "#1F5FA8"},
    "link": {"font_color": "#1F5FA8", "underline": 1},
    "green": {"font_color": "#2E9E5B", "font_size": 14, "align": "center"},
    "amber": {"font_color": "#E6A100", "font_size": 14, "align": "center"},
    "red": {"font_color": "#D03A3A", "font_size": 14, "align": "center"},
    "gray": {"font_color": "#B4BCCB", "font_size": 14, "align": "center"},
}  # fmt: skip
FIRST_ROW = 3
"""The row (from 0) of the headings: the title and a note stand above, one row is left free."""
A4, A3, WIDE = 9, 8, 190
"""Paper sizes as Excel numbers them, and the width in characters from which a sheet wants the larger."""
MOST_ROWS = 1_000_000
"""Rows a sheet is given at most; Excel ends at 1,048,576. What is longer goes on in a sheet of its own."""
MOST_LINKS = 60_000
"""Links a sheet is given at most; Excel ends at 65,530. Beyond, the text alone names file, sheet and cell."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its heading, width in characters, what its cells hold, and what that means (for 数据字典)."""

    heading: str
    width: float
    kind: Kind = "text"
    meaning: str = ""
    unit: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Value:
    """A cell's content with a style of its own, or a link (with what it says when pointed at)."""

    value: Any
    style: str = ""
    link: str = ""
    tip: str = ""


class Book:
    """An xlsxwriter workbook with the formats of this program, each made once, and a list of its sheets."""

    def __init__(self, workbook: Any, most_rows: int = MOST_ROWS, quick: bool = True) -> None:
        self.workbook = workbook
        self.quick = quick
        self.most_rows = most_rows
        self.sheets: list[tuple[str, str, tuple[Column, ...]]] = []
        self._formats: dict[tuple[str, ...], Any] = {}

    def format(self, *names: str) -> Any:
        """Return the format of a kind with styles laid over it."""
        if names not in self._formats:
            properties = dict(_BASE)
            for name in names:
                properties |= _KINDS.get(name, {}) | _STYLES.get(name, {})  # type: ignore[call-overload]
            self._formats[names] = self.workbook.add_format(properties)
        return self._formats[names]
