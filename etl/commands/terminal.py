"""What people see on the screen: lines of findings and a summary, aligned by display width."""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from checks.finding import SEVERITY_NAMES
from etl.batch.model import Batch
from etl.frames.build import STATUS_NAMES
from etl.frames.located import Located, cell_text
from etl.frames.order import in_order
from etl.marked.lines import STATE_NAMES
from etl.returns.write import Written
from etl.rounds.match import CLAIM, counts
from etl.safe.clean import clean

if TYPE_CHECKING:
    from pathlib import Path

    from etl.rounds.compare import Rounds
    from etl.workers.attempt import Failed

MOST_NAMES = 10
_WORDS = {
    "zh": {
        "file": "文件", "agency": "单位", "no_findings": "没有发现问题", "files": "文件", "forms": "表", "total": "合计",
        "done": "已写出", "unchanged": "其中 {} 个文件未变，沿用上次结果",
    },
    "en": {
        "file": "file", "agency": "agency", "no_findings": "nothing found", "files": "files", "forms": "forms",
        "total": "total", "done": "written", "unchanged": "{} of them unchanged since the last run, not read again",
    },
}  # fmt: skip


def _line(text: str) -> str:
    """Return a text as one line that no terminal obeys: a name with a line end in it must not forge another line."""
    return clean(text).replace("\n", "\\x0a").replace("\t", " ")


def _grey(text: str) -> str:
    """Return a text in grey where a person looks at a screen that knows how; Windows consoles may not."""
    return f"\x1b[2m{text}\x1b[0m" if sys.stdout.isatty() and os.name != "nt" else text


def finding_lines(located: Sequence[Located], lang: str) -> Iterator[str]:
    """Yield the findings file by file, errors first, each with its cell; the rule's code stands last, in grey."""
    path = None
    for entry in in_order(located):
        finding = entry.finding
        if finding.path != path:
            path = finding.path
            yield ""
            yield _line(path) if path else "—"
        place = cell_text(entry.cells[0]) if entry.cells else ""
        severity = SEVERITY_NAMES[lang][finding.severity]
        said = _line(f"  {severity} {place}  {finding.message[lang]}")
        yield f"{said}  {_grey(finding.code)}"
        if finding.hypothesis:
            for number, text in enumerate(finding.hypothesis[lang].split("\n")):
                yield _line(f"       {'→' if not number else ' '} {text}")


def file_lines(batch: Batch, lang: str) -> Iterator[str]:
    """Yield a line for every file that was not checked, with the reason."""
    for file in batch.files:
        if file.status != "checked":
            reason = file.reason if lang == "zh" else file.reason_en
            yield _line(f"  {STATUS_NAMES[lang][file.status]}  {file.path}: {reason}")
    for skipped in batch.skipped:
        reason = skipped.reason if lang == "zh" else skipped.reason_en
        yield _line(f"  {STATUS_NAMES[lang]['skipped']}  {skipped.relative}: {reason}")


def summary_lines(batch: Batch, lang: str, unchanged: int = 0) -> Iterator[str]:
    """Yield the closing lines of a run: files in by status and those not read again, findings by severity."""
    statuses = Counter(file.status for file in batch.files) + Counter({"skipped": len(batch.skipped)})
    words, names = _WORDS[lang], SEVERITY_NAMES[lang]
    parts = [
        f"{STATUS_NAMES[lang][status]} {statuses[status]}"
        for status in STATUS_NAMES[lang]
        if statuses[status]
    ]
    yield f"{words['files']} {sum(statuses.values())}: " + ", ".join(parts)
    if unchanged:
        yield words["unchanged"].format(unchanged)
    severities = Counter(str(entry.finding.severity) for entry in batch.located)
    yield ", ".join(f"{names[severity]} {severities[severity]}" for severity in names)


