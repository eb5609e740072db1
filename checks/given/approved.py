"""The approved budget list (批复): what each agency was granted, in all and by project.

A frame with one row a grant: `agency`, `project` ("" for the agency's total), `fen` (int), `date` (ISO, ""
where not given). Of several rows for one thing those of the latest date hold; rows of one date add up, as a
project of two fund sources has two.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from checks.declared.project_name import project_key
from checks.given.handed_in import identities

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
    dates: dict[tuple[str, str], str] = {}
    keys = identities(approved["agency"], roster)
    columns = (approved[name] for name in ("project", "fen", "date"))
    for agency, project, fen, date in sorted(zip(keys, *columns, strict=True), key=lambda row: str(row[3])):
        granted, key = listed.setdefault(agency, {}), project_key(str(project))
        before = granted.get(key, 0) if dates.get((agency, key)) == date else 0
        granted[key], dates[agency, key] = before + int(fen), date
    own = zip(agencies.index.tolist(), identities(agencies, roster), strict=True)
    return {form: listed[key] for form, key in own if key and key in listed}
