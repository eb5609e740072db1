"""Points broken sums at the cell that is wrong, and folds what one wrong cell breaks into one finding.

The relations of each form with an arithmetic error are searched together (`checks.localisation.localise`). A fault
that breaks several relations is said once, under its first code. Where one repair is the answer its cell
leads the finding with the proposed amount; where several are possible they lead it in order, and the
finding says that they are several.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from checks.declared.budget import field_name
from checks.declared.money import wan_text
from checks.declared.tolerance import relation_slack
from checks.finding import Finding, Spot
from checks.frames.tables import UNREADABLE_STATES, Tables
from checks.localisation.linear import Linear
from checks.localisation.localise import Change, Fault, Repair, localise
from checks.localisation.slips import wording
from checks.relations import ORDERS, SUMS, Relation
from checks.rule import quoted

if TYPE_CHECKING:
    import pandas as pd

CODES = frozenset({"AR01", "AR02", "AR03", "AR04", "AR05", "AR06", "AR12"})
MOST_CANDIDATES = 4
"""Possible cells a finding names before it stops being help."""

_SAY = {
    "zh": {
        "one": "疑为{cell}填错：{change}", "of": "{cell}由{old}改为{new}", "open": "{cell}", "why": "（{slip}）",
        "several": "可能的改法（按可能性排序）：{list}", "likely": "疑为：{list}", "or": "；或", "and": "，同时", "blank": "空",
    },
    "en": {
        "one": "probably {cell} is wrong: {change}", "of": "{cell} from {old} to {new}", "open": "{cell}",
        "why": " ({slip})", "several": "possible corrections, likeliest first: {list}", "likely": "probably: {list}", "or": "; or ",
        "and": " together with ", "blank": "blank",
    },
}  # fmt: skip

Values = Mapping[Hashable, int | None]


def pointed(findings: Sequence[Finding], tables: Tables) -> list[Finding]:
    """Return the findings with those on sums pointed at their culprits and folded by root cause."""
    numbers = dict(zip(tables.forms["id"].tolist(), tables.forms.index.tolist(), strict=True))
    broken: dict[str, list[Finding]] = {}
    for finding in findings:
        if finding.code in CODES and finding.severity == "error":
            broken.setdefault(finding.form, []).append(finding)
    changed: dict[int, Finding | None] = {}
    for form, group in broken.items():
        changed |= _form(numbers[form], group, tables)
    kept = (changed.get(id(finding), finding) for finding in findings)
    return _blanks_explain([finding for finding in kept if finding is not None])


def _blanks_explain(findings: list[Finding]) -> list[Finding]:
    """Fold a broken sum of projects into the blank that breaks it: CP07 says which project has no amount."""
    blank = {f.form: f for f in findings if f.code == "CP07" and f.spots[0].field == "full"}
    sums = {
        f.form: f
        for f in findings
        if f.code in ("AR04", "AR12") and f.severity == "error" and f.form in blank
    }
    told = {id(blank[form]): _with_amount(blank[form], finding) for form, finding in sums.items()}
    dropped = {id(finding) for finding in sums.values() if finding.spots[-1].table == "projects"}
    return [told.get(id(f), f) for f in findings if id(f) not in dropped]


def _with_amount(blank: Finding, broken: Finding) -> Finding:
    """Return the finding on a blank with the amount its sum asks for, where that is positive."""
    if not broken.difference or broken.difference.startswith("-"):
        return blank
    hypothesis = {
        "zh": f"按合计推算应为{broken.difference}万元",
        "en": f"the total asks for {broken.difference} 万元",
    }
    return replace(blank, hypothesis=hypothesis)


def _form(form: int, group: list[Finding], tables: Tables) -> dict[int, Finding | None]:
    """Return what becomes of a form's arithmetic findings, by identity; None where one is folded away."""
    values, linear = form_system(form, tables)
    neighbours = _neighbours(values)
    result: dict[int, Finding | None] = {}
    for fault in localise(values, linear, neighbours=neighbours).faults:
        totals = {spot for position in fault.broken for spot, _ in linear[position].terms[:1]}
        mine = [f for f in group if f.spots[0] in totals and id(f) not in result]
        if mine:
            led = _led(mine, fault, tables)
            result |= {id(f): led if f is _kept(mine, led) else None for f in mine}
    return result


def form_system(form: int, tables: Tables) -> tuple[dict[Hashable, int | None], list[Linear]]:
    """Return one form's readable amounts in fen (None: blank) and its relations over them."""
    projects = tables.projects[tables.projects["form"] == form]
    values: dict[Hashable, int | None] = {}
    values |= dict(_amounts(tables.funds.loc[[form]], "funds", tables.funds.columns))
    values |= dict(_amounts(projects, "projects", ("half", "full")))
    linear = [made for relation in SUMS if (made := _sum(relation, form, projects, values)) is not None]
    for order in ORDERS:
        rows = [form] if order.table == "funds" else projects.index.tolist()
        linear += [
            Linear(
                order.code,
                ((Spot(order.table, row, order.smaller), 1), (Spot(order.table, row, order.larger), -1)),
                False,
                5_000,
            )
            for row in rows
            if values.get(Spot(order.table, row, order.larger)) is not None
        ]
    linear += [Linear("AR07", ((spot, -1),), False) for spot, value in values.items() if (value or 0) >= 0]
    return values, linear


