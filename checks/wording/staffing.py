"""Reads posts (编制) and staff in post (在职) from what an agency writes about its organisation."""

from __future__ import annotations

import re

LONGEST = 3000

_POSTS = re.compile(
    r"编制(?:总?数|人数|核定数)?[为:：共有]?[^0-9，。；]{0,8}([0-9]{1,6})|([0-9]{1,6})(?:名|个)[^，。；0-9]{0,6}编制"
)
_STAFF = re.compile(r"(?:在编|在职|在岗|实有|现有)[^0-9。；]{0,12}([0-9]{1,6})")


def posts(text: str) -> int | None:
    """Return the number of posts a text states, None if it states none."""
    return _first(_POSTS, text)


def staff(text: str) -> int | None:
    """Return the number of people in post a text states, None if it states none."""
    return _first(_STAFF, text)


def _first(pattern: re.Pattern[str], text: str) -> int | None:
    match = pattern.search(text[:LONGEST])
    return next(int(group) for group in match.groups() if group) if match else None
