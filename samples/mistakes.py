"""Mistakes to plant in a clean form: each says in words what it is, how it is made, and what it must cause.

What must be found is stated here by value (`("funds", 0, "project_half")`), by whoever wrote the
mistake and not by the checker; the layout turns it into cells.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING

from etl.form.layout import FilledForm, IndicatorLine, Layout, ProjectLine
from etl.form.reading import Where

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

Cause = tuple[str, Where]
"""A rule's code and the value it must point at."""

Wheres = Callable[[FilledForm], tuple[Cause, ...]]


@dataclass(frozen=True, slots=True)
class Mistake:
    """One mistake: `change` is made to what is filled in, `edit` to the finished sheet.

    `causes` is asked for the form as it is handed in.
    """

    what: str
    causes: Wheres
    change: Callable[[FilledForm], FilledForm] | None = None
    edit: Callable[[Worksheet, Layout, FilledForm], None] | None = None


def amount(what: str, field: str, change: Callable[[Decimal], Decimal], *codes: str, at: str = "") -> Mistake:
    """State a fixed line wrongly; `at` names the line to be corrected where it is another."""

    def changed(form: FilledForm) -> FilledForm:
        old = form.amounts[field] or Decimal(0)
        return replace(form, amounts={**form.amounts, field: change(old)})

    return Mistake(what, lambda form: tuple((code, ("funds", 0, at or field)) for code in codes), changed)


def project(
    what: str, name: str, change: Callable[[ProjectLine], ProjectLine], *codes_at: tuple[str, str]
) -> Mistake:
    """Change a project line, leaving the totals as they are; `codes_at` are (code, field) pairs."""

    def changed(form: FilledForm) -> FilledForm:
        lines = tuple(change(line) if line.name == name else line for line in form.projects)
        return replace(form, projects=lines)

    def causes(form: FilledForm) -> tuple[Cause, ...]:
        number = _changed_project(form, name, change)
        return tuple((code, ("projects", number, field)) for code, field in codes_at)

    return Mistake(what, causes, changed)


def _changed_project(form: FilledForm, name: str, change: Callable[[ProjectLine], ProjectLine]) -> int:
    """Return the number of the changed line: the last that carries the name it has now."""
    now = change(ProjectLine(name, Decimal(0), Decimal(0))).name
    return max(number for number, line in enumerate(form.projects) if line.name == now)


def emptied_project(what: str, name: str, *codes: str) -> Mistake:
    """Keep a project without any money; the totals are those of the others."""

    def changed(form: FilledForm) -> FilledForm:
        line = next(line for line in form.projects if line.name == name)
        amounts = dict(form.amounts)
        for field in ("project_full", "total_full", "appropriation_full", "general_full"):
            amounts[field] = (amounts[field] or Decimal(0)) - (line.full or Decimal(0))
        amounts["project_half"] = (amounts["project_half"] or Decimal(0)) - (line.half or Decimal(0))
        empty = replace(line, half=Decimal(0), full=Decimal(0))
        lines = tuple(empty if other is line else other for other in form.projects)
        return replace(form, amounts=amounts, projects=lines)

    def causes(form: FilledForm) -> tuple[Cause, ...]:
        number = next(number for number, line in enumerate(form.projects) if line.name == name)
        return tuple((code, ("projects", number, "full")) for code in codes)

    return Mistake(what, causes, changed)


def indicator(what: str, name: str, new: dict[str, str], *codes_at: tuple[str, str]) -> Mistake:
    """Change fields of the indicator of that name; `codes_at` are (code, field) pairs."""

    def changed(form: FilledForm) -> FilledForm:
        lines = tuple(_with(line, new) if line.name == name else line for line in form.indicators)
        return replace(form, indicators=lines)

    def causes(form: FilledForm) -> tuple[Cause, ...]:
        wanted = new.get("name", name)
        found = [
            n
            for n, line in enumerate(form.indicators)
            if line.name == wanted and line.half == new.get("half", line.half)
        ]
        return tuple((code, ("indicators", found[-1], field)) for code, field in codes_at)

    return Mistake(what, causes, changed)


def _with(line: IndicatorLine, new: dict[str, str]) -> IndicatorLine:
    return replace(
        line,
        name=new.get("name", line.name),
        half=new.get("half", line.half),
        full=new.get("full", line.full),
    )


