"""The words of indicator values: operators in every glyph and word, qualitative words, marks, units.

Collected from published forms. The lists are open ends: a word or unit that is not here is kept as typed
and asked about by a rule, never refused.
"""

from __future__ import annotations

import re


def word_set(text: str) -> frozenset[str]:
    """Return the words of a text that blanks divide."""
    return frozenset(text.split())


def either(words: str) -> str:
    """Return a pattern for any of the words of a text, longer ones first."""
    return "|".join(map(re.escape, sorted(words.split(), key=len, reverse=True)))


GLYPHS: dict[str, str] = {
    glyph: operator
    for operator, glyphs in {
        "≥": "≥ ≧ ⩾ ≮ ⪖ >= => ≥= =≥ ≥≥ 》 》= =》 》》 &ge; &gt;= \uf0b3",
        "≤": "≤ ≦ ⩽ ≯ ⪕ <= =< ≤= =≤ ≤≤ 《 《= =《 《《 &le; &lt;= \uf0a3",
        "=": "= == ﹦",
        ">": "> ﹥ 〉 &gt;",
        "<": "< ﹤ 〈 &lt;",
    }.items()
    for glyph in glyphs.split()
}
"""Operator signs. 》 and 《 are typed where the input method offers them before ≥ and ≤; the two private
characters are ≥ and ≤ of the Symbol font as they come out of Word."""

WORDS: dict[str, str] = {
    word: operator
    for operator, words in {
        "≥": "大于等于 大于或等于 不低于 不少于 不小于 不得低于 不得少于 不得小于 不能低于 至少 最低 最少",
        "≤": "小于等于 小于或等于 不超过 不高于 不多于 不大于 不得超过 不得高于 不得大于 不能超过 至多 最多 最高 不超",
        "=": "等于",
        ">": "大于 超过 高于 多于",
        "<": "小于 低于 少于 不足",
    }.items()
    for word in words.split()
}
"""Operators in words, before the number."""

WEAK: dict[str, str] = {
    "达到": "≥", "达": "≥", "控制在": "≤", "保持在": "", "维持在": "", "稳定在": "", "确保": "", "保证": "", "力争": "",
}  # fmt: skip
"""Words before the number that give way to one after it: 控制在90%以上 is ≥90%."""

SUFFIXES: dict[str, str] = {
    "及其以上": "≥", "及以上": "≥", "或以上": "≥", "以上": "≥", "+": "≥",
    "及其以下": "≤", "及以下": "≤", "或以下": "≤", "以下": "≤", "以内": "≤", "之内": "≤",
}  # fmt: skip
"""Operators in words, after the unit; 内 alone counts only after a unit of time (天内)."""

ABOUT_BEFORE = "大约 大概 约 近 将近 接近"
ABOUT_AFTER = "左右 上下"

FOLDED: dict[int, str] = (
    {0xFEE0 + code: chr(code) for code in range(0x21, 0x7F) if chr(code) not in ",;:!?"}
    | {ord(dash): "-" for dash in "−‐‑‒⁃﹣"}
    | {ord(wave): "~" for wave in "〜∼˜"}
    | {ord("﹪"): "%", ord("﹢"): "+"}
)
"""Full-width and small forms by their plain ones; Chinese punctuation stays."""

INVISIBLE: dict[int, str] = dict.fromkeys(
    [*range(0x09), *range(0x0E, 0x1C), *range(0x7F, 0x85), *range(0x86, 0xA0), 0xAD, *range(0x200B, 0x2010),
     *range(0x202A, 0x202F), *range(0x2060, 0x2070), 0xFEFF, *range(0xFE00, 0xFE10)], ""
)  # fmt: skip
"""Controls, zero-width and direction marks, by what they are in a value: nothing."""

NOT_APPLICABLE = re.compile(
    r"[-—–─_]{1,8}|[.…。·]{1,12}|[/\\]{1,4}|\*{1,4}|无|暂无|不适用|不涉及|无此项|未涉及|n/?a|none",
    re.IGNORECASE,
)
CHECK_BOX = re.compile(r"[□■▢▣☐☑☒√✓✔×✗✘]")

