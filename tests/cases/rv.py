"""Cases of relevance: money without a purpose, purposes without money."""

from __future__ import annotations

from collections.abc import Mapping

from checks.settings import Link, Settings
from tests.batches import Batch
from tests.cases import Case
from tests.clean import AGENCY, FORMS

_LINE = "公园绿地养护管理"
_POND = {"projects[3].name": "人工湖驳岸清淤"}
"""Renames 公园设施维修项目 (300 of 1899.5 万元): no duty, indicator or goal speaks of it."""

CASES: tuple[Case, ...] = (
    Case("RV01", _POND, ("RV01!W@projects[3].name/full: 300 | 人工湖驳岸清淤 / 15.79%",), why="300 of 1899.5 are more than 5 %"),
    Case("RV01", {"projects[5].name": "绿道驳岸清淤"}, silent=True, why="40 of 1899.5 are less than 5 %"),
    Case("RV01", _POND | {"forms.annual_goal": FORMS["annual_goal"] + "人工湖驳岸清淤12处。"},
         silent=True, why="the annual goal speaks of it"),
    Case("RV01", _POND, silent=True, settings=Settings(links=(Link(AGENCY, "人工湖驳岸清淤", _LINE),)),
         why="a reviewer has said which duty it serves"),
    Case("RV01", {"projects[3].name": "职工食堂物业费"}, silent=True, why="nobody measures running costs"),
    Case("RV02", {"projects[0].name": "人工湖驳岸清淤"}, ("RV01!W@projects[0].name/full: 800 | 人工湖驳岸清淤 / 42.12%", "RV02!I@funds.project_full: 56.98%→≥60% | 1059.5 / 1859.5 / 60"),
         why="1059.5 of 1859.5 are left"),
    Case("RV02", {"projects[0].name": "人工湖驳岸清淤", "forms.annual_goal": FORMS["annual_goal"] + "人工湖驳岸清淤12处。"},
         ("RV02!W@funds.project_full: 56.98%→≥60% | 1059.5 / 1859.5 / 60",), why="no project is named one by one: a warning"),
    Case("RV02", {"projects[1].name": "人工湖驳岸清淤"}, ("RV01!W@projects[1].name/full: 450.5 | 人工湖驳岸清淤 / 23.72%",), silent=True,
         why="1409 of 1859.5 are 75.8 %"),
    Case("RV03", add={"indicators": (
        {"block": "duty", "level1": "履职", "level2": "碳汇计量研究", "key_task": "开展碳汇计量方法研究。",
         "name": "碳汇计量报告数量", "half": "≥1份", "full": "≥3份"},)},
         finds=("RV03!I@indicators[46].key_task: | 碳汇计量研究", "XS03!I@indicators[46].level2+forms.functions: 碳汇计量研究")),
    Case("RV03", add={"indicators": (
        {"block": "duty", "level1": "履职", "level2": "碳汇计量研究", "key_task": "开展碳汇计量方法研究（基本支出保障）。",
         "name": "碳汇计量报告数量", "half": "≥1份", "full": "≥3份"},)},
         finds=("XS03!I@indicators[46].level2+forms.functions: 碳汇计量研究",), silent=True, why="it says what pays for it"),
    Case("RV04", {"indicators[33].name": "公园绿地巡查合格率"}, silent=True, why="another name, still quality"),
    Case("RV04", {"indicators[35].name": "单次平均维修支出", "indicators[34].name": "报修平均响应时间", "indicators[34].half": "≤2小时", "indicators[34].full": "≤2小时"},
         silent=True, why="other words of time and cost"),
    Case("RV04", drop=("indicators[34]", "indicators[35]"),
         finds=("RV04!I@projects[3].name: 300 | 1 / “公园设施维修项目”缺时效、成本指标",), why="no punctuality, no cost"),
    Case("RV01", {"projects[3].name": "公园设施维修补助资金（中央）"}, silent=True, why="words of the money outweigh nothing"),
    Case("RV01", {"projects[3].name": "人工湖清淤及公园设施维修"}, silent=True, why="one of two things is clearly said"),
    Case("RV01", {"projects[3].name": "“美丽江南”公园设施租赁服务费"}, silent=True, why="a name in quotes and how the money is spent outweigh nothing"),
    Case("RV01", {"projects[3].name": "人工湖驳岸清淤劳务费"}, ("RV01!W@projects[3].name/full: 300 | 人工湖驳岸清淤劳务费 / 15.79%",), why="what is left of it is nowhere"),
    Case("RV01", {"projects[3].name": "园区系统维护"}, silent=True, why="the upkeep of office systems is a running cost"),
    Case("RV04", {"projects[0].name": "“绿地改造”公园绿地养护租赁费", "projects[1].name": "行道树修剪工程前期费", "projects[3].name": "公园设施维修设计费"},
         silent=True, drop=("indicators[33]", "indicators[34]", "indicators[35]"), why="a rent, a design fee, books"),
    Case("RV04", {"projects[3].name": "人工湖驳岸改造", "forms.annual_goal": FORMS["annual_goal"] + "人工湖驳岸改造12处。"}, ("RV04!W@projects[3].name: 300 | 1 / “人工湖驳岸改造”缺质量、时效、成本指标",), why="nothing measures it, a warning"),
    Case("RV06", {"indicators[44].name": "为本单位发展提供保障次数"}, ("RV06!I@indicators[44].name: 为本单位发展提供保障次数",)),
    Case("RV06", {"indicators[44].name": "为小区绿化提供指导次数"}, silent=True),
    Case("RV06", {"indicators[44].name": "职工继续教育次数"}, ("RV06!I@indicators[44].name: 职工继续教育次数",), why="the agency's own people"),
    Case("RV06", {"indicators[44].name": "职工子女托管场次"}, silent=True, why="whom it serves"),
    Case("RV07", {"indicators[45].name": "学生满意度"}, ("RV07!I@indicators[45].name: 学生",)),
    Case("RV07", {"indicators[45].name": "投诉人满意度"}, silent=True, why="complaints are among the duties"),
    Case("RV07", {"indicators[45].name": "被指导单位满意度"}, silent=True, why="who they are, every text says in its own words"),
)  # fmt: skip


