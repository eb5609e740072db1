"""The approved budget list (批复): what each agency was granted, in all and by project.

A frame with one row a grant: `agency`, `project` ("" for the agency's total), `fen` (int), `date` (ISO, ""
where not given). Of several rows for the same thing the one with the latest date holds, and of these the last.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from checks.framework import name_key
from checks.handed_in import identities

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = ("agency", "project", "fen", "date")
HEADINGS: dict[str, str] = {
    "单位名称": "agency", "单位": "agency", "agency": "agency",
    "项目名称": "project", "项目": "project", "project": "project",
    "金额": "amount", "批复数": "amount", "批复金额": "amount", "预算数": "amount", "金额(万元)": "amount",
    "批复数(万元)": "amount", "批复金额(万元)": "amount", "预算数(万元)": "amount", "amount": "amount",
    "日期": "date", "批复日期": "date", "date": "date",
}  # fmt: skip
"""Headings a list may have, in NFKC; amounts are in 万元."""

Grants = dict[str, int]
"""Fen by compared project name; "" is the agency's total."""


def grants(
    agencies: pd.Series[str], approved: pd.DataFrame, roster: pd.DataFrame | None
) -> dict[int, Grants]:
    """Return the grants of each form's agency; forms whose agency is not on the list are left out."""
    listed: dict[str, Grants] = {}
    ordered = approved.assign(date=approved["date"].astype(str)).sort_values("date", kind="stable")
    keys = identities(ordered["agency"], roster)
    for key, project, fen in zip(keys, ordered["project"], ordered["fen"], strict=True):
        listed.setdefault(key, {})[name_key(str(project))] = int(fen)
    own = zip(agencies.index.tolist(), identities(agencies, roster), strict=True)
    return {form: listed[key] for form, key in own if key and key in listed}
