"""Opens a workbook's package safely: parts by name, relationships, sheets; and rewrites it.

A part is inflated when it is asked for and counted against a budget; parts nobody asks for are never
touched. Names are compared as the packaging convention says: without regard to case, with either
slash, from the root.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any, TypeVar, cast

from etl.package.container import (
    Budget,
    Container,
    Member,
    head,
    inflate,
    read_container,
    shown_name,
    too_large,
)
from etl.package.container_write import write_container
from etl.package.file_kind import sniff
from etl.package.part_names import (
    Relation,
    SheetRef,
    normal_name,
    relations_in,
    relations_name,
    source_of_relations,
    tab_of,
    tabs_in,
)
from etl.package.safe_xml import parse
from etl.safe.remembered import remembered
from etl.safe.unreadable import Unreadable

__all__ = ["Budget", "Package", "open_package", "rewrite", "sniff"]

Facts = TypeVar("Facts")

_OTHER_DOCUMENTS = (
    ("word/document.xml", "word", "Word文档", "a Word document"),
    ("ppt/presentation.xml", "powerpoint", "PowerPoint演示文稿", "a PowerPoint presentation"),
    ("visio/document.xml", "visio", "Visio图", "a Visio drawing"),
)
CONTENT_TYPES = "[Content_Types].xml"
MOST_TABS = 1_000
"""Of a workbook that is read; a form for every agency of a city would be some three hundred."""
_SHEET_FILES = re.compile(r"\.(xlsx|xlsm|xls|et|ods|docx?|pdf|zip|rar)$")


MOST_ON_ONE_PART, _SMALL_PART = 8, 2_000
"""Tabs that show one part of so many bytes, and are each read: no program writes two, and hundreds cost as many forms."""
MOST_LISTED = 100_000
"""Relationships of a part, content types, defined names and formats of a workbook: Excel allows 65,490 formats,
and polluted workbooks have tens of thousands of names."""


def no_binary_workbook() -> Unreadable:
    """Return the refusal of a binary workbook, which says what to do."""
    return Unreadable(
        "xlsb",
        "是二进制工作簿（.xlsb），未能读取，请用Excel另存为.xlsx后报送",
        "a binary workbook (.xlsb) that could not be read; please save it as .xlsx in Excel",
    )


def too_many_tabs() -> Unreadable:
    """Return the refusal of a workbook with more sheets than are read."""
    return Unreadable(
        "too_many_tabs",
        f"工作表超过{MOST_TABS}张，不像填报表",
        f"more than {MOST_TABS} sheets: no filled form",
    )


class Package:
    """An opened workbook package. Parts are cached once inflated."""

    def __init__(self, container: Container, budget: Budget) -> None:
        self.container = container
        self.budget = budget
        self._spent = 0
        self._contents: dict[str, bytes] = {}
        self._relations: dict[str, tuple[Relation, ...]] = {}
        self._members = _by_name(container.members)

    @property
    def names(self) -> tuple[str, ...]:
        """The normalised names of all parts, in the order of the file."""
        return tuple(self._members)

    def has(self, name: str) -> bool:
        """Say whether the package holds a part of this name."""
        return normal_name(name) in self._members

    def member(self, name: str) -> Member:
        """Return a part's entry; raises `Unreadable("missing_part")` where there is none."""
        found = self._members.get(normal_name(name))
        if found is None:
            shown = shown_name(name)
            raise Unreadable("missing_part", f"文件缺少部件{shown}", f"the file lacks its part {shown}")
        return found

    def part(self, name: str) -> bytes:
        """Return a part's bytes; raises `Unreadable` for a missing, damaged or too large part."""
        key = normal_name(name)
        if key not in self._contents:
            content = inflate(self.container, self.member(name), self.budget.inflated - self._spent)
            self._spent += len(content)
            self._contents[key] = content
        return self._contents[key]

    def head(self, name: str, length: int = 4096) -> bytes:
        """Return about the first `length` bytes of a part, unchecked and not counted."""
        known = self._contents.get(normal_name(name))
        return known[:length] if known is not None else head(self.container, self.member(name), length)

    def xml(self, name: str) -> Any:
        """Return the root element of a part; raises `Unreadable` for a DOCTYPE or broken XML."""
        return parse(self._parsable(name), name)

    def _parsable(self, name: str) -> bytes:
        content = self.part(name)
        if len(content) > self.budget.xml:
            raise too_large()
        return content

    def facts(self, name: str, told: Callable[..., Facts], *about: str) -> Facts:
        """Return what `told` makes of a part's root element (and of `about`); raises as `xml` does.

        What it made is remembered by the part's bytes, because the forms of a city share their styles and
        relationships. So `told` is a plain function of the root and returns what is never changed.
        """
        return cast(Facts, _told(self._parsable(name), name, told, *about))

    def relations(self, part: str) -> tuple[Relation, ...]:
        """Return the relationships of a part (of the package itself for the empty name)."""
        part = normal_name(part)
        if part not in self._relations:
            name = relations_name(part)
            folder = part.rpartition("/")[0]
            found = self.facts(name, relations_in, folder) if self.has(name) else ()
            if len(found) > MOST_LISTED:
                raise too_large()
            self._relations[part] = found
        return self._relations[part]

    def relation_of(self, part: str, kind: str) -> Relation | None:
        """Return the first relationship of a type ending in `kind` that leads from `part` to another part."""
        for relation in self.relations(part):
            if relation.kind == kind and not relation.external:
                return relation
        return None

    def related(self, part: str, kind: str) -> str | None:
        """Return the first part that `part` refers to by a relationship type ending in `kind`."""
        relation = self.relation_of(part, kind)
        return relation.target if relation else None

    @cached_property
    def workbook_part(self) -> str:
        """The name of the workbook part; raises `Unreadable` where the package holds none."""
        target = self.related("", "officeDocument")
        for name in (target, "xl/workbook.xml"):
            if name and self.has(name):
                return normal_name(name)
        raise _no_workbook(self)

    @cached_property
    def sheets(self) -> tuple[SheetRef, ...]:
        """The worksheets in tab order; chart, dialog and macro sheets are not among them."""
        return tuple(ref for kind, ref in self.tabs if kind == "worksheet")

    @property
    def lost_tabs(self) -> tuple[SheetRef, ...]:
        """Tabs that lead to no part and so cannot be read: modules, and what damage took away."""
        return tuple(ref for kind, ref in self.tabs if not kind)

    @property
    def shares_parts(self) -> bool:
        """Whether several tabs lead to one part, which no program writes."""
        parts = [ref.part for _, ref in self.tabs if ref.part]
        return len(set(parts)) < len(parts)

    def lost(self) -> Unreadable:
        """Return the refusal of a package whose first tab without a part is missed."""
        ref = self.lost_tabs[0]
        shown = shown_name(ref.part or ref.name)
        if ref.part:
            return Unreadable("missing_part", f"文件缺少部件{shown}", f"the file lacks its part {shown}")
        return Unreadable(
            "missing_part",
            f"文件缺少工作表“{shown}”的部件",
            f"the file lacks the part of its sheet “{shown}”",
        )

    @property
    def other_sheets(self) -> int:
        """How many tabs are no worksheets."""
        return len(self.tabs) - len(self.sheets)

    @cached_property
    def tabs(self) -> tuple[tuple[str, SheetRef], ...]:
        """All tabs in order, each with the last word of its relationship type (`worksheet`, `chartsheet`, …)."""
        targets = {relation.id: relation for relation in self.relations(self.workbook_part)}
        named = self.facts(self.workbook_part, tabs_in)
        if len(named) > MOST_TABS:
            raise too_many_tabs()
        found = (tab_of(tab, targets, position) for position, tab in enumerate(named))
        return tuple(self._led(found))

    def _led(self, tabs: Iterable[tuple[str, SheetRef]]) -> Iterator[tuple[str, SheetRef]]:
        """Take the kind from tabs whose worksheet is missing, and from the last of many that share a large one."""
        shown = Counter[str]()
        for kind, ref in tabs:
            shown[ref.part] += 1
            lost = kind == "worksheet" and (
                not self.has(ref.part) or self._repeats(ref.part, shown[ref.part])
            )
            yield ("" if lost else kind), ref

    def _repeats(self, part: str, times: int) -> bool:
        return times > MOST_ON_ONE_PART and self.member(part).size > _SMALL_PART

    @cached_property
    def shared_strings_part(self) -> str | None:
        """The part with the shared texts, or None; a promised but missing one raises when it is read."""
        return self.related(self.workbook_part, "sharedStrings")

    @cached_property
    def styles_part(self) -> str | None:
        """The part with the cell formats, or None where there is none or it is missing."""
        name = self.related(self.workbook_part, "styles")
        return name if name and self.has(name) else None

    @property
    def signed(self) -> bool:
        """Whether the package carries a digital signature, which any change makes void."""
        return any(name.startswith("_xmlsignatures/") for name in self._members)

    @property
    def macros(self) -> bool:
        """Whether the package carries macros; they are never run."""
        return any(name.endswith("vbaproject.bin") for name in self._members)


