"""What a bureau decides on a finding: the five verdicts, how each is written into 复核结果, and what it does.

The text in 复核结果 is the decision: whoever types it by hand decides the same as whoever clicks it. It may be
`豁免（至2027-03-31；批准人：李四；理由：上级文件要求）`; without the brackets it is a waiver without an end.
"""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """What was decided, in the words of 复核结果."""

    MUST = "必须修改"
    ACCEPTED = "采纳"
    WAIVED = "豁免"
    FALSE_ALARM = "误报"
    PENDING = "待核"


VERDICT_NAMES: dict[str, dict[Verdict, str]] = {
    "zh": {
        Verdict.MUST: "必须修改", Verdict.ACCEPTED: "采纳说明", Verdict.WAIVED: "豁免", Verdict.FALSE_ALARM: "误报",
        Verdict.PENDING: "待核",
    },
    "en": {
        Verdict.MUST: "must be corrected", Verdict.ACCEPTED: "explanation accepted", Verdict.WAIVED: "waived",
        Verdict.FALSE_ALARM: "false alarm", Verdict.PENDING: "pending",
    },
}  # fmt: skip
_REFUSED = "不采纳"
"""The word for an explanation that does not do: the finding must be corrected."""
LONGEST_REASON = 300
_WAIVER = re.compile(r"豁免(?:[（(](?P<inside>.*)[）)])?", re.DOTALL)
_PART = re.compile(
    r"\s*(?:至\s*(?P<until>\d{4}-\d{1,2}-\d{1,2})|批准人[:：](?P<by>.*)|理由[:：](?P<why>.*))\s*", re.DOTALL
)


@dataclass(frozen=True, slots=True)
class Decision:
    """A verdict; a waiver has who approved it, why, and the last day it holds (None: no end)."""

    verdict: Verdict
    approver: str = ""
    reason: str = ""
    until: datetime.date | None = None

    @property
    def complete(self) -> bool:
        """Say whether a waiver states all that an error's must: approver, reason and end."""
        return bool(self.approver and self.reason and self.until)


def review_text(decision: Decision) -> str:
    """Return a decision as it is written into 复核结果."""
    if decision.verdict != Verdict.WAIVED:
        return decision.verdict.value
    parts = [
        f"至{decision.until:%Y-%m-%d}" if decision.until else "",
        f"批准人：{_plain(decision.approver)}" if decision.approver else "",
        f"理由：{_plain(decision.reason)}" if decision.reason else "",
    ]
    inside = "；".join(filter(None, parts))
    return f"{Verdict.WAIVED.value}（{inside}）" if inside else Verdict.WAIVED.value


def _plain(text: str) -> str:
    """Return a text on one line in which nothing parts or closes what is around it."""
    line = " ".join(text.split())[:LONGEST_REASON]
    return line.translate(str.maketrans("；;（）()", "，,［］[]"))


def decision_of(review: str) -> Decision | None:
    """Return the decision that a text in 复核结果 is, None for a text that is none."""
    text = review.strip()
    if text == _REFUSED:
        return Decision(Verdict.MUST)
    waiver = _WAIVER.fullmatch(text)
    if waiver:
        return _waiver(waiver["inside"] or "")
    return Decision(Verdict(text)) if text in list(Verdict) else None


def _waiver(inside: str) -> Decision | None:
    """Return the waiver that the text in brackets states, None where it cannot be read whole."""
    said: dict[str, str] = {}
    for part in filter(None, re.split("[；;]", inside)):
        found = _PART.fullmatch(part)
        if found is None:
            return None
        said |= {name: text.strip() for name, text in found.groupdict().items() if text is not None}
    try:
        year, month, day = map(int, said["until"].split("-")) if "until" in said else (0, 0, 0)
        until = datetime.date(year, month, day) if year else None
    except ValueError:
        return None
    return Decision(Verdict.WAIVED, said.get("by", ""), said.get("why", ""), until)


def silences(review: str, severity: str, explanation: str, today: datetime.date | None = None) -> bool:
    """Say whether a decision ends a finding: nobody is asked about it any more.

    An error cannot be explained away; it can be waived, by somebody named, for a reason, for a time. A waiver
    that has come to its end ends nothing.
    """
    decision = decision_of(review)
    if decision is None:
        return False
    error = severity == "error"
    match decision.verdict:
        case Verdict.ACCEPTED:
            return bool(explanation) and not error
        case Verdict.WAIVED:
            return holds(decision, today) and (decision.complete or not error)
        case Verdict.FALSE_ALARM:
            return True
        case _:
            return False


def holds(decision: Decision, today: datetime.date | None = None) -> bool:
    """Say whether a decision has not come to its end."""
    now = today or datetime.datetime.now().astimezone().date()
    return decision.until is None or decision.until >= now


def is_open(review: str, severity: str, explanation: str, today: datetime.date | None = None) -> bool:
    """Say whether a finding waits for a decision: there is none, it is pending, has ended, or does not do for an error."""
    decision = decision_of(review)
    if decision is None or decision.verdict == Verdict.PENDING:
        return True
    return decision.verdict != Verdict.MUST and not silences(review, severity, explanation, today)
