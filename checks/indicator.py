"""What an indicator's name says: its class, whether it is a bounded share, the units it takes.

The class decides what half-year and full-year values have to do with each other. Word lists are data.
"""

from __future__ import annotations

import re
from enum import StrEnum
from functools import lru_cache

from checks.framework import Common, name_key
from checks.target import Kind, Target


class IndicatorClass(StrEnum):
    """How an indicator runs over the year.

    `cumulative` counts up from January, `level` is a state at a date, `period_relative` compares with the
    plan of the period, `qualitative` is said in words.
    """

    CUMULATIVE = "cumulative"
    LEVEL = "level"
    PERIOD_RELATIVE = "period_relative"
    QUALITATIVE = "qualitative"


_PERIOD = re.compile(
    r"及时(?:完成)?率|及时性|按[时期]|准时|符合率|(?:完成)?进度|时效|合格率|达标率|准确率|办结率|响应率|回复率"
)
_LEVEL = re.compile(
    r"率|覆盖面|满意度|水平|占比|比例|比重|指数|度$|密度|浓度|面积$|存量|保有量|总数|在册|在校|成本|单价|标准|时长$|时间$|天数|周期|得分|排名|名次"
)
_CUMULATIVE = re.compile(
    r"人次|次数|批次|场次|数量|件数|新增|累计|完成(?:率|数|量)|执行率|参与人|培训|开展|举办|办结(?:数|量)|修建|建设(?:数|量)|发放|补助|收入|金额|产值|支出|投入|里程|吨"
)
_CUMULATIVE_RATES = re.compile(r"(?:预算|任务|计划|项目|投资|目标|收入|采购)(?:预算)?(?:完成|执行)率")
_CUMULATIVE_UNITS = frozenset(
    [
        "人次",
        "次",
        "个",
        "批次",
        "场",
        "场次",
        "件",
        "份",
        "篇",
        "期",
        "项",
        "户",
        "户次",
        "家次",
        "万元",
        "元",
        "亿元",
        "吨",
        "株",
        "棵",
        "公里",
        "处",
        "条",
        "门",
        "课时",
        "起",
        "例",
        "亩",
        "米",
        "台",
        "套",
        "台(套)",
        "宗",
        "名",
    ]
)
_BOUNDED = re.compile(
    r"覆盖率|满意度|满意率|知晓率|合格率|达标率|及时率|准确率|参与率|通过率|优良率|优秀率|普及率|入学率|就业率|签约率|办结率|巩固率|成活率|存活率|完好率|利用率|使用率|公开率|"
    r"占比|比重|比例|发放率|回访率|处置率|处理率|收集率|建档率|整改率|响应率|回复率|落实率|按[时期]完成率|及时完成率|建成率|绿化率|达产率"
)
_OPEN_RATES = re.compile(r"增长率|变动率|变化率|完成率|增幅|降幅|收益率|投入产出|执行率|超额|回报率|倍")

NEGATIVE = re.compile(
    r"投诉|事故|差错|超支|变动率|结转|结余|发病|死亡|犯罪|违规|违纪|违法|污染|浪费|损失|延误|逾期|拖欠|失误|闲置|空置|流失|信访|舆情|伤亡|缺陷|投诉率|成本"
)
HANDLED = re.compile(
    r"查处|整改|化解|处理|处置|办结|办理|解决|排查|治理|防治|纠正|消除|打击|监测|降低|减少|下降|控制|回收|利用|盘活|受理|核查|检查|救助|响应|回复|答复|追回|挽回|调解|防范|预防|知晓|满意|节约|回访|督办|接听"
)
"""A negative noun under one of these verbs is a good thing to have more of: 查处事故隐患数."""
POSITIVE = re.compile(
    r"满意|覆盖率|完成率|合格率|达标率|知晓率|及时率|准确率|利用率|参与率|通过率|优良率|成活率|就业率|办结率|普及率"
)
VAGUE = re.compile(r"提升|提高|改善|显著|明显|持续|长期|有所|增强|促进|优化|稳步|巩固|较好|良好")

