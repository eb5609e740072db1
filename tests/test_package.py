"""Packages are opened safely: sound ones whatever their shape, others refused with the right reason."""

from __future__ import annotations

import io
import time
import tracemalloc
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etl.package.file_kind import sniff
from etl.package.parts import Budget, open_package, rewrite
from etl.safe.unreadable import Unreadable
from etl.sheets.workbook import read_workbook
from tests import packages as p

SOUND = p.zip_bytes(p.parts())
SHEET = "xl/worksheets/sheet1.xml"


def figures(data: bytes) -> dict[str, dict[tuple[int, int], str]]:
    """Return what the sheets of a file hold, by sheet name."""
    book = read_workbook(open_package(data))
    return {sheet.name: {at: cell.raw for at, cell in sheet.cells.items()} for sheet in book.sheets}


EXPECTED = figures(SOUND)


def refusal(data: bytes, budget: Budget | None = None) -> Unreadable:
    """Return the refusal of a file that is opened and read to the end."""
    with pytest.raises(Unreadable) as caught:
        read_workbook(open_package(data, budget))
    return caught.value


def test_reads_the_sound_workbook() -> None:
    assert EXPECTED["绩效目标表"][(5, 3)] == "8055.47"
    assert EXPECTED["绩效目标表"][(5, 4)] == "=100%"


