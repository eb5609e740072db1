"""The units of indicator values: those that are known, and which of them are one and the same.

The list is an open end: a unit that is not here is kept as typed and asked about by a rule, never refused.
"""

from __future__ import annotations

import re
from functools import lru_cache

from checks.targets.words import CJK, word_set

UNITS = word_set(
    # counts
    "% ‰ ‱ 人次 人 户 个 门 批次 次 期 份 篇 家 台 套 项 件 条 场 株 棵 处 座 所 名 位 人/次 辆 部 册 本 张 幅 块 宗 起 例 倍 级 类 种"
    " 点 页 字 千字 盏 根 间 床 批 支 只 头 艘 架 组 队 支队 站 片 篇次 期次 课 届 班 轮 户次 家次 场次 处次 件次 班次 车次 台次 辆次"
    " 亩次 项次 份次 例次 台套 台件 台件套 件套 标段 个标段 标准件 星级 颗 羽 尾 扇 眼 孔 面 枚 粒 箱 包 瓶 桶 列 节 课次 讲 集 版 笔 站次"
    " 名次 位次 岁 周岁 单位 袋 针次 册次 栋 幢 层 单元 室 厅 馆 村 镇 乡 县 市 国 代 堂 节课 题 套题 版次 集次 幕 曲 首 词条 帧 刊 函"
    " 盒 封 通 桩 案 案次 趟 顿 餐 剂 管 匹 卷 捆 单 单次 人头 户数 泊位 车位 学位 床位 工位 岗位 铺位 摊位 座位 席 席位 站位 厂 校 园 企"
    " 航次 架次 航班 班列 标箱 标准箱 杆 丛 穴 盆 窝 巢 栏 头只 副 艇 员 人员 卡 码 出 叶 具 函套 轴 尊 通次 架 柜 枝 茬 垄 网箱 等 档 级次 届次 门次 段 站点 点位 网点 机位 工班 队次 艘次 列次 回 遍 口 井 口井 通话 人班 轮次 批件 条次 万像素 像素"
    # money
    " 元 千元 百元 百万元 千万元 万元 亿元 美元 万美元 亿美元 欧元 元/亩 元每人每月"
    # people and time
    " 人天 人日 人月 人年 人时 工日 工时 台班 台时 台日 床日 课时 学时 学分 年 天 分 秒 小时 个小时 分钟 日 个月 月龄 周 个季度 工作日"
    " 个工作日 自然日 个自然日 日历天 个日历天 学期 个学期 学年 毫秒 微秒 h min ms s d"
    # length, area, volume, mass
    " 米 厘米 毫米 微米 纳米 海里 公里 千米 里 华里 延米 延长米 皮长公里 芯公里 车道公里 单程公里 沟公里 吨公里 人公里 车公里 英寸 km m cm"
    " mm μm nm 亩 公顷 平方米 平米 平方千米 平方公里 平方厘米 顷 m2 m² km² km2 ㎡ 立方米 立方 方 土方 升 毫升 加仑 L mL ml m3 m³ ㎥"
    " 吨 公斤 千克 斤 克 毫克 微克 kg g mg μg ug t 担 标准煤 吨标准煤 千克标准煤 tce kgce 吨二氧化碳 吨二氧化碳当量 tCO2"
    # energy, electricity, data, quality of water, air and light
    " 千瓦时 度 度电 千瓦 兆瓦 瓦 kW kWh MW MWh GW GWh V kV W kVA MVA 千伏 千伏安 兆伏安 安培 A时 GJ MJ kJ 吉焦 兆焦 大卡 蒸吨 Pa kPa MPa"
    " 帕 兆帕 MB GB TB PB EB KB Kbps Mbps Gbps Tbps bps 兆 G M GB/s MB/s 核 vCPU TPS QPS IOPS Hz kHz MHz GHz 赫兹 TFLOPS PFLOPS"
    " dB dB(A) 分贝 ℃ 摄氏度 ppm ppb NTU lx lux lm cd 勒克斯 流明 mg/L ug/L μg/L μg/m³ ug/m3 μg/m3 mg/m³ mg/m3 mg/kg 微克/立方米 毫克/立方米"
    " CFU mSv μSv/h Bq/L rpm r/min 转/分 pcu 基点 BP bp 节/小时"
    # trades
    " 百分点 个百分点 治疗量 治疗单位 剂次 人份 例/10万 笔次 标方 标准立方米 工作站 机组 床/千人 节点 接口 坐席"
    # with an alternative
    " 台(套) 人(次) 场(次) 个(处) 处(个) 户(人) 台(件) 件(套) 个(套) 部(套) 次(场) 家(次) 批(次) 套(台) 个(家) 家(个) 项(个) 个(项) 幅(块)"
    " 期(次) 次(期) 人(户) 名(人) 人(名) 篇(次) 条(次) 份(册) 册(份) 间(套) 套(件) 辆(台) 台(辆) 座(处) 处(座) 株(棵) 棵(株) 批次(次)"
    # per something, the number of what is left out
    " /10万 /10万人 /万 /万人 /千人 /百万 /年 /月 /天 /日 /人 /次"
)
"""Units that are known; another one is kept as typed and IG03 asks about it."""

