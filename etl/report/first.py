"""What a reviewer looks at first: who is missing, what cannot be read, impossible scales, the most money at stake."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from checks.telling.handbook import rule_name
from etl.batch.common import Common
from etl.batch.recipients import Recipient
from etl.frames.told import Told, places_text

SCALE = ("ST09", "XW11")
"""Rules that say that amounts are of another unit."""
MOST = 12
"""Entries of one kind that are named; the page's list has all."""
MOST_MONEY = 8
_SAY = {
    "zh": {
        "missing": "未报", "unreadable": "已报但无法读取", "scale": "金额单位或量级存疑", "money": "差额最大", "common": "多数单位共有，宜统一答复",
        "off": "差{amount}万元", "share": "{count}/{forms}张", "more": "……共{count}",
    },
    "en": {
        "missing": "not handed in", "unreadable": "handed in, cannot be read", "scale": "doubtful unit or scale",
        "money": "most money at stake", "common": "common to most: answer once", "off": "off by {amount} 万元",
        "share": "{count} of {forms}", "more": "… {count} in all",
    },
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class First:
    """An entry of the box: a text and what it leads to, "" where there is nothing to lead to."""

    text: str
    target: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Entries of one kind under their heading."""

    name: str
    kind: str
    count: int
    entries: tuple[First, ...]


def look_first(
    everyone: Sequence[Recipient],
    lines: Mapping[str, Sequence[Told]],
    numbers: Mapping[str, int],
    common: Iterable[Common],
    lang: str,
) -> Iterator[Group]:
    """Yield what to look at first, kinds without an entry left out."""
    say = _SAY[lang]
    names = {path: one.name for one in everyone for path in one.paths}
    missing = [First(one.name, note=one.department) for one in everyone if one.missing]
    broken = [First(one.name, note=reason) for one in everyone for _, reason in one.unusable]
    scale = [
        _to(path, line, names, numbers, line.message(lang))
        for path, own in lines.items()
        for line in own
        if set(line.codes) & set(SCALE)
    ]
    money = sorted(
        ((amount, path, line) for path, own in lines.items() for line in own if (amount := at_stake(line))),
        key=lambda entry: (-entry[0], entry[1]),
    )[:MOST_MONEY]
    worst = [
        _to(path, line, names, numbers, say["off"].format(amount=f"{amount:,}"))
        for amount, path, line in money
    ]
    shared = [
        First(
            rule_name(one.code, lang), f"rule={one.code}", say["share"].format(count=one.forms, forms=one.of)
        )
        for one in common
    ]
    for kind, weight, entries in (
        ("missing", "error", missing), ("unreadable", "error", broken), ("scale", "error", scale), ("money", "warning", worst),
        ("common", "info", shared),
    ):  # fmt: skip
        if entries:
            yield Group(say[kind], weight, len(entries), tuple(_shown(entries, say["more"])))


def _shown(entries: list[First], more: str) -> list[First]:
    return entries if len(entries) <= MOST else [*entries[:MOST], First(more.format(count=len(entries)))]


def _to(path: str, line: Told, names: Mapping[str, str], numbers: Mapping[str, int], note: str) -> First:
    number = numbers.get(path)
    target = f"m{number}-{line.number}" if number else ""
    place = places_text(line, "zh").rpartition("!")[2]
    return First(f"{names.get(path, path)} {place}".strip(), target, note)


def at_stake(line: Told) -> Decimal:
    """Return by how much the amounts of a line are off, in 万元; 0 for one that is about no amount."""
    if line.severity == "info":
        return Decimal(0)
    found = [
        _amount(entry.finding.difference) for entry in line.entries if entry.finding.code[:2] in ("AR", "XW")
    ]
    return max(found, default=Decimal(0))


def _amount(text: str) -> Decimal:
    try:
        return abs(Decimal(text.replace(",", ""))) if text else Decimal(0)
    except InvalidOperation:
        return Decimal(0)
