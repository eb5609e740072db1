"""Draws the sheet of remarks that stands first in a return.

Columns A–J are read and filled in by people, K holds the key of each line, L and what follows the
record that lets marks be taken off again; K and L are hidden.
"""

from __future__ import annotations

from dataclasses import dataclass

from etl.grid import column_letters
from etl.mark_styles import MAINS, Styles
from etl.marking import RemarkRow, RemarksPage, Severity
from etl.sheet_sizes import wrapped_lines
from etl.splice import cell_text, xml_text

WIDTHS = (6, 8, 8, 17, 21, 38, 32, 17, 25, 11)
"""Of the columns people see, in characters."""
KEY_COLUMN, RECORD_COLUMN = 11, 12
LONGEST_CELL = 30_000
"""Characters in one cell; Excel allows 32,767."""
_LAST = column_letters(len(WIDTHS))
_LINE_POINTS, _TALLEST = 13.5, 400.0

_SONG = '<name val="宋体"/><family val="3"/><charset val="134"/>'
_HEI = '<name val="黑体"/><family val="3"/><charset val="134"/>'
_CHIPS: dict[Severity, tuple[str, str]] = {
    "error": ("FFFFC7C7", "FF9C0006"),
    "warning": ("FFFFE699", "FF7F4F00"),
    "info": ("FFD6E8FB", "FF1F4E79"),
}
"""Fill and text of a severity's chip."""
_LINE = "".join(
    f'<{s} style="thin"><color rgb="FFBFBFBF"/></{s}>' for s in ("left", "right", "top", "bottom")
)
_BOX = f"<border>{_LINE}<diagonal/></border>".encode()
_TAB = {"error": "FFC00000", "warning": "FFED9B00", "info": "FF4A90D9", "": "FF70AD47"}


@dataclass(frozen=True, slots=True)
class _Look:
    """The format indexes of our sheet's cells."""

    title: int
    heading: int
    column: int
    number: int
    text: int
    quoted: int
    link: int
    input: int
    decision: int
    section: int
    note: int
    chips: dict[Severity, int]
    legend: dict[Severity, int]


@dataclass(frozen=True, slots=True)
class RemarksSheet:
    """Our sheet's part, and the areas of it that the workbook part names."""

    content: bytes
    table: str
    heading_row: int


class _Rows:
    """The rows of our sheet as they are written."""

    def __init__(self) -> None:
        self.lines: list[bytes] = []
        self.merges: list[str] = []
        self.count = 0

    def add(self, cells: list[bytes], height: float, more: str = "") -> int:
        """Write a row and return its number."""
        self.count += 1
        head = f'<row r="{self.count}" ht="{min(height, _TALLEST):g}" customHeight="1"{more}>'
        self.lines.append(head.encode() + b"".join(cells) + b"</row>")
        return self.count

    def wide(self, text: str, style: int, lowest: float, points: float = _LINE_POINTS) -> int:
        """Write a row of one text across all columns."""
        row = self.count + 1
        height = max(lowest, wrapped_lines(text, sum(WIDTHS) * 0.93) * points + 4)
        self.merges.append(f"A{row}:{_LAST}{row}")
        return self.add(
            [_text(row, column, text if column == 1 else "", style) for column in range(1, 11)], height
        )


def draw_remarks(page: RemarksPage, styles: Styles, *, strict: bool, selected: bool) -> RemarksSheet:
    """Return our sheet for a page of remarks; `selected` when the workbook opens on it."""
    look = _look(styles)
    rows = _Rows()
    _draw_heading(rows, page, look)
    _draw_legend(rows, page, look)
    heading = rows.add(
        [_text(rows.count + 1, i + 1, name, look.column) for i, name in enumerate(page.wording.columns)], 24
    )
    links, inputs = _draw_findings(rows, page, look)
    last = rows.count
    if page.not_checked:
        _draw_not_checked(rows, page, look)
    table = f"$A${heading}:${column_letters(KEY_COLUMN)}${max(last, heading + 1)}"
    body = _sheet(page, rows, heading, links, inputs, table, MAINS[strict], selected)
    return RemarksSheet(body, table, heading)


def _draw_heading(rows: _Rows, page: RemarksPage, look: _Look) -> None:
    rows.wide(page.title, look.title, 34, 22)
    for line in page.heading:
        rows.wide(line, look.heading, 20, 15)


def _draw_legend(rows: _Rows, page: RemarksPage, look: _Look) -> None:
    row = rows.count + 1
    columns = {1: 0, 5: 1, 7: 2}
    cells, style = [], 0
    for column in range(1, 11):
        text = ""
        if column in columns:
            severity, text = page.wording.legend[columns[column]]
            style = look.legend[severity]
        cells.append(_text(row, column, text, style))
    rows.merges += [f"A{row}:D{row}", f"E{row}:F{row}", f"G{row}:{_LAST}{row}"]
    rows.add(cells, 22)


