"""Writes 退回说明, the letter that goes with a return: one .docx an agency, from the same findings.

The letter is a Word template, `letter.docx` beside this module; a bureau may edit a copy (`jixiao template --letter`) and name
it with `--letter-template`. The date is left open, and no clock is read: the same findings give the same bytes.
"""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterator, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from checks.declared.text_key import text_key
from checks.rule import RULES, quoted
from etl.batch.depends import digest_of
from etl.batch.model import Batch
from etl.frames.located import Located, by_path, cell_text
from etl.frames.told import Told, places_text, told
from etl.marked.lines import State
from etl.returns.word import day, filled, packaged
from etl.rounds.records import FileRound
from etl.safe.clean import clean
from etl.safe.file_names import fitting, return_path
from etl.safe.whole_file import write_whole
from etl.workers.attempt import Failed
from etl.workers.program import fingerprint

if TYPE_CHECKING:
    from etl.store.outputs import Outputs

ENDING = "（退回说明）.docx"
TEMPLATE = "letter.docx"
_NUMERALS = "一二三四"


@dataclass(frozen=True, slots=True)
class Letter:
    """What one agency is told: its files (as they are returned), its findings, and what became of last round's.

    `reply_by`: the day by which it is to answer. `template`: a bureau's own .docx, empty for the packaged one.
    `paths`: the files as they came in.
    """

    target: Path
    agency: str
    year: str
    files: tuple[str, ...]
    located: tuple[Located, ...]
    number: int = 1
    fixed: int = 0
    compared: bool = False
    reply_by: datetime.date | None = None
    template: bytes = b""
    paths: tuple[str, ...] = ()


def write_letters(
    batch: Batch,
    folder: Path,
    rounds: Mapping[str, FileRound] | None,
    executor: Executor,
    outputs: Outputs | None = None,
    reply_by: datetime.date | None = None,
    template: bytes = b"",
) -> Mapping[Path, Failed]:
    """Write a letter to every agency whose form has an error or a warning; return those that could not be written.

    `outputs`: those of earlier runs; a letter that would be the same is not written again. `reply_by`, `template`: as of
    `Letter`.
    """
    from etl.workers.pool import each

    own = digest_of(fingerprint(), packaged(TEMPLATE))
    letters = [
        replace(letter, reply_by=reply_by, template=template)
        for letter in letters_of(batch, folder, rounds or {})
    ]
    wanted = [(letter, digest_of(letter, own)) for letter in letters]
    new = [one for one in wanted if outputs is None or outputs.standing(one[0].target, one[1]) is None]
    lost = {}
    done = each(executor, write_letter, [letter for letter, _ in new], 8)
    for (letter, made_from), written in zip(new, done, strict=True):
        if isinstance(written, Failed):
            lost[letter.target] = written
        elif outputs is not None:
            outputs.note(letter.target, made_from)
    return lost


def letters_of(batch: Batch, folder: Path, rounds: Mapping[str, FileRound]) -> list[Letter]:
    """Return the letters of a batch: the files of one agency in one letter, named after its first file."""
    found = by_path([entry for entry in batch.located if not RULES[entry.finding.code].summary])
    taken: set[str] = set()
    letters = []
    for agency, paths, year in _agencies(batch):
        entries = [e for path in paths for e in found.get(path, ()) if e.state != State.EXPLAINED]
        if all(entry.finding.severity == "info" for entry in entries):
            continue
        done = [rounds[path] for path in paths if path in rounds]
        letters.append(
            Letter(
                folder / _name(paths[0], taken),
                agency,
                year,
                tuple(return_path(Path(), path).name for path in paths),
                tuple(entries),
                max([one.number for one in done] or [1]),
                sum(len(one.fixed) for one in done),
                any(one.compared for one in done),
                paths=tuple(paths),
            )
        )
    return letters


def _agencies(batch: Batch) -> Iterator[tuple[str, list[str], str]]:
    """Yield each agency with its files and fiscal year; a form without a name stands for its own file."""
    forms = batch.stack.tables.forms
    found: dict[str, tuple[str, list[str], str]] = {}
    for path, agency, year in zip(forms["path"], forms["agency"], forms["fiscal_year"], strict=True):
        name = str(agency or "").strip()
        _, paths, _ = found.setdefault(
            text_key(name) or f"/{path}", (name, [], "" if str(year) == "<NA>" else str(year))
        )
        if path not in paths:
            paths.append(str(path))
    yield from found.values()


