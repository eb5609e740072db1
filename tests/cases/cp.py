"""Cases of completeness."""

from __future__ import annotations

from tests.cases import Case

_DROP_SATISFACTION = {"indicators[45].name": None, "indicators[45].half": None, "indicators[45].full": None}
_DROP_BENEFITS = {
    f"indicators[{n}].{field}": None for n in range(41, 45) for field in ("name", "half", "full")
}
_NO_PROJECTS = {f"projects[{n}].name": None for n in range(6)}

CASES: tuple[Case, ...] = (
    Case("CP01", {"forms.functions": None}, ("CP01!E@forms.functions: | 单位主要职能",)),
    Case("CP01", {"forms.agency": " 苏州市园林绿地养护中心 "}, silent=True),
    Case("CP02", {"funds.state_capital_full": None, "projects[5].half": None, "projects[0].half": "440"}, ("CP02!W@funds.state_capital_full+projects[5].half: | 2 / 国有资本金",), why="said once"),
    Case("CP02", {"funds.state_capital_full": "0"}, silent=True),
    Case("CP03", {"forms.long_term_goal": None}, ("CP03!E@forms.long_term_goal: | 中长期目标",)),
    Case("CP03", {"forms.long_term_goal": "做好工作"}, ("CP03!E.short@forms.long_term_goal: 做好工作 | 中长期目标 / 4",)),
    Case("CP03", {"forms.long_term_goal": "全面完成各项养护任务。" * 4}, silent=True),
    Case("CP04", {"indicators[36].half": None}, ("CP04!E.value@indicators[36].half/full: | 行道树修剪数量 / 半年指标值",)),
    Case("CP04", {"indicators[37].name": None}, ("CP04!E.name@indicators[37].name: | ≥86株",)),
    Case("CP04", {"indicators[43].name": None, "indicators[43].half": None, "indicators[43].full": None}, ("CP05!I@indicators[43].level2: | 生态效益",), silent=True),
    Case("CP05", {"indicators[43].name": None, "indicators[43].half": None, "indicators[43].full": None}, ("CP05!I@indicators[43].level2: | 生态效益",)),
    Case("CP05", {"indicators[43].half": "不适用", "indicators[43].full": "不适用"}, silent=True, why="it says that it does not apply"),
    Case("CP04", {**dict.fromkeys(("indicators[43].name", "indicators[43].half", "indicators[43].full"), "不适用")}, silent=True, why="name and values say that it does not apply"),
    Case("CP04", {"indicators[43].name": "不适用", "indicators[43].half": None, "indicators[43].full": None}, silent=True, why="the name alone says so"),
    Case("CP04", {"indicators[43].name": None, "indicators[43].half": "/", "indicators[43].full": "/"}, silent=True, why="the values alone say so"),
    Case("CP04", {"indicators[43].half": None, "indicators[43].full": "—"}, silent=True, why="once is enough"),
    Case("CP04", {"indicators[43].name": "/"}, ("CP04!E.name@indicators[43].name: | ≥43%",), why="a mark beside real values is no name"),
    Case("CP04", {"indicators[43].half": "—", "indicators[43].full": None}, ("CP04!E.value@indicators[43].full/half: | 建成区绿化覆盖率 / 全年指标值",), why="nothing by mid-year, and the year left out"),
    Case("CP05", {"indicators[43].level2": "生态效益（不适用）", "indicators[43].name": None, "indicators[43].half": None, "indicators[43].full": None}, silent=True, why="the second level says so"),
    Case("CP06", {**{f"indicators[{n}].{f}": "不适用" for n in (39, 40) for f in ("name", "half", "full")}}, silent=True, why="the key task has no indicator that applies"),
    Case("CP06", {"indicators[36].key_task": None}, ("CP06!E.task@indicators[36].key_task/level2: | 行道树修剪和古树名木保护",)),
    Case("CP06", {"indicators[39].name": None, "indicators[39].half": None, "indicators[39].full": None}, silent=True, why="another indicator is left"),
    Case("CP07", {"projects[5].full": None}, ("CP07!E.full@projects[5].full: | 物业管理经费",), why="the sum misses it too: one cause, one finding"),
    Case("CP07", drop=tuple(f"projects[{n}]" for n in range(6)), finds=("CP07!E.rows@funds.project_full: 1899.5",)),
    Case("CP07", {"projects[5].half": "0", "projects[0].half": "440"}, silent=True),
    Case("CP05", drop=("indicators[43]",), finds=("CP05!I@indicators[41].level1: →生态效益",), why="its row was taken out"),
    Case("CP08", _DROP_SATISFACTION, ("CP08!E@indicators[45].name: | 满意度",)),
    Case("CP08", _DROP_BENEFITS, ("CP08!E@indicators[41].name: | 效益",), why="one error, not four notes"),
    Case("CP08", _DROP_BENEFITS | {"indicators[41].name": "经济效益", "indicators[41].half": "不适用", "indicators[41].full": "不适用"}, finds=("CP05!I@indicators[42].level2: | 社会效益", "CP05!I@indicators[43].level2: | 生态效益", "CP05!I@indicators[44].level2: | 可持续影响"), silent=True),
    Case("CP08", {"indicators[45].name": "服务对象满意度"}, silent=True),
    Case("CP08", {**{f"indicators[45].{f}": "不涉及" for f in ("name", "half", "full")}}, silent=True, why="it says that none applies"),
    Case("CP09", {"forms.staffing": "在编在岗人数：18人。"}, ("CP09!I.quota@forms.staffing",)),
    Case("CP09", {"forms.staffing": "核定编制20名，现有在职人员18人。"}, silent=True),
    Case("CP09", {"forms.staffing": "定编20人，在编18人。"}, silent=True, why="another word for posts"),
    Case("CP09", {"forms.staffing": "编制20人；另一处编制25人；在编18人。"}, silent=True, why="stated, though not clear"),
    Case("CP10", {"indicators[36].name": "指标1："}, ("CP10!E@indicators[36].name: 指标1：",)),
    Case("CP10", {"indicators[36].name": "行道树修剪数量指标1类"}, silent=True),
)  # fmt: skip
