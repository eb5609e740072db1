"""What a request says, read with care: numbers, texts and choices from addresses and forms, and the batch it is about."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from urllib.parse import urlsplit

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from etl.desk.desk import Desk
from etl.desk.home.batches import BatchOf, batch_of
from etl.desk.home.people import Person

LONGEST_TEXT = 2_000
_BIGGEST = 1 << 62


def batch_asked(request: Request, desk: Desk) -> BatchOf:
    """Return the batch that an address names; a page that is not there where there is none."""
    number = request.path_params["batch"]
    found = batch_of(desk.home, number) if number < _BIGGEST else None
    if found is None:
        raise HTTPException(404)
    return found


def person_of(request: Request) -> Person:
    """Return who sends a request; somebody does where a page is not for everyone."""
    person: Person = request.state.person
    return person


def text(given: Any, name: str, longest: int = LONGEST_TEXT) -> str:
    """Return a text of a form or of an address's question, "" where it is not there."""
    value = given.get(name, "")
    return value.strip()[:longest] if isinstance(value, str) else ""


def choice(given: Any, name: str, known: Collection[str]) -> str:
    """Return a text that is one of those that are known, "" for any other."""
    value = text(given, name)
    return value if value in known else ""


def number(given: Any, name: str) -> int:
    """Return a whole number, 0 where there is none."""
    value = text(given, name, 18)
    return int(value) if value.isascii() and value.isdigit() else 0


def see(request: Request, path: str) -> Response:
    """Return an answer that has the browser look at another page of ours."""
    return RedirectResponse(path, 303)


def back(request: Request, otherwise: str) -> str:
    """Return the page of ours that a form says it came from."""
    path = text(request.state.form, "back")
    parts = urlsplit(path)
    ours = (
        path.startswith("/")
        and not path.startswith(("//", "/\\"))
        and not parts.netloc
        and path.isprintable()
    )
    return path if ours else otherwise
