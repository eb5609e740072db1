"""Which of several forms of one agency counts, and which form of last year is an agency's own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from checks.declared.agency import agency_key
from checks.frames.tables import Tables
from checks.given.roster import match_agencies

if TYPE_CHECKING:
    import pandas as pd

Reason = Mapping[str, str]

NO_LAST_YEAR: Reason = {
    "zh": "上年报表中没有该单位的表",
    "en": "no form of this agency among last year's",
}


def batch_year(forms: pd.DataFrame) -> int | None:
    """Return the fiscal year of a batch: the one asked for, else that of most forms, of several the latest."""
    if "asked_year" in forms.columns and forms["asked_year"].notna().any():
        return int(forms["asked_year"].max())
    years = forms["fiscal_year"].dropna().mode()
    return int(years.max()) if len(years) else None


Age = tuple[int, str, str, int]
"""What orders the forms of one agency: whether it is of the batch's year, when it was saved, its path, its number."""


def ages(tables: Tables) -> dict[int, Age]:
    """Return what orders the forms of one agency; the last counts.

    A form of another year than the batch's never takes the place of one of its year; one that says no year may.
    """
    forms = tables.forms
    year = batch_year(forms)
    modified = tables.files["modified"].to_dict()
    known = forms["fiscal_year"].fillna(0).astype("int64").tolist()
    saved = [str(modified[file]) for file in forms["file"].tolist()]
    rows = zip(forms.index.tolist(), known, saved, map(str, forms["path"].tolist()), strict=True)
    return {form: (1 if not own else 2 * (own == year), when, path, form) for form, own, when, path in rows}


def of_one_agency(tables: Tables) -> list[list[int]]:
    """Return the forms of each named agency, the one that counts last: by year, time saved, then path."""
    order = ages(tables)
    agencies = dict(zip(tables.forms.index.tolist(), tables.forms["agency"].tolist(), strict=True))
    groups: dict[str, list[int]] = {}
    for form in sorted(order, key=order.__getitem__):
        if agencies[form]:
            groups.setdefault(agency_key(str(agencies[form])), []).append(int(form))
    return list(groups.values())


class HandedIn(NamedTuple):
    """How one form of an agency is told from another: the file and sheet it stands in, and its fiscal year."""

    path: str
    sheet: str
    year: int | None


def handed_in(tables: Tables) -> dict[int, HandedIn]:
    """Return how each form is told from others of its agency."""
    forms = tables.forms
    sheets = forms["sheet"].tolist() if "sheet" in forms.columns else [""] * len(forms)
    paths, years = map(str, forms["path"].tolist()), forms["fiscal_year"].fillna(0).astype("int64").tolist()
    rows = zip(forms.index.tolist(), paths, map(str, sheets), years, strict=True)
    return {form: HandedIn(path, sheet, year or None) for form, path, sheet, year in rows}


def of_another_year(form: HandedIn, kept: HandedIn) -> int | None:
    """Return the year of a form that gave way to one of the batch's year because of it, else None."""
    return form.year if form.year and kept.year and form.year != kept.year else None


def told_apart(form: HandedIn, kept: HandedIn) -> str:
    """Return how a message names the form that counts: by its file, by its sheet where both stand in one file."""
    if form.path != kept.path or form.sheet == kept.sheet:
        return kept.path
    return f"工作表“{kept.sheet}”"


def counted(tables: Tables) -> list[int]:
    """Return the forms that count, in order of form number: the newest of each named agency that is of the batch's year."""
    return sorted(group[-1] for group in of_one_agency(tables))


def superseded(tables: Tables) -> frozenset[int]:
    """Return the forms that do not count, because a newer one of the same agency was handed in."""
    return frozenset(form for older in of_one_agency(tables) for form in older[:-1])


def a_year_before(
    tables: Tables, last_year: Tables, roster: pd.DataFrame | None
) -> tuple[dict[int, int], dict[int, Reason]]:
    """Return the form of last year for each form, and the reason for each form that has none.

    Agencies are matched by name and, with a roster, by their other names. A form that is not of an
    earlier year than this one is not last year's.
    """
    newest = counted(last_year)
    known = dict(zip(identities(last_year.forms["agency"].loc[newest], roster), newest, strict=True))
    years, old_years = _years(tables), _years(last_year)
    pairs: dict[int, int] = {}
    for form, identity in zip(
        tables.forms.index.tolist(), identities(tables.forms["agency"], roster), strict=True
    ):
        old = known.get(identity) if identity else None
        if old is not None and not 0 < years[form] <= old_years[old]:
            pairs[form] = old
    return pairs, dict.fromkeys((f for f in tables.forms.index.tolist() if f not in pairs), NO_LAST_YEAR)


def _years(tables: Tables) -> dict[int, int]:
    years = tables.forms["fiscal_year"].fillna(0).astype("int64")
    return dict(zip(years.index.tolist(), years.tolist(), strict=True))


def identities(agencies: pd.Series[str], roster: pd.DataFrame | None) -> list[str]:
    """Return one text an agency, the same under each of its names; "" where no name is given."""
    names = agencies.fillna("").astype(str)
    rows = [-1] * len(names) if roster is None else match_agencies(names, roster)
    return [f"#{row}" if row >= 0 else agency_key(name) for row, name in zip(rows, names, strict=True)]
