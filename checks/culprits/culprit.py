"""Points broken sums at the cell that is wrong, and folds what one wrong cell breaks into one finding.

The relations of each form with an arithmetic error are searched together (`checks.localisation.localise`). What one
clear cause breaks is said once, with every fact it breaks; a half-year plan above the year's budget is always a line
of its own. Where one explanation is clearly best, its cells lead the finding and the amount is proposed (疑为). Where
few are possible, they are told one a line. Otherwise the finding says the facts and names the cells, and no amount.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from checks.culprits.form import FormSystem, form_system
from checks.culprits.unread import with_amounts
from checks.culprits.wording import hypothesis, told
from checks.declared.money import fen_of
from checks.finding import Finding, Spot
from checks.frames.tables import Tables
from checks.localisation.localise import Fault, Localisation, Repair, localise

CODES = frozenset({"AR01", "AR02", "AR03", "AR04", "AR05", "AR06", "AR12"})
MOST_FACTS = 3
"""Further facts that one finding states in full; of more it says how many there are."""
MOST_CANDIDATES = 4
"""Cells that lead a finding because each may be the wrong one."""
LEADING_SHARE = 0.5
"""Share of all that may be wrong, from which on the likeliest cell leads although nothing is proposed."""

_SAY = {
    "zh": {"stop": "；", "more": "；等共{count}处", "also": "同时不符：{list}", "empty": "多处合计同时为0或空，疑公式未重新计算或所引用的表格链接已断开，请打开原表重新计算后再报"},
    "en": {"stop": "; ", "more": "; {count} in all", "also": "also broken: {list}", "empty": "several totals are 0 or empty at once: probably formulas were not calculated or links to another workbook are broken; open the original, calculate it again and hand it in"},
}  # fmt: skip


def pointed(findings: Sequence[Finding], tables: Tables) -> list[Finding]:
    """Return the findings with those on sums pointed at their culprits and folded by root cause."""
    numbers = dict(zip(tables.forms["id"].tolist(), tables.forms.index.tolist(), strict=True))
    broken: dict[str, list[Finding]] = {}
    for finding in findings:
        if finding.code in CODES and finding.severity == "error":
            broken.setdefault(finding.form, []).append(finding)
    changed: dict[int, Finding | None] = {}
    for form, group in broken.items():
        changed |= _form(numbers[form], group, findings, tables)
    kept = (changed.get(id(finding), finding) for finding in findings)
    return with_amounts(_blanks_explain([finding for finding in kept if finding is not None]), tables)


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
    said = {
        "zh": f"按合计推算应为{broken.difference}万元",
        "en": f"the total asks for {broken.difference} 万元",
    }
    meant = fen_of(Decimal(broken.difference))
    return replace(blank, hypothesis=said, repair=((blank.spots[0], meant or 0),))


Changed = dict[int, Finding | None]
"""What becomes of findings, by identity; None where one is folded away."""


def _form(form: int, group: list[Finding], everything: Sequence[Finding], tables: Tables) -> Changed:
    """Return what becomes of a form's arithmetic findings."""
    system = form_system(form, tables)
    empty = _emptied(system)
    if len(empty) > 1:
        return _as_emptied(group, empty)
    found = localise(
        system.values,
        system.relations,
        neighbours=system.neighbours,
        hints=replace(system.hints, most=system.magnitude),
    )
    changed: Changed = {}
    for fault in found.faults:
        mine = [finding for finding in _of(fault, group, system) if id(finding) not in changed]
        if mine:
            changed |= _fault(fault, mine, system, tables)
    return changed | _repeated(found, system, group[0].form, everything, tables)


def _of(fault: Fault, group: Sequence[Finding], system: FormSystem) -> list[Finding]:
    """Return the findings on the relations of a fault."""
    sets = {frozenset(spot for spot, _ in system.relations[position].terms) for position in fault.broken}
    return [finding for finding in group if frozenset(finding.spots) in sets]


def _emptied(system: FormSystem) -> list[Spot]:
    """Return the totals that are 0 or empty at once: those of the year, or several over parts that are not."""
    totals = {cells[0]: cells[1:] for _, cells in system.sums}
    empty = [cell for cell in totals if cell in system.values and not system.values[cell]]
    over = [cell for cell in empty if any(system.values.get(part) for part in totals[cell])]
    year = [cell for cell in empty if cell.field in ("total_full", "project_full")]
    empty.sort(key=lambda cell: cell.field != "total_full")
    return empty if over and (len(over) > 1 or len(year) > 1) else []


def _as_emptied(group: Sequence[Finding], empty: Sequence[Spot]) -> Changed:
    """Return one finding for all totals that are empty at once; each breach of an order stays, its empty cell first."""
    sums = [finding for finding in group if finding.code != "AR06"]
    first = next((finding for finding in sums if finding.spots[0] in empty), None)
    changed: Changed = {}
    if first is not None:
        said = {lang: _SAY[lang]["empty"] for lang in _SAY}
        said = _with_facts(said, first, sums)
        one = replace(first, spots=_joined([first.spots[0], *empty], [first, *sums]), hypothesis=said)
        changed |= {id(finding): None for finding in sums} | {id(first): one}
    for finding in group:
        if finding.code == "AR06" and finding.expected == "≤0":
            changed[id(finding)] = replace(finding, spots=finding.spots[::-1])
    return changed


