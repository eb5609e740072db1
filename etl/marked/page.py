"""Draws the sheet of remarks that stands first in a return.

Columns A–J are read and filled in by people, K holds the key of each line, L and what follows the
record that lets marks be taken off again; K and L are hidden.
"""

from __future__ import annotations

from dataclasses import dataclass

from etl.cell.grid import column_letters
from etl.marked.page_look import PIXELS, TAB_COLOURS, Look, look_of
from etl.marks.model import SEVERITIES, RemarkRow, RemarksPage
from etl.marks.styles import Styles
from etl.marks.styles_part import MAINS
from etl.package.tags import inline_text, xml_text
from etl.safe.remembered import remembered
from etl.safe.width import wrapped_lines

KEY_COLUMN, RECORD_COLUMN = 11, 12
LONGEST_CELL = 30_000
"""Characters in one cell; Excel allows 32,767."""
_SHOWN = len(PIXELS)
_LAST = column_letters(_SHOWN)
_LETTERS = tuple(column_letters(column).encode() for column in range(RECORD_COLUMN + 40))
_LINE_POINTS, _TALLEST = 13.5, 400.0
_CHARACTER_PIXELS, _EDGE_PIXELS = 6.67, 16
"""Of a narrow character at 10 points; what a cell's edges and a line's ragged end take."""


@dataclass(frozen=True, slots=True)
class RemarksSheet:
    """Our sheet's part, the area of its table, and the row of its column headings."""

    content: bytes
    table: str
    heading_row: int


class _Rows:
    """The rows of our sheet as they are written."""

    def __init__(self) -> None:
        self.lines: list[bytes] = []
        self.merges: list[str] = []
        self.links: list[bytes] = []
        self.count = 0

    @property
    def next(self) -> int:
        """The number of the row to be written."""
        return self.count + 1

    def add(self, cells: list[bytes], height: float) -> int:
        """Write a row and return its number."""
        self.count += 1
        head = f'<row r="{self.count}" ht="{min(height, _TALLEST):g}" customHeight="1">'
        self.lines.append(head.encode() + b"".join(cells) + b"</row>")
        return self.count

    def wide(self, text: str, style: int, lowest: float, points: float = 10) -> None:
        """Write a row of one text across all columns, in letters of so many points."""
        lines = _lines(text, sum(PIXELS) * 10 / points)
        self.merges.append(f"A{self.next}:{_LAST}{self.next}")
        self.add([_text(self.next, 1, text, style)], max(lowest, lines * _LINE_POINTS * points / 10 + 5))


def draw_remarks(page: RemarksPage, styles: Styles, *, strict: bool, selected: bool) -> RemarksSheet:
    """Return our sheet for a page of remarks; `selected` when the workbook opens on it."""
    look, rows = look_of(styles), _Rows()
    rows.wide(page.title, look.title, 36, 17)
    for line in page.heading:
        rows.wide(line, look.heading, 20, 11)
    _draw_legend(rows, page, look)
    names = enumerate(page.wording.columns, 1)
    high = max(map(_lines, page.wording.columns, PIXELS))
    heading = rows.add(
        [_text(rows.next, column, name, look.column) for column, name in names], max(24, high * 14 + 6)
    )
    _draw_findings(rows, page, look)
    last = max(rows.count, heading + 1)
    if not page.rows:
        rows.wide(page.wording.nothing_found, look.note, 24)
    _draw_lines(rows, page.wording.fixed, page.fixed, look)
    _draw_changes(rows, page, look)
    _draw_lines(rows, page.wording.not_checked, page.not_checked, look)
    if page.made_by:
        rows.add([], 10)
        rows.wide(page.made_by, look.note, 18)
    table = f"$A${heading}:${column_letters(KEY_COLUMN)}${last}"
    head = _head(page, heading, styles.digit_pixels, selected=selected)
    body = b"<sheetData>" + b"".join(rows.lines) + b"</sheetData>"
    content = head % MAINS[strict] + body + _tail(page, rows, heading + 1, last, table)
    return RemarksSheet(content, table, heading)


def with_record(content: bytes, record: str) -> bytes:
    """Return our sheet with the record put into the title's row, right of all that people see."""
    chunks = [record[i : i + LONGEST_CELL] for i in range(0, len(record), LONGEST_CELL)]
    cells = b"".join(_text(1, RECORD_COLUMN + i, chunk, 0) for i, chunk in enumerate(chunks))
    return content.replace(b"</row>", cells + b"</row>", 1)


