"""Judges files by their names, and makes names that every system can write."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from pathlib import Path, PurePosixPath

EXTENSIONS = frozenset({".xlsx", ".xlsm", ".xltx", ".xltm", ".xls", ".et", ".ett", ".ods", ".xlsb"})
OTHER_ARCHIVES = frozenset({".rar", ".7z", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".zipx"})
"""Archives that are not looked into."""

OWN_REPORTS = frozenset({"citywide.xlsx"})
"""Names of workbooks this program writes beside the returns; their mark inside is looked at as well."""

LONGEST_PART, LONGEST_PATH = 200, 180
"""Bytes of UTF-8 in one part of a path (most systems take 255), characters in a path (Windows takes 260)."""
LONGEST_NAME = 255
"""Bytes that a name may have on most systems."""
_SHORTEST = 8
_LONGEST_ENDING = 6
_FORBIDDEN = re.compile(r'[\\/:*?"<>|]')
_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_RESERVED = re.compile(
    r"(?:con|prn|aux|nul|com[1-9¹²³]|lpt[1-9¹²³]|conin\$|conout\$) *(?:\.|$)", re.IGNORECASE
)


def returned_name(relative: str) -> str:
    """Return the path of the return of a file; what cannot be patched comes back as .xlsx."""
    suffix = PurePosixPath(relative).suffix.lower()
    return fitting(relative if suffix in (".xlsx", ".xlsm", ".xltx", ".xltm") else f"{relative}.xlsx")


def fitting(relative: str, ending: str = "") -> str:
    """Return a path whose last part has no more bytes than a name may have: a longer one is cut and told apart by a digest.

    `ending`: what a cut name ends with, instead of its own ending.
    """
    pure = PurePosixPath(relative)
    name = pure.name.encode("utf-8", "surrogateescape")
    if len(name) <= LONGEST_NAME:
        return relative
    tail = f"~{hashlib.sha256(name).hexdigest()[:8]}{ending or pure.suffix}"
    head = name[: LONGEST_NAME - len(tail.encode())].decode("utf-8", "ignore")
    return str(pure.with_name(head.rstrip(" .") + tail))


def is_lock(name: str) -> bool:
    """Say whether a name is that of an office program's lock file."""
    return name.startswith(("~$", ".~"))


def why_passed_over(name: str) -> str:
    """Return why a file that nobody gave by name is not read, "" for one that may hold a submission."""
    ending = PurePosixPath(name).suffix.lower()
    if is_lock(name):
        return "lock_file"
    if name.startswith("."):
        return "hidden"
    if name in OWN_REPORTS:
        return "own_report"
    if ending in OTHER_ARCHIVES:
        return "archive"
    return "" if ending in EXTENSIONS or ending == ".zip" else "other_type"


def writable_path(parts: list[str]) -> str:
    """Return folders and a file name as a relative path that can be written anywhere, Windows included.

    No folder is named like a workbook, so that it never stands where a file is to be written.
    """
    path = _path(parts, LONGEST_PART)
    if len(path) <= LONGEST_PATH:
        return path
    return _path(parts, LONGEST_PATH // len(parts) - 1)


def _path(parts: list[str], most: int) -> str:
    folders = [_folder(_writable(part, max(most, 1))) for part in parts[:-1]]
    return "/".join((*folders, _writable(parts[-1], max(most, _SHORTEST))))


def _folder(name: str) -> str:
    return f"{name}_" if PurePosixPath(name).suffix.lower() in EXTENSIONS else name


def printable(name: str) -> str:
    """Return a name with `?` for what cannot be seen, cut short: to be shown, not to be written."""
    shown = "".join("?" if unicodedata.category(char) in _INVISIBLE else char for char in name[:LONGEST_PART])
    return shown if len(name) <= LONGEST_PART else f"{shown}…"


def _writable(part: str, most: int) -> str:
    shown = "".join("_" if unicodedata.category(char) in _INVISIBLE else char for char in part)
    name = _cut(_FORBIDDEN.sub("_", shown).rstrip(" ."), most)
    return f"_{name}" if _RESERVED.match(name) else name


def _cut(name: str, most: int) -> str:
    """Return a name cut to so many characters and to the bytes a part may have; its ending stays.

    Never empty, and without the blanks and dots at its end that Windows drops.
    """
    ending = PurePosixPath(name).suffix
    if len(ending) > min(_LONGEST_ENDING, most - 1):
        ending = ""
    stem = name[: len(name) - len(ending)][: most - len(ending)].encode()
    short = stem[: LONGEST_PART - len(ending.encode())].decode("utf-8", "ignore") + ending
    return short.rstrip(" .") or "_"


def return_path(folder: Path, relative: str) -> Path:
    """Return where the return of a file goes."""
    return folder / returned_name(relative)
