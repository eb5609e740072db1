"""问题清单, 问题统计 and 规则执行情况: what was found, where it piles up, and what could not be checked."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

from checks.finding import SEVERITY_NAMES
from checks.rule import Rule
from checks.settings import THRESHOLDS, Settings
from checks.telling.handbook import all_rules
from checks.telling.rule_names import name_of
from etl.cell.grid import address_text
from etl.citywide.drawing.book import GREY, MOST_LINKS, RED, Book, Column, Value
from etl.citywide.drawing.table import FINDINGS, LONG_LIST, add_sheet
from etl.citywide.figures.city import City
from etl.citywide.figures.handed import Received
from etl.frames.order import in_order
from etl.marked.lines import STATE_NAMES

_LISTED = (
    Column("主管部门", 16, "text", "单位在名单中的主管部门", "", "名单"), Column("单位", 28, "text", "单位名称；不知是哪个单位的文件和整批的问题为空"),
    Column("级别", 7, "severity", "错误退回修改；警告请核对；提示供参考"),
    Column("代码", 8, "code", "规则代码，首两位为类别"), Column("规则", 18, "text", "规则名称"),
    Column("工作表", 14, "text", "报送文件中的工作表"),
    Column("单元格", 9, "code", "应改的单元格，链接到退回文件"),
    Column("问题", 64, "wrap", "规则说明的问题"), Column("填报内容", 20, "wrap", "单元格内容或计算出的数"),
    Column("应为", 16, "wrap", "应有的内容"), Column("可能原因", 34, "wrap", "程序推测，供参考"),
    Column("轮次", 8, "code", "与上一轮相比：未改、新增、已说明；首轮为空"), Column("文件", 34, "text", "报送文件"),
)  # fmt: skip


def _whose(city: City, lines: Sequence[Received]) -> dict[str, tuple[str, str]]:
    """Return department and agency by the id of a form and by the path of a file, as findings name them."""
    found = {line.path: (line.department, line.agency) for line in lines if line.path}
    return found | dict(
        zip(city.tables.forms["id"], zip(city.departments, city.agencies, strict=True), strict=True)
    )


def write_findings(book: Book, city: City, lang: str, lines: Sequence[Received]) -> None:
    """Write 问题清单: every finding with its cell; those on superseded forms and whole files included."""
    linked = len(city.batch.located) <= MOST_LINKS
    note = f"按文件、严重程度排列；单元格链接指向退回文件。{LONG_LIST}"
    table = add_sheet(book, FINDINGS, FINDINGS, note, _LISTED, RED).long()
    whose, states = _whose(city, lines), {str(s): name for s, name in STATE_NAMES["zh"].items()}
    for entry in in_order(city.batch.located):
        finding = entry.finding
        sheet, cell = "", Value("")
        if entry.cells:
            place = entry.cells[0]
            sheet, name = place.sheet, address_text((place.row, place.column))
            link = city.place_link(place) if linked else ""
            cell = Value(name, "link" if link else "", link)
        severity = Value(SEVERITY_NAMES[lang][finding.severity], str(finding.severity))
        table.add([
            *(whose.get(finding.form) or whose.get(finding.path) or ("", "")), severity, finding.code,
            name_of(finding.code), sheet, cell, finding.message[lang], finding.found,
            finding.expected, finding.hypothesis.get(lang, ""), states.get(entry.state, ""), finding.path,
        ])  # fmt: skip
    table.filter()


def write_counts(book: Book, city: City) -> None:
    """Write 问题统计: agency by rule, shaded by number; only rules that found something have a column."""
    counts = city.seen.by(lambda kind: (kind.form, kind.code))
    codes = sorted({code for form, code in counts if form >= 0})
    tests = {rule.code: in_words(rule.doc["公式"], city.options.settings) for rule in all_rules()}
    columns = (
        Column("主管部门", 18, "text", "单位在名单中的主管部门", "", "名单"),
        Column("单位", 30, "text", "单位名称"),
        Column("合计", 7, "count", "该单位的问题数", "个"),
        *(
            Column(name_of(code), 4.6, "count", f"{code}：{tests.get(code, '')}", "个", "规则")
            for code in codes
        ),
    )
    note = f"单位 × 规则的问题数，颜色越深越多；上方为规则代码，条件见“规则执行情况”。{LONG_LIST}"
    groups = [(code, column, column) for column, code in enumerate(codes, 3)]
    table = add_sheet(
        book, "问题统计", "问题统计", note, columns, RED, groups=groups, height=118, upright=3
    ).long()
    table.sheet.freeze_panes(table.first, 3)
    forms = [*city.order, *sorted(city.left_out)]
    for form in forms:
        numbers = [counts.get((form, code)) for code in codes]
        total = sum(number or 0 for number in numbers)
        table.add([city.departments[form], city.agencies[form], total, *numbers])
    _shade(table, len(codes))
    found = city.seen.by(lambda kind: (kind.form >= 0, kind.code))
    exact = [found[True, code] for code in codes]
    table.sums("合计", [None, None, sum(exact), *exact], 2)


def _shade(table: Any, codes: int) -> None:
    if table.row > table.first and codes:
        shades = {"type": "2_color_scale", "min_color": "#FDECEC", "max_color": "#E57373"}
        table.sheet.conditional_format(table.first, 3, table.row - 1, codes + 2, shades)
        bars = {
            "type": "data_bar",
            "bar_color": "#F2A3A3",
            "bar_solid": True,
            "min_type": "num",
            "min_value": 0,
        }
        table.sheet.conditional_format(table.first, 2, table.row - 1, 2, bars)


_THRESHOLD = re.compile("|".join(sorted(THRESHOLDS, key=len, reverse=True)))


def in_words(test: str, settings: Settings) -> str:
    """Return a rule's test with the values in force for the names of thresholds."""
    return _THRESHOLD.sub(lambda found: f"{settings.threshold(found[0]):.10g}", test)


