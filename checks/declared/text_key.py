"""The one way texts are compared: labels, names of indicators and projects, stock words, units, agencies.

`ordinary` gives a text in ordinary characters, as it is shown and parsed; `text_key` what is left of it when two
texts are compared. Nothing else in this program folds a text before it compares it.
"""

from __future__ import annotations

from functools import lru_cache
from unicodedata import normalize

from checks.declared.characters import IDEOGRAPHS, RADICALS, SIMPLIFIED, TRADITIONAL

LONGEST = 300
"""Characters of a text that are compared."""

_IGNORABLE = (
    *range(0x00, 0x09), 0x0E, 0x0F, *range(0x10, 0x20), *range(0x7F, 0x85), *range(0x86, 0xA0), 0xAD, 0x034F, 0x061C,
    0x115F, 0x1160, 0x17B4, 0x17B5, *range(0x180B, 0x1810), *range(0x200B, 0x2010), *range(0x202A, 0x202F),
    *range(0x2060, 0x2070), 0x3164, *range(0xFE00, 0xFE10), 0xFEFF, 0xFFA0, *range(0xFFF0, 0xFFFC),
    *range(0xE0000, 0xE0080), *range(0xE0100, 0xE01F0),
)  # fmt: skip
"""Default-ignorable and bidi characters and soft hyphens (Default_Ignorable_Code_Point), and control characters."""
_LOOK_ALIKE = (*range(0x2E80, 0x2FE0), *range(0xF900, 0xFB00), *range(0x2F800, 0x2FA20))
_QUOTES = "\"'“”„‟‘’‚‛′″`´〝〞〟「」『』《》〈〉<>＂＇"
_BLANK = (
    *range(0x09, 0x0E),
    0x20,
    0x85,
    0xA0,
    0x1680,
    *range(0x2000, 0x200B),
    0x2028,
    0x2029,
    0x202F,
    0x205F,
    0x2800,
    0x3000,
)

_RADICAL = str.maketrans(RADICALS, IDEOGRAPHS)
_IDEOGRAPH: dict[int, str] = {
    code: alike
    for code in _LOOK_ALIKE
    if (alike := normalize("NFKC", chr(code)).translate(_RADICAL)) != chr(code)
}
_ORDINARY: dict[int, str | None] = {
    **dict.fromkeys(_IGNORABLE),
    **_IDEOGRAPH,
    0x0B: "\n",
}
_SIMPLIFIED = str.maketrans(TRADITIONAL, SIMPLIFIED)
_KEY: dict[int, str | int | None] = {
    **_SIMPLIFIED, **_ORDINARY, **dict.fromkeys((*_BLANK, *map(ord, _QUOTES), *map(ord, "*＊:：")))
}  # fmt: skip


def ordinary(text: str) -> str:
    """Return a text in ordinary characters: radicals as the characters they look like, nothing invisible in it.

    A soft hyphen, a direction mark, U+2F2F for 工: what a reader cannot see is gone or made what it looks like. Words,
    width, blanks and script (traditional or simplified) stay as they are.
    """
    return text if text.isascii() and text.isprintable() else text.translate(_ORDINARY)


def folded(text: str) -> str:
    """Return a text as prose is compared: NFKC, ordinary and simplified characters; blanks, marks and case stay."""
    return normalize("NFKC", text).translate(_ORDINARY).translate(_SIMPLIFIED)


def simplified(text: str) -> str:
    """Return a text with its traditional characters simplified, one by one."""
    return text.translate(_SIMPLIFIED)


@lru_cache(maxsize=16384)
def is_traditional(text: str) -> bool:
    """Return whether a text has a traditional character in it."""
    return simplified(text) != text


@lru_cache(maxsize=131072)
def text_key(text: str) -> str:
    """Return a text as it is compared: NFKC, ordinary and simplified characters, no blanks, quotes, colons, stars or case.

    `单位\\n主要职能`, `单位 主要职能：` and `單位主要職能` are one label. Bounded to `LONGEST` characters.
    """
    return normalize("NFKC", text[:LONGEST]).translate(_KEY).translate(_SIMPLIFIED).casefold()
