"""All findings of a batch, by rule, severity and verdict, to be decided on many at once; and the ledger."""

from __future__ import annotations

from collections import Counter

from starlette.requests import Request
from starlette.responses import Response

from checks.finding import SEVERITY_ORDER
from etl.desk.desk import Desk
from etl.desk.given import batch_asked, choice, number, text
from etl.desk.rendering import page
from etl.desk.view.findings import Shown, by_weight, findings
from etl.marked.verdict import Verdict

A_PAGE = 200
"""Findings or rows on a page."""
_SEVERITIES = tuple(str(severity) for severity in SEVERITY_ORDER)


def findings_page(request: Request, desk: Desk) -> Response:
    """Show the findings that fit what is asked for, with a box to tick on each."""
    batch, asked = batch_asked(request, desk), request.query_params
    everything = findings(desk.seen, batch.number)
    codes = Counter(one.code for one in everything)
    wanted = {
        "q": text(asked, "q", 100),
        "code": choice(asked, "code", codes),
        "severity": choice(asked, "severity", _SEVERITIES),
        "verdict": choice(asked, "verdict", (*Verdict, "open")),
        "said": text(asked, "said", 600),
    }
    found = by_weight([one for one in everything if _fits(one, wanted)])
    at = max(number(asked, "page"), 1)
    pages = max(-(-len(found) // A_PAGE), 1)
    at = min(at, pages)
    alike = Counter((one.code, one.message_zh) for one in everything)
    done = number(asked, "done")
    return page(
        request, "findings.html", batch=batch, shown=found[(at - 1) * A_PAGE : at * A_PAGE], count=len(found),
        all=len(everything), codes=sorted(codes.items()), wanted=wanted, at=at, pages=pages, alike=alike,
        done=done if 0 < done <= desk.seen.ledger(batch.number).last else 0, files=_files(desk, batch.number),
    )  # fmt: skip


def _fits(one: Shown, wanted: dict[str, str]) -> bool:
    verdict = wanted["verdict"]
    text_ = f"{one.agency} {one.path} {one.code} {one.message_zh} {one.message_en}".lower()
    return (
        (not wanted["code"] or one.code == wanted["code"])
        and (not wanted["severity"] or one.severity == wanted["severity"])
        and (not verdict or (one.open if verdict == "open" else one.verdict == verdict))
        and (not wanted["said"] or one.message_zh == wanted["said"])
        and all(word in text_ for word in wanted["q"].lower().split())
    )


def _files(desk: Desk, batch: int) -> dict[str, int]:
    """Return the key of each file by its path."""
    with desk.seen.store(batch) as store:
        return {str(path): int(row) for row, path in store.rows('SELECT "row", path FROM files')}


def ledger_page(request: Request, desk: Desk) -> Response:
    """Show who decided what, the newest first; the chain is sound, or the page is refused."""
    batch, asked = batch_asked(request, desk), request.query_params
    ledger = desk.seen.ledger(batch.number)
    words = text(asked, "q", 100).lower().split()
    found = [
        event for event in reversed(ledger.events)
        if all(word in f"{event.who} {event.agency} {event.code} {event.review} {event.message}".lower() for word in words)
    ]  # fmt: skip
    pages = max(-(-len(found) // A_PAGE), 1)
    at = min(max(number(asked, "page"), 1), pages)
    by = Counter(event.who for event in ledger.live.values())
    return page(
        request, "ledger.html", batch=batch, events=found[(at - 1) * A_PAGE : at * A_PAGE], undone=ledger.undone,
        count=len(found), at=at, pages=pages, q=text(asked, "q", 100), by=by.most_common(), last=ledger.events[-1:],
    )  # fmt: skip
