"""XW: an agency beside its peers: values far from the others', and customs that differ in the city."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from checks.declared.budget import Budget
from checks.enrich import MILLION
from checks.finding import Hit, Severity
from checks.frames.columns import filled, one_of, taken, where
from checks.frames.rows import Rows
from checks.frames.tables import Tables
from checks.given.handed_in import counted, superseded
from checks.given.roster import standings
from checks.relations import amounts, readable
from checks.rule import FEASIBILITY, FITNESS, Verdict, hits, quoted, rule, told
from checks.settings import Settings

if TYPE_CHECKING:
    import pandas as pd

_FEW = {"zh": "同类单位不足，无法比较", "en": "too few peers to compare with"}


@rule(
    "XW08", Severity.INFO, FITNESS, asks=("half_money", "basic_half", "project_half"), scope="batch",
    zh={"half": "半年执行计划占全年{found}，同类{count}个单位多为{expected}",
        "satisfaction": "满意度目标{found}，同类{count}个单位多为{expected}",
        "cost": "“{name}”{found}，{count}个同名指标多为{expected}"},
    en={"half": "the half-year plan is {found} of the year; most of {count} peers: {expected}",
        "satisfaction": "the satisfaction target is {found}; most of {count} peers: {expected}",
        "cost": "“{name}”: {found}; most of {count} indicators of that name: {expected}"},
)  # fmt: skip
def values_are_among_the_peers(
    tables: Tables, settings: Settings, roster: pd.DataFrame | None = None
) -> Verdict:
    """Half-year share, satisfaction and unit cost lie among those of comparable agencies.

    Peers: the roster's group, else its department, else the whole batch, each from peers_least members on.
    What HF09 and IG19 report already, and what is less than outlier_least_pp points off, is not repeated.

    公式: 值在[Q1-1.5·IQR, Q3+1.5·IQR]内；同类不少于阈值(peers_least)个单位
    依据: 评审经验
    错例: 同类单位半年计划占45%～55%，本单位62%
    改法: 核对；确有原因的请说明
    Fix: Check it, and say where there is a reason
    """
    forms = counted(tables)
    groups = _peer_groups(tables, forms, settings, roster)
    if not groups:
        return Verdict((), not_run=dict.fromkeys(tables.forms.index.tolist(), _FEW))
    peers = _series(groups)
    made = _half_shares(tables, peers, settings) + _satisfaction(tables, peers, settings)
    alone = {form: _FEW for form in forms if form not in groups}
    return Verdict(made + _unit_costs(tables, forms, settings), superseded(tables), alone)


def _series(values: dict[int, str]) -> pd.Series[Any]:
    import pandas as pd

    return pd.Series(values, dtype=object)


def _peer_groups(
    tables: Tables, forms: list[int], settings: Settings, roster: pd.DataFrame | None
) -> dict[int, str]:
    """Return the name of the smallest group with enough members that each form belongs to."""
    least = int(settings.threshold("peers_least"))
    names = {
        form: (f"group {s.group}" * bool(s.group), f"department {s.department}" * bool(s.department), "city")
        for form, s in zip(forms, standings(tables.forms["agency"].loc[forms], roster), strict=True)
    }
    size: dict[str, int] = {}
    for levels in names.values():
        for level in levels:
            size[level] = size.get(level, 0) + 1
    found = {form: next((x for x in levels if x and size[x] >= least), "") for form, levels in names.items()}
    return {form: name for form, name in found.items() if name}


def _outliers(
    values: pd.Series[Any], peers: pd.Series[Any], settings: Settings, least: float
) -> pd.DataFrame:
    """Return, for each value, whether it is `far` from its peers' and their quartiles `low`, `high` and `count`."""
    import pandas as pd

    grouped = values.groupby(peers)
    low, high = grouped.transform("quantile", 0.25), grouped.transform("quantile", 0.75)
    reach = ((high - low) * 1.5).clip(lower=least)
    count = grouped.transform("size")
    far = ((values < low - reach) | (values > high + reach)) & (count >= settings.threshold("peers_least"))
    return pd.DataFrame({"far": far, "low": low, "high": high, "count": count})


def _percent(points: pd.Series[Any]) -> pd.Series[Any]:
    """Return hundredths of a per cent as text."""
    texts = points.map(lambda value: f"{value / 100:.1f}".rstrip("0").rstrip(".") + "%")
    return texts.astype(object)  # of no value at all, map makes numbers


def _span(found: pd.DataFrame) -> pd.Series[Any]:
    low, high = _percent(found["low"]), _percent(found["high"])
    return low.where(low == high, low + "～" + high)


