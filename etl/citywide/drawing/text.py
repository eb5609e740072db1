"""Texts as cells may hold them, and how much room they take."""

from __future__ import annotations

from functools import lru_cache

from etl.safe.clean import clean
from etl.safe.width import wrapped_lines

LONGEST = 32_000
_RICH = ("<r>", "</r>")


def safe_text(text: object) -> str:
    """Return a text as a cell may hold it: no control characters, not too long, never taken for mark-up.

    xlsxwriter passes on as rich text whatever stands between `<r>` and `</r>`.
    """
    shown = clean(str(text))[:LONGEST]
    return f" {shown}" if shown.startswith(_RICH[0]) and shown.endswith(_RICH[1]) else shown


@lru_cache(maxsize=4096)
def lines_of(text: str, width: int) -> int:
    """Return how many lines a text takes in a column of so many characters; wide characters take two."""
    return wrapped_lines(text[:LONGEST], width)
