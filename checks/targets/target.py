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

from checks.targets.dates import is_date
from checks.targets.number import OPERATOR, Measure, measure, taken
from checks.targets.numerals import NUMERALS
from checks.targets.qualities import (
    ACTION,
    CHANGES,
    GRADE,
    MILESTONE,
    QUALITATIVE,
    REFERENCE,
    SERVICE_TIME,
    STANDARD,
    STOCK,
)
from checks.targets.spelt import measure_spelt_out
from checks.targets.tail import SUFFIX
from checks.targets.text import NUMBER, Notes, normalised, plain
from checks.targets.units import unit_key
from checks.targets.words import CHECK_BOX, CJK, MEANT_NOT_APPLICABLE, NOT_APPLICABLE, SUFFIXES


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
    "unit": ("计量单位写法", "spelling of the unit"),
    "chinese_numeral": ("中文数字", "Chinese numerals"),
    "slip": ("疑似笔误", "slip of the pen"),
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


_COMPOUND = re.compile(
    r"(?<![0-9])[0-9]++[^0-9]{0,16}?(?:[、;；/,，\s]|和|及|且)[^0-9]{0,16}[0-9]"
    rf"|(?<![0-9])[0-9]++{CJK}{{1,12}}[≥≤=<>]?[0-9]++(?:%|{CJK})|%[^0-9]{{0,4}}[0-9]|\([^()0-9]{{0,12}}[0-9]++{CJK}"
)
_LISTED = re.compile(r"[、,，;；/和]")
_RATIO = re.compile(rf"{NUMBER}[:：]{NUMBER}|[1-9]/10{{2,6}}")
_DIGIT = re.compile(r"[0-9]")
_NUMERAL = re.compile(rf"[{NUMERALS}]")
_HAN = re.compile(CJK)


@lru_cache(maxsize=65536)
def parse(text: str) -> Target:
    """Return what a target says; anything at all gives a Target."""
    bare, notes = normalised(text)
    if not bare:
        return Target(Kind.BLANK)
    if NOT_APPLICABLE.fullmatch(bare):
        return Target(Kind.NOT_APPLICABLE, word=bare, normalised=notes)
    if bare in MEANT_NOT_APPLICABLE:
        return Target(Kind.NOT_APPLICABLE, word=MEANT_NOT_APPLICABLE[bare], normalised=(*notes, "slip"))
    if bare in STOCK or SERVICE_TIME.fullmatch(bare):
        return Target(Kind.WORD, word=bare, normalised=notes)
    standard = STANDARD.fullmatch(bare)
    if standard:
        return Target(Kind.UNKNOWN if standard["of"] else Kind.WORD, word=bare, normalised=notes)
    if CHECK_BOX.search(bare):
        return Target(Kind.UNKNOWN, word=bare, normalised=notes)
    said = _dated(bare, notes) or _numeric(bare, notes) or _worded(bare, notes)
    if said is None or said.kind is Kind.REFERENCE:
        said = _spelt_out(bare, notes) or said
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
    if is_date(rest):
        return Target(Kind.DATE, operator, word=rest, normalised=notes + more)
    if _RATIO.fullmatch(rest):
        return Target(Kind.WORD, operator, word=rest.replace("：", ":"), normalised=notes + more)
    return None


def _split(bare: str) -> tuple[str, str, Notes]:
    """Return the operator at the beginning, the rest, and how the operator was written."""
    match = OPERATOR.match(bare)
    if match is None:
        return "", bare, ()
    operator, how = taken(match["sign"], match["spelt"])
    return operator, bare[match.end() :], how


def _numeric(bare: str, notes: Notes) -> Target | None:
    said = measure(bare) if _DIGIT.search(bare) or "百分" in bare else None
    return None if said is None else _of_measure(said, notes)


def _spelt_out(bare: str, notes: Notes) -> Target | None:
    said = None if _DIGIT.search(bare) or not _NUMERAL.search(bare) else measure_spelt_out(bare)
    return None if said is None else _of_measure(said, notes)


def _of_measure(said: Measure, notes: Notes) -> Target:
    notes = tuple(dict.fromkeys(notes + said.notes))
    return Target(_kind_of(said), said.operator, said.low, said.high, said.unit, said.word, notes)


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
    if text in STOCK or any(known.fullmatch(text) for known in (GRADE, SERVICE_TIME, MILESTONE)):
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


def in_money(target: Target) -> Target:
    """Return a number in ten thousands of nothing said as one of 万元: 48万 of a cost is 48万元."""
    if target.number is None or "ten_thousands" not in target.normalised:
        return target
    number, upper = (None if n is None else plain(n.scaleb(-4)) for n in (target.number, target.upper))
    notes = tuple(dict.fromkeys((*target.normalised, "unit")))
    return replace(target, number=number, upper=upper, unit="万元" + target.unit, normalised=notes)


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
    """Return whether two numbers can be compared as they are: 3台 and 26台（套）, but not 人 and 人次."""
    return unit_key(first.unit) == unit_key(second.unit)


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
