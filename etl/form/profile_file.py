"""Reads a form profile, a TOML file that declares one form; what is wrong in it is refused with its line.

Sections: `[form]` (identity), `[[text]]`, `[money]` with `[[money.side]]`, `[[rows]]` (free rows), `[headings]` and
`[[indicators]]`, `[relations]`, `[rules]` (off with a reason, thresholds), `[links]`, `[citywide]`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from checks.settings import THRESHOLDS
from etl.form.declaration import Form
from etl.form.declared_form import form_of
from etl.form.extending import Plain, extended, numbered
from etl.safe.refusal import Refusal

_TEXT = ("key", "role", "label", "height", "after", "row", "kind", "optional", "en", "behind", "remove")
_COMMON = (
    "level1",
    "level2",
    "name",
    "value",
    "half",
    "full",
    "meaning",
    "words",
    "operator",
    "lower",
    "upper",
    "after",
)
_LINE = ("key", "label", "name", "en", "group", "optional", "after")
_KNOWN: Mapping[str, tuple[str, ...]] = {
    "": ("form", "text", "money", "rows", "headings", "indicators", "relations", "rules", "links", "citywide"),
    "form": (
        "id", "level", "stage", "place", "years", "title", "near", "least_labels", "unit", "periods", "extends", "widths",
        "one_a_sheet", "example",
    ),
    "text": _TEXT,
    "money": ("label", "arrange", "side"),
    "money.side": ("key", "label", "periods", "rows", "lines", "insert", "remove", "change", "optional"),
    "rows": ("key", "label", "columns"),
    "headings": ("table", "level1", "level2", "key_task", "name", "half", "full", "operator", "unit", "weight", "actual", "score", "reason"),
    "indicators": (
        "key", "role", "level1", "columns", "extra", "tree", "framework", "insert", "remove", "change",
    ),
    "relations": ("sum", "at_most", "change", "remove"),
    "rules": ("off", "thresholds"),
    "citywide": ("money",),
}  # fmt: skip
"""The keys of each section; `links` takes what the chain of a year will ask."""
_LISTED = {
    ("money.side", "lines"): _LINE, ("money.side", "insert"): _LINE, ("money.side", "change"): _LINE,
    ("rows", "columns"): ("key", "label", "kind"),
    ("indicators", "framework"): _COMMON, ("indicators", "insert"): _COMMON, ("indicators", "change"): _COMMON,
    ("relations", "sum"): ("rule", "total", "parts", "rows"),
    ("relations", "at_most"): ("rule", "smaller", "larger", "of"),
    ("relations", "change"): ("rule", "add", "drop"),
}  # fmt: skip
_LEVELS, _STAGES = ("whole", "project", "transfer"), ("goal", "monitoring", "self-evaluation", "list")
_KEY = re.compile(r"[a-z][a-z0-9_]*")
_ID = re.compile(r"[a-z0-9][a-z0-9-]{1,60}")


@dataclass(frozen=True, slots=True)
class Profile:
    """A profile as read: the form it declares, all it says as plain data (whole, nothing extended), and its file."""

    form: Form
    plain: Mapping[str, Any]
    source: str = ""
    shipped: bool = True

    @property
    def id(self) -> str:
        """Return the profile's name."""
        return self.form.id


@dataclass(frozen=True, slots=True)
class _Source:
    """The text of a profile, to name the line of what is wrong in it."""

    text: str
    name: str

    def wrong(self, what: str, *words: Any) -> Refusal:
        """Return the refusal, with the line of the last word found behind those before it."""
        line = self.line(*words)
        return Refusal(f"{self.name} 第{line}行 line {line}: {what}")

    def line(self, *words: Any) -> int:
        """Return the line of the last of the words, each looked for from where the one before it stood."""
        lines = self.text.splitlines()
        at = 0
        for word in words:
            said = re.compile(rf"(?<![\w-]){re.escape(str(word))}(?![\w-])")
            at = next((n for n in range(at, len(lines)) if said.search(lines[n])), at)
        return at + 1


Base = Callable[[str], Mapping[str, Any] | None]
"""Gives the whole of the profile that another extends, by its id or the name of its file; None for none."""


def read_profile(text: str, name: str, base: Base, shipped: bool = False) -> Profile:
    """Return the profile of a TOML text; raises `Refusal` with the line of what is wrong in it."""
    source = _Source(text, name)
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise Refusal(f"{name}: {error}") from error
    _check_keys(document, source)
    plain = _whole(document, base, source)
    _check(plain, source)
    return Profile(form_of(plain), plain, name, shipped)


def is_profile(text: str) -> bool:
    """Return whether a TOML text means to be a form profile."""
    return re.search(r"(?m)^\s*\[form\]", text) is not None


