"""A file of a batch as its page shows it: its sheets drawn with marks, and its findings beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from etl.desk.view.findings import Shown, findings
from etl.desk.view.seen import Seen
from etl.frames.located import Located
from etl.frames.told import Sentence, Told, places_text, told
from etl.report.section import drawn_sheets
from etl.sheets.outline import unpacked_outlines
from etl.store.database import Store
from etl.store.read import numbering_of
from etl.store.rows import located_of, text_of

if TYPE_CHECKING:
    from markupsafe import Markup

NUMBER = 1
"""Of the file on its page: anchors are `c1-2` for a cell and `m1-2` for a message."""


@dataclass(frozen=True, slots=True)
class FormLine:
    """A line of 审核意见: its number there, its findings, what is said of them and where; they are decided on together."""

    number: int
    findings: tuple[Shown, ...]
    codes: tuple[str, ...]
    sentences: tuple[Sentence, ...]
    places: str

    @property
    def first(self) -> Shown:
        """Return the finding the line is known by."""
        return self.findings[0]

    @property
    def keys(self) -> str:
        """Return the keys of its findings, apart by blanks."""
        return " ".join(one.key for one in self.findings)

    @property
    def open(self) -> bool:
        """Say whether one of its findings waits for a decision."""
        return any(one.open for one in self.findings)

    @property
    def errors(self) -> bool:
        """Say whether one of its findings is an error."""
        return any(one.severity == "error" for one in self.findings)


@dataclass(frozen=True, slots=True)
class FormView:
    """A file: its path, agencies, round, sheets as markup, and its findings line by line; `anchors`: the numbers of the
    lines whose cell is drawn."""

    path: str
    agencies: tuple[str, ...]
    round: int
    sheets: Markup
    lines: tuple[FormLine, ...]
    anchors: frozenset[int]


def form_view(seen: Seen, batch: int, file: int, lang: str) -> FormView | None:
    """Return a file of a batch, None where the last run had none of that number."""
    with seen.store(batch) as store:
        found = store.rows(
            'SELECT path, "round" FROM files WHERE "row" = ? AND position IS NOT NULL', (file,)
        )
        if not found:
            return None
        path = text_of(found[0][0])
        shown = {one.key: one for one in findings(seen, batch) if one.path == path}
        located = [_judged(entry, shown.get(entry.key)) for entry in _located(store, path)]
        outline = store.rows('SELECT drawn FROM outlines WHERE "row" = ?', (file,))
        drawn = list(unpacked_outlines(outline[0][0])) if outline else []
        names = store.rows("SELECT agency FROM forms WHERE path = ? ORDER BY ordinal", (found[0][0],))
    sheets, anchors = drawn_sheets(NUMBER, drawn, located, lang)
    lines = tuple(_line(line, shown, lang) for line in told(located))
    agencies = tuple(dict.fromkeys(text_of(name) or "" for (name,) in names))
    return FormView(path, agencies, found[0][1], sheets, lines, frozenset(anchors))


def _line(line: Told, shown: Mapping[str, Shown], lang: str) -> FormLine:
    place = places_text(line, lang).partition("!")[2]
    own = tuple(shown[entry.key] for entry in line.entries)
    return FormLine(line.number, own, line.codes, tuple(line.sentences(lang)), place)


def _located(store: Store, path: str) -> Sequence[Located]:
    """Return the findings of a file as they were located."""
    numbers = numbering_of(store)
    rows = store.rows('SELECT * FROM findings WHERE said = 1 AND path = ? ORDER BY "row"', (path,))
    cells: dict[int, list[Any]] = {}
    for row in store.rows(
        'SELECT * FROM cells WHERE finding IN (SELECT "row" FROM findings WHERE said = 1 AND path = ?) ORDER BY 1',
        (path,),
    ):
        cells.setdefault(row[1], []).append(tuple(map(text_of, row)))
    return [located_of(tuple(map(text_of, row)), cells.get(row[0], ()), numbers) for row in rows]


def _judged(entry: Located, shown: Shown | None) -> Located:
    """Return a finding with the state that the decision gives it: what is ended bears no loud mark."""
    from dataclasses import replace

    from etl.marked.lines import State

    if shown is None:
        return entry
    state = State.EXPLAINED.value if shown.ended else "" if entry.state == State.EXPLAINED else entry.state
    return replace(entry, review=shown.review, state=state)


def neighbours(seen: Seen, batch: int, file: int) -> tuple[int, int]:
    """Return the files before and after one that wait for a decision, in the order of the board; 0 for none."""
    from etl.desk.view.board import board

    order = [line.file for line in board(seen, batch) if line.file]
    waiting = {line.file for line in board(seen, batch) if line.open}
    at = order.index(file) if file in order else 0
    before = next((one for one in reversed(order[:at]) if one in waiting and one != file), 0)
    after = next((one for one in order[at + 1 :] if one in waiting and one != file), 0)
    return before, after
