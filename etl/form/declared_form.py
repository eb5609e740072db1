"""From what a whole profile says to a `Form`, the sheet as declared, and its `Budget`, what it states."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from checks.declared.budget import PERIODS, Block, Budget, FundLine, TextItem
from checks.declared.framework import Common, Framework
from checks.declared.relation import AtMost, Relation
from etl.form.declaration import Column, Form, FreeRows, FundRow, FundSide, IndicatorBlock, Label, TextField

_HEIGHT = 22.0
_WIDTHS = (13.0, 17.0, 30.0, 21.0, 14.0, 14.0)
_Plain = Mapping[str, Any]


def form_of(plain: _Plain) -> Form:
    """Return the form that a whole profile declares; what is wrong in one is found before (`etl.form.profile_file`)."""
    form, texts, money = plain["form"], plain.get("text", []), plain.get("money", {})
    years = tuple(form.get("years", []))
    return Form(
        max(years, default=0),
        _label(form["title"]),
        _fields(texts, ""),
        _label(money.get("label", [""])),
        tuple(_side(side, form) for side in money.get("side", [])),
        _fields(texts, "money"),
        tuple(_block(block, plain["headings"]) for block in plain.get("indicators", [])),
        tuple(form.get("widths", _WIDTHS)),
        budget_of(plain),
        form.get("place", ""),
        years,
        tuple(form.get("near", [])),
        form.get("least_labels", 8),
        money.get("arrange", "below") == "beside",
        _free(plain.get("rows", [])),
        _label(plain["headings"]["table"]) if "table" in plain.get("headings", {}) else None,
        form.get("example", False),
        _fields(texts, "rows"),
    )


def _label(texts: Sequence[str]) -> Label:
    return Label(texts[0] if texts else "", tuple(texts[1:]))


def _fields(texts: Sequence[_Plain], after: str) -> tuple[TextField, ...]:
    return tuple(
        TextField(
            text["key"], _label(text["label"]), text.get("height", _HEIGHT), text.get("row", ""),
            text.get("optional", False),
        )
        for text in texts
        if text.get("after", "") == after
    )  # fmt: skip


def _side(side: _Plain, form: _Plain) -> FundSide:
    columns = tuple(Column(period, _label(form["periods"][period])) for period in side["periods"])
    rows = tuple(
        FundRow(
            line["key"],
            _label(line["label"]),
            Label(line["group"]) if "group" in line else None,
            line.get("optional", False),
        )
        for line in side["lines"]
    )
    label = _label(side.get("label", []))
    return FundSide(side["key"], label, columns, rows, "rows" in side, side.get("optional", False))


def _free(rows: Sequence[_Plain]) -> FreeRows | None:
    if not rows:
        return None
    columns = tuple(Column(column["key"], _label(column["label"])) for column in rows[0]["columns"])
    return FreeRows(rows[0]["key"], _label(rows[0].get("label", [])), columns)


def _block(block: _Plain, headings: _Plain) -> IndicatorBlock:
    columns = tuple(Column(name, _label(headings[name])) for name in block["columns"])
    return IndicatorBlock(block["key"], tuple(block["level1"]), columns)


def budget_of(plain: _Plain) -> Budget:
    """Return what a whole profile says of the budget, as rules know it."""
    form, money, rules = plain["form"], plain.get("money", {}), plain.get("rules", {})
    free = plain.get("rows", [])
    sides = money.get("side", [])
    lined = next((("name", *side["periods"]) for side in sides if "rows" in side), ())
    framework = next((_framework(b) for b in plain.get("indicators", []) if b.get("framework")), Framework())
    lines = tuple(line for side in sides for line in _lines(side))
    return Budget(
        form["id"],
        _label(form["title"]).plain,
        form.get("level", "whole"),
        form.get("stage", "goal"),
        tuple(form.get("years", [])),
        lines,
        tuple(_text(text) for text in plain.get("text", [])),
        tuple(
            Block(
                block["key"], block.get("role", block["key"]), tuple(block["level1"]), tuple(block["columns"]),
                {name: tuple(levels) for name, levels in block.get("tree", {}).items()},
            )
            for block in plain.get("indicators", [])
        ),
        framework,
        tuple(_sum(entry) for entry in plain.get("relations", {}).get("sum", [])),
        tuple(_order(entry) for entry in plain.get("relations", {}).get("at_most", [])),
        tuple(column["key"] for column in free[0]["columns"]) if free else lined,
        {code: {"zh": f"本表不适用：{reason}", "en": f"not for this form: {reason}"} for code, reason in rules.get("off", {}).items()},
        dict(rules.get("thresholds", {})),
        tuple(plain.get("citywide", {}).get("money", [name for line in lines for name in line.fields])),
        {period: _label(texts).plain for period, texts in form.get("periods", {}).items()},
    )  # fmt: skip


def _lines(side: _Plain) -> list[FundLine]:
    periods = tuple(period for period in PERIODS if period in side["periods"])
    optional = side.get("optional", False)
    return [
        FundLine(
            line["key"],
            side["key"],
            line.get("name", _label(line["label"]).plain),
            line.get("en", line["key"].replace("_", " ")),
            periods,
            line.get("optional", optional),
        )
        for line in side["lines"]
    ]


def _text(text: _Plain) -> TextItem:
    return TextItem(
        text["key"],
        text.get("role", text["key"]),
        _label(text["label"]).plain,
        text.get("en", text["key"].replace("_", " ")),
        text.get("optional", False),
    )


def _framework(block: _Plain) -> Framework:
    known = tuple(_common(entry) for entry in block["known"])
    by_name = {entry.name: entry for entry in known}
    return Framework(tuple(by_name[entry["name"]] for entry in block["framework"]), known)


def _common(entry: _Plain) -> Common:
    word = entry.get("value", "")
    bounds = (Decimal(str(entry[name])) if name in entry else None for name in ("lower", "upper"))
    return Common(
        entry["level1"],
        entry["level2"],
        entry["name"],
        entry.get("half", word),
        entry.get("full", word),
        entry.get("meaning", "qualitative" if "value" in entry else "level"),
        frozenset(entry.get("words", [word] if word else [])),
        entry.get("operator", ""),
        *bounds,
    )


def _sum(entry: _Plain) -> Relation:
    total, *beside = [entry["total"]] if isinstance(entry["total"], str) else entry["total"]
    rows = entry.get("rows", "").rpartition(".")[2]
    return Relation(entry["rule"], total, tuple(entry.get("parts", [])), rows, tuple(beside))


def _order(entry: _Plain) -> AtMost:
    table, _, smaller = entry["smaller"].rpartition(".")
    larger = entry["larger"].rpartition(".")[2]
    return AtMost(entry["rule"], table or "funds", smaller, larger, entry.get("of", "each"))
