"""The language of targets (指标值) as people type it: operator, number, unit, or words.

A value that is a number reads, in order: what is measured, operator, 约, one number or a range, unit,
以上. Everything else keeps its text. `parse` never raises, looks at no more than `LONGEST` characters and
takes linear time.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache

from checks.targets.number import CJK, OPERATOR, SUFFIX, Measure, measure, taken
from checks.targets.text import NUMBER, Notes, normalised
from checks.targets.words import (
    ACTION,
    CHANGES,
    CHECK_BOX,
    GRADE,
    NOT_APPLICABLE,
    QUALITATIVE,
    REFERENCE,
    STOCK,
    SUFFIXES,
)


class Kind(StrEnum):
    """What kind of value a text is."""

    NUMBER = "number"
    WORD = "word"
    RANGE = "range"
    DATE = "date"
    COMPOUND = "compound"
    REFERENCE = "reference"
    APPROXIMATE = "approximate"
    SENTENCE = "sentence"
    NOT_APPLICABLE = "not_applicable"
    BLANK = "blank"
    UNKNOWN = "unknown"


NORMALISATIONS: dict[str, tuple[str, str]] = {
    "operator_glyph": ("比较符号", "operator sign"),
    "operator_word": ("以文字表示的比较", "operator in words"),
    "full_width": ("全角字符", "full-width characters"),
    "spaces": ("空格", "blanks"),
    "punctuation": ("首尾标点", "punctuation around it"),
    "thousands": ("千分位", "thousands separator"),
    "percent_word": ("百分号写法", "spelling of per cent"),
    "ten_thousands": ("以“万”等计数", "counted in ten thousands"),
    "float_artefact": ("浮点误差", "binary noise"),
    "plus_minus": ("正负号", "plus or minus"),
    "remark": ("括注", "remark in brackets"),
}
"""What `Target.normalised` may name, in Chinese and English."""


@dataclass(frozen=True, slots=True)
class Target:
    """A parsed value.

    `operator` is one of ≥ ≤ = > < or ""; `number` (and `upper` of a range) is exact, in units of `unit`,
    which is as typed but for %. `word` of a number says what is measured where the value says it
    (同比增长5%, 800名学生); of everything else it is the text. `normalised` names what was brought to
    the normal form (`NORMALISATIONS`).
    """

    kind: Kind
    operator: str = ""
    number: Decimal | None = None
    upper: Decimal | None = None
    unit: str = ""
    word: str = ""
    normalised: Notes = ()

    def canonical(self) -> Target:
        """Return the target without the record of what was normalised; `parse(render(t))` gives it back."""
        return replace(self, normalised=())


_MONTH, _DAY = r"(?:1[0-2]|0?[1-9])", r"(?:3[01]|[12][0-9]|0?[1-9])"
_TO = r"(?:-|~|—|至|到){1,2}"
_DATE = re.compile(
    r"(?:不晚于|不迟于|最迟|于|在)?"
    rf"(?:20[0-9]{{2}}年度?(?:{_MONTH}月(?:{_DAY}日)?|上半年|下半年|第?[一二三四1-4]季度)?"
    rf"|20[0-9]{{2}}[-./]{_MONTH}[-./]{_DAY}|20[0-9]{{2}}[-/]{_MONTH}"
    rf"|{_MONTH}月(?:{_DAY}日)?|第?[一二三四1-4]季度|上半年|下半年|[本当]?年(?=[底末中内])|[本当每]?月(?=[底末])|季度?(?=[末底]))"
    rf"(?:{_TO}(?:20[0-9]{{2}}年)?(?:{_MONTH}月(?:{_DAY}日)?|[一二三四1-4]季度))?"
    r"(?:底|末|初|中|份|中旬|上旬|下旬)?(?:之前|以前|前|之内|内)?(?:完成|实施)?"
)
_PERIOD = re.compile(rf"20[0-9]{{2}}年?{_TO}20[0-9]{{2}}年度?|{_MONTH}{_TO}{_MONTH}月份?")
_COMPOUND = re.compile(
    r"(?<![0-9])[0-9]++[^0-9]{0,16}?(?:[、;；/,，\s]|和|及|且)[^0-9]{0,16}[0-9]"
    rf"|(?<![0-9])[0-9]++{CJK}{{1,6}}[0-9]++{CJK}"
)
_LISTED = re.compile(r"[、,，;；/和]")
_RATIO = re.compile(rf"{NUMBER}[:：]{NUMBER}")
_DIGIT = re.compile(r"[0-9]")
_HAN = re.compile(CJK)


@lru_cache(maxsize=65536)
def parse(text: str) -> Target:
    """Return what a target says; anything at all gives a Target."""
    bare, notes = normalised(text)
    if not bare:
        return Target(Kind.BLANK)
    if NOT_APPLICABLE.fullmatch(bare):
        return Target(Kind.NOT_APPLICABLE, word=bare, normalised=notes)
    if bare in STOCK:
        return Target(Kind.WORD, word=bare, normalised=notes)
    if CHECK_BOX.search(bare):
        return Target(Kind.UNKNOWN, word=bare, normalised=notes)
    said = _dated(bare, notes) or _numeric(bare, notes) or _worded(bare, notes)
    return said or Target(_kind_of_text(bare), word=bare, normalised=notes)


def render(target: Target) -> str:
    """Return the normal way to write a target: ≥95%, 增长≥5%, 学生800名, 90~95%."""
    if target.number is None:
        return target.operator + target.word
    about = "约" if target.kind is Kind.APPROXIMATE else ""
    end = "" if target.upper is None else f"~{target.upper:f}"
    return f"{target.word}{target.operator}{about}{target.number:f}{end}{target.unit}"


def _dated(bare: str, notes: Notes) -> Target | None:
    operator, rest, more = _split(bare)
    if _DATE.fullmatch(rest) or _PERIOD.fullmatch(rest):
        return Target(Kind.DATE, operator, word=rest, normalised=notes + more)
    if _RATIO.fullmatch(rest):
        return Target(Kind.WORD, operator, word=rest.replace("：", ":"), normalised=notes + more)
    return None


def _split(bare: str) -> tuple[str, str, Notes]:
    """Return the operator at the beginning, the rest, and how the operator was written."""
    match = OPERATOR.match(bare)
    if match is None:
        return "", bare, ()
    operator, how = taken(match)
    return operator, bare[match.end() :], how


def _numeric(bare: str, notes: Notes) -> Target | None:
    said = measure(bare) if _DIGIT.search(bare) or "百分" in bare else None
    if said is None:
        return None
    return Target(
        _kind_of(said), said.operator, said.low, said.high, said.unit, said.word, notes + said.notes
    )


def _kind_of(said: Measure) -> Kind:
    if said.high is not None:
        return Kind.RANGE
    return Kind.APPROXIMATE if said.about else Kind.NUMBER


def _worded(bare: str, notes: Notes) -> Target | None:
    """Return a word, with an operator in 良好以上, or a reference to something else."""
    for operator, rest, how in dict.fromkeys((("", bare, ()), _split(bare))):
        suffix = next((s for s in SUFFIXES if rest.endswith(s)), "")
        core = rest.removesuffix(suffix) if suffix else rest
        if _is_word(core) and operator in ("", SUFFIXES.get(suffix, operator)):
            how = ("operator_word",) if suffix else how
            return Target(Kind.WORD, operator or SUFFIXES.get(suffix, ""), word=core, normalised=notes + how)
    return Target(Kind.REFERENCE, word=bare, normalised=notes) if REFERENCE.match(bare) else None


def _is_word(text: str) -> bool:
    """Return whether a text is a qualitative result, a grade, or several of them (健全、有效)."""
    if text in STOCK or GRADE.fullmatch(text):
        return True
    if QUALITATIVE.fullmatch(text):
        return SUFFIX.search(text) is None
    parts = _LISTED.split(text)
    return len(parts) > 1 and all(part in STOCK for part in parts)


def _kind_of_text(bare: str) -> Kind:
    """Return the kind of a text that is neither number nor known word; a sentence is 7 characters long, 6
    if it begins with a verb."""
    if _COMPOUND.search(bare):
        return Kind.COMPOUND
    characters = len(_HAN.findall(bare))
    if characters >= 7 or (characters == 6 and ACTION.match(bare)):
        return Kind.SENTENCE
    return Kind.UNKNOWN


def is_numeric(target: Target) -> bool:
    """Return whether a target is one number that can be measured against."""
    return target.kind is Kind.NUMBER


def direction(operator: str) -> int:
    """Return 1 for ≥ and >, -1 for ≤ and <, 0 for = and none."""
    return {"≥": 1, ">": 1, "≤": -1, "<": -1}.get(operator, 0)


def same_operator(first: Target, second: Target) -> bool:
    """Return whether two targets bind the same way; one that does not say contradicts nothing."""
    return not first.operator or not second.operator or first.operator == second.operator


def same_unit(first: Target, second: Target) -> bool:
    """Return whether two numbers can be compared as they are."""
    return first.unit == second.unit


def always_true(target: Target, bounded_share: bool, signed: bool = False) -> bool:
    """Return whether every result meets a target: ≥0 of anything, ≤100% (or more) of a bounded share.

    With `signed` the quantity can be negative (a rate of growth), and ≥0 binds; so does 增长≥0%.
    """
    if target.number is None or target.kind is Kind.APPROXIMATE:
        return False
    if target.kind is Kind.RANGE:
        return bounded_share and target.unit == "%" and target.number <= 0 and (target.upper or 0) >= 100
    if signed or CHANGES.search(target.word):
        return False
    if direction(target.operator) > 0:
        return target.number < 0 or (target.number == 0 and target.operator == "≥")
    if direction(target.operator) < 0 and bounded_share and target.unit == "%":
        return target.number > 100 or (target.number == 100 and target.operator == "≤")
    return False
