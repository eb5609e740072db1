"""Rules and settings: switches, severities, thresholds, words and waivers, tried on a batch before they are saved as a version."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from checks.finding import Severity
from checks.settings import THRESHOLDS, WORDS, Link, Settings, Waiver
from etl.desk.desk import Desk
from etl.desk.given import number, person_of, see, text
from etl.desk.home.batches import batch_of, batches
from etl.desk.home.settings import add_version, newest, versions
from etl.desk.home.settings import text_of as version_text
from etl.desk.rendering import page
from etl.desk.work.trial import Tried, tried
from etl.intake.config import settings_of
from etl.intake.config_text import text_of
from etl.safe.refusal import Refusal

LONGEST_NOTE = 200
LONGEST_WORDS = 20_000
MOST_ROWS = 500
SPARE_ROWS = 2
"""Empty lines to fill in below the waivers and links that are there."""


def settings_page(request: Request, desk: Desk) -> Response:
    """Show the settings of a version, the newest unless another is asked for."""
    last = newest(desk.home)
    shown = number(request.query_params, "version") or last
    return _page(
        request, desk, settings_of(version_text(desk.home, min(shown, last))), shown=min(shown, last)
    )


def settings_changed(request: Request, desk: Desk) -> Response:
    """Try the settings of a form on a batch, or save them as the next version."""
    form = request.state.form
    note = text(form, "note", LONGEST_NOTE)
    try:
        settings = _settings(form)
        written = text_of(settings, note)
        settings = settings_of(written)
    except (Refusal, ValueError) as wrong:
        return _page(
            request, desk, settings_of(version_text(desk.home, newest(desk.home))), 400, wrong=str(wrong)
        )
    if form.get("act") == "save":
        if not note:
            return _page(request, desk, settings, 400, wrong="note")
        made = add_version(desk.home, written, note, person_of(request).name)
        desk.home.log(person_of(request).name, f"saved settings {made}: {note}")
        return see(request, "/settings")
    batch = batch_of(desk.home, number(form, "batch"))
    if batch is None or not desk.seen.is_there(batch.number):
        return _page(request, desk, settings, 400, wrong="batch", note=note)
    try:
        found = tried(desk.home, batch, written)
        return _page(request, desk, settings, trial=found, batch=batch.number, note=note)
    except Refusal as wrong:
        return _page(request, desk, settings, 400, wrong=str(wrong), note=note)


def _page(
    request: Request, desk: Desk, settings: Settings, status: int = 200, *, wrong: str = "", note: str = "",
    trial: Sequence[Tried] | None = None, batch: int = 0, shown: int = -1,
) -> Response:  # fmt: skip
    from checks.telling.handbook import FAMILIES, all_rules

    checked = [one for one in batches(desk.home) if desk.seen.is_there(one.number)]
    known = {rule.code: rule for rule in all_rules()}
    return page(
        request, "settings.html", status, settings=settings, rules=known, families=FAMILIES, thresholds=THRESHOLDS,
        words={name: "\n".join(settings.word_list(name)) for name in WORDS}, wrong=wrong, note=note, trial=trial,
        batch=batch or (checked[0].number if checked else 0), checked=checked, versions=versions(desk.home), shown=shown,
        spare=range(SPARE_ROWS), changed=[one for one in trial or () if one.gained or one.gone],
    )  # fmt: skip


def _settings(form: Any) -> Settings:
    """Return the settings that a form states; raises ValueError for a number or date that is none."""
    from checks.telling.handbook import all_rules

    codes = [rule.code for rule in all_rules()]
    switched = {
        code: form.get(f"rule:{code}") == "on" for code in codes if form.get(f"rule:{code}") in ("on", "off")
    }
    severities = {
        code: Severity(text(form, f"severity:{code}"))
        for code in codes
        if text(form, f"severity:{code}") in list(Severity)
    }
    return Settings(
        switched=switched,
        severities=severities,
        trial=frozenset(code for code in codes if form.get(f"trial:{code}")),
        thresholds=_thresholds(form),
        words=_words(form),
        waivers=tuple(_waivers(form)),
        links=tuple(_links(form)),
    )


def _thresholds(form: Any) -> Mapping[str, float]:
    given = {name: text(form, f"threshold:{name}", 20) for name in THRESHOLDS}
    numbers = {name: float(value) for name, value in given.items() if value}
    return {
        name: int(value) if value == int(value) else value
        for name, value in numbers.items()
        if value != THRESHOLDS[name]
    }


def _words(form: Any) -> Mapping[str, tuple[str, ...]]:
    given = {
        name: text(form, f"words:{name}", LONGEST_WORDS).split("\n")
        for name in WORDS
        if f"words:{name}" in form
    }
    lists = {
        name: tuple(dict.fromkeys(word.strip() for word in words if word.strip()))
        for name, words in given.items()
    }
    return {name: words for name, words in lists.items() if words != WORDS[name]}


def _rows(form: Any, *names: str) -> list[list[str]]:
    """Return the lines of a table of fields, those that are empty left out."""
    columns = [[str(value).strip()[:300] for value in form.getlist(name)][:MOST_ROWS] for name in names]
    return [list(row) for row in zip(*columns, strict=False) if any(row)]


def _waivers(form: Any) -> list[Waiver]:
    return [
        Waiver(agency, code.upper(), reason, datetime.date.fromisoformat(until) if until else None)
        for agency, code, reason, until in _rows(
            form, "waiver:agency", "waiver:code", "waiver:reason", "waiver:until"
        )
    ]


def _links(form: Any) -> list[Link]:
    return [Link(*row) for row in _rows(form, "link:agency", "link:project", "link:key_task")]
