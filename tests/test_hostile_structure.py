"""Workbooks put together oddly (C in the list of ways a file is broken): the same form is found, what is odd is said."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from etl.intake.read import read_data
from tests import packages as p
from tests.here import checked, produce
from tests.hostile import BOOK, SHEET, clean_parts, with_cell
from tests.paper import paper
from tests.test_extract import figures
from tests.test_hostile_xml import said

RELATIONS, TYPES = "xl/_rels/workbook.xml.rels", "[Content_Types].xml"
OTHER = "xl/worksheets/other.xml"
CLEAN = figures(read_data("form.xlsx", paper().data).readings[0])


def book(
    change: Callable[[str], str],
    related: tuple[str, str] = ("worksheet", OTHER),
    part: bytes | None = None,
) -> bytes:
    """Return the clean form with its workbook part changed and another part related to it as `other`."""
    parts = dict(clean_parts())
    parts[BOOK] = change(re.sub("<definedNames>.*</definedNames>", "", parts[BOOK].decode())).encode()
    relation = f'<Relationship Id="other" Type="{p.REL}/{related[0]}" Target="/{related[1]}"/>'
    parts[RELATIONS] = (
        parts[RELATIONS].decode().replace("</Relationships>", f"{relation}</Relationships>").encode()
    )
    return p.zip_bytes({**parts, OTHER: p.worksheet(""), **({related[1]: part} if part else {})})


def tab(name: str, number: int = 9, state: str = "visible", part: str = "other") -> str:
    return f'<sheet xmlns:r="{p.REL}" name="{name}" sheetId="{number}" state="{state}" r:id="{part}"/>'


def first(*tabs: str) -> Callable[[str], str]:
    """Put tabs before the form's."""
    return lambda text: text.replace("<sheets>", "<sheets>" + "".join(tabs))


def named(name: str) -> Callable[[str], str]:
    return lambda text: text.replace('name="绩效目标表"', f'name="{name}"')


def hidden(text: str) -> str:
    return first(tab("封面"))(text.replace('state="visible"', 'state="hidden"'))


def old_copy() -> bytes:
    """Return the sheet of the clean form with another figure."""
    return clean_parts()[SHEET].replace(b"949.75", b"1111.11")


def typed(kind: bytes, **more: bytes) -> bytes:
    """Return the clean form as another type of workbook."""
    types = clean_parts()[TYPES]
    changed = re.sub(rb'(PartName="/xl/workbook.xml" ContentType=")[^"]*', rb"\1" + kind, types)
    assert changed != types
    return p.zip_bytes(
        {**clean_parts(), TYPES: changed, **{f"xl/{name}.bin": part for name, part in more.items()}}
    )


def linked_outside() -> bytes:
    element = (
        f'<externalReferences><externalReference xmlns:r="{p.REL}" r:id="other"/></externalReferences><calcPr'
    )
    part = f'<externalLink xmlns="{p.MAIN}"/>'.encode()
    return book(
        lambda text: text.replace("<calcPr", element), ("externalLink", "xl/externalLinks/e.xml"), part=part
    )


RICH = (
    '<is><r><t>苏州市园林</t></r><r><rPr><b/></rPr><t>绿地养护中心</t></r><rPh sb="0" eb="1"><t>SUZHOU</t></rPh>'
    '<phoneticPr fontId="1"/></is>'
)
MACROS = b"application/vnd.ms-excel.sheet.macroEnabled.main+xml"
TEMPLATE = b"application/vnd.openxmlformats-officedocument.spreadsheetml.template.main+xml"
CHART = f'<chartsheet xmlns="{p.MAIN}"><sheetViews><sheetView workbookViewId="0"/></sheetViews></chartsheet>'.encode()

