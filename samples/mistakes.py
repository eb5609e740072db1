"""Mistakes to plant in a clean form: each says in words what it is, how it is made, and what it must cause.

What must be found is stated beside the mistake (`samples.statement`), by whoever wrote it and not by the
checker. A statement may leave to the form what only the form knows: `{row}` is the number of the changed row,
`{same}` of the first row with its name, `{all}` and `{others}` are the numbers of all project rows and of
the others; `{stated}`, `{sum}` and `{off}` are what the sum of its code says, what its parts add up to and how far
that is off; `{half}` and `{full}` are the changed project's amounts, `{over}` how far half exceeds full.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING

from checks.declared.relation import Relation
from etl.form.layout import FilledForm, IndicatorLine, Layout, ProjectLine
from samples.known_form import FORM_2023

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

Causes = Callable[[FilledForm], tuple[str, ...]]
"""What a mistake must cause on a form, as statements."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """One mistake: `change` is made to what is filled in, `edit` to the finished sheet.

    `causes` is asked for the form as it is handed in.
    """

    what: str
    causes: Causes
    change: Callable[[FilledForm], FilledForm] | None = None
    edit: Callable[[Worksheet, Layout, FilledForm], None] | None = None


def _stated(states: tuple[str, ...], form: FilledForm, row: int = 0) -> tuple[str, ...]:
    """Return statements with what only the form knows."""
    return tuple(state.format_map(_facts(state, form, row)) for state in states)


def _facts(state: str, form: FilledForm, row: int) -> dict[str, str]:
    count = len(form.projects)
    facts = {"row": str(row), "all": f"0-{count - 1}"}
    facts["others"] = ",".join(str(n) for n in range(count) if n != row)
    relation = FORM_2023.budget.sum_by_code.get(state[:4])
    if relation is not None:
        stated, parts = form.amounts[relation.total] or Decimal(0), _parts(relation, form)
        facts |= {"stated": _plain(stated), "sum": _plain(parts), "off": _plain(stated - parts)}
    if "projects[{row}]" in state:
        half, full = (amount or Decimal(0) for amount in (form.projects[row].half, form.projects[row].full))
        facts |= {"half": _plain(half), "full": _plain(full), "over": _plain(half - full)}
    if "{same}" in state:
        names = [line.name for line in form.indicators]
        facts["same"] = str(names.index(names[row]))
    return facts


def _parts(relation: Relation, form: FilledForm) -> Decimal:
    parts = [form.amounts[part] or Decimal(0) for part in relation.parts]
    parts += [getattr(project, relation.rows) or Decimal(0) for project in form.projects if relation.rows]
    return sum(parts, Decimal(0))


def _plain(amount: Decimal) -> str:
    """Return an amount as findings write it: no zeros at the end."""
    return f"{amount.normalize():f}"


def amount(what: str, field: str, change: Callable[[Decimal], Decimal], *states: str) -> Mistake:
    """State a fixed line wrongly."""

    def changed(form: FilledForm) -> FilledForm:
        old = form.amounts[field] or Decimal(0)
        return replace(form, amounts={**form.amounts, field: change(old)})

    return Mistake(what, lambda form: _stated(states, form), changed)


def project(what: str, name: str, change: Callable[[ProjectLine], ProjectLine], *states: str) -> Mistake:
    """Change a project line, leaving the totals as they are."""

    def changed(form: FilledForm) -> FilledForm:
        lines = tuple(change(line) if line.name == name else line for line in form.projects)
        return replace(form, projects=lines)

    return Mistake(what, lambda form: _stated(states, form, _changed_project(form, name, change)), changed)


def _changed_project(form: FilledForm, name: str, change: Callable[[ProjectLine], ProjectLine]) -> int:
    """Return the number of the changed line: the last that carries the name it has now."""
    now = change(ProjectLine(name, Decimal(0), Decimal(0))).name
    return max(number for number, line in enumerate(form.projects) if line.name == now)


def _project_number(form: FilledForm, name: str) -> int:
    return next(number for number, line in enumerate(form.projects) if line.name == name)


def emptied_project(what: str, name: str, *states: str) -> Mistake:
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

    return Mistake(what, lambda form: _stated(states, form, _project_number(form, name)), changed)


def indicator(what: str, name: str, new: dict[str, str], *states: str) -> Mistake:
    """Change fields of the indicator of that name."""

    def changed(form: FilledForm) -> FilledForm:
        lines = tuple(_with(line, new) if line.name == name else line for line in form.indicators)
        return replace(form, indicators=lines)

    def causes(form: FilledForm) -> tuple[str, ...]:
        wanted = new.get("name", name)
        found = [
            n
            for n, line in enumerate(form.indicators)
            if line.name == wanted and line.half == new.get("half", line.half)
        ]
        return _stated(states, form, found[-1])

    return Mistake(what, causes, changed)


def _with(line: IndicatorLine, new: dict[str, str]) -> IndicatorLine:
    return replace(
        line,
        name=new.get("name", line.name),
        half=new.get("half", line.half),
        full=new.get("full", line.full),
    )


def dropped_indicator(what: str, name: str, before: str, *states: str) -> Mistake:
    """Leave an indicator out; it is missed after `before`, the one that then stands above the gap (`{row}`)."""

    def changed(form: FilledForm) -> FilledForm:
        return replace(form, indicators=tuple(line for line in form.indicators if line.name != name))

    def causes(form: FilledForm) -> tuple[str, ...]:
        number = next(number for number, line in enumerate(form.indicators) if line.name == before)
        return _stated(states, form, number)

    return Mistake(what, causes, changed)


def text(what: str, field: str, old: str, new: str, *states: str) -> Mistake:
    """Replace a piece of a text field."""

    def changed(form: FilledForm) -> FilledForm:
        assert old in form.texts[field], (field, old)
        return replace(form, texts={**form.texts, field: form.texts[field].replace(old, new)})

    return Mistake(what, lambda form: _stated(states, form), changed)


def wrong_year(what: str, year: int, *states: str) -> Mistake:
    """Head the form with another year."""
    return Mistake(what, lambda form: _stated(states, form), lambda form: replace(form, fiscal_year=year))


def in_yuan(what: str, *states: str) -> Mistake:
    """State every amount in 元 under a heading that says 万元."""

    def times(value: Decimal | None) -> Decimal | None:
        return None if value is None else (value * 10_000).quantize(Decimal(1))

    def changed(form: FilledForm) -> FilledForm:
        lines = tuple(replace(line, half=times(line.half), full=times(line.full)) for line in form.projects)
        return replace(
            form, amounts={name: times(value) for name, value in form.amounts.items()}, projects=lines
        )

    return Mistake(what, lambda form: _stated(states, form), changed)


def amount_as_text(what: str, field: str, *states: str) -> Mistake:
    """Type an amount as text, with thousands separators and a unit."""

    def edit(sheet: Worksheet, layout: Layout, form: FilledForm) -> None:
        cell = sheet.cell(*layout.at("funds", 0, field))
        cell.value = f"{form.amounts[field]:,}万元"
        cell.data_type = "s"

    return Mistake(what, lambda form: _stated(states, form), edit=edit)


def error_value(what: str, name: str, field: str, *states: str) -> Mistake:
    """Leave the error of a broken formula in a project's amount."""

    def edit(sheet: Worksheet, layout: Layout, form: FilledForm) -> None:
        cell = sheet.cell(*layout.at("projects", _project_number(form, name), field))
        cell.value, cell.data_type = "#REF!", "e"

    return Mistake(what, lambda form: _stated(states, form, _project_number(form, name)), edit=edit)


def hidden_project(what: str, name: str, *states: str) -> Mistake:
    """Hide the row of a project."""

    def edit(sheet: Worksheet, layout: Layout, form: FilledForm) -> None:
        row, _ = layout.at("projects", _project_number(form, name), "name")
        sheet.row_dimensions[row].hidden = True

    return Mistake(what, lambda form: _stated(states, form, _project_number(form, name)), edit=edit)


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
