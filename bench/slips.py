"""Slips of the hand, planted one at a time: what people really do to a form that was right.

Each slip takes a random source and a page (`tests.bent.Page`) and returns the spoilt page with the cells
that may rightly be named for it, the spoilt one first.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from random import Random

from etl.form.places import Where
from tests.bent import Cell, Page

Spoilt = tuple[Page, tuple[Where, ...]]
Amount = Callable[[Decimal, Random], Decimal | str | None]

TOTALS = ("total_full", "appropriation_full", "project_full", "project_half")
LINES = ("general_full", "basic_full")


@dataclass(frozen=True, slots=True)
class Slip:
    """A kind of slip; `trace` says that it breaks a sum or an order, so that the culprit can be told."""

    name: str
    plant: Callable[[Random, Page], Spoilt | None]
    trace: bool = False


def cell_of(page: Page, where: Where) -> Cell | None:
    return next((cell for cell in page.cells if cell.where == where), None)


def with_value(page: Page, where: Where, value: Decimal | str | None) -> Page:
    """Return the page with another value in a cell, None to empty it."""
    return page.map(
        lambda c: c if c.where != where else None if value in (None, "") else replace(c, value=value)
    )


def _amount(name: str, change: Amount, kinds: str, trace: bool = True) -> Slip:
    def plant(rng: Random, page: Page) -> Spoilt | None:
        where = _pick(rng, page, kinds)
        cell = cell_of(page, where)
        if cell is None or not isinstance(cell.value, Decimal):
            return None
        new = change(cell.value, rng)
        if new == cell.value or (isinstance(new, Decimal) and abs(new - cell.value) < Decimal("0.6")):
            return None
        return with_value(page, where, new), (where,)

    return Slip(f"{name} ({kinds})", plant, trace)


def _pick(rng: Random, page: Page, kinds: str) -> Where:
    if kinds == "project":
        return rng.choice(
            [c.where for c in page.cells if c.where and c.where[0] == "projects" and c.where[2] == "full"]
        )
    return ("funds", 0, rng.choice(TOTALS if kinds == "total" else LINES))


def _digits(number: Decimal) -> list[str]:
    return list(f"{number}")


def swapped(number: Decimal, rng: Random) -> Decimal:
    text = _digits(number)
    places = [
        i
        for i in range(len(text) - 1)
        if text[i].isdigit() and text[i + 1].isdigit() and text[i] != text[i + 1]
    ]
    if places:
        at = rng.choice(places)
        text[at], text[at + 1] = text[at + 1], text[at]
    return Decimal("".join(text))


def missing(number: Decimal, rng: Random) -> Decimal:
    text = _digits(number)
    places = [i for i, c in enumerate(text) if c.isdigit()]
    del text[rng.choice(places)]
    return Decimal("".join(text) or "0")


def doubled(number: Decimal, rng: Random) -> Decimal:
    text = _digits(number)
    at = rng.choice([i for i, c in enumerate(text) if c.isdigit()])
    return Decimal("".join([*text[: at + 1], *text[at:]]))


def mistyped(number: Decimal, rng: Random) -> Decimal:
    text = _digits(number)
    at = rng.choice([i for i, c in enumerate(text) if c.isdigit()])
    text[at] = rng.choice([d for d in "123456789" if d != text[at]])
    return Decimal("".join(text))


def _text(name: str, where: Where, change: Callable[[str], str | None]) -> Slip:
    def plant(rng: Random, page: Page) -> Spoilt | None:
        cell = cell_of(page, where)
        if cell is None or not isinstance(cell.value, str):
            return None
        return with_value(page, where, change(cell.value)), (where,)

    return Slip(name, plant)


def _value(name: str, number: int, half: str | None, full: str | None) -> Slip:
    """Return a slip in the values of an indicator (by its position in the clean form); "" leaves one alone."""

    def plant(rng: Random, page: Page) -> Spoilt | None:
        spots = tuple(("indicators", number, p) for p, v in (("half", half), ("full", full)) if v != "")
        for where, value in zip(spots, (v for v in (half, full) if v != ""), strict=True):
            page = with_value(page, where, value)
        return page, (
            *spots,
            ("indicators", number, "name"),
            ("indicators", number, "half"),
            ("indicators", number, "full"),
        )

    return Slip(name, plant)


def _left_out(sign: int) -> Callable[[Random, Page], Spoilt | None]:
    def plant(rng: Random, page: Page) -> Spoilt | None:
        row = rng.choice(
            [c for c in page.cells if c.where and c.where[0] == "projects" and c.where[2] == "full"]
        )
        where: Where = ("funds", 0, "project_full")
        total = cell_of(page, where)
        if (
            total is None
            or not isinstance(total.value, Decimal)
            or not isinstance(row.value, Decimal)
            or row.value < 1
        ):
            return None
        return with_value(page, where, total.value + sign * row.value), (where,)

    return plant


def _columns_swapped(rng: Random, page: Page) -> Spoilt | None:
    row = rng.choice([c.where[1] for c in page.cells if c.where and c.where[0] == "projects"])
    half, full = (cell_of(page, ("projects", row, period)) for period in ("half", "full"))
    if half is None or full is None:
        return None
    swapped_page = with_value(
        with_value(page, half.where or ("", 0, ""), full.value), full.where or ("", 0, ""), half.value
    )
    return swapped_page, (("projects", row, "full"), ("projects", row, "half"))


def _row_gone(rng: Random, page: Page) -> Spoilt | None:
    """A common indicator's row is emptied: named at the indicator before it, or at the row itself."""
    number = rng.randrange(8, 30)
    for name in ("name", "half", "full"):
        page = with_value(page, ("indicators", number, name), None)
    return page, (("indicators", number - 1, "name"), ("indicators", number, "name"))


