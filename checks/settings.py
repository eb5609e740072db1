"""What a bureau may set: rules on and off, severities, thresholds, word lists, waivers, links.

Defaults are the thresholds of the rule catalogue. Every one that rests on an unconfirmed reading of a
regulation can be changed here and nowhere else.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from checks.finding import Severity

THRESHOLDS: Mapping[str, float] = MappingProxyType(
    {
        "goal_shortest": 10,
        "template_labels_missing": 4,
        "total_highest_wan": 5_000_000,
        "execution_rate_warning_pp": 1,
        "execution_rate_error_pp": 5,
        "percent_over_fulfilment": 300,
        "carry_over_rate_highest": 10,
        "quantified_share_percent": 60,
        "satisfaction_lowest": 80,
        "boilerplate_pairs": 3,
        "alike_names_percent": 90,
        "default_share_percent": 80,
        "default_forms": 20,
        "framework_rows_apart": 5,
        "half_share_low": 40,
        "half_share_high": 65,
        "half_share_lowest": 25,
        "idle_share_percent": 50,
        "single_share_percent": 80,
        "single_year_percent": 60,
        "all_full_percent": 90,
        "goal_short": 20,
        "goal_long": 1500,
        "copied_text_percent": 85,
        "copied_text_shortest": 60,
        "copied_set_percent": 80,
        "shared_clause_percent": 20,
        "shared_clause_agencies": 5,
        "same_project_least_wan": 10,
        "peers_least": 8,
        "outlier_least_pp": 5,
        "operator_minority_percent": 5,
        "unchanged_goal_percent": 95,
        "weakened_percent": 5,
        "fund_change_percent": 30,
        "fund_change_wan": 100,
        "staff_change_percent": 20,
        "staff_over_percent": 120,
        "staff_implausible_percent": 150,
        "link_least_percent": 50,
        "reverse_link_percent": 34,
        "major_share_percent": 5,
        "major_wan": 500,
        "matched_share_percent": 60,
        "capital_wan": 100,
        "unit_cost_times": 2,
        "unit_cost_peers": 4,
        "duty_support_percent": 30,
        "function_covered_percent": 20,
        "goal_item_percent": 34,
        "task_part_percent": 50,
        "alike_most": 4,
        "answers_most": 12,
        "lines_most": 15,
        "own_indicator_percent": 34,
        "pace_pp": 30,
        "stock_percent": 90,
        "copied_run_characters": 60,
        "copied_share_percent": 70,
        "same_goals_percent": 90,
    }
)
"""Threshold names and defaults: characters, percentage points (pp) or percent. Families add theirs."""

WORDS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "generic_words": (
            "内涵项目", "设备项目", "维修项目", "项目", "经费", "专项", "工作", "活动", "系列", "相关", "其他", "全市", "全年", "苏州市",
            "苏州", "市级", "市区", "开展", "做好", "负责", "承担", "有关", "组织", "完成", "推进", "实施", "加强", "协调", "及时性", "临时性",
            "补助资金", "补贴资金", "奖补资金", "资助资金", "专项资金", "资金", "中央", "省级", "省补", "第三方服务", "第三方", "委托服务", "购买服务", "服务费",
            "考务费", "专业技术资格", "职业资格", "专业技术", "业务费", "工作费",
        ),
        "light_words": (
            "培训", "宣传", "服务", "指导", "管理", "运行", "运营", "建设", "改造", "维修", "修缮", "购置", "采购", "平台", "系统", "设备",
            "设施", "监测", "检测", "评估", "检查", "人员", "维护", "更新", "升级", "教育", "工程", "保障", "办理", "处置", "学校", "学生",
            "中小学", "信息", "监督", "推广", "资助", "补助", "办公", "业务", "社会", "城市", "中心", "质量", "技术", "车辆", "生活", "规划", "家庭",
        ),
        "running_cost": (
            "体检", "水电", "用水", "用电", "用气", "物业", "安保", "保安", "保洁经费", "伙食", "食堂", "党团", "党建", "工会", "用工", "办公",
            "网络运维", "运营维护", "系统运维", "系统维护", "软件维护", "网站维护", "网络维护", "机房运", "信息化运", "车辆运行", "公务车", "公务用车", "会议室", "退休", "差旅", "邮电", "印刷费", "租赁经费", "房租",
        ),
        "capital": ("维修", "修缮", "改造", "购置", "建设", "工程", "增容", "新建", "扩建", "改建", "装修", "加固", "设备更新"),
        "not_capital": (
            "队伍建设", "制度建设", "能力建设", "文化建设", "体系建设", "品牌建设", "团队建设", "作风建设", "党的建设", "机关建设", "人才建设", "学科建设",
            "课程建设", "文明建设", "法治建设", "标准建设", "机制建设", "基层组织建设", "组织建设", "信用建设", "建设局", "建设委员会", "工程师", "工程系列",
            "建设工作经费", "建设活动", "维修基金", "住房和城乡建设", "违法建设", "违建",
        ),
        "no_works": (
            "租赁", "租金", "租用", "服务费", "前期费", "前期经费", "前期工作", "设计费", "勘察", "监理", "文献", "图书购置", "图书采购", "图书资料",
            "书刊", "期刊", "数据库资源", "教材", "耗材", "试剂", "奖补", "补助", "补贴", "贴息", "奖励", "编制费", "规划编制", "课题",
        ),
        "money_words": ("预算", "资金", "经费", "支出", "收入", "拨款", "投入"),
        "change_words": (
            "增加", "减少", "新增", "压减", "核减", "追加", "调增", "调减", "增幅", "降幅", "下降", "上升", "较上年", "比上年", "同比",
        ),
        "synonyms": ("驻苏=在苏", "贫困生=贫困学生", "志愿者=志愿", "维保=维护", "竞赛=比赛", "参赛=比赛", "咨政=决策咨询", "预决算=预算决算"),
    }
)  # fmt: skip
"""Word lists a bureau may replace, by name. `generic_words` stand in every name and link nothing, `light_words`
say little by themselves, `running_cost` marks projects that need no indicator of their own, `no_works` what is no work or purchase whatever else its
name says, `synonyms` are `word=meant`."""


@dataclass(frozen=True, slots=True)
class Waiver:
    """A finding a reviewer has let pass: agency, code, why, and the last day it holds (None: no end)."""

    agency: str
    code: str
    reason: str
    until: datetime.date | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """A reviewer's word that a project of an agency serves a key task; honoured in later years too."""

    agency: str
    project: str
    key_task: str


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of one run. `fiscal_year` is the batch's year, None to take the forms' majority.

    `source`: the file they come from, "" for the defaults. `forms`: the form profiles beside it, name of the file and text.
    """

    fiscal_year: int | None = None
    switched: Mapping[str, bool] = field(default_factory=dict)
    severities: Mapping[str, Severity] = field(default_factory=dict)
    trial: frozenset[str] = frozenset()
    thresholds: Mapping[str, float] = field(default_factory=dict)
    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    waivers: tuple[Waiver, ...] = ()
    links: tuple[Link, ...] = ()
    source: str = field(default="", compare=False)
    forms: tuple[tuple[str, str], ...] = ()

    def threshold(self, name: str) -> float:
        """Return a threshold by name; KeyError for one that does not exist."""
        return self.thresholds.get(name, THRESHOLDS[name])

    def word_list(self, name: str) -> tuple[str, ...]:
        """Return a word list by name; KeyError for one that does not exist."""
        return self.words.get(name, WORDS[name])
