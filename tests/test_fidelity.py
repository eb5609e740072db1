"""A return is the file that came in plus marks: shown on workbooks of many kinds, by other means than ours.

Parts without marks are compared byte for byte. In parts with marks, what is meant is taken out again
with an XML library, and what is left must be the original's canonical XML.
"""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import warnings
from pathlib import Path
from typing import Any

import pytest
from lxml import etree
from openpyxl import load_workbook

from etl.cell.grid import cell_address
from etl.marked.annotate import annotate
from etl.marked.find import is_return
from etl.marked.unmark import unmark
from etl.marks.model import Mark, RemarkRow, RemarksPage
from etl.package.part_names import normal_name
from etl.package.parts import Package, open_package
from etl.sheets.workbook import read_workbook
from tests.package_kinds import KINDS, SHEET

MARKS = (
    Mark(SHEET, 3, 2, "error", "项目支出半年合计与明细不符。\n相差0.85万元。"),
    Mark(SHEET, 3, 2, "warning", "另一条意见 <b> & ]]>"),
    Mark(SHEET, 5, 2, "error", primary=False),
    Mark(SHEET, 2, 3, "warning", "请核实"),
    Mark(SHEET, 5, 6, "warning", "这里没有单元格"),
    Mark(SHEET, 7, 1, "info", "这一行没有"),
    Mark(SHEET, 4, 2, "info", primary=False),
)
MARKED = {(mark.row, mark.column) for mark in MARKS}
MARKED_ROWS = {mark.row for mark in MARKS}
KEY_LINES = 5
"""Rows of the key to the marks below the form."""
PAGE = RemarksPage(
    "审核意见",
    ("单位：某单位",),
    (
        RemarkRow(
            1, "error", "错误", "AR05", f"{SHEET}!B3", (SHEET, "B3"), "=100%", "不符", "改正", key="k1"
        ),
        RemarkRow(2, "info", "提示", "RV01", f"{SHEET}!A7", (SHEET, "A7"), "+1", "_x0041_", "-", key="k2"),
    ),
    ("CF03：没有上年数据",),
)
NOT_FOR_OPENPYXL = {
    "strict_namespaces", "backslash_names", "other_case_names", "no_content_types", "promised_styles_missing",
    "no_styles_part", "empty_style_attributes", "style_out_of_range", "bare_styles", "gbk_sheet_with_a_mark",
    "pivot_tables", "merged_areas", "chart_sheet_first",
}  # fmt: skip
"""Kinds whose original openpyxl does not read, or reads with figures missing."""


@pytest.fixture(scope="module", params=KINDS, ids=str)
def pair(request: pytest.FixtureRequest) -> tuple[str, bytes, bytes]:
    data = KINDS[request.param]()
    return request.param, data, annotate(open_package(data), MARKS, PAGE)


def touched_parts(package: Package) -> set[str]:
    """Return the parts of an original that may change."""
    sheets = {ref.part for ref in package.sheets if ref.name == SHEET}
    sheets |= {ref.part for ref in package.sheets if b"tabSelected" in package.part(ref.part)}
    found = {package.workbook_part, package.styles_part or "", "[content_types].xml", *sheets}
    for part in (package.workbook_part, *sheets):
        folder, _, name = part.rpartition("/")
        found.add(f"{folder}/_rels/{name}.rels".lstrip("/"))
        found |= {r.target for r in package.relations(part) if r.kind in ("comments", "vmlDrawing")}
    return found


def test_parts_without_marks_keep_every_byte(pair: tuple[str, bytes, bytes]) -> None:
    _, data, marked = pair
    before, after = open_package(data), open_package(marked)
    allowed = touched_parts(before)
    names = [member.name for member in before.container.members]
    assert [member.name for member in after.container.members][: len(names)] == names
    for old, new in zip(before.container.members, after.container.members, strict=False):
        if normal_name(old.name) not in allowed:
            assert data[old.offset : old.end] == marked[new.offset : new.end], old.name
    kinds = {normal_name(name) for name in after.names} - set(before.names)
    assert all(re.search(r"remarks|comments|vmldrawing|styles|\.rels|content_types", name) for name in kinds)


