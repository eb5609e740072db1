"""Draws docs/forms.md: a page of every form that is shipped, and what a profile may say."""

from __future__ import annotations

from collections.abc import Iterator

from checks.declared.budget import Budget
from checks.telling.handbook import all_rules
from etl.form.declaration import Form
from etl.form.profiles import shipped
from etl.form.relation_text import order_text, sum_text

_HEAD = """# Forms

Drawn from the profiles in `etl/forms/` by `make docs`; do not edit.

A form is a TOML file: shipped in `etl/forms/`, or the bureau's own beside `jixiao.toml` (or in `forms/` there). Its exact
title chooses it, and of forms of one title the year on the sheet; a year without a profile is read with the nearest and
says so (ST11). `jixiao form list`, `show ID`, `check FILE.toml`; `jixiao form learn BLANK.xlsx -o NEW.toml` writes next
year's as the difference from this year's.

| section | says |
|---|---|
| `[form]` | `id`, `level` (whole, project), `stage` (goal, monitoring, self-evaluation), `place`, `years` (none: any), `title` with other wordings, `near` (titles of kin, refused), `unit`, `periods` with their headings, `widths`, `extends` (id of the form it differs from), `example` (invented: of its own year alone) |
| `[[text]]` | `key`, `role`, `label` with other wordings, `after` (money, rows), `row` (beside each other), `optional`, `height`, `en` |
| `[money]`, `[[money.side]]` | `label`, `arrange = "beside"`; a side's `label`, `periods`, `lines` (`key`, `label`, `name`, `group`, `en`, `optional`), `rows` where free rows may follow |
| `[[rows]]` | free rows with headings of their own: `label`, `columns` (`key`, `label`, `kind`) |
| `[headings]`, `[[indicators]]` | headings by column; blocks with `level1`, `columns`, `role`, `tree` (second levels), `framework` (the common indicators) |
| `[relations]` | `sum` (`rule`, `total`, `parts` or `rows`), `at_most` (`rule`, `smaller`, `larger`, `of`) |
| `[rules]` | `off` (rule = reason), `thresholds` |
| `[citywide]` | `money`: what the city sums |

With `extends`: tables of a known `key` change it, `remove = true` takes it out; a side or block takes `insert` (each with
`after`), `remove`, `change`; `[relations]` takes `change` (`rule`, `add`, `drop`) and `remove`.
"""


def forms_page() -> str:
    """Return the page."""
    parts = [_HEAD]
    for form in shipped().forms:
        parts += ["", *_form(form)]
    return "\n".join(parts) + "\n"


def _form(form: Form) -> Iterator[str]:
    budget = form.budget
    yield f"## {budget.id}"
    yield ""
    years = "、".join(map(str, budget.years)) or "any year"
    invented = " An invented example." if form.example else ""
    yield f"《{budget.title}》, {form.place or 'any place'}, {years}; {budget.level}, {budget.stage}.{invented}"
    yield ""
    yield "| part | what it asks for |"
    yield "|---|---|"
    yield f"| texts | {'、'.join(text.zh for text in budget.texts)} |"
    for side in form.sides:
        lines = "、".join(line.zh + ("（可不填）" if line.optional else "") for line in budget.side(side.key))
        periods = "、".join(column.label.plain for column in side.columns)
        yield f"| {side.label.plain} | {lines}；{periods} |"
    if form.free is not None:
        yield f"| {form.free.label.plain} | {'、'.join(column.label.plain for column in form.free.columns)} |"
    for block in form.indicators:
        columns = "、".join(column.label.plain for column in block.columns)
        yield f"| {'、'.join(block.level1)} | {columns} |"
    if len(budget.framework):
        yield f"| common indicators | {len(budget.framework)}: {'、'.join(common.name for common in budget.framework)} |"
    yield ""
    yield "What must hold:"
    yield ""
    yield from (f"- {relation.code}: {sum_text(budget, relation)}" for relation in budget.sums)
    yield from (f"- {order.code}: {order_text(budget, order)}" for order in budget.orders)
    yield ""
    yield from _rules(budget)


def _rules(budget: Budget) -> Iterator[str]:
    lacking: dict[str, list[str]] = {}
    applies = []
    for rule in all_rules():
        reason = budget.lacks(rule.code, rule.asks)
        if reason is None:
            applies.append(rule.code)
        else:
            lacking.setdefault(reason["zh"], []).append(rule.code)
    yield f"{len(applies)} rules apply" + (", all of them." if not lacking else ". These do not:")
    if lacking:
        yield ""
        yield "| why | rules |"
        yield "|---|---|"
        yield from (f"| {why} | {'、'.join(codes)} |" for why, codes in lacking.items())
