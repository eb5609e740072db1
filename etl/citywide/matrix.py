"""共性指标矩阵: agency × the common indicators, what departs from the city's usual value in colour."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from checks.framework import COMMON
from etl.citywide.book import Book, Column, Value
from etl.citywide.city import City

if TYPE_CHECKING:
    import pandas as pd

_MEANT = ("kind", "operator", "number", "upper", "unit", "word")
_COLUMNS = (
    Column("主管部门", 16, "text", "单位在名单中的主管部门", "", "名单"),
    Column("单位", 30, "text", "单位名称"),
    *(Column(common.name, 11.5 if common.operator else 7.5, "code", f"{common.level1}·{common.level2}；半年与全年不同时写作“半年→全年”", "", "报表决策、过程部分") for common in COMMON),
    Column("不同项", 8, "count", "与全市众数不同或缺少的指标个数", "个"),
)  # fmt: skip


def write_matrix(book: Book, city: City) -> None:
    """Write 共性指标矩阵: the city's usual value of each common indicator, then every agency's."""
    note = "单元格为指标值（半年→全年）。橙色：与全市众数不同；红色：缺少该指标。首行为全市众数，按归一后的含义比较，写法不同不算。"
    table = book.sheet("共性指标矩阵", "共性指标矩阵", note, _COLUMNS, groups=_groups(), height=62).long()
    cells = _cells(city)
    usual = _usual(cells)
    mode: list[Any] = [Value("全市众数", "total"), Value("", "total")]
    mode += [Value(usual.get(n, (0, ""))[1], "total") for n in range(len(COMMON))]
    table.add([*mode, Value(None, "total")])
    table.sheet.freeze_panes(table.row, 2)
    common, meant, text = (cells[name].tolist() for name in ("common", "meant", "text"))
    of_form = cells.groupby("form").indices
    for form in city.shown():
        known = {common[at]: (meant[at], text[at]) for at in of_form.get(form, ())}
        values = [_cell(known.get(n), usual.get(n)) for n in range(len(COMMON))]
        unlike = sum(1 for value in values if value.style not in ("", "small"))
        table.add([city.departments[form], city.agencies[form], *values, unlike])


def _groups() -> list[tuple[str, int, int]]:
    """Return the second levels of the framework with the columns they stand over."""
    found: list[tuple[str, int, int]] = []
    for column, common in enumerate(COMMON, 2):
        if found and found[-1][0] == common.level2:
            found[-1] = (common.level2, found[-1][1], column)
        else:
            found.append((common.level2, column, column))
    return found


def _cells(city: City) -> pd.DataFrame:
    """Return form, position in the framework, what the values mean and how they read; the first of repeated rows."""
    rows = city.tables.indicators
    first = (rows["common"] >= 0) & ~rows.duplicated(["form", "common"])
    parts = (rows[f"{period}_{name}"][first].tolist() for period in ("half", "full") for name in _MEANT)
    number: dict[tuple[Any, ...], int] = {}
    meant = [number.setdefault(what, len(number)) for what in zip(*parts, strict=True)]
    written = zip(rows["half_raw"][first], rows["full_raw"][first], strict=True)
    return rows[["form", "common"]][first].assign(meant=meant, text=[_text(*pair) for pair in written])


@lru_cache(maxsize=4096)
def _text(half: str, full: str) -> str:
    return full if half == full else f"{half or '空'}→{full or '空'}"


def _usual(cells: pd.DataFrame) -> dict[int, tuple[int, str]]:
    """Return the commonest meaning of each common indicator and how it is most often written."""
    found = {}
    for common, group in cells.groupby("common"):
        meant = int(_commonest(group["meant"]))
        written = group.loc[group["meant"] == meant, "text"]
        found[int(str(common))] = (meant, str(_commonest(written)))
    return found


def _commonest(values: pd.Series[Any]) -> Any:
    """Return the commonest value; of several the least."""
    counts = values.value_counts()
    return min(counts.index[counts == counts.iloc[0]])


def _cell(known: tuple[int, str] | None, usual: tuple[int, str] | None) -> Value:
    if known is None:
        return Value("缺", "error" if usual is not None else "small")
    meant, text = known
    return Value(text or "空", "small" if usual is None or meant == usual[0] else "warning")