def _draw_findings(rows: _Rows, page: RemarksPage, look: _Look) -> tuple[list[bytes], list[int]]:
    """Write the findings, light ones folded under a line that says so; return links and input rows."""
    links: list[bytes] = []
    inputs: list[int] = []
    folded = sum(finding.severity == "info" for finding in page.rows)
    if not page.rows:
        rows.wide(page.wording.nothing_found, look.note, 24)
    announced = False
    for finding in page.rows:
        light = finding.severity == "info"
        if light and not announced:
            announced = True
            _draw_fold(rows, page, look, folded)
        row = rows.count + 1
        if finding.target is not None:
            links.append(_link(row, finding.target, finding.place))
        inputs.append(row)
        more = ' outlineLevel="1" hidden="1"' if light else ""
        rows.add(_finding(row, finding, look), _height(finding), more)
    return links, inputs


def _draw_fold(rows: _Rows, page: RemarksPage, look: _Look, count: int) -> None:
    row = rows.count + 1
    text = page.wording.folded.format(count=count)
    label = next((finding.severity_label for finding in page.rows if finding.severity == "info"), "")
    cells = [_text(row, column, "", look.note) for column in range(1, 11)]
    cells[1] = _text(row, 2, label, look.chips["info"])
    cells[5] = _text(row, 6, text, look.note)
    rows.add(cells, 22, ' collapsed="1"')


def _draw_not_checked(rows: _Rows, page: RemarksPage, look: _Look) -> None:
    rows.add([], 10)
    rows.wide(page.wording.not_checked, look.section, 22)
    for line in page.not_checked:
        rows.wide(line, look.note, 18)


def _finding(row: int, finding: RemarkRow, look: _Look) -> list[bytes]:
    texts = (finding.found, finding.message, finding.todo, finding.basis)
    return [
        b'<c r="A%d" s="%d"><v>%d</v></c>' % (row, look.number, finding.number),
        _text(row, 2, finding.severity_label, look.chips[finding.severity]),
        _text(row, 3, finding.code, look.number),
        _text(row, 4, finding.place, look.link if finding.target else look.text),
        *(
            _text(row, 5 + i, text, look.quoted if text[:1] in "=+-@" else look.text)
            for i, text in enumerate(texts)
        ),
        _text(row, 9, finding.explanation, look.input),
        _text(row, 10, finding.review, look.decision),
        _text(row, KEY_COLUMN, finding.key, look.text),
    ]


def _height(finding: RemarkRow) -> float:
    texts = (
        finding.code, finding.place, finding.found, finding.message, finding.todo, finding.basis, finding.explanation,
    )  # fmt: skip
    lines = max(wrapped_lines(text, width * 0.93 - 1) for text, width in zip(texts, WIDTHS[2:9], strict=True))
    return max(24, lines * _LINE_POINTS + 7)


def with_record(content: bytes, record: str) -> bytes:
    """Return our sheet with the record put into the title's row, right of all that people see."""
    chunks = [record[i : i + LONGEST_CELL] for i in range(0, len(record), LONGEST_CELL)]
    cells = b"".join(_text(1, RECORD_COLUMN + i, chunk, 0) for i, chunk in enumerate(chunks))
    return content.replace(b"</row>", cells + b"</row>", 1)


def _text(row: int, column: int, text: str, style: int) -> bytes:
    """Return a cell of text; whatever it begins with, it is no formula."""
    head = b'<c r="%s%d" s="%d"' % (column_letters(column).encode(), row, style)
    if not text:
        return head + b"/>"
    shown = text if len(text) <= LONGEST_CELL else text[:LONGEST_CELL] + "…"
    return head + b' t="inlineStr"><is><t xml:space="preserve">' + cell_text(shown) + b"</t></is></c>"


def _link(row: int, target: tuple[str, str], place: str) -> bytes:
    sheet, address = target
    quoted = sheet.replace("'", "''")
    location = xml_text(f"'{quoted}'!{address}")
    return b'<hyperlink ref="D%d" location="%s" display="%s"/>' % (row, location, xml_text(place[:200]))


