"""A filled form of 湛江, of an agency that does not exist, with two mistakes: an amount and a target without an operator."""

from __future__ import annotations

from decimal import Decimal

from etl.form.layout import FilledForm, IndicatorLine, ProjectLine
from etl.form.profiles import shipped

FORM = shipped().form("zhanjiang-whole-goal-2024")
_TASKS = (
    ("海堤维护", "维护海堤32公里，更换护栏", "860", "海堤完好率达到98%"),
    ("防汛物资储备", "更新编织袋、抽水泵等物资", "420", "物资完好率达到95%"),
    ("水情监测站运行", "18个站点全年运行", "315.6", "数据到报率达到99%"),
)
_LINES = (
    ("产出指标", "数量指标", "海堤维护长度", "≥32公里"), ("产出指标", "数量指标", "水情监测站运行数量", "=18个"),
    ("产出指标", "质量指标", "海堤完好率", "≥98%"), ("产出指标", "时效指标", "汛前物资更新完成率", "100%"),
    ("产出指标", "成本指标", "海堤维护单位成本", "≤26.9万元/公里"), ("效益指标", "经济效益指标", "减少农田受淹损失", "≥350万元"),
    ("效益指标", "社会效益指标", "沿海镇预警信息覆盖率", "≥97%"), ("效益指标", "生态效益指标", "岸线植被保存率", "≥92%"),
    ("效益指标", "可持续影响指标", "监测站数据到报率", "≥99%"), ("满意度指标", "服务对象满意度指标", "沿海镇群众满意度", "≥91%"),
)  # fmt: skip
_ROLE = {"产出指标": "output"}


def filled() -> FilledForm:
    """Return what stands on the form; money from appropriation is 20万元 short of what is spent."""
    return FilledForm(
        2024,
        {
            "agency": "湛江市某海防工程管理处", "staff": "64", "subordinates": "3", "other_tasks": "",
            "annual_goal": "目标1：维护海堤32公里，海堤完好率达到98%。\n目标2：汛前完成防汛物资更新，18个水情监测站全年运行。",
        },
        {
            "basic_full": Decimal("1130.4"), "project_full": Decimal("1595.6"), "appropriation_full": Decimal(2706),
            "other_full": Decimal(0), "special_funds_full": None, "own_level_full": None,
        },
        tuple(ProjectLine(name, None, Decimal(money), content, goal) for name, content, money, goal in _TASKS),
        tuple(
            IndicatorLine(_ROLE.get(level1, "effect"), level1, level2, "", name, "", value)
            for level1, level2, name, value in _LINES
        ),
    )  # fmt: skip
