"""Whatever library wrote a form, it is read alike, and its return is sound, opens, and comes off again."""

from __future__ import annotations

import importlib.util
import io
import shutil
from collections.abc import Callable

import pytest
from openpyxl import load_workbook

from checks.settings import Settings
from etl.batch.chunk import check_readings
from etl.intake.read import open_workbook, read_data
from etl.marked.annotate import annotate
from etl.marked.unmark import unmark
from etl.marks.model import Mark
from etl.package.parts import open_package
from etl.returns.remarks import marks, remarks_page
from etl.validation.package import added_faults, faults
from tests import writers
from tests.test_validate import audited


def _cases() -> list[object]:
    found = []
    for name, write in writers.PYTHON.items():
        library = name.partition("_")[0]
        missing = importlib.util.find_spec(library) is None
        found.append(pytest.param(write, id=name, marks=pytest.mark.skipif(missing, reason=f"no {library}")))
    for name in writers.NODE:
        missing = not writers.has_node(name)
        found.append(
            pytest.param(
                lambda name=name: writers.by_node(name),
                id=name,
                marks=pytest.mark.skipif(missing, reason=f"no {name}"),
            )
        )
    none = shutil.which("soffice") is None and shutil.which("libreoffice") is None
    office = [pytest.mark.needs_libreoffice, pytest.mark.skipif(none, reason="no LibreOffice")]
    return [*found, pytest.param(writers.libreoffice, id="libreoffice", marks=office)]


@pytest.mark.parametrize("write", _cases())
def test_a_return_is_sound_whoever_wrote_the_form(write: Callable[[], bytes]) -> None:
    data = write()
    reading = read_data("form.xlsx", data)
    assert reading.status == "checked", reading.reason
    located = check_readings([reading], Settings(), {}).located
    assert [entry.finding.code for entry in located if str(entry.finding.severity) == "error"] == []

    row, column = writers.form()["note"]
    given = [
        *marks(located, "zh"),
        Mark(writers.SHEET, row, column, "error", "不符"),
        Mark(writers.SHEET, 3, 2, "info", "请核实"),
    ]
    before = open_package(data)
    marked = annotate(before, given, remarks_page(located, (), "zh"))
    after = open_package(marked)
    assert added_faults(before, after) == () and set(faults(after)) <= set(faults(before))
    assert audited(marked) - audited(data) == {}

    sheet = load_workbook(io.BytesIO(marked))[writers.SHEET]
    note = sheet.cell(row, column).comment.text
    assert note.count("【审核意见】") == 1 and "不符" in note
    assert sheet.cell(row, column).fill.fill_type == "solid"
    own = load_workbook(io.BytesIO(data))[writers.SHEET].cell(row, column).comment
    assert own is None or writers.NOTE in note
    back = unmark(after)
    assert {name: back.part(name) for name in back.names} == {
        name: before.part(name) for name in before.names
    }
    assert [s.cells for s in open_workbook(marked).sheets] == [s.cells for s in open_workbook(data).sheets]
