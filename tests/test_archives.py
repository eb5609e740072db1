"""Archives as input: what is read out of a .zip that came by mail, what is refused, and that nothing escapes."""

from __future__ import annotations

import contextlib
import csv
import json
import random
import struct
import time
import tracemalloc
import zlib
from pathlib import Path, PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.given.inputs import Inputs
from checks.settings import Settings
from etl.batch.whole import run_batch
from etl.intake import archives
from etl.intake.read import read_submission, submission_bytes
from etl.intake.submissions import Skipped, Submission, find_submissions
from etl.package.container import Budget
from etl.package.parts import open_package
from etl.returns.write import begin_returns
from etl.safe.file_names import EXTENSIONS, LONGEST_PART, LONGEST_PATH, printable, writable_path
from etl.safe.unreadable import Unreadable
from tests import packages as p
from tests.cases import Case
from tests.here import Here
from tests.paper import paper
from tests.test_cli import jixiao

FORM = paper().data
WRONG = paper(Case("AR07", {"funds.other_full": "-5", "funds.carried_in_full": "5"}))
HOME = "2023年/市教育局/苏州市教师发展中心.xlsx"
ZIPPED = p.zip_bytes({"表.xlsx": FORM})
UTF8 = 0x800
LINK = 0o120777 << 16


def archive(where: Path, entries: list[p.Entry] | dict[str, bytes], name: str = "batch.zip") -> Path:
    where.mkdir(parents=True, exist_ok=True)
    (where / name).write_bytes(p.zip_bytes(entries))
    return where / name


def gbk(name: str, content: bytes = b"x", method: int = 8) -> p.Entry:
    return p.Entry(name.encode("gbk"), content, method)


def moded(path: Path, name: str, mode: int) -> Path:
    """Write other attributes into the directory record of an entry."""
    data = bytearray(path.read_bytes())
    at = data.rindex(name.encode()) - 46
    assert data[at : at + 4] == b"PK\x01\x02"
    struct.pack_into("<L", data, at + 38, mode)
    path.write_bytes(data)
    return path


def only(path: Path) -> Submission:
    (submission,), skipped = find_submissions([path])
    assert not skipped
    return submission


def refused(path: Path) -> tuple[str, str]:
    """Return why an archive that is one unreadable submission is refused."""
    reading = read_submission(only(path))
    assert (reading.path, reading.status, reading.readings) == (path.name, "unreadable", ())
    assert reading.reason_en.isascii()
    return reading.code, reading.reason


def passed_over(path: Path) -> dict[str, str]:
    return {skipped.relative: skipped.code for skipped in find_submissions([path])[1]}


def names(path: Path) -> list[str]:
    return [submission.relative for submission in find_submissions([path])[0]]


