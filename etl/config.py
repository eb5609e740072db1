"""Reads jixiao.toml: what a bureau sets for its run. A key that does not exist is an error with its line."""

from __future__ import annotations

import datetime
import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from checks.finding import Severity
from checks.settings import THRESHOLDS, WORDS, Link, Settings, Waiver
from etl.refusal import Refusal

NAME = "jixiao.toml"
_TABLES = ("rules", "severities", "trial", "thresholds", "words", "waivers", "links", "year")


def find_config(paths: Sequence[Path]) -> Path | None:
    """Return the settings file beside or in the first path that has one, or None."""
    for path in paths:
        for folder in (path, path.parent) if path.is_dir() else (path.parent,):
            if (folder / NAME).is_file():
                return folder / NAME
    return None


def read_config(path: Path) -> Settings:
    """Return the settings of a file; raises `Refusal` with the line of what is wrong in it."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise Refusal(f"配置文件无法读取 the settings cannot be read: {path}: {error}") from error
    return settings_of(text, str(path))


def settings_of(text: str, name: str = NAME) -> Settings:
    """Return the settings a text states; raises `Refusal` with the line of what is wrong in it."""
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise Refusal(f"{name}: {error}") from error
    source = _Source(text, name)
    for key in document:
        if key not in _TABLES:
            raise source.wrong(key, f"没有“{key}”这一项 there is no such key; known: {', '.join(_TABLES)}")
    year = document.get("year")
    if year is not None and not (isinstance(year, int) and 2000 <= year <= 2099):
        raise source.wrong("year", "年度应为2000～2099 the year must be 2000 to 2099")
    return Settings(
        fiscal_year=year,
        switched=_codes(document, "rules", source, _switch),
        severities=_codes(document, "severities", source, _severity),
        trial=frozenset(_trial(document, source)),
        thresholds=_named(document, "thresholds", source, THRESHOLDS, _number),
        words=_named(document, "words", source, WORDS, _words),
        waivers=tuple(_waiver(entry, source) for entry in document.get("waivers", ())),
        links=tuple(_link(entry, source) for entry in document.get("links", ())),
    )


class _Source:
    """The text of the settings, to name the line of a key."""

    def __init__(self, text: str, name: str) -> None:
        self._lines = text.splitlines()
        self._name = name

    def wrong(self, key: str, what: str) -> Refusal:
        pattern = re.compile(
            rf"\s*\[?\[?[\"']?(?:[\w-]+\.)?{re.escape(key)}[\"']?\s*(?:=|\])|.*[\"']{re.escape(key)}[\"']"
        )
        line = next((number for number, text in enumerate(self._lines, 1) if pattern.match(text)), 1)
        return Refusal(f"{self._name} 第{line}行 line {line}: {key}: {what}")


Reader = Callable[[str, Any, _Source], Any]


def _codes(document: Mapping[str, Any], table: str, source: _Source, read: Reader) -> dict[str, Any]:
    from checks.handbook import all_rules

    known = {rule.code for rule in all_rules()}
    for code in document.get(table, {}):
        if code not in known:
            raise source.wrong(code, "没有这条规则 there is no such rule")
    return {code: read(code, value, source) for code, value in document.get(table, {}).items()}


def _named(
    document: Mapping[str, Any], table: str, source: _Source, known: Mapping[str, Any], read: Reader
) -> dict[str, Any]:
    for name in document.get(table, {}):
        if name not in known:
            raise source.wrong(name, f"没有这一项 there is no such entry; known: {', '.join(known)}")
    return {name: read(name, value, source) for name, value in document.get(table, {}).items()}


def _switch(key: str, value: Any, source: _Source) -> bool:
    if not isinstance(value, bool):
        raise source.wrong(key, "应为true或false must be true or false")
    return value


def _severity(key: str, value: Any, source: _Source) -> Severity:
    if value not in list(Severity):
        raise source.wrong(key, "应为error、warning或info must be error, warning or info")
    return Severity(value)


def _number(key: str, value: Any, source: _Source) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not value >= 0:
        raise source.wrong(key, "应为不小于0的数 must be a number, 0 or more")
    return value


def _words(key: str, value: Any, source: _Source) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(word, str) and word for word in value):
        raise source.wrong(key, "应为文字列表 must be a list of words")
    return tuple(value)


def _trial(document: Mapping[str, Any], source: _Source) -> Sequence[str]:
    codes = document.get("trial", [])
    if not isinstance(codes, list):
        raise source.wrong("trial", "应为规则代码列表 must be a list of rule codes")
    _codes({"trial": dict.fromkeys(codes, True)}, "trial", source, _switch)
    return codes


def _waiver(entry: Any, source: _Source) -> Waiver:
    fields = _texts(entry, ("agency", "code", "reason"), ("until",), source)
    until = entry.get("until")
    if until is not None and not isinstance(until, datetime.date):
        raise source.wrong("until", "应为日期，如2024-12-31 must be a date")
    _codes({"waivers": {fields["code"]: True}}, "waivers", source, _switch)
    return Waiver(fields["agency"], fields["code"], fields["reason"], until)


def _link(entry: Any, source: _Source) -> Link:
    return Link(**_texts(entry, ("agency", "project", "key_task"), (), source))


def _texts(entry: Any, wanted: Sequence[str], allowed: Sequence[str], source: _Source) -> dict[str, str]:
    for key in entry:
        if key not in (*wanted, *allowed):
            raise source.wrong(
                key, f"没有这一项 there is no such entry; known: {', '.join((*wanted, *allowed))}"
            )
    for key in wanted:
        if not isinstance(entry.get(key), str) or not entry[key]:
            raise source.wrong(key, "应填写文字 must be a text")
    return {key: entry[key] for key in wanted}
