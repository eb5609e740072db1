"""Cases of completeness."""

from __future__ import annotations

from tests.cases import Case

_DROP_SATISFACTION = {"indicators[45].name": None, "indicators[45].half": None, "indicators[45].full": None}
_DROP_BENEFITS = {
    f"indicators[{n}].{field}": None for n in range(41, 45) for field in ("name", "half", "full")
}
_NO_PROJECTS = {f"projects[{n}].name": None for n in range(6)}

CASES: tuple[Case, ...] = (
    Case("CP01", {"forms.functions": None}, ("CP01@forms.functions",)),
    Case("CP01", {"forms.agency": " 苏州市园林绿地养护中心 "}, silent=True),
    Case("CP02", {"funds.state_capital_full": None, "projects[5].half": None, "projects[0].half": "440"}, ("CP02@funds.state_capital_full",), why="said once"),
    Case("CP02", {"funds.state_capital_full": "0"}, silent=True),
    Case("CP03", {"forms.long_term_goal": None}, ("CP03@forms.long_term_goal",)),
    Case("CP03", {"forms.long_term_goal": "做好工作"}, ("CP03@forms.long_term_goal",)),
    Case("CP03", {"forms.long_term_goal": "全面完成各项养护任务。" * 4}, silent=True),
    Case("CP04", {"indicators[36].half": None}, ("CP04@indicators[36].half",)),
    Case("CP04", {"indicators[37].name": None}, ("CP04@indicators[37].name",)),
    Case("CP04", {"indicators[43].name": None, "indicators[43].half": None, "indicators[43].full": None}, ("CP05@indicators[43].level2",), silent=True),
    Case("CP05", {"indicators[43].name": None, "indicators[43].half": None, "indicators[43].full": None}, ("CP05@indicators[43].level2",)),
    Case("CP05", {"indicators[43].half": "不适用", "indicators[43].full": "不适用"}, silent=True, why="it says that it does not apply"),
    Case("CP04", {**dict.fromkeys(("indicators[43].name", "indicators[43].half", "indicators[43].full"), "不适用")}, silent=True, why="name and values say that it does not apply"),
    Case("CP04", {"indicators[43].name": "不适用", "indicators[43].half": None, "indicators[43].full": None}, silent=True, why="the name alone says so"),
    Case("CP04", {"indicators[43].name": None, "indicators[43].half": "/", "indicators[43].full": "/"}, silent=True, why="the values alone say so"),
    Case("CP04", {"indicators[43].half": None, "indicators[43].full": "—"}, silent=True, why="once is enough"),
    Case("CP04", {"indicators[43].name": "/"}, ("CP04@indicators[43].name",), why="a mark beside real values is no name"),
    Case("CP04", {"indicators[43].half": "—", "indicators[43].full": None}, ("CP04@indicators[43].full",), why="nothing by mid-year, and the year left out"),
    Case("CP05", {"indicators[43].level2": "生态效益（不适用）", "indicators[43].name": None, "indicators[43].half": None, "indicators[43].full": None}, silent=True, why="the second level says so"),
    Case("CP06", {**{f"indicators[{n}].{f}": "不适用" for n in (39, 40) for f in ("name", "half", "full")}}, silent=True, why="the key task has no indicator that applies"),
    Case("CP06", {"indicators[36].key_task": None}, ("CP06@indicators[36].key_task",)),
    Case("CP06", {"indicators[39].name": None, "indicators[39].half": None, "indicators[39].full": None}, silent=True, why="another indicator is left"),
    Case("CP07", {"projects[5].full": None}, ("CP07@projects[5].full",), why="the sum misses it too: one cause, one finding"),
    Case("CP07", drop=tuple(f"projects[{n}]" for n in range(6)), finds=("CP07@funds.project_full",)),
    Case("CP07", {"projects[5].half": "0", "projects[0].half": "440"}, silent=True),
    Case("CP05", drop=("indicators[43]",), finds=("CP05@indicators[41].level1",), why="its row was taken out"),
    Case("CP08", _DROP_SATISFACTION, ("CP08@indicators[45].name",)),
    Case("CP08", _DROP_BENEFITS, ("CP08@indicators[41].name",), why="one error, not four notes"),
    Case("CP08", _DROP_BENEFITS | {"indicators[41].name": "经济效益", "indicators[41].half": "不适用", "indicators[41].full": "不适用"}, finds=tuple(f"CP05@indicators[{n}].level2" for n in (42, 43, 44)), silent=True),
    Case("CP08", {"indicators[45].name": "服务对象满意度"}, silent=True),
    Case("CP08", {**{f"indicators[45].{f}": "不涉及" for f in ("name", "half", "full")}}, silent=True, why="it says that none applies"),
    Case("CP09", {"forms.staffing": "在编在岗人数：18人。"}, ("CP09@forms.staffing",)),
    Case("CP09", {"forms.staffing": "核定编制20名，现有在职人员18人。"}, silent=True),
    Case("CP09", {"forms.staffing": "编制20人；另一处编制25人；在编18人。"}, silent=True, why="stated, though not clear"),
    Case("CP10", {"indicators[36].name": "指标1："}, ("CP10@indicators[36].name",)),
    Case("CP10", {"indicators[36].name": "行道树修剪数量指标1类"}, silent=True),
)  # fmt: skip
