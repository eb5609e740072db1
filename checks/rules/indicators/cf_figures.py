"""CF: what the common rates must agree with: each other, the staff in the text, the fund lines."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from checks.declared.budget import Budget
from checks.declared.money import percent_text
from checks.enrich import MILLION
from checks.finding import Hit, Severity, Spot
from checks.frames.columns import one_of, taken, where
from checks.frames.tables import Tables
from checks.given.handed_in import counted
from checks.relations import amounts, readable
from checks.rule import FITNESS, Verdict, quoted, rule
from checks.settings import Settings
from checks.wording.staffing import LONGEST, posts, staff

if TYPE_CHECKING:
    from checks.frames.rows import Rows

_WHOLE = 100 * MILLION
_OFF_QUOTA = re.compile("备案|员额|编外|参公|政府购买|合同制|劳务派遣")
"""Said where people are counted that no post is for: then the numbers may rightly differ."""
_NO_POSTS = {"zh": "机构设置及人员配置中没有编制数", "en": "the number of posts is not stated"}
_MISREAD = {
    "zh": "机构设置及人员配置中的在职人数远大于编制数，无法判断",
    "en": "staff and posts as stated cannot both be right",
}
_NO_STAFF = {"zh": "机构设置及人员配置中没有在职人数", "en": "the number of staff is not stated"}


def _stated(budget: Budget, indicators: Rows, name: str) -> Rows:
    """Return a form's first row of a common indicator whose full-year value is a number in %, by row."""
    rows = indicators.where(indicators["common"] == budget.framework.named(name))
    rows = rows.where(rows.groups("form").leads)
    return rows.where(
        rows.equal("full_kind", "number") & rows.equal("full_unit", "%") & rows.given("full_number")
    )


@rule(
    "CF06", Severity.WARNING, FITNESS, asks=("framework",),
    zh="预算执行率{execution}与结转结余率{carry}相矛盾，两者之和应为100%，请改正其中之一",
    en="execution {execution} and carry-over {carry} contradict each other: together they make 100 %",
)  # fmt: skip
def execution_and_carry_over_agree(tables: Tables, indicators: Rows) -> Verdict:
    """What is not spent is carried over: some pair of rates within both targets makes 100 %.

    Both have the adjusted budget below the line, so adjustments do not matter.

    公式: 执行率与结转结余率的目标范围内存在合计为100%(±0.5)的取值；均用=时即两者之和为100%
    依据: 两率分母均为预算数
    错例: 执行率=100%，结转结余率=5%
    改法: 使两个指标一致
    Fix: Bring both rates together
    """
    execution, carry = (_stated(tables.budget, indicators, name) for name in ("预算执行率", "结转结余率"))
    targets = {target.form: target for target in _targets(carry)}
    made = []
    for target in _targets(execution):
        other = targets.get(target.form)
        if other is not None and _contradict(target, other):
            values = {"execution": quoted(target.text), "carry": quoted(other.text)}
            spots = (Spot("indicators", target.row, "full"), Spot("indicators", other.row, "full"))
            made.append(Hit(target.form, spots, values, found=values["execution"]))
    judged = frozenset(execution.form.tolist()) & frozenset(targets)
    return Verdict(made, frozenset(tables.forms.index.tolist()) - judged)


@dataclass(frozen=True, slots=True)
class _Target:
    """A form's full-year target of a share and the results that meet it, in millionths of a percent."""

    form: int
    row: int
    text: str
    lowest: int
    highest: int


def _targets(rows: Rows) -> Iterator[_Target]:
    columns = (rows.ids, rows.form, rows["full_raw"], rows["full_operator"], rows.fen("full_number"))
    for row, form, text, operator, number in zip(*(column.tolist() for column in columns), strict=True):
        lowest = number if operator not in ("≤", "<") else min(number, 0)
        highest = number if operator not in ("≥", ">") else max(number, _WHOLE)
        yield _Target(form, row, text, lowest, highest)


def _contradict(execution: _Target, carry: _Target) -> bool:
    slack = MILLION // 2
    return (
        execution.lowest + carry.lowest > _WHOLE + slack or execution.highest + carry.highest < _WHOLE - slack
    )


