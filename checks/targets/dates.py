"""Reads a value that is a point in time, a period or several of them: 12月底前, 2022年1-12月, 11月份完成验收, 4月、10月."""

from __future__ import annotations

import re

from checks.targets.words import CJK, either

_MONTH = r"(?:1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九])"
_DAY = r"(?:3[01]|[12][0-9]|0?[1-9]|三十一?|[一二]?十[一二三四五六七八九]?|[一二三四五六七八九])"
_YEAR = r"20[0-9]{2}"
_QUARTER = r"第?[一二三四1-4]季度?"
_HALF = r"[上下]半年"
_TO = r"(?:-|~|—|–|至|到){1,2}"
_CLOCK = r"(?: ?0?0:00(?::00(?:\.0+)?)?)?"
_MARK = r"(?:之前|以前|前|之内|以内|内|之后|起|开始)"
_PART = r"(?:月底|月末|底|末|初|份|中旬|上旬|下旬|中)"
_POINT = (
    rf"(?:{_YEAR}年度?(?:{_MONTH}月份?(?:{_DAY}[日号])?|{_HALF}|{_QUARTER})?"
    rf"|{_YEAR}[-./]{_MONTH}[-./]{_DAY}{_CLOCK}|{_YEAR}[-/]{_MONTH}|{_YEAR}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])(?![0-9])"
    rf"|(?:[每当本次今]年度?|全年|{_YEAR}年度?)?(?:{_MONTH}月份?(?:{_DAY}[日号])?|{_QUARTER}|{_HALF})"
    rf"|每?(?:季度?末月|[每当次本]月|每季度?){_DAY}[日号]"
    rf"|{_DAY}[日号](?=之?以?前)|[当本今]年度?(?=底|末|中|内|之内|以内|之?以?前|完成|建成)|年度?(?=[底末中内])|[本当每次]?月(?=[底末])|每?季度?(?=[末底]))"
)
_VERB = either(
    "完成 实施 验收 竣工 完工 交付 发放 支付 拨付 投入 启动 开工 举办 召开 开展 上线 到位 结束 办结 提交 报送 出具 印发 公布 公开 建成 通车 开通"
    " 启用 结题 组织 安装 采购 执行 落实 结算 决算 审计 移交 供货 到货 使用 开学 封顶 交工 运行 投用 兑现 下达 汇总 上报 编制 出台 归档 付款 付清 缴纳"
)
_HOW = either(
    "能 可 将 应 须 要 需 争取 力争 确保 全部 全面 基本 按时 如期 顺利 按期 及时 正式 陆续 分批 保证"
)
_BEFORE = either(
    "不晚于 不迟于 最迟 最晚 截至 截止 截止到 截止至 于 在 计划 预计 确保 力争 须 应 自 从 拟 定于 时间 时间为 完成时间 计划于 预计于 完成于"
)
_DATE = re.compile(
    rf"(?:{_BEFORE}){{0,2}}[:：]?(?:"
    rf"{_YEAR}年?{_TO}{_YEAR}年度?|(?:{_YEAR}年|[每当本]年)?{_MONTH}{_TO}{_MONTH}月份?|{_YEAR}\.(?:0[1-9]|1[0-2]){_TO}(?:{_YEAR}\.)?(?:0[1-9]|1[0-2])"
    rf"|{_POINT}{_PART}?{_MARK}?(?:{_TO}(?:{_POINT}|{_DAY}[日号]|[一二三四1-4]季度){_PART}?)?(?:(?:[、,，/]|和|及){_POINT}{_PART}?){{0,11}})"
    rf"(?P<mark>{_MARK})?(?P<tail>(?:{_HOW}){{0,3}}(?:{_VERB}){CJK}{{0,12}}(?<![率数量度额性值次例]))?"
)
_IN_A_YEAR = re.compile(rf"{_MONTH}月|季|半年|[底末前内中]|[-./]")


def is_date(text: str) -> bool:
    """Return whether a text is a date, with or without what is done by it; a year alone begins names too."""
    said = _DATE.fullmatch(text)
    if said is None:
        return False
    tail = said["tail"]
    if not tail or tail in ("完成", "实施"):
        return True
    when = text[: said.start("tail")]
    return when[:2] != "20" or _IN_A_YEAR.search(when) is not None
