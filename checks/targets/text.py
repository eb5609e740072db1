"""How the text of an indicator value is brought to one form, and how a number in it is read.

Only 0–9 and their full-width forms are digits; other scripts' digits (², ①, Ⅻ, 〇) stay what they are.
"""

from __future__ import annotations

import re
from decimal import ROUND_HALF_EVEN, Decimal

from checks.targets.words import FOLDED, INVISIBLE

Notes = tuple[str, ...]

LONGEST = 2_000
"""Characters looked at; a longer text is a sentence whatever follows."""
MOST_WHOLE, MOST_DECIMALS = 15, 27
"""Digits a number may have before and after the point; Excel itself keeps 15."""

NUMBER = r"[+-]?(?:[0-9]{1,3}(?:[,，][0-9]{3})+|[0-9]+)(?:\.[0-9]+)?"

_ONE_FORM = FOLDED | INVISIBLE
_AROUND, _AFTER = "“”\"'‘’「」", "。.；;，,、！!"
_BLANK = re.compile(r"\s+")
_APART = re.compile(r"[0-9]\s+[0-9]")
_GROUPS = re.compile(r"(?<![0-9.])[0-9]{1,3}(?:\s[0-9]{3})+(?![0-9])")
_BETWEEN = re.compile(r"(?<![0-9])\s+|\s+(?![0-9])")
_NOISE = re.compile(r"(?P<kept>[0-9]+\.[0-9]*?)(?:0{5,}|9{5,})[0-9]*")
_PER_CENT = re.compile(
    rf"百分之(?P<number>{NUMBER})|百分之(?P<word>[一二三四五六七八九十百零点]{{1,9}})|(?P<all>百分百)"
)
_CHINESE = re.compile(
    r"(?P<hundred>[一二三四五六七八九]?百)?零?(?P<ten>[一二三四五六七八九]?十)?(?P<one>[一二三四五六七八九])?(?:点(?P<decimals>[零一二三四五六七八九]{1,4}))?"
)
_SMALL = Decimal("0.01")
_DIGITS = {digit: value for value, digit in enumerate("零一二三四五六七八九")}


def normalised(text: str) -> tuple[str, Notes]:
    """Return a text without blanks, invisible and full-width characters, and what was changed.

    Blanks between digits that are not thousands stay, one each: 12 34 is two numbers. The result is its
    own normal form.
    """
    notes = []
    seen = text[:LONGEST]
    narrow = seen.translate(_ONE_FORM)
    if narrow != seen and narrow != seen.translate(INVISIBLE):
        notes.append("full_width")
    bare = narrow.strip()
    if _BLANK.search(bare):
        closed, how = _closed_up(bare)
        notes += [how] * (closed != bare)
        bare = closed
    plain = bare.strip(_AROUND).rstrip(_AFTER + _AROUND).lstrip(_AROUND) or bare
    if plain != bare:
        notes.append("punctuation")
    return plain, tuple(notes)


def _closed_up(text: str) -> tuple[str, str]:
    if not _APART.search(text):
        return "".join(text.split()), "spaces"
    grouped = _GROUPS.sub(lambda match: "".join(match[0].split()), text)
    return _BLANK.sub(" ", _BETWEEN.sub("", grouped)), "spaces" if grouped == text else "thousands"


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
    if match["all"]:
        return "100%"
    return f"{match['number'] or _chinese(match['word']) or match['word']}%"


def _chinese(text: str) -> str:
    """Return a Chinese number up to 999 in digits, "" if it is none."""
    match = _CHINESE.fullmatch(text)
    if match is None or not text.strip("点零"):
        return ""
    hundred, ten, one, decimals = match.groups()
    value = sum(
        _DIGITS.get(part[0], 1) * weight for part, weight in ((hundred, 100), (ten, 10), (one, 1)) if part
    )
    return f"{value}.{''.join(str(_DIGITS[d]) for d in decimals)}" if decimals else str(value)
