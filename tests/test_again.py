"""A second run into a folder reads only what changed, and what it writes is what a fresh run writes."""

from __future__ import annotations

import datetime
import hashlib
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Executor, Future
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing, contextmanager, nullcontext
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from click.testing import CliRunner

import etl.batch.chunk
import etl.batch.depends
import etl.batch.read
import etl.batch.whole
import etl.intake.read
from checks.given.inputs import Inputs
from checks.settings import Settings, Waiver
from checks.telling.handbook import all_rules
from checks.telling.shortened import holding
from etl.batch.chunk import Item
from etl.batch.depends import spelled
from etl.batch.whole import run_batch
from etl.cli import cli
from etl.commands.run import Run
from etl.intake.config import read_config
from etl.intake.submissions import find_submissions
from etl.safe.refusal import Refusal
from etl.store.database import past_store, store_in
from etl.store.schema import NAME
from tests.cases import Case
from tests.here import Here, produce
from tests.paper import paper
from tests.test_cli import HOME
from tests.test_run_time import POSIX

CITY = HOME / "samples" / "city"
AGENCIES = ("苏州市甲中心", "苏州市乙中心", "苏州市丙中心")
RULES_RUN = frozenset(
    {
        "AR01",
        "AR02",
        "AR03",
        "AR04",
        "CP01",
        "CP02",
        "ST01",
        "ST02",
        "ST12",
        "XS01",
        "XS09",
        "XW01",
        "XW02",
        "XW08",
        "YY01",
    }
)
"""Rules that are run here, of every kind: checking costs most of a run, and is not what is tested."""


def form(agency: str, total: str = "3200") -> bytes:
    return paper(Case("", {"forms.agency": agency, "funds.total_full": total})).data


@contextmanager
def small_chunks_here() -> Iterator[None]:
    """Have chunks of two files, and everything done in this process, where reading can be watched."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(etl.batch.chunk, "CHUNK", 2)
        patch.setattr(etl.batch.read, "_pool", lambda workers, files: nullcontext(Here()))
        yield


@pytest.fixture(scope="module")
def forms() -> dict[str, bytes]:
    """Return files by name: two chunks of two, a form twice among them, and something that is none."""
    drawn = {f"{number}.xlsx": form(agency) for number, agency in enumerate(AGENCIES, 1)}
    return {
        **drawn,
        "again/3.xlsx": drawn["3.xlsx"],
        "report.xlsx": b"%PDF-1.7\n" + bytes(100),
        "jixiao.toml": few_rules(),
    }


def few_rules(*more: str) -> bytes:
    lines = [f"{rule.code} = false" for rule in all_rules() if rule.code not in RULES_RUN]
    return "\n".join(["[rules]", *lines, *more]).encode()


def filled(folder: Path, files: Mapping[str, bytes]) -> Path:
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    return folder


@pytest.fixture(scope="module")
def first(forms: Mapping[str, bytes], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with what was handed in and what a first run made of it."""
    home = tmp_path_factory.mktemp("first")
    assert produced(filled(home / "in", forms), home / "out").unchanged == 0
    return home


@pytest.fixture
def home(first: Path, tmp_path: Path) -> Path:
    """Return a copy of that folder, to change something in."""
    return Path(shutil.copytree(first, tmp_path / "home"))


def produced(inbox: Path, output: Path, **more: Any) -> Run:
    with small_chunks_here():
        return produce([inbox], output, workers=1, quiet=True, **{"config": settings_of(inbox), **more})


def settings_of(inbox: Path) -> Path:
    """Return the settings of an inbox in one place for all of its copies: workbook and report name the place."""
    text = (inbox / "jixiao.toml").read_bytes()
    path = Path(tempfile.gettempdir()) / f"jixiao-{hashlib.sha256(text).hexdigest()[:12]}.toml"
    path.write_bytes(text)
    return path


def again(home: Path, **more: Any) -> tuple[int, list[str]]:
    """Run again into the folder; return how many files were not read, and those that were."""
    read: list[str] = []
    real = etl.intake.read.read_data

    def noted(path: str, *rest: Any) -> Any:
        read.append(path)
        return real(path, *rest)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(etl.intake.read, "read_data", noted)
        done = produced(home / "in", home / "out", **more)
    return done.unchanged, sorted(read)


def written(output: Path) -> dict[str, bytes]:
    """Return everything a run wrote but the log, which says when, and the store, whose pages depend on the order of arrival."""
    files = {path.relative_to(output).as_posix(): path for path in output.rglob("*") if path.is_file()}
    return {name: path.read_bytes() for name, path in files.items() if name not in ("jixiao.log", NAME)}


