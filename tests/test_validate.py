"""A return adds no fault to the file that came in, whatever that is built like; every program opens it.

The validator is asked of everything we write, and the schemas and other readers are asked beside it.
"""

from __future__ import annotations

import io

import pytest
from openpyxl import load_workbook

from etl.marked.annotate import annotate
from etl.marked.unmark import unmark
from etl.package.parts import open_package
from etl.package.validate import added_faults, faults
from tests.odd_packages import ODD
from tests.package_kinds import KINDS, SHEET
from tests.test_fidelity import MARKS, NOT_FOR_OPENPYXL, PAGE

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


def test_openpyxl_sees_figures_and_marks(pair: tuple[str, bytes, bytes]) -> None:
    kind, _, marked = pair
    if kind in NOT_FOR_OPENPYXL or kind == "utf32_sheet":
        pytest.skip("openpyxl does not read the original")
    sheet = load_workbook(io.BytesIO(marked))[SHEET]
    assert (sheet["B3"].value, sheet["C3"].value) == (2268, 7334.21)
    assert sheet["B3"].fill.fill_type == "solid" and sheet["B3"].comment.text.count("【审核意见】") == 1
    assert sheet["B5"].border.left.style == "medium"
