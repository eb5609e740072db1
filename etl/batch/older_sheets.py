"""Takes back what was said of last year's sheet beside this year's: nobody corrects a form that counts for nothing."""

from __future__ import annotations

from collections.abc import Iterator

from checks.frames.tables import Tables
from checks.given.handed_in import handed_in, of_another_year, of_one_agency
from etl.frames.build import Stack
from etl.store.database import Store
from etl.store.findings import findings_of
from etl.store.numbering import Numbering
from etl.store.write import not_said

_OF_THE_FILE = "ST13"
"""Says how many forms a file holds: of the file, and not of the older form."""


def older_sheets(tables: Tables) -> frozenset[int]:
    """Return the forms that gave way to one of the batch's year in their own file, because of their year."""
    given = handed_in(tables)
    return frozenset(
        form
        for *older, kept in of_one_agency(tables)
        for form in older
        if given[form].path == given[kept].path and of_another_year(given[form], given[kept]) is not None
    )


def older_sheets_not_said(store: Store, numbers: Numbering, stack: Stack) -> None:
    """Take the findings of such forms out of what is said; that they do not count is said by the rule across forms."""
    older = older_sheets(stack.tables)
    if older:
        not_said(store, _keys(store, numbers, stack, older))


def _keys(store: Store, numbers: Numbering, stack: Stack, older: frozenset[int]) -> list[int]:
    files = {numbers.files[stack.file_of[form]] for form in older}
    names = {str(stack.tables.forms["id"].loc[form]) for form in older}
    found = findings_of(store, numbers)

    def said() -> Iterator[int]:
        for at, key in enumerate(found.keys):
            if (
                key >> 32 in files
                and found[at].finding.form in names
                and found[at].finding.code != _OF_THE_FILE
            ):
                yield key

    return list(said())
