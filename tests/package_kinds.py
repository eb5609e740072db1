"""Workbooks of many kinds, each with something that loading and saving loses; one sheet is 绩效目标表.

The first group is put together part by part, the second written by XlsxWriter.
"""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable
from typing import Any

from tests import packages as p

SHEET = "绩效目标表"
MC = "http://schemas.openxmlformats.org/markup-compatibility/2006"
X14 = "http://schemas.microsoft.com/office/spreadsheetml/2009/9/main"
X14AC = "http://schemas.microsoft.com/office/spreadsheetml/2009/9/ac"
DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing"
A = "http://schemas.openxmlformats.org/drawingml/2006/main"
ML = "application/vnd.openxmlformats-officedocument.spreadsheetml"
SHEET_RELS = "xl/worksheets/_rels/sheet1.xml.rels"

Kind = Callable[[], bytes]
KINDS: dict[str, Kind] = {}


def kind(function: Kind) -> Kind:
    """Enter a kind under its function's name."""
    KINDS[function.__name__] = function
    return function


def with_parts(
    sheet: bytes | None = None,
    relations: tuple[tuple[str, str, str], ...] = (),
    more: dict[str, bytes] | None = None,
    overrides: dict[str, str] | None = None,
    **edits: bytes,
) -> bytes:
    """Return the sound workbook with another sheet part, relations of it, and more parts."""
    found = p.changed(**edits)
    if sheet is not None:
        found[p.PART["sheet"]] = sheet
    if relations:
        found[SHEET_RELS] = p.rels(*relations)
    found.update(more or {})
    lines = "".join(
        f'<Override PartName="/{name}" ContentType="{kind}"/>' for name, kind in (overrides or {}).items()
    )
    lines = (
        '<Default Extension="png" ContentType="image/png"/><Default Extension="bin" ContentType="application/octet-stream"/>'
        '<Default Extension="vml" ContentType="application/vnd.openxmlformats-officedocument.vmlDrawing"/>'
        + lines
    )
    if "types" not in edits:
        found["[Content_Types].xml"] = found["[Content_Types].xml"].replace(
            b"</Types>", lines.encode() + b"</Types>"
        )
    return p.zip_bytes(found)


def png(width: int = 2, height: int = 2) -> bytes:
    """Return a small red picture."""

    def chunk(name: bytes, content: bytes) -> bytes:
        return (
            struct.pack(">L", len(content)) + name + content + struct.pack(">L", zlib.crc32(name + content))
        )

    rows = (b"\x00" + b"\xc0\x20\x20" * width) * height
    head = struct.pack(">2L5B", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )


def anchored(shape: str) -> bytes:
    """Return a drawing part with one anchored object."""
    return (
        f'{p.HEAD}<xdr:wsDr xmlns:xdr="{DRAWING}" xmlns:a="{A}" xmlns:r="{p.REL}"><xdr:twoCellAnchor>'
        "<xdr:from><xdr:col>5</xdr:col><xdr:colOff>0</xdr:colOff><xdr:row>1</xdr:row><xdr:rowOff>0</xdr:rowOff></xdr:from>"
        "<xdr:to><xdr:col>8</xdr:col><xdr:colOff>0</xdr:colOff><xdr:row>9</xdr:row><xdr:rowOff>0</xdr:rowOff></xdr:to>"
        f"{shape}<xdr:clientData/></xdr:twoCellAnchor></xdr:wsDr>"
    ).encode()


SEAL = (
    '<xdr:sp macro="" textlink=""><xdr:nvSpPr><xdr:cNvPr id="2" name="公章"/><xdr:cNvSpPr/></xdr:nvSpPr><xdr:spPr>'
    '<a:xfrm><a:off x="0" y="0"/><a:ext cx="900000" cy="900000"/></a:xfrm><a:prstGeom prst="ellipse"><a:avLst/></a:prstGeom>'
    "</xdr:spPr><xdr:txBody><a:bodyPr/><a:p><a:r><a:t>某某局</a:t></a:r></a:p></xdr:txBody></xdr:sp>"
)
PICTURE = (
    '<xdr:pic><xdr:nvPicPr><xdr:cNvPr id="3" name="图片"/><xdr:cNvPicPr/></xdr:nvPicPr><xdr:blipFill>'
    '<a:blip r:embed="rId1"/><a:stretch><a:fillRect/></a:stretch></xdr:blipFill><xdr:spPr><a:xfrm><a:off x="0" y="0"/>'
    '<a:ext cx="900000" cy="900000"/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom></xdr:spPr></xdr:pic>'
)
DRAWING_TYPE = "application/vnd.openxmlformats-officedocument.drawing+xml"


@kind
def plain() -> bytes:
    return p.zip_bytes(p.parts())


