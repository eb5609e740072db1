"""Cases across years."""

from __future__ import annotations

from typing import Any

from tests import clean
from tests.batches import Batch
from tests.cases import Case

_GOAL = clean.FORMS["annual_goal"]
_LAST_GOAL = "上年任务：改造老旧公园6座，补植乔木3200株，新建口袋公园14处，提升主干道绿化景观22公里，处理市民来信310件，按期办复率93%。"
_STAFFING = clean.FORMS["staffing"]


def goal(text: str) -> dict[str, str]:
    return {"forms.annual_goal": text}


CASES: tuple[Case, ...] = (
    Case("YY02", goal(f"2022年度计划{_GOAL}"), ("YY02!E.only@forms.annual_goal: 2022年度计划全年养护公园绿地420公顷→2023",)),
    Case("YY02", {"forms.long_term_goal": f"在2022年度{clean.FORMS['long_term_goal']}"}, silent=True, why="在2022年度 says when, of the past"),
    Case("YY02", goal(f"{_GOAL[:-1]}，巩固2022年度完成的修缮成果。"), silent=True),
    Case("YY02", goal(f"{_GOAL[:-1]}，投诉量较2022年度下降。"), silent=True),
    Case("YY02", goal(f"{_GOAL[:-1]}，完成2022年度绿化各项工作。"), ("YY02!W@forms.annual_goal: 2022年度绿化各项工作→2023",), why="nobody can tell: it asks"),
    Case("YY02", goal(f"2023年{_GOAL}2022年度计划补植乔木。"), ("YY02!W@forms.annual_goal: 2022年度计划补植乔木→2023",), why="the text names this year too: it asks"),
    *(
        Case("YY02", goal(f"{_GOAL[:-1]}，{clause}。"), silent=True, why="of last year, done now")
        for clause in ("兑付2022年度奖补资金", "清算2022年度养护补助", "完成2022年度职称评审", "编印2022年度统计年鉴", "表彰2022年度先进",
                       "表彰2022年度优秀护绿员50名", "2022年度征集标本完成建档")
    ),
    Case("YY02", goal(f"{_GOAL[:-1]}，执行《2022年度公园养护定额》。"), silent=True),
)  # fmt: skip


def last(edits: dict[str, Any] | None = None, **more: Any) -> dict[str, Case]:
    """Return last year's form of the clean agency, its goal another one unless it is given."""
    base = {"forms.fiscal_year": "2022年度", "forms.annual_goal": _LAST_GOAL}
    return {"old.xlsx": Case("", base | (edits or {}), **more)}


def now(edits: dict[str, Any] | None = None, **more: Any) -> dict[str, Case]:
    return {"new.xlsx": Case("", edits or {}, **more)}


_EXPLAINED = {"forms.annual_goal": f"{_GOAL[:-1]}，新增两座公园，项目资金较上年增加。"}
_LESS = {"funds.project_full": "1199.5", "funds.total_full": "2500"}
_THREE = "“三公”经费预算{}万元。"


def three(amount: str) -> dict[str, str]:
    return {"forms.staffing": _STAFFING + _THREE.format(amount)}


