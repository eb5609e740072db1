"""Finds the submissions under the paths given: which files are read, which are passed over and why."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from etl.intake.archives import DEEPEST, list_entries
from etl.intake.config import NAME as SETTINGS_NAME
from etl.package.container import Member
from etl.safe.file_names import EXTENSIONS, is_lock, returned_name, why_passed_over
from etl.safe.unreadable import Unreadable

OWN_MARK = "jixiao citywide"
"""Stands in the properties of workbooks this program writes, so that a later run knows and skips them."""


@dataclass(frozen=True, slots=True)
class Submission:
    """A file to read: where it is, and its path relative to the argument it was found under.

    `size` in bytes and `modified` in nanoseconds as they were when it was found, -1 where nobody looked.
    `entry`: which file in the archive at `path` it is; `relative` then goes on inside it
    (`batch.zip/folder/name.xlsx`). `refusal`: code, reason and English reason of an archive that is not read.
    `outlined`: it is to be drawn, so that what its sheets show is read too.
    """

    path: Path
    relative: str
    size: int = -1
    modified: int = -1
    entry: Member | None = None
    refusal: tuple[str, str, str] | None = None
    outlined: bool = False


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
    "hidden_folder": ("隐藏文件夹，其中的文件不读取", "a hidden folder; the files in it are not read"),
    "other_type": ("不是电子表格文件", "not a spreadsheet file"),
    "settings": (
        "与报送文件放在一起的配置不予采用（可放在工作目录，或用--config指定）",
        "settings among submissions rule nobody (put them into the working folder, or name them with --config)",
    ),
    "not_a_file": ("不是普通文件", "not a regular file"),
    "link": ("符号链接,不跟随", "a symbolic link, not followed"),
    "too_deep": ("文件夹层数过多", "folders nested too deep"),
    "no_permission": ("没有读取权限", "no permission to read"),
    "own_report": ("本程序生成的报告", "a report of this program"),
    "archive": ("是压缩包，请先解压", "an archive; please unpack it first"),
    "nested_archive": (
        "是压缩包里的压缩包，请先解压",
        "an archive within an archive; please unpack it first",
    ),
    "mac_extras": ("macOS的附属文件", "extra files of macOS"),
    "backslash": ("文件名含有反斜杠，请重新压缩", "a name with a backslash; please pack it again"),
    "unsafe_path": (
        "路径指向压缩包之外（上级目录、绝对路径或盘符），不读取",
        "a path out of the archive (parent folder, absolute or with a drive letter), not read",
    ),
}


def find_submissions(paths: Iterable[Path]) -> tuple[list[Submission], list[Skipped]]:
    """Return the files to read and those passed over, each sorted by relative path.

    A path that is a file is taken whatever its name; a folder is walked without following links. Of an
    archive the files in it are found; one that is refused as a whole is a submission that cannot be read.
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
                continue
            submissions, passed_over = _taken(entry, relative)
            found += submissions
            skipped += passed_over
    return (
        sorted(_unique(found), key=lambda s: s.relative),
        sorted(skipped, key=lambda s: s.relative),
    )


def _taken(path: Path, relative: str) -> tuple[list[Submission], list[Skipped]]:
    """Return a file as the one submission it is, or what is in it where it is an archive."""
    facts = path.lstat()
    file = Submission(path, relative, facts.st_size, facts.st_mtime_ns)
    if path.suffix.lower() in EXTENSIONS:
        return [file], []
    try:
        entries = list_entries(path)
    except Unreadable as refusal:
        return [replace(file, refusal=(refusal.code, refusal.reason, refusal.english))], []
    except OSError:  # the same happens, and is said, when it is read
        return [file], []
    if entries is None:
        return [file], []
    inside = [(entry, f"{relative}/{entry.relative}") for entry in entries]
    passed_over = [skip(inner, entry.code) for entry, inner in inside if entry.code]
    return (
        [replace(file, relative=inner, entry=entry.member) for entry, inner in inside if not entry.code],
        list(dict.fromkeys(passed_over)),
    )


def skip(relative: str, code: str) -> Skipped:
    """Return a passed-over file with its reason in words."""
    return Skipped(relative, code, *_REASONS[code])


def _unique(found: list[Submission]) -> Iterator[Submission]:
    """Drop files given twice, and tell apart those whose returns would have one path.

    Relative paths may be equal under different arguments or in an archive; `甲.xls` and `甲.xls.xlsx` are
    not, and their returns would be.
    """
    seen: set[tuple[str, int]] = set()
    taken: set[str] = set()
    numbers: dict[str, int] = {}
    for submission in found:
        this = (os.path.realpath(submission.path), submission.entry.offset if submission.entry else -1)
        if this in seen:
            continue
        seen.add(this)
        relative, key = submission.relative, submission.relative.casefold()
        while returned_name(relative).casefold() in taken:
            stem, dot, ending = submission.relative.rpartition(".")
            number = numbers[key] = numbers.get(key, 1) + 1
            relative = f"{stem}({number}){dot}{ending}"
        taken.add(returned_name(relative).casefold())
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
    if walked and path.name == SETTINGS_NAME:
        return "settings"
    code = why_passed_over(path.name) if walked else "lock_file" if is_lock(path.name) else ""
    if code == "hidden" and stat.S_ISDIR(mode):
        return "hidden_folder"
    if code in ("lock_file", "hidden"):
        return code
    if stat.S_ISLNK(mode):
        return "link"
    if stat.S_ISDIR(mode):
        return "too_deep" if os.access(path, os.R_OK) else "no_permission"
    return code if stat.S_ISREG(mode) else "not_a_file"