@kind
def shapes() -> bytes:
    return with_parts(
        p.worksheet(after='<drawing r:id="rId1"/>'),
        (("rId1", "drawing", "../drawings/drawing1.xml"),),
        {"xl/drawings/drawing1.xml": anchored(SEAL)},
        {"xl/drawings/drawing1.xml": DRAWING_TYPE},
    )


@kind
def pictures() -> bytes:
    return with_parts(
        p.worksheet(after='<drawing r:id="rId1"/>'),
        (("rId1", "drawing", "../drawings/drawing1.xml"),),
        {
            "xl/drawings/drawing1.xml": anchored(PICTURE),
            "xl/drawings/_rels/drawing1.xml.rels": p.rels(("rId1", "image", "../media/image1.png")),
            "xl/media/image1.png": png(),
        },
        {"xl/drawings/drawing1.xml": DRAWING_TYPE},
    )


def note_shape(row: int, column: int, number: int = 1025) -> str:
    return (
        f'<v:shape id="_x0000_s{number}" type="#_x0000_t202" style=\'position:absolute;visibility:hidden\' fillcolor="#ffffe1">\n'
        '<v:fill color2="#ffffe1"/><v:textbox><div style=\'text-align:left\'></div></v:textbox>\n<x:ClientData ObjectType="Note">'
        f"<x:MoveWithCells/><x:SizeWithCells/>\n<x:Anchor>\n 2, 15, 1, 10, 4, 15, 5, 4</x:Anchor><x:AutoFill>False</x:AutoFill>"
        f"<x:Row>{row - 1}</x:Row><x:Column>{column - 1}</x:Column></x:ClientData></v:shape>"
    )


def vml(*shapes: str) -> bytes:
    return (
        '<xml xmlns:v="urn:schemas-microsoft-com:vml"\n xmlns:o="urn:schemas-microsoft-com:office:office"\n'
        ' xmlns:x="urn:schemas-microsoft-com:office:excel">\n <o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data="1"/>'
        '</o:shapelayout><v:shapetype id="_x0000_t202" coordsize="21600,21600" o:spt="202" path="m,l,21600r21600,l21600,xe">'
        f'<v:stroke joinstyle="miter"/></v:shapetype>{"".join(shapes)}</xml>'
    ).encode()


def comments(*texts: tuple[str, str], author: str = "李主任") -> bytes:
    lines = "".join(f'<comment ref="{ref}" authorId="0"><text>{text}</text></comment>' for ref, text in texts)
    return (
        f'{p.HEAD}<comments xmlns="{p.MAIN}"><authors><author>{author}</author></authors>'
        f"<commentList>{lines}</commentList></comments>"
    ).encode()


NOTE_RELATIONS = (
    ("rId1", "vmlDrawing", "../drawings/vmlDrawing1.vml"),
    ("rId2", "comments", "../comments1.xml"),
)
COMMENTS_TYPE = {"xl/comments1.xml": f"{ML}.comments+xml"}
RUN = '<r><rPr><b/><sz val="9"/><rFont val="宋体"/></rPr><t xml:space="preserve">{}</t></r>'


def noted(
    content: bytes, boxes: bytes, sheet: str = "", relations: tuple[tuple[str, str, str], ...] = ()
) -> bytes:
    """Return a workbook whose sheet has notes."""
    return with_parts(
        p.worksheet(after=f'{sheet}<legacyDrawing r:id="rId1"/>'),
        NOTE_RELATIONS + relations,
        {"xl/comments1.xml": content, "xl/drawings/vmlDrawing1.vml": boxes},
        COMMENTS_TYPE,
    )


@kind
def note_on_a_marked_cell() -> bytes:
    text = RUN.format("李主任:&#10;") + RUN.format("此数已与业务科核对")
    return noted(comments(("B3", text)), vml(note_shape(3, 2)))


@kind
def plain_note_on_a_marked_cell() -> bytes:
    return noted(comments(("b3", "<t>只有一行</t>")), vml(note_shape(3, 2)))


@kind
def note_on_another_cell() -> bytes:
    return noted(
        comments(("C5", RUN.format("合计")), ("A1", "<t/>")), vml(note_shape(5, 3), note_shape(1, 1, 1026))
    )


@kind
def notes_without_boxes() -> bytes:
    return with_parts(
        relations=(("rId2", "comments", "../comments1.xml"),),
        more={"xl/comments1.xml": comments(("B3", "<t>没有图形</t>"))},
        overrides=COMMENTS_TYPE,
    )


