"""How each rule does in a batch: on how many agencies it fires, and how often the bureau called it a false alarm."""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import Response

from etl.desk.desk import Desk
from etl.desk.given import batch_asked
from etl.desk.rendering import page
from etl.desk.view.findings import findings
from etl.marked.verdict import Verdict


class RuleLine(NamedTuple):
    """A rule: agencies it fires on, findings, those decided on, false alarms among them."""

    code: str
    name: str
    name_en: str
    severity: str
    agencies: int
    findings: int
    decided: int
    false_alarms: int

    @property
    def right(self) -> str:
        """Return the share of decided findings that were none, as a whole percentage; "" where nobody decided."""
        return f"{(self.decided - self.false_alarms) * 100 // self.decided}%" if self.decided else ""


def rules_page(request: Request, desk: Desk) -> Response:
    """Show a line a rule that fires, the one with the most false alarms first."""
    from checks.telling.handbook import all_rules

    batch = batch_asked(request, desk)
    known = {rule.code: rule for rule in all_rules()}
    forms: dict[str, set[str]] = {}
    counts: dict[str, Counter[str]] = {}
    severity: dict[str, str] = {}
    for one in findings(desk.seen, batch.number):
        forms.setdefault(one.code, set()).add(one.form or one.path)
        of = counts.setdefault(one.code, Counter())
        of["findings"] += 1
        of["decided"] += one.verdict not in (None, Verdict.PENDING)
        of["false"] += one.verdict == Verdict.FALSE_ALARM
        severity[one.code] = one.severity
    lines = [
        RuleLine(
            code, known[code].doc["公式"] if code in known else "", known[code].title if code in known else "",
            severity[code], len(forms[code]), of["findings"], of["decided"], of["false"],
        )
        for code, of in counts.items()
    ]  # fmt: skip
    lines.sort(key=lambda line: (-line.false_alarms, -line.findings, line.code))
    return page(request, "rules.html", batch=batch, lines=lines)
