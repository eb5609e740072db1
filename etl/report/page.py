"""Writes `report.html`: one page for the batch that needs nothing else, form by form as they are drawn."""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from markupsafe import Markup

from checks.finding import SEVERITY_NAMES, Finding
from etl.batch.model import Batch
from etl.frames.build import STATUS_NAMES
from etl.frames.order import in_order
from etl.report.templating import resource, template
from etl.rounds.compare import Rounds
from etl.safe.whole_file import whole

if TYPE_CHECKING:
    from markupsafe import Markup

_SAY = {
    "zh": {
        "title": "部门整体预算绩效目标审核报告", "forms": "份表", "agencies": "各单位", "drawn": "各表", "filter": "筛选单位或文件",
        "only": "只看有错误的", "none": "没有符合的单位。", "agency": "单位", "file": "文件", "not_checked": "未能审核的文件",
        "whole": "整批的问题", "status": "情况", "reason": "原因", "round": "第{number}轮",
        "some": "共{all}个文件，只画出有错误或警告的{count}个。", "foot": "本页不含外部资源，可单独保存、打印。",
    },
    "en": {
        "title": "Review of the departments' overall performance goals", "forms": "forms", "agencies": "Agencies",
        "drawn": "Forms", "filter": "Filter by agency or file", "only": "with errors only", "none": "No agency fits.",
        "agency": "Agency", "file": "File", "not_checked": "Files that could not be checked",
        "whole": "On the batch as a whole", "status": "Status", "reason": "Reason", "round": "Round {number}",
        "some": "Of {all} files the {count} with errors or warnings are drawn.",
        "foot": "This page asks for nothing outside itself; it can be kept and printed alone.",
    },
}  # fmt: skip


class _Sum(NamedTuple):
    """A figure of the head: how many of what; `kind` is a severity or nothing."""

    number: int
    name: str
    kind: str = ""


class _Agency(NamedTuple):
    """A line of the list: a form with its findings by severity, and the number of its file's section, if drawn."""

    agency: str
    path: str
    counts: tuple[int, ...]
    number: int | None


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
    ruled: str = "",
) -> None:
    """Write the page, whole or not at all: the files drawn with their numbers, and their sections one at a time.

    `ruled`: the sentence that says which settings ruled the run.
    """
    context = {**_context(batch, numbers, lang, rounds), "ruled": ruled, "sections": _markup(sections)}
    with whole(path) as page:
        for text in template("page.html").generate(context):
            page.write(text.encode("utf-8"))


def _markup(sections: Iterable[str]) -> Iterator[Markup]:
    """Yield the sections as what they are: markup that was made harmless when it was drawn."""

    return map(Markup, sections)


def _context(batch: Batch, numbers: Mapping[str, int], lang: str, rounds: Rounds | None) -> Mapping[str, Any]:
    """Return what the template names."""

    script = resource("page.js")
    return {
        "lang": lang,
        "language": "zh-CN" if lang == "zh" else "en",
        "policy": Markup(_policy(f"\n{script}")),
        "say": _SAY[lang],
        "severities": SEVERITY_NAMES[lang],
        "style": Markup(resource("page.css")),
        "script": Markup(script),
        "sums": _sums(batch, lang),
        "round": rounds.number if rounds else None,
        "agencies": _agencies(batch, numbers, lang),
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


def _sums(batch: Batch, lang: str) -> Iterator[_Sum]:
    counts = Counter(str(entry.finding.severity) for entry in batch.located)
    yield _Sum(len(batch.stack.tables.forms), _SAY[lang]["forms"])
    for severity, name in SEVERITY_NAMES[lang].items():
        yield _Sum(counts[severity], name, severity)


def _agencies(batch: Batch, numbers: Mapping[str, int], lang: str) -> list[_Agency]:
    """Return a line a form, worst first."""
    counts = Counter((entry.finding.form, str(entry.finding.severity)) for entry in batch.located)
    forms = batch.stack.tables.forms
    rows = [
        _Agency(
            str(agency or ""),
            str(path),
            tuple(counts[form, severity] for severity in SEVERITY_NAMES[lang]),
            numbers.get(path),
        )
        for form, path, agency in zip(forms["id"], forms["path"], forms["agency"], strict=True)
    ]
    return sorted(rows, key=lambda row: ([-count for count in row.counts], row.agency, row.path))


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