def round_lines(batch: Batch, rounds: Rounds, lang: str) -> Iterator[str]:
    """Yield the comparison with the round before: findings by state, and who did not hand in again."""
    fixed = sum(len(done.fixed) for done in rounds.files.values())
    names = STATE_NAMES[lang]
    each = ", ".join(f"{names[state]} {count}" for state, count in counts(batch.located, fixed))
    yield f"第{rounds.number}轮: {each}" if lang == "zh" else f"round {rounds.number}: {each}"
    absent = [clean(record.agency) for record in rounds.absent if record.agency]
    if absent:
        said = (
            f"本轮没有再报、沿用上一轮 {len(absent)}"
            if lang == "zh"
            else f"not handed in again {len(absent)}"
        )
        yield f"{said}: " + "、".join(absent[:MOST_NAMES]) + ("…" if len(absent) > MOST_NAMES else "")


def claim_lines(batch: Batch, lang: str) -> Iterator[str]:
    """Yield how many decisions departments filled in themselves, which decide nothing."""
    start, _, end = CLAIM.partition("{}")
    claims = len(
        {
            (entry.finding.path, entry.finding.code, entry.explanation)
            for entry in batch.located
            if start in entry.explanation and end in entry.explanation
        }
    )  # one a line of 审核意见, which may be about several cells
    if claims:
        yield (
            f"单位自行填写的复核结果不予采用：{claims}条"
            if lang == "zh"
            else f"decisions that departments filled in themselves, not believed: {claims}"
        )


def verified_lines(returns: Iterable[Written], lang: str) -> Iterator[str]:
    """Yield what `--verify` compared, if it was asked for."""
    cells = [written.verified for written in returns if written.verified is not None]
    if not cells:
        return
    compared, blind = sum(c for c in cells if c >= 0), sum(1 for c in cells if c < 0)
    if lang == "zh":
        yield f"复核 {len(cells) - blind} 个退回文件，逐格比对 {compared} 个单元格，除标注外一致"
        yield from [f"{blind} 个原文件无法用 openpyxl 打开，未复核"] if blind else []
    else:
        yield f"{len(cells) - blind} returns verified: {compared} cells compared, nothing but marks differs"
        yield from [f"{blind} originals that openpyxl cannot open were not verified"] if blind else []


def stray_lines(batch: Batch, lang: str) -> Iterator[str]:
    """Yield the answers that were typed beside their column on returned sheets, with their cells."""
    strays = [
        (file.path, stray) for file in batch.files if file.page is not None for stray in file.page.strays
    ]
    for path, stray in strays[:MOST_NAMES]:
        text = shorten(stray.text)
        if lang == "zh":
            became = f"已作为{stray.code}的单位说明" if stray.code else "不在任何一条意见的行上，请查看"
            yield f"{_line(path)} {_line(stray.place)}: 写在“单位说明”栏外的文字“{text}”，{became}"
        else:
            became = (
                f"taken as the explanation of {stray.code}"
                if stray.code
                else "on the line of no finding: please look"
            )
            yield f"{_line(path)} {_line(stray.place)}: “{text}” was typed beside the column Explanation, {became}"
    if len(strays) > MOST_NAMES:
        more = len(strays) - MOST_NAMES
        yield (
            f"另有 {more} 处写在“单位说明”栏外"
            if lang == "zh"
            else f"{more} more beside the column Explanation"
        )


def shorten(text: str, longest: int = 60) -> str:
    """Return a text on one line, cut where it is long."""
    line = _line(text)
    return line if len(line) <= longest else f"{line[:longest]}…"


def lost_lines(returns: Mapping[str, Written], letters: Mapping[Path, Failed], lang: str) -> Iterator[str]:
    """Yield the files whose return could not be written, and the letters, with the reason."""
    for letter, failed in sorted(letters.items()):
        said = failed.zh if lang == "zh" else failed.en
        yield f"{_line(letter.name)}: " + (f"未写出：{said}" if lang == "zh" else f"not written: {said}")
    for path, written in sorted(returns.items()):
        if written.lost:
            said = written.lost if lang == "zh" else written.lost_en
            yield f"{_line(path)}: " + (
                f"未写出退回文件：{said}" if lang == "zh" else f"no return written: {said}"
            )
