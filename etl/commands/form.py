"""The forms a run knows, listed, shown and checked."""

from __future__ import annotations

from pathlib import Path

from etl.form.declaration import Form
from etl.form.profiles import Catalogue, catalogue, of_year
from etl.intake.config import find_config, read_config
from etl.safe.refusal import Refusal


def known_forms(config: Path | None) -> Catalogue:
    """Return the forms that are shipped and those beside the settings; raises `Refusal` for a wrong one."""
    chosen = config or find_config((), ())
    return catalogue(read_config(chosen).forms if chosen else ())


def form_named(id_: str, year: int | None, config: Path | None) -> Form:
    """Return the form of an id, or, where none is named, the usual one of a year; raises `Refusal` for an unknown id."""
    known = known_forms(config)
    if id_:
        if id_ not in known.profiles:
            raise Refusal(f"没有这个表样 there is no such form: {id_}; known: {', '.join(known.profiles)}")
        return known.form(id_)
    usual = known.usual
    group = next(group for group in known.groups if usual in group)
    return of_year(group, year)
