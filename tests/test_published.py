"""The published form: what must be said of it, what must not, and that its layout makes no difference."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from checks.given.inputs import Inputs
from checks.settings import Settings
from etl.batch.chunk import check_readings
from etl.cell.grid import address_text
from etl.frames.located import Located
from samples.sources import DATA, filled_form, load
from tests.bent import BENDS, Pages, straight, workbook_bytes
from tests.paper import read_bytes

PUBLISHED = filled_form(load(DATA / "published.toml"))
FILE = next((Path(__file__).parent.parent / "samples" / "published").glob("*.xlsx"))

MUST = {
    "error": "AR05@E18",
    "warning": (
        "HF03@E48+E49 HF04@E53 HF06@E77 HF10@E35 IG02@E87 IG06@E78+E79 IG11@E86 IG18@C83 RV01@C35+C36+C20 RV04@C35 TX01@B39"
    ),
    "info": (
        "AR11@E17 CF04@F52 CF04@E53 CF04@F54 CF04@F68 CP05@B85 CP09@B5 HF07@E33 HF09@E17 HF11@D75 HF11@D76 HF13@E20 IG17@D74 IG20@F81"
        " RV02@F18 RV06@C86 TX02@B40 TX03@B40 TX04@C20 TX04@D77 TX06@B40 TX10@B40 XS03@B81 XS04@B4 XS05@B40"
    ),
}
"""What is true of the form, found by reading it: rule and cell, of several places of one rule each."""
ABOVE_THE_FOLD = 12
"""Lines a department may have to answer; notes are below."""
SILENT = (
    "AR01",
    "AR02",
    "AR03",
    "AR04",
    "AR06",
    "AR10",
    "IG14",
    "CF01",
    "CF03",
    "CF06",
    "XS02",
    "HF01",
    "HF12",
)


def located(data: bytes) -> tuple[Located, ...]:
    return check_readings([read_bytes(data)], Settings(), Inputs()).located


@pytest.fixture(scope="module")
def findings() -> tuple[Located, ...]:
    return located(FILE.read_bytes())


def _said(entry: Located) -> str:
    """Return rule and cell; where one line speaks for several places, the first cell of each."""
    count = int(match[1]) if (match := re.match("同类共([0-9]+)处", entry.finding.message["zh"])) else 1
    cells = (address_text((cell.row, cell.column)) for cell in entry.cells[:count])
    return f"{entry.finding.code}@{'+'.join(cells)}"


def test_what_is_true_is_said_at_its_cell_with_its_severity(findings: tuple[Located, ...]) -> None:
    for severity, said in MUST.items():
        found = Counter(_said(entry) for entry in findings if entry.finding.severity == severity)
        assert found == Counter(said.split()), severity


def test_what_must_be_silent_is_silent(findings: tuple[Located, ...]) -> None:
    assert [entry.finding.code for entry in findings if entry.finding.code in SILENT] == []


def test_no_more_is_to_be_answered_than_is_read(findings: tuple[Located, ...]) -> None:
    assert sum(entry.finding.severity != "info" for entry in findings) <= ABOVE_THE_FOLD


def by_value(pages: Pages) -> Counter[str]:
    """Return the findings on a bent form by the value they name, wherever it stands; structure (ST) aside."""
    names = {
        (page.name, cell.row, cell.column): cell.where
        for page in pages
        for cell in page.cells
        if cell.where is not None
    }
    found: Counter[str] = Counter()
    for entry in located(workbook_bytes(pages)):
        if not entry.finding.code.startswith("ST"):
            cell = entry.cells[0]
            found[f"{entry.finding.code}@{names.get((cell.sheet, cell.row, cell.column))}"] += 1
    return found


@pytest.fixture(scope="module")
def as_printed() -> Counter[str]:
    return by_value((straight(PUBLISHED),))


def _first_cells(found: Counter[str]) -> Counter[str]:
    """Fold what is said of a filled-down level onto its code: a merge undone has a cell on every row."""
    return Counter(
        {
            key if "level" not in key and "None" not in key else key.partition("@")[0]: n
            for key, n in found.items()
        }
    )


@pytest.mark.parametrize("bend", BENDS)
def test_the_layout_makes_no_difference(bend: str, as_printed: Counter[str]) -> None:
    bent = by_value(BENDS[bend](straight(PUBLISHED)))
    assert _first_cells(bent) == _first_cells(as_printed)
