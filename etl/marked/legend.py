"""The key to the marks: some lines below a marked form, outside its own area, and how they are found and taken off."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from etl.cell.grid import Sheet, address_text
from etl.marked.page_look import key_look
from etl.marks.model import WORDINGS, Wording
from etl.marks.sheet import SheetPart
from etl.marks.styles import Styles
from etl.package.edit import Edit, append_children
from etl.package.tags import attribute, close_of, end_of, inline_text, number, openings

_LAST_ROW = 1_048_000
"""Below it there may be no room."""
_GAP = 2
"""Rows between the form and the key."""
_FARTHEST = 12
"""Rows by which a print area is made longer for the key: the key, the gap, and a few empty rows of the form."""
_AREA = re.compile(rb"[^!,]*!\$?[A-Z]{1,3}\$?([0-9]{1,7}):\$?[A-Z]{1,3}\$?([0-9]{1,7})\s*")
_TITLES = frozenset(wording.key_title for wording in WORDINGS)
_TEXTS = frozenset(
    text
    for wording in WORDINGS
    for text in (
        wording.key_title,
        wording.key_note,
        *(word for line in wording.key_lines for word in line[1:]),
    )
)


def add_legend(sheet: SheetPart, styles: Styles, lowest: int, wording: Wording) -> int:
    """Write the key below all that stands on a sheet and return its last row, 0 where there is no room.

    `lowest`: the last row that marks reach.
    """
    areas = sheet.merges()
    last = max([lowest, sheet.last_row, *(area[2] for area in areas)])
    if sheet.data is None or last + _GAP + len(wording.key_lines) + 2 > _LAST_ROW:
        return 0
    bold, plain = key_look(styles)
    lines: list[list[tuple[int, str]]] = [[(bold, wording.key_title)]]
    for severity, name, text in wording.key_lines:
        lines.append([(styles.filled(plain, severity), name), (plain, text)])
    lines.append([(plain, wording.key_note)])
    prefix = sheet.data.prefix
    rows = b"".join(_row(prefix, row, line) for row, line in enumerate(lines, last + _GAP))
    append_children(sheet.edit, sheet.data, rows)
    return last + _GAP + len(lines) - 1


def _row(prefix: bytes, row: int, line: Iterable[tuple[int, str]]) -> bytes:
    cells = b"".join(
        b'<%(p)sc r="%(r)s" s="%(s)d" t="inlineStr"><%(p)sis><%(p)st>%(t)s</%(p)st></%(p)sis></%(p)sc>'
        % {b"p": prefix, b"r": address_text((row, column)).encode(), b"s": style, b"t": inline_text(text)}
        for column, (style, text) in enumerate(line, 1)
    )
    return b'<%srow r="%d">%s</%srow>' % (prefix, row, cells, prefix)


def print_to(edit: Edit, tab: int, last: int) -> int:
    """Let the print area of a tab reach down to a row; return by how many rows it grew, 0 where it was left alone.

    It is left alone where it ends far above: what lies between is not meant to be printed.
    """
    for found, area in _print_areas(edit, tab):
        grows = last - int(area[2])
        if 0 < grows <= _FARTHEST:
            edit.replace(found + area.start(2), found + area.end(2), b"%d" % last)
            return grows
    return 0


def print_less(edit: Edit, tab: int, rows: int) -> None:
    """Take back by how many rows the print area of a tab grew."""
    for found, area in _print_areas(edit, tab):
        if int(area[2]) > rows:
            edit.replace(found + area.start(2), found + area.end(2), b"%d" % (int(area[2]) - rows))


def _print_areas(edit: Edit, tab: int) -> Iterator[tuple[int, re.Match[bytes]]]:
    """Yield the print area of a tab where it is one plain area: where its text begins, and its two rows."""
    for tag in openings(edit.data, (b"definedName",)):
        of_tab = number(attribute(tag.attributes, b"localSheetId"), -1) == tab
        if of_tab and attribute(tag.attributes, b"name") == b"_xlnm.Print_Area":
            area = _AREA.fullmatch(edit.data[tag.end : close_of(edit.data, tag)])
            if area:
                yield tag.end, area


def legend_rows(sheet: Sheet) -> frozenset[int]:
    """Return the rows of a sheet that hold our key and nothing else; none where its title is not there."""
    texts: dict[int, set[str]] = {}
    for (row, _), cell in sheet.cells.items():
        if cell.raw.strip():
            texts.setdefault(row, set()).add(cell.raw.strip())
    titles = [row for row, said in texts.items() if said <= _TITLES]
    if not titles:
        return frozenset()
    return frozenset(row for row, said in texts.items() if row >= min(titles) and said <= _TEXTS)


def drop_legend(edit: Edit, rows: frozenset[int]) -> None:
    """Take the key out of a sheet's part."""
    sheet = SheetPart(edit)
    for at in rows:
        for row in sheet.rows(at):
            edit.replace(row.tag.start, end_of(edit.data, row.tag), b"")
