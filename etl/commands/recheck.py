"""Runs the rules again over a batch that is stored, with other settings, and says on how many agencies each fires now and before."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from checks.finding import Finding
from checks.given.inputs import Inputs
from checks.rule import RULES
from checks.settings import Settings
from etl.batch.chunk import for_one_form, of_year
from etl.batch.read import read_inputs, settings_of
from etl.batch.request import Request
from etl.batch.whole import judge_again, stored_rows
from etl.safe.clean import clean
from etl.safe.refusal import Refusal
from etl.safe.whole_file import held
from etl.store.database import Store, past_store, store_in
from etl.store.read import profiles_of, stored_roster, stored_stack
from etl.store.rows import stack_of

if TYPE_CHECKING:
    from checks.rule import Rule

TOGETHER = 500
"""Forms whose tables are held at a time."""


@dataclass(frozen=True, slots=True)
class Fired:
    """On how many agencies' forms a rule fires now and did before, of how many; which are new and which are gone, by name."""

    rule: Rule
    now: int
    before: int
    forms: int
    gained: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()


def recheck(request: Request, write: bool = False, only: Sequence[str] = ()) -> list[Fired]:
    """Return what every rule that fires says of the batch stored in the output folder, under the settings of a request.

    `only`: run and tell of these rules alone. No file that was handed in is read. The roster is the one that was given to the run, unless another is named. With
    `write` the findings, the citywide workbook and the tables are written anew; returns follow with the next run.
    """
    with past_store(request.output) as store:
        settings = settings_of(request)
        inputs = _inputs(request, settings, store)
        before = set(store.rows("SELECT DISTINCT code, form FROM findings WHERE form <> ''"))
        names = {
            form: agency or path for form, agency, path in store.rows("SELECT id, agency, path FROM forms")
        }
        now = _fires(store, _narrowed(settings, only), inputs)
    if only:
        before = {pair for pair in before if pair[0] in only}
    if write:
        _write(request, settings, inputs)

    return [
        _fired(RULES[code], now, before, names)
        for code in sorted({code for code, _ in now | before} & RULES.keys())
    ]


def _narrowed(settings: Settings, only: Sequence[str]) -> Settings:
    """Return settings under which no other rules run; all do where none is named."""
    others = {code: False for code in RULES if only and code not in only}
    return replace(settings, switched={**settings.switched, **others})


def _fired(
    rule: Rule, now: set[tuple[str, str]], before: set[tuple[str, str]], names: Mapping[str, str]
) -> Fired:
    """Return how a rule does on the forms that are named."""
    fires = {form for code, form in now if code == rule.code}
    fired = {form for code, form in before if code == rule.code}
    return Fired(
        rule, len(fires), len(fired), len(names), _names(fires - fired, names), _names(fired - fires, names)
    )


def _names(forms: set[str], names: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(sorted(str(names.get(form, form)) for form in forms))


def _inputs(request: Request, settings: Settings, store: Store) -> Inputs:
    given = read_inputs(request, settings.forms)
    return given if given.roster is not None else replace(given, roster=stored_roster(store))


def _fires(store: Store, settings: Settings, inputs: Inputs) -> set[tuple[str, str]]:
    """Return which rules fire on which forms."""
    from checks.likeness.links import linked
    from checks.run import active, check

    found: set[tuple[str, str]] = set()
    of_one_form = for_one_form(inputs, settings)
    keys = [key for (key,) in store.rows('SELECT "row" FROM files ORDER BY position')]
    for start in range(0, len(keys) if active(settings, "form") else 0, TOGETHER):
        tables = stack_of(stored_rows(store, keys[start : start + TOGETHER]), profiles_of(store)).tables
        found |= _named(
            check(linked(of_year(tables, settings), settings), settings, of_one_form, "form").findings
        )
    if not active(settings, "batch"):
        return found
    return found | _named(
        check(of_year(stored_stack(store).tables, settings), settings, inputs, "batch").findings
    )


def _named(findings: tuple[Finding, ...]) -> set[tuple[str, str]]:
    return {(finding.code, finding.form) for finding in findings if finding.form}


def _write(request: Request, settings: Settings, inputs: Inputs) -> None:
    from etl.batch.depends import digest_of
    from etl.citywide import Options, explained
    from etl.commands.sums import write_sums
    from etl.rounds.compare import compared
    from etl.store.outputs import outputs_of

    with held(request.output), store_in(request.output) as store:
        if store.rows("SELECT 1 FROM findings WHERE state <> '' LIMIT 1"):
            raise Refusal(
                "已与上一轮比较过的批次请重新运行 a batch compared with the last round is to be run again (--previous)"
            )
        batch, _ = compared(judge_again(store, settings, inputs), None, store)
        outputs = outputs_of(store, request.output)
        request = replace(
            request, exclude=tuple(store.names("exclude")), lang=store.value("lang") or request.lang
        )
        options = Options(settings, request.exclude, None, explained(batch))
        write_sums(
            request,
            batch,
            inputs,
            options,
            outputs,
            digest_of(store.value("across"), request.lang, request.exclude),
        )
        outputs.keep()


def recheck_lines(fired: list[Fired], lang: str) -> Iterator[str]:
    """Yield a line a rule that fires or fired, those that changed marked: `AR05  项目支出…  14/96，原9`."""
    for one in fired:
        name = clean(one.rule.doc["公式"] if lang == "zh" else one.rule.title)
        mark = " " if one.now == one.before else "*"
        if lang == "zh":
            yield f"{mark} {one.rule.code}  {one.forms}个单位中{one.now}个，原{one.before}个  {name}"
        else:
            yield f"{mark} {one.rule.code}  {one.now} of {one.forms}, was {one.before}  {name}"


def recheck_json(fired: list[Fired]) -> str:
    """Return what `recheck_lines` says as JSON, with the agencies by name that a rule fires on now or fired on before."""
    said = [
        {"code": one.rule.code, "now": one.now, "before": one.before, "forms": one.forms,
         "gained": [clean(name) for name in one.gained], "gone": [clean(name) for name in one.gone]}
        for one in fired
    ]  # fmt: skip
    return json.dumps(said, ensure_ascii=False) + "\n"
