"""Looks at a bureau's own form with the labels of a known one: what is there, what is not, what nobody knows."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from checks.declared.text_key import text_key
from etl.cell.grid import Workbook
from etl.form.declaration import Form
from etl.form.profile_file import Profile
from etl.form.profiles import Catalogue, of_year
from etl.form.titles import another_title, own_title
from etl.reading.drafts import drafted
from etl.reading.head import year_of
from etl.reading.labelled_rows import Row, Segment, segments
from etl.safe.refusal import Refusal

_LONGEST_LINE = 30
_USUAL_RATE = "≥100%"
"""The stock value of a rate of which the form states none."""


@dataclass(slots=True)
class Learnt:
    """What a form states, as far as its base knows how to ask."""

    title: str = ""
    year: int | None = None
    labels: set[str] = field(default_factory=set)
    lines: list[tuple[str, str, str, str]] = field(default_factory=list)
    """Side, key of the line above, text of the line, label of its group: of lines that are not known."""
    indicators: list[tuple[str, str, str, str, str]] = field(default_factory=list)
    """Level 1, level 2, name, half, full: of the block with a framework."""
    levels: dict[str, list[str]] = field(default_factory=dict)
    questions: list[str] = field(default_factory=list)


def nearest(workbook: Workbook, known: Catalogue) -> Profile:
    """Return the profile of whose labels a form has the most; of forms of one title the one of its year."""
    scored = []
    for group in known.groups:
        marks = [len(draft.anchors) for draft in _drafts(group[-1], workbook)]
        scored.append((max(marks, default=0), group))
    most, group = max(scored, key=lambda pair: pair[0])
    if not most:
        raise Refusal(
            "没有读出任何已知的栏目，请用--from指明相近的表样 no label is known; name the nearest form with --from"
        )
    year = next((year for form in group if (year := learnt(form, workbook).year)), None)
    real = [form for form in group if not form.example] or list(group)
    earlier = [form for form in real if year is None or form.year < year]
    return known.profiles[of_year(earlier or real, year).id]


def _drafts(form: Form, workbook: Workbook) -> list[Any]:
    return drafted(form, _pieces(form, workbook))


def _pieces(form: Form, workbook: Workbook) -> list[Segment]:
    pieces = [
        segment
        for number, sheet in enumerate(workbook.sheets)
        if sheet.state == "visible"
        for segment in segments(form, number, sheet)
    ]
    # A form under a new title is one too: who asks to learn it says so.
    return [Segment(piece.sheet, piece.rows, piece.title) for piece in pieces]


def learnt(form: Form, workbook: Workbook) -> Learnt:
    """Return what the first form of a workbook states, looked at with the labels of a known one."""
    found = Learnt()
    walk = _Walk(form, workbook, found)
    for draft in _drafts(form, workbook)[:1]:
        for piece in draft.pieces:
            walk.sheet = piece.sheet
            for row in piece.rows:
                walk.row(row)
    return found


@dataclass(slots=True)
class _Walk:
    """Goes down the rows of a form and notes what is known and what is not."""

    form: Form
    workbook: Workbook
    found: Learnt
    sheet: int = 0
    zone: str = "head"
    side: str = ""
    line: str = ""
    columns: dict[str, int] = field(default_factory=dict)
    level: tuple[str, str] = ("", "")

    def row(self, row: Row) -> None:
        """Take one row."""
        labels = [label for label in row.labels if label]
        self.found.labels.update(labels)
        heads = {label: row.first_column_of(label) for label in labels if label.startswith("head:")}
        if len(heads) >= 2:
            self.zone = "indicators"
            self.columns = {label.removeprefix("head:"): at for label, at in heads.items() if at is not None}
            self._unknown_headings(row)
        elif self.zone == "indicators":
            self._indicator(row)
        elif not labels:
            self._unlabelled(row)
        else:
            self._labelled(labels)

    def _labelled(self, labels: list[str]) -> None:
        sides = {side.key for side in self.form.sides}
        lines = {line.line for line in self.form.fund_rows}
        if any(label in sides or label.startswith("money:") for label in labels):
            self.zone = "money"
            self.side = next((label for label in labels if label in sides), self.side)
            self.line = "" if any(label in sides for label in labels) else self.line
        elif line := next((label for label in reversed(labels) if label in lines), ""):
            self.zone, self.line = "money", line
            listing = {side.rows[-1].line for side in self.form.sides if side.projects}
            self.zone = "projects" if line in listing else "money"
        else:
            self.zone = "rows" if self.form.free is not None and self.form.free.key in labels else "text"

    def _unlabelled(self, row: Row) -> None:
        texts = [(column, cell.raw.strip()) for column, cell in row.cells if cell.kind == "text"]
        if self.zone == "head":
            for _, text in texts:
                self.found.year = self.found.year or year_of(text)
                if not self.found.title and (own_title(self.form, text) or another_title(self.form, text)):
                    self.found.title = text
        elif self.zone == "money" and texts and len(texts[-1][1]) <= _LONGEST_LINE:
            column, text = texts[-1]
            self.found.lines.append((self.side, self.line, text, self._group(row.number, column)))
        elif self.zone == "text" and len(row.cells) <= 2 and texts and len(texts[0][1]) <= _LONGEST_LINE:
            self.found.questions.append(
                f"第{row.number}行“{texts[0][1]}”不是已知栏目：如需读取，请补写一个[[text]]"
            )

    def _group(self, row: int, column: int) -> str:
        """Return the label left of a line that is merged over its row."""
        sheet = self.workbook.sheets[self.sheet]
        groups = {line.group.text for line in self.form.fund_rows if line.group is not None}
        for top, left, bottom, _ in sheet.merges:
            cell = sheet.cells.get((top, left))
            if top < row <= bottom and left < column and cell is not None and cell.raw.strip() in groups:
                return cell.raw.strip()
        return ""

    def _unknown_headings(self, row: Row) -> None:
        for (_, cell), label in zip(row.cells, row.labels, strict=True):
            if not label and cell.kind == "text":
                self.found.questions.append(
                    f"第{row.number}行指标表多出“{cell.raw.strip()}”栏：程序不读这一栏"
                )

    def _indicator(self, row: Row) -> None:
        said = {
            name: cell.raw.strip() for name, at in self.columns.items() if (cell := row.at(at)) is not None
        }
        level1 = said.get("level1", self.level[0])
        level2 = said.get("level2", self.level[1] if level1 == self.level[0] else "")
        self.level = level1, level2
        words = self.form.budget.words
        if text_key(level1) not in words:
            if "level1" in said:
                self.found.questions.append(
                    f"第{row.number}行“{level1}”不是已知的一级指标：属于哪个[[indicators]]？"
                )
        elif words[text_key(level1)] == "common" and said.get("name"):
            values = said.get("half", ""), said.get("full", "")
            self.found.indicators.append((level1, level2, said["name"], *values))
        elif level2:
            self.found.levels.setdefault(level1, [])
            if level2 not in self.found.levels[level1]:
                self.found.levels[level1].append(level2)
