"""Finds the forms in a workbook by their labels and reads every value with the cell it stood in.

Wherever the form stands: on any sheet, moved, spread over several sheets, several in one file. Cell
addresses and sheet names play no part in finding it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from etl.form.declaration import Form, label_key
from etl.form.funds import FundsReader
from etl.form.indicators import IndicatorReader
from etl.form.labelled_rows import (
    LONGEST_LABEL,
    Row,
    Segment,
    label_ids,
    level1_keys,
    other_title,
    segments,
)
from etl.form.places import Place, packed
from etl.form.reading import Oddity, Reading
from etl.sheets.grid import Cell, Sheet, Workbook

FEWEST_ANCHORS = 8
"""A stretch without the form's title is one if it carries at least this many of its labels."""

_YEAR = re.compile(r"(?:预算)?(?:年度)?[^0-9]{0,30}?(20[0-9]{2})年?度?.{0,40}")
_YUAN = re.compile(r"\((?:单位)?:?元\)")
_SAID = {
    **{word: word for word in ("illegal_address", "binary_workbook", "values_only")},
    **dict.fromkeys(("malformed_merge", "huge_merge", "too_many_merges"), "odd_merge"),
}
"""What a reader had to leave out of a workbook, as an oddity of its first form."""
_SINGLE_LABELS = ("agency", "functions", "staffing", "long_term_goal", "annual_goal")


@dataclass(frozen=True, slots=True)
class Extraction:
    """What a workbook held: its forms, or the title of what it is instead, and remarks on the file."""

    readings: tuple[Reading, ...]
    other_title: str = ""
    hidden_sheets: tuple[str, ...] = ()


def read_forms(workbook: Workbook, form: Form) -> Extraction:
    """Return every filled form of a workbook in the order of its sheets.

    Visible sheets are read; hidden ones only where no visible sheet holds a form, and either way they
    are named; one that holds a number is an oddity of the first form. An empty result means that the
    workbook holds another form or none.
    """
    hidden = tuple(s.name for s in workbook.sheets if s.state != "visible" and s.cells)
    readings = _read(workbook, form, visible=True)
    if not readings and hidden:
        readings = _read(workbook, form, visible=False)
        for reading in readings:
            reading.oddities.append(Oddity("form_on_hidden_sheet", text=reading.sheets[0]))
    elif readings:
        figures = (s.name for s in workbook.sheets if s.name in hidden and _has_number(s))
        readings[0].oddities.extend(Oddity("hidden_sheet", text=name) for name in figures)
    if readings:
        readings[0].oddities.extend(Oddity(_SAID[word]) for word in workbook.warnings if word in _SAID)
        readings[0].oddities.extend(Oddity("lost_sheet", text=name) for name in workbook.lost_sheets)
    titles = (other_title(sheet) for sheet in workbook.sheets if sheet.state == "visible")
    return Extraction(tuple(readings), next(filter(None, titles), ""), hidden)


def _has_number(sheet: Sheet) -> bool:
    return any(cell.kind == "number" for cell in sheet.cells.values())


def _read(workbook: Workbook, form: Form, visible: bool) -> list[Reading]:
    pieces = [
        segment
        for number, sheet in enumerate(workbook.sheets)
        if (sheet.state == "visible") == visible
        for segment in segments(form, number, sheet)
    ]
    drafts: list[_Draft] = []
    for piece in pieces:
        marks = _anchors(form, piece)
        if not marks and piece.title is None:
            continue
        if drafts and drafts[-1].takes(marks, piece):
            drafts[-1].add(piece, marks)
        else:
            drafts.append(_Draft([piece], set(marks), _agency(piece)))
    return [
        _read_draft(draft.pieces, workbook, form)
        for draft in drafts
        if len(draft.anchors) >= (3 if draft.titled else FEWEST_ANCHORS)
    ]


def _anchors(form: Form, piece: Segment) -> set[str]:
    """Return which labels a piece carries; headings and merged side labels may repeat and do not count."""
    levels = level1_keys(form)
    found: set[str] = set()
    for row in piece.rows:
        found.update(label for label in row.labels if label and not label.startswith(("money:", "head:")))
        found.update(
            f"level1:{label_key(cell.raw)}"
            for _, cell in row.cells
            if cell.kind == "text" and len(cell.raw) <= 8 and label_key(cell.raw) in levels
        )
    return found - {"funds", "income", "expenditure", "grant"}


def _agency(piece: Segment) -> str:
    for row in piece.rows:
        if "agency" in row.labels:
            at = row.labels.index("agency")
            return label_key(row.cells[at + 1][1].raw) if at + 1 < len(row.cells) else ""
    return ""