def _name(path: str, taken: set[str]) -> str:
    """Return where a letter goes: beside its return's path, never a name out of a workbook."""
    pure = PurePosixPath(path)
    name = fitting(f"{pure.parent / pure.stem}{ENDING}", ENDING)
    if name.casefold() in taken:
        name = fitting(f"{pure}{ENDING}", ENDING)
    taken.add(name.casefold())
    return name


def write_letter(letter: Letter) -> Path:
    """Write one letter, whole or not at all; runs in a worker."""

    write_whole(letter.target, letter_bytes(letter))
    return letter.target


def letter_bytes(letter: Letter) -> bytes:
    """Return a letter as .docx: the template with what this agency is told."""
    return filled(letter.template or packaged(TEMPLATE), values(letter))


def write_template(target: Path) -> Path:
    """Write the packaged template, for a bureau to edit; into a folder under its own name."""
    from etl.safe.whole_file import write_whole

    path = target if target.suffix.lower() == ".docx" else target / "退回说明.docx"
    write_whole(path, packaged(TEMPLATE))
    return path


def values(letter: Letter) -> dict[str, Any]:
    """Return what a template may name, in Chinese because bureau staff edit it."""
    counts = Counter(str(line.severity) for _, line in _told(letter))
    states = Counter(line.first.state for _, line in _told(letter))
    parts = list(_parts(letter))
    return {
        "单位": quoted(clean(letter.agency), 100) or "报送单位",
        "年度": f"{letter.year}年度" if letter.year else "",
        "问题": _counted(counts),
        "错误数": counts["error"],
        "警告数": counts["warning"],
        "提示数": counts["info"],
        "轮次": letter.number if letter.compared else 0,
        "已改": letter.fixed,
        "未改": states[State.STANDING.value],
        "新增": states[State.NEW.value],
        "各部分": parts,
        "末项序号": _NUMERALS[len(parts)],
        "附件": "；".join(clean(name) for name in letter.files),
        "报回期限": day(letter.reply_by),
    }


def _told(letter: Letter) -> list[tuple[str, Told]]:
    """Return the lines of all files of a letter, each with its file's path."""
    return [(path, line) for path, entries in by_path(letter.located).items() for line in told(entries)]


def _parts(letter: Letter) -> Iterator[dict[str, Any]]:
    """Yield the numbered parts of a letter: what must be corrected, and what must be looked at."""
    numerals = iter(_NUMERALS)
    lines = _told(letter)
    for severity, heading in (("error", "须改正的错误"), ("warning", "须核实的警告")):
        said = [_line(path, line, len(letter.files) > 1) for path, line in lines if line.severity == severity]
        if said:
            yield {"序号": next(numerals), "标题": heading, "意见": said}


def _counted(counts: Mapping[str, int]) -> str:
    parts = [f"须改正的错误{counts['error']}条"] * bool(counts["error"])
    parts += [f"须核实的警告{counts['warning']}条"] * bool(counts["warning"])
    return "、".join(parts) + (f"，另有供参考的提示{counts['info']}条" if counts["info"] else "")


def _line(path: str, line: Told, several: bool) -> str:
    """Return a line in a sentence: where, what, what it probably is, what to do; without a code."""
    file = f"（{clean(path)}）" if several else ""
    alone = len(line.entries) == 1 and line.places
    place = (
        clean(cell_text(line.places[0]) if alone else places_text(line, "zh"))
        .replace("!", "表", 1)
        .replace("表表", "表", 1)
    )
    where = f"{file}{place}单元格：" if place else f"{file}整个文件："
    said = "".join(_sentence(sentence.text) for sentence in line.sentences("zh"))
    todo = "；".join(
        dict.fromkeys(RULES[entry.finding.code].doc["改法"].rstrip("。") for entry in line.quoted)
    )
    return f"{where}{said}处理：{todo}。"


def _sentence(text: str) -> str:
    return clean(text).rstrip("。；") + "。"
