"""Cases of half year against full year."""

from __future__ import annotations

from tests.cases import Case, Raw
from tests.clean import PROJECTS


def _values(number: int, half: str, full: str) -> dict[str, str]:
    return {f"indicators[{number}].half": half, f"indicators[{number}].full": full}


_COPIED = {f"projects[{n}].half": full for n, (_, _, full) in enumerate(PROJECTS)}

CASES: tuple[Case, ...] = (
    Case("HF01", _values(36, "≥13000株", "≥12000株"), ("HF01@indicators[36].half",)),
    Case("HF01", _values(36, "≥11999株", "≥12000株"), silent=True),
    Case("HF02", _values(36, "≥12000株", "≥12000株"), ("HF02@indicators[36].half",)),
    Case("HF02", _values(38, "≥98%", "≥98%"), silent=True, why="a level stays"),
    Case("HF02", {**_values(36, "≥862公里", "≥862公里"), "indicators[36].name": "绿道管护里程"}, silent=True, why="what stands all year"),
    Case("HF02", {**_values(36, "≥500份", "≥500份"), "indicators[36].name": "绿化方案审核份数"}, ("HF02@indicators[36].half",), why="done once in spring, only pointed out"),
    Case("HF03", _values(7, "≥100%", "≥100%"), ("HF03@indicators[7].half",)),
    Case("HF03", _values(7, "≥60%", "≥100%"), silent=True),
    Case("HF04", _values(11, "=47%", "=98%"), ("HF04@indicators[11].half", "CF04@indicators[11].full"), why="the plan is 50 %, a warning"),
    Case("HF04", _values(11, "≥57%", "≥98%"), ("HF04@indicators[11].half",), why="seven points above the plan, an error"),
    Case("HF04", _values(11, "≥51%", "≥98%"), silent=True, why="one point is within the tolerance"),
    Case("HF04", _values(11, "≥45%", "≥98%"), silent=True, why="with ≥ the plan may be above"),
    Case("HF05", _values(36, "=6000株", "≥12000株"), ("HF05@indicators[36].half",)),
    Case("HF05", _values(36, "≥6000棵", "≥12000株"), ("HF05@indicators[36].half",), why="two units"),
    Case("HF05", _values(36, "不少于6000株", "≥12000株"), silent=True),
    Case("HF05", {**_values(36, "≥3台", "≥26台（套）"), "indicators[36].name": "修剪设备更新数量"}, silent=True, why="one unit, with a remark"),
    Case("HF05", {**_values(36, "≥3人", "≥26人次"), "indicators[36].name": "绿化培训规模"}, ("HF05@indicators[36].half",), why="people and visits are two things"),
    Case("HF05", {**_values(38, "≥50%", "=100%"), "indicators[38].name": "古树名木挂牌率"}, silent=True, why="the right way to write a full share at the year's end"),
    Case("HF05", {**_values(38, "≥50%", "=90%"), "indicators[38].name": "古树名木挂牌率"}, ("HF05@indicators[38].half",), why="not the whole"),
    Case("HF05", _values(37, "=0株", "≥86株"), silent=True, why="nothing by mid-year is exact"),
    Case("HF09", {"funds.basic_half": "50.25", **_values(11, "≥31%", "≥98%")}, ("HF09@funds.basic_half",)),
    Case("HF09", {"funds.basic_half": "450.25", **_values(11, "≥43%", "≥98%")}, silent=True),
    Case("HF10", {"projects[0].half": "0", "projects[1].half": "0", "funds.project_half": "304.5", **_values(11, "≥29%", "≥98%")},
         ("HF10@projects[0].half", "HF09@funds.basic_half", "HF06@indicators[36].half"), why="1250.5 of 1899.5 idle"),
    Case("HF10", {"projects[5].half": "0", "projects[0].half": "440"}, silent=True),
    Case("HF11", {"indicators[36].name": "全年行道树修剪数量"}, ("HF11@indicators[36].name",)),
    Case("HF11", {"indicators[38].name": "古树名木全年存活率"}, silent=True, why="the same value in both halves"),
    Case("HF12", _values(45, "≥95%", "≥90%"), ("HF12@indicators[45].half",)),
    Case("HF12", _values(45, "≥90%", "≥90%"), silent=True),
    Case("HF13", {"projects[0].half": "799.75", "projects[1].half": "25.25", "projects[2].half": "24.5", "projects[3].half": "50.25"},
         ("HF13@projects[0].half", "HF08@indicators[36].half", "HF08@indicators[37].half"), why="799.75 of 949.75"),
    Case("HF13", {"projects[0].half": "730", "projects[1].half": "95", "projects[2].half": "54.75", "projects[3].half": "50",
                  "projects[4].half": "12", "projects[5].half": "8"}, silent=True, why="730 of 949.75"),
    Case("HF04", {"funds.basic_half": Raw(text="约650")}, ("ST08@funds.basic_half",), silent=True, why="unknown, so not judged"),
    Case("HF02", _values(39, "≥1件", "≥1件"), ("HF02@indicators[39].half", "XS06@indicators[39].full"), why="a single thing is only pointed out"),
    Case("HF03", _values(7, "=100%", "=100%"), ("HF03@indicators[7].half",)),
    Case("HF04", {"funds.total_full": "32000"}, ("AR02@funds.total_full",), silent=True,
         why="ten times the total is said where the sum is broken"),
    Case("HF04", {"funds.basic_half": None}, ("CP02@funds.basic_half",), silent=True, why="a blank is one finding"),
    Case("HF04", {"funds.basic_half": "6502.5"}, ("AR06@funds.basic_half",), silent=True, why="more than the year is one finding"),
    Case("HF05", _values(36, "≥6000", "≥12000株"), ("IG03@indicators[36].half",), silent=True, why="a missing unit is one finding"),
    Case("HF05", _values(42, "≥88人", "≥91%"), ("IG04@indicators[42].half",), silent=True, why="a unit that does not fit the name is one finding"),
    Case("HF05", _values(45, "≥89%", "≤90%"), ("IG07@indicators[45].full",), silent=True, why="a wrong direction is one finding"),
    Case("HF05", _values(38, "≥98%", "合格"), ("HF05@indicators[38].half",), why="a number and a word"),
    Case("HF05", _values(38, "—", "≥98%"), silent=True, why="nothing is asked by mid-year"),
    Case("HF10", {"projects[0].full": "8000", "projects[0].half": "0"}, ("AR04@projects[0].full", "AR05@funds.project_half"), silent=True,
         why="shares of a sum that is broken mean nothing"),
    Case("HF12", _values(13, "≥99%", "≥95%"), ("HF12@indicators[13].half",)),
    Case("HF12", {**_values(45, "≤3%", "≤5%"), "indicators[45].name": "市民不满意率"}, silent=True, why="what is bad may grow with the year"),
    Case("HF10", {"projects[0].half": "0", "projects[0].full": "1200", "funds.project_full": "2299.5", "funds.total_full": "3600",
                  "funds.appropriation_full": "3600", "funds.general_full": "3300", "funds.project_half": "529.75",
                  **_values(11, "≥32%", "≥98%")}, ("HF10@projects[0].half", "HF09@funds.basic_half"), why="1200 of 2299.5, but one project: only pointed out"),
    Case("HF14", _COPIED | {"funds.project_half": "1899.5", **_values(11, "≥79%", "≥98%")}, ("HF14@projects[0].half",), why="every project; and HF09 is silent"),
    Case("HF14", _COPIED | {"projects[5].half": "20", "funds.project_half": "1879.5", **_values(11, "≥78%", "≥98%")},
         ("HF09@funds.basic_half", "HF08@indicators[32].half", "HF08@indicators[36].half", "HF08@indicators[37].half"), silent=True, why="one was planned"),
    Case("HF14", {**_values(32, "≥350处", "≥350处"), **_values(36, "≥12000株", "≥12000株"), **_values(37, "≥86株", "≥86株"),
                  **_values(39, "≥900件", "≥900件"), **_values(41, "≥20万元", "≥20万元"), **_values(44, "≥3项", "≥3项")}, ("HF14@indicators[32].half",), why="every count, and HF02 is silent"),
)  # fmt: skip
