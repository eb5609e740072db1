"""Many forms quickly: a few drawn as printed, then renamed and their money multiplied, so that every sum still holds."""

from __future__ import annotations

import io
import re
import zipfile
from decimal import Decimal

from bench.rules import made
from tests import clean

DRAWN = 40
_MONEY = re.compile(r'(<c r="[A-Z]+[0-9]+"(?: s="[0-9]+")?(?: t="n")?><v>)([0-9.]+)(?=</v>)')
_SHEETS_AND_TEXTS = re.compile(r"xl/(?:worksheets/sheet[0-9]+|sharedStrings)\.xml")


def many(count: int) -> list[bytes]:
    """Return workbooks of as many agencies, every tenth with a slip in it; drawing each would take most of the run."""
    drawn = made(min(count, DRAWN))
    return [_another(drawn[number % len(drawn)], number // len(drawn), number) for number in range(count)]


def _another(data: bytes, more: int, number: int) -> bytes:
    packed = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as source,
        zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for name in source.namelist():
            part = source.read(name)
            target.writestr(
                name, _varied(part.decode(), 1 + more, number) if _SHEETS_AND_TEXTS.fullmatch(name) else part
            )
    return packed.getvalue()


def _varied(part: str, factor: int, number: int) -> str:
    renamed = part.replace(clean.FORMS["agency"], f"{clean.FORMS['agency']}{number}")
    return _MONEY.sub(lambda cell: f"{cell[1]}{Decimal(cell[2]) * factor}", renamed)
