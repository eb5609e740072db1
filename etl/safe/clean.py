"""Makes a text from outside harmless to print: no control characters, nothing a spreadsheet runs."""

from __future__ import annotations

import re

_CONTROL = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)
FORMULA_START = r"\t|'*[\s\u200b-\u200d\u2060\ufeff]*[=+\-@＝＋－＠]"
"""How a text begins that a spreadsheet may run; blanks and invisible characters before the sign do not stop it."""
_FORMULA_START = re.compile(FORMULA_START)
_PLAIN_VALUE = re.compile(r"[=＝+＋\-－]\s?[0-9][0-9,.]*\s?[%％]?")


def clean(text: str) -> str:
    """Return text without control characters, shown as `\\x1b`; safe for a terminal and for JSON readers."""
    if text.isprintable():  # nearly all are, and none that is has any of these characters
        return text
    return _CONTROL.sub(lambda match: f"\\x{ord(match[0]):02x}", text)


def csv_text(value: object) -> str:
    """Return a value for a CSV field: a text that a spreadsheet would run as a formula gets an apostrophe.

    Plain values such as `=100%` or `-5` are data that departments type, harmless, and stay as they are.
    """
    text = clean(str(value))
    if _FORMULA_START.match(text) and not _PLAIN_VALUE.fullmatch(text.strip()):
        return f"'{text}"
    return text
