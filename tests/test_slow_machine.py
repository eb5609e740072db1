"""A slow machine: the time it takes to load the program is no file's time.

An office PC whose virus scanner looks into every module needs a minute for a worker's first return. Here whatever looks for a
module while a clock runs sleeps, and the clock on a file is short.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

import etl.batch.chunk
import etl.returns.write
from etl.workers import limits
from tests.here import produce
from tests.test_cli import HOME

SECONDS_A_MODULE = 0.1
SECONDS = 2.0
"""What a file or a return may take here: some ten times what it takes; a first return looks for 200 modules."""
OFFICE = HOME / "samples" / "city" / "市人力资源和社会保障局"
"""An .xlsx and an .xls."""
_CLOCK = limits.clock
_READ, _RETURN = etl.batch.chunk.read_item, etl.returns.write.write_return


class Slow:
    """Looks for modules as slowly as a virus scanner lets it; where no clock runs, that need not be waited for."""

    clocks = 0

    def find_spec(self, *_: object) -> None:
        """Take a while and leave it to the others."""
        if Slow.clocks:
            time.sleep(SECONDS_A_MODULE)


@contextmanager
def short_clock(_: float = 0.0) -> Iterator[None]:
    """Stand in for the clock of a worker."""
    Slow.clocks += 1
    with _CLOCK(SECONDS):
        yield
    Slow.clocks -= 1


def slow_down() -> None:
    """Make the worker this runs in slow at loading, and its clock short."""
    if limits.clock is not short_clock:
        sys.meta_path.insert(0, Slow())  # type: ignore[arg-type]
        limits.clock = short_clock


def read_slowly(item: Any) -> Any:
    """Stand in for reading a file."""
    slow_down()
    return _READ(item)


def return_slowly(job: Any) -> Any:
    """Stand in for writing a return."""
    slow_down()
    return _RETURN(job)


def test_every_file_is_read_and_returned_however_slow_loading_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(etl.batch.chunk, "read_item", read_slowly)
    monkeypatch.setattr(etl.returns.write, "write_return", return_slowly)
    run = produce([OFFICE], tmp_path, verify=True, quiet=True, workers=1)
    assert [(file.path, file.status) for file in run.batch.files] == [
        ("苏州市人事考试服务中心.xlsx", "checked"),
        ("苏州市就业创业服务中心.xls", "checked"),
    ]
    assert {name: written.lost for name, written in run.returns.items()} == dict.fromkeys(run.returns, "")
    assert all(written.path.is_file() for written in run.returns.values())
    assert len(run.returns) == 2