STOCK = word_set(
    "健全 较健全 明确 较明确 合理 较合理 规范 较规范 科学 较科学 合规 公开 已公开 及时公开 完善 较完善 有效 较有效"
    " 及时 可控 相关 好 良好 较好 优 优秀 优良 高 较高 中 低 差 较低 是 有 达标 合格 不合格 满意 较满意 基本满意 一般"
    " 完成 全部完成 已完成 准确 安全 稳定 正常 平稳 通过 充分 完备 齐全 完整 真实 公平 公正 公开透明 匹配 适当 符合 合法"
    " 显著 明显 较明显 效果明显 成效明显 成效显著 效果显著 作用明显 影响较大 保持稳定 保持平稳 持续改善 巩固提高"
    " 稳步提高 显著提升 较大 较小 提高 提升 降低 减少 下降 增加 增长 改善 增强 优化 促进 保障 加强 巩固 长期 中长期 持续"
    " 可持续 持续有效 零 全覆盖 应保尽保 应助尽助 应补尽补 应收尽收 应享尽享 节约 不突破 无超支 畅通 有序 严格 到位 落实"
    " 得到保障 有保障 达到预期 达到预期目标 达到预期效果 每年 每季度 每月 每周 每日 每天 常年 全年 定期 实时 随时 随到随办"
    " 稳中有升 影响深远 深远 同比下降 同比增长 同比提高 全部 全部覆盖 位居前列 名列前茅 未完成 否 持续健康发展"
)
"""Words that are a value by themselves, as published forms have them."""

_DEGREE = (
    "不断 持续 稳步 显著 明显 逐步 有效 进一步 大幅 大幅度 较大 较为 比较 非常 很 十分 基本 全面 得到 有所 逐年 切实 稳定 巩固"
    " 保持 长期 充分 更加 较 日益 总体 普遍 明显得到 均 全部 良好"
)
_CHANGE = (
    "提升 提高 改善 增强 降低 减少 完善 健全 保障 优化 稳定 满意 增加 增长 下降 推进 加强 规范 发展 良好 向好 平稳 运行"
    " 巩固 明显 显著 改进 促进 有效 合理 科学 及时 准确 安全 畅通 完整 好 高 低 快 大 落实 到位 达标 合格 通过 完成 公开"
)
_OF_WHAT = "效果 成效 作用 影响 质量 运行 秩序 状况 状态"
_HOW = "较 较为 比较 非常 很 十分 持续 总体 长期"
_SO = "良好 好 明显 显著 平稳 稳定 正常 有序 优良 优 高 大 深远 安全 提升 改善"
_NONE_OF = "无 零 未发生 不发生 未出现 不出现 杜绝 没有"
_BAD = (
    "事故 投诉 差错 纠纷 违规 违纪 违法 超支 拖欠 隐患 问题 事件 案件 上访 信访 舆情 损失 浪费 截留 挪用 挤占 延误 污染 异议"
    " 遗漏 失误 伤亡 疫情 火灾 现象 情况 行为 影响 偏差"
)
_ON_TIME = "按时 按期 及时 准时 如期 限时 提前 足额 及时足额 按时足额 按质 按质按量 保质保量"
_NO_NAME = "(?<![率度数量额性值例次])"
QUALITATIVE = re.compile(
    rf"(?:{either(_DEGREE)}){{1,2}}(?:{either(_CHANGE)}){{1,2}}|(?:{either(_CHANGE)}){{1,2}}(?:{either(_DEGREE)})?"
    rf"|(?:{either(_OF_WHAT)})(?:{either(_HOW)})?(?:{either(_SO)})"
    rf"|(?:{either(_NONE_OF)})[\u4e00-\u9fff]{{0,6}}(?:{either(_BAD)})(?:发生)?"
    rf"|(?:{either(_ON_TIME)})[\u4e00-\u9fff]{{0,4}}{_NO_NAME}|[\u4e00-\u9fff]{{2,4}}满意"
)
"""Qualitative results in two words: 显著提升, 质量良好, 无重大事故, 按时足额发放."""
GRADE = re.compile(
    r"(?:[A-E]{1,3}|[1-5]A|[ⅠⅡⅢⅣⅤ]|I{1,3}|IV|V|[一二三四五甲乙丙丁]|国家|省|市|区|县|优秀|优|良好|良|合格|中|差)"
    r"(?:级|类|等|等级|等次|等奖|类水|类水质|级标准)|[A-E1-5]A{1,4}"
    r"|(?:全[国省市区县])?[前第](?:[0-9]{1,3}|[一二三四五六七八九十]{1,3})(?:名|位|强)?"
)
"""Grades and ranks: 一级, A级, Ⅲ类, 优秀等次, 全省前三; a digit before 级 is a number."""

