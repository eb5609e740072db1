"""共性指标矩阵: agency × the common indicators, what departs from the city's usual value in colour."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from checks.declared.framework import Framework
from checks.frames.columns import codes_of
from checks.frames.rows import objects
from etl.citywide.drawing.book import Book, Column, Value
from etl.citywide.drawing.table import add_sheet
from etl.citywide.figures.city import City

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

OWN: Mapping[str, tuple[str, ...]] = {
    "预算执行率": ("half",),
    "在职人员控制率": ("half", "full"),
    "“三公经费”变动率": ("half", "full"),
}
"""Common indicators whose number follows from the agency's own money or staff, and the periods it does for: those of
two agencies must differ, so only operators and units are compared."""
_NUMBERS = ("number", "upper")
LEAST_SHARE = 0.5
"""Share of the forms that must have the commonest value for another one to stand out."""
_MEANT = ("kind", "operator", "number", "upper", "unit", "word")


def _columns(framework: Framework) -> tuple[Column, ...]:
    return (
    Column("主管部门", 16, "text", "单位在名单中的主管部门", "", "名单"),
    Column("单位", 30, "text", "单位名称"),
    *(Column(common.name, 11.5 if common.operator else 7.5, "code", f"{common.level1}·{common.level2}；半年与全年不同时写作“半年→全年”", "", "报表决策、过程部分") for common in framework),
    Column("不同项", 8, "count", "与全市众数不同或缺少的指标个数", "个"),
)  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """The cells of every form, by form: position in the framework, what the values mean, how they read."""

    form: NDArray[np.int32]
    common: NDArray[np.int8]
    meant: NDArray[np.int64]
    text: NDArray[np.int64]
    texts: list[str]

    def of(self, form: int) -> dict[int, tuple[int, str]]:
        """Return what a form's values mean and how they read, by position in the framework."""
        first, last = self.form.searchsorted([form, form + 1]).tolist()
        rows = zip(
            *(column[first:last].tolist() for column in (self.common, self.meant, self.text)), strict=True
        )
        return {common: (meant, self.texts[text]) for common, meant, text in rows}


def write_matrix(book: Book, city: City) -> None:
    """Write 共性指标矩阵: the city's usual value of each common indicator, then every agency's."""
    note = "单元格为指标值（半年→全年）。橙色：与全市众数不同；红色：缺少该指标。首行为全市众数，按归一后的含义比较，写法不同不算；随本单位资金、人员而定的数值（预算执行率半年值等）和没有半数以上相同的指标不标色。"
    framework = city.tables.budget.framework
    table = add_sheet(
        book, "共性指标矩阵", "共性指标矩阵", note, _columns(framework), groups=_groups(framework), height=62
    ).long()
    cells = _cells(city)
    usual = _usual(cells, framework)
    mode: list[Any] = [Value("全市众数", "total"), Value("", "total")]
    mode += [Value(usual.get(n, (0, ""))[1], "total") for n in framework.numbers]
    table.add([*mode, Value(None, "total")])
    table.sheet.freeze_panes(table.row, 2)
    for form in city.shown():
        known = cells.of(form)
        values = [_cell(known.get(n), usual.get(n)) for n in framework.numbers]
        unlike = sum(1 for value in values if value.style not in ("", "small"))
        table.add([city.departments[form], city.agencies[form], *values, unlike])


def _groups(framework: Framework) -> list[tuple[str, int, int]]:
    """Return the second levels of the framework with the columns they stand over."""
    found: list[tuple[str, int, int]] = []
    for column, common in enumerate(framework, 2):
        if found and found[-1][0] == common.level2:
            found[-1] = (common.level2, found[-1][1], column)
        else:
            found.append((common.level2, column, column))
    return found


def _cells(city: City) -> Cells:
    """Return the cells of every form; of repeated rows the first."""

    rows, form, common = _common_rows(city)
    text, texts = _texts(city, rows)
    return Cells(form, common, _meant(city, rows, common), text, texts)


def _common_rows(city: City) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.int8]]:
    """Return the rows of common indicators, the first where a form repeats one, with their forms and positions."""
    import numpy as np
    import pandas as pd

    common = city.tables.indicators["common"].to_numpy(dtype="int8")
    rows = np.flatnonzero(common >= 0)
    form = city.tables.indicators["form"].to_numpy(dtype="int32")[rows]
    again = pd.Series(form * 512 + common[rows]).duplicated().to_numpy()
    rows = rows[~again]
    return rows, form[~again], common[rows]


def _meant(city: City, rows: NDArray[np.int64], commons: NDArray[np.int8]) -> NDArray[np.int64]:
    """Return what the values mean as a number, counted as meanings appear; one column is looked at at a time.

    Numbers that are an agency's own mean nothing here.
    """
    import numpy as np
    import pandas as pd

    meant = np.zeros(len(rows), dtype="int64")
    for period, part in ((period, part) for period in ("half", "full") for part in _MEANT):
        codes, distinct = codes_of(city.tables.indicators, f"{period}_{part}", rows)
        if part in _NUMBERS:
            own = [
                n
                for n, common in enumerate(city.tables.budget.framework.known)
                if period in OWN.get(common.name, ())
            ]
            codes = np.where(np.isin(commons, own), 0, codes)
        meant *= max(1, len(distinct))
        meant += codes
        meant = pd.factorize(meant)[0]
    return meant


def _texts(city: City, rows: NDArray[np.int64]) -> tuple[NDArray[np.int64], list[str]]:
    """Return how the values read: a number each, and the texts in their order."""
    import pandas as pd

    (half, halves), (full, fulls) = (
        codes_of(city.tables.indicators, name, rows) for name in ("half_raw", "full_raw")
    )
    pair, pairs = pd.factorize(half.astype("int64") * max(1, len(fulls)) + full)
    written = [_text(halves[both // len(fulls)], fulls[both % len(fulls)]) for both in pairs.tolist()]
    number = {text: position for position, text in enumerate(sorted(set(written)))}
    return objects([number[text] for text in written]).astype("int64")[pair], list(number)


def _text(half: str, full: str) -> str:
    return full if half == full else f"{half or '空'}→{full or '空'}"


NO_MODE = -1
"""The commonest meaning where no meaning is common enough."""


def _usual(cells: Cells, framework: Framework) -> dict[int, tuple[int, str]]:
    """Return the commonest meaning of each common indicator and how it is most often written."""
    found = {}
    for common in framework.numbers:
        own = cells.common == common
        if own.any():
            meant = _commonest(cells.meant[own])
            same = own & (cells.meant == meant)
            text = cells.texts[_commonest(cells.text[same])]
            usual = int(same.sum()) > LEAST_SHARE * int(own.sum())
            found[common] = (meant, text) if usual else (NO_MODE, "不一")
    return found


def _commonest(values: NDArray[np.int64]) -> int:
    """Return the commonest value; of several the least."""
    import numpy as np

    return int(np.bincount(values).argmax())


def _cell(known: tuple[int, str] | None, usual: tuple[int, str] | None) -> Value:
    if known is None:
        return Value("缺", "error" if usual is not None else "small")
    meant, text = known
    return Value(text or "空", "small" if usual is None or usual[0] in (NO_MODE, meant) else "warning")
