"""What an indicator's name says: its class, whether it is a bounded share, the units it takes, good or bad.

The class decides what half-year and full-year values have to do with each other (rules HF, IG04–IG07).
Word lists are data; a name that no list knows is a level, about which the rules say least.
"""

from __future__ import annotations

import re
from enum import StrEnum
from functools import lru_cache

from checks.declared.framework import Common
from checks.declared.text_key import text_key
from checks.targets.target import Kind, Target
from checks.targets.units import known_unit
from checks.targets.words import either, word_set


class IndicatorClass(StrEnum):
    """How an indicator runs over the year.

    `cumulative` counts up from January, `level` is a state at a date, `period_relative` compares with the
    plan of the period, `qualitative` is said in words.
    """

    CUMULATIVE = "cumulative"
    LEVEL = "level"
    PERIOD_RELATIVE = "period_relative"
    QUALITATIVE = "qualitative"


def _any(words: str, ending: str = "") -> re.Pattern[str]:
    return re.compile(f"(?:{either(words)}){ending}")


_YEAR_RATES = re.compile(
    r"(?:预算|任务|计划|项目|投资|目标|收入|采购|支出|资金)(?:总体|年度|工作)?(?:完成|执行|支出|使用)(?:进度)?率"
)
"""Shares of the year's plan: they grow over the year."""
_PERIOD = _any(
    "及时率 及时完成率 及时性 按时 按期 准时 如期 符合率 进度 时效 合格率 达标率 准确率 优良率 优秀率 通过率 办结率 响应率 回复率"
    " 处置率 处理率 整改率 到位率 发放率 结案率 回访率"
)
"""Shares of what has happened so far: the same value at mid-year is right."""
_RATES_OF = _any("单价 单位成本 标准 人均 户均 平均 均价 每人 每户 生均 亩均")
"""Amounts for one of something: they do not add up."""
_NEW = _any("新增 新建 累计 年内完成 当年完成")
"""Said of a state it is what the year adds to it: 新增绿化面积."""
_STANDING = _any(
    "在册 在校 在园 在岗 在编 在用 现有 存量 保有 拥有 网点 样本 点位 记账户 调查户 签约户 管护 运维 维护 运行 覆盖 纳入 监测点 站点 库存 储备 规模 总数 总量 容量"
    " 水平 指数 密度 浓度 排名 名次 得分 等级 时长 时间 天数 周期 时限 面积 人口 床位 参保 持有 注册用户 会员 使用年限 寿命"
)
"""States at a date, lengths of time, ranks."""
_COUNTED = _any(
    "人次 次数 批次 场次 数量 件数 新增 新建 改建 累计 完成数 完成量 参与人 参加人 培训 开展 举办 组织 办结 修建 改造 修复 维修 建设"
    " 发放 补助 资助 慰问 救助 收入 金额 产值 支出 投入 里程 种植 铺设 检查 检测 巡查 走访 印发 发布 编制 采购 购置 受理 审批 办理"
    " 接待 查处 招聘 招收 引进 培育 生产 销售 交易 处理量 处置量 拆除 抽检 宣传 演出 展览 借阅 服务人 就业人数 减排量"
)
_COUNTED_UNITS = word_set(
    "人次 次 个 批次 批 场 场次 件 份 篇 期 项 户次 家次 件次 班次 千元 万元 元 亿元 吨 株 棵 公里 处 条 门 课时 学时 起 例 亩 米 台 套"
    " 台(套) 宗 名 辆 册 部 本 张 只 头"
)
_WORDED = frozenset({Kind.WORD, Kind.SENTENCE, Kind.REFERENCE, Kind.UNKNOWN, Kind.DATE})

_BOUNDED = _any(
    "覆盖率 覆盖面 满意度 满意率 知晓率 知晓度 合格率 达标率 及时率 准确率 参与率 通过率 优良率 优秀率 普及率 入学率 就业率 签约率"
    " 办结率 结案率 巩固率 成活率 存活率 完好率 利用率 使用率 公开率 占比 比重 比例 发放率 回访率 处置率 处理率 收集率 建档率 整改率"
    " 响应率 回复率 落实率 按时完成率 按期完成率 及时完成率 建成率 绿化率 达产率 到位率 入库率 出勤率 安装率 签订率 受理率 化解率"
    " 接种率 检出率 治愈率 好评率 破案率 抽查率 参保率 录取率 升学率 毕业率 上线率 归集率 更新率 完整率 规范率 认可度 支持率 投诉率"
    " 差错率 事故率 发病率 死亡率 失业率 辍学率 空置率 闲置率 违约率 逾期率"
)
_UNBOUNDED = _any(
    "增长率 变动率 变化率 增速 增幅 降幅 降低率 下降率 提高率 提升率 收益率 投入产出 执行率 超额 回报率 毛入学率 床位使用率 周转率"
)
_COMPLETION, _ON_TIME = re.compile("完成率"), _any("按时 按期 及时 如期")
_SIGNED = _any("增长 变动 变化 增速 增幅 降幅 盈亏 利润 净 差额 同比 环比 涨幅 气温 平衡")