@kind
def threaded_comments() -> bytes:
    fallback = "<t>[Threaded comment]&#10;&#10;Comment:&#10;    请核对</t>"
    threads = (
        f'{p.HEAD}<ThreadedComments xmlns="http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments">'
        '<threadedComment ref="B3" dT="2023-01-05T08:00:00.00" personId="{11111111-2222-3333-4444-555555555555}" '
        'id="{AAAAAAAA-BBBB-CCCC-DDDD-EEEEEEEEEEEE}"><text>请核对</text></threadedComment></ThreadedComments>'
    ).encode()
    person = "http://schemas.microsoft.com/office/2017/10/relationships/threadedComment"
    return with_parts(
        p.worksheet(after='<legacyDrawing r:id="rId1"/>'),
        (*NOTE_RELATIONS, ("rId3", person, "../threadedComments/threadedComment1.xml")),
        {
            "xl/comments1.xml": comments(
                ("B3", fallback), author="tc={AAAAAAAA-BBBB-CCCC-DDDD-EEEEEEEEEEEE}"
            ),
            "xl/drawings/vmlDrawing1.vml": vml(note_shape(3, 2)),
            "xl/threadedComments/threadedComment1.xml": threads,
        },
        {
            **COMMENTS_TYPE,
            "xl/threadedComments/threadedComment1.xml": "application/vnd.ms-excel.threadedcomments+xml",
        },
    )


@kind
def form_controls() -> bytes:
    """A check box: its legacy drawing has no notes yet, and controls stand in alternate content."""
    control = (
        f'<mc:AlternateContent xmlns:mc="{MC}"><mc:Choice Requires="x14"><controls><mc:AlternateContent><mc:Choice Requires="x14">'
        '<control shapeId="1025" r:id="rId2" name="复选框 1"><controlPr defaultSize="0"><anchor moveWithCells="1">'
        "<from><xdr:col>4</xdr:col><xdr:colOff>0</xdr:colOff><xdr:row>1</xdr:row><xdr:rowOff>0</xdr:rowOff></from>"
        "<to><xdr:col>5</xdr:col><xdr:colOff>0</xdr:colOff><xdr:row>2</xdr:row><xdr:rowOff>0</xdr:rowOff></to></anchor>"
        "</controlPr></control></mc:Choice></mc:AlternateContent></controls></mc:Choice></mc:AlternateContent>"
    )
    box = (
        '<v:shape id="_x0000_s1025" type="#_x0000_t201" style="position:absolute"><x:ClientData ObjectType="Checkbox">'
        "<x:Anchor>4, 0, 1, 0, 5, 0, 2, 0</x:Anchor></x:ClientData></v:shape>"
    )
    head = (
        f' xmlns:xdr="{DRAWING}" xmlns:x14="{X14}" xmlns:mc="{MC}" mc:Ignorable="x14ac" xmlns:x14ac="{X14AC}"'
    )
    return with_parts(
        p.worksheet(after=f'<legacyDrawing r:id="rId1"/>{control}', more=head),
        (
            ("rId1", "vmlDrawing", "../drawings/vmlDrawing1.vml"),
            ("rId2", "ctrlProp", "../ctrlProps/ctrlProp1.xml"),
        ),
        {
            "xl/drawings/vmlDrawing1.vml": vml(box).replace(b'"_x0000_t202"', b'"_x0000_t201"'),
            "xl/ctrlProps/ctrlProp1.xml": f'<formControlPr xmlns="{X14}" objectType="CheckBox"/>'.encode(),
        },
        {"xl/ctrlProps/ctrlProp1.xml": "application/vnd.ms-excel.controlproperties+xml"},
    )


@kind
def controls_without_a_legacy_drawing() -> bytes:
    more = f' xmlns:mc="{MC}" xmlns:x14="{X14}"'
    after = (
        '<pageSetup paperSize="9"/><mc:AlternateContent><mc:Choice Requires="x14"><controls><control shapeId="7"/></controls>'
        "</mc:Choice></mc:AlternateContent>"
    )
    return with_parts(p.worksheet(after=after, more=more))


@kind
def header_picture() -> bytes:
    after = '<headerFooter><oddHeader>&amp;L&amp;G</oddHeader></headerFooter><legacyDrawingHF r:id="rId1"/>'
    return with_parts(
        p.worksheet(after=after),
        (("rId1", "vmlDrawing", "../drawings/vmlDrawing1.vml"),),
        {
            "xl/drawings/vmlDrawing1.vml": vml(),
            "xl/drawings/_rels/vmlDrawing1.vml.rels": p.rels(("rId1", "image", "../media/image1.png")),
            "xl/media/image1.png": png(),
        },
    )


@kind
def rich_text_and_phonetics() -> bytes:
    rich = (
        '<si><r><t>基本</t></r><r><rPr><b/><sz val="12"/><color rgb="FFFF0000"/></rPr><t>支出</t></r>'
        '<rPh sb="0" eb="2"><t>jiben</t></rPh><phoneticPr fontId="0"/></si>'
    )
    return p.zip_bytes(p.changed(strings=p.strings("部门整体绩效目标表", rich, "项目支出")))


