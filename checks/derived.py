"""What rules of several families ask for that is worked out from the tables, once a stack."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from checks.declared.budget import Budget
from checks.frames.rows import Rows
from checks.frames.tables import Tables
from checks.relations import evaluate
from checks.rule import derived
from checks.settings import Settings
from checks.targets.applicable import not_applicable, says_not_applicable
from checks.wording.texts import distinct_texts

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from checks.frames.rows import Mask
    from checks.likeness.links import Line
    from checks.wording.texts import Texts


@derived
def inapplicable(indicators: Rows) -> Mask:
    """Return where a row says that its indicator does not apply, in whatever way people write it."""
    return not_applicable(indicators)


@derived
def own(indicators: Rows, inapplicable: Mask) -> Rows:
    """Return the agency's own indicators (履职, 效益, 满意度) that are filled in and apply."""
    nameless = indicators.equal("name", "") | indicators.test("name", says_not_applicable)
    named = ~indicators["unset"] & ~nameless & ~inapplicable
    return indicators.where(named & ~indicators.equal("block", "common"))


@derived
def pairs(indicators: Rows) -> Mask:
    """Return where the two values of an indicator are numbers of one unit."""
    numbers = indicators.equal("half_kind", "number") & indicators.equal("full_kind", "number")
    known = indicators.given("half_number") & indicators.given("full_number")
    return numbers & known & (indicators["half_unit_key"] == indicators["full_unit_key"])


@derived
def sums(tables: Tables, budget: Budget) -> Mapping[str, Rows]:
    """Return the sums that must hold, evaluated for every form, by code (`checks.relations.evaluate`)."""
    return {relation.code: Rows(evaluate(relation, tables)) for relation in budget.sums}


@derived
def project_money(projects: Rows, funds: Rows, sums: Mapping[str, Rows]) -> NDArray[np.int64]:
    """Return for each project the fen that shares of its form's project money are taken of.

    That is what the projects add up to, or, where one of them cannot be read, the stated total.
    """
    import numpy as np

    if "AR04" not in sums:  # the form does not say that its projects add up to anything
        listed_only = np.zeros(len(funds), dtype=np.int64)
        np.add.at(listed_only, funds.ids.searchsorted(projects.form), projects.fen("full"))
        return funds.of(projects.form, listed_only)
    listed = sums["AR04"]
    unread = ~listed["judged"] & (listed["stated"] >= listed["computed"])
    return funds.of(projects.form, np.where(unread, listed["stated"], listed["computed"]))


@derived
def lines(indicators: Rows) -> Sequence[Line]:
    """Return the duty lines of all forms."""
    from checks.likeness.links import lines_of

    return lines_of(indicators)


@derived
def links(tables: Tables, settings: Settings) -> pd.DataFrame:
    """Return the duty line each project fits best."""
    from checks.likeness.links import links_of

    return links_of(tables, settings)


@derived
def texts(forms: Rows, projects: Rows, indicators: Rows) -> Texts:
    """Return every text with the places it stands in."""

    return distinct_texts(forms, projects, indicators)
