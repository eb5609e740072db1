"""Looks at the machine for a person who asks for help: what is there, what is missing, what it takes."""

from __future__ import annotations

import locale
import os
import platform
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, requires
from importlib.metadata import version as version_of
from pathlib import Path
from re import match

from etl.safe.clean import clean
from etl.workers.program import rule_set, version

SLOW = 20.0
"""Seconds a worker's first start may take before it is told: a file may take as long."""


@dataclass(frozen=True, slots=True)
class Seen:
    """One thing that was looked at: its name in both languages, what is there, and whether that will do."""

    zh: str
    en: str
    what: str
    fine: bool = True


def examined(folder: Path) -> Iterator[Seen]:
    """Yield what there is to say of this machine, and of a folder results could be written into."""
    yield Seen("程序", "jixiao", f"{version() or '?'} ({Path(__file__).parents[2]})")
    yield Seen("规则", "rules", rule_set())
    yield Seen(
        "Python", "Python", f"{platform.python_version()} ({sys.executable})", sys.version_info >= (3, 11)
    )
    yield Seen("系统", "platform", f"{platform.platform()}, {os.cpu_count()} CPU")
    yield Seen("编码", "encodings", _encodings())
    yield from _libraries()
    yield _writes("临时文件夹", "temporary folder", Path(tempfile.gettempdir()))
    yield _writes("输出文件夹", "output folder", folder)
    yield _starts_a_worker()


def doctor_line(seen: Seen, lang: str) -> str:
    """Return a line on what was seen."""
    mark = "  " if seen.fine else "✗ "
    return f"{mark}{seen.zh if lang == 'zh' else seen.en}: {clean(seen.what)}"


def _encodings() -> str:
    stdout = getattr(sys.stdout, "encoding", None)
    return f"files {sys.getfilesystemencoding()}, texts {locale.getpreferredencoding(False)}, console {stdout}{_code_page()}"


def _code_page() -> str:
    """Return the code page of a Windows console."""
    if sys.platform != "win32":
        return ""
    import ctypes

    return f", code page {ctypes.windll.kernel32.GetConsoleOutputCP()}"


def _libraries() -> Iterator[Seen]:
    """Yield the libraries that the program asks for, each with the version that is there."""
    try:
        asked = requires("jixiao") or []
    except PackageNotFoundError:
        return
    for line in asked:
        name = match(r"[\w.-]+", line)
        if name is None or "extra ==" in line:
            continue
        try:
            yield Seen(name[0], name[0], version_of(name[0]))
        except PackageNotFoundError:
            yield Seen(name[0], name[0], "未安装 not installed", fine=False)


def _writes(zh: str, en: str, folder: Path) -> Seen:
    """Try to write into a folder, under a Chinese name."""
    try:
        with tempfile.TemporaryDirectory(prefix="绩效", dir=folder) as place:
            file = Path(place) / "试写.tmp"
            file.write_bytes(b"jixiao")
            fine = file.read_bytes() == b"jixiao"
    except OSError as error:
        return Seen(zh, en, f"{folder}: {error.strerror or error}", fine=False)
    return Seen(zh, en, str(folder), fine)


def _starts_a_worker() -> Seen:
    """Start a worker, have it load what reads a file, and say how long that took."""
    from etl.intake.read import get_ready
    from etl.workers.pool import Pool

    started = time.monotonic()
    try:
        with Pool(1) as pool:
            pool.submit(get_ready, "a.xls").result()
    except Exception as error:
        return Seen("处理进程", "worker", f"{type(error).__name__}: {error}", fine=False)
    seconds = time.monotonic() - started
    return Seen("处理进程", "worker", f"{seconds:.1f} s", seconds < SLOW)
