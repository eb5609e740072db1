"""Reads what a check may be given beside the forms: roster, last year's forms, approved budgets, results.

Everything wrong with such a file is refused with its line before any form is read: a list that is half
understood would make findings that nobody can explain.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from checks.declared.budget import FEN_PER_WAN
from checks.declared.money import fen_of
from checks.declared.text_key import text_key
from etl.cell.number_format import decimal_of
from etl.intake.lists import ListKind, read_list
from etl.money.amount import amount_of_text
from etl.safe.refusal import Refusal

if TYPE_CHECKING:
    import pandas as pd


_DATE = re.compile(r"(20[0-9]{2})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?(?:[ T]00:00(?::00)?)?")
_EXCEL_DAY_ZERO = datetime.date(1899, 12, 30)


def read_approved(path: Path) -> pd.DataFrame:
    """Return the approved budget list of a file as `checks.given.approved` describes it: amounts of 万元 as fen.

    A line with 金额 and no 项目名称 is the agency's total. Raises `Refusal`, naming the line, for a line
    without an agency or a readable amount, a date that is none, two totals of an agency on one date, and one that
    repeats another: a project of two fund sources has two amounts.
    """
    import pandas as pd

    from checks.given.approved import COLUMNS, HEADINGS

    kind = ListKind(
        "批复预算清单", "the approved budget list", HEADINGS, {"agency": "单位名称", "amount": "金额(万元)"}
    )
    rows, seen = [], dict[tuple[str, str, str, int], int]()
    for number, record in read_list(path, kind):
        agency, project = _agency(kind, number, record, path), record["project"]
        date = _date(kind, number, record["date"], path)
        fen = _fen(kind, number, record["amount"], path)
        key = (text_key(agency), text_key(project), date, fen if project else 0)
        _refuse_repeated(kind, number, seen.setdefault(key, number), path)
        rows.append((agency, project, fen, date))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def read_actuals(path: Path) -> pd.DataFrame:
    """Return the self-evaluation of a file as `checks.given.actuals` describes it.

    Raises `Refusal`, naming the line, for a line without an agency or an indicator, and for an indicator
    of an agency that stands twice. A result that is empty or not a number is kept: it is not judged.
    """
    import pandas as pd

    from checks.given.actuals import COLUMNS, HEADINGS

    needed = {"agency": "单位名称", "name": "指标名称", "actual": "实际完成值"}
    kind = ListKind("上年自评结果", "last year's self-evaluation", HEADINGS, needed)
    lines, seen = read_list(path, kind), dict[tuple[str, str], int]()
    for number, record in lines:
        agency = _agency(kind, number, record, path)
        if not record["name"]:
            raise _refusal(kind, number, "没有指标名称", "has no indicator", path)
        key = (text_key(agency), text_key(record["name"]))
        _refuse_repeated(kind, number, seen.setdefault(key, number), path)
    return pd.DataFrame([record for _, record in lines], columns=list(COLUMNS), dtype=object)


def _refusal(kind: ListKind, number: int, zh: str, en: str, path: Path) -> Refusal:
    return Refusal(f"{kind.zh}第{number}行{zh} line {number} of {kind.en} {en}: {path}")


def _agency(kind: ListKind, number: int, record: Mapping[str, str], path: Path) -> str:
    if not text_key(record["agency"]):
        raise _refusal(kind, number, "没有单位名称", "has no agency", path)
    return record["agency"]


def _refuse_repeated(kind: ListKind, number: int, first: int, path: Path) -> None:
    if first != number:
        raise _refusal(kind, number, f"与第{first}行重复", f"repeats line {first}", path)


def _fen(kind: ListKind, number: int, text: str, path: Path) -> int:
    stored = decimal_of(text)  # a workbook stores 0.00001 as 1E-05
    fen = amount_of_text(text, FEN_PER_WAN).fen if stored is None else fen_of(stored)
    if fen is None:
        raise _refusal(kind, number, f"金额“{text[:30]}”不是数字", f"has no amount: {text[:30]!r}", path)
    return fen


def _date(kind: ListKind, number: int, text: str, path: Path) -> str:
    """Return a date as ISO, "" for none; a workbook stores dates as days since the end of 1899."""
    match = _DATE.fullmatch(text)
    try:
        if not text:
            return ""
        if match:
            return datetime.date(int(match[1]), int(match[2]), int(match[3])).isoformat()
        return (_EXCEL_DAY_ZERO + datetime.timedelta(days=_days(text))).isoformat()
    except ValueError as error:
        raise _refusal(
            kind, number, f"日期“{text[:30]}”无法识别", f"has no date: {text[:30]!r}", path
        ) from error


def _days(text: str) -> int:
    if not re.fullmatch(r"[345][0-9]{4}(?:\.0+)?", text):
        raise ValueError(text)
    return int(text.partition(".")[0])
