"""The fund lines of a department's overall budget, named once for every reader of them.

The form's layout (`etl.form.suzhou`), the relations that must hold between the lines, the messages and
the citywide workbook all take their names from here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Side = Literal["income", "expenditure"]
Period = Literal["half", "full"]

FEN_PER_WAN = 1_000_000
"""1 万元 is 10,000 yuan, a million fen."""

FEN_PER_YUAN = 100

FEN_PER_UNIT: dict[str, int] = {
    "亿元": 10_000 * FEN_PER_WAN, "千万元": 1_000 * FEN_PER_WAN, "百万元": 100 * FEN_PER_WAN, "十万元": 10 * FEN_PER_WAN, "万元": FEN_PER_WAN, "千元": 1_000 * FEN_PER_YUAN, "百元": 100 * FEN_PER_YUAN, "元": FEN_PER_YUAN,
}  # fmt: skip
"""Fen in one of each unit money may be stated in."""


@dataclass(frozen=True, slots=True)
class FundLine:
    """One fixed line of the funds block: its key, its names, and the periods it is stated for."""

    key: str
    side: Side
    zh: str
    en: str
    periods: tuple[Period, ...]


INCOME: tuple[FundLine, ...] = (
    FundLine("total", "income", "资金总额", "total funds", ("full",)),
    FundLine("appropriation", "income", "财政拨款小计", "appropriation subtotal", ("full",)),
    FundLine("general", "income", "一般公共预算资金", "general public budget", ("full",)),
    FundLine("government_fund", "income", "政府性基金", "government-managed funds", ("full",)),
    FundLine("special_account", "income", "财政专户管理资金", "special fiscal account", ("full",)),
    FundLine("state_capital", "income", "国有资本金", "state capital", ("full",)),
    FundLine("social_insurance", "income", "社保基金", "social insurance funds", ("full",)),
    FundLine("carried_in", "income", "上年结转资金", "carried in from last year", ("full",)),
    FundLine("other", "income", "其他资金", "other funds", ("full",)),
)
EXPENDITURE: tuple[FundLine, ...] = (
    FundLine("basic", "expenditure", "基本支出", "basic expenditure", ("half", "full")),
    FundLine("project", "expenditure", "项目支出", "project expenditure", ("half", "full")),
)
LINES: tuple[FundLine, ...] = INCOME + EXPENDITURE

FUND_FIELDS: tuple[str, ...] = tuple(f"{line.key}_{period}" for line in LINES for period in line.periods)
"""The amount columns of the `funds` table, in form order: `total_full` … `project_full`."""

PERIOD_NAMES: dict[str, dict[str, str]] = {
    "zh": {"half": "半年计划执行数", "full": "全年预算数"},
    "en": {"half": "half-year plan", "full": "full-year budget"},
}

_BY_FIELD = {f"{line.key}_{period}": (line, period) for line in LINES for period in line.periods}


def field_name(field: str, lang: str = "zh") -> str:
    """Return what a clerk calls an amount column: `project_half` is 项目支出(半年计划执行数)."""
    line, period = _BY_FIELD[field]
    name = line.zh if lang == "zh" else line.en
    if len(line.periods) == 1:
        return name
    short = {"zh": {"half": "半年", "full": "全年"}, "en": {"half": "half year", "full": "full year"}}
    return f"{name}({short[lang][period]})" if lang == "zh" else f"{name} ({short[lang][period]})"
