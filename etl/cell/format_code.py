"""Takes a number format apart: its sections, their conditions, and the tokens each is made of.

The grammar is that of ECMA-376 part 1, 18.8.31, with what Excel and WPS in Chinese add: `!x` for a literal
character, 上午/下午, 星期 as `aaaa`, `e` for the year, G/通用格式 for General.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Literal, NamedTuple

LONGEST = 255
"""Characters of a format; Excel allows no more."""

TokenKind = Literal[
    "text", "digit", "point", "comma", "percent", "exponent", "slash", "general", "at", "date", "elapsed"
]


class Token(NamedTuple):
    """A piece of a section: a literal text, one digit placeholder (`0`, `#`, `?`), a run of date letters, ..."""

    kind: TokenKind
    text: str


class Test(NamedTuple):
    """The condition of a section: `[>=10000]`."""

    operator: str
    limit: Decimal

    def holds(self, number: Decimal) -> bool:
        """Return whether a number meets the condition."""
        return {
            "<": number < self.limit, "<=": number <= self.limit, ">": number > self.limit,
            ">=": number >= self.limit, "=": number == self.limit, "<>": number != self.limit,
        }[self.operator]  # fmt: skip

    @property
    def only_negative(self) -> bool:
        """Return whether nothing but negative numbers can meet the condition, so that no sign is put."""
        return self.limit <= 0 and (self.operator == "<" or (self.operator == "<=" and self.limit < 0))


@dataclass(frozen=True, slots=True)
class Section:
    """One part of a format; `chinese` is 1 for digits as 一二三 ([DBNum1]), 2 for 壹贰叁, 0 for neither."""

    tokens: tuple[Token, ...]
    test: Test | None = None
    chinese: int = 0

    @property
    def kinds(self) -> frozenset[TokenKind]:
        """Return which kinds of tokens there are."""
        return frozenset(token.kind for token in self.tokens)

    @property
    def is_date(self) -> bool:
        """Return whether the section shows a date or a time."""
        return not self.kinds.isdisjoint(("date", "elapsed"))


_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"?|[\\!](?P<escaped>.)|_(?P<space>.)|\*(?P<fill>.)|\[(?P<bracket>[^\]]*)\]'
    r"|(?P<general>General|G/通用格式|通用格式)|(?P<half>AM/PM|A/P|上午/下午)"
    r"|(?P<exponent>(?<=[0#?.])E[+-])|(?P<date>y+|m+|d+|h+|s+(?:\.0+)?|a{3,4}|e+|g+|b+)"
    r"|(?P<digit>[0#?])|(?P<point>\.)|(?P<comma>,)|(?P<percent>%)|(?P<slash>/)|(?P<at>@)|(?P<next>;)|(?P<other>.)",
    re.IGNORECASE | re.DOTALL,
)
_TEST = re.compile(r"(<=|>=|<>|<|>|=)\s*(-?[0-9]{1,18}(?:\.[0-9]{1,10})?)")


@lru_cache(maxsize=4096)
def sections(code: str) -> tuple[Section, ...]:
    """Return the sections of a format code in order; at least one, perhaps without tokens."""
    found: list[Section] = []
    tokens: list[Token] = []
    test: Test | None = None
    chinese = 0
    for match in _TOKEN.finditer(code[:LONGEST]):
        kind, text = match.lastgroup or "", match[match.lastgroup or 0] or ""
        if kind == "next":
            found.append(Section(tuple(tokens), test, chinese))
            tokens, test, chinese = [], None, 0
        elif kind == "bracket":
            test, chinese = _condition(text) or test, _digits(text) or chinese
            tokens += _bracket(text)
        else:
            tokens += _token(kind, text)
    return (*found, Section(tuple(tokens), test, chinese))


def _token(kind: str, text: str) -> list[Token]:
    if kind in ("quoted", "escaped", "other"):
        return [Token("text", text)]
    if kind == "space":
        return [Token("text", " ")]
    if kind in ("fill", ""):
        return []
    if kind in ("date", "half"):
        return [Token("date", text.lower() if kind == "date" else text)]
    return [Token(kind, text)]  # type: ignore[arg-type]


def _bracket(text: str) -> list[Token]:
    """Return what a bracket stands for: elapsed time or a currency sign; colours and languages show nothing."""
    if re.fullmatch(r"h+|m+|s+", text, re.IGNORECASE):
        return [Token("elapsed", text.lower())]
    sign = text[1:].partition("-")[0] if text.startswith("$") else ""
    return [Token("text", sign)] if sign else []


def _condition(text: str) -> Test | None:
    match = _TEST.fullmatch(text.strip())
    try:
        return Test(match[1], Decimal(match[2])) if match else None
    except InvalidOperation:  # pragma: no cover - the expression lets only numbers through
        return None


def _digits(text: str) -> int:
    return int(text[5]) if text[:5].lower() == "dbnum" and text[5:] in ("1", "2") else 0


def section_for(code: str, number: Decimal) -> tuple[Section | None, bool]:
    """Return the section that shows a number and whether its sign is put before it; None for no such section."""
    parts = [part for part in sections(code) if "at" not in part.kinds][:3]
    if not parts:
        return Section((Token("general", ""),)), True
    if not any(part.test for part in parts[:2]):
        if number < 0 and len(parts) > 1:
            return parts[1], False
        return parts[2 if number == 0 and len(parts) > 2 else 0], True
    for part in parts[:2]:
        if part.test is None or part.test.holds(number):
            if part.test is None and part is parts[1] and len(parts) > 2 and number >= 0:
                continue  # `[>=10000]…;…;…`: the second of three is for negative numbers
            return part, not (part.test and part.test.only_negative)
    return (parts[2], True) if len(parts) > 2 else (None, True)


def text_section(code: str) -> Section | None:
    """Return the section that shows texts, None where they are shown as they are."""
    parts = sections(code)
    return parts[-1] if "at" in parts[-1].kinds else parts[3] if len(parts) > 3 else None
