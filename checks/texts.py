"""The texts of a stack by what they say: each distinct text once, with every place it stands in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from checks.finding import Spot
from checks.tables import TEXT_FIELDS, Tables

LONGEST = 5000
"""Characters of a text that rules look at."""


class Standing(NamedTuple):
    """Where a text stands: the form and the spot; sorts in the order of the form's fields."""

    form: int
    order: int
    spot: Spot


Texts = Mapping[str, Sequence[Standing]]


def distinct_texts(tables: Tables) -> Texts:
    """Return every filled text of a stack, at most `LONGEST` characters of it, with the places it stands in.

    Read are the text fields, project names, key tasks and indicator names; a key task filled down over
    its rows stands once, in the first of them.
    """
    found: dict[str, list[Standing]] = {}
    for order, (form, spot, text) in enumerate(_standing(tables)):
        if text:
            found.setdefault(text[:LONGEST], []).append(Standing(form, order, spot))
    return found


def _standing(tables: Tables) -> Iterator[tuple[int, Spot, str]]:
    for field in TEXT_FIELDS:
        forms = tables.forms[field].fillna("")
        yield from _rows("forms", field, forms.index.tolist(), forms.index.tolist(), forms)
    projects, rows = tables.projects, tables.indicators
    yield from _rows("projects", "name", projects.index.tolist(), projects["form"].tolist(), projects["name"])
    for field in ("key_task", "name"):
        chosen = rows[rows[field] != ""].drop_duplicates(["form", "level2", field])
        yield from _rows("indicators", field, chosen.index.tolist(), chosen["form"].tolist(), chosen[field])


def _rows(
    table: str, field: str, rows: Sequence[int], forms: Sequence[int], texts: Iterable[str]
) -> Iterator[tuple[int, Spot, str]]:
    for row, form, text in zip(rows, forms, texts, strict=True):
        yield form, Spot(table, row, field), text
