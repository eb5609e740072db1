"""A batch as everybody after the checks sees it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from checks.finding import NotRun, Tally
from etl.frames.build import Stack
from etl.frames.located import Located
from etl.intake.file_reading import FileReading
from etl.intake.submissions import Skipped


@dataclass(frozen=True, slots=True)
class Batch:
    """Everything one run knows: files in, tables, findings with their cells, what was not run and why.

    Findings and what was not run come out of the store as they are gone through (`etl.store.findings`). `unchanged`: how many
    of the files were not read, because they were as an earlier run had read them.
    """

    stack: Stack
    located: Sequence[Located]
    not_run: Sequence[NotRun]
    tallies: tuple[Tally, ...]
    skipped: tuple[Skipped, ...]
    timings: Mapping[str, float] = field(default_factory=dict)
    unchanged: int = 0

    @property
    def files(self) -> tuple[FileReading, ...]:
        """Return the files that were opened, in order of path."""
        return self.stack.files
