"""Writes 催报 letters to agencies that handed nothing in, and asks again for files that could not be used."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from checks.rule import quoted
from etl.batch.recipients import Recipient
from etl.returns.word import day, filled, packaged
from etl.safe.clean import clean
from etl.safe.file_names import fitting
from etl.safe.whole_file import write_whole

TEMPLATE = "notice.docx"
FOLDER = "催报"
_ENDINGS = {True: "（催报函）.docx", False: "（重新报送）.docx"}


@dataclass(frozen=True, slots=True)
class Notice:
    """A letter that asks for a form: to whom, what year's, the files that could not be used, the day to answer by."""

    agency: str
    year: str
    unusable: tuple[tuple[str, str], ...] = ()
    reply_by: datetime.date | None = None


def notices(
    wanted: Iterable[Recipient], year: int | None, reply_by: datetime.date | None
) -> dict[str, Notice]:
    """Return the notices to those who handed in nothing, or nothing that could be used, by the path of the file they go into.

    Nobody is asked again for a file that our own disk, memory or time did not give.
    """
    made: dict[str, Notice] = {}
    for one in wanted:
        if one.paths or one.lost or (one.missing and not one.name):
            continue
        ending = _ENDINGS[one.missing]
        name = fitting(f"{FOLDER}/{one.name.replace('/', '_')}{ending}", ending)
        made.setdefault(name, Notice(one.name, str(year or ""), one.unusable, reply_by))
    return made


def write_notices(folder: Path, written: Mapping[str, Notice]) -> Sequence[Path]:
    """Write notices below a folder and take away those of an earlier run that hold no more; return their paths."""
    for old in (folder / FOLDER).glob("*.docx"):
        if old.name.endswith(tuple(_ENDINGS.values())) and f"{FOLDER}/{old.name}" not in written:
            old.unlink(missing_ok=True)
    paths = []
    for name, notice in written.items():
        write_whole(folder / name, filled(packaged(TEMPLATE), values(notice)))
        paths.append(folder / name)
    return paths


def values(notice: Notice) -> dict[str, Any]:
    """Return what the template may name, in Chinese because bureau staff edit it."""
    return {
        "单位": quoted(clean(notice.agency), 100) or "报送单位",
        "年度": f"{notice.year}年度" if notice.year else "",
        "文件": [
            {"名称": clean(path), "原因": clean(reason).rstrip("。")} for path, reason in notice.unusable
        ],
        "报回期限": day(notice.reply_by),
    }
