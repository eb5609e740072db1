"""Takes the values of every form out of a stack, so that the next round can say what changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from checks.declared.money import wan_text
from checks.frames.columns import rows_of
from etl.cell.grid import column_letters
from etl.form.places import entries
from etl.rounds.records import Value

if TYPE_CHECKING:
    import pandas as pd

    from checks.frames.tables import Tables
    from etl.frames.build import Stack

FORMS_TOGETHER = 100
"""Forms whose texts are made at a time."""
_ROWS = ("projects", "indicators")
"""The tables with several rows a form."""

_TEXTS = {
    "zh": {
        "title": "标题", "fiscal_year": "预算年度", "agency": "单位名称", "functions": "主要职能",
        "staffing": "机构设置及人员配置", "long_term_goal": "中长期目标", "annual_goal": "年度目标",
        "name": "名称", "level1": "一级指标", "level2": "二级指标", "key_task": "重点工作",
    },
    "en": {
        "title": "title", "fiscal_year": "fiscal year", "agency": "agency", "functions": "functions",
        "staffing": "staffing", "long_term_goal": "long-term goal", "annual_goal": "annual goal",
        "name": "name", "level1": "level 1", "level2": "level 2", "key_task": "key task",
    },
}  # fmt: skip
_AMOUNTS = {
    "zh": {"half": "半年计划执行数", "full": "全年预算数"}, "en": {"half": "half-year plan", "full": "full-year budget"},
}  # fmt: skip
_TARGETS = {"zh": {"half": "半年指标值", "full": "全年指标值"}, "en": {"half": "half-year target", "full": "full-year target"}}  # fmt: skip


def what(value: Value, lang: str) -> str:
    """Return what a value is, in a clerk's words: `“设备购置”全年预算数（万元）`."""
    wan = "（万元）" if lang == "zh" else " (万元)"
    if value.table == "funds":
        zh, _, en = value.name.partition("\n")
        return (zh if lang == "zh" else en or zh) + wan
    words: dict[str, str] = _TEXTS[lang]
    if value.table == "projects":
        words = words | {period: name + wan for period, name in _AMOUNTS[lang].items()}
    elif value.table == "indicators":
        words = words | _TARGETS[lang]
    field = words.get(value.field, value.field)
    return f"“{value.name}”{field}" if value.table in ("projects", "indicators") else field


def values(stack: Stack) -> Iterator[tuple[int, tuple[Value, ...]]]:
    """Yield the values of each form of a stack by its number, in the form's order; amounts in 万元."""
    count = len(stack.file_of)
    for first in range(0, count, FORMS_TOGETHER):
        forms = range(first, min(first + FORMS_TOGETHER, count))
        columns = _columns(_tables_of(stack, forms))
        for form in forms:
            yield form, tuple(_values(stack, form, first, columns))


def _tables_of(stack: Stack, forms: range) -> Tables:
    """Return the tables of some forms, whose texts need then not all be there at once."""
    tables, starts = stack.tables, stack.starts
    rows = {name: (*starts[name][forms.start : forms.stop + 1], len(getattr(tables, name))) for name in _ROWS}
    large = {name: rows_of(getattr(tables, name), of[0], of[len(forms)]) for name, of in rows.items()}
    return replace(
        tables,
        forms=tables.forms.iloc[forms.start : forms.stop],
        funds=tables.funds.iloc[forms.start : forms.stop],
        projects=large["projects"],
        indicators=large["indicators"],
    )


def _values(
    stack: Stack, form: int, first: int, columns: Mapping[tuple[str, str], Sequence[str]]
) -> Iterator[Value]:
    """Yield the values of one form; the columns begin with the form `first`."""
    sheets = stack.files[stack.file_of[form]].sheet_names
    budget = stack.tables.budget
    begin = {table: stack.starts[table][form] - stack.starts[table][first] for table in _ROWS}
    for sheet, at, column, local, table, field in sorted(entries(stack.located[form]), key=_BY_PLACE):
        text = columns.get((table, field))
        if text is None:
            continue
        row = local + begin[table] if table in begin else form - first
        name = columns[table, "name"][row] if table in begin else ""
        if table == "funds":  # what the line is called, in both languages
            name = f"{budget.field_name(field)}\n{budget.field_name(field, 'en')}"
        cell = f"{sheets[sheet]}!{column_letters(column)}{at}"
        yield Value(table, local, field, name, cell, text[row])


_BY_PLACE = itemgetter(0, 1, 2, 3)
"""Sheet, row and column, and the row within the form."""


def _columns(tables: Tables) -> dict[tuple[str, str], list[str]]:
    """Return the text of every value, as a list a table and field, in row order."""
    found = {}
    for field in ("title", "agency", "functions", "staffing", "long_term_goal", "annual_goal"):
        found["forms", field] = _texts(tables.forms[field])
    found["forms", "fiscal_year"] = _texts(tables.forms["year_raw"])
    for field in tables.budget.fields:
        found["funds", field] = _amounts(tables.funds, field)
    found["projects", "name"] = _texts(tables.projects["name"])
    for field in ("half", "full"):
        found["projects", field] = _amounts(tables.projects, field)
        found["indicators", field] = _texts(tables.indicators[f"{field}_raw"])
    for field in ("level1", "level2", "key_task", "name"):
        found["indicators", field] = _texts(tables.indicators[field])
    return found


def _texts(column: pd.Series[Any]) -> list[str]:
    values = column.tolist()
    plain = {text: text.replace("\r\n", "\n").strip() for text in set(values) if isinstance(text, str)}
    return [plain.get(value, "") for value in values]


def _amounts(frame: pd.DataFrame, field: str) -> list[str]:
    """Return amounts in 万元 where they are numbers, and else the text as it stood.

    A program that saves a file again may write 2268 as 2268.0; that is no change.
    """

    return [
        wan_text(int(fen)) if state == "number" else str(raw or "")
        for fen, raw, state in zip(frame[field], frame[f"{field}_raw"], frame[f"{field}_state"], strict=True)
    ]
