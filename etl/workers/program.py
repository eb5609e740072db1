"""What stands for this program: its versions and a fingerprint of its source."""

from __future__ import annotations

import hashlib
import platform
from contextlib import suppress
from functools import cache
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as version_of
from pathlib import Path

import checks
import etl

_PACKAGES = (
    "jixiao",
    "pandas",
    "numpy",
    "pandera",
    "lxml",
    "openpyxl",
    "xlsxwriter",
    "xlrd",
    "python-calamine",
    "rapidfuzz",
)


def version() -> str:
    """Return the version of jixiao as it is installed, "" where it is not."""
    with suppress(PackageNotFoundError):
        return version_of("jixiao")
    return ""


def versions() -> str:
    """Return the versions of Python and of what reads, checks and writes here."""
    found = [f"python {platform.python_version()}"]
    for name in _PACKAGES:
        with suppress(PackageNotFoundError):
            found.append(f"{name} {version_of(name)}")
    return ", ".join(found)


@cache
def fingerprint(parts: tuple[str, ...] = ("etl", "checks")) -> str:
    """Return what stands for parts of this program: their source, and the versions of what reads and checks for it."""
    digest = hashlib.sha256(versions().encode())
    home = Path(etl.__path__[0]).parent, Path(checks.__path__[0]).parent
    for part in parts:
        top = (home[0] if part.startswith("etl") else home[1]) / part
        for path in sorted(top.rglob("*")) if top.is_dir() else [top]:
            if path.is_file() and path.suffix != ".pyc":
                digest.update(b"\0%s\0" % path.relative_to(top.parent).as_posix().encode())
                digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


@cache
def rule_set() -> str:
    """Return twelve digits that stand for the rules: their source alone, so that two machines with the same rules agree."""
    home = Path(checks.__path__[0])
    digest = hashlib.sha256()
    for path in sorted(home.rglob("*.py"), key=lambda path: path.relative_to(home).as_posix()):
        digest.update(path.relative_to(home).as_posix().encode() + b"\0")
        digest.update(path.read_bytes().replace(b"\r\n", b"\n") + b"\0")
    return digest.hexdigest()[:12]
