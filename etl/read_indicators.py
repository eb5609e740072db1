"""Reads the indicator tables: columns by their headings, levels filled down, rows pushed aside set right."""

from __future__ import annotations

from dataclasses import dataclass, field
from operator import itemgetter

from checks import target
from etl.form import Form, label_key
from etl.grid import Cell, Workbook
from etl.number_format import is_date_format, shown
from etl.reading import Indicator, Oddity, Place, Reading, Target
from etl.rows import Row

_COLUMNS = ("level1", "level2", "key_task", "name", "half", "full")
_FOOTERS = (
    "填报人", "填表人", "单位负责人", "负责人", "联系人", "联系电话", "审核人", "注:", "备注", "说明", "制表",
    "填报日期", "填表日期", "日期", "分管领导", "部门负责人", "经办人",
)  # fmt: skip
_FOOTER_KEYS = tuple(label_key(text) for text in _FOOTERS)
_BEST_SCORE = 5.0
"""What a row scores that fits its heading in every way; no other offset can do better."""
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
    levels: frozenset[str] = frozenset()

    def heading(self, row: Row) -> None:
        """Take the columns of an indicator heading; a heading repeated after a page break changes only them."""
        found = {name: row.first_column_of(f"head:{name}") for name in _COLUMNS}
        known = {name: column for name, column in found.items() if column is not None}
        block = next((b for b in self.form.indicators if {c.key for c in b.columns} == set(known)), None)
        if block is None:
            known = self._completed(known, row)
        self.columns = known

    def _completed(self, known: dict[str, int], row: Row) -> dict[str, int]:
        """Return the columns with those a damaged heading lost, set right of their left neighbour."""
        wanted = [name for name in _COLUMNS if name != "key_task" or "key_task" in known]
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
            name: _text(row.at(at + shift))
            for name, at in self.columns.items()
            if name not in ("half", "full")
        }
        before = (self.level1, self.level2)
        names = self._fill_down(texts)
        self._keep_level_places(row, texts, shift, anew=before != names[:2])
        half, full = (self._target(row, self.columns[name] + shift) for name in ("half", "full"))
        if not texts.get("name") and half.state == full.state == "blank":
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
        for column, at in self.columns.items():
            here = Place(self.sheet, row.number, at + shift)
            self.reading.places["indicators", number, column] = self.level_places.get(column, here)
        if shift:
            self.reading.oddities.append(Oddity("row_shifted", "indicators", number, "name", name))

    def _fill_down(self, texts: dict[str, str]) -> tuple[str, str, str]:
        level1, level2, key_task = (texts.get(name, "") for name in ("level1", "level2", "key_task"))
        if level1 and level1 != self.level1:
            self.level1, self.level2, self.key_task = level1, "", ""
            self.reading.anchors.add(f"level1:{label_key(level1)}")
        if level2 and level2 != self.level2:
            self.level2, self.key_task = level2, ""
        self.key_task = key_task or self.key_task
        return self.level1, self.level2, self.key_task if "key_task" in self.columns else ""

    def _keep_level_places(self, row: Row, texts: dict[str, str], shift: int, anew: bool) -> None:
        """Remember the cell each level's text stands in; the rows below it have no cell of their own."""
        for name in ("level1", "level2", "key_task"):
            if texts.get(name) or name not in self.level_places or (anew and name == "key_task"):
                self.level_places[name] = Place(self.sheet, row.number, self.columns.get(name, 1) + shift)

    def _block(self, level1: str) -> str:
        key = label_key(level1)
        for block in self.form.indicators:
            if key in block.level1:
                return block.key
        return "duty" if "key_task" in self.columns else "common"

    def _shift(self, row: Row) -> int:
        """Return by how many columns the row stands aside of its heading: the offset that explains it best."""
        straight = self._score(row, 0)
        if straight >= _BEST_SCORE:
            return 0
        return max(((straight, 0), *((self._score(row, shift), shift) for shift in (-1, 1, -2))), key=_FIRST)[
            1
        ]

    def _score(self, row: Row, shift: int) -> float:
        cells = {name: row.at(at + shift) for name, at in self.columns.items()}
        name = cells.get("name")
        targets = _is_target(cells.get("half")) + _is_target(cells.get("full"))
        score = 2.0 * targets
        if name is not None:
            score += -3.0 if _is_target(name) else 1.0 if targets else 0.0
        level1 = cells.get("level1")
        if level1 is not None and f"level1:{label_key(level1.raw)}" not in self._known_levels():
            score -= 2.0
        places = {at + shift for at in self.columns.values()}
        stray = [cell.raw for at, cell in row.cells if at not in places]
        if stray:
            seen = {cell.raw for cell in cells.values() if cell is not None}
            score -= sum(1 for text in stray if text not in seen)
        return score

    def _known_levels(self) -> frozenset[str]:
        if not self.levels:
            self.levels = frozenset(
                f"level1:{name}" for block in self.form.indicators for name in block.level1
            )
        return self.levels

    def _target(self, row: Row, column: int) -> Target:
        cell = row.at(column)
        if cell is None:
            return Target("", "blank")
        if cell.kind == "number":
            code = self.workbook.formats[cell.style] if cell.style < len(self.workbook.formats) else "General"
            return Target(shown(cell.raw, code), "date" if is_date_format(code) else "number")
        return Target(cell.raw.strip(), cell.kind)

    def _is_stray(self, row: Row) -> bool:
        """Return whether a row is one text by itself where first levels stand, and not one of them."""
        (column, cell), *others = row.cells
        if others or cell.kind != "text" or column > self.columns.get("level1", 0):
            return False
        return f"level1:{label_key(cell.raw)}" not in self._known_levels()

    def _is_footer(self, row: Row) -> bool:
        first = next((cell for _, cell in row.cells if cell.kind == "text"), None)
        return first is not None and label_key(first.raw[:12]).startswith(_FOOTER_KEYS)


def _text(cell: Cell | None) -> str:
    return cell.raw.strip() if cell is not None and cell.kind in ("text", "number") else ""


def _is_target(cell: Cell | None) -> bool:
    """Return whether a cell looks like an indicator value and not like a name."""
    if cell is None:
        return False
    if cell.kind != "text" or len(cell.raw) > 30:
        return cell.kind == "number"
    said = target.parse(cell.raw)  # 完成培训300人次 is a name with a number in it
    return said.kind in _TARGET_LIKE and (said.number is None or not said.word)
