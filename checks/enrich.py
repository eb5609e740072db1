"""Adds to the indicators what they mean: parsed targets, their class, the common indicator they are.

Added columns, for `half` and `full` alike: `half_kind`, `half_operator`, `half_number` and `half_upper`
(Int64, millionths of the unit, NA if none), `half_unit`, `half_unit_key` (one for 台 and 台（套）),
`half_word`, `half_notes` (normalisations, space-separated). For the row: `name_key` (as compared), `common` (position in the framework, -1 if
none), `klass` (cumulative, level, period_relative, qualitative) and `unset` (name and both values empty).
"""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from checks.declared.framework import Framework
from checks.declared.text_key import simplified, text_key
from checks.frames.rows import Rows, coded, objects
from checks.frames.tables import Tables
from checks.targets import indicator, target
from checks.targets.units import unit_key

if TYPE_CHECKING:
    import pandas as pd

MILLION = 1_000_000
_LARGEST = 9 * 10**18
_NUMBERS = ("number", "upper")
_BARE = re.compile("ten_thousands")
_PARSED = ("kind", "operator", "number", "upper", "unit", "unit_key", "word", "notes")


def millionths(number: Decimal | None) -> int | None:
    """Return a number as whole millionths, exactly; None for none, for more digits, or beyond 64 bits."""
    if number is None:
        return None
    scaled = number * MILLION
    whole = int(scaled)
    return whole if whole == scaled and abs(whole) < _LARGEST else None


def enriched(tables: Tables) -> Tables:
    """Return the tables with the meaning of every indicator added; parses each distinct text once."""
    indicators = tables.indicators.copy()
    for period in ("half", "full"):
        for name, values in _parsed(_meant(indicators, period)).items():
            indicators[f"{period}_{name}"] = values
        _say_money(indicators, period)
    names = {name: text_key(name) for name in indicators["name"].unique()}
    indicators["name_key"] = indicators["name"].map(names).astype(object)
    indicators["common"] = _common(indicators, tables)
    indicators["klass"] = _classes(indicators, tables.budget.framework)
    stated = Rows(indicators)
    indicators["unset"] = ~(
        stated.test("name", bool) | stated.test("half_raw", bool) | stated.test("full_raw", bool)
    )
    return replace(tables, indicators=indicators)


def _meant(indicators: pd.DataFrame, period: str) -> pd.Series[Any]:
    """Return the values of a period; a cell that is a date says a date or nothing, never the numbers in it (IG23)."""
    values: pd.Series[Any] = indicators[f"{period}_raw"]
    dates = indicators[f"{period}_state"] == "date"
    if not dates.any():
        return values
    other = [target.parse(text).kind is not target.Kind.DATE for text in values[dates]]
    return values.mask(dates & dates.index.isin(values.index[dates][other]), "")


def _parsed(texts: pd.Series[Any]) -> dict[str, pd.Series[Any]]:
    import pandas as pd

    codes, distinct = coded(texts.to_numpy())
    columns = list(zip(*(_row(target.parse(simplified(text))) for text in distinct), strict=True)) or [
        ()
    ] * len(_PARSED)
    return {
        name: pd.Series(pd.array(values, dtype="Int64").take(codes), index=texts.index)
        if name in _NUMBERS
        else pd.Series(objects(values)[codes], index=texts.index, dtype=object)
        for name, values in zip(_PARSED, columns, strict=True)
    }


def _say_money(indicators: pd.DataFrame, period: str) -> None:
    """Read the bare 万 of an amount of money as 万元: 成本≤48万 is ≤48万元, and ≤24万一年 is ≤24万元/年."""
    rows = Rows(indicators)
    bare = rows.test(f"{period}_notes", _BARE.search) & rows.test(f"{period}_unit", indicator.may_be_money)
    bare &= rows.test("name", indicator.is_money)
    for at in bare.nonzero()[0].tolist():
        said = target.in_money(target.parse(str(rows[f"{period}_raw"][at])))
        for name, value in zip(_PARSED, _row(said), strict=True):
            indicators.loc[indicators.index[at], f"{period}_{name}"] = value


def _row(parsed: target.Target) -> tuple[Any, ...]:
    return (
        parsed.kind.value, parsed.operator, millionths(parsed.number), millionths(parsed.upper),
        parsed.unit, unit_key(parsed.unit), parsed.word, " ".join(parsed.normalised),
    )  # fmt: skip


def _series(values: Any, index: pd.Index[Any], dtype: str) -> pd.Series[Any]:
    import pandas as pd

    return pd.Series(list(values), index=index, dtype=dtype)


def _common(indicators: pd.DataFrame, tables: Tables) -> pd.Series[int]:
    """Return the number of each row's common indicator, by the framework of its own form."""
    keys = indicators["name_key"]
    found = _numbers(keys, tables.budget.framework)
    if len(tables.budgets) > 1:
        profile = tables.forms["profile"].reindex(indicators["form"]).to_numpy()
        for id_, budget in tables.budgets.items():
            mine = profile == id_
            found[mine] = _numbers(keys[mine], budget.framework)
    return found.where(indicators["block"] == "common", -1)


def _numbers(keys: pd.Series[Any], framework: Framework) -> pd.Series[int]:
    return keys.map({key: framework.position(key) for key in keys.unique()}).astype("int64")


def _classes(indicators: pd.DataFrame, framework: Framework) -> pd.Series[Any]:
    keys = list(zip(indicators["name"], indicators["full_raw"], indicators["common"], strict=True))
    known = {key: _class(framework, *key) for key in set(keys)}
    return _series([known[key] for key in keys], indicators.index, "object")


def _class(framework: Framework, name: str, full: str, common: int) -> str:
    entry = framework[common] if common >= 0 else None
    return str(indicator.classify(name, target.parse(full), entry).value)
