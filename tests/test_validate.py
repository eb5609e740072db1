"""A return adds no fault to the file that came in, whatever that is built like; every program opens it.

The validator is asked of everything we write, and the schemas and other readers are asked beside it.
"""

from __future__ import annotations

import importlib.util
import io
import re
import tempfile
import zipfile
from collections import Counter
from pathlib import Path

import pytest
from openpyxl import load_workbook

from etl.marked.annotate import annotate
from etl.marked.unmark import unmark
from etl.package.part_names import normal_name
from etl.package.parts import open_package
from etl.validation import package as validate
from etl.validation.package import added_faults, faults
from tests import package_kinds as k
from tests import packages as p
from tests.here import produce
from tests.hostile import unpacked
from tests.odd_packages import ODD
from tests.test_fidelity import MARKS, NOT_FOR_OPENPYXL, PAGE, touched_parts

SHEET, KINDS = k.SHEET, k.KINDS
EVERY = {**KINDS, **ODD}


@pytest.fixture(scope="module", params=EVERY, ids=str)
def pair(request: pytest.FixtureRequest) -> tuple[str, bytes, bytes]:
    data = EVERY[request.param]()
    return request.param, data, annotate(open_package(data), MARKS, PAGE)


def test_a_return_adds_no_fault(pair: tuple[str, bytes, bytes]) -> None:
    _, data, marked = pair
    before, after = open_package(data), open_package(marked)
    assert added_faults(before, after) == ()
    assert set(faults(after)) <= set(faults(before))


def test_the_original_comes_back(pair: tuple[str, bytes, bytes]) -> None:
    _, data, marked = pair
    before, back = open_package(data), unmark(open_package(marked))
    assert {name: back.part(name) for name in back.names} == {
        name: before.part(name) for name in before.names
    }


def test_what_carries_no_mark_keeps_every_byte(pair: tuple[str, bytes, bytes]) -> None:
    _, data, marked = pair
    before, after = open_package(data), open_package(marked)
    kept = {member.name: member for member in after.container.members}
    for old in before.container.members:
        if normal_name(old.name) not in touched_parts(before) | {"xl/styles.xml"}:
            new = kept[old.name]
            assert data[old.offset : old.end] == marked[new.offset : new.end], old.name


def test_openpyxl_sees_figures_and_marks(pair: tuple[str, bytes, bytes]) -> None:
    kind, _, marked = pair
    if kind in NOT_FOR_OPENPYXL or kind == "utf32_sheet":
        pytest.skip("openpyxl does not read the original")
    sheet = load_workbook(io.BytesIO(marked))[SHEET]
    assert (sheet["B3"].value, sheet["C3"].value) == (2268, 7334.21)
    assert sheet["B3"].fill.fill_type == "solid" and sheet["B3"].comment.text.count("【审核意见】") == 1
    assert sheet["B5"].border.left.style == "medium"


SHEET_ONE = p.PART["sheet"]


def replaced(name: str, *pairs: tuple[str, str]) -> bytes:
    """Return the sound workbook with texts of one part changed."""
    found = p.parts()
    text = found[name].decode()
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new)
    return p.zip_bytes({**found, name: text.encode()})


def after_cells(text: str) -> bytes:
    return replaced(SHEET_ONE, ("</sheetData>", f"</sheetData>{text}"))


def noted(comments: bytes, *boxes: str) -> bytes:
    return k.noted(comments, k.vml(*boxes))


NOTE = k.comments(("B3", "<t>x</t>"))
BOX = k.note_shape(3, 2)
TYPES, RELS, BOOK, STYLES = p.PART["types"], p.PART["rels"], p.PART["workbook"], p.PART["styles"]
TABS = '<sheet name="{}" sheetId="1" r:id="rId1"/><sheet name="{}" sheetId="{}" r:id="rId1"/>'


def tabs(first: str, second: str, number: int = 2, before: str = "", after: str = "") -> bytes:
    book = p.workbook(TABS.format(first, second, number), before, after)
    return p.zip_bytes(p.changed(workbook=book))


def names(*lines: str) -> bytes:
    text = "".join(f"<definedName {line}>$A$1</definedName>" for line in lines)
    return tabs("甲", "乙", after=f"<definedNames>{text}</definedNames>")


def two_headers() -> bytes:
    return p.zip_bytes(p.parts()).replace(b"xl/styles.xml", b"xl/stylos.xml", 1)


def damaged() -> bytes:
    entries = [
        p.Entry(name, content, crc=1 if name == STYLES else None) for name, content in p.parts().items()
    ]
    return p.zip_bytes(entries)


