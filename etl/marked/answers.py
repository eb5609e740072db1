"""Reads what a returned workbook brings back: explanations and decisions, by the key of their finding.

Columns are told by their headings and lines by their rule's code, so that an answer is found on a copy of our sheet,
in a workbook saved by another program, with hidden columns taken out, and beside the column it belongs in.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from checks.finding import SEVERITY_NAMES
from etl.cell.grid import Address, Cell, Sheet, address_text
from etl.marked.find import is_return
from etl.marked.headings import Layout, layout_of
from etl.marked.lines import STATE_NAMES, Line, Page, Stray
from etl.marked.verdict import decision_of
from etl.marks.record import PREFIX
from etl.package.parts import Package
from etl.sheets.workbook import read_workbook

_CODE = re.compile(r"[A-Z]{2}[0-9]{2}(?:、[A-Z]{2}[0-9]{2}){0,9}")
_ONE_KEY = r"[0-9A-Za-z]{1,40}(?::[0-9A-Za-z]{0,40})?"
_KEY = re.compile(rf"{_ONE_KEY}(?: {_ONE_KEY}){{0,999}}")
_SEVERITIES = {name: severity for names in SEVERITY_NAMES.values() for severity, name in names.items()}
_ROUND = re.compile(r"(?:第([0-9]{1,3})轮|Round ([0-9]{1,3}))$")
_MARKED = re.compile(
    "【(?:" + "|".join(name for names in STATE_NAMES.values() for name in names.values()) + ")】"
)
_MORE = re.compile(r"(?:等[0-9]{1,4}处| and others \([0-9]{1,4}\))$")
_HEADING_ROWS = 12
_LONGEST_DECISION = 8
"""Characters of 复核结果; a longer text there is an explanation, typed one column too far."""
_LONGEST_ANSWER = 2_000
_MOST_STRAYS = 100


def read_page(package: Package) -> Page | None:
    """Return all lines of a return's sheets of remarks and its round; None for a file that is no return."""
    return page_of(read_workbook(package).sheets) if is_return(package) else None


def page_of(sheets: Sequence[Sheet]) -> Page | None:
    """Return what all sheets of remarks of a workbook say together, None where it has none.

    Of one line on several of them an answer is kept from each; the round is the latest.
    """
    pages = [_page(sheet, layout) for sheet in sheets if (layout := layout_of(sheet)) is not None]
    if not pages:
        return None
    newest = max(pages, key=lambda page: page.number)
    strays = tuple(stray for page in pages for stray in page.strays)
    return Page(
        newest.number, _together([page.lines for page in pages]), newest.heading, strays[:_MOST_STRAYS]
    )


def _page(sheet: Sheet, layout: Layout) -> Page:
    code = layout.columns["code"]
    rows = [
        row for (row, column), cell in sheet.cells.items()
        if column == code and row > layout.row and _CODE.fullmatch(cell.raw.strip())
    ]  # fmt: skip
    at = _key_column(sheet, layout, rows)
    keys = {row: sheet.cells[row, at].raw for row in rows if at and (row, at) in sheet.cells}
    beside = _beside(sheet, layout, set(rows), at)
    lines, strays = [], []
    for row in sorted(rows):
        line = _line(sheet.cells, layout, row, keys.get(row, ""))
        texts = beside.pop(row, [])
        if len(line.review) > _LONGEST_DECISION and decision_of(line.review) is None:
            texts.insert(0, (layout.columns.get("review", 0), line.review))
            line = replace(line, review="")
        for column, text in texts:
            strays.append(Stray(f"{sheet.name}!{address_text((row, column))}", line.code, text))
        said = _joined([line.explanation, *(text for _, text in texts)])
        lines += _each(replace(line, explanation=said))
    for row, texts in sorted(beside.items()):
        strays += [Stray(f"{sheet.name}!{address_text((row, column))}", "", text) for column, text in texts]
    return Page(_round(sheet.cells), tuple(lines), _heading(sheet.cells), tuple(strays))


def _each(line: Line) -> list[Line]:
    """Return a line about several findings as a line of each; one whose keys were taken out by its rules and cells."""
    codes, keys = line.code.split("、"), line.key.split(" ")
    sheet, mark, cells = line.place.rpartition("!")
    places = [f"{sheet}{mark}{cell}" for cell in cells.split("、")]
    if line.key:
        count = len(keys)
        said = codes if len(codes) == count else codes[:1] * count
        stand = places if len(places) == count else places[:1] * count
        return [
            replace(line, key=key, code=code, place=place)
            for key, code, place in zip(keys, said, stand, strict=True)
        ]
    return [replace(line, code=code, place=place) for code in codes for place in places]


