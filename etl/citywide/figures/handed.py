"""Who handed in and what became of it: the lines of 报送情况, and the numbers of agencies they make."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from checks.frames.columns import one_of, taken, where
from checks.given.whose import (
    EARLIER,
    NOBODY,
    Whose,
    missing_rows,
    whose_files,
    whose_skipped,
    with_files,
)
from checks.scope import WHY_NAMES
from etl.citywide.figures.city import NO_DEPARTMENT, City
from etl.frames.build import STATUS_NAMES
from etl.marked.lines import State

if TYPE_CHECKING:
    import pandas as pd

Light = Literal["green", "amber", "red", "gray"]
BLANK, UNREADABLE, OTHER_FORM = "已报（单位名称空白）", "已报（无法读取）", "已报（不是本表）"
DOUBTFUL, BEFORE = WHY_NAMES["doubtful"], "已报（以前轮次）"
HANDED = ("已报", BLANK, UNREADABLE, OTHER_FORM, "汇总表", "已排除", DOUBTFUL, BEFORE)
"""What a line says of an agency that handed in; what gave way to a newer form says nothing more of it."""


@dataclass(frozen=True, slots=True)
class Received:
    """A line of 报送情况. `numbers`: errors, warnings, infos; `states`: fixed, standing, new, explained; `row`: of the roster.

    `profile`: the id of the form profile it was read with.
    """

    department: str
    agency: str
    status: str
    light: Light
    path: str
    link: str
    numbers: tuple[int, int, int] = (0, 0, 0)
    states: tuple[int, int, int, int] = (0, 0, 0, 0)
    round: int = 0
    note: str = ""
    row: int = -1
    profile: str = ""

    @property
    def handed(self) -> bool:
        """Return whether the line is what an agency handed in."""
        return self.status in HANDED and bool(self.path or self.status == BEFORE)

    @property
    def verdict(self) -> str:
        """Return what becomes of what was handed in: 通过, 退回; "" for lines that are nobody's form."""
        return "" if not self.handed or self.status == BEFORE else "退回" if self.light == "red" else "通过"


@dataclass(frozen=True, slots=True)
class Handed:
    """How many agencies handed in: the same numbers on every sheet, in the terminal and on the page.

    `due`: agencies of the roster, None without one. `handed` and `missing` are `due` together; `outside`: who handed in
    without being on the roster. `passed` and `returned` are all that handed in.
    """

    due: int | None
    handed: int
    missing: int
    unreadable: int
    blank: int
    outside: int
    passed: int
    returned: int

    @property
    def unusual(self) -> list[tuple[str, int]]:
        """Return what is to be said of some of those who handed in, with their number; only of what there is."""
        each = (("无法读取", self.unreadable), ("单位名称空白", self.blank))
        return [(name, count) for name, count in each if count]


def handed_in(lines: Sequence[Received], roster: pd.DataFrame | None) -> Handed:
    """Return the numbers of agencies that the lines of 报送情况 make."""
    own: dict[tuple[int, str], list[Received]] = {}
    for line in lines:
        if line.handed:
            own.setdefault((line.row, "" if line.row >= 0 else line.agency or line.path), []).append(line)
    outside = sum(row < 0 for row, _ in own) if roster is not None else 0
    returned = sum(any(line.light == "red" for line in group) for group in own.values())
    states = [{line.status for line in group} for group in own.values()]
    unknown = sum(state == {BEFORE} for state in states)
    return Handed(
        None if roster is None else len(roster), len(own) - outside, sum(line.status == "未报" for line in lines),
        sum(bool(state & {UNREADABLE, OTHER_FORM}) for state in states), sum(BLANK in state for state in states),
        outside, len(own) - returned - unknown, returned,
    )  # fmt: skip


def received(city: City) -> list[Received]:
    """Return every form, missing agency and file without a form, departments and agencies in the roster's order."""
    places = {name: place for place, name in enumerate(city.places)}
    lines = [*_forms(city), *_missing(city), *_earlier(city), *_others(city)]
    return sorted(
        lines,
        key=lambda x: (
            places.get(x.department, len(places)), x.department == NO_DEPARTMENT, x.department, x.agency == "",
            x.row if x.row >= 0 else sys.maxsize, x.agency, x.path,
        ),
    )  # fmt: skip


