"""Sound workbooks that are built in unusual ways, as real ones are: what adding marks to them once broke.

One sheet of each is 绩效目标表 with the figures of `tests.packages`. Nothing here uses the writer under test.
"""

from __future__ import annotations

import io
from collections.abc import Callable

from tests import package_kinds as k
from tests import packages as p

ODD: dict[str, Callable[[], bytes]] = {}


def odd(function: Callable[[], bytes]) -> Callable[[], bytes]:
    """Enter a workbook under its function's name."""
    ODD[function.__name__] = function
    return function


@odd
def relations_by_override_only() -> bytes:
    """As LibreOffice 3 to 6 wrote it."""
    relations = "application/vnd.openxmlformats-package.relationships+xml"
    found = p.parts()
    types = found["[Content_Types].xml"].replace(
        f'<Default Extension="rels" ContentType="{relations}"/>'.encode(), b""
    )
    lines = "".join(
        f'<Override PartName="/{name}" ContentType="{relations}"/>'
        for name in found
        if name.endswith(".rels")
    )
    return p.zip_bytes(
        {**found, "[Content_Types].xml": types.replace(b"</Types>", lines.encode() + b"</Types>")}
    )


@odd
def vml_is_something_else() -> bytes:
    """The extension of legacy drawings stands for another type."""
    found = p.parts()
    line = b'<Default Extension="VML" ContentType="application/xml"/></Types>'
    return p.zip_bytes(
        {**found, "[Content_Types].xml": found["[Content_Types].xml"].replace(b"</Types>", line)}
    )


@odd
def types_of_parts_that_are_gone() -> bytes:
    """Content types are left of notes and of a sheet that somebody deleted."""
    found = p.parts()
    gone = {"xl/comments1.xml": f"{k.ML}.comments+xml", "xl/worksheets/remarks1.xml": "application/xml"}
    lines = "".join(f'<Override PartName="/{name}" ContentType="{kind}"/>' for name, kind in gone.items())
    types = found["[Content_Types].xml"].replace(b"</Types>", lines.encode() + b"</Types>")
    return p.zip_bytes({**found, "[Content_Types].xml": types})


def with_styles(styles: str | bytes) -> bytes:
    """Return the workbook with other formats, and cells that use none of them."""
    rows = p.ROWS
    for number in range(1, 4):
        rows = rows.replace(f' s="{number}"', "")
    content = styles if isinstance(styles, bytes) else styles.encode()
    return p.zip_bytes(p.changed(styles=content, sheet=p.worksheet(rows)))


@odd
def styles_root_closes_itself() -> bytes:
    return with_styles(f'{p.HEAD}<styleSheet xmlns="{p.MAIN}"/>')


@odd
def styles_root_with_a_prefix_closes_itself() -> bytes:
    return with_styles(f'{p.HEAD}<x:styleSheet xmlns:x="{p.MAIN}" />')


@odd
def styles_without_lists() -> bytes:
    return with_styles(f'{p.HEAD}<styleSheet xmlns="{p.MAIN}"><numFmts/><dxfs count="0"/></styleSheet>')


@odd
def one_fill() -> bytes:
    """The first two fills are Excel's own: ours must not be the second."""
    one = p.STYLES.decode()
    start, end = one.index("<fills"), one.index("</fills>")
    return with_styles(
        f'{one[:start]}<fills count="1"><fill><patternFill patternType="none"/></fill>{one[end:]}'
    )


@odd
def no_fills() -> bytes:
    one = p.STYLES.decode()
    start, end = one.index("<fills"), one.index("</fills>") + len("</fills>")
    return with_styles(one[:start] + one[end:])


@odd
def fills_close_themselves() -> bytes:
    one = p.STYLES.decode()
    start, end = one.index("<fills"), one.index("</fills>") + len("</fills>")
    return with_styles(f"{one[:start]}<fills/>{one[end:]}")


