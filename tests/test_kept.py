"""A second run into a folder reads only what changed, and what it writes is what a fresh run writes."""

from __future__ import annotations

import datetime
import os
import pickle
import shutil
import signal
import sqlite3
import subprocess
import sys
import zipfile
import zlib
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
import etl.batch.resume
import etl.batch.whole
import etl.commands.run
import etl.intake.read
import etl.safe.pack
from checks.settings import Settings, Waiver
from checks.telling.handbook import all_rules
from checks.telling.shortened import holding
from etl.batch.cache import FOLDER, NAME, keep, kept_in, taken
from etl.batch.chunk import Checked, check_chunk
from etl.batch.resume import spelled
from etl.batch.whole import run_batch
from etl.cli import cli
from etl.commands.run import Run, produce
from etl.intake.config import read_config
from etl.intake.read import read_submission
from etl.intake.submissions import find_submissions
from etl.safe.pack import pack, unpack, unpack_kept
from tests.cases import Case
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
        patch.setattr(etl.commands.run, "_executor", lambda workers, files: nullcontext())
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
        return produce([inbox], output, workers=1, quiet=True, **more)


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
    """Return everything a run wrote but the log, which says when, the cache, and DuckDB's file, never the same twice."""
    files = {path.relative_to(output).as_posix(): path for path in output.rglob("*") if path.is_file()}
    return {
        name: path.read_bytes()
        for name, path in files.items()
        if name not in ("jixiao.log", "citywide.duckdb") and not name.startswith(FOLDER)
    }


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
    monkeypatch.setattr(etl.batch.resume, "fingerprint", lambda: "another")
    unchanged, read = again(home)
    assert unchanged == 0 and len(read) == 5
    assert differing(written(home / "out"), written(first / "out")) == []
    assert again(home) == (5, [])


def test_fresh_reads_everything_again_and_keeps_that(home: Path) -> None:
    unchanged, read = again(home, fresh=True)
    assert unchanged == 0 and len(read) == 5
    assert again(home) == (5, [])


def planted(path: Path, value: bytes) -> None:
    with closing(sqlite3.connect(path)) as store, store:
        store.execute("UPDATE kept SET value = ?", (value,))


class Calls:
    """Pickles as a call of a function."""

    def __init__(self, function: Callable[..., Any], *arguments: Any) -> None:
        self.call = function, arguments

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        return self.call


def test_a_planted_pickle_is_not_run(first: Path, home: Path) -> None:
    mark = home / "mark"
    planted(home / "out" / FOLDER / NAME, pack(Calls(os.system, f"echo > {mark}")))
    unchanged, read = again(home)
    assert unchanged == 0 and len(read) == 5 and not mark.exists()
    assert differing(written(home / "out"), written(first / "out")) == []


def test_a_damaged_cache_is_made_anew(first: Path, home: Path) -> None:
    path = home / "out" / FOLDER / NAME
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])
    unchanged, read = again(home)
    assert unchanged == 0 and len(read) == 5
    assert differing(written(home / "out"), written(first / "out")) == []
    assert again(home) == (5, [])


def test_a_value_under_the_key_of_another_chunk_is_not_taken(first: Path, home: Path) -> None:
    with closing(sqlite3.connect(home / "out" / FOLDER / NAME)) as store:
        values = [value for (value,) in store.execute("SELECT value FROM kept")]
    chunk = next(value for value in values if isinstance(unpack_kept(value), Checked))
    planted(home / "out" / FOLDER / NAME, chunk)
    again(home)
    assert differing(written(home / "out"), written(first / "out")) == []


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        ("zh", "其中 5 个文件未变，沿用上次结果"),
        ("en", "5 of them unchanged since the last run, not read again"),
    ],
)
def test_the_summary_says_how_many_were_not_read(lang: str, said: str, home: Path) -> None:
    arguments = ["run", str(home / "in"), "-o", str(home / "out"), "--workers", "1", "--lang", lang]
    assert said in CliRunner().invoke(cli, arguments).stdout.splitlines()
    assert said not in CliRunner().invoke(cli, [*arguments, "--fresh"]).stdout


# -- interrupted runs


SMALL_CHUNKS = """
import etl.batch, etl.chunk, etl.cli, etl.progress
etl.batch.chunk.CHUNK, etl.batch.whole.FEW_FILES = 2, 0
etl.commands.progress.FEW_FILES = 0  # so that a line of progress is printed after two files
etl.cli.main()
"""


