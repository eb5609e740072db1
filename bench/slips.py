"""Slips of the hand, planted alone and in pairs: what people really do to a form that was right.

Each slip takes a random source and a page (`tests.bent.Page`) and returns the spoilt page with the cells
that may rightly be named for it, the spoilt one first. A slip that takes rows out or puts rows in (`on_form`) takes the
form before it is printed.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from random import Random

from etl.form.layout import FilledForm, ProjectLine
from etl.form.places import Where
from tests.bent import Cell, Page

Spoilt = tuple[Page, tuple[Where, ...]]
Respun = tuple[FilledForm, tuple[Where, ...], tuple[Decimal, Decimal] | None]
"""A form with a row more or less, the cells that may be named for it, and the amounts (half, full) of a row taken out."""
Amount = Callable[[Decimal, Random], Decimal | str | None]

TOTALS = ("total_full", "appropriation_full", "project_full", "project_half")
LINES = ("general_full", "basic_full")


@dataclass(frozen=True, slots=True)
class Slip:
    """A kind of slip; `trace` says that it breaks a sum or an order, so that the culprit can be told.

    `anywhere`: it can be planted in any form, not only in those with the indicators of the clean one.
    """

    name: str
    plant: Callable[[Random, Page], Spoilt | None] | None
    trace: bool = False
    anywhere: bool = False
    on_form: Callable[[Random, FilledForm], Respun | None] | None = None


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

    return Slip(f"{name} ({kinds})", plant, trace, anywhere=True)


def _pick(rng: Random, page: Page, kinds: str) -> Where:
    if kinds in ("project", "half"):
        period = "full" if kinds == "project" else "half"
        return rng.choice(
            [c.where for c in page.cells if c.where and c.where[0] == "projects" and c.where[2] == period]
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


def extra(number: Decimal, rng: Random) -> Decimal:
    text = _digits(number)
    text.insert(rng.randrange(1, len(text) + 1), rng.choice("123456789"))
    return Decimal("".join(text))


def stale(number: Decimal, rng: Random) -> Decimal:
    """Return another amount altogether: the form was changed and this cell was not."""
    return number + Decimal(rng.randint(100, 9999)) / 100


def _several(name: str, change: Callable[[Random, Page], dict[Where, Decimal | None] | None]) -> Slip:
    """Return a slip that gives several cells other amounts at once."""

    def plant(rng: Random, page: Page) -> Spoilt | None:
        news = change(rng, page)
        if not news:
            return None
        for where, value in news.items():
            page = with_value(page, where, value)
        return page, tuple(news)

    return Slip(name, plant, trace=True, anywhere=True)


def _amounts_of(page: Page) -> dict[Where, Decimal]:
    return {c.where: c.value for c in page.cells if c.where and isinstance(c.value, Decimal) and c.value}


def _row_times(factor: Decimal) -> Callable[[Random, Page], dict[Where, Decimal | None] | None]:
    def change(rng: Random, page: Page) -> dict[Where, Decimal | None] | None:
        held = _amounts_of(page)
        rows = sorted({w[1] for w in held if w[0] == "projects" and ("projects", w[1], "half") in held})
        row = rng.choice(rows) if rows else -1
        cells = [
            w for w in (("projects", row, "full"), ("projects", row, "half")) if held.get(w, Decimal(0)) > 1
        ]
        return {where: held[where] * factor for where in cells} if len(cells) == 2 else None

    return change


def _block_times(
    factor: Decimal, fields: tuple[str, ...]
) -> Callable[[Random, Page], dict[Where, Decimal | None]]:
    def change(rng: Random, page: Page) -> dict[Where, Decimal | None]:
        held = _amounts_of(page)
        return {w: v * factor for w, v in held.items() if w[0] == "projects" and w[2] in fields}

    return change


def _basic_swapped(rng: Random, page: Page) -> dict[Where, Decimal | None] | None:
    held = _amounts_of(page)
    half, full = ("funds", 0, "basic_half"), ("funds", 0, "basic_full")
    return (
        {half: held[full], full: held[half]}
        if half in held and full in held and held[half] != held[full]
        else None
    )


def _half_above_full(rng: Random, page: Page) -> dict[Where, Decimal | None] | None:
    held = _amounts_of(page)
    rows = [w for w in held if w[0] == "projects" and w[2] == "half" and ("projects", w[1], "full") in held]
    where = rng.choice(rows) if rows else None
    return {where: held["projects", where[1], "full"] + 100} if where else None


def _half_as_full(rng: Random, page: Page) -> dict[Where, Decimal | None] | None:
    held = _amounts_of(page)
    rows = [w for w in held if w[0] == "projects" and w[2] == "half"]
    where = rng.choice(rows) if rows else None
    full = held.get(("projects", where[1], "full")) if where else None
    return {where: full} if where and full and full - held[where] > 1 else None


def _income_left_out(rng: Random, page: Page) -> dict[Where, Decimal | None] | None:
    held = _amounts_of(page)
    total: Where = ("funds", 0, "total_full")
    lines = [("funds", 0, f"{k}_full") for k in ("social_insurance", "carried_in", "other")]
    lines = [w for w in lines if held.get(w, Decimal(0)) > 1]
    return {total: held[total] - held[rng.choice(lines)]} if lines and total in held else None


def _half_total(sign: int) -> Callable[[Random, Page], dict[Where, Decimal | None] | None]:
    def change(rng: Random, page: Page) -> dict[Where, Decimal | None] | None:
        held = _amounts_of(page)
        rows = [w for w in held if w[0] == "projects" and w[2] == "half" and held[w] > 1]
        total: Where = ("funds", 0, "project_half")
        return {total: held[total] + sign * held[rng.choice(rows)]} if rows and total in held else None

    return change


def _project_left_out(rng: Random, form: FilledForm) -> Respun | None:
    rows = [n for n, p in enumerate(form.projects) if (p.full or 0) > 1 and (p.half or 0) > 1]
    if len(form.projects) < 3 or not rows:
        return None
    number = rng.choice(rows)
    gone = form.projects[number]
    left = (*form.projects[:number], *form.projects[number + 1 :])
    cells: tuple[Where, ...] = (("funds", 0, "project_full"), ("funds", 0, "project_half"))
    assert gone.half is not None and gone.full is not None
    return replace(form, projects=left), cells, (gone.half, gone.full)


def _row_added(form: FilledForm, at: int, line: ProjectLine) -> Respun:
    rows = (*form.projects[:at], line, *form.projects[at:])
    cells: tuple[Where, ...] = tuple(("projects", at, field) for field in ("full", "half", "name"))
    return replace(form, projects=rows), cells, None


def _project_repeated(rng: Random, form: FilledForm) -> Respun | None:
    rows = [n for n, p in enumerate(form.projects) if (p.full or 0) > 1]
    return _row_added(form, (n := rng.choice(rows)) + 1, form.projects[n]) if rows else None


def _project_not_in_totals(rng: Random, form: FilledForm) -> Respun | None:
    amounts = Decimal(rng.randint(1000, 20000)) / 100, Decimal(rng.randint(20001, 50000)) / 100
    line = ProjectLine("临时应急抢险保障", *amounts)
    return _row_added(form, rng.randrange(len(form.projects) + 1), line)


_CHANGES: tuple[tuple[str, Amount], ...] = (
    ("ten times too large", lambda n, rng: n * 10),
    ("a tenth", lambda n, rng: n / 10),
    ("in yuan", lambda n, rng: n * 10_000),
    ("digits swapped", swapped),
    ("digit missing", missing),
    ("digit doubled", doubled),
    ("digit mistyped", mistyped),
    ("sign", lambda n, rng: -n),
    ("hundred times", lambda n, rng: n * 100),
    ("a hundredth", lambda n, rng: (n / 100).quantize(Decimal("0.01"))),
    ("thousand times", lambda n, rng: n * 1000),
    ("digit too many", extra),
    ("another amount", stale),
)
_AMOUNTS: tuple[Slip, ...] = tuple(
    _amount(name, change, kinds)
    for kinds in ("total", "line", "project", "half")
    for name, change in _CHANGES
)
_ROWS: tuple[Slip, ...] = (
    _several("a row in yuan", _row_times(Decimal(10_000))),
    _several("a row ten times", _row_times(Decimal(10))),
    _several("a row a tenth", _row_times(Decimal("0.1"))),
    _several("half-year column in yuan", _block_times(Decimal(10_000), ("half",))),
    _several("list of projects in yuan", _block_times(Decimal(10_000), ("half", "full"))),
    _several("basic expenditure: columns swapped", _basic_swapped),
    _several("half above full by 100", _half_above_full),
    _several("half-year plan copied from the year", _half_as_full),
    _several("a line left out of total funds", _income_left_out),
    _several("a row left out of the half-year total", _half_total(-1)),
    _several("a row twice in the half-year total", _half_total(1)),
    Slip("a project left out", None, True, True, _project_left_out),
    Slip("a project repeated", None, True, True, _project_repeated),
    Slip("a project not in the totals", None, True, True, _project_not_in_totals),
)
SLIPS: tuple[Slip, ...] = (
    *_AMOUNTS,
    *_ROWS,
    _amount("decimals dropped", lambda n, rng: Decimal(int(n)), "total"),
    _amount("rounded", lambda n, rng: n.quantize(Decimal(1), rounding=ROUND_HALF_UP), "total"),
    _amount("decimals dropped", lambda n, rng: Decimal(int(n)), "line"),
    _amount("left blank", lambda n, rng: None, "line"),
    _amount("left blank", lambda n, rng: None, "half"),
    _amount("zero", lambda n, rng: Decimal(0), "line"),
    _amount("about", lambda n, rng: f"约{n}", "half", trace=False),
    _amount("left blank", lambda n, rng: None, "total"),
    _amount("left blank", lambda n, rng: None, "project"),
    _amount("zero", lambda n, rng: Decimal(0), "total"),
    _amount("about", lambda n, rng: f"约{n}", "total", trace=False),
    _amount("about", lambda n, rng: f"约{n}", "project", trace=False),
    _amount("letter O", lambda n, rng: f"{n}".replace("0", "O", 1) + "O", "line", trace=False),
    Slip("a line left out of the total", _left_out(-1), True, True),
    Slip("a line counted twice", _left_out(1), True, True),
    Slip("two columns swapped", _columns_swapped, True, True),
    Slip("two projects of one name", _duplicate_project, anywhere=True),
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

_IN_PAIRS = (
    "a project left out", "a project repeated", "two columns swapped", "a row in yuan", "ten times too large (project)",
    "digits swapped (line)", "digit missing (half)", "decimals dropped (total)", "a line left out of total funds",
    "digit mistyped (project)",
)  # fmt: skip
_BY_NAME = {slip.name: slip for slip in SLIPS}
PAIRS: tuple[tuple[Slip, Slip], ...] = tuple(
    (_BY_NAME[one], _BY_NAME[other]) for one, other in itertools.combinations(_IN_PAIRS, 2)
)
"""Two slips in one form. A slip on rows comes first in a pair, so that the other finds the rows as they are left."""
