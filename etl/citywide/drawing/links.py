"""Puts the links of a long sheet aside on disk until the sheet is closed.

xlsxwriter keeps an object of nearly a kilobyte a link, and takes longer over one than over a row. Where rows go
to disk as they are written, so do the links: it asks for them row by row when it closes a sheet, and gets
them as it would have made them. Where an xlsxwriter has no such place for them, links are written its own way.
"""

from __future__ import annotations

import marshal
import tempfile
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from typing import Any

from etl.citywide.drawing.text import safe_text

INTERNAL = "internal:"
"""What a link to a place of the workbook itself begins with."""
_MOST, _LONGEST, _LONGEST_TIP = 65_530, 2079, 255
"""Links of a sheet, UTF-16 units of a link or the place in it, and of what it says: what Excel ends at."""


@dataclass(slots=True)
class _Url:
    """A link as xlsxwriter reads it when it closes a sheet."""

    _link_type: Any
    _relationship_link: str
    _anchor: str
    _tip: str
    _text: str = ""
    _is_object_link: bool = False
    _link: str = ""

    def _target(self) -> str:
        return self._relationship_link


class Links:
    """The links of one sheet, put aside in the order they are written: by row, and by column within a row."""

    def __init__(self) -> None:
        self._rows = array("L")
        self._count = 0
        self._pending: list[tuple[int, str, str]] = []
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - it lives as long as the sheet
        self._read: tuple[int, dict[int, _Url]] = (-1, {})

    def add(self, row: int, column: int, link: str, tip: str) -> None:
        """Put a link aside; one that Excel would not take is left out."""
        if self._count >= _MOST or any(_units(part) > _LONGEST for part in link.split("#", 1)):
            return
        if not self._rows or self._rows[-1] != row:
            self._put_aside()
            self._rows.append(row)
        self._count += 1
        self._pending.append((column, link, tip))

    def _put_aside(self) -> None:
        if self._pending:
            marshal.dump((self._rows[-1], self._pending), self._file)
            self._pending = []

    def keys(self) -> Sequence[int]:
        """Return the rows that have links, and make ready to give them in this order."""
        self._put_aside()
        self._file.seek(0)
        return self._rows

    def __getitem__(self, row: int) -> dict[int, _Url]:
        """Return the links of the row last asked for, or of the next that has any, by column."""
        if self._read[0] != row:
            at, links = marshal.load(self._file)
            self._read = at, {column: _url(link, tip) for column, link, tip in links}
        if self._read[0] != row:
            raise LookupError(f"links are read in the order they were written: {row}, not {self._read[0]}")
        return self._read[1]


def _units(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def _url(link: str, tip: str) -> _Url:
    from xlsxwriter.url import UrlTypes

    if link.startswith(INTERNAL):
        place = link.removeprefix(INTERNAL)
        return _Url(UrlTypes.INTERNAL, f"#{place}", place, tip, place, False, place)
    base, _, anchor = link.partition("#")
    return _Url(UrlTypes.EXTERNAL, _relationship(base), anchor.replace("/", "\\"), tip)


@lru_cache(maxsize=1024)
def _relationship(base: str) -> str:
    from xlsxwriter.url import Url

    return str(Url(base)._target())


def put_links_aside(sheet: Any) -> None:
    """Have a sheet that writes rows to disk put its links there too."""
    known = hasattr(sheet, "hyperlinks") and find_spec("xlsxwriter.url")
    if known and getattr(sheet, "constant_memory", False):
        sheet.hyperlinks = Links()


def write_link(sheet: Any, row: int, column: int, link: str, content: Any, tip: str, form: Any) -> None:
    """Write the link of a cell; the content itself is written after it."""
    said = _cut(safe_text(tip))
    if isinstance(getattr(sheet, "hyperlinks", None), Links):
        sheet.hyperlinks.add(row, column, link, said)
        return
    text = safe_text(content)[:255] if isinstance(content, str) else ""
    sheet.write_url(row, column, link, form, text or " ", said)


def _cut(tip: str) -> str:
    """Return what a link says as long as Excel takes it."""
    if _units(tip) <= _LONGEST_TIP:
        return tip
    return tip.encode("utf-16-le", "surrogatepass")[: 2 * _LONGEST_TIP].decode("utf-16-le", "ignore")
