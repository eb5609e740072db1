"""The people of a shared desk: who may come in, and as what."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from etl.desk.desk import Desk
from etl.desk.given import choice, number, person_of, see, text
from etl.desk.home.people import ROLES, LastLead, add_person, people, set_person
from etl.desk.rendering import page


def people_page(request: Request, desk: Desk) -> Response:
    """Show everybody, and what was done lately beside decisions; only where people log in."""
    if not desk.shared:
        raise HTTPException(404)
    return _page(request, desk)


def _page(request: Request, desk: Desk, status: int = 200, wrong: str = "") -> Response:
    lately = desk.home.rows("SELECT * FROM log ORDER BY number DESC LIMIT 100")
    return page(request, "people.html", status, everybody=people(desk.home), lately=lately, wrong=wrong)


def people_changed(request: Request, desk: Desk) -> Response:
    """Add somebody, or change somebody's role, password, or whether they may come in."""
    if not desk.shared:
        raise HTTPException(404)
    form, by = request.state.form, person_of(request)
    role, who = choice(form, "role", ROLES), number(form, "number")
    password = str(form.get("password", ""))[:200]
    if not role:
        raise HTTPException(400)
    try:
        if who:
            if who == by.number and (role != "lead" or not form.get("active")):
                return _page(request, desk, 409, "self")
            set_person(desk.home, who, role, bool(form.get("active")), password)  # type: ignore[arg-type]
        else:
            add_person(desk.home, text(form, "name", 40), role, password)  # type: ignore[arg-type]
    except LastLead:
        return _page(request, desk, 409, "last")
    except ValueError:
        return _page(request, desk, 400, "name")
    desk.home.log(by.name, f"{'changed' if who else 'added'} {who or text(form, 'name', 40)}: {role}")
    return see(request, "/people")
