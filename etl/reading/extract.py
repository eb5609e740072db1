"""Finds the forms in a workbook by their labels and reads every value with the cell it stood in.

Wherever the form stands: on any sheet, moved, spread over several sheets, several in one file. Cell
addresses and sheet names play no part in finding it.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from checks.declared.text_key import text_key
from etl.cell.grid import Workbook
from etl.cell.number_format import shows
from etl.cell.recalculate import recalculated
from etl.form.declaration import Form
from etl.form.places import Place, packed_places
from etl.form.profiles import Catalogue
from etl.form.titles import placeholder
from etl.reading.chosen import Groups, chosen
from etl.reading.drafts import (
    Passed,
    has_number,
    is_sample,
    last_column_of,
    nothing_read,
    other_title,
    passed_over,
)
from etl.reading.funds import FundsReader, read_free_row
from etl.reading.head import (
    note_hidden_columns,
    note_label,
    note_missing,
    stated_money_unit,
    text_of,
    year_of,
)
from etl.reading.indicators import IndicatorReader
from etl.reading.labelled_rows import (
    Row,
    Segment,
    free_columns,
    inline_label,
    is_furniture,
    next_of,
    says_again,
    value_column,
)
from etl.reading.model import Oddity, Reading

_SAID = {
    **{word: word for word in ("illegal_address", "binary_workbook", "values_only")},
    **dict.fromkeys(("malformed_merge", "huge_merge", "too_many_merges"), "odd_merge"),
}
"""What a reader had to leave out of a workbook, as an oddity of its first form."""
_EXPLAINS = tuple(
    text_key(text)
    for text in ("填表说明", "填报说明", "填写说明", "编制说明", "填报要求", "说明", "注", "备注", "附注")
)
"""What begins an explanation below the form; the lines that follow it are part of it."""


@dataclass(frozen=True, slots=True)
class Extraction:
    """What a workbook held: its forms, or the title of what it is instead, and the sheets passed over."""

    readings: tuple[Reading, ...]
    other_title: str = ""
    hidden_sheets: tuple[str, ...] = ()
    passed: tuple[Passed, ...] = ()


def read_forms(workbook: Workbook, known: Catalogue | Form) -> Extraction:
    """Return every filled form of a workbook in the order of its sheets, each read with the profile it is of.

    Visible sheets are read; hidden ones only where no visible sheet holds a form, and either way they
    are named; one that holds a number is an oddity of the first form. A sheet filled in as a sample counts as
    none, and so does one of which neither an amount nor an indicator could be read; these and sheets of other
    forms are named. No reading means that the workbook holds another form or none.
    """
    workbook = recalculated(workbook)
    groups = ((known,),) if isinstance(known, Form) else known.groups
    hidden = tuple(s.name for s in workbook.sheets if s.state != "visible" and s.cells)
    readings, passed = _read(workbook, groups, visible=True)
    if not readings and hidden:
        readings, unseen = _read(workbook, groups, visible=False)
        passed += [sheet for sheet in unseen if sheet.why != "other"]
        for reading in readings:
            reading.oddities.append(Oddity("form_on_hidden_sheet", text=reading.sheets[0]))
    elif readings:
        figures = (s.name for s in workbook.sheets if s.name in hidden and has_number(s))
        readings[0].oddities.extend(Oddity("hidden_sheet", text=name) for name in figures)
    if readings:
        readings[0].oddities.extend(Oddity(_SAID[word]) for word in workbook.warnings if word in _SAID)
        readings[0].oddities.extend(Oddity("lost_sheet", text=name) for name in workbook.lost_sheets)
        readings[0].oddities.extend(
            Oddity(f"{sheet.why}_sheet", text=sheet.sheet, detail=sheet.title) for sheet in passed
        )
    forms = tuple(form for group in groups for form in group)
    titles = (other_title(forms, sheet) for sheet in workbook.sheets if sheet.state == "visible")
    return Extraction(tuple(readings), next(filter(None, titles), ""), hidden, tuple(passed))


def _read(workbook: Workbook, groups: Groups, visible: bool) -> tuple[list[Reading], list[Passed]]:
    found = chosen(workbook, groups, visible)
    forms = tuple(form for group in groups for form in group)
    passed = list(passed_over(forms, workbook, found.pieces, [d for _, d in found.drafts])) if visible else []
    named = [is_sample(workbook, draft) for _, draft in found.drafts]
    kept = []
    for (form, draft), sample in zip(found.drafts, named, strict=True):
        reading = _read_draft(draft.pieces, workbook, form)
        why = "unread" if nothing_read(reading) else ""
        if placeholder(reading.texts.get("agency", "")) or (sample and not all(named)):
            why = "sample"
        if why:
            passed.append(Passed("、".join(reading.sheets), reading.title, why))
        else:
            kept.append(reading)
    return kept, passed


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
    last_column: int = 0
    explaining: bool = False
    columns: dict[str, int] = field(default_factory=dict)
    income: frozenset[str] = frozenset()
    expenditure: frozenset[str] = frozenset()
    lines: frozenset[str] = frozenset()
    listing: frozenset[str] = frozenset()
    asked: frozenset[str] = frozenset()

    def piece(self, segment: Segment) -> None:
        self.funds.sheet = self.indicators.sheet = segment.sheet
        self.last_column = last_column_of(segment)
        for row in segment.rows:
            labels = [label for label in row.labels if label]
            if labels:
                self._labels(segment.sheet, row)
                self._row(segment, row, labels)
            elif text := inline_label(self.form, self.asked, row):
                self._start_text(segment, row, text)
            elif self.zone == "head" or not is_furniture(self.form, row):
                self._unlabelled(segment, row)
            self._hidden(segment.sheet, row)

    def _row(self, segment: Segment, row: Row, labels: list[str]) -> None:
        heads = {label for label in labels if label.startswith("head:")}
        text = next((label for label in labels if label in self.asked), "") or inline_label(
            self.form, self.asked, row
        )
        lines = self._lines()
        line = next((x for x in reversed(labels) if x in lines), "")
        if len(heads) >= 2:
            self.zone = "indicators"
            self.indicators.heading(row)
        elif self.form.free is not None and (columns := free_columns(row)):
            self.zone, self.columns = "rows", columns
        elif any(label.startswith("money:") for label in labels):
            self.zone = "projects" if self.zone == "projects" else "funds"
            self.funds.heading(row)
        elif text:
            for name in [label for label in dict.fromkeys(labels) if label in self.asked] or [text]:
                self._start_text(segment, row, name)
        elif line and self.zone not in ("indicators", "rows"):
            self.zone = "projects" if line in self.listing else "funds"
            self.funds.line(row, line)
        else:
            self._unlabelled(segment, row)

    def _start_text(self, segment: Segment, row: Row, name: str) -> None:
        """Begin a text; one that a further page repeats leaves what is being read as it is."""
        if name in self.reading.texts and says_again(row, self.reading.texts[name]):
            return
        self.zone, self.last_text = "text", name
        self.reading.anchors.add(name)
        self._text(segment.sheet, row, name)

    def _lines(self) -> frozenset[str]:
        """Return the line labels that may stand here: among projects only the lines of their side are labels."""
        return self.expenditure if self.zone == "projects" else self.lines

    def _unlabelled(self, segment: Segment, row: Row) -> None:
        if self.zone == "rows":
            read_free_row(self.funds, segment.sheet, row, self.columns)
        elif self.zone == "projects":
            if any(not label or label in self.income for label in row.labels):
                self.funds.project(row)
        elif self.zone == "indicators":
            if not self.indicators.row(row):
                self._outside(segment.sheet, row)
        elif self.zone == "text" and self.last_text:
            self._more_text(segment.sheet, row)
        elif self.zone == "head":
            self._head(segment, row)
        elif not self.funds.other(row) and not any(row.labels):
            self._outside(segment.sheet, row)

    def _head(self, segment: Segment, row: Row) -> None:
        """Read what stands above the first label: the title and the fiscal year."""
        for column, cell in row.cells:
            place = Place(segment.sheet, row.number, column)
            if (row.number, column) == segment.title and not self.reading.title:
                self.reading.title = " ".join(cell.raw.split())
                self.reading.places["forms", 0, "title"] = place
            text = shows(cell, self.workbook)
            year = year_of(text) if segment.title and self.reading.fiscal_year is None else None
            if year is not None:
                self.reading.fiscal_year, self.reading.year_raw = year, text.strip()
                self.reading.places["forms", 0, "fiscal_year"] = place

    def _text(self, sheet: int, row: Row, name: str) -> None:
        if name in self.reading.texts:
            return
        if name in row.labels:
            at = row.labels.index(name)
            own = row.cells[at][1].raw
            end = next_of(row, at, self.asked)
            values = [
                (c, v)
                for (c, v), label in zip(row.cells, row.labels, strict=True)
                if row.cells[at][0] < c < end and not label
            ]
            column = (
                values[0][0]
                if values
                else value_column(self.workbook.sheets[sheet], row.number, row.cells[at][0])
            )
            said = [(c, text_of(v, self.workbook, name)) for c, v in values if v.raw != own]
            text = self._joined(sheet, row, name, said)
        else:
            column, cell = row.cells[0]
            value = cell.raw.replace(":", "：").partition("：")[2]
            text = text_of(cell._replace(raw=value), self.workbook, name)
        self.reading.texts[name] = text.strip()
        self.reading.places["forms", 0, name] = Place(sheet, row.number, column)

    def _joined(self, sheet: int, row: Row, name: str, values: list[tuple[int, str]]) -> str:
        """Return a text that was pasted over several cells of a row, as one; what stands beside the form is named."""
        inside = [
            (column, text)
            for column, text in values
            if not self.last_column or column <= self.last_column or column == values[0][0]
        ]
        parts = dict.fromkeys(text.strip() for _, text in (inside[:1] if name == "agency" else inside))
        for column, text in values:
            if text.strip() not in parts:
                self.reading.remark("text_beside", Place(sheet, row.number, column), text.strip())
        if len(parts) > 1:
            self.reading.remark("text_joined", Place(sheet, row.number, inside[1][0]), inside[1][1].strip())
        return "\n".join(parts)

    def _more_text(self, sheet: int, row: Row) -> None:
        """Add a row that continues the text above; the same text filled down adds nothing."""
        known = self.reading.texts[self.last_text]
        extra = [
            text_of(cell, self.workbook, self.last_text)
            for (_, cell), label in zip(row.cells, row.labels, strict=True)
            if not label
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
                note_label(self.reading, label, cell.raw, Place(sheet, row.number, column))

    def _hidden(self, number: int, row: Row) -> None:
        sheet = self.workbook.sheets[number]
        if row.number in sheet.hidden_rows:
            self._beside("hidden_row", number, row, str(row.number), sheet.name)

    def _outside(self, sheet: int, row: Row) -> None:
        """Note a row outside the blocks; lines that go on with an explanation below the form are part of it."""
        text = next((cell.raw for _, cell in row.cells if cell.kind == "text"), "")
        alone = len(row.cells) == 1 and bool(text)
        if not alone or not self.explaining:
            self._beside("outside_table", sheet, row, text)
        self.explaining = alone and (self.explaining or text_key(text[:20]).startswith(_EXPLAINS))

    def _beside(self, kind: str, sheet: int, row: Row, text: str, detail: str = "") -> None:
        """Note something about a row that is no value of the form, placed at the row's first cell."""
        self.reading.remark(kind, Place(sheet, row.number, row.cells[0][0]), text, detail)


