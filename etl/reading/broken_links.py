"""Zeros that come of links to a workbook that is not there: they are no amounts."""

from __future__ import annotations

from collections.abc import Mapping

from etl.form.places import Place
from etl.money.amount import Amount
from etl.reading.model import Oddity, Reading

_NEVER_NOTHING = frozenset({"total_full", "appropriation_full", "basic_full"})
"""Lines that no agency has nothing in: where these are 0 by formulas that cannot be followed, links are broken."""


def take_back_broken_links(reading: Reading, opaque: Mapping[Place, bool], recalculates: bool) -> None:
    """Take back the zeros of formulas that nothing bears out, where they are all the form's totals by formula are.

    One such zero may be true (a line linked from another workbook). Where no formula of the form that cannot
    be followed has a figure, and a line is 0 that never is, the links are broken. `opaque`: the cells of formulas that
    cannot be followed, and whether they hold 0.
    """
    zeros = {place for place, zero in opaque.items() if zero}
    if not zeros or not all(opaque.values()):
        return
    found = [
        where
        for where, place in reading.places.items()
        if place in zeros and where[0] in ("funds", "projects") and where[2] != "name"
    ]
    broken = recalculates or any(field in _NEVER_NOTHING for _, _, field in found)
    if not found or not broken:
        return
    none = Amount("no_result", "0")
    for table, number, name in found:
        if table == "funds":
            reading.amounts[name] = none
        else:
            project = reading.projects[number]
            reading.projects[number] = (
                project._replace(half=none) if name == "half" else project._replace(full=none)
            )
    reading.oddities += [Oddity("broken_links", table, number, name, "0") for table, number, name in found]
