"""Describes `OUT/data/` for programs: `OUT/datapackage.json`, a Data Package with every column's type, unit and key.

Everything said of a column comes from the declarations (`checks.frames.tables`, `etl.store.schema`); which columns there
are is read from the tables as they were written.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from checks.declared.budget import Budget
from checks.frames.tables import Column, Kind, Table, declared
from etl.data.parts import NAMES
from etl.store.schema import STORED

NAME = "datapackage.json"
_TYPES: Mapping[Kind, str] = {"text": "string", "count": "integer", "number": "integer", "flag": "boolean"}


def _text(name: str, meaning: str) -> Column:
    return Column(name, "text", meaning)


_ROW_NUMBER = Column("row", "count", "number of the row, from 0", unique=True)
_FORM_ID = Column("form", "text", "id of its form, empty for a whole file or batch", refers="forms")
_PLACE = (_text("sheet", "name of the sheet"), _text("cell", "the cell (E18)"))
_ONLY_HERE: Mapping[str, tuple[Column, ...]] = {
    "findings": (
        _FORM_ID, *_PLACE, _text("fields", "columns of the values it is about, separated by spaces"),
    ),
    "cells": (_text("path", "path of the file"), replace(STORED["cells"].columns[0], range=(0, None))),
    "not_run": (_FORM_ID,),
    "places": (
        _FORM_ID, _text("table", "table of the value"), Column("row", "count", "row of the value in its table"),
        _text("field", "column of the value"), _text("path", "path of the file"), *_PLACE,
    ),
    "run": (_text("key", "what"),),
}  # fmt: skip
"""Columns of `data/` that are not those of the store."""


def package(folder: Path, names: Sequence[str], budget: Budget) -> dict[str, Any]:
    """Return the description of the tables of these names that stand as CSV in a folder `data`; `budget`: of the forms."""
    from etl.workers.program import version

    return {
        "profile": "tabular-data-package",
        "name": "jixiao",
        "title": "部门整体预算绩效目标表 checked by jixiao",
        "version": version(),
        "resources": [_resource(name, _columns_in(folder / f"{name}.csv"), budget) for name in names],
    }


def package_text(folder: Path, names: Sequence[str], budget: Budget) -> str:
    """Return the description as JSON text."""
    return json.dumps(package(folder, names, budget), ensure_ascii=False, indent=1) + "\n"


def _columns_in(table: Path) -> list[str]:
    """Return the names of a table's columns as its first line has them; none of them holds a comma or a quote."""
    with table.open(encoding="utf-8-sig") as file:
        return file.readline().rstrip("\r\n").split(",")


def _resource(name: str, columns: Sequence[str], budget: Budget) -> dict[str, Any]:
    table = declared(budget)[name] if name == "funds" else STORED.get(name) or Table(name, name, ())
    known = {column.name: column for column in (*table.columns, *_ONLY_HERE.get(name, ()))}
    described = [known.get(column) or _unknown(column, known, columns) for column in columns]
    row_number = columns[0]
    schema: dict[str, Any] = {
        "fields": [_field(column, row_number) for column in described],
        "primaryKey": [row_number],
        "missingValues": [""],
    }
    if keys := list(_foreign_keys(name, described)):
        schema["foreignKeys"] = keys
    return {
        "name": name,
        "path": f"data/{name}.csv",
        "profile": "tabular-data-resource",
        "description": table.row,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "schema": schema,
    }


def _unknown(name: str, known: Mapping[str, Column], columns: Sequence[str]) -> Column:
    """Return what a column is that no table declares: row numbers, amounts in 万元, columns of the bureau's own lists."""
    if name == columns[0]:
        return replace(_ROW_NUMBER, name=name)
    amount = known.get(name.removesuffix("_wan"))
    if amount is not None and name.endswith("_wan"):
        return replace(amount, name=name, unit="万元")
    return _text(name, "as given")


def _field(column: Column, row_number: str) -> dict[str, Any]:
    decimal = column.unit == "万元"
    field: dict[str, Any] = {
        "name": column.name,
        "type": "number" if decimal else _TYPES[column.kind],
        "description": column.meaning,
    }
    if column.unit:
        field["unit"] = column.unit
    if column.kind == "flag":
        field |= {"trueValues": ["True"], "falseValues": ["False"]}
    if limits := dict(_constraints(column, row_number)):
        field["constraints"] = limits
    return field


def _constraints(column: Column, row_number: str) -> Iterator[tuple[str, Any]]:
    if column.kind in ("count", "flag") or column.name == row_number:
        yield "required", True
    if column.unique:
        yield "unique", True
    if column.words:
        yield "enum", list(column.words)
    if column.kind != "text":
        least, most = column.range
        yield from ((name, end) for name, end in (("minimum", least), ("maximum", most)) if end is not None)


def _foreign_keys(name: str, columns: Sequence[Column]) -> Iterator[dict[str, Any]]:
    """Yield where a column leads: to a row number, or by the id of a form; one that may be -1 leads nowhere then."""
    if name == "funds":
        yield _leads("row", "forms", "row")
    for column in columns:
        by_id = column.kind == "text"
        if column.refers in (*NAMES, "findings") and (by_id or column.range[0] == 0):
            yield _leads(column.name, column.refers, "id" if by_id else "row")


def _leads(column: str, table: str, key: str) -> dict[str, Any]:
    return {"fields": [column], "reference": {"resource": table, "fields": [key]}}
