"""Which files are drawn on the report page, and where their sections are written meanwhile."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from etl.batch.model import Batch
from etl.frames.spill import Aside, Lying, taken_back

MOST_DRAWN = 300
"""Files in a batch up to which every form is drawn; of more, those with errors or warnings."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """Where a file's section of the report page goes, its number there, and what its sheets show, packed."""

    part: Path
    number: int
    outline: bytes | Lying


def drawings(
    batch: Batch, folder: Path, aside: Aside | None = None, elsewhere: bool = False
) -> dict[str, Drawing]:
    """Return the files whose forms are drawn: all, or of many those with errors or warnings.

    Their sections are written into `folder` while the returns are made. `aside`: where their outlines were put,
    to be read there by who draws, or carried along where that is `elsewhere`, on another machine.
    """
    checked = {file.path: file.outline for file in batch.files if file.status == "checked"}
    grave = {entry.finding.path for entry in batch.located if entry.finding.severity != "info"}
    some = [path for path in checked if path in grave] if len(checked) > MOST_DRAWN else list(checked)
    return {
        path: Drawing(folder / f"{number}.html", number, _outline(aside, path, elsewhere) or checked[path])
        for number, path in enumerate(some, 1)
    }


def _outline(aside: Aside | None, path: str, elsewhere: bool) -> bytes | Lying:
    if aside is None or path not in aside.places:
        return b""
    return taken_back(aside, path) if elsewhere else Lying(Path(str(aside.file.name)), aside.places[path])
