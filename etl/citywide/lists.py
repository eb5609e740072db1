"""项目清单, 指标清单 and 问题清单: every row of the city with the file, sheet and cell it stands in."""

from __future__ import annotations

from typing import Any

from checks.finding import SEVERITY_NAMES, Spot
from etl.citywide.book import Book, Column, Value
from etl.citywide.city import City, Source, source_of
from etl.citywide.money import wan
from etl.grid import address_text
from etl.report import in_order

_AGENCY = (Column("主管部门", 18), Column("单位", 30))
_PLACE = (Column("文件", 40), Column("工作表", 16), Column("单元格", 10, "code"))


def write_projects(book: Book, city: City) -> None:
    """Write 项目清单: one row a project of the forms that count (万元), sums below."""
    columns = (
        *_AGENCY,
        Column("项目", 44, "wrap"),
        Column("半年计划执行数", 15, "money"),
        Column("全年预算数", 15, "money"),
        *_PLACE,
    )
    table = book.sheet("项目清单", "项目清单", "单位：万元。", columns)
    projects = city.batch.stack.tables.projects
    groups = projects.groupby("form").groups
    sums = [0, 0]
    for form in city.order:
        for row in groups.get(form, ()):
            entry = projects.loc[row]
            place = _place(city, form, Spot("projects", int(row), "full"))
            figures = [_amount(entry, period, city, form, int(row)) for period in ("half", "full")]
            table.add([city.departments[form], city.agency(form), entry["name"], *figures, *place])
            for number, period in enumerate(("half", "full")):
                sums[number] += int(entry[period]) if entry[f"{period}_state"] == "number" else 0
    table.filter()
    table.sums("合计", [None, None, None, *(wan(total) for total in sums), None, None, None], 3)


def _amount(entry: Any, period: str, city: City, form: int, row: int) -> Value:
    if entry[f"{period}_state"] == "number":
        return Value(wan(int(entry[period])))
    if entry[f"{period}_state"] == "blank":
        return Value(None)
    return Value(f"未读出：{entry[f'{period}_raw']}", "bad", city.source(form, Spot("projects", row, period)))


def write_indicators(book: Book, city: City) -> None:
    """Write 指标清单: one row an indicator of the forms that count."""
    columns = (
        *_AGENCY, Column("一级指标", 10), Column("二级指标", 22, "wrap"), Column("重点工作", 40, "wrap"),
        Column("三级指标", 34, "wrap"), Column("半年指标值", 14), Column("全年指标值", 14), *_PLACE,
    )  # fmt: skip
    table = book.sheet("指标清单", "指标清单", "指标值照原文列示。", columns)
    indicators = city.batch.stack.tables.indicators
    groups = indicators.groupby("form").groups
    for form in city.order:
        for row in groups.get(form, ()):
            entry = indicators.loc[row]
            fields = [
                entry[name] for name in ("level1", "level2", "key_task", "name", "half_raw", "full_raw")
            ]
            place = _place(city, form, Spot("indicators", int(row), "full"))
            table.add([city.departments[form], city.agency(form), *fields, *place])
    table.filter()


def _place(city: City, form: int, spot: Spot) -> list[Any]:
    place = city.batch.stack.place(form, spot)
    if place is None:
        return ["", "", ""]
    cell = address_text((place.row, place.column))
    return [
        place.path,
        place.sheet,
        Value(cell, "link", Source(f"{place.sheet}!{cell}", source_of(place).link)),
    ]


def write_findings(book: Book, city: City, lang: str) -> None:
    """Write 问题清单: every finding with its cell; those on superseded forms and whole files included."""
    columns = (
        Column("单位", 30), Column("级别", 8, "severity"), Column("代码", 9, "code"), Column("工作表", 16), Column("单元格", 10, "code"),
        Column("问题", 70, "wrap"), Column("填报内容", 22, "wrap"), Column("应为", 16), Column("可能原因", 40, "wrap"), Column("文件", 40),
    )  # fmt: skip
    table = book.sheet(
        "问题清单", "问题清单", "按单位、严重程度排列；单元格链接指向退回文件。", columns, "#A61C1C"
    )
    agencies = dict(
        zip(
            city.batch.stack.tables.forms["id"],
            map(city.agency, city.batch.stack.tables.forms.index),
            strict=True,
        )
    )
    for entry in in_order(city.batch.located):
        finding = entry.finding
        place = entry.cells[0] if entry.cells else None
        cell: Any = ""
        if place is not None:
            name = address_text((place.row, place.column))
            cell = Value(name, "link", Source(f"{place.sheet}!{name}", source_of(place).link))
        severity = Value(SEVERITY_NAMES[lang][finding.severity], str(finding.severity))
        table.add([
            agencies.get(finding.form, ""), severity, finding.code, place.sheet if place else "", cell,
            finding.message[lang], finding.found, finding.expected, finding.hypothesis.get(lang, ""), finding.path,
        ])  # fmt: skip
    table.filter()