def _wrong_common_name(rng: Random, page: Page) -> Spoilt | None:
    """The indicator that is missing now is named at the one before it."""
    number = rng.randrange(8, 30)
    where: Where = ("indicators", number, "name")
    return with_value(page, where, "档案管理规范率"), (where, ("indicators", number - 1, "name"))


def _duplicate_project(rng: Random, page: Page) -> Spoilt | None:
    rows = sorted({c.where[1] for c in page.cells if c.where and c.where[0] == "projects"})
    first, second = rng.sample(rows, 2)
    first, second = min(first, second), max(first, second)
    name = cell_of(page, ("projects", first, "name"))
    where: Where = ("projects", second, "name")
    return (
        None if name is None else (with_value(page, where, name.value), (where, ("projects", first, "name")))
    )


def _label_gone(rng: Random, page: Page) -> Spoilt | None:
    name = rng.choice(("social_insurance", "carried_in", "other", "state_capital"))
    return with_value(page, ("labels", 0, name), None), (("forms", 0, "title"),)


_TEN = Decimal(10)
_AMOUNTS: tuple[Slip, ...] = tuple(
    _amount(name, change, kinds)
    for kinds in ("total", "line", "project")
    for name, change in (
        ("ten times too large", lambda n, rng: n * 10),
        ("a tenth", lambda n, rng: n / 10),
        ("in yuan", lambda n, rng: n * 10_000),
        ("digits swapped", swapped),
        ("digit missing", missing),
        ("digit doubled", doubled),
        ("digit mistyped", mistyped),
        ("sign", lambda n, rng: -n),
    )
)
SLIPS: tuple[Slip, ...] = (
    *_AMOUNTS,
    _amount("decimals dropped", lambda n, rng: Decimal(int(n)), "total"),
    _amount("rounded", lambda n, rng: n.quantize(Decimal(1), rounding=ROUND_HALF_UP), "total"),
    _amount("hundred times", lambda n, rng: n * 100, "total"),
    _amount("left blank", lambda n, rng: None, "total"),
    _amount("left blank", lambda n, rng: None, "project"),
    _amount("zero", lambda n, rng: Decimal(0), "total"),
    _amount("about", lambda n, rng: f"约{n}", "total", trace=False),
    _amount("about", lambda n, rng: f"约{n}", "project", trace=False),
    _amount("letter O", lambda n, rng: f"{n}".replace("0", "O", 1) + "O", "line", trace=False),
    Slip("a line left out of the total", _left_out(-1), True),
    Slip("a line counted twice", _left_out(1), True),
    Slip("two columns swapped", _columns_swapped, True),
    Slip("a project listed twice", _duplicate_project),
    Slip("a common indicator gone", _row_gone),
    Slip("a line of the form gone", _label_gone),
    _text("goal empty", ("forms", 0, "annual_goal"), lambda text: None),
    _text("goal too short", ("forms", 0, "long_term_goal"), lambda text: "完成任务"),
    _text("functions empty", ("forms", 0, "functions"), lambda text: None),
    _text("agency empty", ("forms", 0, "agency"), lambda text: None),
    _text("markup in a goal", ("forms", 0, "long_term_goal"), lambda text: f"<p>{text}</p>"),
    _text("placeholder in a goal", ("forms", 0, "annual_goal"), lambda text: f"{text}完成XX项。"),
    _text("doubled punctuation", ("forms", 0, "long_term_goal"), lambda text: f"{text}。"),
    _text("bracket open", ("forms", 0, "long_term_goal"), lambda text: f"{text[:20]}（{text[20:]}"),
    _text("a prompt left", ("indicators", 36, "name"), lambda text: "指标1："),
    _text("indicator name twice", ("indicators", 34, "name"), lambda text: "公园设施维修数量"),
    _text("indicator name empty", ("indicators", 37, "name"), lambda text: None),
    Slip("a wrong common name", _wrong_common_name),
    _value("operator lost", 45, "89%", "90%"),
    _value("half value lost", 36, None, ""),
    _value("full value lost", 36, "", None),
    _value("always true", 36, "≥0株", ""),
    _value("share above 100 %", 42, "", "≥120%"),
    _value("half above full", 36, "≥13000株", ""),
    _value("full value copied", 36, "≥12000株", ""),
    _value("operators differ", 36, "=6000株", ""),
    _value("units differ", 36, "≥6000棵", ""),
    _value("unit lost", 36, "≥6000", "≥12000"),
    _value("unit of another kind", 45, "≥89人", "≥90人"),
    _value("letters in a number", 36, "≥6OOO株", ""),
    _value("two values", 36, "6000株、200株", ""),
    _value("approximate", 36, "约6000株", ""),
    _value("an action as value", 44, "建立健全相关制度", "建立健全相关制度"),
    _value("wrong stock word", 5, "规范", ""),
    _value("a number for a word", 5, "", "90"),
    _value("rate out of bounds", 9, "≤120%", "≤120%"),
    _value("execution rate off the plan", 11, "≥80%", ""),
    _value("direction turned", 40, "≤97%", "≤98.5%"),
    _value("satisfaction too low", 45, "≥50%", "≥60%"),
)
