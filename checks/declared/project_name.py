"""What of a project's name says which project it is: an ordinal or a dash in front is no part of it."""

from __future__ import annotations

import re
from functools import lru_cache

from checks.declared.text_key import text_key

CHINESE_MARK = frozenset({1, 2})
"""Ranks of the marks that head groups: 一、 and （一）."""
_NUMBER = "[一二三四五六七八九十]{1,3}"
_MARKS = (
    re.compile(
        rf"第?{_NUMBER}(?:部分|类)?\s?[、.．]\s*|第{_NUMBER}(?:部分|类)[:：\s]\s*|[\u2160-\u216b]\s?[、.．]\s*"
    ),
    re.compile(rf"[(（]\s?{_NUMBER}\s?[)）][、.．]?\s*|{_NUMBER}\s?[)）]\s*|[\u3220-\u3229]\s*"),
    re.compile(r"[0-9０-９]{1,3}\s?(?:[、，]|[.．,](?![0-9０-９]))\s*|[A-ZＡ-Ｚ]\s?、\s*|[\u2488-\u249b]\s*"),
    re.compile(r"[(（]\s?[0-9０-９]{1,3}\s?[)）][、.．]?\s*|[0-9０-９]{1,3}\s?[)）]\s*|[\u2474-\u2487]\s*"),
    re.compile(r"[\u2460-\u2473\u24f5-\u24fe\u2776-\u277f\u2780-\u2793\u3251-\u325f\u32b1-\u32bf]\s*"),
)
"""By rank from the highest: 一、, （一）, 1、, （1）, ①."""
_BULLET = re.compile(r"[-—–－·•●■◆★※*○]{1,3}\s*")


_PART = re.compile(r"其中[:：]\s*")
_BEGINS = frozenset("第(（一二三四五六七八九十0123456789０１２３４５６７８９-—–－·•●■◆★※*○")


def _may_be_marked(text: str) -> bool:
    """Return whether a text begins as one with a mark does: most do not, and that is quickly seen."""
    first = text[:1]
    return first in _BEGINS or "\u2160" <= first <= "\u32bf" or first.isupper()


def mark_of(name: str) -> int:
    """Return the rank of the mark in front of a name: 1 for 一、, 2 for （一）, 3 for 1、, 4 for （1）, 5 for ①, 0 for none."""
    text = name[:40].lstrip()
    if not _may_be_marked(text):
        return 0
    return next((rank for rank, mark in enumerate(_MARKS, 1) if mark.match(text)), 0)


def without_mark(name: str) -> str:
    """Return a name without the ordinal and the dash in front of it; one that is nothing else is left as "" ."""
    text = name.strip()
    if not _may_be_marked(text):
        return text
    for pattern in (_BULLET, *_MARKS, _BULLET):
        found = pattern.match(text)
        text = text[found.end() :] if found else text
    return text


@lru_cache(maxsize=65536)
def project_key(name: str) -> str:
    """Return a project's name as it is compared: `text_key`, and no ordinal or dash in front.

    `1、体检费`, `①体检费`, `—体检费` and `体检费` are one project; `3.15活动` keeps its number.
    """
    bare = _PART.sub("", without_mark(name), count=1)
    return text_key(bare) or text_key(name)
