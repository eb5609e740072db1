"""XS: numbers that texts state are those of the table."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from checks.declared.budget import FEN_PER_WAN, Budget
from checks.declared.money import fen_of, wan_text
from checks.enrich import MILLION, millionths
from checks.finding import Hit, Severity, Spot
from checks.likeness.links import Lexicon, lexicon_of
from checks.rule import FITNESS, RELEVANCE, quoted, rule
from checks.settings import Settings

if TYPE_CHECKING:
    from checks.frames.rows import Rows

LONGEST = 5000
_CLAUSE = re.compile(r"[，。；;、！？（）()\n]|,(?![0-9]{3})")
_DIGIT = re.compile("[0-9]")
_STATED = re.compile(
    r"(?P<noun>[^0-9≥≤<>=]{2,40}?)(?:不低于|不少于|不超过|不高于|至少|达到|达|超过|控制在|保持在|大于|小于|[≥≤<>=])?"
    r"(?P<number>[0-9]{1,12}(?:,[0-9]{3})*(?:\.[0-9]{1,6})?)(?P<times>万(?!元))?(?P<unit>%|[\u4e00-\u9fff]{1,6})?"
)
_ELSEWHEN = re.compile(
    r"上年|去年|往年|较|比|同比|累计|历年|以来|上半年|半年|季度|每[月季周日]|增长|提高|下降|人均|平均|到20"
)
_LEAD = re.compile(
    r"^(?:20[0-9]{2}年度?|全年|年内|今年|本年度?|当年|预计|计划|力争|确保|保证|争取|实现|完成|新增完成|共计?|将|使|保持|为|各类|全市|市级)+"
)
_MEASURE = re.compile(
    r"(?:数量|总数|人次|人数|户数|场次|批次|次数|项数|件数|册数|座数|期数|金额|面积|长度|里程|规模|总量|数|量)$"
)


@dataclass(frozen=True, slots=True)
class _Quantity:
    """A number a text states: what of, how many millionths, and in which unit."""

    core: str
    number: int
    unit: str
    text: str


def _quantities(text: str, words: Lexicon) -> Iterator[_Quantity]:
    for clause in _CLAUSE.split(text[:LONGEST]):
        if not _DIGIT.search(clause):
            continue
        bare = "".join(clause.split())
        match = _STATED.match(bare)
        if match is None or _ELSEWHEN.search(bare):
            continue
        number = Decimal(match["number"].replace(",", "")) * (10_000 if match["times"] else 1)
        whole = millionths(number)
        core = _core(_LEAD.sub("", match["noun"]), words)
        if whole is not None and len(core) >= 2:
            yield _Quantity(core, whole, match["unit"] or "", bare)


def _core(name: str, words: Lexicon) -> str:
    """Return the characters that say what is counted, without measure words and words of no weight."""
    return "".join(words.generic.split(_MEASURE.sub("", re.sub(r"[（(][^（）()]*[）)]$", "", name))))


@rule(
    "XS06", Severity.WARNING, RELEVANCE,
    zh="年度目标“{text}”与指标“{name}”{value}不一致，请统一", en="the annual goal says “{text}”, the indicator “{name}” {value}",
)  # fmt: skip
def goals_and_indicators_state_the_same_number(
    forms: Rows, indicators: Rows, settings: Settings
) -> list[Hit]:
    """A quantity that the annual goal and an indicator both name has one number.

    Only where both name the same thing in the same characters and unit, and no other number of it stands in the goal.

    公式: 年度目标中“事项+数值+单位”与同名指标的全年值相等
    依据: 财预〔2015〕88号 (unconfirmed)，指标细化目标
    错例: 目标写“培训280人次”，指标为≥250人次
    改法: 使两处数值一致
    Fix: State one number
    """
    words = lexicon_of(settings)
    named = _named(indicators, words)
    made: list[Hit] = []
    for form, goal in zip(forms.ids.tolist(), forms.texts("annual_goal"), strict=True):
        stated = list(_quantities(goal, words)) if form in named else []
        if stated:
            made += _different(form, stated, named[form])
    return made


Entries = list[tuple[int, int, str, str]]


def _named(indicators: Rows, words: Lexicon) -> dict[int, dict[tuple[str, str], Entries]]:
    """Return by form, then by what is counted and its unit, the indicators: row, number, name, target."""
    numbers = indicators.equal("full_kind", "number") & indicators.given("full_number")
    own = indicators.where(
        numbers & ~indicators.equal("block", "common") & indicators.test("full_unit", bool)
    )
    cores = {name: "".join(sorted(_core(name, words))) for name in dict.fromkeys(own["name"].tolist())}
    named: dict[int, dict[tuple[str, str], Entries]] = {}
    columns = (own.ids, own.form, own.fen("full_number"), own["name"], own["full_raw"], own["full_unit"])
    for row, form, number, name, raw, unit in zip(*(column.tolist() for column in columns), strict=True):
        if len(cores[name]) >= 2:
            entries = named.setdefault(form, {}).setdefault((cores[name], unit), [])
            entries.append((row, number, name, raw))
    return named


def _different(form: int, stated: list[_Quantity], named: dict[tuple[str, str], Entries]) -> Iterator[Hit]:
    """Yield the indicators whose number differs; of several of one name none where one has the number."""
    by_core: dict[str, list[_Quantity]] = {}
    for quantity in stated:
        by_core.setdefault("".join(sorted(quantity.core)), []).append(quantity)
    for (core, unit), entries in named.items():
        same = [quantity for quantity in by_core.get(core, ()) if _same_unit(quantity.unit, unit)]
        if same and not {q.number for q in same} & {number for _, number, _, _ in entries}:
            row, _, name, raw = entries[0]
            values = {"text": quoted(same[0].text), "name": quoted(name), "value": quoted(raw)}
            spots = (Spot("indicators", row, "full"), Spot("forms", form, "annual_goal"))
            yield Hit(form, spots, values, found=quoted(raw), expected=_plain(same[0]))


def _plain(quantity: _Quantity) -> str:
    number = Decimal(quantity.number) / MILLION
    return f"{number.normalize():f}{quantity.unit}"


def _same_unit(stated: str, unit: str) -> bool:
    """Return whether the words after a number start with a unit: 人次以上 is 人次 and not 人."""
    return stated.startswith(unit) and not stated.removeprefix(unit).startswith("次")


_TOTALS: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "total_full",
        re.compile(
            r"(?:部门|单位|整体|年度|全年|本年)?(?:预算|资金|收支|收入|支出)(?:资金)?(?:总额|总计|总量|总规模|总收入|总支出)|总预算"
        ),
    ),
    ("project_full", re.compile(r"(?<!其中)项目(?:支出|经费|资金)(?:预算|总额|合计|总计|共计|共)")),
    ("basic_full", re.compile(r"基本支出(?:预算|总额|合计|总计|共计|共)?")),
    ("appropriation_full", re.compile(r"财政拨款(?:收入|预算)?(?:总额|合计|总计|共计|共|小计)")),
)
_SUM = re.compile(
    r"[^0-9，。；,;]{0,6}?(?P<number>[0-9]{1,12}(?:,[0-9]{3})*(?:\.[0-9]{1,8})?)(?P<unit>亿元|万元|元)"
)
_OTHER_YEAR = re.compile(r"上年|去年|往年|较|比|同比|增|减|中央|省级|结余|每年|人均|20[0-9]{2}")
_FEN = {"亿元": FEN_PER_WAN * 10_000, "万元": FEN_PER_WAN, "元": 100}


@rule(
    "XS07", Severity.WARNING, FITNESS,
    zh="文字中“{text}”与表中{field}{expected}万元不一致，请核对", en="the text says “{text}”, the table {expected} 万元 of {field_en}",
)  # fmt: skip
def texts_state_the_tables_totals(budget: Budget, forms: Rows, funds: Rows) -> list[Hit]:
    """Totals that a text states are those of the table, to the digits the text gives.

    Sentences that speak of another year, of changes or of a share are passed over.

    公式: 文字中的预算总额、项目支出、基本支出、财政拨款 = 表中数（按文字的末位取整）
    依据: 表内一致
    错例: 文字为5440万元，表中6730万元
    改法: 核对文字和表中的数
    Fix: Bring text and table together
    """
    made: list[Hit] = []
    for field in ("annual_goal", "long_term_goal", "functions", "staffing"):
        stating = forms.where(forms.test(field, lambda text: text and "元" in text))
        columns = (stating.ids.tolist(), stating["fiscal_year"].tolist(), stating[field].tolist())
        for form, year, text in zip(*columns, strict=True):
            made += _sums(budget, form, field, str(text), str(year), funds)
    return made


def _sums(budget: Budget, form: int, field: str, text: str, year: str, funds: Rows) -> Iterator[Hit]:
    at = int(funds.ids.searchsorted(form))
    for sentence in re.split(r"[。；;\n]", text[:LONGEST]):
        bare = "".join(sentence.split())
        if _OTHER_YEAR.search(bare.replace(year, "")):
            continue
        for line, pattern in _TOTALS:
            if line not in budget.fields:
                continue
            for match in pattern.finditer(bare):
                stated = _SUM.match(bare, match.end())
                if stated is not None and funds.readable(line)[at]:
                    yield from _unequal(
                        budget, form, field, line, match[0] + stated[0], stated, int(funds.fen(line)[at])
                    )


def _unequal(
    budget: Budget, form: int, field: str, line: str, said: str, stated: re.Match[str], table: int
) -> Iterator[Hit]:
    text = stated["number"].replace(",", "")
    unit = _FEN[stated["unit"]]
    fen = fen_of(Decimal(text), unit)
    slack = unit // 10 ** len(text.partition(".")[2]) // 2
    if fen is not None and abs(fen - table) > slack:
        values: dict[str, Any] = {
            "text": quoted(said), "field": budget.field_name(line), "field_en": budget.field_name(line, "en"),
        }  # fmt: skip
        spots = (Spot("forms", form, field), Spot("funds", form, line))
        yield Hit(
            form,
            spots,
            values,
            found=wan_text(fen),
            expected=wan_text(table),
            difference=wan_text(fen - table),
        )
