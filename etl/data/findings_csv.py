"""findings.csv: a line a finding for the bureau to work through, in words, with whose it is and what to do."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from typing import IO

from checks.finding import SEVERITY_NAMES
from checks.rule import RULES
from checks.telling.handbook import rule_name
from etl.batch.common import Common, common_rules, is_common
from etl.batch.model import Batch
from etl.batch.recipients import NO_DEPARTMENT, Recipient, recipients
from etl.frames.located import Located, cell_text
from etl.frames.order import in_order
from etl.marked.lines import STATE_NAMES, State
from etl.safe.clean import clean, csv_text

COLUMNS: dict[str, tuple[str, ...]] = {
    "zh": (
        "主管部门", "单位", "等级", "代码", "规则", "单元格", "问题", "处理要求", "现填内容", "应为", "差额（万元）", "推测", "相关单元格", "文件", "表",
    ),
    "en": (
        "department", "agency", "severity", "code", "rule", "cell", "message", "todo", "found", "expected", "difference", "hypothesis",
        "other_cells", "path", "form",
    ),
}  # fmt: skip
_STATE = {"zh": "状态", "en": "state"}
_SAY = {
    "zh": {"agencies": "（{forms}张表）", "common": "{of}张表中有{forms}张有此问题，建议统一答复，不逐一列出。例：{example}"},
    "en": {"agencies": "({forms} forms)", "common": "{forms} of {of} forms have this: answer it once; not listed one by one. E.g.: {example}"},
}  # fmt: skip


def as_csv(batch: Batch, lang: str) -> str:
    """Return the findings as CSV, one a row; nothing in it is taken for a formula by a spreadsheet."""
    out = io.StringIO()
    write_csv(out, batch, lang)
    return out.getvalue()


def write_csv(file: IO[str], batch: Batch, lang: str, everyone: tuple[Recipient, ...] | None = None) -> None:
    """Write the findings as `as_csv` returns them; what most forms have is one row for the bureau, at the top.

    `everyone`: all agencies with their departments; without it they are told from the batch alone.
    """
    writer = csv.writer(file, lineterminator="\r\n")
    compared = any(entry.state for entry in batch.located)
    writer.writerow((*COLUMNS[lang], *((_STATE[lang],) if compared else ())))
    whose = {
        path: one
        for one in (recipients(batch, None) if everyone is None else everyone)
        for path in (*one.paths, *(path for path, _ in one.unusable))
    }
    common = common_rules(batch)
    for row in _shared(batch, common, lang):
        writer.writerow(csv_text(value) for value in (*row, *(("",) if compared else ())))
    for entry in in_order(batch.located):
        finding = entry.finding
        if finding.form and is_common(finding.code, str(finding.severity), common):
            continue
        state = (STATE_NAMES[lang][State(entry.state)] if entry.state else "",) if compared else ()
        writer.writerow(csv_text(value) for value in (*_row(entry, whose, lang), *state))


def _shared(batch: Batch, common: list[Common], lang: str) -> Iterator[tuple[str, ...]]:
    """Yield a row a rule that most forms break, with one of its sentences."""
    examples: dict[str, str] = {}
    for entry in batch.located:
        if any(one.code == entry.finding.code for one in common):
            examples.setdefault(entry.finding.code, clean(entry.finding.message[lang]))
    for one in common:
        said = _SAY[lang]["common"].format(forms=one.forms, of=one.of, example=examples.get(one.code, ""))
        yield (
            "", _SAY[lang]["agencies"].format(forms=one.forms), SEVERITY_NAMES[lang][one.severity], one.code,
            rule_name(one.code, lang), "", said, _todo(one.code, lang), *[""] * 7,
        )  # fmt: skip


def _row(entry: Located, whose: Mapping[str, Recipient], lang: str) -> tuple[str, ...]:
    finding = entry.finding
    cells = [cell_text(cell) for cell in entry.cells]
    owner = whose.get(finding.path)
    department = owner.department if owner is not None and owner.department != NO_DEPARTMENT else ""
    return (
        clean(department), clean(owner.name) if owner is not None else "", SEVERITY_NAMES[lang][finding.severity],
        finding.code, rule_name(finding.code, lang), cells[0] if cells else "", finding.message[lang],
        _todo(finding.code, lang), finding.found, finding.expected, finding.difference,
        finding.hypothesis.get(lang, ""), " ".join(cells[1:]), finding.path, finding.form,
    )  # fmt: skip


def _todo(code: str, lang: str) -> str:
    return RULES[code].doc["改法" if lang == "zh" else "Fix"]