_RUN = (
    Column("代码", 8, "code", "规则代码"), Column("名称", 20, "text", "规则名称"),
    Column("规则", 46, "wrap", "规则检验的公式或条件；阈值为现行设置"),
    Column("级别", 7, "severity", "规则通常的级别"), Column("报表", 8, "count", "交给规则的报表张数", "张"),
    Column("适用", 8, "count", "报表-不适用-未执行", "张"), Column("命中", 8, "count", "发现问题的报表张数", "张"),
    Column("通过", 8, "count", "适用而未发现问题的报表张数", "张"),
    Column("不适用", 8, "count", "规则不涉及的报表张数", "张"), Column("未执行", 8, "count", "缺少依据而没有检查的报表张数", "张"),
    Column("说明", 70, "wrap", "没有检查的原因和张数"),
)  # fmt: skip


def write_not_run(book: Book, city: City) -> None:
    """Write 规则执行情况: what was not run and why, then every other rule, each with its denominators."""
    note = "先列未执行或未全部执行的规则及原因，其后为全部执行的规则；每条都注明适用多少张、命中多少张。"
    table = add_sheet(book, "规则执行情况", "规则执行情况", f"{note}{LONG_LIST}", _RUN, GREY)
    reasons: dict[str, Counter[str]] = {}
    settings = city.options.settings
    for entry in city.batch.not_run:
        reasons.setdefault(entry.code, Counter())[entry.reason["zh"]] += 1
    rules = {rule.code: rule for rule in all_rules()}
    tallies = sorted(city.batch.tallies, key=lambda tally: (tally.not_run == 0, tally.code))
    for tally in tallies:
        rule, fit = rules.get(tally.code), tally.forms - tally.not_applicable - tally.not_run
        severity = str(rule.severity) if rule else ""
        table.add([
            tally.code, name_of(tally.code), in_words(rule.doc["公式"], settings) if rule else "", Value(SEVERITY_NAMES["zh"].get(severity, ""), severity),
            tally.forms, fit, Value(tally.fired, "warning" if tally.fired else ""), tally.passed, tally.not_applicable,
            Value(tally.not_run, "bad" if tally.not_run else ""), _told(fit, tally.fired, reasons.get(tally.code), _lacking(city, rule)),
        ])  # fmt: skip
    known = {tally.code for tally in city.batch.tallies}
    for code in sorted(set(rules) - known):
        severity = str(rules[code].severity)
        name = Value(SEVERITY_NAMES["zh"][severity], severity)
        table.add(
            [
                code,
                name_of(code),
                in_words(rules[code].doc["公式"], settings),
                name,
                *[0] * 6,
                "未启用（设置中关闭或默认关闭）",
            ]
        )
    table.filter()


def _lacking(city: City, rule: Rule | None) -> str:
    """Return to which forms of the batch a rule does not apply for what they have not, and why."""
    if rule is None:
        return ""
    told = (
        (budget.id, reason["zh"])
        for budget in city.tables.budgets.values()
        if (reason := budget.lacks(rule.code, rule.asks)) is not None
    )
    return "；".join(f"{id_}不适用：{reason}" for id_, reason in told)


def _told(fit: int, fired: int, reasons: Counter[str] | None, lacking: str = "") -> str:
    ran = f"适用{fit}张，命中{fired}张" if fit else "没有适用的报表"
    missing = "；".join(f"缺{reason}：{count}张" for reason, count in sorted((reasons or {}).items()))
    return "；".join(text for text in (missing, ran, lacking) if text)
