"""What an amount that could not be read must be: the sums of the form fix it where nothing else in them is unknown."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import replace

from checks.culprits.form import FormSystem, form_system
from checks.declared.money import wan_text
from checks.finding import Finding, Spot
from checks.frames.tables import UNREADABLE_STATES, Tables
from checks.localisation.localise import localise

_SAY = {
    "zh": "按合计推算应为{amount}万元",
    "en": "the totals ask for {amount} 万元",
}


def with_amounts(findings: Sequence[Finding], tables: Tables) -> list[Finding]:
    """Return the findings, those on an amount that could not be read with the amount that the sums fix."""
    unread = [finding for finding in findings if _is_unread(finding, tables)]
    if not unread:
        return list(findings)
    numbers = dict(zip(tables.forms["id"].tolist(), tables.forms.index.tolist(), strict=True))
    fixed = {form: _fixed(form_system(numbers[form], tables)) for form in {f.form for f in unread}}
    made = {}
    for finding in unread:
        amount = fixed[finding.form].get(finding.spots[0])
        if amount:
            text = wan_text(amount)
            said = {lang: template.format(amount=text) for lang, template in _SAY.items()}
            made[id(finding)] = replace(finding, hypothesis=said, repair=((finding.spots[0], amount),))
    return [made.get(id(finding), finding) for finding in findings]


def _is_unread(finding: Finding, tables: Tables) -> bool:
    if not finding.code.startswith("ST") or not finding.form or not finding.spots or finding.hypothesis:
        return False
    spot = finding.spots[0]
    frame = {"funds": tables.funds, "projects": tables.projects}.get(spot.table)
    if frame is None or f"{spot.field}_state" not in frame.columns or spot.row not in frame.index:
        return False
    return frame.at[spot.row, f"{spot.field}_state"] in UNREADABLE_STATES


def _fixed(form: FormSystem) -> dict[Hashable, int]:
    """Return the amounts in fen that the sums fix, one unknown cell after the other.

    Nothing is fixed where a sum that can be judged does not hold, where two sums ask for different amounts, or where an
    amount is below zero, above the form's magnitude or on the wrong side of its row's other half.
    """
    if localise(form.values, form.relations, limit=1).faults:
        return {}
    known: dict[Hashable, int | None] = dict(form.values)
    made: dict[Hashable, int] = {}
    for _ in range(len(form.unread)):
        asked: dict[Spot, set[int]] = {}
        for _, cells in form.sums:
            missing = [cell for cell in cells if cell not in known]
            if len(missing) == 1:
                asked.setdefault(missing[0], set()).add(_asked(cells, missing[0], known))
        new: dict[Hashable, int] = {
            cell: amounts.pop()
            for cell, amounts in asked.items()
            if len(amounts) == 1 and _sensible(form, cell, next(iter(amounts)), known)
        }
        if not new:
            break
        known.update(new)
        made |= new
    return made


def _asked(cells: Sequence[Spot], missing: Spot, known: dict[Hashable, int | None]) -> int:
    total, *parts = cells
    added = sum(known[part] or 0 for part in parts if part != missing)
    return added if missing == total else (known[total] or 0) - added


def _sensible(form: FormSystem, cell: Spot, amount: int, known: dict[Hashable, int | None]) -> bool:
    if not 0 <= amount <= form.magnitude:
        return False
    for end, other, sign in (("half", "full", 1), ("full", "half", -1)):
        if cell.field.endswith(end):
            beside = known.get(Spot(cell.table, cell.row, cell.field.removesuffix(end) + other))
            return beside is None or (amount - beside) * sign <= 0
    return True