@pytest.fixture(scope="module")
def mailed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive as Windows packs it: GBK names, folders of their own, and what else lies in a folder."""
    entries = [
        gbk("2023年/", b"", 0),
        gbk(HOME, WRONG.data),
        gbk("2023年/市教育局/~$苏州市教师发展中心.xlsx"),
        gbk("2023年/市民政局/报送.xlsx", FORM[:3000]),
        gbk("2023年/市民政局/说明.docx"),
        gbk("2023年/市民政局/补报.rar"),
        gbk("2023年/市民政局/补报.zip", ZIPPED),
        gbk("2023年/.DS_Store"),
        gbk("__MACOSX/2023年/._报送.xlsx"),
        gbk("__MACOSX/2023年/._说明.docx"),
        gbk("../外面.xlsx", FORM),
    ]
    return archive(tmp_path_factory.mktemp("mail"), entries, "报送.zip")


@pytest.fixture(scope="module")
def produced(mailed: Path) -> Path:
    done = jixiao("run", mailed, "-o", mailed.parent / "out", "--verify")
    assert done.returncode == 1 and done.stderr == b""
    assert "报送.zip/2023年/市民政局/补报.rar: 是压缩包，请先解压" in done.stdout.decode()
    return mailed.parent / "out"


def test_a_run_of_an_archive_returns_its_files_under_its_name(produced: Path) -> None:
    returns = produced / "returns"
    written = [path.relative_to(returns).as_posix() for path in returns.rglob("*") if path.is_file()]
    assert written == [f"报送.zip/{HOME}"]
    assert open_package((returns / written[0]).read_bytes()).sheets[0].name == "审核意见"


def test_a_run_of_an_archive_writes_nowhere_else(mailed: Path, produced: Path) -> None:
    assert sorted(path.name for path in mailed.parent.iterdir()) == ["out", "报送.zip"]
    assert not list(mailed.parent.rglob("外面*"))


def test_what_is_found_in_an_archive_has_its_path(produced: Path) -> None:
    with (produced / "findings.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = {(row["文件"], row["代码"], row["单元格"]) for row in csv.DictReader(file)}
    assert rows == {
        (f"报送.zip/{HOME}", "AR07", f"绩效目标表!{WRONG.cell('funds.other_full')}"),
        ("报送.zip/2023年/市民政局/报送.xlsx", "ST01", ""),
    }


def test_what_an_archive_holds_beside_is_listed_with_its_reason(produced: Path) -> None:
    files = json.loads((produced / "findings.json").read_text(encoding="utf-8"))["files"]
    told = {file["path"].removeprefix("报送.zip/"): (file["status"], file["reason"]) for file in files}
    assert told == {
        HOME: ("checked", ""),
        "2023年/市民政局/报送.xlsx": ("unreadable", "文件不完整（下载或拷贝中断），请重新报送"),
        "2023年/市教育局/~$苏州市教师发展中心.xlsx": ("skipped", "办公软件的临时锁定文件"),
        "2023年/市民政局/说明.docx": ("skipped", "不是电子表格文件"),
        "2023年/市民政局/补报.rar": ("skipped", "是压缩包，请先解压"),
        "2023年/市民政局/补报.zip": ("skipped", "是压缩包里的压缩包，请先解压"),
        "2023年/.DS_Store": ("skipped", "隐藏文件"),
        "__MACOSX": ("skipped", "macOS的附属文件"),
        "../外面.xlsx": ("skipped", "路径指向压缩包之外（上级目录、绝对路径或盘符），不读取"),
    }


def test_the_next_round_knows_the_returns_of_an_archive(mailed: Path, produced: Path, tmp_path: Path) -> None:
    corrected = archive(
        tmp_path, [gbk(HOME, (produced / "returns" / mailed.name / HOME).read_bytes())], mailed.name
    )
    done = jixiao("run", corrected, "-o", tmp_path / "out", "--previous", produced)
    assert done.returncode == 1 and done.stderr == b""
    document = json.loads((tmp_path / "out" / "findings.json").read_text(encoding="utf-8"))
    assert [(f["code"], f["state"]) for f in document["findings"]] == [("AR07", "standing")]
    assert document["round"] == 2


def test_an_archive_in_a_folder_is_looked_into(tmp_path: Path) -> None:
    archive(tmp_path / "in" / "市教育局", {"甲/表.xlsx": FORM}, "补报.ZIP")
    (tmp_path / "in" / "旧.rar").write_bytes(b"Rar!\x1a\x07\x00")
    (tmp_path / "in" / "旧.7z").write_bytes(b"7z\xbc\xaf\x27\x1c")
    assert names(tmp_path / "in") == ["市教育局/补报.ZIP/甲/表.xlsx"]
    assert passed_over(tmp_path / "in") == {"旧.7z": "archive", "旧.rar": "archive"}


def test_extract_and_show_read_archives(tmp_path: Path) -> None:
    path = archive(tmp_path, {"甲/表.xlsx": FORM})
    assert jixiao("extract", path, "-o", tmp_path / "out").returncode == 0
    places = (tmp_path / "out" / "places.csv").read_text(encoding="utf-8-sig")
    assert "batch.zip/甲/表.xlsx" in places
    shown = jixiao("show", path)
    assert shown.returncode == 0 and "绩效目标".encode() in shown.stdout, shown.stderr


@pytest.mark.parametrize("name", ["x.zip", "x.dat", "x"])
def test_a_workbook_by_another_name_is_a_workbook(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(FORM)
    submission = only(tmp_path / name)
    assert submission.entry is None and read_submission(submission).status == "checked"


def test_an_archive_by_another_name_is_an_archive_when_given(tmp_path: Path) -> None:
    assert names(archive(tmp_path, {"表.xlsx": FORM}, "batch.dat")) == ["batch.dat/表.xlsx"]


def test_what_is_only_named_zip_says_what_it_is(tmp_path: Path) -> None:
    for content, code in ((b"Rar!\x1a\x07\x00", "archive"), (b"%PDF-1.4", "pdf"), (b"", "empty")):
        (tmp_path / "x.zip").write_bytes(content)
        assert refused(tmp_path / "x.zip")[0] == code


NAMED = {
    "GBK": (p.Entry("市教育局/预算.xlsx".encode("gbk"), FORM), "市教育局/预算.xlsx"),
    "GBK beyond GB 2312": (p.Entry("朱镕基/誠.xlsx".encode("gb18030"), FORM), "朱镕基/誠.xlsx"),
    "GBK that is valid UTF-8": (p.Entry(b"\xd2\xb1\xc4\xb3.xlsx", FORM), "冶某.xlsx"),
    "UTF-8 flagged": (p.Entry("市教育局/预算.xlsx", FORM, flags=UTF8), "市教育局/预算.xlsx"),
    "UTF-8 without the flag": (p.Entry("市教育局/预算.xlsx", FORM), "市教育局/预算.xlsx"),
    "GBK flagged as UTF-8": (p.Entry("预算.xlsx".encode("gbk"), FORM, flags=UTF8), "预算.xlsx"),
    "neither": (p.Entry(b"a\xff\xff.xlsx", FORM), "a\u00a0\u00a0.xlsx"),
    "below a dot": (p.Entry("./甲//表.xlsx", FORM), "甲/表.xlsx"),
}


@pytest.mark.parametrize("case", NAMED)
def test_names_are_read_as_they_were_written(tmp_path: Path, case: str) -> None:
    entry, name = NAMED[case]
    path = archive(tmp_path, [entry])
    assert names(path) == [f"batch.zip/{name}"]
    assert submission_bytes(only(path)) == FORM


def unicode_path(raw: bytes, name: str) -> bytes:
    field = b"\x01" + struct.pack("<L", zlib.crc32(raw)) + name.encode()
    return b"\x55\x54\x01\x00\x00" + struct.pack("<2H", 0x7075, len(field)) + field


def test_the_unicode_path_field_is_used_where_it_belongs_to_the_name(tmp_path: Path) -> None:
    raw = b"______.xlsx"
    sound = p.Entry(raw, FORM, extra=unicode_path(raw, "市教育局/表.xlsx"))
    assert names(archive(tmp_path, [sound])) == ["batch.zip/市教育局/表.xlsx"]
    stale = p.Entry(raw, FORM, extra=unicode_path(b"old.xlsx", "旧.xlsx"))
    assert names(archive(tmp_path, [stale])) == ["batch.zip/______.xlsx"]
    escaping = p.Entry(raw, FORM, extra=unicode_path(raw, "../../表.xlsx"))
    assert list(passed_over(archive(tmp_path, [escaping])).values()) == ["unsafe_path"]


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("../x.xlsx", "unsafe_path"),
        ("a/../../x.xlsx", "unsafe_path"),
        ("a/..", "unsafe_path"),
        ("/etc/x.xlsx", "unsafe_path"),
        ("//server/share/x.xlsx", "unsafe_path"),
        ("C:/x.xlsx", "unsafe_path"),
        ("c:x.xlsx", "unsafe_path"),
        ("", "unsafe_path"),
        ("..\\..\\x.xlsx", "backslash"),
        ("C:\\x.xlsx", "backslash"),
        ("甲\\x.xlsx", "backslash"),
        ("x.xlsx/", "not_a_file"),
        ("/".join("a" * 62) + "/x.xlsx", "too_deep"),
    ],
)
def test_a_path_out_of_the_archive_is_passed_over(tmp_path: Path, name: str, code: str) -> None:
    path = archive(tmp_path, [p.Entry(name, FORM), p.Entry("好.xlsx", FORM)])
    assert names(path) == ["batch.zip/好.xlsx"]
    assert passed_over(path) == {f"batch.zip/{name}": code}


def test_links_and_devices_in_an_archive_are_passed_over(tmp_path: Path) -> None:
    entries = {"链接.xlsx": b"/etc/passwd", "管道.xlsx": b"", "好.xlsx": FORM}
    path = moded(archive(tmp_path, entries), "链接.xlsx", LINK)
    moded(path, "管道.xlsx", 0o010644 << 16)
    assert names(path) == ["batch.zip/好.xlsx"]
    assert passed_over(path) == {"batch.zip/链接.xlsx": "link", "batch.zip/管道.xlsx": "not_a_file"}


def test_equal_names_in_an_archive_are_told_apart(tmp_path: Path) -> None:
    other = paper().data + b"\0" * 32
    entries = [p.Entry("甲/a.xlsx", FORM), p.Entry("甲/A.xlsx", other), p.Entry("甲/a.xlsx", other)]
    found, _ = find_submissions([archive(tmp_path, entries)])
    assert {s.relative: submission_bytes(s) == FORM for s in found} == {
        "batch.zip/甲/a.xlsx": True,
        "batch.zip/甲/A(2).xlsx": False,
        "batch.zip/甲/a(3).xlsx": False,
    }


def test_thousands_of_equal_names_take_no_time(tmp_path: Path) -> None:
    entries = [p.Entry("甲.xlsx", b"", 0)] * 5_000
    started = time.perf_counter()
    assert len(set(names(archive(tmp_path, entries)))) == 5_000
    assert time.perf_counter() - started < 5


def test_an_archive_given_twice_is_read_once(tmp_path: Path) -> None:
    path = archive(tmp_path, {"a.xlsx": FORM, "b.xlsx": FORM})
    assert [s.relative for s in find_submissions([path, tmp_path])[0]] == [
        "batch.zip/a.xlsx",
        "batch.zip/b.xlsx",
    ]


def test_an_encrypted_archive_says_so_once(tmp_path: Path) -> None:
    entries = [p.Entry("甲.xlsx", FORM, flags=1), p.Entry("乙.xlsx", FORM, flags=1)]
    assert refused(archive(tmp_path, entries)) == ("encrypted", "压缩包有密码，请去掉密码或先解压")


def test_an_encrypted_file_costs_only_itself(tmp_path: Path) -> None:
    found, _ = find_submissions(
        [archive(tmp_path, [p.Entry("甲.xlsx", FORM, flags=1), p.Entry("乙.xlsx", FORM)])]
    )
    assert [(r.path, r.status, r.code) for r in map(read_submission, found)] == [
        ("batch.zip/乙.xlsx", "checked", ""),
        ("batch.zip/甲.xlsx", "unreadable", "encrypted"),
    ]


@pytest.mark.parametrize("kept", [0.2, 0.5, 0.99])
def test_an_archive_cut_short_is_said(tmp_path: Path, kept: float) -> None:
    path = archive(tmp_path, {"甲.xlsx": FORM, "乙.xlsx": FORM})
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * kept)])
    assert refused(path)[0] == "truncated"


def test_a_damaged_file_costs_only_itself(tmp_path: Path) -> None:
    path = archive(
        tmp_path,
        [
            p.Entry("坏.xlsx".encode("gbk"), FORM, crc=1),
            p.Entry("怪.xlsx".encode("gbk"), FORM, method=14),
            p.Entry("乱.xlsx".encode("gbk"), FORM, packed=b"\xff" * 100),
            p.Entry("好.xlsx".encode("gbk"), FORM),
        ],
    )
    readings = {r.path[10:]: (r.code, r.reason) for r in map(read_submission, find_submissions([path])[0])}
    assert readings == {
        "坏.xlsx": ("damaged", "文件损坏：坏.xlsx"),
        "怪.xlsx": ("zip_method", "文件使用了不支持的压缩方式（14）"),
        "乱.xlsx": ("damaged", "文件损坏：乱.xlsx"),
        "好.xlsx": ("", ""),
    }


@pytest.mark.parametrize("entries", [{}, {"甲/": b"", "甲/乙/": b""}])
def test_an_empty_archive_is_said(tmp_path: Path, entries: dict[str, bytes]) -> None:
    found = [p.Entry(name, content, 0) for name, content in entries.items()]
    assert refused(archive(tmp_path, found)) == ("archive", "是空压缩包")


def test_too_many_entries_are_refused(tmp_path: Path) -> None:
    most = {f"{number}.txt": b"" for number in range(5_000)}
    assert len(passed_over(archive(tmp_path, most))) == 5_000
    path = archive(tmp_path, most | {"甲.xlsx": FORM})
    assert refused(path) == ("too_many_entries", "压缩包内超过5000个条目，请解压后放入文件夹")


def test_a_count_that_lies_hides_no_file(tmp_path: Path) -> None:
    path = archive(tmp_path, {f"{number}.xlsx": FORM for number in range(3)})
    data = bytearray(path.read_bytes())
    struct.pack_into("<2H", data, len(data) - 14, 1, 1)
    path.write_bytes(data)
    assert len(names(path)) == 3


def test_a_huge_directory_is_not_read(tmp_path: Path) -> None:
    path = archive(tmp_path, [p.Entry(f"{n}.xlsx", b"", 0, extra=bytes(60_000)) for n in range(150)])
    assert refused(path)[0] == "too_many_entries"


def bomb(size: int) -> bytes:
    """Return a deflate stream of so many zeros."""
    stream = zlib.compressobj(9, zlib.DEFLATED, -15)
    block = bytes(1_000_000)
    return b"".join([*(stream.compress(block) for _ in range(size // 1_000_000)), stream.flush()])


def test_a_file_too_large_costs_only_itself(tmp_path: Path) -> None:
    packed = bomb(60_000_000)
    path = archive(
        tmp_path,
        [
            p.Entry("大.xlsx", b"", size=60_000_000, packed=packed),
            p.Entry("谎.xlsx", b"", size=1_000, packed=packed),
            p.Entry("超.xlsx", b"", size=0xFFFFFFFF, packed=packed),
            p.Entry("好.xlsx", FORM),
        ],
    )
    readings = {r.path[10:]: (r.code, r.reason) for r in map(read_submission, find_submissions([path])[0])}
    assert readings == {
        "大.xlsx": ("too_large", "文件超过50MB"),
        "谎.xlsx": ("damaged", "文件损坏：谎.xlsx"),
        "超.xlsx": ("too_large", "文件超过50MB"),
        "好.xlsx": ("", ""),
    }


def test_an_archive_that_unpacks_to_too_much_is_refused(tmp_path: Path) -> None:
    packed = bomb(49_000_000)
    entries = [p.Entry(f"{n}.xlsx", b"", size=49_000_000, packed=packed) for n in range(5)]
    path = archive(tmp_path, entries)
    assert refused(path) == ("too_large_inside", "压缩包解压后超过200MB，请解压后放入文件夹")
    others = [p.Entry(f"{n}.mp4", b"", size=49_000_000, packed=packed) for n in range(5)]
    assert names(archive(tmp_path, [*others, p.Entry("表.xlsx", FORM)])) == ["batch.zip/表.xlsx"]


def test_no_lie_about_sizes_gets_past_the_budget(tmp_path: Path) -> None:
    """What comes out of all files together stays below what the directory claims, which was added up."""
    path = archive(tmp_path, [p.Entry(f"{n}.xlsx", b"", size=10, packed=bomb(9_000_000)) for n in range(40)])
    tracemalloc.start()
    for submission in find_submissions([path])[0]:
        with pytest.raises(Unreadable):
            submission_bytes(submission)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < 5_000_000


def test_overlapping_entries_are_refused(tmp_path: Path) -> None:
    data = bytearray(p.zip_bytes({"a.xlsx": FORM, "b.xlsx": FORM}))
    second = data.rindex(b"PK\x01\x02")
    struct.pack_into("<L", data, second + 42, 0)
    (tmp_path / "batch.zip").write_bytes(data)
    assert refused(tmp_path / "batch.zip")[0] == "damaged"


def test_listing_inflates_nothing_and_reads_the_directory_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = archive(tmp_path, {"甲.xlsx": FORM})

    def never(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr(archives, "inflate", never)
    assert names(path) == ["batch.zip/甲.xlsx"]


def test_an_archive_larger_than_a_file_may_be_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "batch.zip"
    video = p.Entry("片.mp4", bytes(60_000_000), 0)
    path.write_bytes(
        p.zip_bytes([video, p.Entry("甲.xlsx", FORM), p.Entry("乙.xlsx", FORM, descriptor=True)])
    )
    found, skipped = find_submissions([path])
    assert [submission_bytes(s) == FORM for s in found] == [True, True]
    assert skipped == [
        Skipped("batch.zip/片.mp4", "other_type", "不是电子表格文件", "not a spreadsheet file")
    ]


def test_an_archive_with_wide_fields_and_one_with_a_tail_are_read(tmp_path: Path) -> None:
    wide = p.zip_bytes([p.Entry("甲.xlsx", FORM, wide=True)], wide=True)
    for data in (wide, ZIPPED + bytes(100_000), p.zip_bytes({"甲.xlsx": FORM}, comment="备注".encode())):
        (tmp_path / "batch.zip").write_bytes(data)
        assert submission_bytes(only(tmp_path / "batch.zip")) == FORM


def test_an_archive_that_changes_after_it_was_listed_is_said(tmp_path: Path) -> None:
    path = archive(tmp_path, {"甲.xlsx": FORM})
    submission = only(path)
    archive(tmp_path, {"乙乙.xlsx": FORM})
    assert read_submission(submission).code == "changed"
    path.unlink()
    assert read_submission(submission).code == "io_error"


def test_nothing_to_check_in_an_archive_says_why(tmp_path: Path) -> None:
    path = archive(tmp_path, {"里.zip": ZIPPED, "外.rar": b"", "文.txt": b"", "图.png": b""})
    done = jixiao("check", path)
    assert done.returncode == 2
    (line,) = done.stderr.decode().splitlines()
    assert line.startswith("jixiao: 没有找到可检查的文件 no file to check was found (batch.zip/")
    assert line.endswith("; +1)")


@pytest.mark.parametrize(
    ("parts", "path"),
    [
        (["CON", "nul.xlsx"], "_CON/_nul.xlsx"),
        (["com1 .txt", "LPT9"], "_com1 .txt/_LPT9"),
        (["甲. ", "表.xlsx..."], "甲/表.xlsx"),
        (["a:b", 'c*?"<>|.xlsx'], "a_b/c______.xlsx"),
        (["甲\x00\x1b[31m\u202e", "表\n.xlsx"], "甲__[31m_/表_.xlsx"),
        (["表.xlsx", "表.xlsx"], "表.xlsx_/表.xlsx"),
        (["...", "甲.xlsx"], "_/甲.xlsx"),
        (["长" * 300 + ".xlsx"], "长" * 65 + ".xlsx"),
    ],
)
def test_paths_that_can_be_written_anywhere(parts: list[str], path: str) -> None:
    assert writable_path(parts) == path


HOSTILE = st.text(st.sampled_from("aA.长 ~$_con\x00\x1b:*\u202e\U0001f600xlsx"), min_size=1, max_size=90)


@given(st.lists(HOSTILE, min_size=1, max_size=61))
def test_a_writable_path_holds_no_surprise(parts: list[str]) -> None:
    path = writable_path([part.replace("/", "") for part in parts])
    pieces = path.split("/")
    assert len(pieces) == len(parts) and all(pieces) and len(path) <= LONGEST_PATH + 2 * 61
    for piece in pieces:
        assert piece.rstrip(" .") == piece and piece.isprintable()
        assert len(piece.encode()) <= LONGEST_PART + 1 and not set(piece) & set('\\:*?"<>|')
        assert piece.split(".")[0].strip().lower() not in ("con", "nul", "aux", "prn", "com1")
    assert not any(PurePosixPath(piece).suffix.lower() in EXTENSIONS for piece in pieces[:-1])


def test_returns_of_hostile_names_are_written_below_returns(tmp_path: Path) -> None:
    long = "/".join(["很长的文件夹名" * 9] * 5)
    hostile = ["CON.xlsx", "a?.xlsx", "表.xlsx/表.xlsx", "表.xlsx", f"{long}/表.xlsx", "\x1b[31m.xlsx"]
    path = archive(tmp_path / "in", [p.Entry(name, FORM) for name in hostile])
    submissions, skipped = find_submissions([path])
    batch = run_batch(submissions, skipped, Settings(), Inputs(), Here())
    begin_returns(batch, submissions, tmp_path / "out" / "returns", "zh", Here())()
    path.unlink()
    written = [path.relative_to(tmp_path) for path in tmp_path.rglob("*") if path.is_file()]
    assert len(written) == len(hostile)
    assert all(path.parts[:3] == ("out", "returns", "batch.zip") for path in written)
    assert {path.name for path in written} >= {"_CON.xlsx", "a_.xlsx", "_[31m.xlsx"}


def test_the_limits_are_the_ones_that_are_said() -> None:
    assert archives.LIMITS == Budget() == Budget(50_000_000, 200_000_000, 5_000, 120_000_000)
    assert printable("a\x1b\n" + "长" * 300) == "a??" + "长" * 197 + "…"


def test_no_flipped_byte_raises(tmp_path: Path) -> None:
    whole = p.zip_bytes([gbk("甲/一.xlsx", FORM), gbk("乙.xlsx", b"x" * 50), gbk("丙.txt")])
    chance = random.Random(7)
    path = tmp_path / "batch.zip"
    for _ in range(400):
        data = bytearray(whole)
        for _ in range(chance.randint(1, 3)):
            data[-chance.randint(1, 400)] = chance.choice((0, 0x2F, 0x5C, 0xFF, chance.randrange(256)))
        path.write_bytes(data)
        found, skipped = find_submissions([path])
        assert found or skipped
        for submission in found:
            assert submission.relative.startswith("batch.zip")
            with contextlib.suppress(Unreadable):
                submission_bytes(submission)
