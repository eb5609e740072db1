"""The sample city: what each agency files, its money drawn from a fixed seed so that every sum is exact.

Texts stand in `data/city/*.toml`, written for each agency by itself. The agencies do not exist and
their figures mean nothing.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

from etl.form.layout import FilledForm, IndicatorLine, ProjectLine
from samples.sources import DATA, load

SEED = 2023
YEAR = 2023
_CENT = Decimal("0.01")
_LEVEL1 = {"服务对象满意度": "满意度"}
_SOURCES = ("government_fund", "special_account", "state_capital", "social_insurance", "carried_in", "other")
_OUTSIDE_APPROPRIATION = ("social_insurance", "carried_in", "other")


@dataclass(frozen=True, slots=True)
class Agency:
    """A row of the roster: data file, code, names, department, whether its form holds its units' too."""

    slug: str
    code: str
    name: str
    short: str
    department: str
    scope: str
    posts: int


@lru_cache(maxsize=64)
def data_of(slug: str) -> dict[str, Any]:
    """Return an agency's data file."""
    return load(DATA / "city" / f"{slug}.toml")


@lru_cache(maxsize=64)
def clean_form(slug: str) -> FilledForm:
    """Return an agency's form without any mistake; a department's sums are those of its children."""
    data = data_of(slug)
    dice = random.Random(f"{SEED}:{slug}")
    children = [clean_form(child) for child in data.get("children", ())]
    if children:
        amounts, projects = _added_up(children)
    else:
        projects = tuple(_project(name, about, dice) for name, about in data["projects"]["rows"])
        amounts = _amounts(data["money"], projects, dice)
    rate = int(100 * (_of(amounts, "basic_half") + _of(amounts, "project_half")) / _of(amounts, "total_full"))
    return FilledForm(
        YEAR, _texts(data), amounts, projects, (*_common(dice, rate), *duty_lines(data), *effect_lines(data))
    )


def posts_and_staff(slug: str) -> tuple[int, int]:
    """Return the posts and the staff of an agency, with those of its units where its form holds them."""
    data = data_of(slug)
    counts = [posts_and_staff(child) for child in data.get("children", ())]
    return sum((c[0] for c in counts), data.get("posts", 0)), sum(
        (c[1] for c in counts), data.get("staff", 0)
    )


def _texts(data: dict[str, Any]) -> dict[str, str]:
    slug_counts = [posts_and_staff(child) for child in data.get("children", ())]
    posts = sum((c[0] for c in slug_counts), data.get("posts", 0))
    staff = sum((c[1] for c in slug_counts), data.get("staff", 0))
    staffing = f"编制数：{posts}人，在编在岗人数：{staff}人。内设机构：{data['offices']}。"
    texts = {name: data[name] for name in ("agency", "functions", "long_term_goal", "annual_goal")}
    return {**texts, "staffing": staffing}


def _drawn(about: float, low: float, high: float, dice: random.Random) -> Decimal:
    """Return about `about` 万元, to the cent and never whole: whole sums would look rounded."""
    cents = int(100 * about * (low + (high - low) * dice.random()))
    return (cents + (7 if cents % 100 == 0 else 0)) * _CENT


def _project(name: str, about: float, dice: random.Random) -> ProjectLine:
    full = _drawn(about, 0.97, 1.03, dice)
    return ProjectLine(name, _drawn(float(full), 0.46, 0.54, dice), full)


def _amounts(
    money: dict[str, float], projects: tuple[ProjectLine, ...], dice: random.Random
) -> dict[str, Decimal | None]:
    basic = _drawn(money["basic"], 0.98, 1.02, dice)
    sums = _project_sums(projects)
    sources = {
        name: _drawn(money[name], 0.9, 1.1, dice) if name in money else Decimal(0) for name in _SOURCES
    }
    total = basic + sums["project_full"]
    appropriation = total - sum(sources[name] for name in _OUTSIDE_APPROPRIATION)
    inside = sum(sources[name] for name in _SOURCES if name not in _OUTSIDE_APPROPRIATION)
    return {
        "total_full": total,
        "appropriation_full": appropriation,
        "general_full": appropriation - inside,
        **{f"{name}_full": amount for name, amount in sources.items()},
        "basic_half": _drawn(float(basic), 0.47, 0.52, dice),
        "basic_full": basic,
        **sums,
    }


def _project_sums(projects: tuple[ProjectLine, ...]) -> dict[str, Decimal]:
    return {
        "project_half": sum((p.half or Decimal(0) for p in projects), Decimal(0)),
        "project_full": sum((p.full or Decimal(0) for p in projects), Decimal(0)),
    }


def _added_up(children: list[FilledForm]) -> tuple[dict[str, Decimal | None], tuple[ProjectLine, ...]]:
    names = children[0].amounts
    sums: dict[str, Decimal | None] = {
        name: sum((_of(child.amounts, name) for child in children), Decimal(0)) for name in names
    }
    return sums, tuple(project for child in children for project in child.projects)


def _of(amounts: Any, name: str) -> Decimal:
    value = amounts[name]
    assert isinstance(value, Decimal)
    return value


def _common(dice: random.Random, rate: int) -> Iterator[IndicatorLine]:
    for group in load(DATA / "common.toml")["common"]:
        for name, *choices in group["rows"]:
            half, full = choices[int(dice.random() * len(choices))]
            yield IndicatorLine(
                "common", group["level1"], group["level2"], "", name, half.replace("{rate}", str(rate)), full
            )


def duty_lines(data: dict[str, Any]) -> Iterator[IndicatorLine]:
    """Yield the duty indicators of a form's data."""
    for group in data["duty"]:
        for name, half, full in group["rows"]:
            yield IndicatorLine("duty", "履职", group["level2"], group["key_task"], name, half, full)


def effect_lines(data: dict[str, Any]) -> Iterator[IndicatorLine]:
    """Yield the benefit and satisfaction indicators of a form's data."""
    for level2, name, half, full in data["effect"]["rows"]:
        yield IndicatorLine("effect", _LEVEL1.get(level2, "效益"), level2, "", name, half, full)
