"""Cases across agencies."""

from __future__ import annotations

from typing import Any

from tests import clean
from tests.batches import Batch
from tests.cases import Case

CASES: tuple[Case, ...] = ()

A, B, C, D = "苏州市水利工程管理处", "苏州市公共文化中心", "苏州市社区服务指导中心", "苏州市气象服务中心"
WHOLE, OWN = "苏州市园林和绿化局（汇总）", "苏州市园林和绿化局（本级）"
GREEN = "市园林和绿化局"

_GOAL = {
    A: "全年巡查堤防126公里，维修涵闸18座，清淤河道9.5公里，汛前完成防汛物资盘点和泵站试运行，汛期值守不断档，"
    "重要水闸完好率达到97%以上，确保流域安澜。",
    B: "举办惠民演出240场，开放展厅310天，接待读者86万人次，新增馆藏图书2.6万册，组织非遗进校园60次，"
    "公共文化设施开放时长不低于每周56小时，读者满意率保持在92%。",
    C: "指导社区建设便民站点45个，培训社工1300名，为独居老人上门探访5.2万人次，走访困境家庭2100户，"
    "协调处理居民诉求1.1万件，办结率达到96%，形成社区治理案例12篇。",
}
_LONG = {
    A: "建成监测、预报、调度一体化的水利工程运行体系，主要堤防和闸站实现标准化管护，防洪除涝能力稳步适应城市发展需要。",
    B: "形成覆盖城乡、便捷高效的公共文化服务网络，打造有影响力的地方文化品牌，让市民在家门口享受高质量的文化生活。",
    C: "建立职责清晰、资源下沉的社区服务机制，居民自治组织健全有力，服务供给与居民需求精准对接，社区环境和谐宜居。",
}
_TASKS = {
    A: ("完成堤防巡查和涵闸维修养护。", "完成河道清淤和防汛物资储备。", "开展水利工程安全鉴定。"),
    B: ("举办惠民演出和公益展览。", "做好图书借阅和全民阅读推广。", "开展非遗保护传承活动。"),
    C: ("建设便民服务站点。", "开展社工培训和老人探访。", "协调办理居民诉求。"),
}
_ROWS = ((31, 36), (36, 39), (39, 41))


def own(agency: str, **edits: Any) -> Case:
    """Return a form of an agency with goals and key tasks of its own."""
    texts: dict[str, Any] = {"forms.agency": agency}
    if agency in _GOAL:
        texts |= {"forms.annual_goal": _GOAL[agency], "forms.long_term_goal": _LONG[agency]}
        texts |= {
            f"indicators[{start}].key_task": text
            for (start, _), text in zip(_ROWS, _TASKS[agency], strict=True)
        }
    return Case("", texts | {name.replace("__", "."): value for name, value in edits.items()})


def edited(agency: str, edits: dict[str, Any], **more: Any) -> Case:
    return Case("", {"forms.agency": agency, **edits}, **more)


def row(
    agency: str, department: str = "", scope: str = "本级", group: str = "", alias: str = ""
) -> dict[str, str]:
    return {"agency": agency, "department": department, "scope": scope, "group": group, "alias": alias}


_COPY = _GOAL[A].replace("126", "88").replace("18座", "25座").replace("97%", "95%")
_REWORDED = _GOAL[A].replace("清淤河道", "疏浚河道").replace("不断档", "不间断")
_MANY = [f"苏州市第{n}区水利站" for n in "一二三四五六"]
_HALF = {"funds.total_full": "1600", "funds.appropriation_full": "1600", "funds.general_full": "1450",
         "funds.government_fund_full": "100", "funds.special_account_full": "50", "funds.basic_half": "325.125",
         "funds.basic_full": "650.25", "funds.project_half": "474.875", "funds.project_full": "949.75"}  # fmt: skip
_DEPARTMENT = (row(WHOLE, GREEN, "汇总"), row(OWN, GREEN), row("苏州市湿地保护管理站", GREEN))
_RENAMED_TASKS = {f"indicators[{n}].name": f"{clean.INDICATORS[n]['name']}情况" for n in range(31, 41)}
_PROJECTS = {f"projects[{n}].name": f"水利专项工程{n}标段项目" for n in range(5)}


def _others(count: int, **edits: Any) -> dict[str, Case]:
    return {f"{n}.xlsx": edited(f"苏州市第{n}管理所", dict(edits)) for n in range(count)}


def _share(half: str) -> dict[str, str]:
    return {"funds.project_half": half}


