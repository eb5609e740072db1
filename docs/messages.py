"""The page docs/messages.md: every sentence a department may read, from where it is said, to be read through in one place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields

_HEAD = """# What departments read

Drawn from the rules and the wording of returns and letters by `make docs`; do not edit. Whoever changes a sentence reads it here among the others.
A department is told what is wrong, where, and what to do; never a setting, a code in a letter, an option of the program, or what is noted among ourselves.
"""
FORBIDDEN = re.compile(
    r"(?<!人员)配置|登记(?!失业|管理|证)|文本待核|unconfirmed|--[a-z]|toml|阈值|豁免|缺少[^“”，。；]{0,20}不足|未检查：|评审人"
)
"""Words that must not leave the bureau."""
_OF_THE_BUREAU = ("decisions", "decision_hint")
"""What only the bureau chooses from, in the locked column."""


def messages_page() -> str:
    """Return the page."""
    lines = [_HEAD, "## Findings", "", "| 代码 | 名称 | 等级 | 问题 | 处理要求 |", "|---|---|---|---|---|"]
    lines += [f"| {' | '.join(map(_cell, row))} |" for row in rule_rows()]
    lines += ["", "## Return and letters", "", "| 用处 | 文字 |", "|---|---|"]
    lines += [f"| {_cell(name)} | {_cell(text)} |" for name, text in phrases()]
    return "\n".join((*lines, ""))


def rule_rows() -> Iterator[tuple[str, str, str, str, str]]:
    """Yield code, name, severity, sentences and remedy of every rule a department hears of."""
    from checks.finding import SEVERITY_NAMES
    from checks.telling.handbook import all_rules, rule_name

    for rule in all_rules():
        if not rule.summary:
            said = "<br>".join(rule.zh.values())
            yield (
                rule.code,
                rule_name(rule.code, "zh"),
                SEVERITY_NAMES["zh"][rule.severity],
                said,
                rule.doc["改法"],
            )


def phrases() -> Iterator[tuple[str, str]]:
    """Yield what returns and letters say beside the findings: where, and the text."""
    from etl.marks.model import CHINESE
    from etl.returns import heads, remarks
    from samples import letter_template

    for field in fields(CHINESE):
        if field.name in _OF_THE_BUREAU:
            continue
        text = getattr(CHINESE, field.name)
        if isinstance(text, tuple):
            text = "；".join("：".join(item[1:]) if isinstance(item, tuple) else item for item in text)
        yield "审核意见", text
    for said in (remarks._SAY["zh"], heads._SAY["zh"]):
        yield from (("审核意见", text) for text in said.values())
    yield from (("退回说明", text) for text in letter_template._TEXT if text and "{%p" not in text)
    yield from (("催报函", text) for text in letter_template._NOTICE if text and "{%p" not in text)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", "<br>")
