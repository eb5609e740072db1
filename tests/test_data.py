"""A run as data: what is written is what was known, the documented queries run, runs can be merged."""

from __future__ import annotations

import csv
import io
import re
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

HOME = Path(__file__).parent.parent
CITY = HOME / "samples" / "city"
PATHS = [CITY, HOME / "samples" / "published"]
QUERIES = re.findall(r"```sql\n(.*?)```", (HOME / "docs" / "data.md").read_text(encoding="utf-8"), re.S)


@pytest.fixture(scope="module")
def produced(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from tests.here import produce

    output = tmp_path_factory.mktemp("data")
    produce(PATHS, output, roster=CITY / "roster.csv", workers=1, quiet=True)
    return output


def rows(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline="")))


def sqlite_of(folder: Path) -> sqlite3.Connection:
    """Return the CSV files in a database of SQLite; whole numbers are numbers."""
    database = sqlite3.connect(":memory:")
    for path in sorted((folder / "data").glob("*.csv")):
        with path.open(encoding="utf-8-sig", newline="") as file:
            head, *lines = csv.reader(file)
        names = ", ".join(f'"{name}" NUMERIC' for name in head)
        database.execute(f'CREATE TABLE "{path.stem}" ({names})')
        marks = ",".join("?" * len(head))
        plain = [[{"True": 1, "False": 0, "": None}.get(text, text) for text in line] for line in lines]
        database.executemany(f'INSERT INTO "{path.stem}" VALUES ({marks})', plain)
    return database


def test_there_are_three_queries() -> None:
    assert len(QUERIES) == 3


@pytest.mark.parametrize("number", range(3))
def test_the_queries_run_over_the_csv_files(number: int, produced: Path) -> None:
    assert sqlite_of(produced).execute(QUERIES[number]).fetchall()


@pytest.mark.parametrize("number", range(3))
def test_the_queries_run_in_duckdb_and_say_the_same(number: int, produced: Path) -> None:
    duckdb = pytest.importorskip("duckdb")
    with duckdb.connect(str(produced / "citywide.duckdb"), read_only=True) as database:
        found = database.execute(QUERIES[number]).fetchall()
    wanted = sqlite_of(produced).execute(QUERIES[number]).fetchall()
    assert [[_plain(value) for value in row] for row in found] == [[_plain(v) for v in row] for row in wanted]


def _plain(value: Any) -> Any:
    return value if isinstance(value, str) else pytest.approx(float(value))


def test_parquet_says_what_the_csv_says(produced: Path) -> None:
    pytest.importorskip("pyarrow")
    import pandas as pd

    for path in (produced / "data").glob("*.csv"):
        assert len(pd.read_parquet(path.with_suffix(".parquet"))) == len(rows(path)), path.name


def test_the_queries_say_what_the_forms_say(produced: Path) -> None:
    """The first query again, from the CSV by hand."""
    funds = {row["row"]: row for row in rows(produced / "data" / "funds.csv")}
    shares = []
    for form in rows(produced / "data" / "forms.csv"):
        u = {
            name: int(funds[form["row"]][name] or 0)
            for name in ("basic_half", "project_half", "basic_full", "project_full")
        }
        if form["counted"] == "True":
            share = (u["basic_half"] + u["project_half"]) * 100 / (u["basic_full"] + u["project_full"])
            shares.append((round(share, 1), form["agency"]))
    found = sqlite_of(produced).execute(QUERIES[0]).fetchall()
    assert [(share, agency) for agency, _, share in found] == sorted(shares)[:10]


def test_findings_are_those_of_the_report(produced: Path) -> None:
    told = [(r["code"], r["path"], r["message_zh"]) for r in rows(produced / "data" / "findings.csv")]
    report = [(r["code"], r["path"], r["message"]) for r in rows(produced / "findings.csv")]
    assert sorted(told) == sorted(report)


def test_a_run_reads_back_as_it_was(produced: Path) -> None:
    """Tables, places, findings and tallies come back from the CSV as they were in the batch."""
    from etl.data.read import read_run

    from tests.here import checked

    was = checked(PATHS, roster=CITY / "roster.csv", workers=1)
    now = read_run(produced).batch
    for name in ("funds", "projects", "indicators"):
        old, new = getattr(was.stack.tables, name), getattr(now.stack.tables, name)
        assert list(new.columns) == list(old.columns)
        for column in old.columns:
            assert list(map(_text, new[column])) == list(map(_text, old[column])), (name, column)
    assert list(now.stack.places()) == list(was.stack.places())
    assert [e.cells for e in now.located] == [e.cells for e in was.located]
    assert [(e.finding.code, e.finding.message, e.finding.hypothesis) for e in now.located] == [
        (e.finding.code, dict(e.finding.message), dict(e.finding.hypothesis)) for e in was.located
    ]
    assert now.tallies == was.tallies and now.not_run == was.not_run and now.skipped == was.skipped


def _text(value: Any) -> str:
    import pandas as pd

    from etl.safe.clean import clean

    return "" if pd.isna(value) else clean(str(value))


