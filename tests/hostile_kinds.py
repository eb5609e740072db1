"""Hostile and odd files of every kind that once ended a run, in variations drawn by chance: forms, all of them but a few.

Each kind says what becomes of it: read or not, and with a return or not. Nothing here uses the writer under test.
"""

from __future__ import annotations

import io
import random
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import NamedTuple

from openpyxl import load_workbook
from openpyxl.comments import Comment

from tests import packages as p
from tests.binary_books import as_binary
from tests.hostile import clean_parts, in_xml, planted, unpacked
from tests.paper import paper
from tests.test_as_xlsx import CLEAN, spanned
from tests.test_limits import BOOK, SHEET, STYLES
from tests.test_returns_in_libreoffice import as_ods

RELS = "xl/_rels/workbook.xml.rels"
TYPES = "[Content_Types].xml"
VARIATIONS = 3
Chance = random.Random
Parts = dict[str, bytes]


class Kind(NamedTuple):
    """How a file of a kind is made, how it ends, and what must become of it; a return may be either where None."""

    make: Callable[[Chance], bytes]
    status: str = "checked"
    returned: bool | None = True
    ending: str = "xlsx"


def packed(*changes: Callable[[Parts], object]) -> bytes:
    """Return the clean form with its parts changed."""
    parts = dict(clean_parts())
    for change in changes:
        change(parts)
    return p.zip_bytes(parts)


def swapped(name: str, old: str, new: str) -> Callable[[Parts], None]:
    """Return a change of the first place of a pattern in a part; it is a mistake where there is none."""

    def change(parts: Parts) -> None:
        text, count = re.subn(old, lambda _: new, parts[name].decode(), count=1, flags=re.DOTALL)
        assert count == 1, (name, old)
        parts[name] = text.encode()

    return change


def words(chance: Chance, most: int) -> str:
    """Return a text of characters of every kind."""
    alphabet = "绩效目标单位ab12 <>&'\"=%{}\u200b\u202e\u3000😀é"
    return "".join(chance.choice(alphabet) for _ in range(chance.randint(1, most)))


def without_styles(chance: Chance) -> bytes:
    """No formats at all: gone, gone with what speaks of them, closed in one tag, or empty."""
    way = chance.randrange(4)
    root = re.search(rb"<(\w+:)?styleSheet[^>]*", clean_parts()[STYLES])
    assert root is not None
    if way < 2:
        gone = swapped(RELS, r'<Relationship [^>]*?styles\.xml"[^>]*/>', "")
        return packed(lambda parts: parts.pop(STYLES), *([gone] if way else []))
    end = b"/>" if way == 2 else b"></styleSheet>"
    return packed(lambda parts: parts.update({STYLES: p.HEAD.encode() + root[0].rstrip(b"/") + end}))


def unreferred_styles(chance: Chance) -> bytes:
    """The workbook does not refer to its formats, or refers to fewer than cells speak of."""
    if chance.random() < 0.5:
        return packed(swapped(RELS, r'<Relationship [^>]*?styles\.xml"[^>]*/>', ""))
    count = chance.randint(1, 3)
    xfs = f'<cellXfs count="{count}">' + "<xf/>" * count + "</cellXfs>"
    return packed(swapped(STYLES, r"<cellXfs.*?</cellXfs>", xfs))


def tab_without_part(chance: Chance) -> bytes:
    """A tab of a module, a macro sheet or a dialog leads to no part."""
    kind = chance.choice(["xlMacrosheet", "dialogsheet", "worksheet", "chartsheet"])
    name, state = chance.choice(["Module1", "宏1", "Sheet9"]), chance.choice(["", ' state="hidden"'])
    tab = f'<sheet name="{name}"{state} sheetId="77" r:id="rM" xmlns:r="{p.REL}"/></sheets>'
    relation = f'<Relationship Id="rM" Type="{p.REL}/{kind}" Target="gone/sheet9.xml"/></Relationships>'
    spoken = swapped(RELS, "</Relationships>", relation)
    return packed(swapped(BOOK, "</sheets>", tab), *([spoken] if chance.random() < 0.7 else []))


def promised_texts(chance: Chance) -> bytes:
    """Shared texts are promised, and nobody needs them: the part is not there, or is nothing."""
    target = chance.choice(["sharedStrings.xml", "/xl/sharedStrings.xml", "strings/s.xml"])
    line = f'<Relationship Id="rT" Type="{p.REL}/sharedStrings" Target="{target}"/></Relationships>'
    drop = swapped(RELS, "</Relationships>", line)
    assert b"sharedStrings" not in clean_parts()[RELS]
    if chance.random() < 0.5:
        override = f'<Override PartName="/xl/sharedStrings.xml" ContentType="{p.SHEET_TYPE}"/></Types>'
        return packed(drop, swapped(TYPES, "</Types>", override))
    return packed(drop)


