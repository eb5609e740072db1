"""How the text of an indicator value is brought to one form, and how a number in it is read.

Only 0–9 and their full-width forms are digits; other scripts' digits (², ①, Ⅻ, 〇) stay what they are.
"""

from __future__ import annotations

import re
from decimal import ROUND_HALF_EVEN, Decimal

from checks.targets.numerals import NUMERALS, in_digits
from checks.targets.words import FOLDED, INVISIBLE

Notes = tuple[str, ...]

LONGEST = 2_000
"""Characters looked at; a longer text is a sentence whatever follows."""
MOST_WHOLE, MOST_DECIMALS = 15, 27
"""Digits a number may have before and after the point; Excel itself keeps 15."""

NUMBER = r"[+-]?(?:[0-9]{1,3}(?:[,，][0-9]{3})+|[0-9]+)(?:\.[0-9]+)?"

_ONE_FORM = FOLDED | INVISIBLE
_AROUND, _AFTER = "“”\"'‘’「」", "。.；;，,、！!"
_STRAY = "·•`´^|"
_BLANK = re.compile(r"\s+")
_BREAKS = re.compile(r"[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]")
_GROUPS = re.compile(r"(?<![0-9.])[0-9]{1,3}(?:[^\S\n][0-9]{3})+(?![0-9])")
_JOINS_A_NUMBER = re.compile(rf"[0-9][.,，]?\n[.,，+-]?[0-9]|[{NUMERALS}]\n[{NUMERALS}]")
_WRITTEN_OUT = re.compile(r"(?P<line>_x000[DdAa]_|<br ?/?>)|&nbsp;|_x0020_", re.IGNORECASE)
_AS_FORMULA = re.compile(r'="(?P<text>[^"]*)"')
_IN_BRACKETS = re.compile(r"[(【\[](?P<text>[^()【】\[\]0-9.+-][^()【】\[\]]*)[)】\]]")
_NOISE = re.compile(r"(?P<kept>[0-9]+\.[0-9]*?)(?:0{5,}|9{5,})[0-9]*")
_PER_CENT = re.compile(rf"百分之(?P<number>{NUMBER})|百分之(?P<word>[{NUMERALS}]{{1,9}})|(?P<all>百分百)")
_SMALL = Decimal("0.01")


def normalised(text: str) -> tuple[str, Notes]:
    """Return a text without blanks, invisible and full-width characters, and what was changed.

    Blanks between digits that are not thousands stay, one each: 12 34 is two numbers. A line break between
    digits stays as well, so that no number runs over two lines. The result is its own normal form.
    """
    bare, notes = _once(text[:LONGEST])
    while True:
        again, more = _once(bare)
        if again == bare:
            return bare, tuple(dict.fromkeys(notes))
        bare, notes = again, notes + more


def _once(text: str) -> tuple[str, list[str]]:
    """Return a text nearer to its normal form; what one change brings together may ask for another."""
    notes = []
    narrow = text.translate(_ONE_FORM)[:LONGEST]
    if narrow != text and narrow != text.translate(INVISIBLE):
        notes.append("full_width")
    if "&" in narrow or "_x" in narrow or "<" in narrow:
        narrow = _WRITTEN_OUT.sub(lambda match: "\n" if match["line"] else " ", narrow)
    bare = narrow.strip()
    if _BLANK.search(bare):
        closed, how = _closed_up(bare)
        notes += [how] * (closed != bare)
        bare = closed
    quoted = _AS_FORMULA.fullmatch(bare) or _IN_BRACKETS.fullmatch(bare)
    plain = quoted["text"] if quoted else bare
    plain = plain.strip(_AROUND).rstrip(_AFTER + _AROUND).lstrip(_AROUND) or bare
    if plain != bare:
        notes.append("punctuation")
    cleared = plain.strip(_STRAY) or plain
    if cleared != plain:
        notes.append("slip")
    return cleared, notes


def _closed_up(text: str) -> tuple[str, str]:
    """Return a text without its blanks and line breaks, save those that keep two numbers apart."""
    grouped = _GROUPS.sub(lambda match: "".join(match[0].split()), text)
    closed = _BLANK.sub(_between, grouped)
    return closed, "spaces" if grouped == text else "thousands"


def _between(blank: re.Match[str]) -> str:
    text, (begin, end) = blank.string, blank.span()
    if _BREAKS.search(blank[0]):
        apart = _JOINS_A_NUMBER.search(f"{text[max(0, begin - 2) : begin]}\n{text[end : end + 2]}")
        return "\n" if apart else ""
    return " " if text[begin - 1] in "0123456789" and text[end] in "0123456789" else ""


def decimal(text: str) -> tuple[Decimal | None, Notes]:
    """Return the number a match of `NUMBER` writes, exactly; None if it has more digits than a number has.

    Binary noise is taken off: 0.0900000762939453 is 0.09. Beyond ten decimals without such a run six are
    kept, unless little would be left of the number.
    """
    bare = text.replace(",", "").replace("，", "")
    notes: Notes = () if bare == text else ("thousands",)
    sign, digits = (bare[0], bare[1:]) if bare[0] in "+-" else ("", bare)
    whole, _, decimals = digits.partition(".")
    if len(whole) > MOST_WHOLE or len(decimals) > MOST_DECIMALS:
        return None, notes
    number = Decimal(digits)
    if len(decimals) > 10:
        exact, number = number, _without_noise(digits, number)
        notes = notes if number == exact else (*notes, "float_artefact")
    return plain(-number if sign == "-" else number), notes


def plain(number: Decimal) -> Decimal:
    """Return a number without trailing zeros and without an exponent or a sign of zero."""
    whole = number.to_integral_value()
    return Decimal(int(whole)) if number == whole else number.normalize()


def _without_noise(digits: str, number: Decimal) -> Decimal:
    match = _NOISE.fullmatch(digits)
    places = len(match["kept"].partition(".")[2]) if match else 6
    rounded = number.quantize(Decimal(1).scaleb(-places), ROUND_HALF_EVEN)
    return rounded if rounded >= _SMALL else number


def per_cent(text: str) -> tuple[str, Notes]:
    """Return a text with 百分之九十 and 百分百 written with the sign."""
    if "百分" not in text:
        return text, ()
    changed = _PER_CENT.sub(_with_sign, text)
    return changed, () if changed == text else ("percent_word",)


def _with_sign(match: re.Match[str]) -> str:
    if match["all"] or match["word"] == "百":
        return "100%"
    return f"{match['number'] or in_digits(match['word']) or match['word']}%"
