"""Reads jixiao.toml: what a bureau sets for its run. A key that does not exist is an error with its line."""

from __future__ import annotations

import datetime
import os
import re
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from checks.finding import Severity
from checks.settings import THRESHOLDS, WORDS, Link, Settings, Waiver
from etl.form.profile_file import is_profile
from etl.form.profiles import catalogue
from etl.safe.alike import alike
from etl.safe.given_file import read_given
from etl.safe.refusal import Refusal

NAME = "jixiao.toml"
FORMS = "forms"
"""The folder beside the settings in which the bureau may keep its form profiles."""
_TABLES = ("rules", "severities", "trial", "thresholds", "words", "waivers", "links", "year")
LARGEST_FILE = 1_000_000
"""Bytes of settings: 10,000 waivers."""
LARGEST = 10**12
"""No threshold is beyond it."""
FEW_KEYS = 12
"""Up to so many keys are listed where one does not exist."""
_HEADER = re.compile(r"""\s*\[{1,2}\s*["']?([\w-]+)["']?\s*\]""")


def find_config(paths: Sequence[Path], named: Sequence[Path | None]) -> Path | None:
    """Return the settings file in the working folder, or beside what the bureau `named` (its roster, its output), or None.

    Never one in a folder that submissions are read from: what lies there a department may have sent.
    """
    inboxes = [os.path.realpath(path if path.is_dir() else path.parent) for path in paths]
    for folder in (Path.cwd(), *(path.absolute().parent for path in named if path is not None)):
        if (folder / NAME).is_file() and not _within(os.path.realpath(folder), inboxes):
            return folder / NAME
    return None


def _within(folder: str, inboxes: Iterable[str]) -> bool:
    return any(folder == inbox or folder.startswith(inbox.rstrip(os.sep) + os.sep) for inbox in inboxes)


def ruling(settings: Settings, lang: str) -> str:
    """Return the sentence that says which settings ruled a run, and how many rules they switch off."""
    off = sum(not on for on in settings.switched.values())
    if lang == "en":
        return f"settings: {settings.source or 'the defaults'}; rules switched off by them: {off}"
    return f"配置：{settings.source or '默认'}；按配置停用的规则：{off}条"


def read_config(path: Path) -> Settings:
    """Return the settings of a file; raises `Refusal` with the line of what is wrong in it."""
    try:
        data = read_given(path, LARGEST_FILE)
        text = data.decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        said = getattr(error, "strerror", None) or error
        raise Refusal(f"配置文件无法读取 the settings cannot be read: {path}: {said}") from error
    if len(data) > LARGEST_FILE:
        raise Refusal(f"配置文件太大 the settings are too large: {path}")
    return replace(settings_of(text, str(path)), source=str(path), forms=own_forms(path.absolute().parent))


