"""Marks a department's own file: cells by severity, notes, and the sheet of remarks in front.

Only the parts that carry marks change, and in them only what a mark needs; every other part keeps its
bytes. The same input gives the same output. `etl.marked.unmark` takes it all off again.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence
from dataclasses import replace

from etl.cell.grid import Address, Area
from etl.marked.legend import add_legend, print_to
from etl.marked.page import draw_remarks, with_record
from etl.marked.unmark import unmark
from etl.marks.model import SEVERITIES, Mark, RemarkRow, RemarksPage, Severity, Wording
from etl.marks.notes import add_notes
from etl.marks.record import Record, packed_record
from etl.marks.sheet import Restyle, SheetPart
from etl.marks.styles import Styles
from etl.marks.tabs import SHEET_TYPE, free_sheet_name, opens_on_ours, register
from etl.package.part_names import SheetRef, normal_name
from etl.package.parts import Package, rewrite
from etl.package.rewrite import Draft
from etl.safe.areas import holding
from etl.safe.unreadable import Unreadable

__all__ = ["Mark", "RemarkRow", "RemarksPage", "annotate"]

_LARGEST_FRAME = 400
"""Cells of a merged area that get a border; of a larger one the first cell alone."""
_STYLE = re.compile(rb"""\s(?:s|style)\s*=\s*["'](\d{1,6})["']""")


def annotate(package: Package, marks: Sequence[Mark], page: RemarksPage) -> bytes:
    """Return the file with marks and notes on the cells named and a first sheet of remarks.

    Marks that are on the file already are taken off first. A mark inside a merged area stands at its
    top-left cell. Raises ValueError for a mark on a sheet that is not there: a fault of the caller.
    """
    draft = Draft(unmark(package))
    styles = Styles(draft, lambda most: _formats_used(draft.package, most))
    grown: dict[str, int] = {}
    for position, ref in enumerate(draft.package.sheets, 1):
        wanted = [mark for mark in marks if mark.sheet == ref.name]
        if wanted and not _mark_sheet(draft, styles, ref, position, wanted, page.wording, grown):
            line = page.wording.no_notes.format(sheet=ref.name)
            page = replace(page, heading=(*page.heading, line))
    _check_sheets(draft.package, marks)
    return _with_page(draft, styles, page, grown)


def _check_sheets(package: Package, marks: Sequence[Mark]) -> None:
    missing = {mark.sheet for mark in marks} - {ref.name for ref in package.sheets}
    if missing:
        raise ValueError(f"no sheet of this name: {sorted(missing)}")


def _mark_sheet(
    draft: Draft,
    styles: Styles,
    ref: SheetRef,
    position: int,
    marks: Sequence[Mark],
    wording: Wording,
    grown: dict[str, int],
) -> bool:
    """Mark the cells of one sheet; return False where notes were wanted and could not be added.

    `grown`: is told by how many rows the sheet's print area was made longer.
    """
    sheet = SheetPart(draft.edit(ref.part))
    areas = _areas(sheet.merges(), marks)
    filled: dict[Address, Severity] = {}
    framed: dict[Address, Severity] = {}
    strong: dict[Address, Severity] = {}
    notes: dict[Area, list[str]] = {}
    for mark in marks:
        area = areas[(mark.row, mark.column)]
        where = area[:2]
        if mark.primary:
            filled[where] = _worse(filled.get(where), mark.severity)
            for cell in _framed_cells(area):
                strong[cell] = _worse(strong.get(cell), mark.severity)
            if mark.note and mark.note not in notes.setdefault(area, []):
                notes[area].append(mark.note)
        else:
            for cell in _framed_cells(area):
                framed[cell] = _worse(framed.get(cell), mark.severity)
    sheet.mark(_restyles(styles, {**strong, **filled}, framed))
    last = add_legend(sheet, styles, max(area[2] for area in areas.values()), wording)
    sheet.show_headings()
    grown[ref.name] = print_to(draft.edit(draft.package.workbook_part), ref.tab, last)
    texts = {area: "\n".join(lines) for area, lines in notes.items() if lines}
    try:
        if texts:
            add_notes(draft, sheet, ref, position, texts, wording)
    except Unreadable:
        return False
    return True


def _areas(merges: Sequence[Area], marks: Sequence[Mark]) -> dict[Address, Area]:
    """Return for each marked cell the merged area it lies in, or itself as one."""
    cells = {(mark.row, mark.column) for mark in marks}
    return {**{(row, column): (row, column, row, column) for row, column in cells}, **holding(merges, cells)}


def _framed_cells(area: Area) -> list[Address]:
    rows, columns = range(area[0], area[2] + 1), range(area[1], area[3] + 1)
    if len(rows) * len(columns) > _LARGEST_FRAME:
        return [area[:2]]
    return [(row, column) for row in rows for column in columns]


def _worse(known: Severity | None, new: Severity) -> Severity:
    return new if known is None else min(known, new, key=SEVERITIES.index)


def _restyles(
    styles: Styles, filled: dict[Address, Severity], framed: dict[Address, Severity]
) -> dict[Address, Restyle]:
    """Return what happens to each marked cell's format; a fill comes before a border."""
    found: dict[Address, Restyle] = {}
    for where, severity in framed.items():
        found[where] = lambda style, severity=severity: styles.framed(style, severity)  # type: ignore[misc]
    for where, severity in filled.items():
        found[where] = lambda style, severity=severity: styles.filled(style, severity)  # type: ignore[misc]
    return found


def _formats_used(package: Package, most: int) -> int:
    """Return how many formats the cells of a workbook speak of, leaving out those from a number on."""
    used = {text for ref in package.sheets for text in _STYLE.findall(package.part(ref.part))}
    return 1 + max((int(text) for text in used if int(text) < most), default=0)


def _with_page(draft: Draft, styles: Styles, page: RemarksPage, grown: dict[str, int]) -> bytes:
    package = draft.package
    name = free_sheet_name(draft, page.wording.sheet_name)
    opens = opens_on_ours(draft)
    drawn = draw_remarks(page, styles, strict=draft.strict, selected=opens)
    folder = package.workbook_part.rpartition("/")[0]
    part = draft.free_name(f"{folder}/worksheets".lstrip("/"), "remarks", ".xml")
    draft.add(part, b"", SHEET_TYPE)
    register(draft, part, name, drawn.table, drawn.heading_row, opens=opens)
    styles.finish()
    replaced, added = draft.finish()
    record = Record(
        name,
        {key: (zlib.crc32(content), draft.edits[key].undo()) for key, content in replaced.items()},
        {normal_name(key): zlib.crc32(content) for key, content in added.items() if key != part},
        {str(code): look for code, look in styles.fills.recorded.items()},
        {str(code): look for code, look in styles.borders.recorded.items()},
        tuple(sorted(styles.fills.taken)),
        tuple(sorted(styles.borders.taken)),
        grown,
    )
    sheet = with_record(drawn.content, packed_record(record))
    return rewrite(package, replaced, {**added, part: sheet})
