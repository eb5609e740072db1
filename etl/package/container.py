"""The zip file around a workbook, read by its directory.

Members that nobody asks for are not inflated. Sizes in the directory are claims; what counts is what
comes out.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from etl.safe.remembered import remembered
from etl.safe.unreadable import Unreadable

_END, _END64, _LOCATOR64 = b"PK\x05\x06", b"PK\x06\x06", b"PK\x06\x07"
CENTRAL, LOCAL = b"PK\x01\x02", b"PK\x03\x04"
_LONGEST_COMMENT = 65_535
_MOST_CANDIDATES = 16
MOST_PARTS = 5_000
"""Entries of a workbook; a real one has some twenty."""
_SMALL = 8_000
"""Bytes of a packed part that is remembered with its content."""


@dataclass(frozen=True, slots=True)
class Budget:
    """How much of a file is taken before it is refused; all sizes in bytes.

    `inflated` is what all parts that are used may come to together, `xml` what one parsed part may hold.
    """

    file: int = 50_000_000
    inflated: int = 200_000_000
    entries: int = MOST_PARTS
    xml: int = 120_000_000


class Member(NamedTuple):
    """One entry of the directory. `record` is its directory record as it stands in the file."""

    name: str
    raw_name: bytes
    flags: int
    method: int
    crc: int
    packed: int
    size: int
    offset: int
    end: int
    record: bytes


@dataclass(frozen=True, slots=True)
class Container:
    """A zip file in memory with its directory."""

    data: bytes = field(repr=False)
    members: tuple[Member, ...]
    comment: bytes = b""


def read_container(data: bytes, most_entries: int) -> Container:
    """Return the directory of a zip file; junk before it and zeros after it are tolerated.

    Raises `Unreadable`: `truncated` where no directory is found, `too_many_parts`, `damaged` where
    entries overlap or leave the file.
    """
    return read_directory(data, 0, most_entries)


def read_directory(tail: bytes, before: int, most_entries: int) -> Container:
    """Return the directory of a zip file of which only the end is at hand, `before` bytes from its start.

    The members' offsets count from the start of the file. Raises `Unreadable` as `read_container` does.
    """
    for position in _end_candidates(tail):
        found = _directory(tail, before, position, most_entries)
        if found is not None:
            return found
    raise Unreadable(
        "truncated",
        "文件不完整（下载或拷贝中断），请重新报送",
        "the file is cut short (download or copy interrupted); please send it again",
    )


def inflate(container: Container, member: Member, most: int) -> bytes:
    """Return a member's content, at most `most` bytes of it; checks length and CRC.

    Raises `Unreadable` for an encrypted member, a method other than stored and deflated, damage, or
    more than `most` bytes.
    """
    if member.flags & 0x1:
        raise Unreadable("encrypted", "文件被压缩软件加了密码", "the file's zip entries are encrypted")
    if member.method not in (0, 8):
        raise Unreadable(
            "zip_method",
            f"文件使用了不支持的压缩方式（{member.method}）",
            f"the file uses an unsupported compression method ({member.method})",
        )
    packed = _packed_bytes(container.data, member)
    content = bytes(packed) if member.method == 0 else _content(packed, min(most, member.size), member)
    if len(content) > most:
        raise too_large()
    if len(content) != member.size or zlib.crc32(content) != member.crc:
        raise damaged(member.name)
    return content


def head(container: Container, member: Member, length: int) -> bytes:
    """Return the first `length` bytes of a member, unchecked, or fewer where it cannot be inflated."""
    if member.flags & 0x1 or member.method not in (0, 8):
        return b""
    packed = _packed_bytes(container.data, member)
    if member.method == 0:
        return bytes(packed[:length])
    try:
        return zlib.decompressobj(-15).decompress(packed[: 4 * length + 64], length)
    except zlib.error:
        return b""


def too_large() -> Unreadable:
    """Return the refusal of a file that unpacks to more than the budget."""
    return Unreadable("too_large_inside", "文件解压后过大", "the file unpacks to too much")


def damaged(name: str) -> Unreadable:
    """Return the refusal of a file with a damaged part."""
    shown = shown_name(name)
    return Unreadable("damaged", f"文件损坏：{shown}", f"the file is damaged: {shown}")


def shown_name(name: str) -> str:
    """Return a part name fit for a message: no control characters, not long."""
    return "".join(char if char.isprintable() else "?" for char in name[:80])


def _end_candidates(data: bytes) -> Iterator[int]:
    """Yield where the end-of-directory record may stand, from the end of the file backwards."""
    length = len(data.rstrip(b"\x00")) if data.endswith(b"\x00" * 32) else len(data)
    earliest = max(0, length - _LONGEST_COMMENT - 22)
    position = length + 22
    for _ in range(_MOST_CANDIDATES):
        position = data.rfind(_END, earliest, position)
        if position < 0:
            return
        yield position
        position += 3


def _directory(data: bytes, before: int, position: int, most_entries: int) -> Container | None:
    end = data[position : position + 22].ljust(22, b"\x00")
    count, length, start, comment = struct.unpack("<10xH2LH", end)
    stop = position
    if 0xFFFF_FFFF in (length, start) or count == 0xFFFF:
        wide = _wide_directory(data, position)
        if wide is not None:
            count, length, start, stop = wide
    actual = stop - length
    if actual < 0 <= before + actual:
        raise _too_many(most_entries)
    if actual < 0:
        return None
    if count > most_entries:
        raise _too_many(most_entries)
    members = _members(data, actual, stop, before + actual - start, most_entries)
    if len(members) < count:
        return None
    whole = _with_ends(members, before + actual)
    return Container(data, whole, data[position + 22 : position + 22 + comment])


def _too_many(most_entries: int) -> Unreadable:
    return Unreadable(
        "too_many_parts",
        f"文件内部件超过{most_entries}个",
        f"the file holds more than {most_entries} parts",
    )


def _wide_directory(data: bytes, position: int) -> tuple[int, int, int, int] | None:
    """Return count, length, start and end of a zip64 directory."""
    if position < 76 or data[position - 20 : position - 16] != _LOCATOR64:
        return None
    stop = data.rfind(_END64, 0, position - 20)
    if stop < 0 or stop + 56 > len(data):
        return None
    count, length, start = struct.unpack("<32xQQQ", data[stop : stop + 56])
    return count, length, start, stop


def _members(data: bytes, start: int, stop: int, shift: int, most: int) -> list[Member]:
    """Return the records that stand in the directory, whatever their count is said to be: it can lie, or wrap."""
    members: list[Member] = []
    position = start
    while position + 46 <= stop and data[position : position + 4] == CENTRAL:
        lengths = struct.unpack_from("<3H", data, position + 28)
        after = position + 46 + sum(lengths)
        if after > stop:
            break
        if len(members) == most:
            raise _too_many(most)
        members.append(_member(data[position:after], lengths[0], lengths[1], shift))
        position = after
    return members


def _member(record: bytes, name_length: int, extra_length: int, shift: int) -> Member:
    flags, method, crc, packed, size = struct.unpack_from("<8x2H4x3L", record)
    (offset,) = struct.unpack_from("<42xL", record)
    raw_name = record[46 : 46 + name_length]
    extra = record[46 + name_length : 46 + name_length + extra_length]
    packed, size, offset = _wide_sizes(extra, packed, size, offset)
    return Member(
        _decoded(raw_name, flags), raw_name, flags, method, crc, packed, size, offset + shift, 0, record
    )


def _decoded(raw_name: bytes, flags: int) -> str:
    try:
        return raw_name.decode("utf-8")
    except UnicodeDecodeError:
        return raw_name.decode("cp437")


def _wide_sizes(extra: bytes, packed: int, size: int, offset: int) -> tuple[int, int, int]:
    """Return sizes and offset with those of the zip64 field in place of the ones marked as too wide."""
    at = wide_field(extra)
    if at is None:
        return packed, size, offset
    values = []
    for value in (size, packed, offset):
        if value == 0xFFFF_FFFF and at + 8 <= len(extra):
            (value,) = struct.unpack_from("<Q", extra, at)
            at += 8
        values.append(value)
    return values[1], values[0], values[2]


def wide_field(extra: bytes) -> int | None:
    position = 0
    while position + 4 <= len(extra):
        kind, length = struct.unpack_from("<2H", extra, position)
        if kind == 1:
            return position + 4
        position += 4 + length
    return None


def _with_ends(members: list[Member], directory: int) -> tuple[Member, ...]:
    """Give each member the end of its bytes: where the next one starts, or the directory.

    What stands between two members is the first one's data descriptor. Overlapping members are how
    a small file unpacks to a huge one; no program writes them.
    """
    starts = sorted({member.offset for member in members})
    following = dict(zip(starts, [*starts, directory][1:], strict=True))
    whole: list[Member] = []
    names: dict[int, bytes] = {}
    for member in members:
        end = following[member.offset]
        if member.offset in names:
            if names[member.offset] != member.raw_name:
                raise damaged(member.name)
            continue
        names[member.offset] = member.raw_name
        if member.offset < 0 or member.offset + 30 + member.packed > end:
            raise damaged(member.name)
        whole.append(member._replace(end=end))
    return tuple(whole)


def _packed_bytes(data: bytes, member: Member) -> memoryview:
    if data[member.offset : member.offset + 4] != LOCAL:
        raise damaged(member.name)
    name_length, extra_length = struct.unpack_from("<2H", data, member.offset + 26)
    start = member.offset + 30 + name_length + extra_length
    if start + member.packed > member.end:
        raise damaged(member.name)
    return memoryview(data)[start : start + member.packed]


def _content(packed: memoryview, most: int, member: Member) -> bytes:
    try:
        if most <= 16 * _SMALL:
            return _small_content(bytes(packed), most)
        return _inflated(packed, most)
    except zlib.error as error:
        raise damaged(member.name) from error


def _inflated(packed: bytes | memoryview, most: int) -> bytes:
    return zlib.decompressobj(-15).decompress(packed, most + 1)


@remembered(64, _SMALL)
def _small_content(packed: bytes, most: int) -> bytes:
    """Remember small parts: most of them are alike in all the forms of a city."""
    return _inflated(packed, most)