def repeated_tabs(chance: Chance) -> bytes:
    """Many tabs lead to one part, and the name of the agency is long."""
    count, name = chance.choice([3, 41, 120]), "苏" * chance.choice([20, 3_000, 16_000])
    tab = '<sheet name="又{0}" sheetId="{1}" r:id="rId1" xmlns:r="{2}"/>'
    tabs = "".join(tab.format(n, n + 50, p.REL) for n in range(count))
    parts = unpacked(planted(name, slots=("agency",)))
    parts[BOOK] = parts[BOOK].replace(b"</sheets>", f"{tabs}</sheets>".encode())
    return p.zip_bytes(parts)


def long_texts(chance: Chance) -> bytes:
    """Every text of the form's values is as long as a cell may hold."""
    letter = chance.choice(["<", "绩", "\u0301", "a", "=", "&"])
    long = in_xml(letter * 32_000)
    text = clean_parts()[SHEET].decode()
    found = list(re.finditer(r"<t[^>]*>([^<]{6,})</t>", text))
    for match in sorted(chance.sample(found, 12), key=lambda m: -m.start()):
        text = text[: match.start(1)] + long + text[match.end(1) :]
    return packed(lambda parts: parts.update({SHEET: text.encode()}))


def noted_twice(chance: Chance) -> bytes:
    """Two or more forms in one workbook, each with notes of its own by another program."""
    book = load_workbook(io.BytesIO(paper().data))
    for number in range(chance.randint(1, 3)):
        book.copy_worksheet(book.worksheets[0]).title = f"第{number}份"
    for sheet in book.worksheets:
        for _ in range(chance.randint(0, 3)):
            place = f"{chance.choice('ABCDEF')}{chance.randint(1, 60)}"
            if type(sheet[place]).__name__ == "Cell":
                sheet[place].comment = Comment(words(chance, 50).replace("\u200b", ""), "张三")
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def ods_with_names(chance: Chance) -> bytes:
    """Tabs of .ods under names that .xlsx cannot have."""
    pool = [
        "2023/绩效",
        "a" * 40,
        "A" * 40,
        "abc",
        "ABC",
        "&apos;x&apos;",
        "History",
        "a*b?",
        "[x]",
        "绩" * 32,
    ]
    names = chance.sample(pool, chance.randint(2, 5))
    small = [replace(CLEAN, name=name, cells={(1, 1): CLEAN.cells[1, 1]}, merges=()) for name in names[1:]]
    return as_ods([*small, replace(CLEAN, name=names[0])])


def ods_with_spans(chance: Chance) -> bytes:
    """Merged areas over more than a sheet has, and many of them."""
    rows, columns = (chance.choice([1, 9, 16_384, 1_048_576, 10**9]) for _ in range(2))
    cell = (
        f'<table:table-cell table:number-rows-spanned="{rows}" table:number-columns-spanned="{columns}">'
        "<text:p>x</text:p></table:table-cell>"
    )
    return spanned(cell * chance.choice([1, 20]))


def ods_in_another_order(chance: Chance) -> bytes:
    """The type does not stand first, or is packed."""
    parts = unpacked(as_ods([CLEAN]))
    names = list(parts)
    while names[0] == "mimetype":
        chance.shuffle(names)
    return p.zip_bytes({name: parts[name] for name in names})


def broken_binary(chance: Chance) -> bytes:
    """A binary workbook with its sheet cut, or its list of sheets gone."""
    parts = unpacked(as_binary(paper().data))
    name = chance.choice([name for name in parts if name.endswith("workbook.bin")])
    return p.zip_bytes({**parts, name: parts[name][: chance.randrange(8)]})


KINDS: dict[str, Kind] = {
    "without_styles": Kind(without_styles),
    "unreferred_styles": Kind(unreferred_styles, returned=None),
    "tab_without_part": Kind(tab_without_part),
    "promised_texts": Kind(promised_texts),
    "repeated_tabs": Kind(repeated_tabs, returned=None),
    "long_texts": Kind(long_texts),
    "noted_twice": Kind(noted_twice),
    "ods_with_names": Kind(ods_with_names, ending="ods"),
    "ods_with_spans": Kind(ods_with_spans, ending="ods"),
    "ods_in_another_order": Kind(ods_in_another_order, ending="ods"),
    "binary": Kind(lambda chance: as_binary(paper().data), ending="xlsb"),
    "broken_binary": Kind(broken_binary, "unreadable", False, "xlsb"),
}


def drawn(count: int = VARIATIONS) -> Iterator[tuple[str, Kind, bytes]]:
    """Yield names, kinds and bytes of some files of each kind, the same ones each time."""
    for kind, how in KINDS.items():
        for number in range(count):
            yield f"{kind}{number}.{how.ending}", how, how.make(Chance(f"{kind}{number}"))
