"""Remembers what was made of bytes and texts that come again: most parts are alike in all the forms of a city."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import Concatenate, ParamSpec, TypeVar

LONGEST = 100_000
"""Bytes of a part above which nothing is remembered, so that no form fills the memory."""

_Content = TypeVar("_Content", bytes, str)
_More = ParamSpec("_More")
_Made = TypeVar("_Made")
_Making = Callable[Concatenate[_Content, _More], _Made]


def remembered(
    most: int, longest: int = LONGEST
) -> Callable[[_Making[_Content, _More, _Made]], _Making[_Content, _More, _Made]]:
    """Let a function remember what it made of the `most` last different contents; nobody may change that.

    Contents of more than `longest` bytes or characters are worked on anew each time.
    """

    def decorated(function: _Making[_Content, _More, _Made]) -> _Making[_Content, _More, _Made]:
        known = lru_cache(maxsize=most)(function)

        @wraps(function)
        def made(content: _Content, /, *args: _More.args, **kwargs: _More.kwargs) -> _Made:
            make = known if len(content) <= longest else function
            return make(content, *args, **kwargs)

        return made

    return decorated
