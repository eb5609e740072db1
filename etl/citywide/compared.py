"""相似文本 and 年度对比: copied texts side by side; this year beside last year."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rapidfuzz import fuzz

from checks.given.handed_in import a_year_before
from checks.relations import amounts
from etl.citywide.drawing.book import Book, Column, Value
from etl.citywide.drawing.table import add_sheet
from etl.citywide.figures.city import City
from etl.citywide.money import wan

_WHAT = {"annual_goal": "年度目标", "long_term_goal": "中长期目标", "key_task": "重点工作"}
_SHOWN = 1500
_TEXTS = (
    Column("单位甲", 26, "text", "单位名称"), Column("单位乙", 26, "text", "与单位甲文字最相似的单位"),
    Column("内容", 12, "code", "相似的是哪一项"), Column("相似度", 8, "code", "隐去单位名称、年度和数字后的相似程度（规则XW03）"),
    Column("单位甲原文", 62, "wrap", f"报表原文，最多{_SHOWN}字"), Column("单位乙原文", 62, "wrap", f"报表原文，最多{_SHOWN}字"),
    Column("单位甲单元格", 20, "text", "链接到退回文件"), Column("单位乙单元格", 20, "text", "链接到退回文件"),
)  # fmt: skip
_Found = tuple[str, str, str]
"""Text, sheet and cell of a passage."""
_Tasks = Mapping[int, Mapping[str, int]]
"""The row of each key task of a form, by form and text."""


def copied_pairs(city: City) -> list[tuple[int, int, str, str]]:
    """Return the pairs of forms that rule XW03 named, with the field and how alike; each pair once."""
    by_name = {
        city.agencies[form]: form
        for form in range(len(city.agencies))
        if city.left_out.get(form) is None or city.left_out[form].why not in ("superseded", "other_year")
    }
    found: dict[tuple[int, int, str], str] = {}
    for one, agency, fields, percent in city.seen.copies:
        other = by_name.get(agency, -1)
        if one >= 0 and other >= 0:
            for field in fields:
                found.setdefault((min(one, other), max(one, other), field), percent)
    return [(*pair, percent) for pair, percent in sorted(found.items())]


def write_copied(book: Book, city: City) -> None:
    """Write 相似文本: what rule XW03 takes for copied, both texts beside each other; no sheet where there is none."""
    pairs = copied_pairs(city)
    if not pairs:
        return
    table = add_sheet(
        book, "相似文本", "相似文本", "左右对照：规则XW03认为疑似互相复制的文字，左右对照。", _TEXTS
    )
    tasks = _tasks(city, {form for one, other, _, _ in pairs for form in (one, other)})
    for one, other, field, percent in pairs:
        mine, theirs = _closest(city, one, other, field, tasks)
        longest = max(len(mine[0]), len(theirs[0]))
        table.add([
            city.agencies[one], city.agencies[other], _WHAT.get(field, field), percent, mine[0][:_SHOWN], theirs[0][:_SHOWN],
            _place(city, one, mine), _place(city, other, theirs),
        ], height=min(400.0, 16.0 * max(2, -(-longest // 30))))  # fmt: skip


def _closest(city: City, one: int, other: int, field: str, tasks: _Tasks) -> tuple[_Found, _Found]:
    """Return the passages of two forms that are most alike, of all they have of this kind."""
    others = _passages(city, other, field, tasks)
    pairs = [(mine, theirs) for mine in _passages(city, one, field, tasks) for theirs in others]
    nothing = ("", "", "")
    return max(pairs, key=lambda pair: fuzz.ratio(pair[0][0], pair[1][0]), default=(nothing, nothing))


def _passages(city: City, form: int, field: str, tasks: _Tasks) -> list[_Found]:
    if field in ("annual_goal", "long_term_goal"):
        text = city.tables.forms[field].loc[form]
        return [(str(text or ""), *city.cell(form, "forms", form, field))]
    own = tasks.get(form, {}).items()
    return [(str(text), *city.cell(form, "indicators", row, "key_task")) for text, row in own]


def _tasks(city: City, forms: set[int]) -> _Tasks:
    """Return the key tasks of some forms with the row each stands in first."""
    rows = city.tables.indicators
    own = rows["form"].isin(forms) & (rows["block"] == "duty")
    at, texts = rows["form"][own], rows["key_task"][own]
    found: dict[int, dict[str, int]] = {}
    for row, form, text in zip(at.index.tolist(), at.tolist(), texts.tolist(), strict=True):
        found.setdefault(form, {}).setdefault(text, row)
    return found


def _place(city: City, form: int, found: _Found) -> Value:
    _, sheet, cell = found
    return Value(f"{sheet}!{cell}" if cell else "", "link" if cell else "", city.link(form, sheet, cell))


_PERIODS = (("total_full", "资金总额"), ("basic_full", "基本支出"), ("project_full", "项目支出"))
_YEARS = (
    Column("主管部门", 18, "text", "单位在名单中的主管部门", "", "名单"), Column("单位", 30, "text", "单位名称"),
    *(
        column
        for _, name in _PERIODS
        for column in (
            Column(f"{name}（上年）", 14, "money", f"上年报表的{name}全年预算数", "万元", "上年报表"),
            Column(f"{name}（本年）", 14, "money", f"本年报表的{name}全年预算数", "万元", "报表"),
            Column("增减", 9, "share", "（本年-上年）/上年", "%"),
        )
    ),
    Column("目标放宽", 8, "count", "规则YY03指出的指标个数", "个", "规则YY03"),
    Column("年度目标", 11, "code", "与上年基本相同：规则YY01", "", "规则YY01"),
    Column("说明", 30, "wrap", "没有可比的上年报表时的原因"),
)  # fmt: skip


def write_years(book: Book, city: City) -> None:
    """Write 年度对比: money, weakened targets and unchanged goals beside last year's; no sheet without last year."""
    if city.last_year is None:
        return
    note = "单位：万元。上年报表按单位名称（和名单中的曾用名）对应。"
    table = add_sheet(book, "年度对比", "年度对比", note, _YEARS)
    table.sheet.freeze_panes(table.first, 2)
    before, _ = a_year_before(city.tables, city.last_year, city.roster)
    counts = city.seen.by(lambda kind: (kind.form, kind.code))
    money = [_Both(city, field) for field, _ in _PERIODS]
    for form in city.order:
        old = before.get(form)
        cells = [cell for both in money for cell in both.cells(form, old)]
        same = Value("基本相同", "warning") if counts[form, "YY01"] else "" if old is None else "有更新"
        weaker = counts[form, "YY03"]
        why = "" if old is not None else "没有该单位的上年报表"
        table.add([
            city.departments[form], city.agencies[form], *cells, Value(weaker, "warning" if weaker else ""), same, why,
        ])  # fmt: skip
    table.filter()


class _Both:
    """An amount of this year and of last year."""

    def __init__(self, city: City, field: str) -> None:
        assert city.last_year is not None
        self._new, self._old = (_known(tables.funds, field) for tables in (city.tables, city.last_year))

    def cells(self, form: int, old: int | None) -> Iterator[Any]:
        """Yield last year's amount, this year's, and the change."""
        was, now = self._old.get(-1 if old is None else old), self._new.get(form)
        yield wan(was)
        yield wan(now)
        change = (now - was) / was if was and now is not None else None
        yield Value(change, "warning" if change is not None and abs(change) > 0.3 else "")


def _known(funds: Any, field: str) -> dict[int, int]:
    read = funds[f"{field}_state"] == "number"
    fen = amounts(funds, field)[read]
    return dict(zip(fen.index.tolist(), fen.tolist(), strict=True))
