"""The one way to say that a submission cannot be read, with the reason in both languages."""

from __future__ import annotations

MOST_CELLS = 1_000_000
"""Filled cells of one file; beyond it nothing is read."""


class Unreadable(Exception):
    """A submission that cannot be opened as a workbook; `reason` says why in plain Chinese.

    `code` is a stable word for the cause (`empty`, `encrypted`, `pdf`, `truncated`, `no_sheet`, ...),
    `english` the same reason in English.
    """

    def __init__(self, code: str, reason: str, english: str) -> None:
        super().__init__(code, reason, english)
        self.code = code
        self.reason = reason
        self.english = english


def too_many_cells() -> Unreadable:
    """Return the refusal of a file with more filled cells than any form has."""
    return Unreadable(
        "too_many_cells",
        f"非空单元格超过{MOST_CELLS}个,不像一份填报表",
        f"more than {MOST_CELLS} filled cells: not a filled form",
    )
