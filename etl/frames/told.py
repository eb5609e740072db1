"""The findings of a file as people are told them: numbered lines, each of one shortcoming with all its cells."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from checks.finding import Severity
from checks.telling.together import quoted_of, together
from etl.cell.grid import address_text
from etl.frames.build import CellPlace
from etl.frames.located import Located, cell_text
from etl.frames.order import ordered, weight

MOST_PLACES = 8
"""Cells a line names; those left are counted."""
MOST_SENTENCES = 6
"""Sentences quoted of one line; those left say the same of other cells, which the line names."""
MOST_QUOTED = 400
"""Characters of quoted sentences after which no further one is begun."""
_SAY = {
    "zh": {"more": "等{count}处", "rest": "（另有{count}处同类问题，见所列单元格）", "comma": "、"},
    "en": {"more": " and others ({count})", "rest": "({count} more of the kind, in the cells named)", "comma": ", "},
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sentence:
    """Something said of a line; `guess`: what it probably is, and no fact."""

    text: str
    guess: bool = False


@dataclass(frozen=True, slots=True)
class Told:
    """One line of 审核意见: its number there, and the findings it is about, the gravest first."""

    number: int
    entries: tuple[Located, ...]

    @property
    def first(self) -> Located:
        """Return the finding the line is known by."""
        return self.entries[0]

    @property
    def severity(self) -> Severity:
        """Return how grave the line is."""
        return self.first.finding.severity

    @property
    def codes(self) -> tuple[str, ...]:
        """Return the rules that speak, the plainest first."""
        return tuple(dict.fromkeys(entry.finding.code for entry in self.entries))

    @property
    def key(self) -> str:
        """Return the keys of all findings, which tie them to those of another round."""
        return " ".join(entry.key for entry in self.entries)

    @property
    def places(self) -> tuple[CellPlace, ...]:
        """Return the cells to correct, one a finding."""
        return tuple(dict.fromkeys(entry.cells[0] for entry in self.entries if entry.cells))

    @property
    def quoted(self) -> list[Located]:
        """Return the findings whose sentences are said."""
        return quoted_of(self.entries, _finding, _place)

    def found(self) -> str:
        """Return what stands in the cells, once each."""
        return "；".join(dict.fromkeys(entry.finding.found for entry in self.entries if entry.finding.found))

    def message(self, lang: str) -> str:
        """Return the first sentence."""
        return self.first.finding.message[lang]

    def sentences(self, lang: str) -> Iterator[Sentence]:
        """Yield what is said: what is wrong, what it probably is, and how many are not quoted."""
        said: list[str] = []
        quoted = self.quoted
        for shown, entry in enumerate(quoted):
            if shown >= MOST_SENTENCES or sum(map(len, said)) > MOST_QUOTED:
                yield Sentence(_SAY[lang]["rest"].format(count=len(quoted) - shown))
                return
            text = entry.finding.message[lang]
            if text not in said:
                said.append(text)
                yield Sentence(text)
            guess = entry.finding.hypothesis.get(lang, "")
            if guess and guess not in said:
                said.append(guess)
                yield from (Sentence(part, guess=True) for part in guess.split("\n"))


def told(located: Sequence[Located]) -> list[Told]:
    """Return a file's findings as numbered lines, in the order of 审核意见; their numbers are the same everywhere."""
    lines = together(ordered(located), _finding, _place, _apart)
    lines.sort(key=lambda entries: weight(entries[0]))
    return [Told(number, entries) for number, entries in enumerate(lines, 1)]


def _finding(entry: Located) -> Any:
    return entry.finding


def _place(entry: Located) -> CellPlace | None:
    return entry.cells[0] if entry.cells else None


def _apart(entry: Located) -> tuple[str, str, str]:
    """Return what a line has one of: its state since last round and what was answered to it."""
    return entry.state, entry.explanation, entry.review


def places_text(line: Told, lang: str) -> str:
    """Return the cells of a line as people write them: `绩效目标表!E48、E49`; "" for a line on a whole file."""
    say = _SAY[lang]
    places = line.places
    if not places:
        return ""
    if len(line.entries) == 1:
        count = len(line.first.cells)
        return cell_text(places[0]) + (say["more"].format(count=count) if count > 1 else "")
    shown, sheet = [], ""
    for cell in places[:MOST_PLACES]:
        shown.append(address_text((cell.row, cell.column)) if cell.sheet == sheet else cell_text(cell))
        sheet = cell.sheet
    more = say["more"].format(count=len(places)) if len(places) > MOST_PLACES else ""
    return say["comma"].join(shown) + more
