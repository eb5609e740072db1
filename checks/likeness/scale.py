"""Tells when the amounts of a form cannot be in 万元: what an agency of that size cannot have, by evidence put together.

Big agencies are not accused: a hospital's hundreds of millions go with thousands of people, a land fund's billions
with a basic expenditure that people could have. The evidence is an impossible figure per head, a total beyond any
agency's, an amount many times the total that holds it; that all amounts are whole is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from checks.declared.budget import FEN_PER_WAN
from checks.declared.money import wan_text
from checks.finding import Spot
from checks.frames.columns import numbered

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from checks.frames.tables import Tables

PER_HEAD_MOST = 1_000 * FEN_PER_WAN
"""Basic expenditure a head and year that no agency has: ten million yuan; it is 20 to 60 万元 as a rule."""
TOTAL_MOST = 5_000_000 * FEN_PER_WAN
"""Total funds without social insurance that no agency of a city has: fifty billion yuan."""
SMALLEST = 1_000 * FEN_PER_WAN
"""A form whose smallest amount is above this has nothing that an agency pays for itself."""
TOTAL_LEAST = 1 * FEN_PER_WAN
"""Total funds that are too little for any agency."""
PER_HEAD_LEAST = FEN_PER_WAN // 50
"""Basic expenditure a head and year that no agency has: two hundred yuan; in 亿元 it reads 20 to 60 yuan as a rule."""
FEWEST = 5
"""Amounts a form must state before its smallest one says anything."""
MIXED_TIMES = 10
"""Times the total that no amount can be which the total holds; ten times exactly is a digit too many, which AR finds."""
TIMES = 1_000
"""By how many times last year's total or the peers' basic expenditure is a slip of the unit and no growth."""
PEERS_TIMES = 500

LONGEST = 3_000
_PEOPLE = re.compile(r"(?<![0-9.])([0-9]{1,6})(?![0-9])(?![0-9.]*[年月日号%％条款万亿元㎡平])(?!\.[0-9])")
_NOT_PEOPLE = re.compile(
    r"[〔\[(（](?:19|20)[0-9]{2}[〕\])）]\s*[0-9]*号?|(?:19|20)[0-9]{2}\s*年|第[0-9]+[条款章]|[0-9]+\s*(?:平方|㎡|米|公里|亩)"
)


_SAID_PEOPLE = re.compile(
    r"(?<![0-9.])([0-9]{1,5})\s*(?:人|名)|(?:编制|在职|在编|在岗|实有|人员|人数)[^0-9。；;]{0,6}([0-9]{1,5})(?![0-9.年月日号])"
)
"""Numbers that plainly count people."""


class Doubt(NamedTuple):
    """Why the unit of a form's amounts is in doubt (zh, en), and the amount that shows it."""

    spot: Spot
    zh: str
    en: str


@lru_cache(maxsize=65536)
def most_people(text: str) -> int:
    """Return at most how many people an agency may have by what it writes: all numbers added that may count people."""
    bare = _NOT_PEOPLE.sub(" ", text[:LONGEST])
    return sum(int(number) for number in _PEOPLE.findall(bare))


def fewest_people(text: str) -> int:
    """Return how many people an agency has at least by what it writes: the largest number that plainly counts people."""
    found = _SAID_PEOPLE.findall(_NOT_PEOPLE.sub(" ", text[:LONGEST]))
    return max((int(before or behind) for before, behind in found), default=0)


def doubts(tables: Tables) -> dict[int, Doubt]:
    """Return the forms whose amounts cannot be in the unit they were read in, each with the first reason."""
    return (
        _mixed(tables)
        | _too_small(tables)
        | _too_large(tables)
        | _by_head(tables)
        | _by_head_too_little(tables)
    )


def doubts_beside(
    tables: Tables, last_year: Tables | None, pairs: Mapping[int, int], fewest: int
) -> dict[int, Doubt]:
    """Return the forms whose amounts are a thousand times last year's, or out of all proportion to the batch's.

    `pairs`: the form of last year of each form that has one. `fewest`: forms a batch must have to compare with.
    """
    return _by_peers(tables, fewest) | (
        _by_last_year(tables, last_year, pairs) if last_year is not None else {}
    )


