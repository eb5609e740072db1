"""指标库, 指标清单 and 共性指标矩阵: every indicator normalised, beside its namesakes in the city."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from checks.enrich import MILLION
from etl.citywide.book import Book, Column, Value
from etl.citywide.city import City

if TYPE_CHECKING:
    import pandas as pd

MOST_LINKED = 20_000
"""Rows up to which lists of indicators link every cell: links are what a large workbook costs most by."""
MOST_LISTED = 40_000
"""Rows of 指标清单; a longer list is left to 指标库, 共性指标矩阵 and data/indicators.csv, and 总览 says so."""

CLASS_NAMES = {"cumulative": "累计", "level": "时点", "period_relative": "当期", "qualitative": "定性"}
_AGENCY = (
    Column("主管部门", 18, "text", "单位在名单中的主管部门", "", "名单"),
    Column("单位", 28, "text", "单位名称"),
)
_PLACE = (
    Column("文件", 30, "text", "报送文件"),
    Column("工作表", 13, "text", "报送文件中的工作表"),
    Column("单元格", 9, "code", "全年指标值所在单元格，链接到退回文件"),
)
_LEVELS = (
    Column("一级指标", 9, "text", "报表原文"),
    Column("二级指标", 18, "wrap", "报表原文"),
)
_LIBRARY = (
    *_LEVELS, Column("三级指标", 32, "wrap", "报表原文；同名指标排在一起"), *_AGENCY,
    Column("半年指标值", 13, "text", "报表原文"), Column("全年指标值", 13, "text", "报表原文"),
    Column("符号", 6, "code", "全年指标值归一后的比较符号"),
    Column("数值", 11, "number", "全年指标值归一后的数值；区间取下限"),
    Column("计量单位", 9, "code", "全年指标值的计量单位"),
    Column("类别", 7, "code", "累计：逐月增加；时点：某时的状态；当期：与当期计划比；定性：以文字表示"),
    Column("同名", 6, "count", "全市同名指标的个数", "个"),
    Column("中位数", 11, "number", "同名且计量单位相同的全年指标值的中位数"),
    Column("最小～最大", 15, "code", "同名且计量单位相同的全年指标值的范围"),
    Column("比较", 16, "wrap", "单位不同：同名指标计量单位不一；符号不同：≥与≤等不一；偏离：不到中位数的一半或超过两倍"),
    *_PLACE,
)  # fmt: skip


def own_indicators(city: City) -> pd.DataFrame:
    """Return the own indicators (履职, 效益, 满意度) of the forms that count, namesakes together, compared."""
    rows = city.tables.indicators
    own = rows[
        rows["block"].isin(["duty", "effect"]) & ~rows["unset"].astype(bool) & rows["form"].isin(city.order)
    ]
    number = own["full_number"].where(own["full_kind"].isin(["number", "range"]))
    own = own.assign(amount=number.astype("Float64"))
    named = own["name_key"] != ""
    own["namesakes"] = own.groupby("name_key")["form"].transform("size").where(named, 1)
    same_unit = own[named & own["amount"].notna()].groupby(["name_key", "full_unit"])["amount"]
    for name in ("median", "min", "max"):
        own[name] = same_unit.transform(name)
    own["unlike_unit"] = _unlike(own[named & own["amount"].notna()], "full_unit", own.index)
    own["unlike_operator"] = _unlike(own[named & (own["full_operator"] != "")], "full_operator", own.index)
    own["far"] = ((own["amount"] * 2 < own["median"]) | (own["amount"] > own["median"] * 2)).fillna(False)
    place = {form: position for position, form in enumerate(city.order)}
    own["position"] = own["form"].map(place)
    return own.sort_values(["block", "level1", "name_key", "position", "order"], kind="stable")


def _unlike(rows: pd.DataFrame, field: str, index: pd.Index[Any]) -> pd.Series[bool]:
    """Return where indicators of one name differ in a field."""
    return (rows.groupby("name_key")[field].transform("nunique") > 1).reindex(index, fill_value=False)


def write_library(book: Book, city: City) -> None:
    """Write 指标库: one row an own indicator, namesakes side by side with the city's median and spread."""
    own = own_indicators(city)
    linked = len(own) <= MOST_LINKED
    note = "各单位自设指标（履职、效益、满意度），同名指标排在一起；中位数和范围只比较同名且计量单位相同的。"
    note += "" if linked else "行数很多，单元格以文字注明，不设链接。"
    table = book.sheet("指标库", "指标库", note, _LIBRARY).long()
    table.sheet.freeze_panes(table.first, 3)
    columns = [own[name].tolist() for name in (
        "form", "level1", "level2", "name", "half_raw", "full_raw", "full_operator", "full_unit", "klass", "namesakes",
    )]  # fmt: skip
    numbers = [_plain(own[name]) for name in ("amount", "median", "min", "max")]
    marks = [own[name].tolist() for name in ("unlike_unit", "unlike_operator", "far")]
    for row, form, level1, level2, name, half, full, operator, unit, klass, count, amount, median, low, high, *unlike in zip(
        own.index.tolist(), *columns, *numbers, *marks, strict=True
    ):  # fmt: skip
        alone = count < 2 or low is None
        told = _told(unlike)
        table.add([
            level1, level2, name, city.departments[form], city.agencies[form], half, full, operator, amount, unit,
            CLASS_NAMES.get(klass, klass), count if count > 1 else None, None if alone else median,
            "" if alone else f"{low:,.10g}～{high:,.10g}", Value(told, "warning") if told else "",
            *_place(city, form, row, linked),
        ])  # fmt: skip
    table.filter()


def _told(unlike: Sequence[bool]) -> str:
    words = ("计量单位不同", "符号不同", "偏离")
    return "、".join(word for word, is_so in zip(words, unlike, strict=True) if is_so)


def _plain(millionths: pd.Series[Any]) -> list[float | None]:
    return [None if value is None else value / MILLION for value in millionths.astype(object).where(millionths.notna(), None)]  # fmt: skip


def _place(city: City, form: int, row: int, linked: bool) -> list[Any]:
    sheet, cell = city.cell(form, "indicators", row, "full")
    link = city.link(form, sheet, cell) if linked else ""
    return [city.paths[form], sheet, Value(cell, "link", link) if link else cell]


def lists_all(city: City) -> bool:
    """Return whether 指标清单 is written: not for so many indicators that nobody can read the list."""
    return len(city.tables.indicators) <= MOST_LISTED


def write_indicators(book: Book, city: City) -> None:
    """Write 指标清单: one row an indicator of the forms that count, as it stands on the form."""
    columns = (
        *_AGENCY, *_LEVELS, Column("重点工作", 38, "wrap", "报表原文"), Column("三级指标", 32, "wrap", "报表原文"),
        Column("半年指标值", 13, "text", "报表原文"), Column("全年指标值", 13, "text", "报表原文"), *_PLACE,
    )  # fmt: skip
    table = book.sheet("指标清单", "指标清单", "指标值照原文列示。", columns, "#8993A5").long()
    table.sheet.freeze_panes(table.first, 2)
    indicators = city.tables.indicators
    fields = [
        indicators[n].tolist() for n in ("level1", "level2", "key_task", "name", "half_raw", "full_raw")
    ]
    rows = list(zip(*fields, strict=True))
    linked = len(rows) <= MOST_LINKED
    numbers = indicators.groupby("form").indices
    for form in city.order:
        for row in numbers.get(form, ()):
            place = _place(city, form, int(row), linked)
            table.add([city.departments[form], city.agencies[form], *rows[row], *place])
    table.filter()