def canonical(root: Any) -> bytes:
    return etree.tostring(root, method="c14n", with_comments=True)


def tree(content: bytes) -> Any:
    return etree.fromstring(content, etree.XMLParser(strip_cdata=False, resolve_entities=False))


def local(element: Any) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def named(root: Any, name: str) -> list[Any]:
    return [element for element in root.iter() if local(element) == name]


def copy_attribute(source: Any, target: Any, name: str) -> None:
    if name in source.attrib:
        target.set(name, source.get(name))
    elif name in target.attrib:
        del target.attrib[name]


def cells(root: Any) -> list[tuple[tuple[int, int], Any]]:
    """Return the cells of a sheet in document order, addresses worked out where there are none."""
    found, row_number = [], 0
    for row in named(root, "row"):
        row_number = int(row.get("r") or row_number + 1)
        column = 0
        for cell in row:
            if local(cell) == "c":
                written = cell_address(cell.get("r") or "")
                column = written[1] if written else column + 1
                found.append((written or (row_number, column), cell))
    return found


def without_marks(original: Any, marked: Any) -> Any:
    """Return a marked sheet's tree with what marks may do to it taken back."""
    known = dict(cells(original))
    for address, cell in cells(marked):
        area = address in MARKED or address in {(1, 1), (2, 2), (3, 2)}
        if area and address in known:
            copy_attribute(known[address], cell, "s")
        elif area and address not in known:
            assert not len(cell) and set(cell.attrib) == {"r", "s"}
            cell.getparent().remove(cell)
    rows = {row.get("r"): row for row in named(original, "row")}
    key = [row for data in named(marked, "sheetData") for row in data][-KEY_LINES:]
    said = "".join("".join(row.itertext()) for row in key)
    if not said.startswith("【审核意见】标注说明"):
        assert canonical(original).count(b"<c") == canonical(marked).count(b"<c"), "a sheet without marks"
        key = []
    assert not key or all(word in said for word in ("粗实线框", "虚线框", "点线框"))
    last = max([0, *(address[0] for address, _ in cells(original)), *MARKED_ROWS])
    assert all(int(row.get("r")) > last + 1 for row in key), "the key lies outside the form"
    for row in key:
        row.getparent().remove(row)
    for new in named(marked, "printOptions"):
        assert new.attrib.pop("headings") == "1"
        if not named(original, "printOptions"):
            new.getparent().remove(new)
    for row in named(marked, "row"):
        if row.get("r") and row.get("r") not in rows:
            assert not len(row)
            row.getparent().remove(row)
        elif row.get("r"):
            copy_attribute(rows[row.get("r")], row, "spans")
    for old, new in zip(named(original, "sheetView"), named(marked, "sheetView"), strict=True):
        copy_attribute(old, new, "tabSelected")
    if not named(original, "legacyDrawing"):
        for element in named(marked, "legacyDrawing"):
            element.getparent().remove(element)
    return marked


def test_a_marked_sheet_differs_by_its_marks_alone(pair: tuple[str, bytes, bytes]) -> None:
    _, data, marked = pair
    before, after = open_package(data), open_package(marked)
    for ref in before.sheets:
        old, new = before.part(ref.part), after.part(ref.part)
        if old != new:
            original, changed = tree(old), tree(new)
            assert canonical(without_marks(original, changed)) == canonical(original)


def test_formats_are_added_and_none_changed(pair: tuple[str, bytes, bytes]) -> None:
    _, data, marked = pair
    before, after = open_package(data), open_package(marked)
    if before.styles_part is None:
        return
    original, changed = tree(before.part(before.styles_part)), tree(after.part(before.styles_part))
    for name in ("fonts", "fills", "borders", "cellXfs"):
        old, new = named(original, name), named(changed, name)
        kept = len(old[0]) if old else 0
        if new[0].get("count"):
            assert int(new[0].get("count")) == len(new[0])
        for item in list(new[0])[kept:]:
            new[0].remove(item)
        if old:
            copy_attribute(old[0], new[0], "count")
        else:
            new[0].getparent().remove(new[0])
    assert canonical(changed) == canonical(original)


