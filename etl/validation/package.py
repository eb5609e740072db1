"""Says what of a package Excel would refuse or repair: parts, content types, relationships, and what they hold.

Excel is stricter than the programs that tests have at hand, so this is asked of everything we write. A return is
compared with what came in (`added_faults`): it may carry the department's own faults, and none of ours. Only what
differs between the two is looked at, which costs about a millisecond.
"""

from __future__ import annotations

import re
import struct
from collections import Counter
from collections.abc import Collection, Iterator

from etl.package.container import Member
from etl.package.part_names import (
    PART_TYPES,
    RELATIONS_TYPE,
    Relation,
    local_name,
    normal_name,
    relations_name,
    source_of_relations,
)
from etl.package.parts import CONTENT_TYPES, Package, all_relations, relations_of
from etl.validation.fault import Fault, Part, Parts, related
from etl.validation.rows import keeps_targets
from etl.validation.sheet import comments_faults, drawing_faults, sheet_faults
from etl.validation.workbook import styles_faults, table_names, workbook_faults

__all__ = ["Fault", "added_faults", "faults"]

_ONE_EACH = {
    "styles",
    "sharedStrings",
    "theme",
    "comments",
    "drawing",
    "officeDocument",
    "calcChain",
}
_SEGMENT = re.compile(r"[^\x00-\x1f\\?#<>\"{}|^`]+(?<!\.)")
_ID = re.compile(r"[^\W\d][\w.-]*")
_ENCODINGS = ("utf-8", "utf-16", "utf-16-le", "utf-16-be")
_XML = (".xml", ".rels", ".vml")


def faults(package: Package, parts: Collection[str] | None = None) -> tuple[Fault, ...]:
    """Return what is wrong with a package, or, of the contents of its parts, with some parts alone."""
    return tuple(_faults(package, parts))


def added_faults(before: Package | None, after: Package) -> tuple[Fault, ...]:
    """Return the faults of a package that another one, which it was made from, has not; all where there is none."""
    if before is None:
        return faults(after)
    changed = _changed(before, after)
    if next(_faults(after, changed, before), None) is None:
        return ()
    found = faults(after, changed)
    old = Counter(faults(before, changed & set(before.names)))
    if any(fault.code == "no_content_types" for fault in old):  # the types there are now are ours
        found = tuple(fault for fault in found if fault.code != "no_content_type")
    return tuple((Counter(found) - old).elements())


def _changed(before: Package, after: Package) -> set[str]:
    """Return the parts that differ, and the sheets that did not while what they point to did."""
    known = {normal_name(member.name): _mark(member) for member in before.container.members}
    changed = {
        name
        for member in after.container.members
        if known.get(name := normal_name(member.name)) != _mark(member)
    }
    neighbours = {source_of_relations(name) for name in changed if name.endswith(".rels")}
    sheets = {ref.part for _, ref in after.tabs} - changed
    lost = {part for part in sheets if not keeps_targets(before, after, part)}
    return changed | lost | {name for name in neighbours if name and after.has(name)}


def _mark(member: Member) -> tuple[int, int, bytes]:
    return member.crc, member.size, member.raw_name


def _faults(
    package: Package, names: Collection[str] | None, before: Package | None = None
) -> Iterator[Fault]:
    parts = Parts(package, before)
    yield from _container_faults(package)
    yield from _type_faults(parts)
    yield from _relation_faults(package)
    asked: set[str] = set()
    for name in package.names if names is None else names:
        if not name.endswith(_XML) and name not in (package.workbook_part, package.styles_part):
            continue
        part = parts.opened(name)
        if isinstance(part, Fault):
            yield part
        else:
            asked.add(name)
            if part.encoding not in _ENCODINGS:
                yield Fault("encoding", name, part.encoding)
            yield from _id_faults(package, part)
    yield from _content_faults(parts, asked, names is None)


def _content_faults(parts: Parts, asked: Collection[str], whole: bool) -> Iterator[Fault]:
    """Yield what is wrong with what the parts that were asked for hold; others are opened where these need them."""
    package = parts.package

    def read(name: str | None) -> Part | None:
        return parts.sound(name) if name in asked else None

    workbook, styles = read(package.workbook_part), read(package.styles_part)
    if workbook is not None:
        yield from workbook_faults(package, workbook, table_names(parts) if whole else ())
    if styles is not None:
        yield from styles.told(styles_faults)
    for _, ref in package.tabs:
        sheet = read(ref.part)
        if sheet is not None:
            yield from sheet_faults(parts, sheet)
        comments, drawing = (read(related(package, ref.part, kind)) for kind in ("comments", "vmlDrawing"))
        if comments is not None:
            yield from comments_faults(parts, comments, ref.part)
        if drawing is not None:
            yield from drawing_faults(drawing)