def _whole(document: Mapping[str, Any], base: Base, source: _Source) -> Plain:
    named = document["form"].get("extends")
    if named is None:
        return numbered(document)
    known = base(str(named))
    if known is None:
        raise source.wrong(f"没有“{named}”这个表样可供extends there is no such form to extend", "extends")
    try:
        return extended(known, document)
    except KeyError as error:
        word = str(error.args[0])
        raise source.wrong(
            f"被extends的表样中没有“{word}” the form it extends has no such entry", word
        ) from error


def _check_keys(document: Mapping[str, Any], source: _Source) -> None:
    """Refuse a section or a key that does not exist, or that is no table."""
    _only(document, "", source)
    if not isinstance(document.get("form"), dict):
        raise source.wrong("缺少[form]一节 the section [form] is missing")
    for section, value in document.items():
        if section == "links":
            continue
        for table in _tables(value, section, source):
            _only(table, section, source)
            for side in _tables(table.get("side", []), "side", source) if section == "money" else ():
                _only(side, "money.side", source)
                _entries(side, "money.side", source)
            _entries(table, section, source)


def _tables(value: Any, section: str, source: _Source) -> Sequence[Mapping[str, Any]]:
    tables = value if isinstance(value, list) else [value]
    if not all(isinstance(table, dict) for table in tables):
        raise source.wrong(f"“{section}”应为表 must be a table", section)
    return tables


def _only(table: Mapping[str, Any], section: str, source: _Source) -> None:
    known = _KNOWN.get(section, ())
    for key in table:
        if key not in known:
            raise source.wrong(
                f"没有“{key}”这一项 there is no such key; known: {', '.join(known)}",
                *_tokens(section, table),
                key,
            )


