"""The first page: the batches, what was dropped for each, and a new one."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Sequence
from typing import IO, NamedTuple

from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from etl.desk.desk import Desk
from etl.desk.given import batch_asked, number, person_of, see, text
from etl.desk.home.batches import BatchOf, add_batch, batch_of, batches, files_of, set_batch
from etl.desk.home.settings import newest
from etl.desk.rendering import page
from etl.desk.view.board import AgencyLine, board
from etl.desk.view.findings import findings
from etl.desk.work.received import Taken, room_for, safe_relative, take_in
from etl.safe.refusal import Refusal
from etl.safe.whole_file import write_whole

ROSTER_ENDINGS = (".csv", ".xlsx", ".xls")
LARGEST_ROSTER = 8 << 20


class _Card(NamedTuple):
    """A batch as the first page shows it: with its last job, and how its agencies stand."""

    batch: BatchOf
    job: object
    lights: dict[str, int]
    open: int


def start(request: Request, desk: Desk) -> Response:
    """Show the batches, and ask for the files of a new one."""
    known = batches(desk.home)
    year = datetime.datetime.now().astimezone().year
    return page(
        request, "start.html", cards=[_card(desk, one) for one in known], known=known, year=year, wrong=""
    )


def _card(desk: Desk, batch: BatchOf) -> _Card:
    lines: Sequence[AgencyLine] = ()
    waiting = 0
    if desk.seen.is_there(batch.number):
        try:
            lines = board(desk.seen, batch.number)
            waiting = sum(one.open for one in findings(desk.seen, batch.number))
        except Refusal:
            lines = ()
    lights: dict[str, int] = {}
    for line in lines:
        lights[line.light] = lights.get(line.light, 0) + 1
    return _Card(batch, desk.jobs.last(batch.number), lights, waiting)


def create(request: Request, desk: Desk) -> Response:
    """Make a batch of what was dropped, and have it checked."""
    form, person = request.state.form, person_of(request)
    _refuse_full(request, desk)
    files = list(_files(form.getlist("files")))
    year, previous = number(form, "year"), number(form, "previous")
    if (
        not files
        or (year and not 2000 <= year <= 2099)
        or (previous and batch_of(desk.home, previous) is None)
    ):
        known = batches(desk.home)
        return page(
            request, "start.html", 400, cards=[_card(desk, one) for one in known], known=known, year=year or "",
            wrong="files" if not files else "year",
        )  # fmt: skip
    name = text(form, "name", 80) or f"{year or datetime.datetime.now().astimezone().year}"
    made = add_batch(
        desk.home,
        name,
        person.name,
        year or None,
        previous or None,
        newest(desk.home),
        bool(form.get("letters")),
    )
    _keep_roster(desk, made, form.get("roster"), previous)
    taken = take_in(desk.home, made, files, person.name)
    if all(one.why for one in taken):
        return page(request, "taken.html", 400, batch=batch_of(desk.home, made), taken=taken)
    desk.jobs.ask(made, person.name)
    return _said(request, desk, made, taken)


def more_files(request: Request, desk: Desk) -> Response:
    """Take late files into a batch, and have it checked again."""
    batch = batch_asked(request, desk)
    if batch.closed:
        raise HTTPException(409)
    _refuse_full(request, desk)
    taken = take_in(
        desk.home, batch.number, _files(request.state.form.getlist("files")), person_of(request).name
    )
    if any(not one.why for one in taken):
        desk.jobs.ask(batch.number, person_of(request).name)
    return _said(request, desk, batch.number, taken)


def files_page(request: Request, desk: Desk) -> Response:
    """Show what was handed in for a batch, when and by whom, and take late files."""
    batch = batch_asked(request, desk)
    return page(
        request,
        "files.html",
        batch=batch,
        files=files_of(desk.home, batch.number),
        job=desk.jobs.last(batch.number),
    )


def _said(request: Request, desk: Desk, number_: int, taken: Sequence[Taken]) -> Response:
    """Go to the batch where every file was taken; else say which were not, and why."""
    if any(one.why for one in taken):
        return page(request, "taken.html", batch=batch_of(desk.home, number_), taken=taken)
    return see(request, f"/b/{number_}")


def _files(given: Iterable[object]) -> Iterator[tuple[str, IO[bytes]]]:
    for one in given:
        if isinstance(one, UploadFile) and one.filename:
            yield one.filename, one.file


def _refuse_full(request: Request, desk: Desk) -> None:
    length = request.headers.get("content-length", "0")
    if not room_for(desk.home, int(length) if length.isdigit() else 0):
        raise HTTPException(507)


def _keep_roster(desk: Desk, batch: int, given: object, previous: int) -> None:
    """Keep the roster that was given with a batch, else that of the round before."""
    before = batch_of(desk.home, previous) if previous else None
    if isinstance(given, UploadFile) and given.filename:
        ending = next((e for e in ROSTER_ENDINGS if safe_relative(given.filename).lower().endswith(e)), "")
        data = given.file.read(LARGEST_ROSTER)
        if not ending or not data:
            return
        name = f"roster{ending}"
    elif before is not None and before.roster:
        path = desk.home.roster(before.number, before.roster)
        if path is None or not path.is_file():
            return
        name, data = before.roster, path.read_bytes()
    else:
        return
    write_whole(desk.home.of(batch) / name, data)
    set_batch(desk.home, batch, "roster", name)
