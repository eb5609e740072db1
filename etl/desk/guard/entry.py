"""Who is at the desk: one person by the token of the opened address, or people by name and password."""

from __future__ import annotations

import hmac
import secrets
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from etl.desk.home.database import Home
from etl.desk.home.people import Person, checked_person, session_person

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

COOKIE = "jixiao-desk"
TRIES, SECONDS_TO_WAIT = 5, 60
"""Wrong passwords under one name from one address, and how long nobody gets in then."""
_MOST_KNOWN = 10_000


@dataclass
class Entry:
    """Lets people in. `own`: the one person of a desk on a machine of one's own, None where people log in; `token`: what
    that person's address carries, `session` what their cookie does."""

    home: Home
    own: Person | None
    secure: bool = False
    token: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    session: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    _wrong: dict[tuple[str, str], list[float]] = field(default_factory=dict)

    def person(self, request: Request) -> Person | None:
        """Return who sends a request, None for nobody we know."""
        cookie = request.cookies.get(COOKIE, "")
        if not cookie:
            return None
        if self.own is not None:
            return self.own if hmac.compare_digest(cookie.encode(), self.session.encode()) else None
        return session_person(self.home, cookie)

    def opens(self, token: str) -> bool:
        """Say whether a token is that of the opened address."""
        return self.own is not None and hmac.compare_digest(token.encode(), self.token.encode())

    def must_wait(self, name: str, address: str) -> bool:
        """Say whether too many wrong passwords were tried."""
        recent = [
            at for at in self._wrong.get((name, address), ()) if at > time.monotonic() - SECONDS_TO_WAIT
        ]
        return len(recent) >= TRIES

    def log_in(self, name: str, password: str, address: str) -> Person | None:
        """Return who has this name and password, None for nobody; wrong ones are counted."""
        found = checked_person(self.home, name, password)
        if found is None:
            if len(self._wrong) > _MOST_KNOWN:
                self._wrong.clear()
            self._wrong.setdefault((name, address), []).append(time.monotonic())
        else:
            self._wrong.pop((name, address), None)
        return found

    def give(self, response: Response, value: str) -> Response:
        """Return a response that gives the browser its cookie."""
        response.set_cookie(COOKIE, value, httponly=True, samesite="strict", secure=self.secure, path="/")
        return response
