"""Keeps what one agency is told short: what is waived goes, what is alike is said once, notes have a bound.

Errors are never folded and warnings never dropped. What is folded stays named: its places are spots of the
finding that speaks for it, its codes and numbers stand in the message.
"""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import replace

from checks.declared.text_key import text_key
from checks.finding import Finding, NotRun, Severity, Spot
from checks.frames.tables import Tables
from checks.settings import Settings, Waiver

LONGEST_MESSAGE = 240
"""Characters of folded messages quoted together before the rest is only counted."""

_SAY = {
    "zh": {"alike": "同类共{count}处：{list}", "stop": "；", "more": "；……", "rest": "（另有{count}条提示未逐条列出：{codes}）", "comma": "、"},
    "en": {"alike": "{count} alike: {list}", "stop": "; ", "more": "; …", "rest": " ({count} more notes are not listed one by one: {codes})", "comma": ", "},
}  # fmt: skip


def fold(
    findings: Sequence[Finding], tables: Tables, settings: Settings, today: datetime.date | None = None
) -> list[Finding]:
    """Return the findings as an agency is to be told them, in the order given.

    Waived ones are left out (`today` decides whether a waiver still holds), those alike become one
    (`alike_most`), and an agency's notes beyond `lines_most` lines are folded into the last one shown.
    """
    kept, _ = waived(findings, tables, settings, today)
    return bounded(grouped(kept, settings), settings)


def waived(
    findings: Sequence[Finding], tables: Tables, settings: Settings, today: datetime.date | None = None
) -> tuple[list[Finding], list[tuple[Finding, Waiver]]]:
    """Return the findings that stand, and those a reviewer has let pass with the waiver that says why.

    A waiver holds up to and on its last day. A finding on a whole file belongs to no agency and stands.
    """
    if not settings.waivers:
        return list(findings), []
    held = _held(settings.waivers, today or datetime.datetime.now().astimezone().date())
    agency = {
        form: text_key(str(name or "")) for form, name in zip(tables.forms["id"], tables.forms["agency"].fillna(""), strict=True)
    }  # fmt: skip
    kept, passed = [], []
    for finding in findings:
        waiver = held.get((agency.get(finding.form, ""), finding.code))
        if waiver is None:
            kept.append(finding)
        else:
            passed.append((finding, waiver))
    return kept, passed


def let_pass(passed: Sequence[tuple[Finding, Waiver]]) -> list[NotRun]:
    """Return one entry a form and rule that says what a reviewer has let pass, why and until when."""
    entries = {(finding.form, finding.code): waiver for finding, waiver in passed}
    return [NotRun(form, code, _why(waiver)) for (form, code), waiver in entries.items()]


def _why(waiver: Waiver) -> dict[str, str]:
    until = (f"（至{waiver.until}）", f" (until {waiver.until})") if waiver.until else ("", "")
    return {
        "zh": f"评审已豁免{until[0]}：{waiver.reason}",
        "en": f"a reviewer has let it pass{until[1]}: {waiver.reason}",
    }


def _held(waivers: Iterable[Waiver], today: datetime.date) -> dict[tuple[str, str], Waiver]:
    found = holding(waivers, today)
    return {(text_key(waiver.agency), waiver.code): waiver for waiver in found if text_key(waiver.agency)}


def holding(waivers: Iterable[Waiver], today: datetime.date) -> list[Waiver]:
    """Return the waivers that hold on a day."""
    return [waiver for waiver in waivers if waiver.until is None or today <= waiver.until]


