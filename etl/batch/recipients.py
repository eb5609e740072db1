"""Who is written to: every agency of the roster or the batch, with what it handed in and what became of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from checks.declared.text_key import text_key
from checks.given.handed_in import superseded
from checks.given.whose import EARLIER, whose_files, whose_forms
from checks.rule import RULES
from etl.batch.model import Batch
from etl.frames.build import STATUS_NAMES
from etl.frames.located import Located, by_path
from etl.frames.told import told
from etl.intake.file_reading import FileReading

if TYPE_CHECKING:
    import pandas as pd

NO_DEPARTMENT = "未列主管部门"
_UNUSABLE = ("unreadable", "not_a_form", "crashed")


@dataclass(frozen=True, slots=True)
class Recipient:
    """An agency: its department, the files that hold its form, files of its that could not be used with the reason.

    `name`: empty for a file that tells nobody's name. `errors`, `warnings`: lines of the 审核意见 of what counts. `row`: its row of the
    roster, -1 for one that is not on it. `lost`: one of its files could not be read for a reason that lies with us.
    """

    department: str
    name: str
    paths: tuple[str, ...] = ()
    unusable: tuple[tuple[str, str], ...] = ()
    errors: int = 0
    warnings: int = 0
    row: int = -1
    lost: bool = False

    @property
    def missing(self) -> bool:
        """Say whether it handed nothing in."""
        return not self.paths and not self.unusable

    @property
    def status(self) -> str:
        """Return what became of it, in a word or two."""
        if self.paths:
            return "退回" if self.errors else "请核实" if self.warnings else "通过"
        return "未报" if self.missing else "无法读取"


def recipients(batch: Batch, roster: pd.DataFrame | None) -> list[Recipient]:
    """Return all recipients in the roster's order, those that are not on it after them."""
    found = told_to_departments(batch)
    owners, names = _owners(batch, roster)
    listed: list[int | str] = []
    if roster is not None:
        listed = [
            row
            for row in roster.index.tolist()
            if roster["excluded"].loc[row] == "" and not str(roster.get(EARLIER, {}).get(row, ""))
        ]
    broken = {file.path: _reason(file) for file in batch.files if file.status in _UNUSABLE}
    lost, older = {file.path for file in batch.files if file.lost}, _given_way(batch)
    made = []
    for owner in dict.fromkeys((*listed, *owners)):
        files = owners.get(owner, [])
        paths = tuple(path for path in files if path not in broken)
        counts = _counts([entry for path in paths if path not in older for entry in found.get(path, ())])
        known = roster.loc[owner] if roster is not None and isinstance(owner, int) else None
        made.append(
            Recipient(
                (str(known["department"]) if known is not None else "") or _folder(files),
                str(known["agency"]) if known is not None else names[owner],
                paths,
                tuple((path, broken[path]) for path in files if path in broken),
                counts["error"],
                counts["warning"],
                owner if isinstance(owner, int) else -1,
                any(path in lost for path in files),
            )
        )
    return made


def _given_way(batch: Batch) -> set[str]:
    """Return the files of which every form gave way to a newer one: what was wrong in a draft keeps nobody from passing."""
    forms, gone = batch.stack.tables.forms, superseded(batch.stack.tables)
    stand = {str(path) for form, path in forms["path"].items() if form not in gone}
    return {str(path) for path in forms["path"]} - stand


def told_to_departments(batch: Batch) -> Mapping[str, list[Located]]:
    """Return what a department is told of each of its files: not what a rule says of the whole batch."""
    return by_path(entry for entry in batch.located if not RULES[entry.finding.code].summary)


_Owner = int | str
"""The row of the roster, else a text that stands for an agency that is not on it."""


def _owners(batch: Batch, roster: pd.DataFrame | None) -> tuple[dict[_Owner, list[str]], dict[_Owner, str]]:
    """Return the files of each owner, and what one is called that is not on the roster."""
    tables = batch.stack.tables
    files: dict[_Owner, list[str]] = {}
    names: dict[_Owner, str] = {}

    def add(row: int, agency: str, path: str) -> None:
        name = agency or PurePosixPath(path).stem
        owner: _Owner = row if row >= 0 else text_key(name)
        names.setdefault(owner, name)
        if path not in files.setdefault(owner, []):
            files[owner].append(path)

    forms = zip(tables.forms["agency"], tables.forms["path"], whose_forms(tables, roster), strict=True)
    for agency, path, whose in forms:
        add(whose.row, str(agency or "").strip(), str(path))
    unread = whose_files(tables, roster)
    for number, file in enumerate(batch.files):
        row = unread[number].row if number in unread else -1
        if file.status in _UNUSABLE and (row >= 0 or file.status != "not_a_form"):
            add(row, "", file.path)
    return files, names


def _reason(file: FileReading) -> str:
    return file.reason or STATUS_NAMES["zh"][file.status]


def _counts(entries: list[Located]) -> Counter[str]:
    return Counter(str(line.severity) for lines in by_path(entries).values() for line in told(lines))


def _folder(paths: Sequence[str]) -> str:
    """Return the folder that files came in, which often is their department's."""
    parts = PurePosixPath(paths[0]).parts if paths else ()
    return parts[0] if len(parts) > 1 else NO_DEPARTMENT
