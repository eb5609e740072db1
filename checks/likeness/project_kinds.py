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


def kinds(settings: Settings) -> Callable[[str], ProjectKind]:
    """Return the function that tells a project's kind; works and purchases come before running costs."""
    running, capital, never = (
        _any_of(settings.word_list(name)) for name in ("running_cost", "capital", "not_capital")
    )

    @lru_cache(maxsize=65536)
    def kind(name: str) -> ProjectKind:
        short = name[:_LONGEST]
        if capital.search(never.sub("", short)):
            return "capital"
        return "running" if running.search(short) else "other"

    return kind


@lru_cache(maxsize=16)
def _any_of(words: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, words)) or "(?!)")