NEGATIVE = _any(
    "投诉 事故 差错 超支 变动率 结转 结余 发病 死亡 犯罪 违规 违纪 违法 污染 浪费 损失 延误 逾期 拖欠 失误 闲置 空置 流失 信访 舆情"
    " 伤亡 缺陷 成本 失业率 辍学率 故障率 误差率 漏报 瞒报 返贫 上访 贫困发生率 感染率 违约 退货率 重复率 纠纷 排放 能耗"
)
HANDLED = _any(
    "查处 整改 化解 处理 处置 办结 办理 解决 排查 治理 防治 纠正 消除 打击 监测 降低 减少 下降 控制 回收 利用 盘活 受理 核查 检查 救助"
    " 响应 回复 答复 追回 挽回 调解 防范 预防 知晓 满意 节约 回访 督办 接听 接通 修复 破案 抓获 清理 清偿 清退 收回 上缴 减排 达标"
    " 核算 培训 宣传 演练 帮扶 赔付 补偿 监管 执法 结案 下访 接待 接收 转运 收集 收运 清运 收储 拦截 削减 预警 预报 监控 抽检 检验 检测 巡查"
    " 上报率 上报及时 报告率 报告及时 报送及时 登记率 识别 劝阻 止损 返还 清零 普查 筛查 干预 稽查 追踪 溯源 封存 下架 召回 销毁"
)
"""A negative noun under one of these verbs is a good thing to have more of: 查处事故隐患数."""
POSITIVE = _any(
    "满意 覆盖率 完成率 合格率 达标率 知晓率 及时率 准确率 利用率 参与率 通过率 优良率 成活率 就业率 办结率 普及率 完好率 整改率"
    " 到位率 巩固率 好评率 建档率 公开率 落实率"
)
TIMELY = re.compile(
    r"及时|按时|按期|时效|时限|进度|工期|准时|如期|到货|交付|周期|天数|时长|工作日|开工|竣工|完成(?:率|时间)|用时|耗时|[0-9](?:分钟|小时|天|日|个?工作日)"
    r"|(?:响应|修复|处置|处理|等候|等待|办理|办结|审批|到场|到达|反馈|送达|回复|首演|启用|上线|完工|投用|出具)时间"
)
"""Names of what is measured in time: 按期完成率, 故障修复时间, 接警5分钟到场率."""
COSTLY = re.compile(
    r"成本|金额|经费|支出(?!进度|率)|单价|均价|价格|限价|造价|费用|控制[数率]|[超概预结决]算(?!执行|编制|公开|绩效|审核|评审)|审减|节约|节支|节资|总额|投资(?:额|控制)|补[助贴]标准|收费标准"
    r"|[户人亩场台件次生床里方]均[^、，率]{0,4}(?:投资|补[贴助]|支出|费|投入)|每[^、，]{1,4}(?:补[贴助]|支出|投资|费)|单位?[^、，率]{1,6}(?:支出|费|投资)"
)
"""Names of what is measured in money for one of something or against a limit: 户均投资, 结算审减率, 设备采购价格."""
VAGUE = _any("提升 提高 改善 显著 明显 持续 长期 有所 增强 促进 优化 稳步 巩固 较好 良好")

_BRACKETS = re.compile(r"[（(](?:单位[:：])?(?P<unit>[^（）()0-9]{1,8})[）)]$")
_IN_BRACKETS = re.compile(r"[（(][^（）()]{0,20}[）)]$")
FAMILIES: dict[str, tuple[re.Pattern[str], re.Pattern[str]]] = {
    "分": (re.compile(r"满意度$|(?:完成|知晓|认可|参与|公开|饱和|贡献)度$"), re.compile(r"%|‰|百分点|分")),
    "%": (re.compile(r"(?<![频功效速汇转倍斜曲])率$|(?:比例|占比|比重)$"), re.compile(r"%|‰|百分点")),
    "人": (
        _any("人数 人次 人员数 学生数 教师数 职工数 志愿者数 儿童数 老人数 干部数", "$"),
        re.compile(r"人|名|位|户"),
    ),
    "元": (_any("金额 成本 费用 经费 补助标准 单价 收入 产值 投资额 资金 税额", "$"), re.compile(r"元|%|￥")),
    "天": (_any("天数 工作日 时限", "$"), re.compile(r"天|日|月|小时|时|周|年|分钟")),
}
"""Names whose ending asks for a family of units, and the units that belong to it; 满意度 may be in points."""