_UNIT_IN_NAME = re.compile(r"[（(](?P<unit>[^（）()0-9]{1,8})[）)]$")
_SHARE_NAME = re.compile(r"(?:率|比例|占比|比重)$|满意度$")
_PEOPLE_NAME = re.compile(r"(?:人数|人次|人员数|学生数|教师数|职工数|志愿者数)$")
_MONEY_NAME = re.compile(r"(?:金额|成本|费用|经费|补助标准|单价|收入|产值|投资额|资金)$")
_DAYS_NAME = re.compile(r"(?:天数|工作日|时限)$")
FAMILIES: dict[str, tuple[re.Pattern[str], re.Pattern[str]]] = {
    "%": (_SHARE_NAME, re.compile(r"%|‰|百分点")),
    "人": (_PEOPLE_NAME, re.compile(r"人|名|位|户")),
    "元": (_MONEY_NAME, re.compile(r"元|%|￥")),
    "天": (_DAYS_NAME, re.compile(r"天|日|月|小时|时|周|年|分钟")),
}
"""Names whose ending asks for a family of units, and the units that belong to it."""


@lru_cache(maxsize=65536)
def classify(name: str, target: Target, common: Common | None = None) -> IndicatorClass:
    """Return the class of an indicator from its place in the framework, its value and its name."""
    if common is not None:
        return _CLASS_OF_MEANING[common.meaning]
    if target.kind in (Kind.WORD, Kind.SENTENCE, Kind.REFERENCE, Kind.UNKNOWN, Kind.DATE):
        return IndicatorClass.QUALITATIVE
    key = name_key(name)
    if _CUMULATIVE_RATES.search(key):
        return IndicatorClass.CUMULATIVE
    if target.unit == "%" or _BOUNDED.search(key):
        return IndicatorClass.PERIOD_RELATIVE if _PERIOD.search(key) else IndicatorClass.LEVEL
    if target.operator in ("≤", "<") or (_LEVEL.search(key) and not _CUMULATIVE.search(key)):
        return IndicatorClass.LEVEL
    if _CUMULATIVE.search(key) or target.unit in _CUMULATIVE_UNITS:
        return IndicatorClass.CUMULATIVE
    return IndicatorClass.LEVEL


_CLASS_OF_MEANING = {
    "cumulative": IndicatorClass.CUMULATIVE,
    "level": IndicatorClass.LEVEL,
    "period_relative": IndicatorClass.PERIOD_RELATIVE,
    "qualitative": IndicatorClass.QUALITATIVE,
    "year_end": IndicatorClass.LEVEL,
}


@lru_cache(maxsize=65536)
def is_bounded_share(name: str) -> bool:
    """Return whether an indicator is a share that cannot leave 0–100 %."""
    key = name_key(name)
    return bool(_BOUNDED.search(key)) and not (
        _OPEN_RATES.search(key) and not re.search(r"按[时期]完成率|及时完成率", key)
    )


@lru_cache(maxsize=65536)
def unit_in_name(name: str) -> str:
    """Return the unit a name carries in brackets at its end: 城镇新增就业人数（人） gives 人; "" if none."""
    match = _UNIT_IN_NAME.search(name.strip())
    return match["unit"].strip() if match else ""


@lru_cache(maxsize=65536)
def unit_family(name: str) -> str:
    """Return the family of units (%, 人, 元, 天) the name's ending asks for, "" if it asks for none."""
    key = name_key(re.sub(r"[（(][^（）()]{0,20}[）)]$", "", name.strip()))
    return next((family for family, (ending, _) in FAMILIES.items() if ending.search(key)), "")


def unit_fits(unit: str, family: str) -> bool:
    """Return whether a unit belongs to a family of `FAMILIES`."""
    return bool(FAMILIES[family][1].search(unit))
