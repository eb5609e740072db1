"""`jixiao form learn`: what a bureau's own form has that the nearest known one has not, as a profile of its own."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import takewhile
from typing import Any

from checks.declared.framework import Framework
from checks.declared.text_key import text_key
from checks.targets.indicator import classify
from checks.targets.target import Target, parse
from etl.form.profile_file import Profile
from etl.form.profiles import FOLDER
from etl.form.titles import LONGEST_TITLE, own_title
from etl.money.unit import unit_of_label
from etl.profiles.walk import Learnt

_LONGEST_LINE = 30
_USUAL_RATE = "≥100%"
"""The stock value of a rate of which the form states none."""


@cache
def _names() -> Mapping[str, Mapping[str, Any]]:
    """Return what further lines are called, by compared label."""
    document = tomllib.loads((FOLDER / "names.toml").read_text("utf-8"))
    return {text_key(label): line for line in document["line"] for label in line["label"]}


def profile_text(found: Learnt, base: Profile, id_: str, source: str) -> str:
    """Return the profile of a form as TOML: what differs from its base, and as comments what was not understood."""
    parts = [
        f"# {source}：与“{base.id}”不同之处，由jixiao form learn写出。",
        *(f"# 问：{question}" for question in dict.fromkeys(found.questions)),
        *_identity(found, base, id_),
        *_texts(found, base),
        *_money(found, base),
        *_indicators(found, base),
    ]
    return "\n".join(parts) + "\n"


def _identity(found: Learnt, base: Profile, id_: str) -> Iterator[str]:
    yield "[form]"
    yield f"id = {_said(id_)}"
    yield f"extends = {_said(base.id)}"
    if found.title and not own_title(base.form, found.title):
        yield f"title = [{_said(_bare(found.title))}]"
    if found.year is not None:
        yield f"years = [{found.year}]"
    else:
        yield "# 问：表上没有年度，是哪一年的表样？ years = []"


def _bare(title: str) -> str:
    return re.sub(
        r"^[(（]?20[0-9]{2}年?度?[)）]?|[(（]?20[0-9]{2}年?度?[)）]?$", "", title[:LONGEST_TITLE]
    ).strip()


def new_id(found: Learnt, base: Profile) -> str:
    """Return an id for a form: the base's with the form's year."""
    bare = re.sub(r"-20[0-9]{2}$", "", base.id)
    return f"{bare}-{found.year}" if found.year is not None else f"{bare}-new"


def _texts(found: Learnt, base: Profile) -> Iterator[str]:
    for text in base.form.text_fields:
        if text.key not in found.labels and not text.optional:
            yield "[[text]]"
            yield f"key = {_said(text.key)}"
            yield "remove = true"


def _money(found: Learnt, base: Profile) -> Iterator[str]:
    added: list[tuple[str, str]] = []
    dropped: list[str] = []
    taken = {line.key for line in base.form.budget.lines}
    for side in base.form.sides:
        gone = [row.line for row in side.rows if row.line not in found.labels and not row.optional]
        new = [entry for entry in found.lines if entry[0] == side.key]
        if not new and (not gone or side.optional):
            continue
        yield "[[money.side]]"
        yield f"key = {_said(side.key)}"
        if gone:
            dropped += gone
            yield f"remove = [{', '.join(map(_said, gone))}]"
        entries: list[str] = []
        after: dict[str, str] = {}
        for _, above, text, group in new:
            key, line = _line(text, group, taken)
            taken.add(key)
            entries.append(f"{{ after = {_said(after.get(above, above))}, {line} }}")
            after[above] = key
            added.append((above, key))
        if entries:
            yield f"insert = [{', '.join(entries)}]"
    yield from _relations(base, added, dropped)


def _line(text: str, group: str, taken: Iterable[str]) -> tuple[str, str]:
    """Return the key of a new line and what a profile says of it."""
    bare = unit_of_label(text_key(text))[0] or text_key(text)
    known = _names().get(bare)
    key = known["key"] if known else next(f"line_{n}" for n in range(1, 1000) if f"line_{n}" not in taken)
    labels = list(dict.fromkeys([text, *(known["label"] if known else ())]))
    parts = [f"key = {_said(key)}"]
    parts += [f"en = {_said(known['en'])}"] if known else []
    parts += [f"group = {_said(group)}"] if group else []
    return key, ", ".join([*parts, f"label = [{', '.join(map(_said, labels))}]"])


def _relations(base: Profile, added: Sequence[tuple[str, str]], dropped: Sequence[str]) -> Iterator[str]:
    """Yield what becomes of the sums: a new line belongs to the one that adds up the line above it, what is gone to none."""
    budget = base.form.budget
    gone = {f"{line.key}_{period}" for line in budget.lines if line.key in dropped for period in line.periods}
    removed = [r.code for r in budget.sums if gone & set(r.totals) or (r.parts and gone >= set(r.parts))]
    removed += [order.code for order in budget.orders if order.larger in gone or order.smaller in gone]
    changes = []
    for relation in (relation for relation in budget.sums if relation.code not in removed):
        period = relation.total.rpartition("_")[2]
        add = [f"{key}_{period}" for above, key in added if f"{above}_{period}" in relation.parts]
        drop = [part for part in relation.parts if part in gone]
        if add or drop:
            parts = [f"rule = {_said(relation.code)}"]
            parts += [f"add = [{', '.join(map(_said, add))}]"] if add else []
            parts += [f"drop = [{', '.join(map(_said, drop))}]"] if drop else []
            changes.append(f"{{ {', '.join(parts)} }}")
    if changes or removed:
        yield "[relations]"
    if changes:
        yield f"change = [{', '.join(changes)}]"
    if removed:
        yield f"remove = [{', '.join(map(_said, dict.fromkeys(removed)))}]"


def _indicators(found: Learnt, base: Profile) -> Iterator[str]:
    framework = base.form.budget.framework
    known = {text_key(common.name): common.name for common in framework}
    for block in base.form.budget.blocks:
        if block.role == "common" and found.indicators:
            stated = {text_key(name) for _, _, name, _, _ in found.indicators}
            gone = [name for key, name in known.items() if key not in stated]
            entries, above = [], ""
            for level1, level2, name, half, full in found.indicators:
                if text_key(name) not in known:
                    entries.append(
                        f"{{ after = {_said(above)}, {_common(framework, level1, level2, name, (half, full))} }}"
                    )
                above = known.get(text_key(name), name)
            if gone or entries:
                yield "[[indicators]]"
                yield f"key = {_said(block.key)}"
                yield from [f"remove = [{', '.join(map(_said, gone))}]"] if gone else []
                yield from [f"insert = [{', '.join(entries)}]"] if entries else []
        elif block.tree:
            tree = {name: tuple(found.levels.get(name, levels)) for name, levels in block.tree.items()}
            if tree != dict(block.tree):
                yield "[[indicators]]"
                yield f"key = {_said(block.key)}"
                levels = (f"{_said(name)} = [{', '.join(map(_said, own))}]" for name, own in tree.items())
                yield f"tree = {{ {', '.join(levels)} }}"


def _common(framework: Framework, level1: str, level2: str, name: str, values: tuple[str, str]) -> str:
    """Return what a profile says of a new common indicator: its stock word, or its stock values with the usual bounds."""
    half, full = values
    parts = [f"level1 = {_said(level1)}", f"level2 = {_said(level2)}", f"name = {_said(name)}"]
    if full and not any(char.isdigit() for char in full):
        return ", ".join([*parts, f"value = {_said(full)}", f"words = [{_said(full)}]"])
    full = full or _USUAL_RATE
    half = half or full
    target = parse(full)
    operator = target.operator if target.operator in ("≥", "≤") else "≥"
    parts += [
        f"half = {_said(half)}",
        f"full = {_said(full)}",
        f"meaning = {_said(_meaning(framework, name, target))}",
    ]
    parts += [f"operator = {_said(operator)}"]
    return ", ".join(parts + (["lower = 0", "upper = 100"] if target.unit == "%" else []))


def _meaning(framework: Framework, name: str, target: Target) -> str:
    """Return what a half-year value means, as with the known rate whose name ends most like it."""
    rates = [common for common in framework if not common.words]
    like = max(rates, key=lambda common: _same_end(common.name, name), default=None)
    return (
        like.meaning if like is not None and _same_end(like.name, name) > 1 else classify(name, target).value
    )


def _same_end(one: str, other: str) -> int:
    pairs = zip(reversed(one), reversed(other), strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def _said(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