def _half_shares(tables: Tables, peers: pd.Series[Any], settings: Settings) -> list[Hit]:
    fields = [f"{line}_{period}" for line in ("basic", "project") for period in ("half", "full")]
    funds = tables.funds[[name for field in fields for name in (field, f"{field}_state")]].loc[peers.index]
    known = [readable(funds, field) for field in fields]
    half = amounts(funds, "basic_half") + amounts(funds, "project_half")
    full = amounts(funds, "basic_full") + amounts(funds, "project_full")
    usable = known[0] & known[1] & known[2] & known[3] & (full > 0) & (half <= full)
    share = half[usable] // 10_000 * 10_000 // (full[usable] // 10_000).clip(lower=1)
    found = _outliers(share, peers[usable], settings, settings.threshold("outlier_least_pp") * 100)
    said = (share < settings.threshold("half_share_low") * 100) | (
        share > settings.threshold("half_share_high") * 100
    )
    places = ["funds.basic_half", "funds.project_half", "funds.basic_full", "funds.project_full"]
    return _far(funds[usable], found, found["far"] & ~said, places, "half", _percent(share), _span(found))


def _satisfaction(tables: Tables, peers: pd.Series[Any], settings: Settings) -> list[Hit]:
    tests = {
        "level1": one_of("满意度"),
        "full_unit": one_of("%"),
        "full_kind": one_of("number"),
        "form": lambda form: form.isin(peers.index),
    }
    rows = taken(tables.indicators, ("form", "full_number", "full_raw"), where(tables.indicators, tests))
    points = rows["full_number"].astype("int64") // (MILLION // 100)
    found = _outliers(points, rows["form"].map(peers), settings, settings.threshold("outlier_least_pp") * 100)
    known = (points < settings.threshold("satisfaction_lowest") * 100) | (points >= 100_00)
    stated = rows["full_raw"].map(quoted)
    return _far(rows, found, found["far"] & ~known, ["indicators.full"], "satisfaction", stated, _span(found))


def _unit_costs(tables: Tables, forms: list[int], settings: Settings) -> list[Hit]:
    """Compare cost indicators of one name and unit across agencies, from enough of them on."""
    tests = {
        "block": one_of("duty"),
        "full_unit": lambda unit: unit.str.contains("元", regex=False),
        "full_kind": one_of("number"),
        "full_number": lambda number: number.notna(),
        "form": lambda form: form.isin(forms),
    }
    columns = ("form", "name", "name_key", "full_unit", "full_number", "full_raw")
    rows = taken(tables.indicators, columns, where(tables.indicators, tests))
    rows = rows.drop_duplicates(["form", "name_key"])
    if rows.empty:
        return []
    costs = rows["full_number"].astype("float64") / MILLION
    found = _outliers(costs, rows["name_key"] + "|" + rows["full_unit"], settings, 0)
    spread = found["high"] > found["low"]
    span = found["low"].map("{:g}".format) + "～" + found["high"].map("{:g}".format) + rows["full_unit"]
    stated = rows["full_raw"].map(quoted)
    return _far(rows, found, found["far"] & spread, ["indicators.full"], "cost", stated, span)


def _far(
    rows: pd.DataFrame, found: pd.DataFrame, where: pd.Series[bool], places: Sequence[str],
    variant: str, stated: pd.Series[str], usual: pd.Series[str],
) -> list[Hit]:  # fmt: skip
    """Return the hits on values that are far from their peers'."""
    far = Rows(rows[where])
    texts = {"found": stated[where].tolist(), "expected": usual[where].tolist()}
    names = told(far, "name") if variant == "cost" else ""
    return hits(far, places, variant=variant, name=names, count=found["count"][where].tolist(), **texts)


@rule(
    "XW09", Severity.INFO, FEASIBILITY, asks=("framework",), scope="batch", summary=True,
    zh="共性指标“{name}”全市比较符号不一致：{counts}", en="“{name}” is stated with different operators in the city: {counts}",
)  # fmt: skip
def operators_are_the_same_in_the_city(tables: Tables, budget: Budget, settings: Settings) -> list[Hit]:
    """A common indicator is stated with one operator throughout the city; said once an indicator, to the bureau.

    公式: 使用非多数比较符号的单位占比<阈值(operator_minority_percent)，或只有一个单位
    依据: 评审经验；口径应由财政部门统一
    错例: 预算执行率24个单位用≥，9个单位用=
    改法: 由财政部门明确比较符号
    Fix: The bureau says which operator is meant
    """
    tests = {
        "common": lambda common: common >= 0,
        "form": lambda form: form.isin(counted(tables)),
        "full_kind": one_of("number"),
        "full_operator": filled,
    }
    columns = ("form", "common", "full_operator")
    rows = taken(tables.indicators, columns, where(tables.indicators, tests))
    rows = rows.drop_duplicates(["form", "common"])
    made = []
    for position, operators in rows.groupby("common")["full_operator"]:
        counts = operators.value_counts()
        minority = int(counts.sum() - counts.iloc[0])
        if minority >= 2 and minority * 100 >= settings.threshold("operator_minority_percent") * counts.sum():
            ranked = sorted(counts.to_dict().items(), key=lambda entry: (-entry[1], entry[0]))
            text = "、".join(f"{operator}（{count}）" for operator, count in ranked)
            made.append(
                Hit(-1, (), {"name": budget.framework[int(str(position))].name, "counts": text}, found=text)
            )
    return made