CHANGES = re.compile(r"增长|增加|提高|提升|上升|下降|降低|减少|压减|缩短|增幅|降幅")

REFERENCE = re.compile(
    r"(?:详?见|同[上左前]|根据|按照|按(?![时期质])|参照|依据|依照|遵照|遵循|对照|以实际|以上级|视|不超预算|不突破预算|与计划)"
    r"|.{0,40}?(?:上年|上一年|去年|往年|前一年|同期|20[0-9]{2}年(?:度|末|底)?(?:的|水平|基数|实绩|数))"
    r"|(?:不?低于|不?高于|不?少于|不?超过|达到|符合|满足|执行|遵守|优于|≥|≤|=|>|<).{0,30}?(?:规定|要求|标准|规范|水平|条件|需求|需要|计划|预算|平均)"
    r"|(?:在|于).{0,30}?(?:时间|期限|范围|额度|指标)内"
    r"|以.{1,20}?为准"
)
"""Values that lean on something else: 根据…确定, 不低于上年, 符合相关规定."""
ACTION = re.compile(
    r"建立|完善|开展|加强|推进|推动|完成|提供|制定|落实|组织|做好|实施|健全|保障|确保|促进|提升|提高|形成|构建|实现|强化|深化"
)
"""Verbs a sentence about the work begins with."""

TIMES = {"百": 2, "千": 3, "万": 4, "亿": 8}
NOT_TIMES = r"百分|千[瓦克米伏帕卡兆字赫]|[百千万亿]元"
"""Where 百, 千, 万 and 亿 belong to the unit: 万元, 千瓦."""

UNITS = word_set(
    "% ‰ 人次 人 户 个 门 批次 次 期 份 篇 米 亩 元 千元 百元 万元 亿元 课时 年 天 家 台 套 项 件 条 场 公顷 平方米 平方千米"
    " 平方公里 公里 千米 厘米 毫米 海里 吨 株 棵 处 座 所 名 位 人/次 辆 部 册 本 张 幅 块 宗 起 例 分 秒 小时 分钟 日 个月"
    " 周 个季度 工作日 个工作日 自然日 个自然日 倍 度 级 类 种 千瓦时 千瓦 兆瓦 立方米 升 毫升 公斤 千克 克 毫克 标准煤"
    " 吨标准煤 点 页 字 盏 根 间 床 批 支 只 头 艘 架 组 队 支队 站 片 篇次 期次 课 学时 学分 百分点 个百分点 届 班 轮"
    " 户次 家次 场次 处次 件次 班次 车次 台次 辆次 亩次 项次 份次 例次 人天 人日 人月 人年 台套 台件 套件 标段"
    " 个标段 标准件 星级 颗 羽 尾 扇 眼 孔 面 枚 粒 箱 包 瓶 桶 列 节 课次 讲 集 版 笔 站次 吨公里 人公里 名次 位次 岁"
    " 单位 治疗量 治疗单位 袋 剂次 人份 份次 针次 册次"
    " km m cm mm kg g t L ml mL m2 m3 m² m³ km² ㎡ ㎥ mg/L μg/m³ ug/m3 μg/m3 kW kWh MW MB GB TB Mbps dB ℃ V W"
    " 台(套) 人(次) 场(次) 个(处) 处(个) 户(人) 台(件) 件(套) 个(套) 部(套) 次(场) 家(次) 批(次) 元/亩 元每人每月 户/人.月"
)
"""Units that are known; another one is kept as typed and IG03 asks about it."""
TIME_UNITS = word_set("天 日 个月 年 周 小时 分钟 秒 工作日 个工作日 自然日 个自然日 个季度")
