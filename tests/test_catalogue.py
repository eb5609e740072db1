"""The rules are those of the catalogue, both ways, and each carries all that is said of a rule."""

from __future__ import annotations

import string

import pytest

from checks.rule import RULES, Rule
from checks.telling.handbook import all_rules, rule_page

CATALOGUE = {
    "ST": 14, "CP": 10, "AR": 13, "XS": 9, "IG": 23, "HF": 13, "CF": 9, "RV": 7, "TX": 12, "XW": 11, "YY": 8,
}  # fmt: skip
OFF = {"TX11", "TX12"}
HEADINGS = {"完整性", "相关性", "适当性", "可行性"}


def test_the_rules_are_the_catalogue() -> None:
    all_rules()
    wanted = {
        f"{family}{number:02d}" for family, count in CATALOGUE.items() for number in range(1, count + 1)
    }
    assert set(RULES) == wanted
    assert {code for code, rule in RULES.items() if rule.off} == OFF


@pytest.mark.parametrize("rule", all_rules(), ids=lambda rule: rule.code)
def test_a_rule_says_everything(rule: Rule) -> None:
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
