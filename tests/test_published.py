"""The published form: what must be said of it, what must not, and that its layout makes no difference."""

from __future__ import annotations

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

MUST = (
    "AR05@E18", "HF04@E53", "IG02@E87", "IG06@E78", "IG06@E79", "TX01@B39", "CP05@B85", "HF03@E48", "HF03@E49",
    "HF10@E35", "IG11@E86", "IG18@C83", "AR11@E17", "CP09@B5", "HF09@E17", "HF11@D75", "HF11@D76", "HF13@E20",
    "IG17@D74", "IG20@F81", "CF04@F52", "CF04@E53", "CF04@F54", "CF04@F68", "TX02@B40", "TX03@B40",
    "TX04@C20", "TX04@D77", "TX06@B40", "TX10@B40", "RV01@C20", "RV01@C35", "RV01@C36", "RV02@F18",
    "RV04@C35", "RV06@C86", "HF06@E77", "HF07@E33", "XS03@B81", "XS04@B4", "XS05@B40",
)  # fmt: skip
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
def findings() -> Counter[str]:
    return Counter(
        f"{e.finding.code}@{address_text((e.cells[0].row, e.cells[0].column))}"
        for e in located(FILE.read_bytes())
    )


def test_what_must_be_said_is_said_at_its_cell(findings: Counter[str]) -> None:
    assert Counter(MUST) - findings == Counter()


def test_what_must_be_silent_is_silent(findings: Counter[str]) -> None:
    assert [found for found in findings if found.partition("@")[0] in SILENT] == []


def test_there_is_one_error(findings: Counter[str]) -> None:
    errors = [e.finding.code for e in located(FILE.read_bytes()) if e.finding.severity == "error"]
    assert errors == ["AR05"]


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
