"""The board of a batch: a line an agency with its light, what is found and what waits for a decision."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any, Literal

from etl.desk.view.findings import Shown, findings
from etl.desk.view.seen import Seen
from etl.frames.build import STATUS_NAMES
from etl.store.read import stored_roster
from etl.store.rows import text_of

Light = Literal["red", "amber", "green", "grey", "black"]
LIGHTS: tuple[Light, ...] = ("red", "amber", "green", "grey", "black")
SHAPES: dict[Light, str] = {"red": "✖", "amber": "▲", "green": "●", "grey": "○", "black": "■"}
"""Beside colour and word, for who does not see the colour."""
LIGHT_NAMES: dict[str, dict[Light, str]] = {
    "zh": {"red": "有错误", "amber": "待核实", "green": "无问题", "grey": "未报", "black": "未能读取"},
    "en": {
        "red": "errors",
        "amber": "to verify",
        "green": "clear",
        "grey": "not handed in",
        "black": "not readable",
    },
}
SORTS = ("worst", "open", "agency", "department")


@dataclass(frozen=True, slots=True)
class AgencyLine:
    """A line of the board. `file`: the key of its file in the store, 0 where nothing came in; `note`: why it is not counted,
    or could not be read."""

    agency: str
    department: str
    light: Light
    errors: int = 0
    warnings: int = 0
    infos: int = 0
    open: int = 0
    decided: int = 0
    file: int = 0
    path: str = ""
    note: str = ""


def board(seen: Seen, batch: int) -> list[AgencyLine]:
    """Return the lines of the board of a batch, the worst first."""
    all_of_it = findings(seen, batch)
    stamp = (seen.stamp(batch), seen.ledger(batch).last)
    lines: list[AgencyLine] = seen.kept(batch, "board", stamp, lambda: _board(seen, batch, all_of_it))
    return lines


def _board(seen: Seen, batch: int, shown: Sequence[Shown]) -> list[AgencyLine]:
    counts: dict[str, Counter[str]] = {}
    for one in shown:
        of = counts.setdefault(one.form, Counter())
        of["ended" if one.ended else one.severity] += 1
        of["open"] += one.open
        of["decided"] += one.severity != "info" and not one.open
    with seen.store(batch) as store:
        forms = [tuple(map(text_of, row)) for row in store.rows(
            "SELECT id, path, agency, file, counted, left_out FROM forms ORDER BY file, ordinal")]  # fmt: skip
        roster = stored_roster(store)
        matched = _matched([str(form[2] or "") for form in forms], roster)
        unread = [tuple(map(text_of, row)) for row in store.rows(_UNREAD)]
        by_name = _matched([PurePosixPath(row[1]).stem for row in unread], roster)
    named = _Named(roster)
    of_forms = [
        named.department(row) or _department(form[1]) for form, row in zip(forms, matched, strict=True)
    ]
    lines = [
        *_forms(forms, of_forms, counts),
        *_unread(unread, by_name, named),
        *_missing({*matched, *by_name}, named),
    ]
    return sorted(lines, key=weight)


def weight(line: AgencyLine) -> tuple[Any, ...]:
    """Return what the worst lines come first by."""
    return (
        LIGHTS.index(line.light) if line.light != "black" else -1,
        -line.errors,
        -line.warnings,
        line.agency,
    )


_UNREAD = "SELECT \"row\", path, status, reason FROM files WHERE status <> 'checked' AND position IS NOT NULL"


class _Named:
    """The agencies of the roster and their departments, by row; none without a roster."""

    def __init__(self, roster: Any) -> None:
        columns = (
            (roster.index.tolist(), roster["agency"], roster["department"])
            if roster is not None
            else ((), (), ())
        )
        self.rows = {
            row: (str(agency), str(department)) for row, agency, department in zip(*columns, strict=True)
        }

    def department(self, row: int) -> str:
        """Return the department of a row, "" for none."""
        return self.rows.get(row, ("", ""))[1]


def _matched(agencies: Sequence[str], roster: Any) -> list[int]:
    from checks.given.roster import match_agencies

    return match_agencies(agencies, roster) if roster is not None else [-1] * len(agencies)


def _forms(
    forms: Sequence[tuple[Any, ...]], departments: Sequence[str], counts: dict[str, Counter[str]]
) -> Iterator[AgencyLine]:
    for (id_, path, agency, file, counted, left_out), department in zip(forms, departments, strict=True):
        of = counts.get(id_, Counter())
        light: Light = "red" if of["error"] else "amber" if of["warning"] else "green"
        yield AgencyLine(
            agency or path, department, light, of["error"], of["warning"], of["info"], of["open"], of["decided"],
            file, path, "" if counted else str(left_out),
        )  # fmt: skip


def _department(path: str) -> str:
    """Return the folder that a file was handed in in: departments hand in theirs together."""
    parts = PurePosixPath(path).parts
    return parts[-2] if len(parts) > 1 else ""


def _missing(came: set[int], named: _Named) -> Iterator[AgencyLine]:
    for row, (agency, department) in named.rows.items():
        if row not in came:
            yield AgencyLine(agency, department, "grey")


def _unread(unread: Sequence[tuple[Any, ...]], by_name: Sequence[int], named: _Named) -> Iterator[AgencyLine]:
    """Yield the files that could not be read; whose they are is told by their names, where the roster knows them."""
    for (key, path, status, reason), row in zip(unread, by_name, strict=True):
        agency, department = named.rows.get(row, (PurePosixPath(path).stem, _department(path)))
        yield AgencyLine(
            agency, department, "black", file=key, path=path, note=f"{STATUS_NAMES['zh'][status]}：{reason}"
        )


def chosen(
    lines: Sequence[AgencyLine], words: str, light: str, department: str, waiting: bool, sort: str
) -> list[AgencyLine]:
    """Return the lines that fit all that is asked for, in the order that is asked for."""
    wanted = words.lower().split()
    found = [
        line for line in lines
        if all(word in f"{line.agency} {line.path} {line.department}".lower() for word in wanted)
        and (not light or line.light == light)
        and (not department or line.department == department)
        and (not waiting or line.open)
    ]  # fmt: skip
    keys: dict[str, Any] = {
        "open": lambda line: (-line.open, *weight(line)),
        "agency": lambda line: line.agency,
        "department": lambda line: (line.department, *weight(line)),
    }
    return sorted(found, key=keys[sort]) if sort in keys else found


def departments(lines: Sequence[AgencyLine]) -> list[tuple[str, Counter[str]]]:
    """Return of each department how many of its agencies have which light, by name."""
    found: dict[str, Counter[str]] = {}
    for line in lines:
        of = found.setdefault(line.department, Counter())
        of[line.light] += 1
        of["open"] += line.open
    return sorted(found.items())