def _fault(fault: Fault, mine: list[Finding], system: FormSystem, tables: Tables) -> Changed:
    """Return what becomes of the findings of one fault."""
    repairs = told(fault, system.magnitude)
    if fault.single and repairs:
        return _answered(mine, repairs[0], tables)
    said = hypothesis(repairs, False, tables)
    leading = _likeliest(fault, repairs)
    folded = _foldable(mine, fault, leading) or [_order_of(mine, leading)]
    first = next((finding for finding in folded if leading and finding.spots[0] == leading[0]), folded[0])
    if first.code == "AR06":  # the row that breaks its own order leads, whatever else may be wrong
        leading = [spot for spot in leading if spot in first.spots]
    spots = _joined(leading, folded)
    changed: Changed = {id(finding): None for finding in folded}
    changed[id(first)] = replace(
        first,
        spots=spots,
        hypothesis=_with_facts(said, first, folded) or first.hypothesis,
        candidates=len(leading) if len(leading) > 1 else 0,
        note_at=spots.index(first.spots[0]),
    )
    return changed


def _order_of(mine: Sequence[Finding], leading: Sequence[Spot]) -> Finding:
    """Return the finding whose row has the likeliest cell, else the first."""
    return next((finding for finding in mine if set(finding.spots) & set(leading[:1])), mine[0])


def _likeliest(fault: Fault, repairs: Sequence[Repair]) -> list[Spot]:
    """Return the cells to look at first.

    Those of what is told, else of one repair that is likelier than all others, else the few that a slip would explain if
    they are most of all that may be wrong.
    """
    shown = repairs or [repair for repair in fault.repairs[:1] if repair.share >= LEADING_SHARE]
    if not shown:
        slips = [repair for repair in fault.repairs if repair.slip and len(repair.changes) == 1]
        if slips and sum(repair.share for repair in slips) >= LEADING_SHARE:
            shown = slips[:MOST_CANDIDATES]
    cells = dict.fromkeys(change.cell for repair in shown for change in repair.changes)
    return [cell for cell in cells if isinstance(cell, Spot)]


def _foldable(mine: Sequence[Finding], fault: Fault, leading: Sequence[Spot]) -> list[Finding]:
    """Return the sums of a fault that one cell most likely breaks together; none if they may have several causes."""
    sums = [finding for finding in mine if finding.code != "AR06"]
    one_cell = bool(leading) and len(fault.repairs[0].changes) <= 1
    return sums if one_cell or (fault.repairs and fault.repairs[0].added is not None) else sums[:1]


def _answered(mine: list[Finding], repair: Repair, tables: Tables) -> Changed:
    """Return one finding for all that one cause breaks, led by the cell to correct."""
    cells = [change.cell for change in repair.changes if isinstance(change.cell, Spot)]
    orders = [finding for finding in mine if finding.code == "AR06" and set(finding.spots) & set(cells)]
    led = [finding for finding in mine if cells and finding.spots[0] in cells]
    first = (orders or led or mine)[0]
    spots = _joined(cells, [first, *mine])
    said = _with_facts(hypothesis([repair], True, tables), first, mine)
    meant = tuple((c.cell, c.new or 0) for c in repair.changes if isinstance(c.cell, Spot))
    done = replace(first, spots=spots, hypothesis=said, candidates=0, note_at=0, repair=meant)
    return {id(finding): None for finding in mine} | {id(first): done}


def _with_facts(said: Mapping[str, str], first: Finding, mine: Sequence[Finding]) -> dict[str, str]:
    """Return what is said of a cause, and after it the facts of the other findings that are told with the first."""
    rest = [finding for finding in mine if finding is not first]
    told = {}
    for lang, say in _SAY.items():
        texts = list(dict.fromkeys(finding.message[lang] for finding in rest))
        texts = [text for text in texts if text != first.message[lang]]
        more = say["more"].format(count=len(texts)) if len(texts) > MOST_FACTS else ""
        also = say["also"].format(list=say["stop"].join(texts[:MOST_FACTS]) + more) if texts else ""
        told[lang] = "\n".join(text for text in (said.get(lang, ""), also) if text)
    return told if any(told.values()) else {}


def _repeated(
    found: Localisation, system: FormSystem, form: str, everything: Sequence[Finding], tables: Tables
) -> Changed:
    """Fold what says that a project is listed twice (AR10) into the sum that its second row breaks.

    Where no sum tells of it alone, because another slip spoils them too, AR10 says that the row goes.
    """
    changed: Changed = {}
    for fault in found.faults:
        if not fault.repairs or fault.repairs[0].slip != "row_twice":
            continue
        rows = {change.cell.row for change in fault.repairs[0].changes if isinstance(change.cell, Spot)}
        repairs = told(fault, system.magnitude)
        for finding in everything:
            if finding.code == "AR10" and finding.form == form and finding.spots[0].row in rows and repairs:
                said = hypothesis(repairs, fault.single, tables)
                changed[id(finding)] = (
                    None if fault.broken and fault.single else replace(finding, hypothesis=said)
                )
    return changed


def _joined(leading: Sequence[Spot], mine: Sequence[Finding]) -> tuple[Spot, ...]:
    rest = [spot for finding in mine for spot in finding.spots]
    return tuple(dict.fromkeys((*leading, *rest)))
