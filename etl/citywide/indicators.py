"""指标库, 指标清单 and 共性指标矩阵: every indicator normalised, beside its namesakes in the city."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from checks.declared.text_key import text_key
from checks.enrich import MILLION
from checks.frames.columns import slices
from etl.citywide.drawing.book import Book, Column, Value
from etl.citywide.drawing.table import LONG_LIST, add_sheet
from etl.citywide.figures.city import City
from etl.citywide.figures.namesakes import Own, own_indicators
from etl.form.places import Place

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MOST_LINKED = 20_000
"""Rows up to which lists of indicators link every cell: links are what a large workbook costs most by."""
MOST_LISTED = 40_000
"""Rows of 指标清单; a longer list is left to 指标库, 共性指标矩阵 and data/indicators.csv, and 总览 says so."""

TOGETHER = 5_000
"""Rows of 指标库 made ready at a time."""
_NOWHERE = Place(0, 0, 0)
_TEXTS = ("level1", "level2", "name", "half_raw", "full_raw", "full_operator", "full_unit", "klass")

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
    Column("一级指标", 9, "text", "报表原文，去掉空格"),
    Column("二级指标", 18, "wrap", "报表原文，去掉空格"),
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


def write_library(book: Book, city: City) -> None:
    """Write 指标库: one row an own indicator, namesakes side by side with the city's median and spread."""
    own = own_indicators(city)
    linked = len(own.rows) <= MOST_LINKED
    note = "各单位自设指标（履职、效益、满意度），同名指标排在一起；中位数和范围只比较同名且计量单位相同的。"
    note += LONG_LIST
    note += "" if linked else "行数很多，单元格以文字注明，不设链接。"
    table = add_sheet(book, "指标库", "指标库", note, _LIBRARY).long()
    table.sheet.freeze_panes(table.first, 3)
    for form, place, texts, count, (amount, median, low, high), told in _read(city, own):
        level1, level2, name, half, full, operator, unit, klass = texts
        alone = count < 2 or low is None
        table.add([
            text_key(level1), text_key(level2), name, city.departments[form], city.agencies[form], half, full, operator, amount, unit,
            CLASS_NAMES.get(klass, klass), count if count > 1 else None, None if alone else median,
            "" if alone else f"{low:,.10g}～{high:,.10g}", Value(told, "warning") if told else "",
            *_place(city, form, place, linked),
        ])  # fmt: skip
    table.filter()


def _read(city: City, own: Own) -> Iterator[tuple[Any, ...]]:
    """Yield for each own indicator what the sheet shows of it, made of the columns some rows at a time."""
    texts = [city.tables.indicators[name].to_numpy()[own.rows] for name in _TEXTS]
    places = _places(city, own)
    for first in range(0, len(own.rows), TOGETHER):
        some = slice(first, first + TOGETHER)
        yield from zip(
            own.forms[some].tolist(),
            places[some].tolist(),
            zip(*(column[some].tolist() for column in texts), strict=True),
            own.namesakes[some].tolist(),
            zip(*(_plain(column[some]) for column in own.numbers), strict=True),
            map(_told, zip(*(mark[some].tolist() for mark in own.unlike), strict=True)),
            strict=True,
        )


def _places(city: City, own: Own) -> NDArray[np.int32]:
    """Return sheet, row and column of each own indicator, 0 where it stands nowhere; a form is unpacked once."""
    import numpy as np

    found = np.zeros((len(own.rows), 3), dtype="int32")
    at = np.lexsort((own.rows, own.forms))
    for form, part in slices(own.forms[at]).items():
        places = city.column(form, "indicators", "full")
        found[at[part]] = [places.get(row, _NOWHERE) for row in own.rows[at[part]].tolist()]
    return found


def _told(unlike: Sequence[bool]) -> str:
    words = ("计量单位不同", "符号不同", "偏离")
    return "、".join(word for word, is_so in zip(words, unlike, strict=True) if is_so)


def _plain(millionths: NDArray[np.float64]) -> list[float | None]:
    """Return numbers for people, None for none."""
    return [None if value != value else value / MILLION for value in millionths.tolist()]


def _place(city: City, form: int, place: Sequence[int], linked: bool) -> list[Any]:
    sheet, cell = city.named(form, Place(*place) if place[1] else None)
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
    table = add_sheet(
        book, "指标清单", "指标清单", f"指标值照原文列示。{LONG_LIST}", columns, "#8993A5"
    ).long()
    table.sheet.freeze_panes(table.first, 2)
    indicators, names = (
        city.tables.indicators,
        ("level1", "level2", "key_task", "name", "half_raw", "full_raw"),
    )
    texts = [indicators[name].to_numpy() for name in names]
    linked = len(indicators) <= MOST_LINKED
    numbers = indicators["form"].groupby(indicators["form"]).indices
    for form in city.undoubted:
        places = city.column(form, "indicators", "full")
        for row in numbers.get(form, ()):
            place = _place(city, form, places.get(int(row), _NOWHERE), linked)
            table.add(
                [city.departments[form], city.agencies[form], *(column[row] for column in texts), *place]
            )
    table.filter()
