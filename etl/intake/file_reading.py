"""A submission as it came out of reading."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from etl.reading.model import Reading

if TYPE_CHECKING:
    from etl.marked.lines import Page


OF_THE_SYSTEM = frozenset({"changed", "io_error"})
"""Reasons of a file that could not be read: somebody wrote into it meanwhile, or the system did not give it."""


@dataclass(frozen=True, slots=True)
class FileReading:
    """A submission as it came out of reading: its forms, or why there are none.

    `path` is relative to the argument it was found under; `status` one of `checks.frames.tables.FILE_STATUSES`;
    `code` a stable word for the reason, `reason` and `reason_en` say it in words. `modified`: when the
    file says it was last saved, which orders several files of one agency. `page`: the remarks of a
    return that came back, with the answers on it. `outline`: what its sheets show (`etl.report.picture`), where
    that was asked for.
    """

    path: str
    status: str = "checked"
    code: str = ""
    reason: str = ""
    reason_en: str = ""
    readings: tuple[Reading, ...] = ()
    sheet_names: tuple[str, ...] = ()
    modified: str = ""
    hidden_sheets: tuple[str, ...] = ()
    page: Page | None = None
    outline: bytes = b""

    @property
    def lost(self) -> bool:
        """Whether what it holds is not known for a reason that lies in no file: its reader died, the disk or the time."""
        return self.status == "crashed" or self.code in OF_THE_SYSTEM
