"""YY: year on year. Money and people beside last year's."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING

from checks.declared.budget import FEN_PER_WAN, FEN_PER_YUAN, Budget
from checks.declared.money import fen_of, percent_text, wan_text
from checks.enrich import MILLION
from checks.finding import Hit, Severity, Spot
from checks.frames.columns import one_of, taken, where
from checks.frames.tables import Tables
from checks.given.handed_in import Reason, a_year_before
from checks.relations import amounts, readable
from checks.rule import FITNESS, Verdict, quoted, rule
from checks.settings import Settings
from checks.wording.staffing import staff

if TYPE_CHECKING:
    import pandas as pd

_TEXTS = ("annual_goal", "long_term_goal", "functions", "staffing")
_SENTENCE_END = re.compile(r"[。；;！!\n]")
_LONGEST = 5000
_THREE_PUBLIC = re.compile(r"三公[”\"]?经费[^0-9。；\n]{0,12}([0-9]{1,9}(?:\.[0-9]{1,6})?)(万元|元)")
_RATE = "“三公经费”变动率"
_NEITHER: Reason = {"zh": "两年的“三公经费”金额", "en": "the “three public” expenses of both years"}
_NO_STAFF: Reason = {"zh": "两年的在职人数", "en": "the staff in post of both years"}


@rule(
    "YY04", Severity.INFO, FITNESS, scope="batch",
    zh={"": "“{field}”由上年{expected}万元变为{found}万元（{change}），文中未说明原因{more}",
        "yuan": "“{field}”{found}万元约为上年{expected}万元的{times}倍，疑似以“元”填报{more}"},
    en={"": "“{field_en}” went from {expected} to {found} 万元 ({change}) and no text says why{more_en}",
        "yuan": "“{field_en}” of {found} 万元 is {times} times last year's {expected}: probably given in yuan{more_en}"},
)  # fmt: skip
def changes_of_funds_are_explained(
    tables: Tables, budget: Budget, last_year: Tables, settings: Settings, roster: pd.DataFrame | None = None
) -> Verdict:
    """A fund line that changed much is explained in the texts: a sentence on money that speaks of change.

    Money that is some ten thousand times last year's was given in yuan, an error; ST09 says it of huge sums.

    公式: |本年-上年|>上年×阈值(fund_change_percent)且>阈值(fund_change_wan)万元，且文字中没有资金增减的说明
    依据: 财预〔2015〕88号 (unconfirmed)
    错例: 项目支出由1200万元增至2600万元，目标未提新增任务
    改法: 在年度目标中说明增减原因
    Fix: Say in the annual goal why the money changed
    """
    pairs, unknown = a_year_before(tables, last_year, roster)
    changed: dict[int, list[tuple[str, int, int]]] = {}
    for field in (f for f in budget.fields if f.endswith("_full") and f in last_year.budget.fields):
        for form, new, old in _changed(tables.funds, last_year.funds, field, pairs, settings):
            changed.setdefault(form, []).append((field, new, old))
    made = []
    for form, lines in sorted(changed.items()):
        in_yuan = [line for line in lines if _ten_thousand_times(line[1], line[2])]
        if in_yuan and int(tables.funds["total_full"].fillna(0).loc[form]) <= _highest(settings):
            made.append(_change(budget, form, in_yuan, Severity.ERROR, "yuan"))
        elif not in_yuan and not _explained(tables.forms, form, settings):
            made.append(_change(budget, form, lines))
    return Verdict(made, not_run=unknown)


def _ten_thousand_times(new: int, old: int) -> bool:
    """Return whether an amount is last year's in another unit, allowing for a change of about three times."""
    return old > 0 and 3_000 * old <= new <= 30_000 * old


def _highest(settings: Settings) -> int:
    return int(settings.threshold("total_highest_wan")) * FEN_PER_WAN


def _changed(
    new: pd.DataFrame, old: pd.DataFrame, field: str, pairs: Mapping[int, int], settings: Settings
) -> list[tuple[int, int, int]]:
    """Return form, this year's and last year's fen where a line changed by more than the thresholds."""
    percent = int(settings.threshold("fund_change_percent"))
    least = int(settings.threshold("fund_change_wan")) * FEN_PER_WAN
    forms, before = list(pairs), list(pairs.values())
    known = readable(new, field).loc[forms].to_numpy() & readable(old, field).loc[before].to_numpy()
    now, then = amounts(new, field).loc[forms].tolist(), amounts(old, field).loc[before].tolist()
    both = ((form, a, b) for form, a, b, sure in zip(forms, now, then, known, strict=True) if sure)
    return [(form, a, b) for form, a, b in both if abs(a - b) > least and abs(a - b) * 100 > percent * abs(b)]


def _explained(forms: pd.DataFrame, form: int, settings: Settings) -> bool:
    money, change = settings.word_list("money_words"), settings.word_list("change_words")
    sentences = (
        sentence
        for name in _TEXTS
        for sentence in _SENTENCE_END.split(str(forms[name].loc[form] or "")[:_LONGEST])
    )
    return any(
        any(word in sentence for word in money) and any(word in sentence for word in change)
        for sentence in sentences
    )


