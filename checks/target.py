"""The language of targets (指标值) as people type it: operator, number, unit, or words.

`parse` never raises, looks at no more than 400 characters and takes linear time. Only the digits 0–9
and their full-width forms are digits: ², ①, 〇, Ⅻ and other scripts' digits are not numbers.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache

from checks.target_words import (
    APPROXIMATE_AFTER,
    APPROXIMATE_BEFORE,
    GLYPHS,
    NOT_APPLICABLE,
    PREFIX_WORDS,
    QUALITATIVE,
    REFERENCE,
    STOCK,
    SUFFIX_WORDS,
    UNITS,
)

LONGEST = 400
MOST_DIGITS = 15


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
    "thousands": ("千分位", "thousands separator"),
    "percent_word": ("百分号写法", "spelling of per cent"),
    "ten_thousands": ("以“万”计数", "counted in ten thousands"),
    "float_artefact": ("浮点误差", "binary noise"),
}
"""What `Target.normalised` may name, in Chinese and English."""


@dataclass(frozen=True, slots=True)
class Target:
    """A parsed value.

    `operator` is one of ≥ ≤ = > < or ""; `number` (and `upper` of a range) is exact; `unit` as typed but
    for %; `word` holds the text of everything that is not a number. `normalised` names what was brought
    to the normal form (`NORMALISATIONS`).
    """

    kind: Kind
    operator: str = ""
    number: Decimal | None = None
    upper: Decimal | None = None
    unit: str = ""
    word: str = ""
    normalised: tuple[str, ...] = ()

    def canonical(self) -> Target:
        """Return the target without the record of what was normalised."""
        return replace(self, normalised=())


_FULL_WIDTH = {0xFEE0 + code: code for code in range(0x21, 0x7F) if chr(code) not in ",;:!?"} | {
    0x3000: 0x20,
    0xA0: 0x20,
}
_INVISIBLE = dict.fromkeys((8203, 8204, 8205, 8288, 65279, 173))
_NUMBER = r"[+-]?(?:[0-9]{1,3}(?:[,，][0-9]{3})+|[0-9]+)(?:\.[0-9]+)?"
_UNIT = r"[^0-9≥≤=<>、;；。!！?？~～\s]{0,16}"
_ONE = re.compile(rf"(?P<number>{_NUMBER})(?P<times>[万亿](?!元|㎡|平|立|亩|吨|千瓦))?(?P<unit>{_UNIT})")
_RANGE = re.compile(
    rf"(?P<low>{_NUMBER})(?P<unit1>{_UNIT}?)(?:[-~～—–]|至|到){{1,2}}(?P<high>{_NUMBER})(?P<unit2>{_UNIT})"
)
_PERCENT = re.compile(r"(?:百分比|\(%\)|个百分点|百分点|%)")
_PERCENT_WORD = re.compile(rf"百分之(?P<number>{_NUMBER})")
_DATE = re.compile(
    r"(?:于|在)?(?:20[0-9]{2}(?:年|[-./])(?:[0-9]{1,2}(?:月|[-./]|$))?(?:[0-9]{1,2}日?)?|[0-9]{1,2}月(?:[0-9]{1,2}日)?)"
    r"(?:底|末|份|中旬|上旬|下旬)?(?:之前|以前|前|之内|内)?(?:完成)?"
)
_COMPOUND = re.compile(rf"{_NUMBER}[^0-9]{{0,16}}(?:[、;；/]|和|及|，|,\s)[^0-9]{{0,16}}{_NUMBER}")
_DIGIT = re.compile(r"[0-9]")
_CHINESE = re.compile(r"[\u3400-\u9fff]")


@lru_cache(maxsize=65536)
def parse(text: str) -> Target:
    """Return what a target says; anything at all gives a Target."""
    bare, notes = _normalised(text[:LONGEST])
    if not bare:
        return Target(Kind.BLANK)
    if bare in NOT_APPLICABLE:
        return Target(Kind.NOT_APPLICABLE, word=bare)
    operator, rest, notes = _operator(bare, notes)
    return _worded(bare, operator, rest, notes) or _numeric(operator, rest, notes) or _text(bare, notes)


def render(target: Target) -> str:
    """Return the normal way to write a target; `parse` of it gives the target back."""
    if target.kind is Kind.NUMBER:
        return f"{target.operator}{_plain(target.number)}{target.unit}"
    if target.kind is Kind.RANGE:
        return f"{target.operator}{_plain(target.number)}~{_plain(target.upper)}{target.unit}"
    if target.kind is Kind.APPROXIMATE:
        return f"{target.operator}约{_plain(target.number)}{target.unit}"
    return target.word


def is_numeric(target: Target) -> bool:
    """Return whether a target is one number that can be measured against."""
    return target.kind is Kind.NUMBER


def _plain(number: Decimal | None) -> str:
    if number is None:
        return ""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _normalised(text: str) -> tuple[str, tuple[str, ...]]:
    notes = []
    narrow = text.translate(_FULL_WIDTH)
    if narrow != text and narrow.replace(" ", "") != text.replace("\u3000", "").replace("\xa0", "").replace(
        " ", ""
    ):
        notes.append("full_width")
    stripped = narrow.translate(_INVISIBLE).strip()
    bare = "".join(stripped.split())
    if bare != stripped:
        notes.append("spaces")
    return bare, tuple(notes)


def _operator(bare: str, notes: tuple[str, ...]) -> tuple[str, str, tuple[str, ...]]:
    for glyph, operator in GLYPHS:
        if bare.startswith(glyph):
            return operator, bare[len(glyph) :], notes if glyph == operator else (*notes, "operator_glyph")
    for word, operator in PREFIX_WORDS:
        if bare.startswith(word) and _DIGIT.search(bare):
            return operator, bare[len(word) :], (*notes, "operator_word")
    return "", bare, notes


def _worded(bare: str, operator: str, rest: str, notes: tuple[str, ...]) -> Target | None:
    """Return a target that words decide: stock words, dates, references; None if it is none of them."""
    if rest in STOCK or (not _DIGIT.search(rest) and QUALITATIVE.fullmatch(rest)):
        return Target(Kind.WORD, word=bare, normalised=notes)
    if _DATE.fullmatch(rest) and not rest.isdigit():
        return Target(Kind.DATE, word=bare, normalised=_kept(notes))
    if not _DIGIT.search(rest) and (REFERENCE.fullmatch(rest) or REFERENCE.fullmatch(bare)):
        return Target(Kind.REFERENCE, word=bare, normalised=_kept(notes))
    return None


def _kept(notes: tuple[str, ...]) -> tuple[str, ...]:
    """Leave out what was not brought to a normal form because the text is kept as it is."""
    return tuple(note for note in notes if not note.startswith("operator"))


def _numeric(operator: str, rest: str, notes: tuple[str, ...]) -> Target | None:
    operator, rest, notes, about = _around(operator, rest, notes)
    spelt = _PERCENT_WORD.fullmatch(rest)
    if spelt:
        number, notes = _amount(spelt["number"], notes)
        return (
            None
            if number is None
            else Target(Kind.NUMBER, operator, number, None, "%", "", (*notes, "percent_word"))
        )
    both = _RANGE.fullmatch(rest)
    if both:
        return _range(operator, both, notes)
    one = _ONE.fullmatch(rest)
    if one is None:
        return None
    number, notes = _amount(one["number"], notes)
    if number is None:
        return None
    if one["times"]:
        number = (number * (10_000 if one["times"] == "万" else 100_000_000)).normalize() + 0
        notes = (*notes, "ten_thousands")
    unit, notes = _unit(one["unit"], notes)
    if ("%" in unit and unit != "%") or (not operator and len(unit) > 6 and unit not in UNITS):
        return None  # 1oo%: letters among the digits; 12345热线工单: a text that starts with a number
    return Target(Kind.APPROXIMATE if about else Kind.NUMBER, operator, number, None, unit, "", notes)


def _around(operator: str, rest: str, notes: tuple[str, ...]) -> tuple[str, str, tuple[str, ...], bool]:
    """Take off 约…左右 and …以上 around a number."""
    about = rest.startswith(APPROXIMATE_BEFORE) or rest.endswith(APPROXIMATE_AFTER)
    for word in APPROXIMATE_BEFORE if about else ():
        rest = rest.removeprefix(word)
    for word in APPROXIMATE_AFTER if about else ():
        rest = rest.removesuffix(word)
    for word, meant in SUFFIX_WORDS:
        if rest.endswith(word) and _DIGIT.search(rest):
            return operator or meant, rest.removesuffix(word), (*notes, "operator_word"), about
    return operator, rest, notes, about


def _range(operator: str, both: re.Match[str], notes: tuple[str, ...]) -> Target | None:
    low, notes = _amount(both["low"], notes)
    high, notes = _amount(both["high"], notes)
    if low is None or high is None or both["unit1"] not in ("", both["unit2"]):
        return None
    unit, notes = _unit(both["unit2"], notes)
    return Target(Kind.RANGE, operator, low, high, unit, "", notes)


def _amount(text: str, notes: tuple[str, ...]) -> tuple[Decimal | None, tuple[str, ...]]:
    bare = text.replace(",", "").replace("，", "")
    if bare != text:
        notes = (*notes, "thousands")
    whole, _, decimals = bare.lstrip("+-").partition(".")
    if len(whole) > MOST_DIGITS or len(decimals) > 40:
        return None, notes
    number = Decimal(bare)
    if len(decimals) > 10:
        number = round(number, 6)
        notes = (*notes, "float_artefact")
    return number.normalize() + 0, notes


def _unit(text: str, notes: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    if _PERCENT.fullmatch(text):
        return "%", notes if text == "%" else (*notes, "percent_word")
    return text, notes


def _text(bare: str, notes: tuple[str, ...]) -> Target:
    """Return what is neither a number nor a known word: several values, a sentence, or unknown."""
    kept = _kept(notes)
    if _COMPOUND.search(bare):
        return Target(Kind.COMPOUND, word=bare, normalised=kept)
    if len(bare) > 6 and _CHINESE.search(bare):
        return Target(Kind.SENTENCE, word=bare, normalised=kept)
    return Target(Kind.UNKNOWN, word=bare, normalised=kept)


def always_true(target: Target, bounded_share: bool) -> bool:
    """Return whether every result meets a target: ≥0 of anything, ≤100% (or more) of a share."""
    if target.kind is not Kind.NUMBER or target.number is None:
        return False
    if target.operator in ("≥", ">"):
        return target.number < 0 or (target.number == 0 and target.operator == "≥")
    if target.operator in ("≤", "<") and bounded_share and target.unit == "%":
        return target.number > 100 or (target.number == 100 and target.operator == "≤")
    return False