@POSIX
@pytest.mark.parametrize("how", ["SIGKILL", "SIGINT", "SIGTERM"])
def test_a_run_that_was_ended_goes_on_where_it_was(tmp_path: Path, how: str) -> None:
    data = form(AGENCIES[0])
    inbox = filled(tmp_path / "in", {f"{number:03}.xlsx": data for number in range(12)})
    for path in inbox.iterdir():
        with zipfile.ZipFile(path, "a") as file:
            file.comment = path.name.encode()
    filled(inbox, {"jixiao.toml": few_rules()})
    command = [sys.executable, "-c", SMALL_CHUNKS, "run", inbox, "-o", tmp_path / "out", "--workers", "1"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, env=os.environ | {"PYTHONPATH": str(HOME)}) as run:
        assert run.stderr is not None and b"2/12" in run.stderr.readline()
        run.send_signal(getattr(signal, how))
        run.communicate(timeout=60)
    assert not (tmp_path / "out" / "findings.csv").exists()
    unchanged, read = again(tmp_path)
    assert 2 <= unchanged < 12
    assert read == [f"{number:03}.xlsx" for number in range(unchanged, 12)]
    produced(inbox, tmp_path / "fresh")
    assert differing(written(tmp_path / "out"), written(tmp_path / "fresh")) == []


class Stop(Exception):
    """Ends a run in the middle."""


def test_an_interrupted_run_drops_nothing(home: Path) -> None:
    def stop(path: str) -> None:
        raise Stop

    with pytest.raises(Stop), kept_in(home / "out") as kept:
        settings = read_config(home / "in" / "jixiao.toml")
        run_batch(*find_submissions([home / "in"]), settings, {}, progress=stop, kept=kept)
    assert again(home) == (5, [])


def test_what_a_run_did_not_use_is_dropped(home: Path) -> None:
    path = home / "out" / FOLDER / NAME
    before = path.stat().st_size
    for file in [*(home / "in").glob("?.xlsx"), *(home / "in" / "again").iterdir()]:
        file.unlink()
    assert again(home) == (1, [])
    with closing(sqlite3.connect(path)) as store:
        assert store.execute("SELECT count(*) FROM kept").fetchone() == (2,)
    assert path.stat().st_size < before


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
        given = unpack(args[-1]) if isinstance(args[-1], bytes) else args[-1]
        items = given if isinstance(given, list) else [given]
        if any(item.relative == "3.xlsx" for item in items):
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
    found = find_submissions([home / "in"])
    with kept_in(home) as kept:
        died = run_batch(*found, settings, {}, Dying(), kept=kept)
    with kept_in(home) as kept:
        well = run_batch(*found, settings, {}, kept=kept)
    assert [file.status for file in died.files] == ["checked", "checked", "crashed", "unreadable"]
    assert [file.status for file in well.files] == ["checked", "checked", "checked", "unreadable"]
    assert kept.files == 3


def test_a_file_that_changes_meanwhile_is_not_kept(home: Path) -> None:
    settings = read_config(home / "in" / "jixiao.toml")
    found = find_submissions([home / "in"])
    (home / "in" / "2.xlsx").write_bytes(form(AGENCIES[1], "3201"))
    with kept_in(home / "out") as kept:
        batch = run_batch(*found, settings, {}, kept=kept)
    assert [file.code for file in batch.files] == ["", "changed", "", "", "pdf"]
    assert again(home) == (4, ["2.xlsx"])


# -- the store


def use(folder: Path) -> frozenset[str]:
    """Keep one value in a folder's cache and return the keys that were there before."""
    with kept_in(folder) as kept:
        keep(kept, {"key": b"value"})
        kept.used.add("key")
        assert taken(kept, "key") in (None, b"value")
        return kept.known


def other_database(path: Path) -> None:
    with closing(sqlite3.connect(path)) as store, store:
        store.execute("CREATE TABLE kept (key TEXT PRIMARY KEY, value BLOB)")
        store.execute("INSERT INTO kept VALUES ('mine', x'00')")


def with_a_trigger(path: Path) -> None:
    with closing(sqlite3.connect(path)) as store, store:
        store.execute("CREATE TRIGGER more AFTER INSERT ON kept BEGIN DELETE FROM kept; END")


def link_to_mine(path: Path) -> None:
    other_database(path.with_name("mine.sqlite"))
    path.unlink()
    path.symlink_to("mine.sqlite")


@POSIX
@pytest.mark.parametrize(
    "spoil",
    [
        lambda path: path.write_bytes(b""),
        lambda path: path.write_bytes(b"SQLite format 3\0" + bytes(5000)),
        lambda path: path.write_text("not a database"),
        lambda path: (path.unlink(), other_database(path)),
        with_a_trigger,
        link_to_mine,
    ],
)
def test_what_is_not_our_cache_is_made_anew(spoil: Callable[[Path], None], tmp_path: Path) -> None:
    use(tmp_path)
    spoil(tmp_path / FOLDER / NAME)
    assert use(tmp_path) == frozenset()
    assert use(tmp_path) == {"key"}
    mine = tmp_path / FOLDER / "mine.sqlite"
    if mine.exists():
        with closing(sqlite3.connect(mine)) as store:
            assert store.execute("SELECT key FROM kept").fetchall() == [("mine",)]


@POSIX
def test_a_locked_cache_is_made_anew(tmp_path: Path) -> None:
    use(tmp_path)
    with closing(sqlite3.connect(tmp_path / FOLDER / NAME)) as other:
        other.execute("PRAGMA locking_mode = EXCLUSIVE")
        other.execute("BEGIN IMMEDIATE")
        assert use(tmp_path) == frozenset()
    assert use(tmp_path) == {"key"}


