"""Reads what stands above and beside the table: the year, the agency's name, the unit money is stated in."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple
from unicodedata import normalize

from checks.declared.agency import agency_name
from checks.declared.budget import FEN_PER_UNIT
from checks.declared.text_key import is_traditional, ordinary, text_key
from etl.cell.grid import Cell, Workbook
from etl.cell.number_format import shows
from etl.form.declaration import Form
from etl.form.places import Place
from etl.money.unit import stated_unit, unit_of_label
from etl.reading.labelled_rows import Segment
from etl.reading.model import Oddity, Reading

LONGEST = 120
"""Characters of a text that may state the unit of money; a longer one is a text of the form."""
_ABOVE = 5
"""Rows above a form's title that still belong to it."""
_YEAR = re.compile(r"(?:预算)?(?:年度)?[^0-9]{0,30}?(20[0-9]{2})(?![0-9])年?度?.{0,40}")
_IN_WORDS = re.compile(r"[二贰2][〇零oO0○◯][〇零oO0○◯一二三四五六七八九壹贰叁肆伍陆柒捌玖0-9]{2}(?=年)")
_DIGITS = str.maketrans("〇零oO○◯一二三四五六七八九壹贰叁肆伍陆柒捌玖", "000000123456789123456789")
_SHORT_YEAR = re.compile(r"([0-9]{2})年度(?:预算)?")
_NO_YEAR = re.compile(r"^.{0,8}(?:日期|时间)|[〔\[(]20[0-9]{2}[〕\])][0-9]*号")
"""A date of filling in and the number of a regulation name a year that is not the form's."""


@lru_cache(maxsize=4096)
def year_of(text: str) -> int | None:
    """Return the fiscal year a text above the table states, in figures or in words (二〇二三年度, 二O二三), None for none."""
    bare = "".join(ordinary(normalize("NFKC", text[:60])).split())
    bare = _IN_WORDS.sub(lambda match: match[0].translate(_DIGITS), bare if "年" in bare else f"{bare}年")
    if _NO_YEAR.search(bare):
        return None
    short = _SHORT_YEAR.fullmatch(bare)
    match = _YEAR.match(bare)
    return int(match[1]) if match else 2000 + int(short[1]) if short else None


def text_of(cell: Cell, workbook: Workbook, name: str) -> str:
    """Return what a text field says; what a broken formula leaves in it (0, an error) says nothing."""
    if cell.kind == "number" and (name == "agency" or not cell.raw.strip("0.")):
        return ""
    text = shows(cell, workbook) if cell.kind in ("text", "number", "date") else ""
    return agency_name(text) if name == "agency" else text.replace("\x0b", "\n").strip()


class Statement(NamedTuple):
    """Where a sheet says in which unit money is stated; `label`: by the printed label of the funds block."""

    unit: str
    text: str
    place: Place
    label: bool


def unit_statements(pieces: Sequence[Segment], workbook: Workbook) -> Iterator[Statement]:
    """Yield every statement of the unit of money on a form and in the rows right above it."""
    for piece in pieces:
        first = piece.rows[0].number
        cells = workbook.sheets[piece.sheet].cells.items() if first > 1 else ()
        above = {at: cell for at, cell in cells if first - _ABOVE <= at[0] < first and "元" in cell.raw}
        for (row, column), cell in sorted(above.items()):
            if unit := _stated(cell, None):
                yield Statement(unit, cell.raw, Place(piece.sheet, row, column), False)
        for line in piece.rows:
            for at, (column, cell) in enumerate(line.cells):
                if "元" in cell.raw and cell.kind == "text" and len(cell.raw) <= LONGEST:
                    of_funds = line.labels[at] == "funds"
                    unit = _unit(cell, line.labels[at], line.cells[at - 1][1] if at else None)
                    if unit:
                        yield Statement(unit, cell.raw, Place(piece.sheet, line.number, column), of_funds)


def _unit(cell: Cell, label: str, before: Cell | None) -> str:
    if label == "funds":
        return unit_of_label(text_key(cell.raw))[1]
    return "" if label else _stated(cell, before)


def _stated(cell: Cell, before: Cell | None) -> str:
    if cell.kind != "text" or len(cell.raw) > LONGEST:
        return ""
    key = text_key(cell.raw)
    if key in FEN_PER_UNIT and before is not None and text_key(before.raw[:LONGEST]).endswith("单位"):
        return key
    return stated_unit(cell.raw)


def stated_money_unit(pieces: list[Segment], workbook: Workbook, reading: Reading) -> str:
    """Return the unit of money the sheet states, 万元 where it states none, and say where it is another.

    The printed label says 万元; who writes another unit above the table and leaves the label as it was printed
    means what he wrote. Two other units are no statement: which holds is not guessed.
    """
    said = list(unit_statements(pieces, workbook))
    others = [statement for statement in said if statement.unit != "万元"]
    if not others:
        return "万元"
    unit = others[0].unit
    several = len({statement.unit for statement in others}) > 1
    kind = "unit_unclear" if several else "unit_conflict" if len(others) < len(said) else "unit_stated"
    units = "、".join(dict.fromkeys(statement.unit for statement in said)) if kind != "unit_stated" else unit
    reading.remark(kind, others[0].place, " ".join(others[0].text.split()), units, "unit")
    return unit


def note_label(reading: Reading, label: str, text: str, place: Place) -> None:
    """Note where a label stands; the first one in traditional characters is said."""
    reading.anchors.add(label)
    reading.places.setdefault(("labels", 0, label), place)
    if is_traditional(text) and all(odd.kind != "traditional_label" for odd in reading.oddities):
        reading.remark("traditional_label", place, " ".join(text.split()))


def note_hidden_columns(workbook: Workbook, reading: Reading) -> None:
    if not any(sheet.hidden_columns for sheet in workbook.sheets):
        return
    used = {(place.sheet, place.column) for place in reading.places.values()}
    for number, sheet in enumerate(workbook.sheets):
        for first, last in sheet.hidden_columns:
            if any(at == number and first <= column <= last for at, column in used):
                reading.oddities.append(Oddity("hidden_column", text=str(first), detail=sheet.name))


def note_missing(form: Form, reading: Reading) -> None:
    """Say which labels of the form are not there; a missing label is placed at the form's title."""
    home = min(reading.places.values(), default=Place(0, 1, 1))
    reading.places.setdefault(("forms", 0, "title"), home)
    for name, label in form.anchors():
        if name not in reading.anchors and name not in form.optional:
            reading.oddities.append(Oddity("missing_label", "forms", 0, "title", label.plain, name))
