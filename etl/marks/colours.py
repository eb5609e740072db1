"""The colours of marks, and what they remember.

The two lowest bits of red, green and blue are no colour anyone sees, but say which of the recorded
looks a cell had before it was marked. So a look can be given back even after another program has
rewritten the file and rows have moved. Code 0 is a cell that had none.
"""

from __future__ import annotations

import re

from etl.marks.model import Severity

FILLS: dict[Severity, int] = {"error": 0xFCC8C8, "warning": 0xFCE8A0, "info": 0xD4E8FC}
LINES: dict[Severity, int] = {"error": 0xC83C3C, "warning": 0xC88800, "info": 0x3C78C8}
CODES = 64
_COLOUR = 0xFCFCFC
_RGB = re.compile(
    rb"""<(?:[\w.-]+:)?(?:fgColor|color)\s[^<>]*?\brgb\s*=\s*["'](?:[0-9A-Fa-f]{2})?([0-9A-Fa-f]{6})["']"""
)


def coded(base: int, code: int) -> str:
    """Return a base colour that carries a code, as eight hexadecimal digits with the alpha in front."""
    spread = (code >> 4 & 3) << 16 | (code >> 2 & 3) << 8 | (code & 3)
    return f"FF{base | spread:06X}"


def code_of(colour: int, bases: dict[Severity, int]) -> int | None:
    """Return the code a colour carries, or None for a colour that is none of ours."""
    if colour & _COLOUR not in bases.values():
        return None
    return (colour >> 16 & 3) << 4 | (colour >> 8 & 3) << 2 | (colour & 3)


def colours(xml: bytes) -> list[int]:
    """Return the colours a fill or border shows, of those written as RGB.

    The background of a solid fill is not seen; programs write there what they like.
    """
    return [int(found, 16) for found in _RGB.findall(xml)]
