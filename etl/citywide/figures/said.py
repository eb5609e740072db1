"""What the city's figures mean, in sentences for those who read nothing else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from checks.declared.money import wan_text
from checks.telling.handbook import FAMILIES
from etl.citywide.figures.city import City
from etl.citywide.figures.handed import Handed
from etl.citywide.figures.readings import Readings, Sum, asks

MOST_NAMED = 3
"""Names a sentence lists before it says how many more there are."""
TOTAL, SPENT, HALF = "total_full", ("basic_full", "project_full"), ("basic_half", "project_half")


def about_returns(city: City, handed: Handed) -> str:
    """Return who handed in, what goes back, and what is mostly wrong."""
    due = f"应报{handed.due}家，" if handed.due is not None else ""
    missing = f"，未报{handed.missing}家" if handed.due is not None else ""
    parts = [f"{count}家{name}" for name, count in handed.unusual]
    within = f"（其中{'、'.join(parts)}）" if parts else ""
    outside = f"，另有名单外{handed.outside}家" if handed.outside else ""
    return (
        f"{due}已报{handed.handed}家{within}{missing}{outside}；通过{handed.passed}家，退回修改{handed.returned}家。"
        f"{_problems(city)}"
    )


def _problems(city: City) -> str:
    """Return the families in which most forms have an error, with the number of forms."""
    counts: Counter[str] = Counter()
    counting = city.counting
    for family, form in {
        (kind.code[:2], kind.form) for kind in city.seen.counts if kind.severity == "error" and not kind.trial
    }:
        counts[family] += form in counting
    worst = [(family, count) for family, count in counts.most_common(MOST_NAMED) if count]
    if not worst:
        return "没有须退回修改的错误。"
    return "主要问题：" + "、".join(f"{FAMILIES[family][0]}（{count}家）" for family, count in worst) + "。"


def about_money(city: City, readings: Readings) -> str:
    """Return what the city's money comes to, what was left out and why, and what it probably comes to."""
    whole = readings.total(TOTAL)
    out = readings.in_doubt((TOTAL,))
    count = len(city.order) - len(out)
    if not out:
        return f"资金总额{short(whole.undisputed)}万元，{count}家的金额都没有争议。"
    return (
        f"资金总额无争议数{short(whole.undisputed)}万元（{count}家）；另有{len(out)}家的资金总额存疑，没有计入："
        f"{_reasons(city, readings, out)}。照报送数相加为{short(whole.submitted)}万元，"
        f"按疑似更正后为{short(whole.meant)}万元{_left(city, readings, whole)}。"
    )


def _reasons(city: City, readings: Readings, out: Sequence[int]) -> str:
    """Return why amounts were left out: whose unit is in doubt, by name, the others by number."""
    units = [form for form in out if form in city.doubts.forms]
    units.sort(key=lambda form: -(readings.submitted[TOTAL][form] or 0))
    named = [
        f"{city.agencies[form]}（{short(readings.submitted[TOTAL][form] or 0)}万元）"
        for form in units[:MOST_NAMED]
    ]
    more = f"等{len(units)}家" if len(units) > MOST_NAMED else ""
    parts = [f"{'、'.join(named)}{more}金额单位存疑"] if units else []
    rest = len(out) - len(units)
    return "，".join([*parts, *([f"{rest}家有未改正的金额错误"] if rest else [])])


def _left(city: City, readings: Readings, whole: Sum) -> str:
    """Return how many amounts even the third reading leaves out."""
    nobody = [form for form in city.doubts.forms if readings.meant[TOTAL][form] is None]
    return f"（{len(nobody)}家无从推定，未计入）" if nobody and whole.meant != whole.undisputed else ""


def about_balance(city: City, readings: Readings) -> str:
    """Return how total funds and expenditure differ and why, in each reading that is added up; "" where they do not."""
    total, spent = readings.total(TOTAL), readings.total(*SPENT)
    said = []
    if total.undisputed != spent.undisputed:
        said.append(_unlike("无争议数", total.undisputed, spent.undisputed) + f"：{_why(city, readings)}")
    if total.submitted != spent.submitted:
        unequal = _unequal(readings, city.order)
        said.append(_unlike("报送数", total.submitted, spent.submitted) + f"：{len(unequal)}家自身收支不相等")
    return "；".join(said) + ("。" if said else "")


def _unlike(reading: str, total: int, spent: int) -> str:
    return f"{reading}：资金总额{short(total)}万元与支出合计{short(spent)}万元相差{wan_text(abs(total - spent))}万元"


def _why(city: City, readings: Readings) -> str:
    """Return what makes the undisputed sums differ: other forms are left out of each, or a form differs by itself."""
    one, other = set(readings.in_doubt((TOTAL,))), set(readings.in_doubt(SPENT))
    both = [form for form in city.order if form not in one | other]
    parts = []
    if other - one:
        parts.append(f"{len(other - one)}家只有支出存疑，资金总额仍计入")
    if one - other:
        parts.append(f"{len(one - other)}家只有资金总额存疑，支出仍计入")
    unequal = _unequal(readings, both)
    if unequal:
        parts.append(f"{len(unequal)}家收支在允许的尾差内不相等")
    return "，".join(parts) or "同一单位的部分支出存疑"


def _unequal(readings: Readings, forms: Iterable[int]) -> list[int]:
    known = readings.submitted
    return [
        form for form in forms if (known[TOTAL][form] or 0) != sum(known[field][form] or 0 for field in SPENT)
    ]


def about_errors(whole: Sum) -> str:
    """Return how much of an undisputed sum comes from forms that have an error elsewhere."""
    if not whole.forms or not whole.undisputed:
        return "全部来自没有错误的报表"
    return f"其中{short(whole.beside_errors)}万元来自另有错误的{whole.forms}家（错误不在这些金额上）"


def _asked(city: City, field: str) -> list[int]:
    return [form for form in city.order if asks(city, form, field)]


def about_unread(city: City) -> str:
    """Return how many amounts could not be read and are in none of the sums."""
    funds = city.tables.funds
    count = sum(
        int((~funds[f"{field}_state"].loc[_asked(city, field)].isin(["number", "blank"])).sum())
        for field in city.tables.budget.fields
    )
    return f"另有{count}个金额单元格未读出，各种读数都没有计入。" if count else ""


def short(fen: int) -> str:
    """Return fen in 万元 without decimals, as sentences and cards say it; small sums keep them."""
    return wan_text(fen) if abs(fen) < 100_000_000 else f"{round(fen / 1_000_000):,}"
