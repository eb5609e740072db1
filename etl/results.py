"""The public way to a check and a run from Python: `import jixiao`, then `jixiao.check(paths)` or `jixiao.run(paths, output)`.

What they give is plain: the findings as they stand in findings.json, each a frozen record. In a notebook they show themselves.
Nothing heavy is loaded before one of the functions is called.
"""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from html import escape
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypedDict, Unpack

from etl.safe.clean import clean

if TYPE_CHECKING:
    import pandas as pd

    from etl.batch.model import Batch
    from etl.batch.request import Request
    from etl.data.document import Document

Place = str | PathLike[str]
Paths = Place | Iterable[Place]
_PLACES = frozenset(
    {"output", "roster", "last_year", "approved", "actuals", "config", "previous", "letter_template"}
)
MOST_SHOWN = 50
"""Findings that a notebook shows; all of them are in `findings`."""
_SEVERITIES = ("error", "warning", "info")


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell: sheet and address (`E18`)."""

    sheet: str
    cell: str

    def __str__(self) -> str:
        """Return it as people write it."""
        return f"{self.sheet}!{self.cell}"


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding; `cells[0]` is the cell to correct, and amounts are texts in 万元.

    `severity`: error, warning or info. `state`: standing, new or explained where a run was compared with the round before.
    """

    path: str
    form: str
    code: str
    severity: str
    cells: tuple[Cell, ...]
    message: str
    found: str
    expected: str
    difference: str
    hypothesis: str
    state: str = ""


@dataclass(frozen=True, slots=True)
class File:
    """A file and what became of it: `status` is checked, unreadable, not_a_form, skipped or crashed, `reason` says why."""

    path: str
    status: str
    reason: str
    forms: int


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check found: files in order of path, findings errors first within each file."""

    files: tuple[File, ...]
    findings: tuple[Finding, ...]

    @property
    def counts(self) -> Mapping[str, int]:
        """Return how many findings there are of each severity."""
        counted = Counter(finding.severity for finding in self.findings)
        return {severity: counted[severity] for severity in _SEVERITIES}

    def frame(self) -> pd.DataFrame:
        """Return the findings as a DataFrame, one a row; `cells` is text, the one to correct first."""
        import pandas as pd

        rows = [{**asdict(f), "cells": " ".join(map(str, f.cells))} for f in self.findings]
        return pd.DataFrame(rows, columns=list(Finding.__dataclass_fields__))

    def _repr_html_(self) -> str:
        """Return what a notebook shows: counts and the first findings; every text is escaped."""
        return "".join(_shown(self))


@dataclass(frozen=True, slots=True)
class Produced(Checked):
    """What a run found and wrote. `output`: the folder; `returns`: the marked file of each path; `lost`: what was not written, and why."""

    output: Path = Path()
    returns: Mapping[str, Path] = field(default_factory=dict)
    lost: Mapping[str, str] = field(default_factory=dict)


class CheckOptions(TypedDict, total=False):
    """Options of a check: those of `jixiao check`; `workers` is 1 where nothing is said."""

    roster: Place
    last_year: Place
    approved: Place
    actuals: Place
    config: Place
    year: int
    workers: int | None
    scheduler: str
    lang: Literal["zh", "en"]


class RunOptions(CheckOptions, total=False):
    """Options of a run: those of `jixiao run`."""

    previous: Place
    verify: bool
    letters: bool
    reply_by: datetime.date
    letter_template: Place
    zips: bool
    exclude: Iterable[str]
    fresh: bool
    sarif: bool


def check(paths: Paths, **options: Unpack[CheckOptions]) -> Checked:
    """Check workbooks, folders and archives and return what was found; nothing is written.

    Options are those of `jixiao check`: `roster`, `last_year`, `approved`, `actuals`, `config` (paths), `year`, `workers`
    (1 unless asked), `scheduler`, `lang` (`zh` or `en`). Raises `jixiao.Refusal` where nothing can be checked, TypeError for an
    option that there is not.
    """
    from etl.batch.read import checked

    request = _request(paths, {**options})
    return Checked(*_found(checked(request), request.lang))


def run(paths: Paths, output: Place, **options: Unpack[RunOptions]) -> Produced:
    """Check workbooks, folders and archives and write everything into a folder, as `jixiao run` does.

    Options are those of `check` and of `jixiao run`: `previous` (a path), `verify`, `letters`, `reply_by`,
    `letter_template`, `zips`, `exclude`, `fresh`, `sarif`. Raises as `check` does.
    """
    from etl.commands.run import produce

    request = _request(paths, {"quiet": True, **options, "output": output})
    done = produce(request)
    language = 0 if request.lang == "zh" else 1
    lost = {path: (one.lost, one.lost_en)[language] for path, one in done.returns.items() if one.lost}
    lost |= {path.name: (why.zh, why.en)[language] for path, why in done.lost.items()}
    returns = {path: one.path for path, one in done.returns.items() if not one.lost}
    return Produced(*_found(done.batch, request.lang), request.output, returns, lost)


def _request(paths: Paths, options: Mapping[str, Any]) -> Request:
    """Return what is asked for as the command line would ask it."""
    from etl.batch.request import Request

    given = [paths] if isinstance(paths, str | PathLike) else paths
    named: dict[str, Any] = {"workers": 1, **options}
    for name in _PLACES & named.keys():
        named[name] = Path(named[name]) if named[name] else None
    exclude = named.get("exclude", ())
    named["exclude"] = (exclude,) if isinstance(exclude, str) else tuple(exclude)
    return Request(tuple(map(Path, given)), **named)


def _found(batch: Batch, lang: str) -> tuple[tuple[File, ...], tuple[Finding, ...]]:
    """Return what findings.json would say, as records."""
    import json

    from etl.data.findings import as_json

    document: Document = json.loads(as_json(batch, lang))
    files = tuple(File(f["path"], f["status"], f["reason"], len(f["forms"])) for f in document["files"])
    return files, tuple(_finding(record) for record in document["findings"])


def _finding(record: Any) -> Finding:
    return Finding(**{**record, "cells": tuple(Cell(**cell) for cell in record["cells"])})


def _shown(result: Checked) -> Iterator[str]:
    counts = "，".join(f"{name} {number}" for name, number in result.counts.items())
    unread = [file for file in result.files if file.status not in ("checked", "skipped")]
    yield f"<div><p><b>jixiao</b>: {len(result.files)} files, {counts}</p>"
    if unread:
        yield "<ul>" + "".join(f"<li>{_safe(f.path)}: {_safe(f.reason)}</li>" for f in unread) + "</ul>"
    yield "<table><thead><tr>"
    yield "".join(f"<th>{name}</th>" for name in ("path", "severity", "code", "cell", "message"))
    yield "</tr></thead><tbody>"
    for finding in result.findings[:MOST_SHOWN]:
        cell = str(finding.cells[0]) if finding.cells else ""
        told = f"{finding.message} → {finding.hypothesis}" if finding.hypothesis else finding.message
        yield _row((finding.path, finding.severity, finding.code, cell, told))
    yield "</tbody></table>"
    if (more := len(result.findings) - MOST_SHOWN) > 0:
        yield f"<p>… {more} more</p>"
    yield "</div>"


def _row(texts: Sequence[str]) -> str:
    return "<tr>" + "".join(f'<td style="text-align:left">{_safe(text)}</td>' for text in texts) + "</tr>"


def _safe(text: str) -> str:
    return escape(clean(text))
