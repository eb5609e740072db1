"""IG: the names of indicators: what they say, that none stands twice, that each stands where it belongs."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from checks.declared.text_key import text_key
from checks.finding import Hit, Severity, Spot
from checks.rule import COMPLETENESS, FEASIBILITY, RELEVANCE, hits, quoted, rule, told
from checks.settings import Settings

if TYPE_CHECKING:
    from checks.frames.rows import Rows

_NAME_NUMBER = re.compile(
    r"[0-9]+(?:\.[0-9]+)?(?:%|人|次|个|万|元|件|户|场|家|项|亩|公里|株|棵|处|台|套|份|篇|门|公顷|吨|辆|名|座)"
)


@rule(
    "IG10",
    Severity.WARNING,
    FEASIBILITY,
    zh="指标名称“{name}”中含数值，应填在指标值栏",
    en="the name “{name}” holds a number that belongs to the value",
)
def names_hold_no_number(own: Rows) -> list[Hit]:
    """The number of a target stands in its value, not in its name.

    公式: 名称中不含“数字+单位”（年份、5A、12345等除外）
    依据: 财预〔2021〕101号 (unconfirmed)
    错例: “完成培训300人次”
    改法: 名称改为“培训人次”，数值移到指标值栏
    Fix: Move the number into the value
    """
    wrong = own.where(own.test("name", lambda name: _NAME_NUMBER.search(name[:100])))
    return hits(wrong, ["indicators.name"], name=told(wrong, "name"), found=wrong["name"].tolist())


@rule(
    "IG14", Severity.ERROR, COMPLETENESS,
    zh={"": "三级指标“{name}”重复，请删去一行或在名称中区分", "alike": "三级指标“{name}”与“{other}”几乎相同，指标值也相同，请核对是否重复"},
    en={"": "the indicator “{name}” stands twice", "alike": "“{name}” and “{other}” are nearly the same, with the same values: one too many?"},
)  # fmt: skip
def no_indicator_stands_twice(own: Rows, settings: Settings) -> list[Hit]:
    """No indicator name stands twice in one block (for duties: under one key task).

    Two names of which one only has some characters more, with the same values, are asked about. A character in
    place of another (小学, 中学) makes another indicator.

    公式: 同一部分、同一重点工作内三级指标名称不重复；相似度≥阈值(alike_names_percent)且指标值相同的为警告
    依据: 填报要求
    错例: “培训人次”出现两次
    改法: 删除重复的一行，或在名称中区分
    Fix: Take one out, or tell them apart by name
    """
    least = int(settings.threshold("alike_names_percent"))
    again, place = own.groups("form", "block", "key_task", "name_key"), ("form", "block", "key_task")
    twice = ~again.leads
    made = [
        _of_two(own, row, other)
        for row, other in zip(twice.nonzero()[0].tolist(), again.first[again.of][twice].tolist(), strict=True)
    ]
    valued = own.groups(*place, "half_raw", "full_raw")
    single = ~twice & (valued.size > 1)
    alike: dict[int, list[int]] = {}
    for row, group in zip(single.nonzero()[0].tolist(), valued.of[single].tolist(), strict=True):
        alike.setdefault(group, []).append(row)
    return made + [hit for group in alike.values() for hit in _alike(own, group, least)]


def _of_two(rows: Rows, at: int, before: int, alike: bool = False) -> Hit:
    """Return the hit on a row that is one before it once more; rows by their position."""
    name = str(rows["name"][at])
    values = {"name": quoted(name), "other": quoted(rows["name"][before])}
    spots = tuple(Spot("indicators", int(rows.ids[position]), "name") for position in (at, before))
    severity, variant = (Severity.WARNING, "alike") if alike else (None, "")
    return Hit(int(rows.form[at]), spots, values, severity, variant, found=name)


_MOST = 40
"""Indicators of one key task with the same values that are compared with each other."""


def _alike(rows: Rows, group: list[int], least: int) -> list[Hit]:
    """Return the later rows of a group whose name is an earlier one with some characters more or fewer."""
    keys = [str(rows["name_key"][position]) for position in group[:_MOST]]
    made = []
    for at, key in enumerate(keys):
        other = next((n for n in range(at) if _extends(key, keys[n], least)), None)
        if other is not None:
            made.append(_of_two(rows, group[at], group[other], alike=True))
    return made


def _extends(one: str, other: str, least: int) -> bool:
    """Return whether the shorter name stands in the longer one, in order, and is nearly all of it."""
    short, long = sorted((one, other), key=len)
    left = iter(long)
    return 2 * len(short) * 100 >= least * (len(short) + len(long)) and all(c in left for c in short)


_BARE_NAMES = frozenset(
    {
        "完成率",
        "及时率",
        "合格率",
        "覆盖率",
        "增长率",
        "达标率",
        "准确率",
        "通过率",
        "优良率",
        "参与率",
        "利用率",
        "使用率",
        "到位率",
        "发放率",
        "知晓率",
        "数量",
        "质量",
        "成本",
        "时效",
        "人次",
        "人数",
        "次数",
        "完成数",
        "完成量",
    }
)


@rule(
    "IG15",
    Severity.WARNING,
    FEASIBILITY,
    zh="指标名称“{name}”看不出考核什么，请写明对象，如“培训计划完成率”",
    en="the name “{name}” is too bare or too long",
)
def names_say_what_is_measured(own: Rows) -> list[Hit]:
    """A name says what is measured, in 3 to 100 characters.

    公式: 3≤名称字数≤100，且不只是“完成率”“及时率”
    依据: 财预〔2021〕101号 (unconfirmed)
    错例: “完成率”
    改法: 写明对象，如“培训计划完成率”
    Fix: Say of what
    """
    poor = own.where(own.test("name", _is_poor))
    return hits(poor, ["indicators.name"], name=told(poor, "name"), found=poor["name"].tolist())


def _is_poor(name: str) -> bool:
    key = text_key(name)
    return key in _BARE_NAMES or not 3 <= len("".join(name.split())) <= 100


_SATISFACTION = r"满意[度率](?:[（(][^（）()]{0,12}[）)])?$"
"""A share of people who are satisfied; 满意度排名 and 满意度测评次数 are something else."""
_MISPLACED: tuple[tuple[str, str, re.Pattern[str]], ...] = (
    ("effect", "经济效益", re.compile(rf"^(?!.*(?:保险|信贷|融资|普惠|税)).*(?:覆盖率|知晓率|参与率)|^(?!.*(?:游客|旅游|客|就业|消费|接待|参展|观众|入园)).*人次|{_SATISFACTION}")),
    ("effect", "社会效益", re.compile(rf"验收合格率|支付进度|成本节约|{_SATISFACTION}")),
    ("effect", "生态效益", re.compile(rf"成本|支付|验收|及时|{_SATISFACTION}|覆盖人数")),
    ("effect", "可持续影响", re.compile(rf"{_SATISFACTION}|支付|验收")),
    ("duty", "", re.compile(_SATISFACTION)),
)  # fmt: skip
"""By block and second level ("": any): names that belong elsewhere."""


@rule(
    "IG18", Severity.WARNING, RELEVANCE,
    zh="“{name}”不属于“{level2}”指标，请移到相应的二级指标下", en="“{name}” is no indicator of {level2}",
)  # fmt: skip
def indicators_stand_under_their_level(own: Rows) -> list[Hit]:
    """An indicator stands under the second level it belongs to; satisfaction under 满意度 and nowhere else.

    Among the duties satisfaction may be meant as quality, and is only pointed out.

    公式: 覆盖率、知晓率、满意度、人次不列经济效益；满意度只列满意度；成本、支付不列生态效益
    依据: 财预〔2021〕101号 (unconfirmed)
    错例: 经济效益下列“服务对象覆盖率”
    改法: 移到相应的二级指标下
    Fix: Move it under its own second level
    """
    made = []
    for block, level2, pattern in _MISPLACED:
        there = own.equal("block", block) & (own.equal("level2", level2) if level2 else True)
        wrong = own.where(there & own.test("name", partial(_searches, pattern)))
        made += hits(
            wrong, ["indicators.name", "indicators.level2"], severity=None if level2 else Severity.INFO,
            name=told(wrong, "name"), level2=level2 or "履职", found=wrong["name"].tolist(),
        )  # fmt: skip
    return made


def _searches(pattern: re.Pattern[str], name: str) -> bool:
    return pattern.search(name[:100]) is not None
