"""Takes in what is dropped on the desk: every file under a safe name below the batch's folder, as it was handed in."""

from __future__ import annotations

import hashlib
import re
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import IO, NamedTuple

from etl.desk.home.batches import note_file
from etl.desk.home.database import Home
from etl.safe.file_names import why_passed_over, writable_path

MOST_FILES = 5_000
"""Files in one handing in: five times a large city's agencies."""
LARGEST_FILE = 64 << 20
"""Bytes of a workbook; the reader takes none larger either."""
LARGEST_ZIP = 2 << 30
SPARE_DISK = 512 << 20
"""Bytes that stay free on the disk of the home."""
_DRIVE = re.compile(r"^[A-Za-z]:")


class Taken(NamedTuple):
    """A file that was handed in: under which name it is kept, or why it is not ("" for one that is)."""

    name: str
    kept: str
    why: str


def safe_relative(name: str) -> str:
    """Return a name that a browser sent as a path that stays below a folder, "" for one that names nothing."""
    parts = [_DRIVE.sub("", part) for part in re.split(r"[\\/]", name)]
    parts = [part for part in parts if part.strip(" .\0")]
    return writable_path(parts) if parts else ""


def room_for(home: Home, size: int) -> bool:
    """Say whether the disk holds so many bytes more, twice: a file travels through a temporary one."""
    return shutil.disk_usage(home.folder).free > 2 * max(size, 0) + SPARE_DISK


def take_in(home: Home, batch: int, given: Iterable[tuple[str, IO[bytes]]], by: str) -> list[Taken]:
    """Keep the files that were handed in, and say of each what became of it."""
    inbox = home.inbox(batch)
    known = {
        path.relative_to(inbox).as_posix().casefold(): path for path in inbox.rglob("*") if path.is_file()
    }
    new: set[str] = set()
    found = []
    for name, file in given:
        relative = safe_relative(name)
        why = _why_not(relative, file)
        if not why:
            relative = _free(relative, new)
            why = _keep(home, batch, relative, known.get(relative.casefold()), file, by)
            new.add(relative.casefold())
        found.append(Taken(name, relative, why))
    return found


def _why_not(relative: str, file: IO[bytes]) -> str:
    """Return why a file is not kept, "" for one that is."""
    if not relative:
        return "文件名不可用"
    size = file.seek(0, 2)
    file.seek(0)
    zipped = relative.lower().endswith(".zip")
    if size > (LARGEST_ZIP if zipped else LARGEST_FILE):
        return "文件过大"
    if size == 0:
        return "文件是空的"
    code = why_passed_over(Path(relative).name)
    return {"lock_file": "办公软件的临时锁定文件", "hidden": "隐藏文件", "archive": "是压缩包，请先解压（或用zip）",
            "other_type": "不是电子表格文件", "own_report": "本程序生成的报告"}.get(code, "")  # fmt: skip


def _free(relative: str, taken: set[str]) -> str:
    """Return a path that no other file of the same handing in has."""
    path, number = Path(relative), 1
    while relative.casefold() in taken:
        number += 1
        relative = path.with_name(f"{path.stem}({number}){path.suffix}").as_posix()
    return relative


def _keep(home: Home, batch: int, relative: str, old: Path | None, file: IO[bytes], by: str) -> str:
    """Write a file to its place; one that was there is kept aside. Returns why that failed, "" where it did not."""
    target = home.inbox(batch) / relative
    if not target.resolve().is_relative_to(home.inbox(batch).resolve()):
        return "文件名不可用"
    temporary = home.of(batch) / "incoming"
    digest, size = hashlib.sha256(), 0
    try:
        with temporary.open("wb") as copy:
            while piece := file.read(1 << 20):
                digest.update(piece)
                size += len(piece)
                copy.write(piece)
        target.parent.mkdir(parents=True, exist_ok=True)
        if old is not None:
            _set_aside(home, batch, old)
        temporary.replace(target)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        return f"未能保存：{error.strerror or error}"
    note_file(home, batch, relative, size, digest.hexdigest(), by)
    return ""


def _set_aside(home: Home, batch: int, old: Path) -> None:
    """Move a file that is replaced out of the way; nothing that was handed in is ever lost."""
    relative = old.relative_to(home.inbox(batch))
    number = 1
    while (aside := home.of(batch) / "replaced" / str(number) / relative).exists():
        number += 1
    aside.parent.mkdir(parents=True, exist_ok=True)
    old.replace(aside)