NOT_WORKBOOKS = {
    "nothing": (b"", "empty"),
    "null bytes": (bytes(4096), "empty"),
    "one byte": (b"P", "text"),
    "pdf": (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj", "pdf"),
    "pdf after a line": (b"\n%PDF-1.7\n", "pdf"),
    "png": (b"\x89PNG\r\n\x1a\n" + bytes(100), "picture"),
    "jpeg": (b"\xff\xd8\xff\xe0\x00\x10JFIF" + bytes(100), "picture"),
    "rar": (b"Rar!\x1a\x07\x01\x00" + bytes(50), "archive"),
    "7z": (b"7z\xbc\xaf\x27\x1c" + bytes(50), "archive"),
    "rtf": (b"{\\rtf1\\ansi}", "rtf"),
    "gbk csv": ("项目,金额\n水电费,4.6\n".encode("gbk"), "csv"),
    "utf-16 csv": ("项目\t金额\n水电费\t4.6\n".encode("utf-16"), "csv"),
    "text": ("请查收附件".encode(), "text"),
    "text named xlsb": (b"hello", "text"),
    "random": (bytes((i * 197 + 13) % 251 for i in range(5000)), "not_a_workbook"),
    "login page": (b"<!DOCTYPE html><html><body>login</body></html>", "html"),
    "table": (b"<table><tr><td>1</td></tr></table>", "html"),
    "xhtml": (b'<?xml version="1.0"?><html xmlns="x"><body/></html>', "html"),
    "mhtml": (b"MIME-Version: 1.0\r\nContent-Type: multipart/related", "html"),
    "xml 2003": (b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook/>', "xml2003"),
    "xml": (b'<?xml version="1.0"?><a/>', "xml"),
    "encrypted": (p.compound("EncryptionInfo", "EncryptedPackage"), "encrypted"),
    "doc": (p.compound("WordDocument"), "word"),
    "ppt": (p.compound("PowerPoint Document"), "powerpoint"),
    "other compound": (p.compound("Something"), "not_a_workbook"),
    "empty zip": (p.zip_bytes({}), "archive"),
    "zip of a workbook": (p.zip_bytes({"报表/甲.xlsx": SOUND}), "archive"),
    "zip of pictures": (p.zip_bytes({"a.png": b"x"}), "archive"),
    "docx": (p.zip_bytes({"word/document.xml": b"<w/>"}), "word"),
    "pptx": (p.zip_bytes({"ppt/presentation.xml": b"<p/>"}), "powerpoint"),
    "xlsb": (p.zip_bytes({"xl/workbook.bin": b"x"}), "xlsb"),
    "odt": (
        p.zip_bytes([p.Entry("mimetype", b"application/vnd.oasis.opendocument.text", 0)]),
        "opendocument",
    ),
    "first half": (SOUND[: len(SOUND) // 2], "truncated"),
    "without its last bytes": (SOUND[:-40], "truncated"),
    "without a directory": (SOUND[: SOUND.index(b"PK\x01\x02")], "truncated"),
    "head of a directory": (SOUND[:4], "truncated"),
}


@pytest.mark.parametrize(("data", "code"), NOT_WORKBOOKS.values(), ids=NOT_WORKBOOKS)
def test_says_what_it_is_instead(data: bytes, code: str) -> None:
    found = refusal(data)
    assert found.code == code
    assert found.reason and found.english


def test_tells_workbooks_by_content() -> None:
    ods = [p.Entry("mimetype", b"application/vnd.oasis.opendocument.spreadsheet", 0)]
    assert sniff(SOUND) == "xlsx"
    assert sniff(p.compound("Workbook")) == "xls"
    assert sniff(p.compound("Book")) == "xls"
    assert sniff(p.zip_bytes(ods)) == "ods"


def with_sheet(**facts: object) -> bytes:
    """Return the sound workbook with its sheet's entry written in another way."""
    entries = [
        p.Entry(name, content, **facts) if name == SHEET else p.Entry(name, content)  # type: ignore[arg-type]
        for name, content in p.parts().items()
    ]
    return p.zip_bytes(entries)


def flipped() -> bytes:
    data = bytearray(with_sheet(method=0))
    data[data.index(b"<sheetData>") + 60] ^= 0x55
    return bytes(data)


DAMAGED = {
    "wrong crc": (with_sheet(crc=1), "damaged"),
    "flipped byte": (flipped(), "damaged"),
    "encrypted entry": (with_sheet(flags=1), "encrypted"),
    "method 99": (with_sheet(method=99), "zip_method"),
    "lzma": (with_sheet(method=14), "zip_method"),
    "claims 100 bytes": (with_sheet(size=100), "damaged"),
    "claims 4 GB": (with_sheet(size=0xFFFFFFF0), "damaged"),
    "garbage stream": (with_sheet(packed=b"\xff" * 50), "damaged"),
    "short stream": (with_sheet(packed=p.deflate(p.worksheet())[:-20]), "damaged"),
    "two different sheets": (
        p.zip_bytes([p.Entry(*i) for i in p.parts().items()] + [p.Entry(SHEET, p.worksheet('<row r="1"/>'))]),
        "duplicate_part",
    ),
    "no workbook part": (p.zip_bytes(p.changed(workbook=None)), "missing_part"),
    "no workbook relations": (p.zip_bytes(p.changed(rels=None)), "missing_part"),
    "no sheet part": (p.zip_bytes(p.changed(sheet=None)), "missing_part"),
    "no strings part": (p.zip_bytes(p.changed(strings=None)), "missing_part"),
    "no sheets": (
        p.zip_bytes(p.changed(workbook=p.workbook(" "))),
        "no_sheet",
    ),
    "sheet cut": (p.zip_bytes(p.changed(sheet=p.worksheet()[:600])), "bad_xml"),
    "sheet empty": (p.zip_bytes(p.changed(sheet=b"")), "bad_xml"),
    "control character": (p.zip_bytes(p.changed(strings=p.strings("a\x01b", "", ""))), "bad_xml"),
    "lone surrogate": (p.zip_bytes(p.changed(strings=p.strings("&#xD800;", "", ""))), "bad_xml"),
    "undeclared gbk": (
        p.zip_bytes(p.changed(strings=p.strings("部门", "基本", "项目").decode().encode("gbk"))),
        "bad_xml",
    ),
    "deep nesting": (p.zip_bytes(p.changed(sheet=b"<r>" * 1_000_000)), "bad_xml"),
    "external entity": (
        p.zip_bytes(
            p.changed(
                strings=b'<?xml version="1.0"?><!DOCTYPE sst [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
                b"<sst><si><t>&e;</t></si></sst>"
            )
        ),
        "doctype",
    ),
    "doctype after a comment": (
        p.zip_bytes(p.changed(sheet=b"<!-- <a> --> <!DOCTYPE worksheet><worksheet/>")),
        "doctype",
    ),
    "doctype in utf-16": (
        p.zip_bytes(p.changed(sheet='<?xml version="1.0"?><!DOCTYPE a><a/>'.encode("utf-16"))),
        "doctype",
    ),
    "doctype in utf-16 without a mark": (
        p.zip_bytes(p.changed(sheet='<?xml version="1.0"?><!DOCTYPE a><a/>'.encode("utf-16-le"))),
        "doctype",
    ),
}


@pytest.mark.parametrize(("data", "code"), DAMAGED.values(), ids=DAMAGED)
def test_refuses_damage_by_name(data: bytes, code: str) -> None:
    assert refusal(data).code == code


def test_names_the_missing_part() -> None:
    assert "sheet1.xml" in refusal(p.zip_bytes(p.changed(sheet=None))).reason


def renamed(how: str) -> dict[str, bytes]:
    """Return the sound workbook's parts under names written another way."""
    turns = {"backslash": lambda n: n.replace("/", "\\"), "upper": str.upper, "absolute": lambda n: "/" + n}
    return {turns[how](name): content for name, content in p.parts().items()}


def absolute_targets() -> dict[str, bytes]:
    return p.changed(
        root=p.rels(("rId1", "officeDocument", "/xl/workbook.xml")),
        rels=p.rels(
            ("rId1", "worksheet", "/xl/worksheets/sheet1.xml"),
            ("rId2", "styles", "..\\xl\\styles.xml"),
            ("rId3", "sharedStrings", "./sharedStrings.xml"),
        ),
    )


def strict() -> dict[str, bytes]:
    return {
        name: content.replace(p.MAIN.encode(), p.STRICT_MAIN.encode()).replace(
            p.REL.encode(), p.STRICT_REL.encode()
        )
        for name, content in p.parts().items()
    }


def in_utf16(name: str) -> dict[str, bytes]:
    found = p.parts()
    found[name] = found[name].decode().replace('"UTF-8"', '"UTF-16"').encode("utf-16")
    return found


def prefixed() -> dict[str, bytes]:
    text = p.worksheet().decode().replace("<", "<x:").replace("<x:/", "</x:").replace("<x:?", "<?")
    return p.changed(sheet=text.replace('xmlns="', 'xmlns:x="').encode())


def with_noise() -> dict[str, bytes]:
    text = p.worksheet().decode().replace("<v>288</v>", "<v>2<!-- x -->8<![CDATA[8]]></v>")
    return p.changed(sheet=text.replace("<sheetData>", "<!-- <row> --><?x y?><sheetData>").encode())


def alternative() -> dict[str, bytes]:
    text = p.worksheet(
        more=' xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" xmlns:z="urn:z"'
    ).decode()
    row = text[text.index('<row r="2"') : text.index('<row r="3"')]
    other = f'<mc:AlternateContent><mc:Choice Requires="z"><row r="2"/></mc:Choice><mc:Fallback>{row}</mc:Fallback></mc:AlternateContent>'
    return p.changed(sheet=text.replace(row, other).encode())


STILL_SOUND = {
    "stored": with_sheet(method=0),
    "data descriptor": with_sheet(descriptor=True),
    "zip64 fields": with_sheet(wide=True),
    "zip64 directory": p.zip_bytes(p.parts(), wide=True),
    "junk before": p.zip_bytes(p.parts(), prefix=b"\xff\xfejunk" * 9),
    "zeros after": SOUND + bytes(4096),
    "long comment": p.zip_bytes(p.parts(), comment=b"x" * 65_535),
    "comment with an end record": p.zip_bytes(p.parts(), comment=b"PK\x05\x06 and more text here" * 9),
    "backslashes": p.zip_bytes(renamed("backslash")),
    "upper case": p.zip_bytes(renamed("upper")),
    "absolute names": p.zip_bytes(renamed("absolute")),
    "absolute targets": p.zip_bytes(absolute_targets()),
    "no styles": p.zip_bytes(p.changed(styles=None)),
    "no content types": p.zip_bytes(p.changed(types=None)),
    "no root relations": p.zip_bytes(p.changed(root=None)),
    "strict namespaces": p.zip_bytes(strict()),
    "utf-16 sheet": p.zip_bytes(in_utf16(SHEET)),
    "utf-16 strings": p.zip_bytes(in_utf16("xl/sharedStrings.xml")),
    "byte order mark": p.zip_bytes(p.changed(sheet=b"\xef\xbb\xbf" + p.worksheet())),
    "prefixes": p.zip_bytes(prefixed()),
    "comments and cdata": p.zip_bytes(with_noise()),
    "alternate content": p.zip_bytes(alternative()),
    "traversal names": p.zip_bytes({**p.parts(), "../../x": b"1", "C:\\x": b"2", "/etc/x": b"3"}),
    "same entry twice": p.zip_bytes(
        [p.Entry(*i) for i in p.parts().items()] + [p.Entry(SHEET, p.worksheet())]
    ),
    "unused part is broken": p.zip_bytes(
        [*(p.Entry(*i) for i in p.parts().items()), p.Entry("xl/media/a.png", b"x", crc=7)]
    ),
    "nested zip": p.zip_bytes({**p.parts(), "xl/embeddings/b.xlsx": SOUND}),
}


@pytest.mark.parametrize("data", STILL_SOUND.values(), ids=STILL_SOUND)
def test_reads_the_same_figures(data: bytes) -> None:
    assert figures(data) == EXPECTED


def bombed(name: str, size: int) -> bytes:
    packed = p.bomb(size)
    crc = 0
    import zlib

    block = bytes(1_000_000)
    for _ in range(size // len(block)):
        crc = zlib.crc32(block, crc)
    entries = [p.Entry(*item) for item in p.parts().items() if item[0] != name]
    return p.zip_bytes([*entries, p.Entry(name, b"", packed=packed, size=size, crc=crc)])


def test_a_bomb_stops_at_the_budget() -> None:
    data = bombed("xl/sharedStrings.xml", 300_000_000)
    tracemalloc.start()
    began = time.perf_counter()
    found = refusal(data, Budget(inflated=20_000_000))
    assert found.code == "too_large_inside"
    assert time.perf_counter() - began < 20
    assert tracemalloc.get_traced_memory()[1] < 80_000_000
    tracemalloc.stop()


def test_a_bomb_in_a_part_nobody_needs_is_left_alone() -> None:
    assert figures(bombed("xl/media/image1.png", 300_000_000)) == EXPECTED


def test_all_used_parts_share_one_budget() -> None:
    used = sum(len(content) for content in p.parts().values())
    assert refusal(SOUND, Budget(inflated=used // 2)).code == "too_large_inside"


def test_refuses_a_large_file_and_too_many_parts() -> None:
    assert refusal(SOUND, Budget(file=100)).code == "too_large"
    many = {**p.parts(), **{f"x{i}": b"" for i in range(5000)}}
    assert refusal(p.zip_bytes(many)).code == "too_many_parts"


def test_refuses_entries_that_overlap() -> None:
    entry = p.Entry(SHEET, p.worksheet())
    data = bytearray(p.zip_bytes([p.Entry("a", b"x" * 100, 0), entry]))
    at = data.rindex(b"PK\x01\x02", 0, data.rindex(b"PK\x01\x02"))
    data[at + 20 : at + 24] = (5000).to_bytes(4, "little")
    assert refusal(bytes(data)).code == "damaged"


def test_a_sheet_of_empty_formatted_cells_is_read_in_seconds() -> None:
    rows = "".join(f'<row r="{r}" s="1" customFormat="1"><c r="A{r}" s="1"/></row>' for r in range(6, 60_000))
    data = p.zip_bytes(p.changed(sheet=p.worksheet(p.ROWS + rows)))
    began = time.perf_counter()
    assert figures(data) == EXPECTED
    assert time.perf_counter() - began < 20


def test_dropping_empty_cells_moves_no_value() -> None:
    from etl.package import safe_xml

    rows = (
        '<row><c/><c s="1"/><c><v>1</v></c><c r="E1"/><c><v>2</v></c></row><row/><row><c><v>3</v></c></row>'
    )
    content = p.worksheet(rows)
    small = p.zip_bytes(p.changed(sheet=content))
    padded = p.zip_bytes(p.changed(sheet=content + b" " * safe_xml._LARGE))
    assert figures(padded) == figures(small)


def test_chart_sheets_are_counted_not_read() -> None:
    sheets = (
        '<sheet name="图" sheetId="2" r:id="rId9"/><sheet name="表" sheetId="1" state="hidden" r:id="rId1"/>'
    )
    relations = p.rels(
        ("rId9", "chartsheet", "chartsheets/sheet1.xml"), ("rId1", "worksheet", "worksheets/sheet1.xml")
    )
    package = open_package(p.zip_bytes(p.changed(workbook=p.workbook(sheets), rels=relations)))
    assert [(s.name, s.state, s.tab) for s in package.sheets] == [("表", "hidden", 1)]
    assert package.other_sheets == 1


def test_knows_signatures_and_macros() -> None:
    signed = p.zip_bytes({**p.parts(), "_xmlsignatures/sig1.xml": b"<s/>", "xl/vbaProject.bin": b"x"})
    assert open_package(signed).signed and open_package(signed).macros
    assert not open_package(SOUND).signed and not open_package(SOUND).macros


@pytest.mark.parametrize("data", STILL_SOUND.values(), ids=STILL_SOUND)
def test_rewriting_keeps_every_untouched_byte(data: bytes) -> None:
    package = open_package(data)
    replaced, added = {SHEET: package.part(SHEET)}, {"xl/new.xml": b"<new/>"}
    out = rewrite(package, replaced, added)
    assert out == rewrite(package, replaced, added)
    again = open_package(out)
    for member in package.container.members:
        new = next(m for m in again.container.members if m.name == member.name)
        if package.member(SHEET).name != member.name:
            old_bytes = package.container.data[member.offset : member.end]
            assert out[new.offset : new.end] == old_bytes
    assert figures(out) == EXPECTED
    assert again.part("xl/new.xml") == b"<new/>"


def test_a_rewritten_file_is_sound_for_another_reader() -> None:
    package = open_package(with_sheet(descriptor=True))
    out = rewrite(package, {"xl/styles.xml": b"<s/>"}, {"xl/新.xml": b"<n/>"}, ["xl/sharedStrings.xml"])
    archive = zipfile.ZipFile(io.BytesIO(out))
    assert archive.testzip() is None
    assert "xl/新.xml" in archive.namelist() and "xl/sharedStrings.xml" not in archive.namelist()
    assert archive.read(SHEET) == p.worksheet()


@settings(max_examples=150, deadline=None)
@given(st.integers(0, len(SOUND) - 1), st.integers(1, 255))
def test_a_flipped_byte_gives_a_reading_or_a_refusal(position: int, mask: int) -> None:
    data = bytearray(SOUND)
    data[position] ^= mask
    try:
        read_workbook(open_package(bytes(data)))
    except Unreadable as refused:
        assert refused.reason


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_give_a_reading_or_a_refusal(data: bytes) -> None:
    for beginning in (b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        with pytest.raises(Unreadable):
            read_workbook(open_package(beginning + data))


def test_broken_content_types_are_damage() -> None:
    assert refusal(p.zip_bytes(p.changed(types=b"<Types>"))).code == "bad_xml"
    assert refusal(p.zip_bytes(p.changed(types=b"<!DOCTYPE Types><Types/>"))).code == "doctype"