def differing(one: Mapping[str, bytes], other: Mapping[str, bytes]) -> list[str]:
    return sorted(name for name in {*one, *other} if one.get(name) != other.get(name))


# -- what is written


def test_nothing_is_read_again_where_nothing_changed(first: Path, home: Path) -> None:
    assert again(home) == (5, [])
    names = written(home / "out")
    assert {"findings.csv", "findings.json", "citywide.xlsx", "data/forms.csv", "returns/1.xlsx"} <= {*names}
    assert differing(names, written(first / "out")) == []


def one_changed(home: Path) -> None:
    (home / "in" / "2.xlsx").write_bytes(form(AGENCIES[1], "3201"))


def one_added_at_the_front(home: Path) -> None:
    (home / "in" / "0.xlsx").write_bytes(form("苏州市丁中心"))


def one_removed(home: Path) -> None:
    (home / "in" / "1.xlsx").unlink()
    (home / "out" / "returns" / "1.xlsx").unlink()  # a fresh run would not know of it


def one_renamed(home: Path) -> None:
    (home / "in" / "1.xlsx").rename(home / "in" / "4.xlsx")
    (home / "out" / "returns" / "1.xlsx").unlink()


def settings_changed(home: Path) -> None:
    (home / "in" / "jixiao.toml").write_bytes(few_rules("[severities]", 'ST01 = "info"'))


def nothing(home: Path) -> None:
    return


ROSTER = "单位名称,编制数\n苏州市甲中心,19\n苏州市乙中心,20\n"


@pytest.mark.parametrize(
    ("change", "more", "unchanged", "read"),
    [
        (one_changed, {}, 4, ["2.xlsx"]),
        (one_added_at_the_front, {}, 5, ["0.xlsx"]),
        (one_removed, {}, 4, []),
        (one_renamed, {}, 5, []),
        (settings_changed, {}, 5, []),
        (nothing, {"roster": "roster.csv"}, 5, []),
        (nothing, {"lang": "en"}, 5, []),
    ],
)
def test_a_run_on_what_is_kept_writes_what_a_fresh_one_does(
    change: Callable[[Path], None], more: dict[str, Any], unchanged: int, read: list[str], home: Path
) -> None:
    change(home)
    (home / "roster.csv").write_text(ROSTER, encoding="utf-8")
    given = more | ({"roster": home / "roster.csv"} if "roster" in more else {})
    before = written(home / "out")
    assert again(home, **given) == (unchanged, read)
    produced(home / "in", home / "fresh", **given)
    now = written(home / "out")
    assert differing(now, written(home / "fresh")) == []
    assert change is one_renamed or differing(now, before)


def test_files_in_an_archive_are_not_read_again(home: Path) -> None:
    with zipfile.ZipFile(home / "in" / "batch.zip", "w") as archive:
        archive.writestr("甲/4.xlsx", form("苏州市丁中心"))
        archive.write(home / "in" / "1.xlsx", "1.xlsx")
    assert again(home) == (6, ["batch.zip/甲/4.xlsx"])
    before = written(home / "out")
    assert again(home) == (7, [])
    assert differing(before, written(home / "out")) == []


def test_a_changed_roster_is_looked_at(home: Path) -> None:
    roster = home / "roster.csv"
    roster.write_text(ROSTER, encoding="utf-8")
    again(home, roster=roster)
    before = written(home / "out")["findings.csv"]
    roster.write_text(ROSTER.replace(",20", ",17"), encoding="utf-8")
    again(home, roster=roster)
    assert written(home / "out")["findings.csv"] != before


