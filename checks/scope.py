"""Which forms count: one an agency, a department's total form or its agencies' forms, nobody left out on request.

The roster's 口径 decides: a total form (汇总) already holds its agencies' money, so it is left out of the
sums as soon as one of those agencies handed in a form of its own. Without a roster only names can tell:
`某局（汇总）` beside `某局（本级）`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

from checks.declared.agency import agency_key
from checks.declared.text_key import text_key
from checks.finding import Finding, Severity
from checks.given.handed_in import HandedIn, ages, handed_in, of_another_year, told_apart
from checks.given.roster import core_name, match_agencies
from checks.given.whose import whose_forms

if TYPE_CHECKING:
    import pandas as pd

    from checks.frames.tables import Tables

Why = Literal["superseded", "other_year", "whole", "excluded", "doubtful"]
WHY_NAMES: dict[Why, str] = {
    "superseded": "重复报送",
    "other_year": "非本年度",
    "whole": "汇总表",
    "excluded": "已排除",
    "doubtful": "单位存疑",
}
_NOT_EXCLUDED = frozenset({"", "否", "不", "不排除", "0", "n", "no", "false", "×", "/", "无"})


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Why a form is not in the sums, in a word and in a sentence."""

    why: Why
    note: str


_OF_UNITS = frozenset({"ST09", "XW11"})


def is_doubt(finding: Finding) -> bool:
    """Return whether a finding keeps its form's amounts out of the city's sums: an error about their unit.

    A bureau that lets the finding pass, or switches the rule off, has the amounts in the sums.
    """
    return finding.code in _OF_UNITS and finding.severity == Severity.ERROR and not finding.trial


@dataclass(frozen=True, slots=True)
class Scope:
    """What counts: reasons by form for those that do not, and the names to exclude that nobody has."""

    left_out: Mapping[int, LeftOut]
    unknown: tuple[str, ...] = ()


def scope_of(
    tables: Tables,
    roster: pd.DataFrame | None,
    exclude: Sequence[str] = (),
    doubtful: Mapping[int, str] = MappingProxyType({}),
) -> Scope:
    """Return which forms of a stack are left out of the city's sums, and why.

    `doubtful`: the forms of whose amounts nobody knows the unit (`is_doubt`), each with what was found.
    """
    forms = tables.forms
    rows = _rows(tables, roster)
    owners = dict(zip(forms.index.tolist(), owners_of(tables, roster), strict=True))
    left: dict[int, LeftOut] = _superseded(tables, owners)
    kept = [form for form in owners if form not in left]
    left |= _wholes(kept, rows, forms["agency"], roster)
    excluded, unknown = _excluded(kept, rows, forms["agency"], roster, exclude)
    left |= excluded
    return Scope(
        left | {f: LeftOut("doubtful", said) for f, said in doubtful.items() if f not in left}, unknown
    )


def _superseded(tables: Tables, owners: Mapping[int, str]) -> dict[int, LeftOut]:
    order = ages(tables)
    newest: dict[str, int] = {}
    for form in sorted(owners, key=order.__getitem__):
        newest[owners[form]] = form
    given = handed_in(tables)
    return {
        form: _gave_way(given[form], given[newest[owner]])
        for form, owner in owners.items()
        if newest[owner] != form
    }


def _gave_way(form: HandedIn, kept: HandedIn) -> LeftOut:
    year, by = of_another_year(form, kept), told_apart(form, kept)
    if year is not None:
        return LeftOut("other_year", f"本表为{year}年度，以本年度的{by}为准，本表不计入汇总")
    return LeftOut("superseded", f"同一单位重复报送，以最新的{by}为准，本表不计入汇总")


def _rows(tables: Tables, roster: pd.DataFrame | None) -> dict[int, int]:
    rows = (whose.row for whose in whose_forms(tables, roster))
    return dict(zip(tables.forms.index.tolist(), rows, strict=True))


def owners_of(tables: Tables, roster: pd.DataFrame | None) -> list[str]:
    """Return a text for each form's agency, the same under each of its names and where only its file is named after it.

    A form of which nobody knows whose it is has one of its own.
    """
    rows = _rows(tables, roster)
    agencies = tables.forms["agency"].fillna("").astype(str).tolist()
    return [
        f"#{row}" if row >= 0 else agency_key(name) or f"!{form}"
        for name, (form, row) in zip(agencies, rows.items(), strict=True)
    ]


def _wholes(
    kept: Sequence[int], rows: Mapping[int, int], agencies: pd.Series[str], roster: pd.DataFrame | None
) -> dict[int, LeftOut]:
    """Return the total forms whose agencies handed in forms of their own."""
    by_name = _named_wholes(kept, rows, agencies)
    if roster is None:
        return by_name
    here = {rows[form]: form for form in kept if rows[form] >= 0}
    wholes = roster["scope"].str.contains("汇总")
    found = {}
    for row in [row for row in here if row in roster.index[wholes]]:
        same = (roster["department"] == roster["department"].loc[row]) & (roster["department"] != "")
        children = roster.index[same & ~wholes].tolist()
        handed = [child for child in children if child in here]
        if handed:
            found[here[row]] = LeftOut("whole", _whole_note(len(children), len(handed)))
    return by_name | found


def _whole_note(children: int, handed: int) -> str:
    missing = f"；另{children - handed}个未报，其资金不在合计内" if handed < children else ""
    return f"汇总表已含所属单位，本级及所属{children}个单位中{handed}个已报，按各单位计入，汇总表不再相加{missing}"


def _named_wholes(
    kept: Iterable[int], rows: Mapping[int, int], agencies: pd.Series[str]
) -> dict[int, LeftOut]:
    names = {form: text_key(str(agencies.loc[form] or "")) for form in kept if rows[form] < 0}
    whole = {form: core_name(name) for form, name in names.items() if "汇总" in name[-4:]}
    own = {core_name(name) for form, name in names.items() if form not in whole}
    note = "名称为汇总表，同一部门的本级表也已报送，按本级计入，汇总表不再相加"
    return {form: LeftOut("whole", note) for form, core in whole.items() if core in own}


def _excluded(
    kept: Sequence[int], rows: Mapping[int, int], agencies: pd.Series[str],
    roster: pd.DataFrame | None, exclude: Sequence[str],
) -> tuple[dict[int, LeftOut], tuple[str, ...]]:  # fmt: skip
    found: dict[int, LeftOut] = {}
    if roster is not None:
        marked = {row for row, text in roster["excluded"].items() if text_key(str(text)) not in _NOT_EXCLUDED}
        found = {
            form: LeftOut("excluded", "名单“排除”列注明，不计入汇总") for form in kept if rows[form] in marked
        }
    unknown = []
    asked = match_agencies(exclude, roster) if roster is not None else [-1] * len(exclude)
    for name, row in zip(exclude, asked, strict=True):
        key = agency_key(name)
        hit = [
            f for f in kept if (row >= 0 and rows[f] == row) or agency_key(str(agencies.loc[f] or "")) == key
        ]
        found |= {form: LeftOut("excluded", "按--exclude要求，不计入汇总") for form in hit}
        unknown += [] if hit or row >= 0 else [name]
    return found, tuple(unknown)
