"""HF: half-year values that are the year's over again: of one count, or of a whole column."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from checks.enrich import MILLION
from checks.finding import Hit, Severity, Spot
from checks.rule import FEASIBILITY, FITNESS, derived, rule
from checks.rules.amounts.hf import both_hit
from checks.targets.words import word_set

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from checks.frames.rows import Mask, Rows

COPIED_LEAST = 3
"""Fewer rows than this may all be equal by chance."""
EVENT_UNITS = word_set(
    "人次 次 场 场次 批 批次 期 件 件次 户次 家次 班次 起 例 宗 课时 学时 份 篇 万元 元 亿元 吨 万人次 万次 张 首 封"
)
"""Units of what happens again and again; the others may count what stands all year."""
FLOWS = re.compile(
    "新增|新建|改建|扩建|改造|修缮|修复|维修|修建|安装|建成|更新|采购|购置|配备|培训|举办|开展|组织|活动|发放|补助|资助|慰问|救助|奖励"
    "|巡查|检查|抽检|抽查|检测|演练|宣传|印发|发布|受理|审批|办结|办理|接待|查处|招聘|招录|引进|培育|认定|修剪|种植|栽植|补植|清理"
    "|拆除|演出|展览|讲座|交流|调研|编制|编写|出版|立项|处置|化解|调解|就业|参与|参加|接诊|手术|借阅|采集|征集|扶持|完成|整治|创建|研发"
)
_ONCE_A_YEAR = re.compile(
    "审核|评审|申报|招生|录取|毕业|年检|年报|普查|征兵|考试|报名|选拔|春季|开学|汇算|备案|换届|防汛|清明|植树|论证|预算|决算"
)
"""Work that has its time of year, often the first half."""


@rule(
    "HF02",
    Severity.WARNING,
    FITNESS,
    asks=("half_value",),
    zh="“{name}”半年值与全年值相同（{full}），请按上半年计划填写半年值；上半年即可完成的请说明",
    en="“{name}”: the half-year value equals the year's ({full})",
)
def counts_are_not_copied(
    indicators: Rows, pairs: Mask, copied_targets: Mapping[int, Sequence[int]]
) -> list[Hit]:
    """A cumulative indicator's half-year value is not simply the full-year value.

    A single thing, and what is done once in spring by its nature (审核, 招生, 年检), is only pointed out. Things that
    stand all year (养护里程, 开设班级数) may be equal. Where the whole column is copied HF14 speaks.

    公式: 累计类指标：半年值≠全年值；存量、共性指标除外（共性指标见HF03，整列照抄见HF14）
    依据: 评审经验
    错例: 半年、全年均填≥12场
    改法: 按上半年计划填写半年值；一次性工作在上半年完成的请说明
    Fix: State what is planned by mid-year; explain what is done once in spring
    """
    half, full = indicators.fen("half_number"), indicators.fen("full_number")
    flows = indicators.among("full_unit", EVENT_UNITS) | indicators.test("name", FLOWS.search)
    copied = counted(indicators, pairs) & (half == full) & (full > 0) & flows
    copied[copied] = [form not in copied_targets for form in indicators.form[copied].tolist()]
    once = (full == MILLION) & ~indicators.equal("full_unit", "%")
    once |= indicators.test("name", _ONCE_A_YEAR.search)
    severity = [Severity.INFO if one else Severity.WARNING for one in once[copied].tolist()]
    return both_hit(indicators, copied, severity=severity)


def counted(indicators: Rows, pairs: Mask) -> Mask:
    """Return where an own indicator counts up over the year and asks for no less than its target."""
    own = pairs & ~indicators.equal("block", "common") & indicators.equal("klass", "cumulative")
    return own & ~indicators.among("full_operator", ("≤", "<"))


@derived
def copied_targets(indicators: Rows, pairs: Mask) -> dict[int, list[int]]:
    """Return the forms all of whose counts are the same by mid-year as for the year, with the rows of these."""
    rows = indicators.where(counted(indicators, pairs) & (indicators.fen("full_number") > 0))
    return all_copied(rows, rows.fen("half_number"), rows.fen("full_number"))


def all_copied(rows: Rows, half: NDArray[np.int64], full: NDArray[np.int64]) -> dict[int, list[int]]:
    """Return the forms with at least `COPIED_LEAST` rows, all of whose half-year values are those of the year."""
    groups, same = rows.groups("form"), half == full
    whole = (groups.count(same) == groups.size) & (groups.size >= COPIED_LEAST)
    found: dict[int, list[int]] = {}
    for row, form in zip(rows.ids[whole].tolist(), rows.form[whole].tolist(), strict=True):
        found.setdefault(form, []).append(row)
    return found


@derived
def copied_money(projects: Rows) -> dict[int, list[int]]:
    """Return the forms all of whose projects plan the whole year's money by mid-year, with the rows of these."""
    known = projects.readable("half") & projects.readable("full") & (projects.fen("full") > 0)
    rows = projects.where(known)
    return all_copied(rows, rows.fen("half"), rows.fen("full"))


@rule(
    "HF14", Severity.WARNING, FEASIBILITY, asks=("half_money",),
    zh={"money": "{count}个项目的半年计划执行数都与全年预算数相同，疑似照抄全年，请按上半年用款计划填写",
        "target": "{count}个数量指标的半年值都与全年值相同，疑似照抄全年，请按上半年计划填写"},
    en={"money": "all {count} projects plan the whole year's money by mid-year: copied? State the half-year plan",
        "target": "all {count} counts are the same by mid-year as for the year: copied? State the half-year plan"},
)  # fmt: skip
def the_half_year_column_is_not_copied(
    copied_money: Mapping[int, Sequence[int]], copied_targets: Mapping[int, Sequence[int]]
) -> list[Hit]:
    """The half-year column is not the full-year column over again: of the projects' money, or of the counts.

    公式: 不少于3个项目（或累计类指标）时，半年数不全等于全年数
    依据: 评审经验
    错例: 六个项目的半年数都等于全年数
    改法: 按上半年计划填写半年数；确在上半年全部完成的请说明
    Fix: State what is planned by mid-year
    """
    made = []
    for table, variant, copied in (
        ("projects", "money", copied_money),
        ("indicators", "target", copied_targets),
    ):
        for form, rows in sorted(copied.items()):
            spots = tuple(Spot(table, row, "half") for row in rows)
            made.append(Hit(form, spots, {"count": str(len(rows))}, variant=variant))
    return made
