"""Bends workbooks at random, knowing how they are built: parts, relationships, elements, attributes, records of the zip."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from random import Random

from tests import package_kinds as kinds
from tests import packages as p
from tests.binary_books import as_binary
from tests.odd_packages import ODD
from tests.paper import paper

Parts = dict[str, bytes]
_TAG = re.compile(rb"<(/?)([A-Za-z_][\w.:-]*)((?:\s+[\w.:-]+\s*=\s*(?:\"[^\"<]*\"|'[^'<]*'))*)\s*(/?)>")
_ATTRIBUTE = re.compile(rb"\s([\w.:-]+)\s*=\s*(\"[^\"<]*\"|'[^'<]*')")
_VALUES = (
    b"", b"0", b"1", b"-1", b"999999", b"4294967296", b"true", b"NaN", b"A1", b"A1:XFD1048576", b"XFD1048576", b"$b$3",
    b"B3:A1", b"rId1", b"rId99", b"../x.xml", b"xl/workbook.xml", b"http://a.example/", b"&lt;", b"&#10;", "审核意见".encode(),
    b"x" * 40, b"x" * 40_000, b"General", b"hidden", b"External",
)  # fmt: skip
_TEXTS = (b"", b"<!-- x -->", b"<?x y?>", b"<![CDATA[<c/>]]>", b"\r\n", b"&#x0;", b"&amp;", b"\xff", b"]]>")
_ENCODINGS = ("utf-16", "utf-16-be", "utf-32", "utf-8-sig", "gb18030", "latin-1")


@cache
def seeds() -> tuple[tuple[str, bytes], ...]:
    """Return workbooks to be bent, by name: every kind of package, the samples, other formats, and a return."""
    found = {
        **{name: make() for name, make in {**kinds.KINDS, **ODD}.items() if name != "three_hundred_sheets"}
    }
    found["form"] = paper().data
    found["binary form"] = as_binary(paper().data)
    for path in sorted(Path("samples").rglob("*.xls*")):
        found[path.name] = path.read_bytes()
    return tuple(found.items())


def mutated(number: int) -> tuple[str, bytes]:
    """Return the name of a seed and what it became; a number gives the same bytes each time."""
    rng = Random(number)
    name, data = rng.choice(seeds())
    if not zipfile.is_zipfile(io.BytesIO(data)) or rng.random() < 0.05:
        return name, _bytes_changed(rng, data)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {entry: archive.read(entry) for entry in archive.namelist()}
    for _ in range(rng.choice((1, 1, 1, 2, 3, 6))):
        rng.choice(_OF_PACKAGE if rng.random() < 0.3 else _OF_PART)(rng, parts)
    return name, _packed(rng, parts)


def _packed(rng: Random, parts: Parts) -> bytes:
    entries = [p.Entry(name, content, descriptor=rng.random() < 0.1) for name, content in parts.items()]
    if rng.random() < 0.1:
        rng.shuffle(entries)
    return p.zip_bytes(entries)


def _bytes_changed(rng: Random, data: bytes) -> bytes:
    changed = bytearray(data)
    for _ in range(rng.randint(1, 8)):
        changed[rng.randrange(len(changed))] = rng.randrange(256)
    return bytes(changed[: rng.randrange(len(changed))] if rng.random() < 0.2 else changed)


def _part(rng: Random, parts: Parts) -> str:
    return rng.choice(list(parts) or [parts.setdefault("x", b"x") and "x"])


def _drop_part(rng: Random, parts: Parts) -> None:
    parts.pop(_part(rng, parts))


def _rename_part(rng: Random, parts: Parts) -> None:
    """Give a part another name, in some cases told to whoever refers to it."""
    old = _part(rng, parts)
    folder, slash, name = old.rpartition("/")
    new = rng.choice(
        (old.upper(), old.replace("/", "\\"), f"{folder}{slash}x{name}", name, f"/{old}", f"{old}.", old[:-1])
    )
    if new and new not in parts:
        parts[new] = parts.pop(old)
        if rng.random() < 0.5:
            for key in parts:
                parts[key] = parts[key].replace(name.encode(), new.rpartition("/")[2].encode())


def _copy_part(rng: Random, parts: Parts) -> None:
    parts[f"{_part(rng, parts)}{rng.choice(('', '2', '.xml'))}"] = parts[_part(rng, parts)]


def _swap_parts(rng: Random, parts: Parts) -> None:
    one, other = _part(rng, parts), _part(rng, parts)
    parts[one], parts[other] = parts[other], parts[one]


def _encode(rng: Random, parts: Parts) -> None:
    name, encoding = _part(rng, parts), rng.choice(_ENCODINGS)
    try:
        text = parts[name].decode("utf-8")
    except UnicodeDecodeError:
        return
    if rng.random() < 0.7:
        text = text.replace(
            'encoding="UTF-8"', f'encoding="{encoding.removesuffix("-sig").removesuffix("-be")}"'
        )
    parts[name] = text.encode(encoding, "replace")


def _cut(rng: Random, parts: Parts) -> None:
    name = _part(rng, parts)
    parts[name] = parts[name][: rng.randrange(len(parts[name]) + 1)]


def _flip(rng: Random, parts: Parts) -> None:
    name = _part(rng, parts)
    if parts[name]:
        parts[name] = _bytes_changed(rng, parts[name])


def _tag(rng: Random, parts: Parts) -> tuple[str, re.Match[bytes]] | None:
    name = rng.choice(
        [name for name in parts if name.endswith((".xml", ".rels", ".vml"))] or [_part(rng, parts)]
    )
    found = list(_TAG.finditer(parts[name][:400_000]))
    return (name, rng.choice(found)) if found else None


def _element(content: bytes, tag: re.Match[bytes]) -> tuple[int, int]:
    """Return where an element stands, roughly: to the next closing tag of its name."""
    if tag[1] or tag[4]:
        return tag.span()
    end = content.find(b"</" + tag[2] + b">", tag.end())
    return tag.start(), (end + len(tag[2]) + 3 if end >= 0 else tag.end())


def _change_attribute(rng: Random, parts: Parts) -> None:
    found = _tag(rng, parts)
    attributes = list(_ATTRIBUTE.finditer(found[1][3])) if found else []
    if found is None or not attributes:
        return
    name, tag = found
    one = rng.choice(attributes)
    content, at = parts[name], tag.start(3)
    new = b"" if rng.random() < 0.3 else b" " + one[1] + b'="' + rng.choice(_VALUES) + b'"'
    if rng.random() < 0.2:
        new = new.replace(b'"', b"'").replace(b"=", b" \n= ")
    parts[name] = content[: at + one.start()] + new + content[at + one.end() :]


def _change_element(rng: Random, parts: Parts) -> None:
    """Drop, repeat, move, close or wrap an element, or put something into it."""
    found = _tag(rng, parts)
    if found is None:
        return
    name, tag = found
    content = parts[name]
    start, end = _element(content, tag)
    element, rest = content[start:end], content[:start] + content[end:]
    empty = b"<" + tag[2] + tag[3] + b"/>"
    wrapped = b'<mc:AlternateContent xmlns:mc="%s"><mc:Choice Requires="x"/><mc:Fallback>%s</mc:Fallback></mc:AlternateContent>'
    inside = content[: tag.end()] + rng.choice(_TEXTS) + content[tag.end() :]
    moved = rng.randrange(len(rest) + 1)
    place = max(rest.rfind(b"<", 0, moved), 0)
    parts[name] = rng.choice((
        rest, content[:end] + element + content[end:], content[:end] + element * rng.choice((2, 50)) + content[end:],
        rest[:place] + element + rest[place:], rest[:start] + empty + rest[start:], inside,
        rest[:start] + wrapped % (kinds.MC.encode(), element) + rest[start:],
    ))  # fmt: skip


def _change_prefix(rng: Random, parts: Parts) -> None:
    """Write a part's elements with a prefix, or bind another name to the one they have."""
    found = _tag(rng, parts)
    if found is None:
        return
    name = found[0]
    content = parts[name]
    if rng.random() < 0.5:
        prefixed = re.sub(rb"<(/?)(?=[A-Za-z_][\w.-]*[\s/>])", rb"<\1q:", content)
        parts[name] = prefixed.replace(b" xmlns=", b" xmlns:q=")
    else:
        parts[name] = content.replace(b"xmlns:r=", b"xmlns:rr=").replace(b" r:", b" rr:")


def _set_value(rng: Random, parts: Parts) -> None:
    """Put another text where one stands."""
    found = _tag(rng, parts)
    if found is None:
        return
    name, tag = found
    end = parts[name].find(b"<", tag.end())
    if end >= 0:
        parts[name] = parts[name][: tag.end()] + rng.choice(_VALUES + _TEXTS) + parts[name][end:]


_OF_PACKAGE: tuple[Callable[[Random, Parts], None], ...] = (
    _drop_part, _rename_part, _copy_part, _swap_parts, _encode, _cut, _flip,
)  # fmt: skip
_OF_PART: tuple[Callable[[Random, Parts], None], ...] = (
    _change_attribute, _change_attribute, _change_element, _change_element, _change_prefix, _set_value,
)  # fmt: skip
