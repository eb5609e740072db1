"""Text without measure: long texts, long numbers, and strings that send a pattern back and forth.

A text is planted in every kind of cell at once; reading and checking its form must stay a matter of seconds.
"""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from checks.given.inputs import Inputs
from checks.settings import Settings
from etl.batch.chunk import check_readings
from etl.intake.file_reading import FileReading
from etl.intake.read import read_data
from etl.sheets.cells import LONGEST_TEXT
from tests.here import produce
from tests.hostile import planted

SECONDS = 5.0
"""For reading one form, and for one rule over all of them; generous: an idle machine takes less than one."""

LONG = {
    "as long as excel allows": "长" * 32_767,
    "longer": "长" * 32_768,
    "a million": "长" * 1_000_000,
    "digits": "9" * 5_000,
    "an exponent": "1E+999999999",
    "a small exponent": "1e-999999999",
    "not a number": "NaN",
    "infinity": "-Infinity",
    "full-width digits": "１" * 300,
    "digits of other scripts": "١²Ⅻ〇𝟏",
    "letters": "a" * 30_000 + "!",
    "digits and a letter": "1" + "0" * 29_999 + "x",
    "thousands": "1," * 15_000,
    "years": "20" * 15_000,
    "shares": "1%" * 15_000,
    "list items": "1、" * 15_000,
    "operators": "≥" * 30_000,
    "brackets": "(" * 30_000,
    "quotation marks": "“" * 30_000,
    "blanks": " " * 30_000 + "x",
    "lines": "\n" * 30_000 + "x",
    "dots": "." * 30_000,
    "entities": "&" * 30_000,
    "tags": "<a " * 10_000,
    "escapes": "_x" * 15_000,
    "units": "万元" * 15_000,
    "words": "完成率" * 10_000,
    "clauses": "完成1项，" * 6_000,
    "dashes": "-" * 30_000,
    "ratios": "1:" * 15_000,
    "ends of agencies": "局" * 30_000,
}


@pytest.fixture(scope="module")
def read() -> dict[str, tuple[FileReading, float]]:
    """Read a form of each text; return it with the seconds it took."""
    return {name: timed(name, planted(text, sheet_name=text.strip()[:31])) for name, text in LONG.items()}


def timed(name: str, data: bytes) -> tuple[FileReading, float]:
    began = time.perf_counter()
    return read_data(f"{name}.xlsx", data), time.perf_counter() - began


@pytest.mark.parametrize("name", LONG)
def test_a_form_of_long_texts_is_read_in_seconds(
    read: dict[str, tuple[FileReading, float]], name: str
) -> None:
    file, seconds = read[name]
    assert (file.status, seconds < SECONDS) == ("checked", True)
    (reading,) = file.readings
    assert len(reading.texts) == 5 and max(map(len, reading.texts.values())) <= LONGEST_TEXT


def test_no_rule_takes_long_over_them(read: dict[str, tuple[FileReading, float]]) -> None:
    checked = check_readings([file for file, _ in read.values()], Settings(), Inputs())
    slow = {code: seconds for code, seconds in checked.timings.items() if seconds > SECONDS}
    assert checked.timings and slow == {}
    assert max(len(entry.finding.message["zh"]) for entry in checked.located) < 1_000


def test_forms_of_long_texts_are_compared_and_written_in_seconds(tmp_path: Path) -> None:
    inbox, output = tmp_path / "in", tmp_path / "out"
    inbox.mkdir()
    texts = [
        LONG[name] for name in ("longer", "list items", "shares", "words", "clauses", "digits and a letter")
    ]
    for number, text in enumerate(texts):
        (inbox / f"{number}.xlsx").write_bytes(planted(text))
    began = time.perf_counter()
    run = produce([inbox], output, workers=1, quiet=True, letters=True)
    assert time.perf_counter() - began < 30
    assert [file.status for file in run.batch.files] == ["checked"] * len(texts)
    findings = json.loads((output / "findings.json").read_text(encoding="utf-8"))["findings"]
    assert max(len(finding["message"]) for finding in findings) < 1_000