def _tokens(section: str, table: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the words by which a table is found again in the text: its section's name and its key."""
    own = table.get("key")
    return (section.rpartition(".")[2], str(own)) if isinstance(own, str) else (section.rpartition(".")[2],)


def _entries(table: Mapping[str, Any], section: str, source: _Source) -> None:
    for (where, name), known in _LISTED.items():
        if where != section or name not in table:
            continue
        entries = table[name]
        if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
            told = f"“{name}”应为列表，每项写在{{ }}里 must be a list of {{ }}"
            raise source.wrong(told, *_tokens(section, table), name)
        for entry in entries:
            for key in entry:
                if key not in known:
                    what = f"没有“{key}”这一项 there is no such key; known: {', '.join(known)}"
                    raise source.wrong(what, *_tokens(section, table), name, key)


def _check(plain: Mapping[str, Any], source: _Source) -> None:
    """Refuse a whole profile in which something is missing, doubled, or refers to what is not there."""
    form = plain["form"]
    _check_form(form, source)
    for section, required in (("text", ("key", "label")), ("rows", ("key", "columns")), ("indicators", ("key", "level1", "columns"))):  # fmt: skip
        _check_tables(plain.get(section, []), section, required, source)
    sides = plain.get("money", {}).get("side", [])
    _check_tables(sides, "side", ("key", "periods", "lines"), source)
    for side in sides:
        for period in side["periods"]:
            if period not in form.get("periods", {}):
                raise source.wrong(
                    f"[form]的periods没有“{period}” the form has no such period", "side", side["key"], period
                )
        _check_tables(side["lines"], side["key"], ("key", "label"), source)
    _check_twice([line["key"] for side in sides for line in side["lines"]], "lines", source)
    _check_columns(plain, source)
    _check_relations(plain, source)
    _check_rules(plain.get("rules", {}), source)
    fields = amount_fields(plain)
    for name in plain.get("citywide", {}).get("money", []):
        _known_field(name, fields, source, "citywide")


def _check_form(form: Mapping[str, Any], source: _Source) -> None:
    for key in ("id", "title"):
        if not form.get(key):
            raise source.wrong(f"[form]缺少“{key}” is missing", "form")
    if not isinstance(form["id"], str) or not _ID.fullmatch(form["id"]):
        raise source.wrong("id只能用小写字母、数字和- only small letters, digits and -", "id")
    if form.get("level", "whole") not in _LEVELS:
        raise source.wrong(f"level应为其中之一 must be one of: {', '.join(_LEVELS)}", "level")
    if form.get("stage", "goal") not in _STAGES:
        raise source.wrong(f"stage应为其中之一 must be one of: {', '.join(_STAGES)}", "stage")
    years = form.get("years", [])
    if not isinstance(years, list) or not all(type(year) is int and 2000 <= year <= 2099 for year in years):
        raise source.wrong("years应为年度列表，如[2024] must be a list of years", "years")
    widths = form.get("widths", [1])
    if not isinstance(widths, list) or not widths or not all(type(w) in (int, float) for w in widths):
        raise source.wrong("widths应为列宽列表 must be a list of column widths", "widths")
    _labels(form["title"], source, "title")
    periods = form.get("periods", {})
    for period, label in periods.items():
        if period not in ("half", "full"):
            raise source.wrong(
                f"没有“{period}”这个期间 there is no such period; known: half, full", "periods", period
            )
        _labels(label, source, "periods", period)


def _labels(value: Any, source: _Source, *words: str) -> None:
    if not isinstance(value, list) or not all(isinstance(text, str) and text.strip() for text in value):
        raise source.wrong(f"“{words[-1]}”应为文字列表 must be a list of texts", *words)


def _check_tables(
    tables: Iterable[Mapping[str, Any]], section: str, required: Sequence[str], source: _Source
) -> None:
    for table in tables:
        for key in required:
            if key not in table:
                raise source.wrong(f"缺少“{key}” is missing", *_tokens(section, table))
        if not isinstance(table["key"], str) or not _KEY.fullmatch(table["key"]):
            what = "key只能用小写字母、数字和_ only small letters, digits and _"
            raise source.wrong(what, *_tokens(section, table))
        if "label" in table:
            _labels(table["label"], source, *_tokens(section, table), "label")
    _check_twice([table["key"] for table in tables], section, source)


def _check_twice(keys: Sequence[str], section: str, source: _Source) -> None:
    for number, key in enumerate(keys):
        if key in keys[:number]:
            raise source.wrong(f"“{key}”写了两次 is declared twice", section, key, key)


def _check_columns(plain: Mapping[str, Any], source: _Source) -> None:
    headings = plain.get("headings", {})
    for name, label in headings.items():
        _labels(label, source, "headings", name)
    for block in plain.get("indicators", []):
        for column in (*block["columns"], *block.get("extra", [])):
            if column not in headings:
                what = f"[headings]没有“{column}”这一栏 there is no such heading"
                raise source.wrong(what, "indicators", block["key"], column)
        for entry in block.get("framework", []):
            for key in ("level1", "level2", "name"):
                if not isinstance(entry.get(key), str):
                    raise source.wrong(
                        f"共性指标缺少“{key}” is missing", "framework", entry.get("name", "framework")
                    )
        _check_twice([entry["name"] for entry in block.get("framework", [])], "framework", source)


def _check_relations(plain: Mapping[str, Any], source: _Source) -> None:
    relations, fields = plain.get("relations", {}), amount_fields(plain)
    rows = {f"projects.{column}" for column in row_columns(plain)}
    _check_twice([entry.get("rule", "") for entry in relations.get("sum", [])], "sum", source)
    for entry in relations.get("sum", []):
        total = entry.get("total", "")
        for name in (*([total] if isinstance(total, str) else total), *entry.get("parts", [])):
            _known_field(name, fields, source, entry.get("rule", "sum"))
        if ("rows" in entry) == ("parts" in entry):
            raise source.wrong("应写parts或rows之一 needs parts or rows", "sum", entry.get("rule", ""))
        if "rows" in entry:
            _known_field(entry["rows"], rows, source, entry.get("rule", "sum"))
    for entry in relations.get("at_most", []):
        for name in (entry.get("smaller", ""), entry.get("larger", "")):
            _known_field(name, fields | rows, source, "at_most", entry.get("rule", ""))
        if entry.get("of", "each") not in ("each", "sum"):
            raise source.wrong("of应为each或sum must be each or sum", "at_most", entry.get("rule", ""), "of")


def _known_field(name: str, known: Iterable[str], source: _Source, *words: str) -> None:
    if name not in known:
        raise source.wrong(f"表中没有“{name}”这一栏 the form has no such amount", *words, name)


def _check_rules(rules: Mapping[str, Any], source: _Source) -> None:
    for code, reason in rules.get("off", {}).items():
        if not isinstance(reason, str) or not reason.strip():
            raise source.wrong(f"“{code}”停用须写明理由 needs a reason", "off", code)
    for name, value in rules.get("thresholds", {}).items():
        if name not in THRESHOLDS or isinstance(value, bool) or not isinstance(value, int | float):
            raise source.wrong(
                f"没有“{name}”这个阈值，或不是数 no such threshold, or no number", "thresholds", name
            )


def amount_fields(plain: Mapping[str, Any]) -> frozenset[str]:
    """Return the amount columns a whole profile declares: `total_full`."""
    sides = plain.get("money", {}).get("side", [])
    return frozenset(
        f"{line['key']}_{period}" for side in sides for line in side["lines"] for period in side["periods"]
    )


def row_columns(plain: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the columns of the rows that a department adds itself, empty where none may follow."""
    free = plain.get("rows", [])
    if free:
        return tuple(column["key"] for column in free[0]["columns"])
    sides = plain.get("money", {}).get("side", [])
    return next((("name", *side["periods"]) for side in sides if side.get("rows")), ())
