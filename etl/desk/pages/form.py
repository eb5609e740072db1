"""The page of one file: the form as on paper, its findings beside it, and a decision on each."""

from __future__ import annotations

import datetime

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from etl.desk.desk import Desk
from etl.desk.given import batch_asked, number
from etl.desk.rendering import lang_of, page
from etl.desk.view.changes import changes_of
from etl.desk.view.form import form_view, neighbours


def form_page(request: Request, desk: Desk) -> Response:
    """Show a file with its findings, and what was decided on them before."""
    batch, file = batch_asked(request, desk), request.path_params["file"]
    view = form_view(desk.seen, batch.number, file, lang_of(request))
    if view is None:
        raise HTTPException(404)
    ledger = desk.seen.ledger(batch.number)
    identities = {one.key.partition(":")[0] for line in view.lines for one in line.findings}
    history: dict[str, list[object]] = {}
    for event in ledger.events:
        if event.key.partition(":")[0] in identities:
            history.setdefault(event.key.partition(":")[0], []).append(event)
    before, after = neighbours(desk.seen, batch.number, file)
    done = number(request.query_params, "done")
    return page(
        request, "form.html", batch=batch, file=file, view=view, history=history, before=before, after=after,
        done=done if 0 < done <= ledger.last else 0, today=datetime.datetime.now().astimezone().date().isoformat(),
        closed=batch.closed, changes=changes_of(desk.seen, batch.number, batch.previous, file, lang_of(request)),
    )  # fmt: skip
