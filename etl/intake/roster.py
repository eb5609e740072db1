"""Reads the roster from CSV or a workbook; headings in Chinese or English, any usual encoding."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from checks.declared.agency import agency_key
from checks.given.roster import COLUMNS, HEADINGS
from etl.intake.lists import Line, ListKind, read_list
from etl.safe.refusal import Refusal

if TYPE_CHECKING:
    import pandas as pd

ROSTER = ListKind("名单", "the roster", HEADINGS, {"agency": "单位名称"})


def read_roster(path: Path) -> pd.DataFrame:
    """Return the roster of a file as `checks.given.roster` describes it.

    Raises `Refusal`, naming the line, for a file that is not there or cannot be read, one without a
    column 单位名称, an empty name, or a name that stands twice.
    """
    import pandas as pd

    lines = read_list(path, ROSTER)
    _refuse_bad_names(lines, path)
    return pd.DataFrame([record for _, record in lines], columns=list(COLUMNS), dtype=object)


def _refuse_bad_names(lines: Sequence[Line], path: Path) -> None:
    seen: dict[str, int] = {}
    for number, record in lines:
        key = agency_key(record["agency"])
        if not key:
            raise Refusal(f"名单第{number}行没有单位名称 line {number} of the roster has no name: {path}")
        if key in seen:
            raise Refusal(
                f"名单第{number}行与第{seen[key]}行重复 line {number} repeats line {seen[key]}: {path}"
            )
        seen[key] = number