@kind
def conditional_formats_and_validations() -> bytes:
    after = (
        '<conditionalFormatting sqref="B2:C5"><cfRule type="dataBar" priority="1"><dataBar><cfvo type="min"/><cfvo type="max"/>'
        f'<color rgb="FF638EC6"/></dataBar><extLst><ext xmlns:x14="{X14}" uri="{{B025F937-C7B1-47D3-B67F-A62EFF666E3E}}">'
        "<x14:id>{1}</x14:id></ext></extLst></cfRule></conditionalFormatting>"
        '<dataValidations count="1"><dataValidation type="list" sqref="D2"><formula1>"是,否"</formula1></dataValidation></dataValidations>'
        '<pageMargins left="0.7" right="0.7" top="0.75" bottom="0.75" header="0.3" footer="0.3"/>'
        f'<extLst><ext xmlns:x14="{X14}" uri="{{CCE6A557-97BC-4b89-ADB6-D9C93CAAB3DF}}"><x14:dataValidations '
        'xmlns:xm="http://schemas.microsoft.com/office/excel/2006/main" count="1"><x14:dataValidation type="list"><x14:formula1>'
        "<xm:f>字典!$A$1:$A$3</xm:f></x14:formula1><xm:sqref>D3</xm:sqref></x14:dataValidation></x14:dataValidations></ext></extLst>"
    )
    return with_parts(p.worksheet(after=after))


@kind
def pivot_tables() -> bytes:
    cache = f'<pivotCacheDefinition xmlns="{p.MAIN}" refreshedVersion="3"/>'.encode()
    return with_parts(
        relations=(("rId1", "pivotTable", "../pivotTables/pivotTable1.xml"),),
        more={
            "xl/pivotTables/pivotTable1.xml": f'<pivotTableDefinition xmlns="{p.MAIN}" name="p" cacheId="1"/>'.encode(),
            "xl/pivotCache/pivotCacheDefinition1.xml": cache,
            "xl/pivotCache/pivotCacheRecords1.xml": f'<pivotCacheRecords xmlns="{p.MAIN}"/>'.encode(),
        },
        overrides={
            "xl/pivotTables/pivotTable1.xml": f"{ML}.pivotTable+xml",
            "xl/pivotCache/pivotCacheDefinition1.xml": f"{ML}.pivotCacheDefinition+xml",
            "xl/pivotCache/pivotCacheRecords1.xml": f"{ML}.pivotCacheRecords+xml",
        },
    )


@kind
def slicers() -> bytes:
    after = (
        f'<extLst><ext xmlns:x14="{X14}" uri="{{A8765BA9-456A-4dab-B4F3-ACF838C121DE}}"><x14:slicerList>'
        '<x14:slicer r:id="rId1"/></x14:slicerList></ext></extLst>'
    )
    slicer = "http://schemas.microsoft.com/office/2007/relationships/slicer"
    return with_parts(
        p.worksheet(after=after),
        (("rId1", slicer, "../slicers/slicer1.xml"),),
        {"xl/slicers/slicer1.xml": f'<slicers xmlns="{X14}"/>'.encode()},
        {"xl/slicers/slicer1.xml": "application/vnd.ms-excel.slicer+xml"},
    )


@kind
def external_links() -> bytes:
    relations = (
        ("rId1", "worksheet", "worksheets/sheet1.xml"),
        ("rId2", "styles", "styles.xml"),
        ("rId3", "sharedStrings", "sharedStrings.xml"),
        ("rId4", "externalLink", "externalLinks/externalLink1.xml"),
    )
    link = f'<externalLink xmlns="{p.MAIN}" xmlns:r="{p.REL}"><externalBook r:id="rId1"/></externalLink>'.encode()
    return with_parts(
        rels=p.rels(*relations),
        workbook=p.workbook(
            after='<externalReferences><externalReference r:id="rId4"/></externalReferences><calcPr calcId="191029"/>'
        ),
        more={
            "xl/externalLinks/externalLink1.xml": link,
            "xl/externalLinks/_rels/externalLink1.xml.rels": p.rels(
                ("rId1", "externalLinkPath", "http://10.0.0.1/a.xlsx")
            ),
        },
        overrides={"xl/externalLinks/externalLink1.xml": f"{ML}.externalLink+xml"},
    )


@kind
def defined_names() -> bytes:
    names = (
        '<definedNames><definedName name="_xlnm.Print_Area" localSheetId="0">绩效目标表!$A$1:$D$5</definedName>'
        '<definedName name="合计" comment="a &amp; b">绩效目标表!$B$5</definedName></definedNames><calcPr calcId="0"/>'
    )
    return with_parts(workbook=p.workbook(after=names))


@kind
def calculation_chain() -> bytes:
    return with_parts(
        more={
            "xl/calcChain.xml": f'<calcChain xmlns="{p.MAIN}"><c r="B5" i="1"/><c r="C5" i="1"/></calcChain>'.encode()
        },
        overrides={"xl/calcChain.xml": f"{ML}.calcChain+xml"},
    )