@dataclass(slots=True)
class _Draft:
    """Pieces that belong to one form: no label of the form is asked for twice."""

    pieces: list[Segment]
    anchors: set[str]
    agency: str = ""

    @property
    def titled(self) -> bool:
        return any(piece.title is not None for piece in self.pieces)

    def takes(self, marks: set[str], piece: Segment) -> bool:
        """Return whether a further piece completes this form: same agency or none named, no block twice."""
        agency = _agency(piece)
        same = not agency or not self.agency or agency == self.agency
        return (
            same and not (marks - {"agency"}) & self.anchors and bool(self.anchors - {"agency"} or not marks)
        )

    def add(self, piece: Segment, marks: set[str]) -> None:
        self.pieces.append(piece)
        self.anchors |= marks
        self.agency = self.agency or _agency(piece)


@dataclass(slots=True)
class _FormReader:
    """Walks the rows of a form and hands each to the reader of its block."""

    form: Form
    workbook: Workbook
    reading: Reading
    funds: FundsReader
    indicators: IndicatorReader
    zone: str = "head"
    last_text: str = ""
    text_columns: dict[str, int] = field(default_factory=dict)
    income: frozenset[str] = frozenset()
    expenditure: frozenset[str] = frozenset()

    def piece(self, segment: Segment) -> None:
        self.funds.sheet = self.indicators.sheet = segment.sheet
        for row in segment.rows:
            labels = [label for label in row.labels if label]
            if labels:
                self._labels(segment.sheet, row)
                self._row(segment, row, labels)
            elif text := self._inline_label(row):
                self._start_text(segment, row, text)
            else:
                self._unlabelled(segment, row)
            self._hidden(segment.sheet, row)

    def _row(self, segment: Segment, row: Row, labels: list[str]) -> None:
        heads = {label for label in labels if label.startswith("head:")}
        text = next((label for label in labels if label in _SINGLE_LABELS), "") or self._inline_label(row)
        lines = self._lines()
        line = next((x for x in reversed(labels) if x in lines), "")
        if len(heads) >= 2:
            self.zone = "indicators"
            self.indicators.heading(row)
        elif any(label.startswith("money:") for label in labels):
            self.zone = "projects" if self.zone == "projects" else "funds"
            self.funds.heading(row)
        elif text:
            self._start_text(segment, row, text)
        elif line and self.zone != "indicators":
            self.zone = "projects" if line == "project" else "funds"
            self.funds.line(row, line)
        else:
            self._unlabelled(segment, row)

    def _start_text(self, segment: Segment, row: Row, name: str) -> None:
        self.zone, self.last_text = "text", name
        self._text(segment.sheet, row, name)

    def _lines(self) -> frozenset[str]:
        """Return the line labels that may stand here: among projects only the expenditure lines are labels."""
        return self.expenditure if self.zone == "projects" else self.income | self.expenditure

    def _unlabelled(self, segment: Segment, row: Row) -> None:
        if self.zone == "projects":
            if any(not label or label in self.income for label in row.labels):
                self.funds.projects.append((segment.sheet, row))
        elif self.zone == "indicators":
            if not self.indicators.row(row):
                self._outside(segment.sheet, row)
        elif self.zone == "text" and self.last_text:
            self._more_text(segment.sheet, row)
        elif self.zone == "head":
            self._head(segment, row)
        elif not any(row.labels):
            self._outside(segment.sheet, row)

    def _head(self, segment: Segment, row: Row) -> None:
        """Read what stands above the first label: the title and the fiscal year."""
        for column, cell in row.cells:
            place = Place(segment.sheet, row.number, column)
            if (row.number, column) == segment.title and not self.reading.title:
                self.reading.title = " ".join(cell.raw.split())
                self.reading.places["forms", 0, "title"] = place
            text = self.workbook_text(cell)
            match = _YEAR.match("".join(text[:60].split())) if segment.title else None
            if match is not None and self.reading.fiscal_year is None:
                self.reading.fiscal_year, self.reading.year_raw = int(match[1]), text.strip()
                self.reading.places["forms", 0, "fiscal_year"] = place

    def workbook_text(self, cell: Cell) -> str:
        from etl.sheets.number_format import shown

        formats = self.workbook.formats
        if cell.kind == "number" and cell.style < len(formats):
            return shown(cell.raw, formats[cell.style])
        return cell.raw

    def _inline_label(self, row: Row) -> str:
        """Return the label of a cell that holds label and value together: `单位名称：苏州市…`."""
        for _, cell in row.cells[:2]:
            if cell.kind == "text" and ("：" in cell.raw or ":" in cell.raw):
                head, _, value = cell.raw[:LONGEST_LABEL].replace(":", "：").partition("：")
                name = label_ids(self.form).get(label_key(head), "") if value.strip() else ""
                if name in _SINGLE_LABELS:
                    return name
        return ""

    def _text(self, sheet: int, row: Row, name: str) -> None:
        if name in self.reading.texts:
            return
        if name in row.labels:
            at = row.labels.index(name)
            own = row.cells[at][1].raw
            values = [
                (c, v)
                for (c, v), label in zip(row.cells, row.labels, strict=True)
                if c > row.cells[at][0] and not label
            ]
            column = values[0][0] if values else self._value_column(sheet, row.number, row.cells[at][0])
            text = values[0][1].raw if values and values[0][1].raw != own else ""
        else:
            column = row.cells[0][0]
            text = row.cells[0][1].raw.replace(":", "：").partition("：")[2]
        self.reading.texts[name] = text.strip()
        self.reading.places["forms", 0, name] = Place(sheet, row.number, column)

    def _value_column(self, sheet: int, row: int, label: int) -> int:
        """Return the column right of a label, past its merge."""
        for top, left, bottom, right in self.workbook.sheets[sheet].merges:
            if top <= row <= bottom and left <= label <= right:
                return right + 1
        return label + 1

    def _more_text(self, sheet: int, row: Row) -> None:
        """Add a row that continues the text above; the same text filled down adds nothing."""
        known = self.reading.texts[self.last_text]
        extra = [
            cell.raw.strip() for (_, cell), label in zip(row.cells, row.labels, strict=True) if not label
        ]
        for text in dict.fromkeys(extra):
            if text and text not in known:
                if not known:
                    self.reading.places["forms", 0, self.last_text] = Place(
                        sheet, row.number, row.cells[0][0]
                    )
                known = f"{known}\n{text}".strip()
        self.reading.texts[self.last_text] = known

    def _labels(self, sheet: int, row: Row) -> None:
        for (column, cell), label in zip(row.cells, row.labels, strict=True):
            if label:
                self.reading.anchors.add(label)
                self.reading.places.setdefault(("labels", 0, label), Place(sheet, row.number, column))
            if label == "funds" and not self.reading.money_unit:
                self.reading.money_unit = "元" if _YUAN.search(label_key(cell.raw)) else "万元"

    def _hidden(self, number: int, row: Row) -> None:
        sheet = self.workbook.sheets[number]
        if row.number in sheet.hidden_rows:
            self._beside("hidden_row", number, row, str(row.number), sheet.name)

    def _outside(self, sheet: int, row: Row) -> None:
        text = next((cell.raw for _, cell in row.cells if cell.kind == "text"), "")
        self._beside("outside_table", sheet, row, text)

    def _beside(self, kind: str, sheet: int, row: Row, text: str, detail: str = "") -> None:
        """Note something about a row that is no value of the form, placed at the row's first cell."""
        where = sum(1 for table, _, _ in self.reading.places if table == "outside")
        self.reading.oddities.append(Oddity(kind, "outside", where, "text", text, detail))
        self.reading.places["outside", where, "text"] = Place(sheet, row.number, row.cells[0][0])


