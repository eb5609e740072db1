"""Who is written to: every agency of the roster or the batch, with what it handed in and what became of it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from checks.declared.text_key import text_key
from checks.given.roster import match_agencies
from etl.batch.model import Batch
from etl.frames.build import STATUS_NAMES
from etl.frames.located import Located, by_path
from etl.frames.told import told

if TYPE_CHECKING:
    import pandas as pd

NO_DEPARTMENT = "未列主管部门"
_UNUSABLE = ("unreadable", "not_a_form", "crashed")


@dataclass(frozen=True, slots=True)
class Recipient:
    """An agency: its department, the files that hold its form, files of its that could not be used with the reason.

    `name`: empty for a file that tells nobody's name. `errors`, `warnings`: lines of its 审核意见.
    """

    department: str
    name: str
    paths: tuple[str, ...] = ()
    unusable: tuple[tuple[str, str], ...] = ()
    errors: int = 0
    warnings: int = 0

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
    """Return all recipients in the roster's order, those that are not on it after them.

    A file is an agency's by the name in its form, else by its own name, else by the folder it came in.
    """
    forms = batch.stack.tables.forms
    found = by_path(batch.located)
    agencies: dict[str, str] = {}
    for path, agency in zip(forms["path"], forms["agency"], strict=True):
        agencies.setdefault(str(path), str(agency or "").strip())
    whose = _Owners(roster)
    owners: dict[int | str, list[str]] = {}
    broken: dict[int | str, list[tuple[str, str]]] = {}
    names: dict[int | str, str] = {}
    for path, agency in agencies.items():
        owner = whose.of(agency, path)
        owners.setdefault(owner, []).append(path)
        names.setdefault(owner, agency or PurePosixPath(path).stem)
    for file in batch.files:
        if file.status in _UNUSABLE:
            owner = whose.of("", file.path)
            reason = file.reason or STATUS_NAMES["zh"][file.status]
            broken.setdefault(owner, []).append((file.path, reason))
            names.setdefault(owner, PurePosixPath(file.path).stem)
    listed: list[int | str] = (
        [row for row in roster.index.tolist() if roster["excluded"].loc[row] == ""]
        if roster is not None
        else []
    )
    others = [owner for owner in dict.fromkeys((*owners, *broken)) if owner not in set(listed)]
    made = []
    for owner in (*listed, *others):
        paths = tuple(owners.get(owner, ()))
        counts = _counts([entry for path in paths for entry in found.get(path, ())])
        department, name = whose.department(owner), whose.name(owner) or names.get(owner, "")
        made.append(
            Recipient(
                department or _folder((*paths, *(path for path, _ in broken.get(owner, ())))),
                name, paths, tuple(broken.get(owner, ())), counts["error"], counts["warning"],
            )
        )  # fmt: skip
    return made


def _counts(entries: list[Located]) -> Counter[str]:
    return Counter(str(line.severity) for lines in by_path(entries).values() for line in told(lines))


def _folder(paths: tuple[str, ...]) -> str:
    """Return the folder that files came in, which often is their department's."""
    parts = PurePosixPath(paths[0]).parts if paths else ()
    return parts[0] if len(parts) > 1 else NO_DEPARTMENT


class _Owners:
    """Tells whose a file is: the index of a row of the roster, else a text that stands for the agency."""

    def __init__(self, roster: pd.DataFrame | None) -> None:
        self._roster = roster

    def of(self, agency: str, path: str) -> int | str:
        """Return the owner of a file with the name in its form, which may be empty."""
        pure = PurePosixPath(path)
        names = [agency, pure.stem, pure.parent.name] if not agency else [agency]
        if self._roster is not None:
            for row in match_agencies(names, self._roster):
                if row >= 0:
                    return row
        return text_key(agency or pure.stem)

    def department(self, owner: int | str) -> str:
        """Return the department of an owner on the roster, "" for others."""
        return self._text("department", owner)

    def name(self, owner: int | str) -> str:
        """Return the name of an owner as the roster has it, "" for others."""
        return self._text("agency", owner)

    def _text(self, column: str, owner: int | str) -> str:
        return (
            str(self._roster[column].loc[owner])
            if self._roster is not None and isinstance(owner, int)
            else ""
        )