TIME_UNITS = word_set(
    "天 日 个月 年 周 小时 个小时 分钟 分 秒 工作日 个工作日 自然日 个自然日 日历天 个日历天 个季度 学期 个学期 h min"
)
"""Units that 内 may follow to say “at most”."""

SPELT_UNITS: dict[str, str] = {
    "个小时": "小时", "个钟头": "小时", "钟头": "小时", "百分比": "%", "(%)": "%", "％": "%", "℅": "%", "￥": "元", "¥": "元", "RMB": "元",
}  # fmt: skip
"""Spellings of a unit that a value is read with in its usual form."""

_SAME = {
    spelling: unit
    for unit, spellings in {
        "台": "台套 台件 台件套", "件": "件套", "场": "场次", "批": "批次", "期": "期次", "人": "名 位",
        "天": "日 自然日 个自然日 日历天 个日历天 d", "工作日": "个工作日", "季度": "个季度", "月": "个月", "学期": "个学期", "小时": "h 个小时",
        "分钟": "min 分钟", "秒": "s", "毫秒": "ms", "百分点": "个百分点", "标段": "个标段", "平方米": "㎡ m² m2 平米", "平方公里": "km² km2 平方千米",
        "公里": "km 千米", "米": "m", "厘米": "cm", "毫米": "mm", "微米": "μm", "千克": "公斤 kg", "克": "g", "毫克": "mg", "微克": "μg ug",
        "吨": "t", "升": "L", "毫升": "mL ml", "立方米": "㎥ m³ m3 立方", "千瓦时": "kWh 度电", "千瓦": "kW", "兆瓦": "MW", "瓦": "W",
        "千伏": "kV", "千伏安": "kVA", "兆伏安": "MVA", "兆帕": "MPa", "分贝": "dB dB(A)", "℃": "摄氏度", "勒克斯": "lx lux", "流明": "lm",
        "赫兹": "Hz", "吉焦": "GJ", "兆焦": "MJ", "吨标准煤": "tce", "千克标准煤": "kgce", "吨二氧化碳": "tCO2", "基点": "BP bp",
        "标箱": "标准箱", "节课": "课",
    }.items()
    for spelling in spellings.split()
}  # fmt: skip
"""Spellings by the unit they are the same as; targets in them can be compared as they are."""

_PER = rf"(?:[a-zμ]{{1,4}}[²³23]?|㎡|m²|m³|L|GB|MB|TB|kWh|{CJK}{{1,4}}|1?0?万{CJK}?|10万{CJK}?)"
_RATE = re.compile(
    rf"(?P<base>[A-Za-zμ℃]{{1,5}}[²³]?|(?:(?!每){CJK}){{1,4}}|[%‰])(?:[/每]{_PER}(?:[.·]{CJK}{{1,2}})?){{1,3}}"
)
_A = re.compile(r"(?P<base>.*?)[/每]?一个?(?P<per>年|学年|学期|季度|月|周|天|日|人|次|场|户|亩|件|班)")
_BRACKETS = re.compile(r"([^()]{1,4})\(([^()]{1,4})\)")
_DIVIDED = re.compile(r"[/每·.]")


@lru_cache(maxsize=4096)
def known_unit(text: str) -> bool:
    """Return whether a text is a unit: one of `UNITS`, or one of them per something (元/亩, 元每人每月)."""
    rate = None if text in UNITS else _RATE.fullmatch(text)
    return text in UNITS or (rate is not None and rate["base"] in UNITS)


@lru_cache(maxsize=4096)
def plain_unit(text: str) -> str:
    """Return a unit in its usual spelling: 个小时 as 小时, 万元一年 as 万元/年."""
    if text in SPELT_UNITS:
        return SPELT_UNITS[text]
    of_one = _A.fullmatch(text)
    if of_one and (not of_one["base"] or known_unit(of_one["base"])):
        return f"{of_one['base']}/{of_one['per']}"
    return text


@lru_cache(maxsize=4096)
def unit_key(unit: str) -> str:
    """Return the unit that a comparison goes by: 台, 台套 and 台(套) are one, as are ㎡ and 平方米, 元每人每月 and 元/人/月.

    Units of another size stay apart: 万元 is not 元.
    """
    return "/".join(_key_of_part(part) for part in _DIVIDED.split(unit))


def _key_of_part(part: str) -> str:
    brackets = _BRACKETS.fullmatch(part)
    if brackets and part not in _SAME:
        part = brackets[1] + (brackets[2] if brackets[2] == "次" and not brackets[1].endswith("次") else "")
    return _SAME.get(part, part)
