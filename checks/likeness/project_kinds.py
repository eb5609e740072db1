"""What kind of spending a project is by its name: running cost, capital or neither, from the settings' word lists."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Literal

from checks.settings import Settings

ProjectKind = Literal["running", "capital", "other"]
KIND_NAMES: dict[ProjectKind, str] = {"running": "运转类", "capital": "建设购置类", "other": "其他"}
_LONGEST = 300
_QUOTED = re.compile('[“‘《「][^“”‘’《》「」]{0,20}[”’》」]|"[^"]{0,20}"')


def kinds(settings: Settings) -> Callable[[str], ProjectKind]:
    """Return the function that tells a project's kind; works and purchases come before running costs."""
    capital, running = is_capital(settings), is_running(settings)

    @lru_cache(maxsize=65536)
    def kind(name: str) -> ProjectKind:
        if capital(name):
            return "capital"
        return "running" if running(name) else "other"

    return kind


def is_running(settings: Settings) -> Callable[[str], bool]:
    """Return the test whether a project is a running cost by its name."""
    running = _any_of(settings.word_list("running_cost"))
    return lambda name: running.search(name[:_LONGEST]) is not None


def is_capital(settings: Settings) -> Callable[[str], bool]:
    """Return the test whether a project repairs, builds or buys something by its name.

    A name in quotes (“雪亮工程”) says nothing of that, and rents, design fees, books and grants are no works.
    """
    capital, never, other = (
        _any_of(settings.word_list(name)) for name in ("capital", "not_capital", "no_works")
    )

    def test(name: str) -> bool:
        bare = _QUOTED.sub("", name[:_LONGEST])
        return other.search(bare) is None and capital.search(never.sub("", bare)) is not None

    return test


@lru_cache(maxsize=16)
def _any_of(words: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, words)) or "(?!)")
