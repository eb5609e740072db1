"""The page of remarks as data: its lines, the state of each, and what was answered."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """What became of a finding since the last round."""

    FIXED = "fixed"
    STANDING = "standing"
    NEW = "new"
    EXPLAINED = "explained"


STATE_NAMES: dict[str, dict[State, str]] = {
    "zh": {State.FIXED: "已改", State.STANDING: "未改", State.NEW: "新增", State.EXPLAINED: "已说明"},
    "en": {
        State.FIXED: "fixed", State.STANDING: "not fixed", State.NEW: "new", State.EXPLAINED: "explained",
    },
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """A finding as a round leaves it: its key, how it read, and what was answered to it."""

    key: str
    severity: str
    code: str
    place: str
    message: str
    explanation: str = ""
    review: str = ""
    state: str = ""


@dataclass(frozen=True, slots=True)
class Stray:
    """An answer beside the column it belongs in: its cell, the rule's code of its line ("" for none), its text."""

    place: str
    code: str
    text: str


@dataclass(frozen=True, slots=True)
class Page:
    """The sheet 审核意见 of a return as it came back: its round, its lines, the texts of its heading.

    A line whose key was taken out of the sheet has "" for it. `strays`: answers that were typed beside their column;
    on the line of a finding they are in its explanation too.
    """

    number: int
    lines: tuple[Line, ...]
    heading: tuple[str, ...] = ()
    strays: tuple[Stray, ...] = ()
