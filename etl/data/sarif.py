"""The findings as SARIF 2.1.0 (OASIS), which viewers of static analysis open and compare.

A workbook has no lines: the file is the physical location, sheet and cell are a logical one. `partialFingerprints` are what ties
a finding to the same finding of another round. What the department explained and the bureau decided are suppressions.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

from checks.rule import RULES, Rule
from etl.batch.model import Batch
from etl.cell.grid import address_text
from etl.data.json_text import object_pieces
from etl.frames.build import CellPlace
from etl.frames.located import Located
from etl.frames.order import in_order
from etl.marked.lines import State
from etl.safe.clean import clean
from etl.workers.program import version

LEVELS = {"error": "error", "warning": "warning", "info": "note"}
_BASELINE = {State.NEW: "new", State.STANDING: "unchanged", State.EXPLAINED: "unchanged"}
_FINGERPRINT = "jixiao/1"


def sarif_pieces(batch: Batch, lang: str) -> Iterator[str]:
    """Yield the log of one run in pieces, messages in a language; paths are relative to `SRCROOT`, the arguments."""
    import checks.rules  # noqa: F401  (registers every rule)

    codes = sorted({entry.finding.code for entry in batch.located})
    position = {code: number for number, code in enumerate(codes)}
    results = (_result(entry, position[entry.finding.code], lang) for entry in in_order(batch.located))
    run = {
        "tool": {"driver": _driver([RULES[code] for code in codes], lang)},
        "language": "zh-CN" if lang == "zh" else "en",
        "originalUriBaseIds": {"SRCROOT": {"description": {"text": "the paths that were checked"}}},
        "columnKind": "unicodeCodePoints",
        "invocations": [
            {"executionSuccessful": True, "toolExecutionNotifications": _notifications(batch, lang)}
        ],
        "results": results,
    }
    yield '{"version": "2.1.0", "runs": ['
    yield from object_pieces(run.items())
    yield "]}\n"


def sarif_text(batch: Batch, lang: str) -> str:
    """Return the log as one text."""
    return "".join(sarif_pieces(batch, lang))


def _driver(rules: list[Rule], lang: str) -> dict[str, Any]:
    return {"name": "jixiao", "version": version(), "rules": [_rule(rule, lang) for rule in rules]}


def _rule(rule: Rule, lang: str) -> dict[str, Any]:
    """Return what viewers show of a rule; its whole page is `jixiao rules CODE`."""
    return {
        "id": rule.code,
        "shortDescription": {"text": rule.doc["公式"] if lang == "zh" else rule.title},
        "help": {"text": "\n".join(f"{name}：{text}" for name, text in rule.doc.items())},
        "defaultConfiguration": {"level": LEVELS[str(rule.severity)]},
    }


def _result(entry: Located, rule: int, lang: str) -> dict[str, Any]:
    finding = entry.finding
    hint = clean(finding.hypothesis.get(lang, ""))
    result: dict[str, Any] = {
        "ruleId": finding.code,
        "ruleIndex": rule,
        "level": LEVELS[str(finding.severity)],
        "message": {"text": clean(finding.message[lang]) + (f"\n→ {hint}" if hint else "")},
        "locations": [_location(cell) for cell in entry.cells[:1]] or _whole_file(finding.path),
    }
    if others := entry.cells[1:]:
        result["relatedLocations"] = [{"id": n, **_location(cell)} for n, cell in enumerate(others, 1)]
    if entry.key:
        result["partialFingerprints"] = {_FINGERPRINT: clean(entry.key)}
    if entry.state:
        result["baselineState"] = _BASELINE[State(entry.state)]
    if entry.explanation:
        result["suppressions"] = [_suppression(entry)]
    return result


def _location(cell: CellPlace) -> dict[str, Any]:
    place = f"{clean(cell.sheet)}!{address_text((cell.row, cell.column))}"
    return {**_whole_file(cell.path)[0], "logicalLocations": [{"fullyQualifiedName": place, "kind": "cell"}]}


def _whole_file(path: str) -> list[dict[str, Any]]:
    if not path:
        return []
    uri = quote(clean(path).encode("utf-8", "backslashreplace"))
    return [{"physicalLocation": {"artifactLocation": {"uri": uri, "uriBaseId": "SRCROOT"}}}]


def _suppression(entry: Located) -> dict[str, Any]:
    accepted = entry.state == State.EXPLAINED
    return {
        "kind": "external",
        "status": "accepted" if accepted else "underReview",
        "justification": clean(entry.explanation),
    }


def _notifications(batch: Batch, lang: str) -> list[Mapping[str, Any]]:
    """Return the files that were not checked, with the reason."""
    return [
        {
            "level": "error",
            "message": {"text": clean(file.reason if lang == "zh" else file.reason_en)},
            "locations": _whole_file(file.path),
        }
        for file in batch.files
        if file.status != "checked"
    ]