SAME: dict[str, tuple[Callable[[], bytes], str]] = {
    "47 the form on a hidden sheet": (
        lambda: book(hidden, part=p.worksheet('<row r="1"><c r="A1" t="str"><v>封面</v></c></row>')), "隐藏工作表上的表"),
    "47 an old copy on a very hidden sheet": (
        lambda: book(first(tab("旧稿", state="veryHidden")), part=old_copy()), "含数字的隐藏工作表“旧稿”"),
    "49 the form on the third sheet": (lambda: book(first(tab("说明"), tab("目录", 10))), ""),
    "49 two sheets of one name": (lambda: book(first(tab("绩效目标表"))), ""),
    "49 300 sheets": (lambda: book(first(*(tab(f"表{n}", n + 9) for n in range(300)))), ""),
    "49 a name of 300 characters": (lambda: book(named("长" * 300)), ""),
    "49 a sheet without a name": (lambda: book(named("")), ""),
    "50 a chart first": (lambda: book(first(tab("图")), ("chartsheet", "xl/chartsheets/c.xml"), part=CHART), ""),
    "52 dates from 1904, columns as numbers": (
        lambda: book(lambda text: text.replace("<workbookPr/>", '<workbookPr date1904="1"/>').replace("<calcPr", '<calcPr refMode="R1C1"')), ""),
    "53 macros": (lambda: typed(MACROS, vbaProject=p.compound("VBA")), ""),
    "53 a template": (lambda: typed(TEMPLATE), ""),
    "54 a link to another workbook": (linked_outside, ""),
    "54 a link to a part that is not there": (lambda: book(lambda text: text, ("externalLink", "xl/none.xml")), ""),
    "59 formatted runs with readings": (lambda: with_cell("B3", RICH, "inlineStr"), ""),
    "62 a shared formula without its first": (lambda: with_cell("E18", '<f t="shared" si="99"/><v>949.75</v>'), ""),
    "62 an array formula": (lambda: with_cell("E18", '<f t="array" ref="E18">SUM(900,49.75)</f><v>949.75</v>'), ""),
}  # fmt: skip


@pytest.mark.parametrize("mode", SAME)
def test_the_same_form_is_found(mode: str) -> None:
    make, word = SAME[mode]
    file = read_data("form.xlsx", make())
    assert file.status == "checked", file.reason
    assert [figures(reading) for reading in file.readings] == [CLEAN]
    found = [message for code, message in said(file)]
    assert len(found) == bool(word) and all(word in message for message in found)


def test_a_sheet_shown_in_two_tabs_is_two_forms() -> None:
    file = read_data(
        "form.xlsx", book(lambda text: text.replace("</sheets>", tab("再", part="rId1") + "</sheets>"))
    )
    assert [figures(reading) for reading in file.readings] == [CLEAN, CLEAN]
    assert {code for code, _ in said(file)} == {"ST13"}


@pytest.mark.parametrize(("cell", "code"), [("B3", "CP01"), ("E18", "ST08")])
def test_a_picture_in_a_cell_is_no_text(cell: str, code: str) -> None:
    """WPS keeps pictures as formulas, whose stored result is text (55)."""
    picture = '<f>_xlfn.DISPIMG("ID_1",1)</f><v>=DISPIMG("ID_1",1)</v>'
    assert {found for found, _ in said(read_data("form.xlsx", with_cell(cell, picture, "str")))} == {code}


def picture_alone() -> bytes:
    sheet = p.worksheet("", after='<drawing r:id="rId1"/>')
    drawing = p.rels(("rId1", "drawing", "../drawings/drawing1.xml"))
    media = {"xl/media/image1.png": b"\x89PNG", "xl/drawings/drawing1.xml": b"<x/>"}
    return p.zip_bytes(
        {**clean_parts(), SHEET: sheet, "xl/worksheets/_rels/sheet1.xml.rels": drawing, **media}
    )


NOTHING: dict[str, tuple[Callable[[], bytes], str]] = {
    "46 no sheets": (lambda: book(lambda text: re.sub("<sheets>.*</sheets>", "<sheets/>", text)), "no_sheet"),
    "46 an empty sheet": (lambda: p.zip_bytes({**clean_parts(), SHEET: p.worksheet("")}), "empty_workbook"),
    "46 a picture of the form": (picture_alone, "only_pictures"),
}


@pytest.mark.parametrize("mode", NOTHING)
def test_nothing_to_read_is_said(mode: str) -> None:
    make, code = NOTHING[mode]
    file = read_data("form.xlsx", make())
    assert (file.status, file.code) == ("unreadable", code) and file.reason and file.reason_en


def test_they_come_back_marked_and_are_read_the_same_again(tmp_path: Path) -> None:
    inbox, output = tmp_path / "in", tmp_path / "out"
    inbox.mkdir()
    for number, (make, _) in enumerate(SAME.values()):
        (inbox / f"{number:02}.xlsx").write_bytes(make())
    first_time = produce([inbox], output, workers=1, quiet=True).batch
    again = checked([output / "returns"], workers=1)

    def told(batch: object) -> Counter[tuple[str, str]]:
        return Counter((e.finding.path, e.finding.code) for e in batch.located)  # type: ignore[attr-defined]

    assert len(first_time.files) == len(SAME) and told(again) == told(first_time)