def grouped(findings: Sequence[Finding], settings: Settings) -> list[Finding]:
    """Return the findings with more than `alike_most` warnings or notes of one rule on one form as one.

    On a form with more than `answers_most` errors and warnings to answer, warnings of one rule are one from two on. The
    one stands where the first of them stood. Errors stay one a cell: each has to be corrected.
    """
    alike, answers = int(settings.threshold("alike_most")), int(settings.threshold("answers_most"))
    asked = Counter((f.path, f.form) for f in findings if f.severity != Severity.INFO)
    groups = _by(findings, lambda finding: (finding.path, finding.form, finding.code, finding.severity))
    made: dict[int, Finding | None] = {}
    for group in groups.values():
        long = group[0].severity == Severity.WARNING and asked[group[0].path, group[0].form] > answers
        most = 1 if long else alike
        if len(group) > most and group[0].severity != Severity.ERROR and group[0].form:
            made |= {id(finding): None for finding in group} | {id(group[0]): _alike(group)}
    told = (made.get(id(finding), finding) for finding in findings)
    return [finding for finding in told if finding is not None]


def _by(findings: Sequence[Finding], key: Callable[[Finding], Hashable]) -> dict[Hashable, list[Finding]]:
    groups: dict[Hashable, list[Finding]] = {}
    for finding in findings:
        groups.setdefault(key(finding), []).append(finding)
    return groups


def _alike(group: list[Finding]) -> Finding:
    """Return one finding that speaks for several of one rule: every leading cell first, then the rest."""
    first = group[0]
    same = all(finding.hypothesis == first.hypothesis for finding in group)
    return replace(
        first,
        spots=_spots(group),
        message={lang: _listed([finding.message[lang] for finding in group], lang) for lang in first.message},
        found=_joined([finding.found for finding in group]),
        expected=_joined([finding.expected for finding in group]),
        difference="",
        hypothesis=first.hypothesis if same else {},
    )


def _spots(group: Sequence[Finding]) -> tuple[Spot, ...]:
    leading = [spot for finding in group for spot in finding.spots[:1]]
    rest = [spot for finding in group for spot in finding.spots[1:]]
    return tuple(dict.fromkeys((*leading, *rest)))


def _listed(messages: Sequence[str], lang: str) -> str:
    say, distinct = _SAY[lang], list(dict.fromkeys(messages))
    shown: list[str] = []
    length = 0
    for message in distinct:
        length += len(message)
        if shown and length > LONGEST_MESSAGE:
            break
        shown.append(message)
    text = say["stop"].join(shown) + (say["more"] if len(shown) < len(distinct) else "")
    return say["alike"].format(count=len(messages), list=text)


def _joined(texts: Sequence[str]) -> str:
    text = "；".join(dict.fromkeys(text for text in texts if text))
    return text if len(text) <= LONGEST_MESSAGE else text[: LONGEST_MESSAGE - 1] + "…"


def bounded(findings: Sequence[Finding], settings: Settings) -> list[Finding]:
    """Return the findings with each form's notes beyond `lines_most` lines folded into the last one shown.

    Errors and warnings all stay, and at least one note does: it is told in full and names the codes
    of the others, how many there are, and their cells.
    """
    most = int(settings.threshold("lines_most"))
    made: dict[int, Finding | None] = {}
    for lines in _by([f for f in findings if f.form], lambda finding: (finding.path, finding.form)).values():
        notes = [finding for finding in lines if finding.severity == Severity.INFO]
        shown = max(1, most - (len(lines) - len(notes)))
        if len(notes) > shown:
            rest = notes[shown:]
            made |= {id(finding): None for finding in rest} | {
                id(notes[shown - 1]): _rest(notes[shown - 1], rest)
            }
    told = (made.get(id(finding), finding) for finding in findings)
    return [finding for finding in told if finding is not None]


def _rest(last: Finding, rest: Sequence[Finding]) -> Finding:
    """Return the last note shown, with those that are not shown named by code and counted."""
    codes = Counter(finding.code for finding in rest)
    message = {lang: text + _named(codes, len(rest), lang) for lang, text in last.message.items()}
    spots = (*last.spots, *(spot for finding in rest for spot in finding.spots[:1]))
    return replace(last, message=message, spots=tuple(dict.fromkeys(spots)))


def _named(codes: Mapping[str, int], count: int, lang: str) -> str:
    names = (f"{code}×{times}" if times > 1 else code for code, times in sorted(codes.items()))
    return _SAY[lang]["rest"].format(count=count, codes=_SAY[lang]["comma"].join(names))