def _city(last: Mapping[str, str], agencies: int = 4) -> dict[str, Case]:
    """Return the clean form under several names, the last one with edits."""
    files = {f"{n}.xlsx": Case("", {"forms.agency": f"苏州市第{n}绿地养护所"}) for n in range(agencies)}
    name = f"{agencies - 1}.xlsx"
    return files | {name: Case("", files[name].edits | dict(last))}


def _own(edits: Mapping[str, str]) -> dict[str, Case]:
    return {"form.xlsx": Case("", edits)}


_YEAR_BEFORE = {"forms.fiscal_year": "2022年度"}
BATCHES: tuple[Batch, ...] = (
    Batch("RV05", _city({"indicators[36].full": "≥5000株"}), ("3.xlsx!I.peers@indicators[36].full+projects[1].full: 901→375 | 行道树修剪数量 / 株",), why="901 元 a tree, others 375"),
    Batch("RV05", _city({"projects[1].full": "180.2"}), ("3.xlsx!I.peers@indicators[36].full+projects[1].full: 150→375 | 行道树修剪数量 / 株",), why="150 元 a tree"),
    Batch("RV05", _city({"indicators[36].full": "≥6000株"}), why="twice the price, no more"),
    Batch("RV05", _city({}, 3), not_run=("0.xlsx", "1.xlsx", "2.xlsx"), why="three are too few to compare"),
    Batch("RV05", _own({}), ("form.xlsx!I.year@indicators[36].full+projects[1].full: 375→167 | 行道树修剪数量 / 株",), last_year=_own(_YEAR_BEFORE | {"projects[1].full": "200"})),
    Batch("RV05", _own({}), last_year=_own(_YEAR_BEFORE | {"projects[1].full": "300"}), why="half as dear again"),
)  # fmt: skip
