"""Which language the system speaks to its user: for `--help`, which comes before any `--lang`."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from itertools import pairwise

_CHINESE = 0x04
"""LANG_CHINESE, the primary language id of Windows."""


def speaks_chinese(arguments: Sequence[str] = ()) -> bool:
    """Return whether help is to be in Chinese: as `--lang` or JIXIAO_LANG says, else the locale, on Windows its own language."""
    for argument, value in pairwise([*arguments, ""]):
        if argument == "--lang" or argument.startswith("--lang="):
            return (argument.partition("=")[2] or value) == "zh"
    asked = os.environ.get("JIXIAO_LANG")
    if asked:
        return asked.lower().startswith("zh")
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if said := os.environ.get(name):
            return said.lower().startswith("zh")
    return _windows_speaks_chinese()


def _windows_speaks_chinese() -> bool:
    if sys.platform != "win32":
        return False
    import ctypes

    return int(ctypes.windll.kernel32.GetUserDefaultUILanguage()) & 0x3FF == _CHINESE
