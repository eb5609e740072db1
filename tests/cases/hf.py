"""Cases of half year against full year."""

from __future__ import annotations

from tests.cases import Case, Raw
from tests.clean import PROJECTS


def _values(number: int, half: str, full: str) -> dict[str, str]:
    return {f"indicators[{number}].half": half, f"indicators[{number}].full": full}


_COPIED = {f"projects[{n}].half": full for n, (_, _, full) in enumerate(PROJECTS)}

CASES: tuple[Case, ...] = (
    Case("HF01", _values(36, "≥13000株", "≥12000株"), ("HF01!E@indicators[36].half/full: ≥13000株→≥12000株 | 行道树修剪数量",)),
    Case("HF01", _values(36, "≥11999株", "≥12000株"), silent=True),
    Case("HF02", _values(36, "≥12000株", "≥12000株"), ("HF02!W@indicators[36].half/full: ≥12000株→≥12000株 | 行道树修剪数量",)),
    Case("HF02", _values(38, "≥98%", "≥98%"), silent=True, why="a level stays"),
    Case("HF02", {**_values(36, "≥862公里", "≥862公里"), "indicators[36].name": "绿道管护里程"}, silent=True, why="what stands all year"),
    Case("HF02", {**_values(36, "≥500份", "≥500份"), "indicators[36].name": "绿化方案审核份数"}, ("HF02!I@indicators[36].half/full: ≥500份→≥500份 | 绿化方案审核份数",), why="done once in spring, only pointed out"),
    Case("HF03", _values(7, "≥100%", "≥100%"), ("HF03!W@indicators[7].half: ≥100%→≥100% | 政府采购执行率",)),
    Case("HF03", _values(7, "≥60%", "≥100%"), silent=True),
    Case("HF04", _values(11, "=47%", "=98%"), ("HF04!W@indicators[11].half+funds.basic_half/project_half/total_full: =47%→50.00% (3.00pp) | 1600 / 3200", "CF04!I@indicators[11].full/half: =98%、=47%→≥ | 预算执行率"), why="the plan is 50 %, a warning"),
    Case("HF04", _values(11, "≥57%", "≥98%"), ("HF04!E@indicators[11].half+funds.basic_half/project_half/total_full: ≥57%→50.00% (7.00pp) | 1600 / 3200",), why="seven points above the plan, an error"),
    Case("HF04", _values(11, "≥51%", "≥98%"), silent=True, why="one point is within the tolerance"),
    Case("HF04", _values(11, "≥45%", "≥98%"), silent=True, why="with ≥ the plan may be above"),
    Case("HF05", _values(36, "=6000株", "≥12000株"), ("HF05!W.operator@indicators[36].half/full: =6000株→≥12000株 | 行道树修剪数量",)),
    Case("HF05", _values(36, "≥6000棵", "≥12000株"), ("HF05!E.unit@indicators[36].half/full: ≥6000棵→≥12000株 | 行道树修剪数量",), why="two units"),
    Case("HF05", _values(36, "不少于6000株", "≥12000株"), silent=True),
    Case("HF05", {**_values(36, "≥3台", "≥26台（套）"), "indicators[36].name": "修剪设备更新数量"}, silent=True, why="one unit, with a remark"),
    Case("HF05", {**_values(36, "≥3人", "≥26人次"), "indicators[36].name": "绿化培训规模"}, ("HF05!E.unit@indicators[36].half/full: ≥3人→≥26人次 | 绿化培训规模",), why="people and visits are two things"),
    Case("HF05", {**_values(38, "≥50%", "=100%"), "indicators[38].name": "古树名木挂牌率"}, silent=True, why="the right way to write a full share at the year's end"),
    Case("HF05", {**_values(38, "≥50%", "=90%"), "indicators[38].name": "古树名木挂牌率"}, ("HF05!W.operator@indicators[38].half/full: ≥50%→=90% | 古树名木挂牌率",), why="not the whole"),
    Case("HF05", _values(37, "=0株", "≥86株"), silent=True, why="nothing by mid-year is exact"),
    Case("HF09", {"funds.basic_half": "50.25", **_values(11, "≥31%", "≥98%")}, ("HF09!I@funds.basic_half/project_half/total_full: 31.25% | 偏低",)),
    Case("HF09", {"funds.basic_half": "450.25", **_values(11, "≥43%", "≥98%")}, silent=True),
    Case("HF10", {"projects[0].half": "0", "projects[1].half": "0", "funds.project_half": "304.5", **_values(11, "≥29%", "≥98%")},
         ("HF10!W@projects[0,1].half: 65.83% | 2 / 1250.5", "HF09!I@funds.basic_half/project_half/total_full: 29.84% | 偏低", "HF06!W@indicators[36].half+projects[1].half: ≥6000株 | 行道树修剪项目 / 450.5 / 行道树修剪数量"), why="1250.5 of 1899.5 idle"),
    Case("HF10", {"projects[5].half": "0", "projects[0].half": "440"}, silent=True),
    Case("HF11", {"indicators[36].name": "全年行道树修剪数量"}, ("HF11!I@indicators[36].name/half: ≥6000株→≥12000株 | 全年行道树修剪数量",)),
    Case("HF11", {"indicators[38].name": "古树名木全年存活率"}, silent=True, why="the same value in both halves"),
    Case("HF12", _values(45, "≥95%", "≥90%"), ("HF12!W@indicators[45].half/full: ≥95%→≥90% | 市民满意度",)),
    Case("HF12", _values(45, "≥90%", "≥90%"), silent=True),
    Case("HF13", {"projects[0].half": "799.75", "projects[1].half": "25.25", "projects[2].half": "24.5", "projects[3].half": "50.25"},
         ("HF13!I@projects[0].half: 84.21% | 公园绿地养护项目", "HF08!I@indicators[36].half/full+projects[1].half: 50.0%→5.6% | 行道树修剪数量 / 行道树修剪项目", "HF08!I@indicators[37].half/full+projects[2].half: 50.0%→9.8% | 古树名木保护数量 / 古树名木保护项目"), why="799.75 of 949.75"),
    Case("HF13", {"projects[0].half": "730", "projects[1].half": "95", "projects[2].half": "54.75", "projects[3].half": "50",
                  "projects[4].half": "12", "projects[5].half": "8"}, silent=True, why="730 of 949.75"),
    Case("HF04", {"funds.basic_half": Raw(text="约650")}, ("ST08!E.text@funds.basic_half: 约650 | 基本支出(半年)",), silent=True, why="unknown, so not judged"),
    Case("HF02", _values(39, "≥1件", "≥1件"), ("HF02!I@indicators[39].half/full: ≥1件→≥1件 | 市民投诉办结数量", "XS06!W@indicators[39].full+forms.annual_goal: ≥1件→900件 | 办结市民投诉900件 / 市民投诉办结数量"), why="a single thing is only pointed out"),
    Case("HF03", _values(7, "=100%", "=100%"), ("HF03!W@indicators[7].half: =100%→=100% | 政府采购执行率",)),
    Case("HF04", {"funds.total_full": "32000"}, ("AR02!E.broken@funds.total_full/appropriation_full/social_insurance_full/carried_in_full/other_full/basic_full/project_full: 32000→3200 (28800) | 资金总额",), silent=True,
         why="ten times the total is said where the sum is broken"),
    Case("HF04", {"funds.basic_half": None}, ("CP02!W@funds.basic_half: | 1 / 基本支出(半年)",), silent=True, why="a blank is one finding"),
    Case("HF04", {"funds.basic_half": "6502.5"}, ("AR06!E@funds.basic_half/basic_full: 6502.5→≤1300.5 (5202) | 基本支出 / 1300.5",), silent=True, why="more than the year is one finding"),
    Case("HF05", _values(36, "≥6000", "≥12000株"), ("IG03!W@indicators[36].half: ≥6000 | 行道树修剪数量",), silent=True, why="a missing unit is one finding"),
    Case("HF05", _values(42, "≥88人", "≥91%"), ("IG04!E@indicators[42].half: ≥88人 | 公园绿地服务半径覆盖率",), silent=True, why="a unit that does not fit the name is one finding"),
    Case("HF05", _values(45, "≥89%", "≤90%"), ("IG07!W@indicators[45].full: ≤90% | 市民满意度",), silent=True, why="a wrong direction is one finding"),
    Case("HF05", _values(38, "≥98%", "合格"), ("HF05!W.kind@indicators[38].half/full: ≥98%→合格 | 古树名木存活率",), why="a number and a word"),
    Case("HF05", _values(38, "—", "≥98%"), silent=True, why="nothing is asked by mid-year"),
    Case("HF10", {"projects[0].full": "8000", "projects[0].half": "0"}, ("AR04!E.broken@projects[0].full+funds.project_full+projects[1-5].full: 1899.5→9099.5 (-7200) | 项目支出(全年)", "AR05!E.broken@funds.project_half+projects[0-5].half: 949.75→529.75 (420) | 项目支出(半年)"), silent=True,
         why="shares of a sum that is broken mean nothing"),
    Case("HF12", _values(13, "≥99%", "≥95%"), ("HF12!W@indicators[13].half/full: ≥99%→≥95% | 支付进度符合率",)),
    Case("HF12", {**_values(45, "≤3%", "≤5%"), "indicators[45].name": "市民不满意率"}, silent=True, why="what is bad may grow with the year"),
    Case("HF10", {"projects[0].half": "0", "projects[0].full": "1200", "funds.project_full": "2299.5", "funds.total_full": "3600",
                  "funds.appropriation_full": "3600", "funds.general_full": "3300", "funds.project_half": "529.75",
                  **_values(11, "≥32%", "≥98%")}, ("HF10!I@projects[0].half: 52.19% | 1 / 1200", "HF09!I@funds.basic_half/project_half/total_full: 32.78% | 偏低"), why="1200 of 2299.5, but one project: only pointed out"),
    Case("HF14", _COPIED | {"funds.project_half": "1899.5", **_values(11, "≥79%", "≥98%")}, ("HF14!W.money@projects[0-5].half: | 6",), why="every project; and HF09 is silent"),
    Case("HF14", _COPIED | {"projects[5].half": "20", "funds.project_half": "1879.5", **_values(11, "≥78%", "≥98%")},
         ("HF09!I@funds.basic_half/project_half/total_full: 79.05% | 偏高", "HF08!I@indicators[36].half/full+projects[1].half: 50.0%→100.0% | 行道树修剪数量 / 行道树修剪项目", "HF08!I@indicators[37].half/full+projects[2].half: 50.0%→100.0% | 古树名木保护数量 / 古树名木保护项目", "HF08!I@indicators[32].half/full+projects[3].half: 42.9%→100.0% | 公园设施维修数量 / 公园设施维修项目"), silent=True, why="one was planned"),
    Case("HF14", {**_values(32, "≥350处", "≥350处"), **_values(36, "≥12000株", "≥12000株"), **_values(37, "≥86株", "≥86株"),
                  **_values(39, "≥900件", "≥900件"), **_values(41, "≥20万元", "≥20万元"), **_values(44, "≥3项", "≥3项")}, ("HF14!W.target@indicators[32,36-37,39,41].half: | 5",), why="every count, and HF02 is silent"),
    Case("HF09", {"funds.basic_half": "50.25", "funds.project_half": "724.75", "projects[0].half": "195", **_values(11, "≥24%", "≥98%")}, ("HF09!W@funds.basic_half/project_half/total_full: 24.22% | 偏低",), why="less than a quarter is a warning"),
)  # fmt: skip