def _read_draft(pieces: list[Segment], workbook: Workbook, form: Form) -> Reading:
    reading = Reading(
        profile=form.id, sheets=tuple(dict.fromkeys(workbook.sheets[piece.sheet].name for piece in pieces))
    )
    reader = _FormReader(
        form,
        workbook,
        reading,
        FundsReader(form, workbook, reading),
        IndicatorReader(form, workbook, reading),
        income=frozenset(row.line for side in form.sides if not side.projects for row in side.rows),
        expenditure=frozenset(row.line for side in form.sides if side.projects for row in side.rows),
        lines=frozenset(row.line for row in form.fund_rows),
        listing=frozenset(side.rows[-1].line for side in form.sides if side.projects),
        asked=frozenset(field.key for field in form.text_fields),
    )
    reading.money_unit = stated_money_unit(pieces, workbook, reading)
    for piece in pieces:
        reader.piece(piece)
    reader.funds.finish()
    if reading.fiscal_year is not None and form.years and reading.fiscal_year not in form.years:
        reading.oddities.append(
            Oddity("other_year", "forms", 0, "fiscal_year", str(reading.fiscal_year), str(form.year))
        )
    note_hidden_columns(workbook, reading)
    note_missing(form, reading)
    return replace(reading, places={}, anchors=set(), located=packed_places(reading.places))