BATCHES: tuple[Batch, ...] = (
    Batch("YY01", now(goal(_GOAL.replace("全年", "2023年"))), ("new.xlsx!W@forms.annual_goal: 2023年养护公园绿地420公顷，维修公园设施350处，修… | 100",), last_year=last(goal(_GOAL.replace("全年", "2022年")))),
    Batch("YY01", now(), last_year=last(), why="another goal; the long-term goal may stay"),
    Batch("YY01", now(), not_run=("new.xlsx",), last_year=last({"forms.agency": "苏州市气象服务中心"})),
    Batch("YY01", now(), not_run=("new.xlsx",), last_year=last(goal(_GOAL) | {"forms.fiscal_year": "2023年度"}), why="this year's forms are not last year's"),
    Batch("YY01", now(), ("new.xlsx!W@forms.annual_goal: 全年养护公园绿地420公顷，维修公园设施350处，修剪行道… | 100",), last_year=last(goal(_GOAL) | {"forms.agency": "绿地养护所"}),
          roster=({"agency": clean.AGENCY, "alias": "绿地养护所"},), why="under its old name"),
    Batch("YY03", now(), ("new.xlsx!W@indicators[32].full: ≥350处→≥650处 | 公园设施维修数量",), last_year=last({"indicators[32].full": "≥650处"})),
    Batch("YY03", now(), ("new.xlsx!W@indicators[35].full: ≤0.86万元→≤0.8万元 | 公园设施单处维修成本",), last_year=last({"indicators[35].full": "≤0.8万元"})),
    Batch("YY03", now(), last_year=last({"indicators[32].full": "≥368处"}), why="less than five percent"),
    Batch("YY03", now(), last_year=last({"indicators[32].full": "≥300处", "indicators[35].full": "≤0.9万元"}), why="harder than last year"),
    Batch("YY03", now(), last_year=last({"indicators[32].full": "≥650座"}), why="another unit"),
    Batch("YY04", now(), ("new.xlsx!I@funds.total_full/appropriation_full: 3200→2200 (1000) | 资金总额 / +45.5% / ；另有1项变动较大",), last_year=last({"funds.total_full": "2200", "funds.appropriation_full": "2200"})),
    Batch("YY04", now(_EXPLAINED), last_year=last({"funds.total_full": "2200"}), why="the goal says why"),
    Batch("YY04", now(), last_year=last({"funds.special_account_full": "10"}), why="ten times, but only 90 万元"),
    Batch("YY04", now(), last_year=last({"funds.total_full": "2600"}), why="23 %"),
    Batch("YY04", now({"funds.total_full": "3200000"}), ("new.xlsx!I@funds.total_full: 3200000→3200 (3196800) | 资金总额 / +99900.0%",), last_year=last(), why="in yuan"),
    Batch("YY04", now({"funds.total_full": "32000000"}), last_year=last(), why="ST09 says it already"),
    Batch("YY05", now(), ("new.xlsx!W@indicators[36].full: ≥12000株→13650株 | 行道树修剪数量",), actuals=({"agency": clean.AGENCY, "name": "行道树修剪数量", "actual": "13650株"},)),
    Batch("YY05", now(), actuals=({"agency": clean.AGENCY, "name": "行道树修剪数量", "actual": "11800株"}, {"agency": clean.AGENCY, "name": "市民满意度", "actual": "90.8%"}), why="not reached; less than a point above"),
    Batch("YY05", now(), actuals=({"agency": clean.AGENCY, "name": "行道树修剪数量", "actual": "超额完成"},), why="no number"),
    Batch("YY05", now(), not_run=("new.xlsx",), actuals=({"agency": "苏州市气象服务中心", "name": "行道树修剪数量", "actual": "13650株"},)),
    Batch("YY06", now({"indicators[36].name": "城市湿地保育面积"}), ("new.xlsx!I@indicators[36].name: | 取消1个指标：行道树修剪数量；新增1个指标：城市湿地保育面积",), last_year=last()),
    Batch("YY06", now(drop=("indicators[36]",)), ("new.xlsx!I@indicators[31].name: | 取消1个指标：行道树修剪数量",), last_year=last(), why="dropped"),
    Batch("YY06", now({"indicators[33].name": "公园设施维修验收合格率（%）"}), last_year=last(), why="renamed"),
    Batch("YY07", now(three("21.5")), ("new.xlsx!E@indicators[8].full: ≤0%→19.44% | 18 / 21.5",), last_year=last(three("18"))),
    Batch("YY07", now(three("18")), last_year=last(three("18"))),
    Batch("YY07", now(three("18")), not_run=("new.xlsx",), last_year=last()),
    Batch("YY08", now(), ("new.xlsx!I@forms.staffing: 18→28 | -35.7%",), last_year=last({"forms.staffing": "编制数：30人，在编在岗人数：28人。"})),
    Batch("YY08", now(), last_year=last({"forms.staffing": "编制数：22人，在编在岗人数：21人。"})),
    Batch("YY08", now(), not_run=("new.xlsx",), last_year=last({"forms.staffing": "设办公室、养护科。"})),
)  # fmt: skip
