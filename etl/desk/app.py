"""Puts the desk together: the pages of the table behind the gate, each for its role."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from etl.desk.desk import Desk
from etl.desk.guard.gate import Gate, TooLarge
from etl.desk.home.batches import batches
from etl.desk.rendering import page
from etl.desk.routes import PAGES, Page
from etl.desk.view.board import board
from etl.desk.work.received import MOST_FILES
from etl.safe.refusal import Refusal

if TYPE_CHECKING:
    from starlette.types import ASGIApp

MOST_FIELDS = 20_000
"""Of a form: 5,000 findings ticked at once, each with what was seen of it."""
LARGEST_FIELD = 1 << 20


def application(desk: Desk, hosts: Collection[str]) -> ASGIApp:
    """Return the desk as a server runs it; `hosts`: the names, with ports, that browsers may call it by."""

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        desk.jobs.start()
        warm = threading.Thread(target=_warm, args=(desk,), daemon=True)
        warm.start()
        yield
        desk.jobs.end()

    inside = Starlette(
        routes=[Route(one.path, _answering(one, desk), methods=[one.method]) for one in PAGES],
        lifespan=lifespan,
        exception_handlers={HTTPException: _wrong, Refusal: _refused, TooLarge: _too_large},
    )
    inside.state.desk = desk
    return Gate(inside, hosts)


def _warm(desk: Desk) -> None:
    """Read the newest batch before somebody asks for it: what that loads takes a second."""
    for batch in batches(desk.home)[:1]:
        with suppress(Refusal, OSError):
            board(desk.seen, batch.number)


def _answering(one: Page, desk: Desk):  # type: ignore[no-untyped-def]
    """Return what answers for a page: who asks is looked at first, then the form is read, then the page made in a thread."""

    async def answer(request: Request) -> Response:
        request.state.person = person = desk.entry.person(request)
        if one.role != "nobody":
            if person is None:
                return _sent_away(request, desk)
            if not person.may(one.role):
                raise HTTPException(403)
        if one.method == "POST":
            async with request.form(
                max_files=MOST_FILES, max_fields=MOST_FIELDS, max_part_size=LARGEST_FIELD
            ) as form:
                request.state.form = form
                return await run_in_threadpool(one.answer, request, desk)
        return await run_in_threadpool(one.answer, request, desk)

    return answer


def _sent_away(request: Request, desk: Desk) -> Response:
    """Answer somebody we do not know: where people log in, they may; else the address is not the one that was opened."""
    if desk.shared and request.method == "GET":
        return RedirectResponse("/login", 303)
    return page(request, "wrong.html", 401, code=401, said="")


def _wrong(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    return page(request, "wrong.html", status, code=status, said="")


def _refused(request: Request, error: Exception) -> Response:
    return page(request, "wrong.html", 409, code=409, said=str(error))


def _too_large(request: Request, error: Exception) -> Response:
    return page(request, "wrong.html", 413, code=413, said="")