BROKEN: dict[str, bytes] = {
    "part_name": p.zip_bytes({**p.parts(), "xl/a?.xml": b"<a/>"}),
    "part_twice": p.zip_bytes([*(p.Entry(n, c) for n, c in p.parts().items()), p.Entry("XL/styles.xml", p.STYLES)]),
    "two_names": two_headers(),
    "damaged": damaged(),
    "not_well_formed": replaced(STYLES, ("</fonts>", "")),
    "encoding": p.zip_bytes(p.changed(styles=p.STYLES.decode().replace("UTF-8", "GB18030").encode("gb18030"))),
    "no_content_types": k.no_content_types(),
    "content_type": replaced(TYPES, ('Extension="xml"', 'Extension=""')),
    "content_type_twice": replaced(TYPES, ("</Types>", '<Default Extension="XML" ContentType="a/b"/></Types>')),
    "type_of_no_part": replaced(TYPES, ("</Types>", '<Override PartName="/a.xml" ContentType="a/b"/></Types>')),
    "no_content_type": p.zip_bytes({**p.parts(), "a.gif": b"GIF"}),
    "wrong_type": replaced(TYPES, ("worksheet+xml", "chartsheet+xml")),
    "relation_twice": replaced(RELS, ("rId2", "rId1")),
    "relation_id": replaced(RELS, ("rId2", "2")),
    "relations_of_no_part": p.zip_bytes({**p.parts(), "xl/_rels/a.xml.rels": p.rels(("rId1", "x", "workbook.xml"))}),
    "leads_nowhere": replaced(RELS, ("styles.xml", "stylos.xml")),
    "one_too_many": replaced(RELS, ("</Relationships>", f'<Relationship Id="a" Type="{p.REL}/styles" Target="styles.xml"/></Relationships>')),
    "no_such_relation": after_cells('<pageSetup r:id="rId7"/>'),
    "root": replaced(STYLES, ("styleSheet", "stylesheet")),
    "order": after_cells('<legacyDrawing r:id="rId1"/><pageMargins/>'),
    "element_twice": after_cells("<pageSetup/><pageSetup/>"),
    "row_order": replaced(SHEET_ONE, ('<row r="5"', '<row r="2"')),
    "cell_order": replaced(SHEET_ONE, ('r="C2"', 'r="B2"')),
    "no_such_format": replaced(SHEET_ONE, ('s="3"', 's="4"')),
    "no_such_text": replaced(SHEET_ONE, ("<v>2</v>", "<v>3</v>")),
    "long_text": replaced(SHEET_ONE, ("<t>合计</t>", f"<t>{'长' * 32_768}</t>")),
    "merge": after_cells('<mergeCells><mergeCell ref="B2:A1"/></mergeCells>'),
    "merges_overlap": after_cells('<mergeCells><mergeCell ref="A1:C3"/><mergeCell ref="C3:D4"/></mergeCells>'),
    "count": after_cells('<mergeCells count="2"><mergeCell ref="A1:C3"/></mergeCells>'),
    "notes_without_drawing": k.notes_without_boxes(),
    "note_twice": noted(k.comments(("B3", "<t>x</t>"), ("B3", "<t>y</t>")), BOX),
    "note_place": noted(k.comments(("B0", "<t>x</t>")), BOX),
    "note_without_box": noted(NOTE, k.note_shape(3, 3)),
    "no_such_author": noted(NOTE.replace(b'authorId="0"', b'authorId="1"'), BOX),
    "shape_twice": noted(NOTE, BOX, k.note_shape(5, 2)),
    "sheet_name": tabs("甲", "长" * 32),
    "sheet_name_twice": tabs("abc", "ABC"),
    "sheet_id_twice": tabs("甲", "乙", 1),
    "sheet_id": tabs("甲", "乙", 65_535),
    "sheet_without_part": replaced(BOOK, ("rId1", "rId9")),
    "no_visible_sheet": replaced(BOOK, ("sheetId=", 'state="hidden" sheetId=')),
    "tab_out_of_range": tabs("甲", "乙", before='<bookViews><workbookView activeTab="2"/></bookViews>'),
    "defined_name": names('name="1 a"'),
    "name_twice": names('name="a"', 'name="A"'),
    "name_of_no_sheet": names('name="a" localSheetId="2"'),
    "too_few": replaced(STYLES, ('<fill><patternFill patternType="gray125"/></fill>', ""), ('<fills count="3">', "<fills>"), ('<fill><patternFill patternType="none"/></fill>', "")),
    "points_nowhere": replaced(STYLES, ('fontId="1"', 'fontId="2"')),
    "no_such_number_format": replaced(STYLES, ('numFmtId="14"', 'numFmtId="164"')),
    "number_format_twice": replaced(STYLES, ("<fonts", '<numFmts><numFmt numFmtId="164" formatCode="0"/><numFmt numFmtId="164" formatCode="1"/></numFmts><fonts')),
    "style_name_twice": replaced(STYLES, ("</cellStyles>", '<cellStyle name="常规" xfId="0"/></cellStyles>'), ('<cellStyles count="1">', "<cellStyles>")),
    "too_many_formats": replaced(STYLES, ("</cellXfs>", '<xf xfId="0"/>' * 65_500 + "</cellXfs>"), ('<cellXfs count="4">', "<cellXfs>")),
}  # fmt: skip


