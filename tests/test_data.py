"""A run as data: what is written is what was known, the documented queries run, runs can be merged."""

from __future__ import annotations

import csv
import io
import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from etl.store.schema import NAME

HOME = Path(__file__).parent.parent
CITY = HOME / "samples" / "city"
PATHS = [CITY, HOME / "samples" / "published"]
PAGE = (HOME / "docs" / "data.md").read_text(encoding="utf-8")
QUERIES = re.findall(r"```sql\n(.*?)```", PAGE, re.S)
PROGRAMS = re.findall(r"```python\n(.*?)```", PAGE, re.S)


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


def stored(folder: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{(folder / NAME).as_uri()}?mode=ro", uri=True)


@pytest.mark.parametrize("number", range(2))
def test_the_queries_run_over_the_store_and_say_the_same(number: int, produced: Path) -> None:
    with closing(stored(produced)) as store:
        found = store.execute(QUERIES[number]).fetchall()
    assert found and found == sqlite_of(produced).execute(QUERIES[number]).fetchall()


@pytest.mark.parametrize("program", PROGRAMS, ids=["pandas", "duckdb-store", "duckdb-data"])
def test_the_programs_of_the_page_run(
    program: str, produced: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if "duckdb" in program:
        duckdb = pytest.importorskip("duckdb")
    (tmp_path / "OUT").symlink_to(produced)
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {}
    try:
        exec(program, names)
    except Exception as error:
        if "sqlite" in program and "duckdb" in program and isinstance(error, duckdb.Error):
            pytest.skip(f"DuckDB's extension for SQLite is not installed: {error}")
        raise
    with closing(stored(produced)) as store:
        codes = store.execute("SELECT code, count(*) FROM findings WHERE said GROUP BY code").fetchall()
        ((projects,),) = store.execute("SELECT count(*) FROM projects").fetchall()
    if "pandas" in program:
        assert len(names["projects"]) == projects and names["projects"]["agency"].notna().all()
        names["store"].close()
    else:
        assert sorted(names["rows"]) == codes


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
    report = [(r["代码"], r["文件"], r["问题"]) for r in rows(produced / "findings.csv")]
    assert sorted(told) == sorted(report)


def test_a_run_reads_back_as_it_was(produced: Path) -> None:
    """Tables, places, findings and tallies come back from the store as they were in the batch."""
    from pandas.testing import assert_frame_equal

    from etl.batch.whole import stored_batch
    from etl.store.database import past_store
    from etl.store.read import stored_skipped
    from tests.here import checked

    was = checked(PATHS, roster=CITY / "roster.csv", workers=1)
    with past_store(produced) as store:
        now = stored_batch(store, stored_skipped(store))
        for name in ("files", "forms", "funds", "projects", "indicators", "oddities"):
            old, new = getattr(was.stack.tables, name), getattr(now.stack.tables, name)
            assert_frame_equal(new[list(new.columns)], old[list(old.columns)])
        assert list(now.stack.places()) == list(was.stack.places())
        assert list(now.located) == list(was.located) and list(now.not_run) == list(was.not_run)
        assert now.tallies == was.tallies and now.skipped == was.skipped and now.files == was.files


def test_data_say_what_the_store_says(produced: Path) -> None:
    """Every column that both have, cell by cell; row numbers stand for keys."""
    with closing(stored(produced)) as store:
        for name in ("forms", "funds", "projects", "indicators"):
            written = rows(produced / "data" / f"{name}.csv")
            cursor = store.execute(f'SELECT * FROM "{name}" ORDER BY "row"')
            head = [column[0] for column in cursor.description]
            plain = [
                column
                for column in head
                if column in written[0] and column not in ("row", "form", "file", "linked_indicator")
            ]
            for line, record in zip(written, cursor.fetchall(), strict=True):
                given = dict(zip(head, record, strict=True))
                for column in plain:
                    text = {"True": "1", "False": "0"}.get(line[column], line[column]).removeprefix("'")
                    assert text == _text(given[column]), (name, column)


def _text(value: Any) -> str:
    from etl.safe.clean import clean

    return "" if value is None else clean(str(value)).removeprefix("'")


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


def test_hostile_texts_are_marked_in_the_csv() -> None:
    """What a spreadsheet would run carries an apostrophe in the file."""
    import pandas as pd

    from etl.data.parts import csv_of

    texts = ["=HYPERLINK(1)", "+1+2", "@SUM(A1)", "plain", "=100%", 'a,"b"\nc', "-5", ""]
    found = [
        row["text"] for row in csv.DictReader(io.StringIO(csv_of(pd.DataFrame({"text": texts})), newline=""))
    ]
    assert "'=HYPERLINK(1)" in found and [text.removeprefix("'") for text in found] == texts
