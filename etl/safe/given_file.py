"""Reads a file the bureau names: a list, settings. What never ends or never begins, a pipe or a device, is refused."""

from __future__ import annotations

import errno
from pathlib import Path


def read_given(path: Path, most: int) -> bytes:
    """Return at most `most` + 1 bytes of a file; raises OSError, in words for the user, where it is no regular file."""
    if path.exists() and not path.is_file():
        raise OSError(errno.EINVAL, "不是普通文件 not a regular file")
    with path.open("rb") as file:
        return file.read(most + 1)