def is_print_area(name: Any) -> bool:
    return bool(name.get("name") == "_xlnm.Print_Area")


def with_last_row_of(original: str, changed: str) -> str:
    """Return a print area that was made to take in the key below the form, with its last row as it was."""
    head, _, row = changed.rpartition("$")
    assert int(row) >= int(original.rpartition("$")[2])
    return f"{head}${original.rpartition('$')[2]}"


def test_the_workbook_part_gains_a_tab_and_three_names(pair: tuple[str, bytes, bytes]) -> None:
    _, data, marked = pair
    before, after = open_package(data), open_package(marked)
    original, changed = tree(before.part(before.workbook_part)), tree(after.part(before.workbook_part))
    tabs = named(changed, "sheet")
    tabs[0].getparent().remove(tabs[0])
    for name in named(changed, "definedName"):
        ours = name.get("name") == "jixiao_return" or name.get("localSheetId") == "0"
        if ours:
            name.getparent().remove(name)
        elif name.get("localSheetId"):
            name.set("localSheetId", str(int(name.get("localSheetId")) - 1))
    areas = {name.get("localSheetId"): name for name in named(original, "definedName") if is_print_area(name)}
    for name in filter(is_print_area, named(changed, "definedName")):
        name.text = with_last_row_of(areas[name.get("localSheetId")].text, name.text)
    for group in ("definedNames", "bookViews"):
        if not named(original, group):
            for element in named(changed, group):
                element.getparent().remove(element)
    for old, new in zip(named(original, "workbookView"), named(changed, "workbookView"), strict=True):
        copy_attribute(old, new, "activeTab")
        copy_attribute(old, new, "firstSheet")
    assert canonical(changed) == canonical(original)


def test_notes_are_kept_and_ours_come_below(pair: tuple[str, bytes, bytes]) -> None:
    _, data, marked = pair
    before, after = notes(open_package(data)), notes(open_package(marked))
    for address, text in before.items():
        assert after[address].startswith(text)
        assert (after[address] != text) == (address in MARKED)
    ours = {(mark.row, mark.column) for mark in MARKS if mark.primary}
    if "merged" in pair[0]:
        ours = (ours - {(3, 2)}) | {(2, 2)}
    for address in ours:
        assert after[address].endswith("（详见“审核意见”表）")
    assert set(after) == set(before) | ours


def notes(package: Package) -> dict[tuple[int, int], str]:
    part = next(ref.part for ref in package.sheets if ref.name == SHEET)
    name = package.related(part, "comments")
    if name is None:
        return {}
    found = {}
    for comment in named(tree(package.part(name)), "comment"):
        address = cell_address(comment.get("ref"))
        assert address is not None and address not in found
        found[address] = "".join(t.text or "" for t in named(comment, "t"))
    return found


def test_every_note_has_its_box(pair: tuple[str, bytes, bytes]) -> None:
    _, _, marked = pair
    package = open_package(marked)
    part = next(ref.part for ref in package.sheets if ref.name == SHEET)
    legacy = named(tree(package.part(part)), "legacyDrawing")
    assert len(legacy) == 1
    wanted = next(value for key, value in legacy[0].attrib.items() if key.endswith("}id"))
    target = next(r.target for r in package.relations(part) if r.id == wanted)
    text = package.part(target).decode("utf-8")
    boxes = re.findall(r"<x:Row>(\d+)</x:Row>\s*<x:Column>(\d+)</x:Column>", text)
    assert len(boxes) == len(set(boxes))
    assert {(int(row) + 1, int(column) + 1) for row, column in boxes} >= set(notes(package))
    ids = re.findall(r'id="(_x0000_s\d+)"', text)
    assert len(ids) == len(set(ids))
    etree.fromstring(text.encode())


