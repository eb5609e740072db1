"""A package being changed: edits of its parts, new parts, and how they hang together."""

from __future__ import annotations

from functools import cached_property

from etl.package.edit import Edit, append_children, prepend_children, set_attribute
from etl.package.part_names import (
    PART_TYPES,
    RELATIONS_TYPE,
    Types,
    normal_name,
    relations_name,
    types_in,
)
from etl.package.parts import CONTENT_TYPES, Package, all_relations
from etl.package.tags import attribute, openings, root_tag

TRANSITIONAL = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STRICT = b"http://purl.oclc.org/ooxml/officeDocument/relationships"
_RELATIONS = b"http://schemas.openxmlformats.org/package/2006/relationships"
_TYPES = b"http://schemas.openxmlformats.org/package/2006/content-types"
_DECLARATION = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml."


class Draft:
    """Collects what changes in a package; `finish` returns it, to be written all at once."""

    def __init__(self, package: Package) -> None:
        self.package = package
        self.edits: dict[str, Edit] = {}
        self.added: dict[str, bytes] = {}
        self._relations: dict[str, list[bytes]] = {}
        self._typed: dict[str, str] = {}

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
        """Return a part name nobody uses, numbered from 1; one that has a content type is used, even without a part."""
        taken = {*self.package.names, *map(normal_name, self.added), *self._types.overrides}
        number = 1
        while normal_name(f"{folder}/{stem}{number}{ending}") in taken:
            number += 1
        return f"{folder}/{stem}{number}{ending}".lstrip("/")

    def add(self, name: str, content: bytes, content_type: str, extension: str = "") -> None:
        """Add a part with its content type, said of its whole extension where one is given."""
        self.added[name] = content
        if extension and self._types.defaults.get(extension, content_type) == content_type:
            self._say_type("Extension", extension, content_type)
        else:  # others of this extension may be something else
            self.say_type(name, content_type)

    def say_type(self, name: str, content_type: str) -> None:
        """Say the content type of a part, unless that is said already."""
        self._say_type("PartName", f"/{name}", content_type)

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

    def redirect(self, part: str, relation: str, target: str) -> None:
        """Let a relationship that is there lead to another part, named from the root."""
        edit = self.edit(relations_name(part))
        for tag in openings(edit.data, (b"Relationship",)):
            if attribute(tag.attributes, b"Id") == relation.encode():
                set_attribute(edit, tag, b"Target", f"/{target}".encode())

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
            self.add(_beside(self.package, part), head + body + b"</Relationships>", RELATIONS_TYPE, "rels")
            return
        edit = self.edit(name)
        root = root_tag(edit.data)
        body = b"".join(b"<" + root.prefix + b"Relationship " + line for line in lines)
        append_children(edit, root, body)

    @cached_property
    def _types(self) -> Types:
        """What the package says of the types of its parts before anything is added."""
        package = self.package
        return package.facts(CONTENT_TYPES, types_in) if package.has(CONTENT_TYPES) else Types({}, {})

    def _say_type(self, key: str, value: str, content_type: str) -> None:
        """Say the type of an extension or a part, unless it is said already: twice is a fault."""
        known = self._types.defaults if key == "Extension" else self._types.overrides
        name = normal_name(value)
        if name in known or name in self._typed:
            return
        self._typed[name] = content_type
        element = "Default" if key == "Extension" else "Override"
        line = f'<{element} {key}="{value}" ContentType="{content_type}"/>'.encode()
        if not self.package.has(CONTENT_TYPES):
            self._types_from_nothing(line)
            return
        edit = self.edit(CONTENT_TYPES)
        root = root_tag(edit.data)
        put = prepend_children if key == "Extension" else append_children
        put(edit, root, b"<" + root.prefix + line[1:])

    def _types_from_nothing(self, line: bytes) -> None:
        content = self.added.get(CONTENT_TYPES) or _basic_types(self.package)
        if line not in content:
            self.added[CONTENT_TYPES] = content.replace(b"</Types>", line + b"</Types>")


def _basic_types(package: Package) -> bytes:
    """Return the content types of a package that came without any: its workbook and what that refers to."""
    workbook = _written_name(package, package.workbook_part)
    lines = [
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>',
        '<Default Extension="xml" ContentType="application/xml"/>',
        f'<Override PartName="/{workbook}" ContentType="{_SPREADSHEET}sheet.main+xml"/>',
    ]
    known = {
        relation.target: PART_TYPES[relation.kind]
        for _, relation in all_relations(package)
        if relation.kind in PART_TYPES and package.has(relation.target)
    }
    for target, kind in known.items():
        lines.append(f'<Override PartName="/{_written_name(package, target)}" ContentType="{kind}"/>')
    head = _DECLARATION + b'<Types xmlns="' + _TYPES + b'">'
    return head + "".join(lines).encode() + b"</Types>"


def _written_name(package: Package, part: str) -> str:
    """Return a part's name as it is written in the file."""
    return package.member(part).name.replace("\\", "/").lstrip("/")


def _beside(package: Package, part: str) -> str:
    """Return the name of a part's new relationships part, with the part's name as it is written."""
    folder, _, name = _written_name(package, part).rpartition("/")
    return f"{folder}/_rels/{name}.rels".lstrip("/")
