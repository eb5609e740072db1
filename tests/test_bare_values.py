"""An old workbook that its reader gives up on is read by another library; what was lost is said."""

from __future__ import annotations

import struct
import time
from pathlib import Path

import pytest

from etl.intake.read import read_data
from etl.package.parts import open_package
from etl.safe.unreadable import Unreadable
from etl.sheets import bare_values
from etl.sheets.bare_values import read_bare
from etl.sheets.legacy import read_legacy
from etl.validation.package import faults
from tests.here import produce
from tests.test_hostile_files import in_directory, old_form

pytest.importorskip("python_calamine")
GIVEN_UP_ON = in_directory(76, 0)
"""The root of its directory is its own child: nothing of the workbook itself is touched."""


def test_values_and_merges_are_those_of_the_usual_reader() -> None:
    usual, bare = read_legacy(old_form(), "xls"), read_bare(old_form())
    for old, new in zip(usual.sheets, bare.sheets, strict=True):
        assert (old.name, old.state, sorted(old.merges)) == (new.name, new.state, sorted(new.merges))
        assert {at: cell[:2] for at, cell in old.cells.items()} == {
            at: cell[:2] for at, cell in new.cells.items()
        }
    assert bare.warnings == ("values_only",)


def test_the_form_is_checked_and_a_warning_says_what_was_lost(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "甲.xls").write_bytes(GIVEN_UP_ON)
    run = produce([tmp_path / "in"], tmp_path / "out", quiet=True, workers=1)
    told = {entry.finding.code: entry.finding for entry in run.batch.located}
    assert str(told["ST14"].severity) == "warning" and "没有数字格式" in told["ST14"].message["zh"]
    (written,) = run.returns.values()
    assert not written.lost and faults(open_package(written.path.read_bytes())) == ()


@pytest.mark.parametrize("length", range(600, len(old_form()) - 512, 1_500))
def test_of_a_file_cut_short_nothing_is_read(length: int) -> None:
    with pytest.raises(Unreadable):
        read_bare(old_form()[:length])


@pytest.mark.parametrize("place", [0x2C, 0x48, 0x4C, 512, 516])
def test_a_table_that_lies_costs_nothing(place: int) -> None:
    """The library itself takes the table's word, and all memory there is."""
    data = bytearray(GIVEN_UP_ON)
    struct.pack_into("<L", data, place, 0x00FF_FFF0)
    began = time.perf_counter()
    assert read_data("甲.xls", bytes(data)).status in ("checked", "unreadable")
    assert time.perf_counter() - began < 2 * bare_values.SECONDS