def test_relationships_and_content_types_are_whole(pair: tuple[str, bytes, bytes]) -> None:
    _, data, marked = pair
    before, after = open_package(data), open_package(marked)
    for name in after.names:
        if name.endswith(".rels"):
            folder, _, file = name.rpartition("/_rels/")
            owner = f"{folder}/{file.removesuffix('.rels')}".lstrip("/") if folder else ""
            if owner and not after.has(owner):
                continue
            relations = after.relations(owner)
            assert len({relation.id for relation in relations}) == len(relations)
            new = {r.id: r for r in relations}.keys() - {r.id for r in before.relations(owner)}
            assert all(after.has(r.target) for r in relations if r.id in new)
    types = tree(after.part("[Content_Types].xml"))
    defaults = {element.get("Extension").lower() for element in named(types, "Default")}
    overrides = [normal_name(element.get("PartName")) for element in named(types, "Override")]
    assert len(overrides) == len(set(overrides))
    for name in set(after.names) - set(before.names) - {"[content_types].xml"}:
        assert name in overrides or name.rpartition(".")[2] in defaults
        if name.endswith(".xml"):
            assert name in overrides


def test_marks_are_seen_by_our_reader_and_values_are_not_changed(pair: tuple[str, bytes, bytes]) -> None:
    _, data, marked = pair
    before, after = read_workbook(open_package(data)), read_workbook(open_package(marked))
    assert after.sheets[0].name.startswith("审核意见")
    assert len(after.sheets) == len(before.sheets) + 1
    for old, new in zip(before.sheets, after.sheets[1:], strict=True):
        assert (old.name, old.state, old.merges, old.hidden_rows) == (
            new.name,
            new.state,
            new.merges,
            new.hidden_rows,
        )
        last = max([0, *(at[0] for at in old.cells), *MARKED_ROWS])
        assert {at: cell[:2] for at, cell in old.cells.items()} == {
            at: cell[:2] for at, cell in new.cells.items() if at[0] <= last
        }
        below = [cell.raw for at, cell in sorted(new.cells.items()) if at[0] > last]
        assert (
            below[:1] == ["【审核意见】标注说明（不属于本表，报回时不必删除）"]
            if old.name == SHEET
            else not below
        )


def test_taking_marks_off_gives_the_original_back(pair: tuple[str, bytes, bytes]) -> None:
    _, data, marked = pair
    before, back = open_package(data), unmark(open_package(marked))
    assert back.names == before.names
    for name in before.names:
        assert back.part(name) == before.part(name), name
    assert annotate(back, MARKS, PAGE) == marked
    assert annotate(open_package(marked), MARKS, PAGE) == marked
    assert is_return(open_package(marked)) and not is_return(back)
    assert unmark(before) is before


def test_the_same_input_gives_the_same_bytes(pair: tuple[str, bytes, bytes]) -> None:
    _, data, marked = pair
    assert annotate(open_package(data), MARKS, PAGE) == marked


def opened(data: bytes, **options: Any) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return load_workbook(io.BytesIO(data), **options)


@pytest.mark.parametrize("data_only", [True, False], ids=["cached", "formulas"])
def test_openpyxl_reads_equal_values_and_sees_marks(pair: tuple[str, bytes, bytes], data_only: bool) -> None:
    name, data, marked = pair
    if name in NOT_FOR_OPENPYXL:
        pytest.skip("openpyxl does not read the original")
    before, after = opened(data, data_only=data_only), opened(marked, data_only=data_only)
    assert after.sheetnames[1:] == before.sheetnames
    for old in before.worksheets:
        new = after[old.title]
        assert new.sheet_state == old.sheet_state
        for row in old.iter_rows():
            for cell in row:
                again = new[cell.coordinate]
                assert str(again.value) == str(cell.value) or "ArrayFormula" in str(cell.value)
                assert again.number_format == cell.number_format
                for look in ("font", "alignment", "protection"):
                    assert repr(getattr(again, look)) == repr(getattr(cell, look))
    assert after.worksheets[0].freeze_panes == "A5" and not after.worksheets[0].row_dimensions[7].hidden
    sheet = after[SHEET]
    assert sheet["B3"].fill.fgColor.rgb[2:4] >= "FC" and sheet["B3"].comment.text.count("【审核意见】") == 1
    assert sheet["B5"].border.left.style == "medium"
    assert after.worksheets[0]["E5"].value == "=100%" and after.worksheets[0]["E5"].data_type in (
        "s",
        "inlineStr",
    )