def _read_draft(pieces: list[Segment], workbook: Workbook, form: Form) -> Reading:
    reading = Reading(sheets=tuple(dict.fromkeys(workbook.sheets[piece.sheet].name for piece in pieces)))
    reader = _FormReader(
        form,
        workbook,
        reading,
        FundsReader(form, workbook, reading),
        IndicatorReader(form, workbook, reading),
        income=_lines(form, "income"),
        expenditure=_lines(form, "expenditure"),
    )
    reader.reading.money_unit = _money_unit(form, pieces)
    for piece in pieces:
        reader.piece(piece)
    reader.funds.finish()
    _columns_hidden(workbook, reading)
    _missing(form, reading)
    return replace(reading, places={}, anchors=set(), located=packed(reading.places))


def _lines(form: Form, key: str) -> frozenset[str]:
    """Return the labels of the fixed lines of one side."""
    return frozenset(row.line for side in form.sides if side.key == key for row in side.rows)


def _money_unit(form: Form, pieces: list[Segment]) -> str:
    """Return the unit of money the sheet states: 元 only where it says so by the funds label or 单位：元."""
    for piece in pieces:
        for row in piece.rows:
            for (_, cell), label in zip(row.cells, row.labels, strict=True):
                if "元" not in cell.raw:
                    continue
                text = label_key(cell.raw[:LONGEST_LABEL])
                if (label == "funds" and _YUAN.search(text)) or text in ("单位元", "金额单位元", "(单位元)"):
                    return "元"
    return "万元"


def _columns_hidden(workbook: Workbook, reading: Reading) -> None:
    if not any(sheet.hidden_columns for sheet in workbook.sheets):
        return
    used = {(place.sheet, place.column) for place in reading.places.values()}
    for number, sheet in enumerate(workbook.sheets):
        for first, last in sheet.hidden_columns:
            if any(at == number and first <= column <= last for at, column in used):
                reading.oddities.append(Oddity("hidden_column", text=str(first), detail=sheet.name))


def _missing(form: Form, reading: Reading) -> None:
    """Say which labels of the form are not there; a missing label is placed at the form's title."""
    home = min(reading.places.values(), default=Place(0, 1, 1))
    reading.places.setdefault(("forms", 0, "title"), home)
    for name, label in form.anchors():
        if name not in reading.anchors:
            reading.oddities.append(Oddity("missing_label", "forms", 0, "title", label.plain, name))