def _amounts(
    frame: pd.DataFrame, table: str, fields: Sequence[str] | pd.Index[str]
) -> Iterator[tuple[Spot, int | None]]:
    for field in fields:
        if f"{field}_state" not in frame.columns:
            continue
        cells = zip(
            frame.index.tolist(), frame[field].tolist(), frame[f"{field}_state"].tolist(), strict=True
        )
        for row, fen, state in cells:
            if state not in UNREADABLE_STATES:
                yield Spot(table, row, field), int(fen) if state == "number" else None


def _sum(relation: Relation, form: int, projects: pd.DataFrame, values: Values) -> Linear | None:
    total = Spot("funds", form, relation.total)
    parts = [Spot("projects", row, relation.rows) for row in projects.index.tolist()] if relation.rows else [
        Spot("funds", form, part) for part in relation.parts
    ]  # fmt: skip
    if not parts or total not in values or not all(part in values for part in parts):
        return None
    addends = [values[part] or 0 for part in parts]
    slack = relation_slack(values[total] or 0, sum(addends), addends)
    return Linear(relation.code, ((total, 1), *((part, -1) for part in parts)), slack=slack)


def _neighbours(values: Values) -> dict[Hashable, list[Hashable]]:
    other = {"half": "full", "full": "half"}
    pairs: dict[Hashable, Hashable] = {
        spot: Spot(spot.table, spot.row, spot.field.removesuffix(period) + other[period])
        for spot in values
        for period in other
        if isinstance(spot, Spot) and spot.field.endswith(period)
    }
    return {spot: [beside] for spot, beside in pairs.items() if beside in values}


def _led(mine: list[Finding], fault: Fault, tables: Tables) -> Finding:
    """Return the first finding of a fault, led by the cells that may be wrong, with what is proposed."""
    if not fault.repairs:
        return replace(mine[0], spots=_joined([], mine))
    shown = fault.repairs[:1] if fault.single else fault.repairs[:MOST_CANDIDATES]
    leading = [change.cell for repair in shown for change in repair.changes]
    first = next((finding for finding in mine if finding.spots[0] in leading), mine[0])
    hypothesis = {lang: _hypothesis(shown, fault.single, tables, lang) for lang in ("zh", "en")}
    candidates = len(set(leading)) if not fault.single else 0
    spots = _joined(leading, mine)
    note_at = 0 if fault.single else spots.index(first.spots[0])
    return replace(first, spots=spots, hypothesis=hypothesis, candidates=candidates, note_at=note_at)


def _kept(mine: list[Finding], led: Finding) -> Finding:
    """Return which of a fault's findings the led one was made from."""
    return next(finding for finding in mine if finding.message is led.message)


def _joined(leading: Sequence[object], mine: list[Finding]) -> tuple[Spot, ...]:
    rest = [spot for finding in mine for spot in finding.spots]
    return tuple(dict.fromkeys(spot for spot in (*leading, *rest) if isinstance(spot, Spot)))


def _hypothesis(shown: Sequence[Repair], single: bool, tables: Tables, lang: str) -> str:
    say = _SAY[lang]
    if single and len(shown[0].changes) == 1:
        change = shown[0].changes[0]
        text = f"{_amount(change.old, lang)} → {_amount(change.new, lang)}{_why(shown[0], tables, lang)}"
        return say["one"].format(cell=_cell_name(change.cell, tables, lang), change=text)
    if len(shown) == 1:
        return say["likely"].format(list=_repair(shown[0], tables, lang))
    listed = say["or"].join(_repair(repair, tables, lang) for repair in shown)
    return say["several"].format(list=listed)


def _repair(repair: Repair, tables: Tables, lang: str) -> str:
    return _SAY[lang]["and"].join(_change(change, tables, lang) for change in repair.changes) + _why(
        repair, tables, lang
    )


def _change(change: Change, tables: Tables, lang: str) -> str:
    cell = _cell_name(change.cell, tables, lang)
    if change.new is None:
        return _SAY[lang]["open"].format(cell=cell)
    return _SAY[lang]["of"].format(cell=cell, old=_amount(change.old, lang), new=_amount(change.new, lang))


def _why(repair: Repair, tables: Tables, lang: str) -> str:
    if not repair.slip:
        return ""
    line = _cell_name(repair.line, tables, lang) if repair.line is not None else ""
    return _SAY[lang]["why"].format(slip=wording(repair.slip, lang).format(line=line))


def _amount(fen: int | None, lang: str) -> str:
    return _SAY[lang]["blank"] if fen is None else wan_text(fen)


def _cell_name(cell: object, tables: Tables, lang: str) -> str:
    assert isinstance(cell, Spot)
    if cell.table == "funds":
        return field_name(cell.field, lang)
    period = {"zh": {"half": "半年", "full": "全年"}, "en": {"half": "half year", "full": "full year"}}[lang]
    return f"“{quoted(tables.projects.at[cell.row, 'name'], 24)}”({period[cell.field]})"
