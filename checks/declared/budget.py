"""What a form says of a budget, as plain data: its fund lines, texts, indicator blocks, relations and framework.

A form profile (`etl.form.profiles`) declares them; the rules, the search for the wrong cell and everything written
take fields and names from here and know no form. A field is a line with a period: `total_full`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from checks.declared.framework import NO_FRAMEWORK, Framework
from checks.declared.relation import AtMost, Relation
from checks.declared.text_key import text_key

Period = Literal["half", "full"]
Part = str
"""Something a form may have or lack, by which rules say what they need: `PARTS`, the key of a text, `sum:CODE`."""

FEN_PER_WAN = 1_000_000
"""1 万元 is 10,000 yuan, a million fen."""

FEN_PER_YUAN = 100

FEN_PER_UNIT: dict[str, int] = {
    "亿元": 10_000 * FEN_PER_WAN, "千万元": 1_000 * FEN_PER_WAN, "百万元": 100 * FEN_PER_WAN, "十万元": 10 * FEN_PER_WAN, "万元": FEN_PER_WAN, "千元": 1_000 * FEN_PER_YUAN, "百元": 100 * FEN_PER_YUAN, "元": FEN_PER_YUAN,
}  # fmt: skip
"""Fen in one of each unit money may be stated in."""

PERIODS: tuple[Period, ...] = ("half", "full")

_SHORT = {"zh": {"half": "半年", "full": "全年"}, "en": {"half": "half year", "full": "full year"}}
_ENGLISH_PERIODS = {"half": "half-year plan", "full": "full-year budget"}

PARTS: Mapping[Part, Mapping[str, str]] = {
    "half_money": {"zh": "本表资金无半年栏", "en": "the form has no half-year amounts"},
    "half_value": {"zh": "本表指标无半年栏", "en": "the form has no half-year targets"},
    "framework": {"zh": "本表无共性指标", "en": "the form has no common indicators"},
    "key_task": {"zh": "本表指标无重点工作栏", "en": "the form's indicators have no key-task column"},
    "projects": {"zh": "本表不列项目明细", "en": "the form lists no projects"},
    "two_goals": {"zh": "本表只有一个目标栏", "en": "the form states one goal only"},
    "tree": {"zh": "本表未规定二级指标", "en": "the form declares no second levels"},
    "one_goal": {"zh": "本表无目标栏", "en": "the form states no goal"},
}
"""What a rule may need of a form, and why it does not apply to one that lacks it."""


@dataclass(frozen=True, slots=True)
class FundLine:
    """One fixed line of the funds block: its key, its names, and the periods it is stated for."""

    key: str
    side: str
    zh: str
    en: str
    periods: tuple[Period, ...]
    optional: bool = False

    @property
    def fields(self) -> tuple[str, ...]:
        """Return the amount columns of the line."""
        return tuple(f"{self.key}_{period}" for period in self.periods)


@dataclass(frozen=True, slots=True)
class TextItem:
    """A text a form asks for: `key` names it, `role` says what it is (agency, functions, goal …)."""

    key: str
    role: str
    zh: str
    en: str
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Block:
    """A table of indicators: its first levels, its columns, and second levels by first where the form declares them."""

    key: str
    role: str
    level1: tuple[str, ...]
    columns: tuple[str, ...]
    tree: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Budget:
    """What one form, or all forms of a batch together (`merged`), state of a budget.

    `rows`: the columns of the project rows (name, half, full …), empty where none may follow. `off`: rules that do
    not apply, with a reason by language. `thresholds`: of this form, by name. `period_names`: as printed.
    """

    id: str
    title: str = ""
    level: str = "whole"
    stage: str = "goal"
    years: tuple[int, ...] = ()
    lines: tuple[FundLine, ...] = ()
    texts: tuple[TextItem, ...] = ()
    blocks: tuple[Block, ...] = ()
    framework: Framework = NO_FRAMEWORK
    sums: tuple[Relation, ...] = ()
    orders: tuple[AtMost, ...] = ()
    rows: tuple[str, ...] = ()
    off: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    thresholds: Mapping[str, float] = field(default_factory=dict)
    summed: tuple[str, ...] = ()
    periods: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def fields(self) -> tuple[str, ...]:
        """Return the amount columns of the `funds` table, in form order: `total_full` … `project_full`."""
        return tuple(name for line in self.lines for name in line.fields)

    @cached_property
    def city_fields(self) -> tuple[str, ...]:
        """Return the amount columns that the city's sums show, in form order."""
        return tuple(name for name in self.fields if name in self.summed)

    @cached_property
    def _by_field(self) -> Mapping[str, tuple[FundLine, Period]]:
        return {f"{line.key}_{period}": (line, period) for line in self.lines for period in line.periods}

    def line_of(self, name: str) -> FundLine:
        """Return the line of an amount column."""
        return self._by_field[name][0]

    def side(self, name: str) -> tuple[FundLine, ...]:
        """Return the lines of a side."""
        return tuple(line for line in self.lines if line.side == name)

    def field_name(self, name: str, lang: str = "zh") -> str:
        """Return what a clerk calls an amount column: `project_half` is 项目支出(半年计划执行数)."""
        line, period = self._by_field[name]
        said = line.zh if lang == "zh" else line.en
        if len(line.periods) == 1:
            return said
        return f"{said}({_SHORT[lang][period]})" if lang == "zh" else f"{said} ({_SHORT[lang][period]})"

    def period_name(self, period: str, lang: str = "zh") -> str:
        """Return what the amounts of a period are called: 半年计划执行数, half-year plan."""
        return self.periods.get(period, period) if lang == "zh" else _ENGLISH_PERIODS.get(period, period)

    @cached_property
    def sum_by_code(self) -> Mapping[str, Relation]:
        """Return the sums by the rule that judges them."""
        return {relation.code: relation for relation in self.sums}

    def sides_of(self, relation: Relation) -> frozenset[str]:
        """Return the sides whose lines a sum adds up: an amount no one declared there makes it say nothing."""
        if relation.rows:
            return frozenset({self.line_of(relation.total).side})
        added = (*relation.parts, *(relation.totals if relation.beside else ()))
        return frozenset(self.line_of(name).side for name in added if name in self._by_field)

    @cached_property
    def second_levels(self) -> Mapping[str, tuple[str, ...]]:
        """Return the second levels that are declared, by first level."""
        return {level1: tree for block in self.blocks for level1, tree in block.tree.items()}

    @cached_property
    def words(self) -> Mapping[str, str]:
        """Return what a block is to the rules, by first level: common, duty (the output) or effect."""
        roles = {"output": "duty"}
        return {
            text_key(level1): roles.get(block.role, block.role)
            for block in self.blocks
            for level1 in block.level1
        }

    def of_role(self, role: str) -> tuple[TextItem, ...]:
        """Return the texts of a role, in order."""
        return tuple(text for text in self.texts if text.role == role)

    @cached_property
    def has(self) -> frozenset[Part]:
        """Return what the form has of what rules ask for."""
        columns = {name for block in self.blocks for name in block.columns}
        found = {text.key for text in self.texts} | {text.role for text in self.texts}
        found |= {f"sum:{relation.code}" for relation in self.sums} | set(self.fields)
        found |= {f"sum:{order.code}" for order in self.orders if order.of == "sum"}
        found |= {"half_money"} if any("half" in line.periods for line in self.lines) else set()
        found |= {"half_value"} if "half" in columns else set()
        found |= {"framework"} if len(self.framework) else set()
        found |= {"tree"} if self.second_levels else set()
        found |= {"two_goals"} if len(self.of_role("goal")) > 1 else set()
        found |= {"one_goal"} if self.of_role("goal") else set()
        return frozenset(found | (columns & {"key_task"}) | ({"projects"} if self.rows else set()))

    def lacks(self, code: str, asks: Iterable[Part]) -> Mapping[str, str] | None:
        """Return why a rule that asks for some parts does not apply to this form, by language; None where it does."""
        if code in self.off:
            return self.off[code]
        missing = next((part for part in asks if part not in self.has), None)
        if missing is None:
            return None
        if missing in PARTS:
            return PARTS[missing]
        if missing.startswith("sum:"):
            return {"zh": "本表没有这项勾稽关系", "en": "the form declares no such sum"}
        named = _PART_NAMES.get(missing)
        if named is None:
            return {"zh": "本表没有所需的资金栏", "en": "the form has not the amounts it needs"}
        return {"zh": f"本表无“{named[0]}”栏", "en": f"the form has no {named[1]}"}


