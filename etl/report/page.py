"""Writes `report.html`: one page for the batch that needs nothing else, form by form as they are drawn."""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape
from pathlib import Path

from checks.finding import SEVERITY_NAMES
from etl.batch.model import Batch
from etl.frames.build import STATUS_NAMES
from etl.frames.located import Located
from etl.frames.order import in_order
from etl.report.drawing import Drawing
from etl.report.look import SCRIPT, STYLE
from etl.rounds.compare import Rounds
from etl.safe.clean import clean
from etl.safe.whole_file import whole

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


def write_report(
    path: Path, batch: Batch, parts: Mapping[str, Drawing], lang: str, rounds: Rounds | None = None
) -> None:
    """Write the page, whole or not at all; `parts` are the sections of the files drawn, read one at a time."""
    with whole(path) as page:
        for text in _page(batch, parts, lang, rounds):
            page.write(text.encode("utf-8"))


def _page(batch: Batch, parts: Mapping[str, Drawing], lang: str, rounds: Rounds | None) -> Iterator[str]:
    say = _SAY[lang]
    yield _head(batch, lang, rounds)
    yield (
        f'<main><div class="bar"><input id="q" type="search" placeholder="{say["filter"]}" aria-label="{say["filter"]}">'
        f'<label><input id="only" type="checkbox"> {say["only"]}</label></div>'
    )
    yield f"<h2>{say['agencies']}</h2>" + _agencies(batch, list(parts), lang)
    yield f'<p class="note" id="none" hidden>{say["none"]}</p>'
    yield from _whole(batch, lang)
    yield from _not_checked(batch, lang)
    yield f"<h2>{say['drawn']}</h2>\n"
    checked = sum(file.status == "checked" for file in batch.files)
    if len(parts) < checked:
        yield f'<p class="note">{say["some"].format(all=checked, count=len(parts))}</p>'
    for part in parts.values():
        yield part.part.read_text(encoding="utf-8")
    yield f"<footer>{say['foot']}</footer></main>\n<script>{SCRIPT}</script>\n</body></html>\n"


def _head(batch: Batch, lang: str, rounds: Rounds | None) -> str:
    say, names = _SAY[lang], SEVERITY_NAMES[lang]
    counts = Counter(str(entry.finding.severity) for entry in batch.located)
    sums = f'<span class="sum"><b>{len(batch.stack.tables.forms)}</b>{say["forms"]}</span>' + "".join(
        f'<span class="sum {severity}"><b>{counts[severity]}</b>{names[severity]}</span>'
        for severity in names
    )
    number = f"<span class='sum'>{say['round'].format(number=rounds.number)}</span>" if rounds else ""
    digest = base64.b64encode(hashlib.sha256(SCRIPT.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    return (
        f'<!DOCTYPE html>\n<html lang="{"zh-CN" if lang == "zh" else "en"}"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{say['title']}</title><style>{STYLE}</style></head>\n<body><header><div><h1>{say['title']}</h1>"
        f'<p class="sums">{sums}{number}</p></div></header>\n'
    )


def _agencies(batch: Batch, drawn: Sequence[str], lang: str) -> str:
    """Return the table of forms, worst first, each linked to its picture."""
    say, names = _SAY[lang], SEVERITY_NAMES[lang]
    counts = Counter((entry.finding.form, str(entry.finding.severity)) for entry in batch.located)
    numbers = {path: number for number, path in enumerate(drawn, 1)}
    forms = batch.stack.tables.forms
    rows = []
    for form, path, agency in zip(forms["id"], forms["path"], forms["agency"], strict=True):
        each = [counts[form, severity] for severity in names]
        rows.append(([-n for n in each], str(agency or ""), str(path), each))
    heads = "".join(f'<th class="n">{name}</th>' for name in names.values())
    body = "".join(
        _agency(agency, path, each, numbers.get(path), names) for _, agency, path, each in sorted(rows)
    )
    return (
        f'<div class="card scroll"><table class="list"><thead><tr><th>{say["agency"]}</th>{heads}'
        f'<th class="path">{say["file"]}</th></tr></thead><tbody>{body}</tbody></table></div>\n'
    )


def _agency(
    agency: str, path: str, each: Sequence[int], number: int | None, severities: Iterable[str]
) -> str:
    name = _text(agency or path)
    linked = f'<a href="#f{number}">{name}</a>' if number else name
    cells = "".join(
        f'<td class="n {severity}">' + (f"<b>{n}</b>" if n else '<span class="zero">·</span>') + "</td>"
        for severity, n in zip(severities, each, strict=True)
    )
    error = " data-e" if each[0] else ""
    found = _text(f"{agency} {path}")
    return f'<tr data-f="{found}"{error}><td>{linked}</td>{cells}<td class="path">{_text(path)}</td></tr>\n'


def _whole(batch: Batch, lang: str) -> Iterator[str]:
    """Yield the findings that stand on no file that was checked."""
    checked = {file.path for file in batch.files if file.status == "checked"}
    rest = list(in_order([entry for entry in batch.located if entry.finding.path not in checked]))
    if rest:
        yield f'<h2>{_SAY[lang]["whole"]}</h2><div class="card scroll"><table class="list">'
        yield "".join(_whole_row(entry, lang) for entry in rest) + "</table></div>\n"


def _whole_row(entry: Located, lang: str) -> str:
    finding, severity = entry.finding, str(entry.finding.severity)
    return (
        f'<tr><td><span class="tag {severity}">{SEVERITY_NAMES[lang][severity]}</span><code>{finding.code}</code> '
        f'{_text(finding.message[lang])}</td><td class="path">{_text(finding.path)}</td></tr>'
    )


def _not_checked(batch: Batch, lang: str) -> Iterator[str]:
    say = _SAY[lang]
    rows = [
        (file.path, file.status, file.reason if lang == "zh" else file.reason_en)
        for file in batch.files
        if file.status != "checked"
    ] + [(s.relative, "skipped", s.reason if lang == "zh" else s.reason_en) for s in batch.skipped]
    if rows:
        heads = "".join(f"<th>{say[word]}</th>" for word in ("file", "status", "reason"))
        yield f'<h2>{say["not_checked"]}</h2><div class="card scroll"><table class="list"><tr>{heads}</tr>'
        yield "".join(
            f"<tr><td>{_text(path)}</td><td>{STATUS_NAMES[lang][status]}</td><td>{_text(reason)}</td></tr>"
            for path, status, reason in rows
        )
        yield "</table></div>\n"


def _text(text: str) -> str:
    return escape(clean(text))