@kind
def custom_xml_and_properties() -> bytes:
    properties = (
        '<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/custom-properties" '
        'xmlns:vt="http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes"><property fmtid="{D5CDD505-2E9C-101B-9397-08002B2CF9AE}" '
        'pid="2" name="KSOProductBuildVer"><vt:lpwstr>2052-11.1.0.12980</vt:lpwstr></property></Properties>'
    )
    return with_parts(
        root=p.rels(
            ("rId1", "officeDocument", "xl/workbook.xml"),
            ("rId2", "custom-properties", "docProps/custom.xml"),
            ("rId3", "customXml", "customXml/item1.xml"),
        ),
        more={
            "docProps/custom.xml": properties.encode(),
            "customXml/item1.xml": b"<a/>",
            "docProps/app.xml": '<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties"><TitlesOfParts>绩效目标表</TitlesOfParts></Properties>'.encode(),
        },
        overrides={
            "docProps/custom.xml": "application/vnd.openxmlformats-officedocument.custom-properties+xml"
        },
    )


@kind
def wps_cell_images() -> bytes:
    rows = (
        p.ROWS
        + '<row r="8"><c r="A8" t="str"><f>_xlfn.DISPIMG("ID_1",1)</f><v>=DISPIMG("ID_1",1)</v></c></row>'
    )
    images = "http://www.wps.cn/officeDocument/2020/cellImage"
    return with_parts(
        p.worksheet(rows),
        rels=p.rels(
            ("rId1", "worksheet", "worksheets/sheet1.xml"),
            ("rId2", "styles", "styles.xml"),
            ("rId3", "sharedStrings", "sharedStrings.xml"),
            ("rId4", images, "cellimages.xml"),
        ),
        more={
            "xl/cellimages.xml": b'<etc:cellImages xmlns:etc="http://www.wps.cn/officeDocument/2017/etCustomData"/>'
        },
        overrides={"xl/cellimages.xml": "application/vnd.wps-officedocument.cellimage+xml"},
    )


@kind
def printer_settings() -> bytes:
    return with_parts(
        p.worksheet(after='<pageSetup paperSize="9" orientation="landscape" r:id="rId1"/>'),
        (("rId1", "printerSettings", "../printerSettings/printerSettings1.bin"),),
        {"xl/printerSettings/printerSettings1.bin": bytes(range(256))},
    )


@kind
def protected_sheet_and_workbook() -> bytes:
    after = '<sheetProtection algorithmName="SHA-512" hashValue="QUJD" saltValue="REVG" spinCount="100000" sheet="1" objects="1"/>'
    return with_parts(
        p.worksheet(after=after),
        workbook=p.workbook(
            before='<fileSharing readOnlyRecommended="1"/><workbookPr/><workbookProtection lockStructure="1"/>'
        ),
    )


@kind
def macros() -> bytes:
    types = p.parts()["[Content_Types].xml"].replace(
        f"{ML}.sheet.main+xml".encode(), b"application/vnd.ms-excel.sheet.macroEnabled.main+xml"
    )
    types = types.replace(
        b"</Types>", b'<Default Extension="bin" ContentType="application/vnd.ms-office.vbaProject"/></Types>'
    )
    return with_parts(types=types, more={"xl/vbaProject.bin": p.compound("VBA", "PROJECT")})


@kind
def signed() -> bytes:
    return with_parts(more={"_xmlsignatures/sig1.xml": b"<Signature/>", "_xmlsignatures/origin.sigs": b""})


@kind
def strict_namespaces() -> bytes:
    return p.zip_bytes(
        {
            name: content.replace(p.MAIN.encode(), p.STRICT_MAIN.encode()).replace(
                p.REL.encode(), p.STRICT_REL.encode()
            )
            for name, content in p.parts().items()
        }
    )


@kind
def backslash_names() -> bytes:
    return p.zip_bytes({name.replace("/", "\\"): content for name, content in p.parts().items()})


@kind
def other_case_names() -> bytes:
    return p.zip_bytes(
        {name.replace("xl/", "XL/").replace("sheet1", "Sheet1"): c for name, c in p.parts().items()}
    )


@kind
def absolute_targets() -> bytes:
    return p.zip_bytes(
        p.changed(
            root=p.rels(("rId1", "officeDocument", "/xl/workbook.xml")),
            rels=p.rels(
                ("R1", "worksheet", "/xl/worksheets/sheet1.xml"),
                ("R2", "styles", "/xl/styles.xml"),
                ("R3", "sharedStrings", "/xl/sharedStrings.xml"),
            ),
            workbook=p.workbook('<sheet name="绩效目标表" sheetId="9" r:id="R1"/>'),
        )
    )


@kind
def empty_style_attributes() -> bytes:
    return with_parts(p.worksheet(p.ROWS.replace('s="1"', 's=""')))


