"""Names and folders (F in the list of ways a file is broken): every file is read or listed, none is overwritten."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest

from etl.intake.submissions import find_submissions
from etl.marked.lines import State
from etl.safe.file_names import return_path
from tests.here import produce
from tests.hostile import with_cell
from tests.paper import paper
from tests.test_cli import jixiao

FORM = paper().data
POSIX = pytest.mark.skipif(sys.platform != "linux", reason="file names are bytes on Linux alone")


def put(folder: Path, *names: str) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(FORM)


def files_below(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


NAMES = (
    "市局/2023年 绩效目标表（终稿）.xlsx",
    "A.XLSX",
    "x.xlsx.xlsx",
    "CON.xlsx",
    "-rf.xlsx",
    "--help.xlsx",
    "引号'\"`$(touch x)；&.xlsx",
    "%s{0}{agency}.xlsx",
    "换\n行.xlsx",
    "\x1b[31m红.xlsx",
    "\u202excod.xlsx",
    "e\u0301.xlsx",
    "é.xlsx",
    "同名/表.xlsx",
    "另一处/表.xlsx",
    "表.xlsx",
    "大小写/a.xlsx",
    "大小写/A.xlsx",
    f"{'长' * 83}.xlsx",
    "/".join(str(n) for n in range(40)) + "/深.xlsx",
)


@POSIX
def test_odd_names_are_read_and_come_back_under_the_same_path(tmp_path: Path) -> None:
    """Punctuation, controls, twins in other case or composition, 254 bytes, 40 levels (93, 94, 96)."""
    inbox, output = tmp_path / "in", tmp_path / "out"
    put(inbox, *NAMES)
    run = produce([inbox], output, workers=1, quiet=True, letters=True)
    assert {file.path for file in run.batch.files if file.status == "checked"} == run.returns.keys()
    assert len(run.returns) == len(NAMES)
    returned = files_below(output / "returns")
    exact = {name for name in NAMES if name not in ("大小写/a.xlsx", "大小写/A.xlsx")}
    assert exact <= returned and len(returned) == len(NAMES)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in", "out"]
    assert len(json.loads((output / "findings.json").read_text(encoding="utf-8"))["files"]) == len(NAMES)


@POSIX
def test_names_are_printed_so_that_no_terminal_obeys_them(tmp_path: Path) -> None:
    put(tmp_path, "\x1b[31m红.xlsx", "换\n行.xlsx", "\u202excod.xlsx")
    for path in tmp_path.iterdir():
        path.write_bytes(b"")
    said = jixiao("check", tmp_path, PYTHONIOENCODING="utf-8")
    lines = said.stdout.decode("utf-8").splitlines()
    assert said.stderr == b""
    assert not any(mark in line for line in lines for mark in ("\x1b", "\u202e"))
    assert not any(line.startswith("行") for line in lines)
    assert any(line.startswith("  无法读取  换\\x0a行.xlsx: 文件为空") for line in lines)


@POSIX
def test_a_name_that_is_not_utf8_is_read_shown_and_returned(tmp_path: Path) -> None:
    """A name in GBK bytes (97)."""
    name = os.fsdecode("报表.xlsx".encode("gbk"))
    inbox, output = tmp_path / "in", tmp_path / "out"
    put(inbox, name)
    (inbox / name).write_bytes(with_cell("E18", "<v>NaN</v>"))
    produce([inbox], output, workers=1, quiet=True, letters=True)
    assert {path.name for path in (output / "returns").iterdir()} == {name}
    assert len(list((output / "letters").iterdir())) == 1
    json.loads((output / "findings.json").read_text(encoding="utf-8"))
    again = produce([output / "returns"], tmp_path / "again", workers=1, quiet=True, previous=output)
    assert [(entry.finding.code, entry.state) for entry in again.batch.located] == [("ST07", State.STANDING)]
    done = jixiao("check", inbox)
    assert done.returncode == 1 and done.stderr == b""


def test_one_file_given_twice_counts_once(tmp_path: Path) -> None:
    put(tmp_path, "a/x.xlsx", "b/x.xlsx")
    found, _ = find_submissions([tmp_path / "a", tmp_path / "b", tmp_path / "a" / "x.xlsx", tmp_path / "a"])
    assert [one.relative for one in found] == ["x(2).xlsx", "x.xlsx"]


def test_two_files_never_have_one_return(tmp_path: Path) -> None:
    """The return of an old workbook is an .xlsx, whose name another file may have."""
    put(tmp_path, "甲.xls", "甲.xls.xlsx", "甲.XLS.xlsx", "乙.xlsm")
    found, _ = find_submissions([tmp_path])
    names = [one.relative for one in found]
    assert len({return_path(tmp_path, name).as_posix().casefold() for name in names}) == 4
    assert "乙.xlsm" in names


def test_what_is_no_submission_is_listed_with_the_reason(tmp_path: Path) -> None:
    """Lock files, files of other systems, documents (99)."""
    put(
        tmp_path,
        "~$a.xlsx", ".~a.xlsx", "._a.xlsx", ".DS_Store", "Thumbs.db", "a.tmp", "通知.docx", "附件.pdf", "a.xlsx",
        ".git/a.xlsx", "__MACOSX/._a.xlsx",
    )  # fmt: skip
    found, skipped = find_submissions([tmp_path])
    assert [one.relative for one in found] == ["a.xlsx"]
    assert {one.relative: one.code for one in skipped} == {
        "~$a.xlsx": "lock_file", ".~a.xlsx": "lock_file", "._a.xlsx": "hidden", ".DS_Store": "hidden", ".git": "hidden_folder",
        "__MACOSX/._a.xlsx": "hidden", "Thumbs.db": "other_type", "a.tmp": "other_type", "通知.docx": "other_type",
        "附件.pdf": "other_type",
    }  # fmt: skip
    assert all(one.reason and one.reason_en for one in skipped)


@POSIX
def test_only_regular_files_under_the_folder_are_opened(tmp_path: Path) -> None:
    """Folders, pipes, links in a circle, to nowhere, to devices, out of the folder (100): none hangs a run."""
    inbox = tmp_path / "in"
    put(inbox, "a.xlsx", "文件夹.xlsx/b.xlsx")
    put(tmp_path, "outside.xlsx")
    os.mkfifo(inbox / "pipe.xlsx")
    for name, target in {
        "circle.xlsx": "circle.xlsx", "nowhere.xlsx": "none.xlsx", "zero.xlsx": "/dev/zero", "passwd.xlsx": "/etc/passwd",
        "parent.xlsx": "..", "out.xlsx": "../outside.xlsx",
    }.items():  # fmt: skip
        (inbox / name).symlink_to(target)
    done = jixiao("check", inbox, "--format", "json")
    files = {file["path"]: file["status"] for file in json.loads(done.stdout)["files"]}
    skipped = ("pipe", "circle", "nowhere", "zero", "passwd", "parent", "out")
    checked = {"a.xlsx": "checked", "文件夹.xlsx/b.xlsx": "checked"}
    assert files == checked | {f"{name}.xlsx": "skipped" for name in skipped}


@POSIX
def test_folders_without_end_are_left_at_some_level(tmp_path: Path) -> None:
    put(tmp_path, "/".join(["d"] * 70) + "/a.xlsx", "b.xlsx")
    found, skipped = find_submissions([tmp_path])
    assert [one.relative for one in found] == ["b.xlsx"]
    assert [one.code for one in skipped] == ["too_deep"]


@POSIX
@pytest.mark.skipif(os.geteuid() == 0 if hasattr(os, "geteuid") else True, reason="root may read everything")
def test_a_file_or_folder_that_may_not_be_read_is_said(tmp_path: Path) -> None:
    put(tmp_path, "a.xlsx", "b.xlsx", "c/d.xlsx")
    (tmp_path / "b.xlsx").chmod(0)
    (tmp_path / "c").chmod(0)
    files = {
        f["path"]: f["status"]
        for f in json.loads(jixiao("check", tmp_path, "--format", "json").stdout)["files"]
    }
    (tmp_path / "c").chmod(0o700)
    assert files == {"a.xlsx": "checked", "b.xlsx": "unreadable", "c": "skipped"}
