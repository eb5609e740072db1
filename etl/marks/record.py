"""The record a return carries out of sight: what takes its marks off again.

As long as no other program has rewritten the file, every changed part is turned back byte for byte;
afterwards the recorded fills and borders and the lines around our notes are enough.
"""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

PREFIX = "jixiao-return/1 "
_LARGEST = 60_000_000


@dataclass(frozen=True, slots=True)
class Record:
    """What was done to a package.

    `parts` gives for each changed part the checksum of its marked content and the steps that undo it,
    `added` the new parts with theirs (ours without), `fills` and `borders` the looks by their code,
    `own_fills` and `own_borders` the codes the department's own colours happen to carry.
    `marked`: sheets that print with row and column headings now, each with the rows by which its print area grew.
    """

    sheet: str
    parts: Mapping[str, tuple[int, list[Any]]] = field(default_factory=dict)
    added: Mapping[str, int] = field(default_factory=dict)
    fills: Mapping[str, str] = field(default_factory=dict)
    borders: Mapping[str, str] = field(default_factory=dict)
    own_fills: tuple[int, ...] = ()
    own_borders: tuple[int, ...] = ()
    marked: Mapping[str, int] = field(default_factory=dict)


def packed_record(record: Record) -> str:
    """Return a record as text for a cell."""
    text = json.dumps(
        {name: getattr(record, name) for name in Record.__slots__}, sort_keys=True, separators=(",", ":")
    )
    return PREFIX + base64.b64encode(zlib.compress(text.encode("ascii"), 6)).decode("ascii")


def read_record(text: str) -> Record | None:
    """Return the record that a text holds, or None where it holds none that can be read."""
    if not text.startswith(PREFIX):
        return None
    try:
        stream = zlib.decompressobj()
        plain = stream.decompress(base64.b64decode(text[len(PREFIX) :], validate=True), _LARGEST)
        return _checked(json.loads(plain))
    except (ValueError, zlib.error, TypeError, KeyError, RecursionError):
        return None


def _checked(found: dict[str, Any]) -> Record:
    """Return a record of the right types; a forged one is refused by an exception."""
    parts = {str(name): (int(crc), _steps(steps)) for name, (crc, steps) in found["parts"].items()}
    return Record(
        str(found["sheet"]),
        parts,
        {str(name): int(crc) for name, crc in found["added"].items()},
        {str(int(code)): str(look) for code, look in found["fills"].items()},
        {str(int(code)): str(look) for code, look in found["borders"].items()},
        tuple(map(int, found["own_fills"])),
        tuple(map(int, found["own_borders"])),
        {str(sheet): int(rows) for sheet, rows in found.get("marked", {}).items()},
    )


def _steps(steps: list[Any]) -> list[tuple[int, int, str]]:
    return [(max(0, int(position)), max(0, int(length)), str(old)) for position, length, old in steps]
