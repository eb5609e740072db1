"""Says by its content what kind of file somebody handed in; names and extensions are not looked at."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from typing import Literal

from etl.package.container import MOST_PARTS, head, read_container
from etl.safe.unreadable import Unreadable

FileKind = Literal["xlsx", "xls", "ods", "xlsb"]

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLD_SHEETS = (b"\x09\x00\x04\x00", b"\x09\x02\x06\x00", b"\x09\x04\x06\x00")
"""First bytes of a BIFF 2, 3 or 4 file, which stands in no container."""
_OPEN_DOCUMENT = b"application/vnd.oasis.opendocument."
_ODF_MARK = b"mimetype" + _OPEN_DOCUMENT
_ODS_MARK = _ODF_MARK + b"spreadsheet"
_MANIFEST = "META-INF/manifest.xml"
_BINARY_WORKBOOK = b"xl/workbook.bin"

_MAGIC: tuple[tuple[bytes, str, str, str], ...] = (
    (b"%PDF", "pdf", "PDF文件", "a PDF file"),
    (b"\x89PNG", "picture", "PNG图片", "a PNG picture"),
    (b"\xff\xd8\xff", "picture", "JPEG图片", "a JPEG picture"),
    (b"GIF8", "picture", "GIF图片", "a GIF picture"),
    (b"BM", "picture", "BMP图片", "a BMP picture"),
    (b"II*\x00", "picture", "TIFF图片", "a TIFF picture"),
    (b"MM\x00*", "picture", "TIFF图片", "a TIFF picture"),
    (b"Rar!\x1a\x07", "archive", "RAR压缩包，请先解压", "a RAR archive; please unpack it first"),
    (b"7z\xbc\xaf\x27\x1c", "archive", "7z压缩包，请先解压", "a 7z archive; please unpack it first"),
    (b"\x1f\x8b\x08", "archive", "gzip压缩包，请先解压", "a gzip archive; please unpack it first"),
    (b"{\\rtf", "rtf", "RTF文档", "an RTF document"),
    (b"MZ", "program", "可执行程序", "a program"),
    (b"\x7fELF", "program", "可执行程序", "a program"),
)

_OLE_STREAMS: tuple[tuple[str, str, str, str], ...] = (
    ("WordDocument", "word", "Word文档", "a Word document"),
    ("PowerPoint Document", "powerpoint", "PowerPoint演示文稿", "a PowerPoint presentation"),
    ("__properties_version1.0", "mail", "Outlook邮件", "an Outlook message"),
)


def sniff(data: bytes) -> FileKind:
    """Return the kind of workbook a file is by its first bytes.

    `xlsx` means a zip file that is not OpenDocument; whether it holds a workbook is seen when it is
    opened; `xlsb` is such a file whose parts are binary. Raises `Unreadable` for whatever is no workbook, naming what it is.
    """
    if not data.strip(b"\x00"):
        raise _empty(data)
    if data.startswith(b"PK"):
        return _zip_kind(data)
    if data.startswith(_OLE):
        return _compound_kind(data)
    if data.startswith(_OLD_SHEETS):
        return "xls"
    for magic, code, chinese, english in _MAGIC:
        if magic in (data[:1024] if magic == b"%PDF" else data[: len(magic)]):
            raise _is(code, chinese, english)
    if b"PK\x05\x06" in data[-65_600:] and b"PK\x01\x02" in data:
        return "xlsx"
    raise _text_kind(data)


def _empty(data: bytes) -> Unreadable:
    if not data:
        return Unreadable("empty", "文件为空（0字节）", "the file is empty (0 bytes)")
    return Unreadable("empty", "文件内容全为空字节", "the file holds nothing but null bytes")


def _is(code: str, chinese: str, english: str) -> Unreadable:
    return Unreadable(code, f"不是电子表格，实际是{chinese}", f"not a spreadsheet but {english}")


def _zip_kind(data: bytes) -> FileKind:
    first = data[30:130]
    if first.startswith(_ODS_MARK):
        return "ods"
    if first.startswith(_ODF_MARK):
        raise _is("opendocument", "OpenDocument文档", "an OpenDocument document")
    if _BINARY_WORKBOOK in data and b"workbook.xml" not in data:
        return "xlsb"
    if b"content.xml" in data and b"[Content_Types].xml" not in data:
        return _open_document(data)
    return "xlsx"


def _open_document(data: bytes) -> FileKind:
    """Return the kind of a zip file that may be OpenDocument although its type does not stand first."""
    container = read_container(data, MOST_PARTS)
    members = {member.name: member for member in container.members}
    said = b"".join(
        head(container, members[name], 4096) for name in ("mimetype", _MANIFEST) if name in members
    )
    if "content.xml" not in members or _OPEN_DOCUMENT not in said:
        return "xlsx"
    if _OPEN_DOCUMENT + b"spreadsheet" not in said:
        raise _is("opendocument", "OpenDocument文档", "an OpenDocument document")
    return "ods"


def _compound_kind(data: bytes) -> FileKind:
    names = set(_stream_names(data))
    if "EncryptedPackage" in names:
        raise Unreadable(
            "encrypted", "文件有打开密码，请去掉密码后重新报送", "the file has a password to open it"
        )
    if names & {"Workbook", "Book", "WORKBOOK", "BOOK"}:
        return "xls"
    for stream, code, chinese, english in _OLE_STREAMS:
        if stream in names:
            raise _is(code, chinese, english)
    if "\x06DataSpaces" in names or "EncryptionInfo" in names:
        raise Unreadable("encrypted", "文件已加密", "the file is encrypted")
    raise Unreadable(
        "not_a_workbook",
        "复合文档中没有工作簿，可能不完整",
        "the compound file holds no workbook; it may be cut short",
    )


def _stream_names(data: bytes) -> Iterator[str]:
    """Yield the names of streams in a compound file, found where directory entries can stand.

    An entry of 128 bytes holds the name in UTF-16 and its length; no chain of sectors is followed, so
    none can loop.
    """
    for stream in (
        "Workbook", "Book", "WORKBOOK", "BOOK", "EncryptedPackage", "EncryptionInfo", "\x06DataSpaces",
        *(name for name, *_ in _OLE_STREAMS),
    ):  # fmt: skip
        wanted = (stream + "\x00").encode("utf-16-le")
        length = struct.pack("<H", len(wanted))
        position = data.find(wanted)
        while position >= 0:
            if position % 128 == 0 and data[position + 64 : position + 66] == length:
                yield stream
                break
            position = data.find(wanted, position + 2)


def _text_kind(data: bytes) -> Unreadable:
    text = _as_text(data[:65_536])
    if text is None:
        return Unreadable("not_a_workbook", "不是电子表格文件（内容无法识别）", "not a spreadsheet file")
    beginning = text[:4_000].lstrip("\ufeff \r\n\t").lower()
    if beginning.startswith("mime-version:"):
        return _web_page("网页归档（MHTML）", "a web archive (MHTML)")
    if "urn:schemas-microsoft-com:office:spreadsheet" in beginning or 'progid="excel.sheet"' in beginning:
        return Unreadable(
            "xml2003",
            "XML表格（2003格式），请用Excel或WPS另存为.xlsx后报送",
            "an XML spreadsheet of 2003; please save it as .xlsx",
        )
    if re.match(r"<!doctype html|<html|<head|<meta|<table|<script|<style|<div", beginning):
        return _web_page("网页", "a web page")
    if beginning.startswith("<?xml"):
        if "<html" in beginning:
            return _web_page("网页", "a web page")
        return _is("xml", "XML文件", "an XML file")
    if _looks_separated(text):
        return Unreadable(
            "csv",
            "这是CSV文本，不是工作簿，请用规定的表格填报",
            "CSV text, not a workbook; please fill in the form",
        )
    return _is("text", "文本文件", "a text file")


def _web_page(chinese: str, english: str) -> Unreadable:
    return Unreadable(
        "html",
        f"不是电子表格，实际是{chinese}；如是从系统导出的表格，请另存为.xlsx后报送",
        f"not a spreadsheet but {english}; if a system exported it as a table, please save it as .xlsx",
    )


def _as_text(data: bytes) -> str | None:
    """Return the beginning of a file as text in the first encoding that gives printable text."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", errors="replace")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError as error:
            if error.start < len(data) - 4:
                continue
            text = data[: error.start].decode(encoding)
        odd = sum(not (char.isprintable() or char in "\r\n\t\f") for char in text)
        if text and odd * 100 <= len(text):
            return text
    return None


def _looks_separated(text: str) -> bool:
    lines = [line for line in text.splitlines()[:20] if line.strip()]
    return any(lines and all(mark in line for line in lines) for mark in (",", "\t", ";"))