def _change(
    budget: Budget,
    form: int,
    lines: list[tuple[str, int, int]],
    severity: Severity | None = None,
    variant: str = "",
) -> Hit:
    field, new, old = lines[0]
    more = len(lines) - 1
    values = {
        "field": budget.field_name(field), "field_en": budget.field_name(field, "en"),
        "change": f"{'+' if new > old else '-'}{percent_text(abs(new - old), abs(old), 1)}" if old else "+",
        "times": str(new // old) if old else "",
        "more": f"；另有{more}项变动较大" if more else "", "more_en": f"; {more} more lines" if more else "",
    }  # fmt: skip
    spots = tuple(Spot("funds", form, name) for name, _, _ in lines)
    return Hit(form, spots, values, severity, variant, wan_text(new), wan_text(old), wan_text(new - old))


@rule(
    "YY07", Severity.ERROR, FITNESS, asks=("framework",), scope="batch",
    zh="“三公经费”变动率目标{found}，按上年{old}万元、本年{new}万元测算为{expected}",
    en="the change of the “three public” expenses is set to {found}, but {old} and {new} 万元 make {expected}",
)  # fmt: skip
def three_public_change_matches_the_amounts(
    tables: Tables, last_year: Tables, roster: pd.DataFrame | None = None
) -> Verdict:
    """The change of the three public expenses is not above its target, where both years' amounts are written.

    公式: (本年-上年)/上年×100% 与目标值相符（允许0.05个百分点）；金额取自两年表内文字
    依据: 财预〔2013〕53号 (unconfirmed)
    错例: 上年18万元，本年21万元，目标≤0%
    改法: 核对两年金额和目标值
    Fix: Check both amounts and the target
    """
    pairs, unknown = a_year_before(tables, last_year, roster)
    number = tables.budget.framework.named(_RATE)
    rate = where(
        tables.indicators, {"common": lambda common: common == number, "full_kind": one_of("number")}
    )
    rows = taken(tables.indicators, ("form", "full_raw", "full_operator", "full_number"), rate)
    rows = rows.drop_duplicates("form")
    not_run, made = dict(unknown), []
    for row, form, raw, operator, number in zip(
        rows.index.tolist(),
        rows["form"].tolist(),
        rows["full_raw"],
        rows["full_operator"],
        rows["full_number"],
        strict=True,
    ):
        if form not in pairs:
            continue
        new, old = _three_public(tables.forms, form), _three_public(last_year.forms, pairs[form])
        if new is None or not old:
            not_run[form] = _NEITHER
        elif _misses(new, old, operator, int(number)):
            values = {"old": wan_text(old), "new": wan_text(new)}
            computed = percent_text(new - old, old)
            spot = Spot("indicators", row, "full")
            made.append(Hit(form, (spot,), values, found=quoted(raw), expected=computed))
    return Verdict(
        made, frozenset(tables.forms.index.tolist()) - set(rows["form"].tolist()) - set(not_run), not_run
    )


def _three_public(forms: pd.DataFrame, form: int) -> int | None:
    """Return the three public expenses a form's texts state, in fen."""
    for name in _TEXTS:
        if match := _THREE_PUBLIC.search(str(forms[name].loc[form] or "")[:_LONGEST]):
            return fen_of(Decimal(match[1]), FEN_PER_WAN if match[2] == "万元" else FEN_PER_YUAN)
    return None


def _misses(new: int, old: int, operator: str, target: int) -> bool:
    """Return whether the change from old to new (fen) misses a target in millionths of a per cent."""
    gap = (new - old) * 100 * MILLION - target * old
    slack = MILLION // 20 * old
    return (operator in ("≤", "<") and gap > slack) or (operator in ("=", "") and abs(gap) > slack)


@rule(
    "YY08", Severity.INFO, FITNESS, asks=("staffing",), scope="batch",
    zh="在职人数由上年{expected}人变为{found}人（{change}），请核对", en="staff in post went from {expected} to {found} ({change}); please check",
)  # fmt: skip
def staff_changes_little(
    tables: Tables, last_year: Tables, settings: Settings, roster: pd.DataFrame | None = None
) -> Verdict:
    """The number of people in post does not change by more than a fifth in a year.

    公式: |本年-上年|/上年≤阈值(staff_change_percent)%
    依据: 评审经验
    错例: 上年在职45人，本年28人
    改法: 核对在职人数；机构调整的请说明
    Fix: Check the number, and say where the organisation changed
    """
    pairs, unknown = a_year_before(tables, last_year, roster)
    percent = int(settings.threshold("staff_change_percent"))
    not_run, made = dict(unknown), []
    for form, before in pairs.items():
        new, old = (
            staff(str(forms["staffing"].loc[n] or ""))
            for forms, n in ((tables.forms, form), (last_year.forms, before))
        )
        if new is None or not old:
            not_run[form] = _NO_STAFF
        elif abs(new - old) * 100 > percent * old:
            change = f"{'+' if new > old else '-'}{percent_text(abs(new - old), old, 1)}"
            spot = Spot("forms", form, "staffing")
            made.append(Hit(form, (spot,), {"change": change}, found=str(new), expected=str(old)))
    return Verdict(made, not_run=not_run)