@odd
def no_parent_formats() -> bytes:
    """No cellStyleXfs, and formats that name one: a copy of them would be one more fault."""
    one = p.STYLES.decode()
    start, end = one.index("<cellStyleXfs"), one.index("</cellStyleXfs>") + len("</cellStyleXfs>")
    return with_styles(
        (one[:start] + one[end:]).replace(
            '<cellStyles count="1"><cellStyle name="常规" xfId="0" builtinId="0"/></cellStyles>', ""
        )
    )


@odd
def parent_format_out_of_range() -> bytes:
    return p.zip_bytes(p.changed(styles=p.STYLES.replace(b'xfId="0" apply', b'xfId="7" apply')))


@odd
def pointers_out_of_range() -> bytes:
    styles = p.STYLES.replace(b'fontId="1" fillId="0"', b'fontId="44" fillId="45"').replace(
        b'borderId="1"', b'borderId="46"'
    )
    return p.zip_bytes(p.changed(styles=styles))


@odd
def extension_inside_a_format() -> bytes:
    """An extLst stands in a format, and the list of formats of cells is missing."""
    one = p.STYLES.decode()
    start, end = one.index("<cellXfs"), one.index("</cellXfs>") + len("</cellXfs>")
    inside = '<xf numFmtId="0" fontId="0" fillId="0" borderId="0"><extLst><ext uri="{1}"/></extLst></xf></cellStyleXfs>'
    text = (
        (one[:start] + one[end:])
        .replace("</cellStyleXfs>", inside)
        .replace('<cellStyleXfs count="1">', '<cellStyleXfs count="2">')
    )
    return with_styles(text)


def alternatives(text: str, name: str) -> str:
    """Return formats one list of which is there in two ways."""
    start, end = text.index(f"<{name}"), text.index(f"</{name}>") + len(f"</{name}>")
    both = (
        f'<mc:AlternateContent xmlns:mc="{k.MC}"><mc:Choice Requires="x14" xmlns:x14="{k.X14}">{text[start:end]}</mc:Choice>'
        f"<mc:Fallback>{text[start:end]}</mc:Fallback></mc:AlternateContent>"
    )
    return text[:start] + both + text[end:]


@odd
def alternatives_of_formats() -> bytes:
    return p.zip_bytes(p.changed(styles=alternatives(p.STYLES.decode(), "cellXfs").encode()))


@odd
def alternatives_of_fills_in_utf16() -> bytes:
    text = alternatives(p.STYLES.decode(), "fills").replace('"UTF-8"', '"UTF-16"')
    return p.zip_bytes(p.changed(styles=text.encode("utf-16")))


@odd
def styles_of_alternatives_alone() -> bytes:
    text = p.STYLES.decode()
    root = text.index("<styleSheet")
    return with_styles(
        f'{text[:root]}<mc:AlternateContent xmlns:mc="{k.MC}"><mc:Fallback>{text[root:]}</mc:Fallback></mc:AlternateContent>'
    )


@odd
def styles_without_a_root_of_theirs() -> bytes:
    return with_styles("<html><body/></html>")


@odd
def styles_in_another_place() -> bytes:
    found = p.parts()
    found["xl/looks/formats.xml"] = found.pop("xl/styles.xml")
    for name in ("[Content_Types].xml", "xl/_rels/workbook.xml.rels"):
        found[name] = found[name].replace(b"styles.xml", b"looks/formats.xml")
    return p.zip_bytes(found)


@odd
def styles_nobody_refers_to() -> bytes:
    found = p.parts()
    rels = found["xl/_rels/workbook.xml.rels"].decode()
    start = rels.index('<Relationship Id="rId2"')
    found["xl/_rels/workbook.xml.rels"] = (rels[:start] + rels[rels.index("/>", start) + 2 :]).encode()
    return p.zip_bytes(found)


@odd
def promised_styles_in_another_place() -> bytes:
    found = p.changed(styles=None)
    for name in ("[Content_Types].xml", "xl/_rels/workbook.xml.rels"):
        found[name] = found[name].replace(b"styles.xml", b"looks/Formats.xml")
    return p.zip_bytes(found)


