"""Who may do what: people, their roles and passwords, and the sessions they have open."""

from __future__ import annotations

import datetime
import hashlib
import hmac
import secrets
import sqlite3
from dataclasses import dataclass
from typing import Literal, get_args

from etl.desk.home.database import Home

Role = Literal["viewer", "clerk", "reviewer", "lead"]
ROLES: tuple[Role, ...] = get_args(Role)
"""Each may do what those before it may: look; hand in and run; decide; waive errors, settings, people, closing."""
ROLE_NAMES: dict[str, dict[str, str]] = {
    "zh": {"viewer": "查看", "clerk": "经办", "reviewer": "审核", "lead": "负责人"},
    "en": {"viewer": "viewer", "clerk": "clerk", "reviewer": "reviewer", "lead": "lead"},
}
SHORTEST_PASSWORD = 8
_COST = {"n": 1 << 14, "r": 8, "p": 1}
"""Of scrypt, as RFC 7914 has it for interactive logins: 16 MiB and some 50 ms."""
SESSION_HOURS = 12


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody at the desk; number 0 is who started it on a machine of their own."""

    number: int
    name: str
    role: Role
    active: bool = True

    def may(self, role: Role) -> bool:
        """Say whether this person may do what asks for a role."""
        return ROLES.index(self.role) >= ROLES.index(role)


class LastLead(Exception):
    """Nobody would be left who could do everything."""


def _person(row: sqlite3.Row) -> Person:
    return Person(row["number"], row["name"], row["role"], bool(row["active"]))


def people(home: Home) -> list[Person]:
    """Return everybody, in order of name."""
    return [_person(row) for row in home.rows("SELECT * FROM people ORDER BY name")]


def add_person(home: Home, name: str, role: Role, password: str) -> int:
    """Add somebody; raises ValueError for a name that is there, or a password that is too short."""
    if len(password) < SHORTEST_PASSWORD or not name.strip():
        raise ValueError(name)
    try:
        return home.change(
            "INSERT INTO people (name, role, password, active) VALUES (?, ?, ?, 1)",
            (name.strip()[:40], role, hashed(password)),
        )
    except sqlite3.IntegrityError as error:
        raise ValueError(name) from error


def set_person(home: Home, number: int, role: Role, active: bool, password: str = "") -> None:
    """Change somebody's role, password, or whether they may come in; raises `LastLead` where no lead would be left."""
    with home.open() as database:
        database.execute(
            "UPDATE people SET role = ?, active = ? WHERE number = ?", (role, int(active), number)
        )
        if password:
            database.execute("UPDATE people SET password = ? WHERE number = ?", (hashed(password), number))
        if not active or password:
            database.execute("DELETE FROM sessions WHERE person = ?", (number,))
        if not database.execute("SELECT 1 FROM people WHERE role = 'lead' AND active = 1").fetchone():
            raise LastLead(number)


def has_lead(home: Home) -> bool:
    """Say whether there is a lead who can come in."""
    return bool(home.rows("SELECT 1 FROM people WHERE role = 'lead' AND active = 1"))


def hashed(password: str) -> str:
    """Return what is kept of a password: salt and scrypt, in hexadecimal."""
    salt = secrets.token_bytes(16)
    return f"{salt.hex()}:{_scrypt(password, salt).hex()}"


def _scrypt(password: str, salt: bytes) -> bytes:
    return hashlib.scrypt(password.encode(), salt=salt, dklen=32, **_COST)


def checked_person(home: Home, name: str, password: str) -> Person | None:
    """Return who has this name and password, None for nobody; it takes as long either way."""
    found = home.rows("SELECT * FROM people WHERE name = ? AND active = 1", (name.strip(),))
    kept = found[0]["password"] if found else f"{'00' * 16}:{'00' * 32}"
    salt, _, digest = kept.partition(":")
    same = hmac.compare_digest(_scrypt(password, bytes.fromhex(salt)), bytes.fromhex(digest))
    return _person(found[0]) if found and same else None


def open_session(home: Home, person: int) -> str:
    """Return the token of a new session; only its digest is kept."""
    token = secrets.token_urlsafe(32)
    until = (datetime.datetime.now(datetime.UTC) + datetime.timedelta(hours=SESSION_HOURS)).isoformat()
    with home.open() as database:
        database.execute(
            "DELETE FROM sessions WHERE until < ?", (datetime.datetime.now(datetime.UTC).isoformat(),)
        )
        database.execute("INSERT INTO sessions VALUES (?, ?, ?)", (digest_of(token), person, until))
    return token


def session_person(home: Home, token: str) -> Person | None:
    """Return whose session a token is, None where it is nobody's any more."""
    found = home.rows(
        "SELECT people.* FROM sessions JOIN people ON people.number = person WHERE digest = ? AND until > ? AND active = 1",
        (digest_of(token), datetime.datetime.now(datetime.UTC).isoformat()),
    )
    return _person(found[0]) if found else None


def close_session(home: Home, token: str) -> None:
    """End a session."""
    home.change("DELETE FROM sessions WHERE digest = ?", (digest_of(token),))


def digest_of(token: str) -> str:
    """Return what is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()