def own_forms(folder: Path) -> tuple[tuple[str, str], ...]:
    """Return the form profiles that lie beside the settings, or in `forms` there: name of the file and text.

    Raises `Refusal` with the line of what is wrong in one.
    """
    found: list[tuple[str, str]] = []
    for path in sorted((*folder.glob("*.toml"), *folder.glob(f"{FORMS}/*.toml"))):
        try:
            text = read_given(path, LARGEST_FILE)[:LARGEST_FILE].decode("utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            raise Refusal(f"表样文件无法读取 the form profile cannot be read: {path}: {error}") from error
        if path.name != NAME and is_profile(text):
            found.append((path.name, text))
    catalogue(tuple(found))  # a wrong one is refused before anything is read
    return tuple(found)


def settings_of(text: str, name: str = NAME) -> Settings:
    """Return the settings a text states; raises `Refusal` with the line of what is wrong in it."""
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise Refusal(f"{name}: {error}") from error
    except RecursionError:
        raise Refusal(f"{name}: 嵌套太深 nested too deep") from None
    source = _Source(tuple(text.splitlines()), name)
    for key in document:
        if key not in _TABLES:
            raise source.wrong(key, _no_such(key, _TABLES))
    return Settings(
        fiscal_year=_year(document.get("year"), source),
        switched=_by_code(document, "rules", source, _switch),
        severities=_by_code(document, "severities", source, _severity),
        trial=frozenset(_trial(document.get("trial", []), source)),
        thresholds=_by_name(document, "thresholds", source, THRESHOLDS, _number),
        words=_by_name(document, "words", source, WORDS, _words),
        waivers=tuple(_waiver(entry, at) for entry, at in _entries(document, "waivers", source)),
        links=tuple(_link(entry, at) for entry, at in _entries(document, "links", source)),
    )


@dataclass(frozen=True, slots=True)
class _Source:
    """The text of the settings, to name the line of a key; `table` and `entry` say where in it we are."""

    lines: tuple[str, ...]
    name: str
    table: str = ""
    entry: int = 0

    def within(self, table: str, entry: int = 0) -> _Source:
        """Return the source seen from one table, or from one of several tables of that name."""
        return _Source(self.lines, self.name, table, entry)

    def wrong(self, key: str, what: str) -> Refusal:
        """Return the refusal of a key, with its line."""
        return Refusal(f"{self.name} 第{self._line(key)}行 line {self._line(key)}: {key}: {what}")

    def _line(self, key: str) -> int:
        """Return the line of a key: in its table, else the table's own line, else anywhere, else the first."""
        plain = re.escape(key)
        own = re.compile(rf"""\s*["']?{plain}["']?\s*=|.*["']{plain}["']|\s*{self.table}\s*\.\s*{plain}\b""")
        header = re.compile(rf"""\s*\[{{1,2}}\s*["']?{plain}["']?\s*\]""")
        mine = self._mine()
        first = mine[0] if mine else 0
        inside = (number for number in mine if own.match(self.lines[number - 1]))
        anywhere = (n for n, text in enumerate(self.lines, 1) if own.match(text) or header.match(text))
        return next(inside, 0) or first or next(anywhere, 1)

    def _mine(self) -> list[int]:
        """Return the numbers of the lines of this table, its heading first; none for the whole file."""
        if not self.table:
            return []
        current, seen, found = "", -1, []
        for number, text in enumerate(self.lines, 1):
            match = _HEADER.match(text)
            if match:
                current = match[1]
                seen += current == self.table
            if current == self.table and seen == self.entry:
                found.append(number)
        return found


Reader = Callable[[str, Any, _Source], Any]


def _year(value: Any, source: _Source) -> int | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not 2000 <= value <= 2099:
        raise source.wrong("year", "年度应为2000～2099 the year must be 2000 to 2099")
    return value


def _table(document: Mapping[str, Any], name: str, source: _Source) -> Mapping[str, Any]:
    value = document.get(name, {})
    if not isinstance(value, dict):
        raise source.wrong(name, f"应为表[{name}] must be a table")
    return value


def _entries(
    document: Mapping[str, Any], name: str, source: _Source
) -> list[tuple[Mapping[str, Any], _Source]]:
    """Return the entries of a list of tables, each with the place it stands in."""
    value = document.get(name, [])
    if not isinstance(value, list) or not all(isinstance(entry, dict) for entry in value):
        raise source.wrong(name, f"应为表[[{name}]] must be a list of tables")
    return [(entry, source.within(name, number)) for number, entry in enumerate(value)]


def _by_code(document: Mapping[str, Any], name: str, source: _Source, read: Reader) -> dict[str, Any]:
    entries, at = _table(document, name, source), source.within(name)
    _check_codes(entries, at)
    return {code: read(code, value, at) for code, value in entries.items()}


def _check_codes(codes: Iterable[str], source: _Source) -> None:
    from checks.telling.handbook import all_rules

    known = {rule.code for rule in all_rules()}
    for code in codes:
        if code not in known:
            raise source.wrong(code, f"没有这条规则 there is no such rule{alike(code, known)}")


def _by_name(
    document: Mapping[str, Any], table: str, source: _Source, known: Mapping[str, Any], read: Reader
) -> dict[str, Any]:
    entries, at = _table(document, table, source), source.within(table)
    for name in entries:
        if name not in known:
            raise at.wrong(name, _no_such(name, known))
    return {name: read(name, value, at) for name, value in entries.items()}


def _no_such(key: str, known: Iterable[str]) -> str:
    """Say that a key does not exist, what was probably meant, and how to see all with their meanings."""
    names = list(known)
    meant = alike(key, names)
    shown = meant or (f"; known: {', '.join(names)}" if len(names) <= FEW_KEYS else "")
    return (
        f"没有“{key}”这一项 there is no such entry{shown}（全部可用的项 all of them: jixiao config --init）"
    )


def _switch(key: str, value: Any, source: _Source) -> bool:
    if not isinstance(value, bool):
        raise source.wrong(key, "应为true或false must be true or false")
    return value


def _severity(key: str, value: Any, source: _Source) -> Severity:
    if value not in list(Severity):
        raise source.wrong(key, "应为error、warning或info must be error, warning or info")
    return Severity(value)


def _number(key: str, value: Any, source: _Source) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= LARGEST:
        raise source.wrong(key, f"应为0～{LARGEST}的数 must be a number, 0 to {LARGEST}")
    number: int | float = value
    return number


def _words(key: str, value: Any, source: _Source) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(word, str) and word.strip() for word in value):
        raise source.wrong(key, "应为文字列表 must be a list of words")
    if key == "synonyms" and not all(all(entry.partition("=")) for entry in value):
        raise source.wrong(key, "应写作“词=同义词” must be written word=meant")
    return tuple(value)


def _trial(codes: Any, source: _Source) -> list[str]:
    if not isinstance(codes, list) or not all(isinstance(code, str) for code in codes):
        raise source.wrong("trial", "应为规则代码列表 must be a list of rule codes")
    _check_codes(codes, source)
    return codes


def _waiver(entry: Mapping[str, Any], source: _Source) -> Waiver:
    fields = _texts(entry, ("agency", "code", "reason"), ("until",), source)
    until = entry.get("until")
    if until is not None and (not isinstance(until, datetime.date) or isinstance(until, datetime.datetime)):
        raise source.wrong("until", "应为日期，如2024-12-31 must be a date such as 2024-12-31")
    _check_codes([fields["code"]], source)
    return Waiver(fields["agency"], fields["code"], fields["reason"], until)


def _link(entry: Mapping[str, Any], source: _Source) -> Link:
    return Link(**_texts(entry, ("agency", "project", "key_task"), (), source))


def _texts(
    entry: Mapping[str, Any], wanted: Sequence[str], allowed: Sequence[str], source: _Source
) -> dict[str, str]:
    known = (*wanted, *allowed)
    for key in entry:
        if key not in known:
            raise source.wrong(key, _no_such(key, known))
    for key in wanted:
        if not isinstance(entry.get(key), str) or not entry[key].strip():
            raise source.wrong(key, "应填写文字 must be a text")
    return {key: entry[key] for key in wanted}
