"""How wide a text is, on a terminal and in a cell: a Chinese character is twice as wide as a Latin one."""

from __future__ import annotations

import re

_WIDE = re.compile(
    "[\u00b7\u00d7\u2010-\u2027\u2030-\u203b\u2103-\u22bf\u2460-\u27bf\u2e80-\ua4cf\uac00-\ud7a3"
    "\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\U0001f000-\U0003fffd]+"
)
"""Runs of characters as wide as a Chinese one in a Chinese typeface, quotation marks and ≥ among them."""


def width(text: str) -> int:
    """Return how many columns a text takes on a terminal: wide East Asian characters take two."""
    from rich.cells import cell_len  # brought in where a terminal is written to

    return cell_len(text)


def padded(text: str, columns: int) -> str:
    """Return a text filled up with blanks, or shortened with an ellipsis, to a number of columns."""
    from rich.cells import set_cell_size

    if width(text) <= columns:
        return set_cell_size(text, columns)
    return set_cell_size(f"{set_cell_size(text, columns - 1).rstrip()}…", columns)


def text_width(text: str) -> int:
    """Return how many narrow characters wide a text is; a Chinese character counts two."""
    return len(text) if text.isascii() else len(text) + len("".join(_WIDE.findall(text)))


def wrapped_lines(text: str, room: float) -> int:
    """Return how many lines a text takes where `room` narrow characters fit in one."""
    room = max(2.0, room)
    if 2 * len(text) <= room and "\n" not in text:
        return 1
    lines = 0
    for line in text.split("\n"):
        lines += max(1, -int(-text_width(line) // room))
    return lines
