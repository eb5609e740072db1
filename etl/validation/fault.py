"""A fault of a package, and a part that was opened to look for them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar, cast

from etl.package.edit import encoding_of
from etl.package.parts import relations_of
from etl.package.safe_xml import refuse_doctype
from etl.safe.remembered import remembered
from etl.safe.unreadable import Unreadable
from etl.validation.rows import changed_rows, keeps_targets

if TYPE_CHECKING:
    from etl.package.parts import Package

Told = TypeVar("Told")
MOST_FAULTS = 50
"""Of one kind in one part that are told."""
_ANY_RELATION = re.compile(rb"officeDocument/(?:2006/)?relationships")
RELATIONS = (
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    "http://purl.oclc.org/ooxml/officeDocument/relationships",
)


class Fault(NamedTuple):
    """Something that Excel would refuse or repair: a stable word for it, the part, and what in it.

    `detail` names no position, so that a fault is the same before and after other things are added.
    """

    code: str
    part: str
    detail: str


@dataclass(frozen=True, eq=False)
class Part:
    """A part that is well-formed: its name, bytes and root element, as they are (no alternative is chosen)."""

    name: str
    content: bytes
    root: Any
    _told: dict[Any, Any] = field(default_factory=dict, repr=False)

    def told(self, what: Callable[[Part], Told]) -> Told:
        """Return what a function makes of the part, worked out once for as long as the part is remembered."""
        if what not in self._told:
            self._told[what] = what(self)
        return cast(Told, self._told[what])

    @property
    def encoding(self) -> str:
        """The encoding of the part by its mark or declaration."""
        return encoding_of(self.content)

    @cached_property
    def main(self) -> str:
        """The namespace of the root in Clark's notation, braces included."""
        tag = str(self.root.tag)
        return tag[: tag.index("}") + 1] if tag.startswith("{") else ""

    def found(self, path: str) -> Any:
        """Return what an XPath gives in which `m:` stands for the namespace of the root."""
        return _path(path, self.main[1:-1])(self.root)

    def relation_ids(self) -> set[str]:
        """Return the ids of relationships that the part's elements name."""
        if not _ANY_RELATION.search(self.content):
            return set()
        ids: set[str] = set()
        for namespace in RELATIONS:
            ids.update(value for value in _relation_path(namespace)(self.root) if value)
        return ids


def related(package: Package, part: str, kind: str) -> str | None:
    """Return the first part that `part` refers to by a relationship type ending in `kind`."""
    found = (r.target for r in relations_of(package, part) if r.kind == kind and not r.external)
    return next(found, None)


class Parts:
    """The parts of a package that were opened, each once."""

    def __init__(self, package: Package, before: Package | None = None) -> None:
        """`before`: the package it was made from; of a sheet, rows that stayed are left out where that is sure."""
        self.package = package
        self.before = before
        self._opened: dict[str, Part | Fault] = {}

    def opened(self, name: str) -> Part | Fault:
        """Return a part as it stands, or what is wrong with it; `name` as `normal_name` gives it."""
        if name not in self._opened:
            self._opened[name] = self._open(name)
        return self._opened[name]

    def _open(self, name: str) -> Part | Fault:
        try:
            content = self.package.part(name)
            refuse_doctype(content, name)
            return _parsed(self._changed(name, content), name)
        except Unreadable as damage:
            return Fault("damaged", name, damage.code)

    def _changed(self, name: str, content: bytes) -> bytes:
        """Return of a sheet what was not in it before, any other part as it is."""
        before = self.before
        if before is None or b"<sheetData" not in content or not before.has(name):
            return content
        rows = changed_rows(before.part(name), content) if keeps_targets(before, self.package, name) else None
        return content if rows is None else rows

    def sound(self, name: str | None) -> Part | None:
        """Return a part that is well-formed, None for no other."""
        found = self.opened(name) if name and self.package.has(name) else None
        return found if isinstance(found, Part) else None


@remembered(32, 20_000)
def _parsed(content: bytes, name: str) -> Part | Fault:
    """Parse a part; small ones that come again, as formats do, are not parsed again."""
    from lxml import etree

    try:
        return Part(name, content, etree.fromstring(content, _parser()))
    except (etree.XMLSyntaxError, ValueError):
        return Fault("not_well_formed", name, "")


@cache
def _parser() -> Any:
    """Return a parser that gives parts as they are but for comments, and follows nothing out of them."""
    from lxml import etree

    return etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True
    )


@cache
def _path(path: str, namespace: str) -> Any:
    from lxml import etree

    return etree.XPath(path, namespaces={"m": namespace or "none"}, smart_strings=False)


@cache
def _relation_path(namespace: str) -> Any:
    from lxml import etree

    return etree.XPath("//@r:*", namespaces={"r": namespace}, smart_strings=False)
