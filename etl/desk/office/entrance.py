"""Coming in and going out: the opened address, the login, the language, and the few files every page needs."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response

from etl.desk.desk import Desk
from etl.desk.given import back, choice, see, text
from etl.desk.guard.entry import COOKIE
from etl.desk.home.people import close_session, open_session
from etl.desk.rendering import LANGUAGE, page, resource

STATIC = {
    "page.css": "text/css",
    "desk.css": "text/css",
    "desk.js": "text/javascript",
    "icon.svg": "image/svg+xml",
}


def enter(request: Request, desk: Desk) -> Response:
    """Take the token of the opened address for a cookie."""
    if not desk.entry.opens(text(request.query_params, "token")):
        return page(request, "wrong.html", 403, code=403, said="")
    return desk.entry.give(RedirectResponse("/", 303), desk.entry.session)


def login_page(request: Request, desk: Desk) -> Response:
    """Ask for name and password, where people log in."""
    if not desk.shared:
        raise HTTPException(404)
    return page(request, "login.html", wrong="")


def log_in(request: Request, desk: Desk) -> Response:
    """Let in who has the name and the password; after some wrong ones nobody for a while."""
    if not desk.shared:
        raise HTTPException(404)
    name, password = text(request.state.form, "name", 40), str(request.state.form.get("password", ""))[:200]
    address = request.client.host if request.client else ""
    if desk.entry.must_wait(name, address):
        return page(request, "login.html", 429, wrong="wait")
    person = desk.entry.log_in(name, password, address)
    desk.home.log(name, "login" if person else "wrong password")
    if person is None:
        return page(request, "login.html", 403, wrong="wrong")
    return desk.entry.give(RedirectResponse("/", 303), open_session(desk.home, person.number))


def log_out(request: Request, desk: Desk) -> Response:
    """End the session."""
    if desk.shared:
        close_session(desk.home, request.cookies.get(COOKIE, ""))
    response = RedirectResponse("/login" if desk.shared else "/", 303)
    response.delete_cookie(COOKIE)
    return response


def language(request: Request, desk: Desk) -> Response:
    """Show the pages in Chinese or English from now on."""
    response = see(request, back(request, "/"))
    response.set_cookie(
        LANGUAGE, choice(request.state.form, "lang", ("zh", "en")) or "zh", samesite="strict", httponly=True
    )
    return response


def health(request: Request, desk: Desk) -> Response:
    """Say that the desk is there."""
    return PlainTextResponse("ok")


def static(request: Request, desk: Desk) -> Response:
    """Return the style, the script, or the icon; there is nothing else."""
    name = request.path_params["name"]
    if name not in STATIC:
        raise HTTPException(404)
    return Response(resource(name), media_type=STATIC[name])
