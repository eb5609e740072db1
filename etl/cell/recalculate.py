"""Puts right what formulas left: results that are missing, that a program wrote as 0, or that are no longer true.

A workbook holds with each formula the result it had when it was last calculated. Programs that write workbooks
often leave it out, or write 0 and ask for a calculation on opening (`fullCalcOnLoad`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal

from etl.cell.formula import Unknown, Value, evaluate
from etl.cell.grid import Address, Cell, Sheet, Workbook
from etl.cell.number_format import decimal_of, plain

_MOST_CELLS = 200_000
"""Cells looked at for the formulas of one workbook; whatever is beyond stays as it was stored."""
_DEEPEST = 10
"""Formulas that lead to formulas not met before: those above and left are known when one is come to."""
_NOISE = Decimal("1e-9")
"""By how much a result, as a share of it, may differ for binary arithmetic alone."""


@dataclass(slots=True)
class _Results:
    """The results of a workbook's formulas, each worked out once."""

    sheets: Mapping[str, Sheet]
    known: dict[tuple[str, Address], Value | Unknown] = field(default_factory=dict)
    left: int = _MOST_CELLS
    depth: int = 0

    def of(self, sheet: Sheet, at: Address) -> Value:
        """Return what a cell holds: a formula's result worked out, the stored one only where it is no zero."""
        cell = sheet.cells.get(at)
        self.left -= 1
        if self.left < 0 or (cell is not None and cell.kind in ("error", "date", "picture")):
            raise Unknown
        if cell is None:
            return None
        if cell.formula is None:
            return _stored(cell)
        try:
            return self.worked_out(sheet, at, cell.formula)
        except Unknown:
            if cell.kind in ("number", "text") and (value := _stored(cell)):
                return value
            raise

    def worked_out(self, sheet: Sheet, at: Address, formula: str) -> Value:
        """Return a formula's result; raises `Unknown`, for one that leads back to itself as well."""
        key = (sheet.name, at)
        if key not in self.known:
            self.known[key] = Unknown()
            self.depth += 1
            try:
                if self.depth < _DEEPEST:
                    self.known[key] = evaluate(formula, _Looking(self, sheet))
            except Unknown as unknown:
                self.known[key] = unknown
            finally:
                self.depth -= 1
        value = self.known[key]
        if isinstance(value, Unknown):
            raise Unknown
        return value


@dataclass(frozen=True, slots=True)
class _Looking:
    """Looks references up for the formulas of one sheet."""

    results: _Results
    sheet: Sheet

    def value(self, sheet: str | None, at: Address) -> Value:
        return self.results.of(self._named(sheet), at)

    def area(self, sheet: str | None, start: Address, end: Address) -> Iterator[Value]:
        found = self._named(sheet)
        (top, left), (bottom, right) = start, end
        if (bottom - top + 1) * (right - left + 1) <= len(found.cells):
            inside = [(row, column) for row in range(top, bottom + 1) for column in range(left, right + 1)]
        else:
            inside = [at for at in found.cells if top <= at[0] <= bottom and left <= at[1] <= right]
        for at in inside:
            if at in found.cells:
                yield self.results.of(found, at)

    def _named(self, name: str | None) -> Sheet:
        sheet = self.sheet if name is None else self.results.sheets.get(name.casefold())
        if sheet is None:
            raise Unknown
        return sheet


def _stored(cell: Cell) -> Value:
    if cell.kind == "number":
        number = decimal_of(cell.raw)
        if number is None:
            raise Unknown
        return number
    return cell.raw == "1" if cell.kind == "bool" else cell.raw


def recalculated(workbook: Workbook) -> Workbook:
    """Return a workbook whose formulas have results wherever they can be known; `Cell.told` says what was done."""
    if not any(
        _is_open(cell)
        for sheet in workbook.sheets
        for cell in sheet.cells.values()
        if cell.formula is not None
    ):
        return workbook
    results = _Results({sheet.name.casefold(): sheet for sheet in reversed(workbook.sheets)})
    return replace(
        workbook, sheets=tuple(_sheet(sheet, results, workbook.recalculates) for sheet in workbook.sheets)
    )


def _is_open(cell: Cell) -> bool:
    return bool(cell.formula) and cell.kind in ("number", "no_result")


def _sheet(sheet: Sheet, results: _Results, recalculates: bool) -> Sheet:
    changed = {
        at: new
        for at, cell in sheet.cells.items()
        if _is_open(cell) and (new := _settled(cell, sheet, at, results, recalculates)) is not cell
    }
    return replace(sheet, cells={**sheet.cells, **changed}) if changed else sheet


def _settled(cell: Cell, sheet: Sheet, at: Address, results: _Results, recalculates: bool) -> Cell:
    stored = decimal_of(cell.raw) if cell.kind == "number" else None
    try:
        value = results.worked_out(sheet, at, cell.formula or "")
    except Unknown:
        return cell if stored is None else cell._replace(told="opaque" if stored else "unknown")
    if cell.kind == "no_result":
        return _with(cell, value, "recomputed")
    number = Decimal(0) if value is None else value
    if stored is None or not isinstance(number, Decimal) or isinstance(value, bool):
        return cell
    if abs(number - stored) <= _NOISE * max(abs(number), Decimal(1)):
        return cell
    if recalculates or not stored:
        return _with(cell, number, f"recalculated={plain(stored)}" if recalculates else "zero")
    return cell._replace(told=f"stale={plain(number)}")


def _with(cell: Cell, value: Value, told: str) -> Cell:
    """Return a formula's cell with its result."""
    if isinstance(value, bool):
        return Cell("bool", "1" if value else "0", cell.style, cell.formula, told)
    if value is None or isinstance(value, Decimal):
        return Cell("number", plain(value or Decimal(0)), cell.style, cell.formula, told)
    return Cell("text", value, cell.style, cell.formula, told)
