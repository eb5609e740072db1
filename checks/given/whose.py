"""Whose a form or a file is: by the name in the form, by the code, by the file's name, by the folder it lies in.

Not handed in (未报) is only who is found in none of these ways. The name in the form comes first; the other ways speak
where it is blank or is nobody's on the roster, and only for an agency that no form names as its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Literal, NamedTuple

from checks.declared.agency import agency_key
from checks.declared.text_key import text_key
from checks.given.roster import match_agencies, names_of

if TYPE_CHECKING:
    import pandas as pd

    from checks.frames.tables import Tables

By = Literal["", "name", "code", "file", "part", "folder"]
LEAST_NAME = 4
"""Characters from which on a name inside a longer file name is taken for an agency's."""
LEAST_CODE = 3
UNREADABLE = ("unreadable", "crashed")
EARLIER = "earlier"
"""A column of the roster that says where an agency handed in otherwise: in an earlier round, as a file passed over."""

_NUMBERS = re.compile(r"[0-9]+")


class Whose(NamedTuple):
    """The roster row a form or file belongs to, -1 for none, and what told it; `part`: a name within the file's name."""

    row: int = -1
    by: By = ""


NOBODY = Whose()


@dataclass(frozen=True, slots=True, eq=False)
class _Names:
    """A roster as names are looked up in it: rows by code and by compared name, and which rows lead a department."""

    roster: pd.DataFrame
    codes: Mapping[str, int]
    names: Sequence[tuple[str, int]]
    departments: Mapping[str, int]

    def by_code(self, text: str) -> int:
        """Return the row whose code stands in a text by itself, -1 where none or several do."""
        return _only(self.codes[number] for number in _NUMBERS.findall(text) if number in self.codes)

    def by_part(self, text: str) -> int:
        """Return the row whose name stands in a text, -1 where those of several do; a name within another is none."""
        key = text_key(text)
        found = [(name, row) for name, row in self.names if name in key]
        return _only(
            row for name, row in found if not any(name != other and name in other for other, _ in found)
        )

    def of_path(self, path: str) -> Whose:
        """Return whose a file is by what it and its folders are called; a folder of several agencies is nobody's."""
        way = PurePosixPath(path)
        stem = way.stem
        row = match_agencies([stem], self.roster)[0]
        if row >= 0:
            return Whose(row, "file")
        row = self.by_code(stem)
        if row >= 0:
            return Whose(row, "code")
        row = self.by_part(stem)
        if row >= 0:
            return Whose(row, "part")
        for folder in reversed(way.parts[:-1]):
            if self.departments.get(text_key(folder), 0) > 1:
                break
            row = match_agencies([folder], self.roster)[0]
            row = row if row >= 0 else self.by_code(folder)
            if row >= 0:
                return Whose(row, "folder")
        return NOBODY


def _only(rows: Iterable[int]) -> int:
    found = set(rows)
    return found.pop() if len(found) == 1 else -1


def _names(roster: pd.DataFrame) -> _Names:
    cells = [roster[name].astype(str).tolist() for name in ("code", "agency", "alias", "department")]
    codes: dict[str, int] = {}
    names: list[tuple[str, int]] = []
    departments: dict[str, int] = {}
    for row, code, agency, alias, department in zip(roster.index.tolist(), *cells, strict=True):
        number = "".join(_NUMBERS.findall(code))
        if len(number) >= LEAST_CODE and number == code.strip():
            codes[number] = -1 if number in codes else row
        names += [(name, row) for name in names_of(agency, alias) if len(name) >= LEAST_NAME]
        key = text_key(department)
        departments[key] = departments.get(key, 0) + 1
    return _Names(roster, {code: row for code, row in codes.items() if row >= 0}, names, departments)


def whose_forms(tables: Tables, roster: pd.DataFrame | None) -> list[Whose]:
    """Return whose each form is, in the order of the forms."""
    forms = tables.forms
    if roster is None:
        return [NOBODY] * len(forms)
    agencies = [text if isinstance(text, str) else "" for text in forms["agency"].tolist()]
    rows = match_agencies(agencies, roster)
    found = [Whose(row, "name") if row >= 0 else NOBODY for row in rows]
    if all(row >= 0 for row in rows):
        return found
    names, own = _names(roster), {row for row in rows if row >= 0}
    paths = list(map(str, forms["path"].tolist()))
    alone = _once(paths)
    for number, (agency, path) in enumerate(zip(agencies, paths, strict=True)):
        if found[number].row < 0:
            told = _otherwise(agency, path if path in alone else "", names)
            blank = not agency_key(agency)
            found[number] = told if told.row >= 0 and (blank or told.row not in own) else NOBODY
    return found


