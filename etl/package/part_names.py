"""How the parts of a package are named and refer to each other: relationships, and the tabs of a workbook."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal
from urllib.parse import unquote

RELATIONS_TYPE = "application/vnd.openxmlformats-package.relationships+xml"
_SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml."
PART_TYPES: Mapping[str, str] = {
    "worksheet": f"{_SPREADSHEET}worksheet+xml",
    "styles": f"{_SPREADSHEET}styles+xml",
    "sharedStrings": f"{_SPREADSHEET}sharedStrings+xml",
    "comments": f"{_SPREADSHEET}comments+xml",
    "table": f"{_SPREADSHEET}table+xml",
    "vmlDrawing": "application/vnd.openxmlformats-officedocument.vmlDrawing",
    "drawing": "application/vnd.openxmlformats-officedocument.drawing+xml",
    "chart": "application/vnd.openxmlformats-officedocument.drawingml.chart+xml",
    "theme": "application/vnd.openxmlformats-officedocument.theme+xml",
}
"""What the target of a relationship must be said to be; ECMA-376 part 1, the annexes of each part."""

_LONG = 200
"""Characters of a part name above which it is not remembered: no program writes such names."""

State = Literal["visible", "hidden", "veryHidden"]

_STATES: dict[str, State] = {"hidden": "hidden", "veryHidden": "veryHidden"}


@dataclass(frozen=True, slots=True)
class SheetRef:
    """A worksheet in tab order: its name, state and part, and where it stands among all tabs (from 0)."""

    name: str
    state: State
    part: str
    tab: int = 0


@dataclass(frozen=True, slots=True)
class Relation:
    """A relationship: its id, the last word of its type, and its target (a part name unless external)."""

    id: str
    kind: str
    target: str
    external: bool


@dataclass(frozen=True, slots=True)
class Types:
    """What content types a package states: by extension (lower case) and by part (as `normal_name` gives it)."""

    defaults: Mapping[str, str]
    overrides: Mapping[str, str]


def normal_name(name: str) -> str:
    """Return a part name as it is compared: lower case, forward slashes, no leading slash."""
    return _normal(name) if len(name) <= _LONG else _normal.__wrapped__(name)


@lru_cache(maxsize=4_096)
def _normal(name: str) -> str:
    return name.replace("\\", "/").lstrip("/").lower()


def relations_name(part: str) -> str:
    """Return the name of the part that holds the relationships of `part`."""
    folder, _, name = normal_name(part).rpartition("/")
    return f"{folder}/_rels/{name}.rels".lstrip("/")


def source_of_relations(name: str) -> str:
    """Return the part whose relationships a part holds, "" for the package itself and for what holds none."""
    folder, _, file = name.rpartition("/")
    if not name.endswith(".rels") or not (folder == "_rels" or folder.endswith("/_rels")):
        return ""
    return f"{folder[:-5].rstrip('/')}/{file[:-5]}".strip("/")


def local_name(element: Any) -> str:
    """Return an element's name without its namespace."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def resolved(folder: str, target: str) -> str:
    """Return the part name a relationship's target means, seen from a folder."""
    target = unquote(target.replace("\\", "/"))
    steps = [] if target.startswith("/") else folder.split("/")
    for step in target.split("/"):
        if step == ".." and steps:
            steps.pop()
        elif step not in ("", ".", ".."):
            steps.append(step)
    return normal_name("/".join(step for step in steps if step))


def types_in(root: Any) -> Types:
    """Return the content types that a package states."""
    defaults: dict[str, str] = {}
    overrides: dict[str, str] = {}
    for element in root:
        kind, stated = local_name(element), element.get("ContentType") or ""
        if kind == "Default":
            defaults.setdefault((element.get("Extension") or "").lower(), stated)
        elif kind == "Override":
            overrides.setdefault(normal_name(element.get("PartName") or ""), stated)
    return Types(defaults, overrides)


def relations_in(root: Any, folder: str) -> tuple[Relation, ...]:
    """Return the relationships a part of relationships states, with targets as seen from a folder."""
    return tuple(_relation(element, folder) for element in root if local_name(element) == "Relationship")


def _relation(element: Any, folder: str) -> Relation:
    target = element.get("Target") or ""
    external = element.get("TargetMode") == "External"
    kind = (element.get("Type") or "").rstrip("/").rpartition("/")[2]
    return Relation(element.get("Id") or "", kind, target if external else resolved(folder, target), external)


def tabs_in(root: Any) -> tuple[tuple[str, str, str], ...]:
    """Return the name, state and relationship of every tab as a workbook part names them."""
    groups = (group for group in root if local_name(group) == "sheets")
    sheets = (element for group in groups for element in group if local_name(element) == "sheet")
    return tuple(
        (element.get("name") or "", element.get("state") or "", _relation_of(element)) for element in sheets
    )


def _relation_of(element: Any) -> str:
    named = (v for key, v in element.attrib.items() if key.rpartition("}")[2] == "id" and "}" in key)
    return next(named, None) or ""


def tab_of(tab: tuple[str, str, str], targets: Mapping[str, Relation], position: int) -> tuple[str, SheetRef]:
    """Return a tab's kind and where it leads: kind and part are empty for one that leads nowhere.

    So are the tabs of modules that programs of 1995 wrote, once they are saved as .xlsx.
    """
    name, state, relation_id = tab
    relation = targets.get(relation_id)
    kind, part = (relation.kind, relation.target) if relation else ("", "")
    return kind, SheetRef(name, _STATES.get(state, "visible"), part, position)
