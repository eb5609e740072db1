"""Deciding on findings, alone or many at once, and taking that back; who comes late is shown what the other decided."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from etl.desk.desk import Desk
from etl.desk.given import back, batch_asked, number, person_of, see, text
from etl.desk.home.people import Person
from etl.desk.rendering import page
from etl.desk.view.findings import Shown, findings
from etl.marked.verdict import LONGEST_REASON, Decision, Verdict
from etl.store.ledger import Event, Overtaken, decide, event_of, undo

MOST_AT_ONCE = 5_000
LONGEST_NOTE = 500
LONGEST_LINE = 200_000
"""Characters of a button's value: the keys of all findings of a line."""


class Unfit(Exception):
    """A decision that cannot be made so; its text is one of those that `unfit.html` says."""


def decide_page(request: Request, desk: Desk) -> Response:
    """Write decisions into the ledger: all that were asked for, or none."""
    batch, person, form = batch_asked(request, desk), person_of(request), request.state.form
    if batch.closed:
        raise HTTPException(409)
    known = {one.key: one for one in findings(desk.seen, batch.number)}
    keys = list(dict.fromkeys(key for key in form.getlist("key") if isinstance(key, str)))
    verdict_text, number_, only = (*text(form, "one", LONGEST_LINE).split("|", 2), "", "")[:3]
    suffix = f":{number_}" if only else ""
    if only:
        keys = only.split(" ")
    else:
        verdict_text = text(form, "verdict")
    return_to = back(request, f"/b/{batch.number}")
    try:
        decision = _decision(form, verdict_text, suffix)
        chosen = _chosen(keys, known, decision, person)
    except Unfit as unfit:
        return page(request, "unfit.html", 400, batch=batch, why=str(unfit), back=return_to)
    events = [_event(one, decision, person, text(form, f"note{suffix}", LONGEST_NOTE)) for one in chosen]
    seen = _seen(form.getlist("seen"))
    try:
        ledger = decide(desk.home.output(batch.number), events, seen, desk.seen.ledger(batch.number))
    except Overtaken as late:
        desk.seen.ledger(batch.number)
        return page(
            request, "overtaken.html", 409, batch=batch, theirs=late.events, mine=decision, keys=keys, back=return_to,
            seen={**seen, **{event.key: event.number for event in late.events}},
            note=text(form, f"note{suffix}", LONGEST_NOTE),
        )  # fmt: skip
    return see(request, _with_done(return_to, ledger.events[-1].together))


def undo_page(request: Request, desk: Desk) -> Response:
    """Take a decision back, with all that were made together with it."""
    batch, person = batch_asked(request, desk), person_of(request)
    if batch.closed:
        raise HTTPException(409)
    meant = number(request.state.form, "number")
    events = desk.seen.ledger(batch.number).events
    if not 0 < meant <= len(events):
        raise HTTPException(404)
    if events[meant - 1].who != person.name and not person.may("lead"):
        raise HTTPException(403)
    try:
        undo(desk.home.output(batch.number), person.name, meant)
    except (KeyError, Overtaken):
        raise HTTPException(409) from None
    return see(request, back(request, f"/b/{batch.number}"))


def _with_done(path: str, event: int) -> str:
    """Return a path of ours that says which decision was made, so that it can be undone at once."""
    place, mark, anchor = path.partition("#")
    plain, _, question = place.partition("?")
    kept = [part for part in question.split("&") if part and not part.startswith("done=")]
    return f"{plain}?{'&'.join([*kept, f'done={event}'])}{mark}{anchor}"


def _decision(form: Any, verdict: str, suffix: str) -> Decision:
    """Return the decision that a form states; the fields of one line alone carry its number."""
    if verdict not in list(Verdict):
        raise Unfit("verdict")
    if verdict != Verdict.WAIVED:
        return Decision(Verdict(verdict))
    until = text(form, f"until{suffix}", 10)
    try:
        day = datetime.date.fromisoformat(until) if until else None
    except ValueError:
        raise Unfit("until") from None
    if day is not None and day < datetime.datetime.now().astimezone().date():
        raise Unfit("until")
    reason = text(form, f"reason{suffix}", LONGEST_REASON)
    if not reason:
        raise Unfit("reason")
    return Decision(Verdict.WAIVED, text(form, f"approver{suffix}", 40), reason, day)


def _chosen(
    keys: Sequence[str], known: Mapping[str, Shown], decision: Decision, person: Person
) -> list[Shown]:
    """Return the findings that are decided on; raises `Unfit` for those that cannot be so, or not by this person."""
    if not keys:
        raise Unfit("none")
    if len(keys) > MOST_AT_ONCE or any(key not in known for key in keys):
        raise Unfit("gone")
    chosen = [known[key] for key in keys]
    errors = any(one.severity == "error" for one in chosen)
    if decision.verdict in (Verdict.WAIVED, Verdict.FALSE_ALARM) and errors and not person.may("lead"):
        raise Unfit("lead")
    if decision.verdict == Verdict.WAIVED and errors and not decision.complete:
        raise Unfit("complete")
    if decision.verdict == Verdict.ACCEPTED and (errors or any(not one.explanation for one in chosen)):
        raise Unfit("error" if errors else "explanation")
    return chosen


def _event(one: Shown, decision: Decision, person: Person, note: str) -> Event:
    return event_of(
        person.name, decision, one.key, one.agency, one.code, one.severity, one.place, one.message_zh, note
    )


def _seen(given: Sequence[object]) -> dict[str, int]:
    """Return by key the number of the last row that a page knew of; `key|number` a finding."""
    found: dict[str, int] = {}
    for entry in given:
        key, _, version = str(entry).partition("|")
        if version.isascii() and version.isdigit() and len(version) < 18:
            found[key] = int(version)
    return found