def relations_of(package: Package, part: str) -> tuple[Relation, ...]:
    """Return the relationships of a part; none where they cannot be read, which is a fault of a part of their own."""
    try:
        return package.relations(part)
    except Unreadable:
        return ()


def all_relations(package: Package) -> Iterator[tuple[str, Relation]]:
    """Yield every relationship that can be read with the part it leads from, the package itself as the empty name."""
    for name in package.names:
        folder = name.rpartition("/")[0]
        if name.endswith(".rels") and (folder == "_rels" or folder.endswith("/_rels")):
            source = source_of_relations(name)
            yield from ((source, relation) for relation in relations_of(package, source))


def open_package(data: bytes, budget: Budget | None = None) -> Package:
    """Return the package of a workbook file; nothing but its directory is read yet.

    Raises `Unreadable` for a file too large, not a zip file, without a directory, with two different
    entries of one name, or that holds something other than a workbook.
    """
    budget = budget or Budget()
    if len(data) > budget.file:
        size = budget.file // 1_000_000
        raise Unreadable("too_large", f"文件超过{size}MB", f"the file is larger than {size} MB")
    kind = sniff(data)
    if kind == "xlsb":
        raise no_binary_workbook()
    if kind != "xlsx":
        raise Unreadable(f"is_{kind}", f"是.{kind}文件", f"the file is .{kind} inside")
    package = Package(read_container(data, budget.entries), budget)
    if not package.names:
        raise Unreadable("archive", "是空压缩包", "an empty zip archive")
    _ = package.workbook_part
    if package.has(CONTENT_TYPES):
        package.facts(CONTENT_TYPES, _sound)
    return package


