"""Reads the styles of an OpenDocument sheet: number formats as a spreadsheet's codes, what is struck out or white.

A cell names a cell style, a cell style names a data style, and a data style says piece by piece what a format code says
in signs (OpenDocument 1.3 part 3, 16.29). Who gives no style to a cell means that of its column.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

_STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
_NUMBER = "{urn:oasis:names:tc:opendocument:xmlns:datastyle:1.0}"
_FO = "{urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0}"
_MOST_STYLES = 20_000
_MOST_DIGITS = 30
PERCENT, DATE = "0.######%", "yyyy/m/d"
"""How values are shown whose style says nothing of them."""
_LETTERS = {
    "year": ("yy", "yyyy"), "month": ("m", "mm"), "day": ("d", "dd"), "hours": ("h", "hh"), "minutes": ("m", "mm"),
    "seconds": ("s", "ss"), "day-of-week": ("aaa", "aaaa"), "am-pm": ("AM/PM", "AM/PM"),
}  # fmt: skip
_KINDS = frozenset(
    _NUMBER + name
    for name in (
        "number-style",
        "percentage-style",
        "currency-style",
        "date-style",
        "time-style",
        "text-style",
    )
)


@dataclass(slots=True)
class Styles:
    """The styles of a document by name, and the numbers that cells carry for them."""

    codes: dict[str, str] = field(default_factory=dict)
    struck_names: set[str] = field(default_factory=set)
    white_names: set[str] = field(default_factory=set)
    numbers: dict[tuple[str, str], int] = field(default_factory=lambda: {("", "General"): 0})

    def of(self, name: str, kind: str) -> int:
        """Return the number of a style for a value of a kind (`float`, `percentage`, `date`, ...)."""
        known = self.codes.get(name, "General")
        if known == "General":
            known = {"percentage": PERCENT, "date": DATE}.get(kind, known)
        return self.numbers.setdefault((name, known), len(self.numbers))

    @property
    def formats(self) -> tuple[str, ...]:
        """Return the format code of every number given out."""
        return tuple(code for _, code in self.numbers)

    def among(self, names: set[str]) -> frozenset[int]:
        """Return the numbers given out for some styles."""
        return frozenset(number for (name, _), number in self.numbers.items() if name in names)


def read_styles(roots: Iterable[Any]) -> Styles:
    """Return the styles of the parts of a document (its content and its common styles)."""
    elements = [element for root in roots for element in _listed(root)]
    data = {element.get(f"{_STYLE}name") or "": element for element in elements if element.tag in _KINDS}
    found = Styles()
    for element in elements:
        name = element.get(f"{_STYLE}name") or ""
        if element.tag != f"{_STYLE}style" or element.get(f"{_STYLE}family") != "table-cell":
            continue
        format_name = element.get(f"{_STYLE}data-style-name") or ""
        if format_name in data:
            found.codes[name] = code_of(data[format_name], data)
        text, cell = element.find(f"{_STYLE}text-properties"), element.find(f"{_STYLE}table-cell-properties")
        if text is not None and (text.get(f"{_STYLE}text-line-through-style") or "none") != "none":
            found.struck_names.add(name)
        fill = cell.get(f"{_FO}background-color") if cell is not None else None
        if (
            text is not None
            and _is_white(text.get(f"{_FO}color"))
            and (fill in (None, "transparent") or _is_white(fill))
        ):
            found.white_names.add(name)
    return found


def _listed(root: Any) -> Iterator[Any]:
    for place in ("automatic-styles", "styles"):
        for group in root.iter(f"{{urn:oasis:names:tc:opendocument:xmlns:office:1.0}}{place}"):
            yield from list(group)[:_MOST_STYLES]


def _is_white(colour: str | None) -> bool:
    return (colour or "").lower() == "#ffffff"


def code_of(element: Any, data: dict[str, Any]) -> str:
    """Return a data style as a format code; its conditions name other data styles."""
    own = _section(element)
    parts = []
    for condition in element.findall(f"{_STYLE}map"):
        other = data.get(condition.get(f"{_STYLE}apply-style-name") or "")
        test = (condition.get(f"{_STYLE}condition") or "").replace("value()", "").replace("!=", "<>").strip()
        if other is not None and test:
            parts.append((test, _section(other)))
    if [test for test, _ in parts] in ([">=0"], [">0"]):
        return ";".join((parts[0][1], own)) if parts[0][0] == ">=0" else f"[>0]{parts[0][1]};{own}"
    if [test for test, _ in parts] == [">0", "<0"]:
        return ";".join((parts[0][1], parts[1][1], own))
    return ";".join([*(f"[{test}]{code}" for test, code in parts), own])


def _section(element: Any) -> str:
    return "".join(_piece(child) for child in element) or "General"


def _piece(element: Any) -> str:
    name = str(element.tag).removeprefix(_NUMBER)
    if name in ("text", "currency-symbol"):
        return _literal(element.text or "", element.getparent().tag == f"{_NUMBER}percentage-style")
    if name == "number":
        return _digits(element)
    if name == "scientific-number":
        return f"{_digits(element)}E+{'0' * _count(element, 'min-exponent-digits', 2)}"
    if name == "fraction":
        return f"# {'?' * _count(element, 'min-numerator-digits', 1)}/{'?' * _count(element, 'min-denominator-digits', 1)}"
    if name == "text-content":
        return "@"
    if name == "seconds" and (places := _count(element, "decimal-places", 0)):
        return f"ss.{'0' * places}"
    short, long = _LETTERS.get(name, ("", ""))
    if name == "month" and element.get(f"{_NUMBER}textual") == "true":
        return "mmm"
    return long if element.get(f"{_NUMBER}style") == "long" else short


def _literal(text: str, percent: bool) -> str:
    if percent and "%" in text:
        before, _, behind = text.partition("%")
        return f"{_literal(before, False)}%{_literal(behind, False)}"
    return '"' + text.replace('"', "") + '"' if text else ""


def _count(element: Any, what: str, default: int) -> int:
    text = element.get(f"{_NUMBER}{what}") or ""
    return min(int(text), _MOST_DIGITS) if text.isascii() and text.isdigit() and len(text) < 4 else default


def _digits(element: Any) -> str:
    """Return the placeholders of a number: its digits with texts between them, its decimals, its scaling commas."""
    least = _count(element, "min-integer-digits", 1)
    if (
        element.get(f"{_NUMBER}decimal-places") is None
        and element.get(f"{_NUMBER}min-decimal-places") is None
        and least <= 1
        and not len(element)
    ):
        return "General" if element.get(f"{_NUMBER}grouping") != "true" else "#,##0"
    within = {_count(text, "position", 0): text.text or "" for text in element}
    wide = max(least, max(within, default=0) + 1)
    digits = ""
    for place in reversed(range(wide)):  # place: digits right of it, before the point
        digits += "0" if place < least else "#"
        digits += _literal(within[place], False) if place in within else ""
    if element.get(f"{_NUMBER}grouping") == "true" and not within:
        digits = f"#,##{digits}" if least <= 1 else f"#,{digits}"
    places = _count(element, "decimal-places", 0)
    always = _count(element, "min-decimal-places", places)
    decimals = "." + "0" * always + "#" * (places - always) if places else ""
    factor = element.get(f"{_NUMBER}display-factor") or "1"
    return (
        digits + decimals + "," * {"1000": 1, "1000000": 2, "1000000000": 3}.get(factor.partition(".")[0], 0)
    )
