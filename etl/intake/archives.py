"""Looks into a .zip of submissions as it comes by mail, and reads one of its files.

Listing an archive reads its directory alone. A file in it is inflated where submissions are read, never
beyond the size the directory claims for it, so that the claims, which are added up here, hold for what
comes out. Nothing is ever written under a name that stands in an archive.
"""

from __future__ import annotations

import os
import re
import stat
import struct
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from etl.package.container import Budget, Container, Member, inflate, read_directory
from etl.safe.file_names import printable, why_passed_over, writable_path
from etl.safe.unreadable import Unreadable

LIMITS = Budget()
DEEPEST = 60
"""Levels of folders that are looked into, in an archive and in a folder."""
_LONGEST_DIRECTORY = 8_000_000
_LONGEST_HEADER = 30 + 2 * 0xFFFF
_DRIVE = re.compile("[A-Za-z]:")
_UTF8, _ENCRYPTED = 0x800, 0x1
_UNICODE_PATH = 0x7075
_WORKBOOK_PARTS = ("[content_types].xml", "mimetype", "meta-inf/manifest.xml")


@dataclass(frozen=True, slots=True)
class Entry:
    """A file in an archive: its path as it is to be shown and returned, and why it is not read if it is not."""

    relative: str
    code: str
    member: Member


def list_entries(path: Path) -> list[Entry] | None:
    """Return what is in an archive, folders left out; None for a file that is none, or is a workbook.

    Raises `Unreadable` for an archive none of which is read: damaged, empty, of too many entries, too
    large unpacked, encrypted. Raises OSError where the system will not give the file.
    """
    directory = _directory(path)
    if directory is None or _is_workbook(directory):
        return None
    entries = [_entry(member) for member in _named(directory) if not _is_folder(member)]
    _refuse_whole(entries)
    return entries


def read_entry(file: BinaryIO, member: Member) -> bytes:
    """Return the content of a file in an open archive.

    Raises `Unreadable` for one too large, encrypted, packed by an unknown method, damaged, or larger than
    the directory claims.
    """
    most = LIMITS.file
    if max(member.size, member.packed) > most:
        size = most // 1_000_000
        raise Unreadable("too_large", f"文件超过{size}MB", f"the file is larger than {size} MB")
    file.seek(member.offset)
    piece = file.read(min(member.end - member.offset, _LONGEST_HEADER + member.packed))
    return inflate(Container(piece, ()), member._replace(offset=0, end=len(piece)), most)


def _directory(path: Path) -> tuple[Member, ...] | None:
    with path.open("rb") as file:
        if file.read(2) != b"PK":
            return None
        size = file.seek(0, os.SEEK_END)
        before = max(size - _LONGEST_DIRECTORY, 0)
        file.seek(before)
        tail = file.read(size - before)
    try:
        return read_directory(tail, before, LIMITS.entries).members
    except Unreadable as refusal:
        if refusal.code != "too_many_parts":
            raise
        most = LIMITS.entries
        raise Unreadable(
            "too_many_entries",
            f"压缩包内超过{most}个条目，请解压后放入文件夹",
            f"the archive holds more than {most} entries; please unpack it into a folder",
        ) from refusal


def _is_workbook(members: Sequence[Member]) -> bool:
    names = [member.name.replace("\\", "/").lstrip("/").lower() for member in members]
    return any(name in _WORKBOOK_PARTS or name.startswith("xl/") for name in names)


def _is_folder(member: Member) -> bool:
    return member.name.endswith("/") and not member.size and not member.packed


def _refuse_whole(entries: Sequence[Entry]) -> None:
    """Raise `Unreadable` for an archive that is refused as one, so that it is said once and not for every file."""
    if not entries:
        raise Unreadable("archive", "是空压缩包", "an empty zip archive")
    wanted = [entry.member for entry in entries if not entry.code]
    if wanted and all(member.flags & _ENCRYPTED for member in wanted):
        raise Unreadable(
            "encrypted",
            "压缩包有密码，请去掉密码或先解压",
            "the archive has a password; please take it off or unpack the archive first",
        )
    if sum(member.size for member in wanted if member.size <= LIMITS.file) > LIMITS.inflated:
        size = LIMITS.inflated // 1_000_000
        raise Unreadable(
            "too_large_inside",
            f"压缩包解压后超过{size}MB，请解压后放入文件夹",
            f"the archive unpacks to more than {size} MB; please unpack it into a folder",
        )


def _entry(member: Member) -> Entry:
    code = _why_refused(member)
    if code:
        return Entry(printable(member.name), code, member)
    parts = [part for part in member.name.split("/") if part not in ("", ".")]
    hidden = next(
        (n for n, part in enumerate(parts[:-1]) if part.startswith(".") or part == "__MACOSX"), None
    )
    if hidden is not None:  # said once for the folder, as when folders are walked
        code = "hidden_folder" if parts[hidden].startswith(".") else "mac_extras"
        return Entry(printable("/".join(parts[: hidden + 1])), code, member)
    if len(parts) - 1 > DEEPEST:
        return Entry(printable(member.name), "too_deep", member)
    path = writable_path(parts)
    code = why_passed_over(path.rpartition("/")[2])
    if code:
        return Entry(printable(member.name), code, member)
    return Entry(path, "nested_archive" if path.lower().endswith(".zip") else "", member)


def _why_refused(member: Member) -> str:
    """Return why an entry is not what a mail's archive holds: a path out of it, a link, a device."""
    name = member.name
    if "\\" in name:
        return "backslash"
    if name.startswith("/") or _DRIVE.match(name) or ".." in name.split("/") or not name.strip("./ "):
        return "unsafe_path"
    (mode,) = struct.unpack_from("<H", member.record, 40)
    if stat.S_ISLNK(mode):
        return "link"
    return "" if stat.S_IFMT(mode) in (0, stat.S_IFREG) and not name.endswith("/") else "not_a_file"


def _named(members: Sequence[Member]) -> Iterator[Member]:
    for member in members:
        yield member._replace(name=_name(member))


def _name(member: Member) -> str:
    """Return an entry's name: UTF-8 where the archive says so, else as it was most likely written.

    Windows writes GBK and says nothing, macOS writes UTF-8 and says nothing. A short GBK name may be valid
    UTF-8 by chance, but then of characters of two bytes alone, which no Chinese name has.
    """
    told = member.raw_name if member.flags & _UTF8 else _unicode_path(member)
    if told is not None:
        return _decoded(told, "utf-8", "gb18030")
    text = _decoded(member.raw_name, "utf-8", "gb18030")
    by_chance = not text.isascii() and all(char < "\u0800" for char in text)
    return _decoded(member.raw_name, "gb18030", "utf-8") if by_chance else text


def _decoded(name: bytes, *encodings: str) -> str:
    for encoding in encodings:
        try:
            return name.decode(encoding)
        except UnicodeDecodeError:
            continue
    return name.decode("cp437")


def _unicode_path(member: Member) -> bytes | None:
    """Return the name of the Info-ZIP field, None where there is none or it belongs to another name."""
    name, length = struct.unpack_from("<2H", member.record, 28)
    extra = member.record[46 + name : 46 + name + length]
    position = 0
    while position + 4 <= len(extra):
        kind, size = struct.unpack_from("<2H", extra, position)
        field = extra[position + 4 : position + 4 + size]
        if kind == _UNICODE_PATH and field[:5] == b"\x01" + struct.pack("<L", zlib.crc32(member.raw_name)):
            return field[5:]
        position += 4 + size
    return None