def dropped_indicator(what: str, name: str, before: str, code: str) -> Mistake:
    """Leave an indicator out; it is missed after `before`, the one that then stands above the gap."""

    def changed(form: FilledForm) -> FilledForm:
        return replace(form, indicators=tuple(line for line in form.indicators if line.name != name))

    def causes(form: FilledForm) -> tuple[Cause, ...]:
        number = next(number for number, line in enumerate(form.indicators) if line.name == before)
        return ((code, ("indicators", number, "name")),)

    return Mistake(what, causes, changed)


def text(what: str, field: str, old: str, new: str, *codes: str) -> Mistake:
    """Replace a piece of a text field."""

    def changed(form: FilledForm) -> FilledForm:
        assert old in form.texts[field], (field, old)
        return replace(form, texts={**form.texts, field: form.texts[field].replace(old, new)})

    return Mistake(what, lambda form: tuple((code, ("forms", 0, field)) for code in codes), changed)


def wrong_year(what: str, year: int, *codes: str) -> Mistake:
    """Head the form with another year."""
    return Mistake(
        what,
        lambda form: tuple((code, ("forms", 0, "fiscal_year")) for code in codes),
        lambda form: replace(form, fiscal_year=year),
    )


def in_yuan(what: str, *codes: str) -> Mistake:
    """State every amount in 元 under a heading that says 万元."""

    def times(value: Decimal | None) -> Decimal | None:
        return None if value is None else (value * 10_000).quantize(Decimal(1))

    def changed(form: FilledForm) -> FilledForm:
        lines = tuple(replace(line, half=times(line.half), full=times(line.full)) for line in form.projects)
        return replace(
            form, amounts={name: times(value) for name, value in form.amounts.items()}, projects=lines
        )

    return Mistake(what, lambda form: tuple((code, ("funds", 0, "total_full")) for code in codes), changed)


def amount_as_text(what: str, field: str, *codes: str) -> Mistake:
    """Type an amount as text, with thousands separators and a unit."""

    def edit(sheet: Worksheet, layout: Layout, form: FilledForm) -> None:
        cell = sheet.cell(*layout.at("funds", 0, field))
        cell.value = f"{form.amounts[field]:,}万元"
        cell.data_type = "s"

    return Mistake(what, lambda form: tuple((code, ("funds", 0, field)) for code in codes), edit=edit)


def error_value(what: str, name: str, field: str, *codes: str) -> Mistake:
    """Leave the error of a broken formula in a project's amount."""

    def number_of(form: FilledForm) -> int:
        return next(number for number, line in enumerate(form.projects) if line.name == name)

    def edit(sheet: Worksheet, layout: Layout, form: FilledForm) -> None:
        cell = sheet.cell(*layout.at("projects", number_of(form), field))
        cell.value, cell.data_type = "#REF!", "e"

    return Mistake(
        what, lambda form: tuple((code, ("projects", number_of(form), field)) for code in codes), edit=edit
    )


def hidden_project(what: str, name: str, *codes: str) -> Mistake:
    """Hide the row of a project."""

    def number_of(form: FilledForm) -> int:
        return next(number for number, line in enumerate(form.projects) if line.name == name)

    def edit(sheet: Worksheet, layout: Layout, form: FilledForm) -> None:
        sheet.row_dimensions[layout.at("projects", number_of(form), "name")[0]].hidden = True

    return Mistake(
        what, lambda form: tuple((code, ("projects", number_of(form), "name")) for code in codes), edit=edit
    )


def swapped(value: Decimal) -> Decimal:
    """Return an amount with two neighbouring unequal digits swapped, a slip of the keyboard."""
    digits = list(str(value))
    at = next(
        n
        for n in range(len(digits) - 1)
        if digits[n + 1] != "." and digits[n] != digits[n + 1] and digits[n] != "."
    )
    digits[at], digits[at + 1] = digits[at + 1], digits[at]
    return Decimal("".join(digits))


def truncated(value: Decimal) -> Decimal:
    """Return an amount without its decimals."""
    return Decimal(int(value))


def exchanged(line: ProjectLine) -> ProjectLine:
    """Return a project with its two amounts in each other's column."""
    return replace(line, half=line.full, full=line.half)