_SHARES = {f"{n}.xlsx": edited(f"苏州市第{n}管理所", _share(half)) for n, half in enumerate(
    ("940", "945", "949.75", "950", "955", "960", "965", "970"))}  # fmt: skip
_RATES = {f"{n}.xlsx": edited(f"苏州市第{n}管理所", {"indicators[45].full": value}) for n, value in enumerate(
    ("≥95%", "≥95%", "≥96%", "≥96%", "≥96%", "≥97%", "≥97%", "≥97%"))}  # fmt: skip
_COSTS = {f"{n}.xlsx": edited(f"苏州市第{n}管理所", {"indicators[35].full": value}) for n, value in enumerate(
    ("≤0.8万元", "≤0.82万元", "≤0.84万元", "≤0.86万元", "≤0.88万元", "≤0.9万元", "≤0.85万元", "≤0.83万元"))}  # fmt: skip
_SMALL = {f"funds.{name}": f"{float(text) * 1000:.0f}" for name, text in clean.FUNDS.items()} | {
    f"projects[{n}].{period}": f"{float(text) * 1000:.0f}"
    for n, (_, half, full) in enumerate(clean.PROJECTS) for period, text in (("half", half), ("full", full))
}  # fmt: skip
_EQUAL = {"indicators[11].full": "=98%"}

