"""The list of agencies that must hand in, and finding an agency in it by any of its names.

A roster is a frame with one row an agency: `code`, `agency`, `alias` (other names, separated by 、),
`department`, `scope` (汇总 or 本级), `quota` (编制数 as text), `group` (agencies of one group may share
texts) and `excluded`; all texts, "" where not given.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from checks.framework import name_key

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = ("code", "agency", "alias", "department", "scope", "quota", "group", "excluded")
HEADINGS: dict[str, str] = {
    "代码": "code", "单位代码": "code", "单位编码": "code", "code": "code",
    "单位名称": "agency", "单位": "agency", "agency": "agency",
    "简称": "alias", "别名": "alias", "曾用名": "alias", "alias": "alias",
    "主管部门": "department", "部门": "department", "department": "department",
    "口径": "scope", "汇总/本级": "scope", "scope": "scope",
    "编制数": "quota", "编制": "quota", "quota": "quota",
    "分组": "group", "系统": "group", "group": "group",
    "排除": "excluded", "excluded": "excluded",
}  # fmt: skip
"""Headings a roster file may have, and the column each is."""

_SEPARATORS = re.compile(r"[、,，;；|/]+")


def names_of(agency: str, alias: str) -> list[str]:
    """Return the compared names of an agency: its own and its aliases."""
    return [key for text in (agency, *_SEPARATORS.split(alias)) if (key := name_key(text))]


def match_agencies(agencies: Iterable[object], roster: pd.DataFrame) -> list[int]:
    """Return for each agency name the index of its roster row, -1 where it is not on the roster."""
    known: dict[str, int] = {}
    for row, agency, alias in zip(roster.index.tolist(), roster["agency"], roster["alias"], strict=True):
        for key in names_of(agency, alias):
            known.setdefault(key, row)
    return [known.get(name_key(str(agency)), -1) if agency else -1 for agency in agencies]