def test_another_program_reads_everything_again(
    first: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(etl.batch.depends, "fingerprint", lambda parts: "another")
    unchanged, read = again(home)
    assert unchanged == 0 and len(read) == 5
    assert differing(written(home / "out"), written(first / "out")) == []
    assert again(home) == (5, [])


def test_other_rules_look_again_at_what_is_stored(
    first: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = etl.batch.depends.fingerprint
    other = {etl.batch.depends.RULES: "other rules"}
    monkeypatch.setattr(etl.batch.depends, "fingerprint", lambda parts: other.get(parts) or real(parts))
    assert again(home) == (5, [])
    assert differing(written(home / "out"), written(first / "out")) == []


def test_outputs_that_would_be_the_same_are_not_written_again(home: Path) -> None:
    def written_at() -> dict[str, int]:
        files = {path.relative_to(home / "out").as_posix(): path for path in (home / "out").rglob("*")}
        return {name: path.stat().st_mtime_ns for name, path in files.items() if path.is_file()}

    again(home)
    before = written_at()
    again(home)
    after = written_at()
    assert {name for name in after if after[name] != before[name]} == {"jixiao.log", NAME}
    (home / "out" / "returns" / "1.xlsx").write_bytes(b"spoilt")
    (home / "out" / "data" / "forms.csv").unlink()
    one_changed(home)
    again(home)
    changed = {name for name, when in written_at().items() if when != after.get(name)}
    assert {
        "returns/1.xlsx",
        "returns/2.xlsx",
        "data/forms.csv",
        "data/funds.csv",
        "citywide.xlsx",
    } <= changed
    assert not {"returns/3.xlsx", "returns/again/3.xlsx", "data/places.csv", "data/indicators.csv"} & changed


def test_fresh_reads_everything_again_and_keeps_that(home: Path) -> None:
    unchanged, read = again(home, fresh=True)
    assert unchanged == 0 and len(read) == 5
    assert again(home) == (5, [])


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        ("zh", "其中 5 个文件未变，沿用上次结果"),
        ("en", "5 of them unchanged since the last run, not read again"),
    ],
)
def test_the_summary_says_how_many_were_not_read(lang: str, said: str, home: Path) -> None:
    config = str(home / "in" / "jixiao.toml")
    arguments = [
        "run",
        str(home / "in"),
        "-o",
        str(home / "out"),
        "--workers",
        "1",
        "--lang",
        lang,
        "--config",
        config,
    ]
    assert said in CliRunner().invoke(cli, arguments).stdout.splitlines()
    assert said not in CliRunner().invoke(cli, [*arguments, "--fresh"]).stdout


# -- interrupted runs


SMALL_CHUNKS = """
import etl.batch.chunk, etl.batch.whole, etl.cli, etl.commands.progress
etl.batch.chunk.CHUNK, etl.batch.whole.FEW_FILES = 2, 0
etl.commands.progress.FEW_FILES = 0  # so that a line of progress is printed after two files
etl.cli.main()
"""


def inbox_of(folder: Path, count: int) -> Path:
    data = form(AGENCIES[0])
    inbox = filled(folder / "in", {f"{number:03}.xlsx": data for number in range(count)})
    for path in inbox.iterdir():
        with zipfile.ZipFile(path, "a") as file:
            file.comment = path.name.encode()
    return filled(inbox, {"jixiao.toml": few_rules()})


def begun(inbox: Path, output: Path) -> subprocess.Popen[bytes]:
    command = [
        sys.executable,
        "-c",
        SMALL_CHUNKS,
        "run",
        inbox,
        "-o",
        output,
        "--workers",
        "1",
        "--config",
        settings_of(inbox),
    ]
    return subprocess.Popen(
        command,
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": str(HOME)},
        cwd=inbox,
    )


@POSIX
@pytest.mark.parametrize("how", ["SIGKILL", "SIGINT", "SIGTERM"])
def test_a_run_that_was_ended_goes_on_where_it_was(tmp_path: Path, how: str) -> None:
    inbox = inbox_of(tmp_path, 12)
    with begun(inbox, tmp_path / "out") as run:
        assert run.stderr is not None and b"2/12" in run.stderr.readline()
        run.send_signal(getattr(signal, how))
        run.communicate(timeout=60)
    assert not (tmp_path / "out" / "findings.csv").exists()
    unchanged, read = again(tmp_path)
    assert 2 <= unchanged < 12
    assert read == [f"{number:03}.xlsx" for number in range(unchanged, 12)]
    produced(inbox, tmp_path / "fresh")
    assert differing(written(tmp_path / "out"), written(tmp_path / "fresh")) == []


KILLS = int(os.environ.get("JIXIAO_KILLS", "4"))


@POSIX
def test_a_run_that_is_killed_again_and_again_ends_as_a_fresh_one(tmp_path: Path) -> None:
    inbox, chance = inbox_of(tmp_path, 12), random.Random(20230701)
    began = time.monotonic()
    with begun(inbox, tmp_path / "whole") as run:
        run.communicate(timeout=120)
    whole = time.monotonic() - began
    for kill in range(KILLS):
        if kill % 4 == 0:
            shutil.rmtree(tmp_path / "out", ignore_errors=True)
        with begun(inbox, tmp_path / "out") as run:
            time.sleep(chance.uniform(0.1, 1.0) * whole)
            run.kill()
            run.communicate(timeout=60)
        if kill % 4 == 3:
            again(tmp_path)
            assert differing(written(tmp_path / "out"), written(tmp_path / "whole")) == []
            assert not list((tmp_path / "out").rglob("*.tmp"))


class Stop(Exception):
    """Ends a run in the middle."""