def _key_column(sheet: Sheet, layout: Layout, rows: Sequence[int]) -> int:
    """Return the column of the keys: right of all headings, each of its cells a key; 0 where it was taken out."""
    last = max(layout.columns.values())
    lines = set(rows)
    texts: dict[int, list[str]] = {}
    for (row, column), cell in sheet.cells.items():
        if column > last and row in lines:
            texts.setdefault(column, []).append(cell.raw)
    sound = (c for c in sorted(texts) if len(texts[c]) * 2 > len(rows) and all(map(_KEY.fullmatch, texts[c])))
    return next(sound, 0)


def _beside(sheet: Sheet, layout: Layout, lines: set[int], keys: int) -> dict[int, list[tuple[int, str]]]:
    """Return the texts that stand right of our columns, and in those for answers where no line is."""
    last, bottom = max(layout.columns.values()), max(lines, default=layout.row)
    open_ = {layout.columns[name] for name in ("explanation", "review") if name in layout.columns}
    taken = set(layout.columns.values())
    found: dict[int, list[tuple[int, str]]] = {}
    for (row, column), cell in sorted(sheet.cells.items()):
        text = cell.raw.strip()
        ours = column == keys or text.startswith(PREFIX) or (row == 1 and column > last)
        if not text or ours or row == layout.row:
            continue
        within = layout.row < row <= bottom
        between = within and (column not in taken if row in lines else column in open_)
        if column > last or between:
            found.setdefault(row, []).append((column, text[:_LONGEST_ANSWER]))
    return found


def _line(cells: Mapping[Address, Cell], layout: Layout, row: int, key: str) -> Line:
    def text(name: str) -> str:
        cell = cells.get((row, layout.columns[name])) if name in layout.columns else None
        return cell.raw.strip() if cell else ""

    return Line(
        key=key,
        severity=_SEVERITIES.get(text("severity"), "info"),
        code=text("code"),
        place=_MORE.sub("", text("place")),
        message=_first_line(text("message")),
        explanation=text("explanation"),
        review=text("review"),
    )


def _together(pages: Iterable[Sequence[Line]]) -> tuple[Line, ...]:
    """Return the lines of several sheets as of one; copies of a line share its key, or code, place and message."""
    found: dict[tuple[object, ...], Line] = {}
    for lines in pages:
        met: dict[tuple[str, ...], int] = {}
        for line in lines:
            what = (line.key,) if line.key else (line.code, line.place, line.message)
            met[what] = met.get(what, 0) + 1
            known = found.get((*what, met[what]))
            found[(*what, met[what])] = line if known is None else _both(known, line)
    return tuple(found.values())


def _both(one: Line, other: Line) -> Line:
    said = _joined([one.explanation, other.explanation])
    return replace(one, explanation=said, review=one.review or other.review)


def _joined(texts: Iterable[str]) -> str:
    """Return several answers as one; one that another one holds is not said twice."""
    given = [text for text in dict.fromkeys(texts) if text]
    return "；".join(text for text in given if not any(text != other and text in other for other in given))


class Known(NamedTuple):
    """A finding that a line without a key may be about."""

    key: str
    code: str
    place: str
    message: str


def keyed(lines: Sequence[Line], known: Iterable[Known]) -> tuple[Line, ...]:
    """Return lines with the keys that were taken out of a sheet.

    A line is about the known finding of its rule and cell, else of its rule and sentence, else the only one of
    its rule.
    """
    found = {n: line.key for n, line in enumerate(lines) if line.key}
    left = [entry for entry in known if entry.key not in set(found.values())]
    for same in (_same_cell, _same_sentence, _same_rule):
        for n, line in enumerate(lines):
            fitting = [] if n in found else [entry for entry in left if same(line, entry)]
            if fitting and (same is not _same_rule or len(fitting) == 1):
                found[n] = fitting[0].key
                left = [entry for entry in left if entry.key != found[n]]
    return tuple(replace(line, key=found.get(n, "")) for n, line in enumerate(lines))


def _same_cell(line: Line, known: Known) -> bool:
    return (line.code, line.place) == (known.code, known.place)


def _same_sentence(line: Line, known: Known) -> bool:
    return (line.code, line.message) == (known.code, known.message)


def _same_rule(line: Line, known: Known) -> bool:
    return line.code == known.code


def _first_line(message: str) -> str:
    """Return what was found, without the state in front and the guess below."""
    state = _MARKED.match(message)
    return message[state.end() if state else 0 :].partition("\n")[0]


def _heading(cells: Mapping[Address, Cell]) -> tuple[str, ...]:
    rows = (cells.get((row, 1)) for row in range(2, _HEADING_ROWS))
    return tuple(cell.raw.strip() for cell in rows if cell)


def _round(cells: Mapping[Address, Cell]) -> int:
    """Return the round that a heading line ends with, 1 if none says it."""
    found = next(filter(None, (_ROUND.search(line[-20:]) for line in _heading(cells))), None)
    return int(found[1] or found[2]) if found else 1