def _fen(tables: Tables, field: str) -> NDArray[np.int64]:
    if field not in tables.funds.columns:  # the form has no such line
        import numpy as np

        return np.zeros(len(tables.funds), dtype=np.int64)
    column: pd.Series[Any] = tables.funds[field]
    return column.fillna(0).to_numpy(dtype="int64")


def _forms(tables: Tables, mask: NDArray[np.bool_]) -> list[int]:
    return [int(form) for form in tables.funds.index.to_numpy()[mask]]


def _by_head(tables: Tables) -> dict[int, Doubt]:
    basic = _fen(tables, "basic_full")
    found = {}
    for form in _forms(tables, basic >= PER_HEAD_MOST):
        people = most_people(str(tables.forms["staffing"].loc[form] or ""))
        fen = int(tables.funds["basic_full"].loc[form])
        if people and fen // people >= PER_HEAD_MOST:
            each, whole = wan_text(fen // people // FEN_PER_WAN * FEN_PER_WAN), wan_text(fen)
            found[form] = Doubt(
                Spot("funds", form, "basic_full"), f"基本支出{whole}万元，机构人员最多{people}人，人均{each}万元",
                f"basic expenditure of {whole} 万元 for at most {people} people is {each} 万元 each",
            )  # fmt: skip
    return found


def _too_large(tables: Tables) -> dict[int, Doubt]:
    """Return the forms of which the total, or where it is not read another line, is more than any agency has."""
    social = _fen(tables, "social_insurance_full")
    found: dict[int, Doubt] = {}
    for field in tables.budget.fields:
        if field.startswith("social_insurance"):
            continue
        for form in _forms(tables, _fen(tables, field) - social > TOTAL_MOST):
            whole, most = wan_text(int(tables.funds[field].loc[form])), wan_text(TOTAL_MOST)
            name, name_en = tables.budget.field_name(field), tables.budget.field_name(field, "en")
            doubt = Doubt(
                Spot("funds", form, field),
                f"{name}{whole}万元，全市没有单位超过{most}万元",
                f"{name_en} of {whole} 万元; no agency of the city has more than {most} 万元",
            )
            found.setdefault(form, doubt)
    return found


def _mixed(tables: Tables) -> dict[int, Doubt]:
    """Return the forms of which one amount is many times the total, or the total many times all others.

    No line can be more than the total; ten times as much is no mistake in adding up but another unit, or digits too many.
    """
    total = _fen(tables, "total_full")
    lines = {field: _fen(tables, field) for field in tables.budget.fields if field != "total_full"}
    largest: dict[int, tuple[int, Spot]] = {}
    for field, fen in lines.items():
        for form, amount in zip(tables.funds.index.tolist(), fen.tolist(), strict=True):
            if amount > largest.get(form, (0,))[0]:
                largest[form] = (amount, Spot("funds", form, field))
    for period in ("half", "full"):
        for row, form, amount in _projects(tables, period):
            if amount > largest.get(form, (0,))[0]:
                largest[form] = (amount, Spot("projects", row, period))
    found = {}
    for form, whole in zip(tables.funds.index.tolist(), total.tolist(), strict=True):
        most, spot = largest.get(form, (0, Spot("funds", form, "total_full")))
        if whole > 0 < most and max(most, whole) > MIXED_TIMES * min(most, whole):
            spot = spot if most > whole else Spot("funds", form, "total_full")
            one, other = wan_text(max(most, whole)), wan_text(min(most, whole))
            than, than_en = (
                ("资金总额", "total funds")
                if most > whole
                else ("其余最大的金额", "the largest other amount")
            )
            found[form] = Doubt(
                spot,
                f"此处{one}万元，{than}{other}万元，相差十倍以上",
                f"{one} 万元 here and {other} 万元 of {than_en}: more than ten times",
            )
    return found


def _projects(tables: Tables, period: str) -> Iterator[tuple[int, int, int]]:
    """Yield row, form and fen of every project amount of a period that is read."""
    column: pd.Series[Any] = tables.projects[period]
    fen = column.fillna(0).to_numpy(dtype="int64")
    forms: pd.Series[Any] = tables.projects["form"]
    yield from zip(tables.projects.index.tolist(), forms.tolist(), fen.tolist(), strict=True)


def _too_small(tables: Tables) -> dict[int, Doubt]:
    total = _fen(tables, "total_full")
    units = tables.forms["money_unit"].tolist()
    found = {}
    for form in _forms(tables, (total > 0) & (total < TOTAL_LEAST)):
        whole, unit = wan_text(int(tables.funds["total_full"].loc[form])), units[form]
        by, by_en = (
            ("", "") if unit == "万元" else (f"按表中所注单位“{unit}”折算，", "in the unit the sheet names, ")
        )
        found[form] = Doubt(
            Spot("funds", form, "total_full"), f"{by}资金总额仅{whole}万元",
            f"{by_en}total funds are only {whole} 万元",
        )  # fmt: skip
    return found


def _by_head_too_little(tables: Tables) -> dict[int, Doubt]:
    """Return the forms that state a few hundred yuan a head and year, or less: figures in 亿元."""
    basic = _fen(tables, "basic_full")
    found = {}
    for form in _forms(tables, (basic > 0) & (basic < FEN_PER_WAN * 100)):
        people = fewest_people(str(tables.forms["staffing"].loc[form] or ""))
        fen = int(tables.funds["basic_full"].loc[form])
        if people and fen // people < PER_HEAD_LEAST:
            whole, each = wan_text(fen), fen // people // 100
            found[form] = Doubt(
                Spot("funds", form, "basic_full"), f"基本支出{whole}万元，机构人员至少{people}人，人均仅{each}元",
                f"basic expenditure of {whole} 万元 for at least {people} people is {each} yuan each",
            )  # fmt: skip
    return found


def _smallest(tables: Tables, form: int) -> tuple[int, int]:
    """Return the smallest amount of a form that is not nothing, and how many there are."""
    own = [int(fen) for field in tables.budget.fields if (fen := tables.funds[field].fillna(0).loc[form])]
    rows = tables.projects.index[tables.projects["form"] == form]
    projects = numbered(tables.projects, ("half", "full"), rows)
    own += [int(fen) for period in ("half", "full") for fen in projects[period].fillna(0).tolist() if fen]
    return min(map(abs, own), default=0), len(own)


def _by_last_year(tables: Tables, last_year: Tables, pairs: Mapping[int, int]) -> dict[int, Doubt]:
    new = dict(zip(tables.funds.index.tolist(), _fen(tables, "total_full").tolist(), strict=True))
    old = dict(zip(last_year.funds.index.tolist(), _fen(last_year, "total_full").tolist(), strict=True))
    return {
        form: Doubt(
                Spot("funds", form, "total_full"), f"资金总额{wan_text(new[form])}万元，上年为{wan_text(old[before])}万元，相差千倍以上",
            f"total funds of {wan_text(new[form])} 万元, last year {wan_text(old[before])} 万元: a thousand times",
        )
        for form, before in pairs.items()
        if new[form] > 0 < old[before] and max(new[form] // old[before], old[before] // new[form]) >= TIMES
    }  # fmt: skip


def _by_peers(tables: Tables, fewest: int) -> dict[int, Doubt]:
    """Compare basic expenditure with the batch's median where nobody says how many people there are."""
    import numpy as np

    basic = _fen(tables, "basic_full")
    stated = basic[basic > 0]
    if len(stated) < fewest:
        return {}
    middle = int(np.median(stated))
    found = {}
    for form in _forms(tables, basic >= middle * PEERS_TIMES):
        smallest, count = _smallest(tables, form)
        people = most_people(str(tables.forms["staffing"].loc[form] or ""))
        if not people and count >= FEWEST and smallest >= SMALLEST:
            whole, usual = wan_text(int(tables.funds["basic_full"].loc[form])), wan_text(middle)
            found[form] = Doubt(
                Spot("funds", form, "basic_full"), f"基本支出{whole}万元，本批{len(stated)}个单位的中位数为{usual}万元",
                f"basic expenditure of {whole} 万元; the median of {len(stated)} forms is {usual} 万元",
            )  # fmt: skip
    return found
