"""What the city's workbook is drawn from: the batch, whose form counts, and links to every figure's cell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from checks.finding import Spot
from etl.batch import Batch
from etl.form import label_key
from etl.grid import address_text
from etl.stack import CellPlace

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class Source:
    """Where a figure comes from: its cell in words, and a link to it in the return (relative to the workbook)."""

    text: str
    link: str


@dataclass(frozen=True, slots=True)
class City:
    """A batch as the city sees it.

    `order`: the forms whose figures count, by department and agency; `superseded`: forms that do not,
    because a newer one of the same agency was handed in (form → the form that counts).
    """

    batch: Batch
    order: tuple[int, ...]
    superseded: Mapping[int, int]
    departments: Mapping[int, str]
    roster: pd.DataFrame | None

    def agency(self, form: int) -> str:
        """Return a form's agency, or its file where it names none."""
        forms = self.batch.stack.tables.forms
        return str(forms["agency"].loc[form] or forms["path"].loc[form])

    def source(self, form: int, spot: Spot) -> Source:
        """Return where a value of a form stands."""
        place = self.batch.stack.place(form, spot)
        return Source("", "") if place is None else source_of(place)


def source_of(place: CellPlace) -> Source:
    """Return a cell as a source; the link leads into the return beside the workbook."""
    cell = address_text((place.row, place.column))
    sheet = place.sheet.replace("'", "''")
    target = return_name(place.path)
    return Source(
        f"{place.path} | {place.sheet}!{cell}", f"external:returns/{quote(target)}#'{sheet}'!{cell}"
    )


def return_name(path: str) -> str:
    """Return the name a file's return has below `returns/`."""
    return path if path.lower().endswith((".xlsx", ".xlsm", ".xltx", ".xltm")) else f"{path}.xlsx"


def the_city(batch: Batch, inputs: Mapping[str, Any]) -> City:
    """Return the batch with the forms that count in order; of several forms of one agency the newest counts."""
    forms = batch.stack.tables.forms
    roster = inputs.get("roster")
    newest: dict[str, int] = {}
    for form in sorted(forms.index.tolist(), key=lambda number: _age(batch, number)):
        newest[label_key(str(forms["agency"].loc[form] or forms["id"].loc[form]))] = form
    superseded = {
        form: kept
        for form in forms.index.tolist()
        if (kept := newest[label_key(str(forms["agency"].loc[form] or forms["id"].loc[form]))]) != form
    }
    departments = _departments(forms, roster)
    order = sorted(
        newest.values(),
        key=lambda f: (departments[f] == "", departments[f], str(forms["agency"].loc[f] or "")),
    )
    return City(batch, tuple(order), superseded, departments, roster)


def _age(batch: Batch, form: int) -> tuple[str, str, int]:
    file = batch.stack.files[batch.stack.file_of[form]]
    return (file.modified, file.path, form)


def _departments(forms: pd.DataFrame, roster: pd.DataFrame | None) -> dict[int, str]:
    if roster is None:
        return dict.fromkeys(forms.index.tolist(), "")
    from checks.roster import match_agencies

    rows = match_agencies(forms["agency"], roster)
    known = roster["department"].to_dict()
    return {form: str(known.get(row, "")) for form, row in zip(forms.index.tolist(), rows, strict=True)}
