"""Finds the submissions under the paths given: which files are read, which are passed over and why."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

EXTENSIONS = frozenset({".xlsx", ".xlsm", ".xltx", ".xltm", ".xls", ".et", ".ett", ".ods", ".xlsb"})
DEEPEST = 60
"""Levels of folders that are walked; deeper ones are listed as skipped."""

OWN_REPORTS = frozenset({"citywide.xlsx"})
"""Names of workbooks this program writes beside the returns; their mark inside is looked at as well."""


OWN_MARK = "jixiao citywide"
"""Stands in the properties of workbooks this program writes, so that a later run knows and skips them."""


@dataclass(frozen=True, slots=True)
class Submission:
    """A file to read: where it is, and its path relative to the argument it was found under.

    `size` in bytes and `modified` in nanoseconds as they were when it was found, -1 where nobody looked.
    """

    path: Path
    relative: str
    size: int = -1
    modified: int = -1


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file that is not read, with a stable word for the reason and the reason in words."""

    relative: str
    code: str
    reason: str
    reason_en: str


_REASONS: dict[str, tuple[str, str]] = {
    "lock_file": ("办公软件的临时锁定文件", "a lock file of the office program"),
    "hidden": ("隐藏文件", "a hidden file"),
    "other_type": ("不是电子表格文件", "not a spreadsheet file"),
    "not_a_file": ("不是普通文件", "not a regular file"),
    "link": ("符号链接,不跟随", "a symbolic link, not followed"),
    "too_deep": ("文件夹层数过多", "folders nested too deep"),
    "no_permission": ("没有读取权限", "no permission to read"),
    "own_report": ("本程序生成的报告", "a report of this program"),
}


def find_submissions(paths: Iterable[Path]) -> tuple[list[Submission], list[Skipped]]:
    """Return the files to read and those passed over, each sorted by relative path.

    A path that is a file is taken whatever its name; a folder is walked without following links.
    Raises FileNotFoundError for a path that does not exist.
    """
    found: list[Submission] = []
    skipped: list[Skipped] = []
    for path in paths:
        if not os.path.lexists(path):
            raise FileNotFoundError(path)
        entries = _walk(path, path, 0) if path.is_dir() else iter([(path, path.name)])
        for entry, relative in entries:
            code = _why_not(entry, path.is_dir())
            if code:
                skipped.append(skip(relative, code))
            else:
                facts = entry.lstat()
                found.append(Submission(entry, relative, facts.st_size, facts.st_mtime_ns))
    return (
        sorted(_unique(found), key=lambda s: s.relative),
        sorted(skipped, key=lambda s: s.relative),
    )


def skip(relative: str, code: str) -> Skipped:
    """Return a passed-over file with its reason in words."""
    return Skipped(relative, code, *_REASONS[code])


def _unique(found: list[Submission]) -> Iterator[Submission]:
    """Drop files given twice, and tell apart equal relative paths under different arguments."""
    seen: set[str] = set()
    taken: set[str] = set()
    for submission in found:
        absolute = os.path.realpath(submission.path)
        if absolute in seen:
            continue
        seen.add(absolute)
        relative = submission.relative
        number = 2
        while relative.casefold() in taken:
            stem, dot, ending = submission.relative.rpartition(".")
            relative = f"{stem}({number}){dot}{ending}"
            number += 1
        taken.add(relative.casefold())
        yield replace(submission, relative=relative)


def _walk(folder: Path, root: Path, depth: int) -> Iterator[tuple[Path, str]]:
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except PermissionError:
        yield folder, folder.relative_to(root).as_posix()
        return
    for entry in entries:
        path = Path(entry.path)
        if entry.is_dir(follow_symlinks=False) and depth < DEEPEST and not entry.name.startswith("."):
            yield from _walk(path, root, depth + 1)
        else:
            yield path, path.relative_to(root).as_posix()


def _why_not(path: Path, walked: bool) -> str:
    mode = path.lstat().st_mode
    if path.name.startswith(("~$", ".~")):
        return "lock_file"
    if walked and path.name.startswith("."):
        return "hidden"
    if stat.S_ISLNK(mode):
        return "link"
    if stat.S_ISDIR(mode):
        return "too_deep" if os.access(path, os.R_OK) else "no_permission"
    if not stat.S_ISREG(mode):
        return "not_a_file"
    if walked and path.name in OWN_REPORTS:
        return "own_report"
    return "other_type" if walked and path.suffix.lower() not in EXTENSIONS else ""