def _draw_legend(rows: _Rows, page: RemarksPage, look: Look) -> None:
    row = rows.next
    cells = [
        _text(row, column, text, look.legend[severity])
        for column, (severity, text) in zip((1, 5, 7), page.wording.legend, strict=True)
    ]
    rows.merges += [f"A{row}:D{row}", f"E{row}:F{row}", f"G{row}:{_LAST}{row}"]
    rows.add(cells, 22)


def _draw_findings(rows: _Rows, page: RemarksPage, look: Look) -> None:
    """Write the findings; the light ones and the settled ones stand under lines that say so."""
    words = page.wording
    for settled, light, text in (
        (False, False, ""),
        (False, True, words.folded),
        (True, None, words.settled),
    ):
        group = [
            row for row in page.rows if row.settled == settled and light in (None, row.severity == "info")
        ]
        if group and text:
            _draw_fold(rows, text.format(count=len(group)), look, group[0].severity_label if light else "")
        for finding in group:
            if finding.target is not None:
                rows.links.append(_link(rows.next, finding.target, finding.place))
            rows.add(_finding(rows.next, finding, look), _height(finding))


def _draw_fold(rows: _Rows, text: str, look: Look, label: str) -> None:
    """Write the line that findings stand under which ask for nothing; its chip lets the filter keep it with them."""
    row = rows.next
    cells = [_text(row, column, "", look.fold) for column in range(1, _SHOWN + 1)]
    if label:
        cells[1] = _text(row, 2, label, look.chips["info"])
    cells[5] = _text(row, 6, text, look.fold)
    rows.add(cells, 24)


def _draw_lines(rows: _Rows, title: str, lines: tuple[str, ...], look: Look) -> None:
    if lines:
        rows.add([], 10)
        rows.wide(title, look.section, 22, 11)
    for line in lines:
        rows.wide(line, look.note, 18)


def _draw_changes(rows: _Rows, page: RemarksPage, look: Look) -> None:
    """Write 修改对照: every value that differs from last round, with its place, old and new."""
    if not page.changes:
        return
    rows.add([], 10)
    rows.wide(page.wording.changes, look.section, 22, 11)
    _draw_wide_cells(rows, ("", *page.wording.change_columns), [look.column] * 5)
    for number, change in enumerate(page.changes, 1):
        if change.target is not None:
            rows.links.append(_link(rows.next, change.target, change.place, "B"))
        texts = (str(number), change.place, change.what, change.old, change.new)
        place = look.link if change.target else look.text
        _draw_wide_cells(rows, texts, [look.number, place, *(_style_of(text, look) for text in texts[2:])])


_PROTECTION = (
    b'<sheetProtection sheet="1" formatCells="0" formatColumns="0" formatRows="0" autoFilter="0" sort="0"/>'
)
"""Only 单位说明 can be typed into. There is no password: the bureau unlocks its own copy to decide."""
_CHANGE_AREAS = ((1, 1), (2, 4), (5, 6), (7, 8), (9, 10))


def _draw_wide_cells(rows: _Rows, texts: tuple[str, ...], styles: list[int]) -> None:
    """Write a row whose texts stand in merged cells."""
    row, cells, lines = rows.next, [], 1
    for (first, last), text, style in zip(_CHANGE_AREAS, texts, styles, strict=True):
        cells += [
            _text(row, column, text if column == first else "", style) for column in range(first, last + 1)
        ]
        lines = max(lines, _lines(text, sum(PIXELS[first - 1 : last])))
        if last > first:
            rows.merges.append(f"{column_letters(first)}{row}:{column_letters(last)}{row}")
    rows.add(cells, max(20, lines * _LINE_POINTS + 6))


def _finding(row: int, finding: RemarkRow, look: Look) -> list[bytes]:
    texts = (finding.found, finding.message, finding.todo, finding.basis)
    return [
        b'<c r="A%d" s="%d"><v>%d</v></c>' % (row, look.number, finding.number),
        _text(row, 2, finding.severity_label, look.chips[finding.severity]),
        _text(row, 3, finding.code, look.number),
        _text(row, 4, finding.place, look.link if finding.target else look.text),
        *(_text(row, 5 + i, text, _style_of(text, look)) for i, text in enumerate(texts)),
        _text(row, 9, finding.explanation, look.input),
        _text(row, 10, finding.review, look.bureau),
        _text(row, KEY_COLUMN, finding.key, look.text),
    ]


def _style_of(text: str, look: Look) -> int:
    """Return a format that keeps `=100%` a text even when somebody edits the cell."""
    return look.quoted if text.startswith(("=", "+", "-", "@")) else look.text


