"""Legitimate forms of forty-nine sectors, and what a reviewer would say of each.

`data/sectors/*.toml` holds the texts, the money and the indicators of an agency as such agencies write
them, and under `finds` what is true of the form, decided by reading it and never by running the checks. The agencies
do not exist. Totals are added up here, the rest of the money being general budget, and the common framework
is that of `data/common.toml` but for what `common` says otherwise; so every form adds up.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache
from typing import Any, NamedTuple

from checks.frames.tables import TEXT_FIELDS
from etl.form.layout import FilledForm, IndicatorLine, ProjectLine, lay_out
from samples.city import duty_lines, effect_lines
from samples.known_form import FORM_2023
from samples.sources import DATA, load
from samples.statement import SEVERITIES

YEAR = 2023
SECTORS = tuple(sorted(path.stem for path in (DATA / "sectors").glob("*.toml")))
_INSIDE = ("government_fund", "special_account", "state_capital")
_OUTSIDE = ("social_insurance", "carried_in", "other")


class Judged(NamedTuple):
    """What is true of a form: file, rule, severity, the cell to correct, and why a reviewer would say it."""

    file: str
    code: str
    severity: str
    cell: str
    why: str


CITYWIDE = (
    Judged("", "CF08", "info", "", "8个单位没有财政专户收入而填了非税收入预算完成率，全市问一次即可"),
)
"""What is true of the sectors together."""


@lru_cache(maxsize=64)
def data_of(sector: str) -> dict[str, Any]:
    """Return a sector's data file."""
    return load(DATA / "sectors" / f"{sector}.toml")


@lru_cache(maxsize=64)
def sector_form(sector: str) -> FilledForm:
    """Return the form of a sector's agency."""
    data = data_of(sector)
    projects = tuple(ProjectLine(name, Decimal(h), Decimal(f)) for name, h, f in data["projects"]["rows"])
    amounts = _amounts(data["money"], projects)
    return FilledForm(
        YEAR, {name: data[name] for name in TEXT_FIELDS}, amounts, projects,
        (*_common(data.get("common", {}), amounts), *duty_lines(data), *effect_lines(data)),
    )  # fmt: skip


def _amounts(money: dict[str, Any], projects: tuple[ProjectLine, ...]) -> dict[str, Decimal]:
    half, full = (Decimal(text) for text in money["basic"])
    sums = {
        f"project_{field}": sum((getattr(p, field) for p in projects), Decimal(0))
        for field in ("half", "full")
    }
    named = {name: Decimal(money.get(name, "0")) for name in (*_INSIDE, *_OUTSIDE)}
    total = full + sums["project_full"]
    appropriation = total - sum(named[name] for name in _OUTSIDE)
    return {
        "total_full": total, "appropriation_full": appropriation,
        "general_full": appropriation - sum(named[name] for name in _INSIDE),
        **{f"{name}_full": amount for name, amount in named.items()},
        "basic_half": half, "basic_full": full, **sums,
    }  # fmt: skip


def _common(own: dict[str, list[str]], amounts: dict[str, Decimal]) -> Iterator[IndicatorLine]:
    """Yield the common framework; the half-year execution rate is what the plan comes to, rounded down."""
    planned = amounts["basic_half"] + amounts["project_half"]
    rate = int(100 * planned / amounts["total_full"])
    for group in load(DATA / "common.toml")["common"]:
        for name, usual, *_ in group["rows"]:
            half, full = own.get(name, usual)
            yield IndicatorLine(
                "common", group["level1"], group["level2"], "", name, half.replace("{rate}", str(rate)), full
            )


def truth(sector: str) -> list[Judged]:
    """Return what is true of a sector's form."""
    return [_true(sector, entry) for entry in data_of(sector).get("finds", ())]


def _true(sector: str, entry: dict[str, str]) -> Judged:
    code, _, weight_at = entry["is"].partition("!")
    weight, _, value = weight_at.partition("@")
    layout = lay_out(FORM_2023, sector_form(sector))
    return Judged(
        f"{data_of(sector)['agency']}.xlsx",
        code,
        SEVERITIES[weight],
        layout.cell(*_where(sector, value)),
        entry["why"],
    )


def _where(sector: str, value: str) -> tuple[str, int, str]:
    """Return which value `indicators.患者满意度.half` or `forms.functions` names; a line without a name goes by its second level."""
    table, _, rest = value.partition(".")
    name, _, field = rest.rpartition(".")
    if not name:
        return table, 0, rest
    lines = getattr(sector_form(sector), table)
    found = [
        n
        for n, line in enumerate(lines)
        if name in (line.name, getattr(line, "level2", "") if not line.name else "")
    ]
    assert len(found) == 1, (sector, value)
    return table, found[0], field