def rewrite(
    package: Package,
    replaced: Mapping[str, bytes],
    added: Mapping[str, bytes],
    removed: Collection[str] = (),
) -> bytes:
    """Return the package's bytes with parts replaced, added or removed.

    All other parts keep their packed bytes. The same arguments give the same bytes.
    """
    changed = [(package.member(name), content) for name, content in replaced.items()]
    dropped = [package.member(name) for name in removed]
    touched = {normal_name(name) for name in (*replaced, *removed)}
    copies = [
        member
        for member in package.container.members
        if normal_name(member.name) in touched and member is not package.member(member.name)
    ]
    return write_container(package.container, changed, list(added.items()), dropped + copies)


def _by_name(members: tuple[Member, ...]) -> dict[str, Member]:
    found: dict[str, Member] = {}
    for member in members:
        name = normal_name(member.name)
        first = found.setdefault(name, member)
        if (first.crc, first.size) != (member.crc, member.size):
            shown = shown_name(name)
            raise Unreadable(
                "duplicate_part",
                f"文件损坏：部件{shown}出现两次且内容不同",
                f"the file is damaged: its part {shown} is there twice with different contents",
            )
    return found


@remembered(64)
def _told(content: bytes, name: str, told: Callable[..., object], *about: str) -> object:
    return told(parse(content, name), *about)


def _sound(root: Any) -> bool:
    """Say that a part could be parsed and does not list more than is read, which is all that is asked of it."""
    if len(root) > MOST_LISTED:
        raise too_large()
    return True


def _no_workbook(package: Package) -> Unreadable:
    names = package.names
    for part, code, chinese, english in _OTHER_DOCUMENTS:
        if part in names:
            return Unreadable(code, f"不是电子表格，实际是{chinese}", f"not a spreadsheet but {english}")
    if "xl/workbook.bin" in names:
        return no_binary_workbook()
    if any(name.startswith("xl/") for name in names):
        return Unreadable(
            "missing_part", "文件缺少部件xl/workbook.xml", "the file lacks its part xl/workbook.xml"
        )
    if any(_SHEET_FILES.search(name) for name in names):
        return Unreadable("archive", "是压缩包，请先解压", "a zip archive; please unpack it first")
    return Unreadable("archive", "是压缩包，里面没有工作簿", "a zip archive that holds no workbook")
