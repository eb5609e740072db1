"""The handbook of the rules, drawn from the rules themselves: a list, a page a rule, and RULES.md."""

from __future__ import annotations

from collections.abc import Iterator

from checks.finding import SEVERITY_NAMES
from checks.rule import DOC_HEADINGS, INPUTS, RULES, Rule
from checks.telling.rule_names import name_of

FAMILIES: dict[str, tuple[str, str]] = {
    "ST": ("结构与表样", "structure and template"),
    "CP": ("完整性", "completeness"),
    "AR": ("数字勾稽", "arithmetic"),
    "XS": ("表内一致", "consistency within a form"),
    "IG": ("指标值写法", "how targets are written"),
    "HF": ("半年与全年", "half year and full year"),
    "CF": ("共性指标", "the common framework"),
    "RV": ("资金与指标的相关性", "money and indicators"),
    "TX": ("文字质量", "text quality"),
    "XW": ("单位之间", "across agencies"),
    "YY": ("年度之间", "year on year"),
}
"""Families in the order of the catalogue, with their names (zh, en)."""

_HEADINGS = {"公式": "Test", "依据": "Source", "错例": "Example", "改法": "改法", "Fix": "Fix"}


def all_rules() -> list[Rule]:
    """Return every rule by family and code."""
    import checks.rules  # noqa: F401  (registers every rule)

    order = {family: position for position, family in enumerate(FAMILIES)}
    return sorted(RULES.values(), key=lambda rule: (order[rule.family], rule.code))


def rule_name(code: str, lang: str) -> str:
    """Return what a rule is called; in English by the first clause of its first sentence."""
    return name_of(code) if lang == "zh" else RULES[code].title.partition(";")[0].rstrip(".")


def rule_list(lang: str) -> Iterator[str]:
    """Yield a line a rule, under the name of its family."""
    family = ""
    for rule in all_rules():
        if rule.family != family:
            family = rule.family
            yield f"{family} {FAMILIES[family][0 if lang == 'zh' else 1]}"
        yield f"  {rule.code}  {SEVERITY_NAMES[lang][rule.severity]}  {_headline(rule, lang)}"


def rule_page(code: str, lang: str) -> Iterator[str]:
    """Yield the page of one rule; KeyError for a code that does not exist."""
    import checks.rules  # noqa: F401  (registers every rule)

    rule = RULES[code]
    yield f"{rule.code}  {SEVERITY_NAMES[lang][rule.severity]}  {rule.heading}"
    yield rule_name(code, lang) if lang == "zh" else rule.title
    for heading in DOC_HEADINGS:
        if heading == ("Fix" if lang == "zh" else "改法"):
            continue
        yield f"  {heading if lang == 'zh' else _HEADINGS[heading]}: {rule.doc[heading]}"
    for template in (rule.zh if lang == "zh" else rule.en).values():
        yield f"  » {template}"
    for name in rule.needs:
        if name in INPUTS:
            yield f"  + {INPUTS[name][lang]}"


def handbook() -> str:
    """Return RULES.md: every rule with its test, source, example, remedy and wording."""
    lines = [
        "# The rules",
        "",
        "Drawn from the rules themselves by `make docs`; do not edit. A rule's state on a form is fired, passed,",
        "not applicable or not run (with the input it lacked). Regulations marked (unconfirmed) have not been",
        "compared with their official text.",
        "",
    ]
    family = ""
    for rule in all_rules():
        if rule.family != family:
            family = rule.family
            zh, en = FAMILIES[family]
            lines += [f"## {family} {zh} · {en}", ""]
        lines += _page(rule)
    return "\n".join(lines)


def _page(rule: Rule) -> list[str]:
    severity = f"{SEVERITY_NAMES['zh'][rule.severity]} {rule.severity}"
    off = ", off unless switched on" if rule.off else ""
    lines = [f"### {rule.code}", "", f"{rule.title} ({severity}, {rule.heading}{off})", ""]
    lines += [f"- {heading}: {rule.doc[heading]}" for heading in DOC_HEADINGS]
    lines += [f"- Says: {_code(template)}" for template in rule.zh.values()]
    lines += [f"- Says (en): {_code(template)}" for template in rule.en.values()]
    lines += [f"- Needs: {INPUTS[name]['zh']}" for name in rule.needs if name in INPUTS]
    return [*lines, ""]


def _code(template: str) -> str:
    return f"`{template}`"


def _headline(rule: Rule, lang: str) -> str:
    return rule.doc["公式"] if lang == "zh" else rule.title
