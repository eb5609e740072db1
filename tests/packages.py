"""Makes workbook packages part by part, sound ones and odd ones; nothing here uses the reader under test."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping
from dataclasses import dataclass

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE_REL = "http://schemas.openxmlformats.org/package/2006/relationships"
STRICT_MAIN = "http://purl.oclc.org/ooxml/spreadsheetml/main"
STRICT_REL = "http://purl.oclc.org/ooxml/officeDocument/relationships"
SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


@dataclass(frozen=True)
class Entry:
    """A zip entry to write, with whatever is to be wrong about it."""

    name: str | bytes
    content: bytes
    method: int = 8
    flags: int = 0
    crc: int | None = None
    size: int | None = None
    packed: bytes | None = None
    descriptor: bool = False
    wide: bool = False
    extra: bytes = b""


def zip_bytes(
    entries: list[Entry] | Mapping[str, bytes],
    *,
    prefix: bytes = b"",
    comment: bytes = b"",
    wide: bool = False,
) -> bytes:
    """Write a zip file: stored or deflated, with data descriptors or zip64 fields where an entry says so."""
    if isinstance(entries, Mapping):
        entries = [Entry(name, content) for name, content in entries.items()]
    body, directory = bytearray(prefix), bytearray()
    for entry in entries:
        offset = len(body) - len(prefix)
        local, record = _entry(entry, offset)
        body += local
        directory += record
    start = len(body) - len(prefix)
    body += directory
    count = len(entries)
    if wide:
        at = len(body)
        body += struct.pack(
            "<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, count, count, len(directory), start
        )
        body += struct.pack("<4sLQL", b"PK\x06\x07", 0, at, 1)
        body += struct.pack(
            "<4s4H2LH", b"PK\x05\x06", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, len(comment)
        )
    else:
        body += struct.pack(
            "<4s4H2LH", b"PK\x05\x06", 0, 0, count, count, len(directory), start, len(comment)
        )
    return bytes(body + comment)


def _entry(entry: Entry, offset: int) -> tuple[bytes, bytes]:
    name = entry.name if isinstance(entry.name, bytes) else entry.name.encode("utf-8")
    packed = entry.packed
    if packed is None:
        packed = deflate(entry.content) if entry.method == 8 else entry.content
    crc = zlib.crc32(entry.content) if entry.crc is None else entry.crc
    size = len(entry.content) if entry.size is None else entry.size
    flags = entry.flags | (8 if entry.descriptor else 0)
    facts = struct.pack("<2H4s", flags, entry.method, b"\x20\x60\x6b\x58")
    sizes = struct.pack("<3L", crc, len(packed), size)
    blank = bytes(12) if entry.descriptor else sizes
    lengths = struct.pack("<2H", len(name), len(entry.extra))
    local = b"PK\x03\x04\x14\x00" + facts + blank + lengths + name + entry.extra + packed
    if entry.descriptor:
        local += b"PK\x07\x08" + sizes
    extra, where = entry.extra, offset
    if entry.wide:
        extra += struct.pack("<2H3Q", 1, 24, size, len(packed), offset)
        sizes, where = struct.pack("<3L", crc, 0xFFFFFFFF, 0xFFFFFFFF), 0xFFFFFFFF
    record = b"PK\x01\x02\x14\x03\x14\x00" + facts + sizes + struct.pack("<2H", len(name), len(extra))
    return local, record + struct.pack("<3H2L", 0, 0, 0, 0x81A40000, where) + name + extra


def deflate(content: bytes) -> bytes:
    """Return the raw deflate stream of some bytes."""
    stream = zlib.compressobj(9, zlib.DEFLATED, -15)
    return stream.compress(content) + stream.flush()


def rels(*relations: tuple[str, str, str], base: str = REL) -> bytes:
    """Return a relationships part from (id, type's last word or whole type, target) triples."""
    lines = "".join(
        f'<Relationship Id="{name}" Type="{kind if ":" in kind else f"{base}/{kind}"}" Target="{target}"'
        + (' TargetMode="External"' if target.startswith("http") else "")
        + "/>"
        for name, kind, target in relations
    )
    return f'{HEAD}<Relationships xmlns="{PACKAGE_REL}">{lines}</Relationships>'.encode()


def types(overrides: Mapping[str, str], defaults: Mapping[str, str] | None = None) -> bytes:
    """Return a content types part."""
    known = {
        "rels": "application/vnd.openxmlformats-package.relationships+xml",
        "xml": "application/xml",
        **(defaults or {}),
    }
    lines = "".join(f'<Default Extension="{key}" ContentType="{value}"/>' for key, value in known.items())
    lines += "".join(
        f'<Override PartName="/{key}" ContentType="{value}"/>' for key, value in overrides.items()
    )
    return f'{HEAD}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">{lines}</Types>'.encode()


STYLES = (
    f'{HEAD}<styleSheet xmlns="{MAIN}">'
    '<fonts count="2"><font><sz val="11"/><name val="宋体"/></font>'
    '<font><b/><sz val="14"/><name val="黑体"/></font></fonts>'
    '<fills count="3"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill>'
    '<fill><patternFill patternType="solid"><fgColor rgb="FFE2EFDA"/><bgColor indexed="64"/></patternFill></fill></fills>'
    '<borders count="2"><border><left/><right/><top/><bottom/><diagonal/></border>'
    '<border><left style="thin"><color auto="1"/></left><right style="thin"><color auto="1"/></right>'
    '<top style="thin"><color auto="1"/></top><bottom style="thin"><color auto="1"/></bottom><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="4"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="4" fontId="0" fillId="0" borderId="1" xfId="0" applyNumberFormat="1" applyBorder="1"/>'
    '<xf numFmtId="0" fontId="0" fillId="2" borderId="1" xfId="0" applyFill="1"><alignment wrapText="1"/></xf>'
    '<xf numFmtId="14" fontId="1" fillId="0" borderId="0" xfId="0"><protection locked="0"/></xf></cellXfs>'
    '<cellStyles count="1"><cellStyle name="常规" xfId="0" builtinId="0"/></cellStyles>'
    "</styleSheet>"
).encode()

ROWS = (
    '<row r="1" spans="1:4" ht="30" customHeight="1"><c r="A1" s="3" t="s"><v>0</v></c></row>'
    '<row r="2"><c r="A2" s="2" t="s"><v>1</v></c><c r="B2" s="1"><v>288</v></c><c r="C2" s="1"><v>721.26</v></c></row>'
    '<row r="3"><c r="A3" s="2" t="s"><v>2</v></c><c r="B3" s="1"><v>2268</v></c><c r="C3" s="1"><v>7334.21</v></c></row>'
    '<row r="5"><c r="A5" s="2" t="inlineStr"><is><t>合计</t></is></c><c r="B5" s="1"><f>SUM(B2:B3)</f><v>2556</v></c>'
    '<c r="C5" s="1"><f>SUM(C2:C3)</f><v>8055.47</v></c><c r="D5" t="str"><f>"=100%"</f><v>=100%</v></c></row>'
)


def worksheet(
    rows: str = ROWS, before: str = "", after: str = "", *, main: str = MAIN, rel: str = REL, more: str = ""
) -> bytes:
    """Return a worksheet part: rows, what stands before sheetData and what stands after it."""
    return (
        f'{HEAD}<worksheet xmlns="{main}" xmlns:r="{rel}"{more}>{before}'
        f"<sheetData>{rows}</sheetData>{after}</worksheet>"
    ).encode()


def strings(*texts: str) -> bytes:
    """Return a shared strings part."""
    items = "".join(text if text.startswith("<si>") else f"<si><t>{text}</t></si>" for text in texts)
    return f'{HEAD}<sst xmlns="{MAIN}" count="{len(texts)}" uniqueCount="{len(texts)}">{items}</sst>'.encode()


def workbook(
    sheets: str = "", before: str = "", after: str = "", *, main: str = MAIN, rel: str = REL
) -> bytes:
    """Return a workbook part; one sheet 绩效目标表 unless others are given."""
    sheets = sheets or '<sheet name="绩效目标表" sheetId="1" r:id="rId1"/>'
    return (
        f'{HEAD}<workbook xmlns="{main}" xmlns:r="{rel}">{before}<sheets>{sheets}</sheets>{after}</workbook>'
    ).encode()


def parts() -> dict[str, bytes]:
    """Return the parts of a small sound workbook with one sheet of money and a total."""
    spreadsheet = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    return {
        "[Content_Types].xml": types(
            {
                "xl/workbook.xml": f"{spreadsheet}.sheet.main+xml",
                "xl/worksheets/sheet1.xml": SHEET_TYPE,
                "xl/styles.xml": f"{spreadsheet}.styles+xml",
                "xl/sharedStrings.xml": f"{spreadsheet}.sharedStrings+xml",
            }
        ),
        "_rels/.rels": rels(("rId1", "officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": workbook(),
        "xl/_rels/workbook.xml.rels": rels(
            ("rId1", "worksheet", "worksheets/sheet1.xml"),
            ("rId2", "styles", "styles.xml"),
            ("rId3", "sharedStrings", "sharedStrings.xml"),
        ),
        "xl/worksheets/sheet1.xml": worksheet(),
        "xl/styles.xml": STYLES,
        "xl/sharedStrings.xml": strings("部门整体绩效目标表", "基本支出", "项目支出"),
    }


def changed(**edits: bytes | None) -> dict[str, bytes]:
    """Return the sound workbook's parts with some replaced; names are given as keys of `PART`."""
    found = parts()
    for key, content in edits.items():
        if content is None:
            found.pop(PART[key])
        else:
            found[PART[key]] = content
    return found


PART = {
    "types": "[Content_Types].xml",
    "root": "_rels/.rels",
    "workbook": "xl/workbook.xml",
    "rels": "xl/_rels/workbook.xml.rels",
    "sheet": "xl/worksheets/sheet1.xml",
    "styles": "xl/styles.xml",
    "strings": "xl/sharedStrings.xml",
}


def compound(*streams: str) -> bytes:
    """Return a compound (OLE) file that is no more than a header and a directory of stream names."""
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<5H", 62, 3, 0xFFFE, 9, 6)
    header = header.ljust(512, b"\xff")
    entries = b""
    for name in ("Root Entry", *streams):
        raw = (name + "\x00").encode("utf-16-le")
        entries += raw.ljust(64, b"\x00") + struct.pack("<H", len(raw)) + bytes(62)
    return (header + entries).ljust(2048, b"\x00")


def bomb(size: int) -> bytes:
    """Return the deflate stream of `size` zero bytes, made without holding them."""
    stream = zlib.compressobj(9, zlib.DEFLATED, -15)
    block, packed = bytes(1_000_000), []
    for _ in range(size // len(block)):
        packed.append(stream.compress(block))
    return b"".join([*packed, stream.compress(bytes(size % len(block))), stream.flush()])
