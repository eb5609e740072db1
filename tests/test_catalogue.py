"""Each rule carries all that is said of a rule, and stands in the module of its family."""

from __future__ import annotations

import re
import string

import pytest

from checks.rule import Rule
from checks.telling.handbook import all_rules, rule_page

HEADINGS = {"完整性", "相关性", "适当性", "可行性"}


@pytest.mark.parametrize("rule", all_rules(), ids=lambda rule: rule.code)
def test_a_rule_says_everything(rule: Rule) -> None:
    assert rule.function.__module__.rpartition(".")[2].startswith(rule.family.lower())
    assert rule.code[2:].isdigit() and len(rule.code) == 4
    assert rule.heading in HEADINGS
    assert rule.title.endswith(".")
    assert all(rule.doc.values())
    assert set(rule.zh) == set(rule.en)
    for variant in rule.zh:
        fields = [
            {name for _, name, _, _ in string.Formatter().parse(template) if name}
            for template in (rule.zh[variant], rule.en[variant])
        ]
        assert {name.removesuffix("_en") for name in fields[1]} <= {
            name.removesuffix("_en") for name in fields[0]
        } | {"count"}
    assert list(rule_page(rule.code, "zh")) and list(rule_page(rule.code, "en"))


_OURS = re.compile("登记|待核|阈值|关闭|参数|评审人|豁免|程序|配置|unconfirmed")
"""Words of those who run the checker; a department has no use for them."""


@pytest.mark.parametrize("rule", [r for r in all_rules() if not r.summary], ids=lambda rule: rule.code)
def test_a_department_is_told_nothing_of_how_the_checker_is_run(rule: Rule) -> None:
    for text in (*rule.zh.values(), rule.doc["改法"]):
        assert not _OURS.search(text.replace("机构设置及人员配置", ""))
