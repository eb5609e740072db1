"""Which language the system speaks to its user: for `--help`, which comes before any `--lang`."""

from __future__ import annotations

import os
import sys

_CHINESE = 0x04
"""LANG_CHINESE, the primary language id of Windows."""


def speaks_chinese() -> bool:
    """Return whether help is to be in Chinese: JIXIAO_LANG decides, then the locale, on Windows its own language."""
    asked = os.environ.get("JIXIAO_LANG")
    if asked:
        return asked.lower().startswith("zh")
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if value := os.environ.get(name):
            return value.lower().startswith("zh")
    return _windows_speaks_chinese()


def _windows_speaks_chinese() -> bool:
    if sys.platform != "win32":
        return False
    import ctypes

    return int(ctypes.windll.kernel32.GetUserDefaultUILanguage()) & 0x3FF == _CHINESE
