"""Cases of text quality."""

from __future__ import annotations

from checks.settings import Settings
from tests.cases import Case
from tests.clean import FORMS

_GOAL, _LONG = FORMS["annual_goal"], FORMS["long_term_goal"]

_ON = Settings(switched={"TX11": True, "TX12": True})

CASES: tuple[Case, ...] = (
    Case("TX04", {**{f"indicators[43].{f}": "--" for f in ("name", "half", "full")}}, silent=True, why="a mark that it does not apply"),
    Case("TX06", {"forms.long_term_goal": "建成全省一流公园绿地。"}, ("TX06!I.short@forms.long_term_goal: | 中长期目标 / 11",), why="eleven characters"),
    Case("TX06", {"forms.long_term_goal": "建成全省一流的公园绿地，游园环境保持前列。"}, silent=True, why="twenty say something"),
    Case("TX01", {"forms.long_term_goal": f"<p>{_LONG}</p>"}, ("TX01!W@forms.long_term_goal: <p> | 中长期目标",)),
    Case("TX01", {"forms.long_term_goal": _LONG + "养护误差<5处。"}, silent=True, why="a comparison is no tag"),
    Case("TX02", {"forms.long_term_goal": _LONG + "（含湿地。"}, ("TX02!I@forms.long_term_goal: （含湿地。 | 中长期目标",)),
    Case("TX02", {"forms.long_term_goal": "1）" + _LONG + "（含湿地）。"}, silent=True, why="an ordinal is no bracket"),
    Case("TX03", {"forms.long_term_goal": _LONG + "。"}, ("TX03!I@forms.long_term_goal: 。。 | 中长期目标",)),
    Case("TX03", {"forms.long_term_goal": _LONG}, silent=True),
    Case("TX04", {"projects[5].name": "物业管理 经费"}, ("TX04!I@projects[5].name: 物业管理 经费 | 名称",)),
    Case("TX04", {"projects[5].name": "物业管理A 经费"}, silent=True, why="a blank beside Latin letters"),
    Case("TX05", {"forms.long_term_goal": _LONG + "完成XX处改造。"}, ("TX05!E@forms.long_term_goal: XX | 中长期目标",)),
    Case("TX05", {"forms.long_term_goal": _LONG + "采购X光设备。"}, silent=True),
    Case("TX06", {"forms.annual_goal": "2023年度做好公园绿地养护、公园设施维修、行道树修剪、古树名木保护和市民投诉办理等各项工作。"},
         ("TX06!I.number@forms.annual_goal",), why="a year is no number"),
    Case("TX06", {"forms.annual_goal": _GOAL}, silent=True),
    Case("TX07", {"forms.long_term_goal": FORMS["functions"]}, ("TX07!W@forms.long_term_goal/functions: | 中长期目标 / 重复100%",)),
    Case("TX07", {"forms.long_term_goal": FORMS["functions"]}, ("TX07!W@forms.long_term_goal/functions: | 中长期目标 / 重复100%",),
         settings=Settings(thresholds={"copied_share_percent": 100}), why="just as much as the threshold"),
    Case("TX07", {"forms.long_term_goal": FORMS["functions"]}, silent=True, settings=Settings(thresholds={"copied_share_percent": 101, "copied_run_characters": 200}),
         why="a hair less than the threshold"),
    Case("TX07", {"forms.long_term_goal": _LONG + FORMS["functions"].partition("2、")[0]}, silent=True,
         why="one sentence of the functions stands in it"),
    Case("TX08", {"forms.long_term_goal": _GOAL}, ("TX08!W@forms.long_term_goal/annual_goal: 100%",)),
    Case("TX08", {"forms.long_term_goal": _GOAL.partition("，")[0] + "，" + _LONG}, silent=True),
    Case("TX09", {"forms.long_term_goal": _LONG + "建立建全考核制度。"}, ("TX09!I@forms.long_term_goal: 建立建全 | 中长期目标",)),
    Case("TX09", {"forms.long_term_goal": _LONG + "建立健全考核制度。"}, silent=True),
    Case("TX10", {"forms.annual_goal": _GOAL + "9.公园信息系统维护费。"}, ("TX10!I@forms.annual_goal: 公园信息系统维护费",)),
    Case("TX10", {"forms.annual_goal": _GOAL + "9.公园信息系统全年正常运行。"}, silent=True),
    Case("TX11", {"projects[4].name": "居民投诉办理平台项目"}, ("TX11!I@forms.functions+projects[4].name: 市民投诉、居民投诉",), settings=_ON),
    Case("TX11", {"projects[4].name": "投诉办理平台项目"}, silent=True, settings=_ON, why="left out, not replaced"),
    Case("TX12", {"forms.long_term_goal": _LONG + "建设公园、绿地、林带，花境等游憩空间。"}, ("TX12!I@forms.long_term_goal: 建设公园、绿地、林带，花境等游憩空间。 | 中长期目标",), settings=_ON),
    Case("TX12", {"forms.long_term_goal": _LONG + "建设公园、绿地、林带、花境等游憩空间。"}, silent=True, settings=_ON),
)  # fmt: skip
