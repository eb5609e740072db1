"""Which of several forms of one agency counts, and which form of last year is an agency's own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

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


def of_one_agency(tables: Tables) -> list[list[int]]:
    """Return the forms of each named agency, oldest first: by the time the file was saved, then by path."""
    forms = tables.forms
    modified = tables.files["modified"].to_dict()
    saved = [str(modified[file]) for file in forms["file"].tolist()]
    paths = map(str, forms["path"].tolist())
    entries = zip(saved, paths, forms.index.tolist(), forms["agency"].tolist(), strict=True)
    groups: dict[str, list[int]] = {}
    for _, _, form, agency in sorted(entries, key=lambda entry: entry[:3]):
        if agency:
            groups.setdefault(agency_key(str(agency)), []).append(int(form))
    return list(groups.values())


def counted(tables: Tables) -> list[int]:
    """Return the forms that count, in order of form number: the newest of each named agency."""
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
