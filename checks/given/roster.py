"""The list of agencies that must hand in, and finding an agency in it by any of its names.

A roster is a frame with one row an agency: `code`, `agency`, `alias` (other names, separated by 、),
`department`, `scope` (汇总 or 本级), `quota` (编制数 as text), `group` (agencies of one group may share
texts) and `excluded`; all texts, "" where not given.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from checks.declared.agency import agency_key
from checks.declared.text_key import text_key

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
    return [key for text in (agency, *_SEPARATORS.split(alias)) if (key := agency_key(text))]


def match_agencies(agencies: Iterable[object], roster: pd.DataFrame) -> list[int]:
    """Return for each agency name the index of its roster row, -1 where it is not on the roster.

    A name without the city's (教育局 or 市教育局 for 苏州市教育局) is known where only one agency of the roster is
    called so.
    """
    known: dict[str, int] = {}
    for row, agency, alias in zip(roster.index.tolist(), roster["agency"], roster["alias"], strict=True):
        for key in names_of(agency, alias):
            known.setdefault(key, row)
    short = _short(roster)
    keys = [agency_key(str(agency)) if agency else "" for agency in agencies]
    return [known.get(key, short.get(key, -1)) if key else -1 for key in keys]


def _short(roster: pd.DataFrame) -> dict[str, int]:
    """Return the names without the city's that only one agency has, with its row."""
    rows: dict[str, set[int]] = {}
    for row, agency in zip(roster.index.tolist(), roster["agency"], strict=True):
        key = agency_key(str(agency))
        bare = _OF_CITY.sub("", key)
        for name in (bare, f"市{bare}") if bare != key else ():
            rows.setdefault(name, set()).add(row)
    return {name: next(iter(own)) for name, own in rows.items() if len(own) == 1}


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a form's agency stands: its roster row (-1: none), department, group, and whether it is the parent.

    `whole`: its form adds up its department (汇总). `own`: it is the department's own form (本级).
    """

    row: int = -1
    department: str = ""
    group: str = ""
    whole: bool = False
    own: bool = False


_ENDING = re.compile(r"\((?:汇总|本级|机关|本部)\)$|(?:汇总|本级)$")
_OF_CITY = re.compile(r"^[^市县区省]{1,4}市(?=..)")
_CITY = re.compile(r"^[^市县区省]{1,4}[市县区省](?=[^0-9]{4})")


def core_name(agency: str) -> str:
    """Return an agency's compared name without 汇总 or 本级 at its end."""
    return _ENDING.sub("", agency_key(agency))


def short_names(agency: str, alias: str = "") -> list[str]:
    """Return the names by which a text may speak of its own agency, longest first."""
    names = {core_name(agency), *(part.strip() for part in _SEPARATORS.split(alias))}
    names |= {_CITY.sub("", name) for name in names} | {f"市{_CITY.sub('', core_name(agency))}"}
    return sorted((name for name in names if len(name) >= 3), key=lambda name: (-len(name), name))


def standings(agencies: Iterable[object], roster: pd.DataFrame | None) -> list[Standing]:
    """Return where each agency stands on the roster; without a roster nobody stands anywhere."""
    names = list(agencies)
    if roster is None:
        return [Standing()] * len(names)
    known = [
        _standing(row, *cells)
        for row, *cells in zip(
            roster.index.tolist(),
            *(roster[c] for c in ("agency", "department", "group", "scope")),
            strict=True,
        )
    ]
    by_row = {standing.row: standing for standing in known}
    return [by_row.get(row, Standing()) for row in match_agencies(names, roster)]


def _standing(row: int, agency: object, department: object, group: object, scope: object) -> Standing:
    key = text_key(str(department))
    parent = bool(key) and core_name(str(agency)).endswith(key)
    whole = "汇总" in str(scope)
    return Standing(row, key, text_key(str(group)), whole, parent and not whole)


def may_share(one: Standing, other: Standing) -> bool:
    """Return whether two agencies have a reason to say the same: one group, or parent and child."""
    if one.group and one.group == other.group:
        return True
    same = bool(one.department) and one.department == other.department
    return same and (one.whole or one.own or other.whole or other.own)
