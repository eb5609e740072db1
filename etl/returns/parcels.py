"""Makes the batch ready to be sent: one zip a department with its returns and letters, and a list for mail merge."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from etl.batch.recipients import Recipient
from etl.safe.clean import clean, csv_text
from etl.safe.clockless import clockless_zip
from etl.safe.file_names import fitting
from etl.safe.whole_file import write_whole

LIST = "发送清单.csv"
COLUMNS = ("主管部门", "单位", "状态", "错误", "警告", "退回文件", "函件", "压缩包", "报回期限")
_ZIP = ".zip"


@dataclass(frozen=True, slots=True)
class Parcel:
    """What goes to one agency: files below the output folder."""

    recipient: Recipient
    returns: tuple[Path, ...]
    letters: tuple[Path, ...]


def write_parcels(output: Path, parcels: Sequence[Parcel]) -> Mapping[str, str]:
    """Write a zip a department with all that goes to its agencies; return the path of each by department."""
    by_department: dict[str, list[Path]] = {}
    for parcel in parcels:
        files = [path for path in (*parcel.returns, *parcel.letters) if path.is_file()]
        by_department.setdefault(parcel.recipient.department, []).extend(files)
    names: dict[str, str] = {}
    for department, files in by_department.items():
        if files:
            names[department] = fitting(f"zips/{department.replace('/', '_')}{_ZIP}", _ZIP)
            write_whole(output / names[department], clockless_zip(_entries(output, files)))
    return names


def _entries(output: Path, files: Iterable[Path]) -> Iterable[tuple[str, bytes]]:
    for path in dict.fromkeys(files):
        folder, *rest = path.relative_to(output).parts
        kind = "退回文件" if folder == "returns" else "函件"
        yield "/".join((kind, *rest)), path.read_bytes()


def write_list(output: Path, parcels: Sequence[Parcel], zips: Mapping[str, str], reply_by: str) -> Path:
    """Write one line an agency with what is to be sent to it, as Excel and mail merge read it."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for parcel in parcels:
        one = parcel.recipient
        writer.writerow(
            csv_text(clean(str(value)))
            for value in (
                one.department, one.name, one.status, one.errors, one.warnings, _told(output, parcel.returns),
                _told(output, parcel.letters), zips.get(one.department, ""), reply_by,
            )
        )  # fmt: skip
    path = output / LIST
    write_whole(path, ("\ufeff" + text.getvalue()).encode("utf-8"))
    return path


def _told(output: Path, paths: Iterable[Path]) -> str:
    return "；".join(path.relative_to(output).as_posix() for path in paths if path.is_file())
