"""数据字典 and 口径: every column's meaning, unit and source; the rules and settings a workbook was made with."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version

from checks.rule import INPUTS
from checks.settings import THRESHOLDS, Settings
from checks.telling.handbook import all_rules
from etl.citywide.drawing.book import GREY, Book, Column
from etl.citywide.drawing.table import add_sheet
from etl.citywide.figures.city import City

_DICTIONARY = (
    Column("工作表", 18), Column("列", 24), Column("含义", 84, "wrap"), Column("单位", 9, "code"), Column("来源", 26, "wrap"),
)  # fmt: skip
_RULES = (Column("项目", 26, "text"), Column("内容", 120, "wrap"))
OWN_SHEETS = ("总览", "数据字典", "口径")


def write_dictionary(book: Book) -> None:
    """Write 数据字典: a line a column of every sheet, from the declarations the sheets were drawn from."""
    table = add_sheet(
        book, "数据字典", "数据字典", "本工作簿各表各列的含义、计量单位和来源。", _DICTIONARY, GREY
    )
    for name, _, columns in book.sheets:
        if name in OWN_SHEETS:
            continue
        for column in columns:
            table.add(
                [
                    name,
                    column.heading,
                    column.meaning or column.heading,
                    column.unit,
                    column.source or "jixiao",
                ]
            )
    table.filter()


def write_terms(book: Book, city: City) -> None:
    """Write 口径: how figures were arrived at, what was counted, the rule set, and what was set otherwise."""
    table = add_sheet(book, "口径", "口径", "统计口径、规则版本和设置", _RULES, GREY)
    for name, text in (*_terms(city), *_rule_set(city.options.settings)):
        table.add([name, text], height=15.0 * max(1, -(-len(text) // 62)))


def _terms(city: City) -> Iterator[tuple[str, str]]:
    yield "金额", "单位为万元，程序内部按整数“分”计算；合计为实时公式，保存的结果精确到分。"
    yield (
        "报送数",
        "各单位报表中的金额照原样相加，存疑的也在内；只用于核对。",
    )
    yield (
        "无争议数",
        "报送数减去存疑的金额：有未改正的错误指向的金额（错误只有一个确定的更正时只是该格，否则是该错误涉及的各格），和金额单位存疑的报表的全部金额。图表、排名和比重用无争议数；比率只用分子分母都无争议的单位。",
    )
    yield (
        "疑似应为",
        "报送数中有唯一确定更正（疑为）的金额按更正后的数，金额单位存疑而规模只符合一种单位的报表按该单位折算，无从推定的不计入，其余照报送数。",
    )
    yield (
        "已报、未报",
        "按表内单位名称、名单中的简称和曾用名、代码、文件名、文件夹认定；收到文件而无法读取的是已报，没有收到任何文件的才是未报。",
    )
    yield "空白金额", "空白按0计入合计，并在问题清单中提示；读不出的金额写“未读出”，不计入合计。"
    yield "重复报送", "同一单位（按名称或名单中的曾用名、简称）多次报送的，以文件最后保存时间最新的为准。"
    yield (
        "汇总与本级",
        "名单口径为“汇总”的报表，只要本级或所属单位中有一个已报，就不再相加，以免重复；全都未报时以汇总表计入。没有名单时，名称带“汇总”而同一部门“本级”也已报的，不相加。",
    )
    yield "排除", "名单“排除”列不为空（且不是“否”）的，和按要求排除的，不计入汇总，在总览中列明。"
    yield (
        "清单范围",
        "项目清单、指标库、指标清单、数字来源只列计入汇总的报表；共性指标矩阵另列汇总表；问题清单列全部报表。",
    )
    yield "共性指标众数", "按归一后的比较符号、数值、单位比较，写法不同不算不同；并列时取先出现的。"
    yield "中位数和范围", "只比较指标名称（去空白、引号、全半角）相同、计量单位也相同的全年指标值。"
    given = [INPUTS["roster"]["zh"]] if city.roster is not None else []
    given += [INPUTS["last_year"]["zh"]] if city.last_year is not None else []
    yield "提供的依据", "、".join(given) or "只有报表"
    if city.options.runs:
        yield "合并", "由多个批次合并而成；单位之间的规则只在各批次内部执行过，问题为各批次所报。"


def _rule_set(settings: Settings) -> Iterator[tuple[str, str]]:
    rules = all_rules()
    text = "\n".join(
        f"{rule.code} {rule.severity} {sorted(rule.zh.items())} {sorted(rule.doc.items())}" for rule in rules
    )
    yield "程序", f"jixiao {_version()}"
    yield (
        "规则集",
        f"{len(rules)}条规则，指纹 {hashlib.blake2s(text.encode('utf-8'), digest_size=6).hexdigest()}",
    )
    yield "配置", settings.source or "默认"
    off = [rule.code for rule in rules if not settings.switched.get(rule.code, not rule.off)]
    yield "未启用的规则", "、".join(off) or "无"
    yield (
        "调整的级别",
        "、".join(f"{code}={value}" for code, value in sorted(settings.severities.items())) or "无",
    )
    yield "试行的规则", "、".join(sorted(settings.trial)) or "无"
    changed = [
        f"{name}={_plain(value)}（原{_plain(THRESHOLDS[name])}）"
        for name, value in sorted(settings.thresholds.items())
    ]
    yield "调整的阈值", "、".join(changed) or "无"
    yield "阈值", "、".join(f"{name}={_plain(settings.threshold(name))}" for name in THRESHOLDS)
    yield "替换的词表", "、".join(sorted(settings.words)) or "无"
    yield "豁免", "；".join(f"{w.agency} {w.code}：{w.reason}" for w in settings.waivers) or "无"
    yield "登记的对应关系", f"{len(settings.links)}条"


def _plain(number: float) -> str:
    """Return a number without an exponent."""
    return f"{number:,.10g}"


def _version() -> str:
    try:
        return version("jixiao")
    except PackageNotFoundError:
        return ""
