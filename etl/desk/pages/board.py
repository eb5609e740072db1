"""The board of a batch: departments and agencies, filtered, sorted and searched; before it, how far the check is."""

from __future__ import annotations

from collections import Counter

from starlette.requests import Request
from starlette.responses import Response

from etl.desk.desk import Desk
from etl.desk.given import batch_asked, choice, text
from etl.desk.home.settings import newest
from etl.desk.rendering import page
from etl.desk.view.board import LIGHTS, SORTS, board, chosen, departments
from etl.desk.view.findings import findings


def board_page(request: Request, desk: Desk) -> Response:
    """Show the board, or how far the first check is."""
    batch, asked = batch_asked(request, desk), request.query_params
    job = desk.jobs.last(batch.number)
    if not desk.seen.is_there(batch.number):
        return page(request, "waiting.html", batch=batch, job=job)
    lines = board(desk.seen, batch.number)
    every = findings(desk.seen, batch.number)
    names = departments(lines)
    wanted = {
        "q": text(asked, "q", 100),
        "light": choice(asked, "light", LIGHTS),
        "department": choice(asked, "department", [name for name, _ in names]),
        "sort": choice(asked, "sort", SORTS) or "worst",
    }
    waiting = bool(asked.get("open"))
    shown = chosen(lines, wanted["q"], wanted["light"], wanted["department"], waiting, wanted["sort"])
    return page(
        request, "board.html", batch=batch, job=job, lines=shown, all=len(lines), departments=names,
        counts=Counter(line.light for line in lines), open=sum(one.open for one in every),
        decided=sum(one.severity != "info" and not one.open for one in every), wanted=wanted, waiting=waiting,
        newest=newest(desk.home),
    )  # fmt: skip