def _height(finding: RemarkRow) -> float:
    texts = (
        finding.code, finding.place, finding.found, finding.message, finding.todo, finding.basis, finding.explanation,
    )  # fmt: skip
    lines = max(map(wrapped_lines, texts, _ROOMS))
    return max(26, lines * _LINE_POINTS + 8)


def _lines(text: str, pixels: float) -> int:
    return wrapped_lines(text, _room(pixels))


def _room(pixels: float) -> float:
    """Return how many narrow characters fit in a line of a cell so wide."""
    return (pixels - _EDGE_PIXELS) / _CHARACTER_PIXELS


_ROOMS = tuple(map(_room, PIXELS[2:9]))
"""Of the columns whose texts make a finding's row high: code to explanation."""


def _text(row: int, column: int, text: str, style: int) -> bytes:
    """Return a cell of text; whatever it begins with, it is no formula."""
    return b'<c r="%s%d" s="%d"%s' % (_LETTERS[column], row, style, _content(text))


@remembered(1_000, 199)
def _content(text: str) -> bytes:
    """Return what follows a cell's address and format; what rules demand and rest on is the same in all returns."""
    if not text:
        return b"/>"
    shown = text if len(text) <= LONGEST_CELL else text[:LONGEST_CELL] + "…"
    return b' t="inlineStr"><is><t xml:space="preserve">' + inline_text(shown) + b"</t></is></c>"


def _link(row: int, target: tuple[str, str], place: str, column: str = "D") -> bytes:
    sheet, address = target
    quoted = xml_text(sheet.replace("'", "''"))
    shown = xml_text(place[:200])
    return b'<hyperlink ref="%s%d" location="&#x27;%s&#x27;!%s" display="%s"/>' % (
        column.encode(), row, quoted, xml_text(address), shown,
    )  # fmt: skip


def _head(page: RemarksPage, heading: int, digit: int, *, selected: bool) -> bytes:
    """Return our part up to its rows: tab colour, frozen headings, widths; the namespace is left open."""
    worst = min((row.severity for row in page.rows), key=SEVERITIES.index, default="")
    tab = ' tabSelected="1"' if selected else ""
    columns = "".join(
        f'<col min="{i}" max="{i}" width="{pixels / digit:.4g}" customWidth="1"/>'
        for i, pixels in enumerate(PIXELS, 1)
    )
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<worksheet xmlns="%s">'
        f'<sheetPr><tabColor rgb="{TAB_COLOURS[worst]}"/><pageSetUpPr fitToPage="1"/></sheetPr>'
        f'<sheetViews><sheetView showGridLines="0"{tab} workbookViewId="0">'
        f'<pane ySplit="{heading}" topLeftCell="A{heading + 1}" activePane="bottomLeft" state="frozen"/>'
        f'<selection pane="bottomLeft" activeCell="A{heading + 1}" sqref="A{heading + 1}"/></sheetView></sheetViews>'
        f'<sheetFormatPr defaultRowHeight="15"/><cols>{columns}'
        f'<col min="{KEY_COLUMN}" max="{RECORD_COLUMN + 20}" width="9" hidden="1" customWidth="1"/></cols>'
    ).encode()


def _tail(page: RemarksPage, rows: _Rows, first: int, last: int, table: str) -> bytes:
    """Return our part from its rows on: filter, merges, the list of decisions, links, print set-up."""
    merges = "".join(f'<mergeCell ref="{area}"/>' for area in rows.merges)
    links = b"<hyperlinks>%s</hyperlinks>" % b"".join(rows.links) if rows.links else b""
    return b"".join(
        (
            _PROTECTION,
            f'<autoFilter ref="{table.replace("$", "")}"/>'.encode(),
            f'<mergeCells count="{len(rows.merges)}">{merges}</mergeCells>'.encode(),
            _validation(page, first, last) if page.rows else b"",
            links,
            b'<printOptions horizontalCentered="1"/>'
            b'<pageMargins left="0.4" right="0.4" top="0.5" bottom="0.6" header="0.3" footer="0.3"/>'
            b'<pageSetup paperSize="9" orientation="landscape" fitToHeight="0"/>'
            b"<headerFooter><oddFooter>&amp;C%s</oddFooter></headerFooter></worksheet>"
            % xml_text(page.wording.page),
        )
    )


def _validation(page: RemarksPage, first: int, last: int) -> bytes:
    return (
        b'<dataValidations count="1"><dataValidation type="list" errorStyle="warning" allowBlank="1" showInputMessage="1" '
        b'showErrorMessage="1" error="%s" sqref="J%d:J%d"><formula1>"%s"</formula1>'
        b"</dataValidation></dataValidations>"
        % (xml_text(page.wording.decision_hint), first, last, xml_text(",".join(page.wording.decisions)))
    )
