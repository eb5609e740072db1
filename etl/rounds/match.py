"""Rounds: what became of last round's findings, and which values the department changed.

A finding is tied to itself in another round by its key (`etl.frames.located`): who, which rule, which value, and
after a colon a fingerprint of what was found. The same value found otherwise is the same finding; only
an accepted explanation ends with the fingerprint it was given for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from checks.declared.text_key import text_key
from etl.marked.lines import Line, State
from etl.marked.verdict import Verdict, silences
from etl.rounds.records import Change, FormRecord, Value

if TYPE_CHECKING:
    from etl.frames.located import Located

LONGEST_CLAIM = 20
"""Characters that are quoted of what a department filled in for the bureau; the words offered have two to four."""
PENDING = Verdict.PENDING.value
"""What a decision falls back to when the value is found otherwise."""


def matched(now: Sequence[FormRecord], old: Sequence[FormRecord]) -> dict[str, FormRecord]:
    """Return last round's record of each form, by the id of this round's.

    The same agency under the same path comes first, then the same agency anywhere, then the same path
    where neither name is in the other round (a name that was corrected): a file that now holds the form of another
    agency of last round says nothing of its own.
    """
    found: dict[str, FormRecord] = {}
    left = list(old)
    agencies = {text_key(record.agency) for record in now}
    before = {text_key(record.agency) for record in old if record.agency}
    rules: tuple[Callable[[FormRecord, FormRecord], bool], ...] = (
        lambda a, b: a.id == b.id and _agency(a) == _agency(b),
        lambda a, b: a.path == b.path and _agency(a) == _agency(b),
        lambda a, b: bool(a.agency) and _agency(a) == _agency(b),
        lambda a, b: (
            a.path == b.path
            and ("#" in a.id) == ("#" in b.id)
            and _agency(b) not in agencies
            and _agency(a) not in before
        ),
    )
    for rule in rules:
        for record in now:
            if record.id in found:
                continue
            same = next((entry for entry in left if rule(record, entry)), None)
            if same is not None:
                found[record.id] = same
                left.remove(same)
    return found


def _agency(record: FormRecord) -> str:
    return text_key(record.agency)


def answered(lines: Sequence[Line], answers: Iterable[Line]) -> list[Line]:
    """Return lines with what a returned sheet answers to them; an empty answer takes nothing back."""
    given: dict[str, list[Line]] = {}
    for answer in answers:
        given.setdefault(answer.key, []).append(answer)
    found = []
    for line in lines:
        waiting = given.get(line.key)
        answer = waiting.pop(0) if waiting else line
        found.append(
            replace(
                line,
                explanation=answer.explanation or line.explanation,
                review=answer.review or line.review,
            )
        )
    return found


CLAIM = "（单位自填的复核结果“{}”不予采用）"
"""What is added to an explanation where the department filled in 复核结果 itself: only the bureau decides."""


def without_claims(answers: Iterable[Line], decided: Iterable[Line] = ()) -> list[Line]:
    """Return the lines of a sheet that came in, their 复核结果 taken for what it is: a claim, told in the explanation.

    `decided`: the lines as the bureau has them; a sheet that only repeats its decision claims nothing.
    """
    known = {line.key: line.review for line in decided}
    found = []
    for answer in answers:
        claim = CLAIM.format(answer.review[:LONGEST_CLAIM])
        told = answer.explanation
        if answer.review and answer.review != known.get(answer.key) and not told.endswith(claim):
            told = f"{told}{claim}"
        found.append(replace(answer, explanation=told, review=""))
    return found


def judged(
    entries: Sequence[Located], old: Sequence[Line], *, renamed: bool = False
) -> tuple[list[Located], tuple[Line, ...]]:
    """Return this round's findings with state, explanation and review, and the lines that are gone.

    `renamed`: the agency's name differs from last round's, so that keys cannot agree; the rule and the
    fingerprint then tie findings.
    """
    pairs = _paired([(e.key, e.finding.code) for e in entries], [(o.key, o.code) for o in old], renamed)
    found = [
        _judged(entry, old[pairs[n]] if n in pairs else None, renamed) for n, entry in enumerate(entries)
    ]
    gone = set(range(len(old))) - set(pairs.values())
    return found, tuple(replace(old[n], state=State.FIXED.value) for n in sorted(gone))


def _paired(now: Sequence[tuple[str, str]], old: Sequence[tuple[str, str]], renamed: bool) -> dict[int, int]:
    """Return the position of each old line by that of its finding, the most alike first."""
    ways: list[Callable[[tuple[str, str]], object]] = [
        lambda line: line[0],
        lambda line: line[0].partition(":")[0],
    ]
    if renamed:
        ways.append(lambda line: (line[1], line[0].partition(":")[2]))
    pairs: dict[int, int] = {}
    for way in ways:
        waiting: dict[object, list[int]] = {}
        taken = set(pairs.values())
        for position, line in enumerate(old):
            if position not in taken:
                waiting.setdefault(way(line), []).append(position)
        for number, line in enumerate(now):
            if number not in pairs and waiting.get(way(line)):
                pairs[number] = waiting[way(line)].pop(0)
    return pairs


def _judged(entry: Located, line: Line | None, renamed: bool) -> Located:
    if line is None:
        return replace(entry, state=State.NEW.value)
    same = _print_of(entry.key) == _print_of(line.key) if renamed else entry.key == line.key
    review = line.review if same or not line.review else PENDING
    silent = silences(review, str(entry.finding.severity), line.explanation)
    state = State.EXPLAINED if silent else State.STANDING
    return replace(entry, state=state.value, explanation=line.explanation, review=review)


def _print_of(key: str) -> str:
    return key.partition(":")[2]


def carried(entries: Sequence[Located], lines: Sequence[Line]) -> list[Located]:
    """Return findings with the answers of lines of the same findings, where they have none; no state."""
    pairs = _paired([(e.key, e.finding.code) for e in entries], [(o.key, o.code) for o in lines], False)
    return [
        replace(entry, explanation=lines[pairs[n]].explanation, review=_judged(entry, lines[pairs[n]], False).review)
        if n in pairs and not entry.explanation and not entry.review
        else entry
        for n, entry in enumerate(entries)
    ]  # fmt: skip


def ruled(
    lines: Iterable[Line], reviews: Mapping[str, str], undone: Mapping[str, frozenset[str]]
) -> tuple[Line, ...]:
    """Return lines with what the ledger has decided on them, whatever stood there before.

    `undone`: decisions that were taken back since; a line that still has one has none.
    """
    return tuple(
        replace(line, review=reviews[line.key])
        if line.key in reviews
        else replace(line, review="")
        if line.review in undone.get(line.key, ())
        else line
        for line in lines
    )


def decided(entries: Iterable[Located], reviews: Mapping[str, str]) -> Iterator[Located]:
    """Yield findings with what the ledger of their own round decided on them.

    A decision on the same value found otherwise falls back to 待核. Where a round is not compared, only what ends a finding
    gives it a state.
    """
    entries = list(entries)
    here = {entry.key for entry in entries}
    lapsed = {key.partition(":")[0] for key in reviews if key not in here}
    for entry in entries:
        review = reviews.get(entry.key, "")
        if review:
            ends = silences(review, str(entry.finding.severity), entry.explanation)
            yield replace(entry, review=review, state=State.EXPLAINED.value if ends else _reopened(entry))
        elif not entry.review and entry.key.partition(":")[0] in lapsed:
            yield replace(entry, review=PENDING)
        else:
            yield entry


def _reopened(entry: Located) -> str:
    return State.STANDING.value if entry.state == State.EXPLAINED else entry.state


def changes(now: Sequence[Value], old: Sequence[Value]) -> tuple[Change, ...]:
    """Return every value that differs, in the form's order, what is gone last.

    Rows are tied by name; one whose name was changed by the rows around it. A value that several rows
    share (a merged cell) is told once.
    """
    rows = _same_rows(_names(now), _names(old))
    before = {(value.table, value.row, value.field): value for value in old}
    found: list[Change] = []
    for value in now:
        row = rows.get((value.table, value.row), -1)
        was = before.pop((value.table, row, value.field), None)
        if was is None or was.text != value.text:
            found.append(Change(value, was.text if was else None, value.text))
    found += [Change(value, value.text, None) for value in before.values()]
    told = {(c.value.place, c.old, c.new): c for c in found if c.old or c.new}
    return tuple(told.values())


_Rows = Mapping[tuple[str, int], str]


def _names(values: Iterable[Value]) -> _Rows:
    return {(value.table, value.row): text_key(value.name) for value in values}


def _same_rows(now: _Rows, old: _Rows) -> dict[tuple[str, int], int]:
    """Return the old row of each row: first by name, then between neighbours that were found."""
    waiting: dict[tuple[str, str], list[int]] = {}
    for (table, row), name in old.items():
        waiting.setdefault((table, name), []).append(row)
    found: dict[tuple[str, int], int] = {}
    for (table, row), name in now.items():
        if waiting.get((table, name)):
            found[(table, row)] = waiting[(table, name)].pop(0)
    left = {(table, row) for (table, _), numbers in waiting.items() for row in numbers}
    for table, row in sorted(now):
        before = found.get((table, row - 1), -1 if row == 0 else None)
        if (table, row) not in found and before is not None and (table, before + 1) in left:
            found[(table, row)] = before + 1
            left.discard((table, before + 1))
    return found


def counts(entries: Iterable[Located], fixed: int) -> Iterator[tuple[State, int]]:
    """Yield how many findings are in each state, fixed ones first."""
    states = [entry.state for entry in entries]
    yield State.FIXED, fixed
    for state in (State.STANDING, State.NEW, State.EXPLAINED):
        yield state, states.count(state.value)