@kind
def style_out_of_range() -> bytes:
    return with_parts(p.worksheet(p.ROWS.replace('s="1"', 's="999"')))


@kind
def no_styles_part() -> bytes:
    found = p.changed(styles=None)
    found["xl/_rels/workbook.xml.rels"] = p.rels(
        ("rId1", "worksheet", "worksheets/sheet1.xml"), ("rId3", "sharedStrings", "sharedStrings.xml")
    )
    return p.zip_bytes(found)


@kind
def promised_styles_missing() -> bytes:
    return p.zip_bytes(p.changed(styles=None))


@kind
def no_content_types() -> bytes:
    return p.zip_bytes(p.changed(types=None))


@kind
def bare_styles() -> bytes:
    styles = f'<styleSheet xmlns="{p.MAIN}"><fonts/><cellXfs count="1"><xf/></cellXfs></styleSheet>'
    return with_parts(
        p.worksheet(p.ROWS.replace('s="1"', "").replace('s="2"', "").replace('s="3"', "")),
        styles=styles.encode(),
    )


@kind
def prefixed_elements() -> bytes:
    def prefixed(content: bytes) -> bytes:
        text = content.decode().replace("<", "<x:").replace("<x:/", "</x:").replace("<x:?", "<?")
        return text.replace('xmlns="', 'xmlns:x="').encode()

    found = p.parts()
    for name in ("sheet", "styles", "workbook"):
        found[p.PART[name]] = prefixed(found[p.PART[name]])
    return p.zip_bytes(found)


@kind
def prefixes_declared_on_each_sheet() -> bytes:
    sheets = f'<sheet name="{SHEET}" sheetId="1" d:id="rId1" xmlns:d="{p.REL}"/>'
    text = f'{p.HEAD}<workbook xmlns="{p.MAIN}"><sheets>{sheets}</sheets></workbook>'
    return with_parts(p.worksheet().replace(f' xmlns:r="{p.REL}"'.encode(), b""), workbook=text.encode())


@kind
def utf16_parts() -> bytes:
    found = p.parts()
    for name in ("sheet", "styles", "workbook"):
        text = found[p.PART[name]].decode().replace('"UTF-8"', '"UTF-16"')
        found[p.PART[name]] = text.encode("utf-16")
    return p.zip_bytes(found)


@kind
def gbk_sheet_with_a_mark() -> bytes:
    text = p.worksheet().decode().replace('"UTF-8"', '"GB18030"')
    return with_parts(text.encode("gb18030"), styles=b"\xef\xbb\xbf" + p.STYLES)


@kind
def comments_and_cdata() -> bytes:
    text = p.worksheet().decode()
    text = text.replace(
        "<sheetData>", '<!-- <row r="3"><c r="B3" s="9"/></row> --><?note <row> ?><sheetData>'
    )
    text = text.replace("<t>合计</t>", '<t><![CDATA[合<c r="B3"/>计]]></t>').replace(
        '<c r="C2"', '<!-- x --><c r="C2"'
    )
    return with_parts(text.encode())


@kind
def odd_spacing_and_quotes() -> bytes:
    text = (
        p.worksheet()
        .decode()
        .replace('<c r="B3" s="1">', "<c\n  r = 'B3'\n  s = '1' >")
        .replace("</row>", "</row >\n")
    )
    return with_parts(text.encode())


@kind
def lower_case_addresses() -> bytes:
    rows = p.ROWS
    for letter in "ABCD":
        rows = rows.replace(f'r="{letter}', f'r="{letter.lower()}')
    return with_parts(p.worksheet(rows))


@kind
def no_addresses() -> bytes:
    import re

    rows = re.sub(r'<c r="[A-D]\d"', "<c", p.ROWS)
    return with_parts(p.worksheet(rows.replace('<row r="5">', '<row/><row r="5">')))


@kind
def merged_areas() -> bytes:
    after = '<mergeCells count="3"><mergeCell ref="A1:D1"/><mergeCell ref="$B$2:B3"/><mergeCell ref="#REF!"/></mergeCells>'
    return with_parts(p.worksheet(after=after))


@kind
def column_and_row_formats() -> bytes:
    before = '<sheetFormatPr defaultRowHeight="15"/><cols><col min="1" max="1" width="20" style="2" customWidth="1"/><col min="6" max="9" width="12" style="1" hidden="1"/></cols>'
    rows = p.ROWS.replace('<row r="5">', '<row r="4"/><row r="5" s="3" customFormat="1" spans="1:4">')
    return with_parts(p.worksheet(rows, before))