@pytest.mark.parametrize("where", [Path(FOLDER), Path(FOLDER) / NAME / "more"])
def test_where_nothing_can_be_kept_the_run_goes_on(where: Path, tmp_path: Path) -> None:
    (tmp_path / where).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / where).write_bytes(b"mine")
    with kept_in(tmp_path) as kept:
        keep(kept, {"key": b"value"})
        assert kept.store is None and taken(kept, "key") is None
    assert (tmp_path / where).read_bytes() == b"mine"


def test_what_this_run_keeps_is_not_taken_from_an_earlier_one(tmp_path: Path) -> None:
    with kept_in(tmp_path) as kept:
        keep(kept, {"key": b"value"})
        assert taken(kept, "key") is None


# -- values


def alike(one: pd.DataFrame, other: pd.DataFrame) -> None:
    pd.testing.assert_frame_equal(one, other, check_exact=True, check_index_type=True)
    for name in one:
        assert list(map(type, one[name])) == list(map(type, other[name])), name


def test_a_checked_chunk_comes_back_as_it_was() -> None:
    submissions, _ = find_submissions([CITY])
    checked = check_chunk(submissions, Settings(), {})
    back = unpack_kept(pack(checked))
    for name in ("files", "forms", "funds", "projects", "indicators", "oddities"):
        alike(getattr(checked.stack.tables, name), getattr(back.stack.tables, name))
    for part in ("located", "files", "file_of", "starts"):
        assert getattr(checked.stack, part) == getattr(back.stack, part)
    for part in ("located", "not_run", "tallies", "timings"):
        assert getattr(checked, part) == getattr(back, part)


def test_readings_come_back_as_they_were(first: Path) -> None:
    for folder in (CITY, first / "out" / "returns"):  # a return brings its page of remarks
        for submission in find_submissions([folder])[0]:
            reading = read_submission(submission)
            assert unpack_kept(pack(reading)) == reading


def test_every_kind_of_column_comes_back() -> None:
    frame = pd.DataFrame(
        {
            "object": pd.Series(["甲", None, pd.NA, 3, float("nan"), ("a", 1)], dtype=object),
            "whole": pd.Series([1, None, 3, 4, 5, 6], dtype="Int64"),
            "truth": pd.Series([True, None, False, True, None, False], dtype="boolean"),
            "number": pd.Series([1.5, None, 3, 4, 5, 6], dtype="Float64"),
            "text": pd.Series(["a", None, *"cdef"], dtype=pd.StringDtype("python")),
            "str": pd.Series(["a", None, *"cdef"], dtype=pd.StringDtype("python", na_value=float("nan"))),
            "word": pd.Series(list("abcabc"), dtype="category"),
            "plain": [1, 2, 3, 4, 5, 6],
            "float": [0.1, float("nan"), 3, 4, 5, 6],
            "bool": [True] * 6,
        }
    )
    for one in (frame, frame[frame["plain"] > 2], frame.set_index("word"), frame.iloc[:0]):
        alike(one, unpack_kept(pack(one)))


def named(module: str, name: str) -> bytes:
    """Return a pickle that is nothing but a name."""
    words = b"".join(b"\x8c" + bytes([len(word.encode())]) + word.encode() for word in (module, name))
    return zlib.compress(b"\x80\x04" + words + b"\x93.")


@pytest.mark.parametrize(
    ("module", "name"),
    [
        ("os", "system"),
        ("posix", "system"),
        ("builtins", "eval"),
        ("builtins", "getattr"),
        ("pandas", "read_pickle"),
        ("etl.safe.whole_file", "write_whole"),
        ("etl.batch.chunk", "check_chunk"),
        ("etl.batch.chunk", "Executor"),
        ("etl.batch.chunk", "replace"),
        ("etl.workers.pool", "Pool"),
        ("etl.__main__", "main"),
        ("checks.finding", "Severity.__class__"),
        ("checks.finding", "dataclass"),
        ("checks.finding", "no_such_thing"),
    ],
)
def test_a_name_that_is_not_plain_data_is_refused(module: str, name: str) -> None:
    assert unpack_kept(named(module, name)) is None


def test_names_of_plain_data_are_taken() -> None:
    assert unpack_kept(named("etl.frames.build", "FileReading")) is etl.intake.file_reading.FileReading
    assert unpack_kept(named("checks.finding", "Severity")) is not None


@pytest.mark.parametrize("packed", [b"", b"x", pack([1, 2])[:-1], zlib.compress(b""), zlib.compress(b"\x80")])
def test_what_is_no_pickle_is_not_kept(packed: bytes) -> None:
    assert unpack_kept(packed) is None


def test_a_value_that_unpacks_to_too_much_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(etl.safe.pack, "LARGEST", 1000)
    assert unpack_kept(zlib.compress(pickle.dumps("a" * 900))) == "a" * 900
    assert unpack_kept(zlib.compress(pickle.dumps("a" * 1100))) is None


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
