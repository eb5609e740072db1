"""A package being changed: edits of its parts, new parts, and how they hang together."""

from __future__ import annotations

import re
from functools import cached_property

from etl.package.edit import Edit, append_children, prepend_children
from etl.package.part_names import normal_name, relations_name
from etl.package.parts import CONTENT_TYPES, Package
from etl.package.tags import root_tag

TRANSITIONAL = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STRICT = b"http://purl.oclc.org/ooxml/officeDocument/relationships"
_RELATIONS = b"http://schemas.openxmlformats.org/package/2006/relationships"
_TYPES = b"http://schemas.openxmlformats.org/package/2006/content-types"
_DECLARATION = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml."
_KNOWN_TYPES = {"worksheet": "worksheet", "styles": "styles", "sharedStrings": "sharedStrings"}


class Draft:
    """Collects what changes in a package; `finish` returns it, to be written all at once."""

    def __init__(self, package: Package) -> None:
        self.package = package
        self.edits: dict[str, Edit] = {}
        self.added: dict[str, bytes] = {}
        self._relations: dict[str, list[bytes]] = {}

    def edit(self, part: str) -> Edit:
        """Return the edit of an existing part."""
        key = normal_name(part)
        if key not in self.edits:
            self.edits[key] = Edit(self.package.part(key), key)
        return self.edits[key]

    @cached_property
    def strict(self) -> bool:
        """Whether the workbook is written in the strict variant of the format."""
        edit = self.edit(self.package.workbook_part)
        return b"purl.oclc.org" in root_tag(edit.data).attributes

    @property
    def relation_namespace(self) -> bytes:
        """The namespace of relationship ids and types in this workbook."""
        return STRICT if self.strict else TRANSITIONAL

    def free_name(self, folder: str, stem: str, ending: str) -> str:
        """Return a part name nobody uses, numbered from 1."""
        taken = {*self.package.names, *map(normal_name, self.added)}
        number = 1
        while normal_name(f"{folder}/{stem}{number}{ending}") in taken:
            number += 1
        return f"{folder}/{stem}{number}{ending}".lstrip("/")

    def add(self, name: str, content: bytes, content_type: str = "") -> None:
        """Add a part with its content type (none for one whose extension says it)."""
        self.added[name] = content
        if content_type:
            self._type(
                f'<Override PartName="/{name}" ContentType="{content_type}"/>'.encode(), f"/{name}".encode()
            )

    def default_type(self, extension: str, content_type: str) -> None:
        """Make sure that an extension has a content type."""
        line = f'<Default Extension="{extension}" ContentType="{content_type}"/>'
        self._type(line.encode(), extension.encode())

    def relate(self, part: str, kind: str, target: str) -> str:
        """Add a relationship from one part to another, named from the root, and return its id."""
        known = {relation.id for relation in self.package.relations(part)}
        lines = self._relations.setdefault(normal_name(part), [])
        number = 1 + len(lines)
        while f"rIdJx{number}" in known:
            number += 1
        name = f"rIdJx{number}"
        kind_text = self.relation_namespace.decode() + "/" + kind
        lines.append(f'Id="{name}" Type="{kind_text}" Target="/{target}"/>'.encode())
        return name

    def finish(self) -> tuple[dict[str, bytes], dict[str, bytes]]:
        """Return the changed and the added parts."""
        for part, lines in self._relations.items():
            self._write_relations(part, lines)
        self._relations.clear()
        replaced = {name: edit.result() for name, edit in self.edits.items() if edit.touched}
        return replaced, self.added

    def _write_relations(self, part: str, lines: list[bytes]) -> None:
        name = relations_name(part)
        if not self.package.has(name):
            body = b"".join(b"<Relationship " + line for line in lines)
            head = _DECLARATION + b'<Relationships xmlns="' + _RELATIONS + b'">'
            self.added[_beside(self.package, part)] = head + body + b"</Relationships>"
            return
        edit = self.edit(name)
        root = root_tag(edit.data)
        body = b"".join(b"<" + root.prefix + b"Relationship " + line for line in lines)
        append_children(edit, root, body)

    def _type(self, line: bytes, key: bytes) -> None:
        if not self.package.has(CONTENT_TYPES):
            self._types_from_nothing(line)
            return
        edit = self.edit(CONTENT_TYPES)
        if not _names_type(edit.data, key):
            root = root_tag(edit.data)
            element = b"<" + root.prefix + line[1:]
            (prepend_children if line.startswith(b"<Default") else append_children)(edit, root, element)

    def _types_from_nothing(self, line: bytes) -> None:
        content = self.added.get(CONTENT_TYPES) or _basic_types(self.package)
        self.added[CONTENT_TYPES] = content.replace(b"</Types>", line + b"</Types>")


def _names_type(types: bytes, key: bytes) -> bool:
    """Say whether a type is given to an extension or part; looking for its name first spares the search."""
    pattern = rb"""(?:Extension|PartName)\s*=\s*["']""" + re.escape(key) + rb"""["']"""
    return key.lower() in types.lower() and re.search(pattern, types, re.I) is not None


def _basic_types(package: Package) -> bytes:
    """Return the content types of a package that came without any: its workbook and what that refers to."""
    lines = [
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>',
        '<Default Extension="xml" ContentType="application/xml"/>',
        f'<Override PartName="/{package.workbook_part}" ContentType="{_SPREADSHEET}sheet.main+xml"/>',
    ]
    for relation in package.relations(package.workbook_part):
        kind = _KNOWN_TYPES.get(relation.kind)
        if kind and package.has(relation.target):
            lines.append(f'<Override PartName="/{relation.target}" ContentType="{_SPREADSHEET}{kind}+xml"/>')
    head = _DECLARATION + b'<Types xmlns="' + _TYPES + b'">'
    return head + "".join(lines).encode() + b"</Types>"


def _beside(package: Package, part: str) -> str:
    """Return the name of a part's new relationships part, with the part's name as it is written."""
    folder, _, name = package.member(part).name.replace("\\", "/").lstrip("/").rpartition("/")
    return f"{folder}/_rels/{name}.rels".lstrip("/")
