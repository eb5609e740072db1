"""The forms a run knows: those shipped in `etl/forms` and the bureau's own, and which of them a sheet is.

The profiles are read once a process; a run carries the texts of the bureau's own ones with its settings.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from pathlib import Path
from typing import Any

from etl.form.declaration import Form
from etl.form.declared_form import form_of
from etl.form.profile_file import Profile, is_profile, read_profile
from etl.safe.refusal import Refusal

FOLDER = Path(__file__).parent.parent / "forms"
USUAL = "suzhou-whole-goal-2023"
"""The form that is meant where none is named: the first one the program knew."""

Texts = tuple[tuple[str, str], ...]
"""The bureau's own profiles: name of the file and its text."""


@dataclass(frozen=True, eq=False)
class Catalogue:
    """The profiles of a run, by id; forms of one title stand together, the newest year last."""

    profiles: Mapping[str, Profile]

    @cached_property
    def forms(self) -> tuple[Form, ...]:
        """Return the forms, in the order of the catalogue."""
        return tuple(profile.form for profile in self.profiles.values())

    @cached_property
    def groups(self) -> tuple[tuple[Form, ...], ...]:
        """Return the forms apart by title, each group by year."""
        found: dict[str, list[Form]] = {}
        for form in self.forms:
            found.setdefault(form.title.keys[0], []).append(form)
        return tuple(tuple(sorted(group, key=lambda form: form.year)) for group in found.values())

    def form(self, id_: str) -> Form:
        """Return the form of an id; KeyError for one that is not known."""
        return self.profiles[id_].form

    @property
    def usual(self) -> Form:
        """Return the form that is meant where none is named."""
        return self.form(USUAL) if USUAL in self.profiles else self.forms[0]


def of_year(group: Iterable[Form], year: int | None) -> Form:
    """Return the form of a year among those of one title; without one of that year the nearest, an earlier one first.

    An invented example is nobody's nearest.
    """
    forms = list(group)
    real = [form for form in forms if not form.example] or forms
    if year is None:
        return real[-1]
    own = [form for form in forms if year in form.years or not form.years]
    return own[-1] if own else min(real, key=lambda form: (_apart(form, year), form.year > year))


def _apart(form: Form, year: int) -> int:
    return min(abs(own - year) for own in form.years)


@cache
def shipped() -> Catalogue:
    """Return the profiles that come with the program."""
    texts = ((path.name, path.read_text("utf-8")) for path in sorted(FOLDER.glob("*.toml")))
    return Catalogue(_read([(name, text) for name, text in texts if is_profile(text)], {}))


@lru_cache(maxsize=8)
def catalogue(own: Texts = ()) -> Catalogue:
    """Return the shipped profiles and the bureau's own; one of a shipped id takes its place.

    Raises `Refusal` for an own one that is wrong, with its line.
    """
    return Catalogue(_read(own, shipped().profiles)) if own else shipped()


def stored_catalogue(plain: Iterable[Mapping[str, Any]]) -> Catalogue:
    """Return the profiles that were noted in a store, as whole plain data."""
    return Catalogue({entry["form"]["id"]: Profile(form_of(entry), entry) for entry in plain})


def _read(texts: Iterable[tuple[str, str]], known: Mapping[str, Profile]) -> dict[str, Profile]:
    """Return the known profiles and those of some texts, of which one may extend another, in whatever order."""
    found = dict(known)
    waiting = list(texts)
    own: set[str] = set()
    while waiting:
        left, refusal = [], None
        for name, text in waiting:
            try:
                profile = read_profile(text, name, lambda base: _base(found, base), shipped=not known)
            except Refusal as wrong:
                refusal = refusal or wrong
                left.append((name, text))
                continue
            if profile.id in own:
                raise Refusal(f"{name}: 表样“{profile.id}”有两个文件 two files declare this form")
            own.add(profile.id)
            found[profile.id] = profile
        if len(left) == len(waiting) and refusal is not None:
            raise refusal
        waiting = left
    return found


def _base(found: Mapping[str, Profile], name: str) -> Mapping[str, Any] | None:
    if name in found:
        return found[name].plain
    stem = name.removesuffix(".toml")
    return next((p.plain for p in found.values() if Path(p.source).stem == stem), None)
