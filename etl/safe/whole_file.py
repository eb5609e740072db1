"""Writes files whole or not at all, and keeps two runs out of one folder."""

from __future__ import annotations

import importlib
import io
import os
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import IO

from etl.safe.refusal import Refusal

LOCK_NAME = ".jixiao.lock"
_FAR = 1 << 20
"""Where Windows locks the file: beyond what it holds, so that others can read who locked it."""

_TEMPORARY = re.compile(r"\.[0-9]+-[0-9]+\.tmp")
_UNFINISHED: set[Path] = set()
"""Files this process has begun and not given their names yet."""
_COLLECTED: ContextVar[dict[Path, bytes] | None] = ContextVar("_COLLECTED", default=None)


@contextmanager
def collected() -> Iterator[dict[Path, bytes]]:
    """Collect what the body would write instead of writing it: for a worker elsewhere, which cannot."""
    files: dict[Path, bytes] = {}
    before = _COLLECTED.set(files)
    try:
        yield files
    finally:
        _COLLECTED.reset(before)


def make_folder(folder: Path) -> None:
    """Make the output folder and make sure it can be written to; raises `Refusal` otherwise."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / f".jixiao-{os.getpid()}"
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as error:
        raise Refusal(f"不能写入输出文件夹 cannot write to the output folder: {error}") from error


def write_whole(path: Path, data: bytes) -> None:
    """Write a file whole or not at all: to a temporary name beside it, synced, then put in place.

    Raises `Refusal` naming the file where the system will not write it.
    """
    with whole(path) as file:
        file.write(data)


@contextmanager
def whole(path: Path) -> Iterator[IO[bytes]]:
    """Give a file to write into that takes the place of `path` once the body is done, and never before.

    Raises `Refusal` naming the file for whatever the system refuses: disk full, read-only, opened elsewhere.
    """
    files = _COLLECTED.get()
    if files is not None:
        stream = io.BytesIO()
        yield stream
        files[path] = stream.getvalue()
        return
    with in_place_of(path) as temporary, temporary.open("wb") as file:
        yield file


@contextmanager
def as_text(file: IO[bytes]) -> Iterator[IO[str]]:
    """Give a file to write text into, as UTF-8 behind a mark that spreadsheets know it by."""
    text = io.TextIOWrapper(file, "utf-8-sig", newline="")
    yield text
    text.flush()
    text.detach()


@contextmanager
def in_place_of(path: Path) -> Iterator[Path]:
    """Give a path for a file that takes the place of `path` once the body is done and it is synced.

    Raises `Refusal` as `whole` does.
    """
    temporary = path.with_name(f".{os.getpid()}-{threading.get_ident()}.tmp")
    _UNFINISHED.add(temporary)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield temporary
        with temporary.open("rb+") as file:
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as error:
        raise cannot_write(path, error) from error
    finally:
        _remove(temporary)
        _UNFINISHED.discard(temporary)


def remove_unfinished() -> None:
    """Remove the files this process has begun: it is about to be ended in the middle of them."""
    for temporary in tuple(_UNFINISHED):
        _remove(temporary)


def sweep(folder: Path) -> None:
    """Remove the unfinished files that a killed run left below its output folder, which is held meanwhile."""
    for place, _, names in os.walk(folder):
        for name in names:
            if _TEMPORARY.fullmatch(name):
                _remove(Path(place) / name)


def cannot_write(path: Path, error: OSError) -> Refusal:
    """Return the refusal of a file that cannot be written, with the system's reason."""
    reason = error.strerror or type(error).__name__
    opened = "，是否在其他程序中打开？is it open in another program?" if _is_locked(error, path) else ""
    return Refusal(f"不能写入文件 cannot write {path}: {reason}{opened}")


def _is_locked(error: OSError, path: Path) -> bool:
    return isinstance(error, PermissionError) and os.name == "nt" and path.exists()


def _remove(temporary: Path) -> None:
    try:
        temporary.unlink(missing_ok=True)
    except OSError:  # the folder went away meanwhile, and the file with it
        return


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Hold the output folder while the body runs; raises `Refusal` while another run holds it.

    The system lets go of the lock when its process ends in whatever way, so that none is ever stale.
    """
    path = folder / LOCK_NAME
    file = _locked(path)
    try:
        yield
    finally:
        if os.name != "nt":  # while it is still locked, so that nobody locks a file without a name
            _remove(path)
        file.close()
        if os.name == "nt":
            _remove(path)


def _locked(path: Path) -> IO[bytes]:
    """Return the lock file, locked; a file that lost its name while it was waited for is opened anew."""
    while True:
        try:
            file = path.open("a+b")
        except OSError as error:
            raise cannot_write(path, error) from error
        if not _lock(file):
            file.close()
            raise Refusal(
                f"另一个运行正在写入该文件夹 another run is writing into this folder: {path.parent}"
            )
        if os.name == "nt" or _is_at(file, path):
            return file
        file.close()


def _is_at(file: IO[bytes], path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(file.fileno()), path.stat())
    except FileNotFoundError:
        return False


def _lock(file: IO[bytes]) -> bool:
    """Lock an open file without waiting; on a file system that has no locks every run is let in."""
    try:
        import fcntl
    except ImportError:  # Windows
        return _lock_windows(file)
    try:
        fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return True
    return True


def _lock_windows(file: IO[bytes]) -> bool:
    msvcrt = importlib.import_module("msvcrt")
    file.seek(_FAR)
    try:
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
    except OSError:
        return False
    return True
