"""The live checks of the blank form say what the check says: sixty slips typed in, recalculated, and compared row by row."""

from __future__ import annotations

import io
import shutil
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from etl.cell.grid import cell_address
from etl.form.layout import FilledForm
from etl.template.draw import SHEET_NAME
from tests.here import checked
from tests.known_forms import COMMON
from tests.test_template import CHECKS, LAYOUT, _clean, _convert, _fill, blank

__all__ = ["blank"]

ONE_ROW = {
    "AR01", "AR02", "AR03", "AR04", "AR05", "AR06", "AR07", "AR09", "AR12", "CF03", "CF04", "CF05", "CP03", "CP04", "CP05", "CP06",
    "CP07", "CP10", "HF01", "HF03", "HF05", "HF12", "IG02", "IG03", "IG06", "IG09", "IG19", "TX05",
}  # fmt: skip
"""Rules that a form's row tells by itself, or by the sums it belongs to."""
OWN = len(COMMON)


def _line(form: FilledForm, number: int, **fields: str) -> FilledForm:
    lines = list(form.indicators)
    lines[number] = replace(lines[number], **fields)  # type: ignore[arg-type]
    return replace(form, indicators=tuple(lines))


def _project(form: FilledForm, number: int, **fields: Any) -> FilledForm:
    projects = list(form.projects)
    projects[number] = replace(projects[number], **fields)
    return replace(form, projects=tuple(projects))


def slips(form: FilledForm) -> Iterator[tuple[str, FilledForm, str]]:
    """Yield sixty slips: a name, the form with it, and the cell it stands at."""
    rates = [n for n, common in enumerate(COMMON) if common.operator]
    words = [n for n, common in enumerate(COMMON) if common.meaning == "qualitative"]
    for n in rates[:8]:
        line = form.indicators[n]
        yield (
            f"no-operator-{n}",
            _line(form, n, full=line.full.lstrip("≥≤=")),
            LAYOUT.cell("indicators", n, "full"),
        )
        turned = {"≥": "≤", "≤": "≥", "=": "≤"}[line.full[0]]
        yield f"turned-{n}", _line(form, n, full=turned + line.full[1:]), LAYOUT.cell("indicators", n, "full")
        yield (
            f"no-percent-{n}",
            _line(form, n, full=line.full.rstrip("%")),
            LAYOUT.cell("indicators", n, "full"),
        )
    for n in rates[:5]:
        yield f"missing-{n}", _line(form, n, half=""), LAYOUT.cell("indicators", n, "half")
    own = [
        n
        for n, line in enumerate(form.indicators)
        if n >= OWN and line.full[:1] in "≥=" and line.full[1:2].isdigit()
    ]
    counts = [
        n for n in own if not form.indicators[n].full.endswith("%") and form.indicators[n].half[1:2] != "0"
    ][:5]
    shares = [n for n in own if form.indicators[n].full.endswith("%")][:4]
    for n in counts:
        line = form.indicators[n]
        yield (
            f"swapped-{n}",
            _line(form, n, half=line.full, full="≥1" + line.full.lstrip("≥=0123456789.,")),
            LAYOUT.cell("indicators", n, "half"),
        )
        yield (
            f"no-unit-{n}",
            _line(
                form,
                n,
                half=line.half.rstrip(line.half.lstrip("≥=0123456789.,")),
                full=line.full.rstrip(line.full.lstrip("≥=0123456789.,")),
            ),
            LAYOUT.cell("indicators", n, "full"),
        )
        yield (
            f"always-{n}",
            _line(form, n, half="≥0" + line.half.lstrip("≥=0123456789.,")),
            LAYOUT.cell("indicators", n, "half"),
        )
        yield f"nameless-{n}", _line(form, n, name=""), LAYOUT.cell("indicators", n, "name")
    for n in shares:
        line = form.indicators[n]
        yield (
            f"share-without-operator-{n}",
            _line(form, n, full=line.full[1:], half=line.half[1:]),
            LAYOUT.cell("indicators", n, "full"),
        )
        yield f"half-only-{n}", _line(form, n, full=""), LAYOUT.cell("indicators", n, "full")
    for n in words[:2]:
        yield f"word-{n}", _line(form, n, full="≥95%"), LAYOUT.cell("indicators", n, "full")
    for number in range(2):
        full = form.projects[number].full
        assert full is not None
        yield (
            f"half-above-full-{number}",
            _project(form, number, half=full + 1),
            LAYOUT.cell("projects", number, "half"),
        )
        yield (
            f"no-amount-{number}",
            _project(form, number, full=None),
            LAYOUT.cell("projects", number, "full"),
        )
    for field in ("total_full", "project_full", "project_half"):
        amounts = dict(form.amounts) | {field: Decimal(form.amounts[field] or 0) + 37}
        yield f"off-{field}", replace(form, amounts=amounts), LAYOUT.cell("funds", 0, field)
    texts = dict(form.texts) | {"annual_goal": "XXX"}
    yield "goal-left", replace(form, texts=texts), LAYOUT.cell("forms", 0, "annual_goal")


def test_there_are_sixty() -> None:
    names = [name for name, _, _ in slips(_clean())]
    assert len(names) >= 60 and len(set(names)) == len(names)


@pytest.mark.needs_libreoffice
@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_column_and_check_agree(blank: bytes, tmp_path: Path) -> None:
    cases = {name: (form, cell) for name, form, cell in slips(_clean())}
    (tmp_path / "in").mkdir()
    for name, (form, _) in cases.items():
        (tmp_path / "in" / f"{name}.xlsx").write_bytes(_fill(blank, form))
    sources = sorted((tmp_path / "in").iterdir())
    for start in range(0, len(sources), 20):
        _convert(sources[start : start + 20], tmp_path)
    batch = checked([tmp_path / f"{name}.xlsx" for name in cases])
    grave: dict[str, set[int]] = {}
    light: dict[str, set[int]] = {}
    leads: dict[str, set[int]] = {}
    for entry in batch.located:
        if entry.finding.code in ONE_ROW and entry.cells:
            found = grave if entry.finding.severity == "error" else light
            rows = (
                {cell.row for cell in entry.cells}
                if entry.finding.code[:2] in ("AR", "CP", "IG")
                else {entry.cells[0].row}
            )
            stem = Path(entry.finding.path).stem
            found.setdefault(stem, set()).update(rows)
            if found is grave and entry.finding.code[:2] != "AR":
                leads.setdefault(stem, set()).add(entry.cells[0].row)
    wrong = []
    for name, (_, cell) in cases.items():
        sheet = openpyxl.load_workbook(io.BytesIO((tmp_path / f"{name}.xlsx").read_bytes()), data_only=True)[
            SHEET_NAME
        ]
        address = cell_address(cell)
        assert address is not None
        said = str(sheet[f"{CHECKS}{address[0]}"].value or "")
        errors, others = grave.get(name, set()), light.get(name, set())
        told = "✗" if address[0] in errors else "△" if address[0] in others else ""
        if told and told not in said and not (told == "△" and "✗" in said):
            wrong.append((name, cell, f"check says {told}", said))
        for row in range(3, LAYOUT.rows + 1):
            text = str(sheet[f"{CHECKS}{row}"].value or "")
            if "✗" in text and row not in errors and row not in others:
                wrong.append((name, row, "check says nothing", text))
            if text == "✓" and row in leads.get(name, set()):
                wrong.append((name, row, "check says an error", text))
    assert not wrong, "\n".join(map(str, wrong))