def test_the_workbook_drawn_from_the_data_is_the_workbook_of_the_run(produced: Path) -> None:
    """Sheet by sheet and cell by cell, where the workbook does not name the run."""
    from openpyxl import load_workbook

    from etl.commands.merge import merge_runs

    target = produced / "again.xlsx"
    merge_runs([produced], target, "zh")
    one, other = load_workbook(produced / "citywide.xlsx"), load_workbook(target)
    run = f"{produced.name}/"
    for name in ("收支汇总", "项目清单", "指标库", "共性指标矩阵", "指标清单", "问题统计", "数字来源"):
        old = [[c.value for c in row] for row in one[name].iter_rows()]
        new = [[_without(c.value, run) for c in row] for row in other[name].iter_rows()]
        assert new == old, name


def _without(value: Any, run: str) -> Any:
    return value.removeprefix(run) if isinstance(value, str) else value


# -- several runs


@pytest.fixture(scope="module")
def two_runs(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Two districts with an agency in common, whose form of the second run is newer."""
    from tests.cases import Case
    from tests.here import produce
    from tests.paper import paper

    base = tmp_path_factory.mktemp("runs")
    runs = []
    for number, (name, agencies) in enumerate(
        (("东区", ("甲单位", "乙单位")), ("西区", ("乙单位", "丙单位")))
    ):
        folder = base / "in" / name
        folder.mkdir(parents=True)
        for agency in agencies:
            data = paper(Case("", edits={"forms.agency": f"苏州市{agency}服务中心"})).data
            (folder / f"{agency}.xlsx").write_bytes(_saved(data, f"2023-02-0{number + 1}T08:00:00Z"))
        produce([folder], base / name, workers=1, quiet=True)
        runs.append(base / name)
    return runs[0], runs[1]


def _saved(data: bytes, when: str) -> bytes:
    """Return a workbook that says it was last saved at a time."""
    import zipfile

    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for entry in old.infolist():
            content = old.read(entry)
            if entry.filename == "docProps/core.xml":
                text = content.decode("utf-8")
                assert "dcterms:modified" in text
                content = re.sub(r"(<dcterms:modified[^>]*>)[^<]*", rf"\g<1>{when}", text).encode("utf-8")
            new.writestr(entry.filename, content)
    return out.getvalue()


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_of_two_runs_the_newest_submission_counts(
    two_runs: tuple[Path, Path], order: tuple[int, int], tmp_path: Path
) -> None:
    from openpyxl import load_workbook

    from etl.commands.merge import merge_runs

    target = tmp_path / "全市.xlsx"
    merge_runs([two_runs[n] for n in order], target, "zh")
    book = load_workbook(target)
    counted = {
        row[1].value: row[1].hyperlink.target
        for row in book["收支汇总"].iter_rows(min_row=5)
        if row[1].hyperlink
    }
    assert set(counted) == {"苏州市甲单位服务中心", "苏州市乙单位服务中心", "苏州市丙单位服务中心"}
    said = [row[2].value for row in book["总览"].iter_rows() if row[1].value == "重复报送"]
    assert len(said) == 1 and "西区/乙单位.xlsx" in said[0]
    from urllib.parse import unquote

    for link in counted.values():
        assert (tmp_path / unquote(link.replace("\\", "/").partition("#")[0])).is_file(), link
    assert "西区" in unquote(counted["苏州市乙单位服务中心"])


def test_what_is_no_run_is_refused(produced: Path, tmp_path: Path) -> None:
    from etl.commands.merge import merge_runs
    from etl.safe.refusal import Refusal

    spoil: dict[str, Callable[[], object]] = {
        "not the complete output": lambda: merge_runs([tmp_path], tmp_path / "a.xlsx", "zh"),
        "given twice": lambda: merge_runs([produced, produced], tmp_path / "a.xlsx", "zh"),
        "is a folder": lambda: merge_runs([produced], tmp_path, "zh"),
    }
    for said, run in spoil.items():
        with pytest.raises(Refusal, match=said):
            run()
    assert not (tmp_path / "a.xlsx").exists()


def test_runs_of_one_name_are_told_apart(tmp_path: Path) -> None:
    from etl.commands.merge import run_names

    assert run_names([tmp_path / "a" / "out", tmp_path / "b" / "out", tmp_path / "c" / "out"]) == [
        "out",
        "out(2)",
        "out(3)",
    ]


def test_hostile_texts_survive_the_csv(tmp_path: Path) -> None:
    """What a spreadsheet would run carries an apostrophe in the file and none once read back."""
    import pandas as pd
    from etl.data.read import _read

    from etl.data.parts import csv_of

    texts = ["=HYPERLINK(1)", "+1+2", "@SUM(A1)", "plain", "=100%", 'a,"b"\nc', "-5", ""]
    path = tmp_path / "t.csv"
    path.write_text(csv_of(pd.DataFrame({"text": texts})), encoding="utf-8-sig", newline="")
    assert "'=HYPERLINK(1)" in path.read_text(encoding="utf-8-sig")
    assert _read(path)["text"].tolist() == texts
