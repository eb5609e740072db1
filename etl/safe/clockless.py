"""Writes a zip that does not say when or where it was written: the same entries give the same bytes."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable

EPOCH = (1980, 1, 1, 0, 0, 0)
"""The earliest time a zip can hold: what an entry says where no clock is read."""


def clockless_zip(entries: Iterable[tuple[str, bytes]]) -> bytes:
    """Return a zip of entries, in the order given, each with its name and content."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as package:
        for name, content in entries:
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 0  # zipfile would write down which system it ran on
            package.writestr(entry, content)
    return written.getvalue()
