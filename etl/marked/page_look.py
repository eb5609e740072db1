"""How our sheet of remarks looks: fonts, colours and widths."""

from __future__ import annotations

from dataclasses import dataclass

from etl.marks.model import Severity
from etl.marks.styles import Styles

PIXELS = (42, 56, 58, 122, 158, 282, 232, 112, 172, 94)
"""Widths of the columns people see."""
TAB_COLOURS = {"error": "FFC00000", "warning": "FFED9B00", "info": "FF4A90D9", "": "FF70AD47"}

_SONG = '<name val="宋体"/><family val="3"/><charset val="134"/>'
_HEI = '<name val="黑体"/><family val="3"/><charset val="134"/>'
_CHIPS: dict[Severity, tuple[str, str]] = {
    "error": ("FFFFC7C7", "FF9C0006"),
    "warning": ("FFFFE699", "FF7F4F00"),
    "info": ("FFD6E8FB", "FF1F4E79"),
}
"""Fill and text of a severity's chip."""
_LINE = "".join(
    f'<{s} style="thin"><color rgb="FFBFBFBF"/></{s}>' for s in ("left", "right", "top", "bottom")
)


@dataclass(frozen=True, slots=True)
class Look:
    """The format indexes of our sheet's cells."""

    title: int
    heading: int
    column: int
    number: int
    text: int
    quoted: int
    link: int
    input: int
    bureau: int
    section: int
    note: int
    fold: int
    chips: dict[Severity, int]
    legend: dict[Severity, int]


def look_of(styles: Styles) -> Look:
    """Add the formats our sheet needs to a workbook and return their indexes."""
    named = {name: styles.own(*parts) for name, parts in _FORMATS.items()}
    chips = {severity: styles.own(*parts) for severity, parts in _CHIP_FORMATS.items()}
    legend = {severity: styles.own(*parts) for severity, parts in _LEGEND_FORMATS.items()}
    return Look(**named, chips=chips, legend=legend)


def key_look(styles: Styles) -> tuple[int, int]:
    """Return the formats of the key to the marks: its title and its lines."""
    bare = b'applyProtection="1"><alignment vertical="center"/></xf>'
    title, line = _font(_HEI, 10, "FF1F3864"), _font(_SONG, 10, "FF262626")
    return styles.own(title, b"", b"", bare), styles.own(line, b"", b"", bare)


def _font(name: str, size: float, colour: str, more: str = "") -> bytes:
    return f'<font>{more}<sz val="{size:g}"/><color rgb="{colour}"/>{name}</font>'.encode()


def _solid(colour: str) -> bytes:
    pattern = (
        f'<patternFill patternType="solid"><fgColor rgb="{colour}"/><bgColor indexed="64"/></patternFill>'
    )
    return f"<fill>{pattern}</fill>".encode()


def _aligned(horizontal: str) -> bytes:
    return f'><alignment horizontal="{horizontal}" vertical="center" wrapText="1"/></xf>'.encode()


def _open(horizontal: str) -> bytes:
    """Return an alignment with the cell unlocked, for columns that are filled in."""
    aligned = f'<alignment horizontal="{horizontal}" vertical="center" wrapText="1"/>'
    return f'applyProtection="1">{aligned}<protection locked="0"/></xf>'.encode()


_BOX = f"<border>{_LINE}<diagonal/></border>".encode()
_PLAIN = _font(_SONG, 10, "FF262626")
_INPUT = _solid("FFFFFDF0")
_BUREAU = _solid("FFEDEDED")
_FORMATS = {
    "title": (_font(_HEI, 17, "FF1F3864", "<b/>"), b"", b"", _aligned("center")),
    "heading": (_font(_SONG, 11, "FF262626"), b"", b"", _aligned("left")),
    "column": (_font(_HEI, 10.5, "FFFFFFFF"), _solid("FF44546A"), _BOX, _aligned("center")),
    "number": (_PLAIN, b"", _BOX, _aligned("center")),
    "text": (_PLAIN, b"", _BOX, _aligned("left")),
    "quoted": (_PLAIN, b"", _BOX, b'quotePrefix="1" ' + _aligned("left")),
    "link": (_font(_SONG, 10, "FF0563C1", "<u/>"), b"", _BOX, _aligned("left")),
    "input": (_PLAIN, _INPUT, _BOX, _open("left")),
    "bureau": (_PLAIN, _BUREAU, _BOX, _aligned("center")),
    "section": (_font(_HEI, 11, "FF1F3864"), b"", b"", _aligned("left")),
    "note": (_font(_SONG, 10, "FF595959"), b"", b"", _aligned("left")),
    "fold": (_font(_SONG, 10, "FF1F4E79"), _solid("FFF3F8FD"), _BOX, _aligned("left")),
}
"""Font, fill, border and the rest of each format."""
_CHIP_FORMATS: dict[Severity, tuple[bytes, bytes, bytes, bytes]] = {
    severity: (_font(_HEI, 10, text), _solid(fill), _BOX, _aligned("center"))
    for severity, (fill, text) in _CHIPS.items()
}
_LEGEND_FORMATS: dict[Severity, tuple[bytes, bytes, bytes, bytes]] = {
    severity: (_font(_SONG, 10, text), _solid(fill), b"", _aligned("center"))
    for severity, (fill, text) in _CHIPS.items()
}
