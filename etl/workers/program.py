"""What stands for this program: its versions and a fingerprint of its source."""

from __future__ import annotations

import hashlib
import platform
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
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
    "rapidfuzz",
)


def versions() -> str:
    """Return the versions of Python and of what reads, checks and writes here."""
    found = [f"python {platform.python_version()}"]
    for name in _PACKAGES:
        with suppress(PackageNotFoundError):
            found.append(f"{name} {version(name)}")
    return ", ".join(found)


def fingerprint() -> str:
    """Return what stands for this program: its source, and the versions of what reads and checks for it."""
    digest = hashlib.sha256(versions().encode())
    for top in (Path(etl.__path__[0]), Path(checks.__path__[0])):
        for path in sorted(top.rglob("*.py")):
            digest.update(b"\0%s\0" % path.relative_to(top).as_posix().encode())
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()