def _forms(city: City) -> Iterator[Received]:
    counts = city.seen.by(lambda kind: (kind.form, kind.severity))
    states, blocking = city.seen.by(lambda kind: (kind.form, kind.state)), city.seen.blocking()
    ids, named = city.tables.forms["id"].tolist(), city.tables.forms["agency"].tolist()
    profiles = city.tables.forms["profile"].tolist()
    passed = _passed_over(city)
    for form in range(len(ids)):
        why, whose = city.left_out.get(form), city.whose[form]
        numbers = (counts[form, "error"], counts[form, "warning"], counts[form, "info"])
        light: Light = "red" if form in blocking else "amber" if numbers[1] else "green"
        done = city.options.of_this_round(city.paths[form])
        known = [states[form, str(state)] for state in (State.STANDING, State.NEW)]
        become = (
            len(done.fixed) if done else 0,
            known[0],
            known[1],
            city.options.explained.get(ids[form], 0),
        )
        name = named[form] if isinstance(named[form], str) else ""
        status = (
            WHY_NAMES[why.why]
            if why
            else DOUBTFUL
            if form in city.doubts.forms
            else BLANK
            if not name
            else "已报"
        )
        doubt = city.doubts.forms.get(form)
        notes = [
            why.note if why else doubt.said if doubt else "",
            _told_by(name, whose),
            *passed.get(form, ()),
        ]
        number = city.options.round_of(city.paths[form]) or (done.number if done else 0)
        yield Received(
            city.departments[form], city.agencies[form], status, light, city.paths[form], city.bases[form], numbers,
            become, number, "；".join(filter(None, notes)), whose.row, profiles[form],
        )  # fmt: skip


_BY = {"code": "代码", "file": "文件名", "part": "文件名", "folder": "文件夹"}


def _told_by(name: str, whose: Whose) -> str:
    """Return what told whose a form is, where the name in it does not."""
    if whose.row < 0 or whose.by == "name":
        return "表内没有单位名称" if not name else ""
    return f"表内{'没有单位名称' if not name else '的单位名称不在名单中'}，按{_BY[whose.by]}认定"


_PASSED = {
    "other_sheet": "不是本表，未读取", "sample_sheet": "是填报样例，未计入", "unread_sheet": "表样无法识别，未计入",
}  # fmt: skip


def _passed_over(city: City) -> dict[int, list[str]]:
    """Return what 报送情况 says of sheets beside a form of which nothing was read, by form."""
    oddities = city.tables.oddities
    at = where(oddities, {"kind": one_of(*_PASSED)})
    rows = taken(oddities, ("form", "kind", "text", "detail"), at)
    found: dict[int, list[str]] = {}
    for form, kind, sheet, title in zip(
        rows["form"].tolist(), rows["kind"], rows["text"], rows["detail"], strict=True
    ):
        named = f"（《{title}》）" if title else ""
        found.setdefault(form, []).append(f"工作表“{sheet}”{named}{_PASSED[kind]}")
    return found


def _missing(city: City) -> Iterator[Received]:
    if city.roster is None:
        return
    for row in missing_rows(city.tables, _with_skipped(city, city.roster)):
        department, agency = (str(city.roster[name].loc[row]) for name in ("department", "agency"))
        yield Received(department or NO_DEPARTMENT, agency, "未报", "gray", "", "", note="应报未报", row=row)


def _earlier(city: City) -> Iterator[Received]:
    """Yield who handed in in an earlier round whose forms are not here: nobody of them is missing."""
    roster = city.roster
    if roster is None or EARLIER not in roster.columns:
        return
    here = {whose.row for whose in (*city.whose, *whose_files(city.tables, roster).values())}
    here |= {own.row for own in whose_skipped([each.relative for each in city.batch.skipped], roster)}
    for row, said in zip(roster.index.tolist(), roster[EARLIER].fillna("").astype(str).tolist(), strict=True):
        if row not in here and said:
            department, agency = (str(roster[name].loc[row]) for name in ("department", "agency"))
            note = f"{said}已报，该轮的报表不在这里，金额未计入"
            yield Received(department or NO_DEPARTMENT, agency, BEFORE, "gray", "", "", note=note, row=row)


def _with_skipped(city: City, roster: pd.DataFrame) -> pd.DataFrame:
    return with_files(roster, [skipped.relative for skipped in city.batch.skipped])


def _others(city: City) -> Iterator[Received]:
    """Yield files without a form; whose they are is told by their names and folders, where the roster knows them."""
    handed = {whose.row for whose in city.whose}
    files = city.tables.files
    known = whose_files(city.tables, city.roster)
    for number, file in zip(files.index.tolist(), city.batch.files, strict=True):
        if file.status != "checked":
            row = known.get(number, NOBODY).row
            yield _other(
                city, row, STATUS_NAMES["zh"][file.status], file.path, file.reason, row not in handed
            )
    skipped = city.batch.skipped
    whose = whose_skipped([each.relative for each in skipped], city.roster)
    for each, own in zip(skipped, whose, strict=True):
        yield _other(city, own.row, "已跳过", each.relative, each.reason, own.row not in handed)


def _other(city: City, row: int, status: str, path: str, reason: str, alone: bool) -> Received:
    """Return the line of a file without a form; it is all that its agency handed in where it is `alone`."""
    if row < 0 or city.roster is None:
        light: Light = "gray" if status == "已跳过" else "red"
        return Received(NO_DEPARTMENT, "", status, light, path, "", note=reason)
    department, agency = (str(city.roster[name].loc[row]) for name in ("department", "agency"))
    said = (UNREADABLE if status != "不是本表" else OTHER_FORM) if alone else status
    return Received(
        department or NO_DEPARTMENT, agency, said, "red" if alone else "gray", path, "", note=reason, row=row
    )
