"""Writes `report.html`: one page for the batch that needs nothing else: what to look at first, a list, and each form."""

from __future__ import annotations

import base64
import hashlib
import os
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote

from markupsafe import Markup

from checks.finding import SEVERITY_NAMES, Finding
from checks.telling.handbook import rule_name
from etl.batch.common import common_rules
from etl.batch.model import Batch
from etl.batch.recipients import NO_DEPARTMENT, Recipient, recipients, told_to_departments
from etl.frames.build import STATUS_NAMES
from etl.frames.order import in_order
from etl.frames.told import Told, told
from etl.report.first import look_first
from etl.report.templating import resource, template
from etl.report.words import SAY, STATES
from etl.rounds.compare import Rounds
from etl.safe.whole_file import whole

if TYPE_CHECKING:
    from markupsafe import Markup


@dataclass(frozen=True, slots=True)
class Beside:
    """What lies beside the page and what it says of the run.

    `everyone`: all agencies with what they handed in; None to tell them from the batch alone. `returns`, `letters`: paths of
    what goes back, relative to the page, by the path of the file that came in; `city`: the citywide workbook's. `ruled`: the
    sentence that says which settings ruled the run.
    """

    everyone: Sequence[Recipient] | None = None
    returns: Mapping[str, str] | None = None
    letters: Mapping[str, str] | None = None
    city: str = ""
    ruled: str = ""


class _Sum(NamedTuple):
    """A figure of the head: how many of what; `kind` is a severity or nothing."""

    number: int
    name: str
    kind: str = ""


class _Row(NamedTuple):
    """A line of the list: a file's agency with its lines by severity, and the number of its section, if it is drawn."""

    agency: str
    department: str
    state: str
    state_name: str
    path: str
    counts: tuple[int, ...]
    codes: str
    number: int | None
    returned: str
    letter: str


class _NotChecked(NamedTuple):
    """A file that was not checked, and why."""

    path: str
    status: str
    reason: str


def write_report(
    path: Path,
    batch: Batch,
    numbers: Mapping[str, int],
    sections: Iterable[str],
    lang: str,
    rounds: Rounds | None = None,
    beside: Beside | None = None,
) -> None:
    """Write the page, whole or not at all: the files drawn with their numbers, and their sections one at a time."""
    context = {
        **_context(batch, numbers, lang, rounds, beside or Beside()),
        "sections": _markup(sections),
    }
    with whole(path) as page:
        for text in template("page.html").generate(context):
            page.write(text.encode("utf-8"))


def _markup(sections: Iterable[str]) -> Iterator[Markup]:
    """Yield the sections as what they are: markup that was made harmless when it was drawn."""

    return map(Markup, sections)


def _context(
    batch: Batch, numbers: Mapping[str, int], lang: str, rounds: Rounds | None, beside: Beside
) -> Mapping[str, Any]:
    """Return what the template names."""

    script = resource("page.js")
    everyone = recipients(batch, None) if beside.everyone is None else beside.everyone
    lines = {path: told(own) for path, own in told_to_departments(batch).items()}
    rows = _rows(everyone, lines, numbers, beside, lang)
    years = Counter(int(year) for year in batch.stack.tables.forms["fiscal_year"].dropna().tolist())
    return {
        "lang": lang,
        "language": "zh-CN" if lang == "zh" else "en",
        "policy": Markup(_policy(f"\n{script}")),
        "say": SAY[lang],
        "severities": SEVERITY_NAMES[lang],
        "style": Markup(resource("page.css")),
        "script": Markup(script),
        "sums": _sums(rows, lang),
        "year": years.most_common(1)[0][0] if years else None,
        "round": rounds.number if rounds else None,
        "ruled": beside.ruled,
        "city": beside.city,
        "first": list(look_first(everyone, lines, numbers, common_rules(batch), lang)),
        "rows": rows,
        "departments": list(dict.fromkeys(row.department for row in rows)),
        "states": {row.state: row.state_name for row in rows},
        "rules": _rules(rows, lang),
        "whole": _of_no_form(batch),
        "not_checked": list(_not_checked(batch, lang)),
        "drawn": len(numbers),
        "checked": sum(file.status == "checked" for file in batch.files),
    }


def _policy(script: str) -> str:
    """Return the page's security policy: nothing from outside, and of scripts only this one."""
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return (
        "default-src 'none'; style-src 'unsafe-inline'; "
        f"script-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    )


def _sums(rows: Sequence[_Row], lang: str) -> Iterator[_Sum]:
    yield _Sum(sum(bool(row.counts) for row in rows), SAY[lang]["forms"])
    for position, (severity, name) in enumerate(SEVERITY_NAMES[lang].items()):
        yield _Sum(sum(row.counts[position] for row in rows if row.counts), name, severity)


def _rows(
    everyone: Sequence[Recipient],
    lines: Mapping[str, Sequence[Told]],
    numbers: Mapping[str, int],
    beside: Beside,
    lang: str,
) -> list[_Row]:
    """Return a line a file with a form, an agency without one, a file that cannot be used: worst first."""
    rows = []
    for one in everyone:
        department = one.department if one.department != NO_DEPARTMENT else SAY[lang]["nobody"]
        for path in one.paths:
            own = lines.get(path, ())
            counts = Counter(str(line.severity) for line in own)
            state = "returned" if counts["error"] else "verify" if counts["warning"] else "passed"
            rows.append(
                _Row(
                    one.name, department, state, STATES[lang][state], path,
                    tuple(counts[severity] for severity in SEVERITY_NAMES[lang]),
                    " ".join(sorted({code for line in own for code in line.codes})), numbers.get(path),
                    _address((beside.returns or {}).get(path)), _address((beside.letters or {}).get(path)),
                )
            )  # fmt: skip
        if not one.paths:
            state = "missing" if one.missing else "unreadable"
            path = "；".join(path for path, _ in one.unusable)
            letter = _address((beside.letters or {}).get(one.name))
            rows.append(
                _Row(one.name, department, state, STATES[lang][state], path, (), "", None, "", letter)
            )
    return sorted(
        rows, key=lambda row: (row.state not in ("missing", "unreadable"), *_worst(row), row.agency, row.path)
    )


def _address(path: str | None) -> str:
    """Return where a file lies as a link has it; a name that is not UTF-8 keeps its bytes."""
    return quote(os.fsencode(path)) if path else ""


def _worst(row: _Row) -> tuple[int, ...]:
    return tuple(-count for count in row.counts)


def _rules(rows: Sequence[_Row], lang: str) -> list[tuple[str, str]]:
    """Return code and name with its count of every rule that fired, in order of code."""
    counts = Counter(code for row in rows for code in row.codes.split())
    return [(code, f"{code} {rule_name(code, lang)}（{count}）") for code, count in sorted(counts.items())]


def _of_no_form(batch: Batch) -> list[Finding]:
    """Return the findings that stand on no file that was checked."""
    checked = {file.path for file in batch.files if file.status == "checked"}
    rest = [entry for entry in batch.located if entry.finding.path not in checked]
    return [entry.finding for entry in in_order(rest)]


def _not_checked(batch: Batch, lang: str) -> Iterator[_NotChecked]:
    names = STATUS_NAMES[lang]
    for file in batch.files:
        if file.status != "checked":
            yield _NotChecked(file.path, names[file.status], file.reason if lang == "zh" else file.reason_en)
    for passed in batch.skipped:
        reason = passed.reason if lang == "zh" else passed.reason_en
        yield _NotChecked(passed.relative, names["skipped"], reason)