@pytest.mark.parametrize("code", BROKEN)
def test_each_fault_is_found(code: str) -> None:
    assert code in {fault.code for fault in faults(open_package(BROKEN[code]))}


def test_each_fault_has_a_case_and_the_sound_workbook_none() -> None:
    sources = Path(validate.__file__).parent.glob("*.py")
    told = {
        code
        for path in sources
        for code in re.findall(r'(?:Fault|twice)\(\s*"([a-z_]+)"', path.read_text(encoding="utf-8"))
    }
    assert told == set(BROKEN)
    assert faults(open_package(p.zip_bytes(p.parts()))) == ()


def test_a_table_and_a_name_may_not_be_called_alike() -> None:
    data = k.sparklines_and_tables()
    assert faults(open_package(data)) == ()
    found = unpacked(data)
    name = '<definedNames><definedName name="table1">$A$1</definedName></definedNames></workbook>'
    found[BOOK] = re.sub(b"<calcPr.*", name.encode(), found[BOOK])
    assert [fault.code for fault in faults(open_package(p.zip_bytes(found)))] == ["defined_name"]


SAMPLES = [*Path("samples").rglob("*.xlsx"), *Path("templates_xlsx").glob("*.xlsx")]


@pytest.mark.parametrize(
    "path", [path for path in SAMPLES if zipfile.is_zipfile(path)], ids=lambda path: path.name
)
def test_samples_and_templates_have_no_fault(path: Path) -> None:
    assert faults(open_package(path.read_bytes())) == ()


def test_everything_a_run_writes_has_no_fault(tmp_path: Path) -> None:
    roster = Path("samples/city/roster.csv")
    run = produce([Path("samples")], tmp_path / "out", roster=roster, quiet=True, workers=1)
    files = sorted((tmp_path / "out").rglob("*.xlsx"))
    assert len(files) == 1 + sum(not written.lost for written in run.returns.values())
    assert {path.name: faults(open_package(path.read_bytes())) for path in files} == {
        path.name: () for path in files
    }
    shared = [path.name for path in files if audited(path.read_bytes(), path.name)]
    assert shared == [] or not AUDIT


def test_what_a_generated_city_gives_has_no_fault(tmp_path: Path) -> None:
    """Forms drawn by chance, as the benchmarks and the mutations take them."""
    from bench.many import many

    (tmp_path / "in").mkdir()
    for number, data in enumerate(many(6)):
        (tmp_path / "in" / f"{number}.xlsx").write_bytes(data)
        assert faults(open_package(data)) == ()
    run = produce([tmp_path / "in"], tmp_path / "out", quiet=True, workers=1)
    assert [written.lost for written in run.returns.values()] == [""] * 6
    for path in (tmp_path / "out").rglob("*.xlsx"):
        assert faults(open_package(path.read_bytes())) == (), path.name


AUDIT = importlib.util.find_spec("openxml_audit") is not None
OUR_WAY = re.compile("inline-string cell|Unexpected element '(family|b|sz|name|charset)' found")
"""What it says of texts that stand in their cells, which are allowed, and of the order openpyxl writes fonts in."""


def audited(data: bytes, name: str = "") -> Counter[tuple[str, str, str]]:
    """Return what the schemas say against a workbook, without positions."""
    if not AUDIT:
        return Counter()
    from openxml_audit import FileFormat, OpenXmlValidator

    with tempfile.NamedTemporaryFile(suffix=".xlsx") as file:
        Path(file.name).write_bytes(data)
        errors = (
            OpenXmlValidator(file_format=FileFormat.OFFICE_2019, max_errors=500).validate(file.name).errors
        )
    return Counter(
        (
            str(error.part_uri),
            re.sub(r"\d+", "N", str(error.path or "")),
            re.sub(r"\d+", "N", error.description[:150]),
        )
        for error in errors
        if not OUR_WAY.search(error.description)
    )


@pytest.mark.skipif(not AUDIT, reason="openxml-audit is not installed")
def test_the_schemas_find_nothing_new_in_a_return(pair: tuple[str, bytes, bytes]) -> None:
    _, data, marked = pair
    assert audited(marked) - audited(data) == Counter()
