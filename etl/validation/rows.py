"""What of a worksheet differs from the one it was made from: the sheet without the rows that stayed as they were.

Rows are most of a sheet, and marks touch few of them. A row that came in is not looked at again as long as what it
points to (formats, shared texts, relationships) is still there.
"""

from __future__ import annotations

import re
from typing import Any

from etl.package.edit import encoding_of
from etl.package.part_names import local_name, normal_name
from etl.package.parts import Package, relations_of
from etl.package.tags import holds, is_plain, root_tag
from etl.safe.unreadable import Unreadable

_ROW, _CLOSE, _END = b"<row ", b"</row>", b"</sheetData>"
_NUMBER = re.compile(rb'(?:[^<>]*?\s)?r="([1-9][0-9]{0,6})"')
_MERGES = re.compile(rb"<mergeCells[ >].*?</mergeCells>", re.DOTALL)
_COUNTED = ("cellXfs", "dxfs")


def keeps_targets(before: Package, after: Package, name: str) -> bool:
    """Say whether all that the rows of a sheet may point to in one package is there in the other as well."""
    known = {relation.id for relation in relations_of(after, name)}
    if not {relation.id for relation in relations_of(before, name)} <= known:
        return False
    try:
        return _same_texts(before, after) and all(
            old <= new for old, new in zip(_formats(before), _formats(after), strict=True)
        )
    except Unreadable:
        return False


def changed_rows(before: bytes, after: bytes) -> bytes | None:
    """Return a sheet with those rows alone that the sheet before had not, None where it has to be read in full.

    In full is read what is not UTF-8, what could hide a row (comments, prefixes, rows without numbers), and what
    has its rows out of order. Merges that stayed are left out as well.
    """
    if not (_open_to_see(before) and _open_to_see(after) and is_plain(after, root_tag(after))):
        return None
    head, *rows = after.split(_ROW)
    if not rows or not _in_order(rows):
        return None
    rows[-1], end, tail = rows[-1].partition(_END)
    known = set(before.split(_ROW))
    changed = [_ROW + row for row in rows if row not in known]
    if not all(map(_whole, rows)) or b"<row" in head:
        return None
    merges = _MERGES.search(tail)
    if merges and merges[0] in before:
        tail = tail.replace(merges[0], b"<mergeCells/>", 1)
    return b"".join((head, *changed, end, tail))


def _open_to_see(sheet: bytes) -> bool:
    """Say whether nothing in a part can hide a tag: no comment, no CDATA, no instruction, and one byte a character."""
    return encoding_of(sheet) == "utf-8" and not holds(sheet, b"<!") and not holds(sheet, b"<?", 2)


def _whole(row: bytes) -> bool:
    """Say whether a row that began with its opening tag ends with its closing one, and nothing comes between it and the next."""
    close = row.find(_CLOSE)
    if close < 0:
        return b"<" not in row and row.rstrip().endswith(b"/>")
    return close + len(_CLOSE) == len(row) or row[close + len(_CLOSE) :].isspace()


def _in_order(rows: list[bytes]) -> bool:
    last = 0
    for row in rows:
        number = _NUMBER.match(row)
        if number is None or (here := int(number[1])) <= last:
            return False
        last = here
    return True


def _same_texts(before: Package, after: Package) -> bool:
    old, new = before.shared_strings_part, after.shared_strings_part
    if old is None or not before.has(old):
        return True
    if new is None or normal_name(old) != normal_name(new) or not after.has(new):
        return False
    first, second = before.member(old), after.member(new)
    return (first.crc, first.size) == (second.crc, second.size)


def _formats(package: Package) -> tuple[int, ...]:
    part = package.styles_part
    return package.facts(part, _counts) if part else (0,) * len(_COUNTED)


def _counts(root: Any) -> tuple[int, ...]:
    lists = {local_name(child): len(child) for child in root}
    return tuple(lists.get(name, 0) for name in _COUNTED)