@rule(
    "CF07", Severity.ERROR, FITNESS, asks=("framework", "staffing"),
    zh="在职{staff}人、编制{quota}人，在职人员控制率为{computed}，目标填{value}，请核对人数和目标值",
    en="staff control is {value}, but {staff} in post of {quota} posts make {computed}",
)  # fmt: skip
def staff_rate_matches_the_numbers(
    budget: Budget, forms: Rows, indicators: Rows, settings: Settings
) -> Verdict:
    """The staff control rate is not below what staff and posts in the text come to.

    Posts of several kinds are added. Where the text speaks of people outside the posts (备案制, 编外), or staff are far
    more than posts (staff_over_percent), it is a warning; beyond staff_implausible_percent the numbers were misread.

    公式: 在职人数/编制数 ≤ 目标值（均可从“机构设置及人员配置”取得时，各类编制相加）；超过阈值(staff_over_percent)为警告，超过阈值(staff_implausible_percent)不判
    依据: 财预〔2013〕53号 (unconfirmed)
    错例: 编制20人，在职22人，目标≤100%
    改法: 核对编制数、在职人数和目标值
    Fix: Check posts, staff and the target
    """
    rows = _stated(budget, indicators, "在职人员控制率")
    rows = rows.where(rows.among("full_operator", ("≤", "<", "=")))
    texts = dict(zip(forms.ids.tolist(), forms.texts("staffing"), strict=True))
    made, not_run = [], {}
    columns = (rows.ids, rows.form, rows.fen("full_number"), rows["full_raw"])
    for row, form, number, value in zip(*(column.tolist() for column in columns), strict=True):
        text = texts[form]
        quota, people = posts(text), staff(text)
        if not quota or people is None:
            not_run[form] = _NO_STAFF if quota else _NO_POSTS
        elif people * 100 > quota * settings.threshold("staff_implausible_percent"):
            not_run[form] = _MISREAD
        elif people * _WHOLE > number * quota:
            many = people * 100 > quota * settings.threshold("staff_over_percent")
            severity = Severity.WARNING if many or _OFF_QUOTA.search(text[:LONGEST]) else None
            made.append(_staff_hit(row, form, quoted(value), (people, quota), severity))
    return Verdict(made, frozenset(texts) - frozenset(rows.form.tolist()), not_run)


def _staff_hit(row: int, form: int, value: str, counted: tuple[int, int], severity: Severity | None) -> Hit:
    people, quota = counted
    computed = percent_text(people, quota)
    spots = (Spot("indicators", row, "full"), Spot("forms", form, "staffing"))
    values = {"value": value, "staff": str(people), "quota": str(quota), "computed": computed}
    return Hit(form, spots, values, severity, found=value, expected=computed)


@rule(
    "CF08", Severity.INFO, FITNESS, asks=("framework", "special_account_full"), scope="batch", summary=True,
    zh="{count}个单位财政专户管理资金为0而填了非税收入预算完成率，请核对这些单位是否有非税收入：{agencies}",
    en="{count} agencies with a special fiscal account of 0 state a rate of non-tax revenue: {agencies}",
)  # fmt: skip
def non_tax_indicators_apply(tables: Tables) -> list[Hit]:
    """Non-tax indicators are stated by agencies that have non-tax revenue; said once, to the bureau.

    Most agencies leave the printed value, and non-tax revenue need not pass the account: no department is told, and
    nothing is said of one form alone.

    公式: 财政专户管理资金=0而非税收入预算完成率填了数值的单位，全市一条
    依据: 评审经验；非税收入不一定经过专户
    错例: 专户0，非税收入预算完成率≥100%
    改法: 由财政部门核对；无非税收入的单位填“不适用”
    Fix: The bureau checks; agencies without such revenue say that it does not apply
    """
    account = readable(tables.funds, _ACCOUNT) & (amounts(tables.funds, _ACCOUNT) == 0)
    empty = frozenset(tables.funds.index[account.to_numpy()].tolist())
    forms = counted(tables)
    chosen = [form for form in forms if form in empty and len(forms) > 1]
    rate = tables.budget.framework.named("非税收入预算完成率")
    tests = {
        "common": lambda common: common == rate,
        "full_kind": one_of("number"),
        "form": lambda form: form.isin(chosen),
    }
    stating = sorted(
        set(taken(tables.indicators, ("form",), where(tables.indicators, tests))["form"].tolist())
    )
    if not stating:
        return []
    names = [quoted(name) for name in tables.forms["agency"].fillna("").loc[stating[:_NAMED]].tolist()]
    text = "、".join(names) + ("等" if len(stating) > _NAMED else "")
    return [Hit(-1, (), {"count": str(len(stating)), "agencies": text}, found=str(len(stating)))]


_ACCOUNT = "special_account_full"
_NAMED = 20
"""Agencies that are named one by one."""