BATCHES: tuple[Batch, ...] = (
    Batch("XW03", {"a.xlsx": own(A), "b.xlsx": own(B, forms__annual_goal=_COPY)}, ("a.xlsx!W@forms.annual_goal: 100%→苏州市公共文化中心 | 年度目标 / 100", "b.xlsx!W@forms.annual_goal: 100%→苏州市水利工程管理处 | 年度目标 / 100"), why="only numbers differ"),
    Batch("XW03", {"a.xlsx": own(A), "b.xlsx": own(B, forms__annual_goal=_REWORDED)}, ("a.xlsx!W@forms.annual_goal: 95%→苏州市公共文化中心 | 年度目标 / 95", "b.xlsx!W@forms.annual_goal: 95%→苏州市水利工程管理处 | 年度目标 / 95")),
    Batch("XW03", {"a.xlsx": own(A), "b.xlsx": own(B), "c.xlsx": own(C)}),
    Batch("XW03", {"a.xlsx": own(A), "again.xlsx": own(A)}, why="one agency twice is XW02's"),
    Batch("XW03", {"a.xlsx": own(A), "b.xlsx": own(B, forms__annual_goal=_COPY)}, roster=(row(A, group="水利"), row(B, group="水利")), why="one group may share"),
    Batch("XW03", {"a.xlsx": own(WHOLE, forms__annual_goal=_GOAL[A]), "b.xlsx": own(B, forms__annual_goal=_GOAL[A], forms__long_term_goal=_LONG[B])},
          roster=(row(WHOLE, GREEN, "汇总"), row(B, GREEN)), why="parent and child"),
    Batch("XW03", {"a.xlsx": own(OWN, forms__annual_goal=_GOAL[A]), "b.xlsx": own(B, forms__annual_goal=_GOAL[A])},
          roster=(row(OWN, GREEN), row(B, GREEN)), why="a department's own form and its agency"),
    Batch("XW03", {"a.xlsx": own(A, forms__annual_goal=_GOAL[A]), "b.xlsx": own(B, forms__annual_goal=_GOAL[A])}, ("a.xlsx!W@forms.annual_goal: 100%→苏州市公共文化中心 | 年度目标 / 100", "b.xlsx!W@forms.annual_goal: 100%→苏州市水利工程管理处 | 年度目标 / 100"),
          roster=(row(A, GREEN), row(B, GREEN)), why="two agencies of one department may not"),
    Batch("XW03", {f"{n}.xlsx": own(name, forms__annual_goal=_GOAL[A], forms__long_term_goal=_LONG[B]) for n, name in enumerate(_MANY)}, why="a template of many"),
    Batch("XW04", {"a.xlsx": own(A), "b.xlsx": own(B)}, ("a.xlsx!W@indicators[31-40].name: 100%→苏州市公共文化中心 | 100", "b.xlsx!W@indicators[31-40].name: 100%→苏州市水利工程管理处 | 100"), why="all ten rows are the clean form's"),
    Batch("XW04", {"a.xlsx": own(A), "b.xlsx": edited(B, {"indicators[31].full": "≥430公顷"})}, ("a.xlsx!W@indicators[32-40].name: 81%→苏州市公共文化中心 | 81", "b.xlsx!W@indicators[32-40].name: 81%→苏州市水利工程管理处 | 81"), why="nine of eleven"),
    Batch("XW04", {"a.xlsx": own(A), "b.xlsx": edited(B, {"indicators[31].full": "≥430公顷", "indicators[32].full": "≥360处"})}, why="eight of twelve"),
    Batch("XW04", {"a.xlsx": own(A), "b.xlsx": edited(B, _RENAMED_TASKS)}),
    Batch("XW04", {"a.xlsx": own(A), "b.xlsx": own(B), "c.xlsx": own(C)}, roster=(row(A, GREEN), row(B, GREEN), row(C, GREEN)), why="the department's template"),
    Batch("XW05", {"w.xlsx": edited(WHOLE, {"funds.total_full": "4801"}), "o.xlsx": edited(OWN, _HALF), "s.xlsx": edited("苏州市湿地保护管理站", _HALF)},
          ("w.xlsx!E@funds.total_full: 4801→3200 (1601) | 资金总额 / 2",), roster=_DEPARTMENT),
    Batch("XW05", {"w.xlsx": edited(WHOLE, {}), "o.xlsx": edited(OWN, _HALF), "s.xlsx": edited("苏州市湿地保护管理站", _HALF)}, roster=_DEPARTMENT, why="it adds up"),
    Batch("XW05", {"w.xlsx": edited(WHOLE, {"funds.total_full": "3200.015"}), "o.xlsx": edited(OWN, _HALF), "s.xlsx": edited("苏州市湿地保护管理站", _HALF)}, roster=_DEPARTMENT, why="rounding"),
    Batch("XW05", {"w.xlsx": edited(WHOLE, {}), "o.xlsx": edited(OWN, _HALF)}, not_run=("w.xlsx",), roster=_DEPARTMENT, why="one is missing"),
    Batch("XW05", {"w.xlsx": edited(WHOLE, {}), "s.xlsx": edited("苏州市湿地保护管理站", _HALF)}, roster=(row(WHOLE, GREEN, "汇总"), row("苏州市湿地保护管理站", GREEN)), why="its own part is not known"),
    Batch("XW05", {"w.xlsx": edited(WHOLE, _HALF), "s.xlsx": edited("苏州市湿地保护管理站", {})}, ("w.xlsx!E.less@funds.total_full/appropriation_full/general_full/government_fund_full/special_account_full/basic_half/basic_full/project_half/project_full: 1600→3200 (1600) | 资金总额 / 1 / ；另有8行不符",),
          roster=(row(WHOLE, GREEN, "汇总"), row("苏州市湿地保护管理站", GREEN)), why="less than its only agency"),
    Batch("XW06", {"a.xlsx": edited(A, _PROJECTS | {"projects[0].name": "“智慧停车”平台 建设"}), "b.xlsx": edited(B, {"projects[0].name": "智慧停车平台建设"})}, ("a.xlsx!W@projects[0].name: 800→苏州市公共文化中心 | “智慧停车 / 平台 建设”800", "b.xlsx!W@projects[0].name: 800→苏州市水利工程管理处 | 智慧停车平台建设")),
    Batch("XW06", {"a.xlsx": edited(A, {}), "b.xlsx": edited(B, {"projects[0].full": "801"} | _PROJECTS | {"projects[0].name": clean.PROJECTS[0][0]})}, why="another amount; running costs pass"),
    Batch("XW06", {"a.xlsx": edited(A, _PROJECTS), "b.xlsx": edited(B, {})}),
    Batch("XW06", {"w.xlsx": edited(WHOLE, {}), "o.xlsx": edited(OWN, {})}, roster=_DEPARTMENT, why="a department's form holds its agencies' projects"),
    Batch("XW06", _others(6), why="a name many agencies have says nothing"),
    Batch("XW07", {"a.xlsx": edited(A, {})}, ("a.xlsx!E.total@funds.total_full: 3200→3300 (100)", "a.xlsx!E.project@projects[0].full: 800→810 (10) | 公园绿地养护项目", "a.xlsx!E.missing@funds.project_full: →1 | 从未列入的项目", "a.xlsx!W.unlisted@projects[1-5].name: 450.5 | 行道树修剪项目 / 450.5万元等5个项目"),
          approved=tuple({"agency": A, "project": p, "fen": f, "date": ""} for p, f in (("", 3_300_000_000), (clean.PROJECTS[0][0], 810_000_000), ("从未列入的项目", 1_000_000)))),
    Batch("XW07", {"a.xlsx": edited(A, {f"projects[{n}].name": f"{mark}{name}" for n, (mark, (name, _, _)) in enumerate(zip(("1、", "②", "（三）", "(4)", "—", "其中："), clean.PROJECTS, strict=True))})},
          approved=tuple({"agency": A, "project": f"{n}. {name}", "fen": int(float(full) * 1_000_000), "date": ""} for n, (name, _, full) in enumerate(clean.PROJECTS, 1)), why="ordinals are no part of a name"),
    Batch("XW07", {"a.xlsx": edited(A, {})}, approved=({"agency": "水利处", "project": "", "fen": 3_200_009_000, "date": ""},), roster=(row(A, alias="水利处"),), why="within a cent of a 万元, by its short name"),
    Batch("XW07", {"a.xlsx": edited(A, {})}, approved=({"agency": A, "project": "", "fen": 3_200_000_000, "date": "2023-06-30"}, {"agency": A, "project": "", "fen": 3_000_000_000, "date": "2023-01-31"}), why="the adjustment holds"),
    Batch("XW07", {"a.xlsx": edited(A, {}), "b.xlsx": edited(B, {})}, not_run=("b.xlsx",), approved=({"agency": A, "project": "", "fen": 3_200_000_000, "date": ""},)),
    Batch("XW08", _SHARES | {"x.xlsx": edited(B, _share("1300"))}, ("x.xlsx!I.half@funds.basic_half/project_half/basic_full/project_full: 60.9%→50%～50.5% | 9",)),
    Batch("XW08", _SHARES | {"x.xlsx": edited(B, _share("1000"))}, why="less than five points off"),
    Batch("XW08", _SHARES | {"x.xlsx": edited(B, _share("1500"))}, why="HF09 says it already"),
    Batch("XW08", dict(list(_SHARES.items())[:5]) | {"x.xlsx": edited(B, _share("1300"))}, not_run=("0.xlsx", "1.xlsx", "2.xlsx", "3.xlsx", "4.xlsx", "x.xlsx"), why="too few peers"),
    Batch("XW08", _RATES | {"x.xlsx": edited(B, {"indicators[45].full": "≥85%"})}, ("x.xlsx!I.satisfaction@indicators[45].full: ≥85%→95%～97% | 9",)),
    Batch("XW08", _RATES | {"x.xlsx": edited(B, {"indicators[45].full": "≥70%"})}, why="IG19 says it already"),
    Batch("XW08", _COSTS | {"x.xlsx": edited(B, {"indicators[35].full": "≤1.6万元"})}, ("x.xlsx!I.cost@indicators[35].full: ≤1.6万元→0.83～0.88万元 | 公园设施单处维修成本 / 9",)),
    Batch("XW09", {f"{n}.xlsx": edited(f"苏州市第{n}管理所", _EQUAL if n < 2 else {}) for n in range(6)}, ("city!I: ≥（4）、=（2） | 预算执行率",)),
    Batch("XW09", {f"{n}.xlsx": edited(f"苏州市第{n}管理所", _EQUAL if n < 1 else {}) for n in range(6)}, why="one alone is its own matter"),
    Batch("XW10", {f"{n}.xlsx": edited(f"苏州市第{n}管理所", {"funds.total_full": "99999999999"}) for n in range(93)}, ("city!E: | 资金总额 / -9146744073802.551616 / 9299999999907",), why="whole numbers of 64 bits run over"),
    Batch("XW10", _others(3)),
    Batch("XW11", {"a.xlsx": edited(A, {})}, ("a.xlsx!E@funds.total_full: 3200 | 资金总额3200万元，上年为0.32万元，相差千倍以上",), last_year={"old.xlsx": edited(A, {"forms.fiscal_year": "2022年度", "funds.total_full": "0.32"})}),
    Batch("XW11", {"a.xlsx": edited(A, {})}, last_year={"old.xlsx": edited(A, {"forms.fiscal_year": "2022年度", "funds.total_full": "160"})}, why="twenty times is growth"),
    Batch("XW11", _others(8) | {"x.xlsx": edited(B, {"forms.staffing": "内设办公室、养护科。", **_SMALL})},
          ("x.xlsx!E@funds.basic_full: 1300500 | 基本支出1300500万元，本批9个单位的中位数为1300.5万元",), why="nobody says how many people"),
    Batch("XW11", _others(8) | {"x.xlsx": edited(B, _SMALL)}, why="ST09 says it already"),
    Batch("XW11", _others(6) | {"x.xlsx": edited(B, {"forms.staffing": "内设办公室、养护科。", **_SMALL})}, why="too few to compare with"),
)  # fmt: skip