def _once(paths: Sequence[str]) -> set[str]:
    counts: dict[str, int] = {}
    for path in paths:
        counts[path] = counts.get(path, 0) + 1
    return {path for path, count in counts.items() if count == 1}


def _otherwise(agency: str, path: str, names: _Names) -> Whose:
    row = names.by_code(agency) if agency else -1
    if row >= 0:
        return Whose(row, "code")
    return names.of_path(path) if path else NOBODY


def whose_files(tables: Tables, roster: pd.DataFrame | None) -> dict[int, Whose]:
    """Return whose each file is of which no form was read, by the file's number.

    A file of another form is an agency's own only where it is called nothing but its name or code.
    """
    files = tables.files
    if roster is None:
        return {}
    lookup: list[_Names] = []
    found = {}
    for number, status, path in zip(
        files.index.tolist(), files["status"].tolist(), files["path"].tolist(), strict=True
    ):
        if status == "checked":
            continue
        lookup = lookup or [_names(roster)]
        whose = lookup[0].of_path(str(path))
        sure = status in UNREADABLE or whose.by == "file" or (whose.by == "code" and _is_number(str(path)))
        found[number] = whose if sure else NOBODY
    return found


def _is_number(path: str) -> bool:
    return bool(_NUMBERS.fullmatch(PurePosixPath(path).stem.strip()))


def whose_paths(paths: Iterable[str], roster: pd.DataFrame) -> list[Whose]:
    """Return whose files are by what they are called."""
    names = _names(roster)
    return [names.of_path(path) for path in paths]


NOT_FORMS = (".csv", ".json", ".log", ".txt", ".toml", ".html", ".md", ".ini", ".db", ".tmp", ".sqlite")
"""Files passed over that are nobody's form, whatever they are called: lists, settings, what programs leave."""


def whose_skipped(paths: Sequence[str], roster: pd.DataFrame | None) -> list[Whose]:
    """Return whose files that were passed over are: an archive, a scan or a letter named after an agency is handed in."""
    if roster is None:
        return [NOBODY] * len(paths)
    found = whose_paths(paths, roster)
    return [
        own if own.by in ("file", "code", "part") and not path.lower().endswith(NOT_FORMS) else NOBODY
        for own, path in zip(found, paths, strict=True)
    ]


def with_files(roster: pd.DataFrame, paths: Sequence[str]) -> pd.DataFrame:
    """Return a roster that says who handed in a file that was passed over, beside what it says of earlier rounds."""
    rows = {
        own.row: path for own, path in zip(whose_skipped(paths, roster), paths, strict=True) if own.row >= 0
    }
    if not rows:
        return roster
    known = roster[EARLIER] if EARLIER in roster.columns else [""] * len(roster)
    said = [was or rows.get(row, "") for row, was in zip(roster.index.tolist(), known, strict=True)]
    return roster.assign(**{EARLIER: said})


def with_earlier(roster: pd.DataFrame, before: Iterable[tuple[str, str, int]]) -> pd.DataFrame:
    """Return a roster that says who handed in in an earlier round; `before`: agency, path and round of each form of theirs."""
    forms = list(before)
    rows = match_agencies([agency for agency, _, _ in forms], roster)
    others = whose_paths([path for _, path, _ in forms], roster)
    rounds: dict[int, int] = {}
    for row, other, (_, _, number) in zip(rows, others, forms, strict=True):
        rounds[row if row >= 0 else other.row] = number
    said = [f"第{rounds[row]}轮" if row in rounds else "" for row in roster.index.tolist()]
    return roster.assign(**{EARLIER: said})


def missing_rows(tables: Tables, roster: pd.DataFrame) -> list[int]:
    """Return the roster rows of which nothing was handed in: no form, no file that could not be read, nothing earlier."""
    seen = {whose.row for whose in whose_forms(tables, roster)}
    seen |= {whose.row for whose in whose_files(tables, roster).values()}
    earlier = _earlier(roster)
    return [row for row in roster.index.tolist() if row not in seen and row not in earlier]


def _earlier(roster: pd.DataFrame) -> set[int]:
    if EARLIER not in roster.columns:
        return set()
    said = roster[EARLIER].fillna("").astype(str)
    return set(roster.index[said != ""].tolist())
