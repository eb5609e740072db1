"""Checking a batch again, stopping that, how far it is, and closing the batch."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from etl.desk.desk import Desk
from etl.desk.given import back, batch_asked, person_of, see
from etl.desk.home.batches import set_batch
from etl.desk.home.database import now
from etl.desk.home.settings import newest
from etl.desk.rendering import page


def run(request: Request, desk: Desk) -> Response:
    """Have a batch checked again: late files, newer settings and all decisions go into its outputs."""
    batch = batch_asked(request, desk)
    if batch.closed:
        raise HTTPException(409)
    if request.state.form.get("newest"):
        set_batch(desk.home, batch.number, "settings", newest(desk.home))
    desk.jobs.ask(batch.number, person_of(request).name)
    return see(request, back(request, f"/b/{batch.number}"))


def stop(request: Request, desk: Desk) -> Response:
    """Stop checking a batch; nothing that was written before is lost."""
    batch = batch_asked(request, desk)
    desk.jobs.stop(batch.number)
    return see(request, f"/b/{batch.number}")


def progress(request: Request, desk: Desk) -> Response:
    """Return how far the check of a batch is, as a piece of a page."""
    batch = batch_asked(request, desk)
    return page(request, "progress.html", batch=batch, job=desk.jobs.last(batch.number))


def close(request: Request, desk: Desk) -> Response:
    """Close a batch, so that nobody decides or hands in any more, or open it again."""
    batch = batch_asked(request, desk)
    set_batch(desk.home, batch.number, "closed_at", "" if batch.closed else now())
    desk.home.log(person_of(request).name, f"{'opened' if batch.closed else 'closed'} batch {batch.number}")
    return see(request, f"/b/{batch.number}")
