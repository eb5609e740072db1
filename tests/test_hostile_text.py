"""Text as an attack (E in the list of ways a file is broken): it stays text in whatever is written."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import time
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import docx
import lxml.html
import openpyxl
import pytest
from lxml import etree

from etl.commands.run import Run
from tests.here import checked, produce
from tests.hostile import ATTACKS, planted
from tests.packages import MAIN
from tests.test_cli import jixiao

CONTROL = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)
"""What a terminal may obey or show the other way round, and what is no character."""
PLAIN = re.compile(r"[=＝+＋\-－]\s?[0-9][0-9,.]*\s?[%％]?")
HARMLESS_FORMULA = re.compile(r"[A-Z]{2,10}\([A-Z0-9:,]+\)")
FORMULA = f"{{{MAIN}}}f"
LONGEST_CELL = 32_767


@dataclass(frozen=True, slots=True)
class Produced:
    """A run over forms full of attacks: where everything is, and what the run said."""

    home: Path
    inbox: Path
    output: Path
    run: Run
    seconds: float


def file_name(number: int, text: str) -> str:
    """Return a text as the name of a file, as far as a file can have it."""
    if os.name == "nt":
        return f"{number}.xlsx"
    bare = re.sub("[/\x00\ud800-\udfff]", "", text)[:40].lstrip(".~")
    return f"{bare}{number}.xlsx"


def names_in(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def sheet_name(text: str) -> str:
    """Return a text as the name of a sheet, as far as Excel would take it."""
    return re.sub(r"[\[\]:*?/\\']", "", text)[:31] or "表"


@pytest.fixture(scope="module")
def produced(tmp_path_factory: pytest.TempPathFactory) -> Produced:
    home = tmp_path_factory.mktemp("hostile")
    inbox, output = home / "in", home / "out"
    inbox.mkdir()
    for number, text in enumerate(ATTACKS.values()):
        (inbox / file_name(number, text)).write_bytes(planted(text, sheet_name(text)))
    began = time.perf_counter()
    run = produce([inbox], output, workers=1, quiet=True, letters=True)
    return Produced(home, inbox, output, run, time.perf_counter() - began)


def workbooks(output: Path) -> Iterator[Path]:
    yield output / "citywide.xlsx"
    yield from sorted((output / "returns").iterdir())


def test_every_form_is_read_and_returned(produced: Produced) -> None:
    assert Counter(file.status for file in produced.run.batch.files) == {"checked": len(ATTACKS)}
    assert names_in(produced.output / "returns") == names_in(produced.inbox)
    assert not [written.lost for written in produced.run.returns.values() if written.lost]
    assert produced.seconds < 90


def test_nothing_is_written_outside_the_output(produced: Produced) -> None:
    assert names_in(produced.home) == {"in", "out"}
    assert len(names_in(produced.inbox)) == len(ATTACKS)
    assert {*names_in(produced.output)} == {
        "citywide.xlsx", "data", "findings.csv", "findings.json", "jixiao.log", "letters", "report.html", "returns",
        "datapackage.json", "jixiao.sqlite", "发送清单.csv",
    }  # fmt: skip
    assert {path.parent for path in produced.output.rglob("*") if path.is_file()} == {
        produced.output, *(produced.output / name for name in ("data", "letters", "returns")),
    }  # fmt: skip


def test_no_text_became_a_formula_in_a_workbook(produced: Produced) -> None:
    for path in workbooks(produced.output):
        with zipfile.ZipFile(path) as archive:
            names = [name for name in archive.namelist() if name.startswith("xl/worksheets/sheet")]
            found = [
                f.text or "" for name in names for f in etree.fromstring(archive.read(name)).iter(FORMULA)
            ]
        assert [formula for formula in found if not HARMLESS_FORMULA.fullmatch(formula)] == [], path.name
        assert path.name == "citywide.xlsx" or found == []


def test_links_lead_to_the_returns_and_nowhere_else(produced: Produced) -> None:
    returns = {f"returns/{name}" for name in names_in(produced.output / "returns")}
    for path in workbooks(produced.output):
        with zipfile.ZipFile(path) as archive:
            parts = [archive.read(name) for name in archive.namelist() if name.endswith(".rels")]
        relations = [relation for part in parts for relation in etree.fromstring(part)]
        outside = {r.get("Target") or "" for r in relations if r.get("TargetMode") == "External"}
        assert {unquote(target.replace("\\", "/")) for target in outside} <= returns, path.name
        assert path.name == "citywide.xlsx" or not outside


@pytest.mark.filterwarnings("ignore:.*(extension is not supported|more than 31)")
def test_openpyxl_opens_every_workbook_and_no_cell_is_too_long(produced: Produced) -> None:
    for path in workbooks(produced.output):
        book: Any = openpyxl.load_workbook(path)
        values = [cell.value for sheet in book for row in sheet.iter_rows() for cell in row]
        texts = [value for value in values if isinstance(value, str)]
        assert texts and max(map(len, texts)) <= LONGEST_CELL, path.name


def csv_files(output: Path) -> Iterator[Path]:
    yield output / "findings.csv"
    yield from sorted((output / "data").glob("*.csv"))


def rows_of(path: Path) -> list[list[str]]:
    return list(csv.reader(io.StringIO(path.read_bytes().decode("utf-8-sig"), newline="")))


def test_no_field_of_a_csv_begins_a_formula(produced: Produced) -> None:
    for path in csv_files(produced.output):
        rows = rows_of(path)
        assert {len(row) for row in rows} == {len(rows[0])}, path.name
        for field in (field for row in rows for field in row):
            bare = field.lstrip(" \t\r\n\xa0\u3000\u200b\ufeff")
            assert not bare.startswith(tuple("=+-@＝＋－＠")) or PLAIN.fullmatch(bare.strip()), (
                path.name,
                field,
            )
            assert not CONTROL.search(field), (path.name, field)


def test_what_departments_type_stays_as_it_is(produced: Produced) -> None:
    values = [field for row in rows_of(produced.output / "data" / "indicators.csv") for field in row]
    assert "=100%" in values and "'=100%" not in values


def test_the_page_holds_no_element_of_theirs(produced: Produced) -> None:
    text = (produced.output / "report.html").read_text(encoding="utf-8")
    elements = list(lxml.html.document_fromstring(text).iter(etree.Element))
    tags = Counter(str(element.tag) for element in elements)
    scripts = Counter(element.get("type", "") for element in elements if element.tag == "script")
    assert scripts == {"": 1, "text/plain": len(ATTACKS)}  # a form's drawing waits as text until it is opened
    assert (tags["style"], tags["h1"]) == (1, 1)
    assert not {"img", "iframe", "object", "embed", "link", "base", "form", "svg", "marquee"} & set(tags)
    assert not [key for element in elements for key in element.attrib if key.startswith("on")]
    links = [element.get("href") or "" for element in elements if element.tag == "a"]
    ours = ("#", "returns/", "letters/", "citywide.xlsx")
    assert links and all(link.startswith(ours) for link in links)
    assert not CONTROL.search(text)


def test_json_is_sound_and_holds_no_control(produced: Produced) -> None:
    text = (produced.output / "findings.json").read_text(encoding="utf-8")
    document = json.loads(text)
    assert len(document["files"]) == len(ATTACKS)
    assert not CONTROL.search(text)


def test_messages_are_no_longer_than_people_read(produced: Produced) -> None:
    findings = json.loads((produced.output / "findings.json").read_text(encoding="utf-8"))["findings"]
    assert max(len(finding["message"]) for finding in findings) < 1_000


def test_word_opens_the_letters(produced: Produced) -> None:
    letters = sorted((produced.output / "letters").iterdir())
    assert letters
    for path in letters:
        texts = [paragraph.text for paragraph in docx.Document(str(path)).paragraphs]
        assert texts[0] == "部门整体预算绩效目标表退回说明" or any("退回说明" in text for text in texts)
        assert max(map(len, texts)) < 3_000, path.name
        assert not any(CONTROL.search(text) for text in texts), path.name


def test_nothing_printed_is_obeyed_by_a_terminal(produced: Produced) -> None:
    done = jixiao("check", produced.inbox, "--workers", "1", PYTHONIOENCODING="utf-8")
    text = done.stdout.decode("utf-8").replace("\r\n", "\n")
    assert done.returncode == 1 and done.stderr == b""
    assert not CONTROL.search(text)


def test_the_returns_say_the_same_when_they_come_back(produced: Produced) -> None:
    again = checked([produced.output / "returns"], workers=1)
    first = produced.run.batch

    def told(batch: Any) -> Counter[tuple[str, str]]:
        return Counter((entry.finding.path, entry.finding.code) for entry in batch.located)

    assert told(again) == told(first)
