"""Reads the indicator tables: columns by their headings, levels filled down, rows pushed aside set right."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from operator import itemgetter
from typing import Any

from checks.declared.text_key import ordinary, simplified, text_key
from checks.targets import target
from etl.cell.formula import constant, reference
from etl.cell.grid import Address, Cell, Workbook
from etl.cell.number_format import format_of, is_date_format, shown, shown_text, shows
from etl.form.declaration import Form
from etl.form.places import Place
from etl.reading.labelled_rows import LONGEST_LABEL, Row, level1_keys
from etl.reading.model import Indicator, Oddity, Reading, Target

_COLUMNS = ("level1", "level2", "key_task", "name", "half", "full")
_FOOTERS = (
    "填报人", "填表人", "单位负责人", "负责人", "联系人", "联系电话", "审核人", "注:", "备注", "说明", "制表",
    "填报日期", "填表日期", "日期", "分管领导", "部门负责人", "经办人",
)  # fmt: skip
_FOOTER_KEYS = tuple(text_key(text) for text in _FOOTERS)
_LEVELS = ("level1", "level2", "key_task")
_BLANK, _ABSENT = Target("", "blank"), Target("", "absent")
_FIRST = itemgetter(0)
_TARGET_LIKE = frozenset(
    {target.Kind.NUMBER, target.Kind.RANGE, target.Kind.COMPOUND, target.Kind.APPROXIMATE, target.Kind.WORD}
)


@dataclass(slots=True)
class IndicatorReader:
    """Reads indicator rows one after another; levels carry down until they change."""

    form: Form
    workbook: Workbook
    reading: Reading
    sheet: int = 0
    columns: dict[str, int] = field(default_factory=dict)
    level1: str = ""
    level2: str = ""
    key_task: str = ""
    level_places: dict[str, Place] = field(default_factory=dict)
    extra: frozenset[int] = frozenset()
    taken: frozenset[int] = frozenset()
    levels: frozenset[str] = field(init=False)
    wanted: tuple[str, ...] = field(init=False)
    periods: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        """Keep the first levels at hand: looking them up by the form costs more than reading a row."""
        self.levels = level1_keys(self.form)
        self.periods = self.form.value_columns
        asked = {column.key for block in self.form.indicators for column in block.columns}
        self.wanted = tuple(name for name in _COLUMNS if name in asked)

    def heading(self, row: Row) -> None:
        """Take the columns of an indicator heading; a heading repeated after a page break changes only them."""
        found = {name: row.first_column_of(f"head:{name}") for name in self.wanted}
        known = {name: column for name, column in found.items() if column is not None}
        block = next((b for b in self.form.indicators if {c.key for c in b.columns} == set(known)), None)
        if block is None:
            known = self._completed(known, row)
        self.columns = known
        self.taken = frozenset(known.values())
        self.extra = frozenset(self._extra(row))

    def _extra(self, row: Row) -> Iterator[int]:
        """Yield the columns of a heading that the form does not have; each is named once."""
        taken = set(self.columns.values())
        for (column, cell), label in zip(row.cells, row.labels, strict=True):
            if not label and column not in taken and len(cell.raw) <= LONGEST_LABEL:
                self.reading.column(Place(self.sheet, row.number, column), cell.raw)
                yield column

    def _completed(self, known: dict[str, int], row: Row) -> dict[str, int]:
        """Return the columns with those a damaged heading lost, set right of their left neighbour."""
        wanted = [name for name in self.wanted if name != "key_task" or "key_task" in known]
        missing = [name for name in wanted if name not in known]
        names = {column.key: column.label.plain for block in self.form.indicators for column in block.columns}
        self._incomplete(row, "、".join(names[name] for name in missing))
        for position, name in enumerate(wanted):
            if name not in known:
                before = known.get(wanted[position - 1]) if position else None
                after = next((known[later] for later in wanted[position + 1 :] if later in known), None)
                known[name] = before + 1 if before else max(1, (after or 2) - 1)
        return known

    def _incomplete(self, row: Row, missing: str) -> None:
        """Say that a heading lacks columns, placed at the first cell of that very heading."""
        number = len(self.reading.oddities)
        self.reading.oddities.append(Oddity("header_incomplete", "outside", number, "heading", missing))
        self.reading.places["outside", number, "heading"] = Place(self.sheet, row.number, row.cells[0][0])

    def row(self, row: Row) -> bool:
        """Read one row; False means that it is not an indicator (a footer or a stray text)."""
        if not self.columns or self._is_footer(row) or self._is_stray(row):
            return False
        shift = self._shift(row)
        texts = {
            name: _text(row.at(at + shift)) for name, at in self.columns.items() if name not in self.periods
        }
        before = (self.level1, self.level2)
        names = self._fill_down(texts)
        self._keep_level_places(row, texts, shift, anew=before != names[:2])
        half, full = (self._target(row, period, shift) for period in ("half", "full"))
        if not texts.get("name") and {half.state, full.state} <= {"blank", "absent"}:
            return self._empty_row(row, names, texts, shift, half, full)
        self._add(row, names, texts.get("name", ""), shift, half, full)
        return True

    def _empty_row(
        self,
        row: Row,
        names: tuple[str, str, str],
        texts: dict[str, str],
        shift: int,
        half: Target,
        full: Target,
    ) -> bool:
        if not (texts.get("level2") or texts.get("key_task")):
            return bool(texts.get("level1"))
        self._add(row, names, "", shift, half, full)
        return True

    def _add(
        self, row: Row, names: tuple[str, str, str], name: str, shift: int, half: Target, full: Target
    ) -> None:
        number = len(self.reading.indicators)
        self.reading.indicators.append(Indicator(self._block(names[0]), *names, name, half, full))
        places, levels = self.reading.places, self.level_places
        for column, at in self.columns.items():
            place = levels[column] if column in levels else Place(self.sheet, row.number, at + shift)
            places["indicators", number, column] = place
        if shift:
            self.reading.oddities.append(Oddity("row_shifted", "indicators", number, "name", name))
        elif not row.by_column.keys() <= self.taken:
            self._beside(row)

    def _beside(self, row: Row) -> None:
        """Name texts of a row that stand in none of its columns; what a merge filled in repeats says nothing new."""
        taken = self.taken
        read = {row.by_column[column].raw for column in taken if column in row.by_column}
        read |= {self.level1, self.level2, self.key_task}
        for column, cell in row.cells:
            if column not in taken and column not in self.extra and cell.raw.strip() not in read:
                self.reading.remark("text_beside", Place(self.sheet, row.number, column), cell.raw.strip())

    def _fill_down(self, texts: dict[str, str]) -> tuple[str, str, str]:
        level1, level2, key_task = (texts.get(name, "") for name in _LEVELS)
        if level1 and level1 != self.level1:
            self.level1, self.level2, self.key_task = level1, "", ""
            self.reading.anchors.add(f"level1:{text_key(level1)}")
        if level2 and level2 != self.level2:
            self.level2, self.key_task = level2, ""
        self.key_task = key_task or self.key_task
        return self.level1, self.level2, self.key_task if "key_task" in self.columns else ""

    def _keep_level_places(self, row: Row, texts: dict[str, str], shift: int, anew: bool) -> None:
        """Remember the cell each level's text stands in; the rows below it have no cell of their own."""
        for name in _LEVELS:
            if texts.get(name) or name not in self.level_places or (anew and name == "key_task"):
                self.level_places[name] = Place(self.sheet, row.number, self.columns.get(name, 1) + shift)

    def _block(self, level1: str) -> str:
        words = self.form.budget.words
        if (found := words.get(text_key(level1))) is not None:
            return found
        return "duty" if "key_task" in self.columns or not len(self.form.budget.framework) else "common"

    def _shift(self, row: Row) -> int:
        """Return by how many columns the row stands aside of its heading: the offset that explains it best."""
        straight = self._score(row, 0)
        if straight >= 1.0 + 2.0 * len(self.periods) or self._is_straight(row):
            return 0
        return max(((straight, 0), *((self._score(row, shift), shift) for shift in (-1, 1, -2))), key=_FIRST)[
            1
        ]

    def _is_straight(self, row: Row) -> bool:
        """Return whether name and both values stand in their columns and nothing stands beside them.

        A name may read as a value (零就业家庭, 责任落实); a row pushed aside leaves one of the three columns empty.
        """
        cells = [row.by_column.get(self.columns[name]) for name in ("name", *self.periods)]
        columns = {at: cell for at in self.columns.values() if (cell := row.by_column.get(at))}
        return all(cell and cell.raw.strip() for cell in cells) and not _stray(row, columns)

    def _score(self, row: Row, shift: int) -> float:
        cells = {
            name: row.by_column[at + shift]
            for name, at in self.columns.items()
            if at + shift in row.by_column
        }
        name, level1 = cells.get("name"), cells.get("level1")
        targets = _is_target(cells.get("half")) + _is_target(cells.get("full"))
        score = 2.0 * targets
        if name is not None:
            score += -3.0 if _is_target(name) else 1.0 if targets else 0.0
        if level1 is not None and text_key(level1.raw) not in self.levels:
            score -= 2.0
        return score - _stray(row, cells)

    def _target(self, row: Row, period: str, shift: int) -> Target:
        """Return a target as its cell shows it; what its formula adds is noted."""
        if period not in self.columns:
            return _ABSENT
        at = self.columns[period] + shift
        cell = row.at(at)
        if cell is None:
            return _BLANK
        if cell.kind == "text" and cell.formula is None:
            text = _ordinary(shown_text(cell.raw, format_of(cell, self.workbook)))
            return Target(text, "text") if text else _BLANK
        if typed := self._typed(self.sheet, (row.number, at), cell):
            self._odd("formula_target", period, typed)
            return Target(typed, "number")
        self._say_formula(cell, period)
        code = format_of(cell, self.workbook)
        text = ordinary(shows(cell, self.workbook)).strip()
        if cell.kind == "number":
            return Target(text, "date" if is_date_format(code) else "number")
        return Target(text, cell.kind) if text or cell.kind != "text" else _BLANK

    def _typed(self, sheet: int, at: Address, cell: Cell, depth: int = 0) -> str:
        """Return the target that became a formula because it starts with =: =100%; "" for any other cell.

        A formula that only points at such a cell says the same.
        """
        number = constant(cell.formula)
        if number:
            shown_as = "" if number.endswith("%") else shows(cell, self.workbook)
            return f"={shown_as or number}"
        to = reference(cell.formula) if depth < 4 and cell.kind == "number" else None
        if to is None:
            return ""
        names = [entry.name.casefold() for entry in self.workbook.sheets]
        number_of = names.index(to[0].casefold()) if to[0] and to[0].casefold() in names else sheet
        target_cell = (
            self.workbook.sheets[number_of].cells.get(to[1])
            if not to[0] or to[0].casefold() in names
            else None
        )
        return self._typed(number_of, to[1], target_cell, depth + 1) if target_cell is not None else ""

    def _say_formula(self, cell: Cell, period: str) -> None:
        kind, _, value = cell.told.partition("=")
        code = format_of(cell, self.workbook)
        if kind == "stale":
            self._odd("stale_formula", period, shows(cell, self.workbook), shown(value, code))
        elif kind in ("recomputed", "recalculated", "zero"):
            self._odd(
                {"zero": "zero_result"}.get(kind, kind),
                period,
                shows(cell, self.workbook),
                shown(value, code) if value else "",
            )

    def _odd(self, kind: str, period: str, text: str, detail: str = "") -> None:
        self.reading.oddities.append(
            Oddity(kind, "indicators", len(self.reading.indicators), period, text, detail)
        )

    def _is_stray(self, row: Row) -> bool:
        """Return whether a row is one text by itself where first levels stand, and not one of them."""
        (column, cell), *others = row.cells
        if others or cell.kind != "text" or column > self.columns.get("level1", 0):
            return False
        return text_key(cell.raw) not in self.levels

    def _is_footer(self, row: Row) -> bool:
        for _, cell in row.cells:
            if cell.kind == "text":
                return text_key(cell.raw[:12]).startswith(_FOOTER_KEYS)
        return False


def _stray(row: Row, cells: Mapping[Any, Cell]) -> int:
    """Return how many cells of a row stand in none of its columns and repeat none of these either."""
    seen = {cell.raw for cell in cells.values()}
    return sum(1 for _, cell in row.cells if cell.raw not in seen)


def _text(cell: Cell | None) -> str:
    return _ordinary(cell.raw) if cell is not None and cell.kind in ("text", "number") else ""


@lru_cache(maxsize=65536)
def _ordinary(text: str) -> str:
    """Return a name in ordinary characters; the forms of a batch share most of theirs."""
    return ordinary(text).strip()


def _is_target(cell: Cell | None) -> bool:
    """Return whether a cell looks like an indicator value and not like a name."""
    if cell is None:
        return False
    if cell.kind != "text" or len(cell.raw) > 30:
        return cell.kind == "number"
    return _says_target(cell.raw)


@lru_cache(maxsize=65536)
def _says_target(text: str) -> bool:
    said = target.parse(simplified(ordinary(text)))  # 完成培训300人次 is a name with a number in it
    return said.kind in _TARGET_LIKE and (said.number is None or not said.word)