def test_an_interrupted_run_drops_nothing(home: Path) -> None:
    def stop(path: str) -> None:
        raise Stop

    with pytest.raises(Stop), store_in(home / "out") as store:
        settings = read_config(home / "in" / "jixiao.toml")
        run_batch(*found(home), settings, Inputs(), Here(), progress=stop, store=store)
    assert again(home) == (5, [])


def found(home: Path) -> tuple[Any, Any]:
    """Return what is found in the inbox; that it is to be drawn is no part of what it is."""
    return find_submissions([home / "in"])


def test_what_a_run_does_not_have_is_dropped(home: Path) -> None:
    for file in [*(home / "in").glob("?.xlsx"), *(home / "in" / "again").iterdir()]:
        file.unlink()
    assert again(home) == (1, [])
    with past_store(home / "out") as store:
        assert store.rows("SELECT path FROM files") == [("report.xlsx",)]
        for table in ("forms", "funds", "projects", "indicators", "places", "outlines", "cells", "sections"):
            assert store.rows(f"SELECT count(*) FROM {table}") == [(0,)], table


# -- what is not kept


def broken(data: bytes) -> bytes:
    """Return a workbook whose sheet is cut off in the middle."""
    import io

    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(stream, "w") as target:
        for name in source.namelist():
            part = source.read(name)
            target.writestr(name, part[: len(part) // 2] if "sheet1.xml" in name else part)
    return stream.getvalue()


def test_what_memory_may_have_caused_is_read_again(home: Path, forms: Mapping[str, bytes]) -> None:
    filled(home / "in", {"2.xlsx": broken(forms["2.xlsx"])})
    again(home)
    assert again(home) == (4, ["2.xlsx"])


class Dying(Executor):
    """Runs everything at once; a job with the file 3.xlsx in it comes back as from a worker that died."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        done: Future[Any] = Future()
        given = args[-1].jobs() if hasattr(args[-1], "jobs") else args[-1]
        items = given if isinstance(given, list | tuple) else [given]
        if any(isinstance(item, Item) and item.relative == "3.xlsx" for item in items):
            done.set_exception(BrokenProcessPool())
        else:
            done.set_result(fn(*args, **kwargs))
        return done


@pytest.mark.parametrize("few", [0, 24])
def test_a_file_whose_reader_died_is_read_again(
    few: int, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(etl.batch.whole, "FEW_FILES", few)
    monkeypatch.setattr(etl.batch.chunk, "CHUNK", 2)
    shutil.rmtree(home / "in" / "again")  # so that nothing is known of 3.xlsx from elsewhere
    settings = read_config(home / "in" / "jixiao.toml")
    with store_in(home) as store:
        died = run_batch(*found(home), settings, Inputs(), Dying(), store=store)
        statuses = [file.status for file in died.files]
    with store_in(home) as store:
        well = run_batch(*found(home), settings, Inputs(), Here(), store=store)
    assert statuses == ["checked", "checked", "crashed", "unreadable"]
    assert [file.status for file in well.files] == ["checked", "checked", "checked", "unreadable"]
    assert well.unchanged == 3


def test_a_file_that_changes_meanwhile_is_not_kept(home: Path) -> None:
    settings = read_config(home / "in" / "jixiao.toml")
    before = found(home)
    (home / "in" / "2.xlsx").write_bytes(form(AGENCIES[1], "3201"))
    with store_in(home / "out") as store:
        batch = run_batch(*before, settings, Inputs(), Here(), store=store)
    assert [file.code for file in batch.files] == ["", "changed", "", "", "pdf"]
    assert again(home) == (4, ["2.xlsx"])


# -- the store


def spoilt(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path)) as store, store:
        for statement in statements:
            store.execute(statement)


def halved(path: Path) -> None:
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])


def of_another_program(path: Path) -> None:
    path.unlink()
    spoilt(path, "CREATE TABLE kept (key TEXT PRIMARY KEY)", "INSERT INTO kept VALUES ('mine')")


_ENDLESS = (
    "CREATE VIEW findings AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n"
)
SPOILS: dict[str, tuple[Callable[[Path], object], str]] = {
    "halved": (halved, "damaged"),
    "no database": (lambda path: path.write_text("not a database " * 1000), "damaged"),
    "of another program": (of_another_program, "another program"),
    "a later version": (lambda path: spoilt(path, "PRAGMA user_version = 99"), "another version"),
    "a trigger": (
        lambda path: spoilt(path, "CREATE TRIGGER more AFTER INSERT ON files BEGIN DELETE FROM files; END"),
        "not ours",
    ),
    "an endless view": (
        lambda path: spoilt(path, "DROP TABLE cells", "DROP TABLE findings", _ENDLESS),
        "not ours",
    ),
    "another table": (lambda path: spoilt(path, "CREATE TABLE more (a)"), "not ours"),
    "a null": (
        lambda path: spoilt(
            path,
            "PRAGMA writable_schema = ON",
            "UPDATE sqlite_master SET sql = replace(sql, '\"code\" TEXT NOT NULL', '\"code\" TEXT')",
        ),
        "not ours",
    ),
}


@pytest.mark.parametrize("spoil", SPOILS)
def test_a_store_that_is_not_ours_or_not_whole_is_refused_by_name(spoil: str, home: Path) -> None:
    path = home / "out" / NAME
    SPOILS[spoil][0](path)
    before = path.read_bytes()
    with pytest.raises(Refusal, match=SPOILS[spoil][1]) as refused:
        again(home)
    assert NAME in str(refused.value) and path.read_bytes() == before
    with pytest.raises(Refusal, match=SPOILS[spoil][1]):
        produced(home / "in", home / "next", previous=home / "out")


def test_a_fresh_run_makes_a_damaged_store_anew_and_leaves_another_programs_alone(
    first: Path, home: Path
) -> None:
    halved(home / "out" / NAME)
    assert again(home, fresh=True)[0] == 0
    assert differing(written(home / "out"), written(first / "out")) == []
    of_another_program(home / "out" / NAME)
    with pytest.raises(Refusal, match="another program"):
        again(home, fresh=True)
    with closing(sqlite3.connect(home / "out" / NAME)) as store:
        assert store.execute("SELECT key FROM kept").fetchall() == [("mine",)]


@POSIX
def test_a_link_is_not_followed(home: Path) -> None:
    path = home / "out" / NAME
    path.rename(home / "mine.sqlite")
    path.symlink_to(home / "mine.sqlite")
    with pytest.raises(Refusal, match="not a store"):
        again(home)


@pytest.mark.parametrize(
    "statement",
    [
        'DELETE FROM projects WHERE "row" = (SELECT max("row") FROM projects)',
        'UPDATE funds SET total_full = total_full + 1 WHERE "row" = (SELECT min("row") FROM funds)',
        'UPDATE findings SET message_zh = \'\' WHERE "row" = (SELECT max("row") FROM findings)',
        "DELETE FROM contents WHERE name = 'funds'",
    ],
)
def test_runs_whose_tables_do_not_hold_what_they_say_are_not_merged(statement: str, home: Path) -> None:
    from etl.commands.merge import merge_runs

    merge_runs([home / "out"], home / "city.xlsx", "zh")
    spoilt(home / "out" / NAME, statement)
    with pytest.raises(Refusal, match="damaged"):
        merge_runs([home / "out"], home / "city.xlsx", "zh")


def test_no_pickle_is_read_from_a_folder(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import pickle

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a pickle is read")

    monkeypatch.setattr(pickle, "load", refuse)
    monkeypatch.setattr(pickle, "Unpickler", refuse)
    unchanged, _ = again(home)
    assert unchanged == 5
    assert not [path for path in (home / "out").rglob("*") if path.is_dir() and path.name.startswith(".")]


# -- keys


def test_a_spelling_is_the_same_in_every_run() -> None:
    frame = pd.DataFrame({"agency": ["甲", ""], "fen": [1, 2]})
    settings = Settings(trial=frozenset({"XS01", "AR01"}), switched={"CP01": True})
    assert (
        spelled(frame)
        == "frame([['str','int64'],{'index':[0,1],'columns':['agency','fen'],'data':[['甲',1],['',2]]}])"
    )
    assert "set('AR01','XS01'),{}" in spelled(settings)
    assert spelled(frame) != spelled(frame.astype({"fen": str}))
    assert spelled(["1"]) != spelled([1]) and spelled(["a,b"]) != spelled(["a", "b"])


def test_a_waiver_that_ended_makes_another_key() -> None:
    ends, day = datetime.date(2024, 12, 31), datetime.timedelta(days=1)
    waivers = [Waiver("甲", "XS01", "同意"), Waiver("乙", "XS01", "同意", ends)]
    held = [spelled(holding(waivers, when)) for when in (ends - day, ends, ends + day)]
    assert held[0] == held[1] != held[2]


def test_another_year_is_asked_of_what_is_stored(home: Path) -> None:
    assert again(home, year=2022) == (5, [])
    produced(home / "in", home / "fresh", year=2022)
    assert differing(written(home / "out"), written(home / "fresh")) == []
    assert b"2022" in written(home / "out")["data/forms.csv"].splitlines()[1]