@odd
def utf32_styles() -> bytes:
    return p.zip_bytes(p.changed(styles=p.STYLES.decode().replace('"UTF-8"', '"UTF-32"').encode("utf-32")))


@odd
def utf32_sheet() -> bytes:
    text = p.worksheet().decode().replace(' encoding="UTF-8"', "")
    return p.zip_bytes(p.changed(sheet=text.encode("utf-32-be")))


@odd
def notes_by_openpyxl() -> bytes:
    """It binds the prefixes of its boxes where they are used, and not at the root."""
    from openpyxl import load_workbook
    from openpyxl.comments import Comment

    book = load_workbook(io.BytesIO(k.plain()))
    book[k.SHEET]["A1"].comment = Comment("另一条", "张三")
    book[k.SHEET]["B3"].comment = Comment("原有批注", "张三")
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def boxes(text: str) -> bytes:
    """Return a workbook with one note and a legacy drawing of this text."""
    return k.noted(k.comments(("A1", "<t>原有</t>")), text.encode())


@odd
def prefixes_bound_to_other_names() -> bytes:
    text = k.vml(k.note_shape(1, 1)).decode()
    for old, new in (("v:", "q:"), ("o:", "v:"), ("x:", "o:")):
        text = (
            text.replace(f"<{old}", f"<{new}").replace(f"</{old}", f"</{new}").replace(f" {old}", f" {new}")
        )
        text = text.replace(f"xmlns:{old[0]}=", f"xmlns:{new[0]}=")
    return boxes(text)


@odd
def boxes_in_a_root_that_closes_itself() -> bytes:
    return boxes('<xml xmlns:v="urn:schemas-microsoft-com:vml"/>')


@odd
def boxes_in_a_root_with_a_prefix() -> bytes:
    text = (
        k.vml(k.note_shape(1, 1))
        .decode()
        .replace("<xml ", "<z:xml xmlns:z='urn:z' ")
        .replace("</xml>", "</z:xml>")
    )
    return boxes(text)


@odd
def boxes_of_single_quotes() -> bytes:
    return boxes(k.vml(k.note_shape(1, 1)).decode().replace('id="_x0000_t202"', "id='_x0000_t202'"))


@odd
def drawing_without_an_id() -> bytes:
    return k.with_parts(p.worksheet(after="<legacyDrawing/>"))


@odd
def drawing_that_is_gone() -> bytes:
    return k.with_parts(p.worksheet(after='<legacyDrawing r:id="rId1"/>'), k.NOTE_RELATIONS)


@odd
def promised_notes_missing() -> bytes:
    """A second relationship to notes would not be looked at."""
    return k.with_parts(relations=(("rId2", "comments", "../Comments1.xml"),))


@odd
def notes_root_closes_itself() -> bytes:
    return k.noted(f'<comments xmlns="{p.MAIN}"/>'.encode(), k.vml())


@odd
def notes_without_authors() -> bytes:
    return k.noted(
        f'<comments xmlns="{p.MAIN}"><commentList><comment ref="B3"/></commentList></comments>'.encode(),
        k.vml(k.note_shape(3, 2)),
    )


@odd
def largest_sheet_id() -> bytes:
    return p.zip_bytes(
        p.changed(workbook=p.workbook(f'<sheet name="{k.SHEET}" sheetId="65534" r:id="rId1"/>'))
    )


@odd
def workbook_at_the_top() -> bytes:
    found = {name.removeprefix("xl/"): content for name, content in p.parts().items()}
    found["[Content_Types].xml"] = found["[Content_Types].xml"].replace(b'"/xl/', b'"/')
    found["_rels/.rels"] = p.rels(("rId1", "officeDocument", "workbook.xml"))
    found["_rels/workbook.xml.rels"] = found["_rels/workbook.xml.rels"]
    return p.zip_bytes(found)