@kind
def hidden_rows_and_outline() -> bytes:
    rows = p.ROWS.replace('<row r="3">', '<row r="3" hidden="1" outlineLevel="1" x14ac:dyDescent="0.15">')
    more = f' xmlns:mc="{MC}" mc:Ignorable="x14ac" xmlns:x14ac="{X14AC}"'
    return with_parts(
        p.worksheet(rows, '<dimension ref="A1:XFD1048576"/>', '<autoFilter ref="A2:C5"/>', more=more)
    )


@kind
def dynamic_and_shared_formulas() -> bytes:
    rows = p.ROWS + (
        '<row r="8"><c r="A8" cm="1"><f t="array" ref="A8:A9">_xlfn._xlws.SORT(B2:B3)</f><v>288</v></c>'
        '<c r="B8"><f t="shared" ref="B8:B9" si="0">A8*2</f><v>576</v></c></row><row r="9"><c r="A9"><v>2268</v></c>'
        '<c r="B9"><f t="shared" si="0"/><v>4536</v></c></row>'
    )
    return with_parts(p.worksheet(rows))


@kind
def stored_and_described_entries() -> bytes:
    entries = [
        p.Entry(
            name,
            content,
            0 if number % 2 else 8,
            descriptor=number % 3 == 0,
            extra=b"\x55\x54\x01\x00\x00" if number % 2 else b"",
        )
        for number, (name, content) in enumerate(p.parts().items())
    ]
    return p.zip_bytes(entries, comment="备注".encode())


@kind
def zip64() -> bytes:
    return p.zip_bytes([p.Entry(name, content, wide=True) for name, content in p.parts().items()], wide=True)


@kind
def junk_before_the_zip() -> bytes:
    return p.zip_bytes(p.parts(), prefix=b"junk" * 20)


@kind
def unknown_parts() -> bytes:
    return p.zip_bytes(
        {**p.parts(), "xl/x/y.bin": bytes(range(256)) * 40, "__MACOSX/._a": b"x", "xl/worksheets/": b""}
    )


def several_sheets(
    count: int, where: int, before: str = "", after: str = "", selected: tuple[int, ...] = ()
) -> bytes:
    """Return a workbook of many sheets with the form on one of them (from 1)."""
    found = p.changed(
        workbook=p.workbook(
            "".join(
                f'<sheet name="{SHEET if n == where else f"表{n}"}" sheetId="{n}" r:id="rId{n}"/>'
                for n in range(1, count + 1)
            ),
            before,
            after,
        ),
        rels=p.rels(
            *((f"rId{n}", "worksheet", f"worksheets/sheet{n}.xml") for n in range(1, count + 1)),
            ("rIdA", "styles", "styles.xml"),
            ("rIdB", "sharedStrings", "sharedStrings.xml"),
        ),
        types=p.types(
            {
                "xl/workbook.xml": f"{ML}.sheet.main+xml",
                "xl/styles.xml": f"{ML}.styles+xml",
                "xl/sharedStrings.xml": f"{ML}.sharedStrings+xml",
                **{f"xl/worksheets/sheet{n}.xml": p.SHEET_TYPE for n in range(1, count + 1)},
            }
        ),
    )
    for n in range(1, count + 1):
        tab = 'tabSelected="1" ' if n in selected else ""
        view = f'<sheetViews><sheetView {tab}workbookViewId="0"/></sheetViews>'
        found[f"xl/worksheets/sheet{n}.xml"] = p.worksheet(p.ROWS if n == where else "", view)
    return p.zip_bytes(found)


@kind
def form_on_the_second_sheet() -> bytes:
    views = '<bookViews><workbookView xWindow="0" firstSheet="1" activeTab="1"/></bookViews>'
    names = '<definedNames><definedName name="_xlnm.Print_Titles" localSheetId="1">绩效目标表!$1:$1</definedName></definedNames>'
    return several_sheets(3, 2, views, names, (2,))


@kind
def several_selected_sheets() -> bytes:
    return several_sheets(3, 1, '<bookViews><workbookView activeTab="2"/></bookViews>', "", (2, 3))


@kind
def active_sheet_without_the_form() -> bytes:
    return several_sheets(3, 3, "<bookViews><workbookView/></bookViews>", "", (1,))


@kind
def three_hundred_sheets() -> bytes:
    return several_sheets(300, 150)


@kind
def chart_sheet_first() -> bytes:
    chart = f'<chartsheet xmlns="{p.MAIN}"><sheetViews><sheetView tabSelected="1" workbookViewId="0"/></sheetViews></chartsheet>'
    return with_parts(
        workbook=p.workbook(
            f'<sheet name="图" sheetId="2" r:id="rId9"/><sheet name="{SHEET}" sheetId="1" r:id="rId1"/>'
        ),
        rels=p.rels(
            ("rId1", "worksheet", "worksheets/sheet1.xml"),
            ("rId2", "styles", "styles.xml"),
            ("rId3", "sharedStrings", "sharedStrings.xml"),
            ("rId9", "chartsheet", "chartsheets/sheet1.xml"),
        ),
        more={"xl/chartsheets/sheet1.xml": chart.encode()},
        overrides={"xl/chartsheets/sheet1.xml": f"{ML}.chartsheet+xml"},
    )