def _container_faults(package: Package) -> Iterator[Fault]:
    """Yield names that no part may have, and two parts that programs take for one."""
    data, seen = package.container.data, set[str]()
    for member in package.container.members:
        name = member.name
        if name.endswith("/"):
            continue
        (length,) = struct.unpack_from("<H", data, member.offset + 26)
        if data[member.offset + 30 : member.offset + 30 + length] != member.raw_name:
            yield Fault("two_names", name, "its two headers differ")
        if not all(_SEGMENT.fullmatch(segment) for segment in name.split("/")):
            yield Fault("part_name", name, "no name of a part")
        if normal_name(name) in seen:
            yield Fault("part_twice", normal_name(name), "")
        seen.add(normal_name(name))


def _type_faults(parts: Parts) -> Iterator[Fault]:
    package = parts.package
    if not package.has(CONTENT_TYPES):
        yield Fault("no_content_types", CONTENT_TYPES, "")
        return
    part = parts.opened(normal_name(CONTENT_TYPES))
    if isinstance(part, Fault):
        yield part
        return
    defaults: dict[str, str] = {}
    overrides: dict[str, str] = {}
    for kind, key, stated in part.told(_types):
        known = defaults if kind == "Default" else overrides
        if kind not in ("Default", "Override") or not key or "/" not in stated:
            yield Fault("content_type", CONTENT_TYPES, f"{kind} {key}")
        elif key in known:
            yield Fault("content_type_twice", CONTENT_TYPES, f"{kind} {key}")
        known.setdefault(key, stated)
    for name in overrides:
        if not package.has(name):
            yield Fault("type_of_no_part", CONTENT_TYPES, name)
    stated_of = {
        name: overrides.get(name) or defaults.get(name.rpartition(".")[2])
        for name in package.names
        if not name.endswith("/") and name != normal_name(CONTENT_TYPES)
    }
    for name, said in stated_of.items():
        if said is None:
            yield Fault("no_content_type", name, "")
        elif name.endswith(".rels") and said != RELATIONS_TYPE:
            yield Fault("wrong_type", name, said)
    yield from _wrong_types(package, stated_of)


def _types(part: Part) -> tuple[tuple[str, str, str], ...]:
    """Return the content types as they are stated, one after another: kind, extension or part, type."""
    return tuple(
        (
            local_name(element),
            (element.get("Extension") or normal_name(element.get("PartName") or "")).lower(),
            element.get("ContentType") or "",
        )
        for element in part.root
    )


def _wrong_types(package: Package, stated: dict[str, str | None]) -> Iterator[Fault]:
    for _, relation in all_relations(package):
        wanted, said = PART_TYPES.get(relation.kind), stated.get(relation.target)
        if wanted and said is not None and not relation.external and said != wanted:
            yield Fault("wrong_type", relation.target, said)


def _relation_faults(package: Package) -> Iterator[Fault]:
    """Yield relationships that lead nowhere, from nowhere, or that are there twice."""
    ids, kinds = Counter[tuple[str, str]](), Counter[tuple[str, str]]()
    for source, relation in all_relations(package):
        name = relations_name(source)
        ids[name, relation.id] += 1
        kinds[name, relation.kind] += 1
        if source and not package.has(source):
            yield Fault("relations_of_no_part", name, "")
        if not relation.external and not _leads(package, relation):
            yield Fault("leads_nowhere", name, f"{relation.kind} {relation.target}")
        if not _ID.fullmatch(relation.id):
            yield Fault("relation_id", name, relation.id)
    yield from (Fault("relation_twice", name, said) for (name, said), count in ids.items() if count > 1)
    for (name, kind), count in kinds.items():
        if count > 1 and kind in _ONE_EACH:
            yield Fault("one_too_many", name, kind)


def _leads(package: Package, relation: Relation) -> bool:
    """Say whether a relationship leads to a part, or into itself: a place in a drawing's own sheet."""
    return package.has(relation.target.partition("#")[0]) or relation.target in ("", "null")


def _id_faults(package: Package, part: Part) -> Iterator[Fault]:
    """Yield ids of relationships that a part speaks of and has not."""
    if part.name.endswith(".rels"):
        return
    used = part.relation_ids()
    if used:
        known = {relation.id for relation in relations_of(package, part.name)}
        yield from (Fault("no_such_relation", part.name, name) for name in sorted(used - known))
