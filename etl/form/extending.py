"""Puts a profile that says only what differs together with the one it extends: next year's form from this year's.

Both are plain mappings as TOML gives them. Tables with a `key` are told apart by it; `insert`, `remove` and `change`
say what is done to a list.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy
from typing import Any

Plain = dict[str, Any]


def numbered(profile: Mapping[str, Any]) -> Plain:
    """Return a profile of its own in which every common indicator has a number, by its place."""
    made = deepcopy(dict(profile))
    for block in made.get("indicators", []):
        if "framework" in block:
            block["known"] = [dict(entry) for entry in block["framework"]]
    return made


def extended(base: Mapping[str, Any], change: Mapping[str, Any]) -> Plain:
    """Return a whole profile: the base with what the other says differs. Raises KeyError for what the base has not."""
    made = deepcopy(dict(base))
    for name, value in change.items():
        if name in ("text", "rows"):
            made[name] = _keyed(made.get(name, []), value)
        elif name == "money":
            made[name] = _money(made.get(name, {}), value)
        elif name == "indicators":
            made[name] = _blocks(made.get(name, []), value)
        elif name == "relations":
            made[name] = _relations(made.get(name, {}), value)
        elif isinstance(value, Mapping):
            made[name] = {**made.get(name, {}), **value}
        else:
            made[name] = value
    made["form"].pop("extends", None)
    if "example" not in change["form"]:
        made["form"].pop("example", None)
    return made


def _keyed(base: Sequence[Plain], change: Sequence[Mapping[str, Any]]) -> list[Plain]:
    """Return tables by their keys: those of the base changed or removed, new ones behind the one they name or last."""
    found = {entry["key"]: dict(entry) for entry in base}
    for entry in change:
        key = entry["key"]
        if entry.get("remove"):
            found.pop(key)
            continue
        told = {name: value for name, value in entry.items() if name != "behind"}
        new = key not in found
        found[key] = {**found.get(key, {}), **told}
        if new and "behind" in entry:
            order = [name for name in found if name != key]
            order.insert(order.index(entry["behind"]) + 1, key)
            found = {name: found[name] for name in order}
    return list(found.values())


def _money(base: Mapping[str, Any], change: Mapping[str, Any]) -> Plain:
    made = {**base, **{name: value for name, value in change.items() if name != "side"}}
    for side in change.get("side", []):
        lists = {name: value for name, value in side.items() if name not in ("insert", "remove", "change")}
        made["side"] = _keyed(made.get("side", []), [lists])
        own = next(entry for entry in made["side"] if entry["key"] == side["key"])
        own["lines"] = _listed(own.get("lines", []), side, "key")
    return made


def _blocks(base: Sequence[Plain], change: Sequence[Mapping[str, Any]]) -> list[Plain]:
    made = list(base)
    for block in change:
        lists = {name: value for name, value in block.items() if name not in ("insert", "remove", "change")}
        made = _keyed(made, [lists])
        own = next(entry for entry in made if entry["key"] == block["key"])
        if {"insert", "remove", "change"} & block.keys():
            own["framework"] = _listed(own.get("framework", []), block, "name")
            known = {entry["name"] for entry in own.get("known", [])}
            new = [dict(entry) for entry in own["framework"] if entry["name"] not in known]
            changed = {entry["name"]: entry for entry in own["framework"]}
            own["known"] = [changed.get(entry["name"], entry) for entry in own.get("known", [])] + new
        elif "framework" in block:
            own["known"] = [dict(entry) for entry in block["framework"]]
    return made


def _listed(base: Sequence[Plain], change: Mapping[str, Any], key: str) -> list[Plain]:
    """Return a list with entries removed, changed and inserted behind the ones they name ("" for the first place)."""
    made = [dict(entry) for entry in base if entry[key] not in change.get("remove", [])]
    for entry in change.get("change", []):
        at = _index(made, key, entry[key])
        made[at] = {**made[at], **entry}
    for entry in change.get("insert", []):
        told = {name: value for name, value in entry.items() if name != "after"}
        after = entry.get("after", made[-1][key] if made else "")
        made.insert(_index(made, key, after) + 1 if after else 0, told)
    return made


def _index(entries: Sequence[Plain], key: str, wanted: str) -> int:
    for number, entry in enumerate(entries):
        if entry[key] == wanted:
            return number
    raise KeyError(wanted)


def _relations(base: Mapping[str, Any], change: Mapping[str, Any]) -> Plain:
    made = deepcopy(dict(base))
    for name in ("sum", "at_most"):
        if name in change:
            codes = {entry["rule"] for entry in change[name]}
            kept = [entry for entry in made.get(name, []) if entry["rule"] not in codes]
            made[name] = kept + list(change[name])
    for entry in change.get("change", []):
        sums = made.get("sum", [])
        own = sums[_index(sums, "rule", entry["rule"])]
        dropped = entry.get("drop", [])
        own["parts"] = [part for part in own["parts"] if part not in dropped] + list(entry.get("add", []))
    removed = change.get("remove", [])
    for name in ("sum", "at_most"):
        if name in made:
            made[name] = [entry for entry in made[name] if entry["rule"] not in removed]
    return made
