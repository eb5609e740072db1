"""The common-indicator framework of the 2023 form: 31 indicators every department states, in order.

Definitions follow 财预〔2013〕53号 and 财预〔2020〕10号 (unconfirmed); the stock values are those of the
published form. Bounds are in percent.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Literal

from checks.declared.text_key import text_key

Meaning = Literal["cumulative", "level", "period_relative", "qualitative", "year_end"]
"""What the half-year value means: so far this year, at that date, against the period's plan, in words,
or nothing before the year's end."""


@dataclass(frozen=True, slots=True)
class Common:
    """One indicator of the framework.

    `half` and `full` are the stock values, `words` the words a qualitative one may take, `operator` the
    conventional one for a target, `lower` and `upper` the bounds of its value in percent (None: open).
    """

    level1: str
    level2: str
    name: str
    half: str
    full: str
    meaning: Meaning
    words: frozenset[str] = frozenset()
    operator: str = ""
    lower: Decimal | None = None
    upper: Decimal | None = None


_ALIKE: dict[str, tuple[str, ...]] = {
    "健全": ("健全", "较健全", "完备", "完善", "齐全"),
    "明确": ("明确", "较明确"),
    "合理": ("合理", "较合理"),
    "规范": ("规范", "较规范"),
    "科学": ("科学", "较科学"),
    "合规": ("合规",),
    "公开": ("公开", "已公开", "高", "及时公开"),
    "完善": ("完善", "较完善", "完备", "健全"),
    "有效": ("有效", "较有效"),
}


def _word(level1: str, level2: str, name: str, word: str) -> Common:
    return Common(level1, level2, name, word, word, "qualitative", frozenset(_ALIKE[word]))


def _rate(
    level2: str,
    name: str,
    half: str,
    full: str,
    meaning: Meaning,
    operator: str,
    lower: int | None,
    upper: int | None,
) -> Common:
    bounds = (None if bound is None else Decimal(bound) for bound in (lower, upper))
    return Common("过程", level2, name, half, full, meaning, frozenset(), operator, *bounds)


COMMON: tuple[Common, ...] = (
    _word("决策", "计划制定", "工作计划制定健全性", "健全"),
    _word("决策", "计划制定", "中长期规划制定健全性", "健全"),
    _word("决策", "目标设定", "绩效指标明确性", "明确"),
    _word("决策", "目标设定", "绩效目标合理性", "合理"),
    _word("决策", "预算编制", "预算编制规范性", "规范"),
    _word("决策", "预算编制", "预算编制科学性", "科学"),
    _rate("预算执行", "非税收入预算完成率", "≥100%", "≥100%", "cumulative", "≥", 0, None),
    _rate("预算执行", "政府采购执行率", "=100%", "=100%", "cumulative", "≥", 0, 100),
    _rate("预算执行", "“三公经费”变动率", "≤0%", "≤0%", "year_end", "≤", -100, 0),
    _rate("预算执行", "公用经费控制率", "≤100%", "≤100%", "cumulative", "≤", 0, 100),
    _rate("预算执行", "结转结余率", "=0%", "=0%", "year_end", "≤", 0, 100),
    _rate("预算执行", "预算执行率", "=30%", "=100%", "cumulative", "≥", 0, 100),
    _rate("预算执行", "预算调整率", "=0%", "=0%", "cumulative", "≤", 0, 100),
    _rate("预算执行", "支付进度符合率", "=100%", "=100%", "period_relative", "≥", 0, 150),
    _word("过程", "预算管理", "预算管理制度健全性", "健全"),
    _word("过程", "预算管理", "非税收入管理合规性", "合规"),
    _word("过程", "预算管理", "预决算信息公开度", "公开"),
    _word("过程", "预算管理", "基础信息完善性", "完善"),
    _rate("预算管理", "绩效管理覆盖率", "=100%", "=100%", "level", "≥", 0, 100),
    _word("过程", "预算管理", "资金使用合规性", "合规"),
    _word("过程", "资产管理", "资产管理规范性", "规范"),
    _rate("资产管理", "固定资产利用率", "=100%", "=100%", "level", "≥", 0, 100),
    _word("过程", "资产管理", "资产管理制度健全性", "健全"),
    _word("过程", "项目管理", "项目管理制度执行规范性", "规范"),
    _word("过程", "项目管理", "项目管理制度健全性", "健全"),
    _word("过程", "人员管理", "人员管理制度执行有效性", "有效"),
    _rate("人员管理", "在职人员控制率", "=100%", "=100%", "level", "≤", 0, 100),
    _word("过程", "人员管理", "人员管理制度健全性", "健全"),
    _rate("机构建设", "业务学习与培训及时完成率", "=100%", "=100%", "period_relative", "≥", 0, 100),
    _word("过程", "机构建设", "纪检监察工作有效性", "有效"),
    _rate("机构建设", "组织建设工作及时完成率", "=100%", "=100%", "period_relative", "≥", 0, 100),
)

EFFECT_LEVELS: dict[str, tuple[str, ...]] = {
    "效益": ("经济效益", "社会效益", "生态效益", "可持续影响"),
    "满意度": ("服务对象满意度",),
}
"""The second levels of the benefit and satisfaction block by first level."""


BY_KEY: dict[str, int] = {text_key(common.name): position for position, common in enumerate(COMMON)}
"""Position in the framework by compared name."""

_UNIT_BEHIND = re.compile(r"(?P<name>.{2,})\((?:单位)?(?:%|百分比|百分点|亿元|万元|元|个|项|次|人|人次)\)")


@lru_cache(maxsize=4096)
def common_position(key: str) -> int:
    """Return which common indicator a compared name is, -1 for none; a unit in brackets behind it is no part of it."""
    match = _UNIT_BEHIND.fullmatch(key)
    return BY_KEY.get(key, BY_KEY.get(match["name"], -1) if match else -1)
