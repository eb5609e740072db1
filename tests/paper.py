"""Puts the clean form on paper: real workbook bytes, with one case's edits made in the cells."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from etl.cell.grid import address_text
from etl.form.layout import FilledForm, IndicatorLine, Layout, ProjectLine, lay_out
from etl.template.draw import draw, new_workbook, workbook_bytes
from tests import clean
from tests.cases import Case, Raw
from tests.known_forms import FORM_2023

_NAME = re.compile(r"(?P<table>[a-z]+)(?:\[(?P<row>[0-9]+)\])?(?:\.(?P<field>[a-z_0-9:]+))?")


@dataclass(frozen=True, slots=True)
class Paper:
    """A case as a workbook, with the way from a value's name (`projects[3].half`) to its cell."""

    data: bytes
    layout: Layout
    numbers: Mapping[tuple[str, int], int]

    def cell(self, name: str) -> str:
        """Return the cell of a value, `E18`; a name that starts with `=` is a cell already."""
        if name.startswith("="):
            return name[1:]
        table, row, field = _parsed(name)
        return address_text(self.layout.addresses[table, self.numbers.get((table, row), row), field])


def _parsed(name: str) -> tuple[str, int, str]:
    match = _NAME.fullmatch(name)
    assert match is not None, name
    return match["table"], int(match["row"] or 0), match["field"] or ""


def paper(case: Case | None = None) -> Paper:
    """Return the clean form with a case's rows dropped and added and its edits written into the cells."""
    case = case or Case("")
    filled, numbers = filled_in(case)
    layout = lay_out(FORM_2023, filled)
    workbook = new_workbook("")
    sheet = draw(layout, workbook)
    result = Paper(b"", layout, numbers)
    for name, value in case.edits.items():
        _write(_writable(sheet, result.cell(name)), value, name)
    data = workbook_bytes(workbook)
    return Paper(case.change(data) if case.change else data, layout, numbers)


def filled_in(case: Case) -> tuple[FilledForm, dict[tuple[str, int], int]]:
    """Return the clean form with a case's rows, and the row each value of `tests.clean` stands in."""
    dropped = {_parsed(name)[:2] for name in case.drop}
    numbers: dict[tuple[str, int], int] = {}
    rows: dict[str, list[Any]] = {"projects": [], "indicators": []}
    projects = [ProjectLine(name, _money(half), _money(full)) for name, half, full in clean.PROJECTS]
    projects += [
        ProjectLine(r.get("name", ""), _money(r.get("half")), _money(r.get("full")))
        for r in case.add.get("projects", ())
    ]
    indicators = [IndicatorLine(**row) for row in (*clean.INDICATORS, *case.add.get("indicators", ()))]
    for table, lines in (("projects", projects), ("indicators", indicators)):
        for number, line in enumerate(lines):
            if (table, number) not in dropped:
                numbers[table, number] = len(rows[table])
                rows[table].append(line)
    texts = {name: text for name, text in clean.FORMS.items() if name != "fiscal_year"}
    amounts = {name: _money(text) for name, text in clean.FUNDS.items()}
    filled = FilledForm(
        clean.FORMS["fiscal_year"], texts, amounts, tuple(rows["projects"]), tuple(rows["indicators"])
    )
    return filled, numbers


def _money(text: str | None) -> Decimal | None:
    return Decimal(text) if text not in (None, "") else None


def _writable(sheet: Any, reference: str) -> Any:
    """Return a cell to write into; a merge that covers it is undone."""
    for area in list(sheet.merged_cells.ranges):
        if reference in area and sheet[reference].coordinate != area.start_cell.coordinate:
            sheet.unmerge_cells(str(area))
    return sheet[reference]


def _write(cell: Any, value: Any, name: str) -> None:
    if isinstance(value, Raw):
        _write_raw(cell, value)
    elif value in (None, ""):
        cell.value = None
    elif name.startswith(("funds.", "projects")) and not name.endswith(".name"):
        cell.value = float(value)
    else:
        cell.value = value
        cell.data_type = "s"


def _write_raw(cell: Any, raw: Raw) -> None:
    if raw.formula is not None:
        cell.value = f"={raw.formula.lstrip('=')}"
    elif raw.error is not None:
        cell.value, cell.data_type = raw.error, "e"
    elif raw.number is not None:
        cell.value, cell.number_format = float(raw.number), raw.number_format
    else:
        cell.value, cell.data_type = raw.text, "s"


def read_bytes(data: bytes, path: str = "form.xlsx") -> Any:
    """Return the reading of workbook bytes as of a file of that path."""
    from etl.intake.read import read_data

    return read_data(path, data)


def bytes_of(workbook: Any) -> bytes:
    """Return an openpyxl workbook's bytes."""
    stream = io.BytesIO()
    workbook.save(stream)
    return stream.getvalue()
