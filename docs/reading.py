"""The page docs/reading.md: what of a filled form is understood and what is not, for clerks, drawn from the table of cases."""

from __future__ import annotations

from itertools import groupby

from checks.finding import SEVERITY_NAMES, Finding

_HEAD = """# 哪些填法读得懂，哪些读不懂

本页由`make docs`按测试所用的情形表生成，请勿手改：每一行都由程序自己画一张表、读一遍、查一遍，“怎样说”一栏是程序当时的原话。

“照读”：与规范填写的表读出同样的金额。“不读”：该处金额未能读取，不计入任何合计。“整表不计入”：金额单位存疑，改正前整张表不计入全市合计。“不是本表”：整个文件没有读出表来。
"""


def reading_page() -> str:
    """Return the page; every row's outcome and words are those of the program as it is now."""
    from tests.reading_cases import ROWS, outcomes

    lines = [_HEAD]
    for kind, rows in groupby(zip(ROWS, outcomes(), strict=True), key=lambda pair: pair[0].kind):
        lines += [f"## {kind}", "", "| 表里的样子 | 怎样读 | 结果 | 怎样说 |", "|---|---|---|---|"]
        for row, found in rows:
            said = [
                f"{SEVERITY_NAMES['zh'][finding.severity]} {finding.code}：{finding.message['zh']}"
                for code in row.says
                for finding in sorted((f for f in found.findings if f.code == code), key=_rank)[:1]
            ]
            cells = (row.seen, row.read, row.outcome, "<br>".join(said) or "不提示")
            lines.append(f"| {' | '.join(_escaped(cell) for cell in cells)} |")
        lines.append("")
    return "\n".join(lines)


def _rank(finding: Finding) -> int:
    """Return how grave a finding is: 0 for an error."""
    return list(SEVERITY_NAMES["zh"]).index(finding.severity)


def _escaped(text: str) -> str:
    return " ".join(text.replace("|", "\\|").replace("*", "\\*").split())