@kind
def our_sheet_name_taken() -> bytes:
    found = several_sheets(2, 2)
    package = {}
    import zipfile

    with zipfile.ZipFile(io.BytesIO(found)) as archive:
        package = {name: archive.read(name) for name in archive.namelist()}
    package["xl/workbook.xml"] = package["xl/workbook.xml"].replace("表1".encode(), "审核意见".encode())
    return p.zip_bytes(package)


@kind
def date_1904_and_r1c1() -> bytes:
    return with_parts(
        workbook=p.workbook(before='<workbookPr date1904="1"/>', after='<calcPr refMode="R1C1"/>')
    )


@kind
def polluted_styles() -> bytes:
    extra = '<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0" applyFont="1"/>' * 5_000
    styles = p.STYLES.replace(b'<cellXfs count="4">', b'<cellXfs count="4">' + extra.encode())
    return with_parts(styles=styles)


@kind
def gradient_and_theme_fills() -> bytes:
    gradient = (
        '<fill><gradientFill degree="90"><stop position="0"><color theme="0"/></stop><stop position="1">'
        '<color rgb="FFFCC8C8"/></stop></gradientFill></fill>'
    )
    styles = p.STYLES.replace(b'<fills count="3">', b'<fills count="4">').replace(
        b"</fills>", gradient.encode() + b"</fills>"
    )
    return with_parts(styles=styles.replace(b'fillId="0" borderId="1"', b'fillId="3" borderId="1"'))


@kind
def diagonal_and_coloured_borders() -> bytes:
    border = '<border diagonalUp="1"><left style="double"><color rgb="FFC83C3C"/></left><right/><top/><bottom/><diagonal style="thin"/></border>'
    styles = p.STYLES.replace(b"</borders>", border.encode() + b"</borders>").replace(
        b'borderId="1"', b'borderId="2"'
    )
    return with_parts(styles=styles)


def written(fill: Callable[[Any, Any], None], **options: object) -> bytes:
    """Return a workbook XlsxWriter writes: the usual figures and what `fill` adds."""
    import datetime

    import xlsxwriter

    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True, **options})
    book.set_properties({"created": datetime.datetime(2023, 1, 1)})  # noqa: DTZ001
    sheet = book.add_worksheet(SHEET)
    for row, line in enumerate(
        (("项目", "半年", "全年"), ("基本支出", 288, 721.26), ("项目支出", 2268, 7334.21))
    ):
        sheet.write_row(row, 0, line)
    sheet.write_formula("B5", "=SUM(B2:B3)", None, 2556)
    fill(book, sheet)
    book.close()
    return target.getvalue()


@kind
def charts() -> bytes:
    def fill(book: Any, sheet: Any) -> None:
        chart = book.add_chart({"type": "column"})
        chart.add_series({"values": f"='{SHEET}'!$B$2:$B$3"})
        sheet.insert_chart("F2", chart)

    return written(fill)


@kind
def sparklines_and_tables() -> bytes:
    def fill(book: Any, sheet: Any) -> None:
        sheet.add_sparkline("D2", {"range": f"'{SHEET}'!B2:C2"})
        sheet.add_table(
            "A10:B12", {"data": [["甲", 1], ["乙", 2]], "columns": [{"header": "名"}, {"header": "数"}]}
        )

    return written(fill)


@kind
def text_boxes_and_notes() -> bytes:
    def fill(book: Any, sheet: Any) -> None:
        sheet.insert_textbox("F2", "金额以此为准")
        sheet.write_comment("B3", "原有批注\n第二行", {"author": "张三"})
        sheet.write_comment("A1", "另一条")

    return written(fill)


@kind
def hyperlinks_and_images() -> bytes:
    def fill(book: Any, sheet: Any) -> None:
        sheet.write_url("A8", "https://example.org/", string="链接")
        sheet.insert_image("F2", "a.png", {"image_data": io.BytesIO(png(20, 20))})
        sheet.set_header("&L&G", {"image_left": "b.png", "image_data_left": io.BytesIO(png(9, 9))})

    return written(fill)


@kind
def dynamic_arrays() -> bytes:
    def fill(book: Any, sheet: Any) -> None:
        sheet.write_dynamic_array_formula("E2:E3", "=SORT(B2:B3)", None, 288)

    return written(fill)


@kind
def frozen_panes_and_hidden_sheets() -> bytes:
    def fill(book: Any, sheet: Any) -> None:
        sheet.freeze_panes(1, 1)
        sheet.repeat_rows(0)
        sheet.set_landscape()
        book.add_worksheet("字典").hide()
        book.add_worksheet("旧版").very_hidden()

    return written(fill)