soffice = shutil.which("soffice")


@pytest.fixture(scope="module")
def through_libreoffice(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Return all returns of a sample of kinds, opened and saved by LibreOffice in one go."""
    if soffice is None:
        pytest.skip("LibreOffice is not installed")
    folder: Path = tmp_path_factory.mktemp("office")
    source, target = folder / "in", folder / "out"
    source.mkdir()
    for name in LIBREOFFICE_KINDS:
        (source / f"{name}.xlsx").write_bytes(annotate(open_package(KINDS[name]()), MARKS, PAGE))
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = [soffice, profile, "--headless", "--convert-to", "xlsx", "--outdir", str(target)]
    subprocess.run(
        [*command, *map(str, sorted(source.iterdir()))], check=True, capture_output=True, timeout=240
    )
    return {path.stem: path.read_bytes() for path in target.iterdir()}


LIBREOFFICE_KINDS = (
    "plain", "note_on_a_marked_cell", "plain_note_on_a_marked_cell", "threaded_comments", "strict_namespaces",
    "no_styles_part", "merged_areas", "charts", "pictures", "form_on_the_second_sheet", "text_boxes_and_notes",
    "prefixed_elements", "column_and_row_formats", "diagonal_and_coloured_borders", "no_content_types",
    "sparklines_and_tables", "conditional_formats_and_validations", "absolute_targets",
)  # fmt: skip


@pytest.mark.needs_libreoffice
@pytest.mark.parametrize("name", LIBREOFFICE_KINDS)
def test_libreoffice_opens_a_return_and_shows_the_marks(
    name: str, through_libreoffice: dict[str, bytes]
) -> None:
    book = opened(through_libreoffice[name])
    page, sheet = book.worksheets[0], book[SHEET]
    assert page.title == "审核意见" and book.active.title in ("审核意见", SHEET)
    assert page["E5"].value == "=100%" and page["E5"].data_type == "s"
    assert not page.row_dimensions[7].hidden and page.protection.sheet
    where = "B2" if name == "merged_areas" else "B3"
    assert sheet[where].fill.fgColor.rgb[2:4] >= "FC"
    assert "【审核意见】" in sheet[where].comment.text


@pytest.mark.needs_libreoffice
@pytest.mark.parametrize("name", LIBREOFFICE_KINDS)
def test_marks_come_off_after_libreoffice_rewrote_the_file(
    name: str, through_libreoffice: dict[str, bytes]
) -> None:
    original = open_package(KINDS[name]())
    back = unmark(open_package(through_libreoffice[name]))
    assert not is_return(back)
    before, after = read_workbook(original), read_workbook(back)
    assert [sheet.name for sheet in after.sheets] == [sheet.name for sheet in before.sheets]
    for old, new in zip(before.sheets, after.sheets, strict=True):
        assert {at: figure(cell.raw) for at, cell in old.cells.items() if cell.kind == "number"}.items() <= {
            at: figure(cell.raw) for at, cell in new.cells.items()
        }.items()
    book, marked = opened(back.container.data), opened(through_libreoffice[name])
    assert_no_marks(book[SHEET])
    kept = notes(original)
    found = {cell_address(c.coordinate): c.comment.text for row in book[SHEET] for c in row if c.comment}
    assert {at: text.strip() for at, text in found.items() if text.strip()} == {
        at: text.strip() for at, text in kept.items() if text.strip()
    }
    assert marked.sheetnames[1:] == book.sheetnames


def figure(raw: str) -> float | str:
    try:
        return round(float(raw), 6)
    except ValueError:
        return raw


def assert_no_marks(sheet: Any) -> None:
    for row in sheet.iter_rows():
        for cell in row:
            if cell.fill.fill_type == "solid":
                assert cell.fill.fgColor.rgb == "FFE2EFDA", cell.coordinate
            sides = (cell.border.left, cell.border.right, cell.border.top, cell.border.bottom)
            styles = {"medium", "thick", "mediumDashed", "dashed", "dotted"}
            assert all(side is None or side.style not in styles for side in sides), cell.coordinate
            assert "审核意见" not in str(cell.value), "the key to the marks"