def _sheet(
    page: RemarksPage,
    rows: _Rows,
    heading: int,
    links: list[bytes],
    inputs: list[int],
    table: str,
    main: bytes,
    selected: bool,
) -> bytes:
    worst = min((row.severity for row in page.rows), key=("error", "warning", "info").index, default="")
    tab = ' tabSelected="1"' if selected else ""
    columns = "".join(
        f'<col min="{i}" max="{i}" width="{width}" customWidth="1"/>' for i, width in enumerate(WIDTHS, 1)
    )
    before = (
        f'<sheetPr><tabColor rgb="{_TAB[worst]}"/><outlinePr summaryBelow="0"/><pageSetUpPr fitToPage="1"/></sheetPr>'
        f'<sheetViews><sheetView showGridLines="0"{tab} workbookViewId="0">'
        f'<pane ySplit="{heading}" topLeftCell="A{heading + 1}" activePane="bottomLeft" state="frozen"/>'
        f'<selection pane="bottomLeft" activeCell="A{heading + 1}" sqref="A{heading + 1}"/></sheetView></sheetViews>'
        f'<sheetFormatPr defaultRowHeight="15" outlineLevelRow="1"/><cols>{columns}'
        f'<col min="{KEY_COLUMN}" max="{RECORD_COLUMN + 20}" width="9" hidden="1" customWidth="1"/></cols>'
    )
    merges = "".join(f'<mergeCell ref="{area}"/>' for area in rows.merges)
    parts = [
        f'<autoFilter ref="{table.replace("$", "")}"/><mergeCells count="{len(rows.merges)}">{merges}</mergeCells>',
        _validation(page, inputs),
    ]
    after = (
        '<printOptions horizontalCentered="1"/>'
        '<pageMargins left="0.4" right="0.4" top="0.5" bottom="0.6" header="0.3" footer="0.3"/>'
        '<pageSetup paperSize="9" orientation="landscape" fitToHeight="0"/>'
    )
    footer = b"<headerFooter><oddFooter>&amp;C%s</oddFooter></headerFooter>" % xml_text(page.wording.page)
    hyperlinks = b"<hyperlinks>%s</hyperlinks>" % b"".join(links) if links else b""
    return b"".join(
        (
            b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<worksheet xmlns="%s">' % main,
            before.encode(),
            b"<sheetData>",
            *rows.lines,
            b"</sheetData>",
            "".join(parts).encode(),
            hyperlinks,
            after.encode(),
            footer,
            b"</worksheet>",
        )
    )


def _validation(page: RemarksPage, inputs: list[int]) -> str:
    if not inputs:
        return ""
    choices = xml_text(",".join(page.wording.decisions)).decode()
    hint = xml_text(page.wording.decision_hint).decode()
    return (
        '<dataValidations count="1"><dataValidation type="list" allowBlank="1" showInputMessage="1" '
        f'showErrorMessage="1" error="{hint}" sqref="J{inputs[0]}:J{inputs[-1]}">'
        f'<formula1>"{choices}"</formula1></dataValidation></dataValidations>'
    )


def _look(styles: Styles) -> _Look:
    """Add the formats our sheet needs and return their indexes."""
    return _Look(
        title=styles.own(_font(_HEI, 17, "FF1F3864"), b"", b"", _aligned("center")),
        heading=styles.own(_font(_SONG, 11, "FF262626"), b"", b"", _aligned("left")),
        column=styles.own(_font(_HEI, 10.5, "FFFFFFFF"), _solid("FF44546A"), _BOX, _aligned("center")),
        number=styles.own(_font(_SONG, 10, "FF262626"), b"", _BOX, _aligned("center")),
        text=styles.own(_font(_SONG, 10, "FF262626"), b"", _BOX, _aligned("left", "top")),
        quoted=styles.own(_font(_SONG, 10, "FF262626"), b"", _BOX, b'quotePrefix="1" ' + _aligned("left", "top")),
        link=styles.own(_font(_SONG, 10, "FF0563C1", "<u/>"), b"", _BOX, _aligned("left", "top")),
        input=styles.own(_font(_SONG, 10, "FF262626"), _solid("FFFFFDF0"), _BOX, _open("left", "top")),
        decision=styles.own(_font(_SONG, 10, "FF262626"), _solid("FFFFFDF0"), _BOX, _open("center", "center")),
        section=styles.own(_font(_HEI, 11, "FF1F3864"), b"", b"", _aligned("left")),
        note=styles.own(_font(_SONG, 10, "FF595959"), b"", b"", _aligned("left")),
        chips={s: styles.own(_font(_HEI, 10, text), _solid(fill), _BOX, _aligned("center")) for s, (fill, text) in _CHIPS.items()},
        legend={s: styles.own(_font(_SONG, 10, text), _solid(fill), b"", _aligned("center")) for s, (fill, text) in _CHIPS.items()},
    )  # fmt: skip


def _font(name: str, size: float, colour: str, more: str = "") -> bytes:
    return f'<font>{more}<sz val="{size:g}"/><color rgb="{colour}"/>{name}</font>'.encode()


def _solid(colour: str) -> bytes:
    return f'<fill><patternFill patternType="solid"><fgColor rgb="{colour}"/><bgColor indexed="64"/></patternFill></fill>'.encode()


def _aligned(horizontal: str, vertical: str = "center") -> bytes:
    return f'><alignment horizontal="{horizontal}" vertical="{vertical}" wrapText="1"/></xf>'.encode()


def _open(horizontal: str, vertical: str) -> bytes:
    """Return an alignment with the cell unlocked, for columns that are filled in."""
    aligned = f'<alignment horizontal="{horizontal}" vertical="{vertical}" wrapText="1"/>'
    return f'applyProtection="1">{aligned}<protection locked="0"/></xf>'.encode()