@lru_cache(maxsize=65536)
def classify(name: str, target: Target, common: Common | None = None) -> IndicatorClass:
    """Return the class of an indicator from its place in the framework, its value and its name."""
    if common is not None:
        return _CLASS_OF_MEANING[common.meaning]
    if target.kind in _WORDED:
        return IndicatorClass.QUALITATIVE
    key = text_key(name)
    if _YEAR_RATES.search(key) and not _PERIOD.search(key):
        return IndicatorClass.CUMULATIVE
    if target.unit == "%" or _BOUNDED.search(key):
        return IndicatorClass.PERIOD_RELATIVE if _PERIOD.search(key) else IndicatorClass.LEVEL
    return _class_of_amount(key, target)


def _class_of_amount(key: str, target: Target) -> IndicatorClass:
    """Return the class of what is no share: money and counts add up, amounts per head and states do not."""
    if target.word.startswith("每"):
        return IndicatorClass.PERIOD_RELATIVE
    if "/" in target.unit or "每" in target.unit or _RATES_OF.search(key):
        return IndicatorClass.LEVEL
    counts = _COUNTED.search(key) is not None or target.unit in _COUNTED_UNITS
    stands = _STANDING.search(key) is not None and not _NEW.search(key)
    return IndicatorClass.CUMULATIVE if counts and not stands else IndicatorClass.LEVEL


_CLASS_OF_MEANING = {
    "cumulative": IndicatorClass.CUMULATIVE,
    "level": IndicatorClass.LEVEL,
    "period_relative": IndicatorClass.PERIOD_RELATIVE,
    "qualitative": IndicatorClass.QUALITATIVE,
    "year_end": IndicatorClass.LEVEL,
}


@lru_cache(maxsize=65536)
def is_bounded_share(name: str) -> bool:
    """Return whether an indicator is a share that cannot leave 0–100 %: 覆盖率, but not 完成率 or 增长率."""
    return not may_exceed_whole(name) and bool(_BOUNDED.search(text_key(name)))


@lru_cache(maxsize=65536)
def may_exceed_whole(name: str) -> bool:
    """Return whether a rate may rightly be above 100 %: 增长率, 任务完成率, but not 按时完成率."""
    key = text_key(name)
    return bool(_UNBOUNDED.search(key) or (_COMPLETION.search(key) and not _ON_TIME.search(key)))


@lru_cache(maxsize=65536)
def is_signed(name: str) -> bool:
    """Return whether an indicator can be negative, so that ≥0 asks for something: 收入增长率."""
    return bool(_SIGNED.search(text_key(name)))


_MONEY = _any(
    "金额 成本 费用 经费 单价 收入 产值 投资 资金 税额 支出 造价 总价 预算 租金 补贴 补助 奖金 价格"
)
_NO_MONEY = _any("率 度 数 人次 次数 数量 面积 人员 户 家 个 项 时间", "$")


@lru_cache(maxsize=65536)
def is_money(name: str) -> bool:
    """Return whether an indicator is an amount of money, so that 48万 says 48万元."""
    key = text_key(_IN_BRACKETS.sub("", name.strip()))
    return _MONEY.search(key) is not None and _NO_MONEY.search(key) is None


def may_be_money(unit: str) -> bool:
    """Return whether a unit leaves open what is counted in ten thousands: none, or one per year."""
    return not unit or (unit.startswith("/") and not unit.startswith(("/1", "/万", "/千", "/百")))


@lru_cache(maxsize=65536)
def unit_in_name(name: str) -> str:
    """Return the unit a name carries in brackets at its end: 城镇新增就业人数（人） gives 人; "" if none."""
    match = _BRACKETS.search(name.strip())
    unit = match["unit"].strip() if match else ""
    return unit if known_unit(unit) or known_unit(unit.lstrip("万亿")) else ""


@lru_cache(maxsize=65536)
def unit_family(name: str) -> str:
    """Return the family of units (分, %, 人, 元, 天) the name's ending asks for, "" if it asks for none."""
    key = text_key(_IN_BRACKETS.sub("", name.strip()))
    return next((family for family, (ending, _) in FAMILIES.items() if ending.search(key)), "")


@lru_cache(maxsize=65536)
def unit_fits(unit: str, family: str) -> bool:
    """Return whether a unit belongs to a family of `FAMILIES`."""
    return bool(FAMILIES[family][1].search(unit))
