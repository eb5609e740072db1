"""Mixtures of everything departments do to a form: its list, its amounts, its texts, its sheets, one over another."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from etl.form.places import Where
from tests import bent
from tests import bent_lists as bend
from tests.bent import Cell, Page, Pages

Bend = Callable[[Page], Page]
Spelling = Callable[[Decimal], dict[str, Any]]


def _formatted(factor: int, code: str) -> Spelling:
    return lambda n: {"value": n * factor, "code": code}


PLAIN: dict[str, Spelling] = {
    "a number": lambda n: {},
    "text": lambda n: {"value": f"{n:f}"},
    "thousands": lambda n: {"value": f"{n:,f}"},
    "full width": lambda n: {"value": f"{n:f}".translate({c: c + 0xFEE0 for c in range(0x21, 0x7F)})},
    "invisible": lambda n: {"value": f"\u202d{n:f}\u202c\u200b"},
    "a formula": lambda n: {"formula": f"={n}-7+7", "value": n},
    "a formula stored as 0": lambda n: {"formula": f"=ROUND({n * 4}*25%,4)", "value": Decimal(0)},
    "accounting": _formatted(1, '_ ¥* #,##0.00_ ;_ ¥* -#,##0.00_ ;_ ¥* "-"??_ ;_ @_ '),
}
"""Ways to store an amount in the unit of the sheet, whatever that is."""

WITH_UNIT: dict[str, Spelling] = {
    "万元 behind": lambda n: {"value": f"{n:f}万元"},
    "元 behind": lambda n: {"value": f"{n * 10_000:f} 元"},
    "千元 behind": lambda n: {"value": f"{n * 10:f}（千元）"},
    "元 by format": _formatted(10_000, '0.00"元"'),
    "a point in the format": _formatted(10_000, '0!.0000"万元"'),
    "a quoted point": _formatted(10_000, '0"."0,"万元"'),
    "conditions": _formatted(10_000, '[>=100000000]0!.00,,"亿元";[>=10000]0!.0,"万元";0.00"元"'),
    "百万 by format": _formatted(10_000, '#,##0.00,,"百万元"'),
}
"""Ways that name their unit themselves."""

UNREAD: dict[str, Spelling] = {
    "about": lambda n: {"value": f"约{n:f}"},
    "a date": lambda n: {"code": 'm"月"d"日"'},
    "two figures": lambda n: {"value": f"{n:f}/{n + 1:f}"},
    "an unknown scale": _formatted(1000, '0.0,"k"'),
    "another book": lambda n: {"formula": "=[1]表!B7", "value": Decimal(0)},
}
"""Ways that leave no figure to be known."""

UNITS: dict[str, tuple[str, int, bool]] = {
    "万元": ("", 1, True),
    "元 by the label": ("部门整体资金（元）", 10_000, True),
    "千元 by the label": ("部门整体资金（千元）", 10, True),
    "百万元 by the label": ("部门整体资金（百万元）", 0, True),
    "元, said nowhere": ("", 10_000, False),
    "亿元, said nowhere": ("", -10_000, False),
}
"""A label of the funds block, by how much its amounts are larger (below 0 smaller), and whether the unit is said."""


def _times(number: Decimal, factor: int) -> Decimal:
    return number * factor if factor > 0 else number / (-factor or 100)


def amounts(unit: str, ways: dict[Where, str]) -> Bend:
    """Store every amount in the unit of the sheet, each by its own way (a number where none is given)."""
    label, factor, _ = UNITS[unit]

    def change(cell: Cell) -> Cell:
        if cell.where == ("labels", 0, "funds") and label:
            return replace(cell, value=label)
        if not isinstance(cell.value, Decimal):
            return cell
        way = ways.get(cell.where, "a number") if cell.where else "a number"
        if way in WITH_UNIT:
            return replace(cell, **WITH_UNIT[way](cell.value))
        number = _times(cell.value, factor)
        return replace(cell, **({"value": number} | {**PLAIN, **UNREAD}[way](number)))

    return lambda page: page.map(change)


TEXTS: dict[str, Callable[[str], str]] = {
    "zero width": lambda text: "\u200b".join(text),
    "bidi": lambda text: f"\u202a{text}\u202c",
    "blank inside": lambda text: f"{text[:1]}\u00a0{text[1:]}",
    "traditional": lambda text: text.translate(str.maketrans("预单项资总绩标规", "預單項資總績標規")),
    "radicals": lambda text: text.translate(str.maketrans("人工大长", "⼈⼯⼤⻓")),
    "soft hyphen": lambda text: f"{text[:2]}\u00ad{text[2:]}",
}


def respelt(way: str, tables: tuple[str, ...]) -> Bend:
    """Spell the labels, or the names of projects, in characters that look the same or mean the same."""
    return lambda page: page.map(
        lambda c: replace(c, value=TEXTS[way](c.value))
        if c.where and c.where[0] in tables and isinstance(c.value, str) and c.where[2] not in ("half", "full")
        else c
    )  # fmt: skip


AGENCIES = (
    "{}（盖章）",
    "单位名称：{}（公章）",
    "105001-{}",
    "[105001]{}",
    "\u202a{}\u202c",
    "{}（105001）",
    "{}\n（盖章）",
)
YEARS = ("二〇二三年度", "二O二三年度", "2023年度　单位：万元", "２０２３年度", "预算年度：2023")


def headed(agency: str, year: str) -> Bend:
    """Write the agency and the year as some do."""
    values = {"agency": agency, "fiscal_year": year}
    return lambda page: page.map(
        lambda c: replace(c, value=values[c.where[2]].format(c.value))
        if c.where and c.where[0] == "forms" and c.where[2] in values
        else c
    )  # fmt: skip


def last_year_beside(page: Page) -> Pages:
    older = page.map(
        lambda c: replace(c, value="2022年度")
        if c.where == ("forms", 0, "fiscal_year")
        else replace(c, value=c.value + 7)
        if isinstance(c.value, Decimal)
        else c
    )  # fmt: skip
    return (replace(older, name="2022年"), page)


def sample_beside(page: Page) -> Pages:
    sample = page.map(lambda c: replace(c, value="XX单位") if c.where == ("forms", 0, "agency") else c)
    return (replace(sample, name="填报样例"), page)


SHEETS: dict[str, Callable[[Page], Pages]] = {
    "as it is": lambda page: (page,),
    "moved": bent.moved_with_text_above,
    "three sheets": bent.over_three_sheets,
    "blank rows and columns": bent.blank_rows_and_columns,
    "hidden rows": bent.hidden_rows,
    "last year beside": last_year_beside,
    "a sample beside": sample_beside,
}


def lists() -> st.SearchStrategy[list[Bend]]:
    """Return mixtures of what is done to a list of projects, in an order in which it can be done."""
    number = st.integers(0, 40)
    groups = st.builds(
        lambda c, s, a: lambda p: bend.groups(p, c, s, a),
        st.lists(number, max_size=3),
        st.integers(0, 1),
        st.booleans(),
    )
    steps: list[st.SearchStrategy[Bend]] = [
        st.builds(lambda s: lambda p: bend.numbered(p, s), number),
        st.one_of(
            groups,
            st.builds(lambda n, s: lambda p: bend.parts(p, n, s), number, st.integers(0, 2)),
            st.builds(lambda n, s: lambda p: bend.sources(p, n, s), number, st.sampled_from([0, 2])),
            st.builds(lambda n, s: lambda p: bend.name_in_two(p, n, s), number, number),
        ),
        st.builds(lambda n, c, s: lambda p: bend.prepared(p, n, c, s), number, st.integers(1, 3), number),
        st.builds(lambda n, s: lambda p: bend.page_break(p, n, s), number, number),
        st.builds(lambda s: lambda p: bend.notes_below(p, s), number),
        st.builds(
            lambda a, k: lambda p: bend.column_between(p, a, "上年预算数", k), st.sampled_from([3, 5, 6]), number
        ),
    ]  # fmt: skip
    return st.tuples(*(st.one_of(st.none(), step) for step in steps)).map(
        lambda chosen: [step for step in chosen if step is not None]
    )
