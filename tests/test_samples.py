"""The samples on disk are what their data says, and no byte depends on the clock."""

from __future__ import annotations

import hashlib
import io

import openpyxl
import pytest

from etl.layout import lay_out
from etl.suzhou import FORM_2023
from samples import build
from samples.sources import DATA, filled_form, load

SAMPLES = dict(build.everything())


@pytest.mark.parametrize("name", SAMPLES)
def test_a_sample_on_disk_is_redrawn_byte_for_byte(name: str) -> None:
    path = build.HOME / name
    assert _same(path.read_bytes(), SAMPLES[name]), f"{name} is out of date: run python -m samples.build"


def _same(one: bytes, other: bytes) -> bool:
    """Return whether two files are equal, packages whatever zlib packed them."""
    if one != other and one[:4] == other[:4] == b"PK\3\4" and one[-22:-18] == b"PK\5\6":
        return build.parts(one) == build.parts(other)
    return one == other


def test_no_sample_lies_about_that_is_not_drawn() -> None:
    folders = [build.HOME / "published", build.HOME / "city"]
    found = {
        path.relative_to(build.HOME).as_posix()
        for folder in folders
        for path in folder.rglob("*")
        if path.is_file()
    }
    assert found == set(SAMPLES)


def test_the_published_sample_holds_every_character() -> None:
    filled = filled_form(load(DATA / "published.toml"))
    content = SAMPLES[f"published/{filled.texts['agency']}.xlsx"]
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    assert sheet is not None
    for box in lay_out(FORM_2023, filled).boxes:
        value = sheet.cell(*box.address).value
        assert str(value if value is not None else "") == str(box.value if box.value is not None else "")
    assert hashlib.sha256(filled.texts["long_term_goal"].encode()).hexdigest()[:12] == GOAL
    assert sheet["E53"].value == "=30%" and sheet["E53"].data_type == "s"


GOAL = "6249e3e6c4d2"
"""Of the published text with its markup: so that nobody tidies it by accident."""
