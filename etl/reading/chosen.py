"""Chooses the profile of each form of a workbook: by its exact title, and of forms of one title by the year on the sheet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from etl.cell.grid import Sheet, Workbook
from etl.cell.number_format import shows
from etl.form.declaration import Form
from etl.form.profiles import of_year
from etl.form.titles import own_title
from etl.reading.drafts import Draft, drafted
from etl.reading.head import year_of
from etl.reading.labelled_rows import Segment, segments

Groups = Sequence[Sequence[Form]]
"""Forms apart by title, those of each title by year."""
_YEAR_WITHIN = 3
"""Rows above and below a title in which the year stands."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """The forms that the pieces of a workbook make, each with its profile, and all pieces."""

    pieces: tuple[Segment, ...]
    drafts: tuple[tuple[Form, Draft], ...]


def chosen(workbook: Workbook, groups: Groups, visible: bool) -> Chosen:
    """Return the forms of the visible sheets, or of the hidden ones, in the order of the sheets.

    A workbook without any known title is read as the form of which it carries the most labels.
    """
    years = _years(workbook, groups, visible)
    if any(years):
        found = [
            _of_group(workbook, group, known, visible)
            for group, known in zip(groups, years, strict=True)
            if known
        ]
    else:
        found = [max((_of_group(workbook, group, (), visible) for group in groups), key=_labels)]
    drafts = sorted((pair for one in found for pair in one.drafts), key=_place)
    return Chosen(tuple(piece for one in found for piece in one.pieces), tuple(drafts))


def _labels(found: Chosen) -> int:
    return sum(len(draft.anchors) for _, draft in found.drafts)


def _place(pair: tuple[Form, Draft]) -> tuple[int, int]:
    first = pair[1].pieces[0]
    return first.sheet, first.rows[0].number


def _of_group(
    workbook: Workbook, group: Sequence[Form], years: Sequence[int | None], visible: bool
) -> Chosen:
    """Return the forms of one title, each read with the profile of its own year; `years`: those that stand near titles."""
    waiting = list(dict.fromkeys(of_year(group, year) for year in years)) or [group[-1]]
    done: list[Form] = []
    pieces: tuple[Segment, ...] = ()
    drafts: list[tuple[Form, Draft]] = []
    while waiting:
        form = waiting.pop(0)
        done.append(form)
        pieces = tuple(
            segment
            for number, sheet in enumerate(workbook.sheets)
            if (sheet.state == "visible") == visible
            for segment in segments(form, number, sheet)
        )
        for draft in drafted(form, pieces):
            own = of_year(group, _year(workbook, draft))
            if own is form:
                drafts.append((form, draft))
            elif own not in done and own not in waiting:
                waiting.append(own)
    return Chosen(pieces, tuple(drafts))


def _years(workbook: Workbook, groups: Groups, visible: bool) -> list[list[int | None]]:
    """Return for each group the years that stand near its titles in a workbook, None where none does."""
    found: list[list[int | None]] = [[] for _ in groups]
    for sheet in workbook.sheets:
        if (sheet.state == "visible") != visible:
            continue
        for (row, _), cell in sheet.cells.items():
            if cell.kind != "text" or ("绩" not in cell.raw and "績" not in cell.raw):
                continue
            for at, group in enumerate(groups):
                if any(own_title(form, cell.raw) for form in reversed(group)):
                    found[at].append(_near(workbook, sheet, row) if len(group) > 1 else None)
                    break
    return found


def _near(workbook: Workbook, sheet: Sheet, title: int) -> int | None:
    """Return the year that stands by a title: in it, or in the rows right above and below."""
    near = sorted(at for at in sheet.cells if title - _YEAR_WITHIN <= at[0] <= title + _YEAR_WITHIN)
    years = (year_of(shows(sheet.cells[at], workbook)) for at in near)
    return next((year for year in years if year is not None), None)


def _year(workbook: Workbook, draft: Draft) -> int | None:
    """Return the year that a form's head states, above its first label."""
    for row in draft.pieces[0].rows:
        if any(row.labels):
            return None
        for _, cell in row.cells:
            if (year := year_of(shows(cell, workbook))) is not None:
                return year
    return None
