"""Which files are drawn on the report page, the number each has there, and their sections, which the store keeps."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from etl.batch.model import Batch
from etl.report.section import file_section
from etl.store.database import Store, writing
from etl.store.read import stored_files

MOST_DRAWN = 300
"""Files in a batch up to which every form is drawn; of more, those with errors or warnings."""


@dataclass(frozen=True, slots=True)
class Sections:
    """The sections of the files that are drawn, by path: their numbers, and what each of those stored was made from."""

    store: Store
    batch: Batch
    numbers: Mapping[str, int]
    keys: Mapping[str, int]
    made_from: dict[str, str] = field(default_factory=dict)

    def outline(self, path: str) -> bytes:
        """Return what the sheets of a file show, packed."""
        found = self.store.rows('SELECT drawn FROM outlines WHERE "row" = ?', (self.keys[path],))
        return bytes(found[0][0]) if found else b""

    def keep(self, path: str, made_from: str, section: bytes | None) -> None:
        """Store the section of a file, packed, in the place of an earlier one; none where it could not be drawn."""
        with writing(self.store):
            self.store.connection.execute('DELETE FROM sections WHERE "row" = ?', (self.keys[path],))
            self.made_from.pop(path, None)
            if section is not None:
                self.store.insert("sections", [(self.keys[path], made_from, section)])
                self.made_from[path] = made_from

    def texts(self, lang: str) -> Iterator[str]:
        """Yield the sections in order; one that could not be drawn without a picture."""
        for path, number in self.numbers.items():
            found = self.store.rows('SELECT html FROM sections WHERE "row" = ?', (self.keys[path],))
            if found and path in self.made_from:
                yield zlib.decompress(found[0][0]).decode("utf-8")
            else:
                own = [entry for entry in self.batch.located if entry.finding.path == path]
                yield file_section(number, "", path, (), own, lang)


def sections_of(store: Store, batch: Batch) -> Sections:
    """Return the sections of a batch, of which the store may have some: all files', or of many those with errors or warnings."""
    checked = [file.path for file in batch.files if file.status == "checked"]
    if len(checked) > MOST_DRAWN:
        grave = {entry.finding.path for entry in batch.located if entry.finding.severity != "info"}
        checked = [path for path in checked if path in grave]
    keys = {file["path"]: file["row"] for file in stored_files(store)}
    paths = {key: path for path, key in keys.items()}
    drawn = {
        paths[key]: made for key, made in store.rows('SELECT "row", made_from FROM sections') if key in paths
    }
    return Sections(store, batch, {path: number for number, path in enumerate(checked, 1)}, keys, drawn)
