"""What rules of several families ask for that is worked out from the tables, once a stack."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from checks.frames.rows import Rows
from checks.frames.tables import Tables
from checks.relations import SUMS, evaluate
from checks.rule import derived
from checks.settings import Settings

if TYPE_CHECKING:
    import pandas as pd

    from checks.frames.rows import Mask
    from checks.likeness.links import Line
    from checks.wording.texts import Texts


@derived
def own(indicators: Rows) -> Rows:
    """Return the agency's own indicators (履职, 效益, 满意度) that are filled in."""
    named = ~indicators["unset"] & ~indicators.equal("name", "")
    return indicators.where(named & ~indicators.equal("block", "common"))


@derived
def pairs(indicators: Rows) -> Mask:
    """Return where the two values of an indicator are numbers of one unit."""
    numbers = indicators.equal("half_kind", "number") & indicators.equal("full_kind", "number")
    known = indicators.given("half_number") & indicators.given("full_number")
    return numbers & known & (indicators["half_unit_key"] == indicators["full_unit_key"])


@derived
def sums(tables: Tables) -> Mapping[str, Rows]:
    """Return the sums that must hold, evaluated for every form, by code (`checks.relations.evaluate`)."""
    return {relation.code: Rows(evaluate(relation, tables)) for relation in SUMS}


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
    from checks.wording.texts import distinct_texts

    return distinct_texts(forms, projects, indicators)
