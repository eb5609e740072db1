"""What was probably meant: the known words most like one that is not known."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

MOST = 3
_LEAST = 0.6


def meant(word: str, known: Iterable[str]) -> list[str]:
    """Return the known words most like a word, at most three; letters' case does not matter."""
    by_key = {name.casefold(): name for name in known}
    return [by_key[key] for key in difflib.get_close_matches(word.casefold(), by_key, MOST, _LEAST)]


def alike(word: str, known: Iterable[str]) -> str:
    """Return the end of a sentence that asks whether one of the known words was meant; nothing where none is alike."""
    found = meant(word, known)
    return f"；是否应为“{'”“'.join(found)}”？ did you mean {', '.join(found)}?" if found else ""
