"""`jixiao form learn`: what a bureau's own form has that the nearest known one has not, as a profile of its own."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import takewhile
from typing import Any

from checks.declared.framework import Framework
from checks.declared.text_key import text_key
from checks.targets.indicator import classify
from checks.targets.target import Target, parse
from etl.cell.grid import Workbook
from etl.form.declaration import Form
from etl.form.profile_file import Profile
from etl.form.profiles import FOLDER, Catalogue, of_year
from etl.form.titles import LONGEST_TITLE, another_title, own_title
from etl.money.unit import unit_of_label
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
    earlier = [form for form in group if year is None or form.year < year]
    return known.profiles[of_year(earlier or group, year).id]


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


@cache
def _names() -> Mapping[str, Mapping[str, Any]]:
    """Return what further lines are called, by compared label."""
    document = tomllib.loads((FOLDER / "names.toml").read_text("utf-8"))
    return {text_key(label): line for line in document["line"] for label in line["label"]}


def profile_text(found: Learnt, base: Profile, id_: str, source: str) -> str:
    """Return the profile of a form as TOML: what differs from its base, and as comments what was not understood."""
    parts = [
        f"# {source}：与“{base.id}”不同之处，由jixiao form learn写出。",
        *(f"# 问：{question}" for question in dict.fromkeys(found.questions)),
        *_identity(found, base, id_),
        *_texts(found, base),
        *_money(found, base),
        *_indicators(found, base),
    ]
    return "\n".join(parts) + "\n"


def _identity(found: Learnt, base: Profile, id_: str) -> Iterator[str]:
    yield "[form]"
    yield f"id = {_said(id_)}"
    yield f"extends = {_said(base.id)}"
    if found.title and not own_title(base.form, found.title):
        yield f"title = [{_said(_bare(found.title))}]"
    if found.year is not None:
        yield f"years = [{found.year}]"
    else:
        yield "# 问：表上没有年度，是哪一年的表样？ years = []"


def _bare(title: str) -> str:
    return re.sub(
        r"^[(（]?20[0-9]{2}年?度?[)）]?|[(（]?20[0-9]{2}年?度?[)）]?$", "", title[:LONGEST_TITLE]
    ).strip()


def new_id(found: Learnt, base: Profile) -> str:
    """Return an id for a form: the base's with the form's year."""
    bare = re.sub(r"-20[0-9]{2}$", "", base.id)
    return f"{bare}-{found.year}" if found.year is not None else f"{bare}-new"


def _texts(found: Learnt, base: Profile) -> Iterator[str]:
    for text in base.form.text_fields:
        if text.key not in found.labels and not text.optional:
            yield "[[text]]"
            yield f"key = {_said(text.key)}"
            yield "remove = true"


def _money(found: Learnt, base: Profile) -> Iterator[str]:
    added: list[tuple[str, str]] = []
    dropped: list[str] = []
    taken = {line.key for line in base.form.budget.lines}
    for side in base.form.sides:
        gone = [row.line for row in side.rows if row.line not in found.labels and not row.optional]
        new = [entry for entry in found.lines if entry[0] == side.key]
        if not new and (not gone or side.optional):
            continue
        yield "[[money.side]]"
        yield f"key = {_said(side.key)}"
        if gone:
            dropped += gone
            yield f"remove = [{', '.join(map(_said, gone))}]"
        entries: list[str] = []
        after: dict[str, str] = {}
        for _, above, text, group in new:
            key, line = _line(text, group, taken)
            taken.add(key)
            entries.append(f"{{ after = {_said(after.get(above, above))}, {line} }}")
            after[above] = key
            added.append((above, key))
        if entries:
            yield f"insert = [{', '.join(entries)}]"
    yield from _relations(base, added, dropped)


def _line(text: str, group: str, taken: Iterable[str]) -> tuple[str, str]:
    """Return the key of a new line and what a profile says of it."""
    bare = unit_of_label(text_key(text))[0] or text_key(text)
    known = _names().get(bare)
    key = known["key"] if known else next(f"line_{n}" for n in range(1, 1000) if f"line_{n}" not in taken)
    labels = list(dict.fromkeys([text, *(known["label"] if known else ())]))
    parts = [f"key = {_said(key)}"]
    parts += [f"en = {_said(known['en'])}"] if known else []
    parts += [f"group = {_said(group)}"] if group else []
    return key, ", ".join([*parts, f"label = [{', '.join(map(_said, labels))}]"])


def _relations(base: Profile, added: Sequence[tuple[str, str]], dropped: Sequence[str]) -> Iterator[str]:
    """Yield what becomes of the sums: a new line belongs to the one that adds up the line above it, what is gone to none."""
    budget = base.form.budget
    gone = {f"{line.key}_{period}" for line in budget.lines if line.key in dropped for period in line.periods}
    removed = [r.code for r in budget.sums if gone & set(r.totals) or (r.parts and gone >= set(r.parts))]
    removed += [order.code for order in budget.orders if order.larger in gone or order.smaller in gone]
    changes = []
    for relation in (relation for relation in budget.sums if relation.code not in removed):
        period = relation.total.rpartition("_")[2]
        add = [f"{key}_{period}" for above, key in added if f"{above}_{period}" in relation.parts]
        drop = [part for part in relation.parts if part in gone]
        if add or drop:
            parts = [f"rule = {_said(relation.code)}"]
            parts += [f"add = [{', '.join(map(_said, add))}]"] if add else []
            parts += [f"drop = [{', '.join(map(_said, drop))}]"] if drop else []
            changes.append(f"{{ {', '.join(parts)} }}")
    if changes or removed:
        yield "[relations]"
    if changes:
        yield f"change = [{', '.join(changes)}]"
    if removed:
        yield f"remove = [{', '.join(map(_said, dict.fromkeys(removed)))}]"


def _indicators(found: Learnt, base: Profile) -> Iterator[str]:
    framework = base.form.budget.framework
    known = {text_key(common.name): common.name for common in framework}
    for block in base.form.budget.blocks:
        if block.role == "common" and found.indicators:
            stated = {text_key(name) for _, _, name, _, _ in found.indicators}
            gone = [name for key, name in known.items() if key not in stated]
            entries, above = [], ""
            for level1, level2, name, half, full in found.indicators:
                if text_key(name) not in known:
                    entries.append(
                        f"{{ after = {_said(above)}, {_common(framework, level1, level2, name, (half, full))} }}"
                    )
                above = known.get(text_key(name), name)
            if gone or entries:
                yield "[[indicators]]"
                yield f"key = {_said(block.key)}"
                yield from [f"remove = [{', '.join(map(_said, gone))}]"] if gone else []
                yield from [f"insert = [{', '.join(entries)}]"] if entries else []
        elif block.tree:
            tree = {name: tuple(found.levels.get(name, levels)) for name, levels in block.tree.items()}
            if tree != dict(block.tree):
                yield "[[indicators]]"
                yield f"key = {_said(block.key)}"
                levels = (f"{_said(name)} = [{', '.join(map(_said, own))}]" for name, own in tree.items())
                yield f"tree = {{ {', '.join(levels)} }}"


def _common(framework: Framework, level1: str, level2: str, name: str, values: tuple[str, str]) -> str:
    """Return what a profile says of a new common indicator: its stock word, or its stock values with the usual bounds."""
    half, full = values
    parts = [f"level1 = {_said(level1)}", f"level2 = {_said(level2)}", f"name = {_said(name)}"]
    if full and not any(char.isdigit() for char in full):
        return ", ".join([*parts, f"value = {_said(full)}", f"words = [{_said(full)}]"])
    full = full or _USUAL_RATE
    half = half or full
    target = parse(full)
    operator = target.operator if target.operator in ("≥", "≤") else "≥"
    parts += [
        f"half = {_said(half)}",
        f"full = {_said(full)}",
        f"meaning = {_said(_meaning(framework, name, target))}",
    ]
    parts += [f"operator = {_said(operator)}"]
    return ", ".join(parts + (["lower = 0", "upper = 100"] if target.unit == "%" else []))


def _meaning(framework: Framework, name: str, target: Target) -> str:
    """Return what a half-year value means, as with the known rate whose name ends most like it."""
    rates = [common for common in framework if not common.words]
    like = max(rates, key=lambda common: _same_end(common.name, name), default=None)
    return (
        like.meaning if like is not None and _same_end(like.name, name) > 1 else classify(name, target).value
    )


def _same_end(one: str, other: str) -> int:
    pairs = zip(reversed(one), reversed(other), strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def _said(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