NO_BUDGET = Budget("")
"""What states nothing."""

_PART_NAMES = {
    "functions": ("主要职能", "main functions"),
    "staffing": ("机构设置及人员配置", "organisation and staffing"),
    "long_term_goal": ("中长期目标", "goal of the medium and long term"),
    "annual_goal": ("年度目标", "goal of the year"),
}


def merged(budgets: Iterable[Budget]) -> Budget:
    """Return what the forms of several profiles state together: every line, every text, the longest framework."""
    given = list(dict.fromkeys(budgets))
    if len(given) == 1:
        return given[0]
    lines: dict[str, FundLine] = {}
    for line in (line for budget in given for line in budget.lines):
        known = lines.setdefault(line.key, line)
        periods = tuple(p for p in PERIODS if p in known.periods or p in line.periods)
        lines[line.key] = FundLine(known.key, known.side, known.zh, known.en, periods)
    order = _in_order([[line.key for line in budget.lines] for budget in given])
    first = given[0] if given else Budget("")
    return Budget(
        "+".join(budget.id for budget in given),
        first.title,
        first.level,
        first.stage,
        tuple(sorted({year for budget in given for year in budget.years})),
        tuple(lines[key] for key in order),
        tuple({text.key: text for budget in reversed(given) for text in budget.texts}.values()),
        tuple({block.key: block for budget in reversed(given) for block in budget.blocks}.values()),
        max((budget.framework for budget in given), key=len, default=NO_FRAMEWORK),
        tuple({relation: None for budget in given for relation in budget.sums}),
        tuple({order: None for budget in given for order in budget.orders}),
        tuple(dict.fromkeys(column for budget in given for column in budget.rows)),
        summed=tuple(dict.fromkeys(name for budget in given for name in budget.summed)),
        periods={period: name for budget in reversed(given) for period, name in budget.periods.items()},
    )


def _in_order(lists: Iterable[list[str]]) -> list[str]:
    """Return the keys of several lists as one: each new one behind what stands before it in its own list."""
    found: list[str] = []
    for keys in lists:
        at = 0
        for key in keys:
            if key in found:
                at = found.index(key) + 1
            else:
                found.insert(at, key)
                at += 1
    return found
